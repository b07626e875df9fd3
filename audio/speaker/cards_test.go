package speaker_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/audio/speaker"
)

// procTree writes files of /proc below a fresh folder.
func procTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, "proc", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// pi is a Raspberry Pi with its two screens, its headphone jack and a USB card.
func pi(t *testing.T) string {
	return procTree(t, map[string]string{
		"asound/pcm": "00-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1\n" +
			"01-00: MAI PCM i2s-hifi-0 : MAI PCM i2s-hifi-0 : playback 1\n" +
			"02-00: bcm2835 Headphones : bcm2835 Headphones : playback 8\n" +
			"03-00: USB Audio : USB Audio : playback 1 : capture 1\n" +
			"03-01: USB Audio #1 : USB Audio #1 : capture 1\n",
		"asound/cards": " 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n                      vc4-hdmi-0\n" +
			" 1 [vc4hdmi1       ]: vc4-hdmi - vc4-hdmi-1\n                      vc4-hdmi-1\n" +
			" 2 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones\n                      bcm2835 Headphones\n" +
			" 3 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media at usb-1.2\n",
		"asound/card0/id": "vc4hdmi0\n", "asound/card1/id": "vc4hdmi1\n",
		"asound/card2/id": "Headphones\n", "asound/card3/id": "Device\n",
		"asound/card3/pcm0p/sub0/status":    "state: RUNNING\nowner_pid   : 1234\ntrigger_time: 1.2\n",
		"asound/card3/pcm0p/sub0/hw_params": "access: RW_INTERLEAVED\nformat: S16_LE\nrate: 48000 (48000/1)\nperiod_size: 240\nbuffer_size: 480\n",
		"asound/card2/pcm0p/sub0/status":    "closed\n",
		"asound/card2/pcm0p/sub0/hw_params": "closed\n",
		"1234/comm":                         "pulseaudio\n",
	})
}

