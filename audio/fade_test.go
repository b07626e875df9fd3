package audio_test

import (
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"loalang/audio"
)

// swell is the gain of an equal-power fade-in of n frames at frame k.
func swell(k, n audio.Frames) float64 {
	return math.Sin((float64(k) + 0.5) / float64(n) * math.Pi / 2)
}

// wantGain fails unless the output in [from, to) is amplitude times gain, where
// gain is told the frame counted from from.
func (r *rig) wantGain(from, to audio.Frames, amplitude float64, gain func(k audio.Frames) float64) {
	r.t.Helper()
	for k := from; k < to; k++ {
		if got, want := float64(r.out[k])*32768, amplitude*gain(k-from); math.Abs(got-want) > 0.5 {
			r.t.Fatalf("frame %d is %v, want %v", k, got, want)
		}
	}
}

func TestFades(t *testing.T) {
	for _, c := range []struct {
		name            string
		in, out, length audio.Frames
		wantIn, wantOut audio.Frames
	}{
		{"OK", 4800, 9600, 30000, 4800, 9600},
		{"in only", 4800, 0, 30000, 4800, 0},
		{"out only", 0, 9600, 30000, 0, 9600},
		{"cut to fit", 4800, 9600, 7200, 2400, 4800},
		{"in cut to fit", 48000, 0, 7200, 7200, 0},
		{"out cut to fit", 0, 48000, 7200, 0, 7200},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				cue := cueOf("a", flat(c.length, 8000), 1000)
				cue.FadeIn, cue.FadeOut = audio.Rate.D(c.in), audio.Rate.D(c.out)
				r.cue(cue)
				end := 1000 + c.length
				r.play(end + settled)
				r.wantGain(1000, 1000+c.wantIn, 8000, func(k audio.Frames) float64 { return swell(k, c.wantIn) })
				r.wantGain(1000+c.wantIn, end-c.wantOut, 8000, func(audio.Frames) float64 { return 1 })
				r.wantGain(end-c.wantOut, end, 8000, func(k audio.Frames) float64 { return swell(c.wantOut-1-k, c.wantOut) })
				r.wantEnded("a", audio.Completed, c.length, end)
			})
		})
	}
}

func TestFadeOutOfALengthKnownLate(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		cue := cueOf("a", flat(200000, 8000), 1000) // its end comes into what is read ahead 2.5 s before it
		cue.Frames, cue.FadeOut = 0, time.Second
		r.cue(cue)
		r.play(201000 + settled)
		r.wantGain(153000-100, 153000, 8000, func(audio.Frames) float64 { return 1 })
		r.wantGain(153000, 201000, 8000, func(k audio.Frames) float64 { return swell(47999-k, 48000) })
		r.wantEnded("a", audio.Completed, 200000, 201000)
	})
}

func TestFadeOutLongerThanWhatIsKnownAhead(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		cue := cueOf("a", flat(200000, 8000), 1000)
		cue.Frames, cue.FadeOut = 0, 10*time.Second
		r.cue(cue)
		r.play(201000 + settled)
		r.wantEnded("a", audio.Completed, 200000, 201000)
		if got := r.out[100000] * 32768; got < 5000 || got >= 8000 {
			t.Errorf("101000 frames before the end it is at %v, want a fade of what was known ahead", got)
		}
		if got, step := r.out[200999]*32768, r.steps(1001, 201010); got > 1 || step > 1.5 {
			t.Errorf("it ends at %v with steps of %v, want a smooth fade to nothing", got, step)
		}
	})
}

func TestBrokenSourceFadesOut(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		inner := flat(5000, 8000).Source()
		s := &scripted{read: func(dst []float32) (int, error) {
			n, err := inner.Read(dst)
			if errors.Is(err, io.EOF) {
				err = errors.New("the disk is gone")
			}
			return n, err
		}}
		r.cue(audio.DeskCue{ID: "a", Source: s, Frames: 20000, At: frameAt(1000)})
		r.play(20000)
		r.wantEnded("a", audio.Unread, 5000, 6000)
		if step := r.steps(1001, 7000); step > steepest(8000) {
			t.Errorf("it ends with a step of %v, want a fade", step)
		}
	})
}

func TestStopFades(t *testing.T) {
	const head = audio.Frames(9600 + 96)
	for _, c := range []struct {
		name             string
		fadeOut          time.Duration
		length           audio.Frames // of the cue, from 1000 on
		cause            audio.Cause
		fadeFrom, fadeTo audio.Frames
		crossed          bool // another would have crossed over from it
	}{
		{"5 ms by default", 0, 40000, audio.Stopped, head, head + fadeFrames, false},
		{"with its FadeOut", 100 * time.Millisecond, 40000, audio.Stopped, head, head + 4800, false},
		{"no fade is shorter than 5 ms", time.Millisecond, 40000, audio.Stopped, head, head + fadeFrames, false},
		{"cut to what is left", time.Second, 40000, audio.Stopped, head, 41000, true},
		{"in its own fade it goes on", 100 * time.Millisecond, 9600, audio.Completed, 10600 - 4800, 10600, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(_ *testing.T, r *rig) {
				cue := cueOf("a", flat(c.length, 8000), 1000)
				cue.FadeOut = c.fadeOut
				r.cue(cue)
				if c.crossed {
					r.cue(crossing("b", flat(20000, 8000), "a", 4800))
				}
				r.play(9600)
				r.desk.Stop("a")
				r.play(70000)
				n := c.fadeTo - c.fadeFrom
				r.wantEnded("a", c.cause, c.fadeTo-1000, c.fadeTo)
				r.wantGain(1000, c.fadeFrom, 8000, func(audio.Frames) float64 { return 1 })
				r.wantGain(c.fadeFrom, c.fadeTo, 8000, func(k audio.Frames) float64 { return swell(n-1-k, n) })
				r.wantSilence(c.fadeTo, 70000)
			})
		})
	}
}

func TestReplacesFadesOver(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		old := cueOf("old", flat(40000, 8000), 1000)
		old.FadeOut = 100 * time.Millisecond
		r.cue(old)
		cue := cueOf("new", flat(20000, 0), 9000)
		cue.Replaces = "old"
		r.cue(cue)
		r.play(40000)
		r.wantEnded("old", audio.Replaced, 12800, 13800)
		r.wantEnded("new", audio.Completed, 20000, 29000)
		r.wantGain(9000, 13800, 8000, func(k audio.Frames) float64 { return swell(4799-k, 4800) })
	})
}

// TestAlarmTakesBackAReplacement: what was to be replaced goes on when the alarm
// came before the newcomer's first frame.
func TestAlarmTakesBackAReplacement(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		c := newCard(r, 480, 4)
		old := counted(26000)
		c.cue(cueOf("old", old, 4000))
		cue := cueOf("new", flat(4000, 5000), 9600+1000) // pulled already when the alarm comes
		cue.Replaces = "old"
		c.cue(cue)
		c.sound(9600)
		c.raise(alarmOf("flood", flat(4800, -9000), 1))
		c.sound(60000)
		c.wantEnded("new", audio.TooLate, 0, -1)
		c.wantEnded("old", audio.Completed, 26000, -1)
	})
}
