package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/scheduler/calendar"
	"loalang/web"
)

// maxNext is how many times of a rule are printed at most.
const maxNext = 10000

// usualZone is the zone of a village that says nothing else.
const usualZone = "Asia/Ho_Chi_Minh"

func (p program) calendarCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "calendar",
		Short: "Convert lunar dates, and try out rules of recurrence",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(calendarLunarCommand(), calendarSolarCommand(), calendarNextCommand(), calendarReadCommand(), p.calendarImportCommand())
	return cmd
}

func calendarLunarCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lunar DATE...",
		Short: "Print the Vietnamese lunar date of civil days",
		Long: fmt.Sprintf(`Prints each DATE (2026-11-25) and its Vietnamese lunar date, day/month/year, with a + after a leap month.
A DATE of - stands for those on standard input. The lunar calendar is known from %d to %d and counts by UTC+7.`, calendar.FirstLunarYear, calendar.LastLunarYear),
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return eachDate(cmd, args, func(w io.Writer, text string) error {
				t, err := time.Parse(time.DateOnly, text)
				if err != nil {
					return usagef("%q is no date: write year-month-day, such as 2026-11-25", text)
				}
				l, err := calendar.ToLunar(calendar.DateOf(t, time.UTC))
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(w, "%s\t%s\n", text, l)
				return err
			})
		},
	}
}

func calendarSolarCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "solar D/M/Y[+]...",
		Short: "Print the civil day of Vietnamese lunar dates",
		Long:  "Prints the civil day of each lunar date, day/month/year, with a + after a leap month (15/6/2025+).\nA - stands for those on standard input.",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return eachDate(cmd, args, func(w io.Writer, text string) error {
				l, err := calendar.ParseLunar(text)
				if err != nil {
					return err
				}
				d, err := calendar.ToSolar(l)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(w, d)
				return err
			})
		},
	}
}

// badDatesTold is how many dates that are none are named; the others are counted.
const badDatesTold = 10

// eachDate does every date of the arguments, "-" being those of standard input, also
// behind a bad one, and tells the bad ones.
func eachDate(cmd *cobra.Command, args []string, do func(w io.Writer, text string) error) error {
	out := bufio.NewWriter(cmd.OutOrStdout())
	var bad []error
	one := func(text string) error {
		err := do(out, text)
		var date calendar.DateError
		var usage usageError
		if errors.As(err, &date) || errors.As(err, &usage) {
			bad = append(bad, err)
			return nil
		}
		return err // standard output is gone
	}
	for _, text := range args {
		var err error
		if text == "-" {
			err = eachWord(cmd.InOrStdin(), one)
		} else {
			err = one(text)
		}
		if err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if more := len(bad) - badDatesTold; more > 0 {
		bad = append(bad[:badDatesTold], fmt.Errorf("and %d more", more))
	}
	if len(bad) > 0 {
		return usageError{errors.Join(bad...)}
	}
	return nil
}

// eachWord does what is written between spaces and line ends.
func eachWord(r io.Reader, do func(text string) error) error {
	words := bufio.NewScanner(r)
	words.Split(bufio.ScanWords)
	for words.Scan() {
		if err := do(words.Text()); err != nil {
			return err
		}
	}
	if err := words.Err(); err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return nil
}

func calendarNextCommand() *cobra.Command {
	var n int
	var from, zone string
	cmd := &cobra.Command{
		Use:   "next RULE",
		Short: "Print the next times of a rule of recurrence",
		Long: `Prints the next times of a RULE of RFC 5545 as RFC 3339 instants, one a line. RULE is the value of an RRULE
(FREQ=WEEKLY;BYDAY=MO), or properties (DTSTART, RRULE, RDATE, EXDATE) on lines of their own or with \n between.
RSCALE=VIETNAMESE counts lunar months and days (RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15), OFFSET=-2 moves
every time two days before. A rule without DTSTART begins at --from. A RULE of - is read from standard input: one with
thousands of exceptions is longer than an argument may be.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if n < 1 || n > maxNext {
				return usagef("-n cannot be %d: give 1 to %d", n, maxNext)
			}
			loc, err := zoneNamed(zone)
			if err != nil {
				return err
			}
			start := time.Now()
			if from != "" {
				if start, err = civil(from, loc); err != nil {
					return err
				}
			}
			text := args[0]
			if text == "-" {
				if text, err = ruleFrom(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			return printNext(cmd.OutOrStdout(), text, start, n, loc)
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 10, fmt.Sprintf("how many times, 1 to %d", maxNext))
	cmd.Flags().StringVar(&from, "from", "", "date, civil time or instant from which on; empty: now")
	cmd.Flags().StringVar(&zone, "zone", usualZone, "time zone of the place")
	return cmd
}

func calendarReadCommand() *cobra.Command {
	var zone string
	cmd := &cobra.Command{
		Use:   "read FILE.ics",
		Short: "Show what each event of a calendar file would become",
		Long: `Reads an iCalendar file (RFC 5545) and prints a line for each event: its title, when it comes next, its rule; or why it
cannot be taken. Nothing is saved.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			loc, err := zoneNamed(zone)
			if err != nil {
				return err
			}
			data, err := readBounded(args[0], web.MaxCalendarFile)
			if err != nil {
				return err
			}
			events, err := web.ReadCalendar(data, loc)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return printEvents(cmd.OutOrStdout(), events, time.Now(), loc)
		},
	}
	cmd.Flags().StringVar(&zone, "zone", usualZone, "time zone of the place")
	return cmd
}

// readBounded reads a file, one byte further than it may be long at most.
func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, reasonOf(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, reasonOf(err))
	}
	return data, nil
}

// printEvents prints a line for each event: title, next time, rule on one line
// or the sentence that stands against it.
func printEvents(w io.Writer, events []web.CalendarEvent, now time.Time, loc *time.Location) error {
	for _, e := range events {
		next, what := "-", ""
		if err := e.FaultAt(now, loc); err != nil {
			what = "not taken: " + web.CalendarFaultWords("en", err)
		} else {
			what = strings.ReplaceAll(e.Rule.String(), "\n", `\n`)
			if times := e.Times(now, 1, loc); len(times) > 0 {
				next = times[0].At.In(loc).Format(time.RFC3339)
			}
			if notes := e.NoteWords("en"); notes != "" {
				what += "\t" + notes
			}
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", e.Title, next, what); err != nil {
			return err
		}
	}
	return nil
}

// zoneNamed is the zone of a flag.
func zoneNamed(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || loc == time.Local {
		return nil, usagef("--zone: the time zone %q is not known: write such as %s", name, usualZone)
	}
	return loc, nil
}

// ruleFrom reads a rule, and of what is far too long only so much that it is refused.
func ruleFrom(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, calendar.MaxRuleText+1024))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

func printNext(w io.Writer, text string, from time.Time, n int, loc *time.Location) error {
	rule, err := calendar.ParseRuleFrom(text, calendar.CivilOf(from, loc))
	if err != nil {
		return usageError{err}
	}
	for _, m := range rule.Next(from, n, loc) {
		if _, err := fmt.Fprintln(w, m.At.In(loc).Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}
