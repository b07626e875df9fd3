package inside_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dog opens a watchdog with a timeout.
func dog(t testing.TB, path string, timeout int) (*os.File, string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	check(t, err)
	info, err := unix.IoctlGetWatchdogInfo(int(f.Fd()))
	check(t, err)
	name, _, _ := bytes.Cut(info.Identity[:], []byte{0})
	check(t, unix.IoctlSetPointerInt(int(f.Fd()), unix.WDIOC_SETTIMEOUT, timeout))
	return f, string(name)
}

// TestWatchdogs: each watchdog of the machine takes a timeout, is fed beyond it, and lets
// the machine live when it was told to stop watching (the magic close that systemd does
// on an orderly stop).
func TestWatchdogs(t *testing.T) {
	inside(t)
	found, err := filepath.Glob("/dev/watchdog?*")
	check(t, err)
	if len(found) == 0 {
		t.Fatal("this machine has no watchdog")
	}
	const timeout = 4
	for _, path := range found {
		f, name := dog(t, path, timeout)
		for range timeout + 2 {
			time.Sleep(time.Second)
			check(t, unix.IoctlWatchdogKeepalive(int(f.Fd())))
		}
		_, err := f.WriteString("V")
		check(t, err)
		check(t, f.Close())
		t.Logf("%s (%s) was fed for %d s with a timeout of %d s, and disarmed", path, name, timeout+2, timeout)
	}
	time.Sleep((timeout + 2) * time.Second)
}

// TestWatchdogBites arms the watchdog whose name LAB_BITE gives and does not feed it: the
// machine must go down. The host judges that.
func TestWatchdogBites(t *testing.T) {
	inside(t)
	want := os.Getenv("LAB_BITE")
	if want == "" {
		t.Skip("another machine is for that")
	}
	found, err := filepath.Glob("/dev/watchdog?*")
	check(t, err)
	for _, path := range found {
		f, name := dog(t, path, 4)
		if name != want {
			_, err := f.WriteString("V")
			check(t, err)
			check(t, f.Close())
			continue
		}
		mark("armed " + name)
		for n := 1; n < 30; n++ {
			time.Sleep(time.Second)
			fmt.Printf("alive after %d s\n", n)
		}
		t.Fatal("nobody fed the watchdog, and the machine lives")
	}
	t.Fatalf("no watchdog is called %q", want)
}
