package playout_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// starting starts a Player on what an earlier one left, and whose database takes a
// second to say which emergencies there are; or to say that it does not work.
func (s *stage) starting(t *testing.T, broken error) *stage {
	t.Helper()
	s.close()
	return newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
		n.book, n.spool = s.book, s.spool
		n.alarms = &emergencies{all: s.alarms.all, failing: broken, slow: time.Second}
		cfg.Journal, cfg.Emergencies, cfg.Spool = n.book, n.alarms, []string{n.spool}
	})
}

// active is which emergencies are active, in their order.
func (s *stage) active() []string {
	var ids []string
	for _, e := range s.player.Air().Emergencies {
		ids = append(ids, e.ID)
	}
	return ids
}

func (s *stage) wantActive(ids ...string) {
	s.t.Helper()
	if got := s.active(); !slices.Equal(got, ids) {
		s.t.Errorf("active: %v, want %v", got, ids)
	}
}

// An emergency that was raised while a starting Player still read what the run
// before had left was taken for one of them and raised twice: the panel showed two
// of it and no sound of one, and the as-run said that it was withdrawn unheard.
func TestEmergencyRaisedAsThePlayerStartsIsRaisedOnce(t *testing.T) {
	for name, broken := range map[string]error{"Database": nil, "NoDatabase": errors.New("the file is gone")} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t).starting(t, broken)
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(10 * time.Second)
				s.wantActive("e1")
				if err := s.player.Lower(t.Context(), "x"); err != nil {
					t.Fatal(err)
				}
				s.at(20 * time.Second)
				s.wantActive()
				if row := s.row("emergency:e1"); row.Outcome != playout.StoppedBy || len(row.Airings) == 0 {
					t.Errorf("the as-run says %q, with %d airings", row.Outcome, len(row.Airings))
				}
				s = s.starting(t, broken)
				s.at(10 * time.Second)
				s.wantActive()
			})
		})
	}
}

// Nor does one that was stopped again before the Player had read it all come back.
func TestEmergencyStoppedAsThePlayerStartsStaysStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t).starting(t, nil)
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(100 * time.Millisecond)
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(10 * time.Second)
		s.wantActive()
	})
}

// An emergency that was raised before a starting Player had read the file of those
// that sounded when the power went wrote its own file over theirs: with the
// database gone they never sounded again.
func TestEmergencyRaisedAsThePlayerStartsForgetsNoOther(t *testing.T) {
	for name, broken := range map[string]error{"Database": nil, "NoDatabase": errors.New("the file is gone")} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(5 * time.Second)
				s = s.starting(t, broken)
				s.raise(s.emergency("e2", 10*time.Minute))
				s.at(10 * time.Second)
				s.wantActive("e2", "e1")
				s = s.starting(t, broken)
				s.at(10 * time.Second)
				s.wantActive("e1", "e2")
			})
		})
	}
}

// What the database says of an emergency as the Player starts is older than what
// a person has done to it meanwhile.
func TestDatabaseReadAsThePlayerStartsUndoesNoStop(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(5 * time.Second)
		alive := s.alarms.saved("e1")
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(15 * time.Second)
		s.alarms.all = map[string]scheduler.Emergency{"e1": alive}
		s = s.starting(t, nil)
		s.raise(s.emergency("e2", 10*time.Minute)) // reads the file, with the end of e1, before the database has answered
		s.at(10 * time.Second)
		s.wantActive("e2")
	})
}
