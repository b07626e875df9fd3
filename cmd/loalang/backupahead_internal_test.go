package main

import (
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
	if nightDue(ahead, noon, time.Minute) || !nightDue(ahead, noon, firstWait) || !nightDue(ahead, now, time.Minute) {
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
	if nightDue(failed, now.Add(nightLook), time.Hour) || !nightDue(failed, now.Add(backupWait), time.Hour) {
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
