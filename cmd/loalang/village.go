package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
)

func (p program) villageCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "village",
		Short: "Villages and the rules of the place",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.villageListCommand(), p.villageSetCommand())
	return cmd
}

func (p program) villageListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print every village with its languages and allowed hours",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				villages, err := db.Villages(ctx)
				if err != nil {
					return err
				}
				for _, v := range villages {
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s, %s\t%s\t%s\n", v.Key, v.Name, v.Commune, strings.Join(v.Languages, ","), hours(v.Allowed)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

func (p program) villageSetCommand() *cobra.Command {
	var allowed, languages string
	cmd := &cobra.Command{
		Use:   "set KEY",
		Short: "Change the rules of a village",
		Long: "Change the rules of a village. Nothing but an emergency sounds outside the allowed\nhours: --allowed 05:00-11:30,13:30-21:00 for every day, --allowed always for no rule.\n" +
			"A running serve takes the change over at once.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("allowed") && !cmd.Flags().Changed("languages") {
				return usagef("say what to change: --allowed or --languages")
			}
			windows, err := parseHours(allowed)
			if err != nil {
				return err
			}
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				v, _, err := place(ctx, db, args[0])
				if err != nil {
					return err
				}
				if cmd.Flags().Changed("allowed") {
					v.Allowed = windows
				}
				if cmd.Flags().Changed("languages") {
					v.Languages = strings.Split(languages, ",")
				}
				if err := v.Validate(); err != nil {
					return usageError{err}
				}
				return db.SaveVillage(ctx, v)
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().StringVar(&allowed, "allowed", "always", "when sound is allowed, such as 05:00-21:00")
	cmd.Flags().StringVar(&languages, "languages", "", "languages in the order they air, such as vi,pcc")
	return cmd
}

func hours(windows []scheduler.Window) string {
	if len(windows) == 0 {
		return "always"
	}
	spans := make([]string, len(windows))
	for i, w := range windows {
		spans[i] = w.From.String() + "-" + w.To.String()
	}
	return strings.Join(spans, ",")
}

// parseHours reads "05:00-11:30,13:30-21:00"; "always" is no window.
func parseHours(s string) ([]scheduler.Window, error) {
	if s == "always" || s == "" {
		return nil, nil
	}
	var windows []scheduler.Window
	for span := range strings.SplitSeq(s, ",") {
		from, to, ok := strings.Cut(strings.TrimSpace(span), "-")
		begin, beginOK := parseTimeOfDay(from)
		end, endOK := parseTimeOfDay(to)
		if !ok || !beginOK || !endOK || begin >= end {
			return nil, usagef("--allowed %q: write spans such as 05:00-21:00, from earlier to later; 24:00 is the end of the day", span)
		}
		windows = append(windows, scheduler.Window{From: begin, To: end})
	}
	return windows, nil
}

func parseTimeOfDay(s string) (scheduler.TimeOfDay, bool) {
	hour, minute, ok := strings.Cut(s, ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	total := h*60 + m
	return scheduler.TimeOfDay(total), ok && err1 == nil && err2 == nil && h >= 0 && m >= 0 && m < 60 && total <= 24*60
}
