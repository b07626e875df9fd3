package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// whyNotices is among how many of the newest announcements a title is looked for.
const whyNotices = 500

func (p program) whyCommand() *cobra.Command {
	var day, lang string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "why ANNOUNCEMENT|SCHEDULE|OCCURRENCE|TITLE [DAY]",
		Short: "Say why something aired, will air, or does not, on one day",
		Long: "Say why an announcement aired, will air, or does not, on one day: from the as-run for what is\n" +
			"over, from the plan for what is to come, from its schedules where nothing was promised; and what would help.\n" +
			"A day is 2026-11-24, 24/11, today, tomorrow, mai; a day alone asks about everything in it.",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := knownLang(lang); err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				w := whyWish{village: s.Village, words: args, day: day, days: 1, lang: lang, now: p.clock(s).Now()}
				return w.print(ctx, cmd.OutOrStdout(), db, asJSON)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().StringVar(&day, "day", "", "day, such as 2026-11-24, 24/11, tomorrow or mai; empty: today, or that of the occurrence")
	cmd.Flags().StringVar(&lang, "lang", "vi", "language of the answer: vi or en")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does")
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
	village   string
	words     []string // what is meant, a day, or both
	day, lang string
	days      int
	now       time.Time
	loc       *time.Location
	what      string // of words, what is meant; empty: everything
}

// print answers a question for a person, or for a program.
func (w whyWish) print(ctx context.Context, out io.Writer, db *store.Store, asJSON bool) error {
	seen, place, err := w.answer(ctx, db)
	if err != nil {
		return err
	}
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(seen)
	}
	_, err = io.WriteString(out, web.AnswersInWords(w.lang, seen, place, w.now))
	return err
}

// answer finds what is meant, and what is said of it.
func (w whyWish) answer(ctx context.Context, db *store.Store) (seen web.Explained, v scheduler.Village, err error) {
	if v, w.loc, err = place(ctx, db, w.village); err != nil {
		return seen, v, err
	}
	if err := w.sort(); err != nil {
		return seen, v, err
	}
	q := web.Question{Day: w.today(), Days: w.days, Lang: w.lang, Now: w.now}
	if q.Book, err = db.Book(ctx, v.Key, w.now); err != nil {
		return seen, v, err
	}
	if w.what != "" {
		if q, err = w.about(ctx, db, q); err != nil {
			return seen, v, err
		}
	}
	if w.day != "" {
		if q.Day, err = w.named(w.day); err != nil {
			return seen, v, err
		}
	}
	from := time.Date(q.Day.Year, q.Day.Month, q.Day.Day, 0, 0, 0, 0, w.loc)
	to := from.AddDate(0, 0, w.days)
	if q.Runs, err = db.AsRuns(ctx, v.Key, from, to); err != nil {
		return seen, v, err
	}
	if to.After(w.now) {
		if _, err := scheduler.PlanSpan(w.now, from, w.days); err != nil {
			return seen, v, w.outside(err)
		}
		plan, err := scheduler.BuildPlan(w.now, to.Sub(w.now), q.Book)
		if err != nil {
			return seen, v, err
		}
		q.Plan = plan.With(playout.Underway(q.Runs))
	}
	answers, err := web.Why(q)
	return web.Explained{Village: v.Key, From: from.UTC(), To: to.UTC(), Answers: append([]web.Answer{}, answers...)}, v, err
}

// outside says which days can be asked about.
func (w whyWish) outside(err error) error {
	var faults scheduler.Invalid
	if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults {
		if f.Field == "from" {
			last := w.now.In(w.loc).AddDate(0, 0, scheduler.MaxPlanAhead).Format(time.DateOnly)
			return usagef("that day is beyond the plan, which reaches to %s: ask about an earlier one", last)
		}
	}
	return faultyFlags(err)
}

// sort tells what is meant from the day.
func (w *whyWish) sort() error {
	for _, word := range w.words {
		_, isDay := web.DayCalled(word, w.today())
		switch {
		case isDay && w.day == "":
			w.day = word
		case !isDay && w.what == "" && strings.TrimSpace(word) != "":
			w.what = strings.TrimSpace(word)
		case isDay:
			return usagef("%q is one day too many: name one", word)
		case w.what == "":
			return usagef("name an announcement, a schedule, an occurrence or a day")
		default:
			return usagef("%q is no day: write 2026-11-24, 24/11, %s; a title of several words needs quotation marks", word, strings.Join([]string{"today", "tomorrow", "mai"}, ", "))
		}
	}
	return nil
}

func (w whyWish) today() scheduler.Date {
	y, m, d := w.now.In(w.loc).Date()
	return scheduler.Date{Year: y, Month: m, Day: d}
}

func (w whyWish) named(text string) (scheduler.Date, error) {
	day, ok := web.DayCalled(text, w.today())
	if !ok {
		return day, usagef("%q is no day: write 2026-11-24, 24/11, today, tomorrow or mai", text)
	}
	return day, nil
}

// about narrows a question to what is meant: by the ID of an announcement, a schedule
// or an occurrence, whose day is asked about then, or by a title or a part of one.
func (w whyWish) about(ctx context.Context, db *store.Store, q web.Question) (web.Question, error) {
	var runs []playout.AsRun
	day, ofDay := web.OccurrenceDay(w.what)
	if ofDay {
		q.Day = day
		run, err := db.AsRun(ctx, w.what)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return q, err
		}
		if err == nil && run.Village == q.Book.Village.Key {
			runs = append(runs, run)
			q.Day.Year, q.Day.Month, q.Day.Day = run.Due.In(w.loc).Date()
		}
	}
	found := web.Whose(w.what, q.Book, runs)
	q.Announcement, q.Schedule, q.Occurrence = found.Announcement, found.Schedule, found.Occurrence
	if q.Announcement == "" && q.Occurrence != "" {
		return q, nil // of a slot, not of an announcement
	}
	if q.Announcement == "" && ofDay {
		return q, usagef("no announcement is known of the occurrence %q: `sudo loalang-board plan` and `sudo loalang-board asrun` print their IDs", w.what)
	}
	d, err := w.find(ctx, db, cmp.Or(q.Announcement, w.what))
	if err != nil {
		return q, err
	}
	q.Announcement = d.Announcement.ID
	q.Book = q.Book.With(d)
	return q, nil
}

// find is an announcement by its ID, its title or a part of that.
func (w whyWish) find(ctx context.Context, db *store.Store, what string) (d scheduler.Dossier, err error) {
	d, err = db.Announcement(ctx, what)
	if err == nil && d.Announcement.Village != w.village {
		return d, usagef("the announcement %q is of the village %s: give --village %s", what, d.Announcement.Village, d.Announcement.Village)
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	all, err := db.Announcements(ctx, w.village, "", whyNotices)
	if err != nil {
		return d, err
	}
	want := strings.ToLower(norm.NFC.String(what))
	var found []scheduler.Dossier
	for _, d := range all {
		title := strings.ToLower(norm.NFC.String(d.Announcement.Title))
		if title == want {
			return d, nil // the newest of that title
		}
		if strings.Contains(title, want) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return d, usagef("nothing here is called %q: give a title, or the ID of an announcement, a schedule or an occurrence, as `sudo loalang-board plan` prints them", what)
	case 1:
		return found[0], nil
	}
	names := make([]string, 0, len(found))
	for _, d := range found {
		names = append(names, fmt.Sprintf("%s [%s]", d.Announcement.Title, d.Announcement.ID))
	}
	return d, usagef("%q is in several titles, give the ID of one: %s", what, strings.Join(names, "; "))
}
