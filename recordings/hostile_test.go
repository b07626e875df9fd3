package recordings_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"loalang/recordings"
)

// silentFLAC is a valid FLAC file of nothing: constant subframes, 14 bytes for
// every 65 535 frames at 8 kHz, so that 100 hours fit into 600 KB.
func silentFLAC(length time.Duration) []byte {
	const rate, size = 8000, 65535
	blocks := uint64(length.Seconds() * rate / size)
	b := []byte("fLaC\x80\x00\x00\x22\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00")
	b = binary.BigEndian.AppendUint64(b, rate<<44|0<<41|15<<36|blocks*size)
	b = append(b, make([]byte, 16)...)
	for n := range blocks {
		frame := append([]byte{0xff, 0xf8, 0x70, 0x00}, flacNumber(n)...)
		frame = append(frame, 0xff, 0xfe) // frames in it, less one
		frame = append(frame, crc8(frame), 0, 0, 0)
		b = append(b, binary.BigEndian.AppendUint16(frame, crc16(frame))...)
	}
	return b
}

// flacNumber codes a block's number as UTF-8 codes characters.
func flacNumber(n uint64) []byte {
	switch {
	case n < 1<<7:
		return []byte{byte(n)}
	case n < 1<<11:
		return []byte{0xc0 | byte(n>>6), 0x80 | byte(n&63)}
	}
	return []byte{0xe0 | byte(n>>12), 0x80 | byte(n>>6&63), 0x80 | byte(n&63)}
}

func crc8(b []byte) (c byte) {
	for _, x := range b {
		c ^= x
		for range 8 {
			c = c<<1 ^ c>>7*0x07
		}
	}
	return c
}

func crc16(b []byte) (c uint16) {
	for _, x := range b {
		c ^= uint16(x) << 8
		for range 8 {
			c = c<<1 ^ c>>15*0x8005
		}
	}
	return c
}

// riff is a WAV with a format block that claims formatSize bytes.
func riff(formatSize uint32, channels uint16, data int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt "), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[16:], formatSize)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, channels)
	b = binary.LittleEndian.AppendUint32(b, 48000)
	b = binary.LittleEndian.AppendUint32(b, 96000*uint32(channels))
	b = binary.LittleEndian.AppendUint16(b, 2*channels)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(data))
	return append(b, make([]byte, data)...)
}

type upload struct {
	name  string
	bytes []byte
	want  recordings.Refusal
}

