package speaker_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/speaker"
)

// TestChildOutOfMemory: a limit on its memory kills the child in the middle of a
// notice, as the kernel does on a board that has none left. Nothing is lost without a
// word, and the alarm comes back.
func TestChildOutOfMemory(t *testing.T) {
	card := newRuler(t, 32)
	siren := tone(t, 200*time.Millisecond, 0.9)
	words := tone(t, 4*time.Minute, 0.5) // 23 MB
	f := tone(t, 20*time.Second, 0.3)
	r := start(t, "default", func(c *speaker.Config) { roomy(c); c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	for _, c := range []audio.Cue{{ID: "now", At: in(300 * time.Millisecond)}, {ID: "behind", After: "now"}, {ID: "later", At: in(5 * time.Second)}} {
		c.File = f
		if err := r.Cue(c); err != nil {
			t.Fatal(err)
		}
	}
	r.waitFor(audio.Started, "now")
	pid := r.State().ChildPID
	if pid <= 0 {
		t.Fatal("no child")
	}
	limit := unix.Rlimit{Cur: 1 << 20, Max: 1 << 20} // of data: less than it has
	if err := unix.Prlimit(pid, unix.RLIMIT_DATA, &limit, nil); err != nil {
		t.Fatal(err)
	}
	died := audio.Monotonic()
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}, {File: words}}}); err != nil {
		t.Fatal(err)
	}
	ends := map[string]audio.Cause{}
	for len(ends) < 2 {
		ev := r.wait("the ends of both", func(ev audio.Event) bool { return ev.Kind == audio.Ended })
		ends[ev.ID] = ev.Cause
	}
	if ends["now"] != audio.Lost || ends["behind"] != audio.Lost {
		t.Errorf("ended %v, want what sounded and what follows it lost", ends)
	}
	r.waitFor(audio.DeviceUp, "")
	r.waitFor(audio.AlarmOn, "flood")
	if st := r.State(); !st.Up || st.ChildPID == pid {
		t.Errorf("state %+v after the child ran out of memory", st)
	}
	time.Sleep(300 * time.Millisecond)
	if err := r.Lower("flood"); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.Started, "later")
	r.stop()
	inTime(t, "out of memory", []time.Duration{card.soundSince(t, died).Sub(died)}, 3*time.Second)
}

// TestAlarmTooLongForMemory: ten minutes of words are refused with a sentence, while
// the siren sounds; the child lives, and a shorter message is taken.
func TestAlarmTooLongForMemory(t *testing.T) {
	siren := tone(t, 200*time.Millisecond, 0.9)
	r := start(t, "null", func(c *speaker.Config) { c.Siren = siren })
	r.waitFor(audio.DeviceUp, "")
	pid := r.State().ChildPID
	long := tone(t, 10*time.Minute, 0.1)
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}, {File: long, Name: "vi"}}}); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "flood")
	st := r.until("word of it", func(st audio.OutputState) bool { return strings.Contains(st.Fault, "without its words") })
	if !strings.Contains(st.Fault, "last 10m0s") || !strings.Contains(st.Fault, "room for 8m20s; shorten them") {
		t.Errorf("fault %q, want the two lengths and a remedy", st.Fault)
	}
	if err := r.Raise(audio.Alarm{ID: "bare", Cycle: []audio.AlarmPart{{File: long}}}); err != nil {
		t.Fatal(err)
	}
	if off := r.waitFor(audio.AlarmOff, "bare"); off.Cause != audio.Unread || !strings.Contains(off.Detail, "shorten them") {
		t.Errorf("an alarm of nothing but words ended %+v, want it unread, and why", off)
	}
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}, {File: tone(t, 100*time.Millisecond, 0.1), Name: "vi"}}}); err != nil {
		t.Fatal(err)
	}
	r.wait("the shorter words", func(ev audio.Event) bool { return ev.Kind == audio.PartOn && ev.Part == "vi" })
	if err := r.Lower("flood"); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOff, "flood")
	r.until("all well", func(st audio.OutputState) bool { return !strings.Contains(st.Fault, "without its words") })
	if st := r.State(); st.ChildPID != pid || st.ChildRSS > 60<<20 {
		t.Errorf("state %+v, want the same child, %d, and little memory", st, pid)
	}
}

