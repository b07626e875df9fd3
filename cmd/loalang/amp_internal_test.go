package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/hardware"
	"loalang/health"
)

// How the amplifier's line is written decides how it is driven. amp-active-low without
// amp-chip never had an effect: it has none after an update, and that is said.
func TestAmplifierLineIsDrivenAsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		chip, line string
		low        bool
		want       hardware.Switch
		idle       string // what is said of amp-active-low
	}{
		"Plain":       {"gpiochip0", "17", false, hardware.Switch{Chip: "gpiochip0", Line: "17"}, ""},
		"LowByItself": {"", "gpiochip0:17", true, hardware.Switch{Chip: "gpiochip0", Line: "17"}, "amp-active-low has no effect with amp-line = gpiochip0:17 and without amp-chip: write low behind that"},
		"LowTwice":    {"", "gpiochip0:17 low", true, hardware.Switch{Chip: "gpiochip0", Line: "17", ActiveLow: true}, ""},
		"LowOutput":   {"", "rts:/dev/ttyUSB0", true, hardware.Switch{Path: "/dev/ttyUSB0", Pin: hardware.RTS}, "no GPIO line: leave it out"},
		"LowOnChip":   {"gpiochip0", "17", true, hardware.Switch{Chip: "gpiochip0", Line: "17", ActiveLow: true}, ""},
		"LowBehind":   {"gpiochip0", "17 low", false, hardware.Switch{Chip: "gpiochip0", Line: "17", ActiveLow: true}, ""},
		"PumpBehind":  {"gpiochip0", "GPIO17  pump", false, hardware.Switch{Chip: "gpiochip0", Line: "GPIO17", Pumped: true}, ""},
		"NameOfWords": {"gpiochip0", "7J1 Header Pin11 low", false, hardware.Switch{Chip: "gpiochip0", Line: "7J1 Header Pin11", ActiveLow: true}, ""},
	} {
		a := ampSettings{Chip: c.chip, Line: c.line, ActiveLow: c.low}
		c.want.Settle, c.want.Tail = -1, -1
		if faults := a.settle(); len(faults) > 0 || *a.Main != c.want {
			t.Errorf("%s: %+v, %v", name, *a.Main, faults)
		}
		if got := strings.Join(a.idle(), "; "); (got == "") != (c.idle == "") || !strings.Contains(got, c.idle) {
			t.Errorf("%s: %q is said", name, got)
		}
	}
}

// A board whose settings are not as somebody meant them runs after an update as it ran
// before it; doctor says what to write.
func TestSettingsThatRanBeforeAreWarnedOf(t *testing.T) {
	nowhere := func(string, string) (string, uint32, error) { return "", 0, errors.New("no such chip") }
	for name, c := range map[string]struct {
		amp, zones, button, want string
	}{
		"LowZones": {"", "Chợ=gpiochip0:17", "", "amp-active-low has no effect on zones"},
		"LowLine":  {"gpiochip0:17", "", "", "write low behind that"},
		"OnePin":   {"gpiochip0:17 low", "", "gpiochip0:17 low", "amp-line (gpiochip0:17) and button (gpiochip0:17) are the same"},
		"Nothing":  {"gpiochip0:17 low", "Chợ=gpiochip0:27", "", ""},
	} {
		var s settings
		s.Amp.Line, s.Amp.ActiveLow = c.amp, true
		if err := errors.Join(setZones(&s, c.zones), setButton(&s, c.button)); err != nil {
			t.Fatal(err)
		}
		if faults := s.Amp.settle(); len(faults) > 0 {
			t.Errorf("%s is refused: %q", name, faults)
		}
		for _, z := range s.Amp.Zones {
			if z.ActiveLow {
				t.Errorf("%s: zone %s is driven the other way round", name, z.Name)
			}
		}
		told := levelled(examineSettings(s, nowhere, english), health.Warning)
		if c.want == "" && len(told) > 0 || c.want != "" && (len(told) != 1 || told[0].Level != health.Warning || !strings.Contains(told[0].Found, c.want)) {
			t.Errorf("%s: %+v", name, told)
		}
	}
}

