package speaker_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// looks looks every 25 ms from one instant to another, and says when the child was
// given up; 0: it was not. beat is the rhythm of its heartbeats; 0: it has none.
func looks(v *speaker.Vigil, from, to audio.Instant, beat time.Duration) audio.Instant {
	next := from.Add(beat)
	for now := from; now < to; now = now.Add(25 * time.Millisecond) {
		if beat > 0 && now >= next {
			v.Read(now)
			next = now.Add(beat)
		}
		if v.Look(now) != nil {
			return now
		}
	}
	return 0
}

// TestVigilFindsAFrozenCard within max(250 ms, 8 periods) and two looks.
func TestVigilFindsAFrozenCard(t *testing.T) {
	for _, c := range []struct {
		up       *speaker.Up
		from, to time.Duration
	}{
		{&speaker.Up{RealTime: true, Period: 3 * time.Millisecond}, 250 * time.Millisecond, 325 * time.Millisecond},
		{&speaker.Up{RealTime: true, Period: 80 * time.Millisecond}, 640 * time.Millisecond, 715 * time.Millisecond},
		{&speaker.Up{Period: 30 * time.Millisecond}, time.Second, 1075 * time.Millisecond},
		{nil, 5 * time.Second, 5075 * time.Millisecond},
	} {
		v := speaker.NewVigil(c.up, noon)
		if at := looks(v, noon, noon.Add(10*time.Second), 0); at < noon.Add(c.from) || at > noon.Add(c.to) {
			t.Errorf("%+v: given up after %v, want %v to %v", c.up, at.Sub(noon), c.from, c.to)
		}
	}
}

// TestVigilForgivesItsOwnPause: a process that was stopped for longer than its socket
// holds heartbeats, or held up by its disk, once killed a child that was well: the
// newest it then read was old.
func TestVigilForgivesItsOwnPause(t *testing.T) {
	for _, pause := range []time.Duration{200 * time.Millisecond, 5 * time.Second, 10 * time.Minute} {
		v := speaker.NewVigil(&speaker.Up{RealTime: true, Period: 3 * time.Millisecond}, noon)
		if at := looks(v, noon, noon.Add(time.Second), 100*time.Millisecond); at != 0 {
			t.Fatalf("given up after %v, though it was well", at.Sub(noon))
		}
		back := noon.Add(time.Second + pause)
		if at := looks(v, back, back.Add(time.Second), 100*time.Millisecond); at != 0 {
			t.Errorf("behind a pause of %v: given up after %v, though it was well", pause, at.Sub(back))
		}
		if at := looks(v, back.Add(time.Second), back.Add(3*time.Second), 0); at == 0 {
			t.Errorf("behind a pause of %v a frozen card is not found any more", pause)
		}
	}
}

// TestParentStoppedAndContinued: five seconds in which it is not there cost nothing. The
// child plays what it has, and is kept.
func TestParentStoppedAndContinued(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seven seconds of real time: run without -short")
	}
	parent, child := startParent(t)
	signal := func(s os.Signal) {
		if err := parent.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	time.Sleep(5 * time.Second)
	signal(syscall.SIGCONT)
	time.Sleep(1500 * time.Millisecond)
	if err := syscall.Kill(child, 0); err != nil {
		t.Errorf("the child %d is gone after its parent was stopped and went on: %v", child, err)
	}
}
