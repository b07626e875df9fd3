package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Telling is what the author of an announcement is told before the day: that a turn
// of it does not air as it was promised, why, and where it airs instead.
type Telling struct {
	Occurrence   string // ID of what was promised
	Announcement string
	Title        string
	Author       string    // name of who made the announcement; filled in by the store
	Slot         string    // ID of the slot in which it was promised; empty of an exact time
	From         time.Time // when that begins, or the exact time
	To           time.Time // when the slot begins in which it airs instead; zero: in none
	Reason       string    // code, of what is moved that of the limit, if any; empty: it airs as promised after all
	Told         time.Time // since when the plan says so
	Seen         time.Time // zero: the author has not said so yet
	SeenBy       string
}

// Tellings are the notices that p moves or leaves out and whose authors can still do
// something about it, in order of time: for want of room, because a rule of the place
// forbids sound then, because the output or the slot is taken, and, on the day before, because
// they are not ready or not approved. What its author decided is not told: a
// withdrawal, the end of its validity, often enough. What is moved from slot to slot is told
// once, with the slot in which it airs in the end.
func (p Plan) Tellings() []Telling {
	f := p.fatesOfTurns()
	var all []Telling
	for _, om := range p.Omissions {
		o := om.Occurrence
		_, hop := baseID(o.ID)
		from := o.Nominal
		if om.Reason.Code == ReasonNoSlot {
			from = om.Final.Add(-time.Second) // nothing says at what time of that day
		}
		if base, _ := hops(o.ID); hop && f.omitted[base].Occurrence.ID != "" || !from.After(p.Made) || o.Kind != Notice || !p.tells(om) {
			continue
		}
		all = append(all, Telling{
			Occurrence: o.ID, Announcement: o.Announcement, Title: o.Title, Slot: o.Slot, From: from,
			To: f.ends(om), Reason: cmp.Or(om.Reason.Limit, om.Reason.Code), Told: p.Made,
		})
	}
	return all
}

// nearTold is how long before its instant an author is told of what may yet be put
// right by others: not ready, not approved.
const nearTold = 24 * time.Hour

// tells says whether the author of what is omitted is told.
func (p Plan) tells(om Omission) bool {
	switch om.Reason.Code {
	case ReasonNotReady, ReasonNotApproved, ReasonReturned, ReasonWaits:
		return om.Occurrence.Nominal.Sub(p.Made) <= nearTold
	}
	return ForWantOfRoom(om.Reason.Code) || ByThePlace(om.Reason.Code)
}

// ByThePlace says whether a code is that of a rule of the place, of a slot or of the
// output that leaves something out and is known days before.
func ByThePlace(code string) bool {
	return slices.Contains([]string{
		ReasonOutsideHours, ReasonQuiet, ReasonHoliday, ReasonMourning, ReasonRevoked, ReasonOverlap, ReasonNoSlot, ReasonOutsideSlot,
	}, code)
}

// WantOfRoom lists the codes of a Reason that say that there was no room, in one way or
// another: the slot was full, or a limit of it or of the place was reached.
func WantOfRoom() []string {
	return []string{ReasonNextTime, ReasonSlotFull, ReasonSlotTooLong, ReasonSlotLimit, ReasonSlotBudget, ReasonDayBudget, ReasonDayTimes}
}

// ForWantOfRoom says whether a code is one of WantOfRoom.
func ForWantOfRoom(code string) bool { return slices.Contains(WantOfRoom(), code) }

// scheduleTurn is a schedule at one nominal instant.
type scheduleTurn struct {
	schedule string
	nominal  time.Time
}

// turnFates is what a plan makes of every turn.
type turnFates struct {
	to        time.Time            // beyond it the plan knows nothing
	airs      map[string]time.Time // when the slots begin in which they air, by ID
	airsAt    map[scheduleTurn]bool
	omitted   map[string]Omission
	omittedAt map[scheduleTurn]Omission
}

func (p Plan) fatesOfTurns() turnFates {
	f := turnFates{p.To, map[string]time.Time{}, map[scheduleTurn]bool{}, map[string]Omission{}, map[scheduleTurn]Omission{}}
	for _, o := range p.Occurrences {
		f.airs[o.ID], f.airsAt[scheduleTurn{o.Schedule, o.Nominal}] = o.Nominal, true
	}
	for _, om := range p.Omissions {
		f.omitted[om.Occurrence.ID] = om
		turn := scheduleTurn{om.Occurrence.Schedule, om.Occurrence.Nominal}
		if first, known := f.omittedAt[turn]; !known || isHop(first.Occurrence.ID) {
			f.omittedAt[turn] = om
		}
	}
	return f
}

// ends follows what was moved, or has a next turn of its own, to where it airs; zero
// when it does not. A next turn is only worth telling when that one airs.
func (f turnFates) ends(om Omission) time.Time {
	for range len(f.omitted) + 1 {
		var next Omission
		var known bool
		if om.Reason.Code == ReasonNextTime {
			if at, airs := f.airs[om.Reason.Occurrence]; airs {
				return at
			}
			if next, known = f.omitted[om.Reason.Occurrence]; !known && !om.Reason.Until.Before(f.to) {
				return om.Reason.Until
			}
		} else {
			turn := scheduleTurn{om.Occurrence.Schedule, om.Reason.Until}
			next, known = f.omittedAt[turn]
			if f.airsAt[turn] || !known && ForWantOfRoom(om.Reason.Code) && om.Reason.Code != ReasonSlotTooLong && !om.Reason.Until.Before(f.to) {
				return om.Reason.Until
			}
		}
		if !known || !ForWantOfRoom(next.Reason.Code) {
			return time.Time{}
		}
		om = next
	}
	return time.Time{}
}