// Two settings that use one pin are named, also when they write it in two ways; nothing is
// refused.
func TestSharedPins(t *testing.T) {
	lines := func(chip, line string) (string, uint32, error) {
		numbers := map[string]uint32{"17": 17, "GPIO17": 17, "27": 27}
		number, known := numbers[line]
		if chip != "gpiochip0" && chip != "pinctrl-bcm2711" || !known {
			return "", 0, errors.New("no such line")
		}
		return "/dev/gpiochip0", number, nil
	}
	port := filepath.Join(t.TempDir(), "ttyUSB0")
	if err := errors.Join(os.WriteFile(port, nil, 0o600), os.Symlink(port, port+"-by-id")); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ amp, zones, bypass, button, led, serial, want string }{
		"None":       {amp: "gpiochip0:17", zones: "A=gpiochip0:27; B=gpiochip1:17", led: "gpiochip2:17"},
		"Named":      {amp: "gpiochip0:17", led: "gpiochip0:GPIO17", want: "amp-line (gpiochip0:17) and led (gpiochip0:GPIO17)"},
		"ByLabel":    {zones: "A=gpiochip0:17", bypass: "pinctrl-bcm2711:17 low", want: "zone A (gpiochip0:17) and bypass (pinctrl-bcm2711:17)"},
		"NoChip":     {zones: "A=gpiochip9:4", button: "/dev/gpiochip9:4 low", want: "zone A (gpiochip9:4) and button (/dev/gpiochip9:4)"},
		"TwoZones":   {zones: "A=gpiochip0:17; B=gpiochip0:GPIO17", want: "zone A (gpiochip0:17) and zone B (gpiochip0:GPIO17)"},
		"OneOutput":  {amp: "rts:" + port, zones: "A=rts:" + port + "-by-id", want: "amp-line (rts:" + port + ") and zone A"},
		"TwoOutputs": {amp: "rts:" + port, zones: "A=dtr:" + port},
		"OnePort":    {zones: "A=dtr:" + port, serial: port + "-by-id", want: "zone A (dtr:" + port + ") is an output of the port of amp-serial"},
		"OneCommand": {amp: "serial:3", zones: "A=serial:3", serial: port, want: "amp-line (serial:3) and zone A (serial:3)"},
	} {
		var s settings
		s.Amp.Line, s.Amp.Serial.Path = c.amp, c.serial
		err := errors.Join(setZones(&s, c.zones), setBypass(&s, c.bypass), setButton(&s, c.button), setLED(&s, c.led))
		if err != nil {
			t.Fatal(err)
		}
		s.Amp.settle() // of commands there are none
		faults := s.shared(lines)
		if got := strings.Join(faults, "; "); (c.want == "") != (got == "") || !strings.Contains(got, c.want) || len(faults) > 1 {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A pin that keeps its level is no danger behind a charge pump.
func TestReleasedPinBehindAChargePump(t *testing.T) {
	for pumped, want := range map[bool]bool{true: true, false: false} {
		if f := released(hardware.Switch{Chip: "gpiochip0", Line: "17", Pumped: pumped}, true, nil); f.OK != want {
			t.Errorf("pumped %v: %+v", pumped, f)
		}
	}
	sys := t.TempDir()
	parameter := filepath.Join(sys, "module/pinctrl_bcm2835/parameters/persist_gpio_outputs")
	if err := errors.Join(os.MkdirAll(filepath.Dir(parameter), 0o700), os.WriteFile(parameter, []byte("Y\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	chips := []hardware.GPIOChip{{Name: "gpiochip0", Label: "pinctrl-bcm2711"}, {Name: "gpiochip1", Label: "pinctrl-rp1"}}
	for zones, want := range map[string]bool{
		"A=gpiochip0:17 pump": true, "A=gpiochip0:17 pump; B=gpiochip0:27": false, "A=gpiochip0:17": false,
		"A=gpiochip1:17": true, "A=gpiochip0:17 pump; B=gpiochip1:27": true, // of a Pi 5, whose driver is another
	} {
		var s settings
		if err := setZones(&s, zones); err != nil {
			t.Fatal(err)
		}
		if f := examineRelease(s, sys, chips, english); len(f) != 1 || f[0].OK != want {
			t.Errorf("%s: %+v", zones, f)
		}
	}
}

// Behind a device that is silent every zone is told OFF, more than once as the help of the
// command says, and the next start of the service waits for no answer of it.
func TestSafeStateTellsEveryZoneInTime(t *testing.T) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no pty on this machine: mount devpts (%v)", err)
	}
	device := os.NewFile(uintptr(fd), "ptmx")
	defer device.Close()
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/dev/pts/%d", n)
	hold, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0) // what was sent can be read behind the last close
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	cfg := hardware.ScriptConfig{Path: path, Baud: 9600, Repeat: 20, Every: 10 * time.Second, Reply: regexp.MustCompile("OK"), ReplyWithin: 10 * time.Second}
	cfg.ZoneOff, _ = hardware.ParseTemplate("Z{n}=0;")
	var s settings
	s.Amp.Serial.ScriptConfig = cfg
	if s.Amp.Serial.Path = cfg.Path; s.Amp.rack().Script == nil {
		t.Fatal("no device is set")
	}
	missing := filepath.Join(t.TempDir(), "ttyUSB0")
	all := []hardware.Switch{{Simulated: true}, {Path: missing, Pin: hardware.RTS}, {Script: true, Zone: 1}, {Script: true, Zone: 2}, {Script: true, Zone: 3}}
	began := time.Now()
	if err := safeState(s.Amp.safeRack(all), all, safeWithin); err != nil {
		t.Errorf("%v: the device was told, and the kernel dropped the other", err)
	}
	if took := time.Since(began); took > safeWithin+time.Second {
		t.Errorf("it took %s", took)
	}
	var heard []byte
	for more := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}; ; { // it comes in pieces
		n, err := unix.Poll(more, 500)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			break
		}
		piece := make([]byte, 256)
		k, err := device.Read(piece)
		if heard = append(heard, piece[:k]...); err != nil {
			t.Fatal(err)
		}
	}
	for _, zone := range []string{"Z1=0;", "Z2=0;", "Z3=0;"} { // 20 times each would take too long
		if n := strings.Count(string(heard), zone); n < 2 || n > 6 {
			t.Errorf("the device heard %s %d times: %q", zone, n, heard)
		}
	}
	if help := (program{}).safeStateCommand().Long; !strings.Contains(help, "as often as amp-serial-repeat says") {
		t.Errorf("the help says otherwise: %s", help)
	}
}
