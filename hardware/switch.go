package hardware

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxZones is how many zones a board may switch.
	maxZones = 64
	// maxZoneName is how many letters the name of a zone may have.
	maxZoneName = 40
	// longestSettle bounds the settle and tail times of a zone.
	longestSettle = time.Minute
)

// Switch says by what something is switched. Chip and Line name a GPIO line, Path and
// Pin an output of a serial port, Script a zone of the device that is sent commands.
type Switch struct {
	Chip, Line string
	ActiveLow  bool
	Pumped     bool // it is driven up and down while it is on, for a charge pump
	Path       string
	Pin        SerialPin
	Script     bool
	Zone       int // of Script; AllZones: everything
	Simulated  bool
	Settle     time.Duration // negative: that of the board
	Tail       time.Duration // negative: that of the board
}

// ZoneSwitch is a zone by its name and what switches it.
type ZoneSwitch struct {
	Name string
	Switch
}

// usual is how a switch is written.
var errSwitch = errors.New("write CHIP:LINE such as gpiochip0:17, rts:/dev/serial/by-id/NAME, dtr:/dev/serial/by-id/NAME, serial:3, serial:all or sim, and behind it, if need be, low, pump, settle=2s and tail=1s")

// ParseSwitch reads a switch as it is written in settings: where it is, and behind
// blanks what is special about it. gpiochip0:17 and gpiochip0:GPIO17 are GPIO lines;
// rts:PATH and dtr:PATH outputs of a serial port; serial:3 and serial:all are told by
// commands; sim is nothing. "low" is a GPIO line that switches on when it is low, "pump" one behind a charge pump.
func ParseSwitch(text string) (Switch, error) {
	s := Switch{Settle: -1, Tail: -1}
	words := strings.Fields(text)
	if len(words) == 0 {
		return s, errSwitch
	}
	if err := s.place(words[0]); err != nil {
		return s, err
	}
	for _, word := range words[1:] {
		if err := s.special(word); err != nil {
			return s, err
		}
	}
	return s, nil
}

// ParseLine reads a line on a chip, and behind it what is special about it as in
// ParseSwitch: "17 low". The names of some lines have blanks in them.
func ParseLine(chip, text string) (Switch, error) {
	s := Switch{Chip: chip, Line: strings.TrimSpace(text), Settle: -1, Tail: -1}
	for {
		i := strings.LastIndexAny(s.Line, " \t")
		word := s.Line[i+1:]
		name, _, valued := strings.Cut(word, "=")
		known := !valued && (name == "low" || name == "pump") || valued && (name == "settle" || name == "tail")
		if i >= 0 && !known && isNumber(strings.Fields(s.Line)[0]) {
			return s, fmt.Errorf("%q means nothing behind the number of a line: use low, pump, settle=2s or tail=1s", word)
		}
		if i < 0 || !known {
			return s, nil
		}
		if err := s.special(word); err != nil {
			return s, err
		}
		s.Line = strings.TrimSpace(s.Line[:i])
	}
}

func isNumber(word string) bool {
	_, err := strconv.ParseUint(word, 10, 32)
	return err == nil
}

// place reads where a switch is.
func (s *Switch) place(word string) error {
	if word == "sim" {
		s.Simulated = true
		return nil
	}
	kind, where, found := strings.Cut(word, ":")
	if !found || kind == "" || where == "" {
		return fmt.Errorf("%q is no switch: %w", word, errSwitch)
	}
	switch kind {
	case string(RTS), string(DTR):
		s.Path, s.Pin = where, SerialPin(kind)
	case "serial":
		s.Script = true
		if where == "all" {
			return nil
		}
		n, err := strconv.Atoi(where)
		if err != nil || n < 1 || n > 255 {
			return fmt.Errorf("%q is no zone of a serial device: use serial:1 to serial:255, or serial:all", word)
		}
		s.Zone = n
	default:
		s.Chip, s.Line = kind, where
	}
	return nil
}

