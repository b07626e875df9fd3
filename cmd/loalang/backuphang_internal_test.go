package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/archive"
	"loalang/archive/disktest"
	"loalang/hardware"
)

// TestAStickThatHangsCostsNoNight: one that took a write and never ended it once kept the
// board from every backup, and nothing told of it.
func TestAStickThatHangsCostsNoNight(t *testing.T) {
	stick, err := disktest.Tmpfs(t, "size=64m")
	if err != nil {
		t.Skip(err)
	}
	s := settings{Data: t.TempDir(), Village: "un-ta", BackupKeep: 2}
	db, err := openStore(t.Context(), s, time.Now, program{err: t.Output()}.quietLog())
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
		_, err := outlastSticks(f, stick, time.Now, func() bool { return false }, func(patterns string) (string, error) {
			runs++
			s := s
			s.BackupSticks = patterns
			ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errHangs)
			defer cancel()
			end := make(chan struct{})
			if ended, err := outlast(ctx, time.Second, func() error {
				defer close(end)
				_, _, err := notedNightly(ctx, s, db, time.Now, nil)
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

// A backup that ended before it could leave a note, killed for want of memory for one, left
// the old word that all is well, and was begun again every five minutes.
func TestABackupThatLeavesNoNoteIsToldOf(t *testing.T) {
	dir := t.TempDir()
	f := folder(dir)
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	last := backupState{Last: now.Add(-24 * time.Hour), File: "a.loalang.tar", Trying: "/media/a"}
	if err := noteBackup(f, last); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	b := &board{settings: settings{Data: dir, Backup: true}, log: slog.New(slog.NewTextHandler(&said, nil)), clock: hardware.OpenClock(hardware.ClockConfig{Kernel: hardware.Linux{}})}
	db, err := openStore(t.Context(), b.settings, time.Now, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b.db = db
	b.failedBackup(t.Context(), last, errors.New("signal: killed"))
	n := readBackupState(f)
	if n.Why != "signal: killed" || n.Code != "failed" || !n.Last.Equal(last.Last) || n.File != last.File || n.Trying != "" || backupDue(n, n.Tried.Add(nightLook), time.Hour) {
		t.Errorf("noted %+v", n)
	}
	b.failedBackup(t.Context(), last, errors.New("another")) // as if the process had noted that itself
	if again := readBackupState(f); again.Why != n.Why {
		t.Errorf("written over what it said: %+v", again)
	}
	if said.Len() > 0 {
		t.Errorf("logged %s", said.String())
	}
}

// What hangs before anybody knows on which stick is tried without any, and no more.
func TestWhatHangsWithoutANameIsTriedWithoutSticks(t *testing.T) {
	f := folder(t.TempDir())
	var tried []string
	_, err := outlastSticks(f, "/media/*", time.Now, func() bool { return false }, func(patterns string) (string, error) {
		tried = append(tried, patterns)
		return "", errHangs
	})
	n := readBackupState(f)
	if !errors.Is(err, errHangs) || !slices.Equal(tried, []string{"/media/*", ""}) || n.Code != "hangs" || backupDue(n, n.Tried.Add(nightLook), time.Hour) {
		t.Errorf("tried %q: %v, %+v", tried, err, n)
	}
}
