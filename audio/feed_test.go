package audio_test

import (
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
)

// scripted is a Source made of a function, that counts its closing.
type scripted struct {
	read   func(dst []float32) (int, error)
	closed atomic.Int32
}

func (s *scripted) Read(dst []float32) (int, error) { return s.read(dst) }
func (s *scripted) Close() error                    { s.closed.Add(1); return nil }

// loud gives n frames of one amplitude, then err.
func loud(n int, err error) *scripted {
	return &scripted{read: func(dst []float32) (int, error) {
		if n == 0 {
			return 0, err
		}
		k := min(n, len(dst))
		for i := range dst[:k] {
			dst[i] = 0.25
		}
		n -= k
		return k, nil
	}}
}

func TestSourceAndLengthDisagree(t *testing.T) {
	for _, c := range []struct {
		name   string
		has    int
		err    error
		said   audio.Frames
		played audio.Frames
		cause  audio.Cause
	}{
		{"as long as said", 1000, io.EOF, 1000, 1000, audio.Completed},
		{"longer than said", 5000, io.EOF, 1000, 1000, audio.Completed},
		{"shorter than said", 700, io.EOF, 1000, 700, audio.Completed},
		{"length not said", 1500, io.EOF, 0, 1500, audio.Completed},
		{"empty", 0, io.EOF, 0, 0, audio.Completed},
		{"empty but said to be long", 0, io.EOF, 1000, 0, audio.Completed},
		{"breaks in the middle", 700, errors.New("bad sector"), 1000, 700, audio.Unread},
		{"breaks at once", 0, errors.New("bad sector"), 1000, 0, audio.Unread},
		{"neither frames nor error", 500, nil, 1000, 500, audio.Unread},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := loud(c.has, c.err)
				r.cue(audio.DeskCue{ID: "a", Source: s, Frames: c.said, At: frameAt(1000)})
				r.cue(after("b", flat(10, 100), "a", 0))
				r.play(1000 + 5000 + 10*settled)
				r.wantEnded("a", c.cause, c.played, 1000+c.played)
				if n := s.closed.Load(); n != 1 {
					t.Errorf("the source was closed %d times, want once", n)
				}
				if c.cause == audio.Completed {
					r.wantStarted("b", 1000+c.played)
				} else {
					r.wantEnded("b", audio.Unread, 0, -1)
				}
			})
		})
	}
}

func TestStuckSource(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		release := make(chan struct{})
		s := &scripted{read: func([]float32) (int, error) { <-release; return 0, io.EOF }}
		r.cue(audio.DeskCue{ID: "stuck", Source: s, Frames: 48000, At: frameAt(1000)})
		r.cue(cueOf("other", flat(1000, 5000), 3000))
		r.play(1000 + 24000 + 2*settled)
		close(release)
		r.wantStarted("stuck", -1)
		r.wantEnded("stuck", audio.Unread, 0, -1)
		r.wantEnded("other", audio.Completed, 1000, 4000) // one bad file starves nobody
		if d := r.of("stuck")[0].Detail; d == "" {
			t.Error("Unread has no detail")
		}
		r.play(1000 + 24000 + 4*settled)
		if s.closed.Load() != 1 {
			t.Error("the source was not closed once it came to")
		}
	})
}

func TestSlowSourceIsPlayedWhole(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		clip := counted(20000)
		inner := clip.Source()
		read := 0
		s := &scripted{read: func(dst []float32) (int, error) {
			if read > 5000 {
				time.Sleep(60 * time.Millisecond) // per 1024 frames, which last 21
			}
			n, err := inner.Read(dst)
			read += n
			return n, err
		}}
		r.cue(audio.DeskCue{ID: "slow", Source: s, Frames: 20000, At: frameAt(1000)})
		r.play(80000)
		r.wantStarted("slow", 1000)
		r.wantEnded("slow", audio.Completed, 20000, -1)
		at, gain := audio.Frames(0), float32(1) // it fades out before a stall and in behind it
		for _, v := range r.out {
			if v == 0 {
				continue
			}
			g := v * 32768 / float32(clip.At(at))
			if step := (g - gain) * float32(fadeFrames); step > 1.001 || step < -1.001 || g > 1 {
				t.Fatalf("frame %d has a gain of %v behind one of %v", at, g, gain)
			}
			at, gain = at+1, g
		}
		if at != 20000 {
			t.Errorf("%d frames came out, want 20000", at)
		}
	})
}

func TestLongCueRunsThroughItsBuffer(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		const length = audio.Frames(400000) // three times what is held
		at := audio.Frames(0)
		s := &scripted{read: func(dst []float32) (int, error) {
			for i := range dst {
				dst[i] = float32(int16(at*7919%20011)) / 32768
				at++
			}
			return len(dst), nil
		}}
		r.cue(audio.DeskCue{ID: "long", Source: s, Frames: length, At: frameAt(777)})
		r.play(777 + length + settled)
		for i := range length {
			if want := float32(int16(i*7919%20011)) / 32768; r.out[777+i] != want {
				t.Fatalf("frame %d is %v, want %v", i, r.out[777+i]*32768, want*32768)
			}
		}
		r.wantEnded("long", audio.Completed, length, 777+length)
	})
}
