package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnUpdateAsksNobodyWhichSettingsToKeep: where a new version brought other settings than those
// that the technician had changed, dpkg asked, and without a terminal the update broke off halfway.
func TestAnUpdateAsksNobodyWhichSettingsToKeep(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil || os.Getuid() != 0 {
		t.Skip("only root installs by dpkg, which must be there")
	}
	// What the script gives apt for dpkg, and dpkg itself, goes to the real one with a root of its own.
	const options = `for word do case $word in Dpkg::Options::=*) set -- "$@" "${word#*=}" ;; esac; shift; done; `
	for name, apt := range map[string]string{
		"ByApt":  options + `exec dpkg "$@" -i "$deb"`,
		"ByDpkg": `case $* in *--simulate*) echo "Inst loalang [1] (2 local)" ;; *) exit 100 ;; esac`,
	} {
		t.Run(name, func(t *testing.T) {
			y := newYard(t)
			root := filepath.Join(y.dir, "root")
			y.file("root/var/lib/dpkg/status", "")
			y.file("root/var/lib/dpkg/updates/.keep", "")
			y.file("root/var/lib/dpkg/info/.keep", "")
			own := "PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/bin/dpkg --root=" + root + " --log=/dev/null"
			for version, env := range map[string]string{"1": "first\n", "2": "second\n"} {
				y.file("tree/DEBIAN/control", "Package: loalang\nVersion: "+version+"\nArchitecture: all\nMaintainer: T <t@example.org>\nDescription: a trial\n")
				y.file("tree/DEBIAN/conffiles", "/etc/loalang.env\n")
				y.file("tree/etc/loalang.env", env)
				must(t, "dpkg-deb", "--root-owner-group", "--build", filepath.Join(y.dir, "tree"), filepath.Join(y.dir, version+".deb"))
			}
			must(t, "/bin/sh", "-c", own+" -i "+filepath.Join(y.dir, "1.deb"))
			y.file("root/etc/loalang.env", "the technician's\n")
			must(t, "cp", filepath.Join(y.dir, "2.deb"), filepath.Join(y.dir, "x.deb"))
			y.program("dpkg", `[ "$1" = --print-architecture ] && { echo amd64; exit 0; }; exec env `+own+` "$@"`)
			y.program("apt-get", "deb="+filepath.Join(y.dir, "x.deb")+"\n"+apt)
			said, well := y.run("bin/loalang-update", filepath.Join(y.dir, "x.deb"))
			kept, beside := read(t, filepath.Join(root, "etc/loalang.env")), ""
			if exists(filepath.Join(root, "etc/loalang.env.dpkg-dist")) {
				beside = read(t, filepath.Join(root, "etc/loalang.env.dpkg-dist"))
			}
			if !well || kept != "the technician's\n" || beside != "second\n" || strings.Contains(said, "end of file") {
				t.Errorf("well %v; kept %q, beside it %q: %s", well, kept, beside, said)
			}
		})
	}
}
