package playout_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/audio/capture"
	"loalang/hardware"
	"loalang/playout"
	"loalang/proof"
)

// programme is a minute of syllables of noise at 48 kHz.
var programme = sync.OnceValue(func() []float64 {
	r := rand.New(rand.NewPCG(9, 10))
	const length = 60 * 48000
	x := make([]float64, 0, length+9000)
	for len(x) < length {
		loud := math.Pow(10, -0.5-2*r.Float64())
		tone := 300 + 2500*r.Float64()
		for range 3000 + r.IntN(6000) {
			x = append(x, loud*(0.3*r.NormFloat64()+math.Sin(2*math.Pi*tone*float64(len(x))/48000)))
		}
	}
	return x
})

// wire is a stream of the programme on the bubble's clock, 40 ms at a time.
type wire struct {
	began time.Time
	delay time.Duration
	gain  func() float64 // factor
	next  time.Time
	ended chan struct{}
	once  sync.Once
	fails func() error         // what ends it; nil: nothing does
	shift func() time.Duration // how far ahead of what is sent; nil: not at all
}

func newWire(began time.Time, delay time.Duration, gain func() float64) *wire {
	return &wire{began: began, delay: delay, gain: gain, next: time.Now(), ended: make(chan struct{})}
}

// Read waits for the next piece.
func (w *wire) Read(p []byte) (int, error) {
	w.next = w.next.Add(20 * time.Millisecond)
	select {
	case <-w.ended:
		return 0, io.ErrClosedPipe
	case <-time.After(time.Until(w.next)):
	}
	if w.fails != nil {
		if err := w.fails(); err != nil {
			return 0, err
		}
	}
	x := programme()
	at := int(w.next.Add(-20*time.Millisecond).Sub(w.began.Add(w.delay)).Seconds() * 48000)
	if w.shift != nil {
		at += int(w.shift().Seconds() * 48000)
	}
	g := w.gain()
	n := min(len(p)/2, 960)
	for i := range n {
		v := 0.0
		if k := at + i; k >= 0 && k < len(x) {
			v = x[k] * g * 20000
		}
		binary.LittleEndian.PutUint16(p[2*i:], uint16(int16(math.Max(-32768, math.Min(32767, v)))))
	}
	return 2 * n, nil
}

func (w *wire) Close() error {
	w.once.Do(func() { close(w.ended) })
	return nil
}

// listening is a Monitor with what it hears and tells.
type listening struct {
	t       *testing.T
	start   time.Time
	monitor *playout.Monitor

	mu      sync.Mutex
	gain    float64       // dB behind the amplifier
	shift   time.Duration // it gives something else
	told    []*proof.Loss
	fader   playout.FaderStand
	bypass  hardware.BypassState
	gauged  string // how far the input is turned up
	broken  error  // of whoever keeps calibrations
	kept    playout.Calibration
	unkept  error // of whoever is to keep one that was adopted
	adopted []playout.Calibration
	pulled  bool
	opens   int
	proved  map[string]proof.Result
	when    map[string]time.Duration
	losses  []string
	beats   atomic.Int64
}

// Listen gives what leaves the mixer.
func (r *listening) Listen(context.Context) (io.ReadCloser, error) {
	return newWire(r.start.Add(10*time.Second), 100*time.Millisecond, func() float64 { return 1 }), nil
}

func (r *listening) now() audio.Instant {
	return audio.Instant(time.Since(r.start)) + audio.Instant(time.Hour)
}

func (r *listening) instant(d time.Duration) audio.Instant { return audio.Instant(time.Hour + d) }

func (r *listening) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *listening) open(context.Context) (io.ReadCloser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opens++
	if r.pulled {
		return nil, fmt.Errorf("%w: No such device", capture.ErrEnded)
	}
	w := newWire(r.start.Add(10*time.Second), 300*time.Millisecond, func() float64 {
		r.mu.Lock()
		defer r.mu.Unlock()
		return math.Pow(10, r.gain/20)
	})
	w.shift = func() time.Duration {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.shift
	}
	w.fails = func() error {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.pulled {
			return fmt.Errorf("%w: No such device", capture.ErrEnded)
		}
		return nil
	}
	return w, nil
}

