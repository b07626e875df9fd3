package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

var (
	// errNeedsOfficer says that only an officer of the commune may approve it.
	errNeedsOfficer = errors.New("an officer has to approve it")
	// errOwnWords says that nobody approves there what they wrote themselves.
	errOwnWords = errors.New("nobody approves what they wrote themselves")
	// errOverruled says that an officer returned these very words.
	errOverruled = errors.New("an officer returned these words")
	// errUnowned says that two people are asked for, and the token is nobody's.
	errUnowned = errors.New("a token without an owner is not a second person")
	// errNoRight says that the role does not allow the step.
	errNoRight = errors.New("the role does not allow it")
	// errSeenOther says that the announcement is another than the one looked at.
	errSeenOther = errors.New("it was changed since it was looked at")
)

// approvedAlready says that nothing waits, and who approved it.
type approvedAlready struct{ by string }

// Error implements error.
func (e approvedAlready) Error() string { return "it is approved already, by " + e.by }

// isOfficer says whether somebody decides for the commune.
func isOfficer(who people.Principal) bool {
	return who.Role == people.Officer || who.Role == people.Admin
}

// begin gives a new announcement its end, when its author names none, and says
// whether it waits for approval.
func (s *Server) begin(d *scheduler.Dossier, who people.Principal, place scheduler.Village, draft bool) {
	a, now := &d.Announcement, s.cfg.Now().UTC()
	if loc, err := place.Location(); err == nil && a.ValidUntil.IsZero() {
		a.ValidUntil = place.Approvals.Expiry(*d, now, loc)
	}
	by := scheduler.Approval{By: who.Name, ByID: who.ID, At: now}
	switch need := place.Approvals.Need(string(who.Role), a.Class); {
	case draft:
		by.State, by.Need = scheduler.Draft, need
	case !place.Approvals.On():
		return
	case need == scheduler.NeedNone:
		by.State, by.Pin = scheduler.Approved, pinAt(*d, now)
	default:
		by.State, by.Need = scheduler.Submitted, need
	}
	a.Approval = by
}

func pinAt(d scheduler.Dossier, now time.Time) *scheduler.Pin {
	p := scheduler.PinOf(d)
	p.At = now
	return p
}

// changed brings the approval of d up to date after whoever asks changed a part of
// it, which is not saved yet.
func (s *Server) changed(ctx context.Context, d *scheduler.Dossier, t scheduler.Touched) error {
	if d.Announcement.Approval.State == scheduler.Unasked {
		return nil
	}
	place, err := s.cfg.Places.Village(ctx, d.Announcement.Village)
	if err != nil {
		return fmt.Errorf("read the rules of approval: %w", err)
	}
	need := place.Approvals.Need(string(asker(ctx).Role), d.Announcement.Class)
	d.Announcement.Approval = d.Change(place.Approvals, need, t)
	return nil
}

// keepSchedule keeps new schedules of d, or changed ones, with what that makes of its
// approval: all of it or nothing.
func (s *Server) keepSchedule(ctx context.Context, d scheduler.Dossier, ss ...scheduler.Schedule) error {
	return s.reschedule(ctx, d, ss, nil)
}

// reschedule is keepSchedule that takes schedules away as well, by their ID.
func (s *Server) reschedule(ctx context.Context, d scheduler.Dossier, kept []scheduler.Schedule, gone []string) error {
	was := d.Announcement
	for _, sc := range kept {
		d.Schedules = d.WithSchedule(sc).Schedules
		if err := s.changed(ctx, &d, scheduler.Touched{Schedule: sc.ID}); err != nil {
			return err
		}
	}
	return s.saveSchedules(ctx, d, was, kept, gone)
}

// trimSchedule keeps a schedule of d that airs on one day less: nobody need approve
// silence.
func (s *Server) trimSchedule(ctx context.Context, d scheduler.Dossier, sc scheduler.Schedule) error {
	was := d.Announcement
	d.Announcement.Approval = d.Trimmed(sc)
	return s.saveSchedules(ctx, d, was, []scheduler.Schedule{sc}, nil)
}

func (s *Server) saveSchedules(ctx context.Context, d scheduler.Dossier, was scheduler.Announcement, kept []scheduler.Schedule, gone []string) error {
	var changed *scheduler.Announcement
	if d.Announcement != was {
		changed = &d.Announcement
	}
	if err := s.cfg.Schedules.SaveSchedules(ctx, changed, kept, gone); err != nil {
		return err
	}
	s.tellChange(ctx)
	return nil
}

