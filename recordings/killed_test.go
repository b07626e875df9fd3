package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"loalang/recordings"
)

// assassin is a lock that ends the first n programs that it starts by SIGKILL, as a kernel
// that is short of memory does, and lets the later ones run. It locks nothing in.
func assassin(t *testing.T, n int) *recordings.Sandbox {
	t.Helper()
	dir := t.TempDir()
	script := filepath.Join(dir, "confine")
	count := filepath.Join(dir, "count")
	text := fmt.Sprintf("#!/bin/sh\nshift 3\ncase \"$*\" in *-version*) exec \"$@\" ;; esac\necho >> %s\n[ $(wc -l < %s) -gt %d ] || kill -9 $$\nexec \"$@\"\n", count, count, n)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return recordings.NewSandbox(recordings.SandboxConfig{Lock: recordings.Landlock, Confine: []string{"/bin/sh", script}})
}

// A recording was told to be broken, and its bytes were let go, because its ffmpeg had been
// killed: that says nothing of the recording. It is opened again, and when that does not
// help the fault is the machine's.
func TestAKilledFFmpegIsNoFaultOfTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wav")
	ffmpeg(t, "-f", "lavfi", "-i", "sine=frequency=440:duration=2", file)
	wav := mustRead(t, file)
	take := func(n int) error {
		l, _, _ := library(t, func(c *recordings.Config) { c.Sandbox = assassin(t, n) })
		_, err := l.Import(context.Background(), bytes.NewReader(wav), recordings.About{Title: "giáy", Kind: recordings.Take})
		return err
	}
	if err := take(2); err != nil {
		t.Errorf("killed twice: %v", err)
	}
	err := take(1000)
	var refused recordings.Refused
	if !errors.Is(err, recordings.ErrKilled) || errors.As(err, &refused) {
		t.Errorf("killed each time: %v", err)
	}
}
