package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// planFlags are the flags of plan.
type planFlags struct {
	from, day, lang   string
	days              int
	asJSON, explained bool
}

func (p program) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan [ANNOUNCEMENT|SCHEDULE|OCCURRENCE|TITLE] [DAY]",
		Short: "Print what will air, and what will not and why",
		Long: "Print what will air, and what will not and why. --explain prints each occurrence and each omission with the\n" +
			"codes of its reasons, in sentences, and what would help; with the name of one thing only that, and with a day\n" +
			"(2026-11-24, 24/11, today, tomorrow, mai) only that day, also one that is over.",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			now := time.Now() // only to judge how many days are asked for
			if _, err := scheduler.PlanSpan(now, now, f.days); err != nil {
				return faultyFlags(err)
			}
			if err := knownLang(f.lang); err != nil {
				return err
			}
			if f.explained {
				return p.explainPlan(cmd, args, f)
			}
			return p.printPlan(cmd, args, f)
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&f.from, "from", "", "first day or instant; empty: now; at most three months ahead")
	cmd.Flags().IntVar(&f.days, "days", 7, fmt.Sprintf("how many days, 1 to %d", scheduler.MaxPlanDays))
	cmd.Flags().BoolVar(&f.explained, "explain", false, "print sentences: what airs, what does not, why, and what would help")
	cmd.Flags().StringVar(&f.day, "day", "", "only this day, such as 2026-11-24, 24/11, tomorrow or mai")
	cmd.Flags().StringVar(&f.lang, "lang", "vi", "language of --explain: vi or en")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON, as the API does")
	return cmd
}

// explainPlan prints the plan in sentences.
func (p program) explainPlan(cmd *cobra.Command, args []string, f planFlags) error {
	day := cmp.Or(f.from, f.day)
	return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
		w := whyWish{village: s.Village, words: args, day: day, days: f.days, lang: f.lang, now: p.clock(s).Now()}
		if (len(args) > 0 || day != "") && !cmd.Flags().Changed("days") {
			w.days = 1
		}
		return w.print(ctx, cmd.OutOrStdout(), db, f.asJSON)
	})
}

// printPlan prints the plan as a table or as JSON.
func (p program) printPlan(cmd *cobra.Command, args []string, f planFlags) error {
	if len(args) > 0 {
		return usagef("%q is too much without --explain: give a day with --day", args[0])
	}
	if f.day != "" {
		f.from, f.days = f.day, 1
	}
	return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
		clock := p.clock(s)
		plan, err := makePlan(ctx, db, planWish{s.Village, f.from, f.days, clock.Now()})
		if err != nil {
			return faultyFlags(err)
		}
		if f.asJSON {
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetIndent("", "  ")
			return enc.Encode(web.PlanDocument(plan, clock.State(), clock.Now()))
		}
		if loc, err := time.LoadLocation(plan.Zone); err == nil {
			sayClock(cmd, clock, loc)
		}
		_, err = fmt.Fprint(cmd.OutOrStdout(), plan.Text())
		return err
	})
}

// planWish is which plan is asked for, and when.
type planWish struct {
	village, from string
	days          int
	now           time.Time // as the board believes it
}

// makePlan builds the plan anew from the book, by the same pure function that
// serve uses, so that it needs no running serve; what sounds is in it too.
func makePlan(ctx context.Context, db *store.Store, w planWish) (scheduler.Plan, error) {
	v, loc, err := place(ctx, db, w.village)
	if err != nil {
		return scheduler.Plan{}, err
	}
	now, start := w.now, w.now
	if w.from != "" {
		y, m, day := now.In(loc).Date()
		if d, ok := web.DayCalled(w.from, scheduler.Date{Year: y, Month: m, Day: day}); ok {
			start = time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
		} else if start, err = civil(w.from, loc); err != nil {
			return scheduler.Plan{}, err
		}
	}
	start = start.In(loc)
	end, err := scheduler.PlanSpan(now, start, w.days)
	if err != nil {
		return scheduler.Plan{}, err
	}
	book, err := db.Book(ctx, v.Key, now)
	if err != nil {
		return scheduler.Plan{}, err
	}
	plan, err := scheduler.BuildPlan(now, end.Sub(now), book)
	if err != nil {
		return scheduler.Plan{}, err
	}
	rows, err := db.AsRuns(ctx, v.Key, now.Add(-scheduler.MaxSlot), now.Add(time.Hour))
	if err != nil {
		return scheduler.Plan{}, err
	}
	return plan.With(playout.Underway(rows)).Within(start, end), nil
}

// place reads a village and its zone.
func place(ctx context.Context, db *store.Store, key string) (scheduler.Village, *time.Location, error) {
	if err := knownVillage(ctx, db, key); err != nil {
		return scheduler.Village{}, nil, usageError{err}
	}
	v, err := db.Village(ctx, key)
	if err != nil {
		return v, nil, err
	}
	loc, err := v.Location()
	if err != nil {
		return v, nil, fmt.Errorf("the village's time zone %q is not known to this machine: apt-get install tzdata", v.Zone)
	}
	return v, loc, nil
}

// civil reads a day, a civil time of the village, or an instant.
func civil(text string, loc *time.Location) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, loc); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, usagef("%q is no time: write 2026-11-24, 2026-11-24T17:00 or an RFC 3339 instant", text)
}
