package speech

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// errNoSound says that a program ended well without a WAV.
var errNoSound = errors.New("the program wrote no sound")

// placeholder is from where on a size in a header is what a program writes that
// cannot know it; espeak-ng writes 0x7ffff000.
const placeholder = 0x7fff0000

// delivery is how a spoken sound may be.
type delivery struct {
	longest  time.Duration
	streamed bool // the sizes in the header are never believed
}

// deliverWAV copies the WAV in r, whatever its form, to w as 16-bit mono PCM with a
// plain 44-byte header that tells the truth. r stands at its start. Sizes that a
// program cannot have known are not believed; sizes that are wrong are a Fault.
func deliverWAV(w io.Writer, r io.ReadSeeker, d delivery) error {
	head, err := readWAVHead(r)
	if err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	end, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	length := end - head.start
	if !d.streamed && head.size > 0 && head.size < placeholder {
		if length, err = trueLength(r, head, end); err != nil {
			return fmt.Errorf("read the spoken sound: %w", err)
		}
	}
	return deliverPCM(w, r, head.format, span{head.start, length, d.longest})
}

// span is a stretch of PCM in a file.
type span struct {
	start, length int64 // bytes
	longest       time.Duration
}

// deliverPCM copies PCM as deliverWAV does.
func deliverPCM(w io.Writer, r io.ReadSeeker, f pcmFormat, s span) error {
	frames := s.length / f.frame()
	if frames == 0 {
		return fmt.Errorf("read the spoken sound: %w", errNoSound)
	}
	if frames > int64(s.longest.Seconds()*float64(f.rate)) {
		return fmt.Errorf("speak for %v: %w", time.Duration(frames/int64(f.rate))*time.Second, ErrTooLong)
	}
	if _, err := r.Seek(s.start, io.SeekStart); err != nil {
		return fmt.Errorf("read the spoken sound: %w", err)
	}
	if _, err := w.Write(wavHead(f.rate, uint32(frames*2))); err != nil {
		return fmt.Errorf("write the spoken sound: %w", err)
	}
	if f.plain() {
		if _, err := io.CopyN(w, r, frames*2); err != nil {
			return fmt.Errorf("write the spoken sound: %w", err)
		}
		return nil
	}
	return f.convert(w, r, frames)
}

// waveHead is what stands before the sound.
type waveHead struct {
	format pcmFormat
	start  int64 // of the sound
	size   int64 // of the sound, as the header says
}

// readWAVHead reads up to the first byte of the data chunk.
func readWAVHead(r io.ReadSeeker) (waveHead, error) {
	var head waveHead
	riff := make([]byte, 12)
	if _, err := io.ReadFull(r, riff); err != nil || string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return head, errNoSound
	}
	for at := int64(12); at < 1<<16; {
		chunk := make([]byte, 8)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return head, errNoSound
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += 8
		switch string(chunk[:4]) {
		case "data":
			if head.format.rate == 0 {
				return head, errNoSound
			}
			head.start, head.size = at, size
			return head, nil
		case "fmt ":
			var err error
			if head.format, err = readFormat(r, size); err != nil {
				return head, err
			}
		}
		at += size + size%2
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return head, err
		}
	}
	return head, errNoSound
}

// trueLength is what the header says of the sound, if that is true: behind it
// there is nothing, or further chunks up to the end.
func trueLength(r io.ReadSeeker, head waveHead, end int64) (int64, error) {
	at := head.start + head.size
	if at > end {
		return 0, faultf(BrokenOff, "the WAV says %d bytes of sound, %d came", head.size, end-head.start)
	}
	at += head.size % 2
	for at < end {
		chunk := make([]byte, 8)
		if _, err := r.Seek(at, io.SeekStart); err != nil {
			return 0, err
		}
		if _, err := io.ReadFull(r, chunk); err != nil || !printable(chunk[:4]) {
			return 0, faultf(Garbled, "the WAV says %d bytes of sound, %d came", head.size, end-head.start)
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += 8 + size + size%2
	}
	if at > end+1 {
		return 0, faultf(Garbled, "the WAV says %d bytes of sound, %d came", head.size, end-head.start)
	}
	return head.size, nil
}

func printable(id []byte) bool {
	for _, c := range id {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func readFormat(r io.Reader, size int64) (pcmFormat, error) {
	if size < 16 || size > 64 {
		return pcmFormat{}, errNoSound
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return pcmFormat{}, errNoSound
	}
	le := binary.LittleEndian
	tag := le.Uint16(body)
	if tag == 0xfffe && size >= 26 { // "extensible": the tag proper begins the sub-format
		tag = le.Uint16(body[24:])
	}
	f := pcmFormat{channels: int(le.Uint16(body[2:])), rate: le.Uint32(body[4:]), bits: int(le.Uint16(body[14:])), float: tag == 3}
	if tag != 1 && tag != 3 {
		return f, faultf(Unreadable, "a WAV of codec %d, not PCM", tag)
	}
	return f, f.check()
}

// wavHead is a plain header for size bytes of 16-bit mono PCM.
func wavHead(rate, size uint32) []byte {
	h := make([]byte, 0, 44)
	le := binary.LittleEndian
	h = le.AppendUint32(append(h, "RIFF"...), 36+size)
	h = le.AppendUint32(append(h, "WAVEfmt "...), 16)
	h = le.AppendUint16(le.AppendUint16(h, 1), 1)
	h = le.AppendUint32(le.AppendUint32(h, rate), rate*2)
	h = le.AppendUint16(le.AppendUint16(h, 2), 16)
	return le.AppendUint32(append(h, "data"...), size)
}