// TestCardOfLargePeriods: a card that takes no less than 1024 frames at a time gets a
// buffer of two such periods, is exact all the same, and is not taken for frozen.
func TestCardOfLargePeriods(t *testing.T) {
	onCard(t, func(t *trial) {
		card := newRuler(t, 1024)
		siren := tone(t, 500*time.Millisecond, 0.9)
		r := start(t, "default", func(c *speaker.Config) { c.Siren = siren })
		r.waitFor(audio.DeviceUp, "")
		if st := r.State(); st.Latency < 60*time.Millisecond || st.Latency > 70*time.Millisecond {
			t.Errorf("a latency of %v, want three periods of 21.3 ms", st.Latency)
		}
		at := in(1500 * time.Millisecond)
		if err := r.Cue(audio.Cue{ID: "a", File: tone(t, 200*time.Millisecond, 0.5), At: at}); err != nil {
			t.Fatal(err)
		}
		near(t, "a", r.waitFor(audio.Started, "a").At, at)
		if over := r.waitFor(audio.Ended, "a"); over.Cause != audio.Completed || over.Frames != 9600 {
			t.Errorf("a ended %+v", over)
		}
		r.siren()
		took := away(t, card, r, "unplugged", time.Second, 3)
		inTime(t, "unplugged", took, backTarget)
		froze := audio.Monotonic()
		card.set(t, "frozen", true)
		found := r.waitFor(audio.DeviceDown, "").At.Sub(froze)
		card.set(t, "frozen", false)
		r.waitFor(audio.AlarmOn, "flood")
		if limit := speaker.StallLimit(speaker.Up{RealTime: r.State().RealTime, Period: audio.Rate.D(1024)}); found < limit-50*time.Millisecond {
			t.Errorf("taken for frozen after %v, sooner than %v", found, limit)
		}
		r.stop()
		heard := card.onsets(t, 100*time.Millisecond)
		runs, dry := card.runs(t)
		if len(heard) == 0 || len(runs) == 0 {
			t.Fatal("nothing was heard")
		}
		near(t, "a was heard", heard[0], at)
		if runs[0].period != 1024 || runs[0].buffer != 2048 {
			t.Errorf("the card ran with periods of %d in a buffer of %d", runs[0].period, runs[0].buffer)
		}
		t.Logf("a was heard %v from its instant, %d underruns", heard[0].Sub(at), dry)
	})
}

// TestHungChildIsNotWaitedFor: a child in a driver that hangs cannot be killed; the
// next one is started all the same, as soon as it is found out, but only until four of
// them hang: each stays for good. One more comes for each that ends after all.
func TestHungChildIsNotWaitedFor(t *testing.T) {
	begun := make(chan func(), 1024)
	o, err := speaker.Hung(begun)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- o.Run(ctx) }()
	end := <-begun
	first := audio.Monotonic()
	var up, down audio.Instant
	for ev := range o.Events() {
		if ev.Kind == audio.DeviceUp && down != 0 {
			up = ev.At
			break
		}
		if ev.Kind == audio.DeviceDown {
			down = ev.At
		}
	}
	t.Logf("found out after %v, the next child took sound %v later", down.Sub(first), up.Sub(down))
	if took := up.Sub(down); took > 5*time.Second { // the hung one ends never
		t.Errorf("the next child took sound %v after the hung one was given up, want at once", took)
	}
	ups := 2
	patient := time.After(patience)
	over := time.After(5 * time.Second)
	for running := true; running; {
		select {
		case ev := <-o.Events():
			if ev.Kind == audio.DeviceUp {
				ups++
			}
			running = ups < 4 || over != nil
		case <-over: // a busy machine needs longer for the first four
			over, running = nil, ups < 4
		case <-patient:
			running = false
		}
	}
	if ups != 4 { // without a bound there were six and more
		t.Errorf("%d children took the device in five seconds or more, and none of them ends: want four", ups)
	}
	for began := time.Now(); !strings.Contains(o.State().Fault, "unplug the card"); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("fault %q, want what to do", o.State().Fault)
		}
	}
	end()
	for back := false; !back; {
		select {
		case ev := <-o.Events():
			back = ev.Kind == audio.DeviceUp
		case <-time.After(patience):
			t.Fatal("one has ended, and no other was started")
		}
	}
	cancel()
	for range o.Events() { // to its end
	}
	if err := <-ran; err != nil {
		t.Error(err)
	}
}
