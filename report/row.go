package report

import "time"

// Row is what became of one occurrence, as far as a report asks. The codes are
// those of the as-run.
type Row struct {
	Occurrence string
	Kind       string // "notice", "relay", "live", "opening", "closing", "emergency", "all-clear", "drill"
	Title      string
	Village    string // key
	Topic      string // of the announcement when the row was written; empty: none
	Issuer     string // the same
	// Due is when it should have begun, in the village's zone: its civil day is the
	// day in which it counts, and a report asks in no other zone.
	Due      time.Time
	Outcome  string        // "played", "cut", "moved", "skipped", "missed", "stopped", "withdrawn"; empty: still open
	Cause    string        // code; empty: nobody knows
	Behind   string        // title of what had the output, where that is the cause; empty: nothing, or nobody knows
	By       string        // who stopped, raised or spoke it
	Heard    string        // "yes", "silent", "wrong", "not-measured"
	Lateness time.Duration // first frame against what was promised; negative: too early
	Planned  []string      // languages in which it was to be told
	Missing  []string      // languages that were not ready
	Airings  []Airing
	// Approver and Excuse are who allowed it outside the rules of the place, and
	// why; empty: it kept to them.
	Approver, Excuse string
	// Silent and Faults are those of a drill: nobody was to hear it, and the steps that
	// failed.
	Silent bool
	Faults []Fault
}

// Airing is one stretch of its sound.
type Airing struct {
	Language string        // of a voice; empty otherwise
	Length   time.Duration // of what really left the card
	For      []string      // languages that were missing, for which it stood
}

// Punctual is how far from its promise, either way, a first frame still counts as
// on time.
const Punctual = 2 * time.Second

// PunctualWords is the same for what an emergency says without a siren before it, and an
// all-clear: nobody knew of it before, and a voice has to read it first.
const PunctualWords = 30 * time.Second

// Bucket is the one heading of a report under which a Row counts.
type Bucket string

// The buckets. Every Row counts in exactly one.
const (
	OnTime    Bucket = "on-time"   // played to its end, begun within Punctual, and not heard silent or wrong
	Late      Bucket = "late"      // played to its end, begun later (or earlier) than that, and not heard silent or wrong
	Unheard   Bucket = "unheard"   // played to its end, and heard silent or wrong
	Cut       Bucket = "cut"       // it began and did not end
	Missed    Bucket = "missed"    // it should have sounded and did not
	Moved     Bucket = "moved"     // to a later occasion, which is a row of its own
	Skipped   Bucket = "skipped"   // a rule said no
	Stopped   Bucket = "stopped"   // a person stopped it
	Withdrawn Bucket = "withdrawn" // taken back before it began
	Open      Bucket = "open"      // it has no outcome yet, or none that is known here
)

// Buckets lists every Bucket in the order of a report: first those that were due
// to air, then the others.
func Buckets() []Bucket {
	return []Bucket{OnTime, Late, Unheard, Cut, Missed, Moved, Skipped, Stopped, Withdrawn, Open}
}

// Bucket is where r counts.
func (r Row) Bucket() Bucket {
	switch r.Outcome {
	case "played":
		switch {
		case r.Heard == "silent" || r.Heard == "wrong":
			return Unheard
		case r.Lateness.Abs() > r.punctual():
			return Late
		}
		return OnTime
	case "cut", "missed", "moved", "skipped", "stopped", "withdrawn":
		return Bucket(r.Outcome)
	}
	return Open
}

// punctual is how far from its promise the first frame of r may be.
func (r Row) punctual() time.Duration {
	spoken := len(r.Airings) > 0 && r.Airings[0].Language != ""
	if spoken && (r.Kind == "emergency" || r.Kind == "all-clear") {
		return PunctualWords
	}
	return Punctual
}

// Codes of Reason that no as-run row has: what was played to its end and was
// nevertheless not as it should be has no other cause.
const (
	HeardSilent = "heard-silent"
	HeardWrong  = "heard-wrong"
)

// Reason is the code of why r is not on time; empty when nobody knows, or when
// there is nothing to explain.
func (r Row) Reason() string {
	if r.Cause != "" && r.Cause != "completed" {
		return r.Cause
	}
	if r.Bucket() == Unheard {
		return "heard-" + r.Heard
	}
	return ""
}

// Measured says whether anything listened to the loudspeaker.
func (r Row) Measured() bool { return r.Heard != "" && r.Heard != "not-measured" }

// Aired is the sound of r that left the card.
func (r Row) Aired() (sum time.Duration) {
	for _, a := range r.Airings {
		sum += a.Length
	}
	return sum
}

// Section is the part of a report in which the kind of r counts.
func (r Row) Section() Section {
	switch r.Kind {
	case "notice", "relay", "live", "emergency", "all-clear", "drill":
		return Section(r.Kind)
	case "opening", "closing":
		return Frames
	}
	return Others
}

// Section tells apart what is counted apart.
type Section string

// The sections, in the order of a report. The rates are those of Notices.
const (
	Notices     Section = "notice"
	Relays      Section = "relay" // of a higher station
	Lives       Section = "live"  // spoken by a person
	Emergencies Section = "emergency"
	AllClears   Section = "all-clear" // that told that an emergency was over
	Drills      Section = "drill"
	Frames      Section = "frame" // openings and closings of slots
	Others      Section = "other" // of a kind that is not known here
)

// Sections lists every Section in the order of a report.
func Sections() []Section {
	return []Section{Notices, Relays, Lives, Emergencies, AllClears, Drills, Frames, Others}
}
