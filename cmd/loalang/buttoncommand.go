package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/hardware"
	"loalang/health"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

func (p program) buttonCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "button", Short: "The panic button: try it, and set what it does", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(p.buttonTestCommand(), p.buttonShowCommand(), p.buttonSetCommand())
	return cmd
}

func (p program) buttonTestCommand() *cobra.Command {
	var span time.Duration
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Tell of each press of the panic button; nothing is raised",
		Long:  "Read the panic button for a while and tell of what is pressed: each edge that is left of its bounces, and each press\nthat would count. Nothing is raised. A running serve holds the line: end it first.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			if span <= 0 || span > time.Hour {
				return usagef("--for %s: use a span up to 1h", span)
			}
			if !s.Button.fitted() {
				return errors.New("no button is wired: set button, such as --button \"gpiochip0:26 low\"")
			}
			return p.tryButton(cmd.Context(), cmd.OutOrStdout(), s.Button, span)
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().DurationVar(&span, "for", 30*time.Second, "how long it is read, up to 1h")
	return cmd
}

// tryButton tells of presses for a while; it is an error when none counted.
func (p program) tryButton(ctx context.Context, out io.Writer, s buttonSettings, span time.Duration) error {
	line, err := s.open()
	if err != nil {
		return fmt.Errorf("%w: %s", err, buttonAdvices[hardware.TroubleOf(err)])
	}
	down, err := line.Get()
	if err != nil {
		return errors.Join(err, line.Close())
	}
	if _, err := fmt.Fprintf(out, "%s is %s; press it\n", s.place(), map[bool]string{true: "held: let go of it first, or turn its sense with low", false: "not held"}[down]); err != nil {
		return errors.Join(err, line.Close())
	}
	ctx, stop := context.WithTimeout(ctx, span)
	defer stop()
	counted := 0
	told := make(chan hardware.Press, 16)
	b := hardware.NewButton(hardware.ButtonConfig{
		Open: func() (hardware.Contact, error) { return line, nil },
		Hold: s.Hold, Long: s.Long, Mono: monotonic, Now: time.Now, Log: p.quietLog(),
		Pressed: func(p hardware.Press) { told <- p },
	})
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	for {
		select {
		case err := <-ended:
			if err == nil && counted == 0 {
				err = errors.New("nothing was pressed that counts: press it for longer than --button-hold, and look at the wiring (docs/BUTTON.md)")
			}
			return err
		case press := <-told:
			counted++
			said := fmt.Sprintf("press %d counts, %v after it went down", press.Number, (monotonic() - press.At).Round(time.Millisecond))
			if press.Long {
				said = fmt.Sprintf("press %d was held for %v: a second press would end what the first raised", press.Number, s.Long)
			}
			if _, err := fmt.Fprintln(out, said); err != nil {
				stop()
				return errors.Join(err, <-ended)
			}
		}
	}
}

// buttonAdvices are what to do about a button that cannot be read.
var buttonAdvices = map[hardware.Trouble]string{
	hardware.TroubleBusy:   "a running serve holds it, or another program: end it",
	hardware.TroubleAbsent: "correct its name in the settings (gpioinfo lists lines)",
	hardware.TroubleDenied: "add the user that runs this to the group that owns it: sudo usermod -aG gpio loalang",
	hardware.TroubleMute:   "look at its wiring, and that the kernel is 5.10 or newer",
}

// choices of the data folder, for commands beside a serve.
func (p program) choices(s settings) *choices {
	return openChoices(folder(s.Data).choices(), p.clock(s).Now, p.quietLog())
}

func (p program) buttonShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print what the panic button does",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			return printButton(cmd.OutOrStdout(), s.Button, p.choices(s).all().Button)
		},
	}
	addFlags(cmd.Flags())
	return cmd
}

func printButton(out io.Writer, s buttonSettings, c buttonChoice) error {
	where, zones, life := "none (--button)", "all, or those of the message", scheduler.DefaultEmergencyLife
	if s.fitted() {
		where = s.place()
	}
	if len(c.Zones) > 0 {
		zones = strings.Join(c.Zones, ", ")
	}
	if c.Seconds > 0 {
		life = time.Duration(c.Seconds) * time.Second
	}
	_, err := fmt.Fprintf(out, "wired\t%s\ndeed\t%s\nmessage\t%s\nzones\t%s\nlife\t%s\nsecond\t%s\n", where, c.Deed, c.Message, zones, life, c.Second)
	return err
}

