package health

import "time"

// Measurement is what was measured at one instant. A part that is nil was not measured.
type Measurement struct {
	At          time.Time
	Program     *ProgramState
	Card        *CardState
	Amplifier   *AmplifierState
	Button      *ButtonState // nil: there is none
	Light       *LightState  // nil: there is none
	Monitor     *MonitorState
	Clock       *ClockState
	RTC         *RTCState
	Power       *PowerState
	Temperature *float64 // °C, of the hottest zone
	Disk        *DiskState
	Wear        *float64 // % of its life that the data's disk has used up, at most
	Database    *DatabaseState
	Recordings  *RecordingsState
	Backup      *BackupState
	Aired       *AiredState
	Plan        *PlanState
	Link        *LinkState
	Memory      *MemoryState
	Descriptors *DescriptorState
}

// ProgramState is serve itself.
type ProgramState struct {
	Stopped bool     // none runs on these data
	Silent  bool     // one does, and does not answer
	Up      float64  // seconds since it started; 0: unknown
	Hanging []string // parts that do not come back
}

// CardState is the sound card, as the output and the kernel have it.
type CardState struct {
	Audible bool   // a sound card is wanted; false: a device that nobody hears
	Device  string // that is open, or that was asked for
	Up      bool   // it is open
	Trouble string // why not: absent, held, denied, broken; empty: not known yet
	Weak    string // what is less than asked, in one sentence; empty: nothing is
	Control string // CARD:CONTROL, of a volume control that was chosen and does not answer; empty: none
	// Moving says whether the kernel plays it: RUNNING, with a position that goes on;
	// nil: not measured.
	Moving *bool
}

// AmplifierState is everything that is switched.
type AmplifierState struct {
	SwitchState
	Simulated bool
	Optional  bool         // it is on by itself: a switch that does not follow silences nothing
	Zones     []ZoneState  // loudspeakers that are switched apart; none: all are one
	Bypass    *BypassState // nil: nothing senses it
}

// SwitchState is a relay, or what else switches something.
type SwitchState struct {
	Keyed   bool
	For     time.Duration // how long it has been as it is
	Trouble string        // why it cannot be switched: busy, absent, denied, mute, guard; empty: it can
	Fault   string        // the same in one sentence
}

// ZoneState is one zone of loudspeakers.
type ZoneState struct {
	Name string
	SwitchState
}

// BypassState is the contact of an amplifier that has a microphone of its own.
type BypassState struct {
	On    bool          // that microphone is heard, and not this board
	For   time.Duration // how long it has been as it is
	Fault string        // why the contact cannot be read; empty: it can
}

// ButtonState is the button that raises an emergency.
type ButtonState struct {
	Stuck   bool   // it is held without an end, or has been since the start: it raises nothing
	Nothing bool   // a press does nothing: somebody chose so
	Unread  bool   // what was chosen for it could not be read: it may do something else
	Fault   string // why it cannot be read, in one sentence; empty: it can
}

// LightState is the light on the board's case.
type LightState struct {
	Fault string // why it cannot be lit, in one sentence; empty: it can
}

// MonitorState is the input that hears the loudspeakers.
type MonitorState struct {
	None     bool // none is connected
	Up       bool
	Adjusted bool   // it was calibrated: only then it measures
	Void     bool   // it was, with another card, gain or volume control than now
	Unread   bool   // whether it was could not be read
	Trouble  string // stalled, program, held; anything else is a card that is not there
	Fault    string // one sentence; empty while Up
}

// ClockState is how far the time may be believed.
type ClockState struct {
	Trust string // unknown, held, told, synced
	Ahead bool   // nobody believes it for it is months ahead of what was seen
	Age   time.Duration
	Never bool // nobody has ever vouched for it: Age says nothing
}

// RTCState is the clock with a battery.
type RTCState struct {
	There   bool
	Battery *bool          // it holds its charge; nil: the kernel cannot say
	Off     *time.Duration // against the board's time; nil: that is not trusted
}

