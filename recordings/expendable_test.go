package recordings_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// first is what marks a program that the kernel ends before others where memory is short.
const first = "500\n"

// TestADecoderGoesBeforeTheSiren: ffmpeg behind each lock had the protection of the service that
// started it, and may be larger than a small board's memory.
func TestADecoderGoesBeforeTheSiren(t *testing.T) {
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := errors.Join(os.WriteFile(in, nil, 0o600), os.Mkdir(out, 0o700)); err != nil {
			t.Fatal(err)
		}
		// Landlock shows nothing of /proc: there it is looked at from outside, by the number that the program
		// has there too.
		script := "while read -r x; do echo $x >> mine; done < /proc/self/oom_score_adj"
		if behind.Lock == recordings.Landlock {
			script = "echo $$ > pid; while [ ! -e seen ]; do :; done"
			go func() {
				for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
					pid, err := os.ReadFile(filepath.Join(out, "pid"))
					if err != nil || len(pid) == 0 {
						continue
					}
					mine, _ := os.ReadFile(fmt.Sprintf("/proc/%s/oom_score_adj", strings.TrimSpace(string(pid))))
					_ = errors.Join(os.WriteFile(filepath.Join(out, "mine"), mine, 0o600), os.WriteFile(filepath.Join(out, "seen"), nil, 0o600))
					return
				}
			}()
		}
		r := recordings.NewSandbox(behind).RunLocked(context.Background(), behind.Lock, in, out, "/usr/bin/bash", "-c", script)
		if r.Err != nil {
			t.Fatalf("%v: %s", r.Err, r.Stderr)
		}
		if got := mustRead(t, filepath.Join(out, "mine")); string(got) != first {
			t.Errorf("it has %q", got)
		}
	})
}

// The same of what decodes a stream for hours.
func TestAStreamsDecoderGoesBeforeTheSiren(t *testing.T) {
	needs(t, "ffmpeg")
	dir := t.TempDir()
	sound, script, mine := filepath.Join(dir, "a.mp3"), filepath.Join(dir, "confine"), filepath.Join(dir, "mine")
	ffmpeg(t, "-f", "lavfi", "-i", "sine=frequency=440:duration=3", sound)
	text := fmt.Sprintf("#!/bin/sh\nshift 3\ncase \"$*\" in *pipe:0*) cat /proc/self/oom_score_adj > %s ;; esac\nexec \"$@\"\n", mine)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	s := recordings.NewSandbox(recordings.SandboxConfig{Lock: recordings.Landlock, Confine: []string{"/bin/sh", script}})
	pcm, _, err := s.Stream(context.Background(), &endless{sound: mustRead(t, sound)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pcm.Read(make([]byte, 960)); err != nil {
		t.Errorf("it does not decode: %v", err)
	}
	if err := pcm.Close(); err != nil {
		t.Error(err)
	}
	if got := mustRead(t, mine); !bytes.Equal(got, []byte(first)) {
		t.Errorf("it has %q", got)
	}
}

// TestIdleStepsBeginBehindEachLock: nice became itself instead of this program, for to nice /proc/self/exe is nice,
// and on an installed board no recording was ever made smaller or caught up with.
func TestIdleStepsBeginBehindEachLock(t *testing.T) {
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := errors.Join(os.WriteFile(in, nil, 0o600), os.Mkdir(out, 0o700)); err != nil {
			t.Fatal(err)
		}
		r := recordings.NewSandbox(behind).RunIdle(context.Background(), behind.Lock, in, out, "/usr/bin/bash", "-c", "exec nice > lowest")
		if r.Err != nil {
			t.Fatalf("%v: %s", r.Err, r.Stderr)
		}
		if got := mustRead(t, filepath.Join(out, "lowest")); string(got) != "19\n" {
			t.Errorf("it runs at %q", got)
		}
	})
}
