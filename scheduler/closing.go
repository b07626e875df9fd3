package scheduler

import (
	"slices"
	"time"
)

// noRoom is why the opening or closing of a slot found no place in it.
func (b *builder) noRoom(oc *occasion, o Occurrence) Reason {
	h := b.frameHours(oc)
	if next, any := h.next(oc.start, o.Length); !any || next.Add(o.Length).After(oc.end) {
		return b.unallowed(h, oc.start, o.Length)
	}
	return Reason{Code: ReasonSlotFull}
}

// close puts the closing behind the last notice and the last fixed position of a slot,
// behind whatever else sounds there, and beyond the end of the slot when that holds its
// end: a village that heard a slot begin hears it end.
func (b *builder) close(oc *occasion) {
	if oc.placed == 0 && (!oc.aired || !oc.end.Add(closingOverrun).After(b.now)) {
		return
	}
	closing, wanted := b.frame(oc, Closing)
	if !wanted {
		return
	}
	closing.Due = later(later(oc.lastEnd, oc.fixedEnd), oc.fixedWas).Add(b.track.gap).UTC() // where it belongs, should it find no place
	if closing.Length == 0 {
		b.omit(closing, oc.end, frameless(closing))
		return
	}
	free := b.lastSound(oc)
	from := later(free.Add(b.track.gap), b.soon)
	if oc.placed == 0 && from.After(later(free, oc.fixedWas).Add(closingPatience)) {
		r := Reason{Code: ReasonTooLate, By: from.Sub(free)}
		if oc.fixedLost != "" && oc.fixedWas.After(free) {
			r = Reason{Code: oc.fixedLost}
		}
		b.omit(closing, oc.end, r)
		return
	}
	for _, last := range []time.Time{oc.end, b.overrun(oc)} {
		if s, ok := b.clear(wish{from, last.Add(-closing.Length), closing.Length, b.frameHours(oc)}); ok {
			if r, off := b.withoutMusic(MusicJingle, closing, s.at, s.at.Add(closing.Length)); off { // beyond the slot
				b.omit(closing, oc.end, r)
				return
			}
			if short, over := b.over(closing, s.at, oc); over {
				b.omit(closing, oc.end, short)
				return
			}
			b.put(closing, s.at, b.frameHours(oc), oc)
			return
		}
	}
	b.omit(closing, oc.end, b.noRoom(oc, closing))
}

// lastSound is when the last of a slot's notices and fixed positions ended, or what
// sounded after it and kept its closing waiting.
func (b *builder) lastSound(oc *occasion) time.Time {
	last := later(oc.lastEnd, oc.fixedEnd)
	if oc.start.After(b.soon) {
		return last
	}
	for _, p := range b.book.Past {
		own := p.Slot == oc.slot.ID && !p.Due.Before(oc.start)
		if p.sounded() && p.Due.Before(oc.end) && p.End.After(oc.lastEnd) && (own || !isRelay(p.Occurrence)) {
			last = later(last, p.End)
		}
	}
	return last
}

// overrun is until when a closing may sound when the end of its slot is taken: not
// into the next slot.
func (b *builder) overrun(oc *occasion) time.Time {
	until := oc.end.Add(closingOverrun)
	i, _ := slices.BinarySearchFunc(b.occasions, oc.end, func(other *occasion, at time.Time) int { return other.start.Compare(at) })
	for ; i < len(b.occasions); i++ {
		if other := b.occasions[i]; other != oc {
			return earlier(until, other.start)
		}
	}
	return until
}