// newListening starts a Monitor whose programme begins after ten seconds. It reads its
// calibration and gauges its input at once: change says, before that, what it finds.
func newListening(t *testing.T, gate proof.Gate, change ...func(*listening)) *listening {
	t.Helper()
	r := &listening{t: t, start: time.Now(), gain: -20, proved: map[string]proof.Result{}, when: map[string]time.Duration{}}
	r.kept, r.fader = playout.Calibration{Gate: gate, Setup: aSetup}, playout.FaderStand{Known: true}
	for _, c := range change {
		c(r)
	}
	r.monitor = playout.NewMonitor(playout.MonitorConfig{
		Device: "plughw:CARD=Monitor", Open: r.open, Sent: r, Calibrated: r.calibrated, Adopt: r.adopt, Fader: r.stands, Bypass: r.taken, Capture: r.capture, Mono: r.now, Beat: func() { r.beats.Add(1) }, Log: slog.New(slog.DiscardHandler),
		Proved: func(occurrence string, res proof.Result) {
			r.set(func() { r.proved[occurrence], r.when[occurrence] = res, time.Since(r.start) })
		},
		Lost: func(occurrence string, l *proof.Loss) {
			r.set(func() {
				r.told = append(r.told, l)
				if l == nil {
					r.losses = append(r.losses, occurrence+" over")
					return
				}
				r.losses = append(r.losses, fmt.Sprintf("%s %s", occurrence, l.As))
			})
		},
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.monitor.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return r
}

func (r *listening) at(d time.Duration) {
	time.Sleep(time.Until(r.start.Add(d)))
	synctest.Wait()
}

// What judges whether a broadcast was heard beats from the first moment on, also while
// nothing sounds.
func TestTheMonitorBeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newListening(t, aGate)
		r.at(time.Millisecond)
		if n := r.beats.Load(); n == 0 {
			t.Error("no beat at the start")
		}
		r.at(time.Minute)
		if n := r.beats.Load(); n < 60 {
			t.Errorf("%d beats in a minute", n)
		}
	})
}

// airs tells the monitor of an occurrence from one instant to another.
func (r *listening) airs(id string, from, to time.Duration) {
	r.at(from)
	r.monitor.Sounds(id, "voice", r.instant(from), true)
	r.at(to)
	r.monitor.Rests(id, "voice", r.instant(to))
	r.monitor.Over(id, r.instant(to))
	r.at(to + 10*time.Second)
}

var (
	aGate  = proof.Gate{Off: -80, On: -35, Sent: -15}
	aSetup = playout.MonitorSetup{Device: "plughw:CARD=Monitor"}
)

// calibrated is what is kept of the last calibration.
func (r *listening) calibrated(context.Context) (playout.Calibration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept, r.broken
}

// adopt keeps with what an older calibration holds.
func (r *listening) adopt(_ context.Context, c playout.Calibration) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.adopted = append(r.adopted, c)
	if r.unkept == nil {
		r.kept = c
	}
	return r.unkept
}

func (r *listening) stands() playout.FaderStand {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fader
}

func (r *listening) taken() hardware.BypassState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bypass
}

// speak puts the amplifier on its own microphone, which gives something else, or back. That is
// known a moment later.
func (r *listening) speak(on bool) {
	r.set(func() { r.shift = map[bool]time.Duration{true: -20 * time.Second}[on] })
	time.AfterFunc(400*time.Millisecond, func() {
		r.set(func() { r.bypass = hardware.BypassState{Sensed: true, On: on, Turned: time.Duration(r.now())} })
	})
}

func (r *listening) capture(context.Context) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.gauged
}

