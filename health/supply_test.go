package health_test

import (
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

// A board that does not tell of its supply has none to judge.
func TestABoardThatDoesNotTellOfItsSupply(t *testing.T) {
	m, p := newMachine(t)
	m.write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
	if got := p.Power(time.Hour); got != nil {
		t.Errorf("%+v", got)
	}
}
