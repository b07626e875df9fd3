package speaker

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// systemConfig is what alsa-lib reads when nobody says otherwise.
const systemConfig = "/usr/share/alsa/alsa.conf"

// configVariable names the file alsa-lib reads its configuration from.
const configVariable = "ALSA_CONFIG_PATH"

// target is a card as alsa-lib is made to see it.
type target struct {
	// Label names it for people.
	Label string
	// Config is the text of an ALSA configuration whose default PCM is the
	// card; empty: the configuration in force is the user's own choice.
	Config string
	// Card and Device are the kernel's numbers; Card is -1 when unknown.
	Card, Device int
	// Is is the card; nil where the configuration is the user's own.
	Is *Card
	// Moved says that the default is not quite what it was; empty when it is.
	Moved string
}

// aim decides what alsa-lib shall see. With nothing but the card in its
// configuration, oto cannot fall back to another one, such as a screen's.
// given is the ALSA_CONFIG_PATH of the environment, was the card that was the default
// before; nil: none was.
func aim(choice DeviceChoice, given string, cards []Card, was *Card) (target, error) {
	if choice.Kind == DefaultCard {
		if given != "" {
			return target{Label: "default of " + given, Card: -1}, nil
		}
		card, err := chooseDefault(cards, was)
		if err != nil {
			return target{}, err
		}
		t := kernelTarget(card)
		t.Moved = moved(was, card)
		return t, nil
	}
	if isStable(choice.Name) {
		card, err := findStable(choice.Name, cards)
		if err != nil {
			return target{}, err
		}
		return kernelTarget(card), nil
	}
	if hw, ok := parseHW(choice.Name); ok {
		card, err := findCard(hw, cards)
		if err != nil {
			return target{}, err
		}
		return kernelTarget(card), nil
	}
	base := given
	if base == "" {
		base = systemConfig
	}
	return target{
		Label: choice.Name, Card: -1,
		Config: fmt.Sprintf("<%s>\npcm.!default { type plug slave.pcm \"%s\" }\n", base, choice.Name),
	}, nil
}

// Look says which card would be opened for choice on this machine, without
// opening it: its name for people. The errors are those of opening that can be
// foreseen, such as ErrNoCard with the names there are. Choices that are not
// audible have no card: the name is empty.
func Look(choice DeviceChoice) (label string, err error) {
	if !choice.Audible() {
		return "", nil
	}
	cards, err := ListCards("/")
	if err != nil {
		return "", err
	}
	t, err := aim(choice, os.Getenv(configVariable), cards, nil)
	return t.Label, err
}

func kernelTarget(c Card) target {
	return target{
		Label: fmt.Sprintf("%s (%s)", c.Name(), c.Long), Card: c.Index, Device: c.Device, Is: &c,
		Config: fmt.Sprintf("pcm.!default {\n\ttype plug\n\tslave.pcm { type hw card %q device %d }\n}\n", c.ID, c.Device),
	}
}

// hwName is a parsed hw: or plughw: name.
type hwName struct {
	Card   string // ID or index
	Device int
}

// parseHW understands hw:0, plughw:CARD=Device,DEV=0 and the like; ok is false
// for other PCM names.
func parseHW(name string) (hwName, bool) {
	kind, rest, found := strings.Cut(name, ":")
	if !found || kind != "hw" && kind != "plughw" {
		return hwName{}, false
	}
	var hw hwName
	for i, word := range strings.Split(rest, ",") {
		key, value, named := strings.Cut(word, "=")
		if !named {
			value = key
			key = []string{"CARD", "DEV", "SUBDEV"}[min(i, 2)]
		}
		switch key {
		case "CARD":
			hw.Card = value
		case "DEV":
			number, err := strconv.Atoi(value)
			if err != nil {
				return hwName{}, false
			}
			hw.Device = number
		}
	}
	return hw, hw.Card != ""
}

// findCard is the playback device that hw names. Its error is ErrNoCard with the
// names there are.
func findCard(hw hwName, cards []Card) (Card, error) {
	for _, c := range cards {
		if (c.ID == hw.Card || strconv.Itoa(c.Index) == hw.Card) && c.Device == hw.Device {
			return c, nil
		}
	}
	if len(cards) == 0 {
		return Card{}, fmt.Errorf("%w: card %s is not there, nor is any other; plug it in", ErrNoCard, hw.Card)
	}
	return Card{}, fmt.Errorf("%w: card %s device %d is not there; there are: %s", ErrNoCard, hw.Card, hw.Device, names(cards))
}

// install makes alsa-lib of this process read t's configuration. The file lives
// in memory and is never closed: alsa-lib comes back to it.
func (t target) install() error {
	if t.Config == "" {
		return nil
	}
	fd, err := unix.MemfdCreate("alsa.conf", unix.MFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("make the sound configuration: %w", err)
	}
	if n, err := unix.Write(fd, []byte(t.Config)); err != nil || n != len(t.Config) {
		return fmt.Errorf("write the sound configuration: %d bytes: %w", n, err)
	}
	if err := os.Setenv(configVariable, fmt.Sprintf("/proc/self/fd/%d", fd)); err != nil {
		return fmt.Errorf("point at the sound configuration: %w", err)
	}
	return nil
}
