package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/speech"
)

// lineLength bounds one line of `speech normalize`, in bytes.
const lineLength = 1 << 20

func (p program) speechCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "speech",
		Short: "Look at how text is read aloud",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.normalizeCommand(), p.voicesCommand())
	return cmd
}

func (p program) normalizeCommand() *cobra.Command {
	var language, file string
	cmd := &cobra.Command{
		Use:   "normalize",
		Short: "Turn written text into the words a voice reads, one line each",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := knownLanguage(language); err != nil {
				return err
			}
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			words, err := p.lexicon(cmd, s, file, language)
			if err != nil {
				return err
			}
			return normalizeLines(cmd.InOrStdin(), cmd.OutOrStdout(), func(line string) string {
				return speech.Normalize(language, line, words).Text
			})
		},
	}
	cmd.Flags().StringVar(&language, "lang", "vi", "language of the text, ISO 639")
	addWordFlags(cmd, &file)
	addFlags(cmd.Flags(), "data", "village")
	return cmd
}

func knownLanguage(code string) error {
	codes := languageCodes()
	if slices.Contains(codes, code) {
		return nil
	}
	return usagef("the language %q is not known: use one of %s", code, strings.Join(codes, ", "))
}

func normalizeLines(in io.Reader, out io.Writer, read func(line string) string) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), lineLength)
	w := bufio.NewWriter(out)
	for lines.Scan() {
		spoken := strings.Join(strings.Fields(read(lines.Text())), " ")
		if _, err := fmt.Fprintln(w, spoken); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return errors.New("a line is longer than 1 MB: break the text into shorter lines")
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return w.Flush()
}

func (p program) sayCommand() *cobra.Command {
	var language, voice, output, file string
	cmd := &cobra.Command{
		Use:   "say [flags] TEXT",
		Short: "Speak a text into a WAV file",
		Long: "Speak a text as a village notice would be read, without the levelling of the library.\n" +
			"A TEXT that begins with a hyphen goes behind a double hyphen: say -- -2 độ.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := knownLanguage(language); err != nil {
				return err
			}
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			words, err := p.lexicon(cmd, s, file, language)
			if err != nil {
				return err
			}
			spoken := speech.Normalize(language, strings.Join(args, " "), words)
			request := speech.Request{Text: spoken.Text, Voice: voice, Language: language}
			return speakTo(cmd, newChoir(s, time.Now, p.quietLog()), request, output)
		},
	}
	cmd.Flags().StringVar(&language, "lang", "vi", "language of the text, ISO 639")
	cmd.Flags().StringVar(&voice, "voice", "", "voice, such as espeak:vi, of those that speech voices lists; empty: the first of the language that speaks")
	cmd.Flags().StringVarP(&output, "output", "o", "say.wav", "file to write; - for standard output")
	addWordFlags(cmd, &file)
	addFlags(cmd.Flags(), "data", "village", "espeak")
	return cmd
}

// speakTo writes the sound to the file of that name; "-" is standard output.
func speakTo(cmd *cobra.Command, engine speech.Engine, r speech.Request, name string) error {
	speak := func(w io.Writer) error {
		return wordSpeech(cmd.Context(), engine, r, engine.Synthesize(cmd.Context(), r, w))
	}
	if name == "-" {
		return speak(cmd.OutOrStdout())
	}
	return writeTo(cmd.Context(), name, speak)
}

// wordSpeech says what to do about the usual faults.
func wordSpeech(ctx context.Context, engine speech.Engine, r speech.Request, err error) error {
	var fault speech.Fault
	switch {
	case errors.As(err, &fault):
		return fmt.Errorf("%s: choose another voice with --voice, or see what `sudo loalang-board doctor` says", strings.ReplaceAll(err.Error(), "\n", "; "))
	case errors.Is(err, speech.ErrNoEngine):
		return fmt.Errorf("%w: apt-get install espeak-ng, or name the program with --espeak", err)
	case errors.Is(err, speech.ErrNoWords):
		return errors.New("the text holds nothing to speak: write at least one word or number")
	case errors.Is(err, speech.ErrTooLong):
		return errors.New("the text is too long to be spoken in one piece: break it into several notices")
	case errors.Is(err, speech.ErrNoVoice):
		return noVoice(ctx, engine, r, err)
	}
	return err
}

// noVoice tells a voice that is not there from a language that has none.
func noVoice(ctx context.Context, engine speech.Engine, r speech.Request, err error) error {
	voices, listErr := engine.Voices(ctx)
	if listErr != nil {
		return listErr
	}
	var names []string
	for _, v := range voices {
		if v.Language == r.Language {
			names = append(names, v.ID)
		}
	}
	if r.Voice == "" || len(names) == 0 {
		return fmt.Errorf("no installed voice speaks this language: record it instead (%w)", err)
	}
	return usagef("no voice of %s is called %q: use one of %s", r.Language, r.Voice, strings.Join(names, ", "))
}
