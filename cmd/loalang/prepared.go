package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// maxPreparedFile is the greatest size of a file of a prepared message, in bytes.
const maxPreparedFile = 1 << 20

func (p program) preparedCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "prepared",
		Short: "The messages that a village prepares for emergencies: list, show, put, remove",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.preparedListCommand(), p.preparedShowCommand(), p.preparedPutCommand(), p.preparedRemoveCommand())
	return cmd
}

// withPrepared makes a command work on prepared messages.
func (p program) withPrepared(cmd *cobra.Command, do func(ctx context.Context, d web.Desk, args []string) error) {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
			d, err := p.desk(ctx, s, db)
			if err != nil {
				return err
			}
			var refused web.Refusal
			if err := do(ctx, d, args); errors.As(err, &refused) {
				return usageError{err}
			} else if err != nil {
				return err
			}
			return nil
		})
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
}

func (p program) preparedListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "list", Short: "Print the prepared messages: code, siren, repetitions, zones, languages of their own, name", Args: cobra.NoArgs}
	p.withPrepared(cmd, func(ctx context.Context, d web.Desk, _ []string) error {
		all, err := d.Prepared(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			forms := []preparedRow{}
			for _, t := range all {
				forms = append(forms, preparedRow{t.Code(), web.PreparedFormOf(t)})
			}
			return writeJSON(cmd.OutOrStdout(), forms)
		}
		for _, t := range all {
			if _, err := fmt.Fprintln(cmd.OutOrStdout(), preparedLine(t)); err != nil {
				return err
			}
		}
		return nil
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API does")
	return cmd
}

// preparedRow is a message with its code.
type preparedRow struct {
	Code string `json:"code"`
	web.PreparedForm
}

func preparedLine(t scheduler.Template) string {
	siren, repeat, zones, own := "siren", "until it ends", "all", []string{}
	if t.Prepared.NoSiren {
		siren = "no siren"
	}
	if t.Prepared.Repeat > 0 {
		repeat = fmt.Sprintf("%d times", t.Prepared.Repeat)
	}
	if len(t.Prepared.Zones) > 0 {
		zones = strings.Join(t.Prepared.Zones, ",")
	}
	for _, m := range t.Prepared.Messages {
		what := "text"
		if m.Recording != "" {
			what = "recording"
		}
		own = append(own, m.Language+"="+what)
	}
	if len(own) == 0 {
		own = []string{"-"}
	}
	return strings.Join([]string{t.Code(), siren, repeat, zones, strings.Join(own, ","), t.Name}, "\t")
}

func (p program) preparedShowCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "show CODE", Short: "Print a prepared message whole, in the form that prepared put reads", Args: cobra.ExactArgs(1)}
	p.withPrepared(cmd, func(ctx context.Context, d web.Desk, args []string) error {
		all, err := d.Prepared(ctx)
		if err != nil {
			return err
		}
		t, known := all.Find(args[0])
		if !known {
			return usagef("no prepared message has the code %q: `loalang prepared list` prints them", args[0])
		}
		return writeJSON(cmd.OutOrStdout(), web.PreparedFormOf(t))
	})
	return cmd
}

func (p program) preparedPutCommand() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use:   "put FILE",
		Short: "Add a prepared message from a file as prepared show prints it, or change the one of --code",
		Long:  "Add a prepared message from a file as prepared show prints it, or change the one of --code; - is standard input.\nA file that was printed before somebody else changed the message is refused. A running serve takes it over within ten\nseconds.",
		Args:  cobra.ExactArgs(1),
	}
	p.withPrepared(cmd, func(ctx context.Context, d web.Desk, args []string) error {
		var f web.PreparedForm
		if err := readPrepared(cmd.InOrStdin(), args[0], &f); err != nil {
			return err
		}
		if code == "" {
			f.Revision = 0
		}
		put, err := d.PutPrepared(ctx, code, f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "saved\t%s\n", put)
		return err
	})
	cmd.Flags().StringVar(&code, "code", "", "code of the message that is changed; empty: a new one")
	return cmd
}

func (p program) preparedRemoveCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "remove CODE", Short: "Remove a prepared message; the history of the panel brings it back", Args: cobra.ExactArgs(1)}
	p.withPrepared(cmd, func(ctx context.Context, d web.Desk, args []string) error {
		if err := d.RemovePrepared(ctx, args[0]); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "removed\t%s\n", args[0])
		return err
	})
	return cmd
}

// readPrepared reads a message from a file, or standard input for "-"; a name that is
// none of a message's is a fault.
func readPrepared(in io.Reader, name string, into *web.PreparedForm) error {
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return usagef("%v", err)
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxPreparedFile))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return usagef("%s is no prepared message: %v; prepared show prints the form", name, err)
	}
	return nil
}
