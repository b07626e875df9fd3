package web_test

import (
	"context"
	"math"
	"slices"

	"loalang/hardware"
	"loalang/playout"
	"loalang/web"
)

// knobs is what of a world's board is pressed, lit and turned.
type knobs struct{ w *world }

// Knobs is that of the world.
func (k knobs) Knobs(_ context.Context, controls bool) web.KnobsState {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	s := k.w.knobs
	if s.Action.Deed == "" {
		s.Action = playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondStop}
	}
	if !controls {
		s.Controls = nil
	}
	return s
}

// SetButton keeps what it is told.
func (k knobs) SetButton(a playout.ButtonAction, by string) error {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	k.w.knobs.Action, k.w.knobs.By = a, by
	return nil
}

// SetMixer knows the control Speaker of Device alone, whose steps are of 2 dB, and that only
// while the card is there.
func (k knobs) SetMixer(_ context.Context, c web.MixerChoice, by string) (hardware.MixerControl, error) {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	if k.w.mixerHung {
		return hardware.MixerControl{}, hardware.ErrMixerHung
	}
	there := slices.ContainsFunc(k.w.knobs.Controls, func(o web.CardControl) bool { return o.Card.ID == c.Card })
	if c.Card != "" && (c.Control != "Speaker" || len(k.w.knobs.Controls) > 0 && !there) {
		return hardware.MixerControl{}, hardware.ErrNoControl
	}
	c.By, c.Usual = by, math.Round(c.Usual/2)*2
	k.w.knobs.Mixer = c
	return hardware.MixerControl{Name: c.Control, Level: c.Usual}, nil
}
