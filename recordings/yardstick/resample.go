package yardstick

import "math"

// reach is how many frames of the slower rate lie on each side of a new one.
const reach = 32

// Resample gives x, of one rate, at another, by a windowed sinc: a bank with one
// filter for each place that a new frame can have between two old ones.
func Resample(x []float64, from, to int) []float64 {
	if from == to {
		return x
	}
	common := divisor(from, to)
	up, down := to/common, from/common
	side := int(math.Ceil(reach * max(1, float64(down)/float64(up))))
	bank := make([][]float64, up)
	for p := range bank {
		bank[p] = filter(float64(p)/float64(up), float64(up)/float64(down), side)
	}
	out := make([]float64, len(x)*up/down)
	for n := range out {
		first, h := n*down/up-side, bank[n*down%up]
		var y float64
		for i := max(0, -first); i < min(len(h), len(x)-first); i++ {
			y += h[i] * x[first+i]
		}
		out[n] = y
	}
	return out
}

// filter weights the frames from side before to side behind a place that lies
// offset after a frame; ratio is the new rate over the old.
func filter(offset, ratio float64, side int) []float64 {
	cut := 0.95 * min(1, ratio)
	h := make([]float64, 2*side+1)
	for i := range h {
		d := float64(i-side) - offset
		h[i] = cut * sinc(cut*d) * (0.5 + 0.5*math.Cos(math.Pi*max(-1, min(1, d/float64(side)))))
	}
	return h
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
