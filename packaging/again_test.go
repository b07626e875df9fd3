package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// aptOf has the yard ask the apt of this machine, by a state of its own in which version 2 of a
// package that is really there is installed, and do nothing but lay down what apt would.
func (y yard) aptOf() {
	y.t.Helper()
	for _, tool := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			y.t.Skipf("no %s on this machine", tool)
		}
	}
	const control = "Package: loalang\nVersion: 2\nArchitecture: amd64\nMaintainer: T <t@example.org>\nDescription: a trial\n"
	y.file("tree/DEBIAN/control", control)
	deb := filepath.Join(y.dir, "x.deb")
	must(y.t, "dpkg-deb", "--root-owner-group", "--build", filepath.Join(y.dir, "tree"), deb)
	y.file("apt/lists/partial/.keep", "")
	y.file("apt/cache/archives/partial/.keep", "")
	y.file("apt/sources.list", "")
	y.file("apt/status", control+"Status: install ok installed\n")
	own := filepath.Join(y.dir, "apt")
	y.program("apt-get", `said=$(PATH=/usr/bin:/bin /usr/bin/apt-get -o APT::Sandbox::User=root -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Dir::State::lists=`+own+`/lists -o Dir::State::status=`+own+`/status \
	-o Dir::Cache=`+own+`/cache -o Dir::Etc::sourcelist=`+own+`/sources.list -o Dir::Etc::sourceparts=- --simulate "$@" 2>&1) || { echo "$said"; exit 100; }
echo "$said"
case $said in *"Inst loalang"*) ln -sfn `+y.dir+`/usr/lib/loalang/2/loalang `+y.dir+`/usr/bin/loalang ;; esac`)
}

// TestAVersionThatWasLeftIsTakenInAgain: behind --back apt called the same package the newest
// version already, did nothing, and all was said to be well.
func TestAVersionThatWasLeftIsTakenInAgain(t *testing.T) {
	y := newYard(t)
	one, two := filepath.Join(y.dir, "usr/lib/loalang/1/loalang"), filepath.Join(y.dir, "usr/lib/loalang/2/loalang")
	y.file("usr/lib/loalang/2/loalang", "#!/bin/sh\necho 2\n")
	y.file("usr/lib/loalang/before/path", one+"\n")
	y.program("systemctl", "exit 0")
	y.aptOf()
	link := filepath.Join(y.dir, "usr/bin/loalang")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(two, link); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ arg, want string }{{"--back", one}, {filepath.Join(y.dir, "x.deb"), two}} {
		said, well := y.run("bin/loalang-update", step.arg)
		if at, err := filepath.EvalSymlinks(link); !well || err != nil || at != step.want {
			t.Fatalf("loalang-update %s: well %v; the program is %q, %v: %s", step.arg, well, at, err, said)
		}
	}
}
