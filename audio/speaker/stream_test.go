package speaker_test

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
)

// TestOutputPlaysAStream: what comes through a pipe sounds from the first frame
// to the last, and ends when its sender closes the pipe.
func TestOutputPlaysAStream(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := r.Cue(audio.Cue{ID: "live", File: from, At: in(time.Millisecond), Stream: &audio.Stream{Buffer: 500 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Cue(audio.Cue{ID: "tail", File: tone(t, 100*time.Millisecond, 0.5), After: "live"}); err != nil {
		t.Fatal(err)
	}
	from.Close() // the Output has its own
	sound := make([]byte, 2*24000+2*9600)
	for i := range sound {
		sound[i] = byte(i)
	}
	if _, err := to.Write(sound); err != nil { // more than Buffer, less than twice
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "live")
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	over, tail := r.waitFor(audio.Ended, "live"), r.waitFor(audio.Started, "tail")
	if over.Cause != audio.Completed || over.Frames < 24000-24 || over.Frames > 24000+9600 {
		t.Errorf("the stream ended %+v, want what was sent, or all but what was more than its buffer", over)
	}
	if tail.At != over.At {
		t.Errorf("what follows started %v after the stream's end", tail.At.Sub(over.At))
	}
}

// TestOutputStopsASilentStream: a sender that says nothing keeps nothing open.
func TestOutputStopsASilentStream(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := r.Cue(audio.Cue{ID: "live", File: from, At: in(time.Millisecond), Stream: &audio.Stream{Buffer: 100 * time.Millisecond}}); err != nil {
		t.Fatal(err)
	}
	from.Close()
	if _, err := to.Write(make([]byte, 2*6000)); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "live")
	if err := r.Stop("live"); err != nil {
		t.Fatal(err)
	}
	if over := r.waitFor(audio.Ended, "live"); over.Cause != audio.Stopped || over.Frames > 6000 {
		t.Errorf("the stream ended %+v, want stopped with no more than 6000 frames", over)
	}
	if !comes(func() bool { _, err := to.Write([]byte{0, 0}); return errors.Is(err, syscall.EPIPE) }) { // parent and child have closed it
		t.Errorf("the pipe of a stream that was stopped is still open after %s", patience)
	}
}

// TestOutputRefusesAFileAsAStream and a pipe as a file.
func TestOutputRefusesAFileAsAStream(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	defer to.Close()
	for _, c := range []audio.Cue{
		{ID: "file", File: tone(t, 100*time.Millisecond, 0.5), At: in(time.Second), Stream: &audio.Stream{Buffer: 100 * time.Millisecond}},
		{ID: "pipe", File: from, At: in(time.Second)},
	} {
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
		if over := r.waitFor(audio.Ended, c.ID); over.Cause != audio.Unread || over.Detail == "" {
			t.Errorf("%s ended %+v, want unread, and why", c.ID, over)
		}
	}
}
