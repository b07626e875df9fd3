package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"
)

// Declared is what the technician says of an engine outside, and what every
// adapter has in common.
type Declared struct {
	Name    string          // a slug, "piper": what stands before the colon of its voices
	Version string          // of its models; change it, and texts are spoken anew
	Voices  []DeclaredVoice // best first
	Timeout time.Duration   // for one text; 0: two minutes
	Longest time.Duration   // of what one text may sound; 0: half an hour
	TempDir string          // where a sound lies until it is whole; empty: that of the system
}

// DeclaredVoice is a voice of such an engine.
type DeclaredVoice struct {
	Voice
	Model   string // what the engine calls it; empty: it has no other
	Speaker string // of a model with several; empty: its first
	Pace    int    // words a minute when nothing else is asked of it; 0: DefaultPace
}

// DefaultPace is what a DeclaredVoice is taken to speak, in words (Vietnamese
// syllables) a minute. It only turns a Request's Rate into a stretch.
const DefaultPace = 190

// stretch is the factor by which a sound is to become longer for a rate.
func (v DeclaredVoice) stretch(rate int) float64 {
	if rate == 0 {
		return 1
	}
	pace := v.Pace
	if pace == 0 {
		pace = DefaultPace
	}
	return float64(pace) / float64(within(rate, MinRate, MaxRate))
}

func (d Declared) defaults() Declared {
	if d.Timeout <= 0 {
		d.Timeout = 2 * time.Minute
	}
	if d.Longest <= 0 {
		d.Longest = 30 * time.Minute
	}
	return d
}

// list is Voices as an Engine has them.
func (d Declared) list(rate, pitch bool) []Voice {
	var all []Voice
	for _, v := range d.Voices {
		v.TakesRate, v.TakesPitch = rate, pitch
		all = append(all, v.Voice)
	}
	return all
}

// pick is the voice asked for.
func (d Declared) pick(r Request) (DeclaredVoice, error) {
	i := slices.IndexFunc(d.Voices, func(v DeclaredVoice) bool {
		return v.Language == r.Language && (r.Voice == "" || r.Voice == v.ID)
	})
	if i < 0 {
		return DeclaredVoice{}, fmt.Errorf("speak language %q with voice %q of %s: %w", r.Language, r.Voice, d.Name, ErrNoVoice)
	}
	return d.Voices[i], nil
}

// job is one text on its way through an engine.
type job struct {
	Request
	voice DeclaredVoice
	sound *capped // takes what comes
	spool *os.File
}

// parameters are what a setting of the engine may be made of, by name.
func (j job) parameters() map[string]string {
	pitch, rate := j.Pitch, j.Rate
	if pitch == 0 {
		pitch = NeutralPitch
	}
	if rate == 0 {
		if rate = j.voice.Pace; rate == 0 {
			rate = DefaultPace
		}
	}
	return map[string]string{
		"voice": j.voice.Model, "speaker": j.voice.Speaker,
		"rate": strconv.Itoa(within(rate, MinRate, MaxRate)), "pitch": strconv.Itoa(within(pitch, MinPitch, MaxPitch)),
		"length-scale": strconv.FormatFloat(j.voice.stretch(j.Rate), 'f', 3, 64),
	}
}

const (
	// patientStart and patientLetter are how long a text can sound at most, in
	// seconds: the slowest voice takes a third of that. What is longer is no speech.
	patientStart  = 30.0
	patientLetter = 0.5
	// frameRate is of the largest that is read: two channels of 16 bits at 48 kHz.
	frameRate = 4 * 48000
)

// speak lets get fill a file with the sound of a text, and hands it on when it is
// whole. get says what the sound is; a zero format is a WAV.
func (d Declared) speak(ctx context.Context, r Request, w io.Writer, get func(ctx context.Context, j job) (pcmFormat, error)) error {
	r.Text = oneLine(r.Text)
	if !speakable(r.Text) {
		return fmt.Errorf("speak %.20q: %w", r.Text, ErrNoWords)
	}
	voice, err := d.pick(r)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("speak with %s: %w", voice.ID, err)
	}
	spool, err := os.CreateTemp(d.TempDir, "loalang-speech-*.wav")
	if err != nil {
		return fmt.Errorf("speak: %w", err)
	}
	defer func() { _ = spool.Close() }()
	if err := os.Remove(spool.Name()); err != nil { // gone with the process, whatever happens
		return fmt.Errorf("speak: %w", err)
	}
	letters := float64(len([]rune(r.Text)))
	most := min(d.Longest.Seconds(), patientStart+patientLetter*letters)
	inner, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	j := job{Request: r, voice: voice, sound: &capped{w: spool, left: int64(most*frameRate) + 1<<10, stop: cancel}, spool: spool}
	format, err := get(inner, j)
	if err := d.verdict(ctx, inner, j, err); err != nil {
		return fmt.Errorf("speak with %s: %w", voice.ID, err)
	}
	if err := d.deliver(w, spool, format); err != nil {
		return fmt.Errorf("speak with %s: %w", voice.ID, err)
	}
	return nil
}

// verdict says what an engine's failure was: our own limits first, for they make
// whatever else is said.
func (d Declared) verdict(outer, inner context.Context, j job, err error) error {
	switch {
	case j.sound.full && d.Longest.Seconds() < patientStart+patientLetter*float64(len([]rune(j.Text))):
		return ErrTooLong
	case j.sound.full:
		return faultf(Endless, "%d characters", len([]rune(j.Text)))
	case j.sound.err != nil:
		return fmt.Errorf("keep what is spoken: %w", j.sound.err)
	case err == nil:
		return nil
	case outer.Err() != nil:
		return outer.Err()
	case inner.Err() != nil:
		return Fault{Code: Slow, Detail: d.Timeout.String(), Err: inner.Err()}
	}
	return err
}

func (d Declared) deliver(w io.Writer, spool *os.File, format pcmFormat) error {
	length, err := spool.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if format.rate != 0 {
		err = deliverPCM(w, spool, format, span{0, length, d.Longest})
	} else if _, err = spool.Seek(0, io.SeekStart); err == nil {
		err = deliverWAV(w, spool, delivery{longest: d.Longest})
	}
	if errors.Is(err, errNoSound) {
		return Fault{Code: Soundless, Detail: strconv.FormatInt(length, 10) + " bytes", Err: err}
	}
	return err
}
