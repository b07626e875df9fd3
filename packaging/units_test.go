// Package packaging_test holds the units, rules and scripts of the package against the programs
// that read them.
package packaging_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exposure is the most that systemd-analyze security may find, in tenths.
const exposure = 25

// services are the units that are started as programs.
var services = []string{"loalang.service", "loalang-disk@.service", "loalang-restart.service", "loalang-import@.service", "loalang-rtc.service", "loalang-stick@.service", "loalang-unproven.service", "loalang-wear.service"}

// analyzer skips a test where systemd is not, aloud; continuous integration must have it.
func analyzer(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("LOALANG_E2E") == "require" {
			t.Fatal("no systemd-analyze on this machine: apt-get install systemd")
		}
		t.Skip("no systemd-analyze on this machine: apt-get install systemd")
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// program is what a unit starts, which is not installed here.
var program = regexp.MustCompile(`(?m)^(Exec\w*=[-+]*)/usr/(?:bin/loalang|libexec/loalang-\w+)\b.*$`)

// units copies all units into a folder, with a program that is there, and gives it.
func units(t *testing.T, edit func(name, text string) string) string {
	t.Helper()
	dir := t.TempDir()
	all, err := filepath.Glob("systemd/*")
	if err != nil || len(all) < 4 {
		t.Fatalf("units: %q, %v", all, err)
	}
	for _, name := range all {
		text := program.ReplaceAllString(read(t, name), "${1}/bin/true")
		if edit != nil {
			text = edit(filepath.Base(name), text)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// verify is what systemd says of a unit. It ends well with a mistyped key, so that any word
// of it counts.
func verify(t *testing.T, dir, name string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", filepath.Join(dir, name))
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("systemd-analyze verify %s: %v", name, err)
	}
	return string(out)
}

func TestSystemdKnowsEveryWordOfTheUnits(t *testing.T) {
	analyzer(t)
	dir := units(t, nil)
	for _, name := range append([]string{"loalang-import.socket", "loalang-rtc.timer", "loalang-unproven.timer", "loalang-wear.timer"}, services...) {
		if said := verify(t, dir, name); said != "" {
			t.Errorf("%s: %s", name, said)
		}
	}
	mistyped := units(t, func(_, text string) string { return strings.Replace(text, "NoNewPrivileges=", "NoNewPrivilege=", 1) })
	if verify(t, mistyped, "loalang.service") == "" {
		t.Error("a mistyped key is not noticed: this test tests nothing")
	}
}

func TestUnitsExposeLittle(t *testing.T) {
	analyzer(t)
	judge := func(dir, name string) (string, error) {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--no-pager", fmt.Sprintf("--threshold=%d", exposure), filepath.Join(dir, name)).CombinedOutput()
		return string(out), err
	}
	dir := units(t, nil)
	for _, name := range services {
		out, err := judge(dir, name)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if !strings.Contains(out, "Overall exposure level") {
			t.Errorf("%s was not judged: %s", name, out)
		}
	}
	open := units(t, func(_, text string) string { return strings.ReplaceAll(text, "SystemCallFilter=", "#") })
	if _, err := judge(open, "loalang.service"); err == nil {
		t.Error("a unit without a filter of system calls passes: this test tests nothing")
	}
}

// What the board needs of its service must not be lost to somebody who makes it stricter.
func TestTheServiceKeepsWhatItNeeds(t *testing.T) {
	text := read(t, "systemd/loalang.service")
	for _, want := range []string{
		"RestartSec=200ms", "Restart=always", "StartLimitIntervalSec=0", "LimitMEMLOCK=infinity", "LimitRTPRIO=60", "OOMPolicy=continue",
		"ExecStopPost=-/usr/bin/loalang amp safe-state", "DeviceAllow=char-alsa rw", "DeviceAllow=char-gpiochip rw", "DeviceAllow=char-rtc r",
		"ExecStart=/usr/libexec/loalang-serve", "ReadWritePaths=-/var/lib/loalang", "ExecStartPre=-+/usr/bin/systemd-tmpfiles --create loalang.conf", "ExecStartPre=-+/usr/libexec/loalang-before", "ExecStartPre=-+/usr/libexec/loalang-owner",
		"ExecStartPre=-+/usr/libexec/loalang-unproven start", "ExecStartPost=-+/usr/libexec/loalang-unproven up", "ExecStopPost=-+/usr/libexec/loalang-unproven stop", "DeviceAllow=char-tty[A-Z]* rw", "KillMode=mixed", "RestrictRealtime=no",
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("loalang.service lacks %s", want)
		}
	}
	// The filter let sched_setscheduler through, and the program calls sched_setattr: the sound ran
	// without its priority.
	for _, call := range []string{"sched_setattr", "sched_setscheduler", "setpriority", "adjtimex", "capset", "seccomp", "landlock_restrict_self"} {
		if !regexp.MustCompile(`(?m)^SystemCallFilter=[a-z0-9_ ]*\b` + call + `\b`).MatchString(text) {
			t.Errorf("loalang.service does not let %s through", call)
		}
	}
	for key, why := range map[string]string{
		"StateDirectory=":      "it requires the mount of the data: without its disk the board would not even sound an emergency",
		"RequiresMountsFor=":   "as above",
		"RemoveIPC=yes":        "it empties /dev/shm, where an emergency lies while the disk is full",
		"PrivateDevices=yes":   "it hides cards and pins",
		"ProtectClock=yes":     "it forbids to ask whether the clock is synchronised",
		"ProcSubset=pid":       "it hides /proc/asound",
		"RestrictRealtime=yes": "the sound needs its priority",
	} {
		if strings.Contains(text, "\n"+key) {
			t.Errorf("loalang.service has %s: %s", key, why)
		}
	}
	if !regexp.MustCompile(`(?m)^After=.*\bvar-lib-loalang\.mount\b`).MatchString(text) {
		t.Error("loalang.service does not wait for the data's disk, which nofail lets come later")
	}
	restart := read(t, "systemd/loalang-restart.service")
	if strings.Contains(restart, "IPAddressDeny=") {
		t.Error("loalang-restart.service filters addresses: no update would ever begin on a board whose panel listens on its address in the local network alone")
	}
	if !strings.Contains(restart, "CapabilityBoundingSet=CAP_DAC_READ_SEARCH\n") {
		t.Error("loalang-restart.service cannot read the settings in the data folder: no update would ever begin")
	}
	inside := read(t, "systemd/loalang-import@.service")
	for _, key := range []string{"ProtectKernelTunables=yes", "ProtectKernelLogs=yes", "ProtectHostname=yes", "ProtectProc="} {
		if strings.Contains(inside, "\n"+key) {
			t.Errorf("loalang-import@.service has %s: bubblewrap can then mount no /proc of its own", key)
		}
	}
}

// A panic, a fatal error of Go and the SIGABRT of the watchdog all end with 2, and the board stayed
// dead behind any of them. 1 is whatever else went wrong, and 128 upwards are signals.
func TestNoCrashPreventsARestart(t *testing.T) {
	prevents := regexp.MustCompile(`(?m)^RestartPreventExitStatus=(.*)$`).FindAllStringSubmatch(read(t, "systemd/loalang.service"), -1)
	if len(prevents) != 1 || prevents[0][1] != "78" {
		t.Errorf("loalang.service is not started again behind %q: only 78, a setting that is wrong, may be that", prevents)
	}
}

func TestUserAndFolderAreMade(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root makes users and folders in another root")
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{{"systemd-sysusers", "--root=" + root, filepath.Join(here, "sysusers.conf")}, {"systemd-tmpfiles", "--root=" + root, "--create", filepath.Join(here, "tmpfiles.conf")}} {
		if _, err := exec.LookPath(line[0]); err != nil {
			t.Skipf("no %s on this machine: apt-get install systemd", line[0])
		}
		if out, err := exec.CommandContext(t.Context(), line[0], line[1:]...).CombinedOutput(); err != nil || len(out) > 0 && !strings.Contains(string(out), "Creating") {
			t.Fatalf("%s: %v\n%s", line[0], err, out)
		}
	}
	if !strings.Contains(read(t, filepath.Join(root, "etc/passwd")), "loalang:") {
		t.Error("there is no user loalang")
	}
	for _, group := range []string{"audio", "dialout", "gpio"} {
		if !regexp.MustCompile(`(?m)^` + group + `:.*\bloalang$`).MatchString(read(t, filepath.Join(root, "etc/group"))) {
			t.Errorf("the user is not in the group %s", group)
		}
	}
	info, err := os.Stat(filepath.Join(root, "var/lib/loalang"))
	if err != nil || info.Mode().Perm() != 0o750 {
		t.Errorf("the data folder: %v, %v", info, err)
	}
}

// A script that does not even parse leaves a package half installed.
func TestScriptsParse(t *testing.T) {
	seen := 0
	for _, pattern := range []string{"deb/p*", "bin/*"} {
		all, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range all {
			seen++
			text := read(t, name)
			if !strings.HasPrefix(text, "#!/bin/sh\n") || !strings.Contains(text, "\nset -e") {
				t.Errorf("%s is no script that ends at its first fault", name)
			}
			if out, err := exec.CommandContext(t.Context(), "/bin/sh", "-n", name).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", name, err, out)
			}
		}
	}
	if seen < 6 {
		t.Fatalf("only %d scripts seen", seen)
	}
}

// board runs loalang-board with settings, and gives what it would hand to the program, each behind a zero.
func board(t *testing.T, settings string) (said string) {
	t.Helper()
	dir := t.TempDir()
	script := strings.NewReplacer("/etc/loalang/loalang.env", filepath.Join(dir, "env"), "exec setpriv --reuid=loalang --regid=loalang --init-groups --no-new-privs --", "exec", `"$(id -u loalang)")`, "*)").
		Replace(read(t, "bin/loalang-board"))
	file := filepath.Join(dir, "loalang-board")
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "env"), []byte(settings), 0o600), os.WriteFile(file, []byte(script), 0o600)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", file, "-0")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LOALANG_PROGRAM=/usr/bin/env"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return "\x00" + string(out)
}

