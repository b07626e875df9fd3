package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/web"
)

const (
	// leastUsual and mostUsual bound what a control may show when it is as loud as usual,
	// in dB.
	leastUsual = -60
	mostUsual  = 30
)

// amixer turns controls; a test puts its own in its place by PATH.
func mixerOn(card string) hardware.Mixer { return hardware.Mixer{Card: card} }

// cutMixer reads CARD:CONTROL.
func cutMixer(text string) (card, control string) {
	card, control, _ = strings.Cut(text, ":")
	return card, control
}

// cardFader is one control of a card.
type cardFader struct{ card, control string }

// Fade implements playout.Fader.
func (f cardFader) Fade(ctx context.Context, dB float64) (float64, error) {
	c, err := mixerOn(f.card).Set(ctx, f.control, dB)
	return c.Level, err
}

// mixerAgain is how soon a control that the settings name is read again that could not be.
const mixerAgain = time.Minute

// fader is the control that was chosen, and what it shows when it is as loud as usual. One
// that the settings name is read first, which takes some 100 ms. The Loudness alone calls it.
func (b *board) fader() (playout.Fader, float64) { return b.faderAt(monotonic()) }

// faderAt is fader at an instant of CLOCK_MONOTONIC.
func (b *board) faderAt(now time.Duration) (playout.Fader, float64) {
	card, control := b.settings.namedMixer()
	if !b.heeded && now >= b.mixerNext {
		err := b.choices.heed(card, control, b.ran)
		if b.heeded = err == nil; err != nil {
			b.mixerNext = now + mixerAgain
		}
		if err != nil && !errors.Is(err, errChoicesIll) { // that was said
			b.log.Error("nobody knows yet how loud the volume control of the settings is as usual", "err", err)
		}
	}
	c := b.settings.mixerOf(b.choices.all())
	if c == nil && card != "" && b.heeded && now >= b.mixerNext {
		b.mixerNext = now + mixerAgain
		if err := b.choices.nameMixer(context.Background(), card, control); err != nil {
			b.log.Error("the volume control that the settings name is left alone", "card", card, "control", control, "err", err)
		}
		c = b.settings.mixerOf(b.choices.all())
	}
	if c == nil {
		return nil, 0
	}
	return cardFader{c.Card, c.Control}, c.Usual
}

// heed sees to it, once, that a control which a version before this one may have turned
// down for the hour is as loud as usual at 0 dB, as it was there: where it stands says
// nothing then. ran says that the program ran on this data folder before; card is empty
// where the settings name no control. So it is where the file cannot be read, but only in
// memory, and the error is errChoicesIll: the next read may go well, and nobody has chosen
// to do without what the file holds.
func (c *choices) heed(card, control string, ran bool) error {
	known, err := readChoices(c.file)
	switch {
	case err != nil && (card == "" || c.all().Heeded):
		return nil // it may be read yet
	case err != nil:
		c.assume(card, control)
		return fmt.Errorf("%w: %w", errChoicesIll, err)
	case known.Heeded || known.Named.Card != "":
		return nil
	}
	return c.change(func(all *boardChoices) {
		all.Heeded = true
		if ran && card != "" {
			all.Named = mixerChoice{Card: card, Control: control, At: c.now().UTC().Truncate(time.Second)}
		}
	})
}

// errChoicesIll says that the file of choices cannot be read.
var errChoicesIll = errors.New("what was chosen for the board cannot be read")

// assume takes a control for as loud as usual at 0 dB until the file can be read, unless
// something is known of one.
func (c *choices) assume(card, control string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if all := c.all(); all.Named.Card == "" {
		all.Named = mixerChoice{Card: card, Control: control}
		c.last.Store(&all)
	}
}

