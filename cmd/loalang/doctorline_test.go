package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestLineInputsAreNamedByTheirCards(t *testing.T) {
	proc := t.TempDir()
	for name, text := range map[string]string{
		"pcm":      "00-00: bcm2835 : bcm2835 : playback 8\n01-00: USB Audio : USB Audio : playback 1 : capture 1\n02-01: Tuner : FM : capture 1\n03-00: Gone : Gone : capture 1\n",
		"card1/id": "Device\n", "card2/id": "Tuner\n",
	} {
		path := filepath.Join(proc, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := lineInputs(proc), []string{"plughw:CARD=Device,DEV=0", "plughw:CARD=Tuner,DEV=1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := lineInputs(t.TempDir()); len(got) != 0 {
		t.Errorf("without a card: %q", got)
	}
}
