package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

func (p program) recordingsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recordings",
		Short: "The library of recordings",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.importCommand(), p.recordingsListCommand(), p.recordingsDeleteCommand(), p.recordingsTidyCommand())
	return cmd
}

func (p program) importCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Level sound files and put them into the library",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				if err := knownVillage(ctx, db, s.Village); err != nil {
					return usageError{err}
				}
				library, err := openLibrary(s, db, "", p.clock(s).Now, p.quietLog())
				if err != nil {
					return err
				}
				return importAll(ctx, importTo{library: library, village: s.Village, json: asJSON, out: cmd.OutOrStdout()}, args)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().Lookup("village").Usage = "key of the village"
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object for each file")
	return cmd
}

type importTo struct {
	library *recordings.Library
	village string
	json    bool
	out     io.Writer
}

// imported is what `recordings import --json` prints of one file.
type imported struct {
	File     string   `json:"file"`
	ID       string   `json:"id"`
	Duration float64  `json:"duration"` // seconds
	LUFS     float64  `json:"lufs"`
	TruePeak float64  `json:"true_peak"` // dBTP
	Warnings []string `json:"warnings"`
	Error    string   `json:"error,omitempty"`
}

// importAll goes on after a file that is refused, and fails at the end.
func importAll(ctx context.Context, to importTo, names []string) error {
	var failed []error
	for _, name := range names {
		rec, err := importFile(ctx, to, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		line := imported{File: name, ID: rec.ID, Duration: rec.Length.Seconds(), LUFS: rec.Loudness, TruePeak: rec.TruePeak, Warnings: rec.Warnings}
		if line.Warnings == nil {
			line.Warnings = []string{}
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
			line.Error = sentence(err)
		}
		if err := to.print(line); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

func (to importTo) print(line imported) error {
	if to.json {
		return json.NewEncoder(to.out).Encode(line)
	}
	if line.Error != "" {
		return nil // on standard error, at the end
	}
	length := time.Duration(line.Duration * float64(time.Second)).Round(10 * time.Millisecond)
	_, err := fmt.Fprintf(to.out, "%s  %s  %s  %.1f LUFS  %.1f dBTP", line.ID, line.File, length, line.LUFS, line.TruePeak)
	if err == nil && len(line.Warnings) > 0 {
		_, err = fmt.Fprint(to.out, "  warnings: ", strings.Join(line.Warnings, ", "))
	}
	if err == nil {
		_, err = fmt.Fprintln(to.out)
	}
	return err
}

func importFile(ctx context.Context, to importTo, name string) (recordings.Recording, error) {
	// Looked at before it is opened: opening a pipe would wait for a writer.
	if info, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return recordings.Recording{}, errors.New("there is no such file: look at its name")
	} else if err != nil {
		return recordings.Recording{}, reasonOf(err)
	} else if !info.Mode().IsRegular() {
		return recordings.Recording{}, errors.New("is not a file: name sound files")
	}
	f, err := os.Open(name)
	if err != nil {
		return recordings.Recording{}, reasonOf(err)
	}
	defer f.Close()
	return to.library.Import(ctx, f, recordings.About{
		Title: cmp.Or(scheduler.FileTitle(name), name), Kind: recordings.Take, Village: to.village, By: "command line",
	})
}

func (p program) confineCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "confine",
		Short:              "Run one program behind a lock (internal)",
		Hidden:             true,
		DisableFlagParsing: true,
		RunE:               func(_ *cobra.Command, args []string) error { return recordings.Confine(args) },
	}
}

// apartCommand asks a service that may make namespaces to lock a program in, and is what
// that service runs (packaging/systemd).
func (p program) apartCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "apart",
		Short:              "Have one program run behind a lock by a service (internal)",
		Hidden:             true,
		DisableFlagParsing: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "--inside" {
				return recordings.AnswerApart(os.Stdin)
			}
			code, err := recordings.AskApart(args)
			if err == nil && code != 0 {
				os.Exit(code) // it is the program's, which has said why
			}
			return err
		},
	}
}
