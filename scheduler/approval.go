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

// ApprovalState says how far an Announcement is from being allowed on the air.
type ApprovalState string

// The states of an Approval. Only what is Unasked in a village without rules,
// Approved or Urgent may air.
const (
	Unasked   ApprovalState = ""          // nobody was asked: made before its village had rules, or where it has none
	Draft     ApprovalState = "draft"     // its author is still at it
	Submitted ApprovalState = "submitted" // waits for somebody who may approve it
	Approved  ApprovalState = "approved"  // what was approved may air
	Returned  ApprovalState = "returned"  // with a reason; its author may change it and submit it again
	Urgent    ApprovalState = "urgent"    // airs first, and waits for its review
	TakenBack ApprovalState = "withdrawn" // for good; kept as Announcement.Withdrawn
)

// ApprovalStates lists every ApprovalState.
func ApprovalStates() []ApprovalState {
	return []ApprovalState{Unasked, Draft, Submitted, Approved, Returned, Urgent, TakenBack}
}

// ApprovalAct is what somebody does about an approval.
type ApprovalAct string

// The acts. ActChange is a change of what is heard by somebody who may not
// approve it by themselves.
const (
	ActSubmit   ApprovalAct = "submit"
	ActApprove  ApprovalAct = "approve" // of Urgent: its review, with a good end
	ActReturn   ApprovalAct = "return"
	ActUrge     ApprovalAct = "urge"
	ActWithdraw ApprovalAct = "withdraw"
	ActChange   ApprovalAct = "change"
)

// ApprovalActs lists every ApprovalAct.
func ApprovalActs() []ApprovalAct {
	return []ApprovalAct{ActSubmit, ActApprove, ActReturn, ActUrge, ActWithdraw, ActChange}
}

// approvalTable is every transition that there is.
var approvalTable = map[ApprovalState]map[ApprovalAct]ApprovalState{
	Unasked: {ActSubmit: Submitted, ActApprove: Approved, ActReturn: Returned, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Submitted},
	Draft:   {ActSubmit: Submitted, ActApprove: Approved, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Draft},
	Submitted: {
		ActSubmit: Submitted, ActApprove: Approved, ActReturn: Returned, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Submitted,
	},
	Approved:  {ActApprove: Approved, ActReturn: Returned, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Submitted},
	Returned:  {ActSubmit: Submitted, ActApprove: Approved, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Returned},
	Urgent:    {ActApprove: Approved, ActReturn: Returned, ActUrge: Urgent, ActWithdraw: TakenBack, ActChange: Submitted},
	TakenBack: {ActWithdraw: TakenBack},
}

// ErrApproval says that an announcement cannot go from the approval that it has
// to the one that was asked for.
var ErrApproval = errors.New("the announcement cannot take this step of its approval")

// After is the state that an act leads to; ErrApproval when it leads nowhere.
func (s ApprovalState) After(act ApprovalAct) (ApprovalState, error) {
	next, ok := approvalTable[s][act]
	if !ok {
		return s, fmt.Errorf("%s what is %q: %w", act, s, ErrApproval)
	}
	return next, nil
}

// Step is the state that an act on d leads to; ErrApproval when it leads nowhere. What
// may air already is urged only for the part of it that waits, such as a schedule that
// was added since.
func (d Dossier) Step(act ApprovalAct, rules ApprovalRules) (ApprovalState, error) {
	state := d.Announcement.Approval.State
	if act == ActUrge && (state == Approved || state == Urgent) && d.Waiting(rules) == nil {
		return state, fmt.Errorf("urge what may air already: %w", ErrApproval)
	}
	return state.After(act)
}

