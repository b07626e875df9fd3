package audio_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/audio"
	"loalang/audio/devicetest"
)

// chunk is one RIFF chunk that tells the truth about its size.
func chunk(id string, body []byte) []byte {
	out := append([]byte(id), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// lying is a chunk that claims another size.
func lying(id string, size uint32, body []byte) []byte {
	out := append([]byte(id), binary.LittleEndian.AppendUint32(nil, size)...)
	return append(out, body...)
}

// format is the body of a fmt chunk.
func format(tag, channels uint16, rate uint32, bits uint16) []byte {
	le := binary.LittleEndian
	align := channels * ((bits + 7) / 8)
	b := le.AppendUint16(nil, tag)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, rate)
	b = le.AppendUint32(b, rate*uint32(align))
	b = le.AppendUint16(b, align)
	return le.AppendUint16(b, bits)
}

// extensible is the body of a WAVE_FORMAT_EXTENSIBLE fmt chunk.
func extensible(sub, channels uint16, rate uint32, bits uint16) []byte {
	le := binary.LittleEndian
	b := format(0xfffe, channels, rate, bits)
	b = le.AppendUint16(b, 22)
	b = le.AppendUint16(b, bits)
	b = le.AppendUint32(b, 4)
	b = le.AppendUint16(b, sub)
	return append(b, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), bytes.Join(chunks, nil)...)
	return chunk("RIFF", body)
}

var (
	plain   = chunk("fmt ", format(1, 1, 48000, 16))
	samples = []byte{1, 0, 255, 255, 0, 128, 255, 127} // 1, −1, lowest, highest
)

