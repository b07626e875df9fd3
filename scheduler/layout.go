package scheduler

import (
	"fmt"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// layout is the rules of a village as they fall on civil days. It is laid out
// once and then only read.
type layout struct {
	village  Village
	loc      *time.Location
	holidays map[calendar.Date]Holiday
	open     span   // the days that were laid out: outside nothing is allowed
	free     bool   // no rule about the hours in them: every instant is allowed
	allowed  []span // by the hours and the holidays
	quiet    []span
	mourning []span
}

// layOut lays the rules of a village out over the civil days around [from, to).
// Ask for enough: outside that range nothing is allowed.
func layOut(v Village, loc *time.Location, from, to time.Time) layout {
	first, last := calendar.DateOf(from, loc).AddDays(-1), calendar.DateOf(to, loc).AddDays(1)
	l := layout{
		village: v, loc: loc, holidays: v.Rules.holidays(first, last), mourning: v.Rules.mourns(loc),
		open: span{calendar.At(first, 0, loc), calendar.At(last.AddDays(1), 0, loc)},
	}
	l.free = len(v.Allowed) == 0 && len(v.Rules.Quiet) == 0 && len(l.holidays) == 0
	if l.free {
		return l
	}
	for d := first; d.Compare(last) <= 0; d = d.AddDays(1) {
		l.layDay(d)
	}
	l.allowed, l.quiet = merge(l.allowed), merge(l.quiet)
	return l
}

// layDay adds what holds on one civil day.
func (l *layout) layDay(d calendar.Date) {
	day, h := l.weekday(d), l.holiday(d)
	switch h.rule() {
	case NoSound:
		return
	case OwnHours:
		for _, w := range h.Hours {
			l.allowed = addWindow(l.allowed, w, d, l.loc)
		}
		return
	}
	if len(l.village.Allowed) == 0 {
		l.allowed = addWindow(l.allowed, Window{To: endOfDay}, d, l.loc)
	}
	for _, w := range l.village.Allowed {
		if w.Days.Has(day) {
			l.allowed = addWindow(l.allowed, w, d, l.loc)
		}
	}
	for _, w := range l.village.Rules.Quiet {
		if w.Days.Has(day) {
			l.quiet = addWindow(l.quiet, w, d, l.loc)
		}
	}
}

// holiday is that of a civil day; nil: none.
func (l layout) holiday(d calendar.Date) *Holiday {
	if h, ok := l.holidays[d]; ok {
		return &h
	}
	return nil
}

// weekday is as which day of the week a civil day counts.
func (l layout) weekday(d calendar.Date) time.Weekday {
	if l.holiday(d).rule() == AsSunday {
		return time.Sunday
	}
	return d.Weekday()
}

func addWindow(all []span, w Window, d calendar.Date, loc *time.Location) []span {
	s := span{calendar.From(d, int(w.From), loc), calendar.To(d, int(w.To), loc)}
	if !s.from.Before(s.to) {
		return all
	}
	return append(all, s)
}

// hours is when sound is allowed, with what exceptions lift.
func (l layout) hours(lifted ...Exception) hours {
	if l.free {
		return hours{always: true}
	}
	allowed, quiet := l.allowed, l.quiet
	for _, e := range lifted {
		if e.Lifts(LiftHours) {
			allowed = merge(append(slices.Clone(allowed), within(span{e.From, e.To}, l.open)...))
		}
		if e.Lifts(LiftQuiet) {
			quiet = subtract(quiet, []span{{e.From, e.To}})
		}
	}
	return hours{allowed: subtract(allowed, quiet)}
}

// within is the part of s that lies in bounds.
func within(s, bounds span) []span {
	s = span{later(s.from, bounds.from), earlier(s.to, bounds.to)}
	if !s.from.Before(s.to) {
		return nil
	}
	return []span{s}
}

// subtract takes stretches out of others; both are merged and in order of time.
func subtract(all, out []span) []span {
	if len(out) == 0 {
		return all
	}
	var left []span
	i := 0
	for _, s := range all {
		for i < len(out) && !out[i].to.After(s.from) {
			i++
		}
		for k := i; k < len(out) && out[k].from.Before(s.to); k++ {
			if s.from.Before(out[k].from) {
				left = append(left, span{s.from, out[k].from})
			}
			s.from = later(s.from, out[k].to)
		}
		if s.from.Before(s.to) {
			left = append(left, s)
		}
	}
	return left
}

// meets says whether a stretch shares an instant with any of others, which are
// merged and in order of time.
func meets(all []span, from, to time.Time) bool {
	i, _ := slices.BinarySearchFunc(all, from, func(s span, t time.Time) int {
		if s.to.After(t) {
			return 1
		}
		return -1
	})
	return i < len(all) && all[i].from.Before(to)
}

// why is the code of the rule that forbids sound at an instant at which the hours
// do not allow it.
func (l layout) why(at time.Time) string {
	if l.holiday(calendar.DateOf(at, l.loc)) != nil && !meets(l.allowed, at, at.Add(1)) {
		return ReasonHoliday
	}
	if meets(l.quiet, at, at.Add(1)) && meets(l.allowed, at, at.Add(1)) {
		return ReasonQuiet
	}
	return ReasonOutsideHours
}

// day lists the stretches of one civil day in which sound is allowed, such as
// "05:00–11:30, 13:30–22:00"; nothing on a day without any.
func (l layout) day(at time.Time) (text string) {
	d := calendar.DateOf(at, l.loc)
	bounds := span{calendar.At(d, 0, l.loc), calendar.At(d.AddDays(1), 0, l.loc)}
	for _, s := range l.hours().allowed {
		for _, part := range within(s, bounds) {
			if text != "" {
				text += ", "
			}
			to := part.to.In(l.loc).Format("15:04")
			if !part.to.Before(bounds.to) {
				to = endOfDay.String()
			}
			text += part.from.In(l.loc).Format("15:04") + "–" + to
		}
	}
	return text
}

// Allows says whether sound of a length that begins at an instant stays within
// the hours of the village, its quiet stretches and holidays, and when the stretch
// that allows it is over; until is zero when that is further away than anything is
// planned. about is what would sound: exceptions that are meant for it count. The
// error says that the village's time zone is unknown.
func (v Village) Allows(at time.Time, length time.Duration, about Subject) (until time.Time, allowed bool, err error) {
	loc, err := v.Location()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("allowed hours of %s: load time zone: %w", v.Key, err)
	}
	h := layOut(v, loc, at, at.Add(lookahead)).hours(lifting(v.Exceptions, about)...)
	return h.end(at), h.holds(at, length), nil
}

