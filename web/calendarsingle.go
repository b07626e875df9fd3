package web

import (
	"time"

	"loalang/scheduler/calendar"
)

// singleTimes are single times of an event that were changed or called off, each as a
// DTSTART line.
type singleTimes struct {
	replaced []string // which of the event's times
	instead  []string // when it comes in their place
}

// changes gathers the single times of an event that were changed or cancelled. Of one
// that stands twice the newer counts.
func (r *calendarReader) changes(g *eventGroup) (out singleTimes) {
	newest := map[string]*icalEvent{}
	for _, e := range g.changed {
		was, _ := e.get("RECURRENCE-ID")
		at := r.line("DTSTART", was)
		other, there := newest[at]
		if !there {
			out.replaced = append(out.replaced, at)
		}
		if v := versionOf(e); !there || !versionOf(other).newer(v.sequence, v.modified) {
			newest[at] = e
		}
	}
	for _, at := range out.replaced {
		e := newest[at]
		if begin, there := e.get("DTSTART"); there && !e.isCancelled() {
			out.instead = append(out.instead, r.line("DTSTART", begin))
		}
	}
	return out
}

// applied is a rule with the single times for a place in loc. A time that takes the
// place of another one is named, also where that was left out, and so is one that was
// changed in nothing but its words. The error is a calendar.RuleError.
func (s singleTimes) applied(rule calendar.Rule, loc *time.Location) (calendar.Rule, error) {
	out, err := civilTimes(s.replaced, rule, loc)
	if err != nil {
		return rule, err
	}
	in, err := civilTimes(s.instead, rule, loc)
	if err != nil {
		return rule, err
	}
	return rule.Changed(out, in, loc), nil
}

// civilTimes reads DTSTART lines as the rule tells times. A date without a time is the
// rule's own time on it.
func civilTimes(lines []string, rule calendar.Rule, loc *time.Location) ([]calendar.Civil, error) {
	zone := loc
	if name := rule.Zone(); name != "" {
		own, err := time.LoadLocation(name)
		if err != nil {
			return nil, calendar.RuleError{Code: calendar.RuleZone, Part: "DTSTART", Value: name}
		}
		zone = own
	}
	out := make([]calendar.Civil, 0, len(lines))
	for _, line := range lines {
		one, err := calendar.ParseRule(line)
		if err != nil {
			return nil, err
		}
		form := one.Form()
		c := form.Start
		switch {
		case form.AllDay:
			c.Second = rule.Start().Second
		case form.Zone != "":
			own, err := time.LoadLocation(form.Zone)
			if err != nil {
				return nil, calendar.RuleError{Code: calendar.RuleZone, Part: "DTSTART", Value: form.Zone}
			}
			c = calendar.CivilOf(c.In(own), zone)
		default: // told as the place tells times
			c = calendar.CivilOf(c.In(loc), zone)
		}
		out = append(out, c)
	}
	return out, nil
}
