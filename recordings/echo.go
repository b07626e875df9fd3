package recordings

import (
	"math"
	"slices"
)

const (
	echoGrain = masterRate / 100 // 10 ms
	echoFall  = 20.0             // dB over which a fall is timed, from 5 dB under its top
	echoRoom  = 8.0              // dB above the pauses at which it ends
	echoFew   = 5                // falls that are needed to tell
	echoLong  = 0.45             // s to −60 dB: a room that rings longer is heard
	echoMost  = 2.0              // s: what rings longer is a bell, and no room that people record in
)

// decays takes down the level of every 10 ms of the speech band, to find how long
// the room rings after the voice stops.
type decays struct {
	frames int
	sum    float64
	levels []float64
}

func (d *decays) write(frames []float32) {
	for _, x := range frames {
		d.sum += float64(x) * float64(x)
		if d.frames++; d.frames == echoGrain {
			d.levels = append(d.levels, dBFS(d.sum/echoGrain))
			d.frames, d.sum = 0, 0
		}
	}
}

// seconds is how long the room takes to −60 dB: no voice stops faster than its
// room does, so that the quickest tenth of all falls tells of the room. 0 where
// too few falls reach far enough above the noise.
func (d *decays) seconds() float64 {
	if len(d.levels) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d.levels))
	pauses, speech := sorted[len(sorted)*3/100], sorted[len(sorted)*90/100]
	var falls []float64
	for i := 1; i < len(d.levels)-1; i++ {
		if d.levels[i] < speech-10 || d.levels[i] < d.levels[i-1] || d.levels[i] < d.levels[i+1] {
			continue
		}
		if s, ok := d.fall(i, pauses); ok {
			falls = append(falls, s)
		}
	}
	if len(falls) < echoFew {
		return 0
	}
	slices.Sort(falls)
	return falls[len(falls)/4]
}

// fall times the one that begins at i: from 5 dB under its top over echoFall,
// without a rise of more than 3 dB between, well above the pauses.
func (d *decays) fall(i int, pauses float64) (float64, bool) {
	top, low, began := d.levels[i], d.levels[i], -1
	if top-5-echoFall < pauses+echoRoom {
		return 0, false
	}
	for j := i + 1; j < len(d.levels) && j-i < 150; j++ {
		x := d.levels[j]
		if x > low+3 || x > top {
			return 0, false
		}
		low = min(low, x)
		if began < 0 && x <= top-5 {
			began = j
		}
		if x <= top-5-echoFall {
			return math.Max(1, float64(j-began)) * 0.01 * 60 / echoFall, true
		}
	}
	return 0, false
}
