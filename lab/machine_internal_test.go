package lab

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"loalang/lab/job"
)

// spoken is a machine that told a text and is off.
func spoken(t *testing.T, text string) *Machine {
	t.Helper()
	m := &Machine{cmd: exec.Command("true"), lines: make(chan string, 10), ended: make(chan struct{})}
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	m.read(strings.NewReader(text))
	return m
}

// A beat that fell into a line of a test took the line from who judges it.
func TestABeatTakesNoLine(t *testing.T) {
	t.Parallel()
	m := spoken(t, "LAB run x\r\n"+job.Beat+"\r\n--- PA"+job.Beat+"\r\nSS: TestX\r\n")
	if got, want := m.Told(), "LAB run x\n--- PASS: TestX"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// An emulated machine stood still in the middle of its tests, and they were said to have failed.
func TestAMachineThatStandsStillIsTold(t *testing.T) {
	t.Parallel()
	m := spoken(t, job.Beat+"\n")
	if m.ended = make(chan struct{}); m.stalled(time.Now()) {
		t.Error("it stands still right after a beat")
	}
	m.beat = time.Now().Add(-stallAfter)
	if err := m.Wait(t.Context()); !errors.Is(err, ErrStalled) {
		t.Errorf("without a beat for %s: %v", stallAfter, err)
	}
	if (&Machine{}).stalled(time.Now()) {
		t.Error("a machine that never beat stands still")
	}
}

// One of two emulated processors lost its timer: the first process beat on the other, and the
// machine was waited for until its tests were said to have failed.
func TestAProcessorThatLostItsTimerIsTold(t *testing.T) {
	t.Parallel()
	m := spoken(t, "[  63.5] rcu: rcu_preempt kthread timer wakeup didn't happen for 5252 jiffies! g361\n"+job.Beat+"\n")
	m.ended = make(chan struct{})
	if err := m.Wait(t.Context()); !errors.Is(err, ErrStalled) {
		t.Errorf("the kernel misses a timer: %v", err)
	}
	if m = spoken(t, "[  63.5] rcu: INFO: rcu_preempt self-detected stall on CPU\n"+job.Beat+"\n"); m.stalled(time.Now()) {
		t.Error("a processor that is busy stands still")
	}
}
