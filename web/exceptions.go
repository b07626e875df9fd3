package web

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"loalang/people"
	"loalang/scheduler"
)

// requestException keeps what somebody asks for. It lifts nothing before somebody
// else has approved it.
func (s *Server) requestException(ctx context.Context, who people.Principal, e scheduler.Exception) (scheduler.Exception, error) {
	e.Owned, e.RequestedBy = s.owned(s.cfg.NewID(), e.Village), who.Name
	e.Reason = strings.TrimSpace(scheduler.Clean(e.Reason))
	e.From, e.To = e.From.UTC(), e.To.UTC()
	if err := e.Validate(s.cfg.Now()); err != nil {
		return e, err
	}
	if err := s.knownSubject(ctx, e); err != nil {
		return e, err
	}
	if err := s.cfg.Exceptions.SaveException(ctx, e); err != nil {
		return e, err
	}
	e.Revision = 1
	return e, nil
}

// knownSubject refuses an exception for what is not of the village.
func (s *Server) knownSubject(ctx context.Context, e scheduler.Exception) error {
	if e.Slot != "" {
		slots, err := s.cfg.Places.Slots(ctx, e.Village)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == e.Slot }) {
			return scheduler.Invalid{{Field: "slot", Code: scheduler.FaultUnknown}}
		}
	}
	if e.Announcement == "" {
		return nil
	}
	d, err := s.cfg.Announcements.Announcement(ctx, e.Announcement)
	if isMissing(err) || err == nil && d.Announcement.Village != e.Village {
		return scheduler.Invalid{{Field: "announcement", Code: scheduler.FaultUnknown}}
	}
	return err
}

// exception reads one of a village; fs.ErrNotExist when it has none of that ID.
func (s *Server) exception(ctx context.Context, village, id string) (scheduler.Exception, error) {
	e, err := s.cfg.Exceptions.Exception(ctx, id)
	if err == nil && e.Village != village {
		return e, fmt.Errorf("exception %s of %s: %w", id, village, fs.ErrNotExist)
	}
	return e, err
}

// liftDecision is what somebody says to an exception that was asked for.
type liftDecision struct {
	approve  bool
	answer   string
	revision int64 // 0: whatever it is
}

// decideException approves or refuses what somebody asked for: somebody else must.
func (s *Server) decideException(ctx context.Context, who people.Principal, e scheduler.Exception, d liftDecision) (scheduler.Exception, error) {
	if d.revision != 0 && d.revision != e.Revision {
		return e, scheduler.ErrRevision
	}
	if e.State(s.cfg.Now()) != scheduler.ExceptionRequested {
		return e, scheduler.Invalid{{Field: "approve", Code: scheduler.FaultDecided}}
	}
	if d.approve && who.Unowned {
		place, err := s.cfg.Places.Village(ctx, e.Village)
		if err != nil {
			return e, err
		}
		if place.Approvals.TwoPeople {
			return e, errUnowned
		}
	}
	if d.approve && !s.mayApprove(ctx, who, e) {
		return e, scheduler.Invalid{{Field: "approve", Code: scheduler.FaultOwnRequest}}
	}
	d.answer = strings.TrimSpace(scheduler.Clean(d.answer))
	if err := scheduler.CheckAnswer(d.approve, d.answer); err != nil {
		return e, err
	}
	e.DecidedBy, e.Decided, e.Approved, e.Answer = who.Name, s.cfg.Now().UTC(), d.approve, d.answer
	return s.putException(ctx, e)
}

// mayApprove says whether somebody may approve an exception: whoever asked for it
// may not, unless an administrator is the only person of the place who could.
func (s *Server) mayApprove(ctx context.Context, who people.Principal, e scheduler.Exception) bool {
	if !who.May(people.Arrange, e.Village) {
		return false
	}
	if people.FoldName(who.Name) != people.FoldName(e.RequestedBy) {
		return true
	}
	return who.Role == people.Admin && !who.Token && !slices.ContainsFunc(s.roster.everyone(ctx), func(a people.Account) bool {
		return people.FoldName(a.Name) != people.FoldName(who.Name) && a.Principal().May(people.Arrange, e.Village)
	})
}

// withdrawException takes an exception back: it lifts nothing from now on. Taking it
// back twice is once.
func (s *Server) withdrawException(ctx context.Context, who people.Principal, e scheduler.Exception) (scheduler.Exception, error) {
	if !e.Withdrawn.IsZero() {
		return e, nil
	}
	e.WithdrawnBy, e.Withdrawn = who.Name, s.cfg.Now().UTC()
	return s.putException(ctx, e)
}

// mayWithdraw says whether somebody may take an exception back: who asked for it,
// and who could have approved it.
func mayWithdraw(who people.Principal, e scheduler.Exception) bool {
	own := people.FoldName(who.Name) == people.FoldName(e.RequestedBy) && who.May(people.Plan, e.Village)
	return own || who.May(people.Arrange, e.Village)
}

// putException keeps a change; the plan and what sounds follow at once.
func (s *Server) putException(ctx context.Context, e scheduler.Exception) (scheduler.Exception, error) {
	e.Updated = s.cfg.Now().UTC()
	if err := s.cfg.Exceptions.SaveException(ctx, e); err != nil {
		return e, err
	}
	e.Revision++
	s.place.forget()
	s.tellChange(ctx)
	return e, nil
}
