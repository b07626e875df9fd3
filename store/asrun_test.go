package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// played is a row of an occurrence that sounded on time, with two airings.
func played(occurrence string, due time.Time) playout.AsRun {
	return playout.AsRun{
		Owned:      scheduler.Owned{ID: newID(), Village: unTa, Origin: "board", Created: due.Add(-time.Minute), Updated: due},
		Occurrence: occurrence, Kind: scheduler.Notice, Announcement: "ann", Schedule: "sch", Slot: "slot", Title: "Họp thôn",
		Class: scheduler.ClassPriority, Nominal: due.Add(-time.Second), Due: due, Planned: 20833 * time.Nanosecond,
		Claimed: due.Add(-5 * time.Second), Keyed: due.Add(-3 * time.Second), Latest: due.Add(time.Minute), Outcome: playout.Played, Cause: "completed", By: "Hoa", Heard: playout.HeardYes, Lateness: 75 * time.Microsecond,
		Airings: []playout.Airing{
			{ID: newID(), Part: scheduler.PartChime, Recording: "rec-chime", Zones: []string{"a", "b"}, Started: due, Ended: due.Add(2 * time.Second), Frames: 96000, Cause: "completed"},
			{ID: newID(), Part: scheduler.PartVoice, Recording: "rec-vi", Language: "vi", Started: due.Add(2 * time.Second), Ended: due.Add(30 * time.Second), Frames: 1 << 40, Underruns: 3, Cause: "lost", Level: -18.25},
		},
	}
}

// claimed is a row as it is before the amplifier is keyed.
func claimed(occurrence string, due time.Time) playout.AsRun {
	a := played(occurrence, due)
	a.Keyed, a.Outcome, a.Cause, a.Heard, a.Lateness, a.Airings = time.Time{}, "", "", playout.NotMeasured, 0, nil
	return a
}

func TestClaim(t *testing.T) {
	cases := []struct {
		name   string
		before []playout.AsRun
		claim  playout.AsRun
		want   error
	}{
		{"OK", nil, claimed("o", day0), nil},
		{"another occurrence", []playout.AsRun{claimed("p", day0)}, claimed("o", day0), nil},
		{"twice", []playout.AsRun{claimed("o", day0)}, claimed("o", day0), playout.ErrClaimed},
		{"after it was recorded", []playout.AsRun{played("o", day0)}, claimed("o", day0), playout.ErrClaimed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			for _, b := range c.before {
				check(t, s.Record(ctx, b), nil)
			}
			check(t, s.Claim(ctx, c.claim), c.want)
			got, err := s.AsRun(ctx, c.claim.Occurrence)
			check(t, err, nil)
			want := c.claim
			if c.want != nil {
				want = c.before[0] // the first row stays
			}
			want.Revision = 1
			same(t, "row", got, want)
		})
	}
	t.Run("the same occurrence in another village", func(t *testing.T) {
		s, _ := seeded(t)
		other := claimed("o", day0)
		other.Village = "toong-gianh" // not even known here
		check(t, s.Claim(context.Background(), claimed("o", day0)), nil)
		check(t, s.Claim(context.Background(), other), nil)
	})
}

// A claim that was released is a tombstone: it counts for nothing, and the
// occurrence can be claimed again.
func TestReleasedClaimCanBeClaimedAgain(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	first := claimed("o", day0)
	check(t, s.Claim(ctx, first), nil)
	released := first
	released.Deleted = day0
	check(t, s.Record(ctx, released), nil)
	open, err := s.Unfinished(ctx, unTa)
	check(t, err, nil)
	rows, err := s.AsRuns(ctx, unTa, time.Time{}, time.Time{})
	check(t, err, nil)
	b, err := s.Book(ctx, unTa, now.Now())
	check(t, err, nil)
	if len(open)+len(rows)+len(b.Past) != 0 {
		t.Errorf("unfinished %v, rows %v, past %v", open, rows, b.Past)
	}
	again := claimed("o", day0)
	again.Claimed = day0.Add(time.Second)
	check(t, s.Claim(ctx, again), nil)
	check(t, s.Claim(ctx, again), playout.ErrClaimed)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	again.ID, again.Created, again.Revision = first.ID, first.Created, 3
	same(t, "row", got, again)
}

func TestRecordReplacesRowAndAirings(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	first := claimed("o", day0)
	check(t, s.Claim(ctx, first), nil)
	end := played("o", day0)
	end.Origin, end.Claimed = "elsewhere", time.Time{}
	check(t, s.Record(ctx, end), nil)
	want := end
	want.ID, want.Origin, want.Created, want.Claimed, want.Revision = first.ID, first.Origin, first.Created, first.Claimed, 2
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	same(t, "recorded over the claim", got, want)

	end.Airings = end.Airings[1:]
	end.Airings[0].Ended = time.Time{}
	check(t, s.Record(ctx, end), nil)
	want.Airings, want.Revision = end.Airings, 3
	got, err = s.AsRun(ctx, "o")
	check(t, err, nil)
	same(t, "recorded again with fewer airings", got, want)
}

// What waited in the spool may be older than what the database got meanwhile.
func TestOlderRowNeverTakesThePlaceOfANewer(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	newer := played("o", day0)
	check(t, s.Record(ctx, newer), nil)
	older := claimed("o", day0)
	older.Updated = newer.Updated.Add(-time.Microsecond)
	check(t, s.Record(ctx, older), nil)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	newer.Revision = 1
	same(t, "row", got, newer)
}

