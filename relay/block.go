package relay

import (
	"encoding/binary"
	"math"
)

const (
	// blockFrames is 20 ms: what is worked on at once.
	blockFrames = 960
	// edge is 5 ms: how sound that is cut comes and goes.
	edge = 240
)

// block is 20 ms of a station. What is cut at one of its ends is faded there.
type block struct {
	frames      [blockFrames]int16
	first, last bool // of a reception
}

// jitter holds what was received before it is due. Whoever puts waits when it is
// full, whoever takes never does.
type jitter struct {
	blocks chan *block
	free   chan *block // that are used again
	prime  int         // blocks that are there before the first is given
	primed bool
}

// jitter's size: what comes late by less than primeSpan blocks is not heard, and a
// burst beyond roomSpan waits in the network.
const (
	primeSpan = 100 // 2 s
	roomSpan  = 200 // 4 s
)

func newJitter() *jitter {
	return &jitter{blocks: make(chan *block, roomSpan), free: make(chan *block, roomSpan), prime: primeSpan}
}

// fresh is an empty block.
func (j *jitter) fresh() *block {
	select {
	case b := <-j.free:
		b.first, b.last = false, false
		return b
	default:
		return new(block)
	}
}

// take gives the next 20 ms to dst, faded where the sound is cut, and says whether
// there are any.
func (j *jitter) take(dst []float32) bool {
	begins := !j.primed
	if begins && len(j.blocks) < j.prime {
		return false
	}
	var b *block
	select {
	case b = <-j.blocks:
	default:
		j.primed = false
		return false
	}
	j.primed = len(j.blocks) > 0
	for i, v := range b.frames {
		dst[i] = float32(v) / (1 << 15)
	}
	if begins || b.first {
		for i := range edge {
			dst[i] *= float32(i) / edge
		}
	}
	if !j.primed || b.last {
		for i := range edge {
			dst[blockFrames-1-i] *= float32(i) / edge
		}
	}
	select {
	case j.free <- b:
	default:
	}
	return true
}

// power is the mean square of frames, full scale 1.
func power(frames []float32) float64 {
	var sum float64
	for _, v := range frames {
		sum += float64(v) * float64(v)
	}
	return sum / float64(len(frames))
}

// encode writes frames as s16 little-endian to dst, two bytes for each.
func encode(dst []byte, frames []float32) {
	for i, v := range frames {
		s := math.RoundToEven(float64(v) * (1 << 15))
		binary.LittleEndian.PutUint16(dst[2*i:], uint16(int16(min(max(s, math.MinInt16), math.MaxInt16))))
	}
}

// decode reads s16 little-endian.
func decode(dst []int16, src []byte) {
	for i := range dst {
		dst[i] = int16(binary.LittleEndian.Uint16(src[2*i:]))
	}
}
