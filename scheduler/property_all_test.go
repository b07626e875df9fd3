package scheduler_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// lunarFirst is the day before the first of the second lunar month of 2026.
var lunarFirst = time.Date(2026, 3, 18, 0, 0, 0, 0, time.UTC)

// rules are those of the random books, and by other means the days on which each
// comes; at are the times of day, which do not count in slots.
var rules = []struct {
	text, at string
	comes    func(d time.Time) bool
}{
	{"DTSTART:20260301T053000\nRRULE:FREQ=DAILY;BYTIME=0530,171500,1840", "05:30:00 17:15:00 18:40:00", func(time.Time) bool { return true }},
	{"DTSTART:20260301T181500\nRRULE:FREQ=DAILY;INTERVAL=2", "18:15:00", func(d time.Time) bool { return (d.YearDay()-60)%2 == 0 }},
	{"DTSTART:20260301T090000\nRRULE:FREQ=WEEKLY;BYDAY=SA,MO", "09:00:00", func(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Monday }},
	{"DTSTART:20260301T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=10,12,14", "05:30:00", func(d time.Time) bool {
		day := int(d.Sub(lunarFirst).Hours() / 24)
		return day == 10 || day == 12 || day == 14
	}},
}

// everything gives a random book what newRandom does not: rules of the place, seasons
// and days of slots, limits, repeats, rules of schedules, approvals, and a day behind it.
func (r *random) everything(t rapid.TB) {
	r.ruled()
	r.rich()
	r.ruleOf = map[string]int{}
	for i := range r.b.Slots {
		s := &r.b.Slots[i]
		if r.chance(30) {
			s.Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: 3, Day: 28}, To: scheduler.MonthDay{Month: 3, Day: 30}, Start: scheduler.TimeOfDay(r.IntN(48) * 30)}}
		}
		if r.chance(30) {
			s.DaysOff = []scheduler.SlotDay{{Date: scheduler.Date{Year: 2026, Month: 3, Day: 27 + r.IntN(5)}, Off: r.chance(50), Start: scheduler.TimeOfDay(r.IntN(48) * 30)}}
		}
		if r.chance(30) {
			s.Limit = r.between(time.Minute, 20*time.Minute)
		}
	}
	loc, _ := r.b.Village.Location()
	for i := range r.b.Schedules {
		s := &r.b.Schedules[i]
		if s.Kind == scheduler.Slots {
			s.PerSlot, s.PerDay = r.IntN(4), max(r.IntN(6)-2, 0)
		}
		if s.Kind != scheduler.Now && r.chance(30) {
			which := r.IntN(len(rules))
			r.ruleOf[s.ID] = which
			made, err := s.WithRule(rules[which].text, r.now.Add(-6*day), loc)
			if err != nil {
				t.Fatal(err)
			}
			made.Kind, made.At = scheduler.Recurring, time.Time{}
			*s = made
		}
	}
	if r.chance(50) {
		r.approved()
	}
	r.yesterday(t)
}

// rich fills the book up to forty notices.
func (r *random) rich() {
	if r.chance(50) {
		for i := range r.IntN(28) {
			r.announce(12 + i)
		}
	}
}

// approved has most announcements approved as they are, others not, and some changed
// since.
func (r *random) approved() {
	r.b.Village.Approvals = scheduler.UsualApprovals()
	for i := range r.b.Announcements {
		a := &r.b.Announcements[i]
		d := scheduler.Dossier{Announcement: *a}
		for _, s := range r.b.Schedules {
			if s.Announcement == a.ID {
				d.Schedules = append(d.Schedules, s)
			}
		}
		for _, n := range r.b.Renditions {
			if n.Announcement == a.ID {
				d.Renditions = append(d.Renditions, n)
			}
		}
		a.Approval = scheduler.Approval{State: scheduler.ApprovalStates()[r.IntN(7)]}
		if r.chance(70) {
			a.Approval.State = scheduler.Approved
		}
		a.Approval.Pin = scheduler.PinOf(d)
		if r.chance(10) {
			a.Text = "sửa rồi"
		}
	}
	for i := range r.b.Schedules {
		if r.chance(10) {
			r.b.Schedules[i].Revision = 2
		}
	}
}

// yesterday airs what was planned some time before, with failures.
func (r *random) yesterday(t rapid.TB) {
	before := r.now.Add(-r.between(0, day))
	p := plan(t, before, horizon, r.b)
	for _, o := range p.Occurrences {
		past := aired(o)
		switch {
		case !o.Due.Before(r.now):
			continue
		case r.chance(20):
			past.End, past.Cause = past.Due, []string{scheduler.ReasonPower, scheduler.ReasonDevice, scheduler.ReasonClock}[r.IntN(3)]
		}
		r.b.Past = append(r.b.Past, past)
	}
	for _, om := range p.Omissions {
		o := om.Occurrence
		if never := om.Reason.Code == scheduler.ReasonExpired || om.Reason.Code == scheduler.ReasonNotYetValid; !om.Final.After(r.now) && !never {
			r.b.Past = append(r.b.Past, scheduler.Past{Occurrence: o.ID, Due: o.Due, End: o.Due, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal, Cause: om.Reason.Code})
		}
	}
}

