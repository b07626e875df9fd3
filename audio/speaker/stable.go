package speaker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The names of cards that do not change with the order of plugging in. Two cards of
// the same make are Device and Device_1, whichever was found first; the place where
// each is plugged in, and its serial number where it has one, tell them apart.
const (
	byPath = "path:" // as in /dev/snd/by-path, behind it
	byUSB  = "usb:"  // VENDOR:PRODUCT, or VENDOR:PRODUCT:SERIAL
)

// locate fills in where the card is plugged in, and what it says of itself. Where
// /sys does not tell, the fields stay empty.
func (c *Card) locate(root string) {
	sys := filepath.Join(root, "sys")
	device, err := filepath.EvalSymlinks(filepath.Join(sys, "class/sound", fmt.Sprintf("card%d", c.Index), "device"))
	if err != nil {
		return // no /sys, or unplugged meanwhile
	}
	c.Path = placeOf(sys, device)
	for dir := device; len(dir) > len(sys); dir = filepath.Dir(dir) {
		vendor, product := attribute(dir, "idVendor"), attribute(dir, "idProduct")
		if vendor == "" || product == "" {
			continue
		}
		c.USB = vendor + ":" + product
		if serial := plain(attribute(dir, "serial")); serial != "" {
			c.USB += ":" + serial
		}
		return
	}
}

// attribute is a word of /sys; empty when it is not there.
func attribute(dir, name string) string {
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "" // devices have those that they have
	}
	return strings.TrimSpace(string(raw))
}

// plain is a serial number as it may stand in a device's name.
func plain(serial string) string {
	return strings.Map(func(r rune) rune {
		if nameLetter(r) && r != ':' && r != ',' && r != '=' {
			return r
		}
		return '_'
	}, serial[:min(len(serial), 64)])
}

// placeOf is the name that udev's path_id gives a device, from its folder in /sys:
// platform-3f980000.usb-usb-0:1.2:1.0 for
// devices/platform/soc/3f980000.usb/usb1/1-1/1-1.2/1-1.2:1.0. Of each row of devices
// on the same bus the last counts. Empty for what is on no bus that has places.
func placeOf(sys, device string) string {
	var parts []string
	last := ""
	for dir := device; len(dir) > len(sys); dir = filepath.Dir(dir) {
		bus, err := os.Readlink(filepath.Join(dir, "subsystem"))
		if err != nil {
			continue // a folder that is no device
		}
		bus = filepath.Base(bus)
		if bus == last {
			continue
		}
		last = bus
		name := filepath.Base(dir)
		switch bus {
		case "usb": // the number of the bus, before the dash, depends on the order of drivers
			if _, port, ok := strings.Cut(name, "-"); ok {
				parts = append(parts, "usb-0:"+port)
			}
		case "pci", "platform":
			parts = append(parts, bus+"-"+name)
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "-")
}

// Stable is the best name to configure: where the card is plugged in, or what
// Name says where that is not known.
func (c Card) Stable() string {
	if c.Path == "" {
		return c.Name()
	}
	return byPath + c.Path + c.behind()
}

// Names are all the names of c, the best first.
func (c Card) Names() []string {
	all := []string{c.Stable()}
	if c.USB != "" {
		all = append(all, byUSB+c.USB+c.behind())
	}
	if c.Path != "" {
		all = append(all, c.Name())
	}
	return all
}

// behind names a device of a card that is not its first.
func (c Card) behind() string {
	if c.Device == 0 {
		return ""
	}
	return ",DEV=" + strconv.Itoa(c.Device)
}

// checkStable refuses stable names that no card can have.
func checkStable(name string) error {
	name, device, numbered := strings.Cut(name, ",DEV=")
	if _, err := strconv.ParseUint(device, 10, 8); numbered && err != nil {
		return errors.New("behind ,DEV= stands a number")
	}
	if path, is := strings.CutPrefix(name, byPath); is && path == "" {
		return errors.New("behind path: stands where the card is plugged in, as `sudo loalang-board doctor` lists it")
	}
	id, is := strings.CutPrefix(name, byUSB)
	if words := strings.Split(id, ":"); is && (len(words) < 2 || len(words) > 3 || !isHex(words[0]) || !isHex(words[1])) {
		return errors.New("behind usb: stand four hexadecimal digits of the vendor, four of the product, and the serial number if there is one, as in usb:0d8c:0014:A1")
	}
	return nil
}

func isHex(word string) bool {
	_, err := strconv.ParseUint(word, 16, 16)
	return err == nil && len(word) == 4
}

// isStable says whether a device's name is one of ours.
func isStable(name string) bool {
	return strings.HasPrefix(name, byPath) || strings.HasPrefix(name, byUSB)
}

// findStable is the playback device of a stable name. Its error is ErrNoCard with
// the names there are, also when several answer to it.
func findStable(name string, cards []Card) (Card, error) {
	short, device, _ := strings.Cut(name, ",DEV=")
	number, err := strconv.Atoi(device)
	if err != nil {
		number = 0 // it has none: checkStable has seen it
	}
	var fit []Card
	for _, c := range cards {
		if c.Device == number && c.answers(short) {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		return Card{}, fmt.Errorf("%w: %d cards are %s; choose one by its place: %s", ErrNoCard, len(fit), name, names(fit))
	case len(cards) == 0:
		return Card{}, fmt.Errorf("%w: %s is not there, nor is any other card; plug it in", ErrNoCard, name)
	}
	return Card{}, fmt.Errorf("%w: %s is not there; there are: %s", ErrNoCard, name, names(cards))
}

// usbRevision is what newer versions of udev write, and older do not.
var usbRevision = regexp.MustCompile(`\busbv[0-9]-`)

// answers says whether c goes by a stable name without a device's number. A usb:
// name without a serial number fits any of the make.
func (c Card) answers(name string) bool {
	if path, is := strings.CutPrefix(name, byPath); is {
		return path == c.Path || c.Path != "" && usbRevision.ReplaceAllString(path, "usb-") == c.Path
	}
	id, _ := strings.CutPrefix(name, byUSB)
	return c.USB != "" && (strings.EqualFold(id, c.USB) || strings.HasPrefix(c.USB, strings.ToLower(id)+":"))
}