// nameMixer keeps how a control stands that nobody chose: it is as loud as usual there.
// Any other level might hurt ears, or leave an emergency unheard.
func (c *choices) nameMixer(ctx context.Context, card, control string) error {
	stands, err := mixerOn(card).Get(ctx, control)
	if err != nil {
		return err
	}
	if !(stands.Level >= leastUsual && stands.Level <= mostUsual) {
		return fmt.Errorf("%s stands at %s, which is nothing to go by: choose it with mixer set and --usual", control, levelText(stands.Level))
	}
	named := mixerChoice{Card: card, Control: control, Usual: stands.Level, At: c.now().UTC().Truncate(time.Second)}
	if err := c.change(func(all *boardChoices) { all.Named = named }); err != nil {
		return err
	}
	c.log.Info("the volume control of the settings is as loud as usual where it stands", "card", card, "control", control, "usual", named.Usual)
	return nil
}

// turner lets the panel turn the programme: the village's volume is one of several
// things that say how loud it is.
type turner struct{ b *board }

// Turn implements web.Loudness.
func (t turner) Turn(volume audio.Decibels) error {
	v := t.b.place.get()
	v.Volume = int(volume)
	t.b.place.put(v)
	t.b.loudness.Changed()
	return nil
}

// give makes a control the one that was chosen. How the one of before stands as loud as usual
// is kept for settings that name it: where it stands just now the hour may have turned it.
func (c *boardChoices) give(want mixerChoice) {
	before := c.Mixer
	if c.Mixer = want; before.Card != "" && (c.Named.Card == "" || c.Named.Card == before.Card && c.Named.Control == before.Control) {
		c.Named = before
	}
}

// deafControl is the volume control that was chosen, or that the settings name, and does not
// answer, as CARD:CONTROL; empty: there is none such.
func (b *board) deafControl() string {
	chosen := b.settings.mixerOf(b.choices.all())
	switch card, control := b.settings.namedMixer(); {
	case chosen == nil && card != "": // it could not even be read
		return card + ":" + control
	case chosen != nil && b.loudness.State().Gone:
		return chosen.Card + ":" + chosen.Control
	}
	return ""
}

// rested is a closer that turns the volume controls back, once nothing sounds any more.
type rested struct{ b *board }

// restPatience is how long that may take: the service manager waits for it.
const restPatience = 2 * time.Second

// Close implements io.Closer.
func (r rested) Close() error {
	if r.b.loudness == nil {
		return nil // the board did not come so far
	}
	ctx, cancel := context.WithTimeout(context.Background(), restPatience)
	defer cancel()
	return r.b.loudness.Rest(ctx)
}

// chooseMixer tries a control, and keeps it when it does as it is told; an empty card is
// none.
func (c *choices) chooseMixer(ctx context.Context, want mixerChoice, by string) (hardware.MixerControl, error) {
	var became hardware.MixerControl
	if want.Card != "" {
		if math.IsNaN(want.Usual) || want.Usual < leastUsual || want.Usual > mostUsual {
			return became, usagef("%v dB: use %d to %d", want.Usual, leastUsual, mostUsual)
		}
		var err error
		if became, err = mixerOn(want.Card).Set(ctx, want.Control, want.Usual); err != nil {
			return became, err
		}
		want.Usual = became.Level // what it can do, not what was asked
	}
	want.By, want.At = by, c.now().UTC().Truncate(time.Second)
	err := c.change(func(all *boardChoices) { all.give(want) })
	if err == nil {
		c.log.Info("the volume control was chosen", "by", by, "card", want.Card, "control", want.Control, "usual", want.Usual)
	}
	return became, err
}

func (p program) mixerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "mixer", Short: "The volume controls of the sound cards", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(p.mixerListCommand(), p.mixerSetCommand())
	return cmd
}

func (p program) mixerListCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print every volume control: CARD:CONTROL, dB, part of its way as heard, what it is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			cards, err := hardware.SoundCards("/proc")
			if err != nil {
				return err
			}
			return listMixers(cmd.Context(), cmd.OutOrStdout(), cards, s.mixerOf(p.choices(s).all()))
		},
	}
	addFlags(cmd.Flags())
	return cmd
}

