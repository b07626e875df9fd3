package main

import (
	"os"
	"path/filepath"
	"strings"
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

// Doctor without a serve that answers said that the supply was well, though the run before had seen
// it drop. It looks where that run, which was another user's than root, has noted it, and only looks.
func TestDoctorKnowsWhatAServeSawOfTheSupply(t *testing.T) {
	data := t.TempDir()
	memory, err := folder(data).memorySpool()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(memory) }()
	p := program{err: t.Output()}.peekingProbe(settings{Data: data})
	if p.Drops != filepath.Join(memory, "supply") || p.Boot == "" || !p.Peeks {
		t.Errorf("boot %q, looked for in %q, only looked at: %v", p.Boot, p.Drops, p.Peeks)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can have a folder of another user")
	}
	if err := os.Chown(data, 4711, -1); err != nil {
		t.Fatal(err)
	}
	if p := (program{err: t.Output()}).peekingProbe(settings{Data: data}); !strings.Contains(p.Drops, "loalang-spool-4711-") {
		t.Errorf("of a service of another user it is looked for in %q", p.Drops)
	}
}
