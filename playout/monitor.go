package playout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"loalang/audio"
	"loalang/audio/capture"
	"loalang/hardware"
	"loalang/proof"
)

const (
	// monitorLook is how often it is looked whether a window can be compared.
	monitorLook = 200 * time.Millisecond
	// monitorPatience is how long after its end a broadcast waits for what was heard of
	// it: the row has its verdict within 10 s.
	monitorPatience = 7 * time.Second
	// monitorPause is how long a card that is not there is left alone at first, and
	// monitorPauseMost at last.
	monitorPause, monitorPauseMost = time.Second, 10 * time.Second
	// tapDelay is how much later than it left the card a frame is known to have been
	// sent: the delay line of the tap, and a piece of it.
	tapDelay = 140 * time.Millisecond
	// monitorPiece is how much sound is taken at a time at most, 170 ms.
	monitorPiece = 16 << 10
	// bypassSensed is how long it may take until a bypass is known to be on.
	bypassSensed = 500 * time.Millisecond
)

// Witness is told when something sounds, and judges whether it was heard. *Monitor is
// one. Its methods may be called from any goroutine and return at once.
type Witness interface {
	// Sounds says that a part of an occurrence left the card from an instant on; not here:
	// for zones alone that the witness does not hear.
	Sounds(occurrence, part string, at audio.Instant, here bool)
	// Rests says that it ended.
	Rests(occurrence, part string, at audio.Instant)
	// Over says that nothing more will come of an occurrence.
	Over(occurrence string, at audio.Instant)
}

// MonitorConfig is what a Monitor works with. Every field is required unless it says
// otherwise.
type MonitorConfig struct {
	// Device names the input, for people.
	Device string
	// Open begins to hear it: 48 kHz s16 mono little-endian PCM.
	Open func(ctx context.Context) (io.ReadCloser, error)
	Sent Listener
	// Calibrated reads the last calibration that holds; without a Gate there is none. It is
	// asked until it answers.
	Calibrated func(ctx context.Context) (Calibration, error)
	// Adopt keeps durably with what a calibration that an older version made holds from now
	// on; scheduler.ErrRevision when somebody changed it. It may be nil.
	Adopt func(ctx context.Context, c Calibration) error
	// Fader says where the volume control of the output stands, which is behind what is
	// sent; nil: there is none. It must not block.
	Fader func() FaderStand
	// Capture reads how far the input is turned up, in the words of its card; empty where
	// that cannot be read. It may be nil.
	Capture func(ctx context.Context) string
	// Bypass says whether the amplifier is on its own microphone, which is heard then in place
	// of what is sent; nil: nothing tells. It must not block.
	Bypass func() hardware.BypassState
	// Proved is told the verdict on an occurrence, once, within 10 s after its end.
	Proved func(occurrence string, r proof.Result)
	// Lost is told when an occurrence is lost while it sounds, when it is lost in another
	// way, and nil when it is heard again or over.
	Lost func(occurrence string, l *proof.Loss)
	// Beat is called each time the loop of Run comes round, several times a second; nil:
	// nobody watches it. It must return at once.
	Beat func()
	Mono func() audio.Instant
	Log  *slog.Logger
}

// MonitorTrouble is why nothing comes from a monitor input, in one word.
type MonitorTrouble string

// The troubles that people can mend.
const (
	MonitorGone    MonitorTrouble = "gone"    // not there, pulled, or held by somebody
	MonitorStalled MonitorTrouble = "stalled" // it is open and gives nothing
	MonitorProgram MonitorTrouble = "program" // arecord is missing
	MonitorBroken  MonitorTrouble = "broken"  // anything else: Fault says what
)

// MonitorState is a monitor input at a glance.
type MonitorState struct {
	Device  string
	Up      bool           // sound comes from it
	Trouble MonitorTrouble // why not; empty when Up, and at the start
	Fault   string         // one sentence; empty when Up
	Level   float64        // of what it hears now, dB of full scale
	Gate    proof.Gate     // zero: it was not calibrated, and nothing is measured
	Void    GateVoid       // why a calibration that there is does not hold; Gate is zero then
	Unread  bool           // whether there is one could not be read; Gate is zero then
}