// Approval is what somebody decided about an announcement.
type Approval struct {
	State  ApprovalState
	By     string    // name of who brought it into State
	ByID   string    // ID of the account or token
	At     time.Time // when
	Reason string    // of Returned, and of Urgent
	Review time.Time // of Urgent: until when it is to be reviewed
	Need   Need      // who has to approve what waits; empty: nothing waits, or NeedAnyone
	Pin    *Pin      // what was approved; nil: nothing was
	// Refused is WordsMark of what an officer returned: only an officer lets those words
	// through. Empty: no officer returned any, or a version did that knew no marks.
	Refused string
}

// WordsMark is a short mark of the words of a, whatever the space between them.
func (a Announcement) WordsMark() string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(a.Text), " ")))
	return hex.EncodeToString(sum[:8])
}

// Overruled says whether the words of a are those that an officer returned.
func (a Announcement) Overruled() bool {
	return a.Approval.Refused != "" && a.Approval.Refused == a.WordsMark()
}

// Pin is exactly what was approved. What is heard is compared with it, so that
// whatever changed since, by whatever way, does not air.
type Pin struct {
	At        time.Time         // when it was approved as a whole; zero: it was returned since
	Title     string            // under which people read it; empty: a version approved it that kept none
	Text      string            // of the announcement, as written
	Bed       string            // recording under the voices
	Class     Class             // a higher one interrupts others
	From      time.Time         // of its validity; zero: at once
	Until     time.Time         // zero: until withdrawn
	Spoken    map[string]string // by language: what a voice reads
	Takes     map[string]string // by language: ID of the recording of a person
	Schedules []string          // sorted; see scheduleMark
}

// scheduleMark names a schedule as it is: a changed one has another revision.
func scheduleMark(s Schedule) string { return fmt.Sprintf("%s@%d", s.ID, max(s.Revision, 1)) }

// PinOf is what d sounds like now.
func PinOf(d Dossier) *Pin {
	a := d.Announcement
	p := &Pin{Title: a.Title, Text: a.Text, Bed: a.Bed, Class: a.Class, From: a.ValidFrom, Until: a.ValidUntil, Spoken: map[string]string{}, Takes: map[string]string{}}
	for _, r := range d.Renditions {
		p.hear(r)
	}
	for _, s := range d.Schedules {
		p.Schedules = append(p.Schedules, scheduleMark(s))
	}
	slices.Sort(p.Schedules)
	return p
}

// Recalled is p of what was returned since: who wrote before it has written what
// is to be approved anew.
func (p *Pin) Recalled() *Pin {
	if p == nil {
		return nil
	}
	was := *p
	was.At = time.Time{}
	return &was
}

// hear takes in one language as it is.
func (p *Pin) hear(r Rendition) {
	delete(p.Spoken, r.Language)
	delete(p.Takes, r.Language)
	switch {
	case r.SpokenText != "":
		p.Spoken[r.Language] = r.SpokenText
	case r.Recording != "" && (r.State == Ready || r.State == Recorded):
		p.Takes[r.Language] = r.Recording
	}
}

// tells says whether the words and the music of a are those that were approved.
func (p *Pin) tells(a Announcement) bool {
	return p != nil && p.Text == a.Text && p.Bed == a.Bed && p.Class.Rank() >= a.Class.Rank()
}

// hears says whether what is heard of r was approved. A recording of a person
// made afterwards was, where the village says so.
func (p *Pin) hears(r Rendition, rules ApprovalRules) bool {
	if r.SpokenText != "" {
		return p.Spoken[r.Language] == r.SpokenText
	}
	return r.Recording == "" || rules.LaterTakes || p.Takes[r.Language] == r.Recording
}

// calls says whether the schedule was approved.
func (p *Pin) calls(s Schedule) bool {
	_, found := slices.BinarySearch(p.Schedules, scheduleMark(s))
	return found
}

// bound is a within the validity that was approved.
func (p *Pin) bound(a Announcement) Announcement {
	a.ValidFrom = later(a.ValidFrom, p.From)
	if !p.Until.IsZero() && (a.ValidUntil.IsZero() || a.ValidUntil.After(p.Until)) {
		a.ValidUntil = p.Until
	}
	return a
}

