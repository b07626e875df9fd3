package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// set runs a command with an environment of its own settings; it must not fail.
func set(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("loalang %v: %v: %s", args, err, out)
	}
	return string(out)
}

// What the technician set outside of the data folder, and what people chose for the panic
// button, was in no backup: on a new card the board served another village with a simulated
// amplifier, and the button raised the siren alone.
func TestABackupKeepsWhatTheBoardIsSetTo(t *testing.T) {
	t.Parallel()
	data, dir := aBoard(t), t.TempDir()
	choices := filepath.Join(data, "board.json")
	remove(t, choices) // as before anybody chose
	before, after := filepath.Join(dir, "before.loalang.tar"), filepath.Join(dir, "after.loalang.tar")
	succeed(t, "backup", before, "--data", data)
	const chosen = `{"button":{"deed":"message","message":"lu","second":"stop"},"mixer":{"card":"Device","control":"Speaker","usual":-6}}`
	write(t, choices, []byte(chosen))
	env := []string{"LOALANG_VILLAGE=khe-luoc", "LOALANG_ZONES=Đầu thôn=gpiochip0:17; Chợ=gpiochip0:27 low", "LOALANG_METRICS_TOKEN=khong-ai-biet", "LOALANG_DATA=" + data}
	set(t, env, "backup", after)
	if raw, err := os.ReadFile(after); err != nil || bytes.Contains(raw, []byte("khong-ai-biet")) {
		t.Errorf("a secret is in the backup: %v", err)
	}

	fresh := filepath.Join(t.TempDir(), "data")
	out := succeed(t, "restore", after, "--data", fresh)
	for _, want := range []string{"LOALANG_VILLAGE=khe-luoc", "LOALANG_ZONES='Đầu thôn=gpiochip0:17; Chợ=gpiochip0:27 low'", "the backup is of the board of khe-luoc, and this one is set to un-ta", filepath.Join(fresh, "settings.env")} {
		if !strings.Contains(out, want) {
			t.Errorf("restore did not say %q:\n%s", want, out)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(fresh, "board.json")); err != nil || string(raw) != chosen {
		t.Errorf("board.json is %s, %v", raw, err)
	}
	if raw, err := os.ReadFile(filepath.Join(fresh, "settings.env")); err != nil || !strings.Contains(string(raw), "LOALANG_ZONES='") || !strings.Contains(string(raw), "# LOALANG_METRICS_TOKEN is a secret") || strings.Contains(string(raw), "LOALANG_DATA") {
		t.Errorf("settings.env is %s, %v", raw, err)
	}
	if out := set(t, env[:3], "restore", after, "--data", fresh, "--over"); strings.Contains(out, "LOALANG_") || strings.Contains(out, "of the board of") {
		t.Errorf("where all of it holds, restore said %s", out)
	}

	// A backup that has no choices is one of before: on the same board they go on.
	succeed(t, "restore", before, "--data", data, "--over")
	if raw, err := os.ReadFile(choices); err != nil || string(raw) != chosen {
		t.Errorf("over the same board board.json is %s, %v", raw, err)
	}
	set(t, env[1:2], "backup", "nightly", "--backup-stick", filepath.Join(dir, "none"), "--data", data)
	nightly, err := filepath.Glob(filepath.Join(data, "backups", "loalang-*.loalang.tar"))
	if err != nil || len(nightly) != 1 {
		t.Fatalf("%v, %v", nightly, err)
	}
	if out := succeed(t, "restore", nightly[0], "--data", filepath.Join(t.TempDir(), "data")); !strings.Contains(out, "LOALANG_ZONES='Đầu thôn=") {
		t.Errorf("from a nightly one restore said %s", out)
	}
}
