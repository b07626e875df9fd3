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
// all waits for neither the file nor whoever has it, and reread never for the latter.
type choices struct {
	file string
	now  func() time.Time
	log  *slog.Logger

	last atomic.Pointer[boardChoices] // what it points to is never written

	mu   sync.Mutex // for the file
	seen time.Time  // of the file as it was read
}

// openChoices reads the file; one that cannot be read counts as none, and says so.
func openChoices(file string, now func() time.Time, log *slog.Logger) *choices {
	c := &choices{file: file, now: now, log: log}
	none := usually()
	c.last.Store(&none)
	c.reread()
	return c
}

// reread takes over what another process wrote; it says whether anything differs. While
// this process makes a change it does nothing: that one takes over the newest by itself.
func (c *choices) reread() bool {
	if !c.mu.TryLock() {
		return false
	}
	defer c.mu.Unlock()
	info, err := os.Stat(c.file)
	if err != nil || info.ModTime().Equal(c.seen) {
		return false
	}
	fresh, err := readChoices(c.file)
	c.seen = info.ModTime()
	if err != nil {
		c.log.Error("what was chosen for the board cannot be read: what was known holds", "err", err)
		return false
	}
	c.last.Store(&fresh)
	return true
}

// all is what is chosen now, from memory: a press asks it before the siren, and a change
// may be waiting for the disk or for another process.
func (c *choices) all() boardChoices { return *c.last.Load() }

// change makes a change durable, in the newest state of the file, and returns when it is.
func (c *choices) change(edit func(*boardChoices)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := makeFolders(filepath.Dir(c.file)); err != nil {
		return err
	}
	return lockedFile(c.file+".lock", func() error {
		fresh, err := readChoices(c.file)
		if err != nil {
			c.log.Error("what was chosen for the board could not be read and is written anew", "err", err)
			fresh = c.all()
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
		c.last.Store(&fresh)
		if info, err := os.Stat(c.file); err == nil {
			c.seen = info.ModTime()
		}
		return nil
	})
}

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
