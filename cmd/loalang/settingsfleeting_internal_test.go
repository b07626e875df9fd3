package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loalang/archive/disktest"
	"loalang/health"
)

// With an overlay over the root a sound card or a pin that was chosen anew was the old one again after the
// next power cut, and nothing had said so.
func TestSettingsThatDoNotLastAreTold(t *testing.T) {
	t.Parallel()
	memory, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("SKIPPED: %v: run the tests as root", err)
	}
	file, lower := filepath.Join(memory, "loalang.env"), t.TempDir()
	beneath := filepath.Join(lower, file)
	put := func(path, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	is := func(when string, want bool) {
		t.Helper()
		for _, in := range []tongue{english, "vi"} {
			if got := examineFleeting(file, lower, in); (len(got) == 1) != want || want && (got[0].OK || got[0].Advice == "") {
				t.Errorf("%s: %+v", when, got)
			}
		}
	}
	is("there is none", false)
	put(file, "LOALANG_DEVICE=plughw:CARD=New")
	is("changed since the machine began", true)
	if err := os.Chtimes(file, time.Time{}, time.Now().AddDate(-1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	is("as the machine found it", false)
	put(beneath, "LOALANG_DEVICE=plughw:CARD=Old")
	is("another lies beneath", true)
	put(beneath, "LOALANG_DEVICE=plughw:CARD=New")
	is("the same lies beneath", false)
	if err := os.Remove(beneath); err != nil {
		t.Fatal(err)
	}
	is("none lies beneath", true)
	card := t.TempDir()
	if put(filepath.Join(card, "loalang.env"), "LOALANG_DEVICE=plughw:CARD=New"); !health.InMemory(card) && fleeting(filepath.Join(card, "loalang.env"), lower) {
		t.Error("on a card it lasts")
	}
}
