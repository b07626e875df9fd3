package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/health"
)

// ampTestLongest bounds how long `amp test` switches something on.
const ampTestLongest = time.Minute

func (p program) ampCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "amp", Short: "Try what switches the amplifier and the zones, and make it safe"}
	cmd.AddCommand(p.ampTestCommand(), p.safeStateCommand(), p.selfTestCommand())
	return cmd
}

func (p program) ampTestCommand() *cobra.Command {
	var zones []string
	var span time.Duration
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Switch the amplifier, or zones, on for a moment",
		Long:  "Switch the amplifier and every zone, or those named with --zone, on for a moment,\none behind the other, and say how each answered. A running serve holds the lines: end it first.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			if span < 0 || span > ampTestLongest {
				return usagef("--for %s: use a span from 0s to %s", span, ampTestLongest)
			}
			todo, err := s.Amp.named(zones)
			if err != nil {
				return err
			}
			return tryAmp(cmd.Context(), cmd.OutOrStdout(), s, todo, span)
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().StringArrayVar(&zones, "zone", nil, "a zone to try; may be given several times")
	cmd.Flags().DurationVar(&span, "for", 2*time.Second, "how long each is on, 0s to 1m")
	return cmd
}

// named are the switches to try: the amplifier and the zones, or the zones asked for.
func (a *ampSettings) named(zones []string) ([]hardware.ZoneSwitch, error) {
	var todo []hardware.ZoneSwitch
	if a.Main != nil && len(zones) == 0 {
		todo = append(todo, hardware.ZoneSwitch{Name: "amplifier", Switch: *a.Main})
	}
	for _, z := range a.Zones {
		if len(zones) == 0 || slices.Contains(zones, z.Name) {
			todo = append(todo, z)
		}
	}
	for _, name := range zones {
		if !slices.Contains(a.zoneNames(), name) {
			return nil, usagef("there is no zone %q: the board has %q", name, a.zoneNames())
		}
	}
	if len(todo) == 0 {
		return nil, errors.New("nothing is switched on this board: set amp-chip and amp-line, or zones")
	}
	return todo, nil
}

// tryAmp switches each on and off; what powers all stays on under the zones.
func tryAmp(ctx context.Context, out io.Writer, s settings, todo []hardware.ZoneSwitch, span time.Duration) error {
	rack := s.Amp.rack()
	failed := 0
	for _, z := range todo {
		err := tryOne(ctx, rack, z.Switch, span)
		said := "ok   " + z.Name + ": " + z.String() + " was on for " + span.String()
		if err != nil {
			failed++
			said = "FAIL " + z.Name + ": " + sentence(err) + "\n       " + advices[hardware.TroubleOf(err)]
		}
		if _, err := fmt.Fprintln(out, said); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d did not answer: see the advice above", failed, len(todo))
	}
	return nil
}

// tryOne switches one on and off, whatever happens in between.
func tryOne(ctx context.Context, rack hardware.Rack, sw hardware.Switch, span time.Duration) (err error) {
	line, err := rack.Open(sw)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, line.Close()) }()
	if err := line.Set(true); err != nil {
		return err
	}
	select {
	case <-time.After(span):
	case <-ctx.Done():
	}
	if c, tells := line.(interface{ Check() error }); tells {
		return c.Check()
	}
	return nil
}

func (p program) safeStateCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "safe-state",
		Short: "Switch everything off, without a pulse",
		Long:  "Switch the amplifier and every zone off and let go of them: for ExecStopPost of the service,\nwhere a kernel that keeps its pins would leave the amplifier on behind a program that was killed.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			return safeState(s.Amp.rack(), s.Amp.switches())
		},
	}
	addFlags(cmd.Flags())
	return cmd
}

// safeState makes every line OFF; one that fails keeps none of the others from it.
func safeState(rack hardware.Rack, all []hardware.Switch) error {
	var faults []error
	for _, sw := range all {
		if sw.Simulated {
			continue
		}
		line, err := rack.Open(sw)
		if err == nil {
			err = line.Close() // which makes it OFF
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s is not known to be off: %w", sw, err))
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
				findings = append(findings, tryRelease(s.Amp.switches(), hardware.GPIO{})...)
			}
			if len(findings) == 0 {
				return errors.New("nothing is switched on this board: set amp-chip and amp-line, or zones")
			}
			if err := printFindings(cmd.OutOrStdout(), levelled(findings, health.Fault), false); err != nil {
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
		f := finding{Name: "release of " + sw.String(), OK: true, Found: "it goes off"}
		switch stays, err := gpio.TryRelease(sw.Chip, sw.Line, sw.ActiveLow); {
		case err != nil:
			f.OK, f.Found, f.Advice = false, sentence(err), advices[hardware.TroubleOf(err)]
		case stays:
			f.OK, f.Found = false, "it stays on"
			f.Advice = "Either the kernel keeps its level or the pull of the pin is the wrong way. " + keptAdvice
		}
		findings = append(findings, f)
	}
	return findings
}
