package playout_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// spoolRow puts a row into a spool folder, as an earlier run of this program did.
func spoolRow(t *testing.T, dir string, a playout.AsRun) string {
	t.Helper()
	raw, err := json.Marshal(a)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	sum := sha256.Sum256([]byte(a.Occurrence))
	name := filepath.Join(dir, "asrun-"+hex.EncodeToString(sum[:12])+".json")
	if err == nil {
		err = os.WriteFile(name, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func spoolFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "asrun-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// On a full disk a claim may fail after a newer state of its row was written:
// the claim in the spool must not win then.
func TestLateClaimDoesNotBringTheOlderRowBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.claiming.takes, s.book.claiming.fails = time.Second, syscall.ENOSPC
		s.raise(s.emergency("e1", time.Minute))
		s.at(30 * time.Second) // drained at least once
		if row := s.row("emergency:e1"); len(row.Airings) != 2 {
			t.Errorf("airings = %+v, want siren and message as they sound", row.Airings)
		}
		if files := spoolFiles(t, s.spool); len(files) != 0 {
			t.Errorf("still spooled: %v", files)
		}
	})
}

// A row lies in both spool folders when the disk was full for a while: the
// newest state goes to the journal, whichever folder it lies in.
func TestNewestOfTwoSpooledCopiesWins(t *testing.T) {
	for name, newestIn := range map[string]int{"OnDisk": 0, "InMemory": 1} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				now := time.Now().UTC()
				older := playout.AsRun{Owned: scheduler.Owned{Village: "un-ta", Updated: now.Add(-time.Hour)}, Occurrence: "one", Claimed: now}
				newer := older
				newer.Updated, newer.Outcome, newer.Cause = now.Add(-time.Minute), playout.Played, "completed"
				var dirs []string
				s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
					dirs = []string{s.spool, filepath.Join(t.TempDir(), "memory")}
					cfg.Spool = dirs
					spoolRow(t, dirs[newestIn], newer)
					spoolRow(t, dirs[1-newestIn], older)
				})
				s.at(time.Second)
				s.expect("one", playout.Played, "completed", 0)
				if files := append(spoolFiles(t, dirs[0]), spoolFiles(t, dirs[1])...); len(files) != 0 {
					t.Errorf("still spooled: %v", files)
				}
			})
		})
	}
}

// With the database known to be locked a row is durable at once. It once waited
// for the database first, and a power cut meanwhile made a miss of what sounded.
func TestRowIsSpooledAtOnceWhileTheDatabaseIsLocked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.book.locked.Store(true)
		s.player.Play(s.occurrence("one", 25*time.Second, 3*time.Second))
		s.at(25*time.Second + 200*time.Millisecond)
		files := spoolFiles(t, s.spool)
		if len(files) != 1 {
			t.Fatalf("spooled: %v, want one row", files)
		}
		if rows := s.player.Spooled(); len(rows) != 1 || rows[0].Occurrence != "one" {
			t.Errorf("what waits is told as %+v", rows)
		}
		raw, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		var row playout.AsRun
		if err := json.Unmarshal(raw, &row); err != nil || len(row.Airings) != 1 {
			t.Errorf("spooled row: %v, airings %+v; want the chime that sounds", err, row.Airings)
		}
		s.book.locked.Store(false)
		s.at(time.Minute)
		s.expect("one", playout.Played, "completed", 2)
		if files := spoolFiles(t, s.spool); len(files) != 0 {
			t.Errorf("still spooled: %v", files)
		}
	})
}
