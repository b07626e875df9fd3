package speaker_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/speaker"
)

// TestChildDiesWithParent: kill -9 of the parent leaves no child behind. The
// parent here is a process of its own, made of this test binary.
func TestChildDiesWithParent(t *testing.T) {
	if os.Getenv("SPEAKER_TEST_PARENT") != "" {
		r := start(t, "null", nil)
		r.waitFor(audio.DeviceUp, "")
		fmt.Fprintf(os.Stderr, "child %d\n", r.State().ChildPID)
		select {}
	}
	parent, child := startParent(t)
	if err := parent.Kill(); err != nil {
		t.Fatal(err)
	}
	if !comes(func() bool { return errors.Is(syscall.Kill(child, 0), syscall.ESRCH) }) {
		t.Errorf("the child %d lives %s after its parent", child, patience)
	}
}

// TestChildWithoutCapabilities: refused priority is said, and the buffer larger.
func TestChildWithoutCapabilities(t *testing.T) {
	setpriv := needProgram(t, "setpriv", "util-linux")
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) {
		c.Command = append([]string{setpriv, "--bounding-set=-sys_nice,-ipc_lock,-sys_resource", "--inh-caps=-sys_nice,-ipc_lock,-sys_resource"}, c.Command...)
	})
	up := r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if st.RealTime || !strings.Contains(st.Fault, "no real-time priority") || st.Latency < 80*time.Millisecond {
		t.Errorf("state %+v, up %+v; want no real time, said so, and a larger buffer", st, up)
	}
}

