package hardware

import "time"

// Trust is how far the clock may be believed.
type Trust string

// The states of the clock. Nothing scheduled plays while it is Unknown; live
// sound and emergencies do.
const (
	Unknown Trust = "unknown" // boot without a valid RTC, or with one that is months ahead of what was seen
	Held    Trust = "held"    // valid RTC, or synced or told earlier in this boot
	Told    Trust = "told"    // a signed-in person confirmed the time
	Synced  Trust = "synced"  // the kernel says so
)

// ClockState is the clock at a glance.
type ClockState struct {
	Trust  Trust
	Since  time.Duration // for how long it has been in this state
	Offset time.Duration // of the told time against the system clock; zero otherwise

	// Vouched is when the kernel's time server or a person last vouched for the
	// time, also before a power cut; zero: never. VouchedBy names the person.
	Vouched   time.Time
	VouchedBy string
	// Age is how long ago Vouched is: by the time since boot within a boot, else by
	// the clock itself, and while that is unknown it is the least that it can be.
	Age time.Duration
	// Stepped is the last step of the believed time by a second and more, of a clock
	// that was trusted before, and SteppedAt the time after it; zero: none is known.
	Stepped   time.Duration
	SteppedAt time.Time
	// Ahead is how far the board's own clock lies past what was seen before, when it is
	// Unknown because that is more than a month: somebody has to confirm the time. Zero:
	// that is not why.
	Ahead time.Duration
}

// Trusted says whether scheduled items may play.
func (c ClockState) Trusted() bool { return c.Trust != Unknown && c.Trust != "" }
