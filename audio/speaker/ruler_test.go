package speaker_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
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
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc: the virtual card cannot be built; install it with: apt install gcc libc6-dev")
	}
	if _, err := os.Stat("/usr/include/alsa/pcm_external.h"); err != nil {
		t.Skip("no ALSA headers: the virtual card cannot be built; install them with: apt install libasound2-dev")
	}
	dir := t.TempDir()
	lib := filepath.Join(dir, "libasound_module_pcm_ruler.so")
	out, err := exec.Command("gcc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-DPIC", "-o", lib, "ruler/plugin/ruler.c", "-lasound").CombinedOutput()
	if err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	conf := fmt.Sprintf(`pcm_type.ruler { lib %q }
pcm.ruler { type ruler dir %q min_period %d %s }
pcm.!default { type plug slave.pcm ruler hint { show on description "ruler" } }
`, lib, dir, minPeriod, strings.Join(settings, " "))
	path := filepath.Join(dir, "asound.conf")
	if err := os.WriteFile(path, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", path)
	return &ruler{dir: dir}
}

// set makes one of the card's states true: unplugged, frozen, busy.
func (r *ruler) set(t testing.TB, state string, on bool) {
	t.Helper()
	path := filepath.Join(r.dir, state)
	var err error
	if on {
		err = os.WriteFile(path, nil, 0o644)
	} else {
		err = os.Remove(path)
	}
	if err != nil {
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
	logs, err := filepath.Glob(filepath.Join(r.dir, "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(logs)
	for _, name := range logs {
		raw, err := os.ReadFile(strings.TrimSuffix(name, ".log") + ".s16")
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var pid, opening int
		if _, err := fmt.Sscanf(filepath.Base(name), "%d-%d.log", &pid, &opening); err != nil {
			t.Fatal(err)
		}
		var firsts []int
		var these []run
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "dry ") {
				dry++
				continue
			}
			one := run{pid: pid}
			var first int
			if _, err := fmt.Sscanf(lines.Text(), "start %d %d %d %d", &one.at, &first, &one.period, &one.buffer); err != nil {
				t.Fatalf("%s: %q: %v", name, lines.Text(), err)
			}
			if words := strings.Fields(lines.Text()); len(words) > 5 {
				drift, err := strconv.Atoi(words[5])
				if err != nil {
					t.Fatalf("%s: %q: %v", name, lines.Text(), err)
				}
				one.drift = drift
			}
			firsts = append(firsts, first)
			these = append(these, one)
		}
		for i := range these {
			end := len(raw) / 4
			if i+1 < len(these) {
				end = firsts[i+1]
			}
			for f := firsts[i]; f < end; f++ {
				these[i].samples = append(these[i].samples, int16(binary.LittleEndian.Uint16(raw[4*f:])))
				these[i].right = append(these[i].right, int16(binary.LittleEndian.Uint16(raw[4*f+2:])))
			}
		}
		all = append(all, these...)
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

// wait returns the first event from now on that fits; earlier ones it passes by
// are kept in r.events.
func (r *rig) wait(what string, fits func(audio.Event) bool) audio.Event {
	r.t.Helper()
	deadline := time.After(20 * time.Second)
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
			r.t.Fatalf("no %s within 20 s; state %+v; events %+v", what, r.State(), r.events)
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
	for range 4000 {
		if st := r.State(); fits(st) {
			return st
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatalf("no %s within 20 s; state %+v", what, r.State())
	return audio.OutputState{}
}

// in is an instant from now.
func in(d time.Duration) audio.Instant { return audio.Monotonic().Add(d) }
