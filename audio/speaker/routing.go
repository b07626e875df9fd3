package speaker

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Channels is the number of channels a card is opened with.
const Channels = 2

// frameBytes is the size of one frame on its way to oto: float32 per channel.
const frameBytes = 4 * Channels

// Routing is the matrix from the mono programme to the channels of a card: the
// amplitude factor of each, 0 (silent) to 1 (as it is). Later outputs with zones
// get one row per zone.
type Routing [Channels]float32

// BothChannels is the Routing of a card with one amplifier, whichever of its
// channels is wired.
func BothChannels() Routing { return Routing{1, 1} }

// check refuses what would distort or silence everything.
func (r Routing) check() error {
	loudest := float32(0)
	for _, gain := range r {
		if math.IsNaN(float64(gain)) || gain < 0 || gain > 1 {
			return fmt.Errorf("routing gain %v: each channel's gain is between 0 and 1", gain)
		}
		loudest = max(loudest, gain)
	}
	if loudest == 0 {
		return fmt.Errorf("routing %v: at least one channel must carry the programme", r)
	}
	return nil
}

// spread writes mono frames as interleaved little-endian float32 channels. dst
// has frameBytes for each frame.
func (r Routing) spread(dst []byte, mono []float32) {
	at := 0
	for _, v := range mono {
		for _, gain := range r {
			binary.LittleEndian.PutUint32(dst[at:], math.Float32bits(v*gain))
			at += 4
		}
	}
}
