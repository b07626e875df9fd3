package audio

import (
	"math"
	"sync/atomic"
)

const (
	// settled is how far behind the programme's position a frame must lie before
	// the Desk tells of it. An alarm may take back programme that was pulled but
	// not heard, up to this far; 100 ms is more than any device buffers.
	settled = Frames(4800)
	// tapSize is how many frames the tap's delay line holds, a power of two.
	tapSize = 1 << 14
	// block is how much is mixed at a time at most.
	block = 512
)

// tapLine is a delay line that adds up both buses by device frame. The
// programme's goroutine drains it; the alarm's goroutine writes to cells of its
// own.
type tapLine struct {
	tap   func([]int16)
	meter Meter
	level atomic.Uint64 // RMS and peak in dBFS as two float32

	programme [tapSize]float32
	alarm     [tapSize]atomic.Uint32 // float32 bits, swapped back to 0 when read
	alarmed   atomic.Int64           // no alarm at this device frame or later
	drained   atomic.Int64           // frames that left the line
	sum       [block]float32
	out       [block]int16
}

func newTapLine(tap func([]int16)) *tapLine {
	t := &tapLine{tap: tap}
	t.publish()
	return t
}

// write puts the programme's block from device frame at on into the line.
func (t *tapLine) write(at Frames, frames []float32) {
	for i, v := range frames {
		t.programme[(int64(at)+int64(i))&(tapSize-1)] = v
	}
}

// ramp multiplies the programme in [from, to) by a fade that begins with gain g
// at from, as the device did or will do to it.
func (t *tapLine) ramp(from, to Frames, g float32) {
	for k := from; k < to; k++ {
		g = max(0, g-1/float32(fade))
		t.programme[int64(k)&(tapSize-1)] *= g
	}
}

// overlay puts the alarm's frames from device frame at on into the line. What
// has left the line already, or lies too far ahead of it, is lost to the tap
// only.
func (t *tapLine) overlay(at Frames, frames []float32) {
	t.alarmed.Store(int64(at) + int64(len(frames)))
	first := t.drained.Load()
	for i, v := range frames {
		k := int64(at) + int64(i)
		if k < first || k >= first+tapSize {
			continue
		}
		t.alarm[k&(tapSize-1)].Store(math.Float32bits(v))
	}
}

// drain lets every frame before limit out of the line.
func (t *tapLine) drain(limit Frames) {
	at := t.drained.Load()
	for at < int64(limit) {
		n := int(min(int64(limit)-at, block))
		for i := range n {
			t.sum[i] = t.programme[(at+int64(i))&(tapSize-1)]
		}
		if at < t.alarmed.Load() {
			for i := range n {
				t.sum[i] += math.Float32frombits(t.alarm[(at+int64(i))&(tapSize-1)].Swap(0))
			}
		}
		for i, v := range t.sum[:n] {
			t.out[i] = toS16(v)
		}
		at += int64(n)
		t.drained.Store(at)
		if t.tap != nil {
			t.tap(t.out[:n])
		}
		if t.meter.Write(t.sum[:n]) {
			t.publish()
		}
	}
}

func (t *tapLine) publish() {
	l := t.meter.Levels()
	t.level.Store(uint64(math.Float32bits(float32(l.RMS)))<<32 | uint64(math.Float32bits(float32(l.Peak))))
}

func (t *tapLine) levels() Levels {
	v := t.level.Load()
	return Levels{
		RMS:  Decibels(math.Float32frombits(uint32(v >> 32))),
		Peak: Decibels(math.Float32frombits(uint32(v))),
	}
}
