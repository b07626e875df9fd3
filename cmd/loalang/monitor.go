package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"loalang/audio"
	"loalang/audio/capture"
	"loalang/playout"
	"loalang/proof"
	"loalang/recordings"
	"loalang/scheduler"
)

// monitorStall is how long a monitor input may give nothing.
const monitorStall = 3 * time.Second

// cardID is the name of a card in the kernel, which stays when others are plugged in.
var cardID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,15}$`)

// setMonitor reads the name of a monitor input: that of a card, or an ALSA device that
// names its card.
func setMonitor(s *settings, v string) error {
	switch {
	case v == "" || v == "none":
		s.Monitor = ""
	case cardID.MatchString(v):
		s.Monitor = "plughw:CARD=" + v
	case capture.CheckName(v) == nil && strings.Contains(v, "CARD="):
		s.Monitor = v
	default:
		return errors.New("name a card as in /proc/asound/cards, such as Monitor, or an ALSA device such as plughw:CARD=Monitor,DEV=0: numbers change when cards are plugged in")
	}
	return nil
}

// openMonitor prepares what listens to the loudspeakers; without a monitor input
// nothing does.
func (b *board) openMonitor(ctx context.Context) {
	device := b.settings.Monitor
	if device == "" {
		return
	}
	gate, err := b.db.Gate(ctx, b.settings.Village)
	if err != nil {
		b.log.Error("how the monitor input was calibrated cannot be read: nothing is measured", "err", err)
	}
	b.monitor = playout.NewMonitor(playout.MonitorConfig{
		Device: device, Sent: b.output, Gate: gate, Mono: audio.Monotonic, Log: b.log,
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			return capture.Open(ctx, capture.Config{Device: device, Stall: monitorStall})
		},
		Proved: func(occurrence string, r proof.Result) { b.player.Proved(occurrence, r) },
		Lost:   func(occurrence string, l *proof.Loss) { b.player.LostNow(occurrence, l) },
	})
}

// witness is what the player tells of what sounds; nil: nobody listens.
func (b *board) witness() playout.Witness {
	if b.monitor == nil {
		return nil
	}
	return b.monitor
}

// listenAlong runs the monitor input, if there is one.
func (b *board) listenAlong(ctx context.Context) error {
	if b.monitor == nil {
		return nil
	}
	return b.monitor.Run(ctx)
}

// openCalibrator prepares what carries out calibrations. It plays the opening: six
// seconds that a village knows.
func (b *board) openCalibrator() {
	sounds := recordings.BuiltIns()
	opening := sounds[slices.IndexFunc(sounds, func(s recordings.BuiltInSound) bool { return s.Name == recordings.OpeningSound })]
	const header, width = 44, 2
	b.calibrator = playout.NewCalibrator(playout.CalibratorConfig{
		Village: b.settings.Village, Book: b.db, Player: b.player, Monitor: b.monitor, Allowed: b.soundAllowed, Now: b.clock.Now, Log: b.log,
		Sound: playout.CalibrationSound{Recording: opening.ID, Length: audio.Rate.D(audio.Frames(len(opening.WAV())-header) / width)},
	})
}

// soundAllowed says whether the place allows sound now.
func (b *board) soundAllowed(ctx context.Context, length time.Duration) bool {
	v, err := b.db.Village(ctx, b.settings.Village)
	if err != nil {
		b.log.Error("the hours of the place cannot be read", "err", err)
		return false
	}
	_, allowed, err := v.Allows(b.clock.Now(), length, scheduler.Subject{})
	return err == nil && allowed
}

// monitorState is the monitor input at a glance; nil: there is none.
func (b *board) monitorState() *playout.MonitorState {
	if b.monitor == nil {
		return nil
	}
	s := b.monitor.State()
	return &s
}

// examineMonitor looks for the card of the monitor input.
func examineMonitor(ctx context.Context, s settings) finding {
	f := finding{Name: "monitor input", OK: true, Found: "none is set (--monitor): what airs is not measured"}
	if s.Monitor == "" {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, 2*monitorStall)
	defer cancel()
	in, err := capture.Open(ctx, capture.Config{Device: s.Monitor, Stall: monitorStall})
	if err == nil {
		defer in.Close() //nolint:errcheck // it was only read
		_, err = in.Read(make([]byte, 4096))
	}
	switch {
	case errors.Is(err, capture.ErrProgram):
		return finding{Name: f.Name, Found: sentence(err), Advice: "Install it: apt-get install alsa-utils."}
	case err != nil && strings.Contains(err.Error(), "busy"):
		f.Found = fmt.Sprintf("%s is in use, as by a running serve", s.Monitor)
	case err != nil:
		return finding{Name: f.Name, Found: fmt.Sprintf("%s: %v", s.Monitor, sentence(err)), Advice: "Plug its card in, or name another with --monitor; arecord -l lists them."}
	default:
		f.Found = s.Monitor + " gives sound"
	}
	return f
}

// monitored is the monitor input as the panel needs it.
type monitored struct{ b *board }

// State implements web.Monitor.
func (m monitored) State() *playout.MonitorState { return m.b.monitorState() }

// Asked implements web.Monitor.
func (m monitored) Asked() { m.b.calibrator.Changed() }
