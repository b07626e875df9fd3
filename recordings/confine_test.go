package recordings_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"loalang/recordings"
)

// A superuser starts many a board. What a decoder that was taken over may do
// must not be what the superuser may: a device file in its output folder would
// be the whole disk, and the limits of the process that plays are its life.
func TestLockLeavesNoPowerOverTheMachine(t *testing.T) {
	victim := exec.Command("sleep", "60")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Process.Kill(); _ = victim.Wait() }()
	pid := victim.Process.Pid
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := errors.Join(os.WriteFile(in, []byte("input"), 0o600), os.Mkdir(out, 0o700)); err != nil {
			t.Fatal(err)
		}
		seen := "/in"
		if behind.Lock == recordings.Landlock {
			seen = in
		}
		alone := behind.Lock != recordings.Landlock // with processes of its own, which end with it
		cases := []struct {
			name, script string
			allowed      bool
		}{
			{"OK becomes another program", "exec true", true},
			{"OK asks for its own limits", "exec prlimit --cpu", true},
			{"starts another process", "true | true", alone},
			{"makes a device file", "exec mknod disk b 254 0", false},
			{"makes a character device", "exec mknod mem c 1 1", false},
			{"sets the limits of another process", fmt.Sprintf("exec prlimit --pid %d --cpu=1", pid), false},
			{"slows another process down", fmt.Sprintf("exec renice 19 -p %d", pid), false},
			{"moves another process", fmt.Sprintf("exec taskset -p 1 %d", pid), false},
			{"opens its input to everybody", "exec chmod 777 " + seen, false},
			{"gives its input away", "exec chown 1000 " + seen, false},
			{"cuts files by their name", "exec perl -e 'open F, q(>x); print F 1; close F; $ok = truncate(q(x), 0); unlink q(x); exit !$ok'", alone},
			{"has signals sent to another process", fmt.Sprintf("exec perl -e 'pipe R, W; exit !fcntl(R, 8, %d)'", pid), false},
			{"dates its input", "exec touch -d 2001-01-01 " + seen, false},
		}
		s := recordings.NewSandbox(behind)
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				r := s.RunLocked(context.Background(), behind.Lock, in, out, "/usr/bin/bash", "-c", c.script)
				if allowed := r.Err == nil; allowed != c.allowed {
					t.Errorf("%q: %v %s", c.script, r.Err, r.Stderr)
				}
			})
		}
		if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
	})
}

// What the probe found may be removed while the board runs: a good file is not
// called broken for it, and the next one is opened behind the other lock.
func TestRemovedLockIsNoFaultOfTheFile(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng", "bwrap")
	take := say(t, t.TempDir(), 4)
	bin := t.TempDir()
	fake := filepath.Join(bin, "bwrap")
	if err := os.Symlink("/usr/bin/bwrap", fake); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	l, _, _ := library(t, func(c *recordings.Config) {
		c.Sandbox = recordings.NewSandbox(recordings.SandboxConfig{FFmpeg: "/usr/bin/ffmpeg", Lock: recordings.Bubblewrap})
		if _, err := c.Sandbox.Probe(context.Background()); err != nil {
			t.Skipf("this machine has no bubblewrap: %v", err)
		}
	})
	if err := os.Remove(fake); err != nil {
		t.Fatal(err)
	}
	_, err := importFile(l, take)
	if errors.As(err, new(recordings.Refused)) || !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("first: %v", err)
	}
	if _, err = importFile(l, take); !errors.Is(err, recordings.ErrNoSandbox) {
		t.Errorf("the lost lock is not looked for again: %v", err)
	}
	if err := os.Symlink("/usr/bin/bwrap", fake); err != nil {
		t.Fatal(err)
	}
	if _, err = importFile(l, take); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

// A superuser's command on the data folder of a service: the lock leaves it no
// right to enter, which is no fault of the file.
func TestFolderOfAnotherUserIsNoFaultOfTheFile(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng")
	take := say(t, t.TempDir(), 4)
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		l, x, root := library(t, func(c *recordings.Config) {
			c.Sandbox = recordings.NewSandbox(behind)
			if _, err := c.Sandbox.Probe(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
		if err := errors.Join(os.Chmod(root, 0o700), os.Chown(root, 1, 1)); err != nil {
			t.Skipf("a folder cannot be given away here (%v): run the tests as root", err)
		}
		_, err := importFile(l, take)
		if err == nil != (len(x.known) == 1) || err != nil && !errors.Is(err, recordings.ErrForeign) {
			t.Errorf("got %v with %d recordings, want it imported or what to do", err, len(x.known))
		}
	})
}

// A probe that has nowhere to write must not send the technician after
// bubblewrap.
func TestProbeWithoutATemporaryFolder(t *testing.T) {
	needs(t, "ffmpeg")
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, err := recordings.NewSandbox(recordings.SandboxConfig{}).Probe(context.Background())
	if errors.Is(err, recordings.ErrNoSandbox) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// The parent-death signal comes when a thread of this process ends. Threads that
// others end must not take a locked-in program with them.
func TestLockedProgramOutlivesOtherThreads(t *testing.T) {
	needs(t, "bwrap")
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	if err := os.WriteFile(in, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := recordings.NewSandbox(recordings.SandboxConfig{})
	lock, err := s.Probe(context.Background())
	if err != nil {
		t.Skipf("no lock here: %v", err)
	}
	var runs sync.WaitGroup
	for i := range 100 {
		runs.Go(func() {
			r := s.RunLocked(context.Background(), lock, in, dir, "/usr/bin/sleep", "0.2")
			if r.Err != nil {
				t.Errorf("run %d: %v %s", i, r.Err, r.Stderr)
			}
		})
	}
	done := make(chan struct{})
	go func() { runs.Wait(); close(done) }()
	var enders sync.WaitGroup
	for over := false; !over; {
		select {
		case <-done:
			over = true
		case <-time.After(time.Millisecond):
		}
		enders.Go(func() { runtime.LockOSThread() }) // without unlocking: its thread ends with it
	}
	enders.Wait()
}

// What an uploader writes into a file, ffmpeg prints; it must not pass for what
// ffmpeg says of the machine.
func TestTitlesAreNotBelieved(t *testing.T) {
	needs(t, "ffmpeg", "espeak-ng")
	dir := t.TempDir()
	wav := say(t, dir, 4)
	l, _, _ := library(t)
	for _, title := range []string{"No space left on device", "File too large", "moov atom not found"} {
		path := filepath.Join(dir, strings.ReplaceAll(title, " ", "-")+".m4a")
		ffmpeg(t, "-v", "error", "-i", wav, "-c:a", "alac", "-metadata", "title="+title, path)
		var refused recordings.Refused
		if _, err := importFile(l, path); !errors.As(err, &refused) || refused.Code != recordings.UnknownCodec {
			t.Errorf("%q: %v", title, err)
		}
	}
	path := filepath.Join(dir, "partial.m4a")
	ffmpeg(t, "-v", "error", "-i", wav, "-c:a", "aac", "-metadata", "title=partial file", path)
	if rec, err := importFile(l, path); err != nil || has(rec.Warnings, recordings.EndMissing) {
		t.Errorf("partial file: %v %v", rec.Warnings, err)
	}
}
