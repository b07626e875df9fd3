package health

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LookAtSupply is how often Power is to be asked so that nothing is missed: the kernel asks the
// firmware of a Raspberry Pi every two seconds, and each time forgets what was before
// (drivers/hwmon/raspberrypi-hwmon.c clears the sticky bits as it reads them).
const LookAtSupply = time.Second

// lowLasts is for how long a supply counts as low behind the last look at which it was: it
// drops for an instant as the amplifier comes on, and a Watch notes what it finds at several
// looks in a row.
const lowLasts = (settled + 1) * Every

// throttled is where the firmware of a Raspberry Pi tells of its supply: bit 0 now, bit
// 16 since the kernel asked before.
const throttled = "devices/platform/soc*/soc*firmware/get_throttled"

// Power is what a Raspberry Pi says of its supply, with what it said at the looks before: what
// was low within lowLasts is low, and was low at any look since the machine was switched on,
// be it an earlier run's that shares Drops. mono is CLOCK_MONOTONIC. Nil: the board does not
// tell.
func (p *Probe) Power(mono time.Duration) *PowerState {
	low, tells := p.undervolted()
	if !tells {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.asked {
		p.asked, p.noted = true, p.lowBefore()
		p.wasLow = p.noted
	}
	if low {
		p.wasLow, p.lowAt = true, mono
	}
	if p.wasLow && !p.noted {
		p.noted = p.noteLow()
	}
	return &PowerState{Low: p.wasLow && mono-p.lowAt < lowLasts, WasLow: p.wasLow}
}

// lowBefore says whether the supply was low in this boot at a look of an earlier run.
func (p *Probe) lowBefore() bool {
	return p.Drops != "" && p.Boot != "" && line(p.Drops) == p.Boot
}

// noteLow keeps for the next run that the supply was low in this boot; false: it must be tried
// again at the next look.
func (p *Probe) noteLow() bool {
	if p.Drops == "" || p.Boot == "" || p.Peeks {
		return true
	}
	return os.WriteFile(p.Drops, []byte(p.Boot+"\n"), 0o600) == nil
}

// undervolted says whether the supply is low, or was since the kernel asked before; tells is
// false where the board says nothing of it.
func (p *Probe) undervolted() (low, tells bool) {
	for _, file := range p.sys("class/hwmon/hwmon*/name") {
		if line(file) != "rpi_volt" {
			continue
		}
		if alarm, err := number(filepath.Join(filepath.Dir(file), "in0_lcrit_alarm")); err == nil {
			low, tells = low || alarm != 0, true
		}
	}
	for _, file := range p.sys(throttled) {
		if bits, err := strconv.ParseUint(strings.TrimPrefix(line(file), "0x"), 16, 64); err == nil {
			low, tells = low || bits&(1|1<<16) != 0, true
		}
	}
	return low, tells
}