func TestReadWAVGood(t *testing.T) {
	all := []int16{1, -1, -32768, 32767}
	for _, c := range []struct {
		name string
		file []byte
		want []int16
		cut  bool
	}{
		{"OK", riff(plain, chunk("data", samples)), all, false},
		{"no frames", riff(plain, chunk("data", nil)), nil, false},
		{"extensible", riff(chunk("fmt ", extensible(1, 1, 48000, 16)), chunk("data", samples)), all, false},
		{"format with an empty extension", riff(chunk("fmt ", append(format(1, 1, 48000, 16), 0, 0)), chunk("data", samples)), all, false},
		{"chunks before the sound", riff(chunk("LIST", []byte("INFOISFT\x03\x00\x00\x00abc\x00")), plain, chunk("junk", []byte("odd")), chunk("data", samples)), all, false},
		{"chunks behind the sound", riff(plain, chunk("data", samples), chunk("LIST", make([]byte, 100))), all, false},
		{"empty sound before a chunk", riff(plain, chunk("data", nil), chunk("LIST", make([]byte, 100))), nil, false},
		{"size 0 after a crash", riff(plain, lying("data", 0, samples)), all, true},
		{"size unknown, as in a stream", riff(plain, lying("data", 0xffffffff, samples)), all, true},
		{"size of another streamer", riff(plain, lying("data", 0x7ffff000, samples)), all, true},
		{"cut off", riff(plain, lying("data", 1000, samples)), all, true},
		{"cut off within a frame", riff(plain, lying("data", 1000, samples))[:44+7], all[:3], true},
		{"odd size", riff(plain, lying("data", 7, samples)), all[:3], false},
		{"RIFF size is wrong", append(lying("RIFF", 3, []byte("WAVE")), append(plain, chunk("data", samples)...)...), all, false},
		{"LIST full of lies behind the sound", riff(plain, chunk("data", samples), lying("LIST", 0xffffffff, []byte("INFO"))), all, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			clip, info, err := audio.ReadWAV(bytes.NewReader(c.file), int64(len(c.file)))
			if err != nil {
				t.Fatalf("ReadWAV = %v", err)
			}
			got := clip.AppendTo(nil)
			if len(got) != len(c.want) || info.Frames != audio.Frames(len(c.want)) || info.Cut != c.cut {
				t.Fatalf("ReadWAV = %v and %+v, want %v, cut %v", got, info, c.want, c.cut)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Fatalf("ReadWAV = %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestReadWAVBad(t *testing.T) {
	data := chunk("data", samples)
	huge := func(size uint32) []byte { return riff(lying("fmt ", size, make([]byte, 64)), data) }
	for _, c := range []struct {
		name string
		file []byte
		want error
		says string
	}{
		{"zero bytes", nil, audio.ErrNotWAV, "0 bytes"},
		{"eleven bytes", []byte("RIFF\x00\x00\x00\x00WAV"), audio.ErrNotWAV, "11 bytes"},
		{"HTML", []byte("<!DOCTYPE html><html><body>404</body></html>"), audio.ErrNotWAV, "something else"},
		{"playlist", []byte("#EXTM3U\n#EXTINF:10,\nhttp://host/a.ts\n"), audio.ErrNotWAV, "something else"},
		{"AVI", chunk("RIFF", []byte("AVI LIST")), audio.ErrNotWAV, "something else"},
		{"RF64", append([]byte("RF64"), riff(plain, data)[4:]...), audio.ErrNotWAV, "plain WAV"},
		{"RIFX", append([]byte("RIFX"), riff(plain, data)[4:]...), audio.ErrNotWAV, "plain WAV"},
		{"header only", riff(), audio.ErrDamagedWAV, "before its sound"},
		{"no sound", riff(plain), audio.ErrDamagedWAV, "before its sound"},
		{"no format", riff(data), audio.ErrDamagedWAV, "before its format"},
		{"format behind the sound", riff(data, plain), audio.ErrDamagedWAV, "before its format"},
		{"two formats", riff(plain, plain, data), audio.ErrDamagedWAV, "twice"},
		{"format of 2 GB", huge(0x7ffffff0), audio.ErrDamagedWAV, "format chunk"},
		{"format of 4 GB", huge(0xfffffff0), audio.ErrDamagedWAV, "format chunk"},
		{"format of 65 bytes", riff(chunk("fmt ", append(format(1, 1, 48000, 16), make([]byte, 49)...)), data), audio.ErrDamagedWAV, "format chunk"},
		{"format of 14 bytes", riff(chunk("fmt ", format(1, 1, 48000, 16)[:14]), data), audio.ErrDamagedWAV, "format chunk"},
		{"cut off in the format", riff(lying("fmt ", 16, []byte{1, 0})), audio.ErrDamagedWAV, "inside its header"},
		{"LIST of 2 GB before the sound", riff(plain, lying("LIST", 0x7fffffff, []byte("INFO")), data), audio.ErrDamagedWAV, "before its sound"},
		{"INFO entry of 2 GB before the sound", riff(plain, chunk("LIST", []byte("INFOISFT\xff\xff\xff\x7fabcd"))), audio.ErrDamagedWAV, "before its sound"},
		{"nothing but chunks", riff(bytes.Repeat(chunk("junk", nil), 5000), plain, data), audio.ErrDamagedWAV, "too many chunks"},
		{"no channels", riff(chunk("fmt ", format(1, 0, 48000, 16)), data), audio.ErrDamagedWAV, "0 channels"},
		{"255 channels", riff(chunk("fmt ", format(1, 255, 48000, 16)), data), audio.ErrDamagedWAV, "255 channels"},
		{"65535 channels", riff(chunk("fmt ", format(1, 65535, 48000, 16)), data), audio.ErrDamagedWAV, "65535 channels"},
		{"no rate", riff(chunk("fmt ", format(1, 1, 0, 16)), data), audio.ErrDamagedWAV, "frames per second"},
		{"4 GHz", riff(chunk("fmt ", format(1, 1, 4000000000, 16)), data), audio.ErrDamagedWAV, "frames per second"},
		{"no bits", riff(chunk("fmt ", format(1, 1, 48000, 0)), data), audio.ErrDamagedWAV, "no size"},
		{"frames of the wrong size", riff(chunk("fmt ", append(format(1, 1, 48000, 16)[:12], 9, 0, 16, 0)), data), audio.ErrDamagedWAV, "contradict"},
		{"extensible without its extension", riff(chunk("fmt ", format(0xfffe, 1, 48000, 16)), data), audio.ErrDamagedWAV, "too short"},
		{"stereo", riff(chunk("fmt ", format(1, 2, 48000, 16)), data), audio.ErrWAVFormat, "2 channels"},
		{"44.1 kHz", riff(chunk("fmt ", format(1, 1, 44100, 16)), data), audio.ErrWAVFormat, "44100 Hz"},
		{"8 bit", riff(chunk("fmt ", format(1, 1, 48000, 8)), data), audio.ErrWAVFormat, "8-bit"},
		{"24 bit", riff(chunk("fmt ", format(1, 1, 48000, 24)), data), audio.ErrWAVFormat, "24-bit"},
		{"float", riff(chunk("fmt ", format(3, 1, 48000, 32)), data), audio.ErrWAVFormat, "encoding 0x3"},
		{"extensible float", riff(chunk("fmt ", extensible(3, 1, 48000, 32)), data), audio.ErrWAVFormat, "encoding 0x3"},
		{"MP3 in WAV", riff(chunk("fmt ", format(0x55, 1, 48000, 16)), data), audio.ErrWAVFormat, "encoding 0x55"},
		{"A-law", riff(chunk("fmt ", format(6, 1, 48000, 8)), data), audio.ErrWAVFormat, "encoding 0x6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clip, _, err := audio.ReadWAV(bytes.NewReader(c.file), int64(len(c.file)))
			if !errors.Is(err, c.want) || clip.Len() != 0 {
				t.Fatalf("ReadWAV = %d frames, %v; want %v", clip.Len(), err, c.want)
			}
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error %q does not say %q in one sentence", err, c.says)
			}
		})
	}
}

// vast is a file of zeros behind a header.
type vast struct {
	header []byte
	size   int64
}

func (v vast) ReadAt(p []byte, at int64) (int, error) {
	if at >= v.size {
		return 0, io.EOF
	}
	n := min(len(p), int(v.size-at))
	clear(p[:n])
	if at < int64(len(v.header)) {
		copy(p[:n], v.header[at:])
	}
	return n, nil
}

func TestHourLongWAVIsNotLoaded(t *testing.T) {
	v := vast{riff(plain, lying("data", 0, nil)), 44 + 100*3600*96000}
	_, info, err := audio.ReadWAV(v, v.size)
	if !errors.Is(err, audio.ErrWAVFormat) || !strings.Contains(err.Error(), "ten minutes") {
		t.Errorf("ReadWAV = %v, want a refusal of what is longer than ten minutes", err)
	}
	if info.Frames != 100*3600*48000 {
		t.Errorf("Frames = %d, want 100 hours", info.Frames)
	}
}

type broken struct{ after int64 }

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at >= b.after {
		return 0, io.ErrUnexpectedEOF
	}
	return copy(p, riff(plain, lying("data", 4000, nil))[at:]), nil
}

func TestReadErrorIsTold(t *testing.T) {
	for _, after := range []int64{0, 12, 44} {
		if _, _, err := audio.ReadWAV(broken{after}, 4044); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("ReadWAV of a disk that fails at %d = %v, want its error", after, err)
		}
	}
}

