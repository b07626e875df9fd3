package speaker_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// letIn lets another user reach a test's folder, and write into it.
func letIn(t *testing.T, dir string) {
	t.Helper()
	for name, mode := range map[string]os.FileMode{dir: 0o777, filepath.Dir(dir): 0o755} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
}

// copyOfSelf is this test binary where another user can run it.
func copyOfSelf(t *testing.T) string {
	t.Helper()
	from, err := os.Open(self(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	dir := t.TempDir()
	letIn(t, dir)
	to, err := os.OpenFile(filepath.Join(dir, "speaker.test"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return to.Name()
}

// TestRightsWithoutRoot: limits or capabilities as systemd sets them give a child of
// an ordinary user real-time priority on every thread and locked memory. Without
// them it runs on, with a large buffer, and says what it lacks.
func TestRightsWithoutRoot(t *testing.T) {
	needProgram(t, "setpriv", "util-linux")
	needProgram(t, "prlimit", "util-linux")
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user: run as root")
	}
	exe := copyOfSelf(t)
	none := []string{"--rtprio=0:0", "--memlock=65536:65536"}
	both := []audio.Weakness{audio.NoRealTime, audio.NoMemoryLock}
	for _, c := range []struct {
		name   string
		limits []string
		caps   string // the user's, as setpriv takes them
		real   bool
		buffer time.Duration
		weak   []audio.Weakness
		says   string
	}{
		{"OK limits", []string{"--rtprio=20:20", "--memlock=unlimited:unlimited"}, "-all", true, 6 * time.Millisecond, nil, ""},
		{"OK capabilities", none, "-all,+sys_nice,+ipc_lock", true, 6 * time.Millisecond, nil, ""},
		{"no locked memory", none, "-all,+sys_nice", true, 6 * time.Millisecond, both[1:], "LimitMEMLOCK"},
		{"neither", none, "-all", false, 60 * time.Millisecond, both, "LimitRTPRIO"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, err := exec.Command("prlimit", append(c.limits, "true")...).CombinedOutput(); err != nil {
				t.Skipf("limits cannot be raised here: %s", out)
			}
			card := newRuler(t, 32)
			letIn(t, card.dir)
			r := start(t, "default", func(k *speaker.Config) {
				k.Command = slices.Concat([]string{"prlimit"}, c.limits, []string{
					"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=" + c.caps, "--ambient-caps=" + c.caps, exe, "speaker",
				})
			})
			r.waitFor(audio.DeviceUp, "")
			st := r.until("a look at every thread", func(st audio.OutputState) bool { return st.ChildRSS > 0 })
			if st.RealTime != c.real || !slices.Equal(st.Weak, c.weak) || !strings.Contains(st.Fault, c.says) || (st.Fault == "") != (c.says == "") {
				t.Errorf("state %+v, want real time %v, weak %v", st, c.real, c.weak)
			}
			if st.Buffer < c.buffer || st.Buffer > c.buffer && st.Restarts == 0 {
				t.Errorf("the buffer is %v, want %v", st.Buffer, c.buffer)
			}
			loose := strings.Contains(status(t, st.ChildPID), "VmLck:\t       0 kB")
			if want := slices.Contains(c.weak, audio.NoMemoryLock); loose != want {
				t.Errorf("no memory is locked: %v, want %v", loose, want)
			}
			if got := status(t, st.ChildPID); !strings.Contains(got, "Uid:\t65534") {
				t.Errorf("the child is not another user's: %s", got)
			}
		})
	}
}

func status(t *testing.T, pid int) string {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
