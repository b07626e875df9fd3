package speech

import (
	"context"
	"slices"
	"time"
)

// rollLife is how long what an engine said of itself is believed: espeak-ng is run,
// and a server is asked for 200 KB, to say it, and every preview needs it.
const rollLife = time.Minute

// roll is what an engine said of itself last.
type roll struct {
	name   string
	voices []Voice
	named  time.Time // when; zero: it is to be asked again
	listed time.Time
}

func (c *Choir) believed(at time.Time) bool {
	age := c.now().Sub(at)
	return !at.IsZero() && age >= 0 && age < rollLife
}

// nameOf is an engine's name; a resting engine goes by its last, which may be none.
func (c *Choir) nameOf(ctx context.Context, e Engine, resting bool) (string, error) {
	c.mu.Lock()
	last, known := c.rolls[e].name, c.believed(c.rolls[e].named)
	c.mu.Unlock()
	if resting || known {
		return last, nil
	}
	name, err := e.Name(ctx)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rolls[e]
	r.name, r.named = name, c.now()
	c.rolls[e] = r
	return name, nil
}

// voicesOf are an engine's voices; they are not to be changed.
func (c *Choir) voicesOf(ctx context.Context, e Engine) ([]Voice, error) {
	c.mu.Lock()
	last, known := c.rolls[e].voices, c.believed(c.rolls[e].listed)
	c.mu.Unlock()
	if known {
		return last, nil
	}
	voices, err := e.Voices(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.rolls[e]
	r.voices, r.listed = slices.Clone(voices), c.now()
	c.rolls[e] = r
	return r.voices, nil
}

// askAnew lets every engine be asked again: one of them fails, and may be another by
// now. c.mu is held.
func (c *Choir) askAnew() {
	for e, r := range c.rolls {
		r.named, r.listed = time.Time{}, time.Time{}
		c.rolls[e] = r
	}
}
