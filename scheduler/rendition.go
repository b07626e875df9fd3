package scheduler

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// RenditionState says how far a Rendition is from the air.
type RenditionState string

// The states of a Rendition. Only Ready may air.
const (
	Missing  RenditionState = "missing"  // nothing there yet
	Assigned RenditionState = "assigned" // a reader has been asked
	Recorded RenditionState = "recorded" // a take was uploaded, not yet processed
	Spoken   RenditionState = "spoken"   // a Voice will read SpokenText, not yet synthesised
	Ready    RenditionState = "ready"    // in the library, with an exact length
	Outdated RenditionState = "outdated" // the text changed after it was recorded
)

// RenditionStates lists every RenditionState, the furthest from the air first.
func RenditionStates() []RenditionState {
	return []RenditionState{Missing, Assigned, Outdated, Spoken, Recorded, Ready}
}

// May says whether a rendition in state s may go over to another state. It is
// the whole table: whatever changes a rendition, in memory or in the database,
// keeps to it. Staying as it is, is always allowed. Nothing becomes Ready but
// what was measured as Recorded or Spoken, and nobody is asked to record what is
// there or on its way.
func (s RenditionState) May(to RenditionState) bool {
	var allowed []RenditionState
	switch s {
	case Missing:
		allowed = []RenditionState{Assigned, Recorded, Spoken, Outdated}
	case Assigned: // back to what was there before, or on by a take or a voice
		allowed = []RenditionState{Missing, Outdated, Recorded, Spoken}
	case Recorded:
		allowed = []RenditionState{Ready, Outdated, Spoken, Missing}
	case Spoken:
		allowed = []RenditionState{Ready, Assigned, Recorded, Outdated, Missing}
	case Ready:
		allowed = []RenditionState{Outdated, Recorded, Spoken, Missing}
	case Outdated:
		allowed = []RenditionState{Assigned, Recorded, Spoken, Missing}
	}
	return s == to || slices.Contains(allowed, to)
}

// ErrTransition says that a rendition cannot go from the state that it has to
// the one that was asked for.
var ErrTransition = errors.New("the rendition cannot take this state")

// Rendition is an Announcement in one language.
type Rendition struct {
	Owned
	Announcement string // ID
	Language     string // ISO 639: "vi" Vietnamese, "pcc" Giáy (Bouyei)
	State        RenditionState
	Voice        string        // voice that reads SpokenText; empty for a take
	SpokenText   string        // what the voice reads, after normalising
	Recording    string        // recording ID (hash of its master) once Ready, Recorded or Outdated
	Length       time.Duration // exact length of the play copy once Ready
	Fault        string        // code of the last failure to produce it; empty when none
	// SpokenBy is the voice that spoke Recording; empty for a take. InsteadOf is the
	// voice that should have and speaks it anew before it first airs; empty: none.
	SpokenBy, InsteadOf string
	// Assignment is who was asked to record it. It stays with what was recorded:
	// the same reader is proposed when the text changes.
	Assignment Assignment
	// Told is the Wording for which Recording was made by a person; empty: not
	// known, or read by a voice.
	Told string
	// Waived says that the announcement is not told in this language, because
	// somebody said so: State is Missing, and nothing is missing.
	Waived bool
	// ToldText is the text of Told while the rendition is Outdated, or Assigned
	// again: what a person read is shown beside what it says now. The store fills
	// it in and never writes it.
	ToldText string
}

// Assignment is the request to a person to record a rendition.
type Assignment struct {
	Reader  string    // name, of an account or any; empty: nobody was asked
	Account string    // ID of the reader's account; empty: somebody without one
	Due     time.Time // until when it is to be recorded
	By      string    // name of who asked
	At      time.Time // when
}

// Overdue says whether r is to be recorded by somebody and was not in time.
func (r Rendition) Overdue(now time.Time) bool {
	return r.State == Assigned && !r.Assignment.Due.IsZero() && r.Assignment.Due.Before(now)
}

// Wording names the words of a text: two texts have the same when they differ
// in nothing but the white space.
func Wording(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), " ")))
	return hex.EncodeToString(sum[:8])
}

// become is r in another state, or ErrTransition.
func (r Rendition) become(to RenditionState) (Rendition, error) {
	if !r.State.May(to) {
		return r, fmt.Errorf("rendition in %q from %s to %s: %w", r.Language, r.State, to, ErrTransition)
	}
	r.State, r.Waived = to, r.Waived && to == Missing
	return r, nil
}

