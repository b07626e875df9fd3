package scheduler

import (
	"strconv"
	"time"
)

// Need says whose approval an announcement needs before it airs.
type Need string

// The needs, least first.
const (
	NeedNone    Need = ""        // nobody's
	NeedAnyone  Need = "anyone"  // of anybody who may approve, a village cadre for one
	NeedOfficer Need = "officer" // of an officer of the commune
)

// Needs lists every Need, least first.
func Needs() []Need { return []Need{NeedNone, NeedAnyone, NeedOfficer} }

// With is the greater of two needs.
func (n Need) With(other Need) Need {
	if n == NeedOfficer || other == NeedNone {
		return n
	}
	return other
}

// ClassNeeds is what announcements of each class need.
type ClassNeeds struct{ Normal, Priority Need }

// of is the need of a class.
func (n ClassNeeds) of(c Class) Need {
	if c == ClassNormal || c == "" {
		return n.Normal
	}
	return n.Priority
}

// ApprovalRules are the rules of a village: whose announcements need whose
// approval, and how long they last. The zero value asks for nothing.
type ApprovalRules struct {
	Recorder, Cadre, Officer ClassNeeds // by the role of who writes; an administrator is an officer
	// TwoPeople says that nobody approves what they wrote themselves, whatever
	// their role.
	TwoPeople bool
	// LaterTakes says that what a person records after the approval airs without
	// another one.
	LaterTakes bool
	// Review is within which time what aired urgently is to be reviewed; 0:
	// DefaultReview.
	Review time.Duration
	// Days and PriorityDays are how many days an announcement is valid for which its
	// author names no end; 0: for ever.
	Days, PriorityDays int
	// TopicDays are those of a topic, before Days.
	TopicDays map[string]int
}

// DefaultReview is until when an urgent announcement is to be reviewed.
const DefaultReview = 24 * time.Hour

// MaxValidDays is the greatest number of days of ApprovalRules: a year.
const MaxValidDays = 366

// UsualApprovals are the rules with which a new village begins: what a recorder
// writes is approved by the village cadre or an officer, so that it works while
// the commune is not to be reached; what those two write needs nobody. Everything
// ends after 30 days unless somebody says when.
func UsualApprovals() ApprovalRules {
	return ApprovalRules{Recorder: ClassNeeds{NeedAnyone, NeedAnyone}, Days: 30, PriorityDays: 30}
}

// On says whether anybody's announcements need approval.
func (r ApprovalRules) On() bool {
	return r.TwoPeople || r.Recorder != ClassNeeds{} || r.Cadre != ClassNeeds{} || r.Officer != ClassNeeds{}
}

// Need is what an announcement of a class needs that somebody of a role writes:
// "admin", "officer", "cadre"; every other role is as good as "recorder".
func (r ApprovalRules) Need(role string, c Class) Need {
	var n Need
	switch role {
	case "admin", "officer":
		n = r.Officer.of(c)
	case "cadre":
		n = r.Cadre.of(c)
	default:
		n = r.Recorder.of(c)
	}
	if r.TwoPeople {
		return n.With(NeedAnyone)
	}
	return n
}

// Within is until when what is aired urgently at an instant is to be reviewed.
func (r ApprovalRules) Within(at time.Time) time.Time {
	if r.Review <= 0 {
		return at.Add(DefaultReview)
	}
	return at.Add(r.Review)
}

// Expiry is when an announcement ends for which its author names no end: after
// so many whole days, but not before the last day that a schedule names, and after
// MaxValidDays where a rule goes on for ever; zero: it does not end. Civil days are read in loc.
func (r ApprovalRules) Expiry(d Dossier, now time.Time, loc *time.Location) time.Time {
	a, days := d.Announcement, r.Days
	if a.Class.Rank() > ClassNormal.Rank() {
		days = r.PriorityDays
	}
	if of, ok := r.TopicDays[a.Topic]; ok {
		days = of
	}
	if days <= 0 {
		return time.Time{}
	}
	end := dayEnd(later(now, a.ValidFrom).In(loc), days)
	for _, s := range d.Schedules {
		if s.Until != (Date{}) {
			end = later(end, dayEnd(time.Date(s.Until.Year, s.Until.Month, s.Until.Day, 12, 0, 0, 0, loc), 0))
		}
		if s.Kind == Recurring && s.Until == (Date{}) {
			end = later(end, dayEnd(now.In(loc), MaxValidDays)) // it may come round once a year
		}
		if !s.At.IsZero() {
			end = later(end, dayEnd(s.At.In(loc), 0))
		}
	}
	return end.UTC()
}

// dayEnd is the midnight that ends the day so many days after that of t.
func dayEnd(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days+1, 0, 0, 0, 0, t.Location())
}

// Validate checks rules as a person entered them. The error is an Invalid with
// every fault, or nil.
func (r ApprovalRules) Validate() error {
	var f faults
	for _, n := range []struct {
		field string
		need  Need
	}{
		{"recorder_normal", r.Recorder.Normal},
		{"recorder_priority", r.Recorder.Priority},
		{"cadre_normal", r.Cadre.Normal},
		{"cadre_priority", r.Cadre.Priority},
		{"officer_normal", r.Officer.Normal},
		{"officer_priority", r.Officer.Priority},
	} {
		if n.need != NeedNone && n.need != NeedAnyone && n.need != NeedOfficer {
			f.add(n.field, FaultUnknown, "")
		}
	}
	days := func(field string, n int) {
		if n < 0 || n > MaxValidDays {
			f.add(field, FaultRange, "0–"+strconv.Itoa(MaxValidDays))
		}
	}
	days("days", r.Days)
	days("priority_days", r.PriorityDays)
	for topic, n := range r.TopicDays {
		days("topic_days."+topic, n)
	}
	if r.Review < 0 || r.Review > 7*24*time.Hour {
		f.add("review_hours", FaultRange, "1–168")
	}
	return f.err()
}
