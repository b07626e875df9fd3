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
)

const (
	// ampTestLongest bounds how long `amp test` lets something sound.
	ampTestLongest = time.Minute
	// answerLook is how often a device that is sent commands is asked whether it answered.
	answerLook = 20 * time.Millisecond
)

// toneAdvice is what to do where the tone does not sound.
const toneAdvice = "Look at the sound card by `sudo loalang-board doctor`."

func (p program) ampTestCommand() *cobra.Command {
	var zones []string
	var span time.Duration
	var silent bool
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Switch the amplifier and the zones on as for a broadcast, and let each zone sound",
		Long: "Switch the amplifier on, and under it every zone, or those named with --zone, one behind the other; let a\n" +
			"test tone sound in each once it has settled, and say how each answered. The tone is as loud as a broadcast. A running\n" +
			"serve holds lines and sound card: end it first. With --silent it only switches; a span of 0s does so too.",
		Args: cobra.NoArgs,
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
			t := ampTest{out: cmd.OutOrStdout(), open: s.Amp.rack().Open, main: s.Amp.Main, zones: todo, settings: s, span: span}
			if silent || span == 0 {
				return t.run(cmd.Context())
			}
			return p.withTone(cmd.Context(), s, span, func(tone func(context.Context) error, err error) error {
				if t.tone = tone; err != nil {
					t.tried, t.failed = 1, 1
					if _, err := fmt.Fprintf(t.out, "FAIL sound: %s\n       %s Meanwhile each is switched without it.\n", sentence(err), toneAdvice); err != nil {
						return err
					}
				}
				return t.run(cmd.Context())
			})
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().StringArrayVar(&zones, "zone", nil, "a zone to try; may be given several times")
	cmd.Flags().DurationVar(&span, "for", 2*time.Second, "how long each sounds, 0s to 1m")
	cmd.Flags().BoolVar(&silent, "silent", false, "switch each without sound")
	return cmd
}

// named are the zones to try: all, or those asked for. The error says that there is no such
// zone, or that nothing is switched on this board.
func (a *ampSettings) named(zones []string) (todo []hardware.ZoneSwitch, err error) {
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
	if len(todo) == 0 && a.Main == nil {
		return nil, errors.New("nothing is switched on this board: set amp-chip and amp-line, or zones")
	}
	return todo, nil
}

// ampTest is one run of `amp test`.
type ampTest struct {
	out      io.Writer
	open     func(hardware.Switch) (hardware.Line, error)
	main     *hardware.Switch // of everything; nil: each zone has what it needs
	zones    []hardware.ZoneSwitch
	settings settings
	span     time.Duration
	tone     func(context.Context) error // sounds for span; nil: each is on for that long, without sound

	tried, failed int
}

// rest waits as long as whatever is switched, zones too, must stay off: it may just have been
// on. It says so; the error is that of out or of ctx.
func (a *ampSettings) rest(ctx context.Context, out io.Writer) error {
	if a.MinOff == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(out, "     it must stay off for %s first (amp-min-off)\n", a.MinOff); err != nil {
		return err
	}
	await(ctx, a.MinOff)
	return ctx.Err()
}

// run does what a broadcast does: what powers all is on first, and stays on under the zones.
func (t *ampTest) run(ctx context.Context) error {
	err := t.settings.Amp.rest(ctx, t.out)
	if err != nil {
		return err
	}
	under := false
	if t.main != nil {
		err = t.try(ctx, hardware.ZoneSwitch{Name: "amplifier", Switch: *t.main}, func() error {
			if under = true; len(t.zones) == 0 {
				return t.sound(ctx)
			}
			return t.tryZones(ctx)
		})
	}
	if !under && err == nil { // one by one, where what powers all fails or is not switched
		err = t.tryZones(ctx)
	}
	if err == nil && t.failed > 0 {
		err = fmt.Errorf("%d of %d did not answer: see the advice above", t.failed, t.tried)
	}
	return err
}

func (t *ampTest) tryZones(ctx context.Context) error {
	for _, z := range t.zones {
		if err := t.try(ctx, z, func() error { return t.sound(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

// try switches one on, has do done under it, and says what became of it. The error is that of
// out or of ctx.
func (t *ampTest) try(ctx context.Context, z hardware.ZoneSwitch, do func() error) error {
	t.tried++
	err := t.on(ctx, z.Switch, do)
	what := " was on for "
	if t.tone != nil {
		what = " was on, and the tone was sent for "
	}
	said := "ok   " + z.Name + ": " + z.String() + what + t.span.String()
	if z.Name == "amplifier" && len(t.zones) > 0 {
		said = "ok   " + z.Name + ": " + z.String() + " was on under the zones"
	}
	if err != nil {
		t.failed++
		advice := advices[hardware.TroubleOf(err)]
		if errors.Is(err, errTone) {
			advice = toneAdvice
		}
		said = "FAIL " + z.Name + ": " + sentence(err) + "\n       " + advice
	}
	if _, err := fmt.Fprintln(t.out, said); err != nil {
		return err
	}
	return ctx.Err()
}

// sound lets the tone sound.
func (t *ampTest) sound(ctx context.Context) error {
	if t.tone == nil {
		await(ctx, t.span)
		return nil
	}
	return t.tone(ctx)
}

// on switches one on, waits until sound is safe, has do done, and switches it off behind its
// tail, whatever happens in between.
func (t *ampTest) on(ctx context.Context, sw hardware.Switch, do func() error) (err error) {
	line, err := t.open(sw)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, line.Close()) }()
	if err := line.Set(true); err != nil {
		return err
	}
	settle, tail := t.times(sw)
	await(ctx, settle)
	if err := do(); err != nil {
		return err
	}
	await(ctx, tail)
	return answered(ctx, line)
}

// times are how long a switch needs before the first frame, and stays on behind the last.
func (t *ampTest) times(sw hardware.Switch) (settle, tail time.Duration) {
	if t.tone == nil {
		return 0, 0 // nothing is to be heard
	}
	if settle = t.settings.Settle; sw.Settle >= 0 {
		settle = sw.Settle
	}
	if tail = t.settings.Tail; sw.Tail >= 0 {
		tail = sw.Tail
	}
	return settle, tail
}

// await lets time pass; ctx ends it.
func await(ctx context.Context, span time.Duration) {
	select {
	case <-time.After(span):
	case <-ctx.Done():
	}
}

// answered says whether a line did what it was told, and waits until that is known. It
// looks twice: one look at a pin that is another way is not believed.
func answered(ctx context.Context, line hardware.Line) error {
	slow, waits := line.(interface{ Answered() (bool, error) })
	c, tells := line.(interface{ Check() error })
	for looks := 1; ; looks++ {
		done := looks > 1 || !tells
		if waits {
			done, _ = slow.Answered()
		}
		if tells {
			if err := c.Check(); err != nil {
				return err
			}
		}
		if done {
			return nil
		}
		select {
		case <-time.After(answerLook):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
