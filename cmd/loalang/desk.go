package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"loalang/people"
	"loalang/store"
	"loalang/web"
)

// desk takes steps of the panel at the command line. Whoever runs it is known by the
// name of their account on this machine, and may do what an administrator may; but
// nobody is two people.
func (p program) desk(ctx context.Context, s settings, db *store.Store) (web.Desk, error) {
	v, _, err := place(ctx, db, s.Village)
	if err != nil {
		return web.Desk{}, err
	}
	return web.Desk{
		Announcements: db, Places: db, Arrange: db, Stations: db, Approvals: db, Exceptions: db, AsRun: db, Shelf: db, Texts: db, Roster: db, Withdraw: silent{},
		Village: v.Key, Zones: s.Amp.zoneNames(), Origin: db.Node(), Lang: "en", Now: p.clock(s).Now, NewID: newID, Logger: p.quietLog(),
		By: people.Principal{Name: p.user().Name, Role: people.Admin, Token: true},
	}, nil
}

// deskStep takes a step, and returns the line that says what was done, or what was
// foreseen of it.
type deskStep func(ctx context.Context, d web.Desk, args []string) (done string, seen *web.Foreseen, err error)

// atDesk makes a command take a step, with --dry-run, --lang and --village.
func (p program) atDesk(cmd *cobra.Command, step deskStep) {
	var dry bool
	var lang string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := knownLang(lang); err != nil {
			return err
		}
		return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
			d, err := p.desk(ctx, s, db)
			if err != nil {
				return err
			}
			d.Dry, d.Lang = dry, lang
			done, seen, err := step(ctx, d, args)
			var refused web.Refusal
			if errors.As(err, &refused) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			if seen != nil {
				done = seen.Words(lang)
			} else {
				done += "\n"
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), done)
			return err
		})
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&dry, "dry-run", false, "save nothing, and print what it would make of the plan")
	cmd.Flags().StringVar(&lang, "lang", "vi", "language of sentences: vi or en")
}