func listMixers(ctx context.Context, out io.Writer, cards []hardware.SoundCard, chosen *mixerChoice) error {
	if len(cards) == 0 {
		return errors.New("there is no sound card: plug one in (cat /proc/asound/cards)")
	}
	var faults []error
	for _, card := range cards {
		all, err := mixerOn(card.ID).Controls(ctx)
		faults = append(faults, err)
		if err == nil && len(all) == 0 {
			if _, err := fmt.Fprintf(out, "%s:\t-\t-\tno volume control: the programme is turned digitally (%s)\n", card.ID, card.Name); err != nil {
				return err
			}
		}
		for _, c := range all {
			if _, err := fmt.Fprintf(out, "%s:%s\t%s\t%d%%\t%s\n", card.ID, c.Name, levelText(c.Level), c.Percent, controlNote(card.ID, c, chosen)); err != nil {
				return err
			}
		}
	}
	return errors.Join(faults...)
}

func levelText(dB float64) string {
	if math.IsNaN(dB) {
		return "-"
	}
	return strconv.FormatFloat(dB, 'f', 2, 64) + " dB"
}

func controlNote(card string, c hardware.MixerControl, chosen *mixerChoice) string {
	var notes []string
	if chosen != nil && chosen.Card == card && chosen.Control == c.Name {
		notes = append(notes, "chosen, usual is "+levelText(chosen.Usual))
	}
	if math.IsNaN(c.Level) {
		notes = append(notes, "does not tell dB and cannot be chosen")
	}
	if c.Muted {
		notes = append(notes, "muted")
	}
	return strings.Join(notes, "; ")
}

// noteMixer tells the history of another volume control. It is kept though the history does
// not take it, or there is none yet: then it says so.
func (p program) noteMixer(cmd *cobra.Command, s settings, before, after mixerChoice) {
	choice := func(m mixerChoice) web.MixerChoice {
		return web.MixerChoice{Card: m.Card, Control: m.Control, Usual: m.Usual}
	}
	change := web.MixerChange(s.Village, choice(before), choice(after))
	if len(change.Fields) == 0 || !folder(s.Data).inhabited() {
		return
	}
	err := func() (err error) {
		db, err := openBeside(cmd.Context(), s, p.clock(s).Now, p.quietLog())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return db.Note(cmd.Context(), change)
	}()
	if err != nil {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "the volume control was chosen, and that is not in the history: %v\n", err) // nothing is left to say it with
	}
}

func (p program) mixerSetCommand() *cobra.Command {
	var usual float64
	cmd := &cobra.Command{
		Use:   "set CARD:CONTROL --usual DB | off",
		Short: "Choose the volume control, and what it shows when the village is as loud as usual",
		Long: "Choose the volume control of this board, as mixer list prints it, and how many dB it shows when the village is as\n" +
			"loud as usual: `loalang mixer set Device:Speaker --usual -6`. It is turned there at once, unmuted, and read back. The village's\n" +
			"volume and its hours are counted from there; an emergency has it there. off: the programme is turned digitally.\n" +
			"A running serve follows within two seconds.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := p.settings(cmd)
			if err != nil {
				return err
			}
			var want mixerChoice
			if args[0] != "off" {
				if !cmd.Flags().Changed("usual") {
					return usagef("say how many dB it shows when it is as loud as usual, such as: mixer set Device:Speaker --usual -6")
				}
				want.Usual = usual
				if want.Card, want.Control = cutMixer(args[0]); want.Card == "" || want.Control == "" {
					return usagef("use CARD:CONTROL as mixer list prints it")
				}
			}
			c := p.choices(s)
			before := c.all().Mixer
			became, err := c.chooseMixer(cmd.Context(), want, p.user().Name)
			if err != nil {
				return err
			}
			p.noteMixer(cmd, s, before, c.all().Mixer)
			said := "off\tthe programme is turned digitally"
			if want.Card != "" {
				said = fmt.Sprintf("%s\t%s\t%d%%", args[0], levelText(became.Level), became.Percent)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	addFlags(cmd.Flags())
	cmd.Flags().Float64Var(&usual, "usual", 0, "dB that the control shows when the village is as loud as usual, -60 to 30")
	return cmd
}