// special reads one word behind the place of a switch.
func (s *Switch) special(word string) error {
	name, value, valued := strings.Cut(word, "=")
	switch name {
	case "low", "pump":
		if s.Chip == "" || valued {
			return fmt.Errorf("%q stands behind a GPIO line only", word)
		}
		s.ActiveLow, s.Pumped = s.ActiveLow || name == "low", s.Pumped || name == "pump"
		return nil
	case "settle", "tail":
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 || d > longestSettle {
			return fmt.Errorf("%q: use a span from 0s to 60s, such as %s=2s", word, name)
		}
		if name == "settle" {
			s.Settle = d
		} else {
			s.Tail = d
		}
		return nil
	}
	return fmt.Errorf("%q means nothing: %w", word, errSwitch)
}

// String is the switch as it is written, without what is special about it.
func (s Switch) String() string {
	switch {
	case s.Simulated:
		return "sim"
	case s.Script && s.Zone == AllZones:
		return "serial:all"
	case s.Script:
		return fmt.Sprintf("serial:%d", s.Zone)
	case s.Path != "":
		return string(s.Pin) + ":" + s.Path
	}
	return s.Chip + ":" + s.Line
}

// ParseZones reads the zones of a board: NAME=SWITCH, with semicolons between.
func ParseZones(text string) ([]ZoneSwitch, error) {
	var zones []ZoneSwitch
	names, places := map[string]bool{}, map[string]string{}
	for _, entry := range strings.Split(text, ";") {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		name, rest, found := strings.Cut(entry, "=")
		name = strings.Join(strings.Fields(name), " ")
		if !found {
			return nil, fmt.Errorf("%q is no zone: write NAME=SWITCH, with semicolons between", strings.TrimSpace(entry))
		}
		if name == "" || utf8.RuneCountInString(name) > maxZoneName || strings.ContainsAny(name, ",\"\\<>") {
			return nil, fmt.Errorf("%q is no name of a zone: use 1 to %d letters, without commas and quotation marks", name, maxZoneName)
		}
		if names[strings.ToLower(name)] {
			return nil, fmt.Errorf("two zones are called %q: give each a name of its own", name)
		}
		s, err := ParseSwitch(rest)
		if err != nil {
			return nil, fmt.Errorf("zone %s: %w", name, err)
		}
		if other, taken := places[s.String()]; taken && !s.Simulated {
			return nil, fmt.Errorf("zones %s and %s are switched by the same %s: give each its own", other, name, s)
		}
		names[strings.ToLower(name)], places[s.String()] = true, name
		zones = append(zones, ZoneSwitch{Name: name, Switch: s})
	}
	if len(zones) > maxZones {
		return nil, fmt.Errorf("%d zones are too many: at most %d", len(zones), maxZones)
	}
	return zones, nil
}

// Rack is where switches are to be had: the machine's GPIO chips and serial ports, and
// the device that is sent commands.
type Rack struct {
	GPIO   GPIO
	Serial *Serial
	Script *Script // nil: there is none
}

// Open takes the line of a switch, which is OFF then.
func (k Rack) Open(s Switch) (Line, error) {
	switch {
	case s.Simulated:
		return noLine{}, nil
	case s.Script && k.Script == nil:
		return nil, fmt.Errorf("%s: no serial device is set: set amp-serial (%w)", s, ErrNoLine)
	case s.Script:
		return k.Script.Line(s.Zone)
	case s.Path != "":
		return k.Serial.Pin(s.Path, s.Pin)
	}
	line, err := k.GPIO.RequestOutput(s.Chip, s.Line, s.ActiveLow)
	if err != nil || !s.Pumped {
		return nilOf(line), err
	}
	return &pump{line: line}, nil
}

// nilOf keeps a line that is not there from being a Line that is.
func nilOf(line *GPIOLine) Line {
	if line == nil {
		return nil
	}
	return line
}

// Relay is what switches s, with the settle and tail of its own if it has them. A line
// that cannot be had is told of by its State.
func (k Rack) Relay(s Switch, cfg AmpConfig) *Relay {
	if s.Settle >= 0 {
		cfg.Settle = s.Settle
	}
	if s.Tail >= 0 {
		cfg.Tail = s.Tail
	}
	if s.Simulated {
		return NewSim(cfg)
	}
	return OpenRelay(func() (Line, error) { return k.Open(s) }, cfg)
}
