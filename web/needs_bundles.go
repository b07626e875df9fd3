package web

import (
	"context"
	"errors"
	"io"
	"time"

	"loalang/scheduler"
)

// ErrNoStick says that no stick is plugged in that bundles are written to.
var ErrNoStick = errors.New("no stick is plugged in: plug one in that has a folder loalang-backup")

// Bundles is what is known of carrying a village's notices from board to board.
type Bundles struct {
	Fingerprint string // of this board; empty: it has no key yet and cannot make one now
	Stick       bool   // one is plugged in
	Silent      bool   // the sticks do not answer: what lies on them is not known
	Found       []FoundBundle
	Boards      []TrustedBoard // whose bundles are taken
	Running     Deed           // what is being done; empty: nothing
	Busy        bool           // the board looks after its data, by that or otherwise
	Last        BundleResult
}

// FoundBundle is a bundle on a stick.
type FoundBundle struct {
	Name        string // of its folder or file
	Board       string // that made it, as people call it
	Village     string
	Fingerprint string
	Made        time.Time
	Bytes       int64
	Trusted     bool
	Own         bool // this board made it
	Here        bool // it is of this board's village
}

// TrustedBoard is a board whose bundles are taken.
type TrustedBoard struct {
	Fingerprint, Name string
	Since             time.Time
}

// Deed is something that is done with a bundle.
type Deed string

// The deeds.
const (
	ExportBundle Deed = "export" // written onto the stick
	LookAtBundle Deed = "look"   // copied and proven; what would be taken in is listed
	TakeBundle   Deed = "take"   // taken in
)

// BundleOrder asks for a deed.
type BundleOrder struct {
	Deed Deed
	Name string // of what was found; not for ExportBundle
	Seen string // of the result that was looked at; for TakeBundle
}

// BundleResult is how the last deed ended.
type BundleResult struct {
	Deed  Deed      // empty: there was none since the start
	Name  string    // of the bundle
	Board string    // that made it
	Ended time.Time // zero while Deed is empty
	Code  string    // why it failed, for which there are words under "bundle-fault."; empty: it did not
	Bytes int64     // of the bundle
	Lines []BundleLine
	Seen  string // names the lines
}

// BundleLine is what becomes of one thing in a bundle.
type BundleLine struct {
	Deed  string               // new, change, withdraw, same, keep
	Kind  string               // notice, word
	What  string               // its title, or how it is written
	Why   string               // own, edited, removed, older, other, over, no-slot; empty: there is no more to say
	Text  string               // how what it tells begins, or how a word is spoken; of new and change
	Class string               // of a notice that is new or changes
	Until time.Time            // end of its validity; zero: none, or neither new nor changed
	Airs  []scheduler.Schedule // when it airs here from then on, without IDs
	Ends  []scheduler.Schedule // when it would have aired and does not from then on
	Sum   string               // names all that the bundle tells of it
}

// Changes counts the lines that change something.
func (r BundleResult) Changes() (n int) {
	for _, l := range r.Lines {
		if l.Deed == "new" || l.Deed == "change" || l.Deed == "withdraw" {
			n++
		}
	}
	return n
}

// Courier carries a village's notices from board to board. Bundles and Carry return at
// once.
type Courier interface {
	Bundles() Bundles
	// Carry begins a deed: ErrBusyKeeping while the board looks after its data, ErrNoStick, ErrSilentStick,
	// fs.ErrNotExist when there is no such bundle.
	Carry(o BundleOrder) error
	// WriteBundle writes this board's bundle to w as one file, and blocks until it is done.
	WriteBundle(ctx context.Context, w io.Writer) error
}

// Partners are the boards whose bundles are taken.
type Partners interface {
	// TrustBoard takes bundles of a board from now on, and returns it as it is kept:
	// ErrFingerprint. Without a name it gets one.
	TrustBoard(fingerprint, name string) (TrustedBoard, error)
	// DistrustBoard takes them no more, and returns whose; ErrFingerprint, fs.ErrNotExist
	// when it did not before.
	DistrustBoard(fingerprint string) (TrustedBoard, error)
}

// ErrFingerprint says that what was written is no fingerprint.
var ErrFingerprint = errors.New("a fingerprint is eight groups of four digits or letters a to f")
