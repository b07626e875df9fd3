package web

import "math"

const (
	// decimation takes 48 kHz to 16 kHz.
	decimation = 3
	// slimTaps is the length of the low-pass in front of it, odd.
	slimTaps = 63
	// slimEdge is where the low-pass is down by half, in Hz. The library's speech
	// band ends at 7.5 kHz.
	slimEdge = 7200.0
)

// slim turns 48 kHz PCM into 16 kHz µ-law: a windowed-sinc low-pass (Blackman),
// every third frame, companded by ITU-T G.711.
type slim struct {
	taps  [slimTaps]float32
	past  [slimTaps]float32 // ring
	at    int               // where the next frame goes
	phase int
}

func newSlim() *slim {
	s := &slim{}
	const middle = (slimTaps - 1) / 2
	cut := slimEdge / 48000
	sum := 0.0
	var taps [slimTaps]float64
	for i := range taps {
		n := float64(i - middle)
		v := 2 * cut
		if n != 0 {
			v = math.Sin(2*math.Pi*cut*n) / (math.Pi * n)
		}
		x := 2 * math.Pi * float64(i) / (slimTaps - 1)
		taps[i] = v * (0.42 - 0.5*math.Cos(x) + 0.08*math.Cos(2*x))
		sum += taps[i]
	}
	for i, v := range taps {
		s.taps[i] = float32(v / sum)
	}
	return s
}

func (s *slim) encode(frames []int16) []byte {
	out := make([]byte, 0, len(frames)/decimation+1)
	for _, f := range frames {
		s.past[s.at] = float32(f)
		s.at = (s.at + 1) % slimTaps
		if s.phase = (s.phase + 1) % decimation; s.phase != 0 {
			continue
		}
		var v float32
		for i, tap := range s.taps { // symmetric: the direction does not matter
			v += tap * s.past[(s.at+i)%slimTaps]
		}
		out = append(out, muLaw(v))
	}
	return out
}

// muLaw compands one s16 frame to eight bits: sign, three bits of exponent,
// four of mantissa, all inverted (ITU-T G.711, table 2a).
func muLaw(v float32) byte {
	const bias, clip = 0x84, 32635
	sign := byte(0)
	n := int(math.Round(float64(v)))
	if n < 0 {
		sign, n = 0x80, -n
	}
	n = min(n, clip) + bias
	exponent := 7
	for mask := 0x4000; n&mask == 0 && exponent > 0; mask >>= 1 {
		exponent--
	}
	mantissa := byte(n>>(exponent+3)) & 0x0F
	return ^(sign | byte(exponent)<<4 | mantissa)
}
