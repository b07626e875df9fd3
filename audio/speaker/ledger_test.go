package speaker_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

const noon = audio.Instant(12 * time.Hour)

// booked is a ledger with cues: NAME@SECONDS, or NAME>OTHER to follow another.
func booked(t *testing.T, cues ...string) *speaker.Ledger {
	t.Helper()
	l := speaker.NewLedger()
	t.Cleanup(l.Close)
	for _, words := range cues {
		c := audio.Cue{File: someFile(t)}
		if id, other, follows := strings.Cut(words, ">"); follows {
			c.ID, c.After, c.Gap = id, other, time.Second
		} else {
			var s int
			id, at, _ := strings.Cut(words, "@")
			if _, err := fmt.Sscan(at, &s); err != nil {
				t.Fatal(err)
			}
			c.ID, c.At = id, noon.Add(time.Duration(s)*time.Second)
		}
		if err := l.Admit(&c); err != nil {
			t.Fatalf("admit %s: %v", words, err)
		}
		l.Add(c)
	}
	return l
}

func someFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) // for whom nobody takes it over
	return f
}

func started(id string, s int) audio.Event {
	return audio.Event{Kind: audio.Started, ID: id, At: noon.Add(time.Duration(s) * time.Second)}
}

func ended(id string, s int, cause audio.Cause) audio.Event {
	return audio.Event{Kind: audio.Ended, ID: id, At: noon.Add(time.Duration(s) * time.Second), Cause: cause}
}

// told is events in short.
func told(events []audio.Event) []string {
	var all []string
	for _, ev := range events {
		all = append(all, fmt.Sprintf("%s %s %s", ev.Kind, ev.ID, ev.Cause))
	}
	return all
}

// waits is what a new child is told, in short.
func waits(l *speaker.Ledger) []string {
	var all []string
	for _, c := range l.Waiting() {
		if c.After != "" {
			all = append(all, c.ID+">"+c.After)
		} else {
			all = append(all, fmt.Sprintf("%s@%d", c.ID, int(c.At.Sub(noon).Seconds())))
		}
	}
	return all
}

func TestLedgerAfterALoss(t *testing.T) {
	for _, c := range []struct {
		name  string
		cues  []string
		notes []audio.Event
		lost  int // second of the loss
		back  int // second at which a child is there again
		told  []string
		waits []string
	}{
		{
			"OK what is still due waits",
			[]string{"a@10", "b>a"},
			nil, 1, 2,
			nil,
			[]string{"a@10", "b>a"},
		},
		{
			"what sounded is lost, with what follows it",
			[]string{"a@0", "b>a", "c>b", "d@100"},
			[]audio.Event{started("a", 0)},
			3, 4,
			[]string{"ended a lost", "ended b lost", "ended c lost"},
			[]string{"d@100"},
		},
		{
			"what follows a completed one keeps its instant",
			[]string{"a@0", "b>a", "c>b"},
			[]audio.Event{started("a", 0), ended("a", 5, audio.Completed)},
			5, 5,
			nil,
			[]string{"b@6", "c>b"},
		},
		{
			"an instant that passed is lost",
			[]string{"a@0", "b@2", "c>b", "d@9"},
			[]audio.Event{started("a", 0), ended("a", 1, audio.Completed)},
			1, 3,
			[]string{"ended b lost", "ended c lost"},
			[]string{"d@9"},
		},
		{
			"what was stopped is not cued again",
			[]string{"a@5", "b@6"},
			[]audio.Event{ended("a", 1, audio.Stopped)},
			2, 3, nil,
			[]string{"b@6"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := booked(t, c.cues...)
			for _, ev := range c.notes {
				if !l.Note(ev) {
					t.Fatalf("the ledger knows nothing of %v", ev)
				}
			}
			events := l.Cut(noon.Add(time.Duration(c.lost)*time.Second), "test")
			events = append(events, l.Overdue(noon.Add(time.Duration(c.back)*time.Second), "test")...)
			if got := told(events); !slices.Equal(got, c.told) {
				t.Errorf("told %q, want %q", got, c.told)
			}
			if got := waits(l); !slices.Equal(got, c.waits) {
				t.Errorf("waits %q, want %q", got, c.waits)
			}
		})
	}
}

// TestLedgerEndsEachCueOnce: a late word of a child about a cue that was ended
// for it is not told again.
func TestLedgerEndsEachCueOnce(t *testing.T) {
	l := booked(t, "a@0")
	if !l.Note(started("a", 0)) || len(l.Cut(noon.Add(time.Second), "")) != 1 {
		t.Fatal("the cue was not cut")
	}
	for _, ev := range []audio.Event{started("a", 0), ended("a", 2, audio.Completed), ended("never", 2, audio.Completed)} {
		if l.Note(ev) {
			t.Errorf("%v would be told again", ev)
		}
	}
}

