package hardware

import "time"

// Trust is how far the clock may be believed.
type Trust string

// The states of the clock. Nothing scheduled plays while it is Unknown; live
// sound and emergencies do.
const (
	Unknown Trust = "unknown" // boot without a valid RTC
	Held    Trust = "held"    // valid RTC, or synced or told earlier in this boot
	Told    Trust = "told"    // a signed-in person confirmed the time
	Synced  Trust = "synced"  // the kernel says so
)

// ClockState is the clock at a glance.
type ClockState struct {
	Trust  Trust
	Since  time.Duration // for how long it has been in this state
	Offset time.Duration // of the told time against the system clock; zero otherwise
}

// Trusted says whether scheduled items may play.
func (c ClockState) Trusted() bool { return c.Trust != Unknown && c.Trust != "" }
