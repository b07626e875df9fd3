package scheduler

import "time"

// Plan is what a village will hear in the coming days: every conflict decided,
// every omission explained.
type Plan struct {
	Village     string
	Zone        string    // IANA name in which the civil times were read
	Made        time.Time // the now it was built for
	From, To    time.Time // [From, To)
	Occurrences []Occurrence
	Omissions   []Omission
}

// OccurrenceKind tells notices from the frame of a slot.
type OccurrenceKind string

// The kinds of Occurrence.
const (
	Notice  OccurrenceKind = "notice"
	Opening OccurrenceKind = "opening"
	Closing OccurrenceKind = "closing"
	Relay   OccurrenceKind = "relay" // of a higher station, for a set time
	Fixed   OccurrenceKind = "fixed" // a recording at its fixed position in a slot
)

// Occurrence is one announcement due once on one Output. Its ID is made of the
// schedule, the village, the nominal local slot or instant and an ordinal, never
// of the computed instant: a refilled slot shifts instants, and an item must not
// play twice.
type Occurrence struct {
	ID           string
	Kind         OccurrenceKind
	Village      string
	Announcement string // empty for Opening and Closing
	Schedule     string // empty for Opening and Closing
	Slot         string // empty outside slots
	Title        string
	Class        Class
	Nominal      time.Time // when it was promised
	Due          time.Time // the first frame of its first part
	Length       time.Duration
	Parts        []Part
	Misfire      Misfire
	Immediate    bool     // Kind Now: due moves with the wake-up, it is not late
	Recurring    bool     // Kind Recurring: one day of it can be left out
	Reasons      []Reason // why Due is not Nominal, why a language is left out
	// Until is when it must be silent, however it was moved on its way through the
	// air: the end of the allowed hours in which it was placed, or of its validity.
	// Zero: there is no such limit. UntilReason is the code of which it is.
	Until       time.Time
	UntilReason string
	// Expires is when it must be silent whatever the hours are: the end of its
	// validity, or of a Relay. Zero: never. Until is never later.
	Expires time.Time
	// Interrupted says what becomes of it when something of a higher claim takes
	// the output while it sounds; empty: Resume, and of a Relay nothing else is possible.
	Interrupted Resumption
	// Missing are the languages of the village that were not ready when it was
	// planned, in the village's order; a Part says for which of them it stands.
	Missing []string
	// Bed is music under the voices; nil: none. Its Length is that of the recording,
	// which is repeated as long as the voices take.
	Bed *Part
	// Relay is what a Relay takes over, nil for all other kinds, which have Parts.
	Relay *RelayTurn
	// Drill is what an occurrence of DrillKind does, nil for all other kinds.
	Drill *DrillTurn
	// SpeakerOnly is that of its Announcement: it does not stand on the public board.
	SpeakerOnly bool
}

// Resumption is what becomes of something that was interrupted.
type Resumption string

// The resumptions.
const (
	Resume  Resumption = "resume"  // from where it was
	Restart Resumption = "restart" // from its beginning
	Drop    Resumption = "drop"    // not at all: it was cut
)

// RelayTurn is what a board relays at one time.
type RelayTurn struct {
	Station  string        // ID of the Station
	URL      string        // of it, or
	Input    string        // its line input: neither is asked of the database when its time has come
	Fallback Sound         // sounds while the station is lost or silent; zero: nothing does
	Patience time.Duration // how long it may be so before that; more than 0
}

// End is the instant after the last frame.
func (o Occurrence) End() time.Time { return o.Due.Add(o.Length) }

// PartKind tells what a Part is for.
type PartKind string

// The kinds of Part.
const (
	PartChime   PartKind = "chime"
	PartVoice   PartKind = "voice"
	PartTail    PartKind = "tail"
	PartOpening PartKind = "opening"
	PartClosing PartKind = "closing"
	PartFixed   PartKind = "fixed" // of a Fixed

	PartBed      PartKind = "bed"      // music under the voices
	PartRelay    PartKind = "relay"    // a station, as it comes
	PartFallback PartKind = "fallback" // instead of what is silent
	PartNothing  PartKind = "nothing"  // of a station that is lost, and nothing stands in for it
	PartLive     PartKind = "live"     // the microphone of somebody who is signed in
)