// TestEverythingTogether tries the properties on random books that have everything
// there is at once.
func TestEverythingTogether(t *testing.T) {
	t.Parallel()
	properties := []struct {
		name  string
		holds func(t rapid.TB, r *random, p scheduler.Plan)
	}{
		{"never two voices", neverTwoVoicesNorRelays},
		{"no rule of the place is broken", noRuleIsBroken},
		{"nothing that is not approved", nothingUnapproved},
		{"every promise once", everyPromiseOfAllOnce},
		{"nobody of lower class in a place of a higher one", higherClassFirst},
		{"same book, same plan", sameBookSamePlan},
		{"only what is ready, in order, each once", onlyReadyOnce},
		{"unchanged by a restart", unchangedByRestart},
	}
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := newRandom(seed)
		r.everything(rt)
		p := plan(rt, r.now, horizon, r.b)
		for _, property := range properties {
			if property.holds(rt, r, p); rt.Failed() {
				rt.Fatalf("%s does not hold: seed %d, now %s, plan is\n%s", property.name, seed, r.now, p.Text())
			}
		}
	})
}

// neverTwoVoicesNorRelays: a relay that goes on does not hold what interrupts it.
func neverTwoVoicesNorRelays(t rapid.TB, r *random, p scheduler.Plan) {
	others := *r
	others.b.Past = slices.DeleteFunc(slices.Clone(r.b.Past), func(past scheduler.Past) bool { return strings.Contains(past.Occurrence, ":relay") })
	neverTwoVoices(t, &others, p)
}

// nothingUnapproved: what airs was approved, with its schedule and its words as they are.
func nothingUnapproved(t rapid.TB, r *random, p scheduler.Plan) {
	on := r.b.Village.Approvals.On()
	for _, o := range p.Occurrences {
		if o.Kind != scheduler.Notice {
			continue
		}
		a := r.b.Announcements[slices.IndexFunc(r.b.Announcements, func(a scheduler.Announcement) bool { return a.ID == o.Announcement })]
		s := r.b.Schedules[slices.IndexFunc(r.b.Schedules, func(s scheduler.Schedule) bool { return s.ID == o.Schedule })]
		state := a.Approval.State
		switch {
		case !on && state == scheduler.Unasked:
		case state != scheduler.Approved && state != scheduler.Urgent:
			t.Errorf("%s airs and is %q", o.ID, state)
		case a.Text != a.Approval.Pin.Text, s.Revision == 2:
			t.Errorf("%s airs and was changed since", o.ID)
		}
	}
}

// everyPromiseOfAllOnce counts the promises by other means, of rules as well, and
// finds each in the plan exactly once, but for those that had their turn.
func everyPromiseOfAllOnce(t rapid.TB, r *random, p scheduler.Plan) {
	seen := map[string]int{}
	for _, o := range p.Occurrences {
		seen[o.ID]++
	}
	for _, om := range p.Omissions {
		if seen[om.Occurrence.ID]++; om.Reason.Code == "" {
			t.Errorf("%s is omitted without a reason", om.Occurrence.ID)
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s appears %d times", id, n)
		}
	}
	past := map[string]bool{}
	for _, row := range r.b.Past {
		past[row.Occurrence] = true
	}
	want := map[string]bool{}
	for _, id := range append(promised(t, r), promisedByRules(t, r)...) {
		if want[id] = true; seen[id] == 0 && !past[id] {
			t.Errorf("%s is promised and not in the plan", id)
		}
	}
	for _, o := range slices.Concat(p.Occurrences, omitted(p)) {
		if o.Kind == scheduler.Notice && !carried(o) && !want[o.ID] {
			t.Errorf("%s is in the plan and not promised", o.ID)
		}
		if past[o.ID] {
			t.Errorf("%s had its turn, and is in the plan", o.ID)
		}
	}
}

