package relay

import (
	"time"

	"loalang/audio"
)

const (
	// span is how long a block lasts.
	span = 20 * time.Millisecond
	// peakBlocks is the stretch over which the highest filling is looked for, 30 s; two
	// of them are kept. Sound comes in bursts, and only the highest tells of the
	// sender's clock.
	peakBlocks = 1500
	// paceGain is by how much the pace is changed for each block that too many or too
	// few are held, paceMost the most of it: 0.7 of a hundredth of a semitone.
	paceGain = 20e-6
	paceMost = 400e-6
)

// pace is how fast blocks are given. A station's clock is some parts in a million
// off ours: in an evening what is held of a slow one would be used up, and its
// listeners would hear a hole. So a little less is given each second, which the
// output, that follows any sender's clock, makes up for. Whatever comes too fast
// waits in the network; a line input has none, and is taken faster.
type pace struct {
	next  audio.Instant // of the block that is due next
	line  bool
	peak  [2]int
	since int // blocks since the newer peak began
}

// step is how long the block lasts that is given while so many are held.
func (p *pace) step(held int) time.Duration {
	p.peak[0] = max(p.peak[0], held)
	if p.since++; p.since == peakBlocks {
		p.peak, p.since = [2]int{0, p.peak[0]}, 0
	}
	if p.peak[1] == 0 { // not known yet, or there is nothing
		return span
	}
	slower := paceGain * float64(primeSpan-max(p.peak[0], p.peak[1]))
	if !p.line {
		slower = max(slower, 0)
	}
	return span + time.Duration(min(max(slower, -paceMost), paceMost)*float64(span))
}
