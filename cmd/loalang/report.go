package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/report"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// reportFlags are the words of one loalang report.
type reportFlags struct {
	month, from, to, by string
	filter              report.Filter
	asJSON, asCSV, all  bool
	file                string
}

func (p program) reportCommand() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Sum up what aired, what did not and why",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			by, err := f.check()
			if err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				clock := p.clock(s)
				r, err := f.make(ctx, db, clock, s.Village)
				if err != nil {
					return err
				}
				if !f.asJSON && !f.asCSV && f.file == "" {
					_, loc, err := place(ctx, db, s.Village)
					if err != nil {
						return err
					}
					sayClock(cmd, clock, loc)
				}
				return f.write(cmd.OutOrStdout(), r, by)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&f.all, "all-villages", false, "every village of the database together")
	cmd.Flags().StringVar(&f.month, "month", "", "month, such as 2026-11; empty: this month")
	cmd.Flags().StringVar(&f.from, "from", "", "first day, instead of a month")
	cmd.Flags().StringVar(&f.to, "to", "", "last day; at most 366 days")
	cmd.Flags().StringVar(&f.by, "by", "", "day, month, village, topic, language or issuer, several with commas; empty: all")
	cmd.Flags().StringVar(&f.filter.Topic, "topic", "", "only this topic; - is none")
	cmd.Flags().StringVar(&f.filter.Issuer, "issuer", "", "only this issuer; - is none")
	cmd.Flags().StringVar(&f.filter.Language, "language", "", "only what was to be told in this language; - is none")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON, as the API does")
	cmd.Flags().BoolVar(&f.asCSV, "csv", false, "print CSV, as the API does")
	cmd.Flags().StringVar(&f.file, "html", "", "write the page that a commune files, in Vietnamese, to this file")
	return cmd
}

// check looks at everything that needs no database.
func (f reportFlags) check() ([]report.Dimension, error) {
	ways := 0
	for _, way := range []bool{f.asJSON, f.asCSV, f.file != ""} {
		if way {
			ways++
		}
	}
	if ways > 1 {
		return nil, usagef("choose one of --json, --csv and --html")
	}
	by, ok := web.Dimensions(f.by)
	if !ok {
		return nil, usagef("--by %q is not known: write day, month, village, topic, language or issuer", f.by)
	}
	_, err := f.span(time.Now())
	return by, err
}

func (f reportFlags) span(now time.Time) (report.Span, error) {
	s, err := report.ParseSpan(f.month, f.from, f.to, now)
	switch {
	case f.month != "" && f.from+f.to != "":
		return s, usagef("choose either --month or --from and --to")
	case errors.Is(err, report.ErrDay) && f.month != "":
		return s, usagef("--month %q is no month: write 2026-11", f.month)
	case errors.Is(err, report.ErrDay):
		return s, usagef("--from and --to are days: write 2026-11-24")
	case errors.Is(err, report.ErrOrder):
		return s, usagef("--to lies before --from: give the later one as --to")
	case errors.Is(err, report.ErrLong):
		return s, usagef("--from and --to are more than %d days apart: ask for each year by itself", report.MostDays)
	}
	return s, err
}

// make reads the database; what time it is is said by the clock of the board, and so is
// how far that is to be trusted.
func (f reportFlags) make(ctx context.Context, db *store.Store, clock *hardware.Clock, village string) (web.Report, error) {
	v, loc, err := place(ctx, db, village)
	if err != nil {
		return web.Report{}, err
	}
	places := []scheduler.Village{v}
	if f.all {
		if places, err = db.Villages(ctx); err != nil {
			return web.Report{}, err
		}
	}
	topics := scheduler.BuiltIn()
	for _, at := range places {
		own, err := db.Templates(ctx, at.Key)
		if err != nil {
			return web.Report{}, err
		}
		topics = topics.Beside(own)
	}
	now := clock.Now()
	span, err := f.span(now.In(loc))
	if err != nil {
		return web.Report{}, err
	}
	return web.MakeReport(ctx, db, web.ReportAsk{Places: places, Span: span, Filter: f.filter, Made: now, Clock: clock.State()}, topics, f.language())
}

