package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"loalang/scheduler"
	"loalang/speech"
	"loalang/store"
	"loalang/web"
)

func (p program) wordsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "words",
		Short: "The words that the village reads in its own way",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.wordsExportCommand(), p.wordsImportCommand())
	return cmd
}

func (p program) wordsExportCommand() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the village's words into a CSV file that import and the panel take in again",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
				words, err := db.Words(ctx, s.Village)
				if err != nil {
					return err
				}
				write := func(w io.Writer) error { return scheduler.WriteWords(w, words) }
				if output == "-" {
					return write(cmd.OutOrStdout())
				}
				return writeTo(ctx, output, write)
			})
		},
	}
	addFlags(cmd.Flags(), "data", "village")
	cmd.Flags().StringVarP(&output, "output", "o", "-", "file to write; - for standard output")
	return cmd
}

// addWordFlags adds what says by which words a text is read.
func addWordFlags(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "lexicon", "", "CSV file of words; empty: those of the village in the data folder, if there is one")
}

// lexicon is the words by which a command reads a text: those of a file, or the
// village's when the data folder holds one. What cannot be read of the folder is
// told and does not keep the command from its work.
func (p program) lexicon(cmd *cobra.Command, s settings, file, language string) (*speech.Lexicon, error) {
	words, err := p.words(cmd, s, file, language)
	if err != nil {
		return nil, err
	}
	var entries []speech.Entry
	for _, w := range words.Of(language) {
		entries = append(entries, speech.Entry{Written: w.Written, Spoken: w.Spoken})
	}
	return speech.NewLexicon(entries), nil
}

func (p program) words(cmd *cobra.Command, s settings, file, language string) (scheduler.Words, error) {
	if file != "" {
		return wordsOfFile(file, language)
	}
	if !folder(s.Data).inhabited() {
		return nil, nil
	}
	db, err := openBeside(cmd.Context(), s, p.clock(s).Now, p.quietLog())
	if err != nil {
		_, err = fmt.Fprintf(p.err, "loalang: the village's words cannot be read, the text is read without them: %v\n", err)
		return nil, err
	}
	defer db.Close()
	words, err := db.Words(cmd.Context(), s.Village)
	if err != nil {
		_, err = fmt.Fprintf(p.err, "loalang: the village's words cannot be read, the text is read without them: %v\n", err)
		return nil, err
	}
	return words, nil
}

// badLines is how many bad lines of a file are told.
const badLines = 10

// wordsOfFile reads a CSV file of words; every line must be good.
func wordsOfFile(name, language string) (scheduler.Words, error) {
	in, err := wordFile(name, language, scheduler.Words{}, func(scheduler.Word) scheduler.Invalid { return nil })
	if err == nil {
		err = badRows(name, in.Bad)
	}
	if err != nil {
		return nil, fmt.Errorf("--lexicon %w", err)
	}
	return in.Changes, nil
}

// wordFile is what a CSV file of words would change in a dictionary; unfit says what
// else keeps a word from being taken.
func wordFile(name, language string, known scheduler.Words, unfit func(scheduler.Word) scheduler.Invalid) (scheduler.WordImport, error) {
	var in scheduler.WordImport
	f, err := os.Open(name)
	if err != nil {
		return in, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, scheduler.MaxWordFile+1))
	if err != nil {
		return in, err
	}
	rows, err := scheduler.ReadWords(raw, language)
	for i := range rows {
		if len(rows[i].Faults) == 0 {
			rows[i].Faults = unfit(rows[i].Word)
		}
	}
	if err == nil {
		in, err = known.Import(rows)
	}
	var faults scheduler.Invalid
	if errors.As(err, &faults) {
		return in, fmt.Errorf("%s: %s", name, web.FaultWords(faults[0]))
	}
	if err != nil {
		return in, fmt.Errorf("%s: %w", name, err)
	}
	return in, nil
}

// badRows says which lines of a file cannot be taken; nil: there are none.
func badRows(name string, rows []scheduler.WordRow) error {
	if len(rows) == 0 {
		return nil
	}
	var bad []string
	for _, row := range rows[:min(len(rows), badLines)] {
		bad = append(bad, fmt.Sprintf("line %d: %s", row.Line, web.FaultWords(row.Faults[0])))
	}
	return fmt.Errorf("%s has lines that cannot be taken:\n  %s", name, strings.Join(bad, "\n  "))
}
