package speech

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// EspeakConfig says how espeak-ng is run. Its zero value is good.
type EspeakConfig struct {
	Program string        // name or path; empty: espeak-ng, looked up in PATH
	Rate    int           // words a minute, 80 to 450; 0: 145, slow enough for horns that echo
	Timeout time.Duration // for one text; 0: two minutes
	Longest time.Duration // of what one text may sound; 0: half an hour, as long as a recording may be
	TempDir string        // where a sound lies until it is whole; empty: that of the system
}

// Espeak speaks with the program espeak-ng, one process for each text, which
// ends with the call. It is not linked: its library is not safe for several
// goroutines, and its licence would become ours.
type Espeak struct {
	config EspeakConfig
}

// NewEspeak is an Espeak. The program is looked for at every call, so that it
// may be installed while the board runs.
func NewEspeak(c EspeakConfig) *Espeak {
	if c.Program == "" {
		c.Program = "espeak-ng"
	}
	if c.Rate == 0 {
		c.Rate = 145
	}
	c.Rate = within(c.Rate, MinRate, MaxRate)
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Minute
	}
	if c.Longest <= 0 {
		c.Longest = 30 * time.Minute
	}
	return &Espeak{config: c}
}

// espeakVoice is a Voice and the name that espeak-ng knows it by.
type espeakVoice struct {
	Voice
	program string
}

// espeakVoices are those that were listened to; espeak-ng has 131.
func espeakVoices() []espeakVoice {
	return []espeakVoice{
		{Voice{ID: "espeak:vi", Language: "vi", Name: "Giọng máy, miền Bắc", TakesRate: true, TakesPitch: true}, "vi"},
		{Voice{ID: "espeak:vi-vn-x-central", Language: "vi", Name: "Giọng máy, miền Trung", TakesRate: true, TakesPitch: true}, "vi-vn-x-central"},
		{Voice{ID: "espeak:vi-vn-x-south", Language: "vi", Name: "Giọng máy, miền Nam", TakesRate: true, TakesPitch: true}, "vi-vn-x-south"},
		{Voice{ID: "espeak:en", Language: "en", Name: "Giọng máy, tiếng Anh", TakesRate: true, TakesPitch: true}, "en-gb"},
	}
}

// Name is "espeak-ng" and its version. It runs the program once; the error
// wraps ErrNoEngine when it is not installed.
func (e *Espeak) Name(ctx context.Context) (string, error) {
	out, err := e.ask(ctx, "--version")
	if err != nil {
		return "", err
	}
	// "eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/…"
	_, rest, found := strings.Cut(out, ":")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return "", fmt.Errorf("ask %s for its version: it answered %.60q", e.config.Program, out)
	}
	return "espeak-ng " + fields[0], nil
}

// Voices lists the voices whose data is installed, Vietnamese first. It runs
// the program once; the error wraps ErrNoEngine when it is not installed.
func (e *Espeak) Voices(ctx context.Context) ([]Voice, error) {
	out, err := e.ask(ctx, "--voices")
	if err != nil {
		return nil, err
	}
	installed := map[string]bool{}
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > 1 {
			installed[strings.ToLower(fields[1])] = true
		}
	}
	var voices []Voice
	for _, v := range espeakVoices() {
		if installed[v.program] {
			voices = append(voices, v.Voice)
		}
	}
	return voices, nil
}

// Synthesize writes a 16-bit mono WAV with exact sizes in its header, at the
// rate that the voice has (22 050 Hz for espeak-ng 1.51). Nothing is written
// before the whole text is spoken. Besides what Engine says, the error wraps
// ErrTooLong when the text would sound longer than Longest, and the error of
// ctx or context.DeadlineExceeded when the program was ended for its time.
func (e *Espeak) Synthesize(ctx context.Context, r Request, w io.Writer) error {
	text := espeakText(r.Text)
	if !speakable(text) {
		return fmt.Errorf("speak %.20q: %w", r.Text, ErrNoWords)
	}
	voice, err := pickVoice(r)
	if err != nil {
		return err
	}
	spool, err := os.CreateTemp(e.config.TempDir, "loalang-speech-*.wav")
	if err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	defer func() { _ = spool.Close() }()
	if err := os.Remove(spool.Name()); err != nil { // gone with the process, whatever happens
		return fmt.Errorf("speak: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	// -b 1: the text is UTF-8, whatever the locale. Never -m: a text is no markup.
	cmd, err := e.command(ctx, append([]string{"--stdin", "--stdout", "-b", "1", "-v", voice}, e.tone(r)...)...)
	if err != nil {
		return err
	}
	cmd.Stdin = strings.NewReader(text)
	// No voice of espeak-ng is faster than 48 000 frames of 2 bytes a second.
	sound := &capped{w: spool, left: int64(e.config.Longest.Seconds() * 48000 * 2)}
	cmd.Stdout = sound
	if err := e.run(ctx, cmd); err != nil {
		switch {
		case sound.full:
			return fmt.Errorf("speak %d characters: %w", len([]rune(r.Text)), ErrTooLong)
		case sound.err != nil: // the program ended for want of a reader
			return fmt.Errorf("keep what is spoken: %w", sound.err)
		}
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	return deliverWAV(w, spool, delivery{longest: e.config.Longest, streamed: true})
}

// tone is rate and pitch as espeak-ng takes them.
func (e *Espeak) tone(r Request) []string {
	rate := e.config.Rate
	if r.Rate != 0 {
		rate = within(r.Rate, MinRate, MaxRate)
	}
	args := []string{"-s", strconv.Itoa(rate)}
	if r.Pitch != 0 {
		args = append(args, "-p", strconv.Itoa(within(r.Pitch, MinPitch, MaxPitch)))
	}
	return args
}

func within(n, least, most int) int { return min(max(n, least), most) }

// pickVoice is the program's name for the voice asked for.
func pickVoice(r Request) (string, error) {
	for _, v := range espeakVoices() {
		if v.Language == r.Language && (r.Voice == "" || r.Voice == v.ID) {
			return v.program, nil
		}
	}
	if r.Voice != "" {
		return "", fmt.Errorf("speak language %q with voice %q: %w", r.Language, r.Voice, ErrNoVoice)
	}
	return "", fmt.Errorf("speak language %q: %w", r.Language, ErrNoVoice)
}

// ask runs the program for a short answer in text.
func (e *Espeak) ask(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd, err := e.command(ctx, args...)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	cmd.Stdout = &capped{w: &out, left: 256 << 10}
	if err := e.run(ctx, cmd); err != nil {
		return "", err
	}
	return out.String(), nil
}

func (e *Espeak) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("run %s: %w", e.config.Program, err)
	}
	path, err := exec.LookPath(e.config.Program)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", e.config.Program, ErrNoEngine)
	}
	return alone(ctx, path, args), nil
}

func (e *Espeak) run(ctx context.Context, cmd *exec.Cmd) error {
	complaint, err := runAlone(cmd)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("run %s: %w", e.config.Program, ctx.Err())
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("run %s: %w", e.config.Program, ErrNoEngine)
	case complaint != "":
		return fmt.Errorf("run %s: %w: %s", e.config.Program, err, complaint)
	}
	return fmt.Errorf("run %s: %w", e.config.Program, err)
}

// espeakText takes out what espeak-ng would read as phonemes, and makes a
// paragraph, thus a pause, of every line.
func espeakText(text string) string {
	text = strings.ReplaceAll(stripPhonemes(text), "\x00", "")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' }), "\n\n") + "\n"
}
