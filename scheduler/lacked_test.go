package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// TestWhatStoodInTheWayIsTheReason: a notice that nobody had approved as it was due is
// approved after its time. It once was "too late", which is no reason (seen in the
// simulated year).
func TestWhatStoodInTheWayIsTheReason(t *testing.T) {
	bubble(t, "approved too late", func(t *testing.T) {
		s := newStation(t, "2026-11-23 09:00")
		tell(&s.book, "a", time.Minute)
		when(&s.book, "a", once(at(t, "2026-11-23 10:00")))
		s.book.Village.Approvals = scheduler.UsualApprovals()
		for i := range s.book.Announcements {
			s.book.Announcements[i].Approval.State = scheduler.Submitted
		}
		s.powerOn()
		time.Sleep(time.Hour + 5*time.Minute)
		s.edit(func(b *scheduler.Book) {
			b.Village.Approvals = scheduler.ApprovalRules{}
			b.Announcements[0].Approval.State = scheduler.Approved
			b.Schedules[0].Misfire = scheduler.Misfire{Policy: scheduler.Skip}
		})
		time.Sleep(2 * time.Hour)
		var got []string
		for _, h := range s.omitted {
			if strings.HasPrefix(h.o.ID, s.book.Schedules[0].ID) {
				got = append(got, h.reason)
			}
		}
		if len(got) != 1 || got[0] != scheduler.ReasonNotApproved {
			t.Errorf("omitted for %q", got)
		}
	})
}

// TestLateAndThenOutOfHours: a notice for 20:55 comes to its place, within its grace,
// when the village sleeps already: nobody had approved it, or the power was away. It
// once was "outside hours", in which it had been promised (seen in the simulated year).
func TestLateAndThenOutOfHours(t *testing.T) {
	for name, c := range map[string]struct {
		until time.Duration // from 20:50
		power bool
		want  string
	}{
		"ApprovedTooLate": {12 * time.Minute, false, scheduler.ReasonNotApproved},
		"PowerCut":        {12 * time.Minute, true, scheduler.ReasonPower},
	} {
		bubble(t, name, func(t *testing.T) {
			s := newStation(t, "2026-11-23 20:50")
			tell(&s.book, "a", time.Minute)
			when(&s.book, "a", once(at(t, "2026-11-23 20:55")))
			s.book.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 21 * 60}}
			if !c.power {
				s.book.Village.Approvals = scheduler.UsualApprovals()
				s.book.Announcements[0].Approval.State = scheduler.Submitted
			}
			s.powerOn()
			if c.power {
				s.off(c.until)
			} else {
				time.Sleep(c.until)
				s.edit(func(b *scheduler.Book) {
					b.Village.Approvals = scheduler.ApprovalRules{}
					b.Announcements[0].Approval.State = scheduler.Approved
				})
			}
			time.Sleep(time.Hour)
			s.want(t, "a "+c.want)
		})
	}
}

// TestTheClosingKeepsItsMinutes: while the last notice of a slot sounds, a later slot
// takes what is left of the day, but not the closing's (seen in the simulated year).
func TestTheClosingKeepsItsMinutes(t *testing.T) {
	now := at(t, "2026-11-23 05:31")
	b := book()
	tell(&b, "a", time.Minute)
	tell(&b, "b", time.Minute)
	first, second := when(&b, "a", daily("sang")), when(&b, "b", daily("chieu"))
	before := plan(t, at(t, "2026-11-23 05:00"), day, b)
	var heard []scheduler.Past
	var used time.Duration
	for _, o := range before.Occurrences {
		if o.Slot == "sang" && o.Due.Before(now) {
			heard = append(heard, scheduler.Past{Occurrence: o.ID, Due: o.Due, End: o.End(), Class: o.Class, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal})
			used += o.Length
		}
	}
	rest, closing := time.Duration(0), time.Duration(0)
	for _, o := range before.Occurrences {
		switch {
		case o.Kind == scheduler.Closing && o.Slot == "sang":
			closing = o.Length
		case o.Slot == "chieu":
			rest += o.Length
		}
	}
	if len(heard) != 2 || closing == 0 || rest == 0 {
		t.Fatalf("%s %s\n%s", first.ID, second.ID, before.Text())
	}
	b.Past = heard
	b.Village.Rules.Limits = []scheduler.Limit{{Day: used + rest + closing - time.Second}}
	p := plan(t, now, 12*time.Hour, b)
	for _, om := range p.Omissions {
		if om.Occurrence.Kind == scheduler.Closing && om.Occurrence.Slot == "sang" {
			t.Errorf("the closing is left out for %s\n%s", om.Reason.Code, p.Text())
		}
	}
	if !slices.ContainsFunc(p.Occurrences, func(o scheduler.Occurrence) bool { return o.Kind == scheduler.Closing && o.Slot == "sang" }) {
		t.Errorf("no closing:\n%s", p.Text())
	}
}

// TestSuspendedForLongerThanThePlan: what no plan named, for it lay beyond its end, was
// slept through as well; it once was "too late" (seen in the simulated year).
func TestSuspendedForLongerThanThePlan(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		s := newStation(t, "2026-11-23 10:00") // plans two days
		tell(&s.book, "a", 30*time.Second)
		when(&s.book, "a", once(at(t, "2026-11-26 09:30:00")))
		s.powerOn()
		time.Sleep(time.Hour)
		s.set(func() { s.slept = 3 * day })
		s.step(3 * day) // 11:00
		time.Sleep(time.Hour)
		s.want(t, "a asleep")
	})
}
