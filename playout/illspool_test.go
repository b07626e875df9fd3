package playout_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/playout"
)

// loop puts a link to itself at path: whatever is opened there or below gives an error, and
// not that there is none, as on a card that is ill at that place.
func loop(t *testing.T, path string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.Symlink(filepath.Base(path), path)); err != nil {
		t.Fatal(err)
	}
}

// A spool folder that could not be read made every occurrence one that was claimed already:
// the board was silent for good with its database whole, and no row said so.
func TestIllSpoolFolderSilencesNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var told bytes.Buffer
		s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
			loop(t, s.spool)
			cfg.Log = slog.New(slog.NewTextHandler(&told, nil))
		})
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.player.Play(s.occurrence("two", 40*time.Second, time.Second))
		s.at(time.Minute)
		s.expect("one", playout.Played, "completed", 2)
		s.expect("two", playout.Played, "completed", 2)
		s.close()
		if n := strings.Count(told.String(), "the spool cannot be read"); n != 1 {
			t.Errorf("it is told of %d times:\n%s", n, told.String())
		}
		if strings.Contains(told.String(), "could not be removed") {
			t.Errorf("a row is missed that nobody put there:\n%s", told.String())
		}
	})
}

// With the database ill as well there is nobody to ask: it airs all the same.
func TestIllSpoolFolderAndJournal(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(s *stage, _ *playout.PlayerConfig) { loop(t, s.spool) })
		s.book.breaks(errors.New("disk I/O error"))
		s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
		s.at(30 * time.Second)
		if len(s.out.begun()) != 2 {
			t.Error("nothing sounded")
		}
	})
}

// A row that cannot be read, in a folder that can, was a claim: it does not air twice.
func TestIllRowOfTheSpoolIsAClaim(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("one", 20*time.Second, time.Second)
		row := spoolRow(t, s.spool, playout.AsRun{Occurrence: "one"})
		if err := os.Remove(row); err != nil {
			t.Fatal(err)
		}
		loop(t, row)
		s.player.Play(o)
		s.at(30 * time.Second)
		if got := len(s.out.begun()); got != 0 {
			t.Errorf("%d cues sounded of what may have aired", got)
		}
	})
}
