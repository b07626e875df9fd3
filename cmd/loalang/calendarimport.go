package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// silent has nothing to silence: a running serve sees by itself what was taken back.
type silent struct{}

func (silent) Withdraw(context.Context, string, string) error   { return nil }
func (silent) Unschedule(context.Context, string, string) error { return nil }
func (silent) Reinstate(string)                                 {}

func (p program) calendarImportCommand() *cobra.Command {
	var dry bool
	var slots, overwrite []string
	cmd := &cobra.Command{
		Use:   "import FILE.ics",
		Short: "Take the events of a calendar file in as announcements",
		Long: `Takes the events of an iCalendar file (RFC 5545) in as announcements with their schedules, and prints a line for each:
what became of it, its title, and its next times or why it was not taken. The same file again changes nothing; a newer
version of an event changes what it became, and one that is cancelled takes it back. What was edited here since it was
last taken in stays as it is, and is printed with the --overwrite that replaces it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := readBounded(args[0], web.MaxCalendarFile)
			if err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				desk, err := p.intakeDesk(s, db, v.Key, slots)
				if err != nil {
					return err
				}
				desk.Overwrite = overwrite
				all, err := desk.Take(ctx, data, dry)
				var unknown scheduler.Invalid
				switch {
				case errors.As(err, &unknown) && unknown[0].Field == "overwrite":
					return fmt.Errorf("--overwrite: %s has no event of the UID %q", args[0], unknown[0].Limit)
				case errors.As(err, &unknown) && len(unknown) > 0:
					return fmt.Errorf("--slot names no slot of %s; it has %s", v.Key, cmp.Or(unknown[0].Limit, "none"))
				case err != nil:
					return fmt.Errorf("%s: %w", args[0], err)
				}
				return printIntakes(cmd.OutOrStdout(), all, dry, desk.Now().In(loc))
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only print what would become of each event")
	cmd.Flags().StringArrayVar(&overwrite, "overwrite", nil, "UID of an event that replaces, or takes back, what was edited here; may be given several times")
	cmd.Flags().StringSliceVar(&slots, "slot", nil, "time of day or ID of a slot that events of whole days air in; may be given several times (the first of the day)")
	return cmd
}

// intakeDesk takes calendars in with the voices of this machine.
func (p program) intakeDesk(s settings, db *store.Store, village string, slots []string) (web.IntakeDesk, error) {
	now := p.clock(s).Now
	choir := newChoir(s, now, p.quietLog())
	library, err := openLibrary(s, db, "", now, p.quietLog())
	if err != nil {
		return web.IntakeDesk{}, err
	}
	producer := playout.NewProducer(playout.ProducerConfig{
		Village: village, Drafts: db, Cache: db, Words: db, Promises: db, Choices: db, Engine: choir, Urgent: choir,
		Library: shelf{library, db}, Now: now, Done: func() {}, Log: p.quietLog(),
	})
	return web.IntakeDesk{
		Announcements: db, Places: db, Interchange: db, Speaker: producer, Withdraw: silent{}, Village: village, Origin: db.Node(),
		Now: now, NewID: newID, Logger: p.quietLog(), Slots: slots,
		By: people.Principal{Name: "command line", Role: people.Admin},
	}, nil
}

// printIntakes says what became of each event. now is in the place's zone.
func printIntakes(w io.Writer, all []web.Intake, dry bool, now time.Time) error {
	for _, i := range all {
		deed := string(i.Deed)
		if dry && i.Does() {
			deed = "would " + deed
		}
		said := i.Words("en", now, now.Location())
		if i.Left() {
			said += fmt.Sprintf(" Here: --overwrite '%s'", strings.ReplaceAll(i.Event.UID, "'", `'\''`))
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\n", deed, strings.ReplaceAll(i.Event.Title, "\t", " "), said); err != nil {
			return err
		}
	}
	return nil
}
