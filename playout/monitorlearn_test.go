package playout_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/proof"
)

var errLocked = errors.New("database is locked")

// Without its database a calibrated board said that it was not calibrated: to press the button,
// and of each row for ever. That nobody can read it is another thing, and is said as that.
func TestThatACalibrationCannotBeReadIsSaid(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate, func(r *listening) { r.broken = errLocked })
		r.airs("one", 12*time.Second, 22*time.Second)
		if s, res := r.monitor.State(), r.proved["one"]; !s.Unread || s.Gate != (proof.Gate{}) || res.Verdict != proof.NotMeasured || res.Why != proof.Unread {
			t.Errorf("%+v, %+v", s, res)
		}
		r.set(func() { r.broken = nil })
		r.airs("two", 40*time.Second, 52*time.Second)
		if s, res := r.monitor.State(), r.proved["two"]; s.Unread || s.Gate != aGate || res.Verdict != proof.Heard {
			t.Errorf("it was read: %+v, %+v", s, res)
		}
	})
}

// What begins before the calibration was read, as an emergency that goes on at once behind a
// crash, was not measured to its end, and nobody was told that it was lost.
func TestWhatBeganBeforeTheGateWasReadIsProved(t *testing.T) {
	for name, c := range map[string]struct {
		gate  proof.Gate
		fader playout.FaderStand
		dead  bool // the amplifier, from 26 s on
		want  proof.Verdict
		why   proof.Why
	}{
		"heard": {gate: aGate, fader: playout.FaderStand{Known: true}, want: proof.Heard},
		"lost":  {gate: aGate, fader: playout.FaderStand{Known: true}, dead: true, want: proof.Silent},
		// A level of −35 dB of −15 dB behind a control at −25 dB is one of −10 dB in front of it.
		"a control that does not answer": {gate: proof.Gate{Off: -80, On: -35, Sent: -15, Fader: -25}, want: proof.Heard},
		"never calibrated":               {fader: playout.FaderStand{Known: true}, want: proof.NotMeasured, why: proof.Uncalibrated},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newListening(t, c.gate, func(r *listening) { r.broken, r.fader = errLocked, c.fader })
				time.AfterFunc(22*time.Second, func() { r.set(func() { r.broken = nil }) })
				if c.dead {
					time.AfterFunc(26*time.Second, func() { r.set(func() { r.gain = -90 }) })
				}
				r.airs("one", 12*time.Second, 58*time.Second)
				if res := r.proved["one"]; res.Verdict != c.want || res.Why != c.why || res.Windows < 40 {
					t.Errorf("%+v", res)
				}
				want := "[]"
				if c.dead {
					want = "[one silent one over]"
				}
				if got := fmt.Sprint(r.losses); got != want {
					t.Errorf("told %s, want %s", got, want)
				}
			})
		})
	}
}

// untapped is an output that nobody can listen to.
type untapped struct{}

func (untapped) Listen(context.Context) (io.ReadCloser, error) {
	return nil, errors.New("the output has ended")
}

// That nobody can listen to what is sent was told as a trouble of the monitor input, which is
// well: somebody would have plugged its card in again.
func TestWhatIsSentIsNoTroubleOfTheMonitor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var said bytes.Buffer
		start := time.Now()
		m := playout.NewMonitor(playout.MonitorConfig{
			Device: "plughw:CARD=Monitor", Sent: untapped{}, Log: slog.New(slog.NewTextHandler(&said, nil)),
			Mono:       func() audio.Instant { return audio.Instant(time.Since(start)) + 1 },
			Calibrated: func(context.Context) (playout.Calibration, error) { return playout.Calibration{}, nil },
			Open: func(context.Context) (io.ReadCloser, error) {
				return newWire(start, 0, func() float64 { return 1 }), nil
			},
			Proved: func(string, proof.Result) {}, Lost: func(string, *proof.Loss) {},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- m.Run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if s := m.State(); !s.Up || s.Trouble != "" || s.Fault != "" {
			t.Errorf("%+v", s)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if strings.Count(said.String(), "what is sent cannot be listened to") != 1 || strings.Contains(said.String(), "nothing comes from the monitor input") {
			t.Errorf("%s", said.String())
		}
	})
}
