package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"loalang/recordings"
	"loalang/store"
)

// caretaker removes what nothing uses of the board's library, while nothing airs. beat is called as
// its loop goes round, and may be nil.
func (b *board) caretaker(beat func()) *recordings.Caretaker {
	return recordings.NewCaretaker(recordings.CaretakerConfig{
		Library: b.library, Stock: b.db, Quiet: b.idle, Trusted: b.clock.Trusted, Now: b.clock.Now, Beat: beat, Log: b.log,
	})
}

func (p program) recordingsTidyCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "tidy",
		Short: "Remove recordings that nothing uses, as the board does by itself",
		Long: "Remove previews and takes that nothing uses and that are older than the board keeps them, and the\n" +
			"as-run beyond its years; on a disk that runs full also recordings of announcements that air no more and\n" +
			"did not for 30 days, as many as make room. A running serve does so by itself about once a day. Takes can be taken\n" +
			"back in the panel for seven days. With --dry-run nothing is removed.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				clock := p.clock(s)
				library, err := openLibrary(s, db, "", clock.Now, p.quietLog())
				if err != nil {
					return err
				}
				k := recordings.NewCaretaker(recordings.CaretakerConfig{
					Library: library, Stock: db, Quiet: func(context.Context) bool { return true }, Trusted: clock.Trusted, Now: clock.Now, Log: p.quietLog(),
				})
				if dry {
					return foretold(ctx, cmd, k)
				}
				t, err := k.Tidy(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "removed %d previews, %d takes, %d recordings of announcements that air no more, %d rows of the as-run; cleared %d recordings that were deleted before\n",
					t.Previews, t.Takes, t.Finished, t.LogRows, t.Cleared)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print what would be removed, and remove nothing")
	return cmd
}

// foretold prints what would be removed.
func foretold(ctx context.Context, cmd *cobra.Command, k *recordings.Caretaker) error {
	list, err := k.Surplus(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %-7s  %s\n", r.ID, r.Kind, r.Title); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d recordings would be removed\n", len(list))
	return err
}
