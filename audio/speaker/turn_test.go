package speaker_test

import (
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// TestLedgerEndOfAnEarlierRaise: an end that was under way when the alarm was raised
// anew was once taken for the end of that. Then it sounded and could not be lowered.
func TestLedgerEndOfAnEarlierRaise(t *testing.T) {
	l := booked(t)
	raise := func() { l.RaiseAlarm(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}}}) }
	off := func(turn int64) bool {
		return l.Note(audio.Event{Kind: audio.AlarmOff, ID: "flood", Cause: audio.Expired, Turn: turn})
	}
	raise()
	raise()
	if told := off(1); !told || !slices.Equal(l.Raised(), []string{"flood"}) {
		t.Errorf("the end of the first: told %v, raised %q; want it told, and the second kept", told, l.Raised())
	}
	if !l.Note(audio.Event{Kind: audio.AlarmOn, ID: "flood", Turn: 2}) || !off(2) || len(l.Raised()) != 0 {
		t.Errorf("raised %q behind the end of the second, want nothing", l.Raised())
	}
	raise()
	raise()
	l.Lowered("flood")
	if !off(3) || len(l.Raised()) != 0 {
		t.Errorf("raised %q though it was lowered behind the second raise", l.Raised())
	}
}

// TestLowerWhileWordsAreRead: an alarm that was lowered before its words had been read
// never ended, and an output with an alarm never tries another buffer.
func TestLowerWhileWordsAreRead(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	words := tone(t, 2*time.Minute, 0.5)
	for range 5 {
		if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{File: words}}}); err != nil {
			t.Fatal(err)
		}
		if err := r.Lower("flood"); err != nil {
			t.Fatal(err)
		}
		if off := r.waitFor(audio.AlarmOff, "flood"); off.Cause != audio.Stopped {
			t.Errorf("it ended %+v, want stopped", off)
		}
	}
	// What was set aside for its words is free again, once they are read for nothing:
	// these need more than half.
	long := tone(t, 5*time.Minute, 0.5)
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{File: long}}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Lower("flood"); err != nil {
		t.Fatal(err)
	}
	r.waitFor(audio.AlarmOff, "flood")
	for deadline := in(patience); ; time.Sleep(50 * time.Millisecond) {
		if err := r.Raise(audio.Alarm{ID: "storm", Cycle: []audio.AlarmPart{{File: long}}}); err != nil {
			t.Fatal(err)
		}
		ev := r.wait("word of the next", func(ev audio.Event) bool {
			return ev.ID == "storm" && (ev.Kind == audio.AlarmOn || ev.Kind == audio.AlarmOff)
		})
		if ev.Kind == audio.AlarmOn {
			return
		}
		if audio.Monotonic() > deadline {
			t.Fatalf("the next alarm ended %+v, as if the one before still had its memory", ev)
		}
	}
}

// TestRaisedAnewAtItsEnd: whatever crosses on the way, what sounds can be lowered.
func TestRaisedAnewAtItsEnd(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	words, siren := tone(t, 30*time.Millisecond, 0.5), tone(t, 200*time.Millisecond, 0.5)
	for i := range 40 {
		if err := r.Raise(audio.Alarm{ID: "flood", Repeat: 1, Cycle: []audio.AlarmPart{{File: words}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(30+i/2) * time.Millisecond)
		if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{File: siren, Name: "endless"}}}); err != nil {
			t.Fatal(err)
		}
		r.wait("the second", func(ev audio.Event) bool { return ev.Kind == audio.PartOn && ev.Part == "endless" })
		if err := r.Lower("flood"); err != nil {
			t.Fatal(err)
		}
		r.wait("its end", func(ev audio.Event) bool { return ev.Kind == audio.AlarmOff && ev.Cause == audio.Stopped })
	}
}
