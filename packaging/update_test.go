package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// yard is a board's file system in a folder, with programs that stand in for those of Debian.
type yard struct {
	t   *testing.T
	dir string
	env []string // what a script is told beside its path
}

// newYard is a board with version 1 and data, to which a package of version 2 was brought.
func newYard(t *testing.T) yard {
	t.Helper()
	y := yard{t: t, dir: t.TempDir()}
	y.file("usr/lib/loalang/1/loalang", "#!/bin/sh\necho 1\n")
	y.file("usr/bin/.keep", "")
	if err := os.Symlink(filepath.Join(y.dir, "usr/lib/loalang/1/loalang"), filepath.Join(y.dir, "usr/bin/loalang")); err != nil {
		t.Fatal(err)
	}
	y.file("var/lib/loalang/loalang.db", "data")
	y.file("x.deb", "package")
	y.program("id", "echo 0")
	y.program("findmnt", "echo ext4")
	y.program("loalang-board", "exit 0")
	y.program("dpkg", `[ "$1" = --print-architecture ] && { echo amd64; exit 0; }; echo "dpkg $*" >>"$0.log"`)
	y.program("dpkg-deb", `case $1 in --fsys-tarfile) : ;; -f) case $3 in Package) echo loalang ;; Architecture) echo amd64 ;; Version) echo 2 ;; esac ;; esac`)
	y.program("tar", "exit 0")
	y.program("apt-get", "exit 0")
	return y
}

func (y yard) file(name, text string) {
	y.t.Helper()
	name = filepath.Join(y.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		y.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
		y.t.Fatal(err)
	}
}

func (y yard) program(name, body string) { y.file("fakes/"+name, "#!/bin/sh\n"+body+"\n") }

// run runs a script of the package in the yard, and gives what it said and whether it went well.
func (y yard) run(script string, args ...string) (said string, well bool) {
	y.t.Helper()
	text := read(y.t, script)
	for _, at := range []string{"/usr/lib/loalang", "/usr/bin/loalang", "/var/lib/loalang", "/proc/1/root", "/etc/loalang", "/run/systemd/system"} {
		text = strings.ReplaceAll(text, at, filepath.Join(y.dir, at))
	}
	// What stood behind /proc/1/root is that of the yard once only.
	text = strings.ReplaceAll(text, filepath.Join(y.dir, "/proc/1/root", y.dir), filepath.Join(y.dir, "/proc/1/root"))
	text = strings.ReplaceAll(text, filepath.Join(y.dir, "/usr/bin/loalang-board"), "loalang-board")
	y.file("script", text)
	umask := "022" // dpkg's, for what it runs
	if strings.HasPrefix(script, "bin/") {
		umask = "077" // that of the service's unit is strict, and root's own may be
	}
	cmd := exec.CommandContext(y.t.Context(), "/bin/sh", append([]string{"-c", `umask $0; exec /bin/sh "$@"`, umask, filepath.Join(y.dir, "script")}, args...)...)
	tools := "/usr/bin:/bin"
	if own := filepath.Join(y.dir, "tools"); exists(own) { // what the board has, and nothing else
		tools = own
	}
	cmd.Env = append([]string{"PATH=" + filepath.Join(y.dir, "fakes") + ":" + tools}, y.env...)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (y yard) laidDown() bool { return exists(filepath.Join(y.dir, "fakes/dpkg.log")) }

// TestAnUpdateLaysNothingDownThatCannotBeSetUp: without a network apt refused, and dpkg took the old
// program away before it saw that another package is missing; the running one found no speaker any more.
func TestAnUpdateLaysNothingDownThatCannotBeSetUp(t *testing.T) {
	for name, c := range map[string]struct {
		says string // what apt finds in a simulation
		well bool
	}{
		"OK":      {"Inst loalang [1] (2 local)", true},
		"Another": {"Inst libfoo1 (1.0 Debian)\nInst loalang [1] (2 local)", false},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			y.program("apt-get", `case $* in *--simulate*) printf '`+strings.ReplaceAll(c.says, "\n", `\n`)+`\n' ;; *) exit 100 ;; esac`)
			said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
			if well != c.well || y.laidDown() != c.well {
				t.Errorf("well %v, laid down %v: %s", well, y.laidDown(), said)
			}
			if !c.well && !strings.Contains(said, "could not be fetched: libfoo1.") {
				t.Errorf("it says %s", said)
			}
		})
	}
}

