package recordings

import (
	"slices"

	"loalang/audio/level"
)

const (
	noiseFloor  = -35.0 // dBFS
	speechAbove = 20.0  // dB
	// pauseless is under how many blocks of 50 ms, 3 s, there may be no pause.
	pauseless = 60
)

// floor takes down the level of every 50 ms, to find the pauses and the speech.
type floor struct {
	block  int // frames
	frames int
	sum    float64
	levels []float64 // dBFS
}

func newFloor(rate int) *floor { return &floor{block: rate / 20} }

func (f *floor) write(frames []float32) {
	for _, x := range frames {
		f.sum += float64(x) * float64(x)
		if f.frames++; f.frames == f.block {
			f.levels = append(f.levels, dBFS(f.sum/float64(f.block)))
			f.frames, f.sum = 0, 0
		}
	}
}

// sorted are the levels between the first and the last that is not digital
// silence: what an import puts before a sound is no pause of it.
func (f *floor) sorted() []float64 {
	from, to := 0, len(f.levels)
	for from < to && f.levels[from] == level.Silent {
		from++
	}
	for to > from && f.levels[to-1] == level.Silent {
		to--
	}
	return slices.Sorted(slices.Values(f.levels[from:to]))
}

// read gives the level of the pauses and how far the speech stands above it.
func (f *floor) read() (pauses, margin float64) {
	sorted := f.sorted()
	if len(sorted) == 0 {
		return level.Silent, 0
	}
	pauses = sorted[len(sorted)*3/100]
	return pauses, sorted[len(sorted)*90/100] - pauses
}
