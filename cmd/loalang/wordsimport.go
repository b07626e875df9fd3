package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/speech"
	"loalang/store"
)

func (p program) wordsImportCommand() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Take in a CSV file of words, all of it or nothing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				if err := knownVillage(ctx, db, s.Village); err != nil {
					return usageError{err}
				}
				return p.importWords(ctx, s, db, wordsFrom{args[0], dry, cmd.OutOrStdout()})
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would become of it")
	return cmd
}

// wordsFrom is where words come from and what is told of them.
type wordsFrom struct {
	name string
	dry  bool
	out  io.Writer
}

// importWords takes in a file as the panel does: what a voice reads by the words is
// read anew. A serve beside it learns of them through the database.
func (p program) importWords(ctx context.Context, s settings, db *store.Store, from wordsFrom) error {
	known, err := db.Words(ctx, s.Village)
	if err != nil {
		return err
	}
	clock := p.clock(s)
	choir := newChoir(s, clock.Now, p.quietLog())
	in, err := wordFile(from.name, scheduler.Vietnamese, known, unsayable(ctx, choir))
	if err != nil {
		return err
	}
	if err := badRows(from.name, in.Bad); err != nil {
		return err
	}
	now := clock.Now().UTC()
	for i := range in.Changes {
		w := &in.Changes[i]
		if w.ID == "" {
			w.Owned = scheduler.Owned{ID: newID(), Village: s.Village, Origin: db.Node(), Created: now}
		}
		w.Updated, w.By = now, "command line"
	}
	library, err := openLibrary(s, db, "", clock.Now, p.quietLog())
	if err != nil {
		return err
	}
	producer := playout.NewProducer(playout.ProducerConfig{
		Village: s.Village, Drafts: db, Cache: db, Words: db, Promises: db, Choices: db, Engine: choir, Urgent: choir,
		Library: shelf{library, db}, Now: clock.Now, Done: func() {}, Log: p.quietLog(),
	})
	take := producer.Amend
	if from.dry {
		take = producer.Foresee
	}
	done, err := take(ctx, in.Changes)
	if errors.Is(err, scheduler.ErrRevision) {
		return errors.New("somebody changed the words meanwhile, nothing was taken in: run it again")
	}
	if err != nil {
		return err
	}
	would := ""
	if from.dry {
		would = "would be "
	}
	_, err = fmt.Fprintf(from.out, "%sadded %d, changed %d, known %d; announcements %sread anew %d, left as somebody wrote them %d, not read anew for want of a voice %d\n",
		would, in.Added, in.Changed, in.Same, would, len(done.Anew), len(done.Kept), len(done.Late))
	return err
}

// unsayable says why no voice of the board can say a word; without any engine all
// are taken, as their voice may come.
func unsayable(ctx context.Context, choir *speech.Choir) func(scheduler.Word) scheduler.Invalid {
	voices, err := choir.Voices(ctx)
	return func(w scheduler.Word) scheduler.Invalid {
		unsaid := speech.Entry{Written: w.Written, Spoken: w.Spoken}.Check()
		switch {
		case errors.Is(unsaid, speech.ErrNothingWritten):
			return scheduler.Invalid{{Field: "written", Code: scheduler.FaultNoWords}}
		case unsaid != nil:
			return scheduler.Invalid{{Field: "spoken", Code: scheduler.FaultSigns}}
		case err == nil && !slices.ContainsFunc(voices, func(v speech.Voice) bool { return v.Language == w.Language }):
			return scheduler.Invalid{{Field: "language", Code: scheduler.FaultUnknown}}
		}
		return nil
	}
}
