package playout

import (
	"context"
	"io"
	"os"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/scheduler"
)

// Output is one card and channel set. *speaker.Output is one. Its calls do not
// block on the card; what really happened comes back as audio.Events.
type Output interface {
	// Cue hands over one file to sound at an instant; at most audio.MaxCues wait or
	// sound at once, those included that were stopped and have not ended yet.
	Cue(c audio.Cue) error
	// Stop ends the cues with these IDs with a fade; unknown IDs are ignored.
	// No IDs: all cues.
	Stop(ids ...string) error
	// Events delivers every event to the one caller; it is closed when the
	// Output has ended.
	Events() <-chan audio.Event
}

// Siren is the Alarm bus of an Output.
type Siren interface {
	// Raise starts a, or replaces the cycle of the alarm with the same ID: from
	// its next cycle on, or behind the parts that sound when it begins with them.
	Raise(a audio.Alarm) error
	// Lower ends the alarm at once.
	Lower(id string) error
	State() audio.OutputState
}

// Amp powers the loudspeakers. *hardware.Relay and *hardware.Sim are ones.
type Amp interface {
	// Key switches on; it returns at once and does nothing when already on.
	// Sound is safe Settle after the instant it returned.
	Key() error
	// Unkey switches off; safe to call at any time.
	Unkey() error
	State() hardware.AmpState
}

// Library opens what airs.
type Library interface {
	// PlayCopy opens the 48 kHz s16 mono WAV of a recording. The caller closes it.
	PlayCopy(ctx context.Context, recording string) (*os.File, error)
}

// Air is what the village hears now.
type Air struct {
	Village   string
	At        time.Time
	OnAir     *OnAir               // nil: nothing keyed
	Emergency *scheduler.Emergency // the newest that is active; nil: none
	// Emergencies are all that are active, the oldest first.
	Emergencies []ActiveEmergency
	Over        *scheduler.Emergency // the last that ended and was no all-clear; nil: none is known
	Drill       *Drilling            // a test of the emergency path that has begun; nil: none
	DeadAir     *DeadAir             // something is silent that should be heard; nil: nothing is
	DeadAirs    int64                // how often that began since the Player started
	Lost        *Lost                // the monitor input does not hear what is sent; nil: it does, or nobody listens
	Losses      int64                // how often that began since the Player started
	Output      audio.OutputState
	Amp         hardware.AmpState
	Clock       hardware.ClockState
}

// ActiveEmergency is an emergency that nobody has stopped and that has not
// expired, and what of it is heard.
type ActiveEmergency struct {
	scheduler.Emergency
	Sounding bool     // the card plays it, now or in its turn, with the amplifier on
	Spoken   []string // languages whose words are in its cycle
	Faults   []EmergencyFault
}

// DeadAir is silence where a voice was due.
type DeadAir struct {
	Occurrence string
	Title      string
	Language   string
	Since      time.Time
	Began      audio.Instant // Since on CLOCK_MONOTONIC, for how long it is: the clock may be set
}

// OnAir is the occurrence for which the amplifier is keyed.
type OnAir struct {
	Occurrence scheduler.Occurrence
	Part       scheduler.PartKind // sounding now; empty while the amplifier settles
	Language   string
	Started    time.Time        // zero until the first frame left the card
	Ends       time.Time        // when its last frame is due; it ends by itself then
	By         string           // who speaks live; empty otherwise
	Faults     []EmergencyFault // what keeps it from being heard, as things are; none while an emergency sounds over it

	ends func() audio.Instant // when it ends as things are, if that is sooner; nil: it is not
}

// Listener gives the sound that left the mixer, for listen-in.
type Listener interface {
	// Listen starts a tap: 48 kHz s16 mono little-endian PCM from now on. A
	// reader that is too slow loses the oldest sound, never delays the air.
	Listen(ctx context.Context) (io.ReadCloser, error)
}
