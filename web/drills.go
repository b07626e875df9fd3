package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// drillRunsShown is how many drills that ran are shown.
const drillRunsShown = 24

// AlarmCallers tries everybody who is known from memory by what a call of theirs would
// be judged by: may they raise an emergency here? It waits for the database no longer
// than raising one does.
func (s *Server) AlarmCallers() (c playout.Callers) {
	ctx, cancel := context.WithTimeout(context.Background(), alarmPatience)
	defer cancel()
	for _, a := range s.roster.everyone(ctx) {
		if found, ok := s.roster.account(ctx, a.ID); ok && found.Principal().May(people.Alarm, s.cfg.Village) {
			c.People++
		}
	}
	for _, t := range s.roster.programs(ctx) {
		who, ok := s.holder(ctx, t.Hash)
		switch {
		case ok && who.May(people.Alarm, s.cfg.Village):
			c.Programs++
		case !ok && t.Revoked.IsZero() && !t.Feed && t.Principal().May(people.Alarm, s.cfg.Village):
			c.Lapsed++
		}
	}
	return c
}

// drillOf is a living drill of a village; fs.ErrNotExist when there is none.
func (s *Server) drillOf(ctx context.Context, village, id string) (scheduler.Drill, error) {
	all, err := s.cfg.Drills.Drills(ctx, village)
	if err != nil {
		return scheduler.Drill{}, err
	}
	i := slices.IndexFunc(all, func(d scheduler.Drill) bool { return d.ID == id })
	if i < 0 {
		return scheduler.Drill{}, fmt.Errorf("drill %s: %w", id, fs.ErrNotExist)
	}
	return all[i], nil
}

// saveDrill checks and keeps a drill; rule, when there is one, is its text. The
// errors are scheduler.Invalid, scheduler.ErrRevision and those of the store.
func (s *Server) saveDrill(ctx context.Context, who people.Principal, d scheduler.Drill, rule string) (scheduler.Drill, error) {
	now := s.cfg.Now().UTC()
	place, err := s.cfg.Places.Village(ctx, d.Village)
	if err != nil {
		return d, err
	}
	loc, err := place.Location()
	if err != nil {
		return d, err
	}
	d.By, d.Updated = who.Name, now
	for _, text := range []*string{&d.Title, &d.Before, &d.After} {
		*text = strings.TrimSpace(scheduler.Clean(*text))
	}
	if rule != "" && rule != d.Rule {
		if d, err = d.WithRule(rule, now, loc); err != nil {
			return d, err
		}
	}
	if err := d.Validate(now, place); err != nil {
		return d, err
	}
	all, err := s.cfg.Drills.Drills(ctx, d.Village)
	if err != nil {
		return d, err
	}
	if d.Revision == 0 && !d.Immediate && len(all) >= scheduler.MaxDrills {
		return d, scheduler.Invalid{{Field: "title", Code: scheduler.FaultRange, Limit: fmt.Sprint(scheduler.MaxDrills)}}
	}
	return d, s.putDrill(ctx, &d)
}

func (s *Server) putDrill(ctx context.Context, d *scheduler.Drill) error {
	if err := s.cfg.Drills.SaveDrill(ctx, *d); err != nil {
		return err
	}
	d.Revision++
	s.tellChange(ctx)
	return nil
}

// removeDrill takes a drill out of the plan for good; one that sounds is stopped.
func (s *Server) removeDrill(ctx context.Context, who people.Principal, d scheduler.Drill) error {
	d.Deleted = s.cfg.Now().UTC()
	if err := s.putDrill(ctx, &d); err != nil {
		return err
	}
	if err := s.cfg.Withdraw.Unschedule(ctx, d.ID, who.Name); err != nil && !errors.Is(err, playout.ErrNotOnAir) {
		return err
	}
	return nil
}

// DrillNow is a drill that is asked for now, with the words of a village's first
// drill of that kind, or the usual ones.
func DrillNow(all []scheduler.Drill, silent bool, village string, now time.Time) scheduler.Drill {
	d := scheduler.Drill{
		Title:  word(vietnamese, "drills.default-title"),
		Before: word(vietnamese, "drills.default-before"), After: word(vietnamese, "drills.default-after"), Siren: scheduler.SirenCycle,
	}
	if i := slices.IndexFunc(all, func(d scheduler.Drill) bool { return d.Silent == silent }); i >= 0 {
		d = all[i]
	}
	d.Owned = scheduler.Owned{Village: village}
	d.Silent, d.Immediate, d.Rule, d.Since, d.At = silent, true, "", time.Time{}, now.UTC()
	return d
}
