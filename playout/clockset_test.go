package playout_test

import (
	"sync/atomic"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// sleeper is the clocks of a machine that can be suspended: CLOCK_MONOTONIC stands
// still meanwhile. The bubble knows of no sleep, so the fake output plays on by
// real time, and the player alone sees the clock jump.
type sleeper struct {
	wallClock
	slept atomic.Int64
}

func (c *sleeper) hasSlept() time.Duration { return time.Duration(c.slept.Load()) }

func (c *sleeper) sleep(d time.Duration) {
	c.slept.Add(int64(d))
	c.off.Add(int64(d))
}

// TestTimeServerComesMidItem: NTP arrives while a notice sounds. It goes on by the
// monotonic clock, without a gap, and its row has the right times: as long as it
// was, by the new clock, and as late as the old one was wrong (snapcast#175,
// libretime#1486).
func TestTimeServerComesMidItem(t *testing.T) {
	for name, step := range map[string]time.Duration{
		"ASecond": time.Second, "ASecondBack": -time.Second, "FiveSeconds": 5 * time.Second, "FiveSecondsBack": -5 * time.Second,
		"AnHour": time.Hour, "AnHourBack": -time.Hour, "ADay": 24 * time.Hour, "ADayBack": -24 * time.Hour, "From1970": 56 * 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second))
				s.at(15 * time.Second)
				clock.set(step, false)
				s.at(time.Minute)
				cause := "completed"
				if step.Abs() > playout.LateAfter {
					cause = scheduler.ReasonClockSet
				}
				row := s.expect("a", playout.Played, cause, 2)
				if n := framesOf(row, scheduler.PartVoice); n != 20*48000 {
					t.Errorf("%d frames of the voice", n)
				}
				begin := s.out.start.Add(5*time.Second + step)
				first, last := row.Span()
				if first.Sub(begin).Abs() > 10*time.Millisecond || (last.Sub(first)-row.Planned).Abs() > 10*time.Millisecond {
					t.Errorf("from %s to %s, want from %s for %s", first, last, begin, row.Planned)
				}
				if (row.Lateness - step).Abs() > 10*time.Millisecond {
					t.Errorf("lateness %s, want %s", row.Lateness, step)
				}
			})
		})
	}
}

// A drill that sounds as the clock is set has all its times by the new one, as an emergency has.
func TestTimeServerComesInADrill(t *testing.T) {
	for name, step := range map[string]time.Duration{"AnHour": time.Hour, "AnHourBack": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.player.Play(s.drill("d", 10*time.Second, false))
				s.at(20 * time.Second)
				clock.set(step, false)
				s.at(2 * time.Minute)
				row := s.expect("d", playout.Played, "completed", 2)
				begin := s.out.start.Add(10*time.Second + settle + step)
				first, last := row.Span()
				if first.Sub(begin).Abs() > time.Second || last.Sub(first) < 10*time.Second || last.Sub(first) > time.Minute {
					t.Errorf("from %s to %s, want from %s on for less than a minute", first, last, begin)
				}
			})
		})
	}
}

// The clock is set in the seconds between handing over and the first frame: the
// notice is due at an hour of the day, and that may be now, later or over.
func TestClockSetBeforeTheFirstFrame(t *testing.T) {
	for name, c := range map[string]struct {
		step    time.Duration
		outcome playout.Outcome
		cause   string
		begins  time.Duration // since the bubble began
	}{
		"SecondsBack":    {-5 * time.Second, playout.Played, "completed", 15 * time.Second},
		"HalfAMinute":    {-40 * time.Second, playout.Played, "completed", 50 * time.Second},
		"WithinTheGrace": {40 * time.Second, playout.Played, scheduler.ReasonClockSet, 0},
		"BeyondIt":       {2 * time.Hour, playout.Missed, scheduler.ReasonClockSet, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.player.Play(s.occurrence("a", 10*time.Second, 20*time.Second))
				s.at(4 * time.Second)
				clock.set(c.step, false)
				s.at(5 * time.Minute)
				row := s.row("a")
				if row.Outcome != c.outcome || row.Cause != c.cause {
					t.Fatalf("%s %s, want %s %s", row.Outcome, row.Cause, c.outcome, c.cause)
				}
				first, _ := row.Span()
				if want := s.out.start.Add(c.begins + c.step); c.begins != 0 && first.Sub(want).Abs() > 20*time.Millisecond {
					t.Errorf("began at %s, want %s", first, want)
				}
			})
		})
	}
}

