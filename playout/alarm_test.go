package playout_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

func (s *stage) emergency(id string, life time.Duration) scheduler.Emergency {
	s.lib.add("message", 4*time.Second)
	now := time.Now()
	return scheduler.Emergency{
		Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Title: "Lũ quét", Reason: "nước suối lên nhanh", Source: "Trưởng thôn",
		Text: "Xin bà con rời ngay khỏi bờ suối.", Raised: now, Expires: now.Add(life), RaisedBy: "trưởng thôn",
	}
}

func (s *stage) raise(e scheduler.Emergency) {
	s.t.Helper()
	if err := s.player.Raise(s.t.Context(), e); err != nil {
		s.t.Fatal(err)
	}
}

func TestEmergencySoundsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.took = 3 * time.Second
		s.at(5 * time.Second)
		s.raise(s.emergency("e1", time.Minute))
		if got := s.out.alarm(0); len(got.Cycle) != 1 || got.Cycle[0].File != nil {
			t.Errorf("first cycle = %+v, want the siren alone", got.Cycle)
		}
		if !s.amp.keyed() {
			t.Error("the amplifier is not keyed together with the siren")
		}
		s.at(9 * time.Second)
		// Giáy has no voice: the message joins in Vietnamese alone.
		if got := s.out.alarm(1); len(got.Cycle) != 2 || got.Cycle[1].File == nil || got.ID != "e1" {
			t.Errorf("cycle with message = %+v, want siren and one message", got.Cycle)
		}
		s.at(64 * time.Second)
		if air := s.player.Air(); air.Emergency == nil || air.Emergency.ID != "e1" {
			t.Errorf("air = %+v, want the emergency", air.Emergency)
		}
		s.at(70 * time.Second)
		row := s.expect("emergency:e1", playout.Played, "expired", 2)
		if row.Kind != playout.KindEmergency || row.By != "trưởng thôn" || row.Lateness != 0 {
			t.Errorf("row = %+v", row)
		}
		if s.amp.keyed() || s.player.Air().Emergency != nil {
			t.Error("something is still on after it expired")
		}
		if saved := s.alarms.all["e1"]; saved.EndedBy != "expired" || saved.Ended.IsZero() {
			t.Errorf("saved = %+v, want ended by expiry", saved)
		}
	})
}

func TestEmergencyIsStopped(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		if err := s.player.Lower(t.Context(), "x"); !errors.Is(err, playout.ErrNoEmergency) {
			t.Errorf("lower with none = %v, want ErrNoEmergency", err)
		}
		s.raise(s.emergency("e1", 15*time.Minute))
		s.at(10 * time.Second)
		if err := s.player.Lower(t.Context(), "cán bộ"); err != nil {
			t.Fatal(err)
		}
		if err := s.player.Lower(t.Context(), "cán bộ khác"); !errors.Is(err, playout.ErrNoEmergency) {
			t.Errorf("second lower = %v, want ErrNoEmergency", err)
		}
		if s.player.Air().Emergency != nil {
			t.Error("the stopped emergency is still shown")
		}
		s.at(12 * time.Second)
		if row := s.expect("emergency:e1", playout.StoppedBy, "stopped", 1); row.By != "cán bộ" {
			t.Errorf("by = %q", row.By)
		}
		if s.alarms.all["e1"].EndedBy != "cán bộ" || s.amp.keyed() {
			t.Error("not ended by who stopped it, or the amplifier is on")
		}
	})
}

func TestEmergencyFreezesTheProgramme(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 10*time.Second))
		s.at(24 * time.Second) // 2.5 s into the voice
		s.raise(s.emergency("e1", 30*time.Second))
		s.at(30 * time.Second)
		row := s.row("one")
		if n := len(row.Airings); n != 2 || row.Airings[1].Frames != 2.5*48000 || row.Airings[1].Cause != scheduler.ReasonPreempted {
			t.Fatalf("airings while silenced = %+v, want the voice closed after 2.5 s", row.Airings)
		}
		s.at(2 * time.Minute)
		row = s.expect("one", playout.Played, playout.CauseResumed, 3)
		if got := row.Airings[2].Frames; got != 7.5*48000 {
			t.Errorf("rest of the voice = %d frames, want 7.5 s", got)
		}
		if gap := row.Airings[2].Started.Sub(row.Airings[1].Ended); gap != 30*time.Second {
			t.Errorf("silenced for %s, want the life of the emergency", gap)
		}
		if s.amp.keyed() {
			t.Error("the amplifier stayed on")
		}
	})
}

