package main

import (
	"errors"
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
		ill   bool   // that is looked at again
	}{
		"Fresh":      {"", false, "", false},
		"Updated":    {"", true, "Device", false},
		"OldChoices": {`{"button":{"deed":"siren","second":"stop"},"mixer":{}}`, true, "Device", false},
		"Unreadable": {`{half`, true, "Device", true},
		"Heeded":     {`{"button":{"deed":"siren","second":"stop"},"mixer":{},"heeded":true}`, true, "", false},
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
				if err := c.heed("Device", "Speaker", tt.ran); errors.Is(err, errChoicesIll) != tt.ill || err != nil && !tt.ill {
					t.Fatal(err)
				}
				if got := c.all(); got.Heeded == tt.ill || got.Named.Card != tt.named || got.Named.Usual != 0 {
					t.Errorf("choices = %+v", got)
				}
				tt.ran = true
			}
		})
	}
}

// A control that the settings name, too, was as loud as usual where it stood as its choice was
// given up: the hour may have turned it down just then, and every siren would be as low.
func TestAControlThatIsGivenUpIsUsualWhereItWasChosen(t *testing.T) {
	speaker, bass := mixerChoice{Card: "Device", Control: "Speaker", Usual: -6}, mixerChoice{Card: "Device", Control: "Bass", Usual: -3}
	for name, c := range map[string]struct {
		before boardChoices
		named  mixerChoice // afterwards
	}{
		"Chosen":      {boardChoices{Mixer: speaker}, speaker},
		"ChosenAnew":  {boardChoices{Mixer: speaker, Named: mixerChoice{Card: "Device", Control: "Speaker", Usual: -20}}, speaker},
		"OtherNamed":  {boardChoices{Mixer: speaker, Named: bass}, bass},
		"NoneChosen":  {boardChoices{Named: bass}, bass},
		"NothingEver": {boardChoices{}, mixerChoice{}},
	} {
		t.Run(name, func(t *testing.T) {
			c.before.give(mixerChoice{})
			if c.before.Mixer != (mixerChoice{}) || c.before.Named != c.named {
				t.Errorf("choices = %+v, want %+v named", c.before, c.named)
			}
		})
	}
	given := boardChoices{Mixer: speaker}
	given.give(bass)
	s := settings{Button: buttonSettings{Mixer: "Device:Speaker"}}
	if got := s.mixerOf(given); got == nil || got.Usual != -6 {
		t.Errorf("the control of the settings is %+v, want -6 dB as usual", got)
	}
}

