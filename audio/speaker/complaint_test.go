package speaker_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"loalang/audio"
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

// TestACrashDumpIsCutShort: a child that crashed once filled the log with the stacks
// of all its goroutines.
func TestACrashDumpIsCutShort(t *testing.T) {
	var said []string
	talk := speaker.NewTalk(func(line string) { said = append(said, line) })
	at := audio.Instant(time.Hour)
	for i := range 700 {
		talk.Line(at.Add(time.Duration(i)*time.Millisecond), fmt.Sprintf("line %d", i))
	}
	if n := len(said); n < 20 || n > 60 || said[0] != "line 0" || said[n-1] != fmt.Sprintf("line %d", n-1) {
		t.Errorf("of 700 lines %d were told, the first %q; want the first few", n, said[0])
	}
	first := len(said)
	talk.Line(at.Add(2*time.Minute), "another day")
	want := fmt.Sprintf("and %d lines more", 700-first)
	if n := len(said); n != first+2 || said[n-2] != want || said[n-1] != "another day" {
		t.Errorf("then %q, want %q and what is new", said[first:], want)
	}
	talk.Rest()
	if len(said) != first+2 {
		t.Errorf("at the end %q, though nothing was left out", said[first+2:])
	}
}
