package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// ruled gives a random book random rules and exceptions.
func (r *random) ruled() {
	v := &r.b.Village
	if r.chance(60) {
		v.Rules.Quiet = []scheduler.Window{{From: 11*60 + 30, To: 13*60 + 30, Days: scheduler.Weekdays(r.IntN(128))}, {From: 17*60 + 20, To: 17*60 + 40}}
	}
	if r.chance(60) {
		v.Rules.Limits = []scheduler.Limit{{Broadcast: r.between(time.Minute, 10*time.Minute), Day: r.between(10*time.Minute, 20*time.Minute), Times: r.IntN(4)}}
	}
	if r.chance(40) {
		rule := []scheduler.HolidayRule{"", scheduler.NoSound, scheduler.OwnHours}[r.IntN(3)]
		h := scheduler.Holiday{Name: "Hội", Month: 3, Day: 27 + r.IntN(4), Length: 1 + r.IntN(2), Rule: rule}
		if rule == scheduler.OwnHours {
			h.Hours = []scheduler.Window{{From: 8 * 60, To: 20 * 60}}
		}
		v.Rules.Holidays = []scheduler.Holiday{h}
	}
	if r.chance(40) {
		v.Rules.Mourning = []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 3, Day: 28}, Until: scheduler.Date{Year: 2026, Month: 3, Day: 29}}}
	}
	for i := range r.IntN(3) {
		e := lift(r.now.Add(r.between(0, 2*day)), scheduler.LiftsThere()[r.IntN(4)], scheduler.LiftsThere()[r.IntN(4)])
		e.ID, e.To = fmt.Sprint("ngoai-le", i), e.From.Add(r.between(time.Minute, 6*time.Hour))
		if r.chance(50) {
			e.Announcement = "tin00"
		}
		if r.chance(20) {
			e.Withdrawn = r.now
		}
		v.Exceptions = append(v.Exceptions, e)
	}
}

// TestNoRuleOfThePlaceIsBroken judges random plans by the rules, read minute by minute.
func TestNoRuleOfThePlaceIsBroken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := newRandom(seed)
		r.ruled()
		p := plan(rt, r.now, horizon, r.b)
		if noRuleIsBroken(rt, r, p); rt.Failed() {
			rt.Fatalf("seed %d, now %s, plan is\n%s", seed, r.now, p.Text())
		}
	})
}

// noRuleIsBroken reads the rules minute by minute.
func noRuleIsBroken(t rapid.TB, r *random, p scheduler.Plan) {
	loc, _ := time.LoadLocation(p.Zone)
	j := judge{r.b.Village, loc}
	urgent := map[string]bool{} // slots that an emergency opens: their frame comes with it
	for _, o := range p.Occurrences {
		if o.Class == scheduler.ClassEmergency && o.Slot != "" {
			urgent[o.Slot+o.Nominal.In(loc).Format(time.DateOnly)] = true
		}
	}
	days, broadcasts := map[string]time.Duration{}, map[string]time.Duration{}
	sounded := map[string]time.Duration{} // what has, may be too much already
	for _, past := range r.b.Past {
		if past.Exempt || past.Class == scheduler.ClassEmergency {
			continue
		}
		sounded[past.Due.In(loc).Format(time.DateOnly)] += past.End.Sub(past.Due)
		days[past.Due.In(loc).Format(time.DateOnly)] += past.End.Sub(past.Due)
	}
	for _, o := range p.Occurrences {
		if o.Class == scheduler.ClassEmergency {
			continue
		}
		for at := o.Due; at.Before(o.End()); at = at.Add(time.Minute) {
			if !j.allows(o, at) {
				t.Errorf("%s sounds at %s against the rules; %+v", o.ID, at.In(loc), o.Reasons)
			}
		}
		if !j.allows(o, o.End().Add(-1)) {
			t.Errorf("%s sounds at %s against the rules; %+v", o.ID, o.End().In(loc), o.Reasons)
		}
		if (o.Kind == scheduler.Opening || o.Kind == scheduler.Closing) && j.mourns(o.Due) && !j.lifted(o, o.Due, scheduler.LiftMusic) {
			t.Errorf("%s plays music at %s", o.ID, o.Due.In(loc))
		}
		exempt := false
		for _, reason := range o.Ruled() {
			exempt = exempt || reason.Exempts
		}
		frame := o.Kind == scheduler.Opening || o.Kind == scheduler.Closing
		if exempt || frame && urgent[o.Slot+o.Nominal.In(loc).Format(time.DateOnly)] {
			continue
		}
		days[o.Due.In(loc).Format(time.DateOnly)] += o.Length
		if o.Slot != "" && o.Kind != scheduler.Relay {
			broadcasts[o.Slot+o.Nominal.In(loc).Format(time.DateOnly)] += o.Length
		}
	}
	for _, limit := range r.b.Village.Rules.Limits {
		for d, sum := range days {
			if sum > limit.Day && sum > sounded[d] {
				t.Errorf("%s of sound on %s, the limit is %s\n%s", sum, d, limit.Day, p.Text())
			}
		}
		for name, sum := range broadcasts {
			if sum > limit.Broadcast {
				t.Errorf("%s of sound in %s, the limit is %s\n%s", sum, name, limit.Broadcast, p.Text())
			}
		}
	}
}

// judge reads the rules of a village at one instant, in a plainer way than the plan.
type judge struct {
	v   scheduler.Village
	loc *time.Location
}

func (j judge) holiday(at time.Time) (h scheduler.Holiday, is bool) {
	for _, h := range j.v.Rules.Holidays {
		first := time.Date(2026, time.Month(h.Month), h.Day, 0, 0, 0, 0, j.loc)
		if !at.Before(first) && at.Before(first.AddDate(0, 0, h.Length)) {
			return h, true
		}
	}
	return h, false
}

func (j judge) mourns(at time.Time) bool {
	if len(j.v.Rules.Mourning) == 0 {
		return false
	}
	date := at.In(j.loc).Format("01-02")
	return date == "03-28" || date == "03-29"
}

func (j judge) lifted(o scheduler.Occurrence, at time.Time, l scheduler.Lift) bool {
	for _, e := range j.v.Exceptions {
		mine := e.Announcement == "" || e.Announcement == o.Announcement
		if mine && e.Withdrawn.IsZero() && e.Lifts(l) && !at.Before(e.From) && at.Before(e.To) {
			return true
		}
	}
	return false
}

func (j judge) allows(o scheduler.Occurrence, at time.Time) bool {
	local := at.In(j.loc)
	day := local.Weekday()
	minute := scheduler.TimeOfDay(local.Hour()*60 + local.Minute())
	in := func(windows []scheduler.Window, everyDay bool) bool {
		for _, w := range windows {
			if (everyDay || w.Days.Has(day)) && minute >= w.From && minute < w.To {
				return true
			}
		}
		return false
	}
	h, is := j.holiday(at)
	allowed, quiet := false, false
	switch {
	case is && h.Rule == scheduler.NoSound:
	case is && h.Rule == scheduler.OwnHours:
		allowed = in(h.Hours, true)
	default:
		if is {
			day = time.Sunday
		}
		allowed, quiet = len(j.v.Allowed) == 0 || in(j.v.Allowed, false), in(j.v.Rules.Quiet, false)
	}
	allowed = allowed || j.lifted(o, at, scheduler.LiftHours)
	return allowed && (!quiet || j.lifted(o, at, scheduler.LiftQuiet))
}
