package scheduler

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

const (
	// MaxTimesADay is how often on one day a rule may call for something.
	MaxTimesADay = 48
	// MaxRuleSlots is how many slots a schedule may name.
	MaxRuleSlots = 24

	// ruleLooked is how many days from its next time on a rule is looked at when it
	// is made: whether it comes too often, and whether the village may sound then.
	ruleLooked = 400
)

// Codes of Fault for rules; those of calendar.RuleError join them as they are.
const (
	FaultRuleOver   = "rule-over"     // it names nothing that is still ahead
	FaultTooOften   = "rule-often"    // more than MaxTimesADay
	FaultNotOfRule  = "not-of-rule"   // a day to be left out on which it does not come
	FaultOfRule     = "of-rule"       // a day to be added on which it comes anyway
	FaultRuleSingle = "not-recurring" // the schedule has no rule
)

// WithRule is s with another rule, in canonical form, that promises from now on.
// The error is an Invalid with the field "rule" when the text is no rule.
func (s Schedule) WithRule(text string, now time.Time, loc *time.Location) (Schedule, error) {
	rule, err := calendar.ParseRuleFrom(text, calendar.CivilOf(now, loc))
	if err != nil {
		return s, ruleFault(err)
	}
	s = s.ruled(rule, loc)
	s.Since = now.UTC()
	return s, nil
}

// ruled is s with a rule, and the last day of it.
func (s Schedule) ruled(rule calendar.Rule, loc *time.Location) Schedule {
	s.Rule, s.Until = rule.String(), Date{}
	if last, ends := rule.Last(loc); ends && last.Date.Year < 10_000 {
		s.Until = Date(last.Date)
	}
	return s
}

// ruleFault is what is wrong with the text of a rule.
func ruleFault(err error) error {
	var wrong calendar.RuleError
	if !errors.As(err, &wrong) {
		return err
	}
	return Invalid{RuleFault(wrong)}
}

// RuleFault is what is wrong with the text of a rule as a Fault of the field "rule": its
// limit names the part, what stands there, and behind a colon what is allowed.
func RuleFault(wrong calendar.RuleError) Fault {
	limit, between := strings.TrimSpace(wrong.Part+" "+wrong.Value), ": "
	if wrong.Code == calendar.RuleCombination {
		between = " + "
	}
	switch {
	case limit == "":
		limit = wrong.Limit
	case wrong.Limit != "":
		limit += between + wrong.Limit
	}
	return Fault{Field: "rule", Code: wrong.Code, Limit: limit}
}

// rule checks a schedule that recurs by a rule.
func (f *faults) rule(s Schedule, now time.Time, v Village) {
	if s.Rule == "" {
		f.add("rule", FaultRequired, "")
		return
	}
	if slices.Contains(s.Slots, "") || len(s.Slots) > MaxRuleSlots {
		f.add("slots", FaultUnknown, "")
	}
	f.often(s)
	r, err := rhythmOf(s.Rule)
	if err != nil {
		var wrong Invalid
		errors.As(ruleFault(err), &wrong)
		*f = append(*f, wrong...)
		return
	}
	loc, err := v.Location()
	if err != nil {
		loc = time.UTC
	}
	if start := r.rule.Start().In(loc); start.After(FarFuture(now)) {
		f.add("rule", FaultFarFuture, FarFuture(now).UTC().Format(time.DateOnly))
		return
	}
	first := time.Time{}
	for m := range r.from(s.firstMoment(now, loc), loc) {
		first = m.At
		break
	}
	if first.IsZero() {
		f.add("rule", FaultRuleOver, "")
		return
	}
	f.ruleTimes(s, r.rule.Between(first, first.AddDate(0, 0, ruleLooked), loc), v, loc)
}

// firstMoment is from when on the moments of a rule count: in slots those of
// today do, whatever the time of day.
func (s Schedule) firstMoment(now time.Time, loc *time.Location) time.Time {
	if !s.bySlot() {
		return now
	}
	return calendar.At(calendar.DateOf(now, loc), 0, loc)
}

// ruleTimes checks the moments of some months. Exact ones of which not one lies
// within the village's hours are refused; of some that do not the plan tells.
func (f *faults) ruleTimes(s Schedule, moments []calendar.Moment, v Village, loc *time.Location) {
	perDay, day, within := 0, calendar.Date{}, false
	l := layOut(v, loc, moments[0].At, moments[len(moments)-1].At.Add(time.Second))
	allowed := l.hours(lifting(v.Exceptions, Subject{Announcement: s.Announcement})...)
	for _, m := range moments {
		if m.Civil.Date != day {
			perDay, day = 0, m.Civil.Date
		}
		if perDay++; perDay > MaxTimesADay && !s.bySlot() {
			f.add("rule", FaultTooOften, strconv.Itoa(MaxTimesADay))
			return
		}
		within = within || allowed.holds(m.At, time.Second)
	}
	if !within && !s.bySlot() {
		f.add("rule", FaultHours, l.day(moments[0].At))
	}
}

// Instants lists the next nominal instants of a schedule that recurs by a rule, n
// at most, from now on: its times, or the beginnings of its slots.
func (s Schedule) Instants(now time.Time, n int, slots []Slot, loc *time.Location) []time.Time {
	var out []time.Time
	a := newAirings(slots, loc)
	for from := now; len(out) < n; {
		a.floor = from
		at := a.next(s, from, nil)
		if at.IsZero() {
			break
		}
		out = append(out, at)
		from = at.Add(time.Nanosecond)
	}
	return out
}
