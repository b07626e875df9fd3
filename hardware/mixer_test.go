package hardware_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/hardware"
)

// fakeMixer is an amixer of a card "Device" with Speaker, whose steps are of 1.5 dB from
// -51 dB to 0 dB, and Mic, which plays nothing; "Mute" tells no dB.
const fakeMixer = `#!/bin/sh
[ "$1 $2" = "-M -c" ] || { echo "amixer: not on the scale of the ear" >&2; exit 1; }
[ "$3" = Device ] || { echo "amixer: Mixer attach hw:$3 error: No such device" >&2; exit 1; }
state=$(dirname "$0")/state
[ -f "$state" ] || echo "-10.50 off" >"$state"
read -r dB on <"$state"
speaker() { printf "Simple mixer control 'Speaker',0\n  Capabilities: pvolume pswitch\n  Playback channels: Front Left - Front Right\n  Limits: Playback 0 - 34\n  Mono:\n  Front Left: Playback 27 [77%%] [%sdB] [%s]\n  Front Right: Playback 20 [70%%] [-20.00dB] [%s]\n" "$dB" "$on" "$on"; }
mute() { printf "Simple mixer control 'Mute',1\n  Capabilities: pvolume\n  Mono: Playback 3 [30%%] [on]\n"; }
shift 4
case "$1 $2" in
"scontents ") speaker; mute; printf "Simple mixer control 'Mic',0\n  Capabilities: cvolume\n  Mono: Capture 3 [30%%] [-3.00dB] [on]\n" ;;
"sget Speaker") speaker ;;
"sget Mute,1") mute ;;
"sset Speaker")
	want=$(echo "$4" | tr -d 'dB')
	dB=$(awk -v w="$want" 'BEGIN { w = int(w/1.5)*1.5; if (w > 0) w = 0; if (w < -51) w = -51; printf "%.2f", w }')
	[ "$5" = unmute ] && on=on
	echo "$dB $on" >"$state"
	speaker ;;
*) echo "amixer: Unable to find simple control '$2',0" >&2; exit 1 ;;
esac
`

// mixer is a card whose amixer is fakeMixer.
func mixer(t *testing.T) hardware.Mixer {
	t.Helper()
	return mixerBy(t, fakeMixer)
}

func mixerBy(t *testing.T, amixer string) hardware.Mixer {
	t.Helper()
	program := filepath.Join(t.TempDir(), "amixer")
	if err := os.WriteFile(program, []byte(amixer), 0o700); err != nil {
		t.Fatal(err)
	}
	return hardware.Mixer{Program: program, Card: "Device"}
}

func TestMixerControlsAreListed(t *testing.T) {
	all, err := mixer(t).Controls(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("controls = %+v, %v; want two", all, err)
	}
	if c := all[0]; c.Name != "Mute,1" || !math.IsNaN(c.Level) || c.Percent != 30 || c.Muted {
		t.Errorf("first = %+v", c)
	}
	if c := all[1]; c.Name != "Speaker" || c.Level != -10.5 || c.Percent != 77 || !c.Muted {
		t.Errorf("second = %+v", c)
	}
}

// What a control has become is read back: it has steps and ends.
func TestMixerReadsBack(t *testing.T) {
	m := mixer(t)
	for _, c := range []struct{ want, become float64 }{{-6.2, -6}, {3, 0}, {-80, -51}} {
		got, err := m.Set(t.Context(), "Speaker", c.want)
		if err != nil || math.Abs(got.Level-max(c.become, -20)) > 0.001 || got.Muted {
			t.Errorf("set %v: %+v, %v; want %v", c.want, got, err, c.become)
		}
	}
}

// bcm2835 is an amixer of the Raspberry Pi's own output: its steps are hundredths of a
// decibel, below zero.
const bcm2835 = `#!/bin/sh
state=$(dirname "$0")/state
[ -f "$state" ] || echo "-2000 40 -20.00 on" >"$state"
case "$5 $7" in
"sset playback") [ "$8" = -6.00dB ] && echo "-600 77 -6.00 on" >"$state" ;;
esac
read -r raw percent dB on <"$state"
printf "Simple mixer control 'PCM',0\n  Capabilities: pvolume pvolume-joined pswitch pswitch-joined\n  Playback channels: Mono\n  Limits: Playback -10239 - 400\n  Mono: Playback %s [%s%%] [%sdB] [%s]\n" $raw $percent $dB $on
`

