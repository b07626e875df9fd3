package speech

import (
	"context"
	"io"
)

// Voice is one voice of one Engine.
type Voice struct {
	ID       string // unique over all engines, "espeak:vi"
	Language string // ISO 639, "vi"
	Name     string // for people, "Giọng máy, miền Bắc"
	// TakesRate and TakesPitch say which settings of a Request it obeys; it speaks at
	// its own otherwise.
	TakesRate, TakesPitch bool
}

// Request is what an Engine is asked to speak.
type Request struct {
	Text  string // spoken text, already normalised; UTF-8, NFC
	Voice string // Voice.ID; empty: the engine's first voice of Language
	// Language is ISO 639 and must be one the engine has a voice for.
	Language string
	Rate     int // words a minute, 80 to 450; 0: the voice's own for villages
	Pitch    int // 1 to 99, 50 is the voice as it is; 0: the same
}

// Bounds of what a Request may ask for; what lies outside is brought inside.
const (
	MinRate      = 80  // words a minute
	MaxRate      = 450 // words a minute
	MinPitch     = 1
	MaxPitch     = 99
	NeutralPitch = 50 // the voice as it is
)

// Engine speaks text. Implementations pass the conformance suite in
// enginetest and may be used from several goroutines at once.
type Engine interface {
	// Name and version, for cache keys and the log: "espeak-ng 1.51".
	Name(ctx context.Context) (string, error)
	// Voices lists what the engine can speak with, best first.
	Voices(ctx context.Context) ([]Voice, error)
	// Synthesize writes one WAV to w. ErrNoVoice when Language or Voice is not
	// among Voices; ErrNoEngine when the program is not installed or its server not
	// reached; ErrNoWords when Text holds nothing to speak; ErrTooLong when it would
	// sound too long; a Fault for whatever else is the engine's. Nothing is written
	// to w before the whole text is spoken.
	Synthesize(ctx context.Context, r Request, w io.Writer) error
}