// What is heard has its verdict within ten seconds; a dead amplifier is told meanwhile.
func TestTheMonitorHears(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		r.airs("one", 12*time.Second, 32*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.Heard || res.Score < .8 || res.Windows < 15 || r.when["one"] > 42*time.Second {
			t.Fatalf("%+v after %v", res, r.when["one"]-32*time.Second)
		}
		if e := r.proved["one"].Envelopes; e == nil || len(e.Sent) < 150 || len(e.Sent) != len(e.Heard) {
			t.Errorf("the picture: %+v", e)
		}
		if s := r.monitor.State(); !s.Up || s.Level < -90 || s.Gate != aGate {
			t.Errorf("%+v", s)
		}
	})
}

func TestTheMonitorTellsOfALoss(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		time.AfterFunc(25*time.Second, func() { r.set(func() { r.gain = -70 }) })
		r.airs("one", 12*time.Second, 50*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.Silent || res.Lost < 15*time.Second {
			t.Errorf("%+v", res)
		}
		if got := fmt.Sprint(r.losses); got != "[one silent one over]" {
			t.Errorf("told %s", got)
		}
	})
}

// Somebody who speaks through the amplifier's own microphone makes of nothing that airs something
// wrong, or lost: the verdict is on what was heard before and behind it, and where there is none
// that is why. An emergency may last for longer than such a word to the people.
func TestTheAmplifiersOwnMicrophoneIsNoVerdict(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		time.AfterFunc(25*time.Second, func() { r.speak(true) })
		time.AfterFunc(45*time.Second, func() { r.speak(false) })
		r.at(12 * time.Second)
		r.monitor.Sounds("all of it", "alarm", r.instant(12*time.Second), true)
		r.at(28 * time.Second)
		r.monitor.Sounds("under it", "voice", r.instant(28*time.Second), true)
		r.at(40 * time.Second)
		r.monitor.Rests("under it", "voice", r.instant(40*time.Second))
		r.monitor.Over("under it", r.instant(40*time.Second))
		r.at(58 * time.Second)
		r.monitor.Rests("all of it", "alarm", r.instant(58*time.Second))
		r.monitor.Over("all of it", r.instant(58*time.Second))
		r.at(68 * time.Second)
		if res := r.proved["all of it"]; res.Verdict != proof.Heard || res.Share < .99 || res.Windows < 15 || res.Lost != 0 {
			t.Errorf("before, under and behind it: %+v", res)
		}
		if res := r.proved["under it"]; res.Verdict != proof.NotMeasured || res.Why != proof.Bypassed || res.Windows != 0 {
			t.Errorf("under it: %+v", res)
		}
		if len(r.losses) > 0 {
			t.Errorf("told %v", r.losses)
		}
	})
}

// A monitor that is missing measures nothing, and comes back when it is plugged in.
func TestTheMonitorIsPulled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, aGate)
		r.at(11 * time.Second)
		r.set(func() { r.pulled = true })
		r.airs("one", 12*time.Second, 22*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.NotMeasured || res.Why != proof.NoMonitor {
			t.Errorf("while it is out: %+v", res)
		}
		if s := r.monitor.State(); s.Up || s.Trouble != playout.MonitorGone || s.Fault == "" {
			t.Errorf("%+v", s)
		}
		r.set(func() { r.pulled = false })
		r.at(45 * time.Second)
		if s := r.monitor.State(); !s.Up || s.Trouble != "" {
			t.Errorf("it is back: %+v", s)
		}
		r.airs("two", 46*time.Second, 58*time.Second)
		if res := r.proved["two"]; res.Verdict != proof.Heard {
			t.Errorf("after it is back: %+v", res)
		}
	})
}

// Without a gate nothing is claimed; with one it counts from the next broadcast on.
func TestTheMonitorIsCalibrated(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newListening(t, proof.Gate{})
		r.airs("one", 12*time.Second, 22*time.Second)
		if res := r.proved["one"]; res.Verdict != proof.NotMeasured || res.Why != proof.Uncalibrated || res.Score < .8 {
			t.Errorf("%+v", res)
		}
		r.monitor.Calibrated(playout.Calibration{Gate: aGate, Setup: aSetup})
		r.airs("two", 33*time.Second, 45*time.Second)
		if res := r.proved["two"]; res.Verdict != proof.Heard {
			t.Errorf("%+v", res)
		}
	})
}
