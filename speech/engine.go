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
}

// Request is what an Engine is asked to speak.
type Request struct {
	Text  string // spoken text, already normalised; UTF-8, NFC
	Voice string // Voice.ID; empty: the engine's first voice of Language
	// Language is ISO 639 and must be one the engine has a voice for.
	Language string
	Rate     int // words a minute; 0: the engine's default for villages
}

// Engine speaks text. Implementations pass the conformance suite in
// enginetest and may be used from several goroutines at once.
type Engine interface {
	// Name and version, for cache keys and the log: "espeak-ng 1.51".
	Name(ctx context.Context) (string, error)
	// Voices lists what the engine can speak with, best first.
	Voices(ctx context.Context) ([]Voice, error)
	// Synthesize writes one WAV to w. ErrNoVoice when Language or Voice is not
	// among Voices; ErrNoEngine when the program is not installed; ErrNoWords
	// when Text holds nothing to speak.
	Synthesize(ctx context.Context, r Request, w io.Writer) error
}