// maySpell is why whoever asks may not change a village's dictionary: approved words
// are read by it, so it is changed only by people whose own words need nobody's
// approval (ADR 30).
func (s *Server) maySpell(ctx context.Context, changes []scheduler.Word) error {
	if len(changes) == 0 {
		return nil
	}
	place, err := s.cfg.Places.Village(ctx, changes[0].Village)
	if err != nil {
		return fmt.Errorf("read the rules of approval: %w", err)
	}
	rules := place.Approvals
	rules.TwoPeople = false // a word is no announcement
	if rules.Need(string(asker(ctx).Role), scheduler.ClassNormal) != scheduler.NeedNone {
		return errNoRight
	}
	return nil
}

// sightOf names everything that an approval of d would approve.
func sightOf(d scheduler.Dossier) string {
	raw, err := json.Marshal(scheduler.PinOf(d)) // a map is written in the order of its keys
	if err != nil {
		panic(fmt.Sprintf("encode a pin: %v", err)) // cannot happen
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// decision is a step of an approval that somebody asks for.
type decision struct {
	Act    scheduler.ApprovalAct
	Reason string // required to return and to urge
	Seen   string // sightOf what was looked at; empty: whatever it is
}

// decide takes a step of an approval. The errors are scheduler.Invalid,
// scheduler.ErrApproval, errNoRight, errNeedsOfficer, errOwnWords, errSeenOther,
// errOverruled, errUnowned, approvedAlready, errWithdrawn, scheduler.ErrRevision and those
// of the store.
func (s *Server) decide(ctx context.Context, who people.Principal, d scheduler.Dossier, q decision) (scheduler.Dossier, error) {
	a := d.Announcement
	if !a.Withdrawn.IsZero() {
		return d, errWithdrawn
	}
	place, err := s.cfg.Places.Village(ctx, a.Village)
	if err != nil {
		return d, err
	}
	if err := s.mayDecide(ctx, who, place, d, q.Act); err != nil {
		return d, err
	}
	if q.Seen != "" && q.Seen != sightOf(d) {
		return d, errSeenOther
	}
	if q.Act == scheduler.ActApprove && a.Approval.State == scheduler.Approved && len(d.Waiting(place.Approvals)) == 0 {
		return d, approvedAlready{a.Approval.By} // whoever it was answers for it
	}
	next, err := d.Step(q.Act, place.Approvals)
	if err != nil {
		return d, err
	}
	if q.Reason, err = reasonFor(q); err != nil {
		return d, err
	}
	a.Approval = s.decided(who, place, d, next, q.Reason)
	a.Updated = s.cfg.Now().UTC()
	if r := rehearsing(ctx); r != nil {
		r.decided = true
	}
	if err := s.cfg.Announcements.SaveAnnouncement(ctx, a, nil, nil); err != nil {
		return d, err
	}
	if (next == scheduler.Approved || next == scheduler.Urgent) && rehearsing(ctx) == nil {
		s.cfg.Withdraw.Reinstate(a.ID)
	}
	s.tellChange(ctx)
	if next == scheduler.Returned { // whatever let it air: a village without rules asks nobody
		if err := s.silence(ctx, a.ID, who.Name); err != nil {
			return d, err
		}
	}
	return s.cfg.Announcements.Announcement(ctx, a.ID)
}

// decided is the approval after a step.
func (s *Server) decided(who people.Principal, place scheduler.Village, d scheduler.Dossier, next scheduler.ApprovalState, reason string) scheduler.Approval {
	now := s.cfg.Now().UTC()
	to := scheduler.Approval{State: next, By: who.Name, ByID: who.ID, At: now, Reason: reason, Pin: d.Announcement.Approval.Pin, Refused: d.Announcement.Approval.Refused}
	need := place.Approvals.Need(string(who.Role), d.Announcement.Class)
	switch next {
	case scheduler.Returned:
		to.Need, to.Pin = d.Announcement.Approval.Need.With(overruledBy(who)), d.Announcement.Approval.Pin.Recalled()
		if isOfficer(who) {
			to.Refused = d.Announcement.WordsMark()
		}
	case scheduler.Submitted:
		own := need == scheduler.NeedNone && d.Announcement.CreatedBy == who.Name && d.Announcement.Approval.Need == scheduler.NeedNone
		if (own || !place.Approvals.On()) && (isOfficer(who) || !d.Announcement.Overruled()) {
			to.State, to.Pin = scheduler.Approved, pinAt(d, now)
			break
		}
		to.Need = scheduler.NeedAnyone.With(need).With(d.Announcement.Approval.Need)
	case scheduler.Approved:
		to.Pin = pinAt(d, now)
		if isOfficer(who) {
			to.Refused = ""
		}
	case scheduler.Urgent:
		to.Pin, to.Review, to.Need = pinAt(d, now), place.Approvals.Within(now), need.With(d.Announcement.Approval.Need)
		if due := d.Announcement.Approval.Review; d.Announcement.Approval.State == next && due.Before(to.Review) {
			to.Review = due // urged again, it is reviewed no later
		}
	}
	return to
}

// overruledBy says who may still approve what somebody returned: an officer's no
// is taken back by an officer only.
func overruledBy(who people.Principal) scheduler.Need {
	if isOfficer(who) {
		return scheduler.NeedOfficer
	}
	return scheduler.NeedAnyone
}

// mayDecide is why somebody may not take a step; nil: they may.
func (s *Server) mayDecide(ctx context.Context, who people.Principal, place scheduler.Village, d scheduler.Dossier, act scheduler.ApprovalAct) error {
	a := d.Announcement
	right := people.Approve
	switch act {
	case scheduler.ActSubmit:
		right = people.Write
	case scheduler.ActUrge:
		right = people.Plan
	}
	if !who.May(right, a.Village) {
		return errNoRight
	}
	if act == scheduler.ActUrge && a.Overruled() && !isOfficer(who) {
		return errOverruled
	}
	if act != scheduler.ActApprove {
		return nil
	}
	if a.Approval.Need == scheduler.NeedOfficer && !isOfficer(who) {
		return errNeedsOfficer
	}
	if place.Approvals.Need(string(who.Role), a.Class) == scheduler.NeedNone {
		return nil
	}
	var since time.Time
	if p := a.Approval.Pin; p != nil && a.Approval.State != scheduler.Urgent {
		since = p.At
	}
	writers, err := s.cfg.Approvals.Writers(ctx, a.ID, since)
	if err != nil {
		return err
	}
	wrote := slices.ContainsFunc(writers, func(w people.Actor) bool { return w.ID == who.ID })
	if wrote || since.IsZero() && a.CreatedBy == who.Name {
		return errOwnWords
	}
	if place.Approvals.TwoPeople && who.Unowned {
		return errUnowned
	}
	return nil
}

// reasonFor cleans the reason of a step, which some steps need.
func reasonFor(q decision) (string, error) {
	reason := strings.TrimSpace(scheduler.Clean(q.Reason))
	switch {
	case reason == "" && (q.Act == scheduler.ActReturn || q.Act == scheduler.ActUrge):
		return "", scheduler.Invalid{{Field: "reason", Code: scheduler.FaultRequired}}
	case len([]rune(reason)) > scheduler.MaxTitle:
		return "", scheduler.Invalid{{Field: "reason", Code: scheduler.FaultTooLong, Limit: fmt.Sprint(scheduler.MaxTitle)}}
	}
	return reason, nil
}

// foresee is what the plan of the coming days makes of d when it is approved as it
// stands: its occurrences and omissions, and what becomes of all others by that.
func (s *Server) foresee(ctx context.Context, d scheduler.Dossier) (scheduler.Plan, []scheduler.Difference, error) {
	now := s.cfg.Now()
	book, err := s.cfg.AsRun.Book(ctx, d.Announcement.Village, now)
	if err != nil {
		return scheduler.Plan{}, nil, fmt.Errorf("read the book: %w", err)
	}
	before, err := scheduler.BuildPlan(now, foreseen, book)
	if err != nil {
		return before, nil, err
	}
	id := d.Announcement.ID
	d.Announcement.Approval = scheduler.Approval{State: scheduler.Approved, Pin: scheduler.PinOf(d)}
	book.Announcements = append(slices.DeleteFunc(slices.Clone(book.Announcements), func(a scheduler.Announcement) bool { return a.ID == id }), d.Announcement)
	p, err := scheduler.BuildPlan(now, foreseen, book)
	others := slices.DeleteFunc(scheduler.Compare(before, p), func(x scheduler.Difference) bool { return x.Occurrence.Announcement == id })
	p.Occurrences = slices.DeleteFunc(p.Occurrences, func(o scheduler.Occurrence) bool { return o.Announcement != id })
	p.Omissions = slices.DeleteFunc(p.Omissions, func(o scheduler.Omission) bool { return o.Occurrence.Announcement != id })
	return p, others, err
}

// foreseen is how far ahead an approver looks.
const foreseen = 7 * 24 * time.Hour
