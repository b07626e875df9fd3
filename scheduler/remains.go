package scheduler

import "time"

// Remains is a record that was removed, as it was when that happened, its tombstone
// (Deleted) and revision included. The one field of its kind is set, the others are nil.
type Remains struct {
	Slot     *Slot
	Schedule *Schedule
	Station  *Station
	Drill    *Drill
	Template *Template
	Word     *Word
}

// Restored is the approval of d once a schedule that was removed, as it lies there, airs
// again: if it was approved as it is, it still is.
func (d Dossier) Restored(gone Schedule) Approval {
	a, before := d.Announcement.Approval, gone
	before.Revision-- // the tombstone was a change
	if a.Pin == nil || !a.Pin.calls(before) {
		return a
	}
	gone.Deleted = time.Time{}
	a.Pin = a.Pin.with(d.WithSchedule(gone), Touched{Schedule: gone.ID})
	return a
}
