package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"loalang/hardware"
)

// TestSafeStateSwitchesOffWhatItStillKnows: one setting that was wrong, whichever, and the amplifier that
// a killed program had left on stayed on until somebody corrected it. What may be of the other kind is left alone:
// OFF would switch it on.
func TestSafeStateSwitchesOffWhatItStillKnows(t *testing.T) {
	high := hardware.Switch{Chip: "gpiochip0", Line: "17"}
	low := hardware.Switch{Chip: "gpiochip0", Line: "17", ActiveLow: true}
	market := hardware.Switch{Chip: "gpiochip0", Line: "27", ActiveLow: true}
	device := hardware.Switch{Script: true, Zone: 3}
	relay := map[string]string{"LOALANG_AMP_CHIP": "gpiochip0", "LOALANG_AMP_LINE": "17"}
	told := map[string]string{"LOALANG_ZONES": "Chợ=serial:3", "LOALANG_AMP_SERIAL": "/dev/ttyUSB0", "LOALANG_AMP_SERIAL_ZONE_ON": "Z{n}=1", "LOALANG_AMP_SERIAL_ZONE_OFF": "Z{n}=0"}
	for name, c := range map[string]struct {
		env  map[string]string
		more string // a variable that is wrong
		is   string
		file string // loalang.toml
		want []hardware.Switch
	}{
		"AnotherSetting":   {relay, "LOALANG_LISTEN", "nowhere", "", []hardware.Switch{high}},
		"WhichKind":        {relay, "LOALANG_AMP_ACTIVE_LOW", "maybe", "", nil},
		"KindBehindLine":   {map[string]string{"LOALANG_AMP_CHIP": "gpiochip0", "LOALANG_AMP_LINE": "17 low"}, "LOALANG_AMP_ACTIVE_LOW", "maybe", "", []hardware.Switch{low}},
		"LineIsNone":       {map[string]string{"LOALANG_AMP_CHIP": "gpiochip0", "LOALANG_ZONES": "Chợ=gpiochip0:27 low"}, "LOALANG_AMP_LINE", "17 up", "", []hardware.Switch{market}},
		"OneZone":          {relay, "LOALANG_ZONES", "Chợ=gpiochip0:27 low; Suối=gpiochip0", "", []hardware.Switch{high, market}},
		"TwoOfOnePlace":    {relay, "LOALANG_ZONES", "Chợ=gpiochip0:27 low; Suối=gpiochip0:27", "", []hardware.Switch{high}},
		"WithoutChip":      {map[string]string{"LOALANG_AMP_LINE": "gpiochip0:17 low"}, "LOALANG_AMP_ACTIVE_LOW", "maybe", "", []hardware.Switch{low}},
		"InTheFile":        {nil, "LOALANG_LISTEN", "nowhere", "amp-chip = \"gpiochip0\"\namp-line = 17\namp-active-low = true\n", []hardware.Switch{low}},
		"Engine":           {nil, "", "", "amp-chip = \"gpiochip0\"\namp-line = 17\nengine = 7\n", []hardware.Switch{high}},
		"LineOfTheFile":    {nil, "", "", "amp-chip = \"gpiochip0\"\namp-line = 17\namp-activ-low = true\n", nil},
		"LineBesideKind":   {nil, "", "", "amp-chip = \"gpiochip0\"\namp-line = 17\namp-active-low = true\nloud = 3\n", []hardware.Switch{low}},
		"KindTwice":        {nil, "", "", "amp-chip = \"gpiochip0\"\namp-line = 17\namp-active-low = true\namp_active_low = false\n", nil},
		"NoTOML":           {relay, "", "", "amp-active-low = true\nlisten = :8080\n", nil},
		"NoTOMLAndLow":     {map[string]string{"LOALANG_ZONES": "Chợ=gpiochip0:27 low"}, "", "", "listen = :8080\n", []hardware.Switch{market}},
		"Device":           {told, "LOALANG_LISTEN", "nowhere", "", []hardware.Switch{device}},
		"DeviceOfAnyBaud":  {told, "LOALANG_AMP_SERIAL_BAUD", "fast", "", nil},
		"DeviceOfOther":    {told, "LOALANG_AMP_SERIAL_PROTOCOL", "uecp-like", "", nil},
		"DeviceHasNoWords": {map[string]string{"LOALANG_ZONES": "Chợ=serial:3", "LOALANG_AMP_SERIAL": "/dev/ttyUSB0"}, "", "", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p := program{env: func(name string) (string, bool) {
				if name == "LOALANG_DATA" {
					return data, true
				}
				if name == c.more {
					return c.is, true
				}
				v, ok := c.env[name]
				return v, ok
			}}
			l := p.layers(p.safeStateCommand())
			s, wrong := l.settle()
			if wrong == nil {
				t.Fatal("the settings are sound: this tests nothing")
			}
			for i := range c.want {
				c.want[i].Settle, c.want[i].Tail = -1, -1
			}
			if got := l.known(s.Amp); !slices.Equal(got, c.want) {
				t.Errorf("it switches off %+v, want %+v", got, c.want)
			}
		})
	}
}
