package scheduler

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// relayOrdinal begins the ordinal of a relay's ID; behind it stand the seconds from
	// the beginning of its slot: one that is added, moved or taken out today must not be
	// taken for another that has aired.
	relayOrdinal = "relay"
	// fixedOrdinal is the same for a recording at a fixed position.
	fixedOrdinal = "fixed"
	// leastRelay is how much of a relay must be left to join it.
	leastRelay = 10 * time.Second
)

// isRelay says whether an occurrence's ID is that of a relay.
func isRelay(id string) bool {
	return strings.HasPrefix(id[strings.LastIndexByte(id, ':')+1:], relayOrdinal)
}

// relay gives each relay of each slot its fixed place.
func (b *builder) relay() {
	stations := map[string]Station{}
	for _, s := range b.book.Stations {
		if s.Deleted.IsZero() {
			stations[s.ID] = s
		}
	}
	for _, oc := range b.occasions {
		if oc.start.Before(b.now.Add(-lookback)) || !oc.start.Before(b.to) {
			continue
		}
		for _, r := range oc.slot.Relays {
			if r.Recording != "" {
				b.fix(oc, r)
				continue
			}
			b.place(oc, r, stations)
		}
	}
}

// place puts one relay into the plan, or says why not. One whose time has begun is
// joined; it never ends later than was promised.
func (b *builder) place(oc *occasion, r SlotRelay, stations map[string]Station) {
	start := r.start(oc)
	end := start.Add(r.Length)
	o := Occurrence{
		ID:   occurrenceID(oc.slot.ID, b.book.Village.Key, oc.local, relayOrdinal+strconv.Itoa(int(r.Offset/time.Second))),
		Kind: Relay, Village: b.book.Village.Key, Slot: oc.slot.ID, Title: stations[r.Station].Name, Class: ClassNormal,
		Nominal: start.UTC(), Due: start.UTC(), Length: r.Length, Interrupted: Resume,
		Misfire: Misfire{Policy: PlayLate, Grace: max(r.Length-leastRelay, 0)},
		Relay:   &RelayTurn{Station: r.Station, URL: stations[r.Station].URL, Input: stations[r.Station].Input, Fallback: b.fallback(r), Patience: r.patience()},
	}
	if b.fixedPast(oc, o.ID) || !end.After(later(oc.slot.Created, oc.slot.Updated)) {
		b.fixedOver(oc, o.ID, end)
		return
	}
	if start.Before(oc.start) || end.After(oc.end) {
		b.omit(o, oc.end, Reason{Code: ReasonOutsideSlot})
		return
	}
	at := later(start, b.soon)
	if at.After(start) {
		o.Length = end.Sub(at)
		o.Misfire.Grace = max(o.Length-leastRelay, 0)
		o.Reasons = []Reason{{Code: ReasonLate, By: at.Sub(start)}}
	}
	if o.Length < min(leastRelay, r.Length) {
		o.Length, oc.fixedWas = r.Length, later(oc.fixedWas, end)
		b.omit(o, start, Reason{Code: ReasonTooLate, By: at.Sub(start)})
		return
	}
	if _, there := stations[r.Station]; !there {
		b.omit(o, end, Reason{Code: ReasonNoStation})
		return
	}
	if r, forbidden := b.noRelay(o, oc, at); forbidden {
		b.omit(o, end, r)
		return
	}
	if met := b.relays.conflict(at, o.Length); met != nil && met.from.Before(end) && at.Before(met.to) {
		b.omit(o, end, Reason{Code: ReasonOverlap, Occurrence: met.id})
		return
	}
	o.Due, o.Expires = at.UTC(), end.UTC()
	o.Until, o.UntilReason = o.SilentBy(time.Time{})
	o = b.rule(o, oc)
	b.keepPlaced(o)
	b.relays.take(busy{span: span{o.Due, o.End()}, id: o.ID})
	oc.fixedEnd = later(oc.fixedEnd, o.End())
}

// start is when a fixed position begins in an occasion.
func (r SlotRelay) start(oc *occasion) time.Time {
	if r.Keeps {
		return oc.start.Add(r.Offset - time.Duration(oc.shift)*time.Minute)
	}
	return oc.start.Add(r.Offset)
}

// fixedPast says whether a fixed position had its turn on that day.
func (b *builder) fixedPast(oc *occasion, id string) bool {
	_, past := b.past[id]
	return past || b.history.done[turn{oc.slot.ID, oc.day, id[strings.LastIndexByte(id, ':')+1:]}]
}

