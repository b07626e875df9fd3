package scheduler

import (
	"cmp"
	"slices"
	"time"
)

// Telling is what the author of an announcement is told before the day: that a turn
// of it in a slot does not air as it was promised, and where it airs instead.
type Telling struct {
	Occurrence   string // ID of what was promised
	Announcement string
	Title        string
	Author       string    // name of who made the announcement; filled in by the store
	Slot         string    // ID of the slot that has no room
	From         time.Time // when that begins
	To           time.Time // when the slot begins in which it airs instead; zero: in none
	Reason       string    // code, of what is moved that of the limit, if any; empty: it airs as promised after all
	Told         time.Time // since when the plan says so
	Seen         time.Time // zero: the author has not said so yet
	SeenBy       string
}

// Tellings are the notices that p moves or leaves out for want of room, of slots that
// are still to come and of exact times that the minutes of the place do not hold, in
// order of time. What is moved from slot to slot is told once, with the
// slot in which it airs in the end.
func (p Plan) Tellings() []Telling {
	omitted := make(map[string]Omission, len(p.Omissions))
	airs := make(map[string]time.Time, len(p.Occurrences))
	for _, om := range p.Omissions {
		omitted[om.Occurrence.ID] = om
	}
	for _, o := range p.Occurrences {
		airs[o.ID] = o.Nominal
	}
	var all []Telling
	for _, om := range p.Omissions {
		o := om.Occurrence
		_, hop := baseID(o.ID)
		if base, _ := hops(o.ID); hop && omitted[base].Occurrence.ID != "" || !o.Nominal.After(p.Made) || o.Kind != Notice || !ForWantOfRoom(om.Reason.Code) {
			continue
		}
		all = append(all, Telling{
			Occurrence: o.ID, Announcement: o.Announcement, Title: o.Title, Slot: o.Slot, From: o.Nominal,
			To: ends(om, omitted, airs), Reason: cmp.Or(om.Reason.Limit, om.Reason.Code), Told: p.Made,
		})
	}
	return all
}

// WantOfRoom lists the codes of a Reason that say that there was no room, in one way or
// another: the slot was full, or a limit of it or of the place was reached.
func WantOfRoom() []string {
	return []string{ReasonNextTime, ReasonSlotFull, ReasonSlotLimit, ReasonSlotBudget, ReasonDayBudget, ReasonDayTimes}
}

// ForWantOfRoom says whether a code is one of WantOfRoom.
func ForWantOfRoom(code string) bool { return slices.Contains(WantOfRoom(), code) }

// ends follows what was moved to where it airs; zero when it does not.
func ends(om Omission, omitted map[string]Omission, airs map[string]time.Time) time.Time {
	for om.Reason.Code == ReasonNextTime {
		if at, ok := airs[om.Reason.Occurrence]; ok {
			return at
		}
		next, ok := omitted[om.Reason.Occurrence]
		if !ok || !ForWantOfRoom(next.Reason.Code) {
			return time.Time{}
		}
		om = next
	}
	return om.Reason.Until
}