// Monitor listens to the loudspeakers and compares what it hears with what was sent.
// Run owns its goroutines; the other methods may be called from any.
type Monitor struct {
	cfg MonitorConfig

	mu          sync.Mutex
	sent, heard proof.Track
	trials      map[string]*hearing
	state       MonitorState
	hung        bool        // state.Trouble is a program that cannot be ended
	learned     bool        // last was read, or made since
	unread      bool        // it could not be read, and that was told
	unkept      bool        // with what it holds could not be noted, and that was told
	last        Calibration // the last that was not refused
	setup       MonitorSetup
	lag         time.Duration
	lagKnown    bool
	bypassed    bool // the amplifier is on its own microphone, as every trial was told
	untapped    bool // what is sent cannot be listened to, and that was told; of that loop alone
}

// hearing is the trial of an occurrence.
type hearing struct {
	*proof.Trial
	over      audio.Instant // zero: it goes on
	lost      proof.Verdict // as what Lost was told; empty: it was not
	elsewhere bool          // some of it sounded where nothing is heard of it
}

// NewMonitor prepares a Monitor; nothing is heard before Run.
func NewMonitor(cfg MonitorConfig) *Monitor {
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	return &Monitor{cfg: cfg, trials: map[string]*hearing{}, state: MonitorState{Device: cfg.Device, Level: proof.Nothing}, setup: MonitorSetup{Device: cfg.Device}}
}

// Run listens until ctx ends; it returns nil then. A card that was pulled is opened
// again when it is back.
func (m *Monitor) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	m.cfg.Beat()
	all.Go(func() { m.keep(ctx, "what is sent", m.tap, m.send) })
	m.learn(ctx)
	all.Go(func() { m.tend(ctx) })
	all.Go(func() { m.keep(ctx, m.cfg.Device, m.open, m.hear) })
	tick := time.NewTicker(monitorLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			m.look()
			m.cfg.Beat()
		}
	}
}

// keep takes sound from what open opens, again and again.
func (m *Monitor) keep(ctx context.Context, what string, open func(context.Context) (io.ReadCloser, error), take func(ctx context.Context, in io.Reader) error) {
	for pause := monitorPause; ctx.Err() == nil; pause = min(2*pause, monitorPauseMost) {
		began := m.cfg.Mono()
		err := m.once(ctx, open, take)
		if ctx.Err() != nil || errors.Is(err, io.EOF) {
			return // the output has ended
		}
		if m.cfg.Mono().Sub(began) > monitorPauseMost {
			pause = monitorPause // it had been well
		}
		m.cfg.Log.DebugContext(ctx, "sound for the proof of play stopped", "of", what, "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (m *Monitor) once(ctx context.Context, open func(context.Context) (io.ReadCloser, error), take func(ctx context.Context, in io.Reader) error) error {
	in, err := open(ctx)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	// An open card that blocks ends with the context.
	defer context.AfterFunc(ctx, func() { _ = in.Close() })()
	return take(ctx, in)
}

// tap begins to take what leaves the mixer. That it cannot is no trouble of the monitor input,
// which nobody need plug in again for it.
func (m *Monitor) tap(ctx context.Context) (io.ReadCloser, error) {
	in, err := m.cfg.Sent.Listen(ctx)
	if err != nil && !m.untapped && ctx.Err() == nil {
		m.cfg.Log.ErrorContext(ctx, "what is sent cannot be listened to: what airs is not measured", "err", err)
	}
	m.untapped = err != nil
	return in, err
}

// send takes what leaves the mixer.
func (m *Monitor) send(_ context.Context, in io.Reader) error {
	err := pieces(in, func(frames []proof.Frame) {
		m.mu.Lock()
		defer m.mu.Unlock()
		at := m.stand()
		for i := range frames {
			if at.Known {
				frames[i] = frames[i].Faded(at.DB)
			} else {
				frames[i] = frames[i].FadedAsCalibrated()
			}
		}
		m.sent.Write(time.Duration(m.cfg.Mono()), frames)
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent.Break()
	return fmt.Errorf("listen to what is sent: %w", err)
}

// hear takes what the monitor input hears.
func (m *Monitor) hear(ctx context.Context, in io.Reader) error {
	err := pieces(in, func(frames []proof.Frame) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.heard.Write(time.Duration(m.cfg.Mono()), frames)
		m.state.Level = frames[len(frames)-1].Level()
		if !m.state.Up {
			m.state.Up, m.state.Trouble, m.state.Fault = true, "", ""
			m.cfg.Log.Info("the monitor input is heard", "device", m.cfg.Device)
		}
	})
	m.mu.Lock()
	m.heard.Break()
	m.mu.Unlock()
	if ctx.Err() != nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		err = capture.ErrEnded
	}
	return m.failed(err)
}

// failed notes why nothing comes from the monitor input. It is logged once.
func (m *Monitor) failed(err error) error {
	trouble := MonitorBroken
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, capture.ErrProgram):
		trouble = MonitorProgram
	case errors.Is(err, capture.ErrStalled):
		trouble = MonitorStalled
	case errors.Is(err, capture.ErrEnded):
		trouble = MonitorGone
	}
	m.mu.Lock()
	hung := errors.Is(err, capture.ErrHung) // which is another thing to mend than what came before it
	told := !m.state.Up && m.state.Trouble == trouble && m.hung == hung
	m.hung = hung
	m.state.Up, m.state.Trouble, m.state.Fault, m.state.Level = false, trouble, err.Error(), proof.Nothing
	m.mu.Unlock()
	if !told {
		m.cfg.Log.Error("nothing comes from the monitor input: what airs is not measured", "device", m.cfg.Device, "err", err)
	}
	return err
}

