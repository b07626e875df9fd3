package speech

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// pcmFormat is how to read PCM.
type pcmFormat struct {
	channels, bits int
	rate           uint32 // frames a second
	float          bool
}

// frame is the size of one, in bytes.
func (f pcmFormat) frame() int64 { return int64(f.channels) * int64(f.bits/8) }

// plain says whether it is what an Engine writes.
func (f pcmFormat) plain() bool { return f.channels == 1 && f.bits == 16 && !f.float }

// check is a Fault for what is not read.
func (f pcmFormat) check() error {
	switch {
	case f.channels < 1 || f.channels > 8:
		return faultf(Unreadable, "%d channels, 1 to 8 are read", f.channels)
	case f.rate < 8000 || f.rate > 48000:
		return faultf(Unreadable, "%d Hz, 8000 to 48000 are read", f.rate)
	case f.float && f.bits != 32 && f.bits != 64, !f.float && f.bits != 8 && f.bits != 16 && f.bits != 24 && f.bits != 32:
		return faultf(Unreadable, "%d bits for each frame and channel", f.bits)
	}
	return nil
}

// convert writes frames of r as 16-bit mono; channels are mixed in equal parts.
func (f pcmFormat) convert(w io.Writer, r io.Reader, frames int64) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriterSize(w, 64<<10)
	frame, width := make([]byte, f.frame()), f.bits/8
	var pair [2]byte
	for range frames {
		if _, err := io.ReadFull(in, frame); err != nil {
			return fmt.Errorf("read the spoken sound: %w", err)
		}
		sum := 0.0
		for c := range f.channels {
			sum += f.value(frame[c*width : (c+1)*width])
		}
		binary.LittleEndian.PutUint16(pair[:], uint16(toInt16(sum/float64(f.channels))))
		if _, err := out.Write(pair[:]); err != nil {
			return fmt.Errorf("write the spoken sound: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the spoken sound: %w", err)
	}
	return nil
}

// value is one number of PCM, full scale ±1.
func (f pcmFormat) value(b []byte) float64 {
	le := binary.LittleEndian
	switch {
	case f.float && f.bits == 32:
		return float64(math.Float32frombits(le.Uint32(b)))
	case f.float:
		return math.Float64frombits(le.Uint64(b))
	case f.bits == 8: // unsigned, as WAV has it
		return (float64(b[0]) - 128) / (1 << 7)
	case f.bits == 16:
		return float64(int16(le.Uint16(b))) / (1 << 15)
	case f.bits == 24:
		return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)>>8) / (1 << 23)
	}
	return float64(int32(le.Uint32(b))) / (1 << 31)
}

// toInt16 clips; what is no number is silence.
func toInt16(v float64) int16 {
	if math.IsNaN(v) {
		return 0
	}
	return int16(math.Round(min(max(v*(1<<15), math.MinInt16), math.MaxInt16)))
}
