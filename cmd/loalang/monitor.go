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
func (b *board) openMonitor() {
	device := b.settings.Monitor
	if device == "" {
		return
	}
	b.monitor = playout.NewMonitor(playout.MonitorConfig{
		Device: device, Sent: b.output, Mono: audio.Monotonic, Beat: b.pulse.Loop("monitor", monitorPatience), Log: b.log,
		Calibrated: func(ctx context.Context) (playout.Calibration, error) {
			return b.db.Calibrated(ctx, b.settings.Village)
		},
		Adopt: b.db.SaveCalibration, Bypass: b.amp.sensed, Fader: b.faderStand, Capture: func(ctx context.Context) string { return captures(ctx, device) },
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			return capture.Open(ctx, capture.Config{Device: device, Stall: monitorStall})
		},
		Proved: func(occurrence string, r proof.Result) { b.player.Proved(occurrence, r) },
		Lost:   func(occurrence string, l *proof.Loss) { b.player.LostNow(occurrence, l) },
	})
}

// faderStand is where the volume control of the output stands.
func (b *board) faderStand() playout.FaderStand {
	control, dB, known := b.loudness.Stands()
	s := playout.FaderStand{DB: dB, Known: known}
	if f, ok := control.(cardFader); ok {
		s.Control = f.card + ":" + f.control
	}
	return s
}

// captures is how far an input is turned up; empty where its card does not tell.
func captures(ctx context.Context, device string) string {
	said, err := mixerOn(cardOf(device)).Captures(ctx)
	if err != nil {
		return "" // it counts for nothing then
	}
	return said
}

// cardOf is the card that the name of an ALSA device names.
func cardOf(device string) string {
	_, rest, _ := strings.Cut(device, "CARD=")
	card, _, _ := strings.Cut(rest, ",")
	return card
}

// setMonitorZone reads which of the zones the monitor input hears.
func setMonitorZone(s *settings, v string) error {
	s.MonitorZone = strings.TrimSpace(v)
	return nil
}

// zoneFaults says that the monitor input is to hear a zone that there is not.
func (s settings) zoneFaults() []string {
	if s.MonitorZone == "" || slices.Contains(s.Amp.zoneNames(), s.MonitorZone) {
		return nil
	}
	return []string{fmt.Sprintf("monitor-zone is %q: name one of the zones, or none", s.MonitorZone)}
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
		Village: b.settings.Village, Book: b.db, Player: b.player, Monitor: b.monitor, Allowed: b.soundAllowed, Trusted: b.clock.Trusted, Now: b.clock.Now, Log: b.log,
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

// monitored is the monitor input as the panel needs it.
type monitored struct{ b *board }

// State implements web.Monitor.
func (m monitored) State() *playout.MonitorState { return m.b.monitorState() }

// Asked implements web.Monitor.
func (m monitored) Asked() { m.b.calibrator.Changed() }
