package packaging_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnotherDataFolderIsRefused: LOALANG_DATA in loalang.env moved the data for the service alone.
// It may write nowhere else, no sound file was taken in, and an update was not tried on them.
func TestAnotherDataFolderIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		data    string // value in loalang.env and of the service
		refused bool
	}{
		"OK":    {"/var/lib/loalang", false},
		"Slash": {"/var/lib/loalang/", false},
		"Other": {"/mnt/data", true},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			data := c.data
			if !c.refused {
				data = filepath.Join(y.dir, "var/lib/loalang") + strings.TrimPrefix(c.data, "/var/lib/loalang")
			}
			y.file("etc/loalang/loalang.env", "LOALANG_LISTEN=:8080\nLOALANG_DATA=\""+data+"\"\n")
			y.program("setpriv", "exit 0")
			for script, args := range map[string][]string{"bin/loalang-board": {"doctor"}, "deb/preinst": {"upgrade", "1"}} {
				said, well := y.run(script, args...)
				if well == c.refused || c.refused && !strings.Contains(said, "LOALANG_DATA") {
					t.Errorf("%s: well %v: %s", script, well, said)
				}
			}
			if c.refused && exists(filepath.Join(y.dir, "usr/lib/loalang/before")) {
				t.Error("preinst went on")
			}
		})
	}
}

// TestTheServiceSaysThatItsDataLieElsewhere: 78 is what systemd does not try again.
func TestTheServiceSaysThatItsDataLieElsewhere(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "loalang")
	script := strings.ReplaceAll(read(t, "bin/loalang-serve"), "/usr/bin/loalang", program)
	file := filepath.Join(dir, "loalang-serve")
	if err := errors.Join(os.WriteFile(program, []byte("#!/bin/sh\necho \"started $*\"\n"), 0o755), os.WriteFile(file, []byte(script), 0o755)); err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]struct {
		code int
		says string
	}{
		"/var/lib/loalang": {0, "started serve\n"}, "/var/lib/loalang/": {0, "started serve\n"},
		"/mnt/data": {78, "LOALANG_DATA is /mnt/data"}, "": {78, "LOALANG_DATA is empty"},
	} {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", file)
		cmd.Env = []string{"PATH=/usr/bin:/bin", "LOALANG_DATA=" + data}
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want.code || !strings.HasPrefix(string(out), want.says) {
			t.Errorf("%q: it ends with %d, %v: %s", data, code, err, out)
		}
	}
}
