package scheduler_test

import (
	"errors"
	"strings"
	"testing"

	"loalang/scheduler"
)

func TestVoiceChoiceIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		choice scheduler.VoiceChoice
		faults string
	}{
		"OK":          {scheduler.VoiceChoice{Language: "vi", Voice: "piper:vais1000", Rate: 140, Pitch: 50}, ""},
		"Default":     {scheduler.VoiceChoice{Language: "vi"}, ""},
		"NoLanguage":  {scheduler.VoiceChoice{}, "language required"},
		"TooSlow":     {scheduler.VoiceChoice{Language: "vi", Rate: 79}, "rate out-of-range"},
		"TooFast":     {scheduler.VoiceChoice{Language: "vi", Rate: 451}, "rate out-of-range"},
		"TooLow":      {scheduler.VoiceChoice{Language: "vi", Pitch: -1}, "pitch out-of-range"},
		"TooHigh":     {scheduler.VoiceChoice{Language: "vi", Pitch: 100}, "pitch out-of-range"},
		"LongVoice":   {scheduler.VoiceChoice{Language: "vi", Voice: strings.Repeat("a", 121)}, "voice too-long"},
		"VoiceBroken": {scheduler.VoiceChoice{Language: "vi", Voice: "a\x00b"}, "voice control-characters"},
	} {
		var faults scheduler.Invalid
		errors.As(tt.choice.Validate(), &faults)
		var got []string
		for _, f := range faults {
			got = append(got, f.Field+" "+f.Code)
		}
		if strings.Join(got, ", ") != tt.faults {
			t.Errorf("%s: %q, want %q", name, got, tt.faults)
		}
	}
}