// State is the monitor input as it is now.
func (m *Monitor) State() MonitorState {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.state
	s.Gate, s.Void = m.gate()
	s.Unread = m.unread && m.unknown()
	return s
}

// Sounds follows Witness.
func (m *Monitor) Sounds(occurrence, part string, at audio.Instant, here bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.trials[occurrence]
	if h == nil {
		gate, _ := m.gate()
		h = &hearing{Trial: proof.NewTrial(gate, m.lag, m.lagKnown)}
		if m.unknown() {
			h.Awaits()
		}
		if m.trials[occurrence] = h; m.bypassed {
			h.Taken(time.Duration(at) + tapDelay)
		}
	}
	if !here {
		h.elsewhere = true
		h.Rests(part, time.Duration(at)+tapDelay)
		return
	}
	h.Sounds(part, time.Duration(at)+tapDelay)
}

// Rests follows Witness.
func (m *Monitor) Rests(occurrence, part string, at audio.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h := m.trials[occurrence]; h != nil {
		h.Rests(part, time.Duration(at)+tapDelay)
	}
}

// Over follows Witness.
func (m *Monitor) Over(occurrence string, at audio.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h := m.trials[occurrence]; h != nil && h.over == 0 {
		h.End(time.Duration(at) + tapDelay)
		h.over = at
	}
}

// loss is what is lost now of a hearing; nil when it is over.
func (h *hearing) loss(over bool) *proof.Loss {
	if over {
		return nil
	}
	return h.Loss()
}

// as is how something is lost; empty: it is not.
func as(l *proof.Loss) proof.Verdict {
	if l == nil {
		return ""
	}
	return l.As
}

// result is the verdict on a hearing. What sounded elsewhere cannot have been heard.
func (h *hearing) result(sent, heard *proof.Track) proof.Result {
	r := h.Result(sent, heard)
	if h.elsewhere && r.Windows == 0 {
		r = proof.Result{Verdict: proof.NotMeasured, Why: proof.Elsewhere}
	}
	return r
}

// sense tells every trial that the amplifier was put on its own microphone, or back. What was
// sent a moment before was not heard any more either. m.mu is held.
func (m *Monitor) sense(now audio.Instant) {
	if m.cfg.Bypass == nil {
		return
	}
	s := m.cfg.Bypass()
	if s.On == m.bypassed {
		return
	}
	m.bypassed = s.On
	for _, h := range m.trials {
		if s.On {
			h.Taken(s.Turned - bypassSensed - m.lag)
		} else {
			h.GivenBack(time.Duration(now))
		}
	}
}

// look compares what can be compared, and tells what it found.
func (m *Monitor) look() {
	now := m.cfg.Mono()
	var tell []func()
	m.mu.Lock()
	m.sense(now)
	for occurrence, h := range m.trials {
		done := h.Advance(&m.sent, &m.heard)
		if lag, known := h.Lag(); known {
			m.lag, m.lagKnown = lag, true
		}
		over := h.over != 0 && (done || now.Sub(h.over) > monitorPatience)
		if l := h.loss(over); as(l) != h.lost {
			h.lost = as(l)
			tell = append(tell, func() { m.cfg.Lost(occurrence, l) })
		}
		if over {
			r := h.result(&m.sent, &m.heard)
			delete(m.trials, occurrence)
			tell = append(tell, func() { m.cfg.Proved(occurrence, r) })
		}
	}
	m.mu.Unlock()
	for _, f := range tell {
		f()
	}
}
