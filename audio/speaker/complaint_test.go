package speaker_test

import (
	"log/slog"
	"testing"

	"loalang/audio/speaker"
)

// A board without a card tries every five seconds for months: it says so once.
func TestTheSameComplaintIsToldOnce(t *testing.T) {
	var c speaker.Complaint
	steps := []struct {
		words string
		well  bool
		want  slog.Level
	}{
		{words: "no card", want: slog.LevelError},
		{words: "no card", want: slog.LevelDebug},
		{words: "no card", want: slog.LevelDebug},
		{words: "card in use", want: slog.LevelError},
		{words: "no card", want: slog.LevelError},
		{words: "no card", well: true, want: slog.LevelError},
		{words: "no card", want: slog.LevelDebug},
	}
	for i, s := range steps {
		if s.well {
			c.Well()
		}
		if got := c.Level(s.words, slog.LevelError); got != s.want {
			t.Errorf("step %d, %q: %s, want %s", i, s.words, got, s.want)
		}
	}
}
