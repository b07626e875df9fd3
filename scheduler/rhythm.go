package scheduler

import (
	"iter"
	"slices"
	"sync"
	"time"

	"loalang/scheduler/calendar"
)

const (
	// ruleReach is how many days ahead a rule is asked for its next time: 30 Tết,
	// 29 February and a leap month come round in it.
	ruleReach = 4000
	// layMargin is how much more of a rule is laid out than was asked for, so that
	// the next plans, each a minute later, find it laid out.
	layMargin = 4 * 24 * time.Hour
	// laidMost and momentsMost bound what is kept of one rule: a plan of a year is.
	laidMost    = 400 * 24 * time.Hour
	momentsMost = 4096
	// rhythmsMost bounds how much text of rules is kept parsed, in bytes.
	rhythmsMost = 4 << 20
)

// rhythm is a rule that was read once and remembers what it laid out last. It
// may be used from any goroutine.
type rhythm struct {
	rule calendar.Rule

	mu   sync.Mutex
	zone string
	laid span
	at   []calendar.Moment
}

// rhythms keeps what was read of rules by their text, for BuildPlan reads every
// rule each minute. It changes no answer: what it holds depends on its keys only.
var rhythms = struct {
	sync.Mutex
	of    map[string]*rhythm
	bytes int
}{of: map[string]*rhythm{}}

// rhythmOf reads a rule, or finds it read.
func rhythmOf(text string) (*rhythm, error) {
	rhythms.Lock()
	defer rhythms.Unlock()
	if r, ok := rhythms.of[text]; ok {
		return r, nil
	}
	rule, err := calendar.ParseRule(text)
	if err != nil {
		return nil, err
	}
	if rhythms.bytes += len(text); rhythms.bytes > rhythmsMost {
		clear(rhythms.of)
		rhythms.bytes = len(text)
	}
	r := &rhythm{rule: rule}
	rhythms.of[text] = r
	return r, nil
}

// between lists the moments of the rule at instants in [from, to). The slice is
// shared: read it only.
func (r *rhythm) between(from, to time.Time, loc *time.Location) []calendar.Moment {
	if !from.Before(to) {
		return nil
	}
	if to.Sub(from) > laidMost {
		return r.rule.Between(from, to, loc)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.zone != loc.String() || from.Before(r.laid.from) || to.After(r.laid.to) {
		wide := span{from.Add(-layMargin), to.Add(layMargin)}
		at := r.rule.Between(wide.from, wide.to, loc)
		if len(at) > momentsMost {
			return slices.DeleteFunc(at, func(m calendar.Moment) bool { return m.At.Before(from) || !m.At.Before(to) })
		}
		r.zone, r.laid, r.at = loc.String(), wide, at
	}
	find := func(t time.Time) int {
		i, _ := slices.BinarySearchFunc(r.at, t, func(m calendar.Moment, t time.Time) int { return m.At.Compare(t) })
		return i
	}
	i, j := find(from), find(to)
	return r.at[i:j:j]
}

// from yields the moments from an instant on, as far as rules are looked at.
func (r *rhythm) from(at time.Time, loc *time.Location) iter.Seq[calendar.Moment] {
	return func(yield func(calendar.Moment) bool) {
		reach := at.AddDate(0, 0, ruleReach)
		for days := 40; at.Before(reach); days *= 4 {
			to := at.AddDate(0, 0, days)
			for _, m := range r.between(at, to, loc) {
				if !yield(m) {
					return
				}
			}
			at = to
		}
	}
}

// days lists the civil days that have a moment in [from, to), each once.
func (r *rhythm) days(from, to time.Time, loc *time.Location) []calendar.Date {
	var days []calendar.Date
	for _, m := range r.between(from, to, loc) {
		days = append(days, m.Civil.Date)
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

// daysFrom yields the civil days that have a moment from an instant on, each
// once.
func (r *rhythm) daysFrom(at time.Time, loc *time.Location) iter.Seq[calendar.Date] {
	return func(yield func(calendar.Date) bool) {
		last := calendar.Date{}
		for m := range r.from(at, loc) {
			if m.Civil.Date != last && !yield(m.Civil.Date) {
				return
			}
			last = m.Civil.Date
		}
	}
}
