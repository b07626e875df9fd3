package playout_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// TestClockPutRightAfterTheEnd: the clock is wrong while a notice sounds, and put right
// seconds after its end. The row once had said for ever that it ended a day, or
// decades, before or after it was due.
func TestClockPutRightAfterTheEnd(t *testing.T) {
	for name, by := range map[string]time.Duration{
		"AnHour": time.Hour, "AnHourBack": -time.Hour, "ADay": 24 * time.Hour, "ADayBack": -24 * time.Hour, "DecadesAhead": 56 * 365 * 24 * time.Hour,
	} {
		for at, now := range map[string]bool{"": false, "Now": true} {
			t.Run(name+at, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					clock := &wallClock{}
					s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
					o := s.occurrence("a", 5*time.Second, 20*time.Second)
					o.Immediate = now
					s.player.Play(o)
					s.at(15 * time.Second)
					clock.set(by, false)
					s.at(30 * time.Second)
					clock.set(0, false)
					s.at(time.Minute)
					row := s.row("a")
					first, last := row.Span()
					begin := s.out.start.Add(5 * time.Second)
					if now {
						begin = s.out.start.Add(settle + 50*time.Millisecond)
					}
					if row.Outcome != playout.Played || first.Sub(begin).Abs() > 10*time.Millisecond || last.Sub(begin.Add(row.Planned)).Abs() > 10*time.Millisecond {
						t.Errorf("%s from %s to %s, want from %s for %s", row.Outcome, first, last, begin, row.Planned)
					}
					if row.Lateness.Abs() > 10*time.Millisecond || row.Due.Sub(begin).Abs() > 10*time.Millisecond {
						t.Errorf("due %s, late by %s, want %s and 0", row.Due, row.Lateness, begin)
					}
					clock.set(time.Hour, false) // much later, and no business of that row
					s.at(2 * time.Minute)
					if _, again := s.row("a").Span(); !again.Equal(last) {
						t.Errorf("moved once more, to %s", again)
					}
				})
			})
		}
	}
}

// TestClosingAfterTheClockWasPutRight: a slot whose last notice sounded by a wrong clock
// has its closing, and nothing after it waits for what ended "tomorrow". The closing was
// once given up 18 minutes later, as too late and for no cause that has a name (seen in
// the simulated year). Where a restart looks at it by the wrong clock before that is put
// right, it was due while nobody was there, and is over.
func TestClosingAfterTheClockWasPutRight(t *testing.T) {
	for name, by := range map[string]time.Duration{"ADayBack": -24 * time.Hour, "ADay": 24 * time.Hour, "AnHour": time.Hour, "DecadesAhead": 56 * 365 * 24 * time.Hour} {
		for _, crash := range []string{"", "InACrash", "AfterACrash"} {
			t.Run(name+crash, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					y := &year{soak: &soak{soakBoard: newSoakBoard(t), rng: rand.New(rand.NewPCG(1, 1)), outcomes: map[string]int{}}}
					evening := y.began.Add(17 * time.Hour)
					y.really(evening.Add(2*time.Minute + 41*time.Second)) // the fourth and last notice began a second ago
					y.set(by)
					y.really(evening.Add(3*time.Minute + 33*time.Second))
					switch crash {
					case "InACrash":
						y.wake = func() { y.clock.set(0, false) }
						y.crash(3*time.Second, false)
					case "AfterACrash":
						y.crash(3*time.Second, false)
						synctest.Wait() // the plan is made
					}
					if crash != "InACrash" {
						y.set(-by)
					}
					y.really(evening.Add(25 * time.Minute))
					row := y.stage.book.copy().rows["evening:un-ta:"+evening.Format("2006-01-02")+"T17:00:closing"]
					over := crash == "AfterACrash" && by > 0 && row.Outcome == playout.Missed && row.Cause == scheduler.ReasonPower
					if row.Outcome != playout.Played && !over {
						t.Errorf("the closing: %s %s, due %s", row.Outcome, row.Cause, row.Due.In(y.place))
					}
					morning := evening.Add(13 * time.Hour)
					y.really(morning)
					y.powerOff()
					heard := 0
					for _, row := range y.stage.book.copy().rows {
						if row.Kind != scheduler.Notice || !row.Deleted.IsZero() || row.Nominal.Before(evening.Add(time.Hour)) || row.Nominal.After(morning) {
							continue
						}
						heard++
						if row.Outcome != playout.Played || row.Cause != "completed" {
							t.Errorf("%s: %s %s", row.Occurrence, row.Outcome, row.Cause)
						}
					}
					if heard != 4 {
						t.Errorf("%d notices in the morning, want 4", heard)
					}
				})
			})
		}
	}
}
