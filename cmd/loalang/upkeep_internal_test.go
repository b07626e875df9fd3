package main

import (
	"errors"
	"testing"

	"loalang/hardware"
	"loalang/web"
)

// upkeepIn looks after the data of a folder in which there is nothing yet.
func upkeepIn(t *testing.T) *upkeep {
	clock := hardware.OpenClock(hardware.ClockConfig{Kernel: hardware.Linux{}})
	return newUpkeep(&board{settings: settings{Data: t.TempDir(), Village: "un-ta"}, clock: clock, log: program{err: t.Output()}.quietLog()})
}

// Whatever held the data was told as a backup that is being made, the nightly look through the
// recordings too.
func TestALookIsNoBackup(t *testing.T) {
	u := upkeepIn(t)
	for _, saves := range []bool{false, true} {
		if !u.begin() {
			t.Fatal("something holds the data")
		}
		if saves {
			u.saving()
		}
		if v := u.Backups(); v.Running != saves || !v.Busy {
			t.Errorf("a backup %v: told as running %v, busy %v", saves, v.Running, v.Busy)
		}
		if err := u.BackUp(); !errors.Is(err, web.ErrBusyKeeping) || errors.Is(err, web.ErrBackingUp) != saves {
			t.Errorf("a backup %v: %v", saves, err)
		}
		u.end()
	}
	if err := u.BackUp(); err != nil {
		t.Fatal(err)
	}
	if v := u.Backups(); !v.Running || !v.Busy {
		t.Errorf("one that was asked for: %+v", v)
	}
	if err := u.BackUp(); !errors.Is(err, web.ErrBackingUp) {
		t.Errorf("one more: %v", err)
	}
}