// TestChildPriority: every thread at SCHED_RR, a bound on threads gone wild, and
// its memory locked.
func TestChildPriority(t *testing.T) {
	newRuler(t, 32)
	r := start(t, "default", nil)
	r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if strings.Contains(st.Fault, "no real-time priority") {
		t.Skipf("this machine gives no real-time priority: %s", st.Fault)
	}
	if !st.RealTime || st.Latency > 30*time.Millisecond { // three periods of 10 ms
		t.Errorf("state %+v, want real time and a small buffer", st)
	}
	proc := fmt.Sprintf("/proc/%d/", st.ChildPID)
	threads, err := os.ReadDir(proc + "task")
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil {
			t.Fatal(err)
		}
		if attr, err := unix.SchedGetAttr(tid, 0); err == nil && (attr.Policy != unix.SCHED_RR || attr.Priority != 20) {
			t.Errorf("thread %d has policy %d, priority %d", tid, attr.Policy, attr.Priority)
		}
	}
	limits, err := os.ReadFile(proc + "limits")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^Max realtime timeout +500000 +500000 `).Match(limits) {
		t.Errorf("no bound on threads gone wild:\n%s", limits)
	}
	status, err := os.ReadFile(proc + "status")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(st.Fault, "memory is not locked") && regexp.MustCompile(`(?m)^VmLck:\s+0 kB`).Match(status) {
		t.Error("no memory is locked, and nobody said so")
	}
}

// TestChildSaysWhenAThreadSlips: one thread at another priority is enough to
// break the sound off, and then the state must not claim real time.
func TestChildSaysWhenAThreadSlips(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if strings.Contains(st.Fault, "no real-time priority") {
		t.Skipf("this machine gives no real-time priority: %s", st.Fault)
	}
	set := func(attr unix.SchedAttr) {
		if err := unix.SchedSetAttr(st.ChildPID, &attr, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, slip := range []unix.SchedAttr{{Policy: unix.SCHED_NORMAL}, {Policy: unix.SCHED_RR, Priority: 1}} {
		set(slip)
		r.until("fault of a thread", func(st audio.OutputState) bool { return !st.RealTime && strings.Contains(st.Fault, "a thread of") })
		set(unix.SchedAttr{Policy: unix.SCHED_RR, Priority: 20})
		r.until("all well again", func(st audio.OutputState) bool { return st.RealTime && !strings.Contains(st.Fault, "a thread of") })
	}
}

func TestVersionsMustAgree(t *testing.T) {
	r := start(t, "null", func(c *speaker.Config) { c.Command = []string{self(t), "oldspeaker"} })
	st := r.until("refusal", func(st audio.OutputState) bool { return strings.Contains(st.Fault, "version 999") })
	if st.Up || !strings.Contains(st.Fault, "restart loalang") {
		t.Errorf("state %+v", st)
	}
}

func TestChildNeedsParent(t *testing.T) {
	err := speaker.Main(t.Context(), "null")
	if !errors.Is(err, speaker.ErrNotChild) || !strings.Contains(err.Error(), "loalang serve") {
		t.Errorf("Main by hand = %v, want ErrNotChild that says what to start", err)
	}
}

func TestNewOutputRefuses(t *testing.T) {
	ok := speaker.Config{Command: []string{"x"}, Device: "null", Log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		name   string
		change func(*speaker.Config)
	}{
		{"injection", func(c *speaker.Config) { c.Device = "hw:0;rm" }},
		{"space", func(c *speaker.Config) { c.Device = "a b" }},
		{"path", func(c *speaker.Config) { c.Device = "../x" }},
		{"no command", func(c *speaker.Config) { c.Command = nil }},
		{"no log", func(c *speaker.Config) { c.Log = nil }},
		{"silent routing", func(c *speaker.Config) { c.Routing = speaker.Routing{0, -1} }},
		{"buffer of a minute", func(c *speaker.Config) { c.Buffer = time.Minute }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := ok
			c.change(&cfg)
			if _, err := speaker.NewOutput(cfg); err == nil {
				t.Error("NewOutput took it")
			}
		})
	}
}

// TestOutputEnds: after Run nothing is left: no descriptor, no goroutine (see
// TestMain), no cue without its end, and every call says so.
func TestOutputEnds(t *testing.T) {
	siren := tone(t, 100*time.Millisecond, 0.5)
	f := tone(t, time.Second, 0.1)
	cycle := func() {
		r := start(t, "null", func(c *speaker.Config) { c.Siren = siren })
		r.waitFor(audio.DeviceUp, "")
		ear, err := r.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []audio.Cue{{ID: "on", At: in(150 * time.Millisecond)}, {ID: "never", At: in(time.Hour)}} {
			c.File = f
			if err := r.Cue(c); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Raise(audio.Alarm{ID: "x", Cycle: []audio.AlarmPart{{}, {File: f}}}); err != nil {
			t.Fatal(err)
		}
		r.waitFor(audio.AlarmOn, "x")
		kill(t, r.State().ChildPID)
		r.waitFor(audio.DeviceUp, "")
		r.stop()
		ends := map[string]int{}
		for ev := range r.told {
			r.events = append(r.events, ev)
		}
		for _, ev := range r.events {
			if ev.Kind == audio.Ended {
				ends[ev.ID]++
			}
		}
		if ends["on"] != 1 || ends["never"] != 1 {
			t.Errorf("ends %v, want one of each cue; events %+v", ends, r.events)
		}
		if _, err := io.ReadAll(ear); err != nil {
			t.Error(err)
		}
		for _, err := range []error{
			r.Cue(audio.Cue{ID: "a", File: f, At: in(time.Second)}), r.Stop(), r.Lower("x"),
			r.Raise(audio.Alarm{ID: "a", Cycle: []audio.AlarmPart{{File: f}}}),
		} {
			if !errors.Is(err, speaker.ErrEnded) {
				t.Errorf("after the end: %v, want ErrEnded", err)
			}
		}
	}
	cycle()
	before := openFiles(t)
	for range 3 {
		cycle()
	}
	// The last words of a killed child are read by a goroutine of their own.
	if !comes(func() bool { return openFiles(t) <= before }) {
		t.Errorf("%d files open, %d before three more lives: %v", openFiles(t), before, fileNames(t))
	}
}