func TestMixerOfARaspberryPi(t *testing.T) {
	m := mixerBy(t, bcm2835)
	if c, err := m.Get(t.Context(), "PCM"); err != nil || c != (hardware.MixerControl{Name: "PCM", Level: -20, Percent: 40}) {
		t.Errorf("it stands at %+v, %v", c, err)
	}
	if c, err := m.Set(t.Context(), "PCM", -6); err != nil || c.Level != -6 {
		t.Errorf("set: %+v, %v", c, err)
	}
}

// A control that cannot be read just now is turned all the same, and unmuted when it turns
// out to be mute.
func TestMixerSetsWhatCannotBeRead(t *testing.T) {
	m := mixerBy(t, strings.Replace(fakeMixer, `"sget Speaker") speaker ;;`, `"sget Speaker") echo "amixer: busy" >&2; exit 1 ;;`, 1))
	if c, err := m.Set(t.Context(), "Speaker", -6); err != nil || c.Level != -6 || c.Muted {
		t.Errorf("set: %+v, %v", c, err)
	}
}

func TestMixerRefuses(t *testing.T) {
	m := mixer(t)
	for name, c := range map[string]struct {
		m       hardware.Mixer
		control string
		want    error
		says    string
	}{
		"NoControl": {m, "Bass", hardware.ErrNoControl, "Unable to find simple control 'Bass'"},
		"NoCard":    {hardware.Mixer{Program: m.Program, Card: "Other"}, "Speaker", hardware.ErrNoControl, "No such device"},
		"NoDB":      {m, "Mute,1", hardware.ErrNoControl, "does not tell how loud"},
		"NoProgram": {hardware.Mixer{Program: filepath.Join(t.TempDir(), "none"), Card: "Device"}, "Speaker", hardware.ErrNoMixer, "alsa-utils"},
		"Flag":      {m, "-q", hardware.ErrNoControl, "no name of a control"},
		"CardFlag":  {hardware.Mixer{Program: m.Program, Card: "-D"}, "Speaker", hardware.ErrNoControl, "no name of a sound card"},
	} {
		if _, err := c.m.Set(t.Context(), c.control, -3); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSoundCards(t *testing.T) {
	proc := t.TempDir()
	if cards, err := hardware.SoundCards(proc); err != nil || cards != nil {
		t.Errorf("none: %+v, %v", cards, err)
	}
	if err := os.Mkdir(filepath.Join(proc, "asound"), 0o755); err != nil {
		t.Fatal(err)
	}
	const text = " 0 [vc4hdmi0       ]: vc4-hdmi - vc4-hdmi-0\n                      vc4-hdmi-0\n 1 [Device         ]: USB-Audio - USB Audio Device\n                      C-Media USB Audio\n"
	if err := os.WriteFile(filepath.Join(proc, "asound/cards"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cards, err := hardware.SoundCards(proc)
	if err != nil || len(cards) != 2 || cards[1] != (hardware.SoundCard{ID: "Device", Name: "USB Audio Device"}) {
		t.Errorf("cards = %+v, %v", cards, err)
	}
}

// How far the inputs are turned up is read without what plays; both channels are one.
func TestMixerCaptures(t *testing.T) {
	m := mixer(t)
	if got, err := m.Captures(t.Context()); err != nil || got != "Mic 30% on" {
		t.Errorf("%q, %v", got, err)
	}
	program := filepath.Join(t.TempDir(), "amixer")
	body := "#!/bin/sh\ncat <<'E'\nSimple mixer control 'Speaker',0\n  Front Left: Playback 27 [77%] [-3.00dB] [on]\nSimple mixer control 'Line',0\n  Capabilities: cvolume cswitch\n  Front Left: Capture 20 [40%] [-4.50dB] [off]\n  Front Right: Capture 20 [40%] [-4.50dB] [off]\nSimple mixer control 'Mic',1\n  Capture channels: Mono\n  Limits: Capture 0 - 35\n  Mono: Capture 35 [100%] [30.00dB]\nE\n"
	if err := os.WriteFile(program, []byte(body), 0o700); err != nil {
		t.Fatal(err)
	}
	m.Program = program
	if got, err := m.Captures(t.Context()); err != nil || got != "Line 40% off, Mic,1 100%" {
		t.Errorf("%q, %v", got, err)
	}
	m.Program = "/nothing/amixer"
	if _, err := m.Captures(t.Context()); !errors.Is(err, hardware.ErrNoMixer) {
		t.Errorf("%v", err)
	}
}
