package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Graves reads what was removed. *store.Store is one.
type Graves interface {
	// Removed reads a record with a tombstone, by its kind in the history and its ID;
	// fs.ErrNotExist when there is none.
	Removed(ctx context.Context, kind, id string) (scheduler.Remains, error)
}

// undoing is how the removals of one kind of record are undone: what was removed is
// saved again as it was, by the way that saves any such record, so that everything that
// follows a change follows this one too.
type undoing struct {
	right   people.Action // in the village of the record
	planned bool          // it is a change of the plan: it can be rehearsed
	page    string        // where the record is to be seen then; %s is the announcement
	back    func(s *Server, ctx context.Context, who people.Principal, c people.Change) error
}

// undoings are the removals that can be undone, by the kind of the record in the history.
var undoings = map[string]undoing{
	"announcements": {people.Write, true, "/announcements/%s", (*Server).giveBack},
	"schedules":     {people.Plan, true, "/announcements/%s", (*Server).restoreSchedule},
	"slots":         {people.Arrange, true, "/slots", (*Server).restoreSlot},
	"stations":      {people.Administer, true, "/stations", (*Server).restoreStation},
	"drills":        {people.Arrange, true, "/drills", (*Server).restoreDrill},
	"exceptions":    {people.Plan, true, "/exceptions", (*Server).restoreException},
	"templates":     {people.Write, false, "/templates", (*Server).restoreTemplate},
	"words":         {people.Write, false, "/words", (*Server).restoreWord},
	moveKind:        {people.Plan, true, "/plan", (*Server).restoreMove},
	bundleKind:      {people.Administer, false, "/bundles", (*Server).trustAgain},
}

// undoPath is what a DELETE names in its header Undo.
const undoPath = apiRoot + "/history/%d/undo"

// takesAway says whether an entry of the history took something away that can be given
// back.
func takesAway(c people.Change) bool {
	_, known := undoings[c.Kind]
	if !known {
		return false
	}
	if c.Deed == people.Removed || c.Kind == moveKind || distrusted(c) != "" {
		return true
	}
	return (c.Kind == "announcements" || c.Kind == "exceptions") && slices.ContainsFunc(c.Fields, func(f people.FieldChange) bool {
		return f.Name == "withdrawn_at" && unset(f.Before) && !unset(f.After)
	})
}

// unset says whether a value of the history is none: NULL is written as an empty text.
func unset(value any) bool { return value == nil || value == "" }

// removal is the entry that says that somebody has just taken a record away; false: the
// history has none, or cannot be read.
func (s *Server) removal(ctx context.Context, who people.Principal, village, kind, id string) (people.Change, bool) {
	list, err := s.cfg.Approvals.History(ctx, people.HistoryQuery{Village: village, About: id, Kind: kind, Limit: 1})
	if err != nil {
		s.cfg.Logger.Warn("how to undo could not be read", "kind", kind, "id", id, "err", err)
		return people.Change{}, false
	}
	if len(list) == 0 || list[0].Record != id || list[0].Actor.Name != who.Name || !takesAway(list[0]) {
		return people.Change{}, false
	}
	return list[0], true
}

// undoHeader names the call that undoes a removal, for the header Undo; empty: none does.
func (s *Server) undoHeader(ctx context.Context, who people.Principal, village, kind, id string) string {
	if rehearsing(ctx) != nil {
		return ""
	}
	if c, found := s.removal(ctx, who, village, kind, id); found {
		return fmt.Sprintf(undoPath, c.ID)
	}
	return ""
}

// entry reads one entry of a village's history; fs.ErrNotExist when it has no such.
func (s *Server) entry(ctx context.Context, who people.Principal, village string, id int64) (people.Change, error) {
	list, err := s.cfg.Approvals.History(ctx, historyFor(who, people.HistoryQuery{Village: village, Before: id + 1, Limit: 1}))
	if err != nil {
		return people.Change{}, err
	}
	i := slices.IndexFunc(list, func(c people.Change) bool { return c.ID == id })
	if i < 0 {
		return people.Change{}, fmt.Errorf("entry %d of the history: %w", id, fs.ErrNotExist)
	}
	return list[i], nil
}

// undoable reads an entry that who may undo, and how. The errors are fs.ErrNotExist: there
// is no such entry, or nothing to undo in it; errNoRight: who may not.
func (s *Server) undoable(ctx context.Context, who people.Principal, village string, id int64) (people.Change, undoing, error) {
	c, err := s.entry(ctx, who, village, id)
	if err != nil {
		return c, undoing{}, err
	}
	how := undoings[c.Kind]
	if !takesAway(c) {
		return c, how, fmt.Errorf("undo entry %d of the history: %w", id, fs.ErrNotExist)
	}
	may, err := s.mayUndo(ctx, who, c)
	if err == nil && !may {
		err = errNoRight
	}
	return c, how, err
}

// mayUndo says whether who may give back what an entry took away: what is prepared for
// an emergency, who may remove it.
func (s *Server) mayUndo(ctx context.Context, who people.Principal, c people.Change) (bool, error) {
	may := func(a people.Action) bool { return who.May(a, c.Village) }
	if right := undoings[c.Kind].right; !may(right) || c.Kind != "templates" || may(people.Alarm) {
		return may(right), nil
	}
	r, err := s.remains(ctx, c)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil // nothing lies there: undoing it says so
	}
	if err != nil {
		return false, err
	}
	return alarmTemplateBy(may, *r.Template), nil
}

