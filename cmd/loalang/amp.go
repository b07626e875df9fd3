package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/health"
)

// safeWithin bounds `amp safe-state`: the service is started again behind it alone.
const safeWithin = 2 * time.Second

func (p program) ampCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "amp", Short: "Try what switches the amplifier and the zones, and make it safe"}
	cmd.AddCommand(p.ampTestCommand(), p.safeStateCommand(), p.selfTestCommand())
	return cmd
}

func (p program) safeStateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "safe-state",
		Short: "Switch everything off",
		Long: "Switch the amplifier and every zone off and let go of them, all at once and within 2s: for ExecStopPost of\n" +
			"the service, where a kernel that keeps its pins would leave the amplifier on behind a program that was killed.\n" +
			"GPIO lines go off without a pulse. The device on amp-serial is told OFF for each zone\n" +
			"as often as amp-serial-repeat says, but quickly, and less often where many zones would not be told in time.\n" +
			"It is not asked whether it took it: the service begins again behind this, and tells and asks it anew.\n" +
			"Outputs of serial ports (rts:, dtr:) are left alone: the kernel dropped them\n" +
			"when the program ended, and opening the port would raise them for some milliseconds.\n" +
			"Where a setting is wrong, what is known for certain is switched off, and nothing that might be switched on by it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l := p.layers(cmd)
			s, wrong := l.settle()
			all := s.Amp.switches()
			if wrong != nil {
				all = l.known(s.Amp)
			}
			return errors.Join(wrong, safeState(s.Amp.safeRack(all), all, safeWithin))
		},
	}
	addFlags(cmd.Flags())
	return cmd
}

// safeState makes every line OFF, all at once: one that fails or hangs keeps none of the
// others from it. Outputs of serial ports are left out: opening one raises both. It
// returns after within at the latest, also when something does not answer.
func safeState(rack hardware.Rack, all []hardware.Switch, within time.Duration) error {
	type answer struct {
		sw  int
		err error
	}
	answers := make(chan answer, len(all))
	waiting := map[int]bool{}
	for i, sw := range all {
		if sw.Simulated || sw.Path != "" {
			continue
		}
		waiting[i] = true
		go func() {
			line, err := rack.Open(sw)
			if err == nil {
				err = line.Close() // which makes it OFF
			}
			answers <- answer{i, err}
		}()
	}
	faults := make([]error, len(all))
	over := time.After(within)
	for len(waiting) > 0 {
		select {
		case a := <-answers:
			delete(waiting, a.sw)
			faults[a.sw] = a.err
		case <-over:
			for i := range waiting {
				faults[i] = fmt.Errorf("it did not answer within %s", within)
			}
			clear(waiting)
		}
	}
	for i, err := range faults {
		if err != nil {
			faults[i] = fmt.Errorf("%s is not known to be off: %w", all[i], err)
		}
	}
	return errors.Join(faults...)
}

func (p program) selfTestCommand() *cobra.Command {
	var switchOn bool
	cmd := &cobra.Command{
		Use:   "self-test",
		Short: "Look whether pins go off when the program dies",
		Long:  "Look whether this kernel lets pins fall back to their pull when the program ends, and say what to do\nwhere it does not. With --switch-on each relay is on for some milliseconds, let go of, and looked at.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			findings := examineAmp(s, hardware.GPIO{}, "/sys")
			if switchOn {
				if err := s.Amp.rest(cmd.Context(), cmd.OutOrStdout()); err != nil {
					return err
				}
				findings = append(findings, tryRelease(s.Amp.switches(), hardware.GPIO{})...)
			}
			if len(findings) == 0 {
				return errors.New("nothing is switched on this board: set amp-chip and amp-line, or zones")
			}
			if err := printFindings(cmd.OutOrStdout(), levelled(findings, health.Fault), english, false); err != nil {
				return err
			}
			if slices.ContainsFunc(findings, func(f finding) bool { return !f.OK }) {
				return errors.New("something is not safe: see the advice above")
			}
			return nil
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&switchOn, "switch-on", false, "switch each relay on for some milliseconds and let go of it")
	return cmd
}

// tryRelease lets go of each GPIO line while it is on, as a program that dies does.
func tryRelease(all []hardware.Switch, gpio hardware.GPIO) []finding {
	var findings []finding
	for _, sw := range all {
		if sw.Chip == "" {
			continue
		}
		stays, err := gpio.TryRelease(sw.Chip, sw.Line, sw.ActiveLow)
		findings = append(findings, released(sw, stays, err))
	}
	return findings
}

// released is what a line that was let go of while it was on means.
func released(sw hardware.Switch, stays bool, err error) finding {
	f := finding{Name: "release of " + sw.String(), OK: true, Found: "it goes off"}
	switch {
	case err != nil:
		f.OK, f.Found, f.Advice = false, sentence(err), advices[hardware.TroubleOf(err)]
	case stays && sw.Pumped:
		f.Found = "its pin keeps its level, and the charge pump drops out without pulses"
	case stays:
		f.OK, f.Found = false, "it stays on"
		f.Advice = "Either the kernel keeps its level or the pull of the pin is the wrong way. " + english.say("pins-keep-do")
	}
	return f
}
