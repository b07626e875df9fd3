package playout_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"loalang/archive/disktest"
	"loalang/playout"
)

// smallDisk is a file system of its own; the test is skipped where none may be
// mounted.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("SKIPPED: a small disk cannot be mounted here (%v): run the tests as root", err)
	}
	return dir
}

// fillDisk takes all room of a disk.
func fillDisk(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// again starts a Player on what an earlier one left.
func (s *stage) again(t *testing.T, spool ...string) *stage {
	t.Helper()
	s.close()
	return newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
		n.book, n.alarms, n.spool = s.book, s.alarms, s.spool
		cfg.Journal, cfg.Emergencies, cfg.Spool = s.book, s.alarms, []string{s.spool}
		if spool != nil {
			cfg.Spool = spool
		}
	})
}

// An emergency that was raised while the disk had room and stopped when it was
// full does not sound again after a restart, even when the copy in memory went
// with the power and the database never heard of the end.
func TestStoppedEmergencyStaysStoppedOnAFullDisk(t *testing.T) {
	for name, memoryIsLost := range map[string]bool{"Restart": false, "PowerCut": true} {
		t.Run(name, func(t *testing.T) {
			disk := smallDisk(t)
			bubble(t, func(t *testing.T) {
				memory := filepath.Join(t.TempDir(), "memory")
				s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
					s.spool = filepath.Join(disk, "spool")
					cfg.Spool = []string{s.spool, memory}
				})
				s.raise(s.emergency("e1", 10*time.Minute))
				s.at(5 * time.Second)
				fillDisk(t, disk)
				s.alarms.breaks(syscall.ENOSPC)
				if err := s.player.Lower(t.Context(), "x"); err != nil {
					t.Fatal(err)
				}
				s.at(20 * time.Second)
				if memoryIsLost {
					if err := os.RemoveAll(memory); err != nil {
						t.Fatal(err)
					}
				}
				s.alarms.breaks(nil)
				s = s.again(t, s.spool, memory)
				s.at(time.Second)
				if len(s.out.raised) != 0 {
					t.Error("what was stopped sounds again")
				}
				if e := s.alarms.saved("e1"); e.Ended.IsZero() || e.EndedBy != "x" {
					t.Errorf("the database was not told of the end after the restart: %+v", e)
				}
			})
		})
	}
}

// The database knows the emergency as alive and cannot be written when it is
// stopped: the file remembers that it has ended.
func TestStoppedEmergencyStaysStoppedWithoutDatabase(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(5 * time.Second)
		s.alarms.breaks(errors.New("database is locked"))
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(20 * time.Second)
		s.alarms.breaks(nil)
		s = s.again(t)
		s.at(time.Second)
		if len(s.out.raised) != 0 {
			t.Error("what was stopped sounds again")
		}
	})
}

// The old state of an emergency, saved late, does not make it alive again.
func TestLateSaveDoesNotReviveAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.claiming.takes = 4 * time.Second // the claim comes before the first save
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(time.Second)
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(20 * time.Second)
		if e := s.alarms.saved("e1"); e.Ended.IsZero() {
			t.Errorf("the database has it as alive: %+v", e)
		}
	})
}

// Nothing that was raised is missing in the database once it works again, also
// when that takes a restart and the emergency has long expired.
func TestEmergencyIsSavedWhenTheDatabaseIsBack(t *testing.T) {
	for name, restart := range map[string]bool{"Running": false, "AfterRestart": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.alarms.breaks(errors.New("database disk image is malformed"))
				e := s.emergency("e1", time.Minute)
				s.raise(e)
				s.at(5 * time.Minute)
				if restart {
					s = s.again(t)
				}
				s.alarms.breaks(nil)
				time.Sleep(15 * time.Second)
				if got := s.alarms.saved("e1"); got.Reason != e.Reason || got.EndedBy != "expired" {
					t.Errorf("saved = %+v", got)
				}
				s.close()
				raw, err := os.ReadFile(filepath.Join(s.spool, "emergencies.json"))
				if err != nil || string(raw) != "[]" {
					t.Errorf("the file still has %s, %v", raw, err)
				}
			})
		})
	}
}

// keptEmergency is what the file has of an emergency.
type keptEmergency struct {
	ID, EndedBy string
	Expires     time.Time
}

// kept reads the one emergency in the file.
func (s *stage) kept() keptEmergency {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.spool, "emergencies.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	var all []keptEmergency
	if err := json.Unmarshal(raw, &all); err != nil || len(all) != 1 {
		s.t.Fatalf("the file has %s, %v", raw, err)
	}
	return all[0]
}

// Who raises, renews or stops an emergency is told so when a power cut in the
// next instant would not undo it.
func TestAcknowledgedEmergencyIsDurable(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.alarms.breaks(errors.New("database is locked"))
		s.raise(s.emergency("e1", time.Minute))
		if got := s.kept(); got.ID != "e1" || got.EndedBy != "" {
			t.Errorf("when raised the file has %+v", got)
		}
		until := time.Now().Add(time.Hour)
		if _, err := s.player.Renew(t.Context(), "e1", until, "x"); err != nil {
			t.Fatal(err)
		}
		if got := s.kept(); !got.Expires.Equal(until) {
			t.Errorf("when renewed the file has %+v", got)
		}
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		if got := s.kept(); got.EndedBy != "x" {
			t.Errorf("when stopped the file has %+v", got)
		}
	})
}
