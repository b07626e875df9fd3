package scheduler

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// fill places the notices of one class into a slot, behind its opening. The
// opening stands only when a notice comes after it. Repeats of a higher class go
// between what is lower, where there is something lower.
func (b *builder) fill(oc *occasion, rank int) {
	notices := oc.waiting[rank]
	if len(notices) > 0 {
		b.yield(notices[0].occ.Class)
	}
	if oc.body.IsZero() {
		oc.body = later(oc.start, b.soon)
	}
	lower := slices.ContainsFunc(oc.waiting[:rank], func(list []*promise) bool { return len(list) > 0 })
	first := slices.Concat(oc.repeats, notices)
	oc.repeats = nil
	if lower {
		for i := 0; i < len(first); {
			if first[i].round == 0 {
				i++
				continue
			}
			oc.repeats = append(oc.repeats, first[i])
			first = slices.Delete(first, i, i+1)
		}
	}
	for _, p := range first {
		p.standing = b.history.standing[p.occ.Schedule]
	}
	slices.SortFunc(first, fairly)
	left := b.open(oc, first)
	b.remember(oc, first, left)
	b.omitFull(oc, left)
}

// fairly orders what is promised in one slot: the first of every schedule before
// the second of any, the higher class, who was left out in more turns, who was
// heard longer ago, the older promise, then ID.
func fairly(x, y *promise) int {
	s, t := &x.standing, &y.standing
	if c := cmp.Or(x.round-y.round, y.occ.Class.Rank()-x.occ.Class.Rank(), t.left-s.left); c != 0 {
		return c
	}
	if c := s.last.Compare(t.last); c != 0 {
		return c
	}
	if c := x.created.Compare(y.created); c != 0 {
		return c
	}
	return strings.Compare(x.occ.ID, y.occ.ID)
}

// remember takes down who was placed in a slot, for the slots that follow.
func (b *builder) remember(oc *occasion, all []*promise, left []refused) {
	out := make(map[*promise]bool, len(left))
	for _, r := range left {
		out[r.promise] = true
	}
	for _, p := range all {
		if !out[p] && p.round == 0 {
			b.history.standing[p.occ.Schedule] = b.history.standing[p.occ.Schedule].heard(oc.start, p.at)
		}
	}
}

// open pours notices behind the opening, or without it when they fit only so.
func (b *builder) open(oc *occasion, notices []*promise) []refused {
	opening, wanted := b.frame(oc, Opening)
	if oc.framed || oc.aired || !wanted {
		return b.pourSpread(oc, notices)
	}
	if opening.Length == 0 {
		oc.framed = true
		b.omit(opening, oc.end, frameless(opening))
		return b.pourSpread(oc, notices)
	}
	if s, ok := b.clear(wish{oc.body, oc.end.Add(-opening.Length), opening.Length, b.frameHours(oc)}); ok {
		kept := b.keep(oc)
		b.put(opening, s.at, b.frameHours(oc), oc)
		oc.body = s.at.Add(opening.Length + b.track.gap)
		if left := b.pourSpread(oc, notices); oc.placed > 0 {
			oc.framed = true
			return left
		}
		b.restore(oc, kept)
	}
	left := b.pourSpread(oc, notices)
	if oc.placed > 0 {
		oc.framed = true
		b.omit(opening, oc.end, b.noRoom(oc, opening))
	}
	return left
}

// kept is what pouring changes.
type kept struct {
	busy     stretch
	placed   int
	spent    int // entries of the budget
	occasion occasion
}

func (b *builder) keep(oc *occasion) kept {
	return kept{b.track.within(oc.body, oc.end), len(b.placed), len(b.spent.log), *oc}
}

func (b *builder) restore(oc *occasion, k kept) {
	for _, o := range b.placed[k.placed:] {
		if o.Schedule != "" {
			b.history.days[scheduleDay{o.Schedule, oc.day}]--
		}
		b.occurrences.give(o)
	}
	b.uncount(k.spent)
	b.track.restore(k.busy)
	b.placed, *oc = b.placed[:k.placed], k.occasion
}

// refused is a promise without a place, and why.
type refused struct {
	*promise
	reason Reason // zero: there was no room
}

// pourSpread pours notices and, when some come more than once, finds out who fits
// first, and then pours those again so that nobody is heard twice in a row while
// others wait.
func (b *builder) pourSpread(oc *occasion, notices []*promise) []refused {
	if !slices.ContainsFunc(notices, func(p *promise) bool { return p.round > 0 }) {
		return b.pour(oc, notices)
	}
	before := b.keep(oc)
	left := b.pour(oc, notices)
	out := make(map[*promise]bool, len(left))
	for _, r := range left {
		out[r.promise] = true
	}
	fitting := slices.DeleteFunc(slices.Clone(notices), func(p *promise) bool { return out[p] })
	b.restore(oc, before)
	before = b.keep(oc)
	if len(b.pour(oc, spread(fitting, oc.lastOf))) > 0 { // around what is exact, another order may take more
		b.restore(oc, before)
		return b.pour(oc, notices)
	}
	return left
}

