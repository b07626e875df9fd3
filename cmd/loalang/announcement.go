package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/store"
)

func (p program) announcementCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "announcement",
		Short: "Announcements that wait, and taking one back",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.announcementWaitingCommand(), p.announcementWithdrawCommand())
	return cmd
}

func (p program) announcementWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw ID",
		Short: "Take an announcement back for good",
		Long:  "Take an announcement back for good. A running serve silences it within a second, even in the middle of a word.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				d, err := db.Announcement(ctx, args[0])
				if err != nil {
					return err
				}
				a := d.Announcement
				if a.Withdrawn.IsZero() {
					a.Withdrawn = time.Now().UTC()
					if err := db.SaveAnnouncement(ctx, a, nil, nil); err != nil {
						return err
					}
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "withdrawn\t%s\t%s\n", a.ID, a.Title)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

func (p program) announcementWaitingCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "waiting",
		Short: "Print what waits for approval or review, what airs soonest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, _, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				list, err := db.AwaitingApproval(ctx, v.Key, time.Now())
				if err != nil {
					return err
				}
				for _, d := range list {
					a := d.Announcement
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\t%s\t%s\n", a.ID, a.Approval.State, a.CreatedBy, a.Title, strings.Join(d.Waiting(v.Approvals), ",")); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	return cmd
}
