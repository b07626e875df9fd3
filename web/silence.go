package web

import (
	"context"
	"errors"

	"loalang/playout"
	"loalang/scheduler"
)

// takeBack takes an announcement back for good. It is silent first: the database may
// take its time. What somebody edits at the same moment is taken back, too. Taking back twice is
// once.
func (s *Server) takeBack(ctx context.Context, d scheduler.Dossier, by string) error {
	id := d.Announcement.ID
	early := s.silence(ctx, id, by)
	if r := rehearsing(ctx); r != nil { // the plan has to reach what falls away
		if next, err := s.nextAir(ctx, d); err == nil && !next.IsZero() {
			r.named = append(r.named, next)
		}
	}
	for try := 1; d.Announcement.Withdrawn.IsZero(); try++ {
		a := d.Announcement
		a.Withdrawn, a.Updated = s.cfg.Now().UTC(), s.cfg.Now().UTC()
		err := s.cfg.Announcements.SaveAnnouncement(ctx, a, nil, nil)
		if err == nil {
			s.tellChange(ctx)
			break
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return errors.Join(err, early)
		}
		if d, err = s.cfg.Announcements.Announcement(ctx, id); err != nil {
			return err
		}
	}
	if early != nil {
		return s.silence(ctx, id, by)
	}
	return nil
}

// silence ends what sounds, or is about to, of an announcement that was
// withdrawn.
func (s *Server) silence(ctx context.Context, announcement, by string) error {
	return quiet(s.cfg.Withdraw.Withdraw(ctx, announcement, by))
}

// unschedule ends what sounds, or is about to, of a schedule that was removed.
func (s *Server) unschedule(ctx context.Context, schedule, by string) error {
	return quiet(s.cfg.Withdraw.Unschedule(ctx, schedule, by))
}

// quiet is err, but nil when there was nothing to end.
func quiet(err error) error {
	if errors.Is(err, playout.ErrNotOnAir) {
		return nil
	}
	return err
}
