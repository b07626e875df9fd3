package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

const (
	// cardPatience is how long the sound card may take to be opened for a test.
	cardPatience = 10 * time.Second
	// toneLead is how long before its first frame a test tone is cued, beside what the
	// output takes.
	toneLead = 300 * time.Millisecond
	// toneHertz and toneLevel are of the test tone: a horn gives it well, and it is as loud as
	// a broadcast, −18 dB of full scale as the power of a sine.
	toneHertz, toneLevel = 880.0, 0.178
	// toneOn of each toneTurn it sounds: it is told from hum, and where it comes from is heard.
	toneOn, toneTurn = 300 * time.Millisecond, 500 * time.Millisecond
	// toneRamp is its rise and its fall.
	toneRamp = 10 * time.Millisecond
)

// errTone is wrapped by why a test tone was not heard: what is switched did nothing wrong.
var errTone = errors.New("play the test tone")

// withTone opens the sound card of the settings, has do done with what lets a tone of span
// sound and blocks until that has left the card, and gives the card back. Where there is no
// sound do gets why, and a nil tone.
func (p program) withTone(ctx context.Context, s settings, span time.Duration, do func(tone func(context.Context) error, err error) error) error {
	file, err := toneFile(span)
	if err != nil {
		return do(nil, err)
	}
	defer func() { _ = file.Close() }() // the output has its own
	out, err := speaker.NewOutput(speaker.Config{Command: []string{itself, "speaker"}, Device: s.Device, Buffer: s.Buffer, Log: p.quietLog()})
	if err != nil {
		return do(nil, err)
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan error, 1)
	go func() { over <- out.Run(running) }()
	if err = opened(ctx, out); err != nil {
		err = do(nil, err)
	} else {
		played := 0
		err = do(func(ctx context.Context) error {
			played++
			return playTone(ctx, out, "tone "+strconv.Itoa(played), file)
		}, nil)
	}
	end()
	return errors.Join(err, <-over)
}

// opened waits until an output holds its device.
func opened(ctx context.Context, out *speaker.Output) error {
	for began := time.Now(); ; await(ctx, answerLook) {
		state := out.State()
		switch {
		case state.Up:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Since(began) > cardPatience:
			return fmt.Errorf("the sound card is not open: %s", state.Fault)
		}
	}
}

// playTone has a file sound, and blocks until it has. The error is also that it was not
// played to its end.
func playTone(ctx context.Context, out *speaker.Output, id string, file *os.File) error {
	at := audio.Monotonic().Add(toneLead + out.State().Latency)
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", errTone, err)
	}
	if err := out.Cue(audio.Cue{ID: id, File: file, At: at}); err != nil {
		return fmt.Errorf("%w: %w", errTone, err)
	}
	for {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), out.Stop(id))
		case ev, open := <-out.Events():
			switch {
			case !open:
				return fmt.Errorf("%w: the output has ended", errTone)
			case ev.Kind != audio.Ended || ev.ID != id:
			case ev.Cause != audio.Completed:
				return fmt.Errorf("%w: it did not sound to its end (%s)", errTone, ev.Cause)
			default:
				return nil
			}
		}
	}
}

// toneFile is the test tone as a WAV that has no name.
func toneFile(span time.Duration) (*os.File, error) {
	frames := make([]int16, audio.Rate.N(span))
	turn, on, ramp := int(audio.Rate.N(toneTurn)), int(audio.Rate.N(toneOn)), float64(audio.Rate.N(toneRamp))
	for i := range frames {
		in := i % turn
		if in >= on {
			continue
		}
		edge := float64(min(in, on-in, len(frames)-i))
		frames[i] = int16(math.Round(math.MaxInt16 * toneLevel * min(1, edge/ramp) * math.Sin(2*math.Pi*toneHertz*audio.Rate.D(audio.Frames(i)).Seconds())))
	}
	f, err := os.CreateTemp("", "loalang-tone-*.wav")
	if err != nil {
		return nil, fmt.Errorf("make the test tone: %w", err)
	}
	if err = errors.Join(os.Remove(f.Name()), audio.WriteWAV(f, audio.NewClip(frames))); err == nil {
		return f, nil
	}
	return nil, errors.Join(fmt.Errorf("make the test tone: %w", err), f.Close())
}
