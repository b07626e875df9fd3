package main

import (
	"context"

	"loalang/hardware"
	"loalang/playout"
	"loalang/web"
)

// knobs is what of the board is pressed, lit and turned, as the panel needs it.
type knobs struct{ b *board }

// Knobs implements web.Knobs.
func (k knobs) Knobs(ctx context.Context, controls bool) web.KnobsState {
	b, all := k.b, k.b.choices.all()
	s := web.KnobsState{
		Hold: b.settings.Button.Hold, Long: b.settings.Button.Long, Action: all.Button.action(), By: all.Button.By, At: all.Button.At,
		Loudness: b.loudness.State(), Fixed: b.settings.Button.Mixer != "auto",
	}
	if b.button != nil {
		s.Button = b.button.State()
	}
	if b.led != nil {
		s.LED = b.led.Look()
	}
	if m := b.settings.mixerOf(all); m != nil {
		s.Mixer = web.MixerChoice(*m)
	}
	if !controls {
		return s
	}
	cards, err := hardware.SoundCards("/proc")
	if err != nil {
		s.Fault = sentence(err)
	}
	for _, card := range cards {
		list, err := mixerOn(card.ID).Controls(ctx)
		if err != nil {
			s.Fault = sentence(err)
		}
		for _, c := range list {
			s.Controls = append(s.Controls, web.CardControl{Card: card, Control: c})
		}
	}
	return s
}

// SetButton implements web.Knobs.
func (k knobs) SetButton(a playout.ButtonAction, by string) error {
	return k.b.choices.chooseAction(a, by)
}

// SetMixer implements web.Knobs.
func (k knobs) SetMixer(ctx context.Context, c web.MixerChoice, by string) (hardware.MixerControl, error) {
	became, err := k.b.choices.chooseMixer(ctx, mixerChoice{Card: c.Card, Control: c.Control, Usual: c.Usual}, by)
	k.b.loudness.Changed()
	return became, err
}