// Part is one recording inside an Occurrence.
type Part struct {
	Kind      PartKind
	Recording string        // recording ID
	Language  string        // of a voice; empty otherwise
	Length    time.Duration // of the play copy
	Pause     time.Duration // silence before it
	For       []string      // languages that are missing, for which this voice stands
}

// Omission is something promised that will not air as promised.
type Omission struct {
	Occurrence Occurrence // Parts empty when nothing could be made ready; Due as if nothing stood in the way
	Reason     Reason
	// Final is the instant from which no edit and no waiting can make it air.
	// It is for the Planner; zero in a plan that was published by an older version.
	Final time.Time
}

// Reason explains a decision. Code is stable and is worded by web in the
// operator's language; the fields give the words their values.
type Reason struct {
	Code       string
	Occurrence string        // the other party of a conflict
	Language   string        // the language concerned
	Until      time.Time     // when it ends or may be
	By         time.Duration // how much; of a limit, the limit
	Count      int           // how many; of a limit, the limit
	Exception  string        // ID of the exception that lifts a rule
	Exempts    bool          // the exception lifts the limits of minutes, and what needed it is not counted
	Person     string        // who approved it
	Why        string        // and the reason that was given
	// Limit is the code of the limit for which there was no room, of ReasonNextTime; By
	// or Count is that limit. Empty: the slot itself was full.
	Limit string
	// Title is that of Occurrence, as it was when something was written down of it;
	// empty: it was not.
	Title string
}

// Codes of Reason.
const (
	ReasonOutsideHours = "outside-hours"       // the place's rules forbid sound then
	ReasonQuiet        = "quiet-hours"         // a quiet stretch of the place
	ReasonHoliday      = "holiday"             // the hours of a holiday forbid sound then
	ReasonMourning     = "mourning"            // no music until Until: a jingle, a relay, the bed under the voices
	ReasonSlotBudget   = "slot-budget"         // one broadcast may take By
	ReasonDayBudget    = "day-budget"          // all broadcasts of a day may take By
	ReasonDayTimes     = "day-times"           // there may be Count broadcasts a day
	ReasonRevoked      = "exception-withdrawn" // it sounded by an exception that was taken back
	ReasonException    = "exception"           // airs though a rule forbids it: Person approved it, because Why
	ReasonOverlap      = "overlap"             // something of higher claim holds the output
	ReasonDelayed      = "delayed"             // moved behind another occurrence, by By
	ReasonSlotFull     = "slot-full"           // does not fit the slot's length
	ReasonNotReady     = "not-ready"           // no rendition is ready
	ReasonLanguage     = "language"            // this language is not ready, others air
	ReasonStands       = "stands-for"          // this language is not ready, Vietnamese stands for it
	ReasonCannotWait   = "cannot-wait"         // the same, and the village would have waited
	ReasonWaits        = "waits"               // moved to the next slot: this language is not ready
	ReasonExpired      = "expired"             // past the announcement's validity
	ReasonNotYetValid  = "not-yet-valid"       // before the announcement's validity
	ReasonWithdrawn    = "withdrawn"           // taken back
	ReasonNotApproved  = "not-approved"        // nobody who may has approved it yet, or what it is now
	ReasonReturned     = "returned"            // sent back to its author, with a reason
	ReasonNoSlot       = "no-slot"             // the schedule names a slot that is gone
	ReasonTooLate      = "too-late"            // its instant passed, and its misfire says no
	ReasonCoalesced    = "coalesced"           // a newer occurrence of the same schedule airs instead
	ReasonClock        = "clock-unknown"       // the clock is not trusted
	ReasonPower        = "power"               // the board was off
	ReasonRestart      = "restart"             // this program was stopped or started anew while the board was on
	ReasonAsleep       = "asleep"              // the machine was suspended
	ReasonClockSet     = "clock-set"           // the clock was set past its instant, or while it sounded
	ReasonLate         = "late"                // airs late by its misfire, by By
	ReasonNextTime     = "next-occasion"       // moved to the next slot, at Until, as the occurrence it names
	ReasonCarried      = "carried"             // moved here from the slot at Until, which was full
	ReasonSlotLimit    = "slot-limit"          // the notices of its slot take no more than By
	ReasonSlotTooLong  = "slot-too-long"       // longer than its slot holds when it is empty, By
	ReasonOften        = "often-enough"        // has aired as often as it may on one day
	ReasonOutsideSlot  = "outside-slot"        // the slot is moved away from its time of day
	ReasonStopped      = "stopped"             // a person stopped it
	ReasonPreempted    = "preempted"           // something of higher class took the output
	ReasonDevice       = "device"              // the sound device failed
	ReasonNoStation    = "no-station"          // the slot relays a station that is gone
	ReasonRelayOver    = "relay-over"          // the time of a relay that began late is over
)

