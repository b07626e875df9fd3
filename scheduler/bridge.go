package scheduler

import "time"

// longestAbsence is how far back promises are looked for that no plan ever named.
// What lies further back is not told one by one.
const longestAbsence = 92 * 24 * time.Hour

// bridge adds to a plan that ended long ago what the book promises between its end
// and where the next plan begins to look back: the board was off for longer than it
// plans ahead, and those promises end in an outcome as well. Once in a Run, when its
// clock is first believed: a clock that is set months ahead later must not give up
// what is yet to come.
func (d *duty) bridge(now time.Time) {
	if d.bridged || d.book == nil || !d.trusted {
		return
	}
	d.bridged = true
	end := now.Add(-lookback)
	if d.plan.Made.IsZero() || !d.plan.To.Before(end) {
		return
	}
	from := later(d.plan.To, now.Add(-longestAbsence))
	book := *d.book
	book.Past = d.past()
	gap, err := BuildPlan(from, end.Sub(from), book)
	d.note("planning the days of an absence", err)
	if err == nil {
		d.plan = d.plan.Extend(gap)
	}
}
