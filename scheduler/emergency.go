package scheduler

import "time"

// DefaultEmergencyLife is how long an Emergency lives unless it is renewed.
const DefaultEmergencyLife = 15 * time.Minute

// Emergency is what sounds at once, over everything, until stopped or expired.
type Emergency struct {
	Owned
	Title      string    // "Lũ quét, sạt lở đất"
	Reason     string    // why it was raised; required
	Source     string    // who says so: "Trưởng thôn", "Ban chỉ huy PCTT huyện"
	Text       string    // as written; empty: siren only
	Languages  []string  // empty: all languages of the village
	Zones      []string  // empty: all
	Repeat     int       // how many cycles of siren and message; 0: until it ends
	Raised     time.Time // UTC
	Expires    time.Time // UTC; never sounds after this instant
	Ended      time.Time // zero while it is active
	EndedBy    string    // "expired", or who stopped it
	Supersedes string    // ID of the Emergency that this one replaces
	RaisedBy   string
}

// ActiveAt says whether e may sound at the instant t.
func (e Emergency) ActiveAt(t time.Time) bool {
	return e.Ended.IsZero() && !t.Before(e.Raised) && t.Before(e.Expires)
}
