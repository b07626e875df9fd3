package hardware_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"loalang/hardware"
)

// clockOn puts an RTC into the house's /sys, on a bus; it says t.
func (h house) clockOn(t *testing.T, name, bus string, says time.Time) {
	t.Helper()
	h.write(t, "sys/class/rtc/"+name+"/since_epoch", strconv.FormatInt(says.Unix(), 10)+"\n")
	device := filepath.Join(h.dir, "sys/class/rtc", name, "device")
	if err := os.MkdirAll(device, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../../../../bus/"+bus, filepath.Join(device, "subsystem")); err != nil {
		t.Fatal(err)
	}
}

// TestTheChipWithABatteryIsTheClock: on boards of which the processor has a clock of its
// own, without a battery, the DS3231 is rtc1.
func TestTheChipWithABatteryIsTheClock(t *testing.T) {
	for name, c := range map[string]struct {
		rtcs map[string]string // name to bus
		want string
	}{
		"OK":            {map[string]string{"rtc0": "i2c"}, "rtc0"},
		"None":          {nil, ""},
		"ProcessorOnly": {map[string]string{"rtc0": "platform"}, "rtc0"},
		"PC":            {map[string]string{"rtc0": "pnp"}, "rtc0"},
		"OrangePi":      {map[string]string{"rtc0": "platform", "rtc1": "i2c"}, "rtc1"},
		"SPI":           {map[string]string{"rtc0": "platform", "rtc1": "spi"}, "rtc1"},
		"TwoOfTheBoard": {map[string]string{"rtc0": "platform", "rtc1": "platform"}, "rtc0"},
		"ChipFirst":     {map[string]string{"rtc0": "i2c", "rtc1": "platform"}, "rtc0"},
		"Tenth":         {map[string]string{"rtc2": "i2c", "rtc10": "i2c"}, "rtc2"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "boot-1")
			for rtc, bus := range c.rtcs {
				h.clockOn(t, rtc, bus, noon)
			}
			if got := hardware.BatteryRTC(filepath.Join(h.dir, "sys")); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestTheProcessorsClockVouchesForNothing: the clock inside the processor of an Orange Pi
// starts in 1970 and follows nothing; the chip beside it vouches once the system clock was
// set by it, and not while that still stands where it was last seen.
func TestTheProcessorsClockVouchesForNothing(t *testing.T) {
	for name, c := range map[string]struct {
		wall, chip time.Time
		want       hardware.Trust
	}{
		"OK":             {noon, noon.Add(time.Second), hardware.Held},
		"NotSetByIt":     {noon, noon.Add(5 * time.Hour), hardware.Unknown},
		"ChipWithoutOne": {noon, time.Date(2000, 1, 1, 0, 0, 9, 0, time.UTC), hardware.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "boot-1")
			h.clockOn(t, "rtc0", "platform", time.Unix(7, 0))
			h.clockOn(t, "rtc1", "i2c", c.chip)
			if got := h.open(newKernel(c.wall), false).State().Trust; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestWhichClockIsSetByWhich: the kernel does it for rtc0; for another nothing is set
// back, but an RTC by a clock that is synchronised.
func TestWhichClockIsSetByWhich(t *testing.T) {
	past := noon.AddDate(0, -1, 0)
	for name, c := range map[string]struct {
		rtc    string
		apart  time.Duration // the RTC from the wall
		synced bool
		want   hardware.RTCStep
	}{
		"OK":             {"rtc1", 5 * time.Hour, false, hardware.SystemByRTC},
		"KernelDoesIt":   {"rtc0", 5 * time.Hour, false, hardware.RTCKeeps},
		"Alike":          {"rtc1", time.Second, false, hardware.RTCKeeps},
		"RTCBehind":      {"rtc1", -5 * time.Hour, false, hardware.RTCKeeps},
		"RTCIn2000":      {"rtc1", -24 * 365 * 26 * time.Hour, false, hardware.RTCBroken},
		"RTCIn2099":      {"rtc1", 24 * 365 * 73 * time.Hour, false, hardware.RTCBroken},
		"Synced":         {"rtc1", 90 * time.Second, true, hardware.RTCBySystem},
		"SyncedBehind":   {"rtc1", -90 * time.Second, true, hardware.RTCBySystem},
		"SyncedAndAlike": {"rtc1", 0, true, hardware.RTCKeeps},
		"SyncedIn2000":   {"rtc1", -24 * 365 * 26 * time.Hour, true, hardware.RTCBySystem},
		"SyncedKernels":  {"rtc0", 90 * time.Second, true, hardware.RTCKeeps},
	} {
		t.Run(name, func(t *testing.T) {
			if got := hardware.JudgeRTC(c.rtc, noon.Add(c.apart), noon, past, c.synced); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
