package main_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// An update of the package takes the file of the program away for as long as it unpacks: a
// speaker that died meanwhile was not started again, nor a backup made, nor a recording taken in.
func TestAProgramWhoseFileAnUpdateTookAwayGoesOn(t *testing.T) {
	need(t, sound)
	t.Parallel()
	dir := t.TempDir()
	program := filepath.Join(dir, "loalang")
	raw, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	d := startOf(t, program, filepath.Join(dir, "data"), "null", quick...).admit()
	ready := func() bool { status, _ := d.page("/readyz"); return status == http.StatusOK }
	d.until("the output is open", ready)
	remove(t, program)
	child := childOf(t, d.cmd.Process.Pid)
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	d.until("another speaker is there", func() bool {
		out, err := exec.Command("ps", "-o", "pid=", "--ppid", fmt.Sprint(d.cmd.Process.Pid)).Output() // 1: none
		return err == nil && !slices.Contains(strings.Fields(string(out)), fmt.Sprint(child)) && ready()
	})
	d.call(http.MethodPost, "/recordings", phone(t, "m4a", "-c:a", "aac"), http.StatusCreated)
	d.call(http.MethodPost, "/backups", nil, http.StatusAccepted)
	d.until("a backup is made", func() bool {
		is := d.call(http.MethodGet, "/backups", nil, http.StatusOK)
		all, _ := is["backups"].([]any)
		return is["running"] == false && len(all) == 1
	})
}