func TestWriteWAV(t *testing.T) {
	clip := counted(10001)
	var buf bytes.Buffer
	if err := audio.WriteWAV(&buf, clip); err != nil {
		t.Fatal(err)
	}
	if buf.Len() != 44+2*10001 {
		t.Errorf("the file has %d bytes, want a 44-byte header and the frames", buf.Len())
	}
	back, info, err := audio.ReadWAV(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil || info.Cut || back.Len() != clip.Len() {
		t.Fatalf("ReadWAV = %d frames, %+v, %v", back.Len(), info, err)
	}
	for i := range clip.Len() {
		if back.At(i) != clip.At(i) {
			t.Fatalf("frame %d is %d, want %d", i, back.At(i), clip.At(i))
		}
	}
	for limit := range 2 {
		if err := audio.WriteWAV(&failing{limit}, clip); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("WriteWAV to a full disk = %v, want its error", err)
		}
	}
}

// failing takes a number of writes and then no more.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.ErrShortWrite
	}
	f.left--
	return len(p), nil
}

// fileOf is a file with the content, open for reading.
func fileOf(t *testing.T, content []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOpenSource(t *testing.T) {
	clip := counted(9001)
	var buf bytes.Buffer
	if err := audio.WriteWAV(&buf, clip); err != nil {
		t.Fatal(err)
	}
	want := make([]float32, clip.Len())
	for i := range want {
		want[i] = float32(clip.At(audio.Frames(i))) / 32768
	}
	devicetest.Source(t, want, func(t *testing.T) audio.Source {
		f := fileOf(t, buf.Bytes())
		if _, err := f.Seek(100, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		s, err := audio.OpenSource(f)
		if err != nil {
			t.Fatal(err)
		}
		if s.Frames() != 9001 || s.Info().Rate != audio.Rate {
			t.Errorf("Frames = %d, Info = %+v", s.Frames(), s.Info())
		}
		return s
	})
}

func TestOpenSourceRefuses(t *testing.T) {
	folder, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	closed := fileOf(t, nil)
	closed.Close()
	for _, c := range []struct {
		name string
		file *os.File
		want error
	}{
		{"empty file", fileOf(t, nil), audio.ErrNotWAV},
		{"damaged file", fileOf(t, riff(plain)), audio.ErrDamagedWAV},
		{"stereo", fileOf(t, riff(chunk("fmt ", format(1, 2, 48000, 16)), chunk("data", samples))), audio.ErrWAVFormat},
		{"folder", folder, audio.ErrNotWAV},
		{"closed file", closed, os.ErrClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := audio.OpenSource(c.file); !errors.Is(err, c.want) {
				t.Errorf("OpenSource = %v, want %v", err, c.want)
			}
		})
	}
}

func TestSourceOfAFileThatShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(path, riff(plain, chunk("data", make([]byte, 100000))), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := audio.OpenSource(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 44+10001); err != nil {
		t.Fatal(err)
	}
	var n int
	for {
		k, err := s.Read(make([]float32, 1000))
		if err != nil {
			break
		}
		n += k
	}
	if n != 5000 {
		t.Errorf("%d frames came of a file cut to 5000 and a half", n)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Read(make([]float32, 10)); err == nil {
		t.Error("Read after the end = nil")
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(riff(plain, chunk("data", samples)))
	f.Add(riff(chunk("fmt ", extensible(1, 1, 48000, 16)), lying("data", 0xffffffff, samples)))
	f.Add(riff(lying("fmt ", 0x7ffffff0, nil), chunk("data", samples)))
	f.Add(riff(plain, lying("LIST", 0x7fffffff, []byte("INFO")), chunk("data", samples)))
	f.Add(riff(plain, lying("data", 0, samples)))
	f.Fuzz(func(t *testing.T, file []byte) {
		clip, info, err := audio.ReadWAV(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			known := errors.Is(err, audio.ErrNotWAV) || errors.Is(err, audio.ErrDamagedWAV) || errors.Is(err, audio.ErrWAVFormat)
			if !known || clip.Len() != 0 {
				t.Fatalf("ReadWAV = %d frames, %v", clip.Len(), err)
			}
			return
		}
		if clip.Len() != info.Frames || info.Data+info.Size > int64(len(file)) || info.Size != 2*int64(info.Frames) {
			t.Fatalf("%d frames read, %+v of %d bytes", clip.Len(), info, len(file))
		}
		for i := range clip.Len() {
			at := info.Data + 2*int64(i)
			if want := int16(binary.LittleEndian.Uint16(file[at:])); clip.At(i) != want {
				t.Fatalf("frame %d is %d, want %d as in the file", i, clip.At(i), want)
			}
		}
	})
}
