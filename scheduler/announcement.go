package scheduler

import (
	"sync"
	"time"
)

// Class is one of the three classes of Vietnamese practice for village
// broadcasts. Higher classes win an Output from lower ones.
type Class string

// The three classes, lowest first.
const (
	ClassNormal    Class = "normal"
	ClassPriority  Class = "priority"
	ClassEmergency Class = "emergency"
)

// classes is how many ranks of classes there are, the unknown one included.
const classes = 4

// Rank orders classes: a higher rank wins. An unknown class ranks below all.
func (c Class) Rank() int {
	switch c {
	case ClassNormal:
		return 1
	case ClassPriority:
		return 2
	case ClassEmergency:
		return 3
	}
	return 0
}

// Owned is carried by every record that boards and hub may one day exchange:
// each record has exactly one owner, the node that made it.
type Owned struct {
	ID       string    // UUIDv7
	Village  string    // key of the village, such as "un-ta"
	Origin   string    // the node that owns the record
	Revision int64     // 1 at birth, +1 at each change
	Deleted  time.Time // tombstone; zero while the record lives
	Created  time.Time // UTC
	Updated  time.Time // UTC
}

// Announcement is what is to be told. The text is in Vietnamese; what sounds
// are its Renditions, one in each language of the village.
type Announcement struct {
	Owned
	Title      string
	Topic      string // free word, such as the Code of the template it was made of, "hop-thon"; empty when none
	Class      Class
	Issuer     string    // who answers for it, such as "UBND xã Cốc San"
	Text       string    // as written; what is read aloud is in Rendition.Spoken
	Bed        string    // recording that sounds under the voices; empty: none
	ValidFrom  time.Time // zero: at once
	ValidUntil time.Time // zero: until withdrawn; nothing airs at or after it
	CreatedBy  string    // name of the account or token
	Withdrawn  time.Time // zero while it may air
	Approval   Approval  // zero: Unasked
	// SpeakerOnly says that it is told by the loudspeakers and nowhere else: it does
	// not stand on the public board, nor in its feed.
	SpeakerOnly bool
}

// Village is a place with loudspeakers, and the rules of that place.
type Village struct {
	Key       string   // stable slug, such as "un-ta"
	Name      string   // "Ún Tà"
	Commune   string   // "Cốc San"
	Zone      string   // IANA name, "Asia/Ho_Chi_Minh"
	Languages []string // in the order they air
	Allowed   []Window // when sound is allowed; empty: always
	Rules     Rules    // what else is ruled; zero: nothing
	// Exceptions are those that stand: approved, not taken back and not over. They are
	// not saved with the village.
	Exceptions []Exception
	// Missing says what becomes of a notice that is not ready in one of the
	// languages when its time has come; empty: FallBack.
	Missing MissingRule
	// Pause is the silence between two languages of a notice, at most
	// MaxLanguagePause; zero: that between its other parts, Frame.Pause.
	Pause    time.Duration
	Revision int64
	// Approvals says whose announcements need whose approval; zero: nobody's.
	Approvals ApprovalRules
	// Publicity says what stands on its public board; zero: nobody was asked yet.
	Publicity Publicity
	// Volume of its programme against how sound is levelled, in dB, LeastVolume to
	// MostVolume. An emergency and a drill have none.
	Volume int
}

// What a new board calls its village until it is told.
const (
	SampleName    = "Ún Tà"
	SampleCommune = "Cốc San"
)

// Bounds of Village.Volume, in dB.
const (
	LeastVolume = -20
	MostVolume  = 6
)

// zones are the time zones that were loaded, by name: a plan is built every minute,
// and the file says the same each time.
var zones sync.Map

// Location loads the village's time zone.
func (v Village) Location() (*time.Location, error) {
	if loc, known := zones.Load(v.Zone); known {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(v.Zone)
	if err == nil {
		zones.Store(v.Zone, loc)
	}
	return loc, err
}
