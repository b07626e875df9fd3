package playout_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// allClear is one that is said twice, 4 s each time.
func (s *stage) allClear(id string) scheduler.Emergency {
	e := s.emergency(id, scheduler.AllClearLife)
	e.Title, e.Text, e.AllClear, e.Repeat = "Hết báo động", "Hết báo động. Thôn đã an toàn.", true, 2
	return e
}

// An all-clear ends what sounds, is said so often as it should be, without the siren,
// whatever the hour and with the database gone, and ends by itself.
func TestAllClear(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.place.allows(1) // a minute behind midnight: nothing else may sound now
		s.book.breaks(errors.New("database disk image is malformed"))
		e := s.emergency("e1", 15*time.Minute)
		e.Zones, e.Languages = []string{"suoi"}, []string{"vi"}
		s.raise(e)
		s.at(15 * time.Second)
		s.voicer.took = time.Second
		s.raise(s.allClear("c1"))
		air := s.player.Air()
		if len(air.Emergencies) != 1 || air.Emergencies[0].ID != "c1" || air.Over == nil || air.Over.ID != "e1" || !slices.Equal(air.Over.Zones, e.Zones) {
			t.Errorf("air = %+v over %+v, want the all-clear alone behind e1", air.Emergencies, air.Over)
		}
		if !s.amp.keyed() {
			t.Error("the amplifier went off between the siren and the all-clear")
		}
		s.at(40 * time.Second)
		s.book.breaks(nil)
		s.at(2 * time.Minute)
		row := s.expect("emergency:c1", playout.Played, "completed", 1)
		if a := row.Airings[0]; a.Part != scheduler.PartVoice || a.Language != "vi" || a.Frames != 2*4*48000 || row.By != "trưởng thôn" || row.Kind != playout.KindAllClear {
			t.Errorf("row = %+v, want the words twice and no siren", row)
		}
		s.expect("emergency:e1", playout.StoppedBy, "replaced", 1)
		if s.amp.keyed() || len(s.player.Air().Emergencies) != 0 || s.player.Air().Over.ID != "e1" {
			t.Error("something is still on, or the all-clear is told as what is over")
		}
		if saved := s.alarms.all["c1"]; !saved.AllClear || saved.Ended.IsZero() {
			t.Errorf("saved = %+v", saved)
		}
		for _, a := range s.out.raised {
			if a.ID == "c1" && (a.Repeat != 2 || len(a.Cycle) != 1 || a.Cycle[0].File == nil) {
				t.Errorf("the output was given %+v", a)
			}
		}
	})
}

// A danger that comes back takes the all-clear back at once.
func TestEmergencyTakesTheAllClearBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.allClear("c1"))
		s.at(3 * time.Second)
		s.raise(s.emergency("e1", time.Minute))
		s.at(10 * time.Second)
		s.expect("emergency:c1", playout.StoppedBy, "replaced", 1)
		if air := s.player.Air(); len(air.Emergencies) != 1 || air.Emergencies[0].ID != "e1" {
			t.Errorf("air = %+v, want the emergency alone", air.Emergencies)
		}
	})
}

// Whoever stops it stops it; one that nobody can say is told as missed, and why.
func TestAllClearThatIsNotHeard(t *testing.T) {
	cases := map[string]struct {
		before, after func(s *stage)
		outcome       playout.Outcome
		cause         string
	}{
		"Stopped before its first word": {func(s *stage) { s.voicer.took = 10 * time.Second }, func(s *stage) {
			if err := s.player.Lower(s.t.Context(), "x"); err != nil {
				s.t.Fatal(err)
			}
		}, playout.Withdrawn, "stopped"},
		"No voice": {func(s *stage) { s.voicer.speaks = []string{"fr"} }, func(*stage) {}, playout.Missed, scheduler.ReasonNotReady},
		"The voice is broken": {func(s *stage) { s.voicer.fail = errors.New("no engine") }, func(s *stage) {
			s.at(scheduler.AllClearLife)
		}, playout.Missed, scheduler.ReasonNotReady},
	}
	for name, tt := range cases {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				tt.before(s)
				s.raise(s.allClear("c1"))
				s.at(2 * time.Second)
				tt.after(s)
				s.at(scheduler.AllClearLife + 20*time.Second)
				row := s.row("emergency:c1")
				if row.Outcome != tt.outcome || row.Cause != tt.cause || len(row.Airings) != 0 || s.amp.keyed() || len(s.player.Air().Emergencies) != 0 {
					t.Errorf("row = %+v", row)
				}
			})
		})
	}
}

// A restart says it again, and knows what it is about.
func TestAllClearAfterRestart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 15*time.Minute))
		s.at(12 * time.Second)
		s.raise(s.allClear("c1"))
		s.at(15 * time.Second)
		s.close()
		book, spool := s.book, s.spool
		time.Sleep(5 * time.Second)
		s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
			n.book, n.spool = book, spool
			cfg.Journal, cfg.Spool = book, []string{spool}
		})
		s.lib.add("message", 4*time.Second)
		s.at(time.Minute)
		if row := s.expect("emergency:c1", playout.Played, "completed", 2); row.Airings[1].Frames != 2*4*48000 {
			t.Errorf("row = %+v", row)
		}
		if over := s.player.Air().Over; over == nil || over.ID != "e1" {
			t.Errorf("over = %+v, want e1", over)
		}
		for _, a := range s.out.raised {
			if len(a.Cycle) != 1 || a.Cycle[0].File == nil {
				t.Errorf("after the restart the output was given %+v", a)
			}
		}
	})
}
