package main

import (
	"bytes"
	"compress/gzip"
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/goreleaser/nfpm/v2/files"
)

// archOf is how Debian calls this machine; others are not tested here.
func archOf(t *testing.T) string {
	t.Helper()
	arch := map[string]string{"amd64": "amd64", "arm64": "arm64", "arm": "armhf"}[runtime.GOARCH]
	if arch == "" {
		t.Skipf("no packages are made for %s", runtime.GOARCH)
	}
	return arch
}

// trial packs this test itself, which notes what it is made of as every program of Go does.
func trial(t *testing.T) order {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return order{arch: archOf(t), version: "1.2~rc1+x", made: time.Unix(1700000000, 0).UTC(), program: self, source: "..", docs: "../../docs", out: t.TempDir(), fast: true}
}

// The same input gives the same bytes, whatever the clock and the folder are.
func TestTwice(t *testing.T) {
	one, two := trial(t), trial(t)
	a, err := one.run()
	if err != nil {
		t.Fatal(err)
	}
	if a != filepath.Join(one.out, "loalang_1.2~rc1+x_"+one.arch+".deb") {
		t.Errorf("the package is %s", a)
	}
	time.Sleep(1100 * time.Millisecond) // the clock of files and of ar has seconds
	b, err := two.run()
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]string{{a, b}, {strings.TrimSuffix(a, ".deb") + ".cdx.json", strings.TrimSuffix(b, ".deb") + ".cdx.json"}} {
		x, errX := os.ReadFile(pair[0])
		y, errY := os.ReadFile(pair[1])
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Errorf("%s is another one the second time: %v %v", filepath.Base(pair[0]), errX, errY)
		}
	}
}

// What dpkg reads of it is what was meant.
func TestPackageSays(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("no dpkg-deb on this machine: apt-get install dpkg")
	}
	o := trial(t)
	deb, err := o.run()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "dpkg-deb", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("dpkg-deb %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	for field, want := range map[string]string{"Package": "loalang", "Version": o.version, "Architecture": o.arch} {
		if got := strings.TrimSpace(run("-f", deb, field)); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if needs := run("-f", deb, "Depends"); !regexp.MustCompile(`\bgpgv\b`).MatchString(needs) { // Debian 13 has none by itself
		t.Errorf("loalang-update checks signatures by gpgv, and the package depends on %s", needs)
	}
	list := run("-c", deb)
	for _, want := range []string{
		"-rwxr-xr-x root/root", "./usr/lib/loalang/1.2~rc1+x/loalang", "./usr/bin/loalang -> ../lib/loalang/1.2~rc1+x/loalang", "./etc/loalang/loalang.env",
		"./usr/lib/systemd/system/loalang.service", "./usr/lib/systemd/system/loalang-import@.service", "./usr/share/doc/loalang/loalang.cdx.json",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the package has no %s:\n%s", want, list)
		}
	}
	control := t.TempDir()
	run("-e", deb, control)
	for _, name := range []string{"preinst", "postinst", "prerm", "postrm"} {
		text, err := os.ReadFile(filepath.Join(control, name))
		if err != nil || strings.Contains(string(text), "@VERSION@") || strings.Contains(string(text), "@ARCH@") {
			t.Errorf("%s: %v: a blank is left", name, err)
		}
	}
	if conf, err := os.ReadFile(filepath.Join(control, "conffiles")); err != nil || strings.TrimSpace(string(conf)) != "/etc/loalang/loalang.env" {
		t.Errorf("conffiles: %q, %v", conf, err)
	}
}

