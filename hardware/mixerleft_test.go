package hardware_test

import (
	"context"
	"errors"
	"os/exec"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// An amixer that hangs in the driver of its card cannot be killed: whoever turns the volume has
// its answer all the same, within seven seconds, and at once while it hangs still, without a
// second one that would hang beside it. Another card is turned meanwhile.
func TestAMixerThatHangsHoldsNobody(t *testing.T) {
	m := mixer(t)
	synctest.Test(t, func(t *testing.T) {
		var starts atomic.Int32
		end := make(chan struct{})
		m := m.FakeRun(func(cmd *exec.Cmd) error {
			starts.Add(1)
			<-end
			return errors.New("signal: killed")
		})
		for _, c := range []struct {
			what   string
			within time.Duration
		}{{"the first", 7 * time.Second}, {"the next", 0}} {
			began := time.Now()
			if _, err := m.Set(t.Context(), "Speaker", -6); !errors.Is(err, hardware.ErrMixerHung) || time.Since(began) != c.within {
				t.Errorf("%s has its answer after %v: %v", c.what, time.Since(began), err)
			}
		}
		if _, err := m.Captures(t.Context()); !errors.Is(err, hardware.ErrMixerHung) || starts.Load() != 1 {
			t.Errorf("%d were started, %v", starts.Load(), err)
		}
		other := m
		other.Card = "Other"
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := other.Get(ctx, "Speaker"); !errors.Is(err, hardware.ErrMixerHung) || starts.Load() != 2 || time.Since(began) != 3*time.Second {
			t.Errorf("%d were started, and that on another card has its answer after %v: %v", starts.Load(), time.Since(began), err)
		}
		close(end)
		synctest.Wait()
		for _, m := range []hardware.Mixer{m, other} {
			if _, err := m.Get(t.Context(), "Speaker"); errors.Is(err, hardware.ErrMixerHung) {
				t.Errorf("that on %s has ended: %v", m.Card, err)
			}
		}
		if starts.Load() != 4 {
			t.Errorf("%d were started, want one on each card and one more when that had ended", starts.Load())
		}
	})
}
