package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loalang/hardware"
	"loalang/hardware/uecp"
)

// ampSettings say what is switched, and by what.
type ampSettings struct {
	Chip      string // GPIO chip; empty: Line says all, or nothing is switched
	Line      string // line name or offset on Chip, or a whole switch
	ActiveLow bool
	Main      *hardware.Switch // what switches everything; nil: nothing does
	Zones     []hardware.ZoneSwitch
	MaxOn     time.Duration
	MinOff    time.Duration
	Optional  bool             // it is on by itself, whatever the relay does
	Bypass    *hardware.Switch // senses the amplifier's own microphone; nil: nothing does
	Serial    serialSettings
}

// serialSettings are about the device that is sent commands.
type serialSettings struct {
	hardware.ScriptConfig
	Protocol string            // "bytes" or "uecp"
	Commands map[string]string // templates as they were written, by setting
}

// ampTable lists the settings of the amplifier, the zones and what switches them.
func ampTable() []setting {
	return []setting{
		{"amp-chip", "", "GPIO chip of the amplifier's relay, such as gpiochip0; empty: amp-line says all", setText(func(s *settings) *string { return &s.Amp.Chip })},
		{"amp-line", "", "name or number of the relay's line on amp-chip, or without amp-chip a switch such as rts:/dev/serial/by-id/NAME or serial:all; \"17 low\" and \"17 pump\" as in zones; empty: a simulated amplifier", setText(func(s *settings) *string { return &s.Amp.Line })},
		{"amp-active-low", "false", "the relay on amp-chip switches on when its line is low", setYes(func(s *settings) *bool { return &s.Amp.ActiveLow })},
		{"amp-optional", "false", "the amplifier is on by itself: what its relay does not follow counts as heard", setYes(func(s *settings) *bool { return &s.Amp.Optional })},
		{"amp-max-on", "2h", "how long the amplifier stays on when nothing says any more that it should, 1m to 24h", setRange(func(s *settings) *time.Duration { return &s.Amp.MaxOn }, time.Minute, 24*time.Hour)},
		{"amp-min-off", "0s", "how long it stays off before it is switched on again, 0s to 20s", setSpan(20*time.Second, func(s *settings) *time.Duration { return &s.Amp.MinOff })},
		{"zones", "", "loudspeakers that are switched apart: NAME=SWITCH with semicolons between, such as \"Đầu thôn=gpiochip0:17; Chợ=gpiochip0:27 low settle=3s; Loa FM=rts:/dev/serial/by-id/NAME\"; empty: all are one", setZones},
		{"bypass", "", "input that tells that the amplifier is on its own microphone, such as \"gpiochip0:24 low\" for a contact to ground; empty: none", setBypass},
		{"amp-serial", "", "serial port of a device that is sent commands, such as /dev/serial/by-id/NAME", setText(func(s *settings) *string { return &s.Amp.Serial.Path })},
		{"amp-serial-baud", "9600", "its speed, 300 to 921600", setCount(func(s *settings) *int { return &s.Amp.Serial.Baud }, 300, 921600)},
		{"amp-serial-protocol", "bytes", "how commands are sent: bytes as they are, or in uecp frames", func(s *settings, v string) error {
			if s.Amp.Serial.Protocol = v; v != "bytes" && v != "uecp" {
				return errors.New("use bytes or uecp")
			}
			return nil
		}},
		{"amp-serial-address", "0/0", "UECP address SITE/ENCODER, 0 to 1023 and 0 to 63; 0/0: all", setUECPAddress},
		{"amp-serial-on", "", "command that switches everything on: letters, \\xHH, \\r, \\n; with uecp also TA=1, PS=NAME, RT=TEXT", setCommand("amp-serial-on")},
		{"amp-serial-off", "", "command that switches everything off", setCommand("amp-serial-off")},
		{"amp-serial-zone-on", "", "command that switches a zone on; {n}, {nn} or {nnn} is its number, {b} its number as one byte", setCommand("amp-serial-zone-on")},
		{"amp-serial-zone-off", "", "command that switches a zone off", setCommand("amp-serial-zone-off")},
		{"amp-serial-reply", "", "regular expression of what the device answers, such as ^OK, a byte as \\xFE; empty: it is not asked", func(s *settings, v string) (err error) {
			s.Amp.Serial.Reply = nil
			if v == "" {
				return nil
			}
			if s.Amp.Serial.Reply, err = regexp.Compile(v); err != nil {
				return errors.New("use a regular expression, such as ^OK")
			}
			return nil
		}},
		{"amp-serial-wait", "500ms", "how long it may take to answer, 50ms to 10s", setRange(func(s *settings) *time.Duration { return &s.Amp.Serial.ReplyWithin }, 50*time.Millisecond, 10*time.Second)},
		{"amp-serial-repeat", "3", "how often each command is sent, 1 to 20: a receiver may miss one over the air", setCount(func(s *settings) *int { return &s.Amp.Serial.Repeat }, 1, 20)},
		{"amp-serial-every", "200ms", "from one to the next, 0s to 10s", setSpan(10*time.Second, func(s *settings) *time.Duration { return &s.Amp.Serial.Every })},
	}
}

