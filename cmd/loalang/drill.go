package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

const (
	// drillPatience is how long run waits for the running board beyond a drill's
	// grace.
	drillPatience = 3 * time.Minute
	// drillLook is how often it looks for the result.
	drillLook = 500 * time.Millisecond
	// drillRunsListed is how many drills that ran are printed.
	drillRunsListed = 24
)

func (p program) drillCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "drill", Short: "Test the emergency path, and print what the tests found"}
	cmd.AddCommand(p.drillListCommand(), p.drillRunCommand())
	return cmd
}

func (p program) drillListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the drills that come by themselves, and those that ran",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				now := p.clock(s).Now()
				runs, err := db.DrillRuns(ctx, v.Key, now.Add(time.Minute), drillRunsListed)
				if err != nil {
					return err
				}
				if asJSON {
					docs := []web.DrillRun{}
					for _, r := range runs {
						docs = append(docs, web.DrillDocument(r, "en"))
					}
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(docs)
				}
				all, err := db.Drills(ctx, v.Key)
				if err != nil {
					return err
				}
				var out strings.Builder
				for _, d := range all {
					if next := d.Next(now, loc); !next.IsZero() {
						fmt.Fprintf(&out, "%s\tnext\t%s\t%s\n", next.In(loc).Format("2006-01-02 15:04"), drillKind(d.Silent), d.Title)
					}
				}
				for _, r := range runs {
					out.WriteString(drillText(r, loc))
				}
				_, err = fmt.Fprint(cmd.OutOrStdout(), out.String())
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&asJSON, "json", false, "print those that ran as JSON, as the API does")
	return cmd
}

func drillKind(silent bool) string {
	if silent {
		return "silent"
	}
	return "audible"
}

// drillText is a drill that ran: a line, and one for each step.
func drillText(r playout.AsRun, loc *time.Location) string {
	doc := web.DrillDocument(r, "en")
	var out strings.Builder
	fmt.Fprintf(&out, "%s\t%s\t%s\t%s\t%s\n", doc.Due.In(loc).Format("2006-01-02 15:04"), doc.Outcome, doc.Cause, drillKind(doc.Silent), doc.Title)
	for _, st := range doc.Steps {
		state := "ok"
		if !st.OK {
			state = "failed: " + st.Detail
		}
		fmt.Fprintf(&out, "\t%s\t%.0f ms\t%s\n", strings.TrimSpace(st.Code+" "+st.Language), st.Took*1000, state)
	}
	return out.String()
}

func (p program) drillRunCommand() *cobra.Command {
	var silent, audible bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Drill as soon as the output of the running board is free, and print the result",
		Long:  "Drill as soon as the output of the running board is free, and print the result.\nAn audible drill is heard in the village: it needs an allowed hour, and has its words around the siren.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if silent && audible {
				return usagef("--silent and --audible: choose one of both")
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				return p.drillNow(ctx, cmd, s, db, !audible)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&silent, "silent", false, "nothing is heard (default)")
	cmd.Flags().BoolVar(&audible, "audible", false, "words, siren and words are heard in the village")
	return cmd
}

// drillNow arranges a drill and waits for what becomes of it.
func (p program) drillNow(ctx context.Context, cmd *cobra.Command, s settings, db *store.Store, silent bool) error {
	v, loc, err := place(ctx, db, s.Village)
	if err != nil {
		return err
	}
	all, err := db.Drills(ctx, v.Key)
	if err != nil {
		return err
	}
	now := p.clock(s).Now()
	d := web.DrillNow(all, silent, v.Key, now)
	d.ID, d.By = newID(), p.user().Name
	if err := d.Validate(now, v); err != nil {
		return err
	}
	if err := db.SaveDrill(ctx, d); err != nil {
		return err
	}
	look := time.NewTicker(drillLook)
	defer look.Stop()
	over := time.NewTimer(scheduler.DrillGrace + drillPatience)
	defer over.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-over.C:
			return errors.New("the drill has not run: see that `loalang serve` runs on this data folder, and whether its output is busy")
		case <-look.C:
		}
		runs, err := db.DrillRuns(ctx, v.Key, now.Add(24*time.Hour), drillRunsListed)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		for _, r := range runs {
			if r.Schedule != d.ID || r.Outcome == "" {
				continue
			}
			if _, err := fmt.Fprint(cmd.OutOrStdout(), drillText(r, loc)); err != nil {
				return err
			}
			if r.Outcome != playout.Played {
				return errors.New("the drill was not passed")
			}
			return nil
		}
	}
}
