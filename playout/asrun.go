package playout

import (
	"context"
	"math"
	"time"

	"loalang/audio"
	"loalang/proof"
	"loalang/scheduler"
)

// Outcome is what became of an Occurrence. Every one ends in exactly one.
type Outcome string

// The outcomes. Empty while it is claimed and not yet ended.
const (
	Played    Outcome = "played"    // every part sounded to its end
	Cut       Outcome = "cut"       // it began and did not end: power, device, preempted
	Moved     Outcome = "moved"     // to a later occasion
	Skipped   Outcome = "skipped"   // a rule said no
	Missed    Outcome = "missed"    // it should have sounded and did not
	StoppedBy Outcome = "stopped"   // a person stopped it
	Withdrawn Outcome = "withdrawn" // taken back before it began
)

// Heard is what the monitor input says, and the output where it knows that
// nothing can have been heard.
type Heard string

// The values of Heard.
const (
	HeardYes    Heard = "yes"
	HeardSilent Heard = "silent"
	HeardWrong  Heard = "wrong"
	NotMeasured Heard = "not-measured"
)

// AsRun is what became of one Occurrence or Emergency.
type AsRun struct {
	scheduler.Owned
	Occurrence   string                   // unique per village
	Kind         scheduler.OccurrenceKind // KindEmergency or KindAllClear for an Emergency
	Announcement string
	Schedule     string
	Slot         string
	Title        string
	Class        scheduler.Class
	Nominal, Due time.Time
	Planned      time.Duration // length in the plan
	Claimed      time.Time     // durable before the amplifier was keyed; zero if it never was
	Keyed        time.Time     // durable before the first frame; zero if it never came so far
	Latest       time.Time     // until when its misfire lets it begin; zero: Due
	Outcome      Outcome
	Cause        string // a code of scheduler.Reason or audio.Cause; web words it
	By           string // who stopped or raised it
	Heard        Heard
	Lateness     time.Duration // first frame against an exact instant, or against Due; Late when > 2 s
	Missing      []string      // languages of the village that were not ready when it was planned
	Languages    []string      // in which it was to be told when it was handed over
	// Topic and Issuer are those of the Announcement when the row was first written:
	// what is edited later is not what aired. The store fills them in.
	Topic, Issuer string
	// Rules are the exceptions by which it aired against a rule of the place, with
	// who approved them and why, and mourning that took its music: codes
	// scheduler.ReasonException and scheduler.ReasonMourning; the limit for which it was
	// moved; and what was in its way, see Behind.
	Rules []scheduler.Reason
	// Drill is what a test of the emergency path found; nil of everything else.
	Drill *DrillResult
	// Proof is what the monitor input heard of it; nil: nothing listened.
	Proof   *proof.Result
	Airings []Airing
}

// The AsRun.Kind of an Emergency: one that tells that the danger is over is none to
// whoever counts them.
const (
	KindEmergency scheduler.OccurrenceKind = "emergency"
	KindAllClear  scheduler.OccurrenceKind = "all-clear"
)

// Alarmed says whether it is what became of an Emergency, an all-clear among them.
func (a AsRun) Alarmed() bool { return a.Kind == KindEmergency || a.Kind == KindAllClear }

// LateAfter is the lateness beyond which an occurrence was not on time.
const LateAfter = 2 * time.Second

// Causes of an AsRun that was played though something of a higher claim took the
// output from it: how it went on.
const (
	CauseResumed   = "resumed"   // from the frame where it was
	CauseRestarted = "restarted" // from its beginning
)

// Late says whether the first frame came too late to count as on time.
func (a AsRun) Late() bool { return a.Lateness > LateAfter }

// Span is when its first frame left the card and when its last did; last is zero
// when that is not known, both are when nothing sounded. The parts of an
// emergency sound in turn, so its last airing need not be the last to end.
func (a AsRun) Span() (first, last time.Time) {
	type part struct {
		kind     scheduler.PartKind
		language string
	}
	newest := map[part]Airing{}
	for _, airing := range a.Airings {
		newest[part{airing.Part, airing.Language}] = airing
		if first.IsZero() || airing.Started.Before(first) {
			first = airing.Started
		}
	}
	for _, airing := range newest {
		if airing.Ended.IsZero() {
			return first, time.Time{}
		}
		last = later(last, airing.Ended)
	}
	return first, last
}

// Level is the mean power of all its airings of which it is known, in dBFS, each
// weighed by its length; 0 when it is known of none.
func (a AsRun) Level() audio.Decibels {
	var power, frames float64
	for _, g := range a.Airings {
		if g.Level != 0 && g.Frames > 0 {
			power += math.Pow(10, float64(g.Level)/10) * float64(g.Frames)
			frames += float64(g.Frames)
		}
	}
	if frames == 0 {
		return 0
	}
	return audio.Decibels(10 * math.Log10(power/frames))
}

// sounded is for how long all of it left the card.
func (a AsRun) sounded() (sum time.Duration) {
	for _, g := range a.Airings {
		sum += audio.Rate.D(audio.Frames(g.Frames))
	}
	return sum
}

// Underruns is how often the card ran dry under it.
func (a AsRun) Underruns() (n int64) {
	for _, g := range a.Airings {
		n += g.Underruns
	}
	return n
}

// Ahead says whether it was given up, unheard, by a clock that was set back since: it
// does not keep its occurrence from airing.
func (a AsRun) Ahead(now time.Time) bool {
	givenUp := a.Outcome == Missed || a.Outcome == Skipped || a.Outcome == Moved
	return givenUp && len(a.Airings) == 0 && scheduler.WrittenAhead(a.Created, now)
}

// untouched says whether a row is a claim for which nothing was switched on yet.
func (a AsRun) untouched() bool {
	return !a.Alarmed() && a.Outcome == "" && a.Keyed.IsZero() && len(a.Airings) == 0
}

// Airing is one stretch of sound of an AsRun, as the output reported it. The
// cycles of an emergency are not told apart: all its sirens are one Airing, and
// so is its message in one language, until a loss or a restart; Frames is their
// sum, and Ended is zero while it sounds again.
type Airing struct {
	ID        string // UUIDv7
	Part      scheduler.PartKind
	Recording string
	Language  string
	For       []string // languages that were missing, for which it stood
	Zones     []string
	Started   time.Time // when the first frame left the card
	Ended     time.Time // zero: started, never ended (power cut)
	Frames    int64     // that really left the card
	Underruns int64
	Cause     string // audio.Cause
	// Level is the mean power of what left the mixer while its cue sounded, in
	// dBFS; 0: not known, as of an emergency or of what has not ended.
	Level audio.Decibels
}

// Journal keeps the as-run. The store implements it; every call is durable when
// it returns nil.
type Journal interface {
	// Claim writes a new row before the amplifier is keyed. ErrClaimed when the
	// occurrence has a row already that is not Deleted: it must not play again.
	Claim(ctx context.Context, a AsRun) error
	// Record replaces the row with a.Occurrence, its airings included, or
	// writes it when there is none. A row with a later Updated stays as it is,
	// and that is no error: an older state never takes the place of a newer.
	Record(ctx context.Context, a AsRun) error
	// Unfinished reads the rows without an outcome that are not Deleted: after a
	// restart, what the power cut left.
	Unfinished(ctx context.Context, village string) ([]AsRun, error)
}
