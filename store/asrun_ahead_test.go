package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/playout"
)

// TestClaimOfWhatAClockAheadGaveUp: a row that was written later than now, and of which
// nothing was heard, keeps nothing from being claimed, and the book says so. One that
// was heard, or was given up by a clock that was right, does.
func TestClaimOfWhatAClockAheadGaveUp(t *testing.T) {
	for name, c := range map[string]struct {
		outcome playout.Outcome
		created time.Time
		ahead   bool
	}{
		"OK":        {playout.Missed, day0.Add(36 * time.Hour), true},
		"Skipped":   {playout.Skipped, day0.Add(36 * time.Hour), true},
		"Now":       {playout.Missed, day0, false},
		"Slewed":    {playout.Missed, day0.Add(time.Second), false},
		"Withdrawn": {playout.Withdrawn, day0.Add(36 * time.Hour), false},
		"Heard":     {playout.Played, day0.Add(36 * time.Hour), false},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			old := claimed("o", day0.Add(time.Hour))
			old.Outcome, old.Cause, old.Created, old.Updated = c.outcome, "power", c.created, c.created
			if c.outcome == playout.Played {
				old.Airings = []playout.Airing{{ID: "g", Started: old.Due, Ended: old.Due.Add(time.Minute)}}
			}
			check(t, s.Record(ctx, old), nil)
			b, err := s.Book(ctx, unTa, day0)
			check(t, err, nil)
			if len(b.Past) != 1 || b.Past[0].Ahead != c.ahead {
				t.Errorf("past %+v", b.Past)
			}
			fresh := claimed("o", day0.Add(time.Hour))
			fresh.Created = day0
			want := playout.ErrClaimed
			if c.ahead {
				want = nil
			}
			check(t, s.Claim(ctx, fresh), want)
			check(t, s.Claim(ctx, fresh), playout.ErrClaimed) // once
		})
	}
}