// TestAFailedUpdatePutsTheProgramBack: the running program starts its speaker by its own name.
func TestAFailedUpdatePutsTheProgramBack(t *testing.T) {
	y := newYard(t)
	old := filepath.Join(y.dir, "usr/lib/loalang/1/loalang")
	y.program("apt-get", `case $* in *--simulate*) echo "Inst loalang [1] (2 local)" ;; *) exit 100 ;; esac`)
	// As dpkg does: the old version is kept by preinst and removed, the new one named; then it fails.
	y.program("dpkg", `[ "$1" = --print-architecture ] && { echo amd64; exit 0; }
mkdir -p `+y.dir+`/usr/lib/loalang/before && mv `+old+` `+y.dir+`/usr/lib/loalang/before/loalang && echo `+old+` >`+y.dir+`/usr/lib/loalang/before/path
rmdir `+filepath.Dir(old)+`; ln -sfn `+y.dir+`/usr/lib/loalang/2/loalang `+y.dir+`/usr/bin/loalang
exit 1`)
	said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
	if at, err := filepath.EvalSymlinks(filepath.Join(y.dir, "usr/bin/loalang")); well || err != nil || at != old {
		t.Errorf("well %v; the program is %q, %v: %s", well, at, err, said)
	}
}

// TestAnUpdateIsTriedByTheServicesUser: where root's umask is 077, the folders in which the new program
// was laid out were closed to that user, and each update was said not to take the data.
func TestAnUpdateIsTriedByTheServicesUser(t *testing.T) {
	y := newYard(t)
	y.program("tar", `mkdir "$3/usr" && stat -c %a "$3" "$3/usr" >"$0.modes"`)
	before := syscall.Umask(0o077)
	said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
	syscall.Umask(before)
	if modes := read(t, filepath.Join(y.dir, "fakes/tar.modes")); !well || modes != "755\n755\n" {
		t.Errorf("well %v; the folders are %q: %s", well, modes, said)
	}
}

// TestAPurgeForgetsWhoMakesThePackages: the key stayed, and with it the folder of the settings.
func TestAPurgeForgetsWhoMakesThePackages(t *testing.T) {
	y := newYard(t)
	y.file("etc/loalang/packages.gpg", "key")
	y.program("systemctl", "exit 0")
	y.program("deb-systemd-helper", "exit 0")
	for _, step := range []struct {
		arg  string
		left bool
	}{{"remove", true}, {"purge", false}} {
		said, well := y.run("deb/postrm", step.arg)
		if left := exists(filepath.Join(y.dir, "etc/loalang")); !well || left != step.left {
			t.Errorf("%s: well %v, the key is left: %v: %s", step.arg, well, left, said)
		}
	}
}

// TestNoUpdateIntoMemory: with the overlay on, the new version was gone after the next power cut and
// the old one met its data; in a chroot it was tried on data of last year, or on none.
func TestNoUpdateIntoMemory(t *testing.T) {
	for name, c := range map[string]struct {
		kind  string // of the file system of /usr
		other bool   // the data of the system around are others
		says  string // empty: it goes ahead
	}{
		"OK":      {kind: "ext4"},
		"Overlay": {kind: "overlay", says: "lies in memory"},
		"Chroot":  {kind: "ext4", other: true, says: "are not to be seen"},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			y.program("findmnt", "echo "+c.kind)
			// stat tells devices apart: the data are not on that of /usr.
			y.program("stat", `case $* in *"%d "*/usr) echo 1 ;; *) exec /usr/bin/stat "$@" ;; esac`)
			if c.other {
				y.file("proc/1/root/var/lib/loalang/loalang.db", "the board's")
			}
			for _, line := range [][]string{{"bin/loalang-update", filepath.Join(y.dir, "x.deb")}, {"deb/preinst", "upgrade", "1"}} {
				said, well := y.run(line[0], line[1:]...)
				if well != (c.says == "") || !strings.Contains(said, c.says) {
					t.Errorf("%s: well %v: %s", line[0], well, said)
				}
			}
		})
	}
}

