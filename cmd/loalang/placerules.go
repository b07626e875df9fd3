package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// maxRulesFile is the greatest size of a file of rules, in bytes.
const maxRulesFile = 1 << 20

func (p program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "The rules of a place: hours, quiet stretches, minutes, holidays, mourning",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.rulesShowCommand(), p.rulesSetCommand())
	return cmd
}

func (p program) rulesShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Print the rules of a village, in the form that rules set reads",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				v, _, err := place(ctx, db, args[0])
				if err != nil {
					return err
				}
				raw, err := scheduler.WriteRules(scheduler.FormOf(v.Allowed, v.Rules))
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(raw)
				return err
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

func (p program) rulesSetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set KEY FILE",
		Short: "Replace the rules of a village by those of a file, - for standard input",
		Long: "Replace the rules of a village, its allowed hours included, by those of a file as rules show prints it;\n" +
			"- is standard input. Nothing is changed when one of them is wrong. A running serve takes them over at once.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			form, err := readRulesFile(cmd.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			allowed, rules, err := form.Read()
			if err != nil {
				return faultyRules(err)
			}
			return p.withStore(cmd, func(ctx context.Context, _ settings, db *store.Store) error {
				v, _, err := place(ctx, db, args[0])
				if err != nil {
					return err
				}
				v.Allowed, v.Rules = allowed, rules
				if err := v.Validate(); err != nil {
					return faultyRules(err)
				}
				return db.SaveVillage(ctx, v)
			})
		},
	}
	addFlags(cmd.Flags(), "data")
	return cmd
}

// faultyRules words what is wrong with a file of rules, entry by entry.
func faultyRules(err error) error {
	var faults scheduler.Invalid
	if !errors.As(err, &faults) {
		return err
	}
	parts := make([]string, len(faults))
	for i, f := range faults {
		parts[i] = f.Field + ": " + web.FaultWords(f)
	}
	return usageError{errors.New(strings.Join(parts, "; "))}
}

// readRulesFile reads a file of rules, or standard input for "-".
func readRulesFile(in io.Reader, name string) (f scheduler.RulesForm, err error) {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return f, usagef("%v", err)
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxRulesFile))
	if err != nil {
		return f, err
	}
	if f, err = scheduler.ReadRules(raw); err != nil {
		return f, usagef("%s: %v; rules show prints the form", name, err)
	}
	return f, nil
}
