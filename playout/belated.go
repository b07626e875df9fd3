package playout

import (
	"slices"

	"loalang/scheduler"
)

// CauseBusy is the cause of what began late though everything was there in time: the
// board or its card was too slow.
const CauseBusy = "busy"

// front is an occurrence or emergency that kept another one waiting.
type front struct{ occurrence, title string }

// Behind is what a row waited for, or gave way to, where that is its Cause: the
// occurrence or emergency and its title then. Both are empty where it was something
// else, and in rows of older versions.
func (a AsRun) Behind() (occurrence, title string) {
	for _, r := range a.Rules {
		if r.Code == a.Cause && namesFront(r.Code) {
			return r.Occurrence, r.Title
		}
	}
	return "", ""
}

// namesFront says whether a cause is that something else had the output.
func namesFront(cause string) bool {
	return cause == scheduler.ReasonDelayed || cause == scheduler.ReasonPreempted
}

// blamePlan takes over what the plan knows of why an item begins late.
func (p *Player) blamePlan(it *item) {
	for _, r := range it.occ.Reasons {
		switch r.Code {
		case scheduler.ReasonPower, scheduler.ReasonRestart, scheduler.ReasonAsleep, scheduler.ReasonClock, scheduler.ReasonClockSet,
			scheduler.ReasonLate:
			p.blame(it, r.Code)
		case scheduler.ReasonNotReady, scheduler.ReasonNotApproved, scheduler.ReasonReturned, scheduler.ReasonWaits:
			p.blame(it, r.Code)
		case scheduler.ReasonDelayed:
			if it.occ.Slot != "" || it.occ.Immediate {
				continue // in a slot, waiting for one's turn is no delay
			}
			it.front = front{r.Occurrence, p.titleOf(r.Occurrence)}
			p.blameFront(it, r.Code)
		}
	}
}

// blameFront is blame for what waited for something else.
func (p *Player) blameFront(it *item, cause string) {
	was := it.hurt
	if p.blame(it, cause); it.hurt != was {
		it.waitsFor = it.front
	}
}

// titleOf is the title of an occurrence that is or was lately on its way; empty when
// it is not known here.
func (p *Player) titleOf(occurrence string) string {
	if it := p.items[occurrence]; it != nil {
		return it.occ.Title
	}
	return p.closing[occurrence].Title
}

// newestAlarm is the emergency that was raised last of those that sound.
func (p *Player) newestAlarm() front {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, al := range slices.Backward(p.alarms) {
		if al.e.Ended.IsZero() {
			return front{al.row.Occurrence, al.row.Title}
		}
	}
	return front{}
}

// tellFront writes down what the cause of a row that has ended is about.
func (it *item) tellFront() {
	if it.waitsFor == (front{}) || it.row.Cause != it.hurt || !namesFront(it.hurt) {
		return
	}
	it.row.Rules = append(slices.Clone(it.row.Rules), scheduler.Reason{
		Code: it.hurt, Occurrence: it.waitsFor.occurrence, Title: it.waitsFor.title, By: max(it.row.Lateness, 0),
	})
}
