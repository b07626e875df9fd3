package playout_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// wallClock is a clock that is wrong by so much, and known to be or not.
type wallClock struct {
	off     atomic.Int64
	unknown atomic.Bool
}

func (c *wallClock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

func (c *wallClock) state() hardware.ClockState {
	if c.unknown.Load() {
		return hardware.ClockState{Trust: hardware.Unknown}
	}
	return hardware.ClockState{Trust: hardware.Synced}
}

func (c *wallClock) set(off time.Duration, unknown bool) {
	c.off.Store(int64(off))
	c.unknown.Store(unknown)
}

// powerCut starts a Player on what the disk had at this moment, after a time
// without power.
func (s *stage) powerCut(t *testing.T, down time.Duration, clock *wallClock, off time.Duration, unknown bool) *stage {
	t.Helper()
	spool := filepath.Join(t.TempDir(), "spool")
	if err := os.CopyFS(spool, os.DirFS(s.spool)); err != nil {
		t.Fatal(err)
	}
	book := s.book.copy()
	s.close()
	time.Sleep(down)
	clock.set(off, unknown)
	return newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
		n.book, n.spool = book, spool
		cfg.Journal, cfg.Spool, cfg.Clock, cfg.Now = book, []string{spool}, clock.state, clock.now
	})
}

// After a power cut the clock may be unknown and stand before the emergency was
// raised, or long before its end: it sounds for what was left of its life.
func TestEmergencyAfterAPowerCutWithTheClockUnknown(t *testing.T) {
	cases := map[string]struct {
		before, after time.Duration // by how much the clock is wrong
		unknownBefore bool
		unknown       bool
		down          time.Duration
		sounds        time.Duration // to a second, and up to 10 s less that were not written down; 0: not at all
	}{
		"FloorBeforeItWasRaised": {after: -20 * time.Minute, unknown: true, down: 2 * time.Minute, sounds: 9 * time.Minute},
		"FloorWithinItsLife":     {after: -30 * time.Minute, unknown: true, down: 30 * time.Minute, sounds: 9 * time.Minute},
		"NeverKnown":             {before: -1e6 * time.Second, after: -1e6 * time.Second, unknownBefore: true, unknown: true, down: 2 * time.Minute, sounds: 7 * time.Minute},
		"KnownOnlyAfterwards":    {before: -1e6 * time.Second, unknownBefore: true, down: 2 * time.Minute, sounds: 9 * time.Minute},
		"Known":                  {down: 2 * time.Minute, sounds: 7 * time.Minute},
		"KnownAndOver":           {down: 20 * time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				clock.set(c.before, c.unknownBefore)
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Clock, cfg.Now = clock.state, clock.now })
				e := s.emergency("e1", 10*time.Minute)
				e.Raised, e.Expires = clock.now(), clock.now().Add(10*time.Minute)
				s.raise(e)
				s.at(time.Minute + 5*time.Second)
				s = s.powerCut(t, c.down, clock, c.after, c.unknown)
				began := time.Now()
				s.at(5 * time.Second)
				if sounds := s.player.Air().Emergency != nil; sounds != (c.sounds > 0) {
					t.Fatalf("sounds = %v", sounds)
				}
				if c.sounds == 0 {
					return
				}
				for s.player.Air().Emergency != nil {
					time.Sleep(time.Second)
				}
				if took := time.Since(began); took > c.sounds+time.Second || took < c.sounds-15*time.Second {
					t.Errorf("it went on for %s, want %s", took, c.sounds)
				}
			})
		})
	}
}

// Once the time is known again, so is that its life is over.
func TestEmergencyEndsWhenTheClockSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		down   time.Duration
		sounds bool
	}{"Over": {time.Hour, false}, "NotYet": {time.Minute, true}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Clock, cfg.Now = clock.state, clock.now })
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(time.Minute)
				s = s.powerCut(t, c.down, clock, -c.down, true)
				s.at(30 * time.Second)
				if s.player.Air().Emergency == nil {
					t.Fatal("it does not sound while the time is unknown")
				}
				clock.set(0, false)
				s.at(45 * time.Second)
				if sounds := s.player.Air().Emergency != nil; sounds != c.sounds || s.amp.keyed() != c.sounds {
					t.Errorf("sounds = %v once the time is known", sounds)
				}
				if !c.sounds {
					s.expect("emergency:e1", playout.Played, "expired", 3)
				}
			})
		})
	}
}

// A clock that is set while it sounds changes nothing about its life.
func TestClockStepDoesNotEndAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		clock := &wallClock{}
		clock.set(-1e6*time.Second, true)
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Clock, cfg.Now = clock.state, clock.now })
		e := s.emergency("e1", 10*time.Minute)
		e.Raised, e.Expires = clock.now(), clock.now().Add(10*time.Minute)
		s.raise(e)
		s.at(time.Minute)
		clock.set(0, false)
		s.at(9*time.Minute + 50*time.Second)
		air := s.player.Air().Emergency
		if air == nil {
			t.Fatal("it ended with the step")
		}
		if left := time.Until(air.Expires); left != 10*time.Second {
			t.Errorf("it says that %s are left, want 10s", left)
		}
		s.at(10*time.Minute + 5*time.Second)
		if s.player.Air().Emergency != nil {
			t.Error("it sounds beyond its life")
		}
	})
}

// Whatever the as-run says happened, the clock has seen that time.
func TestClockNotesWhatWasWrittenDown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var saw atomic.Int64
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Seen = func() { saw.Add(1) } })
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(time.Second)
		claimed := saw.Load()
		s.at(30 * time.Second)
		recorded := saw.Load()
		s.book.breaks(errors.New("database is locked"))
		s.raise(s.emergency("e1", time.Minute))
		s.at(31 * time.Second)
		if raised := saw.Load(); claimed == 0 || recorded <= claimed || raised <= recorded {
			t.Errorf("seen %d times after the claim, %d after the airing, %d after the emergency", claimed, recorded, raised)
		}
	})
}

// What a person has stopped, and was told so, was not cut by the power that
// failed before the log had it.
func TestPowerCutRightAfterAStop(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 10*time.Minute))
		s.raise(s.emergency("e2", 10*time.Minute))
		s.at(10 * time.Second)
		book := s.book.copy() // both sound, by the log
		third := s.emergency("e3", 10*time.Minute)
		third.Supersedes = "e2"
		s.raise(third)
		if err := s.player.Lower(t.Context(), "Hoa"); err != nil {
			t.Fatal(err)
		}
		s.at(11 * time.Second)
		s.book = book
		s = s.again(t)
		s.at(20 * time.Second)
		for id, cause := range map[string]string{"e1": "stopped", "e2": "replaced"} {
			if row := s.row("emergency:" + id); row.Outcome != playout.StoppedBy && row.Outcome != playout.Withdrawn || row.Cause != cause || row.By == "" {
				t.Errorf("%s: %s, %s, by %q; want it stopped, %s", id, row.Outcome, row.Cause, row.By, cause)
			}
		}
	})
}

// Words that became ready as the process went down once raised the siren again
// that had just been lowered.
func TestWordsRaiseNoSirenThatWasLoweredToLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.took = 3 * time.Second
		s.at(5 * time.Second)
		s.raise(s.emergency("x", time.Minute))
		s.at(7500 * time.Millisecond)
		s.out.mu.Lock()
		s.out.deaf = true // the end waits for its last word for a second
		s.out.mu.Unlock()
		s.close()
		s.out.mu.Lock()
		defer s.out.mu.Unlock()
		if n := len(s.out.raised); n != 1 {
			t.Errorf("the siren was raised %d times, want once", n)
		}
	})
}
