package recordings

import "time"

// Measures are what an import measured of a sound. Built-in sounds, and
// recordings of before there were measures, have none: Before.Wave is nil.
type Measures struct {
	Before Heard `json:"before"` // as it came, its channels made one
	After  Heard `json:"after"`  // of the play copy
	// Lead and Tail are what was cut away before the first sound and after the
	// last.
	Lead time.Duration `json:"lead"`
	Tail time.Duration `json:"tail"`
	// Channel is the one that alone was taken of a stereo sound, because the
	// other is silent or its opposite; empty: both, or it came with one.
	Channel Channel `json:"channel,omitempty"`
	// Hum is the frequency in Hz of a mains hum that was taken out above the
	// high-pass; 0: there was none.
	Hum float64 `json:"hum,omitempty"`
	// Decay is how long the room rings, in seconds to −60 dB, as far as the
	// speech tells; 0: it does not tell.
	Decay float64 `json:"decay,omitempty"`
	// Twin is the ID of the recording that was there with the same sound in
	// another file; empty: none was.
	Twin string `json:"twin,omitempty"`
}

// Heard is one side of an import.
type Heard struct {
	Length   time.Duration `json:"length"`
	Loudness float64       `json:"loudness"`  // LUFS
	TruePeak float64       `json:"true_peak"` // dBTP
	// Floor is the level of the pauses in dBFS: of 50 ms each, the one that 3 %
	// are below; level.Silent where there is nothing.
	Floor float64 `json:"floor"`
	// Margin is how far the speech stands above the pauses, in dB within the
	// speech band: from the 3 % to the 90 % level.
	Margin  float64 `json:"margin"`
	Clipped float64 `json:"clipped"` // share of the frames that are cut off at the top, 0 … 1
	Wave    Wave    `json:"wave"`
}

// Channel is one side of a stereo sound.
type Channel string

// The channels.
const (
	Left  Channel = "left"
	Right Channel = "right"
)
