package people

import (
	"slices"
	"time"
)

// Validate looks at an account before it is saved; Password is not looked at,
// it is encoded by then. The error is Invalid with every fault.
func (a Account) Validate() error {
	return join(nameFaults(a.Name), a.Role.faults())
}

// Active says whether the account may sign in.
func (a Account) Active() bool { return a.Disabled.IsZero() }

// Principal is the person behind the account.
func (a Account) Principal() Principal {
	return Principal{ID: a.ID, Name: a.Name, Role: a.Role, Village: a.Village}
}

// Validate looks at a token before it is saved. The error is Invalid with every
// fault.
func (t Token) Validate(now time.Time) error {
	var late []Fault
	if !t.Expires.IsZero() && !t.Expires.After(now) {
		late = []Fault{{Field: "expires", Code: FaultPast}}
	}
	return join(nameFaults(t.Name), t.Role.faults(), late)
}

// AliveAt says whether the token may be used at the instant now.
func (t Token) AliveAt(now time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires.IsZero() || now.Before(t.Expires))
}

// Of is the person behind a token that has an owner: two-person rules must not take
// the two for two people. What it may do is what both may: the token, and the account
// where that says less.
func (t Token) Of(owner Account) Principal {
	p := t.Principal()
	p.ID, p.Name, p.Unowned = owner.ID, owner.Name, false
	if rank(owner.Role) > rank(t.Role) {
		p.Role = owner.Role
	}
	if owner.Village != "" {
		if t.Village != "" && t.Village != owner.Village {
			return Principal{ID: owner.ID, Name: owner.Name, Token: true} // it may nothing anywhere
		}
		p.Village = owner.Village
	}
	return p
}

// rank is how far down a role stands, an unknown one at the bottom.
func rank(r Role) int {
	if i := slices.Index(Roles(), r); i >= 0 {
		return i
	}
	return len(Roles())
}

// Principal is the program behind the token.
func (t Token) Principal() Principal {
	return Principal{ID: t.ID, Name: t.Name, Role: t.Role, Village: t.Village, Emergency: t.Emergency, Token: true, Unowned: t.Owner == ""}
}
