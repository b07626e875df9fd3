package recordings_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/recordings"
)

// eachLock runs a test behind each lock that this machine has.
func eachLock(t *testing.T, test func(*testing.T, recordings.SandboxConfig)) {
	t.Helper()
	needs(t, "ffmpeg")
	at := door(t)
	for _, lock := range []recordings.Lock{recordings.Bubblewrap, recordings.Apart, recordings.Landlock} {
		t.Run(string(lock), func(t *testing.T) {
			behind := recordings.SandboxConfig{Door: at, Lock: lock}
			got, err := recordings.NewSandbox(behind).Probe(context.Background())
			if err != nil {
				t.Skipf("this machine has no %s: %v", lock, err)
			}
			if got != lock {
				t.Fatalf("asked for %s, got %s", lock, got)
			}
			test(t, behind)
		})
	}
}

func TestLockHoldsWhatItShould(t *testing.T) {
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		t.Setenv("LOALANG_SECRET", "token")
		outside := t.TempDir()
		in, out, secret := filepath.Join(outside, "in"), filepath.Join(outside, "out"), filepath.Join(outside, "secret")
		if err := errors.Join(os.WriteFile(in, []byte("input"), 0o600), os.WriteFile(secret, []byte("secret"), 0o600), os.Mkdir(out, 0o700)); err != nil {
			t.Fatal(err)
		}
		seen := "/in"
		if behind.Lock == recordings.Landlock {
			seen = in
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		port := listener.Addr().(*net.TCPAddr).Port
		datagrams, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer datagrams.Close()
		cases := []struct {
			name, script string
			allowed      bool
		}{
			{"OK reads its input", "read -r x < " + seen + "; [ \"$x\" = input ]", true},
			{"OK writes its output", "echo done > result", true},
			{"OK runs programs", "/usr/bin/true", true},
			{"reads accounts", "read -r x < /etc/passwd", false},
			{"reads a neighbour", "read -r x < " + secret, false},
			{"lists the folder above", "cd " + outside + " && ls .", false},
			{"reads the environment of this test", "[ -n \"$LOALANG_SECRET\" ]", false},
			{"changes its input", "echo changed > " + seen, false},
			{"writes to programs", "echo x > /usr/bin/loalang-test", false},
			{"opens a connection", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", port), false},
			{"signals this test", fmt.Sprintf("kill -0 %d", os.Getpid()), false},
			{"reads this test's memory", fmt.Sprintf("read -r x < /proc/%d/maps", os.Getpid()), false},
			{"mounts", "mount -t tmpfs none /usr", false},
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
		// A new network has its own loopback, so that sending may seem to work.
		send := fmt.Sprintf("exec 3<>/dev/udp/127.0.0.1/%d && echo x >&3", datagrams.LocalAddr().(*net.UDPAddr).Port)
		s.RunLocked(context.Background(), behind.Lock, in, out, "/usr/bin/bash", "-c", send)
		if err := datagrams.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if n, _, err := datagrams.ReadFrom(make([]byte, 10)); err == nil {
			t.Errorf("a datagram of %d bytes came out", n)
		}
		if b, err := os.ReadFile(filepath.Join(out, "result")); err != nil || string(b) != "done\n" {
			t.Errorf("the output is %q, %v", b, err)
		}
		if b, _ := os.ReadFile(in); string(b) != "input" {
			t.Errorf("the input became %q", b)
		}
	})
}

func TestLockBoundsWhatIsSpent(t *testing.T) {
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		dir := t.TempDir()
		in := filepath.Join(dir, "in")
		if err := os.WriteFile(in, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		run := func(wall time.Duration, script string) recordings.Locked {
			out, err := os.MkdirTemp(dir, "out")
			if err != nil {
				t.Fatal(err)
			}
			s := recordings.NewSandbox(recordings.SandboxConfig{Door: behind.Door, Lock: behind.Lock, Wall: wall})
			return s.RunLocked(context.Background(), behind.Lock, in, out, "/usr/bin/bash", "-c", script)
		}
		if r := run(300*time.Millisecond, "sleep 60"); !r.Slow || r.Err == nil {
			t.Errorf("a long sleep: %+v", r)
		}
		if r := run(time.Minute, "exec yes > big"); !r.Large {
			t.Errorf("a large file: %+v", r)
		}
		if r := run(2*time.Second, "exec yes >&2"); len(r.Stderr) != 64<<10 || !r.Slow {
			t.Errorf("endless complaints: %d bytes kept, slow %v", len(r.Stderr), r.Slow)
		}
		if r := run(time.Minute, "ulimit -v; ulimit -t; ulimit -n; ulimit -c; false"); r.Err == nil {
			t.Error("a failure is not reported")
		}
		// Without a subshell, which Landlock's lock does not start.
		script := "for l in v:1464844 t:120 n:64 c:0; do ulimit -${l%:*} > got; read -r x < got; [ $x -le ${l#*:} ] || exit 1; done"
		if r := run(time.Minute, script); r.Err != nil {
			t.Errorf("the limits are not set: %+v", r)
		}
	})
}

