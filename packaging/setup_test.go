package packaging_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// setUp is a yard in which version 2 was laid down and is to be set up, under a systemd that does with
// each call what body says.
func setUp(t *testing.T, body string) yard {
	t.Helper()
	y := newYard(t)
	y.file("usr/lib/loalang/before/path", filepath.Join(y.dir, "usr/lib/loalang/1/loalang"))
	y.file("usr/lib/loalang/3/loalang", "one that may run")
	y.file("etc/loalang/loalang.env", "LOALANG_METRICS_TOKEN=secret\n")
	y.file("run/systemd/system/.keep", "")
	y.file("proc/1/.keep", "")
	if err := os.Symlink("/", filepath.Join(y.dir, "proc/1/root")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper", "deb-systemd-invoke", "udevadm", "modprobe"} {
		y.program(name, "exit 0")
	}
	y.program("chgrp", `echo "$*" >>"$0.log"`)
	y.program("dpkg-statoverride", "exit 1") // nobody ruled anything
	y.program("systemctl", body)
	return y
}

// TestAFailingSystemdLeavesNoPackageHalfInstalled: where systemd did not answer, the package stayed half
// installed over a board that played on, and apt did nothing any more until somebody mended it.
func TestAFailingSystemdLeavesNoPackageHalfInstalled(t *testing.T) {
	for name, c := range map[string]struct{ systemctl, udevadm, says string }{
		"OK":            {"case $1 in show) echo 7 ;; esac", "exit 0", "begins when nothing sounds"},
		"NoSystemd":     {"exit 1", "exit 0", "begins with the next start of the system"},
		"NoUdev":        {"case $1 in show) echo 7 ;; esac", "exit 1", "begins when nothing sounds"},
		"NoJob":         {"case $* in show*) echo 7 ;; *restart*) exit 1 ;; esac", "exit 0", "begins with the next start of the system"},
		"ReloadTooLong": {"case $1 in show) echo 7 ;; daemon-reload) exit 1 ;; esac", "exit 0", "begins when nothing sounds"},
	} {
		t.Run(name, func(t *testing.T) {
			y := setUp(t, c.systemctl)
			y.program("udevadm", c.udevadm)
			said, well := y.run("deb/postinst", "configure", "1")
			if !well || !strings.Contains(said, c.says) {
				t.Errorf("well %v: %s", well, said)
			}
			// What runs may be any of them while nobody tells.
			if left := exists(filepath.Join(y.dir, "usr/lib/loalang/3")); left != (name == "NoSystemd") {
				t.Errorf("the version that is not known to rest is left: %v", left)
			}
		})
	}
	y := setUp(t, "exit 1")
	if said, well := y.run("deb/postrm", "purge"); !well || exists(filepath.Join(y.dir, "var/lib/loalang")) {
		t.Errorf("a purge: well %v: %s", well, said)
	}
}

// TestTheSettingsAreForTheServiceAlone: the token that opens /metrics stands in them, and everybody with a
// login on the board could read it.
func TestTheSettingsAreForTheServiceAlone(t *testing.T) {
	for name, c := range map[string]struct {
		before os.FileMode
		ruled  bool // by dpkg-statoverride
		want   os.FileMode
	}{
		"OK":      {0o644, false, 0o640},
		"Again":   {0o640, false, 0o640},
		"Tighter": {0o600, false, 0o640}, // the service says which lines are none
		"Ruled":   {0o644, true, 0o644},
	} {
		t.Run(name, func(t *testing.T) {
			y := setUp(t, "exit 0")
			if c.ruled {
				y.program("dpkg-statoverride", "exit 0")
			}
			file := filepath.Join(y.dir, "etc/loalang/loalang.env")
			if err := os.Chmod(file, c.before); err != nil {
				t.Fatal(err)
			}
			said, well := y.run("deb/postinst", "configure", "1")
			info, err := os.Stat(file)
			if !well || err != nil || info.Mode().Perm() != c.want {
				t.Errorf("well %v; it is %v, %v: %s", well, info.Mode(), err, said)
			}
			if handed := exists(filepath.Join(y.dir, "fakes/chgrp.log")); handed == c.ruled {
				t.Errorf("the service's group may read it: %v", handed)
			}
		})
	}
	y := setUp(t, "exit 0")
	if err := os.Remove(filepath.Join(y.dir, "etc/loalang/loalang.env")); err != nil {
		t.Fatal(err)
	}
	if said, well := y.run("deb/postinst", "configure", "1"); !well {
		t.Errorf("settings that somebody removed: %s", said)
	}
}

// TestAPurgeFollowsALink: the data of a board whose folder leads to another disk stayed there, behind
// the word that they are removed.
func TestAPurgeFollowsALink(t *testing.T) {
	y := setUp(t, "exit 0")
	data := filepath.Join(y.dir, "var/lib/loalang")
	if err := os.Rename(data, filepath.Join(y.dir, "ssd")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(y.dir, "ssd"), data); err != nil {
		t.Fatal(err)
	}
	said, well := y.run("deb/postrm", "purge")
	if _, err := os.Lstat(data); !well || err == nil || exists(filepath.Join(y.dir, "ssd/loalang.db")) {
		t.Errorf("well %v, and something is left: %s", well, said)
	}
}
