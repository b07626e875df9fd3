package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

// history is what the as-run says of turns in slots.
type history struct {
	of       map[string][]Past // by schedule, oldest first
	hopped   map[string]Past   // by the ID of what was promised: the row of what it was moved to
	done     map[turn]bool     // frames and fixed positions that had their turn
	standing map[string]standing
	days     map[scheduleDay]int // how often it was heard, or is planned to be
}

// turn is a slot's opening, closing or fixed position on one day, to whatever time
// the slot is moved.
type turn struct {
	slot    string
	date    string
	ordinal string
}

type scheduleDay struct {
	schedule string
	date     string
}

// standing is how a schedule fared in its slots.
type standing struct {
	last   time.Time // when it was last heard; zero: not that is known of
	in     time.Time // the slot of that, nominal
	left   int       // turns since then of which nothing was heard
	leftAt time.Time // nominal, of the last of them
}

// readHistory puts the rows of the book in order.
func (b *builder) readHistory() history {
	h := history{of: map[string][]Past{}, hopped: map[string]Past{}, done: map[turn]bool{}, standing: map[string]standing{}, days: map[scheduleDay]int{}}
	for _, t := range b.book.Fared {
		h.standing[t.Schedule] = standing{last: t.Last, left: t.LeftOut}
	}
	rows := sorted(b.book.Past, func(x, y Past) int {
		return firstOf(x.Nominal.Compare(y.Nominal), strings.Compare(x.Occurrence, y.Occurrence))
	})
	for _, p := range rows {
		if p.Slot == "" {
			continue
		}
		if p.Schedule == "" {
			if owner, local, ordinal := b.parse(p.Occurrence); owner == p.Slot && p.sounded() {
				h.done[turn{p.Slot, dateIn(local), ordinal}] = true
			}
			continue
		}
		h.of[p.Schedule] = append(h.of[p.Schedule], p)
		if base, hop := baseID(p.Occurrence); hop {
			for ; hop; base, hop = baseID(base) {
				h.hopped[base] = p
			}
		}
		if date := b.dayOf(p.Nominal); p.sounded() {
			h.days[scheduleDay{p.Schedule, date}]++
			if oc := b.occasionOf(p.Slot, date); oc != nil {
				b.heard(oc, p)
			}
		}
		switch s := h.standing[p.Schedule]; {
		case p.sounded():
			h.standing[p.Schedule] = s.heard(p.Nominal, p.Due)
		case wasLeftOut(p.Cause):
			h.standing[p.Schedule] = s.leftOut(p.Nominal)
		}
	}
	return h
}

// heard is the standing once it was heard at an instant, in the slot of a nominal one.
// Repeats in one slot count as one: when they air is decided after lower classes have
// their turn, and the plan must be the same once they have.
func (s standing) heard(nominal, at time.Time) standing {
	if nominal.Equal(s.in) && s.left == 0 {
		return s
	}
	return standing{last: later(s.last, at), in: nominal}
}

// leftOut is the standing once there was no room in the slot of a nominal instant.
func (s standing) leftOut(nominal time.Time) standing {
	if !nominal.Equal(s.leftAt) && !nominal.Equal(s.in) {
		s.left, s.leftAt = s.left+1, nominal
	}
	return s
}

// wasLeftOut says whether a cause is that there was no room, or that the board could
// not: who was left out for it has waited. What the plan says of old promises before
// they have a row is not counted, so that it stays the same once they have.
func wasLeftOut(cause string) bool {
	return slices.Contains(LeavesOut(), cause)
}

// LeavesOut lists the causes after which a schedule counts as left out of its slot:
// there was no room, or the board could not.
func LeavesOut() []string {
	return append(WantOfRoom(), ReasonPower, ReasonRestart, ReasonClock, ReasonDevice)
}

// dayOf is the civil day of an instant.
func (b *builder) dayOf(t time.Time) string { return calendar.DateOf(t, b.loc).String() }

// parse takes an ID of occurrenceID apart.
func (b *builder) parse(id string) (owner, local, ordinal string) {
	owner, rest, ok := strings.Cut(id, ":"+b.book.Village.Key+":")
	if !ok {
		return "", "", ""
	}
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return "", "", ""
	}
	return owner, rest[:i], rest[i+1:]
}

