package scheduler

import (
	"slices"
	"time"
)

// belated is o as it is handed over: what airs late says what made it so. The plan
// knows only by how much; that the board was off, asleep or did not know the time, or
// that nobody had approved it yet, is what this Run saw as its instant came. The cause
// stands before ReasonLate, by as much; there is none where nobody knows.
func (d *duty) belated(o Occurrence, now time.Time) Occurrence {
	i := slices.IndexFunc(o.Reasons, func(r Reason) bool { return r.Code == ReasonLate })
	late := now.Sub(o.Due)
	switch {
	case i >= 0:
		late = o.Reasons[i].By
	case o.Immediate || late <= leastGrace:
		return o
	default:
		i = len(o.Reasons)
	}
	if code := d.madeLate(o); code != "" {
		o.Reasons = slices.Insert(slices.Clone(o.Reasons), i, Reason{Code: code, By: late})
	}
	return o
}

// madeLate is the code of what kept o from being handed over in time; empty when
// nobody knows.
func (d *duty) madeLate(o Occurrence) string {
	if b, known := d.blamed[o.ID]; known && b.reason.Code != ReasonTooLate {
		return b.reason.Code
	}
	if r, known := d.lacked[o.ID]; known && !r.late() {
		return r.Code
	}
	switch {
	case d.leapt(o.Nominal) != "":
		return d.leapt(o.Nominal)
	case o.Nominal.Before(d.started) && o.Slot == "":
		return d.off(o.Nominal)
	}
	return ""
}
