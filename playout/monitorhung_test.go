package playout_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/audio/capture"
	"loalang/playout"
	"loalang/proof"
)

// That arecord cannot be ended is another thing to mend than that its card gave nothing, which
// came before: both are told, each once, however often the card is asked for.
func TestTheMonitorTellsOfAProgramThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		start, opens := time.Now(), 0
		m := playout.NewMonitor(playout.MonitorConfig{
			Device: "plughw:CARD=Monitor", Sent: silentSender{}, Log: slog.New(slog.NewTextHandler(&said, nil)),
			Mono:       func() audio.Instant { return audio.Instant(time.Since(start)) + 1 },
			Calibrated: func(context.Context) (playout.Calibration, error) { return playout.Calibration{}, nil },
			Open: func(context.Context) (io.ReadCloser, error) {
				if opens++; opens == 1 {
					return nil, fmt.Errorf("%w for 3s", capture.ErrStalled)
				}
				return nil, capture.ErrHung
			},
			Proved: func(string, proof.Result) {}, Lost: func(string, *proof.Loss) {},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- m.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if s := m.State(); s.Trouble != playout.MonitorStalled || !strings.Contains(s.Fault, "unplug the card") {
			t.Errorf("%+v", s)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if all := strings.Count(said.String(), "nothing comes from the monitor input"); all != 2 || opens < 10 {
			t.Errorf("told %d times of %d attempts:\n%s", all, opens, said.String())
		}
	})
}

// silentSender sends nothing.
type silentSender struct{}

func (silentSender) Listen(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("")), nil
}
