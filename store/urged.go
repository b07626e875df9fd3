package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// Urged lists what was put on the air of a village before its review, in [from,
// to), the earliest first, and what became of the review since.
func (s *Store) Urged(ctx context.Context, village string, from, to time.Time) (list []scheduler.Urged, err error) {
	err = s.read(ctx, "list what aired before its review", func(tx *sql.Tx) error {
		steps, err := query(ctx, tx, scanChange, `SELECT id, at, actor, name, actor_kind, way, village, kind, record, about, deed, revision, fields FROM history
			WHERE village = ? AND kind = 'announcements' AND at >= ?
			AND (fields -> '$.approval' IS NOT NULL OR fields -> '$.withdrawn_at' IS NOT NULL OR deed = 'removed') ORDER BY id`, village, micros(from))
		if err != nil {
			return err
		}
		if err := spellOut(ctx, tx, steps); err != nil {
			return err
		}
		if list, err = urgedOf(steps, to); err != nil {
			return err
		}
		return nameUrged(ctx, tx, list)
	})
	return list, err
}

// urgedOf pairs each urgent step before to with the verdict that followed it. What
// is edited meanwhile, or urged again, is still to be reviewed.
func urgedOf(steps []people.Change, to time.Time) (list []scheduler.Urged, err error) {
	open := map[string]int{} // by announcement
	for _, c := range steps {
		i, waits := open[c.Record]
		switch state := stateAfter(c); {
		case state == scheduler.Urgent && !waits && c.At.Before(to):
			u := scheduler.Urged{Announcement: c.Record, Village: c.Village, By: c.Actor.Name, At: c.At}
			if u.Why, u.Limit, err = urgedBy(c); err != nil {
				return nil, err
			}
			open[c.Record] = len(list)
			list = append(list, u)
		case waits && (state == scheduler.Approved || state == scheduler.Returned || state == scheduler.TakenBack):
			list[i].Verdict, list[i].Reviewer, list[i].Reviewed = state, c.Actor.Name, c.At
			delete(open, c.Record)
		}
	}
	return list, nil
}

func stateAfter(c people.Change) scheduler.ApprovalState {
	if c.Deed == people.Removed || after(c, "withdrawn_at") != nil {
		return scheduler.TakenBack
	}
	after, _ := after(c, "approval").(string)
	return scheduler.ApprovalState(after)
}

func after(c people.Change, field string) any {
	i := slices.IndexFunc(c.Fields, func(f people.FieldChange) bool { return f.Name == field })
	if i < 0 {
		return nil
	}
	return c.Fields[i].After
}

// urgedBy is the reason that was given and until when it is to be reviewed.
func urgedBy(c people.Change) (why string, limit time.Time, err error) {
	kept := after(c, "approval_form")
	if kept == nil {
		return "", limit, nil
	}
	var a approval
	if err := a.Scan(kept); err != nil {
		return "", limit, fmt.Errorf("entry %d of the history: %w", c.ID, err)
	}
	return a.Reason, a.Review, nil
}

// nameUrged gives each its title as it is now.
func nameUrged(ctx context.Context, tx *sql.Tx, list []scheduler.Urged) error {
	var ids []string
	for _, u := range list {
		ids = append(ids, u.Announcement)
	}
	titles, err := titlesOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Title = titles[list[i].Announcement]
	}
	return nil
}
