package recordings

import (
	"context"
	"time"
)

// Recording is one immutable piece of sound in the library.
type Recording struct {
	ID       string // sha256 of the FLAC master, hex
	Title    string // the file's name as uploaded, or what was spoken
	Kind     Kind
	Village  string // who brought it; empty for built-in sounds
	Origin   string
	Created  time.Time
	Length   time.Duration // of the play copy, exact to the frame
	Loudness float64       // LUFS, of the play copy
	TruePeak float64       // dBTP, of the play copy
	Warnings []string      // codes, sorted: Clipped, Echo, Noisy, Quiet, EndMissing, LongSilence, OffLevel
	Bytes    int64         // of the master
	By       string        // account or token that brought it
	Deleted  time.Time     // tombstone
	Variants []Variant
	Trim     Trim     // what a person kept of the sound as it came
	Measures Measures // before and after the import
	// Again says of what Import returned that the sound had been in the library
	// before; it is not kept.
	Again bool
}

// Kind is what a Recording is for.
type Kind string

// The kinds.
const (
	Take    Kind = "take"    // a person's recording
	Speech  Kind = "speech"  // read by a Voice
	BuiltIn Kind = "builtin" // chime, jingle, siren
)

// Variant is one stored form of a Recording.
type Variant struct {
	Form   Form
	SHA256 string // hex
	Bytes  int64
}

// Form names a stored form.
type Form string

// The forms.
const (
	Original Form = "original" // bytes as they came
	Master   Form = "master"   // FLAC 32 kHz mono
	PlayCopy Form = "play"     // WAV 48 kHz s16 mono
)

// Index remembers recordings. The store implements it.
type Index interface {
	// SaveRecording adds r, or does nothing when its ID is known and alive.
	SaveRecording(ctx context.Context, r Recording) error
	// Recording reads one; ErrNotFound when there is none.
	Recording(ctx context.Context, id string) (Recording, error)
	// RemoveRecording leaves a tombstone and returns the recording with the
	// variants that no living one needs. ErrNotFound when there is none, InUse
	// while something that may still air needs it.
	RemoveRecording(ctx context.Context, id string, at time.Time) (Recording, error)
}

// About says what is being imported.
type About struct {
	Title   string // file name or spoken text; shown to people, never a path
	Kind    Kind
	Village string
	By      string
	Siren   bool // levelled to −12 LUFS instead of −18
	Trim    Trim // what is kept of the sound; what is silent at its ends is left out all the same
	// Tell hears where the import stands, from the goroutine that imports; it must
	// not block. Nil: nobody asks.
	Tell func(Progress) `json:"-"`
}
