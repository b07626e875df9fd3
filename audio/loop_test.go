package audio_test

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"loalang/audio"
)

// tone is n frames of a sine of the given frames per period and amplitude, from
// the phase of frame at on.
func tone(n, at audio.Frames, period, amplitude float64) audio.Clip {
	frames := make([]int16, n)
	for i := range frames {
		frames[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*float64(at+audio.Frames(i))/period)))
	}
	return audio.NewClip(frames)
}

// read takes n frames of s, in reads of an odd size.
func read(t *testing.T, s audio.Source, n int) []float32 {
	t.Helper()
	got := make([]float32, n)
	for at := 0; at < n; {
		k, err := s.Read(got[at:min(n, at+1009)])
		if err != nil {
			t.Fatalf("Read = %v at frame %d", err, at)
		}
		at += k
	}
	return got
}

const join = 2400

func TestLoopRepeats(t *testing.T) {
	for _, c := range []struct {
		name         string
		length, join int
	}{
		{"OK", 20000, join},
		{"shorter than two joins", 1000, 500},
		{"two frames", 2, 1},
		{"one frame", 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			clip := counted(audio.Frames(c.length))
			pass := c.length - c.join
			got := read(t, clip.Loop(), 3*pass+c.length)
			for i := range pass {
				want := float32(clip.At(audio.Frames(i))) / 32768
				if got[i] != want {
					t.Fatalf("frame %d is %v, want %v", i, got[i], want)
				}
				if i >= c.join && (got[pass+i] != want || got[2*pass+i] != want) {
					t.Fatalf("frame %d of the next passes is %v and %v, want %v", i, got[pass+i], got[2*pass+i], want)
				}
			}
		})
	}
}

// TestLoopJoinsWithConstantPower: what is alike is not louder where it joins,
// what is not is not softer.
func TestLoopJoinsWithConstantPower(t *testing.T) {
	for _, c := range []struct {
		name   string
		length audio.Frames // of a tone of 100 frames a period
	}{
		{"in phase", 22400},
		{"a quarter off", 22425},
		{"an eighth off", 22412},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, tone(c.length, 0, 100, 10000).Loop(), 3*int(c.length))
			var worst float64
			for at := 0; at+100 < len(got); at += 50 {
				var sum float64
				for _, v := range got[at : at+100] {
					sum += float64(v) * float64(v) * 32768 * 32768
				}
				worst = max(worst, math.Abs(10*math.Log10(sum/100/(10000*10000/2))))
			}
			if worst > 0.3 {
				t.Errorf("the level changes by %v dB, want none", worst)
			}
		})
	}
}

func TestLoopFrom(t *testing.T) {
	clip := counted(20000)
	whole := read(t, clip.Loop(), 60000)
	for _, from := range []int{0, 1, 2400, 17599, 17600, 19999, 20000, 35199, 40000} {
		l := clip.Loop()
		l.From(audio.Frames(from))
		for i, v := range read(t, l, 15000) {
			if v != whole[from+i] {
				t.Fatalf("from frame %d on, frame %d is %v, want %v", from, i, v, whole[from+i])
			}
		}
	}
}

func TestLoopOfAFile(t *testing.T) {
	clip := counted(20000)
	path := filepath.Join(t.TempDir(), "bed.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := audio.WriteWAV(f, clip); err != nil {
		t.Fatal(err)
	}
	s, err := audio.OpenSource(f)
	if err != nil {
		t.Fatal(err)
	}
	l := s.Loop()
	got, want := read(t, l, 70000), read(t, clip.Loop(), 70000)
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("frame %d is %v, want %v", i, got[i], want[i])
		}
	}
	if err := f.Truncate(30000); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if _, err = l.Read(make([]float32, 1000)); err != nil {
			break
		}
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Read of a file that was cut off = %v, want ErrUnexpectedEOF", err)
	}
	if _, again := l.Read(make([]float32, 1000)); !errors.Is(again, err) {
		t.Errorf("Read after an error = %v, want the same again", again)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := f.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Close left the file open: %v", err)
	}
}

func TestLoopOfNothing(t *testing.T) {
	l := audio.Clip{}.Loop()
	l.From(7)
	if n, err := l.Read(make([]float32, 7)); n != 0 || err == nil {
		t.Errorf("Read = %d, %v, want an error", n, err)
	}
	if n, err := l.Read(nil); n != 0 || err != nil {
		t.Errorf("Read(nil) = %d, %v, want 0, nil", n, err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}
