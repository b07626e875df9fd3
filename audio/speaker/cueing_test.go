package speaker_test

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// slowDisk is a child on a null device, in this process, whose disk keeps some files
// waiting until they are released.
type slowDisk struct {
	*speaker.Link
	t       *testing.T
	release map[string]chan struct{}
}

func newSlowDisk(t *testing.T, hanging ...string) *slowDisk {
	t.Helper()
	ours, theirs, err := speaker.Pair()
	if err != nil {
		t.Fatal(err)
	}
	d := &slowDisk{Link: ours, t: t, release: map[string]chan struct{}{}}
	for _, id := range hanging {
		d.release[id] = make(chan struct{})
	}
	ran := make(chan error, 1)
	go func() {
		ran <- speaker.ConverseSlowly(context.Background(), theirs, func(id string) {
			if held, hangs := d.release[id]; hangs {
				<-held
			}
		})
	}()
	t.Cleanup(func() {
		for _, held := range d.release {
			close(held)
		}
		ours.Close()
		if err := <-ran; err != nil {
			t.Errorf("the child ended: %v", err)
		}
	})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	t.Cleanup(func() { r.Close() })
	siren := tone(t, 100*time.Millisecond, 0.5)
	d.send((&speaker.Message{Hello: &speaker.Hello{
		Version: speaker.ProtocolVersion, Device: "null", Routing: speaker.BothChannels(), Siren: true,
	}}).With(w, siren))
	return d
}

func (d *slowDisk) send(m *speaker.Message) {
	d.t.Helper()
	if err := d.Send(m); err != nil {
		d.t.Fatal(err)
	}
}

func (d *slowDisk) cue(id, after string) {
	d.t.Helper()
	q := &speaker.CueWords{ID: id, At: in(300 * time.Millisecond), After: after}
	d.send((&speaker.Message{Cue: q}).With(tone(d.t, 50*time.Millisecond, 0.5)))
}

// next is the next event about id.
func (d *slowDisk) next(id string) audio.Event {
	d.t.Helper()
	for {
		m, err := d.Receive()
		if err != nil {
			d.t.Fatalf("before more of %s: %v", id, err)
		}
		if m.Event != nil && m.Event.ID == id {
			return *m.Event
		}
	}
}

// event is the next of a kind about id.
func (d *slowDisk) event(kind audio.EventKind, id string) audio.Event {
	d.t.Helper()
	for {
		m, err := d.Receive()
		if err != nil {
			d.t.Fatalf("before %s %s: %v", kind, id, err)
		}
		if m.Event != nil && m.Event.Kind == kind && m.Event.ID == id {
			return *m.Event
		}
		if m.Event != nil && m.Event.Kind == audio.Ended && m.Event.ID == id {
			d.t.Fatalf("%s ended before %s: %+v", id, kind, m.Event)
		}
	}
}

// TestAlarmDoesNotWaitForADisk: a child once opened the files of cues where it takes
// messages. While a disk hung, no alarm began, none was lowered, and nothing stopped.
func TestAlarmDoesNotWaitForADisk(t *testing.T) {
	d := newSlowDisk(t, "a")
	d.cue("a", "")
	asked := audio.Monotonic()
	d.send(&speaker.Message{Raise: &speaker.RaiseWord{ID: "flood", Cycle: []speaker.RaisePart{{Siren: true}}, Turn: 1}})
	d.event(audio.AlarmOn, "flood")
	d.send(&speaker.Message{Stop: &speaker.StopWords{IDs: []string{"a"}}})
	if over := d.event(audio.Ended, "a"); over.Cause != audio.Stopped {
		t.Errorf("a ended %+v, want stopped", over)
	}
	flood := "flood"
	d.send(&speaker.Message{Lower: &flood})
	d.event(audio.AlarmOff, "flood")
	if took := audio.Monotonic().Sub(asked); took > 900*time.Millisecond {
		t.Errorf("it took %v: longer than the disk is waited for", took)
	}
}

// TestSirenDoesNotWaitForItsWords: that of an alarm to be repeated once did, so that a
// disk that hung kept it silent on the next child. The words follow the siren that
// sounds, and are counted from there.
func TestSirenDoesNotWaitForItsWords(t *testing.T) {
	d := newSlowDisk(t, "an alarm")
	raise := &speaker.RaiseWord{
		ID: "flood", Cycle: []speaker.RaisePart{{Siren: true, Name: "siren"}, {Name: "words"}}, Repeat: 2, Turn: 1,
	}
	d.send((&speaker.Message{Raise: raise}).With(tone(t, 50*time.Millisecond, 0.5)))
	d.event(audio.AlarmOn, "flood")
	for range 3 { // it goes on while they are awaited
		if part := d.event(audio.PartOn, "flood"); part.Part != "siren" {
			t.Errorf("part %q before the words were read", part.Part)
		}
	}
	d.release["an alarm"] <- struct{}{}
	words := 0
	for {
		ev := d.next("flood")
		if ev.Kind == audio.PartOn && ev.Part == "words" {
			words++
		}
		if ev.Kind == audio.AlarmOff {
			if ev.Cause != audio.Completed || words != 2 {
				t.Errorf("it ended %+v behind %d times its words, want two", ev, words)
			}
			return
		}
	}
}

// TestFileThatHangsIsLeftBehind: the cues behind it are opened all the same, in their
// order, and it ends as one that cannot be read.
func TestFileThatHangsIsLeftBehind(t *testing.T) {
	d := newSlowDisk(t, "a")
	d.cue("a", "")
	q := &speaker.CueWords{ID: "b", At: in(2 * time.Second)}
	d.send((&speaker.Message{Cue: q}).With(tone(t, 50*time.Millisecond, 0.5)))
	d.cue("c", "b")
	if over := d.event(audio.Ended, "a"); over.Cause != audio.Unread || over.Detail == "" {
		t.Errorf("a ended %+v, want unread, and why", over)
	}
	for _, id := range []string{"b", "c"} {
		d.event(audio.Started, id)
		if over := d.event(audio.Ended, id); over.Cause != audio.Completed {
			t.Errorf("%s ended %+v", id, over)
		}
	}
}

// stuck is a source whose read waits until it is closed.
type stuck struct{ closed chan struct{} }

func (s stuck) Read([]float32) (int, error) { <-s.closed; return 0, io.EOF }
func (s stuck) Close() error                { close(s.closed); return nil }

// endless never waits.
type endless struct{}

func (endless) Read(dst []float32) (int, error) { return len(dst), nil }
func (endless) Close() error                    { return nil }

// TestGateLetsPastAHangingRead: one read that hung once held up every other file.
func TestGateLetsPastAHangingRead(t *testing.T) {
	slow := speaker.NewGate()
	hangs := stuck{make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = slow(hangs).Read(make([]float32, 4096))
	}()
	time.Sleep(10 * time.Millisecond)
	other := slow(endless{})
	begun := audio.Monotonic()
	read := make(chan int)
	go func() {
		n := 0
		for n < 5*48000 {
			m, _ := other.Read(make([]float32, 4096))
			n += m
		}
		read <- n
	}()
	select {
	case <-read:
		// Faster than it is played, with much to spare.
		if took := audio.Monotonic().Sub(begun); took > 4*time.Second {
			t.Errorf("five seconds of sound took %v beside a read that hangs", took)
		}
	case <-time.After(20 * time.Second):
		t.Error("nothing is read while another read hangs")
	}
	hangs.Close()
	<-ended
}
