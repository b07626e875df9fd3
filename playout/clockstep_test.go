package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// The clock is set while a notice that somebody asked for at once waits for its
// turn: that was once too late for it. And set back, the end of a row that was
// claimed before was taken for older than its beginning, and was not kept.
func TestClockStepDoesNotLoseWhatIsToSoundNow(t *testing.T) {
	for name, step := range map[string]time.Duration{"Forward": 24 * 300 * time.Hour, "Back": -24 * 300 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second)) // until 26.5 s
				s.at(10 * time.Second)
				b := s.occurrence("b", 10*time.Second, 5*time.Second)
				b.Immediate = true
				s.player.Play(b)
				s.at(15 * time.Second)
				clock.set(step, false)
				s.player.Changed()
				s.at(20 * time.Second)
				c := s.occurrence("c", 20*time.Second, 5*time.Second)
				c.Due = c.Due.Add(step)
				c.Nominal = c.Due
				s.player.Play(c) // any change looks for places anew
				s.at(2 * time.Minute)
				s.expect("a", playout.Played, scheduler.ReasonClockSet, 2) // it sounded by the old clock
				if row := s.row("b"); row.Outcome != playout.Played || len(row.Airings) != 2 {
					t.Errorf("b = %s %s %+v", row.Outcome, row.Cause, row.Airings)
				}
			})
		})
	}
}

// The clock is set while a notice is interrupted: it goes on all the same.
func TestClockStepWhileInterrupted(t *testing.T) {
	for name, c := range map[string]struct {
		step  time.Duration
		cause string
	}{
		"Forward": {2 * time.Hour, scheduler.ReasonClockSet}, // by that clock it was late
		"Back":    {-2 * time.Hour, playout.CauseResumed},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second))
				s.at(15 * time.Second)
				s.player.Play(s.priority("p", 10*time.Second))
				s.at(20 * time.Second)
				clock.set(c.step, false)
				s.player.Changed()
				s.at(2 * time.Minute)
				row := s.expect("a", playout.Played, c.cause, 3)
				if n := framesOf(row, scheduler.PartVoice); n != 20*48000 {
					t.Errorf("%d frames", n)
				}
				s.expect("p", playout.Played, "completed", 2)
			})
		})
	}
}
