package web

import (
	"context"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// Knobs is what of the board is pressed, lit and turned.
type Knobs interface {
	// Knobs is how it stands. It lists the volume controls when it is asked to, which takes
	// tenths of a second.
	Knobs(ctx context.Context, controls bool) KnobsState
	// SetButton keeps what the panic button does: durable when it returns.
	SetButton(a playout.ButtonAction, by string) error
	// SetMixer tries a volume control, keeps it and reads it back. hardware.ErrNoControl
	// and hardware.ErrNoMixer when it cannot be turned. No card: none.
	SetMixer(ctx context.Context, c MixerChoice, by string) (hardware.MixerControl, error)
}

// KnobsState is how the knobs of a board stand.
type KnobsState struct {
	Button   hardware.ButtonState
	Hold     time.Duration // until a press counts
	Long     time.Duration // until a second one ends what the first raised; 0: never
	Action   playout.ButtonAction
	By       string // who said so; empty: nobody has
	At       time.Time
	LED      hardware.LEDLook
	Loudness playout.LoudnessState
	Mixer    MixerChoice
	Fixed    bool // the settings name the control, or none: it is not to be chosen here
	Controls []CardControl
	Fault    string // why they could not be listed
}

// MixerChoice is the volume control that was chosen.
type MixerChoice struct {
	Card    string // empty: none
	Control string
	Usual   float64 // dB that it shows when the village is as loud as usual
	By      string
	At      time.Time
}

// CardControl is a volume control of a card.
type CardControl struct {
	Card    hardware.SoundCard
	Control hardware.MixerControl
}
