package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

func (p program) asrunCommand() *cobra.Command {
	var from, to string
	var asJSON, asCSV bool
	cmd := &cobra.Command{
		Use:   "asrun",
		Short: "Print what really aired",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON && asCSV {
				return usagef("choose one of --json and --csv")
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				clock := p.clock(s)
				begin, end, err := stretch(from, to, clock.Now().In(loc))
				if err != nil {
					return err
				}
				rows, err := db.AsRuns(ctx, v.Key, begin, end)
				if err != nil {
					return err
				}
				report := web.AsRunReport{Village: v.Key, Zone: loc, From: begin, To: end, Rows: rows, Clock: clock.State()}
				switch {
				case asJSON:
					enc := json.NewEncoder(cmd.OutOrStdout())
					enc.SetIndent("", "  ")
					return enc.Encode(report.Document())
				case asCSV:
					return report.WriteCSV(cmd.OutOrStdout())
				}
				sayClock(cmd, clock, loc)
				return printRows(cmd.OutOrStdout(), rows, loc)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&from, "from", "", "first day or instant; empty: today")
	cmd.Flags().StringVar(&to, "to", "", "last day, or the instant before which; empty: the end of the first day")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "print CSV")
	return cmd
}

// stretch reads from and to; a day as to is meant inclusively.
func stretch(from, to string, now time.Time) (begin, end time.Time, err error) {
	loc := now.Location()
	begin = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, loc)
	if from != "" {
		if begin, err = civil(from, loc); err != nil {
			return begin, end, err
		}
	}
	end = time.Date(begin.Year(), begin.Month(), begin.Day()+1, 0, 0, 0, 0, loc)
	if to != "" {
		if end, err = civil(to, loc); err != nil {
			return begin, end, err
		}
		if len(to) == len(time.DateOnly) {
			end = end.AddDate(0, 0, 1)
		}
	}
	switch far := scheduler.FarFuture(now); {
	case begin.After(far):
		return begin, end, usagef("--from %s lies more than two years ahead: give a day that has been", from)
	case end.Year() > 9999: // JSON counts no further
		return begin, end, usagef("--to %s lies too far ahead: give a day before the year 9999", to)
	case !end.After(begin):
		return begin, end, usagef("--to lies before --from: give the later one as --to")
	}
	return begin, end, nil
}

func printRows(out io.Writer, rows []playout.AsRun, loc *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	zoned := slices.ContainsFunc(rows, func(r playout.AsRun) bool { return len(r.Zones()) > 0 })
	fmt.Fprintln(w, "DUE\tSTARTED\tENDED\tOUTCOME\tHEARD\tCAUSE\tLATE\tLANGUAGES\t"+zoneColumn(zoned, "ZONES")+"TITLE") // Flush tells of failures
	for _, r := range rows {
		started, ended := "-", "-"
		if len(r.Airings) > 0 {
			first, last := r.Span()
			started, ended = clockOf(first, loc), clockOf(last, loc)
		}
		outcome := string(r.Outcome)
		if outcome == "" {
			outcome = "(open)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s%s\n", r.Due.In(loc).Format("2006-01-02 15:04:05"), started, ended,
			outcome, cmp.Or(string(r.Heard), "-"), cmp.Or(r.Cause, "-"), r.Lateness.Round(time.Millisecond), languagesOf(r), zoneColumn(zoned, cmp.Or(strings.Join(r.Zones(), ", "), "-")), r.Title)
	}
	return w.Flush()
}

// zoneColumn is a cell of the column of zones, which only a board with zones has.
func zoneColumn(zoned bool, cell string) string {
	if !zoned {
		return ""
	}
	return cell + "\t"
}

// languagesOf is "vi for pcc, no tyz": what aired for whom, and what was missing
// with nothing in its place.
func languagesOf(r playout.AsRun) string {
	var said, stood []string
	for _, a := range r.Airings {
		part := a.Language
		if len(a.For) > 0 {
			part += " for " + strings.Join(a.For, "+")
		}
		if stood = append(stood, a.For...); part != "" && !slices.Contains(said, part) {
			said = append(said, part)
		}
	}
	for _, language := range r.Missing {
		if !slices.Contains(stood, language) {
			said = append(said, "no "+language)
		}
	}
	return cmp.Or(strings.Join(said, ", "), "-")
}

func clockOf(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(loc).Format("15:04:05.000")
}
