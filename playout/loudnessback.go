package playout

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// leave notes that the control of before is to go back, when another was chosen, or none; one
// that is chosen again is in use. l.mu is held.
func (l *Loudness) leave(chosen Fader) {
	s := &l.set
	if s.control != nil && s.control != chosen {
		if !s.faded || s.asked != s.usual {
			s.left = append(s.left, leftFader{control: s.control, usual: s.usual})
		}
		s.control, s.faded, s.known = nil, false, false
	}
	s.left = slices.DeleteFunc(slices.Clone(s.left), func(f leftFader) bool { return f.control == chosen })
}

// putBack turns controls that are chosen no more to where they are as loud as usual. One that
// does not answer is tried again each minute.
func (l *Loudness) putBack(ctx context.Context) {
	l.mu.Lock()
	left := l.set.left
	l.mu.Unlock()
	var still []leftFader
	for _, f := range left {
		now := l.cfg.Now()
		if !f.at.IsZero() && now.Sub(f.at).Abs() < fadeAgain {
			still = append(still, f)
			continue
		}
		if _, err := f.control.Fade(ctx, f.usual); err != nil {
			if f.at.IsZero() {
				l.cfg.Log.Error("a volume control that is chosen no more could not be turned back: that is tried again", "usual", f.usual, "err", err)
			}
			f.at = now
			still = append(still, f)
		}
	}
	l.mu.Lock()
	l.set.left = still
	l.mu.Unlock()
}

// Rest turns every control that was turned to where it is as loud as usual, once Run has
// ended and nothing sounds: whoever finds the card without this program, be it another
// setting, takes that for its usual loudness. It blocks as Fade does.
func (l *Loudness) Rest(ctx context.Context) error {
	l.mu.Lock()
	l.leave(nil)
	left := l.set.left
	l.set.left = nil
	l.mu.Unlock()
	var faults []error
	for _, f := range left {
		if _, err := f.control.Fade(ctx, f.usual); err != nil {
			faults = append(faults, fmt.Errorf("turn the volume control back: %w", err))
		}
	}
	return errors.Join(faults...)
}
