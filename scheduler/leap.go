package scheduler

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// leapPatience is how long nothing that the clock was set past is given up: a wrong
// time that is put right at once costs nobody a notice.
const leapPatience = time.Minute

// giveBackPatience is how long the Stage may take to write down what it gives back.
const giveBackPatience = 10 * time.Second

// leap is a stretch of the wall clock that never was, for this board: it slept, or
// the clock was set past it.
type leap struct {
	from, to time.Time
	reason   string
}

// leap takes in a step of the clock by so much, of which a part may be sleep. Zero
// only says that the trust changed.
func (d *duty) leap(by time.Duration) {
	now := d.cfg.Now()
	slept := d.cfg.Slept()
	asleep := min(max(slept-d.slept, 0), max(by, 0))
	d.slept = slept
	set := by - asleep
	d.started = d.started.Add(set)
	if asleep > 0 {
		d.cfg.Log.Info("the machine was suspended", "for", asleep)
		d.leaps = append(d.leaps, leap{now.Add(-asleep), now, ReasonAsleep})
	}
	if set != 0 {
		d.cfg.Log.Info("the clock was stepped", "by", set)
	}
	if set > 0 && d.trusted {
		d.leaps = append(d.leaps, leap{now.Add(-by), now.Add(-asleep), ReasonClockSet})
	}
	if set < 0 { // what is ahead again was not passed
		clear(d.lacked)
		d.doubt(now)
		d.leaps = slices.DeleteFunc(d.leaps, func(l leap) bool { return l.to.After(now) })
		maps.DeleteFunc(d.blamed, func(_ string, b blame) bool { return b.occ.Due.After(now) })
	}
	for len(d.leaps) > 0 && now.Sub(d.leaps[0].to) > 2*lookback {
		d.leaps = d.leaps[1:]
	}
}

// doubt remembers what was handed over by a clock that went back since: the Stage
// gives back what has not sounded.
func (d *duty) doubt(now time.Time) {
	d.doubtAt = d.lastTick
	for id, p := range d.done {
		if p.Due.After(now.Add(d.lead)) {
			d.doubted[id] = true
		}
	}
}

// takeBack forgets that it handed over what was given back: the Stage has had time,
// and no row of it is in the book.
func (d *duty) takeBack() {
	if len(d.doubted) == 0 || d.lastTick.Sub(d.doubtAt) < giveBackPatience {
		return
	}
	for _, p := range d.book.Past {
		delete(d.doubted, p.Occurrence)
	}
	for id := range d.doubted {
		delete(d.done, id)
	}
	clear(d.doubted)
}

// leapt is the reason of the leap in which an instant lies; empty when it lies in
// none.
func (d *duty) leapt(at time.Time) string {
	for _, l := range d.leaps {
		if !at.Before(l.from) && at.Before(l.to) {
			return l.reason
		}
	}
	return ""
}

// hasty says whether an occurrence should not be given up yet, since the clock was
// set past it only now.
func (d *duty) hasty(o Occurrence, now time.Time) bool {
	recent := slices.ContainsFunc(d.leaps, func(l leap) bool {
		return l.reason == ReasonClockSet && !o.Due.Before(l.from) && o.Due.Before(l.to) && now.Sub(l.to) < leapPatience
	})
	if recent {
		d.pending[o.ID] = o
	}
	return recent
}

// toPublish is the plan with what is not given up yet, so that after a restart
// somebody still answers for it.
func (d *duty) toPublish() Plan {
	p := d.plan
	for _, o := range p.Occurrences {
		delete(d.pending, o.ID)
	}
	if len(d.pending) == 0 {
		return p
	}
	p.Occurrences = slices.AppendSeq(slices.Clone(p.Occurrences), maps.Values(d.pending))
	slices.SortFunc(p.Occurrences, func(a, b Occurrence) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	return p
}

// reopened are the rows that still count: without those that a clock wrote that was
// ahead, see Past.Ahead.
func reopened(past []Past) []Past {
	ahead := func(p Past) bool { return p.Ahead }
	if !slices.ContainsFunc(past, ahead) {
		return past
	}
	return slices.DeleteFunc(slices.Clone(past), ahead)
}
