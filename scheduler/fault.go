package scheduler

import "strings"

// Fault is one thing wrong with one field of what a person entered. web words
// it in the person's language from Code; nothing else turns it into words.
type Fault struct {
	Field string // JSON name, "title"
	Code  string // stable, "too-long"
	Limit string // the bound that was crossed, when there is one
}

// Invalid is the error of a Validate: all faults at once.
type Invalid []Fault

// Error lists the faults for a log; people are shown the worded form.
func (e Invalid) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Field + ": " + f.Code
	}
	return "invalid: " + strings.Join(parts, ", ")
}

// Codes of Fault.
const (
	FaultRequired   = "required"
	FaultTooLong    = "too-long"
	FaultControl    = "control-characters"
	FaultNoWords    = "no-words"
	FaultPast       = "in-the-past"
	FaultFarFuture  = "too-far"
	FaultUnknown    = "unknown"
	FaultOrder      = "wrong-order"
	FaultRange      = "out-of-range"
	FaultHours      = "outside-hours"
	FaultSilentDay  = "silent-day"  // a holiday on which nothing sounds; the limit is its name
	FaultDate       = "date"        // no date and no time of day
	FaultManyRules  = "many-rules"  // the limit is how many there may be
	FaultFewWords   = "few-words"   // the limit is how many words it takes
	FaultDecided    = "decided"     // somebody has decided on the exception, or its time is over
	FaultOwnRequest = "own-request" // who asked for an exception does not approve it
	FaultEither     = "one-of-both"
	FaultAddress    = "no-address"
	FaultOverlap    = "overlap"
	FaultDayBelow   = "day-below-broadcast" // fewer minutes in a day than in one broadcast of it
)
