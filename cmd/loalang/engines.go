package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"loalang/speech"
)

// newEngine is espeak-ng with files in a folder; "" is that of the system for
// temporary files.
func newEngine(s settings, dir string) *speech.Espeak {
	return speech.NewEspeak(speech.EspeakConfig{Program: s.Espeak, TempDir: dir})
}

// newChoir is every engine of this board: those of loalang.toml in their order, then
// espeak-ng, which speaks when nobody else does.
func newChoir(s settings, now func() time.Time, log *slog.Logger) *speech.Choir {
	return speech.NewChoir(now, log, append(declaredEngines(s, "", log, "exec", "http", "wyoming"), newEngine(s, ""))...)
}

// newCrier speaks emergencies: espeak-ng, and only when that is missing or fails the
// commands of loalang.toml. No server is asked: nobody waits for a network then.
func newCrier(s settings, dir string, now func() time.Time, log *slog.Logger) *speech.Choir {
	quick := speech.NewEspeak(speech.EspeakConfig{Program: s.Espeak, TempDir: dir, Timeout: crierPatience})
	return speech.NewChoir(now, log, append([]speech.Engine{quick}, declaredEngines(s, dir, log, "exec")...)...)
}

// crierPatience is how long espeak-ng may take for the words of an emergency before
// another is asked: it takes a second for ten minutes of them.
const crierPatience = 20 * time.Second

func declaredEngines(s settings, dir string, log *slog.Logger, kinds ...string) (engines []speech.Engine) {
	for _, t := range s.Engines {
		for _, k := range kinds {
			if k != t.kind {
				continue
			}
			e, err := t.open(dir)
			if err != nil { // was opened when the settings were read
				log.Error("an engine is left out", "engine", t.name, "err", err)
				continue
			}
			engines = append(engines, e)
		}
	}
	return engines
}

func (p program) voicesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "voices",
		Short: "List the voices of this board, the preferred first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			voices, err := newChoir(s, time.Now, p.quietLog()).Voices(cmd.Context())
			if err != nil {
				return wordSpeech(cmd.Context(), newEngine(s, ""), speech.Request{}, err)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, v := range voices {
				if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", v.ID, v.Language, obeys(v), v.Name); err != nil {
					return err
				}
			}
			return w.Flush()
		},
	}
	addFlags(cmd.Flags(), "data", "espeak")
	return cmd
}

// obeys says which settings a voice takes.
func obeys(v speech.Voice) string {
	switch {
	case v.TakesRate && v.TakesPitch:
		return "rate, pitch"
	case v.TakesRate:
		return "rate"
	case v.TakesPitch:
		return "pitch"
	}
	return "-"
}

// examineVoices lets every voice that loalang.toml declares speak a few words.
func examineVoices(ctx context.Context, s settings, in tongue, log *slog.Logger) (findings []finding) {
	for _, t := range s.Engines {
		e, err := t.open("")
		if err != nil { // was opened when the settings were read
			findings = append(findings, finding{Name: in.say("engine", t.name), Found: sentence(err), Advice: in.say("engine-do")})
			continue
		}
		choir := speech.NewChoir(time.Now, log, e)
		for _, v := range t.voices {
			findings = append(findings, examineVoice(ctx, choir, v.Voice, in))
		}
	}
	return findings
}

func examineVoice(ctx context.Context, choir *speech.Choir, v speech.Voice, in tongue) finding {
	f := finding{Name: in.say("voice", v.ID), OK: true, Found: in.say("voice-speaks", v.Name)}
	start := time.Now()
	err := choir.Sound(ctx, v)
	took := time.Since(start).Round(10 * time.Millisecond)
	if err == nil {
		if name, err := choir.Name(ctx); err == nil {
			f.Found = in.say("voice-took", v.Name, name, took)
		}
		return f
	}
	f.OK, f.Found = false, in.say("voice-silent", v.Name, sentence(err))
	var fault speech.Fault
	switch errors.As(err, &fault); fault.Code {
	case speech.Absent:
		f.Advice = in.say("voice-absent-do")
	case speech.Unreachable, speech.Slow:
		f.Advice = in.say("voice-server-do")
	default:
		f.Advice = in.say("voice-do")
	}
	return f
}