func setYes(field func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, v string) error {
		yes, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("use true or false")
		}
		*field(s) = yes
		return nil
	}
}

// setCount reads a whole number with bounds.
func setCount(field func(*settings) *int, least, most int) func(*settings, string) error {
	return func(s *settings, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < least || n > most {
			return fmt.Errorf("use a number from %d to %d", least, most)
		}
		*field(s) = n
		return nil
	}
}

func setZones(s *settings, v string) (err error) {
	s.Amp.Zones, err = hardware.ParseZones(v)
	return err
}

func setBypass(s *settings, v string) error {
	s.Amp.Bypass = nil
	if v == "" {
		return nil
	}
	in, err := hardware.ParseSwitch(v)
	if err != nil || in.Chip == "" {
		return errors.New("name a GPIO line such as gpiochip0:24, with low behind it for a contact to ground")
	}
	s.Amp.Bypass = &in
	return nil
}

func setUECPAddress(s *settings, v string) error {
	site, encoder, _ := strings.Cut(v, "/")
	n, err := strconv.ParseUint(site, 10, 16)
	m, err2 := strconv.ParseUint(encoder, 10, 8)
	f := uecp.Frame{Site: uint16(n), Encoder: uint8(m)}
	_, out := f.Encode()
	if err != nil || err2 != nil || out != nil {
		return errors.New("use SITE/ENCODER, 0 to 1023 and 0 to 63, such as 341/21")
	}
	s.Amp.Serial.UECP = &f
	return nil
}

// setCommand keeps a template as it is written: what it means depends on the protocol.
func setCommand(name string) func(*settings, string) error {
	return func(s *settings, v string) error {
		if s.Amp.Serial.Commands == nil {
			s.Amp.Serial.Commands = map[string]string{}
		}
		s.Amp.Serial.Commands[name] = v
		return nil
	}
}

// settle works out what several settings say together, and lists what is wrong.
func (a *ampSettings) settle() (faults []string) {
	switch {
	case a.Chip != "" && a.Line == "":
		faults = append(faults, "amp-chip and amp-line go together: give both, or neither for a simulated amplifier")
	case a.Chip != "":
		main, err := hardware.ParseLine(a.Chip, a.Line)
		if err != nil {
			faults = append(faults, fmt.Sprintf("amp-line: %v", err))
		}
		a.Main = &main
	case a.Line != "":
		main, err := hardware.ParseSwitch(a.Line)
		if err != nil {
			faults = append(faults, fmt.Sprintf("amp-line without amp-chip: %v", err))
		}
		a.Main = &main
	}
	if a.ActiveLow && a.Chip != "" && a.Main != nil {
		a.Main.ActiveLow = true
	}
	return append(faults, a.settleSerial()...)
}

