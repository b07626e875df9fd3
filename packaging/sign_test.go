package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// signed is a folder with a small package that sign.sh has signed by a key of this test alone.
func signed(t *testing.T) string {
	t.Helper()
	for name, from := range map[string]string{"gpg": "gnupg", "gpgv": "gpgv", "dpkg-deb": "dpkg"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("no %s on this machine: apt-get install %s", name, from)
		}
	}
	home, err := os.MkdirTemp("/tmp", "gpg-") // its socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GNUPGHOME", home)
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--kill", "all").Run() // the agent of this home alone
		_ = os.RemoveAll(home)
	})
	must(t, "gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "test@example.org", "ed25519", "sign", "1d")
	root, dir := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "DEBIAN"), 0o755); err != nil {
		t.Fatal(err)
	}
	control := "Package: loalang\nVersion: 0.1\nArchitecture: amd64\nMaintainer: T <t@example.org>\nDescription: a trial\n"
	if err := os.WriteFile(filepath.Join(root, "DEBIAN/control"), []byte(control), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "dpkg-deb", "--root-owner-group", "--build", root, filepath.Join(dir, "loalang_0.1_amd64.deb"))
	must(t, "./sign.sh", "test@example.org", dir)
	return dir
}

func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// A board takes what was signed and nothing else.
func TestSignatureIsOfThePackage(t *testing.T) {
	dir := signed(t)
	deb := filepath.Join(dir, "loalang_0.1_amd64.deb")
	check := func() error {
		return exec.CommandContext(t.Context(), "gpgv", "--keyring", filepath.Join(dir, "packages.gpg"), deb+".asc", deb).Run()
	}
	if err := check(); err != nil {
		t.Errorf("a good signature: %v", err)
	}
	f, err := os.OpenFile(deb, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("x"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if check() == nil {
		t.Error("a package that was changed passes")
	}
}

// apt takes the folder as a repository, by its key alone.
func TestAptTakesTheFolder(t *testing.T) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		t.Skip("no apt-get on this machine")
	}
	dir := signed(t)
	own := t.TempDir()
	for _, name := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(own, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	source := "deb [arch=amd64 signed-by=" + filepath.Join(dir, "packages.gpg") + "] file:" + dir + " ./\n"
	for name, text := range map[string]string{"sources.list": source, "status": ""} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	apt := func(args ...string) (string, error) {
		all := []string{
			"-o", "APT::Sandbox::User=root", "-o", "APT::Architecture=amd64", "-o", "APT::Architectures=amd64", "-o", "Dir::State::lists=" + own + "/lists", "-o", "Dir::State::status=" + own + "/status",
			"-o", "Dir::Cache=" + own + "/cache", "-o", "Dir::Etc::sourcelist=" + own + "/sources.list", "-o", "Dir::Etc::sourceparts=-", "-o", "APT::Update::Error-Mode=any",
		}
		out, err := exec.CommandContext(t.Context(), "apt-get", append(all, args...)...).CombinedOutput()
		return string(out), err
	}
	if out, err := apt("update"); err != nil {
		t.Fatalf("apt-get update: %v\n%s", err, out)
	}
	if out, err := apt("install", "--simulate", "loalang"); err != nil || !strings.Contains(out, "Inst loalang (0.1") {
		t.Errorf("apt-get install: %v\n%s", err, out)
	}
	raw := read(t, filepath.Join(dir, "Packages"))
	if err := os.WriteFile(filepath.Join(dir, "Packages"), []byte(strings.Replace(raw, "a trial", "another", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(own, "lists")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(own, "lists/partial"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := apt("update"); err == nil {
		t.Error("a list that was changed passes")
	}
}