// BUTTON.md was not there, and no decision: links of the guides led nowhere on a board.
func TestGuidesLinkToWhatIsPacked(t *testing.T) {
	o := trial(t)
	o.work = t.TempDir()
	contents, err := o.contents(o.program)
	if err != nil {
		t.Fatal(err)
	}
	packed := map[string]bool{}
	for _, c := range contents {
		packed[c.Destination] = true
	}
	links, seen := regexp.MustCompile(`\]\(([^()\s]+)\)`), 0
	for _, g := range guides {
		text, err := os.ReadFile(filepath.Join(o.docs, g))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range links.FindAllStringSubmatch(string(text), -1) {
			to, _, _ := strings.Cut(link[1], "#")
			if to == "" || strings.Contains(to, "://") {
				continue
			}
			seen++
			if at := path.Join("/usr/share/doc/loalang", path.Dir(g), to); !packed[at] {
				t.Errorf("%s links to %s, and the package has no %s", g, to, at)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d links seen: this test tests nothing", seen)
	}
}

func TestBillNamesEveryPart(t *testing.T) {
	o := trial(t)
	deb, err := o.run()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(strings.TrimSuffix(deb, ".deb") + ".cdx.json")
	if err != nil {
		t.Fatal(err)
	}
	var bill cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(raw), cdx.BOMFileFormatJSON).Decode(&bill); err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(raw, &plain); err != nil || plain["specVersion"] != "1.6" {
		t.Errorf("version of the list: %v, %v", plain["specVersion"], err)
	}
	seen := map[string]string{}
	for _, c := range *bill.Components {
		seen[c.Name] = c.Version
	}
	if seen["github.com/goreleaser/nfpm/v2"] != "v2.48.0" || seen["std"] != runtime.Version() {
		t.Errorf("the parts are %v", seen)
	}
}

// TestBillNamesALicenceOfEveryPart: who asked under what the parts may be passed on had to read through
// the licences of all of them, and SQLite, which is a part of a part and in C, was in no list.
func TestBillNamesALicenceOfEveryPart(t *testing.T) {
	info, err := buildinfo.ReadFile(trial(t).program)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := partsOf(info)
	if err != nil || len(parts) <= len(info.Deps) {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	says := map[string]string{}
	for _, p := range parts {
		for _, l := range *p.Licenses { // not nil of any
			if says[p.Name] = l.Expression; l.License != nil {
				says[p.Name] = l.License.ID
			}
		}
	}
	for name, want := range map[string]string{
		"std": "BSD-3-Clause", "github.com/goreleaser/nfpm/v2": "MIT", "github.com/google/uuid": "BSD-3-Clause",
		"github.com/klauspost/compress": "Apache-2.0 AND BSD-3-Clause AND MIT",
	} {
		if says[name] != want {
			t.Errorf("%s has %q, want %q", name, says[name], want)
		}
	}
	for name, is := range says {
		if is == "" {
			t.Errorf("%s has none", name)
		}
	}
}

func TestLicencesAreThoseOfTheTexts(t *testing.T) {
	if _, err := licencesIn(t.TempDir()); err == nil || !strings.Contains(err.Error(), "has none") {
		t.Errorf("an empty folder: %v", err)
	}
	dir := t.TempDir()
	keep := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	keep("LICENSE", "All rights are reserved; ask us. https://opensource.org/licenses/MIT")
	if names, err := licencesIn(dir); err == nil {
		t.Errorf("what nobody knows is %q", names)
	}
	isc := "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.\n" +
		"THE SOFTWARE IS PROVIDED \"AS IS\" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.\n"
	keep("LICENSE", isc)
	keep("PATENTS", "as they come")
	if names, err := licencesIn(dir); err != nil || !slices.Equal(names, []string{"ISC"}) {
		t.Errorf("%q, %v", names, err)
	}
	// One of a part was read as GPL-2.0, under which the package could not be passed on as it is.
	keep("COPYING", "/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */\n\nGNU GENERAL PUBLIC LICENSE Version 2, June 1991\n")
	names, err := licencesIn(dir)
	if got := *licensed(names); err != nil || got[0].Expression != "(BSD-3-Clause OR GPL-2.0-only) AND ISC" {
		t.Errorf("%+v, %v", got, err)
	}
	if got := *licensed(names[:1]); got[0].Expression != "BSD-3-Clause OR GPL-2.0-only" {
		t.Errorf("%+v", got)
	}
	if c, err := sqliteIn(dir); c != nil || err != nil {
		t.Errorf("a SQLite that is not there: %v, %v", c, err)
	}
	keep("sqlite3-binding.h", "#define SQLITE_VERSION        \"3.54.1\"\n#define SQLITE_VERSION_NUMBER 3054001\n")
	if c, err := sqliteIn(dir); err != nil || c.Version != "3.54.1" || (*c.Licenses)[0].License.ID != "blessing" {
		t.Errorf("SQLite: %v, %v", c, err)
	}
	keep("sqlite3-binding.h", "")
	if _, err := sqliteIn(dir); err == nil {
		t.Error("nobody knows which SQLite that is")
	}
}

// TestLicencesGoAlong: the parts that are linked into the program may be passed on only with their
// licences, and the package had none of them.
func TestLicencesGoAlong(t *testing.T) {
	o := trial(t)
	o.work = t.TempDir()
	file, err := o.notices()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, want := range []string{"\nstd@" + runtime.Version() + "\n", "\ngithub.com/goreleaser/nfpm/v2@v2.48.0\n", "\ngithub.com/ProtonMail/go-crypto@v1.5.2\n", "The MIT License", "Redistributions in binary form"} {
		if !strings.Contains(text, want) {
			t.Errorf("it has no %q", want)
		}
	}
	const ofGo = "Copyright 2009 The Go Authors"
	if parts, texts := strings.Count(text, "\ngolang.org/x/"), strings.Count(text, ofGo); parts < 3 || texts > 2 {
		t.Errorf("%d parts of Go's own authors, whose licence is there %d times", parts, texts)
	}
	contents, err := o.contents(o.program)
	if err != nil || !slices.ContainsFunc(contents, func(c *files.Content) bool { return c.Destination == "/usr/share/doc/loalang/notices.gz" }) {
		t.Errorf("it is not in the package: %v", err)
	}
}

// TestTheCLibraryIsNewEnough: a package that was made on a newer Debian promised to run with the
// C library of Debian 12, was installed there, and did not start.
func TestTheCLibraryIsNewEnough(t *testing.T) {
	of := func(versions ...string) (all []elf.ImportedSymbol) {
		for _, v := range versions {
			all = append(all, elf.ImportedSymbol{Version: v})
		}
		return all
	}
	for name, c := range map[string]struct {
		symbols []elf.ImportedSymbol
		want    string
	}{
		"OK":     {of("GLIBC_2.2.5", "GLIBC_2.34", "", "ALSA_0.9"), "2.36"},
		"Newer":  {of("GLIBC_2.38", "GLIBC_2.4"), "2.38"},
		"Oddity": {of("GLIBC_PRIVATE", "GCC_3.0"), "2.36"},
	} {
		if got := glibcOf(c.symbols); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if symbols, err := f.ImportedSymbols(); err == nil && len(symbols) > 0 && !slices.ContainsFunc(symbols, func(s elf.ImportedSymbol) bool { return strings.HasPrefix(s.Version, "GLIBC_2.") }) {
		t.Error("symbols have no versions any more: this looks at nothing")
	}
}

// What has no licence is not passed on.
func TestWithoutALicence(t *testing.T) {
	dir := t.TempDir()
	if _, err := noticesIn(dir); err == nil || !strings.Contains(err.Error(), "has none") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "NOTICE"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := noticesIn(dir); err == nil {
		t.Error("a notice is no licence")
	}
	if err := os.WriteFile(filepath.Join(dir, "Licence.md"), []byte("y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := noticesIn(dir); err != nil || !slices.Equal(all, []string{"y", "x"}) {
		t.Errorf("%q, %v", all, err)
	}
	if _, err := noticesIn(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("no folder")
	}
	if got := escaped("github.com/AlekSi/pointer@v1.2.0"); got != "github.com/!alek!si/pointer@v1.2.0" {
		t.Errorf("its folder is %s", got)
	}
}

func TestRefusals(t *testing.T) {
	other := "arm64"
	if archOf(t) == other {
		other = "amd64"
	}
	for _, c := range []struct {
		name, says string
		edit       func(*order)
	}{
		{"a version that Debian cannot order", "no version of Debian", func(o *order) { o.version = "v1.0" }},
		{"no time", "Unix time", func(o *order) { o.made = time.Unix(0, 0) }},
		{"an architecture that is none", "use amd64, arm64 or armhf", func(o *order) { o.arch = "mips" }},
		{"a program of another architecture", "the program is for", func(o *order) { o.arch = other }},
		{"no program", "read the program", func(o *order) { o.program = "nothing" }},
		{"no packaging", "no such file", func(o *order) { o.source = t.TempDir() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := trial(t)
			c.edit(&o)
			if file, err := o.run(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %v", file, err)
			}
			if left, _ := filepath.Glob(filepath.Join(o.out, "*.deb")); len(left) > 0 {
				t.Errorf("%q is left", left)
			}
		})
	}
}
