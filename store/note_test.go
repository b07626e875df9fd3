package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestWhatIsNoRowIsNoted: in the name of who did it, and as unalterable as the rest.
func TestWhatIsNoRowIsNoted(t *testing.T) {
	s := fresh(t)
	seed(t, s)
	ctx := people.Acting(context.Background(), lan)
	check(t, s.Note(ctx, people.Change{Village: unTa, Kind: "clock", Record: unTa, Deed: people.Altered, Fields: []people.FieldChange{{Name: "told_at", Before: 1, After: 2}}}), nil)
	list := history(t, s, people.HistoryQuery{Village: unTa, Kind: "clock"})
	if len(list) != 1 || list[0].Actor != lan || !list[0].At.Equal(day0) || len(list[0].Fields) != 1 || list[0].Fields[0].Name != "told_at" {
		t.Errorf("%+v", list)
	}
}

func TestUnscheduledByAnotherProcess(t *testing.T) {
	s, clock := seeded(t)
	ctx := people.Acting(context.Background(), lan)
	check(t, s.SaveAnnouncement(ctx, notice("a"), nil, nil), nil)
	check(t, s.SaveSchedule(ctx, scheduler.Schedule{Owned: scheduler.Owned{ID: "s"}, Announcement: "a", Kind: scheduler.Now, At: clock.Now()}), nil)
	clock.move(time.Hour)
	check(t, s.RemoveSchedule(ctx, "s", clock.Now()), nil)
	for since, want := range map[time.Duration]map[string]string{-time.Minute: {"s": "lan"}, time.Minute: {}} {
		gone, err := s.Unscheduled(ctx, unTa, clock.Now().Add(since))
		check(t, err, nil)
		same(t, "removed", gone, want)
	}
}

func TestUnapprovedOfAnAuthor(t *testing.T) {
	s, clock := seeded(t)
	ctx := context.Background()
	for id, c := range map[string]struct {
		state scheduler.ApprovalState
		ends  time.Duration // from now; 0: never
		by    string
	}{
		"never": {scheduler.Draft, 0, "lan"}, "later": {scheduler.Returned, 48 * time.Hour, "lan"}, "soon": {scheduler.Submitted, time.Hour, "lan"},
		"over": {scheduler.Submitted, -2 * time.Hour, "lan"}, "approved": {scheduler.Approved, time.Hour, "lan"}, "hoa's": {scheduler.Draft, time.Hour, "hoa"},
	} {
		a := notice(id)
		a.CreatedBy, a.Approval, a.ValidFrom, a.ValidUntil = c.by, scheduler.Approval{State: c.state}, time.Time{}, time.Time{}
		if c.ends != 0 {
			a.ValidUntil = clock.Now().Add(c.ends)
		}
		check(t, s.SaveAnnouncement(ctx, a, nil, nil), nil)
	}
	for since, want := range map[time.Duration][]string{0: {"soon", "later", "never"}, -3 * time.Hour: {"over", "soon", "later", "never"}} {
		list, err := s.Unapproved(ctx, unTa, "lan", clock.Now().Add(since))
		check(t, err, nil)
		var ids []string
		for _, a := range list {
			ids = append(ids, a.ID)
		}
		same(t, "not approved", ids, want)
	}
}
