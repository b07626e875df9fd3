package playout

import (
	"context"
	"io"
	"time"

	"loalang/proof"
)

const (
	// monitorTend is how often it is looked how far the input is turned up, and
	// monitorLearn how soon a calibration is asked for again that could not be read.
	monitorTend, monitorLearn = time.Minute, 5 * time.Second
	// calibrationPatience bounds such a look.
	calibrationPatience = 2 * time.Second
)

// MonitorSetup is what a calibration was made with: it holds for nothing else.
type MonitorSetup struct {
	Device  string // ALSA name of the input; empty: an older version made it, which did not say
	Capture string // how far that is turned up; empty: its card does not tell
	Control string // the volume control of the output; empty: there is none
}

// GateVoid is why a calibration does not hold any more, a code that web words.
type GateVoid string

// The reasons of GateVoid.
const (
	VoidBefore  GateVoid = "before"  // an older version made it, which did not say where the volume control stood
	VoidDevice  GateVoid = "device"  // with another card
	VoidCapture GateVoid = "capture" // its input was turned up or down since
	VoidControl GateVoid = "control" // with another volume control of the output, or with none
)

// void says why a calibration that was made with s does not hold with now; empty: it does.
// Nothing is held against what is not known; control says whether now.Control is. What an
// older version made holds where no volume control stands behind what is sent: only of that
// does its level say nothing.
func (s MonitorSetup) void(now MonitorSetup, control bool) GateVoid {
	switch {
	case s.Device == "" && control && now.Control != "":
		return VoidBefore
	case s.Device == "":
		return ""
	case s.Device != now.Device:
		return VoidDevice
	case s.Capture != "" && now.Capture != "" && s.Capture != now.Capture:
		return VoidCapture
	case control && s.Control != now.Control:
		return VoidControl
	}
	return ""
}

// FaderStand is where the volume control of an output stands.
type FaderStand struct {
	Control string  // names it; empty: there is none
	DB      float64 // that it shows; 0 where there is none
	Known   bool    // false: it has not answered yet
}

// stand is where the volume control stands now. m.mu is held.
func (m *Monitor) stand() FaderStand {
	if m.cfg.Fader == nil {
		return FaderStand{Known: true}
	}
	return m.cfg.Fader()
}

// unknown says that nobody knows whether there is a calibration: it could not be read yet. m.mu
// is held.
func (m *Monitor) unknown() bool { return !m.learned && m.last.Gate == (proof.Gate{}) }

// gate is that which holds, and why the last calibration does not. m.mu is held.
func (m *Monitor) gate() (proof.Gate, GateVoid) {
	if m.last.Gate == (proof.Gate{}) {
		return proof.Gate{}, ""
	}
	now, at := m.setup, m.stand()
	now.Control = at.Control
	if void := m.last.Setup.void(now, at.Known); void != "" {
		return proof.Gate{}, void
	}
	return m.last.Gate, ""
}

// Calibrated takes over a calibration that was not refused, for what begins from now on.
func (m *Monitor) Calibrated(c Calibration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last, m.learned = c, true
}

// Setup is what a calibration would be made with now; known is false while the volume
// control does not answer. It looks how far the input is turned up, which takes some
// 100 ms.
func (m *Monitor) Setup(ctx context.Context) (s MonitorSetup, known bool) {
	m.gauge(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	s = m.setup
	at := m.stand()
	s.Control = at.Control
	return s, at.Known
}

// gauge looks how far the input is turned up.
func (m *Monitor) gauge(ctx context.Context) {
	if m.cfg.Capture == nil {
		return
	}
	capture := m.cfg.Capture(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.setup.Capture = capture
}

// open opens the input; a card that was pulled may come back turned down.
func (m *Monitor) open(ctx context.Context) (io.ReadCloser, error) {
	m.gauge(ctx)
	in, err := m.cfg.Open(ctx)
	if err != nil {
		return nil, m.failed(err)
	}
	return in, nil
}

// learn reads the last calibration, unless one was made since the start, and gives it to what
// has begun without: an emergency goes on behind a crash before the database is open. It says
// whether it is known now.
func (m *Monitor) learn(ctx context.Context) bool {
	m.mu.Lock()
	learned := m.learned
	m.mu.Unlock()
	if learned {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, calibrationPatience)
	defer cancel()
	c, err := m.cfg.Calibrated(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		if !m.unread {
			m.cfg.Log.Error("how the monitor input was calibrated cannot be read: nothing is measured until it can", "err", err)
		}
		m.unread = true
		return m.learned
	}
	if !m.learned {
		m.last, m.learned = c, true
		gate, _ := m.gate()
		for _, h := range m.trials {
			h.Gated(gate)
		}
	}
	if m.unread {
		m.cfg.Log.Info("how the monitor input was calibrated was read at last")
	}
	m.unread = false
	return true
}

// adopt notes with which input and gain a calibration that an older version made holds from
// now on, once that input is heard and it is known that no volume control is fitted.
func (m *Monitor) adopt(ctx context.Context) {
	m.mu.Lock()
	c, at := m.last, m.stand()
	old := m.cfg.Adopt != nil && c.Gate != (proof.Gate{}) && c.Setup.Device == ""
	ready := m.state.Up && at.Known && at.Control == ""
	c.Setup = m.setup
	m.mu.Unlock()
	if !old || !ready {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, calibrationPatience)
	defer cancel()
	err := m.cfg.Adopt(ctx, c)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err != nil:
		if !m.unkept {
			m.cfg.Log.Warn("it cannot be noted with what the monitor input was calibrated: that is tried again", "err", err)
		}
		m.unkept, m.learned = true, false // somebody may have changed it
		return
	case m.last.ID == c.ID:
		c.Revision++
		m.last = c
	}
	m.unkept = false
	m.cfg.Log.Info("the monitor input was calibrated by an older version: that holds for the card and the input level of now", "device", c.Setup.Device, "capture", c.Setup.Capture)
}

// tend asks again for a calibration that could not be read, and looks now and then how far
// the input is turned up, until ctx ends.
func (m *Monitor) tend(ctx context.Context) {
	for {
		wait := monitorTend
		if !m.learn(ctx) {
			wait = monitorLearn
		}
		m.adopt(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			m.gauge(ctx)
		}
	}
}
