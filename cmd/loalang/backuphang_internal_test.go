package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive"
	"loalang/archive/disktest"
)

// TestAStickThatHangsCostsNoNight: one that took a write and never ended it once kept the
// board from every backup, and nothing told of it.
func TestAStickThatHangsCostsNoNight(t *testing.T) {
	stick, err := disktest.Tmpfs(t, "size=64m")
	if err != nil {
		t.Skip(err)
	}
	s := settings{Data: t.TempDir(), Village: "un-ta", BackupKeep: 2}
	db, err := openStore(t.Context(), s, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f := folder(s.Data)
	pipe := archive.Mirror{Dir: filepath.Join(stick, mirrorName)}.Path(aSound(t, s.Data, "tiếng")) + ".part"
	if err := errors.Join(os.MkdirAll(filepath.Dir(pipe), 0o700), unix.Mkfifo(pipe, 0o600)); err != nil { // nobody ever reads it
		t.Fatal(err)
	}
	stuck := make(chan struct{})
	runs := 0
	night := func() {
		t.Helper()
		_, err := outlastSticks(f, stick, func() bool { return false }, func(patterns string) (string, error) {
			runs++
			s := s
			s.BackupSticks = patterns
			ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errHangs)
			defer cancel()
			end := make(chan struct{})
			if ended, err := outlast(ctx, time.Second, func() error {
				defer close(end)
				_, _, err := notedNightly(ctx, s, db)
				return err
			}); ended {
				return "", err
			}
			stuck = end
			return "", errHangs
		})
		if err != nil {
			t.Error(err)
		}
	}
	night()
	n := readBackupState(f)
	if runs != 2 || n.Last.IsZero() || n.Stick || n.BadStick != stick || n.StickCode != "hangs" || !slices.Equal(n.Hung, []string{stick}) || n.Trying != "" {
		t.Errorf("after %d runs: %+v", runs, n)
	}
	if b := backupHealth(s, time.Now()); b == nil || b.Stick != "hangs" || b.Failed != "" {
		t.Errorf("health says %+v", b)
	}
	night()
	if n := readBackupState(f); runs != 3 || n.StickCode != "hangs" {
		t.Errorf("the next night, after %d runs: %+v", runs, n)
	}
	if n.resting(n.HungAt.Add(stickRest)) != nil || forgetHung(f) != nil || readBackupState(f).resting(time.Now()) != nil {
		t.Error("it is left out for ever")
	}
	r, err := os.OpenFile(pipe, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	<-stuck
	_ = r.Close()
	if now := readBackupState(f); !now.Last.After(n.Last.Add(-time.Second)) || now.Stick {
		t.Errorf("what hung writes over what was noted meanwhile: %+v", now)
	}
}

// What hangs before anybody knows on which stick is tried without any, and no more.
func TestWhatHangsWithoutANameIsTriedWithoutSticks(t *testing.T) {
	f := folder(t.TempDir())
	var tried []string
	_, err := outlastSticks(f, "/media/*", func() bool { return false }, func(patterns string) (string, error) {
		tried = append(tried, patterns)
		return "", errHangs
	})
	n := readBackupState(f)
	if !errors.Is(err, errHangs) || !slices.Equal(tried, []string{"/media/*", ""}) || n.Code != "hangs" || nightDue(n, n.Tried.Add(nightLook), time.Hour) {
		t.Errorf("tried %q: %v, %+v", tried, err, n)
	}
}
