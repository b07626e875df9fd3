package audio

import "math"

// silentLevel is what a Meter shows for silence.
const silentLevel Decibels = -120

// meterWindow is 100 ms.
const meterWindow = int(Rate) / 10

// Meter measures RMS and peak over windows of 100 ms. A full-scale square wave
// reads 0 dBFS on both, a full-scale sine −3 RMS. The zero Meter is ready; one
// goroutine uses it.
type Meter struct {
	sum    float64 // of squares in the open window
	peak   float32
	frames int
	levels Levels
	full   bool // a window was closed
}

// Write takes in frames and says whether a window was completed, so that
// Levels changed. It does not allocate.
func (m *Meter) Write(frames []float32) bool {
	fresh := false
	for len(frames) > 0 {
		n := min(len(frames), meterWindow-m.frames)
		m.add(frames[:n])
		frames = frames[n:]
		if m.frames == meterWindow {
			m.levels = Levels{RMS: powerLevel(m.sum / float64(meterWindow)), Peak: powerLevel(float64(m.peak) * float64(m.peak))}
			m.sum, m.peak, m.frames = 0, 0, 0
			m.full, fresh = true, true
		}
	}
	return fresh
}

func (m *Meter) add(frames []float32) {
	for _, v := range frames {
		m.sum += float64(v) * float64(v)
		m.peak = max(m.peak, v, -v)
	}
	m.frames += len(frames)
}

// Levels are those of the last whole window, −120 before the first.
func (m *Meter) Levels() Levels {
	if !m.full {
		return Levels{RMS: silentLevel, Peak: silentLevel}
	}
	return m.levels
}

func powerLevel(power float64) Decibels {
	if !(power > 0) { // NaN is no level either
		return silentLevel
	}
	return max(silentLevel, Decibels(10*math.Log10(power)))
}