// Assign asks a person to record r. What was recorded for an older text stays
// beside it. ErrTransition when r is there, or on its way.
func (r Rendition) Assign(a Assignment) (Rendition, error) {
	next, err := r.become(Assigned)
	if err != nil {
		return r, err
	}
	next.Assignment, next.Voice, next.SpokenText, next.Length, next.Fault = a, "", "", 0, ""
	next.SpokenBy, next.InsteadOf = "", ""
	return next, nil
}

// Unassign takes the request back: r is what it was before. ErrTransition when
// nobody is asked.
func (r Rendition) Unassign() (Rendition, error) {
	if r.State != Assigned {
		return r, fmt.Errorf("rendition in %q is %s: nobody is asked to record it: %w", r.Language, r.State, ErrTransition)
	}
	to := Missing
	if r.Recording != "" {
		to = Outdated
	}
	r.Assignment = Assignment{}
	return r.become(to)
}

// Take puts a recording of a person behind r. told is the Wording that the
// person read, empty when that is not known, and current that of the
// announcement now: when they differ, the text changed while it was recorded,
// and r is Outdated.
func (r Rendition) Take(recording, told, current string) (Rendition, error) {
	to := Recorded
	if told != "" && told != current {
		to = Outdated
	} else {
		told = current
	}
	next, err := r.become(to)
	if err != nil {
		return r, err
	}
	next.Recording, next.Told, next.Voice, next.SpokenText, next.Length, next.Fault = recording, told, "", "", 0, ""
	next.SpokenBy, next.InsteadOf = "", ""
	return next, nil
}

// Speak lets a voice tell r; voice "" is the first of the language. fault is
// why it cannot do so just now, a code, or empty.
func (r Rendition) Speak(voice, spoken, fault string) (Rendition, error) {
	next, err := r.become(Spoken)
	if err != nil {
		return r, err
	}
	next.Voice, next.SpokenText, next.Fault = voice, spoken, fault
	next.Recording, next.Told, next.Length, next.Assignment = "", "", 0, Assignment{}
	next.SpokenBy, next.InsteadOf = "", ""
	return next, nil
}

// Produce makes r Ready with what the library holds of it.
func (r Rendition) Produce(recording string, length time.Duration) (Rendition, error) {
	next, err := r.become(Ready)
	if err != nil {
		return r, err
	}
	next.Recording, next.Length, next.Fault = recording, length, ""
	return next, nil
}

// Clear takes away what there is of r: it is Missing again, and nobody is asked.
// What was waived is wanted again.
func (r Rendition) Clear() (Rendition, error) {
	next, err := r.become(Missing)
	if err != nil {
		return r, err
	}
	next.Voice, next.SpokenText, next.Recording, next.Told, next.Length, next.Fault, next.Assignment = "", "", "", "", 0, "", Assignment{}
	next.SpokenBy, next.InsteadOf, next.Waived = "", "", false
	return next, nil
}

// Waive says that the announcement is not told in the language of r: no voice
// and nobody reads it, nothing stands for it, and no coverage lacks it.
func (r Rendition) Waive() (Rendition, error) {
	next, err := r.Clear()
	next.Waived = err == nil
	return next, err
}

// Hold says that the recording of r is right for the words of current, though
// it was made for others. ErrTransition when there is nothing of the kind.
func (r Rendition) Hold(current string) (Rendition, error) {
	if r.Recording == "" || r.State != Outdated && r.State != Assigned {
		return r, fmt.Errorf("rendition in %q is %s: there is no older recording: %w", r.Language, r.State, ErrTransition)
	}
	return r.Take(r.Recording, current, current)
}

// Retell is r once the text of its announcement went from the words of old to
// those of current: what a voice read is to be read anew as spoken says, and
// what a person recorded is Outdated until somebody says that it still holds,
// records it again, or the old text comes back.
func (r Rendition) Retell(old, current string, spoken func(language string) string) Rendition {
	next, err := r, error(nil)
	switch {
	case r.SpokenText != "":
		next, err = r.Speak(r.Voice, spoken(r.Language), "")
	case (r.State == Ready || r.State == Recorded) && old != current:
		if next, err = r.become(Outdated); err == nil {
			next.Length, next.Fault = 0, ""
			if next.Told == "" {
				next.Told = old
			}
		}
	case r.State == Outdated && r.Told == current && r.Recording != "":
		next, err = r.Hold(current)
	}
	if err != nil { // the table allows each of these
		return r
	}
	return next
}
