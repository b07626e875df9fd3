package report

import (
	"cmp"
	"slices"
	"time"
)

// Tally counts rows by Bucket. Planned is all of them, and the sum of the ten
// others; Unmeasured are those On time of which nobody measured what the
// loudspeaker gave, so that they are on time by the sound card alone.
type Tally struct {
	Planned                                                                           int
	OnTime, Late, Unheard, Cut, Missed, Moved, Skipped, Stopped, Withdrawn, StillOpen int
	Unmeasured                                                                        int
}

// at is the count of a bucket.
func (t *Tally) at(b Bucket) *int {
	switch b {
	case OnTime:
		return &t.OnTime
	case Late:
		return &t.Late
	case Unheard:
		return &t.Unheard
	case Cut:
		return &t.Cut
	case Missed:
		return &t.Missed
	case Moved:
		return &t.Moved
	case Skipped:
		return &t.Skipped
	case Stopped:
		return &t.Stopped
	case Withdrawn:
		return &t.Withdrawn
	}
	return &t.StillOpen
}

// Count is how many rows are in a bucket.
func (t Tally) Count(b Bucket) int { return *t.at(b) }

func (t *Tally) add(r Row) {
	b := r.Bucket()
	t.Planned++
	*t.at(b)++
	if b == OnTime && !r.Measured() {
		t.Unmeasured++
	}
}

// Due is what the board had to air and nobody called off: on time, late, unheard,
// cut and missed. What was moved counts where it was moved to; what a rule of the
// place or a person kept from the air is nobody's failure; what is still open has
// failed nothing yet. It is what both rates are out of.
func (t Tally) Due() int { return t.OnTime + t.Late + t.Unheard + t.Cut + t.Missed }

// OnTimeRate is on time out of Due.
func (t Tally) OnTimeRate() Rate { return Rate{t.OnTime, t.Due()} }

// MissedRate is what nobody heard at all, missed or played into silence, out of
// Due.
func (t Tally) MissedRate() Rate { return Rate{t.Missed + t.Unheard, t.Due()} }

// Rate is a share with both its numbers, so that whoever reads it can check.
type Rate struct{ Of, OutOf int }

// Tenths is the rate in tenths of a percent, towards the worse: good says that
// more is better. 999 of 1,000 is never told as all, nor 1 of 10,000 as none;
// false when it is out of nothing.
func (r Rate) Tenths(good bool) (tenths int, known bool) {
	if r.OutOf == 0 {
		return 0, false
	}
	tenths = r.Of * 1000 / r.OutOf
	if !good && r.Of*1000%r.OutOf > 0 {
		tenths++
	}
	return tenths, true
}

// Group is what counts under one key of a Dimension, such as one day.
type Group struct {
	Key string // "2026-11-23", "2026-11", or as in the Row; empty: none
	Tally
	// Aired is the sound that left the card, without what was heard silent or
	// wrong; of a language, that of its voices alone.
	Aired time.Duration
	// Lacking are, of a language, occurrences that were to be told in it and for
	// which it was not ready: they are not in the Tally. For Stood of them another
	// language was told in its place.
	Lacking, Stood int
	// Causes explain every row of the Tally that is neither on time nor open.
	Causes []Cause
	why    causes // until the Report is made
}

// put counts r under its bucket, and its cause.
func (g *Group) put(r Row) {
	g.add(r)
	if g.why == nil {
		g.why = causes{}
	}
	g.why.add(r)
}

// settled is g with its causes listed.
func (g Group) settled() Group {
	g.Causes, g.why = g.why.list(), nil
	return g
}

// Cause is how often a reason kept rows in a bucket.
type Cause struct {
	Bucket Bucket
	Code   string // of a Reason; empty: nobody knows
	Count  int
}

// causes counts reasons.
type causes map[[2]string]int

func (c causes) add(r Row) {
	if b := r.Bucket(); b != OnTime && b != Open {
		c[[2]string{string(b), r.Reason()}]++
	}
}

// list sorts by bucket, the most frequent first.
func (c causes) list() (list []Cause) {
	order := map[Bucket]int{}
	for i, b := range Buckets() {
		order[b] = i
	}
	for key, n := range c {
		list = append(list, Cause{Bucket(key[0]), key[1], n})
	}
	slices.SortFunc(list, func(a, b Cause) int {
		return cmp.Or(order[a.Bucket]-order[b.Bucket], b.Count-a.Count, cmp.Compare(a.Code, b.Code))
	})
	return list
}