func TestRecordWithoutIDs(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	check(t, s.Record(ctx, playout.AsRun{Owned: scheduler.Owned{Village: unTa}, Occurrence: "o", Airings: make([]playout.Airing, 2)}), nil)
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	if got.ID == "" || got.Origin != s.Node() || !got.Created.Equal(now.Now()) || got.Airings[0].ID == got.Airings[1].ID || !got.Due.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestUnfinished(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	started := claimed("started", day0.Add(-time.Hour))
	started.Airings = []playout.Airing{{ID: newID(), Part: scheduler.PartVoice, Started: day0.Add(-time.Hour)}}
	for _, a := range []playout.AsRun{claimed("claimed", day0), started, played("played", day0)} {
		check(t, s.Record(ctx, a), nil)
	}
	list, err := s.Unfinished(ctx, unTa)
	check(t, err, nil)
	if len(list) != 2 || list[0].Occurrence != "started" || len(list[0].Airings) != 1 || !list[0].Airings[0].Ended.IsZero() || list[1].Occurrence != "claimed" {
		t.Errorf("got %+v", list)
	}
	if list, err := s.Unfinished(ctx, "toong-gianh"); len(list) != 0 || err != nil {
		t.Errorf("another village: %v, %v", list, err)
	}
}

func TestAsRuns(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for i, name := range []string{"a", "b", "c"} {
		check(t, s.Record(ctx, played(name, day0.Add(time.Duration(i)*time.Hour))), nil)
	}
	other := played("d", day0.Add(time.Hour))
	other.Village = "toong-gianh"
	check(t, s.Record(ctx, other), nil)
	cases := []struct {
		name, village string
		from, to      time.Time
		want          string
	}{
		{"OK", unTa, day0, day0.Add(3 * time.Hour), "abc"},
		{"from is inside, to is not", unTa, day0.Add(time.Hour), day0.Add(2 * time.Hour), "b"},
		{"all villages", "", day0, day0.Add(2 * time.Hour), "abd"},
		{"open ends", unTa, time.Time{}, time.Time{}, "abc"},
		{"open end", unTa, day0.Add(time.Hour), time.Time{}, "bc"},
		{"nothing", unTa, day0.Add(-time.Hour), day0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list, err := s.AsRuns(ctx, c.village, c.from, c.to)
			check(t, err, nil)
			var got string
			for _, a := range list {
				got += a.Occurrence
				if len(a.Airings) != 2 {
					t.Errorf("%s has %d airings", a.Occurrence, len(a.Airings))
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestEmergencies(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	e := scheduler.Emergency{
		Owned: scheduler.Owned{ID: "e1", Village: unTa, Origin: "board", Revision: 7, Created: day0, Updated: day0},
		Title: "Lũ quét", Reason: "mưa lớn", Source: "Trưởng thôn", Text: "Bà con chạy lên cao!", Languages: []string{"vi"}, Zones: []string{"all"},
		Repeat: 3, Raised: day0, Expires: day0.Add(15 * time.Minute), Supersedes: "e0", RaisedBy: "Hoa",
	}
	check(t, s.SaveEmergency(ctx, e), nil)
	e.Revision = 1
	list, err := s.UnexpiredEmergencies(ctx, unTa, day0.Add(14*time.Minute))
	check(t, err, nil)
	same(t, "active", list, []scheduler.Emergency{e})
	for name, at := range map[string]time.Time{"expired": day0.Add(15 * time.Minute), "long ago": day0.AddDate(0, 1, 0)} {
		if list, err := s.UnexpiredEmergencies(ctx, unTa, at); len(list) != 0 || err != nil {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	e.Expires = e.Expires.Add(15 * time.Minute)
	check(t, s.SaveEmergency(ctx, e), nil)
	if list, err := s.UnexpiredEmergencies(ctx, unTa, day0.Add(20*time.Minute)); len(list) != 1 || list[0].Revision != 2 || err != nil {
		t.Errorf("renewed: %v, %v", list, err)
	}
	alive := e
	e.Ended, e.EndedBy = day0.Add(time.Minute), "Hoa"
	check(t, s.SaveEmergency(ctx, e), nil)
	check(t, s.SaveEmergency(ctx, alive), nil) // late
	list, err = s.UnexpiredEmergencies(ctx, unTa, day0.Add(2*time.Minute))
	check(t, err, nil)
	e.Revision = 3
	same(t, "ended", list, []scheduler.Emergency{e})
	_, err = s.AsRun(ctx, "emergency:e1")
	check(t, err, fs.ErrNotExist)
}

// The recording of what was spoken live is made after the row has its outcome;
// nothing that waits in the spool may take its name away again.
func TestNameRecording(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.NameRecording(ctx, "o", scheduler.PartLive, "rec"), fs.ErrNotExist)
	open := claimed("o", day0)
	check(t, s.Claim(ctx, open), nil)
	check(t, s.NameRecording(ctx, "o", scheduler.PartLive, "rec"), fs.ErrNotExist)
	done := played("o", day0)
	done.Airings[0].Recording, done.Airings[1].Recording, done.Airings[1].Part = "rec-chime", "", scheduler.PartLive
	check(t, s.Record(ctx, done), nil)
	check(t, s.NameRecording(ctx, "o", scheduler.PartLive, "rec"), nil)
	check(t, s.Record(ctx, done), nil) // the same state once more, out of the spool
	got, err := s.AsRun(ctx, "o")
	check(t, err, nil)
	if got.Airings[0].Recording != "rec-chime" || got.Airings[1].Recording != "rec" || got.Outcome != playout.Played {
		t.Errorf("got %+v", got)
	}
}