// RestsFrom is from when on no sound is allowed on the civil day of an instant, by the
// hours of the village, its quiet stretches and holidays: the beginning of the day when
// none is allowed at all on it; false when it is allowed till midnight. The error is
// that of Allows.
func (v Village) RestsFrom(day time.Time) (from time.Time, rests bool, err error) {
	loc, err := v.Location()
	if err != nil {
		return time.Time{}, false, fmt.Errorf("rest of %s: load time zone: %w", v.Key, err)
	}
	d := calendar.DateOf(day, loc)
	bounds := span{calendar.At(d, 0, loc), calendar.At(d.AddDays(1), 0, loc)}
	h := layOut(v, loc, bounds.from, bounds.to).hours()
	if h.always {
		return time.Time{}, false, nil
	}
	from = bounds.from
	for _, s := range h.allowed {
		for _, part := range within(s, bounds) {
			from = part.to
		}
	}
	return from, from.Before(bounds.to), nil
}

// Excused are the exceptions without which sound of a length that begins at an
// instant would break a rule of the village about its hours, as reasons; none
// when it breaks none. The error is that of Allows.
func (v Village) Excused(at time.Time, length time.Duration, about Subject) ([]Reason, error) {
	loc, err := v.Location()
	if err != nil {
		return nil, fmt.Errorf("exceptions of %s: load time zone: %w", v.Key, err)
	}
	l := layOut(v, loc, at, at.Add(lookahead))
	return l.excused(l.hours(), lifting(v.Exceptions, about), at, length), nil
}

// excused are the exceptions that sound needs at a place outside the hours, in
// order of time.
func (l layout) excused(plain hours, lifted []Exception, at time.Time, length time.Duration) (all []Reason) {
	if len(lifted) == 0 || plain.holds(at, length) {
		return nil
	}
	end := at.Add(length)
	for _, e := range lifted {
		if (e.Lifts(LiftHours) || e.Lifts(LiftQuiet)) && e.From.Before(end) && at.Before(e.To) {
			all = append(all, e.reason())
		}
	}
	return all
}
