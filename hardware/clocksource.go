package hardware

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// rtc says whether a battery-backed clock stands behind the wall clock.
func (c *Clock) rtc(wall, floor time.Time) bool {
	name := BatteryRTC(c.cfg.Sys)
	t, err := ReadRTC(c.cfg.Sys, name)
	if name == "" || err != nil {
		return false
	}
	near := rtcExact
	if name == kernelsRTC {
		near = rtcApart
	}
	return !t.Before(floor.Add(-rtcApart)) && t.Sub(wall).Abs() < near
}

// hosted says whether a hypervisor keeps this machine's time: its clock came
// from the host at boot, as from an RTC.
func (c *Clock) hosted() bool {
	raw, err := os.ReadFile(filepath.Join(c.cfg.Sys, "devices/system/clocksource/clocksource0/available_clocksource"))
	if err != nil {
		return false
	}
	for _, source := range strings.Fields(string(raw)) {
		if source == "kvm-clock" || source == "xen" || strings.HasPrefix(source, "hyperv_clocksource") {
			return true
		}
	}
	return false
}

// bootID names this boot of the machine.
func (c *Clock) bootID() string {
	raw, err := os.ReadFile(filepath.Join(c.cfg.Proc, "sys/kernel/random/boot_id"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(raw))
}
