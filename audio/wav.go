package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	goaudio "github.com/go-audio/audio"
	gowav "github.com/go-audio/wav"
)

const (
	wavHeader = 44
	// maxWAVData is what the 32-bit sizes of a header can tell, a whole number
	// of frames.
	maxWAVData = math.MaxUint32 - wavHeader - 1
	// maxClip bounds what ReadWAV takes into memory: ten minutes, 57.6 MB.
	maxClip = Frames(10 * 60 * Rate)
)

// playable refuses what is not a 48 kHz s16 mono WAV.
func playable(i WAVInfo) error {
	if i.Tag == tagPCM && i.Bits == 16 && i.Channels == 1 && i.Rate == Rate {
		return nil
	}
	kind := fmt.Sprintf("%d-bit", i.Bits)
	if i.Tag != tagPCM {
		kind = fmt.Sprintf("%d-bit encoding %#x", i.Bits, i.Tag)
	}
	return fmt.Errorf("%w: %s, %d channels at %d Hz; it must be 16-bit PCM, mono, at 48000 Hz: import it first",
		ErrWAVFormat, kind, i.Channels, i.Rate)
}

// ReadWAV reads the whole 48 kHz s16 mono WAV of size bytes in r into memory.
// The WAVInfo is filled in as far as it was understood, with an error too. The
// error wraps ErrNotWAV, ErrDamagedWAV, ErrWAVFormat (another format, or longer
// than ten minutes), or what r returned.
func ReadWAV(r io.ReaderAt, size int64) (Clip, WAVInfo, error) {
	info, err := ScanWAV(r, size)
	if err != nil {
		return Clip{}, info, fmt.Errorf("read wav: %w", err)
	}
	if err := playable(info); err != nil {
		return Clip{}, info, fmt.Errorf("read wav: %w", err)
	}
	if info.Frames > maxClip {
		return Clip{}, info, fmt.Errorf("read wav: %w: %v is too long to be held in memory; cut it to ten minutes", ErrWAVFormat, Rate.D(info.Frames))
	}
	s := newPCM(r, info)
	frames := make([]int16, 0, info.Frames)
	for {
		ints, err := s.next(wavChunk)
		if errors.Is(err, io.EOF) {
			return Clip{frames: frames, peak: peakOf(frames)}, info, nil
		}
		if err != nil {
			return Clip{}, info, fmt.Errorf("read wav: %w", err)
		}
		for _, v := range ints {
			frames = append(frames, int16(v))
		}
	}
}

// WAVSource streams a WAV file. It is a Source and an io.Closer. One goroutine
// uses it at a time.
type WAVSource struct {
	file *os.File
	pcm  *pcm
	info WAVInfo
}

// OpenSource opens f, a 48 kHz s16 mono WAV, for streaming; it never holds more
// than 16 KiB of it. It reads by offset, so where f stands does not matter. The
// Source owns f from then on and closes it in Close; with an error f stays the
// caller's. Errors as in ReadWAV.
func OpenSource(f *os.File) (*WAVSource, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("open source: %w: %s is no regular file; give a WAV file", ErrNotWAV, f.Name())
	}
	info, err := ScanWAV(f, st.Size())
	if err == nil {
		err = playable(info)
	}
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	return &WAVSource{file: f, pcm: newPCM(f, info), info: info}, nil
}

// Frames is how many frames the file holds, read or not.
func (s *WAVSource) Frames() Frames { return s.info.Frames }

// From leaves out the frames before n, which is at most Frames: what sounded
// already. It is called before the first Read.
func (s *WAVSource) From(n Frames) {
	n = min(max(n, 0), s.info.Frames)
	s.info.Data += 2 * int64(n)
	s.info.Size -= 2 * int64(n)
	s.info.Frames -= n
	s.pcm = newPCM(s.file, s.info)
}

// Info is what the file's header says.
func (s *WAVSource) Info() WAVInfo { return s.info }