// ReasonCodes lists every code of a Reason, those of WhyNot included.
func ReasonCodes() []string {
	return []string{
		ReasonOutsideHours, ReasonQuiet, ReasonHoliday, ReasonMourning, ReasonSlotBudget, ReasonDayBudget, ReasonDayTimes, ReasonRevoked, ReasonException,
		ReasonOverlap, ReasonDelayed, ReasonSlotFull, ReasonNotReady, ReasonLanguage, ReasonStands, ReasonCannotWait, ReasonWaits, ReasonExpired,
		ReasonNotYetValid, ReasonWithdrawn, ReasonNotApproved, ReasonReturned, ReasonNoSlot, ReasonTooLate, ReasonCoalesced, ReasonClock, ReasonPower,
		ReasonRestart, ReasonAsleep, ReasonClockSet, ReasonLate, ReasonNextTime, ReasonCarried, ReasonSlotLimit, ReasonSlotTooLong, ReasonOften, ReasonOutsideSlot,
		ReasonStopped, ReasonPreempted, ReasonDevice, ReasonNoStation, ReasonRelayOver, ReasonNoSchedule, ReasonOtherDay,
	}
}

// Book is everything BuildPlan reads, as the store found it at one instant.
type Book struct {
	Village       Village
	Slots         []Slot
	Stations      []Station // that may be relayed
	Announcements []Announcement
	Renditions    []Rendition
	Schedules     []Schedule
	Drills        []Drill // of the village; nil: none
	Past          []Past  // occurrences already claimed or closed, back to two days
	Fared         []Fared // what became of schedules in slots before that
	Frame         Frame
}

// Past is an Occurrence that has an as-run row: it never airs again.
type Past struct {
	Occurrence string
	Due        time.Time
	End        time.Time // of its last airing, or the planned end while it sounds
	Class      Class     // what is higher interrupts it; empty: nothing does
	Schedule   string    // empty for what has none
	Slot       string    // empty outside slots
	Nominal    time.Time // when it was promised
	Cause      string    // code of the Reason for which it did not air, or another word of the as-run
	// Sounded is how long of it sounded; 0: from Due to End. Exempt says that an
	// exception lifted the limits for it: it is not counted by them.
	Sounded time.Duration
	Exempt  bool
	Over    bool // it has its outcome: whatever End is, nothing of it sounds any more
	// Ahead says that it was given up by a clock that was set back since: nothing of it
	// was heard, and its row was written later than now. It is promised as if it had none.
	Ahead bool
}

// WrittenAhead says whether a row was written by a clock that was ahead of now: one
// that is a little ahead was slewed.
func WrittenAhead(created, now time.Time) bool { return created.After(now.Add(claimAhead)) }

// PastEnd is the End of a row that has its outcome, whose last airing ended by the
// clock of then, after sound of so long: where that clock was wrong, so that this lies
// before the row was due or has not come yet, it is as long after due as it sounded.
func PastEnd(due, ended time.Time, sounded time.Duration, now time.Time) time.Time {
	if ended.Before(due) || ended.After(now) {
		return due.Add(sounded)
	}
	return ended
}

// sounded says whether anything of it was heard, or is to be while it sounds.
func (p Past) sounded() bool { return p.End.After(p.Due) }

// Fared is what became of a Schedule in slots before the Past: who was left out
// goes before who was heard.
type Fared struct {
	Schedule string
	Last     time.Time // when it was last heard; zero: not in the two weeks looked at
	LeftOut  int       // turns in slots since then for which there was no room, or no board
}

// Frame is the sound around every notice, and the silences between.
type Frame struct {
	Chime, Tail Sound                    // before and after each notice; zero: none
	Pause       time.Duration            // between the parts of a notice
	Gap         time.Duration            // between two occurrences
	Lead        time.Duration            // least time from now to Due of anything new
	Sounds      map[string]time.Duration // lengths of openings, closings, fallbacks and beds by ID
}

// Sound is a recording with its length.
type Sound struct {
	Recording string
	Length    time.Duration
}
