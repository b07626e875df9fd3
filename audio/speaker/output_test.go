package speaker_test

import (
	"context"
	"testing"
	"time"

	"loalang/audio"
)

func contextWithCancel() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

func TestOutputPlaysOnTime(t *testing.T) {
	card := newRuler(t, 32)
	r := start(t, "default", nil)
	up := r.waitFor(audio.DeviceUp, "")
	t.Log(up)
	f := tone(t, 200*time.Millisecond, 0.5)
	at := in(1500*time.Millisecond + 123457*time.Nanosecond)
	if err := r.Cue(audio.Cue{ID: "a", File: f, At: at}); err != nil {
		t.Fatal(err)
	}
	began := r.waitFor(audio.Started, "a")
	over := r.waitFor(audio.Ended, "a")
	t.Log(r.State())
	r.stop()
	if over.Cause != audio.Completed || over.Frames != 9600 {
		t.Errorf("ended %+v", over)
	}
	onsets := card.onsets(t, 100*time.Millisecond)
	if len(onsets) != 1 {
		t.Fatalf("onsets %v", onsets)
	}
	t.Logf("asked %v, told %v later, heard %v later", at, began.At.Sub(at), onsets[0].Sub(at))
	if off := onsets[0].Sub(at).Abs(); off > 5*time.Millisecond {
		t.Errorf("heard %v from its instant", off)
	}
}
