package hardware

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// kernelsRTC is the RTC by which Linux sets its clock as it starts, and which it sets
// while that is synchronised (CONFIG_RTC_HCTOSYS_DEVICE and CONFIG_RTC_SYSTOHC_DEVICE of
// Debian, Raspberry Pi OS and Armbian). Others it never looks at.
const kernelsRTC = "rtc0"

// rtcExact is how far the wall clock and an RTC that is not the kernel's may be apart
// after SetByRTC: it sets them alike, and neither knows a local time.
const rtcExact = 2 * time.Minute

// BatteryRTC names the RTC behind which a battery most likely is, "rtc1" for one; empty:
// there is none. sys is the root of sysfs. A chip on I²C or SPI wins over a clock inside
// the processor: that of many boards stands still without power, and is rtc0 all the same.
func BatteryRTC(sys string) string {
	all, err := filepath.Glob(filepath.Join(sys, "class/rtc/rtc[0-9]*"))
	if err != nil || len(all) == 0 {
		return ""
	}
	type found struct {
		name   string
		number int
		chip   bool
	}
	var rtcs []found
	for _, dir := range all {
		f := found{name: filepath.Base(dir)}
		if f.number, err = strconv.Atoi(strings.TrimPrefix(f.name, "rtc")); err != nil {
			continue
		}
		bus, err := os.Readlink(filepath.Join(dir, "device/subsystem"))
		f.chip = err == nil && (filepath.Base(bus) == "i2c" || filepath.Base(bus) == "spi")
		rtcs = append(rtcs, f)
	}
	if len(rtcs) == 0 {
		return ""
	}
	return slices.MinFunc(rtcs, func(a, b found) int {
		if a.chip != b.chip {
			if a.chip {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.number, b.number)
	}).name
}

// ReadRTC is what an RTC says; it must run in UTC.
func ReadRTC(sys, name string) (time.Time, error) {
	raw, err := os.ReadFile(filepath.Join(sys, "class/rtc", name, "since_epoch"))
	if err != nil {
		return time.Time{}, fmt.Errorf("read the battery clock: %w", err)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the battery clock: %w", err)
	}
	return time.Unix(seconds, 0), nil
}

// RTCStep is what is to be set by what.
type RTCStep string

// The steps of an RTC that the kernel does not look at.
const (
	RTCKeeps    RTCStep = "keeps"    // nothing is
	SystemByRTC RTCStep = "system"   // the system clock, by the RTC
	RTCBySystem RTCStep = "rtc"      // the RTC, by the system clock, which is synchronised
	RTCBroken   RTCStep = "unlikely" // nothing is: the RTC has lost its time
)

// JudgeRTC decides which of two clocks is set by the other, where the kernel does not do
// it by itself. A clock that is synchronised is right. Any other that stands before the
// RTC is one that started where it was last seen; one that stands past it is left to
// whoever set it. past is a time that is certainly past, such as that of the build.
func JudgeRTC(name string, rtc, wall, past time.Time, synced bool) RTCStep {
	apart := rtc.Sub(wall)
	switch {
	case name == kernelsRTC:
		return RTCKeeps
	case synced && apart.Abs() > time.Second:
		return RTCBySystem
	case synced:
		return RTCKeeps
	case rtc.Before(past), rtc.After(past.Add(toldAhead)):
		return RTCBroken
	case apart > time.Second:
		return SystemByRTC
	}
	return RTCKeeps
}

// SetSystem sets the system clock; it asks for CAP_SYS_TIME.
func (Linux) SetSystem(t time.Time) error {
	tv := unix.NsecToTimeval(t.UnixNano())
	if err := unix.Settimeofday(&tv); err != nil {
		return fmt.Errorf("set the system clock: %w", err)
	}
	return nil
}

// SetRTC sets an RTC, in UTC, by its file in /dev; it asks for CAP_SYS_TIME.
func (Linux) SetRTC(file string, t time.Time) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("set the battery clock: %w", err)
	}
	defer func() { _ = f.Close() }()
	t = t.UTC()
	at := unix.RTCTime{
		Sec: int32(t.Second()), Min: int32(t.Minute()), Hour: int32(t.Hour()),
		Mday: int32(t.Day()), Mon: int32(t.Month()) - 1, Year: int32(t.Year()) - 1900, Wday: int32(t.Weekday()),
	}
	if err := unix.IoctlSetRTCTime(int(f.Fd()), &at); err != nil {
		return fmt.Errorf("set the battery clock: %w", err)
	}
	return nil
}
