package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"loalang/archive"
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

// hung lists nothing until its end, and counts how often it is asked.
func hung[T any](a *asked[T]) (looks *atomic.Int32, end func()) {
	held, real := make(chan struct{}), a.list
	looks = new(atomic.Int32)
	a.patience = 20 * time.Millisecond
	a.list = func() T {
		looks.Add(1)
		<-held
		return real()
	}
	end = func() {
		close(held)
		a.patience = time.Minute
	}
	return looks, end
}

// The page to which a stick that answers no more sends people asked that stick itself, and
// loaded for ever; every further look at it was one more thread that hung.
func TestAHungStickHoldsNoPageUp(t *testing.T) {
	u := upkeepIn(t)
	f := folder(u.b.settings.Data)
	db, err := openStore(t.Context(), u.b.settings, time.Now, u.b.log)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	u.b.db = db
	const name, other = "loalang-un-ta-abcdef12-20261126-020000Z" + backupEnding, "loalang-un-ta-abcdef12-20261125-020000Z" + backupEnding
	if err := errors.Join(os.MkdirAll(f.backups(), 0o700), os.WriteFile(filepath.Join(f.backups(), name), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	looks, end := hung(&u.sticks)
	for range 10 {
		if v := u.Backups(); !v.Silent || v.Stick || len(v.Kept) != 1 || v.Kept[0].Name != name || v.Kept[0].Stick {
			t.Fatalf("the page has %+v", v)
		}
	}
	kept, err := u.OpenBackup(name)
	if err != nil {
		t.Fatalf("the backup beside the data: %v", err)
	}
	kept.Close()
	if _, err := u.OpenBackup(other); !errors.Is(err, web.ErrSilentStick) {
		t.Errorf("one that may lie on the stick: %v", err)
	}
	if n := looks.Load(); n != 1 {
		t.Errorf("%d looks hang at the stick, want 1", n)
	}
	end()
	if v := u.Backups(); v.Silent {
		t.Error("it answers again, and the page says that it does not")
	}
	if _, err := u.OpenBackup(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is nowhere: %v", err)
	}
}

func TestAHungStickHoldsNoBundleUp(t *testing.T) {
	u := upkeepIn(t)
	u.b.upkeep = u
	c := newCourier(u.b)
	looks, end := hung(&c.sticks)
	for range 10 {
		if v := c.Bundles(); !v.Silent || v.Stick || v.Fingerprint == "" {
			t.Fatalf("the page has %+v", v)
		}
		for _, o := range []web.BundleOrder{{Deed: web.ExportBundle}, {Deed: web.LookAtBundle, Name: "bundle-x" + archive.BundleEnding}} {
			if err := c.Carry(o); !errors.Is(err, web.ErrSilentStick) {
				t.Fatalf("%s: %v", o.Deed, err)
			}
			if _, code := c.words(o); code != "hangs" {
				t.Fatalf("%s: %q", o.Deed, code)
			}
		}
	}
	if n := looks.Load(); n != 1 {
		t.Errorf("%d looks hang at the stick, want 1", n)
	}
	end()
	if err := c.Carry(web.BundleOrder{Deed: web.ExportBundle}); !errors.Is(err, web.ErrNoStick) {
		t.Errorf("it answers again: %v", err)
	}
}