func TestLedgerCountsFrames(t *testing.T) {
	second := func(s float64) audio.Instant { return noon.Add(time.Duration(s * float64(time.Second))) }
	mute := func(kind audio.EventKind, s float64) audio.Event { return audio.Event{Kind: kind, At: second(s)} }
	for _, c := range []struct {
		name  string
		notes []audio.Event
		lost  float64
		want  audio.Frames
	}{
		{"OK", nil, 3, 3 * 48000},
		{"under an alarm", []audio.Event{mute(audio.Silenced, 1)}, 3, 48000},
		{"after an alarm", []audio.Event{mute(audio.Silenced, 1), mute(audio.Unsilenced, 2)}, 3, 2 * 48000},
		{"under the second alarm", []audio.Event{
			mute(audio.Silenced, 1), mute(audio.Unsilenced, 2), mute(audio.Silenced, 3),
		}, 9, 2 * 48000},
		{"lost before it began", nil, -1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := booked(t, "a@0")
			l.Note(started("a", 0))
			for _, ev := range c.notes {
				l.Note(ev)
			}
			events := l.Cut(second(c.lost), "test")
			if len(events) == 0 || events[0].Frames != c.want {
				t.Errorf("cut = %+v, want %d frames", events, c.want)
			}
		})
	}
}

// TestLedgerEndsTheSilence: a child that dies under an alarm says nothing of the
// end of the mute; what waits for that would wait for ever.
func TestLedgerEndsTheSilence(t *testing.T) {
	l := booked(t, "a@0")
	l.Note(started("a", 0))
	l.Note(audio.Event{Kind: audio.Silenced, At: noon.Add(time.Second)})
	events := l.Cut(noon.Add(3*time.Second), "test")
	if got, want := told(events), []string{"ended a lost", "unmuted  lost"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if again := l.Cut(noon.Add(4*time.Second), "test"); len(again) != 0 {
		t.Errorf("told %q, want nothing twice", told(again))
	}
}

func TestLedgerAdmits(t *testing.T) {
	for _, c := range []struct {
		name string
		cue  audio.Cue
		says string
		at   audio.Instant // of what is admitted
	}{
		{"OK", audio.Cue{ID: "x", At: noon}, "", noon},
		{"behind one that waits", audio.Cue{ID: "x", After: "a"}, "", 0},
		{"behind one that is over", audio.Cue{ID: "x", After: "done", Gap: time.Second}, "", noon.Add(6 * time.Second)},
		{"behind one that never was", audio.Cue{ID: "x", After: "nobody"}, "which is not there", 0},
		{"behind one that was cut", audio.Cue{ID: "x", After: "cut"}, "which is not there", 0},
		{"twice", audio.Cue{ID: "a", At: noon}, "waits or sounds already", 0},
		{"again after its end", audio.Cue{ID: "done", At: noon}, "", noon},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := booked(t, "a@10", "done@0", "cut@0")
			l.Note(ended("done", 5, audio.Completed))
			l.Note(ended("cut", 5, audio.Stopped))
			err := l.Admit(&c.cue)
			if c.says != "" {
				if !errors.Is(err, speaker.ErrCue) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("admit = %v, want ErrCue that says %q", err, c.says)
				}
				return
			}
			if err != nil || c.cue.At != c.at {
				t.Errorf("admit = %v at %v, want %v", err, c.cue.At, c.at)
			}
		})
	}
}

func TestLedgerIsBounded(t *testing.T) {
	l := booked(t)
	for i := range audio.MaxCues {
		l.Add(audio.Cue{ID: fmt.Sprint(i), At: noon})
	}
	if err := l.Admit(&audio.Cue{ID: "more", At: noon}); !errors.Is(err, speaker.ErrCue) {
		t.Errorf("admit = %v, want ErrCue", err)
	}
	if got := told(l.Stopped(noon, nil)); len(got) != audio.MaxCues {
		t.Errorf("%d stopped, want all %d", len(got), audio.MaxCues)
	}
	for i := range 3 * audio.MaxCues { // what ended is remembered, but not for ever
		c := audio.Cue{ID: fmt.Sprint("n", i), At: noon}
		if err := l.Admit(&c); err != nil {
			t.Fatal(err)
		}
		l.Add(c)
		l.Note(ended(c.ID, 1, audio.Completed))
	}
	if err := l.Admit(&audio.Cue{ID: "x", After: "n0"}); err == nil {
		t.Error("the first of many ended cues is still remembered")
	}
}

