package playout_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

func TestSpan(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	airing := func(part scheduler.PartKind, from, to int) playout.Airing {
		a := playout.Airing{Part: part, Started: at(from)}
		if to > 0 {
			a.Ended = at(to)
		}
		return a
	}
	for name, c := range map[string]struct {
		airings     []playout.Airing
		first, last time.Time
	}{
		"Nothing":       {nil, time.Time{}, time.Time{}},
		"InOrder":       {[]playout.Airing{airing("chime", 1, 2), airing("voice", 3, 9)}, at(1), at(9)},
		"NeverEnded":    {[]playout.Airing{airing("chime", 1, 2), airing("voice", 3, 0)}, at(1), time.Time{}},
		"SirenEndsLast": {[]playout.Airing{airing("siren", 1, 20), airing("voice", 10, 15)}, at(1), at(20)},
		"SirenSounds":   {[]playout.Airing{airing("siren", 1, 0), airing("voice", 10, 15)}, at(1), time.Time{}},
		"WentOn":        {[]playout.Airing{airing("siren", 1, 0), airing("siren", 30, 40)}, at(1), at(40)},
	} {
		t.Run(name, func(t *testing.T) {
			if first, last := (playout.AsRun{Airings: c.airings}).Span(); !first.Equal(c.first) || !last.Equal(c.last) {
				t.Errorf("span = %v, %v; want %v, %v", first, last, c.first, c.last)
			}
		})
	}
}

// A notice that was promised for an instant and aired a minute after it once
// counted as on time: the plan had given it another one.
func TestLateAgainstWhatWasPromised(t *testing.T) {
	late := scheduler.Reason{Code: scheduler.ReasonLate, By: time.Minute}
	delayed := scheduler.Reason{Code: scheduler.ReasonDelayed, By: time.Minute}
	cases := map[string]struct {
		change func(*scheduler.Occurrence)
		cause  string
		late   time.Duration
	}{
		"Misfire":      {func(o *scheduler.Occurrence) { o.Reasons = []scheduler.Reason{late, delayed} }, scheduler.ReasonDelayed, time.Minute},
		"Overlap":      {func(o *scheduler.Occurrence) { o.Reasons = []scheduler.Reason{delayed} }, scheduler.ReasonDelayed, time.Minute},
		"InItsSlot":    {func(o *scheduler.Occurrence) { o.Slot, o.Reasons = "slot", []scheduler.Reason{delayed} }, "completed", 0},
		"AfterItsSlot": {func(o *scheduler.Occurrence) { o.Slot, o.Reasons = "slot", []scheduler.Reason{late} }, scheduler.ReasonLate, time.Minute},
		"Now":          {func(o *scheduler.Occurrence) { o.Immediate, o.Reasons = true, []scheduler.Reason{delayed} }, "completed", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				o := s.occurrence("a", 20*time.Second, 3*time.Second)
				o.Nominal = o.Due.Add(-time.Minute)
				c.change(&o)
				s.player.Play(o)
				s.at(time.Minute)
				if row := s.expect("a", playout.Played, c.cause, 2); (row.Lateness-c.late).Abs() > time.Millisecond || row.Late() != (c.late > 0) {
					t.Errorf("late by %s, want %s", row.Lateness, c.late)
				}
			})
		})
	}
}

// The mean level of a row is a mean of powers, each airing by its length; what is
// not known counts for nothing.
func TestLevelOfARow(t *testing.T) {
	for name, c := range map[string]struct {
		airings []playout.Airing
		want    audio.Decibels
	}{
		"Nothing":  {nil, 0},
		"Unknown":  {[]playout.Airing{{Frames: 48000}}, 0},
		"One":      {[]playout.Airing{{Frames: 48000, Level: -18}, {Frames: 480000}}, -18},
		"ByLength": {[]playout.Airing{{Frames: 3 * 48000, Level: -20}, {Frames: 48000, Level: -120}}, -21.249},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (playout.AsRun{Airings: c.airings}).Level(); got < c.want-0.001 || got > c.want+0.001 {
				t.Errorf("level = %v dBFS, want %v", got, c.want)
			}
		})
	}
}
