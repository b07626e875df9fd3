package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestRemovedIsReadAsItWas: what lies in a grave is read whole, saved without its
// tombstone it lives again, and the history tells that it was brought back.
func TestRemovedIsReadAsItWas(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), nil, []scheduler.Schedule{{Owned: scheduler.Owned{ID: "sc"}, Kind: scheduler.Slots, Slots: []string{"slot-evening"}, Days: 3}}), nil)
	check(t, s.SaveStation(ctx, scheduler.Station{Owned: scheduler.Owned{ID: "st", Village: unTa}, Name: "Đài huyện", URL: "http://example.org/a"}), nil)
	check(t, s.SaveDrill(ctx, scheduler.Drill{Owned: scheduler.Owned{ID: "dr", Village: unTa}, Title: "Thử còi", Rule: "RRULE:FREQ=MONTHLY", Since: day0}), nil)
	check(t, s.SaveTemplate(ctx, scheduler.Template{Owned: scheduler.Owned{ID: "te", Village: unTa}, Name: "Họp", Text: "Kính mời"}), nil)
	check(t, s.SaveWords(ctx, []scheduler.Word{{Owned: scheduler.Owned{ID: "wo", Village: unTa}, Language: "vi", Written: "UBND", Spoken: "ủy ban"}}, nil), nil)
	if _, err := s.Removed(ctx, "slots", "slot-evening"); err == nil {
		t.Error("what lives is read as removed")
	}

	slot := before(t, func() ([]scheduler.Slot, error) { return s.Slots(ctx, unTa) }, "slot-evening", func(x scheduler.Slot) scheduler.Owned { return x.Owned })
	check(t, s.RemoveSlot(ctx, slot.ID, now.Now()), nil)
	check(t, s.RemoveSchedule(ctx, "sc", now.Now()), nil)
	check(t, s.RemoveStation(ctx, "st", now.Now()), nil)
	gone := scheduler.Owned{Village: unTa, Revision: 1, Deleted: now.Now()}
	named := func(id string) scheduler.Owned { gone.ID = id; return gone }
	check(t, s.SaveDrill(ctx, scheduler.Drill{Owned: named("dr"), Title: "Thử còi", Rule: "RRULE:FREQ=MONTHLY", Since: day0}), nil)
	check(t, s.SaveTemplate(ctx, scheduler.Template{Owned: named("te"), Name: "Họp", Text: "Kính mời"}), nil)
	check(t, s.SaveWords(ctx, []scheduler.Word{{Owned: named("wo"), Language: "vi", Written: "UBND", Spoken: "ủy ban"}}, nil), nil)

	r, err := s.Removed(ctx, "slots", slot.ID)
	check(t, err, nil)
	if r.Slot.Deleted.IsZero() || r.Slot.Revision != slot.Revision+1 {
		t.Fatalf("buried as %+v", r.Slot)
	}
	r.Slot.Deleted = time.Time{}
	check(t, s.SaveSlot(ctx, *r.Slot), nil)
	again := before(t, func() ([]scheduler.Slot, error) { return s.Slots(ctx, unTa) }, slot.ID, func(x scheduler.Slot) scheduler.Owned { return x.Owned })
	again.Owned = slot.Owned
	same(t, "slot", again, slot)
	if list := history(t, s, people.HistoryQuery{About: slot.ID, Limit: 1}); len(list) != 1 || list[0].Deed != people.Restored {
		t.Errorf("the history says %+v", list)
	}
	for kind, id := range map[string]string{"schedules": "sc", "stations": "st", "drills": "dr", "templates": "te", "words": "wo"} {
		r, err := s.Removed(ctx, kind, id)
		check(t, err, nil)
		if r == (scheduler.Remains{}) {
			t.Errorf("%s: nothing", kind)
		}
		if list := history(t, s, people.HistoryQuery{About: id, Kind: kind, Limit: 1}); len(list) != 1 || list[0].Deed != people.Removed {
			t.Errorf("%s: the history says %+v", kind, list)
		}
	}
	for _, kind := range []string{"slots", "accounts", "no table"} {
		_, err := s.Removed(ctx, kind, slot.ID)
		check(t, err, fs.ErrNotExist)
	}
}

// before is the record of an ID in a list.
func before[T any](t *testing.T, list func() ([]T, error), id string, owned func(T) scheduler.Owned) (found T) {
	t.Helper()
	all, err := list()
	check(t, err, nil)
	for _, x := range all {
		if owned(x).ID == id {
			return x
		}
	}
	t.Fatalf("no %s", id)
	return found
}