// promisedByRules lists the IDs of what schedules of rules promise.
func promisedByRules(t rapid.TB, r *random) (want []string) {
	t.Helper()
	loc, err := r.b.Village.Location()
	if err != nil {
		t.Fatal(err)
	}
	from, to := r.now.Add(-day), r.now.Add(horizon)
	for _, s := range r.b.Schedules {
		if s.Kind != scheduler.Recurring {
			continue
		}
		rule := rules[r.ruleOf[s.ID]]
		a := r.b.Announcements[slices.IndexFunc(r.b.Announcements, func(a scheduler.Announcement) bool { return a.ID == s.Announcement })]
		for d := from.In(loc).AddDate(0, 0, -1); d.Before(to.AddDate(0, 0, 2)); d = d.AddDate(0, 0, 1) {
			date := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
			if !rule.comes(date) {
				continue
			}
			if len(s.Slots) > 0 {
				want = append(want, promisedOn(r, s, a, d, loc)...)
				continue
			}
			for clock := range strings.FieldsSeq(rule.at) {
				at, _ := time.ParseInLocation(time.DateTime, d.Format(time.DateOnly)+" "+clock, loc)
				if !at.Before(from) && at.Before(to) && !forgottenAt(at, a.Withdrawn) {
					want = append(want, s.ID+":un-ta:"+at.Format("2006-01-02T15:04:05")+":1")
				}
			}
		}
	}
	return want
}

func forgottenAt(nominal, end time.Time) bool {
	return !end.IsZero() && !nominal.Before(end.Add(horizon))
}

// promisedOn lists the IDs of what a schedule in slots promises on a civil day on which
// it airs.
func promisedOn(r *random, s scheduler.Schedule, a scheduler.Announcement, d time.Time, loc *time.Location) (want []string) {
	from, to := r.now.Add(-day), r.now.Add(horizon)
	times := map[scheduler.TimeOfDay]int{}
	for _, sl := range r.b.Slots {
		begins, held := beginsOn(sl, d)
		start := civil(d, begins, loc)
		if !held || start.Before(from) || !start.Before(to) || !slices.Contains(s.Slots, sl.ID) {
			continue
		}
		for range max(s.PerSlot, 1) {
			times[begins]++
			if !forgottenAt(start, a.Withdrawn) && (!a.Withdrawn.IsZero() || !forgottenAt(start, a.ValidUntil)) {
				want = append(want, fmt.Sprintf("%s:un-ta:%sT%s:%d", s.ID, d.Format(time.DateOnly), begins, times[begins]))
			}
		}
	}
	return want
}

// beginsOn is when a slot begins on a civil day, by other means than Slot.StartOn.
func beginsOn(sl scheduler.Slot, d time.Time) (scheduler.TimeOfDay, bool) {
	begins, held := sl.Start, sl.Days == 0 || sl.Days>>d.Weekday()&1 == 1
	for _, season := range slices.Backward(sl.Seasons) {
		from := time.Date(d.Year(), season.From.Month, season.From.Day, 0, 0, 0, 0, d.Location())
		to := time.Date(d.Year(), season.To.Month, season.To.Day+1, 0, 0, 0, 0, d.Location())
		if !d.Before(from) && d.Before(to) {
			begins = season.Start
		}
	}
	for _, off := range sl.DaysOff {
		if fmt.Sprintf("%04d-%02d-%02d", off.Date.Year, off.Date.Month, off.Date.Day) == d.Format(time.DateOnly) {
			begins, held = off.Start, !off.Off
		}
	}
	return begins, held
}

// higherClassFirst: where there was no room in a slot for a notice, none of a lower
// class airs in that slot on that day at a place that would have held it. The first of
// every schedule goes before a repeat of any, and an exception may let in what it is for.
func higherClassFirst(t rapid.TB, r *random, p scheduler.Plan) {
	if len(r.b.Village.Exceptions) > 0 {
		return
	}
	for _, om := range p.Omissions {
		full := []string{scheduler.ReasonSlotFull, scheduler.ReasonNextTime, scheduler.ReasonSlotLimit, scheduler.ReasonSlotBudget, scheduler.ReasonDayBudget}
		o := om.Occurrence
		if o.Slot == "" || !slices.Contains(full, om.Reason.Code) || o.Kind != scheduler.Notice {
			continue
		}
		s := r.b.Schedules[slices.IndexFunc(r.b.Schedules, func(s scheduler.Schedule) bool { return s.ID == o.Schedule })]
		a := r.b.Announcements[slices.IndexFunc(r.b.Announcements, func(a scheduler.Announcement) bool { return a.ID == o.Announcement })]
		for _, lower := range p.Occurrences {
			inside := lower.Slot == o.Slot && lower.Nominal.Equal(o.Nominal) && lower.Kind == scheduler.Notice && !lateInSlot(lower)
			valid := !lower.Due.Before(a.ValidFrom) && (a.ValidUntil.IsZero() || !lower.Due.Add(o.Length).After(a.ValidUntil))
			if inside && valid && s.PerSlot <= 1 && cmp.Compare(lower.Class.Rank(), o.Class.Rank()) < 0 && lower.Length >= o.Length {
				t.Errorf("%s of class %s airs at %s, where %s of class %s was refused: %+v", lower.ID, lower.Class, lower.Due, o.ID, o.Class, om.Reason)
			}
		}
	}
}
