package web

import (
	"context"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
)

// VoiceBook keeps which voice speaks which language of a village.
type VoiceBook interface {
	VoiceChoices(ctx context.Context, village string) ([]scheduler.VoiceChoice, error)
	// SaveVoiceChoice inserts (Revision 0) or updates the one of the revision that was read.
	SaveVoiceChoice(ctx context.Context, c scheduler.VoiceChoice) error
}

// Prompter tries voices and knows which of them fail. *playout.Producer is one.
type Prompter interface {
	// Try speaks a spoken text as c says; nobody stands in for its voice.
	Try(ctx context.Context, c scheduler.VoiceChoice, spoken string) (playout.Said, error)
	// Troubles lists the voices that do not speak, the longest silent first.
	Troubles() []speech.Trouble
	// Fallbacks says how often another voice spoke instead of each, by its ID.
	Fallbacks() map[string]int64
}