func TestListCards(t *testing.T) {
	cards, err := speaker.ListCards(pi(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []speaker.Card{
		{Index: 0, ID: "vc4hdmi0", Long: "vc4-hdmi-0", HDMI: true},
		{Index: 1, ID: "vc4hdmi1", Long: "vc4-hdmi-1", HDMI: true},
		{Index: 2, ID: "Headphones", Long: "bcm2835 Headphones"},
		{Index: 3, ID: "Device", Long: "USB Audio Device"},
	}
	if len(cards) != len(want) {
		t.Fatalf("%d cards %+v, want %d", len(cards), cards, len(want))
	}
	for i := range want {
		if cards[i] != want[i] {
			t.Errorf("card %d = %+v, want %+v", i, cards[i], want[i])
		}
	}
	if got := cards[3].Name(); got != "plughw:CARD=Device,DEV=0" {
		t.Errorf("Name() = %q", got)
	}
}

func TestListCardsWithoutSound(t *testing.T) {
	cards, err := speaker.ListCards(t.TempDir())
	if err != nil || len(cards) != 0 {
		t.Errorf("ListCards = %v, %v; want none and no error", cards, err)
	}
}

func TestListCardsOfPC(t *testing.T) {
	root := procTree(t, map[string]string{
		"asound/pcm": "00-00: ALC283 Analog : ALC283 Analog : playback 1 : capture 1\n" +
			"00-03: HDMI 0 : HDMI 0 : playback 1\nrubbish\nxx-00: a : b : playback 1\n",
		"asound/card0/id": "PCH\n",
	})
	cards, err := speaker.ListCards(root)
	if err != nil || len(cards) != 2 || cards[0].HDMI || !cards[1].HDMI {
		t.Fatalf("ListCards = %+v, %v; want analogue and HDMI", cards, err)
	}
	chosen, err := speaker.ChooseDefault(cards)
	if err != nil || chosen.Name() != "plughw:CARD=PCH,DEV=0" {
		t.Errorf("ChooseDefault = %v, %v; want the analogue device", chosen, err)
	}
}

func TestChooseDefault(t *testing.T) {
	hdmi := speaker.Card{Index: 0, ID: "vc4hdmi0", HDMI: true}
	usb := speaker.Card{Index: 1, ID: "Device", Long: "USB Audio"}
	jack := speaker.Card{Index: 2, ID: "Headphones"}
	for _, c := range []struct {
		name  string
		cards []speaker.Card
		want  string
		says  []string
	}{
		{"OK one", []speaker.Card{usb}, "Device", nil},
		{"one beside a screen", []speaker.Card{hdmi, usb}, "Device", nil},
		{"two devices of one card", []speaker.Card{usb, {Index: 1, ID: "Device", Device: 1}}, "Device", nil},
		{"none", nil, "", []string{"plug one in"}},
		{"a screen only", []speaker.Card{hdmi}, "", []string{"only HDMI", "plughw:CARD=vc4hdmi0,DEV=0"}},
		{"two", []speaker.Card{usb, jack}, "", []string{"there are 2", "plughw:CARD=Device,DEV=0 (USB Audio)", "plughw:CARD=Headphones,DEV=0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := speaker.ChooseDefault(c.cards)
			if got.ID != c.want || (err == nil) != (c.says == nil) {
				t.Fatalf("ChooseDefault = %+v, %v; want %q", got, err, c.want)
			}
			for _, words := range c.says {
				if !errors.Is(err, speaker.ErrNoCard) || !strings.Contains(err.Error(), words) {
					t.Errorf("error %q does not say %q", err, words)
				}
			}
		})
	}
}

func TestHolderOf(t *testing.T) {
	root := pi(t)
	h, held := speaker.HolderOf(root, 3, 0)
	if !held || h.String() != "pulseaudio (process 1234)" {
		t.Errorf("HolderOf = %v, %v; want pulseaudio", h, held)
	}
	if h, held := speaker.HolderOf(root, 2, 0); held {
		t.Errorf("HolderOf a closed device = %v", h)
	}
	if h, held := speaker.HolderOf(root, 9, 0); held {
		t.Errorf("HolderOf a card that is not there = %v", h)
	}
}

// TestBusyCardNamesItsHolder: also where nobody knows which card a PCM uses.
func TestBusyCardNamesItsHolder(t *testing.T) {
	root := pi(t)
	for _, c := range []struct {
		name         string
		card, device int
		want         string
	}{
		{"OK", 3, 0, "pulseaudio (process 1234)"},
		{"a card that nobody holds", 2, 0, "another program"},
		{"a PCM of any card", -1, 0, "pulseaudio (process 1234)"},
	} {
		if got := speaker.HolderName(root, c.card, c.device); got != c.want {
			t.Errorf("%s: held by %q, want %q", c.name, got, c.want)
		}
	}
	if got := speaker.HolderName(t.TempDir(), -1, 0); got != "another program" {
		t.Errorf("without any card: held by %q", got)
	}
}

func TestRingOf(t *testing.T) {
	root := pi(t)
	if r, known := speaker.RingOf(root, 3, 0); !known || r.Period != 240 || r.Buffer != 480 {
		t.Errorf("ringOf = %+v, %v; want 240 of 480", r, known)
	}
	if r, known := speaker.RingOf(root, 2, 0); known {
		t.Errorf("ringOf a closed device = %+v", r)
	}
}

func TestAim(t *testing.T) {
	cards, err := speaker.ListCards(pi(t))
	if err != nil {
		t.Fatal(err)
	}
	usb := cards[3:]
	for _, c := range []struct {
		name   string
		device string
		given  string
		cards  []speaker.Card
		config string // of the target; a part of it
		says   string // of the error
	}{
		{"OK only card", "default", "", usb, `type hw card "Device" device 0`, ""},
		{"only card beside a screen", "default", "", []speaker.Card{cards[0], cards[3]}, `card "Device"`, ""},
		{"two cards", "default", "", cards, "", "choose one"},
		{"configuration of the user's own", "default", "/etc/mine.conf", nil, "", ""},
		{"stable name", "plughw:CARD=Headphones,DEV=0", "", cards, `card "Headphones" device 0`, ""},
		{"index becomes stable", "hw:3", "", cards, `card "Device" device 0`, ""},
		{"positional device", "hw:Device,0", "", cards, `card "Device" device 0`, ""},
		{"a card that is not there", "hw:9", "", cards, "", "there are: plughw:CARD=vc4hdmi0"},
		{"a device that is not there", "hw:Device,7", "", cards, "", "device 7 is not there"},
		{"no cards at all", "hw:0", "", nil, "", "nor is any other"},
		{"another PCM", "mypcm", "", cards, `slave.pcm "mypcm"`, ""},
		{"another PCM in a given configuration", "mypcm", "/etc/mine.conf", cards, "</etc/mine.conf>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			choice, err := speaker.ParseDevice(c.device)
			if err != nil {
				t.Fatal(err)
			}
			got, err := speaker.Aim(choice, c.given, c.cards)
			if c.says != "" {
				if !errors.Is(err, speaker.ErrNoCard) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("aim = %v, want ErrNoCard that says %q", err, c.says)
				}
				return
			}
			if err != nil || !strings.Contains(got.Config, c.config) || c.config == "" && got.Config != "" {
				t.Errorf("aim = %+v, %v; want a configuration with %q", got, err, c.config)
			}
		})
	}
}

// TestAimShowsOneCard: with alsa.conf included, oto would fall back to any PCM
// in it.
func TestAimShowsOneCard(t *testing.T) {
	got, err := speaker.Aim(speaker.DeviceChoice{Kind: speaker.DefaultCard}, "", []speaker.Card{{ID: "Device"}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.Config, "<") || strings.Count(got.Config, "pcm.!") != 1 {
		t.Errorf("configuration %q shows more than one card", got.Config)
	}
}
