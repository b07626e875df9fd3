package main

import (
	"os"
	"path/filepath"
	"testing"
)

// Who holds the monitor input is named, unless it is the running serve's own arecord: a
// sound server on the board takes the card from it.
func TestWhoHoldsTheMonitorInput(t *testing.T) {
	proc := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := holderOf(proc, "Monitor"); got != (holder{}) || got.by(0) || got.String() != "?" {
		t.Errorf("no card: %+v", got)
	}
	put("asound/Monitor/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 11\n")
	put("asound/Monitor/pcm0c/sub0/status", "closed\n")
	if got := holderOf(proc, "Monitor"); got != (holder{}) {
		t.Errorf("nobody: %+v", got)
	}
	put("asound/Monitor/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 812\ntrigger_time: 1.2\n")
	put("812/comm", "pulseaudio\n")
	put("812/status", "Name:\tpulseaudio\nPPid:\t1\n")
	if got := holderOf(proc, "Monitor"); got.String() != "pulseaudio (process 812)" || got.by(700) {
		t.Errorf("another program: %+v", got)
	}
	put("812/comm", "arecord\n")
	put("812/status", "Name:\tarecord\nPPid:\t700\n")
	if got := holderOf(proc, "Monitor"); !got.by(700) || got.by(701) {
		t.Errorf("the serve's own: %+v", got)
	}
}

// The card is the one that an ALSA name names.
func TestTheCardOfAMonitorInput(t *testing.T) {
	for device, want := range map[string]string{"plughw:CARD=Monitor": "Monitor", "plughw:CARD=Tuner,DEV=0": "Tuner", "default": ""} {
		if got := cardOf(device); got != want {
			t.Errorf("%s: %q, want %q", device, got, want)
		}
	}
}
