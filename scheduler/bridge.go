package scheduler

import "time"

// longestAbsence is how far back promises are looked for that no plan ever named.
// What lies further back is not told one by one.
const longestAbsence = 92 * 24 * time.Hour

// bridge adds to a plan that ended long ago what the book promises between its end
// and where the next plan begins to look back: the board was off, or asleep, for
// longer than it plans ahead, and those promises end in an outcome as well.
func (d *duty) bridge(now time.Time) {
	end := now.Add(-lookback)
	if d.book == nil || !d.trusted || d.plan.Made.IsZero() || !d.plan.To.Before(end) {
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