// loalang-board reads the settings as systemd does; as root it must not run what stands in them.
func TestSettingsAreNoScript(t *testing.T) {
	trap := filepath.Join(t.TempDir(), "trap")
	said := board(t, "# a comment\nLOALANG_LISTEN=:8080\nLOALANG_ZONES=\"Đầu thôn=gpiochip0:17; Chợ=gpiochip0:27 low\"\nLOALANG_NAME='a b'\n"+
		"LOALANG_EVIL=$(touch "+trap+")\nLOALANG_WORDS=two words; touch "+trap+"\nLOALANG_BACK=\\`touch "+trap+"\\`\nLOALANG_IN=\"\\$(touch "+trap+")\"\nPATH=/nowhere\nLOALANG_X;touch "+trap+"=1\nLOALANG_LAST=end")
	for _, want := range []string{"LOALANG_DATA=/var/lib/loalang", "LOALANG_LISTEN=:8080", "LOALANG_ZONES=Đầu thôn=gpiochip0:17; Chợ=gpiochip0:27 low", "LOALANG_NAME=a b", "LOALANG_EVIL=$(touch " + trap + ")", "LOALANG_LAST=end", "PATH=/usr/bin:/bin"} {
		if !strings.Contains(said, "\x00"+want+"\x00") {
			t.Errorf("no %q in %q", want, said)
		}
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("what stood in the settings was run")
	}
}

