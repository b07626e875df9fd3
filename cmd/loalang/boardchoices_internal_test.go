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

// A control that an earlier version had turned down for the hour is not taken for as loud as
// usual there: every siren would be as low. One that nobody has turned is read.
func TestAControlThatAnEarlierVersionTurnedIsUsualAtZero(t *testing.T) {
	for name, tt := range map[string]struct {
		file  string // empty: there is none
		ran   bool
		named string // the card that counts as known afterwards, at 0 dB
	}{
		"Fresh":      {"", false, ""},
		"Updated":    {"", true, "Device"},
		"OldChoices": {`{"button":{"deed":"siren","second":"stop"},"mixer":{}}`, true, "Device"},
		"Unreadable": {`{half`, true, "Device"},
		"Heeded":     {`{"button":{"deed":"siren","second":"stop"},"mixer":{},"heeded":true}`, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "board.json")
			if tt.file != "" {
				if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // a second start changes nothing
				c := openChoices(file, time.Now, slog.New(slog.DiscardHandler))
				if err := c.heed("Device", "Speaker", tt.ran); err != nil {
					t.Fatal(err)
				}
				if got := c.all(); !got.Heeded || got.Named.Card != tt.named || got.Named.Usual != 0 {
					t.Errorf("choices = %+v", got)
				}
				tt.ran = true
			}
		})
	}
}

// A run that took the amplifier and never came to settle, for its database is ill, leaves it
// to rest behind its crash.
func TestASecondRunInOneBootIsNotFresh(t *testing.T) {
	data := t.TempDir()
	for i, fresh := range []bool{true, false, false} {
		b := &board{boot: "one", log: slog.New(slog.DiscardHandler)}
		b.settings.Data = data
		if got := b.freshAmp(); got != fresh {
			t.Errorf("run %d is fresh: %v", i, got)
		}
	}
	b := &board{boot: "two", log: slog.New(slog.DiscardHandler)}
	b.settings.Data = data
	if !b.freshAmp() {
		t.Error("the first run in another boot is not fresh")
	}
}

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
