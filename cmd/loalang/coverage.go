package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

func (p program) coverageCommand() *cobra.Command {
	var day string
	var onlyMissing, asJSON bool
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Print which announcements lack which languages, and who is to record them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				now := p.clock(s).Now()
				c, err := makeCoverage(ctx, db, coverageOf{s.Village, day, now})
				if err != nil {
					return err
				}
				if asJSON {
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(web.CoverageDocument(c, now))
				}
				_, err = fmt.Fprint(cmd.OutOrStdout(), coverageText(c, onlyMissing, now))
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&day, "day", "", "only what airs on this day, such as 2026-11-24; empty: everything that may still air")
	cmd.Flags().BoolVar(&onlyMissing, "missing", false, "only what lacks a language")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does")
	return cmd
}

// coverageOf is whose coverage is asked for, and of when.
type coverageOf struct {
	village, day string
	now          time.Time
}

func makeCoverage(ctx context.Context, db *store.Store, of coverageOf) (scheduler.Coverage, error) {
	v, loc, err := place(ctx, db, of.village)
	if err != nil {
		return scheduler.Coverage{}, err
	}
	from, to := of.now, time.Time{}
	if of.day != "" {
		t, err := time.ParseInLocation(time.DateOnly, of.day, loc)
		if err != nil {
			return scheduler.Coverage{}, usagef("--day %q: write a day such as 2026-11-24", of.day)
		}
		from, to = scheduler.DayOf(t, loc)
	}
	ds, err := db.MayAir(ctx, v.Key, of.now)
	if err != nil {
		return scheduler.Coverage{}, err
	}
	slots, err := db.Slots(ctx, v.Key)
	if err != nil {
		return scheduler.Coverage{}, err
	}
	return scheduler.Cover(v, ds, slots, from, to)
}

// coverageText is one line for each announcement: when it airs next, its title,
// and how far each language is.
func coverageText(c scheduler.Coverage, onlyMissing bool, now time.Time) string {
	loc, err := c.Village.Location()
	if err != nil {
		loc = time.UTC
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "not scheduled   "
		}
		return t.In(loc).Format("2006-01-02 15:04")
	}
	var out strings.Builder
	for _, row := range c.Rows {
		if onlyMissing && len(row.Lacking()) == 0 {
			continue
		}
		var cells []string
		for _, r := range row.Cells {
			cell := r.Language + " " + string(r.State)
			if r.Waived {
				cell = r.Language + " not told"
			}
			if r.State == scheduler.Assigned {
				cell += " to " + r.Assignment.Reader + " until " + stamp(r.Assignment.Due)
			}
			if r.Overdue(now) {
				cell += " (overdue)"
			}
			cells = append(cells, cell)
		}
		fmt.Fprintf(&out, "%s\t%s\t%s\n", stamp(row.Next), strings.Join(cells, ", "), row.Announcement.Title)
	}
	return out.String()
}
