package recordings_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// frames is so many MP3 frames of 128 kbit/s at 44.1 kHz (417 bytes each).
func frames(n int) []byte {
	one := append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...)
	return bytes.Repeat(one, n)
}

// id3 is a tag of so many bytes.
func id3(n int) []byte {
	return append([]byte{'I', 'D', '3', 4, 0, 0, byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}, make([]byte, n)...)
}

func adts(n int) []byte {
	one := append([]byte{0xff, 0xf1, 0x50, 0x80, 0x0c, 0x9f, 0xfc}, make([]byte, 93)...) // 100 bytes
	return bytes.Repeat(one, n)
}

func box(name string, n int) []byte {
	return append([]byte{0, 0, byte((n + 8) >> 8), byte(n + 8), name[0], name[1], name[2], name[3]}, make([]byte, n)...)
}

func TestSniff(t *testing.T) {
	cases := []struct {
		name string
		file []byte
		want string
		cut  bool
	}{
		{"OK m4a", bytes.Join([][]byte{box("ftyp", 16), box("mdat", 99), box("moov", 50)}, nil), "mp4", false},
		{"OK old QuickTime", bytes.Join([][]byte{box("wide", 0), box("mdat", 99), box("moov", 50)}, nil), "mp4", false},
		{"m4a cut in its sound", bytes.Join([][]byte{box("ftyp", 16), box("moov", 50), box("mdat", 99)[:60]}, nil), "mp4", true},
		{"OK MP3", frames(4), "mp3", false},
		{"MP3 behind a tag", append(id3(300), frames(4)...), "mp3", false},
		{"MP3 behind a large picture", append(id3(300000), frames(4)...), "mp3", false},
		{"MP3 behind rubbish", append(make([]byte, 500), frames(4)...), "mp3", false},
		{"OK ADTS", adts(4), "aac", false},
		{"OK WAV", riff(16, 2, 4000), "wav", false},
		{"WAV cut off", riff(16, 2, 4000)[:3000], "wav", true},
		{"OK ogg", append([]byte("OggS\x00\x06"), append(make([]byte, 20), 1, 3, 'a', 'b', 'c')...), "ogg", false},
		{"ogg cut in a page", append([]byte("OggS\x00\x06"), append(make([]byte, 20), 1, 3, 'a')...), "ogg", true},
		{"OK webm", []byte("\x1a\x45\xdf\xa3rest"), "matroska", false},
		{"OK FLAC", silentFLAC(20 * time.Second), "flac", false},
		{"OK AMR", append([]byte("#!AMR\n"), bytes.Repeat(append([]byte{0x3c}, make([]byte, 31)...), 50)...), "amr", false},
		{"AMR with silence frames", append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x7c}, 50)...), "amr", false},
		{"AMR cut in a frame", append([]byte("#!AMR\n"), 0x3c, 1, 2), "amr", true},
		{"OK AMR wide-band", append([]byte("#!AMR-WB\n"), append([]byte{0x44}, make([]byte, 60)...)...), "amr", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, cut, err := recordings.Look(bytes.NewReader(c.file), int64(len(c.file)))
			if err != nil || got != c.want || cut != c.cut {
				t.Errorf("%q cut %v, %v; want %q cut %v", got, cut, err, c.want, c.cut)
			}
		})
	}
}

func TestSniffNamesWhatPeopleSendByMistake(t *testing.T) {
	for file, want := range map[string]string{
		"#EXTM3U\n":                      "a playlist",
		"\xef\xbb\xbf#EXTM3U\n":          "a playlist",
		"  <html>":                       "a web page",
		"%PDF-1.7\n\x00\xff":             "a document",
		"\xff\xd8\xff\xe0\x00\x10JFIF":   "a picture",
		"Kính thưa bà con":               "text",
		"MZ\x90\x00\x03\x00\xfe\xfe\xfe": "something unknown",
	} {
		_, _, err := recordings.Look(strings.NewReader(file), int64(len(file)))
		var refused recordings.Refused
		if !errors.As(err, &refused) || refused.Code != recordings.NotAudio || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
}

// Whatever comes, the Go part of an import ends with a known format or a
// refusal, and takes memory for no more than its head.
func FuzzLook(f *testing.F) {
	f.Add(riff(0x7ffffff0, 1, 10))
	f.Add(riff(16, 255, 10))
	f.Add(append(id3(20), frames(3)...))
	f.Add(adts(3))
	f.Add(bytes.Join([][]byte{box("ftyp", 16), box("moov", 50), box("mdat", 99)}, nil))
	f.Add([]byte("\x00\x00\x00\x01ftyp\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte("\x00\x00\x00\x01ftyp\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(append([]byte("#!AMR\n"), 0x3c, 0x7c))
	f.Add([]byte("OggS\x00\x06" + strings.Repeat("\xff", 400)))
	f.Add(append([]byte{0xff, 0xfb, 0x90, 0x00}, append(make([]byte, 32), "Xing\x00\x00\x00\x0f\xff\xff\xff\xff\xff\xff\xff\xff"...)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, _, err := recordings.Look(bytes.NewReader(b), int64(len(b)))
		var refused recordings.Refused
		if err == nil && kind == "" || err != nil && !errors.As(err, &refused) {
			t.Errorf("%q, %v", kind, err)
		}
	})
}
