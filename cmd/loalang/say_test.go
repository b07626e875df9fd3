package main_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// `say -o` writes into what is no plain file, and leaves it what it is.
func TestSayLeavesSpecialFilesAlone(t *testing.T) {
	need(t, map[string]string{"espeak-ng": "espeak-ng"})
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	say := func(name string) (errs string, code int) {
		t.Helper()
		_, errs, code = loalang(t, "", "say", "-o", name, "xin", "chào")
		return errs, code
	}
	kind := func(name string, want fs.FileMode) {
		t.Helper()
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Type() != want {
			t.Errorf("%s is now %s, want %s", filepath.Base(name), info.Mode(), want)
		}
	}
	spoken := func(name string) {
		t.Helper()
		if raw, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(raw, []byte("RIFF")) {
			t.Errorf("%s holds %.12q, %v", filepath.Base(name), raw, err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path("there.wav"), []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	link("there.wav", path("link.wav"))
	link("nowhere.wav", path("dangling.wav"))
	link("/dev/full", path("full.wav"))
	for _, name := range []string{"new.wav", "there.wav", "link.wav", "dangling.wav"} {
		if errs, code := say(path(name)); code != 0 {
			t.Errorf("%s: exit %d, %s", name, code, errs)
		}
		spoken(path(name))
	}
	kind(path("link.wav"), fs.ModeSymlink)
	kind(path("dangling.wav"), fs.ModeSymlink)
	kind(path("nowhere.wav"), 0)
	if info, err := os.Stat(path("there.wav")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a private file is now %s, %v", info.Mode(), err)
	}
	if errs, code := say(path("full.wav")); code != 1 || !strings.Contains(errs, "no space left") {
		t.Errorf("/dev/full: exit %d, %q", code, errs)
	}
	kind(path("full.wav"), fs.ModeSymlink)
	if errs, code := say(dir); code != 1 || !strings.Contains(errs, "is a folder") {
		t.Errorf("a folder: exit %d, %q", code, errs)
	}
	if errs, code := say(path("no/x.wav")); code != 1 || !strings.Contains(errs, "does not exist: make it first") {
		t.Errorf("no folder: exit %d, %q", code, errs)
	}
	all, err := filepath.Glob(path(".*"))
	if err != nil || len(all) != 0 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

func TestSayIntoANamedPipe(t *testing.T) {
	t.Parallel()
	need(t, map[string]string{"espeak-ng": "espeak-ng"})
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := make(chan []byte, 1)
	go func() {
		raw, _ := os.ReadFile(pipe) // a failure leaves nothing to compare
		read <- raw
	}()
	if _, errs, code := loalang(t, "", "say", "-o", pipe, "xin chào"); code != 0 {
		t.Fatalf("exit %d, %s", code, errs)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Fatalf("the pipe is now %v, %v", info.Mode(), err)
	}
	if raw := <-read; !bytes.HasPrefix(raw, []byte("RIFF")) {
		t.Errorf("the reader got %.12q", raw)
	}
	// Nobody reads: it waits, and Ctrl+C ends the wait.
	cmd := exec.Command(exe, "say", "-o", pipe, "xin chào")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		t.Fatalf("did not wait for a reader: %v", err)
	case <-time.After(2 * time.Second):
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		if code := cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("exit %d, want 1", code)
		}
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		t.Error("Ctrl+C does not end the wait")
	}
}

// The settings of a data folder are those that say obeys.
func TestSayReadsTheSettingsOfItsDataFolder(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "loalang.toml"), []byte("espeak = \"no-such-program\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := loalang(t, "", "say", "--data", data, "-o", filepath.Join(data, "x.wav"), "xin chào")
	if code != 1 || !strings.Contains(errs, "not installed") {
		t.Errorf("exit %d, %q", code, errs)
	}
}