// refusedUploads are files that must not come in. base is a good m4a whose
// index lies at its end.
func refusedUploads(t *testing.T, dir, server string) []upload {
	read := func(name string, args ...string) []byte {
		t.Helper()
		path := filepath.Join(dir, name)
		ffmpeg(t, append(append([]string{"-v", "error"}, args...), path)...)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	wav := say(t, dir, 6)
	m4a := read("good.m4a", "-i", wav, "-c:a", "aac")
	secret := filepath.Join(dir, "secret.ts")
	ffmpeg(t, "-v", "error", "-i", wav, "-c:a", "aac", "-f", "mpegts", secret)
	return []upload{
		{"zero bytes", nil, recordings.Empty},
		{"only zeros", make([]byte, 5000), recordings.Broken},
		{"m4a without its index", m4a[:len(m4a)/2], recordings.Truncated},
		{"HLS playlist with a local file", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + secret + "\n#EXT-X-ENDLIST\n"), recordings.NotAudio},
		{"HLS playlist behind an MP4 head", []byte("\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A isom#EXTM3U\n#EXTINF:10,\nfile://" + secret + "\n"), recordings.Truncated},
		{"concat script", []byte("ffconcat version 1.0\nfile '" + secret + "'\n"), recordings.NotAudio},
		{"concat address", []byte("concat:" + secret + "|" + secret), recordings.NotAudio},
		{"web address", []byte(server + "/a.mp3\n"), recordings.NotAudio},
		{"SDP", []byte("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"), recordings.NotAudio},
		{"subtitles", []byte("1\n00:00:01,000 --> 00:00:02,000\nxin chào\n"), recordings.NotAudio},
		{"web page", []byte("<!DOCTYPE html><html><body>404</body></html>"), recordings.NotAudio},
		{"text", []byte(strings.Repeat("Kính thưa bà con. ", 500)), recordings.NotAudio},
		{"picture", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 900)...), recordings.NotAudio},
		{"MPEG stream", mustRead(t, secret), recordings.NotAudio},
		{"100 hours of silence", silentFLAC(100 * time.Hour), recordings.TooLong},
		{"61 minutes", silentFLAC(61 * time.Minute), recordings.TooLong},
		{"5 minutes of silence", silentFLAC(5 * time.Minute), recordings.NoSound},
		{"fmt chunk of 2 GB", riff(0x7ffffff0, 1, 1000), recordings.Broken},
		{"fmt chunk of 4 GB", riff(0xfffffff0, 1, 1000), recordings.Broken},
		{"255 channels", riff(16, 255, 510*1000), recordings.Channels},
		{"no channel", riff(16, 0, 1000), recordings.Broken},
		{"WAV head only", riff(16, 1, 0)[:40], recordings.Truncated},
		{"silent WAV", riff(16, 1, 96000*3), recordings.NoSound},
		{"a tenth of a second", riff(16, 1, 9600), recordings.TooShort},
		{"video without sound", read("mute.mp4", "-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-c:v", "libx264"), recordings.NoSound},
		{"codec that is not opened", read("alac.m4a", "-i", wav, "-c:a", "alac"), recordings.UnknownCodec},
		{"FLAC head with rubbish", append([]byte("fLaC"), strings.Repeat("\x55\xaa", 4000)...), recordings.Broken},
		{"matroska head with rubbish", append([]byte("\x1a\x45\xdf\xa3"), strings.Repeat("\x55\xaa", 4000)...), recordings.Broken},
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHostileFilesAreRefused(t *testing.T) {
	t.Parallel()
	needs(t, "ffmpeg", "espeak-ng")
	var called atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer server.Close()
	uploads := refusedUploads(t, t.TempDir(), server.URL)
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		l, x, root := library(t, func(c *recordings.Config) {
			c.Sandbox = recordings.NewSandbox(behind)
		})
		for _, u := range uploads {
			t.Run(u.name, func(t *testing.T) {
				_, err := l.Import(context.Background(), strings.NewReader(string(u.bytes)), recordings.About{Title: "-i"})
				var refused recordings.Refused
				if !errors.As(err, &refused) || refused.Code != u.want {
					t.Fatalf("got %v, want %s", err, u.want)
				}
				if strings.ContainsAny(err.Error(), "\n\x1b") || !strings.Contains(err.Error(), ":") {
					t.Errorf("not one sentence that says what to do: %q", err)
				}
			})
		}
		if len(x.known) > 0 {
			t.Errorf("the index has %d recordings", len(x.known))
		}
		for _, form := range []string{"original", "master", "play", "tmp"} {
			if left, _ := filepath.Glob(filepath.Join(root, form, "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		}
	})
	if n := called.Load(); n > 0 {
		t.Errorf("the web address was called %d times", n)
	}
}

// The format list, not only the sniffer, must stop a playlist: ffmpeg is given
// one under a head that the sniffer lets through.
func TestPlaylistInsideAContainerReadsNothing(t *testing.T) {
	needs(t, "ffmpeg")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	body := fmt.Sprintf("ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x00\n#EXTM3U\n#EXTINF:10,\nhttp://%s/a.ts\n", listener.Addr())
	l, _, _ := library(t)
	_, err = l.Import(context.Background(), strings.NewReader(body), recordings.About{})
	var refused recordings.Refused
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestTooLargeUploadIsRefusedBeforeItIsOpened(t *testing.T) {
	l, _, root := library(t, func(c *recordings.Config) { c.Limits.Bytes = 1000 })
	_, err := l.Import(context.Background(), strings.NewReader(strings.Repeat("x", 1001)), recordings.About{})
	var refused recordings.Refused
	if !errors.As(err, &refused) || refused.Code != recordings.TooLarge {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(root, "tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEveryRefusalIsASentence(t *testing.T) {
	for _, code := range []recordings.Refusal{
		recordings.Empty, recordings.TooLarge, recordings.TooLong, recordings.TooShort, recordings.NotAudio, recordings.Truncated,
		recordings.Broken, recordings.Channels, recordings.NoSound, recordings.UnknownCodec,
	} {
		s := recordings.Refused{Code: code}.Error()
		if !strings.Contains(s, ": ") || strings.HasPrefix(s, "the file is refused") {
			t.Errorf("%s: %q does not say what to do", code, s)
		}
	}
}
