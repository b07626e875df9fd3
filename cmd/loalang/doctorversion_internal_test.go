package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A board that went back to the version before by itself told nobody but its journal.
func TestAVersionThatWentBackIsTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "refused")
	if got := examineVersion(file, english); got != nil {
		t.Errorf("where none was refused: %+v", got)
	}
	for text, want := range map[string]bool{"": false, "/usr/lib/loalang/2.1\n": false, "/usr/lib/loalang/2.1\n/usr/lib/loalang/2.0\n": true} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, in := range []tongue{english, "vi"} {
			got := examineVersion(file, in)
			if (len(got) == 1) != want || want && (got[0].OK || got[0].Advice == "" || !strings.Contains(got[0].Found, "2.1") || !strings.Contains(got[0].Found, "2.0")) {
				t.Errorf("%q: %+v", text, got)
			}
		}
	}
}