// TestSettingsAreReadAsSystemdReadsThem: the amplifier's command \x02 stood without quotes, of which systemd
// takes the backslash; `amp test` by loalang-board sent what was meant, and the service the letters x02. What stands
// here is what systemd 252 made of each.
func TestSettingsAreReadAsSystemdReadsThem(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"NoQuotes":     {`LOALANG_A=\x02{b}\r`, "x02{b}r"},
		"Single":       {`LOALANG_A='\x02{b}\r'`, `\x02{b}\r`},
		"Double":       {`LOALANG_A="\x02{b}\r"`, `\x02{b}\r`},
		"QuoteInside":  {`LOALANG_A="a \"b\" \\c"`, `a "b" \c`},
		"BlanksBefore": {"  LOALANG_A=un-ta", "un-ta"},
		"BlanksBehind": {"LOALANG_A=un-ta \t", "un-ta"},
		"BehindQuotes": {`LOALANG_A="a b"  `, "a b"},
		"AroundEquals": {"LOALANG_A = un-ta", "un-ta"},
		"OfWindows":    {"LOALANG_A=un-ta\r", "un-ta"},
		"Empty":        {"LOALANG_A=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if said := board(t, c.line+"\n"); !strings.Contains(said, "\x00LOALANG_A="+c.want+"\x00") {
				t.Errorf("%q becomes %q", c.line, said)
			}
		})
	}
}

// TestTheBatteryClockIsFound: the kernel never looks at an RTC but rtc0. A clock inside the processor, or inside
// a power controller that hangs on I2C, is none of which a battery is known.
func TestTheBatteryClockIsFound(t *testing.T) {
	rule := regexp.MustCompile(`(?m)^SUBSYSTEM=="rtc", .*DEVPATH=="([^"]+)".*SYSTEMD_WANTS}\+="loalang-rtc.service loalang-rtc.timer"$`).FindStringSubmatch(read(t, "60-loalang.rules"))
	if rule == nil {
		t.Fatal("no rule starts loalang-rtc.service")
	}
	pattern := strings.NewReplacer(`\|`, "|", `\*`, ".*", `\?`, ".", `\[0-9\]`, "[0-9]").Replace(regexp.QuoteMeta(rule[1]))
	matches := regexp.MustCompile("^(" + pattern + ")$").MatchString
	for path, want := range map[string]bool{
		"/devices/platform/soc/5002800.i2c/i2c-1/1-0068/rtc/rtc1":           true,
		"/devices/platform/soc/fe804000.i2c/i2c-1/1-0051/rtc/rtc0":          true,
		"/devices/platform/soc/5010000.spi/spi_master/spi0/spi0.0/rtc/rtc1": true,
		"/devices/platform/soc/7000000.rtc/rtc/rtc0":                        false,
		"/devices/platform/ff650000.i2c/i2c-0/0-001b/rk808-rtc/rtc/rtc0":    false,
		"/devices/platform/soc@107c000000/soc@107c000000:rpi_rtc/rtc/rtc0":  false,
		"/devices/pnp0/00:03/rtc/rtc0":                                      false,
	} {
		if matches(path) != want {
			t.Errorf("%s starts it: %v, want %v", path, !want, want)
		}
	}
}
