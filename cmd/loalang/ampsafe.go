package main

import (
	"slices"
	"strings"

	"loalang/hardware"
)

// known are the switches of which the layers tell all, though they are not sound together: behind a
// setting that is wrong serve does not start, and what a program left on must go off all the same. What
// may be driven the wrong way is none of them: OFF written to a relay of the other kind would switch it on.
func (l layers) known(a ampSettings) (all []hardware.Switch) {
	if main := l.knownMain(a); main != nil {
		all = append(all, *main)
	}
	all = append(all, knownZones(l.values["zones"])...)
	told := l.knownDevice(a)
	return slices.DeleteFunc(all, func(sw hardware.Switch) bool {
		return sw.Script && (!told || sw.Zone == hardware.AllZones && a.Serial.Off.Empty() || sw.Zone != hardware.AllZones && a.Serial.ZoneOff.Empty())
	})
}

// knownMain is the amplifier's switch; nil: there is none, or it is not known whole.
func (l layers) knownMain(a ampSettings) *hardware.Switch {
	if a.Line == "" {
		return nil
	}
	if a.Chip == "" {
		main, err := hardware.ParseSwitch(a.Line)
		if err != nil {
			return nil
		}
		return &main
	}
	main, err := hardware.ParseLine(a.Chip, a.Line)
	if err != nil || main.Line == "" || !l.sound("amp-active-low") && !main.ActiveLow {
		return nil
	}
	main.ActiveLow = main.ActiveLow || a.ActiveLow
	return &main
}

// knownZones are the switches of the zones that are written as they should be, and whose place no
// other zone has.
func knownZones(text string) []hardware.Switch {
	var all []hardware.Switch
	taken := map[string]int{}
	for _, entry := range strings.Split(text, ";") {
		_, where, _ := strings.Cut(entry, "=")
		if sw, err := hardware.ParseSwitch(where); err == nil {
			all = append(all, sw)
			taken[sw.String()]++
		}
	}
	return slices.DeleteFunc(all, func(sw hardware.Switch) bool { return taken[sw.String()] > 1 })
}

// sound says whether it is known what a setting is: its value can be made out, and where nobody gave
// one, no line of loalang.toml may have been meant for it.
func (l layers) sound(name string) bool {
	if l.unclear && l.from[name] == ofDefault || slices.Contains(l.twice, name) {
		return false
	}
	for _, e := range table() {
		if e.name == name {
			return e.set(&settings{}, l.values[name]) == nil
		}
	}
	return false
}

// knownDevice says whether the device that is sent commands is known: where one of its settings is wrong, what is
// sent would mean something else to it.
func (l layers) knownDevice(a ampSettings) bool {
	for _, e := range table() {
		if strings.HasPrefix(e.name, "amp-serial") && !l.sound(e.name) {
			return false
		}
	}
	return a.Serial.Path != ""
}
