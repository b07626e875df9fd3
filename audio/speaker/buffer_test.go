package speaker_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// TestOutputReportsGaps: sound that breaks off is never passed over in silence.
// The child is stopped for longer than its buffer lasts.
func TestOutputReportsGaps(t *testing.T) {
	onCard(t, func(t *trial) {
		card := newRuler(t, 32)
		r := start(t, "default", roomy)
		r.waitFor(audio.DeviceUp, "")
		if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 3*time.Second, 0.5), At: in(time.Second)}); err != nil {
			t.Fatal(err)
		}
		r.waitFor(audio.Started, "a")
		stopped := audio.Monotonic()
		if err := syscall.Kill(r.State().ChildPID, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		time.Sleep(400 * time.Millisecond)
		if err := syscall.Kill(r.State().ChildPID, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		t.punctual("waking the child", stopped.Add(550*time.Millisecond)) // else it is taken for dead
		r.wait("an underrun", func(ev audio.Event) bool { return ev.Kind == audio.Underrun || ev.Kind == audio.Ended })
		over := r.events[len(r.events)-1]
		if over.Kind == audio.Underrun {
			over = r.waitFor(audio.Ended, "a")
		} else {
			t.Error("the end came before a word of the underrun")
		}
		if over.Cause != audio.Completed {
			t.Errorf("a ended %+v, want it to go on behind the gap", over)
		}
		r.stop()
		if onsets := card.onsets(t, 10*time.Millisecond); len(onsets) < 2 {
			t.Errorf("heard %d sounds, want the gap", len(onsets))
		}
	})
}

// TestOutputAsksForMore: a card that keeps running dry gets a larger buffer, and
// the state says so. The child is stopped for longer than its buffer lasts.
func TestOutputAsksForMore(t *testing.T) {
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 20 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	// A busy machine may make it grow further than this test does.
	grown := func(st audio.OutputState) bool { return st.Up && strings.Contains(st.Fault, "its buffer is now") }
	for range 40 {
		st := r.State()
		if grown(st) {
			break
		}
		if st.ChildPID > 0 { // else it is just being replaced, and 0 would be all of us
			syscall.Kill(st.ChildPID, syscall.SIGSTOP)
			time.Sleep(70 * time.Millisecond)
			syscall.Kill(st.ChildPID, syscall.SIGCONT)
		}
		time.Sleep(300 * time.Millisecond)
	}
	st := r.until("larger buffer", grown)
	if !strings.Contains(st.Fault, "ran dry") || st.Latency < 55*time.Millisecond {
		t.Errorf("state %+v; want it to say that the card ran dry, and a larger latency", st)
	}
}

// TestOutputSaysWhenNoBufferHelps: a card that runs dry with the largest buffer
// gets no larger one, but nobody keeps silent about it.
func TestOutputSaysWhenNoBufferHelps(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds of real time: run without -short")
	}
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 160 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	said := func(st audio.OutputState) bool { return strings.Contains(st.Fault, "is the largest") }
	for range 40 {
		st := r.State()
		if said(st) {
			return
		}
		if st.ChildPID > 0 {
			syscall.Kill(st.ChildPID, syscall.SIGSTOP)
			time.Sleep(300 * time.Millisecond)
			syscall.Kill(st.ChildPID, syscall.SIGCONT)
		}
		time.Sleep(500 * time.Millisecond)
	}
	r.until("a word of it", said)
}

// TestOutputGivesTheBufferAskedFor: also one whose periods are shorter than a fade.
func TestOutputGivesTheBufferAskedFor(t *testing.T) {
	for _, c := range []struct{ buffer, want time.Duration }{
		{speaker.LeastBuffer, 2 * time.Millisecond}, {6 * time.Millisecond, 6 * time.Millisecond}, {20 * time.Millisecond, 20 * time.Millisecond},
	} {
		card := newRuler(t, 32)
		r := start(t, "default", func(k *speaker.Config) { k.Buffer = c.buffer })
		r.waitFor(audio.DeviceUp, "")
		r.stop()
		if runs, _ := card.runs(t); len(runs) == 0 || audio.Rate.D(audio.Frames(runs[0].buffer)) != c.want || runs[0].buffer != 2*runs[0].period {
			t.Errorf("asked for %v, the card was played in %+v", c.buffer, runs)
		}
	}
}

// TestOutputLearnsThePeriod: asking 10 ms of a card that gives no less than 85 ms
// periods is mostly silence unless the period is learnt.
func TestOutputLearnsThePeriod(t *testing.T) { onCard(t, outputLearnsThePeriod) }

func outputLearnsThePeriod(t *trial) {
	card := newRuler(t, 4096)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 10 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	if got, want := r.State().Latency, audio.Rate.D(3*4096); got != want {
		t.Errorf("latency %v, want three periods of the card, %v", got, want)
	}
	at := in(700 * time.Millisecond)
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, time.Second, 0.5), At: at}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Ended, "a")
	r.stop()
	onsets := card.onsets(t, 10*time.Millisecond)
	if len(onsets) == 0 {
		t.Fatal("nothing was heard")
	}
	near(t, "heard", onsets[0], at)
	if runs, _ := card.runs(t); runs[0].period != 4096 || len(onsets) != 1 {
		t.Errorf("%d onsets with a period of %d: there are holes", len(onsets), runs[0].period)
	}
}