// TestAnUpdateSaysThatItCannotCheck: Debian 13 has no gpgv by itself, and a package that was signed
// well was called "not signed by a key".
func TestAnUpdateSaysThatItCannotCheck(t *testing.T) {
	y := newYard(t)
	y.file("etc/loalang/packages.gpg", "key")
	y.file("x.deb.asc", "signature")
	y.file("tools/.keep", "")
	for _, name := range []string{"cat", "readlink", "stat"} {
		if err := os.Symlink("/usr/bin/"+name, filepath.Join(y.dir, "tools", name)); err != nil {
			t.Fatal(err)
		}
	}
	said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
	if well || y.laidDown() || !strings.Contains(said, "cannot be checked, for this board has no gpgv") || strings.Contains(said, "not signed") {
		t.Errorf("well %v, laid down %v: %s", well, y.laidDown(), said)
	}
}

// TestWhatIsInstalledIsWhatWasChecked: the signature was checked of the file on the stick, which dpkg read
// once more behind that: another one than was signed, or none at all where the stick was pulled out.
func TestWhatIsInstalledIsWhatWasChecked(t *testing.T) {
	for name, c := range map[string]struct{ gpgv, got string }{
		"OK":     {"exit 0", "package"},
		"Forged": {"exit 1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			y.file("etc/loalang/packages.gpg", "key")
			y.file("x.deb.asc", "signature")
			y.program("gpgv", `[ "$(cat "$5")" = package ] || exit 9; echo another >`+y.dir+`/x.deb; `+c.gpgv)
			y.program("apt-get", `for last; do :; done; cat "$last" >"$0.got"`)
			y.program("dpkg-deb", `echo "$*" >>"$0.log"; case $1 in -f) case $3 in Package) echo loalang ;; Architecture) echo amd64 ;; Version) echo 2 ;; esac ;; esac`)
			said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
			if well != (c.got != "") {
				t.Fatalf("well %v: %s", well, said)
			}
			if c.got == "" {
				if exists(filepath.Join(y.dir, "fakes/dpkg-deb.log")) {
					t.Error("what nobody signed was read")
				}
				return
			}
			if got := read(t, filepath.Join(y.dir, "fakes/apt-get.got")); got != c.got {
				t.Errorf("%q was installed: %s", got, said)
			}
		})
	}
}

// TestADamagedDatabaseRefusesNoUpdate: a board whose database was damaged took no update any more, not even the
// one that mends the repair, could not go back, and apt was left with a package half set up.
func TestADamagedDatabaseRefusesNoUpdate(t *testing.T) {
	for name, c := range map[string]struct {
		code  string // of the trial
		well  bool
		warns bool
	}{
		"OK":      {"0", true, false},
		"Damaged": {"4", true, true},
		"Refused": {"1", false, false},
		"Killed":  {"137", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			y := setUp(t, "case $1 in show) echo 7 ;; esac")
			one, two, link := filepath.Join(y.dir, "usr/lib/loalang/1/loalang"), filepath.Join(y.dir, "usr/lib/loalang/@VERSION@/loalang"), filepath.Join(y.dir, "usr/bin/loalang")
			y.file("usr/lib/loalang/@VERSION@/loalang", "#!/bin/sh\necho 2\n")
			y.program("loalang-board", "echo the database is damaged >&2; exit "+c.code)
			y.program("apt-get", `echo "apt-get $*" >>"$0.log"`)
			is := func(step, want, said string, well, took bool) {
				t.Helper()
				at, err := filepath.EvalSymlinks(link)
				if well != c.well || took != c.well || at != want || err != nil || strings.Contains(said, "untried") != c.warns {
					t.Errorf("%s: well %v, taken in %v; the program is %q, %v: %s", step, well, took, at, err, said)
				}
			}
			said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
			is("loalang-update", one, said, well, exists(filepath.Join(y.dir, "fakes/apt-get.log")))
			want := one
			if c.well {
				want = two
			}
			said, well = y.run("deb/postinst", "configure", "1")
			is("postinst", want, said, well, well)
			must(t, "ln", "-sfn", two, link)
			if want = one; !c.well {
				want = two
			}
			said, well = y.run("bin/loalang-update", "--back")
			is("--back", want, said, well, well)
		})
	}
}
