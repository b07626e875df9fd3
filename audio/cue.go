package audio

import (
	"os"
	"time"
)

// Cue asks an Output to sound one WAV file on its Programme bus at an exact
// instant.
type Cue struct {
	ID string // unique among the cues of an Output
	// File is a 48 kHz s16 mono WAV, open for reading at its start. The Output
	// duplicates the descriptor; the caller keeps its own and closes it.
	File *os.File
	// At is when the first frame leaves the card. With After set At is ignored.
	At Instant
	// After is the ID of a cue: this one starts Gap after that one's last
	// frame, exact to the frame, wherever that one was moved.
	After string
	Gap   time.Duration
	Gain  Decibels
	// Replaces is the ID of a cue that ends (with a fade) when this one starts.
	Replaces string
}

// Alarm asks an Output to sound files in memory on its Alarm bus at once, over
// the programme, in a cycle, until lowered, repeated out, or past Until.
type Alarm struct {
	ID     string
	Cycle  []AlarmPart
	Repeat int     // number of cycles; 0: no end but Until
	Until  Instant // never sounds at or after it
	Gain   Decibels
}

// AlarmPart is one file of an Alarm's cycle.
type AlarmPart struct {
	File *os.File      // as in Cue; the built-in siren when nil
	Gap  time.Duration // silence before it
	Name string        // told in PartOn; empty: no PartOn for this part
}

// EventKind says what happened on an Output.
type EventKind string

// The kinds of Event. Every cue that was accepted ends in exactly one Ended.
const (
	Started    EventKind = "started"     // the cue's first frame left the card at At
	Ended      EventKind = "ended"       // its last frame left at At; Frames and Cause are set
	AlarmOn    EventKind = "alarm-on"    // the alarm's first frame left at At
	AlarmOff   EventKind = "alarm-off"   // the alarm's last frame left at At; Cause is set
	PartOn     EventKind = "part-on"     // the first frame of the alarm's part Part left at At; Frames is the part's whole length
	Underrun   EventKind = "underrun"    // the card ran dry; Underruns counts since the child started
	DeviceUp   EventKind = "device-up"   // a child holds the device; Device names it
	DeviceDown EventKind = "device-down" // the device or its child is gone; Cause says why
	Silenced   EventKind = "muted"       // the programme froze under an alarm at At; an Unsilenced follows
	Unsilenced EventKind = "unmuted"     // the programme goes on from where it froze at At; Cause Lost: what froze is lost
)

// Cause says why a cue or an alarm ended.
type Cause string

// The causes.
const (
	Completed Cause = "completed" // its last frame was played
	Replaced  Cause = "replaced"  // by Cue.Replaces
	Stopped   Cause = "stopped"   // Output.Stop, Output.Lower
	Expired   Cause = "expired"   // Alarm.Until
	TooLate   Cause = "too-late"  // At had passed when the cue came
	Lost      Cause = "lost"      // the device or its child died
	Unread    Cause = "unread"    // its file could not be read in time
)

// Event is what really happened on an Output, told upward by the child.
type Event struct {
	Kind      EventKind
	ID        string // of the cue or alarm
	Part      string `json:",omitempty"` // PartOn: AlarmPart.Name
	At        Instant
	Frames    Frames // of the cue or alarm that really left the card; PartOn: of the part, to come
	Cause     Cause
	Detail    string // for the log
	Device    string // DeviceUp: what is open
	Underruns int64
}

// Levels is what left the mixer in the last tenth of a second.
type Levels struct {
	RMS, Peak Decibels // full scale 0; -120 when silent
}

// OutputState is an Output at a glance.
type OutputState struct {
	Device    string // what is open; empty when nothing
	Audible   bool   // false for null and file, and while nothing is open
	Up        bool   // a child runs and holds the device
	Fault     string // why not, or what is weaker than asked, one sentence
	Levels    Levels
	Underruns int64
	RealTime  bool          // the child runs at SCHED_RR
	Latency   time.Duration // from reading a frame to hearing it
	ChildPID  int
	Restarts  int64
	ChildRSS  int64 // bytes
}
