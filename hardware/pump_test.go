package hardware_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
)

// A charge pump gets fifty pulses a second while it is on, and nothing otherwise: who
// stands still switches it off.
func TestPumpPulses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		p := hardware.NewPump(l)
		if err := p.Set(true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second - time.Millisecond)
		synctest.Wait()
		l.mu.Lock()
		changes := 0
		for i, on := range l.sets {
			if i > 0 && on != l.sets[i-1] {
				changes++
			}
		}
		l.mu.Unlock()
		if changes != 99 {
			t.Errorf("%d changes in a second, want 99", changes)
		}
		if err := p.Set(false); err != nil || l.last() {
			t.Errorf("off: %v", err)
		}
		told := len(l.sets)
		time.Sleep(time.Second)
		if len(l.sets) != told {
			t.Errorf("%d pulses while it is off", len(l.sets)-told)
		}
		_ = p.Set(true)
		if err := p.Close(); err != nil || !l.closed {
			t.Errorf("close: %v", err)
		}
		told = len(l.sets)
		time.Sleep(time.Second)
		if len(l.sets) != told {
			t.Error("pulses after close")
		}
	})
}

func TestPumpThatDoesNotGetThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		p := hardware.NewPump(l)
		_ = p.Set(true)
		broken := errors.New("input/output error")
		l.broken(broken)
		time.Sleep(time.Second)
		synctest.Wait()
		if err := p.(interface{ Check() error }).Check(); !errors.Is(err, broken) {
			t.Errorf("check = %v", err)
		}
		if err := p.Set(true); !errors.Is(err, broken) {
			t.Errorf("set = %v", err)
		}
		_ = p.Close()
	})
}

// held is a line whose pin something else holds low.
type held struct{ line }

func (*held) Get() (bool, error) { return false, nil }

// A pin that is held at one level behind a charge pump is right in every other half period, and
// was never found.
func TestPumpWhosePinIsHeldIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := hardware.NewPump(&held{})
		_ = p.Set(true)
		time.Sleep(time.Second)
		synctest.Wait()
		check := p.(interface{ Check() error }).Check
		if err := check(); err == nil {
			t.Error("nothing is wrong with a pin that does not follow")
		}
		if err := p.Set(false); err != nil || check() != nil {
			t.Errorf("off it is as it should be: %v, %v", err, check())
		}
		_ = p.Close()
	})
}
