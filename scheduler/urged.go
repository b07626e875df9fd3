package scheduler

import "time"

// Urged is one announcement that was put on the air before anybody reviewed it.
type Urged struct {
	Announcement, Title, Village string
	By, Why                      string        // who did it, and the reason that was given
	At                           time.Time     // when
	Limit                        time.Time     // until when it was to be reviewed; zero: nobody knows
	Verdict                      ApprovalState // Approved, Returned or TakenBack; empty: nobody has reviewed it
	Reviewer                     string        // of Verdict
	Reviewed                     time.Time     // the same
}

// Open says whether nobody has reviewed it.
func (u Urged) Open() bool { return u.Verdict == Unasked }

// Overdue says whether its review came too late, or has not come in time by now.
func (u Urged) Overdue(now time.Time) bool {
	if !u.Open() {
		now = u.Reviewed
	}
	return !u.Limit.IsZero() && now.After(u.Limit)
}
