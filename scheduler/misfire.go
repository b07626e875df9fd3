package scheduler

import "time"

// defaultGrace is how late an exact announcement may air when its schedule does
// not say.
const defaultGrace = 10 * time.Minute

// Decision is what becomes of an Occurrence whose instant has passed.
type Decision struct {
	Air    bool
	Reason Reason // why it does not air, or that it is late; zero when on time
}

// Decide applies the rule to an occurrence that was due at due and could sound
// at now at the earliest. newer says that a later occurrence of the same
// schedule has come due since. It is pure; the allowed hours are the caller's.
func (m Misfire) Decide(due, now time.Time, newer bool) Decision {
	late := now.Sub(due)
	switch {
	case late <= 0:
		return Decision{Air: true}
	case m.Policy == Coalesce && newer:
		return Decision{Reason: Reason{Code: ReasonCoalesced}}
	case m.Policy == Skip || late > m.Grace:
		return Decision{Reason: Reason{Code: ReasonTooLate, By: late}}
	}
	return Decision{Air: true, Reason: Reason{Code: ReasonLate, By: late}}
}

// misfire is the rule of a schedule with its defaults filled in: exact
// announcements air up to ten minutes late, those in slots within their slot.
func (s Schedule) misfire() Misfire {
	m := s.Misfire
	if s.bySlot() {
		if m.Policy == "" {
			m.Policy = Skip
		}
		return m
	}
	if m.Policy == "" || s.Kind == Now && m.Policy == Skip { // "now" is never on the dot
		m.Policy = PlayLate
	}
	if m.Grace == 0 {
		m.Grace = defaultGrace
	}
	return m
}

// latest is the last instant at which something due at due may begin.
func (m Misfire) latest(due time.Time) time.Time {
	if m.Policy == Skip {
		return due
	}
	return due.Add(m.Grace)
}