// A control of the settings that could not be read is read again in a minute, also on a board
// whose clock was years ahead then and was put right: nothing here asks a clock that is set.
func TestAControlOfTheSettingsIsReadAgainInAMinute(t *testing.T) {
	dir := t.TempDir()
	amixer := func(body string) {
		if err := os.WriteFile(filepath.Join(dir, "amixer"), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	amixer("echo 'amixer: Mixer attach error: No such device' >&2; exit 1")
	log := slog.New(slog.DiscardHandler)
	b := &board{log: log, choices: openChoices(filepath.Join(t.TempDir(), "board.json"), time.Now, log)}
	b.settings.Button.Mixer = "Device:Speaker"
	const booted = 20 * time.Second
	if f, _ := b.faderAt(booted); f != nil {
		t.Fatalf("a card that is not there has %v", f)
	}
	amixer(`printf "Simple mixer control 'Speaker',0\n  Mono: Playback 27 [77%%] [-6.00dB] [on]\n"`)
	if f, _ := b.faderAt(booted + mixerAgain/2); f != nil {
		t.Errorf("asked again at once: %v", f)
	}
	if f, usual := b.faderAt(booted + mixerAgain); f != (cardFader{"Device", "Speaker"}) || usual != -6 {
		t.Errorf("a minute later: %v at %v dB", f, usual)
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

// chosen is a file of choices that a board had.
const chosen = `{"button":{"deed":"message","message":"lu","zones":["Chợ"],"second":"all-clear"},"mixer":{"card":"Device","control":"Speaker","usual":-6},"heeded":true}`

// spoiled is a file of choices that nobody can read.
func spoiled(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "board.json")
	if err := os.WriteFile(file, []byte("\x00\x00half"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// holds says whether a file has that in it.
func holds(t *testing.T, file, want string) {
	t.Helper()
	if raw, err := os.ReadFile(file); err != nil || string(raw) != want {
		t.Errorf("%s holds %q, %v", filepath.Base(file), raw, err)
	}
}

// A file that could not be read as the board started counted as read: until the next start the
// button was the siren alone, though the card gave the file back the next time.
func TestChoicesThatCouldNotBeReadAreReadAgain(t *testing.T) {
	file := spoiled(t)
	at := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
	c := openChoices(file, time.Now, slog.New(slog.DiscardHandler))
	if c.reread() || !c.unread() || c.all().Button.Deed != playout.ButtonSiren {
		t.Fatalf("of a spoiled file: %+v, unread %v", c.all(), c.unread())
	}
	if err := os.WriteFile(file, []byte(chosen), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
	calls := 1
	for ; !c.reread(); calls++ {
		if calls > mostPause {
			t.Fatal("what is good again is never read")
		}
	}
	if got := c.all(); got.Button.Message != "lu" || got.Mixer.Usual != -6 || c.unread() {
		t.Errorf("afterwards %+v, unread %v", got, c.unread())
	}
	if c.reread() {
		t.Error("what was read is read once more")
	}
}

// A spot that stays bad is tried once a minute at last: every try takes the card seconds.
func TestChoicesThatStayUnreadAreLetBe(t *testing.T) {
	c := openChoices(spoiled(t), time.Now, slog.New(slog.DiscardHandler))
	tried := 0
	for range 1000 {
		if rest := c.rest; rest == 0 {
			tried++
		}
		c.reread()
	}
	if tried < 1000/(mostPause+2) || tried > 1000/mostPause+8 {
		t.Errorf("tried %d times in 1000", tried)
	}
}

// A control that the settings name needs its note in the file, and the file that could not be
// read was written over for that, with the siren alone as what the button does.
func TestHeedingAControlKeepsChoicesThatCannotBeRead(t *testing.T) {
	file := spoiled(t)
	c := openChoices(file, time.Now, slog.New(slog.DiscardHandler))
	if err := c.heed("Device", "Speaker", true); !errors.Is(err, errChoicesIll) {
		t.Errorf("heed: %v", err)
	}
	holds(t, file, "\x00\x00half")
	if !c.unread() {
		t.Error("nobody is told that it cannot be read")
	}
}

// Who chooses something else gets what was chosen set aside, and not thrown away; that the
// button lost its own is told until somebody chooses that.
func TestAChangeSetsChoicesAsideThatCannotBeRead(t *testing.T) {
	file := spoiled(t)
	log := slog.New(slog.DiscardHandler)
	c := openChoices(file, time.Now, log)
	if err := c.change(func(all *boardChoices) { all.give(mixerChoice{Card: "Device", Control: "Bass"}) }); err != nil {
		t.Fatal(err)
	}
	holds(t, asideOf(file), "\x00\x00half")
	if again := openChoices(file, time.Now, log); !c.unread() || !again.unread() || again.all().Mixer.Control != "Bass" {
		t.Errorf("unread %v, and after a start %v: %+v", c.unread(), again.unread(), again.all())
	}
	if err := c.chooseAction(playout.ButtonAction{Deed: playout.ButtonNothing, Second: playout.SecondStop}, "An"); err != nil {
		t.Fatal(err)
	}
	if again := openChoices(file, time.Now, log); c.unread() || again.unread() || !again.all().Button.idle() {
		t.Errorf("chosen anew: unread %v, and after a start %v: %+v", c.unread(), again.unread(), again.all())
	}
	if err := os.Remove(file); err != nil { // as the power may leave it
		t.Fatal(err)
	}
	if again := openChoices(file, time.Now, log); !again.unread() {
		t.Error("a file that was set aside, and nothing in its place, is told of as nothing")
	}
}

// What was read once and cannot be any more is still known: a change writes that, and nothing
// is lost.
func TestChoicesThatWereKnownOutliveTheirFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "board.json")
	if err := os.WriteFile(file, []byte(chosen), 0o600); err != nil {
		t.Fatal(err)
	}
	c := openChoices(file, time.Now, slog.New(slog.DiscardHandler))
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
	if c.reread() || !c.unread() || c.all().Button.Message != "lu" {
		t.Fatalf("spoiled meanwhile: %+v, unread %v", c.all(), c.unread())
	}
	if err := c.change(func(all *boardChoices) { all.give(mixerChoice{}) }); err != nil {
		t.Fatal(err)
	}
	if again := openChoices(file, time.Now, slog.New(slog.DiscardHandler)); c.unread() || again.unread() || again.all().Button.Message != "lu" {
		t.Errorf("afterwards %+v, unread %v", again.all(), again.unread())
	}
}
