package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
)

// A bed across a crash: its airing ends, and there is music again.
func TestBedAcrossACrash(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.onBed(s.occurrence("a", 20*time.Second, 10*time.Second)))
		s.at(25 * time.Second)
		s = s.crash(200 * time.Millisecond)
		s.at(2 * time.Minute)
		row := s.expect("a", playout.Played, playout.CauseCrash, 5)
		beds := bedOf(row)
		if len(beds) != 2 {
			t.Fatalf("beds %+v", beds)
		}
		for _, b := range beds {
			if b.Ended.IsZero() || b.Frames == 0 {
				t.Errorf("bed %+v", b)
			}
		}
		if end := beds[0].Ended.Sub(s.out.start); end > 25*time.Second || end < 24800*time.Millisecond || beds[0].Cause != playout.CauseCrash {
			t.Errorf("the bed of before ended at %s, %s", end, beds[0].Cause)
		}
	})
}

// A relay across a crash is joined again until its end.
func TestRelayAcrossACrash(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(40 * time.Second)
		feed := newStreamFeed()
		s = s.crash(200*time.Millisecond, withStation(receiver{feed: feed}))
		s.at(2 * time.Minute)
		row := s.expect("r", playout.Played, playout.CauseCrash, 2)
		if end := row.Airings[1].Ended.Sub(s.out.start); end < 79*time.Second || end > 80*time.Second {
			t.Errorf("it ended at %s", end)
		}
		if !feed.isClosed() || feed.opens() != 1 {
			t.Errorf("closed %v, opened %d times", feed.isClosed(), feed.opens())
		}
	})
}
