package recordings_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/recordings"
)

// What decodes a stream has its two pipes: no network and no file, to read or to
// write.
func TestStreamsLockLeavesPipesOnly(t *testing.T) {
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("secret\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		port := listener.Addr().(*net.TCPAddr).Port
		s := recordings.NewSandbox(behind)
		for _, c := range []struct {
			name, script string
			allowed      bool
		}{
			{"OK reads and writes its pipes", "read -r x && [ \"$x\" = input ] && echo output", true},
			{"OK reads programs", "read -rn 1 x < /usr/bin/true", true},
			{"opens a connection", fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", port), false},
			{"makes a socket of its own", "exec perl -MSocket -e 'exit !(socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un(q(/run/dbus/system_bus_socket))))'", false},
			{"reads accounts", "read -r x < /etc/passwd", false},
			{"reads a file", "read -r x < " + secret, false},
			{"changes a file", "echo x >> " + secret, false},
			{"leaves a file", "echo x > " + secret + "2", false},
			{"writes into /tmp", "echo x > /tmp/loalang-stream-test", false},
			{"sees this test", fmt.Sprintf("read -r x < /proc/%d/maps", os.Getpid()), false},
		} {
			t.Run(c.name, func(t *testing.T) {
				argv, err := s.Piped(context.Background(), "/usr/bin/bash", "-c", c.script)
				if err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(argv[0], argv[1:]...)
				cmd.Stdin = strings.NewReader("input\n")
				out, err := cmd.CombinedOutput()
				if allowed := err == nil; allowed != c.allowed {
					t.Errorf("%q: %v %s", c.script, err, out)
				}
			})
		}
		if _, err := os.Stat("/tmp/loalang-stream-test"); err == nil {
			t.Error("it left a file in /tmp")
		}
	})
}

// streamForEver is the argument of this program with which it decodes a stream until
// it is killed.
const streamForEver = "stream-for-ever"

func decodeForEver(behind recordings.SandboxConfig, file string) {
	sound, err := os.ReadFile(file)
	if err == nil {
		var pcm io.ReadCloser
		s := recordings.NewSandbox(behind)
		if pcm, _, err = s.Stream(context.Background(), &endless{sound: sound}); err == nil {
			if _, err = io.ReadFull(pcm, make([]byte, 9600)); err == nil {
				fmt.Println("decodes")
				select {}
			}
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// A program that is killed leaves no decoder behind.
func TestKilledProgramLeavesNoDecoder(t *testing.T) {
	file := streamed(t)["a.mp3"]
	eachLock(t, func(t *testing.T, behind recordings.SandboxConfig) {
		cmd := exec.Command(os.Args[0], streamForEver, string(behind.Lock), behind.Door, file)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
		if said, err := bufio.NewReader(out).ReadString('\n'); said != "decodes\n" {
			t.Fatalf("%q, %v", said, err)
		}
		started := below(cmd.Process.Pid)
		if len(started) == 0 {
			t.Fatal("it runs no decoder")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
			var left []string
			for _, pid := range started {
				if runs(pid) {
					left = append(left, pid)
				}
			}
			if len(left) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("left behind: %v", left)
			}
		}
	})
}

// below are the programs that a program started, and those that these did.
func below(pid int) (all []string) {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // a pattern that is right
	for _, name := range names {
		said, _ := os.ReadFile(name) // a thread that has ended has none
		for _, child := range strings.Fields(string(said)) {
			all = append(all, child)
			var n int
			if _, err := fmt.Sscan(child, &n); err == nil {
				all = append(all, below(n)...)
			}
		}
	}
	return all
}

// runs says whether a process is there and no corpse that nobody has asked after.
func runs(pid string) bool {
	said, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(said), ") ")
	return !strings.HasPrefix(state, "Z")
}
