package recordings

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// container is what a file's first bytes say it is, whatever its name says.
type container string

const (
	mp4      container = "mp4" // with m4a, mov, 3gp
	mp3      container = "mp3"
	ogg      container = "ogg"
	matroska container = "matroska" // with webm
	wav      container = "wav"
	flac     container = "flac"
	amr      container = "amr"
	adts     container = "aac"
)

const sniffed = 64 << 10

// sniff tells what a file of size bytes is. It is the first gate: what it does
// not know never reaches ffmpeg.
func sniff(r io.ReaderAt, size int64) (container, error) {
	head := make([]byte, min(size, sniffed))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the file's head: %w", err)
	}
	if len(head) == 0 {
		return "", Refused{Code: Empty}
	}
	if c := magic(head); c != "" {
		return c, nil
	}
	if len(bytes.TrimLeft(head, "\x00")) == 0 {
		return "", refuse(Broken, "it holds only zeros")
	}
	return "", refuse(NotAudio, "it looks like %s", looks(head))
}

// magic knows a format by its signature; "" when it knows none.
func magic(head []byte) container {
	at := func(offset int, want string) bool {
		return len(head) >= offset+len(want) && string(head[offset:offset+len(want)]) == want
	}
	switch {
	case at(4, "ftyp"), at(4, "moov"), at(4, "mdat") && isBox(head), at(4, "wide") && isBox(head):
		return mp4
	case (at(0, "RIFF") || at(0, "RF64")) && at(8, "WAVE"):
		return wav
	case at(0, "OggS"):
		return ogg
	case at(0, "\x1a\x45\xdf\xa3"):
		return matroska
	case at(0, "fLaC"):
		return flac
	case at(0, "#!AMR\n"), at(0, "#!AMR-WB\n"):
		return amr
	}
	return framed(head)
}

// isBox says whether the first four bytes can be the length of an MP4 box, so
// that a text with "mdat" in it is not taken for one.
func isBox(head []byte) bool {
	n := binary.BigEndian.Uint32(head)
	return n == 1 || n >= 8
}

// framed looks for the two formats without a signature: frames of MP3 or ADTS
// that follow each other, at the start or after an ID3 tag, or three of them
// after a little rubbish.
func framed(head []byte) container {
	tag := id3Length(head)
	if tag > int64(len(head)) {
		return mp3 // a cover picture larger than the head; ffmpeg looks behind it
	}
	body := head[tag:]
	for i := 0; i < len(body) && i < 8<<10; i++ {
		if body[i] != 0xff {
			continue
		}
		want := 3
		if i == 0 {
			want = 2
		}
		if follow(body[i:], want, func(b []byte) int { return mp3Frame(b).bytes }) {
			return mp3
		}
		if follow(body[i:], want, adtsFrame) {
			return adts
		}
	}
	return ""
}

// follow says whether b begins with so many frames, or with one frame at least
// and then ends.
func follow(b []byte, want int, length func([]byte) int) bool {
	for n := range want {
		size := length(b)
		if size == 0 {
			return false
		}
		if size >= len(b) {
			return n > 0 || want == 2
		}
		b = b[size:]
	}
	return true
}

// id3Length is the length of the ID3v2 tag at the start, 0 without one.
func id3Length(head []byte) int64 {
	if len(head) < 10 || string(head[:3]) != "ID3" {
		return 0
	}
	n := int64(0)
	for _, b := range head[6:10] {
		n = n<<7 | int64(b&0x7f)
	}
	if head[5]&0x10 != 0 {
		n += 10 // a footer
	}
	return n + 10
}

// mp3Header is what the four bytes of an MPEG audio frame of layer III say.
type mp3Header struct {
	bytes  int // of the whole frame; 0: no such header
	rate   int // frames per second
	frames int // of sound in it
	side   int // bytes of side information, behind which a Xing table lies
}

func mp3Frame(b []byte) mp3Header {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 || b[1]>>1&3 != 1 {
		return mp3Header{}
	}
	version, bits, rate := b[1]>>3&3, int(b[2]>>4), int(b[2]>>2&3)
	if version == 1 || bits == 0 || bits == 15 || rate == 3 {
		return mp3Header{}
	}
	h := mp3Header{rate: [3]int{44100, 48000, 32000}[rate], frames: 1152, side: 32}
	kbit := [15]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[bits]
	mono := b[3]>>6 == 3
	if mono {
		h.side = 17
	}
	if version != 3 { // MPEG-2 and 2.5: half and quarter the rate
		kbit = [15]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[bits]
		h.rate, h.frames, h.side = h.rate/2, 576, 17
		if mono {
			h.side = 9
		}
		if version == 0 {
			h.rate /= 2
		}
	}
	h.bytes = h.frames/8*kbit*1000/h.rate + int(b[2]>>1&1)
	return h
}

// adtsFrame is the length of the AAC frame that begins with b, 0 if none does.
func adtsFrame(b []byte) int {
	if len(b) < 7 || b[0] != 0xff || b[1]&0xf6 != 0xf0 || b[2]>>2&15 > 12 {
		return 0
	}
	n := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
	if n < 7 {
		return 0
	}
	return n
}

// looks names what people send by mistake.
func looks(head []byte) string {
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	starts := func(s string) bool { return bytes.HasPrefix(text, []byte(s)) }
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("#extm3u"), starts("[playlist]"), starts("ffconcat"), starts("v=0"):
		return "a playlist"
	case starts("<!doctype"), starts("<html"), starts("<?xml"), starts("<svg"):
		return "a web page"
	case begins("%PDF"), begins("PK\x03\x04"), begins("\xd0\xcf\x11\xe0"):
		return "a document"
	case begins("\xff\xd8\xff"), begins("\x89PNG"), begins("GIF8"):
		return "a picture"
	case utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]) && !bytes.ContainsRune(head, 0):
		return "text"
	}
	return "something unknown"
}
