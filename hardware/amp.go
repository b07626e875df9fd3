package hardware

import "time"

// AmpState is the amplifier at a glance.
type AmpState struct {
	Keyed     bool
	Since     time.Time     // of the last change
	Settle    time.Duration // from keying until sound is safe
	Tail      time.Duration // from the last frame until unkeying
	Simulated bool
	Fault     string // one sentence; empty when well
}
