package audio_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"loalang/audio"
)

func TestBadCue(t *testing.T) {
	clip := flat(100, 1000)
	for _, c := range []struct {
		name string
		cue  audio.DeskCue
		want error
	}{
		{"OK", cueOf("a", clip, 1000), nil},
		{"no ID", cueOf("", clip, 1000), audio.ErrBadCue},
		{"no source", audio.DeskCue{ID: "a", At: frameAt(1000)}, audio.ErrBadCue},
		{"negative length", audio.DeskCue{ID: "a", Source: clip.Source(), Frames: -1}, audio.ErrBadCue},
		{"absurd length", audio.DeskCue{ID: "a", Source: clip.Source(), Frames: math.MaxInt64}, audio.ErrBadCue},
		{"negative gap", after("a", clip, "there", -1), audio.ErrBadCue},
		{"screaming", audio.DeskCue{ID: "a", Source: clip.Source(), Gain: 25}, audio.ErrBadCue},
		{"gain that is no number", audio.DeskCue{ID: "a", Source: clip.Source(), Gain: audio.Decibels(math.NaN())}, audio.ErrBadCue},
		{"a stream without a buffer", audio.DeskCue{ID: "a", Source: clip.Source(), Stream: &audio.Stream{}}, audio.ErrBadCue},
		{"a stream with a length", audio.DeskCue{ID: "a", Source: clip.Source(), Frames: 9, Stream: &audio.Stream{Buffer: held}}, audio.ErrBadCue},
		{"a stream as a bed", audio.DeskCue{ID: "a", Source: clip.Source(), Bed: &audio.Duck{}, Stream: &audio.Stream{Buffer: held}}, audio.ErrBadCue},
		{"after itself", after("a", clip, "a", 0), audio.ErrBadCue},
		{"replaces itself", audio.DeskCue{ID: "a", Source: clip.Source(), Replaces: "a"}, audio.ErrBadCue},
		{"after nothing known", after("a", clip, "b", 0), audio.ErrUnknownCue},
		{"twice", cueOf("there", clip, 1000), audio.ErrDuplicateCue},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.cue(cueOf("there", clip, 50000))
				s := &scripted{}
				if c.cue.Source != nil {
					inner := c.cue.Source
					s.read = inner.Read
					c.cue.Source = s
				}
				if err := r.desk.Cue(c.cue); !errors.Is(err, c.want) {
					t.Fatalf("Cue = %v, want %v", err, c.want)
				}
				r.play(3000 + settled)
				if closed := s.closed.Load(); c.want != nil && closed != 0 {
					t.Error("the source of a refused cue was closed")
				}
			})
		})
	}
}

func TestDeskFull(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for i := range 32 {
			r.cue(cueOf(fmt.Sprint(i), flat(100, 100), 10000))
		}
		if err := r.desk.Cue(cueOf("one more", flat(100, 100), 10000)); !errors.Is(err, audio.ErrDeskFull) {
			t.Errorf("Cue = %v, want %v", err, audio.ErrDeskFull)
		}
		r.play(10100 + settled)
		r.cue(cueOf("one more", flat(100, 100), 20000))
		r.play(20100 + settled)
		r.wantEnded("one more", audio.Completed, 100, 20100)
	})
}

func TestAnIDMayBeUsedAgain(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for i := range 300 { // more than the desk remembers
			start := audio.Frames(i) * 6000
			r.cue(cueOf("again", flat(100, 100), start+500))
			r.cue(cueOf(fmt.Sprint(i), flat(100, 100), start+500))
			r.play(start + 6000)
		}
		if n := len(r.of("again")); n != 600 {
			t.Errorf("there are %d events of the ID, want 600", n)
		}
		if err := r.desk.Cue(after("late", flat(100, 100), "0", 0)); !errors.Is(err, audio.ErrUnknownCue) {
			t.Errorf("Cue after one long gone = %v, want %v", err, audio.ErrUnknownCue)
		}
	})
}

func TestRunEndsEverything(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		sources := map[string]*scripted{"sounding": loud(90000, nil), "waiting": loud(90000, nil)}
		r.cue(audio.DeskCue{ID: "sounding", Source: sources["sounding"], Frames: 48000, At: frameAt(1000)})
		r.cue(audio.DeskCue{ID: "waiting", Source: sources["waiting"], Frames: 48000, After: "sounding"})
		r.play(24000)
		r.raise(alarmOf("flood", flat(1000, 1000), 0))
		r.play(24480)
		r.end()
		r.wantEnded("sounding", audio.Lost, 24480-4800-1000, -1) // what has surely left the card
		r.wantEnded("waiting", audio.Lost, 0, -1)
		r.wantEnded("flood", audio.Lost, 480, -1)
		for id, s := range sources {
			if n := s.closed.Load(); n != 1 {
				t.Errorf("the source of %s was closed %d times, want once", id, n)
			}
		}
		r.play(48000) // a device that still pulls gets silence and no more events
		r.wantEnded("sounding", audio.Lost, 24480-4800-1000, -1)
		r.wantSilence(26000, 48000)
		if err := r.desk.Cue(cueOf("late", flat(10, 10), 90000)); !errors.Is(err, audio.ErrDeskClosed) {
			t.Errorf("Cue = %v, want %v", err, audio.ErrDeskClosed)
		}
		if err := r.desk.Raise(alarmOf("late", flat(10, 10), 1)); !errors.Is(err, audio.ErrDeskClosed) {
			t.Errorf("Raise = %v, want %v", err, audio.ErrDeskClosed)
		}
	})
}

