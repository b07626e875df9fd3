package store_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestTellings: what a plan moves is kept for its author as soon as it is published;
// who has seen it is not asked again, unless something else becomes of it.
func TestTellings(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"slot-evening"}}}), nil)
	from, to := day0.Add(24*time.Hour), day0.Add(36*time.Hour)
	o := scheduler.Occurrence{ID: "x:un-ta:2026-11-24T17:00:1", Kind: scheduler.Notice, Announcement: "a", Title: "Họp", Slot: "slot-evening", Nominal: from, Due: from}
	hop := o
	hop.ID, hop.Nominal, hop.Due = o.ID+".2", to, to
	publish := func(made time.Time, omissions []scheduler.Omission, occurrences ...scheduler.Occurrence) {
		t.Helper()
		check(t, s.Publish(ctx, scheduler.Plan{Village: unTa, Zone: "Asia/Ho_Chi_Minh", Made: made, From: made, To: made.Add(7 * 24 * time.Hour), Omissions: omissions, Occurrences: occurrences}), nil)
	}
	moved := []scheduler.Omission{{Occurrence: o, Reason: scheduler.Reason{Code: scheduler.ReasonNextTime, Occurrence: hop.ID, Until: to}, Final: from.Add(time.Hour)}}
	want := scheduler.Telling{
		Occurrence: o.ID, Announcement: "a", Title: "Họp", Author: notice("a").CreatedBy, Slot: "slot-evening", From: from, To: to, Reason: scheduler.ReasonNextTime, Told: day0,
	}
	told := func(what string, want ...scheduler.Telling) {
		t.Helper()
		list, err := s.Tellings(ctx, unTa, day0)
		check(t, err, nil)
		same(t, what, list, want)
	}
	publish(day0, moved, hop)
	told("told at once", want)
	publish(day0.Add(time.Hour), moved, hop)
	told("told since the first plan", want)
	check(t, s.SeeTelling(ctx, unTa, o.ID, "Mỷ", day0.Add(2*time.Hour)), nil)
	check(t, s.SeeTelling(ctx, unTa, o.ID, "Páo", day0.Add(3*time.Hour)), nil)
	check(t, s.SeeTelling(ctx, unTa, "nothing", "Páo", day0), fs.ErrNotExist)
	want.Seen, want.SeenBy = day0.Add(2*time.Hour), "Mỷ"
	publish(day0.Add(4*time.Hour), moved, hop)
	told("seen", want)
	moved[0].Reason = scheduler.Reason{Code: scheduler.ReasonSlotFull}
	publish(day0.Add(5*time.Hour), moved)
	want.Reason, want.To, want.Told, want.Seen, want.SeenBy = scheduler.ReasonSlotFull, time.Time{}, day0.Add(5*time.Hour), time.Time{}, ""
	told("told anew", want)
	check(t, s.SeeTelling(ctx, unTa, o.ID, "Mỷ", day0.Add(6*time.Hour)), nil)
	publish(day0.Add(7*time.Hour), nil, o)
	want.Reason, want.To, want.Told = "", from, day0.Add(7*time.Hour)
	told("as promised after all", want)
	publish(day0.Add(8*time.Hour), moved)
	publish(day0.Add(9*time.Hour), nil, o)
	told("nobody had seen that it was moved again")
	publish(day0.Add(10*time.Hour), moved)
	publish(day0.Add(80*24*time.Hour), nil)
	told("long over")
}
