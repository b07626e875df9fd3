package recordings

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
)

const (
	masterRate = 32000
	playRate   = 48000
	block      = 8192 // frames that are worked on at a time
	wavHead    = 44
)

// openOutput opens what a locked-in program has written. It may have been
// taken over by its input: a link to another file, a pipe or a device is
// refused.
func openOutput(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open what ffmpeg wrote: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no plain file")
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("open what ffmpeg wrote: %w", err)
	}
	return f, nil
}

// openPlay opens a play copy at its start; ErrDamaged when its head does not tell
// of as many frames as there are.
func openPlay(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, wavHead)
	info, err := f.Stat()
	if err == nil {
		_, err = f.ReadAt(head, 0)
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		err = fmt.Errorf("read its head: %w", err)
	case err != nil || !bytes.Equal(head, wavHeader(playRate, (info.Size()-wavHead)/2)) || info.Size()%2 != 0:
		err = ErrDamaged
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// eachS16 reads raw little-endian s16 mono and gives it block by block.
func eachS16(r io.Reader, use func([]float32)) error {
	raw, frames := make([]byte, 2*block), make([]float32, block)
	return eachBlock(r, raw, 2, func(n int) {
		for i := range n {
			frames[i] = float32(int16(binary.LittleEndian.Uint16(raw[2*i:]))) / 32768
		}
		use(frames[:n])
	})
}

// eachF32 reads raw little-endian f32 mono and gives it block by block.
func eachF32(r io.Reader, use func([]float32)) error {
	raw, frames := make([]byte, 4*block), make([]float32, block)
	return eachBlock(r, raw, 4, func(n int) {
		for i := range n {
			frames[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
		use(frames[:n])
	})
}

func eachBlock(r io.Reader, raw []byte, width int, use func(frames int)) error {
	for {
		n, err := io.ReadFull(r, raw)
		if n >= width {
			use(n / width)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("read sound: %w", err)
		}
	}
}

// wavWriter writes s16 mono WAV. The head is right once Close has returned.
type wavWriter struct {
	file   *os.File
	buffer *bufio.Writer
	rate   int
	frames int64
	err    error // the first; later calls do nothing
}

func createWAV(path string, rate int) (*wavWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create a WAV: %w", err)
	}
	w := &wavWriter{file: f, buffer: bufio.NewWriterSize(f, 64<<10), rate: rate}
	_, w.err = w.buffer.Write(make([]byte, wavHead))
	return w, nil
}

// write rounds frames to 16 bits, appends them, and puts what was written back
// into frames, so that what is measured is what is stored.
func (w *wavWriter) write(frames []float32) {
	var two [2]byte
	for i, x := range frames {
		v := int16(max(-32768, min(32767, math.Round(float64(x)*32768))))
		frames[i] = float32(v) / 32768
		binary.LittleEndian.PutUint16(two[:], uint16(v))
		if w.err == nil {
			_, w.err = w.buffer.Write(two[:])
		}
	}
	w.frames += int64(len(frames))
}

// close writes the head and hands the bytes to the kernel; it does not sync.
func (w *wavWriter) close() error {
	if w.err == nil {
		w.err = w.buffer.Flush()
	}
	if w.err == nil {
		_, w.err = w.file.WriteAt(wavHeader(w.rate, w.frames), 0)
	}
	if err := w.file.Close(); w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return fmt.Errorf("write a WAV: %w", w.err)
	}
	return nil
}

// wavHeader is the 44 bytes before frames of s16 mono.
func wavHeader(rate int, frames int64) []byte {
	h := make([]byte, 0, wavHead)
	h = append(h, "RIFF"...)
	h = binary.LittleEndian.AppendUint32(h, uint32(wavHead-8+2*frames))
	h = append(h, "WAVEfmt "...)
	h = binary.LittleEndian.AppendUint32(h, 16)
	h = binary.LittleEndian.AppendUint16(h, 1) // PCM
	h = binary.LittleEndian.AppendUint16(h, 1) // mono
	h = binary.LittleEndian.AppendUint32(h, uint32(rate))
	h = binary.LittleEndian.AppendUint32(h, uint32(2*rate))
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 16)
	h = append(h, "data"...)
	return binary.LittleEndian.AppendUint32(h, uint32(2*frames))
}
