package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// exceptionsListed is how many of the newest exceptions are printed.
const exceptionsListed = 100

func (p program) exceptionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exception",
		Short: "Exceptions from the rules of a place: list, ask, grant, refuse, withdraw",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.exceptionListCommand(), p.exceptionAskCommand(),
		p.exceptionAnswerCommand(true, "grant ID", "Approve an exception that somebody else asked for"),
		p.exceptionAnswerCommand(false, "refuse ID", "Refuse an exception, with a reason"),
		p.exceptionWithdrawCommand(),
	)
	return cmd
}

func (p program) exceptionListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the newest exceptions: ID, state, from, to, rules, who asked, reason",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				v, loc, err := place(ctx, db, s.Village)
				if err != nil {
					return err
				}
				all, err := db.Exceptions(ctx, v.Key, "", exceptionsListed)
				if err != nil {
					return err
				}
				now, text := p.clock(s).Now(), strings.Builder{}
				for _, e := range all {
					rules := make([]string, len(e.Rules))
					for i, l := range e.Rules {
						rules[i] = string(l)
					}
					fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ID, e.State(now), e.From.In(loc).Format("2006-01-02 15:04"), e.To.In(loc).Format("2006-01-02 15:04"),
						strings.Join(rules, ","), e.RequestedBy, e.Reason)
				}
				_, err = io.WriteString(cmd.OutOrStdout(), text.String())
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	return cmd
}

func (p program) exceptionAskCommand() *cobra.Command {
	var from, to, reason, announcement, slot string
	var rules []string
	cmd := &cobra.Command{
		Use:   "ask",
		Short: "Ask for an exception; it lifts nothing before somebody else grants it",
		Args:  cobra.NoArgs,
	}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, _ []string) (string, *web.Foreseen, error) {
		v, err := d.Places.Village(ctx, d.Village)
		if err != nil {
			return "", nil, err
		}
		loc, err := v.Location()
		if err != nil {
			return "", nil, err
		}
		e := scheduler.Exception{Announcement: announcement, Slot: slot, Reason: reason}
		for _, when := range []struct {
			flag, text string
			into       *time.Time
		}{{"from", from, &e.From}, {"to", to, &e.To}} {
			if *when.into, err = civil(when.text, loc); err != nil {
				return "", nil, usagef("--%s: %v", when.flag, err)
			}
		}
		for _, l := range rules {
			e.Rules = append(e.Rules, scheduler.Lift(l))
		}
		id, seen, err := d.Ask(ctx, e)
		return "asked\t" + id, seen, err
	})
	cmd.Flags().StringVar(&from, "from", "", "from when, such as 2026-11-24T21:00")
	cmd.Flags().StringVar(&to, "to", "", "until when")
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	cmd.Flags().StringVar(&announcement, "announcement", "", "ID of the one announcement; empty: any")
	cmd.Flags().StringVar(&slot, "slot", "", "ID of the one slot; empty: any")
	cmd.Flags().StringSliceVar(&rules, "rules", []string{string(scheduler.LiftHours)}, "what it lifts: hours, quiet, minutes, music")
	return cmd
}

func (p program) exceptionAnswerCommand(approve bool, use, short string) *cobra.Command {
	var answer string
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(1)}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.Answer(ctx, args[0], approve, answer)
		word, _, _ := strings.Cut(use, " ")
		return word + "\t" + args[0], seen, err
	})
	cmd.Flags().StringVar(&answer, "reason", "", "what is said to it; required to refuse")
	return cmd
}

func (p program) exceptionWithdrawCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "withdraw ID", Short: "Take an exception back: what sounds by it stops", Args: cobra.ExactArgs(1)}
	p.atDesk(cmd, func(ctx context.Context, d web.Desk, args []string) (string, *web.Foreseen, error) {
		seen, err := d.Lower(ctx, args[0])
		return "withdrawn\t" + args[0], seen, err
	})
	return cmd
}
