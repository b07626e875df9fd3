package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// What aired before its review is told from the history, with what became of the
// review however late it came; what was edited or urged again meanwhile is one.
func TestUrgedTellsOfTheReview(t *testing.T) {
	s, clock := seeded(t)
	ctx := people.Acting(context.Background(), lan)
	officer := people.Acting(context.Background(), people.Actor{ID: "o", Name: "Hoa", Kind: people.ActorAccount, Way: people.ByPanel})
	step := func(ctx context.Context, id string, a scheduler.Approval, withdrawn bool) {
		t.Helper()
		n := notice(id)
		if d, err := s.Announcement(ctx, id); err == nil {
			n = d.Announcement
		}
		n.Approval = a
		if withdrawn {
			n.Withdrawn = clock.Now()
		}
		check(t, s.SaveAnnouncement(ctx, n, nil, nil), nil)
		clock.now = clock.now.Add(time.Hour)
	}
	limit := clock.Now().Add(24 * time.Hour).UTC().Truncate(time.Microsecond)
	long := strings.Repeat("Lũ về. ", 60)
	urgent := scheduler.Approval{State: scheduler.Urgent, Reason: long, Review: limit}
	from := clock.Now()
	for _, id := range []string{"approved", "returned", "edited", "withdrawn", "open"} {
		step(ctx, id, urgent, false)
	}
	step(ctx, "calm", scheduler.Approval{State: scheduler.Approved}, false)
	to := clock.Now()
	step(officer, "approved", scheduler.Approval{State: scheduler.Approved}, false)
	step(officer, "returned", scheduler.Approval{State: scheduler.Returned, Reason: "sai"}, false)
	step(ctx, "edited", scheduler.Approval{State: scheduler.Submitted}, false)
	step(ctx, "edited", urgent, false)
	step(ctx, "withdrawn", urgent, true)
	step(ctx, "later", urgent, false)
	list, err := s.Urged(context.Background(), unTa, from, to)
	check(t, err, nil)
	want := map[string]scheduler.ApprovalState{"approved": scheduler.Approved, "returned": scheduler.Returned, "edited": scheduler.Unasked, "withdrawn": scheduler.TakenBack, "open": scheduler.Unasked}
	if len(list) != len(want) {
		t.Fatalf("%d of them: %+v", len(list), list)
	}
	for _, u := range list {
		verdict, known := want[u.Announcement]
		if !known || u.Verdict != verdict || u.By != "lan" || u.Why != long || !u.Limit.Equal(limit) || u.Title == "" || u.Village != unTa {
			t.Errorf("%+v", u)
		}
		if (verdict == scheduler.Approved || verdict == scheduler.Returned) && (u.Reviewer != "Hoa" || !u.Reviewed.After(to.Add(-time.Second))) {
			t.Errorf("reviewed by %q at %s", u.Reviewer, u.Reviewed)
		}
	}
	none, err := s.Urged(context.Background(), unTa, to.Add(24*time.Hour), to.Add(48*time.Hour))
	check(t, err, nil)
	if len(none) != 0 {
		t.Error(none)
	}
}