func TestEmergencyWithoutDatabase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.breaks(errors.New("database disk image is malformed"))
		s.voicer.fail = errors.New("no engine")
		s.raise(s.emergency("e1", time.Minute))
		s.at(2 * time.Second)
		if len(s.out.raised) != 1 || !s.amp.keyed() {
			t.Fatal("the siren did not sound without the database")
		}
		s.at(90 * time.Second)
		s.book.breaks(nil)
		s.at(2 * time.Minute)
		s.expect("emergency:e1", playout.Played, "expired", 1)
	})
}

// An emergency survives a restart until it expires; one that was stopped does
// not come back.
func TestEmergencyAfterRestart(t *testing.T) {
	tests := map[string]struct {
		before func(s *stage)
		down   time.Duration
		sounds bool
	}{
		"StillAlive": {func(*stage) {}, 10 * time.Second, true},
		"Expired":    {func(*stage) {}, 2 * time.Minute, false},
		"Stopped": {func(s *stage) {
			if err := s.player.Lower(s.t.Context(), "x"); err != nil {
				s.t.Fatal(err)
			}
		}, 10 * time.Second, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.raise(s.emergency("e1", time.Minute))
				s.at(5 * time.Second)
				tt.before(s)
				s.close()
				book, spool := s.book, s.spool
				time.Sleep(tt.down)
				s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
					n.book, n.spool = book, spool
					cfg.Journal, cfg.Spool = book, []string{spool}
				})
				s.at(time.Second)
				if got := len(s.out.raised) > 0; got != tt.sounds {
					t.Errorf("sounds after the restart = %v, want %v", got, tt.sounds)
				}
				if row := s.row("emergency:e1"); tt.sounds && len(row.Airings) != 2 {
					t.Errorf("airings = %+v, want the one before and the one after the restart", row.Airings)
				}
			})
		})
	}
}

func TestNewerEmergencySupersedes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 5*time.Minute))
		s.at(5 * time.Second)
		e2 := s.emergency("e2", time.Minute)
		e2.Supersedes = "e1"
		s.raise(e2)
		s.at(10 * time.Second)
		s.expect("emergency:e1", playout.StoppedBy, string(audio.Replaced), 1)
		if air := s.player.Air(); air.Emergency == nil || air.Emergency.ID != "e2" {
			t.Errorf("air = %+v, want e2", air.Emergency)
		}
	})
}

// Two boards on one machine share the folder in memory: neither raises the
// emergency of the other.
func TestEmergencyOfAnotherVillageIsNotRaised(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		other := s.emergency("e1", time.Minute)
		s.close()
		other.Village = "luong-khe"
		dir := s.spool
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal([]scheduler.Emergency{other})
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "emergencies.json"), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) { n.spool, cfg.Spool = dir, []string{dir} })
		s.at(time.Second)
		if len(s.out.raised) != 0 {
			t.Error("the emergency of another village sounds here")
		}
	})
}

// With the disk full the file lies in memory; once the disk takes it again the
// old copy must not come back after a restart.
func TestOldCopyOfAnEmergencyDoesNotComeBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var full, memory string
		s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
			full, memory = s.spool, filepath.Join(t.TempDir(), "memory")
			cfg.Spool = []string{full, memory}
			if err := os.WriteFile(full, nil, 0o600); err != nil { // a file where the folder should be
				t.Fatal(err)
			}
		})
		s.raise(s.emergency("e1", time.Minute))
		s.at(time.Second)
		if _, err := os.Stat(filepath.Join(memory, "emergencies.json")); err != nil {
			t.Fatalf("nothing in memory: %v", err)
		}
		if err := os.Remove(full); err != nil {
			t.Fatal(err)
		}
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(5 * time.Second)
		if _, err := os.Stat(filepath.Join(memory, "emergencies.json")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the old copy is still there: %v", err)
		}
	})
}