// dateIn is the civil day at the head of a nominal civil time.
func dateIn(local string) string {
	date, _, _ := strings.Cut(local, "T")
	return date
}

// A promise that did not fit its slot goes on under an ID of its own, for the turn
// that it lost has its row: "…:1" is moved as "…:1.2", and that as "…:1.3". To which
// slot is not in it, so that it airs once wherever that is.

// hopID is the ID under which what did not fit is moved.
func hopID(id string) string {
	base, n := hops(id)
	return base + "." + strconv.Itoa(max(n, 1)+1)
}

// baseID is the ID from which an ID was moved; false when it was not.
func baseID(id string) (string, bool) {
	switch base, n := hops(id); {
	case n < 2:
		return id, false
	case n == 2:
		return base, true
	default:
		return base + "." + strconv.Itoa(n-1), true
	}
}

// hops takes the number of its turn from an ID; 0 when it was not moved.
func hops(id string) (base string, n int) {
	i := strings.LastIndexByte(id, '.')
	if i < strings.LastIndexByte(id, ':') {
		return id, 0
	}
	n, err := strconv.Atoi(id[i+1:])
	if err != nil || n < 2 {
		return id, 0
	}
	return id[:i], n
}

// isHop says whether an ID is that of something that was moved from another slot.
func isHop(id string) bool {
	_, hop := baseID(id)
	return hop
}

// slotDay is a slot on one civil day.
type slotDay struct{ slot, date string }

// strays counts what was heard of a schedule in its slots under IDs that it does not
// promise now: the slot was moved since. What was moved from a slot counts there.
func (b *builder) strays(s *Schedule, all []instant) map[slotDay]int {
	rows := b.history.of[s.ID]
	if len(rows) == 0 {
		return nil
	}
	wanted := make(map[string]bool, len(all))
	for _, in := range all {
		if in.occasion != nil {
			wanted[b.idOf(s, in)] = true
		}
	}
	var strays map[slotDay]int
	for _, p := range rows {
		if !p.sounded() {
			continue
		}
		id, slot := p.Occurrence, p.Slot
		for base, hop := baseID(id); hop; base, hop = baseID(base) {
			id, slot = base, b.past[base].Slot
		}
		_, local, _ := b.parse(id)
		if wanted[id] || slot == "" || local == "" {
			continue
		}
		if strays == nil {
			strays = map[slotDay]int{}
		}
		strays[slotDay{slot, dateIn(local)}]++
	}
	return strays
}

// strayed says whether a promise was kept under another ID, and takes that one away.
func (b *builder) strayed(s *Schedule, in instant, strays map[slotDay]int) bool {
	if in.occasion == nil {
		return false
	}
	k := slotDay{in.occasion.slot.ID, in.occasion.day}
	if strays[k] == 0 {
		return false
	}
	if _, past := b.past[b.idOf(s, in)]; past {
		return false
	}
	strays[k]--
	return true
}

func (b *builder) idOf(s *Schedule, in instant) string {
	return occurrenceID(s.ID, b.book.Village.Key, in.local, strconv.Itoa(in.ordinal))
}

// heard takes in that a notice sounded, or does, in the occasion.
func (b *builder) heard(oc *occasion, p Past) {
	oc.aired = true
	oc.used += p.End.Sub(p.Due)
	if p.End.After(oc.lastEnd) {
		oc.lastEnd, oc.lastOf = p.End, b.of[p.Schedule]
	}
}

// movedSince says whether the slot of a row begins at another time on that day now:
// then its notices are promised anew there.
func (b *builder) movedSince(p Past) bool {
	id := p.Occurrence
	if _, hop := baseID(id); hop {
		return false
	}
	_, local, _ := b.parse(id)
	oc := b.occasionOf(p.Slot, dateIn(local))
	return oc != nil && oc.local != local && oc.end.After(b.now)
}

// endOf is when the slot of a row is over; zero when it is not known.
func (b *builder) endOf(p Past) time.Time {
	if oc := b.occasionOf(p.Slot, b.dayOf(p.Nominal)); oc != nil && oc.start.Equal(p.Nominal) {
		return oc.end
	}
	return time.Time{}
}

// occasionOf is a slot on one day; nil when it is not held then.
func (b *builder) occasionOf(slot, date string) *occasion { return b.dated[slotDay{slot, date}] }
