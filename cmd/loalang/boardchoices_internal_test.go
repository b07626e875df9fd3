package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/playout"
)

// What a press does is known at once though a change waits for another process, or for a
// disk that hangs; so is what the file holds afterwards.
func TestThePressWaitsForNoChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "board.json")
	c := openChoices(file, time.Now, slog.New(slog.DiscardHandler))
	lock, err := os.Create(file + ".lock")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	changed := make(chan error, 1)
	go func() {
		changed <- c.chooseAction(playout.ButtonAction{Deed: playout.ButtonSiren, Life: time.Minute, Second: playout.SecondStop}, "An")
	}()
	for begun := false; !begun; time.Sleep(time.Millisecond) { // until it has the file
		if begun = !c.mu.TryLock(); !begun {
			c.mu.Unlock()
		}
	}
	answered := make(chan playout.ButtonAction, 1)
	go func() {
		if c.reread() {
			t.Error("reread what is being changed")
		}
		answered <- c.all().Button.action()
	}()
	select {
	case a := <-answered:
		if a.Deed != playout.ButtonSiren || a.Life != 0 {
			t.Errorf("meanwhile %+v, want what was before", a)
		}
	case err := <-changed:
		t.Fatalf("the change did not wait: %v", err)
	case <-time.After(10 * time.Second):
		t.Error("a press waits for the file")
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-changed; err != nil {
		t.Fatal(err)
	}
	if a := c.all().Button; a.Seconds != 60 || a.By != "An" {
		t.Errorf("afterwards %+v", a)
	}
	if again := openChoices(file, time.Now, slog.New(slog.DiscardHandler)); again.all().Button.Seconds != 60 {
		t.Errorf("in the file: %+v", again.all())
	}
}
