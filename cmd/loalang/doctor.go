package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"loalang/audio/speaker"
	"loalang/hardware"
	"loalang/recordings"
	"loalang/web"
)

// finding is one thing that doctor looked at.
type finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; empty when all is well
}

func (p program) doctorCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look at this machine and say what is missing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			findings := p.examine(cmd.Context(), s)
			if err := printFindings(cmd.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			for _, f := range findings {
				if !f.OK {
					return errors.New("something is missing: see the advice above")
				}
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
	for _, f := range findings {
		mark := "ok  "
		if !f.OK {
			mark = "FAIL"
		}
		line := fmt.Sprintf("%s %s: %s", mark, f.Name, f.Found)
		if f.Advice != "" {
			line += "\n       " + f.Advice
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// examine looks at everything that the main job needs.
func (p program) examine(ctx context.Context, s settings) []finding {
	findings := []finding{examineCards(s), examineEngine(ctx, s), examineSandbox(ctx), p.examineLines(ctx, s), examinePriority(), examineMemory(), examineBuffer(s), examineMonitor(ctx, s), p.examineClock(s), examineDisk(s), p.examineData(ctx, s)}
	findings = append(findings, examineVoices(ctx, s, p.quietLog())...)
	return append(findings, examineAmp(s, hardware.GPIO{}, "/sys")...)
}

func examineCards(s settings) finding {
	f := finding{Name: "sound card", OK: true}
	choice, err := speaker.ParseDevice(s.Device)
	if err != nil {
		return finding{Name: f.Name, Found: sentence(err), Advice: "Correct --device."}
	}
	if !choice.Audible() {
		f.Found = fmt.Sprintf("the device is %s: nothing will be heard", s.Device)
		return f
	}
	cards, err := speaker.ListCards("/")
	if err != nil {
		return finding{Name: f.Name, Found: err.Error(), Advice: "Look at what the kernel says of the card: dmesg."}
	}
	var names []string
	for _, c := range cards {
		name := strings.Join(c.Names(), " = ") + " (" + c.Long
		if c.HDMI {
			name += ", HDMI"
		}
		names = append(names, name+")")
	}
	there := "there are: " + strings.Join(names, ", ")
	if len(names) == 0 {
		there = "the kernel knows no card"
	}
	label, err := speaker.Look(choice)
	if err != nil {
		f.OK, f.Found = false, sentence(err)
		f.Advice = "Plug in a USB sound card, or choose one with --device; until then nothing is heard but listen-in on the panel. Now " + there + "."
		return f
	}
	f.Found = fmt.Sprintf("%s plays on %s; %s", s.Device, label, there)
	return f
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

func (p program) examineClock(s settings) finding {
	c := p.clock(s)
	state := c.State()
	f := finding{Name: "clock", OK: state.Trusted(), Found: fmt.Sprintf("%s, %s; %s", state.Trust, c.Now().Format(time.RFC3339), web.ClockWords(state, c.Now()))}
	if !f.OK {
		f.Advice = "Nothing scheduled plays until the time is confirmed on the panel. Fit an RTC, connect to a time server, or set clock-trust = \"system\" if you vouch for this clock."
	}
	return f
}

func examineDisk(s settings) finding {
	dir := s.Data
	if _, err := os.Stat(dir); err != nil {
		dir = "."
	}
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return finding{Name: "disk", Found: err.Error(), Advice: "Check that the data folder can be read."}
	}
	free := int64(st.Bavail) * st.Bsize
	f := finding{Name: "disk", OK: free > 500<<20, Found: fmt.Sprintf("%d MB free", free>>20)}
	if !f.OK {
		f.Advice = "Free some space: below 200 MB new recordings are refused."
	}
	return f
}

func (p program) examineData(ctx context.Context, s settings) finding {
	f := finding{Name: "data", OK: true, Found: "no data yet: `loalang serve` creates them"}
	if !folder(s.Data).inhabited() {
		return f
	}
	db, err := openStore(ctx, s, p.quietLog())
	if err != nil {
		return finding{Name: f.Name, Found: sentence(err), Advice: "Keep the folder as it is and ask for help, or restore a backup."}
	}
	defer db.Close()
	if err := db.Integrity(ctx); err != nil {
		return finding{Name: f.Name, Found: sentence(err), Advice: "Keep the folder as it is and restore a backup into a new one."}
	}
	f.Found = "the database is whole"
	return f
}
