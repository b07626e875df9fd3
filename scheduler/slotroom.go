package scheduler

import (
	"fmt"
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// holds is the longest stretch of a slot that one notice could have if it were alone in
// it: between its fixed positions, before its closing, and without its opening, which
// steps back for a notice that fits only so.
func (b *builder) holds(oc *occasion) time.Duration {
	end := oc.end
	if length := b.book.Frame.Sounds[oc.slot.Closing]; oc.slot.Closing != "" && length > 0 {
		end = end.Add(-length - b.track.gap)
	}
	var fixed []span
	for _, r := range oc.slot.Relays {
		length := r.Length
		if r.Recording != "" {
			length = b.book.Frame.Sounds[r.Recording]
		}
		start := r.start(oc)
		if length > 0 && !start.Before(oc.start) && !start.Add(length).After(oc.end) {
			fixed = append(fixed, span{start.Add(-b.track.gap), start.Add(length + b.track.gap)})
		}
	}
	slices.SortFunc(fixed, func(x, y span) int { return x.from.Compare(y.from) })
	longest := time.Duration(0)
	for _, free := range subtract([]span{{oc.start, end}}, merge(fixed)) {
		longest = max(longest, free.to.Sub(free.from))
	}
	return longest
}

// Codes of SlotAdvice: what leaves no room for notices in a slot.
const (
	AdviceRelayLimit = "relay-limit" // its relays use up the minutes that the place allows a broadcast
	AdviceRelays     = "relays"      // its fixed positions fill it
	AdviceFrame      = "frame"       // its opening and closing fill it
	AdviceLimit      = "limit"       // its own limit for notices is too small for any
	AdviceMinutes    = "minutes"     // the minutes that the place allows are too few for any
	AdviceHours      = "hours"       // the hours of the place forbid sound in it
	AdviceShort      = "short"       // it is too short for any notice
)

// AdviceCodes lists the codes of SlotAdvice.
func AdviceCodes() []string {
	return []string{AdviceRelayLimit, AdviceRelays, AdviceFrame, AdviceLimit, AdviceMinutes, AdviceHours, AdviceShort}
}

// LeastNotice is how long a notice is at least, its chime and tail included: a slot
// without room for that much is one in which no notice airs.
const LeastNotice = 10 * time.Second

// SlotRoom is what a slot holds on ordinary days when no other slot airs.
type SlotRoom struct {
	// Longest is the longest notice, chime and tail included, that airs in it on the day
	// on which that is most, in whole seconds; 0: none airs in it.
	Longest time.Duration
	// Cause is what leaves less than LeastNotice, a code of SlotAdvice; empty: there is room.
	Cause string
}

// RoomOfSlot says what one slot holds for notices by the rules of a village, holidays,
// mourning and single days left out: those are told of on their day. frame has the
// lengths of what the slot plays, stations are those it may relay. It is pure, asks
// BuildPlan, so that it is right whatever the rules are, and costs some twenty plans of
// one slot. The error is that of BuildPlan.
func RoomOfSlot(now time.Time, v Village, slot Slot, stations []Station, frame Frame) (SlotRoom, error) {
	v.Rules.Holidays, v.Rules.Mourning, v.Exceptions, v.Approvals = nil, nil, nil, ApprovalRules{}
	v.Languages, v.Missing = []string{probe}, ""
	slot.DaysOff, slot.Owned = nil, Owned{ID: slot.ID, Village: v.Key}
	frame.Chime, frame.Tail, frame.Lead = Sound{}, Sound{}, 0
	loc, err := v.Location()
	if err != nil {
		return SlotRoom{}, fmt.Errorf("room of slot %s: load time zone: %w", slot.ID, err)
	}
	tomorrow := calendar.At(calendar.DateOf(now, loc).AddDays(1), 0, loc) // today may have begun
	p := prober{now: tomorrow, book: Book{Village: v, Slots: []Slot{slot}, Stations: stations, Frame: frame}}
	longest, err := p.longest(slot.Length)
	if err != nil || longest >= LeastNotice {
		return SlotRoom{Longest: longest}, err
	}
	cause, err := p.cause()
	return SlotRoom{Longest: longest, Cause: cause}, err
}

// probe names the notice that is tried.
const probe = "probe"

// prober tries a notice in a slot.
type prober struct {
	now  time.Time
	book Book
}

// airs says whether a notice of a length airs in the slot within a week.
func (p prober) airs(length time.Duration) (bool, error) {
	b := p.book
	b.Announcements = []Announcement{{Owned: Owned{ID: probe}, Class: ClassNormal}}
	b.Renditions = []Rendition{{Owned: Owned{ID: probe}, Announcement: probe, Language: probe, State: Ready, Recording: probe, Length: length}}
	b.Schedules = []Schedule{{Owned: Owned{ID: probe}, Announcement: probe, Kind: Slots, Slots: []string{b.Slots[0].ID}}}
	plan, err := BuildPlan(p.now, probeDays*24*time.Hour, b)
	if err != nil {
		return false, fmt.Errorf("try a notice in a slot: %w", err)
	}
	return slices.ContainsFunc(plan.Occurrences, func(o Occurrence) bool { return o.Kind == Notice }), nil
}

// probeDays is how far ahead a notice is tried: every weekday, and the last one whole.
const probeDays = 8

// longest searches the longest notice that airs, in whole seconds.
func (p prober) longest(most time.Duration) (time.Duration, error) {
	least := time.Duration(0)
	for most += time.Second; most-least > time.Second; {
		middle := (least + (most-least)/2).Truncate(time.Second)
		if middle == least {
			break
		}
		ok, err := p.airs(middle)
		if err != nil {
			return 0, err
		}
		if ok {
			least = middle
		} else {
			most = middle
		}
	}
	return least, nil
}

// cause is what has to go, the least first, so that a short notice airs.
func (p prober) cause() (string, error) {
	whole := p.book
	for _, c := range []struct {
		code   string
		change func(*Book)
	}{
		{AdviceRelayLimit, func(b *Book) { b.Village.Rules.FreeRelays = true }},
		{AdviceRelays, func(b *Book) { b.Slots[0].Relays = nil }},
		{AdviceLimit, func(b *Book) { b.Slots[0].Limit = 0 }},
		{AdviceFrame, func(b *Book) { b.Slots[0].Opening, b.Slots[0].Closing = "", "" }},
		{AdviceMinutes, func(b *Book) { b.Village.Rules.Limits = nil }},
		{AdviceHours, func(b *Book) { b.Village.Allowed, b.Village.Rules.Quiet = nil, nil }},
	} {
		p.book = whole
		p.book.Slots = slices.Clone(whole.Slots)
		c.change(&p.book)
		ok, err := p.airs(LeastNotice)
		if ok || err != nil {
			return c.code, err
		}
	}
	return AdviceShort, nil
}

// Tight is a slot of a schedule that cannot hold its notice, even when nothing else airs
// in it.
type Tight struct {
	Slot    string        // ID
	Length  time.Duration // of the notice, with chime, tail and pauses
	Longest time.Duration // that the slot holds
	Fits    []string      // IDs of other slots that hold it
}

// TooLong lists the slots in which an announcement is to air and never can, because it is
// longer than they hold on any day. Nothing is known of one whose renditions are not
// ready. It is pure; the error is that of BuildPlan.
func TooLong(now time.Time, book Book, d Dossier) ([]Tight, error) {
	length := render(book.Village, book.Frame, d.Renditions).length
	if length <= 0 || d.Announcement.Class == ClassEmergency {
		return nil, nil
	}
	holds := map[string]time.Duration{}
	for _, slot := range book.Slots {
		if !slot.Deleted.IsZero() {
			continue
		}
		room, err := RoomOfSlot(now, book.Village, slot, book.Stations, book.Frame)
		if err != nil {
			return nil, err
		}
		holds[slot.ID] = room.Longest
	}
	var tight []Tight
	for _, s := range d.Schedules {
		for _, id := range s.Slots {
			longest, known := holds[id]
			if !known || length < longest+time.Second || slices.ContainsFunc(tight, func(t Tight) bool { return t.Slot == id }) {
				continue
			}
			tight = append(tight, Tight{Slot: id, Length: length, Longest: longest})
		}
	}
	for i := range tight {
		for _, slot := range book.Slots {
			if length <= holds[slot.ID] && slot.Deleted.IsZero() {
				tight[i].Fits = append(tight[i].Fits, slot.ID)
			}
		}
	}
	return tight, nil
}