func TestSourceIsClosedThoughNobodyReadIt(t *testing.T) {
	d := audio.NewDesk(audio.DeskOptions{})
	s := loud(10, nil)
	if err := d.Cue(audio.DeskCue{ID: "a", Source: s}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := newEnded()
	defer cancel()
	if err := d.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := s.closed.Load(); n != 1 {
		t.Errorf("the source was closed %d times, want once", n)
	}
}

func TestTapAndLevels(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		if l := r.desk.Levels(); l.Peak != -120 || l.RMS != -120 {
			t.Errorf("Levels = %v before anything sounded, want −120", l)
		}
		r.cue(cueOf("a", flat(24000, 16384), 4800))
		r.play(9600)
		r.raise(alarmOf("flood", flat(9600, -8192), 1))
		r.play(60000)
		if want := audio.Frames(60000) - 4800; audio.Frames(len(r.tap)) != want {
			t.Fatalf("the tap gave %d frames, want %d", len(r.tap), want)
		}
		for k, v := range r.tap {
			if want := math.Round(float64(r.out[k]) * 32768); math.Abs(float64(v)-want) > 1 {
				t.Fatalf("frame %d of the tap is %d, want %v as on the card", k, v, want)
			}
		}
	})
}

func TestLevelsFollowTheSound(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("a", flat(24000, 16384), 4800))
		r.play(19200)
		l := r.desk.Levels()
		if math.Abs(float64(l.RMS)+6.02) > 0.01 || math.Abs(float64(l.Peak)+6.02) > 0.01 {
			t.Errorf("Levels = %v at half scale, want −6.02 dBFS", l)
		}
		r.play(60000)
		if l := r.desk.Levels(); l.Peak != -120 {
			t.Errorf("Levels = %v after the end, want −120", l)
		}
	})
}

func TestEventsComeWhenTheFrameHasLeft(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("a", flat(1000, 1000), 4800))
		r.play(9600)
		r.wantStarted("a", -1) // frame 4800 was pulled less than 100 ms ago
		r.play(10080)
		r.wantStarted("a", 4800)
		if p := r.desk.Position(); p != 10080 {
			t.Errorf("Position = %d, want 10080", p)
		}
	})
}

func TestPullsOfAnySize(t *testing.T) {
	for _, size := range []int{1, 3, 95, 97, 511, 512, 513, 4096} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				clip := counted(2000)
				r.cue(cueOf("a", clip, 1000))
				r.cue(after("b", clip, "a", time.Millisecond))
				r.play(0) // lets the readers work
				buf := make([]float32, size)
				for len(r.out) < 12000 {
					r.desk.Pull(buf)
					r.out = append(r.out, buf...)
				}
				r.wantSilence(0, 1000)
				r.wantSound(1000, clip, 0, 2000)
				r.wantSilence(3000, 3048)
				r.wantSound(3048, clip, 0, 2000)
				r.wantSilence(5048, 12000)
				r.wantEnded("b", audio.Completed, 2000, 5048)
			})
		})
	}
}

// TestEndedCuesLetGoOfTheirSound: what is remembered for those that come After
// them once held what had been read ahead, 36 MB of a hundred cues: more than the
// process that plays may have.
func TestEndedCuesLetGoOfTheirSound(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(audio.DeskCue{ID: "first", Source: endless{}}) // now what is made once has been made
		before := heap()
		for i := range 100 {
			c := audio.DeskCue{ID: fmt.Sprint(i), Source: endless{}}
			if i%2 == 1 {
				c = streamOf(c.ID, newSender(48000, sine(400)), 2*time.Second)
			}
			r.cue(c)
			r.play(audio.Frames(len(r.out)) + 960)
			r.desk.Stop()
			r.play(audio.Frames(len(r.out)) + 7200)
			r.out, r.tap = r.out[:0], r.tap[:0]
		}
		r.play(48000)
		if held := heap() - before; held > 2<<20 {
			t.Errorf("%d KB are held, want at most 2048", held>>10)
		}
	})
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what a finalizer held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