// Touched says which part of an announcement somebody changed.
type Touched struct {
	Words    bool   // text, music, class, validity, and with them what voices read
	Language string // one rendition
	Schedule string // ID of one schedule
}

// Change is the approval of d, as it is after somebody changed a part of it. need
// is what that person's announcements need. Nobody else's changes are approved by
// the way: of an approved announcement only the part itself becomes approved, and of one that
// waits nothing does. Words that need approval take the whole off the air; another
// language or schedule waits alone.
func (d Dossier) Change(rules ApprovalRules, need Need, t Touched) Approval {
	a := d.Announcement.Approval
	if !rules.On() {
		return a
	}
	if a.State == Draft || a.State == Returned || a.State == Submitted || a.Pin == nil {
		if need != NeedNone {
			a.Need = a.Need.With(need)
		}
		return a
	}
	if t.Words && d.Announcement.Overruled() {
		need = NeedOfficer
	}
	if need == NeedNone {
		a.Pin = a.Pin.with(d, t)
		if d.Announcement.Approval = a; d.Waiting(rules) == nil {
			a.Need = NeedNone
		}
		return a
	}
	if d.Waiting(rules) == nil {
		return a
	}
	a.Need = a.Need.With(need)
	if t.Words && !a.Pin.tells(d.Announcement) {
		a.State = Submitted
	}
	return a
}

// with is p with one part as it is in d.
func (p *Pin) with(d Dossier, t Touched) *Pin {
	now, next := PinOf(d), *PinOf(d)
	next.At = p.At
	if !t.Words {
		next.Title, next.Text, next.Bed, next.Class, next.From, next.Until = p.Title, p.Text, p.Bed, p.Class, p.From, p.Until
	}
	next.Spoken, next.Takes = map[string]string{}, map[string]string{}
	for _, r := range d.Renditions {
		l := r.Language
		was, had := p.Spoken[l]
		switch {
		case l == t.Language, t.Words && had && r.SpokenText != "": // what it read is read of the new words
			copyKey(next.Spoken, now.Spoken, l)
			copyKey(next.Takes, now.Takes, l)
		case had:
			next.Spoken[l] = was
		default:
			copyKey(next.Takes, p.Takes, l)
		}
	}
	next.Schedules = nil
	for _, s := range d.Schedules {
		if p.calls(s) || s.ID == t.Schedule {
			next.Schedules = append(next.Schedules, scheduleMark(s))
		}
	}
	slices.Sort(next.Schedules)
	return &next
}

func copyKey(to, from map[string]string, key string) {
	if v, ok := from[key]; ok {
		to[key] = v
	}
}

// Waiting lists what of d waits for approval: "words", "title", "validity",
// "language:pcc", "schedule:ID"; nil when nothing does. All of it is heard only
// when it is approved, and a title read only then.
func (d Dossier) Waiting(rules ApprovalRules) []string {
	a := d.Announcement
	switch {
	case a.Approval.State == Submitted, a.Approval.State == Unasked && rules.On():
		return []string{"words"}
	case a.Approval.State != Approved && a.Approval.State != Urgent || !rules.On():
		return nil
	}
	p := a.Approval.Pin
	if !p.tells(a) {
		return []string{"words"}
	}
	var parts []string
	if p.Title != "" && p.Title != a.Title {
		parts = append(parts, "title")
	}
	if b := p.bound(a); !b.ValidFrom.Equal(a.ValidFrom) || !b.ValidUntil.Equal(a.ValidUntil) {
		parts = append(parts, "validity")
	}
	for _, r := range d.Renditions {
		if (r.SpokenText != "" || r.State == Ready || r.State == Recorded) && !p.hears(r, rules) {
			parts = append(parts, "language:"+r.Language)
		}
	}
	for _, s := range d.Schedules {
		if !p.calls(s) {
			parts = append(parts, "schedule:"+s.ID)
		}
	}
	return parts
}
