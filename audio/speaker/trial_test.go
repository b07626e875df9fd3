package speaker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/devicetest"
)

// trial is one attempt at a test on the card. On a busy machine the card runs
// dry, which the output must report; what fails beside such a report says
// nothing, and is tried again.
type trial struct {
	testing.TB
	faults   []string
	hindered []string // what the machine did to this attempt
	cleanups []func()
	rigs     []*rig
}

// verdict is how long the clock of frames takes to be sure of an underrun, with a
// roomy buffer.
const verdict = 17*roomyBuffer/2 + 150*time.Millisecond

// onCard runs test until an attempt passes, or fails though no underrun was
// reported, at most devicetest.Attempts times.
func onCard(t *testing.T, test func(t *trial)) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		x := &trial{TB: t}
		x.run(test)
		switch {
		case len(x.faults) == 0:
			return
		case len(x.hindered) == 0:
			t.Fatal(strings.Join(x.faults, "\n"))
		case attempt == devicetest.Attempts:
			t.Fatalf("disturbed %d times in a row, at last %s:\n%s", attempt, x.hindered, strings.Join(x.faults, "\n"))
		}
		t.Logf("%s%s; %s", devicetest.Disturbed, x.hindered, strings.Join(x.faults, "; "))
	}
}

// over is what Fatal panics with.
type over struct{}

func (x *trial) run(test func(t *trial)) {
	defer x.settle()
	defer func() {
		if why := recover(); why != nil && why != (over{}) {
			panic(why)
		}
	}()
	test(x)
}

// settle cleans up, and looks for underruns that were reported.
func (x *trial) settle() {
	for i := len(x.cleanups) - 1; i >= 0; i-- {
		x.cleanups[i]()
	}
	for _, r := range x.rigs {
		if n := r.underruns(); n > 0 {
			x.hindered = append(x.hindered, fmt.Sprintf("%d underruns", n))
		}
		if why := r.stoodStill(); why != "" {
			x.hindered = append(x.hindered, why)
		}
	}
}

func (x *trial) Cleanup(f func()) { x.cleanups = append(x.cleanups, f) }
func (x *trial) Failed() bool     { return len(x.faults) > 0 }
func (x *trial) Error(all ...any) { x.faults = append(x.faults, fmt.Sprint(all...)) }
func (x *trial) Fatal(all ...any) { x.Error(all...); panic(over{}) }

func (x *trial) Errorf(format string, all ...any) { x.Error(fmt.Sprintf(format, all...)) }
func (x *trial) Fatalf(format string, all ...any) { x.Fatal(fmt.Sprintf(format, all...)) }

// punctual notes that the machine held this attempt up, when an instant has
// passed by which something had to be done.
func (x *trial) punctual(what string, by audio.Instant) {
	if late := audio.Monotonic().Sub(by); late > 0 {
		x.hindered = append(x.hindered, fmt.Sprintf("%s %v too late", what, late))
	}
}

// Cue hands a cue over, and notes when the test itself was too slow for it.
func (r *rig) Cue(c audio.Cue) error {
	err := r.Output.Cue(c)
	if x, tries := r.t.(*trial); tries && c.At != 0 {
		x.punctual("the cue of "+c.ID, c.At.Add(-200*time.Millisecond))
	}
	return err
}

// stoodStill is why a child was lost that a machine which stands still loses as well;
// empty: none was. To be asked behind underruns.
func (r *rig) stoodStill() string {
	for _, ev := range r.events {
		if ev.Kind == audio.DeviceDown && (strings.Contains(ev.Detail, "took no sound for") || strings.Contains(ev.Detail, "signal: killed")) {
			return ev.Detail
		}
	}
	return ""
}

// underruns is how many were reported, once the rig has stopped.
func (r *rig) underruns() int {
	for ev := range r.told {
		r.events = append(r.events, ev)
	}
	n := 0
	for _, ev := range r.events {
		if ev.Kind == audio.Underrun {
			n++
		}
	}
	return n
}
