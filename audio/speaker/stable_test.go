package speaker_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/audio/speaker"
)

// device makes the folder of a device in a tree of /sys, on a bus.
func device(t *testing.T, root, path, bus string, attributes map[string]string) {
	t.Helper()
	dir := filepath.Join(root, "sys/devices", path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if bus != "" {
		if err := os.Symlink("/sys/bus/"+bus, filepath.Join(dir, "subsystem")); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range attributes {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// plugIn ties a sound card of a tree to its device.
func plugIn(t *testing.T, root, card, path string) {
	t.Helper()
	dir := filepath.Join(root, "sys/class/sound", card)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../../devices/"+path, filepath.Join(dir, "device")); err != nil {
		t.Fatal(err)
	}
}

// twins is a board with two USB cards of one make, the first without a serial
// number, and a jack.
func twins(t *testing.T) string {
	root := procTree(t, map[string]string{
		"asound/pcm": "00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8\n" +
			"01-00: USB Audio : USB Audio : playback 1\n02-00: USB Audio : USB Audio : playback 1\n02-01: USB Audio #1 : USB Audio #1 : playback 1\n",
		"asound/card0/id": "Headphones\n", "asound/card1/id": "Device\n", "asound/card2/id": "Device_1\n",
	})
	const soc = "platform/soc/"
	device(t, root, "platform", "", nil)
	device(t, root, soc, "platform", nil)
	device(t, root, soc+"soc:audio", "platform", nil)
	plugIn(t, root, "card0", soc+"soc:audio")
	const host = soc + "3f980000.usb"
	device(t, root, host, "platform", nil)
	device(t, root, host+"/usb1", "usb", map[string]string{"idVendor": "1d6b", "idProduct": "0002", "serial": "3f980000.usb"})
	device(t, root, host+"/usb1/1-1", "usb", map[string]string{"idVendor": "0424", "idProduct": "9514"})
	device(t, root, host+"/usb1/1-1/1-1.2", "usb", map[string]string{"idVendor": "0d8c", "idProduct": "0014"})
	device(t, root, host+"/usb1/1-1/1-1.2/1-1.2:1.0", "usb", nil)
	device(t, root, host+"/usb1/1-1/1-1.4", "usb", map[string]string{"idVendor": "0d8c", "idProduct": "0014", "serial": "A1 B2"})
	device(t, root, host+"/usb1/1-1/1-1.4/1-1.4:1.0", "usb", nil)
	plugIn(t, root, "card1", host+"/usb1/1-1/1-1.2/1-1.2:1.0")
	plugIn(t, root, "card2", host+"/usb1/1-1/1-1.4/1-1.4:1.0")
	return root
}

func TestStableNames(t *testing.T) {
	cards, err := speaker.ListCards(twins(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"path:platform-soc:audio plughw:CARD=Headphones,DEV=0",
		"path:platform-3f980000.usb-usb-0:1.2:1.0 usb:0d8c:0014 plughw:CARD=Device,DEV=0",
		"path:platform-3f980000.usb-usb-0:1.4:1.0 usb:0d8c:0014:A1_B2 plughw:CARD=Device_1,DEV=0",
		"path:platform-3f980000.usb-usb-0:1.4:1.0,DEV=1 usb:0d8c:0014:A1_B2,DEV=1 plughw:CARD=Device_1,DEV=1",
	}
	if len(cards) != len(want) {
		t.Fatalf("%d cards, want %d", len(cards), len(want))
	}
	for i, c := range cards {
		if got := strings.Join(c.Names(), " "); got != want[i] {
			t.Errorf("card %d is %s, want %s", i, got, want[i])
		}
		for _, name := range c.Names() {
			if strings.HasPrefix(name, "usb:0d8c:0014") && !strings.Contains(name, "A1") {
				continue // the other one answers to it too
			}
			choice, err := speaker.ParseDevice(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := speaker.Aim(choice, "", cards)
			if err != nil || got.Card != c.Index || got.Device != c.Device {
				t.Errorf("%s is card %d device %d, %v; want %d and %d", name, got.Card, got.Device, err, c.Index, c.Device)
			}
		}
	}
}

// TestStableNamesOfPC: behind a bridge only the last device of a row counts, and
// newer versions of udev write the revision of USB.
func TestStableNamesOfPC(t *testing.T) {
	root := procTree(t, map[string]string{
		"asound/pcm":      "00-00: ALC : ALC : playback 1\n01-00: USB Audio : USB Audio : playback 1\n",
		"asound/card0/id": "PCH\n", "asound/card1/id": "Device\n",
	})
	const bridge = "platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0"
	device(t, root, "platform/scb/fd500000.pcie", "platform", nil)
	device(t, root, bridge, "pci", nil)
	device(t, root, bridge+"/0000:00:1b.0", "pci", nil)
	plugIn(t, root, "card0", bridge+"/0000:00:1b.0")
	const host = bridge + "/0000:01:00.0"
	device(t, root, host, "pci", nil)
	device(t, root, host+"/usb1/1-3", "usb", map[string]string{"idVendor": "0d8c", "idProduct": "0014"})
	device(t, root, host+"/usb1/1-3/1-3:1.0", "usb", nil)
	plugIn(t, root, "card1", host+"/usb1/1-3/1-3:1.0")
	cards, err := speaker.ListCards(root)
	if err != nil || len(cards) != 2 {
		t.Fatalf("%+v, %v; want two cards", cards, err)
	}
	for i, want := range []string{"platform-fd500000.pcie-pci-0000:00:1b.0", "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:3:1.0"} {
		if cards[i].Path != want {
			t.Errorf("card %d is at %q, want %q", i, cards[i].Path, want)
		}
	}
	choice := speaker.DeviceChoice{Kind: speaker.NamedCard, Name: "path:platform-fd500000.pcie-pci-0000:01:00.0-usbv2-0:3:1.0"}
	if got, err := speaker.Aim(choice, "", cards); err != nil || got.Card != 1 {
		t.Errorf("with the revision of USB: card %d, %v", got.Card, err)
	}
}

func TestStableNameThatNoCardHas(t *testing.T) {
	cards, err := speaker.ListCards(twins(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, device string
		cards        []speaker.Card
		says         string
	}{
		{"nowhere", "path:platform-3f980000.usb-usb-0:1.3:1.0", cards, "there are: path:platform-soc:audio"},
		{"two of one make", "usb:0d8c:0014", cards, "2 cards are usb:0d8c:0014; choose one by its place: path:"},
		{"another serial number", "usb:0d8c:0014:C3", cards, "is not there"},
		{"another device", "usb:0d8c:0014:A1_B2,DEV=7", cards, "is not there"},
		{"no card at all", "usb:0d8c:0014", nil, "nor is any other card; plug it in"},
	} {
		t.Run(c.name, func(t *testing.T) {
			choice, err := speaker.ParseDevice(c.device)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := speaker.Aim(choice, "", c.cards); !errors.Is(err, speaker.ErrNoCard) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("aim at %s = %v, want ErrNoCard that says %q", c.device, err, c.says)
			}
		})
	}
	for _, name := range []string{"path:", "usb:", "usb:0d8c", "usb:0d8c:00140", "usb:0d8g:0014", "usb:0d8c:0014:A:B", "path:x,DEV=", "usb:0d8c:0014,DEV=-1"} {
		if _, err := speaker.ParseDevice(name); !errors.Is(err, speaker.ErrDevice) || !strings.Contains(err.Error(), "behind") {
			t.Errorf("ParseDevice(%q) = %v, want ErrDevice that says what stands behind it", name, err)
		}
	}
}

// TestDefaultStaysTheSameCard: "default" once chosen falls to no other card.
func TestDefaultStaysTheSameCard(t *testing.T) {
	was := speaker.Card{Index: 1, ID: "Device", Long: "C-Media", Path: "usb-0:1.2:1.0", USB: "0d8c:0014:A1"}
	elsewhere, replaced, jack := was, was, speaker.Card{Index: 0, ID: "Headphones", Long: "jack", Path: "platform-soc:audio"}
	elsewhere.Path, elsewhere.Index = "usb-0:1.4:1.0", 4
	replaced.USB, replaced.Long = "1234:5678", "Other make"
	twin := elsewhere
	twin.USB = "0d8c:0014:B2"
	plain := speaker.Card{ID: "PCH", Long: "analogue"}
	for _, c := range []struct {
		name  string
		was   speaker.Card
		cards []speaker.Card
		want  speaker.Card
		says  string // of its move, or of the error
	}{
		{"OK alone", was, []speaker.Card{was}, was, ""},
		{"another came", was, []speaker.Card{jack, was}, was, ""},
		{"in another place", was, []speaker.Card{elsewhere}, elsewhere, "is plugged in elsewhere"},
		{"another in its place", was, []speaker.Card{replaced}, replaced, "another sound card is plugged in where the last one was: Other make instead of C-Media"},
		{"only another one is left", was, []speaker.Card{jack}, speaker.Card{}, "the default was path:usb-0:1.2:1.0 (C-Media), which is not there"},
		{"a twin elsewhere", was, []speaker.Card{twin}, speaker.Card{}, "which is not there"},
		{"none is left", was, nil, speaker.Card{}, "plug it in"},
		{"without places", plain, []speaker.Card{plain}, plain, ""},
		{"another without places", plain, []speaker.Card{{ID: "Device"}}, speaker.Card{}, "which is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := speaker.ChooseAgain(c.was, c.cards)
			if got != c.want {
				t.Fatalf("the default is %+v, %v; want %+v", got, err, c.want)
			}
			if c.want == (speaker.Card{}) {
				if !errors.Is(err, speaker.ErrNoCard) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("error %v, want ErrNoCard that says %q", err, c.says)
				}
				return
			}
			if says := speaker.Moved(&c.was, got); (says == "") != (c.says == "") || !strings.Contains(says, c.says) {
				t.Errorf("told %q, want %q", says, c.says)
			}
		})
	}
}
