package people

import "time"

// Role is what a person or a token may do, per village.
type Role string

// The roles.
const (
	Admin    Role = "admin"    // everything, accounts included
	Officer  Role = "officer"  // commune officer: allowed hours, announcements, schedules, stop, live, emergency
	Cadre    Role = "cadre"    // village cadre: announcements, schedules, stop, live, emergency
	Recorder Role = "recorder" // youth secretary: uploads recordings, writes announcements
	Viewer   Role = "viewer"   // looks
)

// Action is one kind of thing that a Role may do.
type Action string

// The actions.
const (
	View       Action = "view"       // plan, as-run, recordings, air, listen-in
	Write      Action = "write"      // announcements and their renditions
	Upload     Action = "upload"     // recordings
	Plan       Action = "plan"       // schedules, "now", stop an occurrence
	Approve    Action = "approve"    // let what others wrote on the air, as far as the village's rules say
	Arrange    Action = "arrange"    // slots and the rules of the place
	Live       Action = "live"       // speak live
	Alarm      Action = "emergency"  // raise and stop an emergency
	Administer Action = "administer" // accounts and tokens
)

// Account is a person who signs in.
type Account struct {
	ID       string // UUIDv7
	Name     string // unique, as typed at sign-in
	Role     Role
	Village  string // key; empty: every village
	Password string // argon2id, encoded
	Created  time.Time
	Disabled time.Time // zero while it may sign in
	Revision int64
	// PIN is asked again before an emergency and a live voice: argon2id, encoded; empty:
	// none was chosen yet.
	PIN string
	// Signouts grows whenever everything that was signed in as this account ends.
	Signouts int64
}

// Token is a program's bearer token. Its secret is shown once and kept as a
// hash.
type Token struct {
	ID        string // UUIDv7
	Name      string
	Role      Role
	Village   string    // key; empty: every village
	Expires   time.Time // zero: never
	Emergency bool      // the emergency right, only when given
	Hash      string    // sha256 of the secret, hex
	Created   time.Time
	Revoked   time.Time
	Feed      bool // it opens its village's calendar feed and nothing else
	// Owner is the ID of the account whose token it is: what it does is done by that
	// person, within the token's own role. Empty: it is a program's, and nobody's.
	Owner string
	// Issuer is the name of whoever made it, as it was then; empty: it was made before
	// that was kept, or by a command on the board.
	Issuer string
	// Used is when it was last used, to the hour; zero: never, as far as is known.
	Used time.Time
}

// Principal is who stands behind a request: a signed-in account or a token.
type Principal struct {
	ID        string
	Name      string
	Role      Role
	Village   string
	Emergency bool
	Token     bool // a program, not a person
	Unowned   bool // a token without an owner: nobody knows which person acts by it
}
