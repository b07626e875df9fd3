package health_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/health"
)

// The kernel tells for two seconds that the supply was low. Who looks each second learns of it,
// tells of it for long enough that the history has it, and knows of it until the end.
func TestASupplyThatDropsForAnInstantIsKept(t *testing.T) {
	m, p := newMachine(t)
	at := time.Hour
	look := func(want health.PowerState) {
		t.Helper()
		if got := p.Power(at); got == nil || *got != want {
			t.Errorf("after %v: %+v, want %+v", at-time.Hour, got, want)
		}
	}
	alarm, bits := "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "sys/devices/platform/soc/soc:firmware/get_throttled"
	m.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
	m.write(alarm, "0\n")
	look(health.PowerState{})
	m.write(alarm, "1\n")
	look(health.PowerState{Low: true, WasLow: true})
	m.write(alarm, "0\n")
	for range 3 {
		at += health.Every
		look(health.PowerState{Low: true, WasLow: true})
	}
	at += 24 * time.Hour
	look(health.PowerState{WasLow: true})
	m.write(bits, "50000\n") // of the firmware itself: it was low since the look before
	look(health.PowerState{Low: true, WasLow: true})
	m.write(bits, "0\n")
	at += time.Hour
	look(health.PowerState{WasLow: true})
}

// An update, or a crash, starts the program again while the machine runs on: what was low since
// the machine was switched on is known behind that, and only until it is switched off.
func TestASupplyThatWasLowIsKnownBehindARestart(t *testing.T) {
	m, first := newMachine(t)
	alarm := "sys/class/hwmon/hwmon1/in0_lcrit_alarm"
	m.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
	m.write(alarm, "0\n")
	run := func(boot, drops string) *health.Probe {
		return &health.Probe{Proc: first.Proc, Sys: first.Sys, Dev: first.Dev, Boot: boot, Drops: drops}
	}
	look := func(name string, p *health.Probe, want health.PowerState) {
		t.Helper()
		if got := p.Power(time.Hour); got == nil || *got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	drops := filepath.Join(m.dir, "memory", "supply")
	p := run("boot-1", drops)
	look("at first", p, health.PowerState{})
	look("begun anew", run("boot-1", drops), health.PowerState{})
	m.write(alarm, "1\n")
	look("low, and nowhere to note it", p, health.PowerState{Low: true, WasLow: true})
	m.write(alarm, "0\n")
	m.write("memory/other", "")
	look("low a moment ago", p, health.PowerState{Low: true, WasLow: true})
	look("behind a restart", run("boot-1", drops), health.PowerState{WasLow: true})
	look("switched off between", run("boot-2", drops), health.PowerState{})
	look("a boot that nobody knows", run("", drops), health.PowerState{})
	look("nowhere to keep it", run("boot-1", ""), health.PowerState{})
}

// A command that looks beside a serve, or before it, knows what that one saw, and leaves nothing of
// its own where the service writes.
func TestACommandOnlyLooksAtWhatTheSupplyDid(t *testing.T) {
	m, p := newMachine(t)
	m.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
	m.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
	p.Boot, p.Drops, p.Peeks = "boot-1", filepath.Join(m.dir, "supply"), true
	if got := p.Power(time.Hour); got == nil || !got.Low {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(p.Drops); err == nil {
		t.Error("it wrote")
	}
	m.write("supply", "boot-1\n")
	m.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
	later := &health.Probe{Proc: p.Proc, Sys: p.Sys, Dev: p.Dev, Boot: "boot-1", Drops: p.Drops, Peeks: true}
	if got := later.Power(time.Hour); got == nil || *got != (health.PowerState{WasLow: true}) {
		t.Errorf("behind a serve that saw it: %+v", got)
	}
}

// A board that does not tell of its supply has none to judge.
func TestABoardThatDoesNotTellOfItsSupply(t *testing.T) {
	m, p := newMachine(t)
	m.write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
	if got := p.Power(time.Hour); got != nil {
		t.Errorf("%+v", got)
	}
}
