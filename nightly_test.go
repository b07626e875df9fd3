package loalang_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNightlyRunsEveryPart: a fuzz test that failed at ten in the evening kept the lab, the power cuts
// and the soak of that night from running. Nor does a part of the soak keep the others from it, and each of
// the five processes is killed as often as was asked, 200 times: a night killed each forty times.
func TestNightlyRunsEveryPart(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("no make on this machine: apt-get install make")
	}
	for name, c := range map[string]struct{ fails, says string }{
		"OK":         {"none", ""},
		"FirstFails": {"fuzz", "these failed: fuzz\n"},
		"TwoFail":    {"lab|soak-parts", "these failed: lab soak-parts\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			fake, ran := filepath.Join(dir, "make"), filepath.Join(dir, "ran")
			script := "#!/bin/sh\necho \"$*\" >>" + ran + "\ncase $1 in " + c.fails + ") exit 2 ;; esac\n"
			if err := os.WriteFile(fake, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "make", "--no-print-directory", "nightly", "MAKE="+fake).CombinedOutput()
			if (err == nil) != (c.says == "") || !strings.Contains(string(out), c.says) {
				t.Errorf("%v: %s", err, out)
			}
			all, err := os.ReadFile(ran)
			if want := "fuzz FUZZ=5m\nlab\nkills KILLS=1000\nproof-figures\npower-cuts\nsoak-parts\nsoak-days\nsoak-card\n"; err != nil || string(all) != want {
				t.Errorf("it ran %q, %v", all, err)
			}
		})
	}
}
