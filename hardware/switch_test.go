package hardware_test

import (
	"strings"
	"testing"
	"time"

	"loalang/hardware"
)

func TestParseSwitch(t *testing.T) {
	for text, want := range map[string]hardware.Switch{
		"gpiochip0:17":                 {Chip: "gpiochip0", Line: "17", Settle: -1, Tail: -1},
		" pinctrl-bcm2711:GPIO17 low ": {Chip: "pinctrl-bcm2711", Line: "GPIO17", ActiveLow: true, Settle: -1, Tail: -1},
		"gpiochip0:17 settle=3s low":   {Chip: "gpiochip0", Line: "17", ActiveLow: true, Settle: 3 * time.Second, Tail: -1},
		"gpiochip0:17 pump":            {Chip: "gpiochip0", Line: "17", Pumped: true, Settle: -1, Tail: -1},
		"rts:/dev/ttyUSB0 tail=0s":     {Path: "/dev/ttyUSB0", Pin: hardware.RTS, Settle: -1},
		"dtr:/dev/ttyUSB0":             {Path: "/dev/ttyUSB0", Pin: hardware.DTR, Settle: -1, Tail: -1},
		"serial:3":                     {Script: true, Zone: 3, Settle: -1, Tail: -1},
		"serial:all":                   {Script: true, Settle: -1, Tail: -1},
		"sim":                          {Simulated: true, Settle: -1, Tail: -1},
	} {
		if got, err := hardware.ParseSwitch(text); err != nil || got != want {
			t.Errorf("%q = %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "17", ":17", "gpiochip0:", "serial:0", "serial:256", "serial:x", "rts:/dev/ttyUSB0 low", "sim low", "rts:/dev/ttyUSB0 pump", "gpiochip0:17 low=", "gpiochip0:17 high", "gpiochip0:17 settle=2m", "gpiochip0:17 settle", "gpiochip0:17 low=1"} {
		if got, err := hardware.ParseSwitch(bad); err == nil {
			t.Errorf("%q is a switch: %+v", bad, got)
		}
	}
}

func TestParseZones(t *testing.T) {
	zones, err := hardware.ParseZones("Đầu  thôn = gpiochip0:17 ; Chợ=gpiochip0:27 low;Loa FM=rts:/dev/ttyUSB0;")
	if err != nil || len(zones) != 3 || zones[0].Name != "Đầu thôn" || !zones[1].ActiveLow || zones[2].Pin != hardware.RTS {
		t.Errorf("zones = %+v, %v", zones, err)
	}
	if zones, err := hardware.ParseZones(" ; "); err != nil || zones != nil {
		t.Errorf("no zones = %+v, %v", zones, err)
	}
	for name, bad := range map[string]string{
		"NoSwitch":   "Chợ",
		"NoName":     "=sim",
		"Twice":      "Chợ=sim; chợ=sim",
		"SameLine":   "Chợ=gpiochip0:17; Suối=gpiochip0:17 low",
		"Comma":      "Chợ, suối=sim",
		"LongName":   strings.Repeat("ơ", 41) + "=sim",
		"BadSwitch":  "Chợ=17",
		"ManyOfThem": many(65),
	} {
		if zones, err := hardware.ParseZones(bad); err == nil {
			t.Errorf("%s: %+v", name, zones)
		}
	}
}

func many(n int) string {
	var all []string
	for i := range n {
		all = append(all, "zone "+strings.Repeat("i", i%30+1)+strings.Repeat("v", i/30)+"=sim")
	}
	return strings.Join(all, ";")
}

// A zone has the settle and tail of its own, else those of the board.
func TestRackGivesZonesTheirTimes(t *testing.T) {
	cfg := ampConfig
	for text, want := range map[string][2]time.Duration{
		"sim":                   {2 * time.Second, time.Second},
		"sim settle=5s":         {5 * time.Second, time.Second},
		"sim settle=0s tail=3s": {0, 3 * time.Second},
	} {
		s, err := hardware.ParseSwitch(text)
		if err != nil {
			t.Fatal(err)
		}
		r := hardware.Rack{}.Relay(s, cfg)
		if got := r.State(); got.Settle != want[0] || got.Tail != want[1] || !got.Simulated {
			t.Errorf("%q: %+v", text, got)
		}
		_ = r.Close()
	}
}
