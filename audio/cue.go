package audio

import (
	"os"
	"time"
)

// Cue asks an Output to sound one WAV file, or a stream, on its Programme bus at
// an exact instant.
type Cue struct {
	ID string // unique among the cues of an Output
	// File is a 48 kHz s16 mono WAV, open for reading at its start; with Stream
	// set it is the reading end of a pipe of 48 kHz s16 mono little-endian PCM. The
	// Output duplicates the descriptor; the caller keeps its own and closes it.
	File *os.File
	// From is the first frame of the file that sounds: what lies before it has
	// sounded already.
	From Frames
	// At is when the first frame leaves the card. With After set At is ignored.
	At Instant
	// After is the ID of a cue: this one starts Gap after that one's last
	// frame, exact to the frame, wherever that one was moved.
	After string
	Gap   time.Duration
	// Cross lets a cue that comes After another start that long before its end,
	// both fading into one another with equal power, instead of that one's FadeOut
	// and this one's FadeIn. It is clipped to what both have and to what is left of
	// the other; below 5 ms they just join. It excludes Gap.
	Cross time.Duration
	Gain  Decibels
	// FadeIn and FadeOut are equal-power fades at the beginning and at the end, an
	// end by Stop or Replaces included; 0: as the file is, and 5 ms where it is cut.
	// Both give way in proportion where the sound is too short for them.
	FadeIn, FadeOut time.Duration
	// Replaces is the ID of a cue that ends (with a fade) when this one starts.
	Replaces string
	// Bed makes the cue music under the voice: its file is repeated until it is
	// stopped, and it is lowered while a cue that is no bed sounds. Nil: it is a voice.
	Bed *Duck
	// Stream says that File is sound that is made as it airs. Nil: it is a file.
	Stream *Stream
	// Spoken says that silence in it is a fault, of which DeadAir tells.
	Spoken bool
}

// Duck is how a bed gives way to voices. The zero Duck stands for DefaultDuck.
type Duck struct {
	Attack  time.Duration // to go down; it is down when the voice begins, where that is known ahead
	Release time.Duration // to come back, from the end of the last voice on
	Depth   Decibels      // gain under a voice, below 0
}

// DefaultDuck is the usual ducking of village broadcasts.
var DefaultDuck = Duck{Attack: 150 * time.Millisecond, Release: 800 * time.Millisecond, Depth: -14}

// Stream is how sound that is made as it airs is held ready. It sounds from At, or
// from the end of After, on, or from when enough of it has come, and is never
// TooLate; what it replaces goes on until then. When it runs dry there is silence,
// which does not count, until half of Buffer has come; when more than twice Buffer,
// or Most, lies ready all but Buffer is left out. Under an alarm it runs on unheard. It ends
// with its sender, by Stop or by Replaces, never as Unread for silence. Its sender
// gives it at the pace of the air: a file is a Cue without Stream.
type Stream struct {
	// Buffer, more than 0 and at most 2 s, is how much of it is held ahead of the
	// card: it begins to sound when that much has come, and what comes too early
	// or too late within it is not heard. The rate is steered by at most 0.5 % so
	// that it stays about there, since the sender's clock is another. A device
	// that takes more than Buffer at once gets what it takes, and 5 ms.
	Buffer time.Duration
	// Most bounds what may lie ready instead of twice Buffer; 0: it does not. It is
	// no less than 20 ms over what is held.
	Most time.Duration `json:",omitempty"`
}

// Alarm asks an Output to sound files in memory on its Alarm bus at once, over
// the programme, in a cycle, until lowered, repeated out, or past Until.
type Alarm struct {
	ID     string
	Cycle  []AlarmPart
	Repeat int     // number of cycles; 0: no end but Until
	Until  Instant // never sounds at or after it
	Gain   Decibels
	// Rest is the silence between two cycles, 0 to a minute, when no other alarm has
	// its turn there.
	Rest time.Duration
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
	// DeadAir: the spoken cue ID has sounded for 2 s since At, no time under an
	// alarm counted, and nothing was to be heard: its own sound, beds apart, or all
	// that leaves the mixer is below −60 dBFS in every window of 10 ms. An AliveAgain
	// follows when there is sound, unless the cue ends before.
	DeadAir    EventKind = "dead-air"
	AliveAgain EventKind = "alive-again" // there is sound in the cue ID again, from At on
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
	Kind EventKind
	ID   string // of the cue or alarm
	Part string `json:",omitempty"` // PartOn: AlarmPart.Name
	At   Instant
	// Frames of an Ended or AlarmOff is how many of the cue's or alarm's frames
	// surely left the card: without those before Cue.From, through all repetitions
	// of a bed, in frames of the file. A cue that was Lost may have got up to 0.2 s
	// further; on a stand-in for the card none left. PartOn: of the part, to come.
	Frames    Frames
	Cause     Cause
	Detail    string // for the log
	Device    string // DeviceUp: what is open
	Underruns int64
	// Level of an Ended is the mean power of what left the mixer while the cue
	// sounded, in dBFS; 0 when that is not known.
	Level Decibels `json:",omitempty"`
	// Turn of an AlarmOn, PartOn or AlarmOff is DeskAlarm.Turn.
	Turn int64 `json:",omitempty"`
}

// Levels is what left the mixer in the last tenth of a second.
type Levels struct {
	RMS, Peak Decibels // full scale 0; -120 when silent
}

// Trouble is why an Output holds no device, in one word.
type Trouble string

// The troubles that people can mend.
const (
	Absent Trouble = "absent" // the card is not there: plug it in
	Held   Trouble = "held"   // another program has it
	Denied Trouble = "denied" // the user that runs this may not use it
	Broken Trouble = "broken" // anything else
)

// OutputState is an Output at a glance.
type OutputState struct {
	Device    string  // what is open; empty when nothing
	Audible   bool    // false for null and file, and while nothing is open
	Up        bool    // a child runs and holds the device
	Fault     string  // why not, or what is weaker than asked, one sentence
	Trouble   Trouble // why not; empty while a device is held, and before it is known
	Levels    Levels
	Underruns int64
	RealTime  bool          // the child runs at SCHED_RR
	Latency   time.Duration // from reading a frame to hearing it
	ChildPID  int
	Restarts  int64
	ChildRSS  int64 // bytes
	// Buffer is how much sound the card holds; 0: no card. Learned is true when it is
	// more than asked, because the card ran dry before.
	Buffer  time.Duration
	Learned bool
	// Weak is what Fault says, for other languages: what is less than asked while
	// sound flows.
	Weak []Weakness
}

// Weakness is what an Output that is up has less of than asked.
type Weakness string

// The weaknesses.
const (
	// NoRealTime: the child runs at ordinary priority, sound may break off while the
	// machine is busy, and the buffer is large.
	NoRealTime Weakness = "priority"
	// NoMemoryLock: the child's memory may be swapped out, sound may break off while
	// memory is short.
	NoMemoryLock Weakness = "memory"
	// LargerBuffer: the card ran dry so often that its buffer makes emergencies late.
	LargerBuffer Weakness = "buffer"
	// OtherCard: the default is not the card that it was.
	OtherCard Weakness = "moved"
	// TooSlow: the card runs dry though its buffer is the largest.
	TooSlow Weakness = "slow"
)
