package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestImportedEventIsRememberedWithWhatItBecame, in one transaction: neither alone.
func TestImportedEventIsRememberedWithWhatItBecame(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := people.Acting(context.Background(), lan)
	a := notice("họp thôn")
	at := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	d := scheduler.Dossier{
		Announcement: a, Renditions: []scheduler.Rendition{{Language: "vi", State: scheduler.Spoken}},
		Schedules: []scheduler.Schedule{{Owned: scheduler.Owned{ID: "s-1"}, Kind: scheduler.Once, At: at}},
	}
	m := scheduler.Imported{Owned: scheduler.Owned{ID: "m-1", Village: a.Village}, UID: "hop@xa", Announcement: a.ID, Schedule: "s-1", Sequence: 2, Modified: at, Digest: "x"}
	if err := s.SaveImported(ctx, m, d); err != nil {
		t.Fatal(err)
	}
	list, err := s.Imported(ctx, a.Village, []string{"hop@xa", "khác"})
	if err != nil || len(list) != 1 || list[0].UID != m.UID || list[0].Revision != 1 || list[0].Sequence != 2 || !list[0].Modified.Equal(at) {
		t.Fatalf("%+v %v", list, err)
	}
	again := m
	again.ID = "m-2"
	other := d
	other.Announcement = notice("lần hai")
	if err := s.SaveImported(ctx, again, other); !errors.Is(err, scheduler.ErrRevision) {
		t.Errorf("the same event twice: %v", err)
	}
	if _, err := s.Announcement(ctx, other.Announcement.ID); err == nil {
		t.Error("what was refused left an announcement behind")
	}
	saved, err := s.Announcement(ctx, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	extra := scheduler.Schedule{Owned: scheduler.Owned{ID: "s-own"}, Announcement: a.ID, Kind: scheduler.Once, At: at.Add(time.Hour)}
	if err := s.SaveSchedule(ctx, extra); err != nil {
		t.Fatal(err)
	}
	saved.Schedules[0].At = at.Add(2 * time.Hour)
	list[0].Sequence, list[0].Digest = 3, "y"
	if err := s.SaveImported(ctx, list[0], scheduler.Dossier{Announcement: saved.Announcement, Schedules: saved.Schedules[:1]}); err != nil {
		t.Fatal(err)
	}
	now, err := s.Announcement(ctx, a.ID)
	if err != nil || len(now.Schedules) != 2 || len(now.Renditions) != 1 || !now.Schedules[0].At.Equal(at.Add(2*time.Hour)) {
		t.Errorf("somebody's own schedule is gone, or the move is: %+v %v", now, err)
	}
	if told := history(t, s, people.HistoryQuery{Village: a.Village}); len(told) < 4 {
		t.Errorf("the history tells of %d changes", len(told))
	}
}

// TestFeedSequenceRises when what is told of an occurrence changes, also across a
// restart, and never falls.
func TestFeedSequenceRises(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := context.Background()
	now := time.Now().UTC().Truncate(time.Second)
	tell := func(digest string, least int64, at time.Time) scheduler.FeedEvent {
		t.Helper()
		got, err := s.FeedTold(ctx, "un-ta", at, []scheduler.FeedEvent{{Occurrence: "o", Digest: digest, Begins: now.Add(time.Hour), Sequence: least, Changed: now}})
		if err != nil || len(got) != 1 {
			t.Fatalf("%v %v", got, err)
		}
		return got[0]
	}
	if e := tell("a", 3, now); e.Sequence != 3 || !e.Changed.Equal(now) {
		t.Errorf("at first: %+v", e)
	}
	if e := tell("a", 5, now.Add(time.Minute)); e.Sequence != 3 || !e.Changed.Equal(now) {
		t.Errorf("unchanged: %+v", e)
	}
	later := now.Add(2 * time.Minute)
	if e := tell("b", 3, later); e.Sequence != 4 || !e.Changed.Equal(later) {
		t.Errorf("changed: %+v", e)
	}
	if e := tell("a", 0, later.Add(time.Minute)); e.Sequence != 5 {
		t.Errorf("changed back: %+v", e)
	}
	if _, err := s.FeedTold(ctx, "un-ta", now.Add(90*24*time.Hour), []scheduler.FeedEvent{{Occurrence: "p", Digest: "a", Begins: now.Add(90 * 24 * time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	if e := tell("a", 0, now); e.Sequence != 0 {
		t.Errorf("one long gone is still remembered: %+v", e)
	}
}
