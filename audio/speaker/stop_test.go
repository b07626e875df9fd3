package speaker_test

import (
	"syscall"
	"testing"
	"time"

	"loalang/audio"
)

// TestStopOutlivesTheChild: what was stopped sounds on no later child, though the
// one that was told died before it obeyed.
func TestStopOutlivesTheChild(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	f := tone(t, 2*time.Second, 0.5)
	at := in(3 * time.Second)
	for _, c := range []audio.Cue{{ID: "sounds", At: in(300 * time.Millisecond)}, {ID: "waits", At: at}, {ID: "follows", After: "waits"}, {ID: "stays", At: at}} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	r.waitFor(audio.Started, "sounds")
	pid := r.State().ChildPID
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := r.Stop("sounds", "waits", "follows"); err != nil {
		t.Fatal(err)
	}
	kill(t, pid)
	for range 3 {
		over := r.wait("the end of what was stopped", func(ev audio.Event) bool {
			return ev.Kind == audio.Ended || ev.Kind == audio.Started
		})
		if over.ID == "stays" || over.Kind != audio.Ended || over.Cause != audio.Stopped {
			t.Errorf("%+v, want what was stopped to end so", over)
		}
	}
	r.waitFor(audio.Started, "stays")
	if over := r.waitFor(audio.Ended, "stays"); over.Cause != audio.Completed {
		t.Errorf("stays ended %+v", over)
	}
}
