package speech

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// pcmFormat is the part of a WAV header that says how to read its data.
type pcmFormat struct {
	channels, bits uint16
	rate           uint32
}

// errNoSound says that a program ended well without a WAV.
var errNoSound = errors.New("the program wrote no sound")

// copyStreamedWAV copies the WAV in r, written to a pipe by a program that could
// not know its length, to w with a plain 44-byte header that tells the truth.
// r stands at its start.
func copyStreamedWAV(w io.Writer, r io.ReadSeeker, longest time.Duration) error {
	format, start, err := readWAVHead(r)
	if err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	frame := int64(format.channels) * int64(format.bits/8)
	frames := (end - start) / frame
	if frames == 0 {
		return fmt.Errorf("read the spoken sound: %w", errNoSound)
	}
	if frames > int64(longest.Seconds()*float64(format.rate)) {
		return fmt.Errorf("speak for %v: %w", time.Duration(frames/int64(format.rate))*time.Second, ErrTooLong)
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	if _, err := w.Write(wavHead(format, uint32(frames*frame))); err != nil {
		return fmt.Errorf("write the spoken sound: %w", err)
	}
	if _, err := io.CopyN(w, r, frames*frame); err != nil {
		return fmt.Errorf("write the spoken sound: %w", err)
	}
	return nil
}

// readWAVHead reads up to the first byte of the data chunk and says where that
// is. The sizes of RIFF and data are not believed.
func readWAVHead(r io.ReadSeeker) (pcmFormat, int64, error) {
	var format pcmFormat
	riff := make([]byte, 12)
	if _, err := io.ReadFull(r, riff); err != nil || string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return format, 0, errNoSound
	}
	for at := int64(12); at < 1<<16; {
		head := make([]byte, 8)
		if _, err := io.ReadFull(r, head); err != nil {
			return format, 0, errNoSound
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		at += 8
		switch string(head[:4]) {
		case "data":
			if format.rate == 0 {
				return format, 0, errNoSound
			}
			return format, at, nil
		case "fmt ":
			var err error
			if format, err = readFormat(r, size); err != nil {
				return format, 0, err
			}
		}
		at += size + size%2
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return format, 0, err
		}
	}
	return format, 0, errNoSound
}

func readFormat(r io.Reader, size int64) (pcmFormat, error) {
	body := make([]byte, 16)
	if size < 16 || size > 64 {
		return pcmFormat{}, errNoSound
	}
	if _, err := io.ReadFull(r, body); err != nil {
		return pcmFormat{}, errNoSound
	}
	f := pcmFormat{
		channels: binary.LittleEndian.Uint16(body[2:]),
		rate:     binary.LittleEndian.Uint32(body[4:]),
		bits:     binary.LittleEndian.Uint16(body[14:]),
	}
	if f.channels != 1 || f.bits != 16 || f.rate < 4000 || f.rate > 48000 {
		return f, fmt.Errorf("%d channels of %d bits at %d Hz: %w", f.channels, f.bits, f.rate, errNoSound)
	}
	return f, nil
}

// wavHead is a plain header for size bytes of PCM.
func wavHead(f pcmFormat, size uint32) []byte {
	frame := uint32(f.channels) * uint32(f.bits/8)
	h := make([]byte, 0, 44)
	le := binary.LittleEndian
	h = le.AppendUint32(append(h, "RIFF"...), 36+size)
	h = le.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = le.AppendUint16(le.AppendUint16(h, 1), f.channels)
	h = le.AppendUint32(le.AppendUint32(h, f.rate), f.rate*frame)
	h = le.AppendUint16(le.AppendUint16(h, uint16(frame)), f.bits)
	return le.AppendUint32(append(h, "data"...), size)
}