func TestProbeSaysWhatIsMissing(t *testing.T) {
	needs(t, "ffmpeg")
	elsewhere := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(elsewhere, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		config recordings.SandboxConfig
		want   error
		say    string
	}{
		{"no ffmpeg", recordings.SandboxConfig{FFmpeg: "ffmpeg-that-is-not-there"}, recordings.ErrNoFFmpeg, "apt install ffmpeg"},
		{"ffmpeg outside /usr", recordings.SandboxConfig{FFmpeg: elsewhere}, recordings.ErrNoFFmpeg, "outside /usr"},
		{"no lock", recordings.SandboxConfig{Lock: recordings.Landlock, Confine: []string{"/usr/bin/false"}}, recordings.ErrNoSandbox, "apt install bubblewrap"},
		{"unknown lock", recordings.SandboxConfig{Lock: "none"}, recordings.ErrNoSandbox, "install bubblewrap"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := recordings.NewSandbox(c.config).Probe(context.Background())
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("got %v", err)
			}
			l, _, _ := library(t, func(k *recordings.Config) { k.Sandbox = recordings.NewSandbox(c.config) })
			_, err = l.Import(context.Background(), strings.NewReader(string(silentFLAC(time.Minute))), recordings.About{})
			if !errors.Is(err, c.want) {
				t.Errorf("import: %v", err)
			}
		})
	}
}

// A machine where bubblewrap does not work falls back by itself, and one where
// it is not installed.
func TestProbeFallsBackToLandlock(t *testing.T) {
	needs(t, "ffmpeg")
	if _, err := recordings.NewSandbox(recordings.SandboxConfig{Lock: recordings.Landlock}).Probe(context.Background()); err != nil {
		t.Skipf("this machine has no Landlock: %v", err)
	}
	bin := t.TempDir()
	for _, name := range []string{"ffmpeg"} {
		if err := os.Symlink("/usr/bin/"+name, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, bwrap string }{
		{"refuses", "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"}, {"missing", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := filepath.Join(bin, "bwrap")
			if c.bwrap == "" {
				os.Remove(fake)
			} else if err := os.WriteFile(fake, []byte(c.bwrap), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin)
			lock, err := recordings.NewSandbox(recordings.SandboxConfig{FFmpeg: "/usr/bin/ffmpeg"}).Probe(context.Background())
			if err != nil || lock != recordings.Landlock {
				t.Errorf("got %q, %v", lock, err)
			}
		})
	}
}

func TestConfineRefusesWrongUse(t *testing.T) {
	for _, args := range [][]string{nil, {"in", "out"}, {"in", "out", "ffmpeg", "-version"}} {
		if err := recordings.Confine(args); err == nil || !strings.Contains(err.Error(), "IN OUT -- PROGRAM") {
			t.Errorf("Confine(%q) = %v", args, err)
		}
	}
	if err := recordings.Confine([]string{"in", "out", "--", "no-such-program-anywhere"}); err == nil {
		t.Error("started nothing without an error")
	}
}

// What a program that was taken over leaves behind must not lead elsewhere.
func TestOutputIsAPlainFile(t *testing.T) {
	dir := t.TempDir()
	link, pipe, plain := filepath.Join(dir, "link"), filepath.Join(dir, "pipe"), filepath.Join(dir, "plain")
	err := errors.Join(os.Symlink("/etc/passwd", link), syscall.Mkfifo(pipe, 0o600), os.WriteFile(plain, nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{link: false, pipe: false, plain: true, dir: false} {
		f, err := recordings.OpenOutput(path)
		if got := err == nil; got != want {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		if err == nil {
			f.Close()
		}
	}
}
