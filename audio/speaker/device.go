package speaker

import (
	"fmt"
	"strings"
	"unicode"
)

// DeviceKind says where sound goes.
type DeviceKind string

// The kinds of device.
const (
	DefaultCard DeviceKind = "default" // the only card that is not HDMI
	NamedCard   DeviceKind = "card"    // a stable name, or one of ALSA
	Null        DeviceKind = "null"    // nowhere, at the pace of a card
	File        DeviceKind = "file"    // a WAV file, at the pace of a card
)

// DeviceChoice is a device argument, understood. It says nothing about whether
// the device exists.
type DeviceChoice struct {
	Kind DeviceKind
	Name string // of a NamedCard
	Path string // of a File
}

// maxDeviceName bounds ALSA names; real ones have some thirty characters.
const maxDeviceName = 128

// ParseDevice understands default, NAME, null or file:PATH. NAME is one of
// Card.Names, or of ALSA, and consists of A-Z a-z 0-9 _ : , = . and -. Everything else is ErrDevice with a sentence that
// says what to write.
func ParseDevice(arg string) (DeviceChoice, error) {
	switch {
	case arg == "":
		return DeviceChoice{}, fmt.Errorf("%w: it is empty; use default, null, file:PATH or a name such as plughw:CARD=Device,DEV=0", ErrDevice)
	case arg == "default":
		return DeviceChoice{Kind: DefaultCard}, nil
	case arg == "null":
		return DeviceChoice{Kind: Null}, nil
	case strings.HasPrefix(arg, "file:"):
		return parseFile(strings.TrimPrefix(arg, "file:"))
	}
	return parseName(arg)
}

func parseFile(path string) (DeviceChoice, error) {
	if path == "" {
		return DeviceChoice{}, fmt.Errorf("%w: file: needs a path behind it, as in file:/tmp/air.wav", ErrDevice)
	}
	if strings.ContainsFunc(path, unicode.IsControl) {
		return DeviceChoice{}, fmt.Errorf("%w: the path behind file: contains control characters", ErrDevice)
	}
	return DeviceChoice{Kind: File, Path: path}, nil
}

func parseName(name string) (DeviceChoice, error) {
	odd := strings.ContainsFunc(name, func(r rune) bool { return !nameLetter(r) })
	if len(name) > maxDeviceName || odd {
		if len(name) > maxDeviceName {
			name = name[:maxDeviceName] + "…"
		}
		return DeviceChoice{}, fmt.Errorf("%w: %q; a card's name has at most %d letters, digits and _ : , = . - only, as in plughw:CARD=Device,DEV=0", ErrDevice, name, maxDeviceName)
	}
	if strings.HasPrefix(name, "default:") {
		return DeviceChoice{}, fmt.Errorf("%w: %q; to choose a card write plughw:%s", ErrDevice, name, strings.TrimPrefix(name, "default:"))
	}
	if err := checkStable(name); err != nil {
		return DeviceChoice{}, fmt.Errorf("%w: %q; %w", ErrDevice, name, err)
	}
	return DeviceChoice{Kind: NamedCard, Name: name}, nil
}

// nameLetter says whether r may stand in a NAME.
func nameLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_:,=.-", r)
}

// String is the argument that ParseDevice understands as c.
func (c DeviceChoice) String() string {
	switch c.Kind {
	case NamedCard:
		return c.Name
	case File:
		return "file:" + c.Path
	}
	return string(c.Kind)
}

// Audible says whether anybody hears what is played there.
func (c DeviceChoice) Audible() bool { return c.Kind == DefaultCard || c.Kind == NamedCard }