// Read follows the contract of Source. It blocks on the disk.
func (s *WAVSource) Read(dst []float32) (int, error) {
	if len(dst) == 0 {
		return 0, nil
	}
	ints, err := s.pcm.next(len(dst))
	for i, v := range ints {
		dst[i] = float32(v) / fullScale
	}
	return len(ints), err
}

// Close closes the file.
func (s *WAVSource) Close() error { return s.file.Close() }

// wavChunk is how many frames are decoded at a time.
const wavChunk = 1024

// pcm feeds go-audio/wav a header of our own making and nothing of the file but
// its frames: given whole files, the library allocates whatever sizes their
// chunks claim, and takes MP3 and float for PCM.
type pcm struct {
	dec  *gowav.Decoder
	buf  goaudio.IntBuffer
	data []int
	err  error // latched
}

func newPCM(r io.ReaderAt, info WAVInfo) *pcm {
	size := min(info.Size, maxWAVData)
	raw := io.NewSectionReader(r, info.Data, size)
	return &pcm{
		dec:  gowav.NewDecoder(&rebuilt{header: riffHeader(size), body: raw}),
		data: make([]int, wavChunk),
	}
}

// next decodes up to limit frames. The slice is valid until the next call.
func (p *pcm) next(limit int) ([]int, error) {
	if p.err != nil {
		return nil, p.err
	}
	p.buf.Data = p.data[:min(limit, wavChunk)]
	n, err := p.dec.PCMBuffer(&p.buf)
	switch {
	case n > 0:
		return p.data[:n], nil
	case err != nil:
		p.err = fmt.Errorf("decode wav: %w", err)
	default:
		p.err = io.EOF
	}
	return nil, p.err
}

// rebuilt reads a header and then a body. Seek is there for go-audio's
// signature only: a decoder that is never rewound does not call it.
type rebuilt struct {
	header []byte
	body   *io.SectionReader
}

func (r *rebuilt) Read(p []byte) (int, error) {
	if len(r.header) > 0 {
		n := copy(p, r.header)
		r.header = r.header[n:]
		return n, nil
	}
	n, err := r.body.Read(p)
	if n > 0 {
		return n, nil // go-audio drops what comes together with an error; it comes alone next time
	}
	return 0, err
}

func (r *rebuilt) Seek(int64, int) (int64, error) {
	return 0, fmt.Errorf("seek in wav: %w", errors.ErrUnsupported)
}

// riffHeader is the 44-byte header of a 48 kHz s16 mono WAV with size bytes of
// frames, 0 ≤ size ≤ maxWAVData.
func riffHeader(size int64) []byte {
	le := binary.LittleEndian
	h := make([]byte, 0, wavHeader)
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, uint32(wavHeader-8+size))
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, tagPCM)
	h = le.AppendUint16(h, 1)
	h = le.AppendUint32(h, uint32(Rate))
	h = le.AppendUint32(h, uint32(Rate)*2)
	h = le.AppendUint16(h, 2)
	h = le.AppendUint16(h, 16)
	h = append(h, "data"...)
	return le.AppendUint32(h, uint32(size))
}

// WriteWAV writes c to w as a 48 kHz s16 mono WAV with a plain 44-byte header.
func WriteWAV(w io.Writer, c Clip) error {
	size := int64(c.Len()) * 2
	if size > maxWAVData {
		return fmt.Errorf("write wav: %w: %v does not fit into 4 GiB; split it", ErrWAVFormat, c.Length())
	}
	if _, err := w.Write(riffHeader(size)); err != nil {
		return fmt.Errorf("write wav: %w", err)
	}
	buf := make([]byte, 0, 2*wavChunk)
	for rest := c.frames; len(rest) > 0; {
		n := min(len(rest), wavChunk)
		if _, err := w.Write(appendPCM(buf, rest[:n])); err != nil {
			return fmt.Errorf("write wav: %w", err)
		}
		rest = rest[n:]
	}
	return nil
}

// appendPCM appends frames to buf as little-endian bytes.
func appendPCM(buf []byte, frames []int16) []byte {
	for _, v := range frames {
		buf = binary.LittleEndian.AppendUint16(buf, uint16(v))
	}
	return buf
}
