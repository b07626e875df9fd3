package main

import (
	"path/filepath"
	"testing"
)

// What the supply did is kept where this program's end takes nothing away and the machine's does;
// where there is no such folder it is kept by nobody, and nowhere else.
func TestTheSupplyIsRememberedForOneBoot(t *testing.T) {
	memory := t.TempDir()
	if p := (&board{boot: "boot-1", refuge: memory}).newProbe(); p.Boot != "boot-1" || p.Drops != filepath.Join(memory, "supply") {
		t.Errorf("boot %q, kept in %q", p.Boot, p.Drops)
	}
	if p := (&board{boot: "boot-1"}).newProbe(); p.Drops != "" {
		t.Errorf("kept in %q", p.Drops)
	}
}