// idle says that amp-active-low has no effect, and what to write for one. It never had any
// without amp-chip: to give it one now would have a relay that worked on at rest after an
// update, and to refuse it would keep the board from starting.
func (a *ampSettings) idle() (warnings []string) {
	switch {
	case !a.ActiveLow || a.Chip != "":
	case a.Main == nil && len(a.Zones) > 0:
		return []string{"amp-active-low has no effect on zones: write low behind the GPIO line of each whose relay is on when its pin is low, such as Chợ=gpiochip0:27 low"}
	case a.Main == nil || a.Main.ActiveLow: // simulated; or written so there too
	case a.Main.Chip == "":
		return []string{fmt.Sprintf("amp-active-low has no effect on amp-line = %s, which is no GPIO line: leave it out", a.Main)}
	default:
		return []string{fmt.Sprintf("amp-active-low has no effect with amp-line = %s and without amp-chip: write low behind that, as in gpiochip0:17 low, if the relay is on when the pin is low, else leave it out", a.Main)}
	}
	return nil
}

// settleSerial reads the commands, and makes sure that there are those that the switches
// need.
func (a *ampSettings) settleSerial() (faults []string) {
	parse := hardware.ParseTemplate
	if a.Serial.Protocol == "uecp" {
		parse = hardware.ParseUECP
	} else {
		a.Serial.UECP = nil
	}
	for name, into := range map[string]*hardware.Template{
		"amp-serial-on": &a.Serial.On, "amp-serial-off": &a.Serial.Off,
		"amp-serial-zone-on": &a.Serial.ZoneOn, "amp-serial-zone-off": &a.Serial.ZoneOff,
	} {
		var err error
		if *into, err = parse(a.Serial.Commands[name]); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", name, err))
		}
	}
	for _, s := range a.switches() {
		if !s.Script {
			continue
		}
		on, off, names := a.Serial.ZoneOn, a.Serial.ZoneOff, "amp-serial-zone-on and amp-serial-zone-off"
		if s.Zone == hardware.AllZones {
			on, off, names = a.Serial.On, a.Serial.Off, "amp-serial-on and amp-serial-off"
		}
		if a.Serial.Path == "" || on.Empty() || off.Empty() {
			faults = append(faults, fmt.Sprintf("%s is switched by commands: give amp-serial, %s", s, names))
		}
	}
	return faults
}

// switches are all that are used.
func (a *ampSettings) switches() []hardware.Switch {
	var all []hardware.Switch
	if a.Main != nil {
		all = append(all, *a.Main)
	}
	for _, z := range a.Zones {
		all = append(all, z.Switch)
	}
	return all
}

// zoneNames are those people choose from; nil: all loudspeakers are one.
func (a *ampSettings) zoneNames() []string {
	var names []string
	for _, z := range a.Zones {
		names = append(names, z.Name)
	}
	return names
}

// rack is where the switches are to be had.
func (a *ampSettings) rack() hardware.Rack {
	serial := &hardware.Serial{}
	rack := hardware.Rack{Serial: serial}
	if a.Serial.Path != "" {
		rack.Script = hardware.NewScript(serial, a.Serial.ScriptConfig)
	}
	return rack
}

// safeRack is rack for the end of the service, when all are to be OFF: a device is told as often as it is set to be,
// for a receiver may miss a word over the air, but quickly, and waited for by nobody. One that
// is silent would hold the next start of the service back by as long as it is silent to each
// zone.
func (a *ampSettings) safeRack(all []hardware.Switch) hardware.Rack {
	quick, lines := *a, 0
	for _, sw := range all {
		if sw.Script {
			lines++
		}
	}
	quick.Serial.Reply, quick.Serial.Every = nil, min(quick.Serial.Every, safeEvery)
	// One has its turn behind the other: all must be told within safeWithin.
	quick.Serial.Repeat = max(1, min(quick.Serial.Repeat, int(safeWithin*2/3/safeEvery)/max(lines, 1)))
	return quick.rack()
}

// safeEvery is from one OFF to the next at the end of the service.
const safeEvery = 100 * time.Millisecond

// longestSettle is the time from keying until sound is safe everywhere.
func (s settings) longestSettle() time.Duration {
	longest := s.Settle
	for _, sw := range s.Amp.switches() {
		longest = max(longest, sw.Settle)
	}
	return longest
}
