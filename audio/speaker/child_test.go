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
	for tid := range plainThreads(t, st.ChildPID) {
		if raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/timerslack_ns", tid)); err != nil || strings.TrimSpace(string(raw)) != "5000000" {
			t.Errorf("thread %d has no real-time priority and is not the runtime's monitor: timer slack %q, %v", tid, raw, err)
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

// plainThreads are the threads of a process that have not the priority of all, with their policies.
func plainThreads(t *testing.T, pid int) map[int]unix.SchedAttr {
	t.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Fatal(err)
	}
	plain := map[int]unix.SchedAttr{}
	for _, thread := range threads {
		tid, err := strconv.Atoi(thread.Name())
		if err != nil {
			t.Fatal(err)
		}
		if attr, err := unix.SchedGetAttr(tid, 0); err == nil && (attr.Policy != unix.SCHED_RR || attr.Priority != 20) {
			plain[tid] = *attr
		}
	}
	return plain
}

// TestMonitorOfTheRuntimeIsRelieved: on a card, the one thread without work of its own stops looking
// thousands of times a second, is the only one without real-time priority, and nobody is told of it
// as of a fault. The sound goes on.
func TestMonitorOfTheRuntimeIsRelieved(t *testing.T) {
	newRuler(t, 32)
	r := start(t, "default", func(c *speaker.Config) { c.Buffer = 20 * time.Millisecond })
	r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if strings.Contains(st.Fault, "no real-time priority") {
		t.Skipf("this machine gives no real-time priority: %s", st.Fault)
	}
	var plain map[int]unix.SchedAttr
	if !comes(func() bool { plain = plainThreads(t, st.ChildPID); return len(plain) > 0 }) {
		t.Fatalf("no thread was relieved in %s", patience)
	}
	if err := r.Cue(audio.Cue{ID: "a", File: tone(t, time.Second, 0.5), At: in(500 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	if ended := r.waitFor(audio.Ended, "a"); ended.Frames != audio.Rate.N(time.Second) {
		t.Errorf("what was played after that: %+v", ended)
	}
	plain = plainThreads(t, st.ChildPID)
	if len(plain) != 1 {
		t.Errorf("threads %v have no real-time priority, want the runtime's monitor alone", plain)
	}
	for tid, attr := range plain {
		if attr.Policy != unix.SCHED_NORMAL || attr.Nice != 0 {
			t.Errorf("thread %d: %+v", tid, attr)
		}
	}
	if st := r.State(); !st.RealTime || st.Restarts != 0 || strings.Contains(st.Fault, "a thread of") {
		t.Errorf("state %+v, want real time and no fault", st)
	}
}

// TestChildPutsBackAThreadThatSlips: one thread at another priority is enough to break the sound off.
// It gets its own back.
func TestChildPutsBackAThreadThatSlips(t *testing.T) {
	r := start(t, "null", nil)
	r.waitFor(audio.DeviceUp, "")
	st := r.State()
	if strings.Contains(st.Fault, "no real-time priority") {
		t.Skipf("this machine gives no real-time priority: %s", st.Fault)
	}
	for _, slip := range []unix.SchedAttr{{Policy: unix.SCHED_NORMAL}, {Policy: unix.SCHED_RR, Priority: 1}} {
		slipThread(t, st.ChildPID, slip)
		if !comes(func() bool { _, is := plainThreads(t, st.ChildPID)[st.ChildPID]; return !is }) {
			t.Errorf("%+v: the thread has not its priority back after %s", slip, patience)
		}
	}
	if st := r.State(); !st.RealTime {
		t.Errorf("state %+v, want real time", st)
	}
}

func slipThread(t *testing.T, tid int, attr unix.SchedAttr) {
	t.Helper()
	if err := unix.SchedSetAttr(tid, &attr, 0); err != nil {
		t.Fatal(err)
	}
}

// TestChildSaysWhenAThreadSlips: where the kernel does not give it back, the state must not claim
// real time. The child here was given its priority by who started it and may not raise it.
func TestChildSaysWhenAThreadSlips(t *testing.T) {
	setpriv, chrt := needProgram(t, "setpriv", "util-linux"), needProgram(t, "chrt", "util-linux")
	if err := speaker.TryRealTime(); err != nil {
		t.Skipf("this machine gives no real-time priority: %v", err)
	}
	r := start(t, "null", func(c *speaker.Config) {
		c.Command = append([]string{chrt, "--rr", "20", setpriv, "--bounding-set=-sys_nice,-sys_resource", "--inh-caps=-sys_nice,-sys_resource"}, c.Command...)
	})
	r.waitFor(audio.DeviceUp, "")
	st := r.until("real time", func(st audio.OutputState) bool { return st.RealTime })
	for _, slip := range []unix.SchedAttr{{Policy: unix.SCHED_NORMAL}, {Policy: unix.SCHED_RR, Priority: 1}} {
		slipThread(t, st.ChildPID, slip)
		r.until("fault of a thread", func(st audio.OutputState) bool { return !st.RealTime && strings.Contains(st.Fault, "a thread of") })
		slipThread(t, st.ChildPID, unix.SchedAttr{Policy: unix.SCHED_RR, Priority: 20})
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
