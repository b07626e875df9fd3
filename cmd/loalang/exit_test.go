package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// preventing are the exit codes behind which systemd starts the board no more.
func preventing(t *testing.T) []string {
	t.Helper()
	unit, err := os.ReadFile("../../packaging/systemd/loalang.service")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^RestartPreventExitStatus=(.*)$`).FindSubmatch(unit)
	if found == nil {
		t.Fatal("loalang.service names no exit code that prevents a restart")
	}
	return strings.Fields(string(found[1]))
}

// A setting of serve that is wrong prevents a restart; of other commands it is wrong usage, and a
// loalang.toml that an ill disk does not give is tried again.
func TestOnlyAWrongSettingPreventsARestart(t *testing.T) {
	unreadable := t.TempDir()
	if err := os.Mkdir(filepath.Join(unreadable, "loalang.toml"), 0o700); err != nil { // root cannot read that either
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args     []string
		code     int
		prevents bool
	}{
		"setting":        {[]string{"serve", "--data", t.TempDir(), "--listen", "nowhere"}, 78, true},
		"flag":           {[]string{"serve", "--loud"}, 78, true},
		"word":           {[]string{"serve", "please"}, 78, true},
		"no village":     {[]string{"serve", "--data", t.TempDir(), "--village", "toong", "--device", "null", "--listen", "127.0.0.1:0", "--listen-tls", "off"}, 78, true},
		"unreadable":     {[]string{"serve", "--data", unreadable}, 1, false},
		"and wrong":      {[]string{"serve", "--data", unreadable, "--listen", "nowhere"}, 1, false},
		"of another":     {[]string{"amp", "test", "--data", t.TempDir(), "--settle", "9h"}, 2, false},
		"doctor":         {[]string{"doctor", "--data", t.TempDir(), "--settle", "9h"}, 2, false},
		"doctor, unread": {[]string{"doctor", "--data", unreadable}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, code := loalang(t, "", c.args...)
			if code != c.code || strings.Count(strings.TrimSpace(errs), "\n") != 0 && name != "no village" {
				t.Errorf("exit %d, want %d: %s", code, c.code, errs)
			}
			if slices.Contains(preventing(t), strconv.Itoa(code)) != c.prevents {
				t.Errorf("exit %d prevents a restart: %v, want %v", code, !c.prevents, c.prevents)
			}
		})
	}
}

// A panic, a fatal error of Go, SIGQUIT and the SIGABRT by which systemd's watchdog ends a program
// that hangs all end with 2: the board stayed dead behind them, for that was a wrong setting too.
func TestACrashPreventsNoRestart(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGABRT, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			w := underManager(t, t.TempDir())
			w.until("READY=1")
			if err := w.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			var ended *exec.ExitError
			if err := w.cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 2 {
				t.Fatalf("it ended with %v, and this test is about 2", err)
			}
			if slices.Contains(preventing(t), "2") {
				t.Error("loalang.service is not started again behind a crash")
			}
		})
	}
}
