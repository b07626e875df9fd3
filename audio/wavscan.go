package audio

import (
	"encoding/binary"
	"fmt"
	"io"
)

// WAVInfo is what the chunk table of a WAV says, checked against the real size
// of the file.
type WAVInfo struct {
	Tag      uint16     // 1 PCM, 3 float, others as registered by Microsoft; of WAVE_FORMAT_EXTENSIBLE its sub-format
	Channels int        // 1 to 8
	Rate     SampleRate // 1,000 to 384,000
	Bits     int        // per sample, as the file says
	Frames   Frames     // that are really there
	Data     int64      // offset of the first frame in bytes
	Size     int64      // of the frames in bytes, a whole number of frames
	// Cut says that the header promised more sound than the file holds, or
	// (after a crash, or from a stream) did not know its length; Frames is
	// right all the same.
	Cut bool
}

const (
	tagPCM        = 1
	tagFloat      = 3
	tagExtensible = 0xfffe

	// maxFmt is far above the 40 bytes of WAVE_FORMAT_EXTENSIBLE: a larger
	// chunk is an attack on the reader's memory.
	maxFmt = 64
	// maxChunks bounds the work on a file that is nothing but chunk headers.
	maxChunks   = 4096
	maxChannels = 8
)

// ScanWAV reads the chunk table of the WAV of size bytes in r and nothing else:
// at most 72 bytes are held in memory, whatever the file claims. It accepts
// any plain or extensible format with 1 to 8 channels. The error wraps
// ErrNotWAV, ErrDamagedWAV, or what r returned.
func ScanWAV(r io.ReaderAt, size int64) (WAVInfo, error) {
	s := wavScan{r: r, size: size}
	if err := s.riff(); err != nil {
		return WAVInfo{}, err
	}
	at := int64(12)
	for range maxChunks {
		if at+8 > size {
			return WAVInfo{}, damaged("it ends before its sound begins; record or export it again")
		}
		id, length, err := s.header(at)
		if err != nil {
			return WAVInfo{}, err
		}
		switch id {
		case "fmt ":
			if err := s.format(at+8, length); err != nil {
				return WAVInfo{}, err
			}
		case "data":
			return s.data(at+8, length)
		}
		at += 8 + length + length%2
	}
	return WAVInfo{}, damaged("it has too many chunks before its sound; export it again")
}

// wavScan is one walk over a chunk table.
type wavScan struct {
	r     io.ReaderAt
	size  int64
	info  WAVInfo
	align int64 // bytes per frame; 0 until the fmt chunk was read
}

func damaged(what string) error { return fmt.Errorf("%w: %s", ErrDamagedWAV, what) }

func (s *wavScan) read(at int64, p []byte) error {
	if n, err := s.r.ReadAt(p, at); n < len(p) {
		return fmt.Errorf("read WAV header: %w", err)
	}
	return nil
}

func (s *wavScan) riff() error {
	if s.size < 12 {
		return fmt.Errorf("%w: it has only %d bytes; choose another file", ErrNotWAV, max(s.size, 0))
	}
	var h [12]byte
	if err := s.read(0, h[:]); err != nil {
		return err
	}
	switch form := string(h[:4]); {
	case form == "RIFF" && string(h[8:]) == "WAVE":
		return nil
	case form == "RF64" || form == "RIFX" || form == "BW64":
		return fmt.Errorf("%w: %s is a relative of it; export it as plain WAV", ErrNotWAV, form)
	}
	return fmt.Errorf("%w: its content is something else; export it as WAV", ErrNotWAV)
}

func (s *wavScan) header(at int64) (id string, length int64, err error) {
	var h [8]byte
	if err := s.read(at, h[:]); err != nil {
		return "", 0, err
	}
	return string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:])), nil
}

func (s *wavScan) format(at, length int64) error {
	switch {
	case s.align != 0:
		return damaged("it describes its format twice; export it again")
	case length < 16 || length > maxFmt:
		return damaged(fmt.Sprintf("its format chunk claims %d bytes; export it again", length))
	case at+length > s.size:
		return damaged("it ends inside its header; copy or record it again")
	}
	var buf [maxFmt]byte
	h := buf[:length]
	if err := s.read(at, h); err != nil {
		return err
	}
	le := binary.LittleEndian
	s.info.Tag = le.Uint16(h)
	s.info.Channels = int(le.Uint16(h[2:]))
	s.info.Rate = SampleRate(le.Uint32(h[4:]))
	s.info.Bits = int(le.Uint16(h[14:]))
	s.align = int64(le.Uint16(h[12:]))
	if s.info.Tag == tagExtensible {
		if length < 40 {
			return damaged("its extensible format chunk is too short; export it again")
		}
		s.info.Tag = le.Uint16(h[24:])
	}
	return s.plausible()
}

// plausible refuses formats that no recorder writes, before anyone computes
// with them.
func (s *wavScan) plausible() error {
	i := s.info
	if i.Channels < 1 || i.Channels > maxChannels {
		return damaged(fmt.Sprintf("it claims %d channels; export it with one or two", i.Channels))
	}
	if i.Rate < 1000 || i.Rate > 384000 {
		return damaged(fmt.Sprintf("it claims %d frames per second; export it with 48000", i.Rate))
	}
	if s.align == 0 {
		return damaged("its frames have no size; export it again")
	}
	if linear := i.Tag == tagPCM || i.Tag == tagFloat; linear {
		if i.Bits < 1 || i.Bits > 64 || s.align != int64(i.Channels*((i.Bits+7)/8)) {
			return damaged(fmt.Sprintf("its %d-bit frames of %d bytes contradict each other; export it again", i.Bits, s.align))
		}
	}
	return nil
}

func (s *wavScan) data(at, length int64) (WAVInfo, error) {
	if s.align == 0 {
		return WAVInfo{}, damaged("its sound comes before its format; export it again")
	}
	rest := s.size - at
	unknown := length == 0 && rest > 0 && !s.chunkAt(at)
	if length > rest || unknown {
		length, s.info.Cut = rest, true
	}
	s.info.Data = at
	s.info.Size = length - length%s.align
	s.info.Frames = Frames(s.info.Size / s.align)
	return s.info, nil
}

// chunkAt says whether a known chunk begins at the offset: a data chunk of
// length 0 in front of one is empty, not forgotten by a crashed recorder.
func (s *wavScan) chunkAt(at int64) bool {
	if at+8 > s.size {
		return false
	}
	id, length, err := s.header(at)
	if err != nil || at+8+length > s.size {
		return false
	}
	switch id {
	case "LIST", "fact", "cue ", "smpl", "inst", "bext", "JUNK", "junk", "id3 ", "ID3 ", "PAD ", "plst", "iXML", "PEAK":
		return true
	}
	return false
}
