package hardware

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrNoControl says that a card has no such control, or none of which the loudness
	// is known in dB.
	ErrNoControl = errors.New("no such volume control")
	// ErrNoMixer says that amixer is not there.
	ErrNoMixer = errors.New("no amixer on this machine")
)

// mixerPatience is how long amixer may take, before it is killed: it takes about 100 ms on
// a board.
const mixerPatience = 5 * time.Second

// SoundCard is a sound card as the kernel names it.
type SoundCard struct {
	ID   string // Device: stays when others are plugged in, unlike its number
	Name string // USB Audio Device
}

var soundCardLine = regexp.MustCompile(`^\s*\d+\s+\[(\S+)\s*\]: .* - (.*)$`)

// SoundCards reads the cards that a proc file system, such as /proc, tells of; none is
// no error.
func SoundCards(proc string) ([]SoundCard, error) {
	raw, err := os.ReadFile(filepath.Join(proc, "asound/cards"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sound cards: %w", err)
	}
	var cards []SoundCard
	for line := range strings.Lines(string(raw)) {
		if m := soundCardLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			cards = append(cards, SoundCard{ID: m[1], Name: strings.TrimSpace(m[2])})
		}
	}
	return cards, nil
}

// MixerControl is a volume control of a card.
type MixerControl struct {
	Name    string  // as amixer writes it: Speaker, or Speaker,1
	Level   float64 // dB now, of its loudest channel; NaN: the card does not tell
	Percent int     // on the scale of the ear (amixer -M), 0 to 100
	Muted   bool
}

// Mixer sets the volume controls of one card by amixer. Its methods may be called from
// any goroutine; each takes some 100 ms. Each gives ErrMixerHung when amixer cannot be ended, at
// once while one from before still has not.
type Mixer struct {
	Program string // empty: amixer
	Card    string // its ID in the kernel

	execute func(*exec.Cmd) error // nil: its Run
}

var mixerCard = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,31}$`)

// run runs amixer on the card, with the scale of the ear.
func (m Mixer) run(ctx context.Context, args ...string) (string, error) {
	if !mixerCard.MatchString(m.Card) {
		return "", fmt.Errorf("%q is no name of a sound card: %w", m.Card, ErrNoControl)
	}
	program := m.Program
	if program == "" {
		program = "amixer"
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%w: apt-get install alsa-utils", ErrNoMixer)
	}
	ctx, cancel := context.WithTimeout(ctx, mixerPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, append([]string{"-M", "-c", m.Card, "--"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = time.Second
	out, said, err := m.outlast(ctx, cmd)
	if err != nil {
		why := strings.TrimSpace(said)
		if ctx.Err() != nil || why == "" {
			return "", fmt.Errorf("amixer on %s: %w", m.Card, err)
		}
		return "", fmt.Errorf("amixer on %s: %s: %w", m.Card, strings.TrimPrefix(strings.Join(strings.Fields(why), " "), "amixer: "), ErrNoControl)
	}
	return out, nil
}

// Controls lists what turns the playback of the card louder, by name.
func (m Mixer) Controls(ctx context.Context) ([]MixerControl, error) {
	out, err := m.run(ctx, "scontents")
	if err != nil {
		return nil, err
	}
	all := readControls(out)
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// Captures says how far the inputs of the card are turned up, control by control, in few
// words: "Mic 60% on, Line 0% off". Two of them are alike where nobody turned anything
// between. Empty: the card has none.
func (m Mixer) Captures(ctx context.Context) (string, error) {
	out, err := m.run(ctx, "scontents")
	if err != nil {
		return "", err
	}
	return readCaptures(out), nil
}

// Get reads one control.
func (m Mixer) Get(ctx context.Context, control string) (MixerControl, error) {
	return m.one(ctx, control, "sget", control)
}

// Set turns a control to so many dB, unmutes it, and reads back what it has become:
// controls have steps and ends. ErrNoControl when the card does not tell dB.
func (m Mixer) Set(ctx context.Context, control string, dB float64) (MixerControl, error) {
	now, readErr := m.Get(ctx, control) // one that cannot be read may be set all the same
	if readErr == nil && math.IsNaN(now.Level) {
		return now, fmt.Errorf("%s of %s does not tell how loud it is: %w", control, m.Card, ErrNoControl)
	}
	args := []string{"sset", control, "playback", strconv.FormatFloat(dB, 'f', 2, 64) + "dB"}
	if now.Muted {
		args = append(args, "unmute")
	}
	became, err := m.one(ctx, control, args...)
	switch {
	case err != nil:
		return became, err
	case math.IsNaN(became.Level):
		return became, fmt.Errorf("%s of %s does not tell how loud it is: %w", control, m.Card, ErrNoControl)
	case readErr != nil && became.Muted: // which only now is known
		return m.one(ctx, control, append(args, "unmute")...)
	}
	return became, nil
}

// one runs amixer and reads the one control that it prints.
func (m Mixer) one(ctx context.Context, control string, args ...string) (MixerControl, error) {
	if control == "" || strings.HasPrefix(control, "-") || strings.ContainsAny(control, "'\n\x00") {
		return MixerControl{}, fmt.Errorf("%q is no name of a control: %w", control, ErrNoControl)
	}
	out, err := m.run(ctx, args...)
	if err != nil {
		return MixerControl{}, err
	}
	all := readControls(out)
	if len(all) != 1 {
		return MixerControl{}, fmt.Errorf("%s of %s turns no playback louder: %w", control, m.Card, ErrNoControl)
	}
	return all[0], nil
}

var (
	mixerHead  = regexp.MustCompile(`^Simple mixer control '(.*)',(\d+)$`)
	mixerLevel = regexp.MustCompile(`Playback -?\d+ \[(\d+)%\](?: \[(-?[\d.]+)dB\])?(?: \[(on|off)\])?`)
)

// readControls reads what amixer prints of simple controls, and keeps those with a
// playback volume.
func readControls(out string) (all []MixerControl) {
	var c *MixerControl
	muted := false
	keep := func() {
		if c != nil && c.Percent >= 0 {
			c.Muted = muted
			all = append(all, *c)
		}
	}
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if head := mixerHead.FindStringSubmatch(line); head != nil {
			keep()
			c, muted = &MixerControl{Name: head[1], Level: math.NaN(), Percent: -1}, true
			if head[2] != "0" {
				c.Name += "," + head[2]
			}
			continue
		}
		m := mixerLevel.FindStringSubmatch(line)
		if m == nil || c == nil {
			continue
		}
		if n, err := strconv.Atoi(m[1]); err == nil {
			c.Percent = max(c.Percent, n)
		}
		if dB, err := strconv.ParseFloat(m[2], 64); err == nil && !(dB <= c.Level) {
			c.Level = dB
		}
		muted = muted && m[3] == "off"
	}
	keep()
	return all
}

var mixerCapture = regexp.MustCompile(`Capture(?: \d+ \[(\d+%)\])?(?: \[-?[\d.]+dB\])?(?: \[(on|off)\])?$`)

// readCaptures sums up what amixer prints of the inputs of a card.
func readCaptures(out string) string {
	var all []string
	name := ""
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if head := mixerHead.FindStringSubmatch(line); head != nil {
			if name = head[1]; head[2] != "0" {
				name += "," + head[2]
			}
			continue
		}
		m := mixerCapture.FindStringSubmatch(line)
		if m == nil || m[1] == "" && m[2] == "" {
			continue
		}
		said := strings.Join(strings.Fields(name+" "+m[1]+" "+m[2]), " ")
		if !slices.Contains(all, said) { // both channels are mostly alike
			all = append(all, said)
		}
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}
