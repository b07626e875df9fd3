package main

import (
	"fmt"
	"path/filepath"

	"loalang/hardware"
)

// spot is where a setting puts something.
type spot struct {
	setting string // as people know it: amp-line, zone Chợ, led
	written string // as it is written there
	key     string // the same for the same pin, output or port
}

// where is the file of a line's chip and the line's number on it, as GPIO.Where.
type where func(chip, line string) (path string, number uint32, err error)

// warnings are about settings with which the board runs, but not as somebody meant it. They
// are no faults: a board that ran before an update runs after it.
func (s settings) warnings(find where) []string {
	all := append(s.Amp.idle(), s.shared(find)...)
	if s.Copied != "" {
		all = append(all, s.Copied)
	}
	return all
}

// shared lists pins, outputs and ports that two settings use: of a pin or a port the second
// is busy, and an output or a zone of a device has two masters.
func (s settings) shared(find where) (faults []string) {
	var all []spot
	add := func(setting string, sw *hardware.Switch) {
		if sw != nil && !sw.Simulated {
			all = append(all, spot{setting, sw.String(), keyOf(*sw, find)})
		}
	}
	add("amp-line", s.Amp.Main)
	for _, z := range s.Amp.Zones {
		add("zone "+z.Name, &z.Switch)
	}
	add("bypass", s.Amp.Bypass)
	add("button", s.Button.Switch)
	add("led", s.Button.LED)
	taken := map[string]spot{}
	for _, p := range all {
		if other, twice := taken[p.key]; twice {
			faults = append(faults, fmt.Sprintf("%s (%s) and %s (%s) are the same: give each its own", other.setting, other.written, p.setting, p.written))
			continue
		}
		taken[p.key] = p
	}
	return append(faults, s.Amp.sharedPort()...)
}

// sharedPort lists outputs of the port of the device that is sent commands.
func (a *ampSettings) sharedPort() (faults []string) {
	if a.Serial.Path == "" {
		return nil
	}
	tell := func(setting string, sw hardware.Switch) {
		if sw.Path != "" && portOf(sw.Path) == portOf(a.Serial.Path) {
			faults = append(faults, fmt.Sprintf("%s (%s) is an output of the port of amp-serial (%s): a port is sent commands or switches by its outputs; use another adapter", setting, sw, a.Serial.Path))
		}
	}
	if a.Main != nil {
		tell("amp-line", *a.Main)
	}
	for _, z := range a.Zones {
		tell("zone "+z.Name, z.Switch)
	}
	return faults
}

// keyOf is the same for the same pin, output or zone of a device, however it is written. A
// chip that is not there is known by its name alone.
func keyOf(sw hardware.Switch, find where) string {
	switch {
	case sw.Chip != "":
		if path, number, err := find(sw.Chip, sw.Line); err == nil {
			return fmt.Sprintf("%s:%d", filepath.Base(path), number)
		}
		return filepath.Base(sw.Chip) + ":" + sw.Line
	case sw.Path != "":
		return string(sw.Pin) + ":" + portOf(sw.Path)
	}
	return sw.String()
}

// portOf is a port by the name of its device, where it is plugged in.
func portOf(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}
