package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"loalang/recordings"
	"loalang/store"
)

// listPage is how many recordings are read at once.
const listPage = 200

// listed is what `recordings list --json` prints of one recording.
type listed struct {
	ID       string          `json:"id"`
	Kind     recordings.Kind `json:"kind"`
	Title    string          `json:"title"`
	Duration float64         `json:"duration"` // seconds
	Created  time.Time       `json:"created"`
	By       string          `json:"by,omitempty"`
	Bytes    int64           `json:"bytes"` // of the master
}

func (p program) recordingsListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print every recording of the library, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := json.NewEncoder(cmd.OutOrStdout())
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				return eachRecording(ctx, db, s.Village, func(r recordings.Recording) error {
					if asJSON {
						return out.Encode(listed{r.ID, r.Kind, r.Title, r.Length.Seconds(), r.Created.UTC(), r.By, r.Bytes})
					}
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s  %-7s  %8s  %s\n", r.ID, r.Kind, r.Length.Round(10*time.Millisecond), r.Title)
					return err
				})
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object for each recording")
	return cmd
}

// eachRecording reads a village's library page by page.
func eachRecording(ctx context.Context, db *store.Store, village string, do func(recordings.Recording) error) error {
	before := ""
	for {
		page, err := db.Recordings(ctx, village, before, listPage)
		if err != nil {
			return err
		}
		for _, r := range page {
			if err := do(r); err != nil {
				return err
			}
			before = r.ID
		}
		if len(page) < listPage {
			return nil
		}
	}
}

func (p program) recordingsDeleteCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delete ID...",
		Short: "Delete recordings for ever",
		Long: "Delete recordings for ever, to make room. What an announcement that may still air uses is\n" +
			"refused: withdraw that first. The as-run keeps its rows. A running serve needs no telling.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				library, err := openLibrary(s, db, "", p.clock(s).Now, p.quietLog())
				if err != nil {
					return err
				}
				var failed []error
				for _, id := range args { // goes on after one that is refused
					var used recordings.InUse
					err := library.Remove(ctx, id)
					switch {
					case errors.Is(err, recordings.ErrNotFound):
						err = errors.New("no such recording: `loalang recordings list` shows the IDs")
					case errors.As(err, &used):
						err = used
					}
					if err != nil {
						failed = append(failed, fmt.Errorf("%.12s: %w", id, err))
					}
				}
				return errors.Join(failed...)
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}
