package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/archive/disktest"
	"loalang/store"
)

// A database that nobody had looked through to its end was taken for whole, and brought up to date without a copy: one that
// was damaged was damaged more. Whatever takes the copies away, it must be known to be whole.
func TestAnUpdateWithoutACopyIsOfAWholeDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		room, damaged, hurried bool
		want                   error
	}{
		"OK":           {},
		"OK folder":    {room: true},
		"Damaged":      {damaged: true, want: store.ErrCorrupt},
		"NotLooked":    {damaged: true, hurried: true, want: store.ErrBehind},
		"NotLookedYet": {hurried: true, want: store.ErrBehind},
		"NoFolder":     {room: true, damaged: true, want: store.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if !c.room {
				var err error
				if dir, err = disktest.Tmpfs(t, "size=14m"); err != nil {
					t.Skipf("SKIPPED: %v: run the tests as root", err)
				}
			}
			cfg := config(filepath.Join(dir, "loalang.db"))
			db, err := store.MigrateTo(t.Context(), cfg, 37)
			check(t, err, nil)
			check(t, db.Close(), nil)
			check(t, os.WriteFile(filepath.Join(dir, "backups"), []byte("no folder"), 0o600), nil)
			if c.damaged {
				spoilTable(t, cfg.Path, "asrun")
			}
			if c.hurried {
				store.LookFor(t, 0)
			}
			before := string(bytesOf(t, cfg.Path))
			s, err := store.Open(t.Context(), cfg)
			if err == nil {
				err = s.Close()
			}
			if !errors.Is(err, c.want) || errors.Is(err, store.ErrBehind) != errors.Is(c.want, store.ErrBehind) {
				t.Errorf("opened: %v, not %v", err, c.want)
			}
			if same := before == string(bytesOf(t, cfg.Path)); same != (c.want != nil) {
				t.Errorf("the file is as it was: %v", same)
			}
		})
	}
}

// A large database on a slow card is looked through to its end, and a start ends before systemd ends it.
func TestAStartLooksForDamageAsLongAsACardNeeds(t *testing.T) {
	for bytes, want := range map[int64]time.Duration{1 << 20: 5 * time.Second, 200 << 20: 105 * time.Second, 1 << 40: 5 * time.Minute} {
		if got := store.LookPatience(bytes); got != want {
			t.Errorf("%d bytes: %v, not %v", bytes, got, want)
		}
	}
}

// What is told of a database for which there is no room is told without any.
func TestPeekForDamage(t *testing.T) {
	cfg := config(filepath.Join(t.TempDir(), "loalang.db"))
	if err := store.PeekForDamage(t.Context(), cfg); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
	if _, err := os.Stat(cfg.Path); err == nil {
		t.Error("one was made")
	}
	s := open(t, cfg)
	seed(t, s)
	check(t, s.Close(), nil)
	check(t, store.PeekForDamage(t.Context(), cfg), nil)
	spoilTable(t, cfg.Path, "asrun")
	if err := store.PeekForDamage(t.Context(), cfg); !errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrNewer) {
		t.Errorf("damaged: %v", err)
	}
}
