package scheduler

// VoiceChoice is which voice speaks a language in a village, and how.
type VoiceChoice struct {
	Owned
	Language string // ISO 639
	Voice    string // ID of a voice, "piper:vais1000"; empty: the board's first of the language
	Rate     int    // words a minute; 0: the voice's own
	Pitch    int    // 1 to 99, 50 is the voice as it is; 0: the same
}

// Bounds of a VoiceChoice.
const (
	maxVoice = 120 // characters

	minVoiceRate, maxVoiceRate   = 80, 450
	minVoicePitch, maxVoicePitch = 1, 99
)

// Validate checks a choice by itself; whether there is such a voice is the board's
// to say. The error is an Invalid, or nil.
func (c VoiceChoice) Validate() error {
	var f faults
	if c.Language == "" {
		f.add("language", FaultRequired, "")
	}
	f.text(field{name: "voice", text: c.Voice, limit: maxVoice})
	if c.Rate != 0 && (c.Rate < minVoiceRate || c.Rate > maxVoiceRate) {
		f.add("rate", FaultRange, "80–450")
	}
	if c.Pitch != 0 && (c.Pitch < minVoicePitch || c.Pitch > maxVoicePitch) {
		f.add("pitch", FaultRange, "1–99")
	}
	return f.err()
}