// undo gives back what an entry of the history took away. The errors are errUndone when it
// lives already or was changed since, errNoRight, scheduler.ErrRevision and those of the
// store.
func (s *Server) undo(ctx context.Context, who people.Principal, c people.Change, how undoing) error {
	if rehearsing(ctx) != nil && !how.planned {
		return nil // nothing of the plan
	}
	err := how.back(s, ctx, who, c)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("undo entry %d of the history: %w", c.ID, errUndone)
	}
	return err
}

// errUndone says that there is nothing left to undo.
var errUndone = errors.New("what was removed is there again, or was changed since")

// remains reads what an entry removed, if nothing became of it since.
func (s *Server) remains(ctx context.Context, c people.Change) (scheduler.Remains, error) {
	return s.cfg.Graves.Removed(ctx, c.Kind, c.Record)
}

// rises takes the tombstone off o, which the entry c laid there; errUndone when another
// change came after it.
func (s *Server) rises(o *scheduler.Owned, c people.Change) error {
	if o.Revision != c.Revision || o.Village != c.Village {
		return errUndone
	}
	o.Deleted, o.Updated = time.Time{}, s.cfg.Now().UTC()
	return nil
}

// giveBack lets an announcement air again that was withdrawn. What somebody approved of
// it is approved as before.
func (s *Server) giveBack(ctx context.Context, _ people.Principal, c people.Change) error {
	for try := 1; ; try++ {
		d, err := s.cfg.Announcements.Announcement(ctx, c.Record)
		if err != nil {
			return err
		}
		a := d.Announcement
		if a.Withdrawn.IsZero() || a.Village != c.Village {
			return errUndone
		}
		a.Withdrawn, a.Updated = time.Time{}, s.cfg.Now().UTC()
		err = s.cfg.Announcements.SaveAnnouncement(ctx, a, nil, nil)
		if err == nil {
			break
		}
		if !errors.Is(err, scheduler.ErrRevision) || try == editTries {
			return err
		}
	}
	s.reinstate(ctx, c.Record)
	s.tellChange(ctx)
	return nil
}

// reinstate lets the player take again what it refuses since it was taken back.
func (s *Server) reinstate(ctx context.Context, id string) {
	if rehearsing(ctx) == nil {
		s.cfg.Withdraw.Reinstate(id)
	}
}

func (s *Server) restoreSchedule(ctx context.Context, _ people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	gone := *r.Schedule
	d, err := s.cfg.Announcements.Announcement(ctx, gone.Announcement)
	if err != nil {
		return err
	}
	if !d.Announcement.Withdrawn.IsZero() {
		return errWithdrawn
	}
	was := d.Announcement
	d.Announcement.Approval = d.Restored(gone)
	if err := s.rises(&gone.Owned, c); err != nil {
		return err
	}
	if err := s.saveSchedules(ctx, d, was, []scheduler.Schedule{gone}, nil); err != nil {
		return err
	}
	s.reinstate(ctx, gone.ID)
	s.tellChange(ctx)
	return nil
}

func (s *Server) restoreSlot(ctx context.Context, _ people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	if err := s.rises(&r.Slot.Owned, c); err != nil {
		return err
	}
	if err := s.cfg.Arrange.SaveSlot(ctx, *r.Slot); err != nil {
		return err
	}
	s.tellChange(ctx)
	return nil
}

func (s *Server) restoreStation(ctx context.Context, _ people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	if err := s.rises(&r.Station.Owned, c); err != nil {
		return err
	}
	if err := s.cfg.Stations.SaveStation(ctx, *r.Station); err != nil {
		return err
	}
	s.tellChange(ctx)
	return nil
}

func (s *Server) restoreDrill(ctx context.Context, _ people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	if err := s.rises(&r.Drill.Owned, c); err != nil {
		return err
	}
	if err := s.putDrill(ctx, r.Drill); err != nil {
		return err
	}
	s.reinstate(ctx, c.Record)
	return nil
}

func (s *Server) restoreException(ctx context.Context, who people.Principal, c people.Change) error {
	e, err := s.exception(ctx, c.Village, c.Record)
	switch {
	case err != nil:
		return err
	case e.Withdrawn.IsZero():
		return errUndone
	case !mayWithdraw(who, e):
		return errNoRight
	}
	e.Withdrawn, e.WithdrawnBy = time.Time{}, ""
	_, err = s.putException(ctx, e)
	return err
}

func (s *Server) restoreTemplate(ctx context.Context, who people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	if err := s.rises(&r.Template.Owned, c); err != nil {
		return err
	}
	r.Template.By = who.Name
	defer s.alarms.renew(ctx)
	return s.cfg.Texts.SaveTemplate(ctx, *r.Template)
}

// restoreWord teaches a word anew that was removed: one of its writing may have been
// taught since.
func (s *Server) restoreWord(ctx context.Context, who people.Principal, c people.Change) error {
	r, err := s.remains(ctx, c)
	if err != nil {
		return err
	}
	w := *r.Word
	if err := s.rises(&w.Owned, c); err != nil {
		return err
	}
	all, err := s.cfg.Words.Words(ctx, c.Village)
	if err != nil {
		return err
	}
	if _, there := all.Written(w.Language, w.Written); there {
		return errUndone
	}
	w.Owned, w.By = s.owned(s.cfg.NewID(), c.Village), who.Name
	_, err = s.keepWords(ctx, []scheduler.Word{w})
	return err
}
