package level

import (
	"math"
	"time"
)

const (
	limiterAhead   = 5 * time.Millisecond
	limiterRelease = 60 * time.Millisecond
)

// Limiter holds a sound's true peak under a ceiling. It looks 5 ms ahead and
// lets go in 60 ms, as the chain does that was chosen by measurement.
//
// The gain a frame needs comes from the true peak beside it; the smallest gain
// of the next 5 ms is held, released exponentially, and averaged over 5 ms, so
// that the gain has arrived when the peak does (the construction of
// G. Luff's "Designing a straightforward limiter", with true peaks). Below
// the ceiling the output is the input times the gain.
type Limiter struct {
	gain, ceiling float64
	between       *between
	frame         [taps]float64
	loud          int
	beside        float64 // true peak on the other side of the frame
	window        int64
	least         []held    // rising gains: the smallest of the window comes first
	average       []float64 // ring of the last window gains
	sum           float64
	release       float64
	envelope      float64
	delay         []float64 // ring of frames that wait for their gain
	in, out       int64
}

// held is the gain that the frame at needs.
type held struct {
	at   int64
	gain float64
}

// NewLimiter makes a limiter for rate frames per second that multiplies by
// gain and keeps every true peak at or under ceiling (full scale: 1).
func NewLimiter(rate int, gain, ceiling float64) *Limiter {
	window := max(1, int64(limiterAhead.Seconds()*float64(rate)))
	l := &Limiter{
		gain: gain, ceiling: ceiling, between: newBetween(), window: window,
		average: make([]float64, window), sum: float64(window), envelope: 1,
		release: 1 - math.Exp(-1/(limiterRelease.Seconds()*float64(rate))),
		delay:   make([]float64, window),
	}
	for i := range l.average {
		l.average[i] = 1
	}
	return l
}

// Process limits src and appends to dst what is ready: as many frames as came
// in, less 5 ms and eight frames that Flush gives.
func (l *Limiter) Process(dst, src []float32) []float32 {
	for _, x := range src {
		dst = l.step(dst, float64(x)*l.gain)
	}
	return dst
}

// Flush appends the frames still inside. The limiter is spent afterwards.
func (l *Limiter) Flush(dst []float32) []float32 {
	for end := l.in; l.out < end; {
		dst = l.step(dst, 0)
	}
	return dst
}

func (l *Limiter) step(dst []float32, x float64) []float32 {
	copy(l.frame[:], l.frame[1:])
	l.frame[taps-1] = x
	l.in++
	if math.Abs(x)*l.between.bound > l.ceiling {
		l.loud = taps + 1 // one more: the peak after a frame also bounds the frame behind it
	}
	n := l.in - (taps - lead) // the frame whose neighbours are all here
	need := l.need()
	if n < 0 {
		return dst
	}
	gain := l.smooth(n, need)
	slot := n % l.window
	l.delay[slot] = l.frame[lead]
	ready := n - l.window + 1
	if ready < 0 {
		return dst
	}
	l.out++
	return append(dst, float32(l.delay[ready%l.window]*gain))
}

// need is the gain with which frame[lead] and the wave on both its sides stay
// under the ceiling.
func (l *Limiter) need() float64 {
	if l.loud == 0 {
		l.beside = 0
		return 1
	}
	l.loud--
	after := l.between.peak(&l.frame)
	top := max(after, l.beside)
	l.beside = after
	if top <= l.ceiling {
		return 1
	}
	return l.ceiling / top
}

// smooth is the gain for the frame that is window−1 before n.
func (l *Limiter) smooth(n int64, need float64) float64 {
	for len(l.least) > 0 && l.least[len(l.least)-1].gain >= need {
		l.least = l.least[:len(l.least)-1]
	}
	l.least = append(l.least, held{n, need})
	if l.least[0].at <= n-l.window {
		l.least = l.least[1:]
	}
	low := l.least[0].gain
	if low < l.envelope {
		l.envelope = low
	} else {
		l.envelope += (low - l.envelope) * l.release
	}
	slot := n % l.window
	l.sum += l.envelope - l.average[slot]
	l.average[slot] = l.envelope
	return l.sum / float64(l.window)
}
