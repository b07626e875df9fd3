package people

import "time"

// Deed is what happened to a record.
type Deed string

// The deeds.
const (
	Made    Deed = "made"
	Altered Deed = "changed"
	Removed Deed = "removed" // it has a tombstone, or its row is gone
	// Restored is a removal undone: it has a tombstone no more.
	Restored Deed = "restored"
)

// Change is one entry of the history: what somebody did to one record. Entries
// are never altered and never deleted.
type Change struct {
	ID       int64 // grows with each entry of a database
	At       time.Time
	Actor    Actor
	Village  string // key; empty: of no single one
	Kind     string // of the record, the name of its table: "announcements"
	Record   string // its ID
	About    string // ID of the announcement that it belongs to; empty: none
	Title    string // of the announcement that it is or belongs to, as it is when read; empty: of none
	Deed     Deed
	Revision int64 // of the record afterwards; 0: it counts none
	Fields   []FieldChange
}

// FieldChange is one field of a record before and after. Values are those of the
// database: nil, a string, a number; what is secret is "•".
type FieldChange struct {
	Name          string
	Before, After any
}

// HistoryQuery picks entries of the history; empty fields pick all.
type HistoryQuery struct {
	Village string   // key
	Common  bool     // with Village: also accounts and tokens, and what is of no single village
	About   string   // ID of an announcement: its own entries and those of what belongs to it
	Kind    string   // of the record
	Kinds   []string // of the record, any of these; with Kind both count
	Actor   string   // name
	Before  int64    // ID to go on before; 0: from the newest on
	Limit   int      // at most so many
}
