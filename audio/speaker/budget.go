package speaker

import (
	"errors"
	"fmt"
	"os"
	"time"

	"loalang/audio"
)

// clipBudget is how much sound of alarms, in bytes, a child keeps in memory: eight
// minutes and twenty seconds, 48 MB. More would make the kernel end it on a small
// board, with everything that sounds.
const clipBudget = 2 * 48000 * 500

// errBudget: an alarm with more sound than fits in the memory set aside for it.
var errBudget = errors.New("an alarm is too long")

// errGone: an alarm that nobody wants any more, as it was raised.
var errGone = errors.New("lowered, or raised anew")

// load reads the clips of an alarm, if there is room for them beside those of the
// other alarms, and closes the files.
func (c *child) load(id string, want wish, files []*os.File) ([]audio.Clip, error) {
	size := int64(0)
	for _, f := range files {
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, closeAll(files))
		}
		size += info.Size()
	}
	if err := c.reserve(id, want, size); err != nil {
		return nil, errors.Join(err, closeAll(files))
	}
	return c.clips(files)
}

// reserve sets memory aside for the clips of an alarm, instead of what it had.
func (c *child) reserve(id string, want wish, size int64) error {
	c.alarms.Lock()
	defer c.alarms.Unlock()
	if c.wanted[id] != want {
		return errGone
	}
	others := int64(0)
	for other, held := range c.held {
		if other != id {
			others += held
		}
	}
	if size > clipBudget-others {
		minutes := func(n int64) time.Duration { return audio.Rate.D(audio.Frames(n / 2)).Round(time.Second) }
		return fmt.Errorf("%w: its words last %v, and beside the other alarms there is room for %v; shorten them", errBudget, minutes(size), minutes(clipBudget-others))
	}
	c.held[id] = size
	return nil
}

// release gives back what was set aside for an alarm that is off.
func (c *child) release(off audio.Event) {
	id := off.ID
	c.alarms.Lock()
	defer c.alarms.Unlock()
	if c.begun[id] <= off.Turn {
		delete(c.begun, id)
	}
	if c.wanted[id].turn > off.Turn {
		return // raised anew meanwhile
	}
	delete(c.wanted, id)
	delete(c.held, id)
	if c.wordless == id {
		c.wordless = ""
		c.trouble.Store(nil)
	}
}

// bereave says that an alarm sounds without its words. Its caller holds c.alarms.
func (c *child) bereave(id string, why error) {
	c.wordless = id
	c.complain(fmt.Errorf("the siren sounds without its words: %w", why))
}