// pour places what fits between the body's beginning and the closing, and
// returns the rest.
func (b *builder) pour(oc *occasion, notices []*promise) (left []refused) {
	end := b.lastEnd(oc)
	for _, p := range notices {
		if r, refuses := b.budget(oc, p); refuses {
			left = append(left, refused{p, r})
			continue
		}
		w := wish{later(oc.body, p.from), earlier(end.Add(-p.occ.Length), p.to), p.occ.Length, p.hours}
		s, short, ok := b.afford(p.occ, w, oc, b.clear)
		if !ok {
			if holds := b.holds(oc); short.Code == "" && p.occ.Length > holds {
				short = Reason{Code: ReasonSlotTooLong, By: holds}
			}
			left = append(left, refused{p, short})
			continue
		}
		b.putNotice(oc, p, w, s)
	}
	return left
}

// budget refuses a notice for which there is a place on the Output, and yet no room:
// its slot has a limit, or it has aired often enough that day.
func (b *builder) budget(oc *occasion, p *promise) (Reason, bool) {
	if p.occ.Class == ClassEmergency {
		return Reason{}, false
	}
	if limit := oc.slot.Limit; limit > 0 && oc.used+p.occ.Length > limit {
		return Reason{Code: ReasonSlotLimit, By: limit}, true
	}
	if most := p.schedule.PerDay; most > 0 && b.history.days[scheduleDay{p.occ.Schedule, oc.day}] >= most {
		return Reason{Code: ReasonOften}, true
	}
	return Reason{}, false
}

// putNotice takes the place that was found for a notice.
func (b *builder) putNotice(oc *occasion, p *promise, w wish, s seat) {
	o := p.occ
	o.Reasons = slices.Clone(o.Reasons)
	if s.pushed && s.behind.occasion != oc {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonDelayed, Occurrence: s.behind.id, By: s.by})
	} else if next, _ := p.hours.next(w.from, w.length); next.After(w.from) {
		o.Reasons = append(o.Reasons, Reason{Code: b.layout.why(w.from), Until: next.UTC()})
	}
	// What was promised is the slot: within it, later is not late.
	slack := oc.end.Sub(s.at.Add(o.Length))
	if o.Misfire.Policy == Skip {
		o.Misfire = Misfire{Policy: PlayLate, Grace: slack}
	}
	o.Misfire.Grace = max(o.Misfire.Grace, slack, leastGrace)
	b.put(o, s.at, p.hours, oc)
	p.at = s.at
	oc.placed++
	oc.used += o.Length
	if p.schedule.PerDay > 0 {
		b.history.days[scheduleDay{o.Schedule, oc.day}]++
	}
	if end := s.at.Add(o.Length); end.After(oc.lastEnd) {
		oc.lastEnd, oc.lastOf = end, o.Announcement
	}
}

// lastEnd is until when notices may sound so that the closing still fits.
func (b *builder) lastEnd(oc *occasion) time.Time {
	closing, wanted := b.frame(oc, Closing)
	if !wanted || closing.Length == 0 {
		return oc.end
	}
	at, ok := b.lastClear(wish{oc.body, oc.end.Add(-closing.Length), closing.Length, b.frameHours(oc)})
	if !ok {
		return oc.end
	}
	return at.Add(-b.track.gap)
}

// omitFull explains why notices found no place in their slot, and moves them to the
// next one.
func (b *builder) omitFull(oc *occasion, left []refused) {
	for _, p := range left {
		if p.reason.Code == ReasonOften {
			b.omit(p.occ, oc.end, p.reason)
			continue
		}
		from := later(oc.start, p.from)
		if next, any := p.hours.next(from, p.occ.Length); !any || next.Add(p.occ.Length).After(oc.end) && p.occ.Length <= oc.slot.Length && !next.Equal(from) {
			b.omit(p.occ, oc.end, b.outside(p.promise, from))
			continue
		}
		if p.round == 0 {
			b.history.standing[p.occ.Schedule] = b.history.standing[p.occ.Schedule].leftOut(oc.start)
			if hop := b.hop(p.promise, p.occ.ID, oc.end, oc.start); hop != nil {
				b.omit(p.occ, oc.end, Reason{
					Code: ReasonNextTime, Occurrence: hop.occ.ID, Until: hop.occ.Nominal, Limit: p.reason.Code, By: p.reason.By, Count: p.reason.Count,
				})
				continue
			}
		}
		b.omit(p.occ, oc.end, Reason{Code: cmp.Or(p.reason.Code, ReasonSlotFull), Until: b.next(p.promise), By: p.reason.By, Count: p.reason.Count})
	}
}
