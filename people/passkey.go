package people

import "time"

// Passkey is a key on somebody's phone by which they sign in.
type Passkey struct {
	ID      string // that the phone gave it, base64url
	Account string // ID
	Name    string // what its owner calls it
	// Record is what its answers are held against. It is nothing secret, and changes with
	// each use.
	Record  string
	Created time.Time
	Used    time.Time // zero: never
}

// Validate looks at a key before it is saved: its name alone, which is clean. The error is
// Invalid with every fault.
func (p Passkey) Validate() error { return join(nameFaults(p.Name)) }
