package recordings_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/recordings"
)

// playApart is both ends of the hidden command "apart".
func playApart(args []string) int {
	if len(args) == 1 && args[0] == "--inside" {
		if err := recordings.AnswerApart(os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	code, err := recordings.AskApart(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	return code
}

// door plays systemd: it starts this program for each connection, with the connection as
// its standard input. At the end of the test every program that it started has ended.
func door(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "door")
	listener, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		t.Fatal(err)
	}
	env := os.Environ() // as it is now: the service has its own
	var answers sync.WaitGroup
	answers.Go(func() {
		for {
			conn, err := listener.AcceptUnix()
			if err != nil {
				return
			}
			f, err := conn.File()
			if err != nil {
				t.Errorf("take a connection: %v", err)
				return
			}
			cmd := exec.Command(os.Args[0], "apart", "--inside")
			cmd.Stdin, cmd.Stderr, cmd.Env = f, os.Stderr, env
			if err := errors.Join(cmd.Start(), f.Close(), conn.Close()); err != nil {
				t.Errorf("start the service: %v", err)
				return
			}
			answers.Go(func() { _ = cmd.Wait() })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		ended := make(chan struct{})
		go func() { answers.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Error("a service that locks programs in outlives who asked for it")
		}
	})
	return path
}

// What a step does not ask for is not run, whoever asks.
func TestApartRefusesWhatNoStepAsksFor(t *testing.T) {
	path := door(t)
	good := map[string]any{"in": "-", "out": "-", "file_size": 0, "memory": 1 << 29, "cpu": time.Minute, "program": []string{"/usr/bin/true"}}
	with := func(name string, value any) map[string]any {
		w := map[string]any{}
		for k, v := range good {
			w[k] = v
		}
		w[name] = value
		return w
	}
	for _, c := range []struct {
		name string
		wish map[string]any
		code int
	}{
		{"OK", good, 0},
		{"OK a program that fails", with("program", []string{"/usr/bin/false"}), 1},
		{"a program elsewhere", with("program", []string{"/usr/../tmp/x"}), 137},
		{"no program", with("program", nil), 137},
		{"no path", with("in", "etc/passwd"), 137},
		{"an output alone", with("out", "/tmp"), 137},
		{"no limit", with("cpu", 0), 137},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := recordings.NewSandbox(recordings.SandboxConfig{Lock: recordings.Bubblewrap}).Probe(context.Background()); err != nil {
				t.Skipf("this machine has no bubblewrap: %v", err)
			}
			text, err := json.Marshal(c.wish)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "apart", path, string(text))
			out, _ := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("code %d, want %d: %s", got, c.code, out)
			}
		})
	}
}

// A connection that hands over no files, or says nothing sensible, starts nothing.
func TestApartNeedsItsFiles(t *testing.T) {
	path := door(t)
	for name, send := range map[string]func(*net.UnixConn) error{
		"no files": func(c *net.UnixConn) error { _, err := c.Write([]byte("{}")); return err },
		"no sense": func(c *net.UnixConn) error {
			_, _, err := c.WriteMsgUnix([]byte("hello"), unix.UnixRights(0, 1, 2), nil)
			return err
		},
		"one file": func(c *net.UnixConn) error {
			_, _, err := c.WriteMsgUnix([]byte("{}"), unix.UnixRights(0), nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: path, Net: "unixpacket"})
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := send(conn); err != nil {
				t.Fatal(err)
			}
			if n, err := conn.Read(make([]byte, 100)); err == nil && n > 0 {
				t.Error("it was answered")
			}
		})
	}
}

// Where the service may make no namespaces and the kernel has no Landlock, as on Raspberry
// Pi OS, imports were refused: another service makes them.
func TestProbeFallsBackToTheServiceOfItsOwn(t *testing.T) {
	needs(t, "ffmpeg", "bwrap")
	if _, err := recordings.NewSandbox(recordings.SandboxConfig{Lock: recordings.Bubblewrap}).Probe(context.Background()); err != nil {
		t.Skipf("this machine has no bubblewrap: %v", err)
	}
	path := door(t) // started with the true bubblewrap in the PATH
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "bwrap"), []byte("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := recordings.SandboxConfig{FFmpeg: "/usr/bin/ffmpeg", Door: path, Confine: []string{"/usr/bin/false"}, Apart: []string{self, "apart"}}
	t.Setenv("PATH", bin) // the service has another
	if lock, err := recordings.NewSandbox(config).Probe(context.Background()); err != nil || lock != recordings.Apart {
		t.Errorf("with a door: %q, %v", lock, err)
	}
	config.Door = path + "-none"
	if lock, err := recordings.NewSandbox(config).Probe(context.Background()); !errors.Is(err, recordings.ErrNoSandbox) || !strings.Contains(err.Error(), "ask the service") {
		t.Errorf("without a door: %q, %v", lock, err)
	}
}
