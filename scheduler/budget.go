package scheduler

import (
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// budget counts what sounds against the limits of the place. What is an
// emergency is not counted, nor is what an exception lets sound beyond them.
type budget struct {
	days       map[calendar.Date]time.Duration
	broadcasts map[string]time.Duration          // by who they are, see broadcast
	times      map[calendar.Date]map[string]bool // the broadcasts of a day
	framed     map[*occasion]bool                // whose opening and closing are counted already
	excused    map[string]Reason                 // broadcasts whose first notice needed an exception: their frame goes with it
	log        []counted
	limits     map[calendar.Date]Limit // of the days that were asked for
}

// limited says whether the place limits minutes at all.
func (b *builder) limited() bool { return len(b.book.Village.Rules.Limits) > 0 }

// startBudget counts what has sounded.
func (b *builder) startBudget() {
	if !b.limited() {
		return
	}
	b.spent = budget{
		days: map[calendar.Date]time.Duration{}, broadcasts: map[string]time.Duration{}, times: map[calendar.Date]map[string]bool{},
		framed: map[*occasion]bool{}, excused: map[string]Reason{}, limits: map[calendar.Date]Limit{},
	}
	for _, p := range b.past {
		sounded := p.Sounded
		if sounded == 0 {
			sounded = p.End.Sub(p.Due)
		}
		if sounded <= 0 || p.Exempt || p.Class == ClassEmergency || isRelay(p.Occurrence) && b.book.Village.Rules.FreeRelays {
			continue
		}
		b.count(p.Due, b.broadcastOf(p), sounded)
	}
	for _, oc := range b.occasions {
		b.keepClosing(oc)
	}
}

// keepClosing keeps the minutes of the closing of a slot that has begun to be heard:
// once its last notice is on the air, nothing else counts it.
func (b *builder) keepClosing(oc *occasion) {
	if !oc.aired || !oc.end.Add(closingOverrun).After(b.now) {
		return
	}
	closing, wanted := b.frame(oc, Closing)
	if !wanted || len(closing.Parts) == 0 {
		return
	}
	if _, over := b.short(closing, oc.start, oc); over {
		return // of limits that were made stricter meanwhile
	}
	b.count(oc.start, oc.broadcast(), closing.Length)
	b.spent.framed[oc] = true
}

// broadcast is the name of what an occasion sounds in; that of what has an exact
// time is the ID of its occurrence.
func (oc *occasion) broadcast() string { return oc.named }

// broadcastOf finds the broadcast of what has sounded: that of the slot in which
// it did, the one it was promised in first.
func (b *builder) broadcastOf(p Past) string {
	name := p.Occurrence
	for _, oc := range b.near(p.Due) {
		if strings.Contains(p.Occurrence, ":"+oc.local+":") {
			return oc.broadcast()
		}
		if name == p.Occurrence {
			name = oc.broadcast()
		}
	}
	return name
}

// near are the occasions in which an instant lies, in order of start. No slot is
// longer than MaxSlot, so few are looked at.
func (b *builder) near(at time.Time) (all []*occasion) {
	for i := b.firstAfter(at) - 1; i >= 0 && !b.occasions[i].start.Before(at.Add(-MaxSlot)); i-- {
		if b.occasions[i].end.After(at) {
			all = append([]*occasion{b.occasions[i]}, all...)
		}
	}
	return all
}

// firstAfter is the index of the first occasion that begins after an instant.
func (b *builder) firstAfter(at time.Time) int {
	low, high := 0, len(b.occasions)
	for low < high {
		if middle := (low + high) / 2; b.occasions[middle].start.After(at) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// count adds what sounds at an instant in a broadcast.
func (b *builder) count(at time.Time, broadcast string, length time.Duration) {
	d := calendar.DateOf(at, b.loc)
	b.spent.days[d] += length
	b.spent.broadcasts[broadcast] += length
	if b.spent.times[d] == nil {
		b.spent.times[d] = map[string]bool{}
	}
	b.spent.log = append(b.spent.log, counted{day: d, broadcast: broadcast, length: length, first: !b.spent.times[d][broadcast]})
	b.spent.times[d][broadcast] = true
}

// counted is one entry of the budget, so that it can be taken out again.
type counted struct {
	day       calendar.Date
	broadcast string
	length    time.Duration
	first     bool      // of its broadcast on that day
	framed    *occasion // whose frame it counted; nil: none
	excused   bool      // it counted nothing else, and its broadcast got an exception
}

// uncount takes out what was counted behind an entry.
func (b *builder) uncount(from int) {
	for len(b.spent.log) > from {
		last := len(b.spent.log) - 1
		c := b.spent.log[last]
		b.spent.log = b.spent.log[:last]
		if c.framed != nil {
			delete(b.spent.framed, c.framed)
		}
		if c.excused {
			delete(b.spent.excused, c.broadcast)
			continue
		}
		b.spent.days[c.day] -= c.length
		b.spent.broadcasts[c.broadcast] -= c.length
		if c.first {
			delete(b.spent.times[c.day], c.broadcast)
		}
	}
}

// bill is what an occurrence at a place costs: itself and, of the first notice of
// a slot, the opening and the closing that come with it.
func (b *builder) bill(o Occurrence, oc *occasion) time.Duration {
	if oc == nil || o.Kind != Notice || b.spent.framed[oc] {
		return o.Length
	}
	cost := o.Length
	if opening, wanted := b.frame(oc, Opening); wanted && !oc.framed && !oc.aired {
		cost += opening.Length
	}
	if closing, wanted := b.frame(oc, Closing); wanted {
		cost += closing.Length
	}
	return cost
}

// exempt says whether the limits do not concern an occurrence at all.
func (b *builder) exempt(o Occurrence) bool {
	return !b.limited() || o.Class == ClassEmergency || o.Kind == Relay && b.book.Village.Rules.FreeRelays
}

// short is the limit that an occurrence would break at an instant; false when it
// breaks none. oc is the slot that it sounds in; nil: the one that lies there.
func (b *builder) short(o Occurrence, at time.Time, oc *occasion) (Reason, bool) {
	if b.exempt(o) || (o.Kind == Opening || o.Kind == Closing) && b.spent.framed[oc] {
		return Reason{}, false
	}
	d := calendar.DateOf(at, b.loc)
	limit, known := b.spent.limits[d]
	if !known {
		limit = b.book.Village.Rules.limit(b.layout.weekday(d))
		b.spent.limits[d] = limit
	}
	name, cost := b.broadcastAt(o, at, oc), b.bill(o, oc)
	times := len(b.spent.times[d])
	if !b.spent.times[d][name] {
		times++
	}
	switch {
	case limit.Broadcast > 0 && b.spent.broadcasts[name]+cost > limit.Broadcast:
		return Reason{Code: ReasonSlotBudget, By: limit.Broadcast}, true
	case limit.Day > 0 && b.spent.days[d]+cost > limit.Day:
		return Reason{Code: ReasonDayBudget, By: limit.Day}, true
	case limit.Times > 0 && times > limit.Times:
		return Reason{Code: ReasonDayTimes, Count: limit.Times}, true
	}
	return Reason{}, false
}

// broadcastAt is the broadcast in which an occurrence sounds at an instant.
func (b *builder) broadcastAt(o Occurrence, at time.Time, oc *occasion) string {
	if oc != nil {
		return oc.broadcast()
	}
	all := b.near(at)
	for _, there := range all {
		if there.slot.ID == o.Slot {
			return there.broadcast()
		}
	}
	switch {
	case o.Slot == "" && len(all) > 0:
		return all[0].broadcast()
	case o.Slot == "":
		return o.ID
	}
	// What is late sounds after its slot, and is still of it.
	return o.Slot + ":" + o.Nominal.In(b.loc).Format("2006-01-02T15:04")
}

// afford finds the first place for o at which no limit of the place stands in its
// way, or an exception lifts it. short is the limit that stands in its way
// everywhere.
func (b *builder) afford(o Occurrence, w wish, oc *occasion, find func(wish) (seat, bool)) (s seat, short Reason, ok bool) {
	if s, ok = find(w); !ok {
		return s, short, false
	}
	short, over := b.short(o, s.at, oc)
	if !over {
		return s, short, true
	}
	for _, e := range b.exceptions(o, LiftMinutes) {
		in := w
		in.from, in.to = later(w.from, e.From), earlier(w.to, e.To.Add(-o.Length))
		if in.to.Before(in.from) {
			continue
		}
		if again, there := find(in); there {
			return again, Reason{}, true
		}
	}
	return s, short, false
}

// over is the limit that an occurrence would break at an instant, and that no
// exception lifts there.
func (b *builder) over(o Occurrence, at time.Time, oc *occasion) (Reason, bool) {
	short, over := b.short(o, at, oc)
	if over {
		for _, e := range b.exceptions(o, LiftMinutes) {
			over = over && !e.covers(at, at.Add(o.Length))
		}
	}
	return short, over
}

// spend counts an occurrence that has its place, and returns the exception that
// it needed for its minutes, as a reason. The frame of a slot is counted with the
// first of its notices.
func (b *builder) spend(o Occurrence, oc *occasion) []Reason {
	if b.exempt(o) || o.Kind == Opening || o.Kind == Closing && b.spent.framed[oc] {
		return nil
	}
	name := b.broadcastAt(o, o.Due, oc)
	if _, over := b.short(o, o.Due, oc); over {
		for _, e := range b.exceptions(o, LiftMinutes) {
			if !e.covers(o.Due, o.End()) {
				continue
			}
			if oc != nil && !b.spent.framed[oc] && o.Kind == Notice {
				b.spent.framed[oc], b.spent.excused[name] = true, e.exempts()
				b.spent.log = append(b.spent.log, counted{broadcast: name, framed: oc, excused: true})
			}
			return []Reason{e.exempts()}
		}
	}
	b.count(o.Due, name, b.bill(o, oc))
	if oc != nil && o.Kind != Relay && !b.spent.framed[oc] {
		b.spent.framed[oc] = true
		b.spent.log[len(b.spent.log)-1].framed = oc
	}
	return nil
}

// spendFrame counts the frame of a slot that an emergency opens: the emergency is
// not counted, and what follows it must leave room for the frame.
func (b *builder) spendFrame(o Occurrence, oc *occasion) {
	if !b.limited() || oc == nil || o.Kind != Notice || b.spent.framed[oc] {
		return
	}
	frame := b.bill(o, oc) - o.Length
	allowed, ever := b.frameHours(oc).next(oc.start, time.Nanosecond)
	if frame == 0 || !ever || !allowed.Before(b.overrun(oc)) { // nothing of the slot is counted, so it is no broadcast of the day either
		return
	}
	b.count(o.Due, oc.broadcast(), frame)
	b.spent.framed[oc] = true
	b.spent.log[len(b.spent.log)-1].framed = oc
}

// excuseFrames says on the frames of slots which exception they air by.
func (b *builder) excuseFrames() {
	if len(b.spent.excused) == 0 {
		return
	}
	for _, o := range b.placed {
		if o.Kind != Opening && o.Kind != Closing {
			continue
		}
		if r, ok := b.spent.excused[b.broadcastAt(*o, o.Due, nil)]; ok {
			o.Reasons = addReason(o.Reasons, r)
		}
	}
}
