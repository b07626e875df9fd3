package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"loalang/playout"
)

// boardChoices are what people choose for this board and no wire decides. They lie in a
// file beside the database: the button works without that.
type boardChoices struct {
	Button buttonChoice `json:"button"`
	Mixer  mixerChoice  `json:"mixer"`
	Named  mixerChoice  `json:"named,omitzero"` // by the settings, as it stood when it was first seen
	// Heeded says that a version has run here that leaves a control which the settings name
	// where it stands: those before turned it to 0 dB and below.
	Heeded bool `json:"heeded,omitempty"`
	// Lost says that what had been chosen could not be read as the file was written anew, and
	// that nobody has chosen since what the button does.
	Lost bool `json:"lost,omitempty"`
}

// buttonChoice is what the panic button does.
type buttonChoice struct {
	Deed    playout.ButtonDeed   `json:"deed"`
	Message string               `json:"message,omitempty"`
	Zones   []string             `json:"zones,omitempty"`
	Seconds int                  `json:"seconds,omitempty"`
	Second  playout.ButtonSecond `json:"second"`
	By      string               `json:"by,omitempty"`
	At      time.Time            `json:"at,omitzero"`
}

// mixerChoice is the volume control that the installer chose, and how many dB it shows
// when the village is as loud as usual.
type mixerChoice struct {
	Card    string    `json:"card,omitempty"` // empty: none
	Control string    `json:"control,omitempty"`
	Usual   float64   `json:"usual,omitempty"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// usually is what nobody has changed.
func usually() boardChoices {
	return boardChoices{Button: buttonChoice{Deed: playout.ButtonSiren, Second: playout.SecondStop}}
}

// action is what the player is told.
func (c buttonChoice) action() playout.ButtonAction {
	return playout.ButtonAction{Deed: c.Deed, Message: c.Message, Zones: c.Zones, Life: time.Duration(c.Seconds) * time.Second, Second: c.Second}
}

// idle says that a press does nothing.
func (c buttonChoice) idle() bool { return c.Deed == playout.ButtonNothing }

func choiceOf(a playout.ButtonAction) buttonChoice {
	return buttonChoice{Deed: a.Deed, Message: a.Message, Zones: a.Zones, Seconds: int(a.Life / time.Second), Second: a.Second}
}

// choices keeps boardChoices in their file. Its methods may be called from any goroutine;
// all and unread wait for neither the file nor whoever has it, and reread never for the latter.
type choices struct {
	file string
	now  func() time.Time
	log  *slog.Logger

	last atomic.Pointer[boardChoices] // what it points to is never written
	ill  atomic.Bool                  // the last read of the file did not go well

	mu    sync.Mutex // for the file and what follows
	seen  time.Time  // of the file as it was read, or as that was tried
	known bool       // it was read once
	rest  int        // calls of reread that let a file be that could not be read
	pause int        // what rest is next time
}

// mostPause bounds how many calls of reread let a file be that could not be read, about a
// minute: each read of a bad spot takes a card seconds, and the kernel's log a dozen lines.
const mostPause = 30

// openChoices reads the file; one that cannot be read counts as none, and says so.
func openChoices(file string, now func() time.Time, log *slog.Logger) *choices {
	c := &choices{file: file, now: now, log: log}
	none := usually()
	c.last.Store(&none)
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(file)
	if err == nil {
		c.seen = info.ModTime()
	}
	c.read(err == nil)
	return c
}

// reread takes over what another process wrote, and what could not be read before; it says
// whether anything differs. While this process makes a change it does nothing: that one takes
// over the newest by itself.
func (c *choices) reread() bool {
	if !c.mu.TryLock() {
		return false
	}
	defer c.mu.Unlock()
	info, err := os.Stat(c.file)
	gone := errors.Is(err, fs.ErrNotExist)
	if gone && c.known {
		c.ill.Store(false)
		return false // what was known holds
	}
	var at time.Time
	if err == nil {
		at = info.ModTime()
	}
	if at.Equal(c.seen) {
		if !c.ill.Load() {
			return false
		}
		if c.rest > 0 {
			c.rest--
			return false
		}
	} else {
		c.pause = 0
	}
	c.seen = at
	return c.read(!gone)
}

// read takes over what the file holds; it says whether that went well. mu is held. there is
// false where there is no file.
func (c *choices) read(there bool) bool {
	fresh, err := readChoices(c.file)
	if err != nil {
		if !c.ill.Swap(true) {
			c.log.Error("what was chosen for the board cannot be read: what was known holds", "err", err)
		}
		c.rest, c.pause = c.pause, min(2*c.pause+2, mostPause)
		return false
	}
	if c.ill.Load() {
		c.log.Info("what was chosen for the board can be read again")
	}
	c.take(fresh, there)
	return true
}

// take makes known what the file holds. mu is held.
func (c *choices) take(fresh boardChoices, there bool) {
	c.last.Store(&fresh)
	c.ill.Store(false)
	c.known, c.rest, c.pause = c.known || there, 0, 0
}

// unread says that something was chosen that nobody could read, so that the button may do
// something else.
func (c *choices) unread() bool { return c.ill.Load() || c.all().Lost }

// all is what is chosen now, from memory: a press asks it before the siren, and a change
// may be waiting for the disk or for another process.
func (c *choices) all() boardChoices { return *c.last.Load() }

// change makes a change durable, in the newest state of the file, and returns when it is. A
// file that cannot be read is set aside: another program, or another try, may get out of it
// what was chosen.
func (c *choices) change(edit func(*boardChoices)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := makeFolders(filepath.Dir(c.file)); err != nil {
		return err
	}
	return lockedFile(c.file+".lock", func() error {
		fresh, err := readChoices(c.file)
		if err != nil {
			if fresh, err = c.setAside(err); err != nil {
				return err
			}
		}
		edit(&fresh)
		raw, err := json.MarshalIndent(fresh, "", "  ")
		if err != nil {
			return fmt.Errorf("encode what is chosen for the board: %w", err)
		}
		err = replace(c.file, 0o640, func(w io.Writer) error {
			_, err := w.Write(append(raw, '\n'))
			return err
		})
		if err == nil {
			err = syncFolder(filepath.Dir(c.file))
		}
		if err != nil {
			return fmt.Errorf("keep what is chosen for the board: %w", err)
		}
		c.take(fresh, true)
		if info, err := os.Stat(c.file); err == nil {
			c.seen = info.ModTime()
		}
		return nil
	})
}

// setAside renames the file, which cannot be read for the reason why, and returns what was
// known instead. mu is held.
func (c *choices) setAside(why error) (boardChoices, error) {
	aside := asideOf(c.file)
	if err := os.Rename(c.file, aside); err != nil {
		return boardChoices{}, fmt.Errorf("set aside what was chosen for the board and cannot be read: %w", errors.Join(err, why))
	}
	c.log.Error("what was chosen for the board could not be read, is set aside and written anew", "aside", aside, "err", why)
	known := c.all()
	known.Lost = known.Lost || !c.known
	return known, nil
}

// asideOf is what a file of choices is called that nobody can read.
func asideOf(file string) string { return strings.TrimSuffix(file, ".json") + ".broken" }

// lockedFile keeps other processes out while do works.
func lockedFile(name string, do func() error) error {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
	}
	return errors.Join(do(), f.Close())
}

func readChoices(file string) (boardChoices, error) {
	c := usually()
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		_, err := os.Stat(asideOf(file))
		c.Lost = err == nil // the power failed between the two
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return usually(), fmt.Errorf("read %s: %w", file, err)
	}
	if _, err := c.Button.action().Checked(nil, nil); err != nil {
		return usually(), fmt.Errorf("read %s: %w", file, err)
	}
	return c, nil
}

// mixerOf is the control that the settings and the choices name; nil: none, or one of
// which nobody knows yet where it stands.
func (s settings) mixerOf(c boardChoices) *mixerChoice {
	switch {
	case s.Button.Mixer == "off" || s.Button.Mixer == "auto" && c.Mixer.Card == "":
		return nil
	case s.Button.Mixer == "auto":
		return &c.Mixer
	}
	card, control := s.namedMixer()
	for _, m := range []mixerChoice{c.Mixer, c.Named} {
		if m.Card == card && m.Control == control {
			return &m
		}
	}
	return nil
}

// namedMixer is the control that the settings name; an empty card is none.
func (s settings) namedMixer() (card, control string) {
	if s.Button.Mixer == "off" || s.Button.Mixer == "auto" {
		return "", ""
	}
	return cutMixer(s.Button.Mixer)
}
