package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// whyNotices is among how many of the newest announcements a title is looked for.
const whyNotices = 500

func (p program) whyCommand() *cobra.Command {
	var day, lang string
	cmd := &cobra.Command{
		Use:   "why ANNOUNCEMENT|OCCURRENCE|TITLE",
		Short: "Say why something aired, will air, or does not, on one day",
		Long: "Say why an announcement aired, will air, or does not, on one day: from the as-run for what is\n" +
			"over, from the plan for what is to come, from its schedules where nothing was promised; and what would help.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := knownLang(lang); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				clock := p.clock(s)
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				w := whyWish{village: v.Key, what: args[0], day: day, lang: lang, now: clock.Now(), loc: loc}
				return w.answer(ctx, cmd.OutOrStdout(), db)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&day, "day", "", "day, such as 2026-11-24; empty: today, or that of the occurrence")
	cmd.Flags().StringVar(&lang, "lang", "en", "language of the answer: vi or en")
	return cmd
}

// knownLang refuses a language that the words are not in.
func knownLang(lang string) error {
	if lang != "vi" && lang != "en" {
		return usagef("--lang cannot be %q: give vi or en", lang)
	}
	return nil
}

// whyWish is one question on the command line.
type whyWish struct {
	village, what, day, lang string
	now                      time.Time
	loc                      *time.Location
}

func (w whyWish) answer(ctx context.Context, out io.Writer, db *store.Store) error {
	d, named, err := w.find(ctx, db)
	if err != nil {
		return err
	}
	from, err := w.dayOf(named)
	if err != nil {
		return err
	}
	to := from.AddDate(0, 0, 1)
	q := web.Question{Announcement: d.Announcement.ID, Lang: w.lang, Now: w.now}
	q.Day.Year, q.Day.Month, q.Day.Day = from.Date()
	if q.Book, err = db.Book(ctx, w.village, w.now); err != nil {
		return err
	}
	q.Book = q.Book.With(d)
	if q.Runs, err = db.AsRuns(ctx, w.village, from, to); err != nil {
		return err
	}
	if to.After(w.now) {
		end, err := scheduler.PlanSpan(w.now, from, 1)
		if err != nil {
			return faultyFlags(err)
		}
		if q.Plan, err = scheduler.BuildPlan(w.now, end.Sub(w.now), q.Book); err != nil {
			return err
		}
	}
	answers, err := web.Why(q)
	if err != nil {
		return err
	}
	return writeAnswers(out, d.Announcement, answers)
}

func writeAnswers(out io.Writer, a scheduler.Announcement, answers []web.Answer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s  [%s]\n", a.Title, a.ID)
	for _, answer := range answers {
		head := answer.Kind
		if answer.Code != "" {
			head += ", " + answer.Code
		}
		fmt.Fprintf(&text, "%s", head)
		if answer.Occurrence != "" {
			fmt.Fprintf(&text, "  [%s]", answer.Occurrence)
		}
		text.WriteString("\n")
		for _, say := range answer.Says {
			fmt.Fprintf(&text, "  %s\n", say)
		}
		for _, way := range answer.Ways {
			fmt.Fprintf(&text, "  → %s\n", way)
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// dayOf is the midnight that begins the day in question.
func (w whyWish) dayOf(named string) (time.Time, error) {
	text := w.day
	if text == "" {
		text = named
	}
	if text == "" {
		y, m, d := w.now.In(w.loc).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, w.loc), nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, w.loc)
	if err != nil {
		return t, usagef("%q is no day: write 2026-11-24", text)
	}
	return t, nil
}

// find is the announcement that is meant: by its ID, by that of an occurrence, whose
// day is named then, or by its title or a part of that.
func (w whyWish) find(ctx context.Context, db *store.Store) (d scheduler.Dossier, day string, err error) {
	d, err = db.Announcement(ctx, w.what)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return d, "", err
	}
	if strings.Count(w.what, ":") >= 3 {
		return w.occurrence(ctx, db)
	}
	all, err := db.Announcements(ctx, w.village, "", whyNotices)
	if err != nil {
		return d, "", err
	}
	want := strings.ToLower(norm.NFC.String(w.what))
	var found []scheduler.Dossier
	for _, d := range all {
		title := strings.ToLower(norm.NFC.String(d.Announcement.Title))
		if title == want {
			return d, "", nil // the newest of that title
		}
		if strings.Contains(title, want) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return d, "", usagef("no announcement is called %q: give its title, its ID or that of an occurrence, as `loalang plan` prints them", w.what)
	case 1:
		return found[0], "", nil
	}
	names := make([]string, 0, len(found))
	for _, d := range found {
		names = append(names, fmt.Sprintf("%s [%s]", d.Announcement.Title, d.Announcement.ID))
	}
	return d, "", usagef("%q is in several titles, give the ID of one: %s", w.what, strings.Join(names, "; "))
}

// occurrence finds whose occurrence it is: in the as-run of its day, or by its
// schedule.
func (w whyWish) occurrence(ctx context.Context, db *store.Store) (d scheduler.Dossier, day string, err error) {
	parts := strings.SplitN(w.what, ":", 3)
	if len(parts[2]) < len(time.DateOnly) {
		return d, "", usagef("%q is no ID of an occurrence", w.what)
	}
	day = parts[2][:len(time.DateOnly)]
	from, err := w.dayOf(day)
	if err != nil {
		return d, "", err
	}
	rows, err := db.AsRuns(ctx, w.village, from.AddDate(0, 0, -1), from.AddDate(0, 0, 2))
	if err != nil {
		return d, "", err
	}
	for _, r := range rows {
		if r.Occurrence == w.what && r.Announcement != "" {
			d, err = db.Announcement(ctx, r.Announcement)
			return d, r.Due.In(w.loc).Format(time.DateOnly), err
		}
	}
	book, err := db.Book(ctx, w.village, w.now)
	if err != nil {
		return d, "", err
	}
	for _, s := range book.Schedules {
		if s.ID == parts[0] {
			d, err = db.Announcement(ctx, s.Announcement)
			return d, day, err
		}
	}
	return d, "", usagef("no announcement is known of the occurrence %q", w.what)
}

// explainDay prints one day of the plan in sentences.
func explainDay(out io.Writer, lang string, plan scheduler.Plan, v scheduler.Village, now time.Time) error {
	for from := plan.From; from.Before(plan.To); {
		next := nextMidnight(from, plan.Zone)
		to := next
		if to.After(plan.To) {
			to = plan.To
		}
		if _, err := fmt.Fprintln(out, strings.Join(web.DayInWords(lang, plan.Within(from, to), v, from, now), "\n")); err != nil {
			return err
		}
		from = next
	}
	return nil
}

func nextMidnight(t time.Time, zone string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, loc)
}
