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

// verdict is the end of a doctor that found something.
type verdict struct{ code int }

func (v verdict) Error() string {
	if v.code == exitFaults {
		return "something is broken: see the advice above"
	}
	return "something should be seen to: see the advice above"
}

func (p program) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at this machine and say what is missing",
		Long: "Look at this machine, at the data and at a running serve, and say of everything that is not well what to do.\n" +
			"What the health page of the panel says is judged by the same rules; a running serve is asked, else this\n" +
			"command measures by itself. Exit codes: 0 all is well, 1 something should be seen to, 2 something is broken.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return usageError{err} // 1 would say that the board goes on
			}
			findings := p.examine(cmd.Context(), s)
			if err := printFindings(cmd.OutOrStdout(), findings, asJSON); err != nil {
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
				return verdict{exitFaults}
			case health.Warning:
				return verdict{exitWarnings}
			}
			return nil
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

func printFindings(out io.Writer, findings []finding, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(findings)
	}
	marks := map[health.Level]string{health.Good: "ok  ", health.Warning: "WARN", health.Fault: "FAIL", health.Unmeasured: "?   "}
	for _, f := range findings {
		line := fmt.Sprintf("%s %s: %s", marks[f.Level], f.Name, f.Found)
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
func (p program) examine(ctx context.Context, s settings) []finding {
	findings := p.boardFindings(ctx, s)
	installed := []finding{examineEngine(ctx, s), examineSandbox(ctx), p.examineLines(ctx, s), examinePriority(), examineMemory(), examineBuffer(s)}
	installed = append(installed, examineVoices(ctx, s, p.quietLog())...)
	installed = append(installed, examineRelease(s, "/sys", gpioChips(hardware.GPIO{}))...)
	installed = append(installed, examineSettings(s, hardware.GPIO{}.Where)...)
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
func knownCards() string {
	cards, err := speaker.ListCards("/")
	if err != nil {
		return "the cards cannot be listed: " + sentence(err)
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
		return "the kernel knows no card"
	}
	return "there are: " + strings.Join(names, ", ")
}

func examineEngine(ctx context.Context, s settings) finding {
	name, err := newEngine(s, "").Name(ctx)
	if err != nil {
		return finding{Name: "speech", Found: sentence(err), Advice: "Install it: apt-get install espeak-ng. Without it notices must be recorded."}
	}
	return finding{Name: "speech", OK: true, Found: name}
}

func examineSandbox(ctx context.Context) finding {
	lock, err := recordings.NewSandbox(recordings.SandboxConfig{}).Probe(ctx)
	if err != nil {
		return finding{Name: "import", Found: sentence(err), Advice: "Install them: apt-get install ffmpeg bubblewrap. Without them no sound can be taken in."}
	}
	return finding{Name: "import", OK: true, Found: fmt.Sprintf("ffmpeg, locked in by %s", lock)}
}

func examinePriority() finding {
	f := finding{Name: "real-time priority", OK: true, Found: "allowed"}
	if err := speaker.TryRealTime(); err != nil {
		f.OK, f.Found = false, "refused to this user: "+sentence(err)
		f.Advice = "Give it LimitRTPRIO=20 in the service, CAP_SYS_NICE, or the line \"USER - rtprio 20\" in /etc/security/limits.d. Without it starts may be 30 ms late, and emergencies begin 60 to 90 ms after they are raised."
	}
	return f
}

func examineMemory() finding {
	f := finding{Name: "locked memory", OK: true, Found: "allowed"}
	if !speaker.MayLockMemory() {
		f.OK, f.Found = false, "limited for this user"
		f.Advice = "Give it LimitMEMLOCK=infinity in the service, CAP_IPC_LOCK, or the line \"USER - memlock unlimited\" in /etc/security/limits.d. Without it sound may break off while memory is short."
	}
	return f
}
