package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/people"
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
					if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s, %s\t%s\t%s\t%s\n", v.Key, v.Name, v.Commune, strings.Join(v.Languages, ","), hours(v.Allowed), v.MissingRule()); err != nil {
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

// villageRules are the flags of village set.
type villageRules struct {
	name, commune                      string
	allowed, languages, missing, board string
	public                             scheduler.Publicity
	pause                              time.Duration
	volume                             int
}

func (p program) villageSetCommand() *cobra.Command {
	var r villageRules
	cmd := &cobra.Command{
		Use:   "set KEY",
		Short: "Name a village, or change its rules",
		Long: "Change the rules of a village. Nothing but an emergency sounds outside the allowed hours:\n\n" +
			"  --allowed always                                  no rule\n" +
			"  --allowed 05:00-11:30,13:30-21:00                 every day, not at noon\n" +
			"  --allowed mon-fri=05:00-21:00,sun=06:00-20:00     not at all on Saturdays\n" +
			"  --allowed mon+wed=05:00-11:30+13:30-21:00         days and stretches joined by +\n\n" +
			"24:00 is the end of the day. A running serve takes the change over at once.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.setVillage(cmd, args[0], r) },
	}
	addFlags(cmd.Flags(), "data")
	cmd.Flags().StringVar(&r.name, "name", "", "what the village is called, such as \"Ún Tà\"")
	cmd.Flags().StringVar(&r.commune, "commune", "", "what its commune is called, such as \"Cốc San\"")
	cmd.Flags().StringVar(&r.allowed, "allowed", "always", "when sound is allowed, such as 05:00-21:00 or mon-fri=05:00-21:00,sun=06:00-20:00")
	cmd.Flags().StringVar(&r.missing, "missing", "fallback", "what becomes of a notice that lacks a language: fallback (Vietnamese stands for it), wait (for its next slot) or skip (the others air)")
	cmd.Flags().DurationVar(&r.pause, "pause", 0, "silence between two languages, at most 5s; 0: as between the other parts of a notice")
	cmd.Flags().IntVar(&r.volume, "volume", 0, "how loud the programme is in dB, -20 to 6; 0: as levelled. Emergencies and drills stay as loud as they are")
	cmd.Flags().StringVar(&r.board, "board", "", "whether the village has a public board: on or off")
	cmd.Flags().BoolVar(&r.public.Indexed, "board-indexed", false, "let search engines list the public board")
	cmd.Flags().StringVar(&r.public.Address, "board-address", "", "where people open the public board, as posters print it, such as http://loa.internal")
	cmd.Flags().StringVar(&r.languages, "languages", "", "languages in the order they air, such as vi,pcc")
	return cmd
}

// setVillage changes the rules of a village as far as the flags of cmd were given.
func (p program) setVillage(cmd *cobra.Command, key string, r villageRules) error {
	if !slices.ContainsFunc([]string{"name", "commune", "allowed", "languages", "missing", "pause", "board", "board-indexed", "board-address", "volume"}, cmd.Flags().Changed) {
		return usagef("say what to change: --name, --commune, --allowed, --languages, --missing, --pause, --volume or --board")
	}
	change, err := parseRules(cmd, r.allowed, r.languages)
	if err != nil {
		return err
	}
	return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
		v, _, err := place(ctx, db, key)
		if err != nil {
			return err
		}
		before := v.Tongues()
		change(&v)
		r.apply(cmd, &v)
		if err := v.Validate(); err != nil {
			return faultyFlags(err)
		}
		if err := db.SaveVillage(ctx, v); err != nil {
			return err
		}
		s.Village = v.Key
		return p.speakAdded(cmd, s, db, v.Added(before))
	})
}

// apply sets what was given besides hours and languages.
func (r villageRules) apply(cmd *cobra.Command, v *scheduler.Village) {
	for flag, set := range map[string]func(){
		"name":          func() { v.Name = people.CleanName(r.name) },
		"commune":       func() { v.Commune = people.CleanName(r.commune) },
		"missing":       func() { v.Missing = scheduler.MissingRule(r.missing) },
		"volume":        func() { v.Volume = r.volume },
		"pause":         func() { v.Pause = r.pause },
		"board":         func() { v.Publicity.Board = scheduler.BoardState(r.board) },
		"board-indexed": func() { v.Publicity.Indexed = r.public.Indexed },
		"board-address": func() { v.Publicity.Address = r.public.Address },
	} {
		if cmd.Flags().Changed(flag) {
			set()
		}
	}
}

// parseRules reads the flags that were given, and reports all faults at once.
func parseRules(cmd *cobra.Command, allowed, languages string) (change func(v *scheduler.Village), err error) {
	var windows []scheduler.Window
	var codes []string
	var faults []string
	if cmd.Flags().Changed("allowed") {
		if windows, err = parseHours(allowed); err != nil {
			faults = append(faults, err.Error())
		}
	}
	if cmd.Flags().Changed("languages") {
		if codes, err = parseLanguages(languages); err != nil {
			faults = append(faults, err.Error())
		}
	}
	if len(faults) > 0 {
		return nil, usagef("%s", strings.Join(faults, "; "))
	}
	return func(v *scheduler.Village) {
		if cmd.Flags().Changed("allowed") {
			v.Allowed = windows
		}
		if cmd.Flags().Changed("languages") {
			v.Languages = codes
		}
	}, nil
}

// parseLanguages reads "vi,pcc": languages that this program knows, each once.
func parseLanguages(s string) ([]string, error) {
	var codes []string
	for code := range strings.SplitSeq(s, ",") {
		code = strings.TrimSpace(code)
		if err := knownLanguage(code); err != nil {
			return nil, fmt.Errorf("--languages: %w", err)
		}
		if slices.Contains(codes, code) {
			return nil, fmt.Errorf("--languages: %q is there twice: name each language once", code)
		}
		codes = append(codes, code)
	}
	return codes, nil
}
