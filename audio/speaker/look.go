package speaker

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"loalang/audio"
)

const (
	// lookEvery is how often a card is looked for that is not there, and lookLater
	// how often after lookLong. With the 60 ms that opening takes, sound is back
	// within 0.3 s of the card either way.
	lookEvery = 50 * time.Millisecond
	lookLater = 100 * time.Millisecond
	lookLong  = 10 * time.Minute
	// absentEvery is how often a child says that its card is still away.
	absentEvery = time.Second
	// refreshEvery is how many looks share what alsa-lib knows of its configuration
	// while the kernel's cards stay the same: reading it costs far more than a look.
	refreshEvery = 40
)

// found is a card that can be opened.
type found struct {
	target    target
	buffer    time.Duration // asked for
	rehearsal rehearsal
	cards     []Card
}

// find looks for the card until it can be opened, or ctx ends. What keeps it from
// being opened is told to c.absent with each look; what time will not cure is an
// error.
func (c *card) find(ctx context.Context) (found, error) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	began := audio.Monotonic()
	for {
		select {
		case <-ctx.Done():
			return found{}, ctx.Err()
		case <-pause.C:
		}
		f, err := c.look()
		if err == nil || !passes(err) || c.absent == nil {
			return f, err
		}
		c.absent(err)
		pause.Reset(lookPause(audio.Monotonic().Sub(began)))
	}
}

// lookPause is the pause between two looks for a card that has been looked for
// for so long.
func lookPause(looked time.Duration) time.Duration {
	if looked < lookLong {
		return lookEvery
	}
	return lookLater
}

// look looks for the card once.
func (c *card) look() (found, error) {
	cards, err := ListCards(c.root)
	if err != nil {
		return found{}, err
	}
	t, err := aim(c.choice, c.given, cards, c.was)
	if err != nil {
		return found{}, err
	}
	if err := c.show(t); err != nil {
		return found{}, err
	}
	if sight := sightOf(c.root); sight != c.sight || c.looks%refreshEvery == 0 {
		forgetConfig() // it names the cards that there were
		c.sight = sight
	}
	c.looks++
	buffer := max(c.buffer, c.learned[t.Label])
	asked, err := rehearse(audio.Rate.N(buffer))
	if err != nil {
		return found{}, c.explain(err, t, asked)
	}
	return found{target: t, buffer: buffer, rehearsal: asked, cards: cards}, nil
}

// show makes alsa-lib see t, unless it does already.
func (c *card) show(t target) error {
	if t.Config == c.shown {
		return nil
	}
	c.shown = t.Config
	return t.install()
}

// sightOf is what the kernel says of its cards: it changes with them.
func sightOf(root string) string {
	var all []byte
	for _, name := range []string{"proc/asound/cards", "proc/asound/pcm"} {
		raw, err := os.ReadFile(root + "/" + name)
		if err != nil {
			raw = nil // there is no sound support, which may come with a card
		}
		all = append(append(all, raw...), 0)
	}
	return string(all)
}

// troubleOf is what keeps a card from being opened, in one word.
func troubleOf(err error) audio.Trouble {
	switch {
	case errors.Is(err, ErrNoCard):
		return audio.Absent
	case errors.Is(err, ErrBusy):
		return audio.Held
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return audio.Denied
	}
	return audio.Broken
}

// passes says whether err may be over in an instant, without anybody starting
// this process anew: the card is away or held, its node has yet to be given its
// rights, or it is being reset.
func passes(err error) bool {
	for _, one := range []error{
		ErrNoCard, ErrBusy, syscall.EACCES, syscall.EPERM, syscall.EIO, syscall.EPROTO, syscall.EPIPE, syscall.ETIMEDOUT, syscall.ESHUTDOWN,
	} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// tellAbsent is what a card calls that cannot be opened yet. The parent hears of it
// with other words at once, else once a second: as a sign of life.
func (c *child) tellAbsent() func(error) {
	var last string
	var told audio.Instant
	return func(why error) {
		now := audio.Monotonic()
		if words := why.Error(); words != last || now.Sub(told) >= absentEvery {
			last, told = words, now
			_ = c.link.send(&message{Absent: &absent{Sentence: words, Trouble: troubleOf(why)}}) // else the next one
		}
	}
}
