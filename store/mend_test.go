package store_test

import (
	"context"
	"testing"

	"loalang/scheduler"
)

// A message that is prepared for an emergency takes the recording that stands in the place
// of a damaged one too: the damaged one's files go in a week.
func TestSubstituteReachesPreparedMessages(t *testing.T) {
	s, ctx := shelfOf(t)
	check(t, s.SaveTemplate(ctx, spillway()), nil)
	check(t, s.SaveRecording(ctx, recording("flute-again", unTa, day0)), nil)
	again, err := s.Recording(ctx, "flute-again")
	check(t, err, nil)
	check(t, s.Substitute(ctx, "flute", again), nil)
	list, err := s.Templates(ctx, unTa)
	check(t, err, nil)
	same(t, "messages", list[0].Prepared.Messages[0], scheduler.Message{Language: "pcc", Recording: "flute-again"})
}

// What a voice read is read again where its text is kept; what else holds the same sound
// was somebody's choice, and nobody takes it from there.
func TestSpeakAnewTakesNothingAway(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveRecording(ctx, recording("r", unTa, day0)), nil)
	told(t, ctx, s, notice("a"), "")
	n, err := s.SpeakAnew(ctx, "r")
	check(t, err, nil)
	_, err = s.Recording(ctx, "r")
	check(t, err, nil)
	same(t, "without a text", n, int64(0))

	told(t, ctx, s, notice("b"), "Kính mời bà con.")
	n, err = s.SpeakAnew(ctx, "r")
	check(t, err, nil)
	_, err = s.Recording(ctx, "r") // notice a holds it
	check(t, err, nil)
	same(t, "with a text", n, int64(1))
}
