package people

import (
	"slices"
	"strconv"
	"time"
)

// InvitationLife is how long an invitation lives that was given no other end.
const InvitationLife = 3 * 24 * time.Hour

// InvitationLongest bounds how long an invitation may live.
const InvitationLongest = 30 * 24 * time.Hour

// Invitation is a link that one person may use once: to become an account, or to choose
// a new password of theirs. Its secret is shown once and kept as a hash.
type Invitation struct {
	ID      string // UUIDv7
	For     string // whom it is for, as a note; the invited choose their own name
	Role    Role
	Village string // key; empty: every village
	Account string // ID of the account that chooses a new password; empty: a new one
	Hash    string // sha256 of the secret, hex
	By      string // name of who invited
	Created time.Time
	Expires time.Time
	Used    time.Time // zero while it was not
	Revoked time.Time
	// Became is the name of the account that it made.
	Became   string
	Revision int64
}

// AliveAt says whether the invitation may be used at the instant now.
func (i Invitation) AliveAt(now time.Time) bool {
	return i.Used.IsZero() && i.Revoked.IsZero() && now.Before(i.Expires)
}

// Validate looks at an invitation before it is saved. The error is Invalid with every
// fault, of the fields "name", "role" and "expires".
func (i Invitation) Validate(now time.Time) error {
	var life []Fault
	switch {
	case !i.Expires.After(now):
		life = []Fault{{Field: "expires", Code: FaultPast}}
	case i.Expires.After(now.Add(InvitationLongest)):
		life = []Fault{{Field: "expires", Code: FaultTooLate, Limit: strconv.Itoa(int(InvitationLongest.Hours() / 24))}}
	}
	name := nameFaults(i.For)
	if i.For == "" {
		name = nil
	}
	return join(name, i.Role.faults(), life)
}

// LastAdmin says whether all would lose the last administrator who may sign in, or the
// last of those who are bound to no village, if the account after took the place of
// the one with its ID.
func LastAdmin(all []Account, after Account) bool {
	for _, unbound := range []bool{false, true} {
		rules := func(a Account) bool { return a.Active() && a.Role == Admin && (!unbound || a.Village == "") }
		others := slices.ContainsFunc(all, func(a Account) bool { return a.ID != after.ID && rules(a) })
		before := slices.ContainsFunc(all, func(a Account) bool { return a.ID == after.ID && rules(a) })
		if before && !others && !rules(after) {
			return true
		}
	}
	return false
}
