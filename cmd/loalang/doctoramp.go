package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// advices are what to do about a trouble of a switch; each ends a sentence about it.
var advices = map[hardware.Trouble]string{
	hardware.TroubleBusy:   "End the program that uses it, or wire the relay to another line. Meanwhile notices are missed and emergencies go on.",
	hardware.TroubleAbsent: "Correct its name in the settings (gpioinfo lists lines, ls /dev/serial/by-id lists adapters), or plug the adapter in. Meanwhile notices are missed and emergencies go on.",
	hardware.TroubleDenied: "Add the user that runs this to the group that owns it: usermod -aG gpio,dialout loalang.",
	hardware.TroubleMute:   "Look at the device, its cable and its power.",
}

// examineAmp looks at everything that switches something, without switching it.
func examineAmp(s settings, gpio hardware.GPIO, sys string) []finding {
	var all []finding
	if s.Amp.Main != nil {
		all = append(all, examineSwitch("amplifier", *s.Amp.Main, s, gpio))
	}
	for _, z := range s.Amp.Zones {
		all = append(all, examineSwitch("zone "+z.Name, z.Switch, s, gpio))
	}
	if s.Amp.Bypass != nil {
		all = append(all, examineSwitch("bypass", *s.Amp.Bypass, s, gpio))
	}
	for _, sw := range s.Amp.switches() {
		if sw.Chip != "" {
			return append(all, examineRelease(sys))
		}
	}
	return all
}

func examineSwitch(name string, sw hardware.Switch, s settings, gpio hardware.GPIO) finding {
	f := finding{Name: name, OK: true, Found: sw.String()}
	var err error
	switch {
	case sw.Simulated:
		f.Found += ": nothing is switched"
	case sw.Chip != "":
		var holder string
		var ours bool
		if holder, ours, err = gpio.Look(sw.Chip, sw.Line); err == nil && holder != "" && !ours {
			err = fmt.Errorf("%s is held by %q: %w", sw, holder, unix.EBUSY)
		} else if ours {
			f.Found += ", held by a running loalang"
		}
	case sw.Script:
		f.Found += " by " + s.Amp.Serial.Path
		err = mayUse(s.Amp.Serial.Path)
	default:
		err = mayUse(sw.Path)
	}
	if err != nil {
		f.OK, f.Found, f.Advice = false, sentence(err), advices[hardware.TroubleOf(err)]
	}
	return f
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

// keptAdvice says what to do about a kernel whose pins keep their level.
const keptAdvice = "An amplifier that is on stays on when the program is killed. Add dtparam=strict_gpiod to /boot/firmware/config.txt and start the board anew; keep `loalang amp safe-state` as ExecStopPost of the service; wire the relay behind a charge pump where even a frozen board must not leave it on (docs/WIRING.md)."

// examineRelease looks at what the kernel does with a pin when the program ends.
func examineRelease(sys string) finding {
	f := finding{Name: "released pins", OK: true}
	switch keeps, told := hardware.KeepsOutputs(sys); {
	case keeps:
		f.OK, f.Found, f.Advice = false, "this kernel keeps their level (persist_gpio_outputs)", keptAdvice
	case told:
		f.Found = "fall back to their pull"
	default:
		f.Found = "the kernel does not tell what becomes of them; `loalang amp self-test --switch-on` tries it"
	}
	return f
}