// fixedOver notes that a fixed position had its turn or missed it: the closing belongs
// behind it all the same, and is missed for the same reason where it waited for it.
func (b *builder) fixedOver(oc *occasion, id string, end time.Time) {
	oc.fixedWas = later(oc.fixedWas, end)
	if p, past := b.past[id]; past && !p.sounded() && absent(p.Cause) {
		oc.fixedLost = p.Cause
	}
}

// absent says whether a cause tells that nobody was there when something was due.
func absent(cause string) bool {
	switch cause {
	case ReasonPower, ReasonRestart, ReasonAsleep, ReasonClockSet, ReasonClock:
		return true
	}
	return false
}

// fix promises a recording at its fixed position: like what has an exact instant,
// but that it belongs to its slot.
func (b *builder) fix(oc *occasion, r SlotRelay) {
	start := r.start(oc)
	o := Occurrence{
		ID:   occurrenceID(oc.slot.ID, b.book.Village.Key, oc.local, fixedOrdinal+strconv.Itoa(int(r.Offset/time.Second))),
		Kind: Fixed, Village: b.book.Village.Key, Slot: oc.slot.ID, Title: oc.slot.Name, Class: ClassNormal,
		Nominal: start.UTC(), Due: start.UTC(), Misfire: Misfire{Policy: PlayLate, Grace: frameGrace}, Interrupted: Drop,
	}
	length := b.book.Frame.Sounds[r.Recording]
	if b.fixedPast(oc, o.ID) || !start.After(later(oc.slot.Created, oc.slot.Updated)) {
		b.fixedOver(oc, o.ID, start.Add(length))
		return
	}
	if length <= 0 {
		b.omit(o, start, Reason{Code: ReasonNotReady})
		return
	}
	o.Length, o.Parts = length, []Part{{Kind: PartFixed, Recording: r.Recording, Length: length}}
	if start.Before(oc.start) || o.End().After(oc.end) {
		b.omit(o, start, Reason{Code: ReasonOutsideSlot})
		return
	}
	p := &promise{occ: o, holder: oc, created: oc.slot.Created, hours: b.frameHours(oc), from: start, to: start.Add(frameGrace)}
	if b.missed(p, false) || b.forbidden(p) {
		oc.fixedWas = later(oc.fixedWas, o.End())
		return
	}
	b.admit(p)
}

// fallback is the recording that stands in for a station.
func (b *builder) fallback(r SlotRelay) Sound {
	length := b.book.Frame.Sounds[r.Fallback]
	if r.Fallback == "" || length <= 0 {
		return Sound{}
	}
	return Sound{Recording: r.Fallback, Length: length}
}

// patience is how long the station may be silent.
func (r SlotRelay) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return DefaultPatience
}

// clear finds the first place for w beside what sounds and beside all relays.
func (b *builder) clear(w wish) (seat, bool) {
	first := w.from
	for {
		s, ok := b.track.earliest(w)
		if !ok {
			return s, false
		}
		met := b.relays.conflict(s.at, w.length)
		if met == nil {
			if !s.pushed && w.from.After(first) { // a relay alone pushed it
				s.behind, s.pushed = b.relays.before(s.at)
				s.by = s.at.Sub(first)
			}
			return s, true
		}
		w.from = met.to.Add(b.relays.gap)
	}
}

// lastClear finds the last place for w beside what sounds and beside all relays.
func (b *builder) lastClear(w wish) (time.Time, bool) {
	for {
		at, ok := b.track.latest(w)
		if !ok {
			return at, false
		}
		met := b.relays.conflict(at, w.length)
		if met == nil {
			return at, true
		}
		w.to = met.from.Add(-b.relays.gap - w.length)
	}
}

// before is the last stretch that ends by at; false when there is none.
func (t *track) before(at time.Time) (busy, bool) {
	i, _ := slices.BinarySearchFunc(t.busy, at, func(x busy, at time.Time) int {
		if x.to.After(at) {
			return 1
		}
		return -1
	})
	if i == 0 {
		return busy{}, false
	}
	return t.busy[i-1], true
}

// withoutRelays are slots with notices only: while the clock is unknown nobody knows
// when a station's time has come.
func withoutRelays(slots []Slot) []Slot {
	out := slices.Clone(slots)
	for i := range out {
		out[i].Relays = nil
	}
	return out
}