// language is that of the topics' names: the page is filed in Vietnamese, all else
// is for a technician.
func (f reportFlags) language() string {
	if f.file != "" {
		return "vi"
	}
	return "en"
}

func (f reportFlags) write(out io.Writer, r web.Report, by []report.Dimension) error {
	switch {
	case f.asJSON:
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r.Document(by))
	case f.asCSV:
		return r.WriteCSV(out, by)
	case f.file != "":
		return writePage(out, f.file, r)
	}
	return printReport(out, r, by)
}

// writePage writes the page whole or not at all.
func writePage(out io.Writer, path string, r web.Report) (err error) {
	part := path + ".part"
	file, err := os.Create(part)
	if err != nil {
		return err
	}
	if err = errors.Join(r.WriteHTML(file), file.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write the page: %w", err), os.Remove(part))
	}
	_, err = fmt.Fprintf(out, "wrote %s: open it in a browser and print it\n", path)
	return err
}

func printReport(out io.Writer, r web.Report, by []report.Dimension) error {
	fmt.Fprintf(out, "%s\n\n", r.Summary()) // Flush tells of failures
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\t\tPLANNED")
	for _, b := range report.Buckets() {
		fmt.Fprint(w, "\t", b)
	}
	fmt.Fprintln(w, "\tAIRED")
	row := func(dimension, name string, g report.Group) {
		fmt.Fprintf(w, "%s\t%s\t%d", dimension, name, g.Planned)
		for _, b := range report.Buckets() {
			fmt.Fprint(w, "\t", g.Count(b))
		}
		fmt.Fprintln(w, "\t"+g.Aired.Round(time.Second).String())
	}
	for _, s := range report.Sections() {
		if g, any := r.Sections[s]; any {
			row("section", string(s), g)
		}
	}
	for _, d := range report.Dimensions() {
		for _, g := range r.By[d] {
			if len(by) == 0 || slices.Contains(by, d) {
				row(string(d), r.GroupName(d, g.Key), g)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printCauses(out, r)
}

func printCauses(out io.Writer, r web.Report) error {
	fmt.Fprintln(out) // Flush tells of failures
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range r.Causes {
		code := c.Code
		if code == "" {
			code = "(unknown)"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", c.Count, c.Bucket, code)
	}
	if d := r.Drills; d.Due > 0 {
		fmt.Fprintf(w, "%d\tdrills due\t%d held\t%d passed\t%d failed\n", d.Due, d.Held, d.Passed, d.Failed)
	}
	for _, c := range r.Drills.Causes {
		fmt.Fprintf(w, "%d\tdrill %s\t%s\n", c.Count, c.Trial, strings.Trim(c.Fault.Step+" "+c.Fault.Language+" "+c.Fault.Code, " "))
	}
	for _, list := range []report.Cases{r.Latest, r.Lost} {
		for _, c := range list.Rows {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", c.Due.Format("2006-01-02 15:04"), c.Bucket(), c.Lateness.Round(time.Millisecond), c.Reason(), c.Title)
		}
		if list.More > 0 {
			fmt.Fprintf(w, "and %d more\n", list.More)
		}
	}
	for _, c := range r.Excepted.Rows {
		fmt.Fprintf(w, "%s\texception\tallowed by %s\t%s\t%s\n", c.Due.Format("2006-01-02 15:04"), c.Approver, c.Excuse, c.Title)
	}
	if r.Excepted.More > 0 {
		fmt.Fprintf(w, "and %d more\n", r.Excepted.More)
	}
	for _, u := range r.Urged {
		fmt.Fprintf(w, "%s\turged\treview %s\t%s\t%s\n", u.At.Format("2006-01-02 15:04"), r.UrgedCode(u), u.Announcement, u.Title)
	}
	return w.Flush()
}