func TestLedgerStops(t *testing.T) {
	l := booked(t, "a@1", "b>a", "c@9")
	if got, want := told(l.Stopped(noon, []string{"a", "unknown"})), []string{"ended a stopped", "ended b lost"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := waits(l), []string{"c@9"}; !slices.Equal(got, want) {
		t.Errorf("waits %q, want %q", got, want)
	}
}

func TestLedgerAlarms(t *testing.T) {
	l := booked(t)
	for _, id := range []string{"flood", "storm", "over", "brief"} {
		a := audio.Alarm{ID: id, Cycle: []audio.AlarmPart{{File: someFile(t)}, {}}}
		if id == "brief" {
			a.Until = noon.Add(2 * time.Second)
		}
		l.RaiseAlarm(a)
		l.Note(audio.Event{Kind: audio.AlarmOn, ID: id, At: noon})
	}
	l.RaiseAlarm(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}}}) // a new cycle for an old alarm
	l.Lowered("storm")
	l.Note(audio.Event{Kind: audio.AlarmOff, ID: "over", At: noon.Add(time.Second), Cause: audio.Completed})
	if l.Silent() {
		t.Error("an alarm sounds in silence")
	}
	events := l.Cut(noon.Add(time.Second), "test")
	want := []string{"alarm-off flood lost", "alarm-off storm stopped", "alarm-off brief lost"}
	if got := told(events); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if events[0].Frames != 48000 {
		t.Errorf("the alarm sounded for %d frames, want 48000", events[0].Frames)
	}
	if got, want := told(l.Expire(noon.Add(3*time.Second))), []string{"alarm-off brief expired"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := l.Raised(), []string{"flood"}; !slices.Equal(got, want) {
		t.Errorf("raised again: %q, want %q", got, want)
	}
	if l.Note(audio.Event{Kind: audio.AlarmOff, ID: "storm"}) {
		t.Error("the end of a lowered alarm would be told twice")
	}
}

// TestLedgerCountsWhatSurelyLeft: a lost cue is to be resumed from where it was, at
// most a little before, never behind.
func TestLedgerCountsWhatSurelyLeft(t *testing.T) {
	const s = audio.Frames(48000)
	for _, c := range []struct {
		name    string
		notes   []audio.Event
		counted audio.Frames // by the child, in its last heartbeat
		lead    audio.Frames
		unheard bool
		want    audio.Frames
	}{
		{"OK the count and what came behind it", []audio.Event{started("a", 0)}, 3 * s, 2000, false, 3*s + 2000},
		{"the clock allows less", []audio.Event{started("a", 2)}, 3 * s, 2000, false, 2 * s},
		{"it waited for sound that was not there", []audio.Event{started("a", 0)}, s, 2000, false, s + 2000},
		{"a large buffer holds what was counted", []audio.Event{started("a", 0)}, 3 * s, -4000, false, 3*s - 4000},
		{"nothing was counted yet", []audio.Event{started("a", 3)}, 0, -4000, false, 0},
		{"frozen under an alarm", []audio.Event{started("a", 0), {Kind: audio.Silenced, At: noon.Add(time.Second)}}, 3 * s, 2000, false, s},
		{"frozen for a while", []audio.Event{
			started("a", 0),
			{Kind: audio.Silenced, At: noon.Add(time.Second)},
			{Kind: audio.Unsilenced, At: noon.Add(2 * time.Second)},
		}, 4 * s, 2000, false, 3 * s},
		{"on a stand-in", []audio.Event{started("a", 0)}, 3 * s, 2000, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := booked(t, "a@0")
			for _, ev := range c.notes {
				l.Note(ev)
			}
			l.Hear("nobody", s)
			l.Hear("a", c.counted)
			events := l.CutBy(noon.Add(4*time.Second), c.lead, c.unheard)
			if len(events) == 0 || events[0].Cause != audio.Lost || events[0].Frames != c.want || events[0].Level != 0 {
				t.Errorf("told %+v, want a lost with %d frames and an unknown level", events, c.want)
			}
		})
	}
}

// TestLedgerLosesStreams: what a child took from a pipe is gone, though the stream
// was not due yet; a follower goes with it.
func TestLedgerLosesStreams(t *testing.T) {
	l := booked(t, "due@100")
	l.Add(audio.Cue{ID: "live", File: someFile(t), At: noon.Add(90 * time.Second), Stream: &audio.Stream{Buffer: time.Second}})
	l.Add(audio.Cue{ID: "behind", File: someFile(t), After: "live"})
	got := told(l.Cut(noon, "test"))
	if want := []string{"ended live lost", "ended behind lost"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got, want := waits(l), []string{"due@100"}; !slices.Equal(got, want) {
		t.Errorf("%q wait, want %q", got, want)
	}
}

// TestLedgerHasNothingToFadeFrom: a cue that fades across is on its own once the
// one before it is over; a child refuses the fade then, with all that follows.
func TestLedgerHasNothingToFadeFrom(t *testing.T) {
	l := booked(t, "a@0")
	l.Add(audio.Cue{ID: "b", File: someFile(t), After: "a", Cross: time.Second})
	l.Note(started("a", 0))
	l.Note(ended("a", 5, audio.Completed))
	l.Cut(noon.Add(5*time.Second), "test")
	c := audio.Cue{ID: "c", File: someFile(t), After: "a", Cross: time.Second}
	if err := l.Admit(&c); err != nil {
		t.Fatal(err)
	}
	for _, got := range append(l.Waiting(), c) {
		if got.Cross != 0 || got.After != "" || got.At != noon.Add(5*time.Second) {
			t.Errorf("%s waits as %+v, want it at the end of a, alone", got.ID, got)
		}
	}
}
