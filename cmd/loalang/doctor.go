package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"loalang/audio/speaker"
	"loalang/hardware"
	"loalang/health"
	"loalang/recordings"
	"loalang/web"
)

// Exit codes of doctor; 2 is that of wrong usage as well, which prints no findings.
const (
	exitWarnings = 1
	exitFaults   = 2
)

// finding is one thing that doctor looked at.
type finding struct {
	Name   string       `json:"name"`
	OK     bool         `json:"ok"`
	Level  health.Level `json:"level"`          // good, warning, fault, unmeasured
	Code   health.Code  `json:"code,omitempty"` // of what the health page says too
	Found  string       `json:"found"`
	Advice string       `json:"advice,omitempty"` // what to do; empty when all is well
}

// tongue is a language of the panel in which doctor speaks.
type tongue string

// english is what programs read, and what commands speak that have no other.
const english tongue = "en"

// say is the words of a code, without "doctor.", with args in their places.
func (l tongue) say(code string, args ...any) string {
	return web.DoctorWords(string(l), code, args...)
}

// verdict is the end of a doctor that found something.
type verdict struct {
	code int
	in   tongue
}

func (v verdict) Error() string {
	if v.code == exitFaults {
		return v.in.say("verdict.fault")
	}
	return v.in.say("verdict.warning")
}

func (p program) doctorCommand() *cobra.Command {
	var asJSON bool
	var lang string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at this machine and say what is missing",
		Long: "Look at this machine, at the data and at a running serve, and say of everything that is not well what to do.\n" +
			"What the health page of the panel says is judged by the same rules; a running serve is asked, else this\n" +
			"command measures by itself. What another program answered stays in its words. Exit codes: 0 all is well,\n" +
			"1 something should be seen to, 2 something is broken.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return usageError{err} // 1 would say that the board goes on
			}
			if err := knownLang(lang); err != nil {
				return err
			}
			in := tongue(lang)
			if asJSON && !cmd.Flags().Changed("lang") {
				in = english // programs know the names of what is looked at by it
			}
			findings := p.examine(cmd.Context(), s, in)
			if err := printFindings(cmd.OutOrStdout(), findings, in, asJSON); err != nil {
				return err
			}
			worst := health.Good
			for _, f := range findings {
				if f.Level.Rank() > worst.Rank() {
					worst = f.Level
				}
			}
			switch worst {
			case health.Fault:
				return verdict{exitFaults, in}
			case health.Warning:
				return verdict{exitWarnings, in}
			}
			return nil
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().StringVar(&lang, "lang", "vi", "language of what is said: vi or en; of --json en unless it is given")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

func printFindings(out io.Writer, findings []finding, in tongue, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(findings)
	}
	for _, f := range findings {
		line := fmt.Sprintf("%s %s: %s", in.say("mark."+string(f.Level)), f.Name, f.Found)
		if f.Advice != "" {
			line += "\n       " + f.Advice
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// examine looks at everything that the main job needs: first how the board is, as the
// health page has it, then what is installed.
func (p program) examine(ctx context.Context, s settings, in tongue) []finding {
	findings := p.boardFindings(ctx, s, in)
	installed := []finding{examineEngine(ctx, s, in), examineSandbox(ctx, in), p.examineLines(ctx, s, in), examinePriority(in), examineMemory(in), examineBuffer(s, in)}
	installed = append(installed, examineVoices(ctx, s, in, p.quietLog())...)
	installed = append(installed, examineRelease(s, "/sys", gpioChips(hardware.GPIO{}), in)...)
	installed = append(installed, examineSettings(s, hardware.GPIO{}.Where, in)...)
	installed = append(installed, examineStray(boardSettings, in)...)
	installed = append(installed, examineFleeting(boardSettings, readOnlyRoot, in)...)
	installed = append(installed, examineVersion(refusedVersion, in)...)
	return append(findings, levelled(installed, health.Warning)...) // what is there goes on
}

// levelled gives findings the level of those that are not well.
func levelled(findings []finding, bad health.Level) []finding {
	for i := range findings {
		if findings[i].Level = health.Good; !findings[i].OK {
			findings[i].Level = bad
		}
	}
	return findings
}

// knownCards are the names of every card, for a person who chooses one.
func knownCards(in tongue) string {
	cards, err := speaker.ListCards("/")
	if err != nil {
		return in.say("cards-unread", sentence(err))
	}
	var names []string
	for _, c := range cards {
		name := strings.Join(c.Names(), " = ") + " (" + c.Long
		if c.HDMI {
			name += ", HDMI"
		}
		names = append(names, name+")")
	}
	if len(names) == 0 {
		return in.say("cards-none")
	}
	return in.say("cards", strings.Join(names, ", "))
}

func examineEngine(ctx context.Context, s settings, in tongue) finding {
	name, err := newEngine(s, "").Name(ctx)
	if err != nil {
		return finding{Name: in.say("speech"), Found: sentence(err), Advice: in.say("speech-do")}
	}
	return finding{Name: in.say("speech"), OK: true, Found: name}
}

func examineSandbox(ctx context.Context, in tongue) finding {
	lock, err := recordings.NewSandbox(recordings.SandboxConfig{}).Probe(ctx)
	if err != nil {
		return finding{Name: in.say("import"), Found: sentence(err), Advice: in.say("import-do")}
	}
	return finding{Name: in.say("import"), OK: true, Found: in.say("import-good", lock)}
}

func examinePriority(in tongue) finding {
	f := finding{Name: in.say("priority"), OK: true, Found: in.say("allowed")}
	if err := speaker.TryRealTime(); err != nil {
		f.OK, f.Found = false, in.say("priority-refused", sentence(err))
		f.Advice = in.say("priority-do")
	}
	return f
}

func examineMemory(in tongue) finding {
	f := finding{Name: in.say("memory"), OK: true, Found: in.say("allowed")}
	if !speaker.MayLockMemory() {
		f.OK, f.Found = false, in.say("memory-limited")
		f.Advice = in.say("memory-do")
	}
	return f
}