// PowerState is what the board says of its supply.
type PowerState struct {
	Low    bool // now
	WasLow bool // since it was switched on
}

// DiskState is the disk with the data.
type DiskState struct {
	Free, Size       int64 // bytes, for everybody but root
	FreeNodes, Nodes int64 // inodes; Nodes is 0 where the file system counts none
	ReadOnly         bool  // the kernel writes nothing to it
	Gone             bool  // it gives nothing back any more, as one that was pulled out
	InMemory         bool  // it is an overlay or the memory: gone with the power
	Unmounted        bool  // fstab has a disk for the data, and they lie on another
	Failed           string
}

// DatabaseState is the database.
type DatabaseState struct {
	None    bool // serve has never run here
	Damaged bool
	Newer   bool      // it counts as Damaged, because a newer version of loalang has written it
	Behind  bool      // it counts as Damaged, because its tables could not be brought up to date
	Gone    bool      // it counts as Damaged, because its disk gives nothing back any more
	Fault   string    // what it answers; empty: it answers well
	Checked time.Time // when all of it was last looked through; zero: never since the start
}

// RecordingsState is the library: recordings of which a file is not what was stored, as far
// as it was looked through.
type RecordingsState struct {
	Damaged int // that have a wrong file
	Missing int // the others, of which a file is not there
}

// BackupState is the newest backup.
type BackupState struct {
	Last     time.Time // that was finished; zero: there is none
	Failed   string    // why a newer one failed, in one sentence; empty: none did
	Damaged  int       // files of the data that were not whole when it was made
	SameDisk bool      // it lies on the disk of the data, and is lost with it
	OnStick  time.Time // of the last that does not; zero: none ever did
	Stick    string    // why a stick that is plugged in took none, its code; empty: none is at fault
	BadStick string    // the folder of that one
	Odd      string    // name of a file beside it that cannot be read; empty: none
	Wrong    int       // files of sound that the stick gave back otherwise than they were, in two weeks
	Lost     int       // of them: that the board has not whole either
	Left     int       // files of sound that have no room on the stick
	Off      bool      // none is made by itself

	Away  time.Duration // for how long no stick has been there that takes backups; 0: one is, or nobody knows
	Loose string        // a disk that is plugged in meanwhile and not mounted, as the kernel calls it; empty: none
	Bare  string        // where a stick is mounted meanwhile that has no folder for backups; empty: nowhere
}

// AiredState is what became of what was due in the last day, and what becomes of what airs.
type AiredState struct {
	Last         time.Time // start of the last that was heard or should have been; zero: none
	Title        string    // of it
	Due          int       // how many were due
	Missed       int       // of them: missed, or cut by a fault
	Unheard      bool      // the last that the monitor could measure sounded, and it heard silence or another sound
	UnheardTitle string    // of that one, behind which others may have aired
	Mute         bool      // in the last one the board itself gave silence where a voice was due
	Losing       *Losing   // what is being lost now; nil: nothing is
}

// Losing is something that sounds, or should, and is not heard meanwhile.
type Losing struct {
	Title string
	For   time.Duration // since that began
	Dead  bool          // the board itself sends silence where a voice is due; false: the monitor does not hear what it sends
}

// PlanState is the published plan.
type PlanState struct {
	Made  time.Time // zero: there is none
	Count int       // occurrences still to come
	Next  time.Time // the first of them
}

// LinkState is the way to the network.
type LinkState struct {
	Interface string        // that leads out, or the first there is; empty: there is none
	Up        bool          // it has its signal, and an address leads out of it
	Gone      time.Duration // since it was last up; 0: it is, or nobody knows
}

// MemoryState is the memory of the machine, and what this program takes of it.
type MemoryState struct {
	Available, Total int64 // bytes
	Ours             int64 // bytes resident, of serve and all that descends from it
}

// DescriptorState is the files that serve has open.
type DescriptorState struct {
	Open  int
	Limit int
}
