package web

import (
	"context"
	"slices"
	"time"

	"loalang/playout"
)

// asRuns reads the as-run with Due in [from, to), the earliest first, those rows
// included that wait beside the database; spooled are the latter alone, also when the
// database cannot be read.
func (s *Server) asRuns(ctx context.Context, village string, from, to time.Time) (runs, spooled []playout.AsRun, err error) {
	if s.cfg.Spool != nil {
		// Before the database: a row goes from there into it, and looked for the other way round it
		// could be missed in both on its way.
		for _, r := range s.cfg.Spool.Spooled() {
			if r.Village == village && !r.Due.Before(from) && r.Due.Before(to) {
				spooled = append(spooled, r)
			}
		}
	}
	runs, err = s.cfg.AsRun.AsRuns(ctx, village, from, to)
	if err != nil || len(spooled) == 0 {
		return runs, spooled, err
	}
	runs = slices.Clone(runs)
	for _, r := range spooled {
		at := slices.IndexFunc(runs, func(there playout.AsRun) bool { return there.Occurrence == r.Occurrence })
		switch {
		case at < 0:
			runs = append(runs, r)
		case r.Updated.After(runs[at].Updated):
			runs[at] = r
		}
	}
	slices.SortStableFunc(runs, func(a, b playout.AsRun) int { return a.Due.Compare(b.Due) })
	return runs, spooled, nil
}
