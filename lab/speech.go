package lab

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"time"
)

// Speech is a WAV file of two channels at 48 kHz, like nobody's speech, of that seed alone:
// harmonics under syllables, loud enough to be levelled. A second of it is 192 kB.
func Speech(seed uint64, long time.Duration) []byte {
	const rate, frame = 48000, 4
	n := int(long.Seconds() * rate)
	raw := make([]byte, 44+frame*n)
	copy(raw, "RIFF")
	binary.LittleEndian.PutUint32(raw[4:], uint32(len(raw)-8))
	copy(raw[8:], "WAVEfmt ")
	for i, v := range []uint32{16, 1 | 2<<16, rate, frame * rate, frame | 16<<16} {
		binary.LittleEndian.PutUint32(raw[16+4*i:], v)
	}
	copy(raw[36:], "data")
	binary.LittleEndian.PutUint32(raw[40:], uint32(frame*n))
	r := rand.New(rand.NewPCG(seed, 2))
	for i := 0; i < n; {
		syllable := rate/12 + r.IntN(rate/6)
		pitch, loud := 110+120*r.Float64(), 0.2+0.5*r.Float64()
		for j := 0; j < syllable && i < n; i, j = i+1, j+1 {
			at := float64(i) / rate
			v := math.Sin(2*math.Pi*pitch*at) + 0.6*math.Sin(6*math.Pi*pitch*at) + 0.3*math.Sin(14*math.Pi*pitch*at)
			v *= loud / 2 * math.Sin(math.Pi*float64(j)/float64(syllable))
			sample := uint16(int16(32000 * max(-1, min(1, v))))
			binary.LittleEndian.PutUint16(raw[44+frame*i:], sample)
			binary.LittleEndian.PutUint16(raw[46+frame*i:], sample)
		}
	}
	return raw
}