// TestSuspendedMidItem: the lid is closed for three days while a notice sounds and
// another waits. Neither is heard three days later, and both say why. After a nap
// within its grace a notice goes on.
func TestSuspendedMidItem(t *testing.T) {
	for name, c := range map[string]struct {
		asleep time.Duration
		a, b   playout.Outcome
		cause  string
	}{
		"ThreeDays": {72 * time.Hour, playout.Cut, playout.Missed, scheduler.ReasonAsleep},
		"ANap":      {20 * time.Second, playout.Played, playout.Played, scheduler.ReasonAsleep},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &sleeper{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Now, cfg.Clock, cfg.Slept = clock.now, clock.state, clock.hasSlept
				})
				s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second))
				s.player.Play(s.occurrence("b", 30*time.Second, 20*time.Second))
				s.at(15 * time.Second)
				clock.sleep(c.asleep)
				s.at(5 * time.Minute)
				a, b := s.row("a"), s.row("b")
				if a.Outcome != c.a || a.Cause != c.cause || b.Outcome != c.b || b.Cause != c.cause {
					t.Errorf("a %s %s, b %s %s", a.Outcome, a.Cause, b.Outcome, b.Cause)
				}
				if _, last := a.Span(); c.a == playout.Cut && last.After(s.out.start.Add(17*time.Second)) {
					t.Errorf("it is said to have sounded until %s", last)
				}
			})
		})
	}
}

// TestEmergencyDoesNotOutliveSleep: its life runs on CLOCK_MONOTONIC, which stands
// still while the machine sleeps; it once sounded days after its end.
func TestEmergencyDoesNotOutliveSleep(t *testing.T) {
	for name, c := range map[string]struct {
		asleep, sounds time.Duration
	}{
		"Over":    {72 * time.Hour, 12 * time.Second},
		"Shorter": {5 * time.Minute, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &sleeper{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
					cfg.Now, cfg.Clock, cfg.Slept = clock.now, clock.state, clock.hasSlept
				})
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(10 * time.Second)
				clock.sleep(c.asleep)
				s.at(c.sounds + 12*time.Second)
				if air := s.player.Air(); len(air.Emergencies) != 0 {
					t.Errorf("it still sounds: %+v", air.Emergencies)
				}
				if row := s.row("emergency:e1"); row.Outcome == "" || row.Cause != scheduler.ReasonExpired {
					t.Errorf("%s %s", row.Outcome, row.Cause)
				}
			})
		})
	}
}

// What a wrong clock handed over, thirty years too early, does not wait in the player
// for all that time: it is given back, and may be handed over again (seen in the
// simulated year).
func TestClockSetBackGivesBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		clock, released := &wallClock{}, 0
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Now, cfg.Clock, cfg.Released = clock.now, clock.state, func() { released++ }
		})
		o := s.occurrence("a", 10*time.Second, 20*time.Second)
		s.player.Play(o)
		s.at(4 * time.Second)
		clock.set(-3*time.Minute, false)
		s.at(6 * time.Second)
		if row := s.row("a"); row.Deleted.IsZero() || released != 1 {
			t.Errorf("row %+v, released %d times", row, released)
		}
		s.at(3 * time.Minute)
		s.player.Play(o)
		s.at(5 * time.Minute)
		s.expect("a", playout.Played, "completed", 2)
	})
}

// With an amplifier that needs a minute to settle everything is handed over more than
// a minute ahead: all of it was once given back to the plan, and nothing aired.
func TestAnAmplifierThatSettlesForAMinuteIsNoSetClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 70*time.Second, 3*time.Second))
		s.at(2 * time.Minute)
		s.expect("a", playout.Played, "completed", 2)
	})
}

// A machine that is busy with other things lets the program wait between reading one clock and
// the next. It took that for a clock that was set, and dated what it played by so much otherwise.
func TestAWaitBetweenTwoClocksIsNoClockThatWasSet(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var wait atomic.Int64
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Now = func() time.Time {
				at := time.Now()
				time.Sleep(time.Duration(wait.Swap(0)))
				return at
			}
		})
		s.player.Play(s.occurrence("a", 5*time.Second, 20*time.Second))
		for at := time.Second; at < 30*time.Second; at += 700 * time.Millisecond {
			s.at(at)
			wait.Store(int64(150 * time.Millisecond)) // the next reading, whoever asks
		}
		s.at(time.Minute)
		row := s.expect("a", playout.Played, "completed", 2)
		first, last := row.Span()
		if first.Sub(s.out.start.Add(5*time.Second)).Abs() > time.Millisecond || (last.Sub(first)-row.Planned).Abs() > time.Millisecond || row.Lateness.Abs() > time.Millisecond {
			t.Errorf("from %s to %s, %s late", first.Sub(s.out.start), last.Sub(s.out.start), row.Lateness)
		}
	})
}
