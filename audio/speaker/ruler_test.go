package speaker_test

import (
	"errors"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
	virtual "loalang/audio/speaker/ruler"
)

// ruler is the virtual card of package ruler: it says when each frame left.
type ruler struct {
	dir string
}

// newRuler builds the card and makes it the default of the children that this
// test starts. minPeriod is the smallest period it gives, in frames; settings are
// more words of its configuration, such as "drift_ppm 100".
func newRuler(t testing.TB, minPeriod int, settings ...string) *ruler {
	t.Helper()
	card, err := virtual.Build(t.TempDir(), virtual.Options{MinPeriod: minPeriod, Settings: settings})
	if errors.Is(err, virtual.ErrTools) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", card.Config)
	return &ruler{dir: card.Dir}
}

// set makes one of the card's states true: unplugged, frozen, busy.
func (r *ruler) set(t testing.TB, state string, on bool) {
	t.Helper()
	if err := virtual.Open(r.dir).Set(virtual.State(state), on); err != nil {
		t.Fatal(err)
	}
}

// run is what one process played without a break.
type run struct {
	pid     int
	at      audio.Instant // of its first frame
	period  int
	buffer  int
	drift   int     // of the card's crystal, in parts per million
	samples []int16 // left channel
	right   []int16
}

// when is the instant at which frame i left.
func (r run) when(i int) audio.Instant {
	d := audio.Rate.D(audio.Frames(i))
	return r.at.Add(d - time.Duration(float64(d)*float64(r.drift)/(1e6+float64(r.drift))))
}

// runs reads back everything that was played, and how often the card ran dry.
func (r *ruler) runs(t testing.TB) (all []run, dry int) {
	t.Helper()
	runs, dry, err := virtual.Open(r.dir).Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range runs {
		all = append(all, run{pid: v.PID, at: v.At, period: v.Period, buffer: v.Buffer, drift: v.Drift, samples: v.Left, right: v.Right})
	}
	return all, dry
}

// onsets are the instants at which sound begins after at least quiet of silence.
func (r *ruler) onsets(t testing.TB, quiet time.Duration) []audio.Instant {
	t.Helper()
	const loud = 300
	var all []audio.Instant
	runs, _ := r.runs(t)
	silent := audio.Rate.N(quiet)
	for _, one := range runs {
		for i, v := range one.samples {
			if v > -loud && v < loud {
				silent++
				continue
			}
			if silent >= audio.Rate.N(quiet) {
				all = append(all, one.when(i))
			}
			silent = 0
		}
	}
	return all
}

// tone is a WAV file of a square-edged tone: it begins at full amplitude.
func tone(t testing.TB, length time.Duration, amplitude float64) *os.File {
	t.Helper()
	n := int(audio.Rate.N(length))
	frames := make([]int16, n)
	for i := range frames {
		frames[i] = int16(amplitude * 32767 * math.Cos(2*math.Pi*float64(i)*1000/float64(audio.Rate)))
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "tone.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := audio.WriteWAV(f, audio.NewClip(frames)); err != nil {
		t.Fatal(err)
	}
	return f
}

// rig is an Output that runs, and everything it has told.
type rig struct {
	*speaker.Output
	t      testing.TB
	told   chan audio.Event
	stop   func()
	events []audio.Event
}

func self(t testing.TB) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

type logWriter struct{ t testing.TB }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}

// start runs an Output on a device until the test ends.
func start(t testing.TB, device string, change func(*speaker.Config)) *rig {
	t.Helper()
	cfg := speaker.Config{
		Command: []string{self(t), "speaker"}, Device: device,
		Log: slog.New(slog.NewTextHandler(logWriter{t}, nil)),
	}
	if change != nil {
		change(&cfg)
	}
	o, err := speaker.NewOutput(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{Output: o, t: t, told: make(chan audio.Event, 4096)}
	ctx, cancel := contextWithCancel()
	ran := make(chan error, 1)
	go func() { ran <- o.Run(ctx) }()
	passed := make(chan struct{})
	go func() {
		defer close(passed)
		defer close(r.told)
		for ev := range o.Events() {
			r.told <- ev
		}
	}()
	stopped := false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		if _, tries := t.(*trial); tries {
			time.Sleep(verdict)
		}
		cancel()
		if err := <-ran; err != nil {
			t.Errorf("Run: %v", err)
		}
		<-passed
	}
	t.Cleanup(r.stop)
	if x, tries := t.(*trial); tries {
		x.rigs = append(x.rigs, r)
	}
	return r
}

// patience is how long a test waits for what must come: far longer than it ever takes,
// since the machine may be busy. What is promised to be soon is measured.
const patience = 2 * time.Minute

// wait returns the first event from now on that fits; earlier ones it passes by
// are kept in r.events.
func (r *rig) wait(what string, fits func(audio.Event) bool) audio.Event {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case ev, open := <-r.told:
			if !open {
				r.t.Fatalf("the output ended before %s", what)
			}
			r.events = append(r.events, ev)
			if fits(ev) {
				return ev
			}
		case <-deadline:
			r.t.Fatalf("no %s within %s; state %+v; events %+v", what, patience, r.State(), r.events)
		}
	}
}

func (r *rig) waitFor(kind audio.EventKind, id string) audio.Event {
	r.t.Helper()
	return r.wait(string(kind)+" "+id, func(ev audio.Event) bool { return ev.Kind == kind && ev.ID == id })
}

// until waits for a state.
func (r *rig) until(what string, fits func(audio.OutputState) bool) audio.OutputState {
	r.t.Helper()
	var st audio.OutputState
	if !comes(func() bool { st = r.State(); return fits(st) }) {
		r.t.Fatalf("no %s within %s; state %+v", what, patience, st)
	}
	return st
}

// comes waits until something is so; it says false when it never is.
func comes(is func() bool) bool {
	for deadline := in(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if audio.Monotonic() > deadline {
			return false
		}
	}
	return true
}

// in is an instant from now.
func in(d time.Duration) audio.Instant { return audio.Monotonic().Add(d) }
