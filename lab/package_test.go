package lab_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/lab"
)

// packages makes the packages of two versions of the product, and of a third that does
// not take the data, in the folders one, two and three.
func packages(t *testing.T, dir string) {
	t.Helper()
	if made := os.Getenv("LOALANG_PACKAGES"); made != "" { // in such folders, from a run before
		check(t, exec.CommandContext(t.Context(), "cp", "-r", made+"/.", dir).Run())
		return
	}
	build := func(name, version string) {
		cmd := exec.CommandContext(t.Context(), "../packaging/build.sh", "amd64")
		cmd.Env = append(os.Environ(), "VERSION="+version, "FAST=1", "OUT="+filepath.Join(dir, name), "SIGN=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make the package %s: %v\n%s", version, err, out)
		}
	}
	build("one", "0.1")
	build("two", "0.2")
	otherSettings(t, filepath.Join(dir, "two"))
	refuses := filepath.Join(t.TempDir(), "refuses")
	goBuild(t, pure("amd64"), "build", "-o", refuses, "./packaging/testdata/refuses")
	goBuild(t, nil, "run", "-C", "packaging/mkdeb", ".", "-fast", "-arch", "amd64", "-version", "0.3", "-epoch", "1700000000", "-program", refuses,
		"-source", "..", "-docs", "../../docs", "-out", filepath.Join(dir, "three"))
}

// otherSettings puts another loalang.env into the package of a folder: beside one that was changed on
// the board, dpkg asks which to keep, and nobody answers.
func otherSettings(t *testing.T, dir string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("packages: %q, %v", found, err)
	}
	tree := filepath.Join(t.TempDir(), "tree")
	check(t, exec.CommandContext(t.Context(), "dpkg-deb", "-R", found[0], tree).Run())
	env, err := os.OpenFile(filepath.Join(tree, "etc/loalang/loalang.env"), os.O_APPEND|os.O_WRONLY, 0)
	check(t, err)
	_, err = env.WriteString("# another setting of version two\n")
	check(t, errors.Join(err, env.Close()))
	check(t, exec.CommandContext(t.Context(), "dpkg-deb", "--root-owner-group", "-Zgzip", "-b", tree, found[0]).Run())
}

// bare is the disk of a bare Debian with what the package depends on.
func bare(t *testing.T, deb string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "dpkg-deb", "-f", deb, "Depends").Output()
	check(t, err)
	var wanted []string
	for field := range strings.SplitSeq(string(out), ",") {
		choices := strings.Split(field, "|")
		name, _, _ := strings.Cut(strings.TrimSpace(choices[len(choices)-1]), " ") // Debian 12 has the last
		wanted = append(wanted, name)
	}
	cmd := exec.CommandContext(t.Context(), "../packaging/bare.sh", append(wanted, "gpiod", "dosfstools")...)
	var said bytes.Buffer
	cmd.Stderr = &said
	image, err := cmd.Output()
	if code := new(exec.ExitError); errors.As(err, &code) && code.ExitCode() == 3 && os.Getenv("LOALANG_LAB") != "require" {
		t.Skip(said.String())
	}
	if err != nil {
		t.Fatalf("make a bare Debian: %v\n%s", err, &said)
	}
	return strings.TrimSpace(string(image))
}

// TestLabPackage installs the package on a bare Debian that systemd has started, looks at the service, kills it, lets it hang,
// plugs in a stick for its backups, brings it up to date while an emergency sounds, has an update refused, and removes it.
func TestLabPackage(t *testing.T) {
	k := machines(t, "amd64")
	dir := t.TempDir()
	im := lab.Image{Dir: filepath.Join(dir, "disk")}
	check(t, os.Mkdir(im.Dir, 0o755))
	packages(t, im.Dir)
	check(t, im.Copy("../packaging/testdata/board.sh", "run"))
	found, err := filepath.Glob(filepath.Join(im.Dir, "one", "*.deb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("packages: %q, %v", found, err)
	}
	disk := filepath.Join(dir, "packages.ext4")
	check(t, im.Disk(t.Context(), disk, "256M", "-O", "^has_journal"))
	m := machine(t, k, bare(t, found[0]), "virtio_net", "configfs", "gpio-sim", "snd-dummy", "autofs4", "xhci-pci", "usb-storage", "sd_mod", "vfat", "nls_cp437", "nls_ascii")
	m.Dir, m.Memory, m.Data = t.TempDir(), 1536, disk
	stick := filepath.Join(m.Dir, "stick")
	check(t, os.WriteFile(stick, nil, 0o600))
	check(t, os.Truncate(stick, 512<<20))
	m.More = []string{"-device", "qemu-xhci,id=xhci", "-drive", "if=none,id=stick,format=raw,file=" + stick, "-device", "usb-storage,drive=stick,bus=xhci.0,removable=on"}
	m.Job.Become = []string{"/sbin/init"}
	ctx, end := context.WithTimeout(t.Context(), 40*time.Minute)
	defer end()
	_, err = m.Boot(ctx)
	check(t, err)
	t.Cleanup(m.Kill)
	err = m.Wait(ctx)
	told := m.Told()
	t.Logf("in the machine:\n%s", told)
	check(t, err)
	for line := range strings.Lines(told) {
		if rest, wrong := strings.CutPrefix(line, "PACKAGE bad "); wrong {
			t.Error(rest)
		}
	}
	if !strings.Contains(told, "PACKAGE done") || strings.Count(told, "PACKAGE ok ") < 20 {
		t.Error("the machine did not come to its end")
	}
}
