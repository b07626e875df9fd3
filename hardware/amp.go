package hardware

import "time"

// AmpState is the amplifier at a glance.
type AmpState struct {
	Keyed     bool
	Since     time.Time     // of the last change, by the board's time, which may step
	Turned    time.Duration // the same on CLOCK_MONOTONIC: for how long it is so
	Settle    time.Duration // from keying until sound is safe
	Tail      time.Duration // from the last frame until unkeying
	Simulated bool
	Missing   bool          // its line cannot be had; Fault says why and what to do
	Odd       bool          // its line was read at the other level than it was set to, Keyed or not
	Resting   time.Duration // how long it must stay off still
	Optional  bool          // it is on by itself: what the relay does not follow is heard all the same
	Trouble   Trouble       // what Fault says, as a code
	Fault     string        // one sentence; empty when well
	Zones     []ZoneState   // what is switched apart, in the board's order; none: all is one
	Bypass    BypassState   // the amplifier's own microphone
}

// ZoneState is one zone at a glance.
type ZoneState struct {
	Name string
	AmpState
}

// BypassState says whether somebody has put the amplifier on its own microphone, so
// that nothing of what the board plays is heard.
type BypassState struct {
	Sensed bool          // an input tells; false: nobody knows
	On     bool          // it is on its own microphone
	Since  time.Time     // of the last change, by the board's time, which may step
	Turned time.Duration // the same on CLOCK_MONOTONIC: for how long it is so
	Fault  string        // why the input cannot be read; empty when it can
}
