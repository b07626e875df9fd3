package playout_test

import (
	"errors"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A restart between the claim and the first sound does not lose the notice: what
// has surely not sounded may air while its misfire allows it, and airs once. A
// shutdown knows; after a power cut that is what was never marked, and what is
// still ahead.
func TestRestartBetweenClaimAndSound(t *testing.T) {
	exact := func(*scheduler.Occurrence) {}
	cases := map[string]struct {
		change        func(*scheduler.Occurrence)
		at            time.Duration // of the restart; due is 20 s, marked at 16.95 s, keyed at 17.95 s
		down          time.Duration
		shutdown, cut bool // released
	}{
		"Claimed":      {exact, 15 * time.Second, 2 * time.Second, true, true},
		"WithinGrace":  {exact, 15 * time.Second, time.Minute, true, true},
		"AfterGrace":   {exact, 15 * time.Second, 2 * time.Minute, false, false},
		"Marked":       {exact, 17500 * time.Millisecond, 10 * time.Second, true, false},
		"MarkedAhead":  {exact, 17500 * time.Millisecond, 2 * time.Second, true, true},
		"Keyed":        {exact, 18 * time.Second, 2 * time.Second, true, false},
		"KeyedAhead":   {exact, 18 * time.Second, time.Second, true, true},
		"AboutToSound": {exact, 19800 * time.Millisecond, 2 * time.Second, false, false},
		"SlotGoesOn": {func(o *scheduler.Occurrence) {
			o.Slot, o.Misfire = "slot", scheduler.Misfire{Policy: scheduler.Skip}
		}, 15 * time.Second, 5 * time.Minute, true, true},
		"OnTheDotOnly": {func(o *scheduler.Occurrence) { o.Misfire = scheduler.Misfire{Policy: scheduler.Skip} }, 15 * time.Second, 10 * time.Second, false, false},
	}
	for name, c := range cases {
		for end, graceful := range map[string]bool{"Shutdown": true, "PowerCut": false} {
			t.Run(name+end, func(t *testing.T) {
				bubble(t, func(t *testing.T) {
					released := c.cut
					if graceful {
						released = c.shutdown
					}
					s := newStage(t)
					o := s.occurrence("one", 20*time.Second, time.Second)
					c.change(&o)
					s.player.Play(o)
					s.at(c.at)
					book := s.book.copy()
					s.close()
					if graceful {
						book = s.book
					}
					time.Sleep(c.down)
					told := 0
					s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
						n.book, cfg.Journal = book, book
						cfg.Released, cfg.Restarted = func() { told++ }, graceful
					})
					s.at(time.Second)
					if row := s.row("one"); released != !row.Deleted.IsZero() || released != (told == 1) {
						t.Fatalf("row %+v, told %d times, want released: %v", row, told, released)
					}
					s.player.Play(s.occurrence("one", 15*time.Second, time.Second)) // the plan names it again
					s.at(time.Minute)
					if !released {
						cause := scheduler.ReasonPower
						if graceful {
							cause = scheduler.ReasonRestart // the program said goodbye: the board was on
						}
						s.expect("one", playout.Missed, cause, 0)
						return
					}
					if row := s.expect("one", playout.Played, "completed", 2); !row.Deleted.IsZero() || row.Keyed.IsZero() {
						t.Errorf("the tombstone stays: %+v", row)
					}
				})
			})
		}
	}
}

// That an occurrence is about to sound is durable before the amplifier is on.
func TestMarkedBeforeTheAmplifierIsOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(16900 * time.Millisecond)
		if row := s.row("one"); !row.Keyed.IsZero() {
			t.Errorf("marked a second too early: %s", row.Keyed)
		}
		s.at(17 * time.Second)
		if row := s.row("one"); row.Keyed.IsZero() || s.amp.keyed() {
			t.Errorf("marked %v, amplifier on: %v", row.Keyed, s.amp.keyed())
		}
	})
}

// A row that only the spool had when the power went gets its outcome after the
// restart, also when the database comes back later.
func TestRowSpooledInACrashGetsAnOutcome(t *testing.T) {
	for name, away := range map[string]time.Duration{"AtOnce": 0, "DatabaseLater": 30 * time.Second} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				began := time.Now().Add(-time.Minute).UTC()
				s := newStage(t, func(s *stage, _ *playout.PlayerConfig) {
					if away > 0 {
						s.book.failing = errors.New("database is locked")
					}
					spoolRow(t, s.spool, playout.AsRun{
						Owned: scheduler.Owned{Village: "un-ta", Updated: began}, Occurrence: "one", Kind: scheduler.Notice,
						Claimed: began, Keyed: began, Airings: []playout.Airing{{ID: "x", Started: began}},
					})
				})
				s.at(away)
				s.book.breaks(nil)
				s.at(away + 11*time.Second)
				s.expect("one", playout.Cut, scheduler.ReasonPower, 1)
			})
		})
	}
}

// With the database away, what an earlier run claimed and never keyed lies in
// the spool: it may air too.
func TestSpooledClaimThatWasNeverKeyedMayAir(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.breaks(errors.New("disk I/O error"))
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(15 * time.Second)
		s = s.again(t)
		s.player.Play(s.occurrence("one", 10*time.Second, time.Second))
		s.at(30 * time.Second)
		if got := len(s.out.begun()); got != 2 {
			t.Errorf("%d parts sounded, want chime and voice", got)
		}
		s.book.breaks(nil)
		s.at(time.Minute)
		s.expect("one", playout.Played, "completed", 2)
	})
}

// An emergency that goes on while the database is away keeps the airings that
// only the spool has.
func TestEmergencyGoesOnInItsSpooledRow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.breaks(errors.New("disk I/O error"))
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(10 * time.Second)
		s = s.again(t)
		s.at(time.Second)
		s.book.breaks(nil)
		s.at(30 * time.Second)
		s.expect("emergency:e1", "", "", 2)
	})
}
