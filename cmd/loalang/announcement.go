package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

func (p program) announcementCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "announcement",
		Short: "Announcements that wait, their approval, and taking one back",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.announcementWaitingCommand(), p.announcementWithdrawCommand(), p.announcementBoardCommand(),
		p.approvalCommand(scheduler.ActSubmit, "submit ID", "Hand an announcement in for approval"),
		p.approvalCommand(scheduler.ActApprove, "approve ID", "Approve an announcement as it is now, or review what aired urgently"),
		p.approvalCommand(scheduler.ActReturn, "return ID", "Send an announcement back to its author, with a reason; it is silenced"),
		p.approvalCommand(scheduler.ActUrge, "urge ID", "Let an announcement air first, with a reason; it is reviewed after"),
	)
	return cmd
}

func (p program) announcementWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw ID",
		Short: "Take an announcement back for good",
		Long:  "Take an announcement back for good. A running serve silences it within a second, even in the middle of a word.",
		Args:  cobra.ExactArgs(1),
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.TakeBack(ctx, args[0])
		if err != nil || seen != nil {
			return "", seen, err
		}
		found, err := d.Announcements.Announcement(ctx, args[0])
		return fmt.Sprintf("withdrawn\t%s\t%s", args[0], found.Announcement.Title), nil, err
	})
	return cmd
}

func (p program) announcementBoardCommand() *cobra.Command {
	var hide bool
	cmd := &cobra.Command{
		Use:   "board ID",
		Short: "Let an announcement stand on the public board, or with --hide the loudspeakers alone tell it",
		Args:  cobra.ExactArgs(1),
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.ShowOnBoard(ctx, args[0], !hide)
		if err != nil || seen != nil {
			return "", seen, err
		}
		found, err := d.Announcements.Announcement(ctx, args[0])
		state := "public"
		if found.Announcement.SpeakerOnly {
			state = "speaker-only"
		}
		return fmt.Sprintf("%s\t%s\t%s", state, args[0], found.Announcement.Title), nil, err
	})
	cmd.Flags().BoolVar(&hide, "hide", false, "it does not stand on the public board, nor in its feed")
	return cmd
}

// approvalCommand takes one step of an approval.
func (p program) approvalCommand(act scheduler.ApprovalAct, use, short string) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		Long: short + ".\nWho wrote it at this command line may not approve it here where two people are asked for.",
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.Decide(ctx, args[0], act, reason)
		if err != nil || seen != nil {
			return "", seen, err
		}
		found, err := d.Announcements.Announcement(ctx, args[0])
		a := found.Announcement
		return fmt.Sprintf("%s\t%s\t%s", a.Approval.State, a.ID, a.Title), nil, err
	})
	cmd.Flags().StringVar(&reason, "reason", "", "why; required to return and to urge")
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
				list, err := db.AwaitingApproval(ctx, v.Key, p.clock(s).Now())
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