func (p program) buttonSetCommand() *cobra.Command {
	var deed, message, second string
	var zones []string
	var life time.Duration
	cmd := &cobra.Command{
		Use:   "set",
		Short: "Say what the panic button does",
		Long:  "Say what a press does: --deed message, with the code of a prepared message (loalang prepared list), siren, or nothing;\nin which --zone, for how long, and what a long second press does: stop, all-clear or nothing. What is left out stays.\nA running serve follows within two seconds.",
		Args:  cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return p.withStore(cmd, func(ctx context.Context, s settings, db *store.Store) error {
			c := p.choices(s)
			a := c.all().Button.action()
			before := a
			flags := cmd.Flags()
			if flags.Changed("message") {
				a.Message, a.Deed = message, playout.ButtonMessage
			}
			if flags.Changed("deed") {
				a.Deed = playout.ButtonDeed(deed)
			}
			if flags.Changed("second") {
				a.Second = playout.ButtonSecond(second)
			}
			if flags.Changed("zone") {
				a.Zones = zones
			}
			if flags.Changed("life") {
				a.Life = life
			}
			all, err := db.Templates(ctx, s.Village)
			if err != nil {
				return err
			}
			if len(a.Zones) == 1 && a.Zones[0] == "" {
				a.Zones = nil
			}
			a, err = a.Checked(append([]string{}, s.Amp.zoneNames()...), append(scheduler.Templates{}, all.Of(scheduler.ClassEmergency)...))
			if err != nil {
				return faultyRules(err)
			}
			if err := c.chooseAction(a, p.user().Name); err != nil {
				return err
			}
			noteAction(ctx, cmd.ErrOrStderr(), db, web.ButtonChange(s.Village, before, a, all))
			return printButton(cmd.OutOrStdout(), s.Button, c.all().Button)
		})
	}
	addFlags(cmd.Flags())
	cmd.Flags().StringVar(&deed, "deed", "", "message, siren or nothing")
	cmd.Flags().StringVar(&message, "message", "", "code of the prepared message")
	cmd.Flags().StringArrayVar(&zones, "zone", nil, "loudspeakers; may be given several times; \"\": all, or those of the message")
	cmd.Flags().DurationVar(&life, "life", 0, "how long it sounds unless it is stopped, 1m to 24h; 0s: 15m")
	cmd.Flags().StringVar(&second, "second", "", "what a long second press does: stop, all-clear or nothing")
	return cmd
}

// noteAction tells the history what the button does now. It does so though the history
// does not take it: out says so.
func noteAction(ctx context.Context, out io.Writer, db *store.Store, c people.Change) {
	if len(c.Fields) == 0 {
		return
	}
	if err := db.Note(ctx, c); err != nil {
		_, _ = fmt.Fprintf(out, "what the button does was changed, and that is not in the history: %v\n", err) // nothing is left to say it with
	}
}

// chooseAction keeps what the button does, and who said so.
func (c *choices) chooseAction(a playout.ButtonAction, by string) error {
	err := c.change(func(all *boardChoices) {
		all.Button = choiceOf(a)
		all.Button.By, all.Button.At, all.Lost = by, c.now().UTC().Truncate(time.Second), false
	})
	if err == nil {
		c.log.Info("what the button does was changed", "by", by, "deed", a.Deed, "message", a.Message, "second", a.Second)
	}
	return err
}

// handsAlone looks at the button and the status LED, without a serve; how they are while
// they are used only that one knows.
func (p program) handsAlone(s settings, gpio hardware.GPIO, m *health.Measurement) {
	if sw := s.Button.Switch; sw != nil {
		c := p.choices(s)
		m.Button = &health.ButtonState{Nothing: c.all().Button.idle(), Unread: c.unread(), Fault: switchAlone(*sw, s, gpio).Fault}
	}
	if sw := s.Button.LED; sw != nil {
		m.Light = &health.LightState{Fault: switchAlone(*sw, s, gpio).Fault}
	}
}

func (p program) ledCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "led", Short: "The status LED: try it", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var span time.Duration
	test := &cobra.Command{
		Use:   "test",
		Short: "Show every pattern of the status LED, one behind the other",
		Long:  "Show every pattern of the status LED, one behind the other, and say which. A running serve holds the line: end it first.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			if span <= 0 || span > time.Minute {
				return usagef("--for %s: use a span up to 1m", span)
			}
			if !s.Button.lit() {
				return errors.New("no status LED is wired: set led, such as --led gpiochip0:27 or --led led:ACT")
			}
			return p.tryLED(cmd.Context(), cmd.OutOrStdout(), s.Button, span)
		},
	}
	addFlags(test.Flags())
	test.Flags().DurationVar(&span, "for", 6*time.Second, "how long each is shown, up to 1m")
	cmd.AddCommand(test)
	return cmd
}

func (p program) tryLED(ctx context.Context, out io.Writer, s buttonSettings, span time.Duration) error {
	line, err := s.openLED()
	if err != nil {
		return fmt.Errorf("the status LED cannot be lit: %w", err)
	}
	led := hardware.NewLED(hardware.LEDConfig{Open: func() (hardware.Line, error) { return line, nil }, Log: p.quietLog()})
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- led.Run(ctx) }()
	for _, state := range hardware.LEDStates() {
		led.Show(state)
		if _, err := fmt.Fprintf(out, "%s\t%s\n", state, web.LEDWords(state)); err != nil {
			stop()
			return errors.Join(err, <-ended)
		}
		select {
		case <-ctx.Done():
		case <-time.After(span):
		}
	}
	fault := led.Look().Fault
	stop()
	err = <-ended
	if fault != "" {
		err = errors.Join(errors.New(fault), err)
	}
	return err
}
