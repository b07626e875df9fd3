package hardware

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// clockMemory is what outlives the process.
type clockMemory struct {
	LastSeen time.Time     `json:"last_seen"` // by the kernel's word or a valid RTC; it is certainly past
	ToldSeen time.Time     `json:"told_seen"` // by a person's word, who may have erred
	Pinned   time.Duration `json:"pinned"`    // since boot, when the two were written down
	Boot     string        `json:"boot"`      // boot of which the rest speaks
	Trusted  bool          `json:"trusted"`   // the clock was, in that boot
	Apart    time.Duration `json:"apart"`     // told time since 1970 − time since boot; zero: the kernel's wall is right
	Behind   time.Duration `json:"behind"`    // how far the RTC, and the wall set from it, certainly lies behind

	Vouched     time.Time     `json:"vouched,omitzero"`      // when the kernel or a person last vouched for the time
	VouchedBy   string        `json:"vouched_by,omitempty"`  // the person; empty: the kernel
	VouchedBoot time.Duration `json:"vouched_boot,omitzero"` // since boot, then; zero: in an earlier boot
	Stepped     time.Duration `json:"stepped,omitzero"`      // the last step of the believed time by more than a second
	SteppedAt   time.Time     `json:"stepped_at,omitzero"`   // the time after that
}

// recall reads the memory. One that is unreadable counts as none: it only makes
// the clock less trusted.
func (c *Clock) recall(since time.Duration) {
	raw, err := os.ReadFile(c.cfg.File)
	if err == nil {
		err = json.Unmarshal(raw, &c.memory)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.cfg.Log.Warn("what is remembered of the clock is unreadable", "file", c.cfg.File, "err", err)
		c.memory = clockMemory{}
	}
	if boot := c.bootID(); c.memory.Boot != boot || boot == "" {
		// The time since boot began anew, and with it what hung on it.
		c.memory.Trusted, c.memory.Apart, c.memory.Behind = false, 0, 0
		c.memory.Pinned, c.memory.VouchedBoot = since, 0
	}
}

// floor is a time that is certainly past: what was last seen, or the build,
// and for an unknown clock what has passed since. mu is held.
func (c *Clock) floor(boot time.Duration) time.Time {
	seen := c.memory.LastSeen
	if seen.Before(c.cfg.Floor) {
		seen = c.cfg.Floor
	}
	return seen.Add(c.ran(boot))
}

// ran is how long an unknown clock has run on since what was seen was written
// down; the trusted ones see for themselves. mu is held.
func (c *Clock) ran(boot time.Duration) time.Duration {
	if c.trusted() {
		return 0
	}
	return max(0, boot-c.memory.Pinned)
}

// pin writes down how far an unknown clock has run on. mu is held.
func (c *Clock) pin(boot time.Duration) {
	if ran := c.ran(boot); ran > 0 {
		c.memory.LastSeen = c.floor(boot)
		if !c.memory.ToldSeen.IsZero() {
			c.memory.ToldSeen = c.memory.ToldSeen.Add(ran)
		}
	}
	c.memory.Pinned = boot
}

func (c *Clock) logKeep() {
	if err := c.keep(); err != nil {
		c.cfg.Log.Warn("the clock's memory could not be written", "err", err)
	}
}

// keep writes the memory. It blocks on the disk; mu must not be held, so that
// nobody who asks for the time waits with it.
func (c *Clock) keep() error {
	c.file.Lock()
	defer c.file.Unlock()
	return c.write()
}

// Saw notes durably that it is now: something was written down at this time,
// and after a power cut the clock must not stand before it. More than one call
// in 10 s changes nothing. It may block on the disk; nobody else waits for it,
// least of all who asks for the time.
func (c *Clock) Saw() {
	c.file.Lock()
	defer c.file.Unlock()
	if c.keptLately() {
		return
	}
	if err := c.write(); err != nil {
		c.cfg.Log.Warn("the clock's memory could not be written", "err", err)
	}
}

func (c *Clock) keptLately() bool {
	_, boot := c.read()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept && boot-c.keptAt < sawEvery
}

// write is keep with file held.
func (c *Clock) write() error {
	_, boot := c.read()
	c.mu.Lock()
	c.keptAt, c.kept, c.unkept = boot, true, false
	c.memorise()
	raw, err := json.Marshal(c.memory)
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encode the clock's memory: %w", err)
	}
	if c.cfg.File == "" {
		return nil
	}
	return c.replace(c.cfg.File, raw)
}

// memorise brings the memory up to date: what was seen never goes back unless the
// kernel is synchronised, and an unknown clock adds no more to it than has
// certainly passed. mu is held.
func (c *Clock) memorise() {
	wall, boot := c.read()
	doubtful := c.state == Held && c.farAhead(wall, boot) > 0 // the next look says so
	c.pin(boot)
	now, trusted := c.now().UTC(), c.trusted()
	seen := &c.memory.LastSeen
	if c.memory.Apart != 0 {
		seen = &c.memory.ToldSeen
	}
	if c.state == Synced || trusted && !doubtful && now.After(*seen) {
		*seen = now
	}
	c.memory.Boot, c.memory.Trusted = c.bootID(), trusted
}

// replaceFile writes a file whole or not at all, and durably: temporary file,
// fsync, rename, fsync of the folder.
func replaceFile(name string, raw []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".clock-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone after the rename
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
