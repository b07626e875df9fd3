package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/health"
	"loalang/web"
)

// Somebody told the board a time half a year ahead, a backup was made, and the time was put right: what
// failed from then on was told nobody for half a year, and a board that is off at night made none.
func TestABackupOfAClockThatWasAheadHidesNoFault(t *testing.T) {
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	noon := now.Add(10 * time.Hour)
	ahead := backupState{Last: now.AddDate(0, 6, 0), File: "a.loalang.tar", Stick: true}
	if backupDue(ahead, noon, time.Minute) || !backupDue(ahead, noon, firstWait) || !backupDue(ahead, now, time.Minute) {
		t.Error("another is to be made by night, or once the board has been on for a while")
	}
	dir := t.TempDir()
	f := folder(dir)
	if err := noteBackup(f, ahead); err != nil {
		t.Fatal(err)
	}
	if err := noteFailed(f, now, errUnread); err != nil {
		t.Fatal(err)
	}
	failed := readBackupState(f)
	if backupDue(failed, now.Add(nightLook), time.Hour) || !backupDue(failed, now.Add(backupWait), time.Hour) {
		t.Error("one that failed is to be tried again after an hour, and no sooner")
	}
	db, err := openStore(t.Context(), settings{Data: dir}, time.Now, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	later := now.Add(time.Hour)
	judged := health.Judge(health.Measurement{At: later, Backup: backupHealth(settings{Data: dir, Backup: true}, later)}, health.DefaultLimits())
	if found := judged.Of(health.Backup); found.Code != health.BackupFailed {
		t.Errorf("health finds %+v", found)
	}
	library, err := openLibrary(settings{Data: dir}, db, "", time.Now, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	clock := hardware.OpenClock(hardware.ClockConfig{Kernel: hardware.Linux{}})
	u := newUpkeep(&board{settings: settings{Data: dir, Backup: true}, library: library, clock: clock, db: db, log: program{err: t.Output()}.quietLog()})
	if ills := u.look(later, time.Hour); !slices.Contains(ills, web.BackupFailed) {
		t.Errorf("every page says %v", ills)
	}
}

// TestABackupOfAClockThatWasAheadPushesNoneOut: one backup that was dated half a year ahead took the place of the
// newest for half a year, and no backup of a week before was within four weeks of it: all of them went.
func TestABackupOfAClockThatWasAheadPushesNoneOut(t *testing.T) {
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	const node = "0192aaaa-0000-7000-8000-0000abcdef12"
	name := func(at time.Time) string {
		return "loalang-un-ta-abcdef12-" + at.Format("20060102-150405Z") + backupEnding
	}
	left := func(more ...time.Time) (names []string) {
		dir := t.TempDir()
		for d := range 27 {
			more = append(more, now.AddDate(0, 0, -d))
		}
		for _, at := range more {
			if err := os.WriteFile(filepath.Join(dir, name(at)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if odd := rotate(t.Context(), filepath.Join(dir, name(now)), "un-ta", node, 3); odd != "" {
			t.Fatalf("%s stands in the way", odd)
		}
		all, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			names = append(names, e.Name())
		}
		return names
	}
	ahead := now.AddDate(0, 6, 0)
	want := append(left(), name(ahead))
	if len(want) < 6 { // three, and one of each of three weeks at least
		t.Fatalf("only %q stay: this tests nothing", want)
	}
	if got := left(ahead); !slices.Equal(got, want) {
		t.Errorf("with one of a clock that was ahead stay %q, want %q", got, want)
	}
	var many []time.Time // a clock that is ahead for a month fills no stick
	for d := range 30 {
		many = append(many, ahead.AddDate(0, 0, -d))
	}
	if got := left(many...); len(got) > 2*len(want) {
		t.Errorf("%d stay: %q", len(got), got)
	}
}

// TestAStickOfAClockThatWasAheadIsMissed: a stick that was last seen half a year ahead of now was not missed for
// nine months, and told of as gone for the half year that is yet to come.
func TestAStickOfAClockThatWasAheadIsMissed(t *testing.T) {
	now := time.Date(2026, 11, 26, 2, 0, 0, 0, time.UTC)
	ahead := now.AddDate(0, 6, 0)
	dir := t.TempDir()
	db, err := openStore(t.Context(), settings{Data: dir}, time.Now, program{err: t.Output()}.quietLog())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, c := range []struct {
		was         backupState
		missed, old bool // its stick since now; there was none for days before
	}{
		{backupState{Last: ahead, Stick: true}, true, false},
		{backupState{Last: ahead, OnStick: ahead.AddDate(0, -1, 0), Bare: ahead}, true, false},
		{backupState{Last: now.AddDate(0, 0, -1), Bare: now.AddDate(0, 0, -9)}, false, true},
	} {
		at := now.Add(time.Duration(i) * time.Second) // no two have one name
		state, _, err := nightly(t.Context(), settings{Data: dir, Village: "un-ta", BackupKeep: 3}, db, c.was, func() time.Time { return at }, nil)
		if err != nil || state.OnStick.Equal(at) != c.missed || state.OnStick.IsZero() == c.missed || state.Bare.Equal(at) == c.old {
			t.Errorf("%d: a stick took the last at %s, none is there since %s, %v", i, state.OnStick, state.Bare, err)
		}
	}
}
