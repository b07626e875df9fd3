package store_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"loalang/scheduler"
)

func TestExceptions(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	e := scheduler.Exception{
		Owned: scheduler.Owned{ID: "e1", Village: unTa}, Announcement: "a", Slot: "b", From: day0, To: day0.Add(time.Hour),
		Rules: []scheduler.Lift{scheduler.LiftHours, scheduler.LiftMinutes}, Reason: "lễ hội của thôn", RequestedBy: "Hoa",
	}
	check(t, s.SaveException(ctx, e), nil)
	got, err := s.Exception(ctx, "e1")
	check(t, err, nil)
	e.Owned = got.Owned
	same(t, "exception", got, e)
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	if got.Revision != 1 || len(v.Exceptions) != 0 {
		t.Errorf("revision %d; it lifts something before it is approved: %+v", got.Revision, v.Exceptions)
	}
	e.Approved, e.DecidedBy, e.Decided = true, "UBND xã", day0
	check(t, s.SaveException(ctx, e), nil)
	check(t, s.SaveException(ctx, e), scheduler.ErrRevision)
	b, err := s.Book(ctx, unTa, day0)
	check(t, err, nil)
	if len(b.Village.Exceptions) != 1 || b.Village.Exceptions[0].DecidedBy != "UBND xã" {
		t.Errorf("in the book: %+v", b.Village.Exceptions)
	}
	if b, _ = s.Book(ctx, unTa, day0.Add(72*time.Hour)); len(b.Village.Exceptions) != 0 {
		t.Errorf("long over and still in the book: %+v", b.Village.Exceptions)
	}
	e.Revision, e.Withdrawn, e.WithdrawnBy = 2, day0, "Hoa"
	check(t, s.SaveException(ctx, e), nil)
	if b, _ = s.Book(ctx, unTa, day0); len(b.Village.Exceptions) != 0 {
		t.Errorf("taken back and still in the book: %+v", b.Village.Exceptions)
	}
	if _, err := s.Exception(ctx, "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of none: %v", err)
	}
	list, err := s.Exceptions(ctx, unTa, "", 10)
	check(t, err, nil)
	if len(list) != 1 || list[0].Revision != 3 {
		t.Errorf("list %+v", list)
	}
}

func TestVillageRules(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	v.Rules = scheduler.Rules{
		Model: "mẫu", Quiet: []scheduler.Window{{From: 690, To: 810, Days: 2}}, FreeRelays: true, Music: []scheduler.Music{scheduler.MusicBed},
		Limits:   []scheduler.Limit{{Broadcast: 15 * time.Minute, Day: time.Hour, Times: 2, Days: 4}},
		Holidays: []scheduler.Holiday{{Name: "Tết", Calendar: scheduler.Lunar, Month: 12, Day: 30, Length: 6, Rule: scheduler.OwnHours, Hours: []scheduler.Window{{From: 480, To: 1440}}}},
		Mourning: []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 7, Day: 25}, Until: scheduler.Date{Year: 2026, Month: 7, Day: 26}}},
	}
	check(t, s.SaveVillage(ctx, v), nil)
	got, err := s.Village(ctx, unTa)
	check(t, err, nil)
	same(t, "rules", got.Rules, v.Rules)
}
