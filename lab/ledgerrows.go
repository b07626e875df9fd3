package lab

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// told takes in rows as the board tells them. The error says what it told otherwise
// before.
func (l *Ledger) told(rows []Object) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var faults []error
	for _, r := range rows {
		id := r.Text("occurrence")
		if was, known := l.rows[id]; known {
			faults = append(faults, sameRow(was, r))
		}
		if r.Text("outcome") != "" {
			l.rows[id] = r
		}
	}
	return errors.Join(faults...)
}

// sameRow says what of a row that had its outcome was told otherwise before.
func sameRow(was, is Object) error {
	// The database keeps microseconds; what is not there yet is told to the nanosecond.
	if a, b := was.Time("started"), is.Time("started"); a.Sub(b).Abs() > time.Millisecond {
		return fmt.Errorf("row %s: it was told to have started at %s and did at %s", is.Text("occurrence"), a, b)
	}
	for _, field := range []string{"outcome", "cause"} {
		if was.Text(field) != is.Text(field) {
			return fmt.Errorf("row %s: %s was told as %q and is %q", is.Text("occurrence"), field, was.Text(field), is.Text(field))
		}
	}
	// A verdict comes some seconds behind the outcome; until then it is not measured.
	if a, b := was.Text("heard"), is.Text("heard"); a != "" && a != "not-measured" && a != b {
		return fmt.Errorf("row %s: it was told as heard: %s, and is: %s", is.Text("occurrence"), a, b)
	}
	before, now := was.List("airings"), is.List("airings")
	if a, b := len(before), len(now); a != b {
		return fmt.Errorf("row %s: it had %d airings and has %d", is.Text("occurrence"), a, b)
	}
	for i, a := range before {
		if b := now[i]; !a.Time("ended").IsZero() && (a.Number("frames") != b.Number("frames") || a.Time("ended").Sub(b.Time("ended")).Abs() > time.Millisecond) {
			return fmt.Errorf("row %s: an airing was told as %v and is %v", is.Text("occurrence"), a, b)
		}
	}
	return nil
}

// How exactly the times of an airing fit to its frames: what is reported is rounded,
// and a card that ran dry stood still meanwhile.
const fitsWithin = 500 * time.Millisecond

// truthful judges one row by itself: every airing took as long as the frames that it
// claims, ends behind its start, and lies in a time in which the board had power.
func truthful(r Object, off []Stretch) error {
	id := r.Text("occurrence")
	for _, a := range r.List("airings") {
		began, ended := a.Time("started"), a.Time("ended")
		claims := time.Duration(math.Round(a.Number("frames"))) * time.Second / 48000
		if began.IsZero() {
			if claims > 0 {
				return fmt.Errorf("row %s: an airing claims %s of sound and never began", id, claims)
			}
			continue
		}
		for _, s := range off {
			if began.After(s.From) && began.Before(s.To) || ended.After(s.From) && ended.Before(s.To) || !ended.IsZero() && began.Before(s.From) && ended.After(s.To) {
				return fmt.Errorf("row %s: an airing from %s to %s, and the power was off from %s to %s", id, began, ended, s.From, s.To)
			}
		}
		if ended.IsZero() {
			for _, s := range off {
				if began.Before(s.From) && claims > s.From.Sub(began)+fitsWithin+time.Second { // that clock has whole seconds
					return fmt.Errorf("row %s: an airing from %s claims %s of sound, and the power was off from %s", id, began, claims, s.From)
				}
			}
			continue
		}
		if took := ended.Sub(began); took < 0 || claims > took+fitsWithin {
			return fmt.Errorf("row %s: an airing of %s claims %s of sound: %v", id, took, claims, a)
		}
	}
	if r.Text("outcome") == "played" && !slices.ContainsFunc(r.List("airings"), func(a Object) bool { return a.Number("frames") > 0 }) {
		return fmt.Errorf("row %s is told as played, and nothing sounded", id)
	}
	return nil
}
