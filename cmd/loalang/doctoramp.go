package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"loalang/hardware"
	"loalang/health"
)

// advices are what to do about a trouble of a switch; each ends a sentence about it.
var advices = map[hardware.Trouble]string{
	hardware.TroubleBusy:   "End the program that uses it, or wire the relay to another line. Meanwhile notices are missed and emergencies go on.",
	hardware.TroubleAbsent: "Correct its name in the settings (gpioinfo lists lines, ls /dev/serial/by-id lists adapters), or plug the adapter in. Meanwhile notices are missed and emergencies go on.",
	hardware.TroubleDenied: "Add the user that runs this to the group that owns it: sudo usermod -aG gpio,dialout loalang.",
	hardware.TroubleMute:   "Look at the device, its cable and its power.",
}

// examineAmp looks at everything that switches something, without switching it.
func examineAmp(s settings, gpio hardware.GPIO, sys string) []finding {
	var all []finding
	examine := func(name string, sw hardware.Switch) {
		f := finding{Name: name, OK: true, Found: sw.String()}
		if is := switchAlone(sw, s, gpio); is.Fault != "" {
			f.OK, f.Found, f.Advice = false, is.Fault, advices[hardware.Trouble(is.Trouble)]
		} else if sw.Simulated {
			f.Found += ": nothing is switched"
		}
		all = append(all, f)
	}
	if s.Amp.Main != nil {
		examine("amplifier", *s.Amp.Main)
	}
	for _, z := range s.Amp.Zones {
		examine("zone "+z.Name, z.Switch)
	}
	if s.Amp.Bypass != nil {
		examine("bypass", *s.Amp.Bypass)
	}
	return append(all, examineRelease(s, sys, gpioChips(gpio), english)...)
}

// ampAlone looks at everything that is switched, without switching it.
func ampAlone(s settings, gpio hardware.GPIO) *health.AmplifierState {
	a := &health.AmplifierState{Simulated: s.Amp.Main == nil && len(s.Amp.Zones) == 0, Optional: s.Amp.Optional}
	if s.Amp.Main != nil {
		a.SwitchState, a.Simulated = switchAlone(*s.Amp.Main, s, gpio), s.Amp.Main.Simulated
	}
	for _, z := range s.Amp.Zones {
		a.Zones = append(a.Zones, health.ZoneState{Name: z.Name, SwitchState: switchAlone(z.Switch, s, gpio)})
	}
	if in := s.Amp.Bypass; in != nil {
		if f := switchAlone(*in, s, gpio).Fault; f != "" { // else where it stands is known to whoever holds its line
			a.Bypass = &health.BypassState{Fault: f}
		}
	}
	return a
}

// switchAlone says whether a switch could be had; a line that a loalang holds is well.
func switchAlone(sw hardware.Switch, s settings, gpio hardware.GPIO) health.SwitchState {
	var err error
	switch {
	case sw.Simulated:
	case sw.Chip != "":
		var holder string
		var ours bool
		if holder, ours, err = gpio.Look(sw.Chip, sw.Line); err == nil && holder != "" && !ours {
			err = fmt.Errorf("%s is held by %q: %w", sw, holder, unix.EBUSY)
		}
	case sw.Script:
		err = mayUse(s.Amp.Serial.Path)
	default:
		err = mayUse(sw.Path)
	}
	if err != nil {
		return health.SwitchState{Trouble: string(hardware.TroubleOf(err)), Fault: sentence(err)}
	}
	return health.SwitchState{}
}

// wired says how a part is wired, behind what was found of it; empty where nothing is.
func (s settings) wired(part health.Part, in tongue) string {
	var all []string
	add := func(name string, sw *hardware.Switch) {
		if sw == nil {
			return
		}
		by := sw.String()
		if sw.Script {
			by = in.say("wired", by, s.Amp.Serial.Path)
		}
		all = append(all, name+by)
	}
	switch part {
	case health.Amplifier:
		add("", s.Amp.Main)
	case health.Zones:
		for _, z := range s.Amp.Zones {
			add(z.Name+" = ", &z.Switch)
		}
	case health.Bypass:
		add("", s.Amp.Bypass)
	case health.Button:
		add("", s.Button.Switch)
	case health.Light:
		add("", s.Button.LED)
	}
	if len(all) == 0 {
		return ""
	}
	return "; " + strings.Join(all, ", ")
}

// mayUse says whether this user may read and write a port.
func mayUse(path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := unix.Access(path, unix.R_OK|unix.W_OK); err != nil {
		return fmt.Errorf("%s may not be used: %w", path, err)
	}
	return nil
}

// gpioChips are those of this machine; none where they cannot be asked: what is wrong with them
// is told of the amplifier.
func gpioChips(gpio hardware.GPIO) []hardware.GPIOChip {
	chips, err := gpio.Chips()
	if err != nil {
		return nil
	}
	return chips
}

// examineRelease looks at what the kernel does with a pin when the program ends; there is
// nothing to be said where none is used.
func examineRelease(s settings, sys string, chips []hardware.GPIOChip, in tongue) []finding {
	pins, keeps, told, pumped := 0, false, true, true
	for _, sw := range s.Amp.switches() {
		if sw.Chip == "" {
			continue
		}
		pins++
		chip, _ := hardware.ChipOf(chips, sw.Chip)
		k, t := hardware.KeepsOutputs(sys, chip.Label)
		keeps, told, pumped = keeps || k, told && t, pumped && (sw.Pumped || !k)
	}
	if pins == 0 {
		return nil
	}
	f := finding{Name: in.say("pins"), OK: true}
	switch {
	case keeps && pumped:
		f.Found = in.say("pins-pumped")
	case keeps:
		f.OK, f.Found, f.Advice = false, in.say("pins-keep"), in.say("pins-keep-do")
	case told:
		f.Found = in.say("pins-fall")
	default:
		f.Found = in.say("pins-untold")
	}
	return []finding{f}
}

// examineSettings lists settings with which the board runs, but not as somebody meant it.
func examineSettings(s settings, find where, in tongue) (all []finding) {
	for _, warning := range s.warnings(find) {
		all = append(all, finding{Name: in.say("settings"), Found: warning, Advice: in.say("settings-do")})
	}
	return all
}
