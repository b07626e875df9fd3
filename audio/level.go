package audio

// energySize is how many frames back the energy is known, a power of two and
// more than settled, a block and a window of silence together.
const energySize = 1 << 13

// energy adds up what the programme's limiter let out, in squares of s16 frames,
// so that any stretch of the last 170 ms costs one subtraction. Being integers,
// the sums are exact and may wrap around: a difference is right while it lasts
// for less than four days at full scale. It belongs to the goroutine that pulls
// the programme.
type energy struct {
	before [energySize]uint64 // by device frame
	sum    uint64
	head   Frames // the next frame
}

// add takes in the next frames.
func (e *energy) add(frames []float32) {
	for i, v := range frames {
		e.before[(e.head+Frames(i))&(energySize-1)] = e.sum
		s := int64(v * fullScale)
		e.sum += uint64(s * s)
	}
	e.head += Frames(len(frames))
}

// skip lets n frames pass that do not count.
func (e *energy) skip(n Frames) {
	for range n {
		e.before[e.head&(energySize-1)] = e.sum
		e.head++
	}
}

// takeBack forgets what came from the device frame on.
func (e *energy) takeBack(from Frames) {
	e.sum = e.upTo(from)
	n := e.head - from
	e.head = from
	e.skip(n)
}

// upTo is the energy before the device frame. Where that lies before an alarm
// that goes on for longer than is remembered, nothing has come to it since.
func (e *energy) upTo(frame Frames) uint64 {
	if frame >= e.head {
		return e.sum
	}
	return e.before[frame&(energySize-1)]
}

// meanLevel is the level of n frames with that energy.
func meanLevel(energy uint64, n Frames) Decibels {
	return powerLevel(float64(energy) / float64(n) / (fullScale * fullScale))
}
