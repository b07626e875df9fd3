package lab_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/lab"
	"loalang/lab/job"
)

// workshop is where everything is built once for all machines of a run.
var workshop string

func TestMain(m *testing.M) {
	hearAsArecord()
	dir, err := os.MkdirTemp("", "loalang-lab-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workshop = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// machines skips a test where no machine is wanted, or none is to be had: `make lab` sets
// everything up and says so.
func machines(t testing.TB, arch string) lab.Kernel {
	t.Helper()
	if os.Getenv("LOALANG_LAB") == "" {
		t.Skip("make lab runs this in a virtual machine")
	}
	k, err := lab.FindKernel(arch)
	if err == nil {
		err = lab.HasQEMU(arch)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// arches is how Go and the cross compilers call an architecture of Debian.
var arches = map[string]struct{ goarch, compiler, triplet string }{
	"amd64": {"amd64", "gcc", "x86_64-linux-gnu"},
	"arm64": {"arm64", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu"},
	"armhf": {"arm", "arm-linux-gnueabihf-gcc", "arm-linux-gnueabihf"},
}

// pure is the environment of a build without C.
func pure(arch string) []string {
	return append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arches[arch].goarch, "GOARM=7")
}

// product is the environment in which the program is built for an architecture.
func product(arch string) []string {
	if arch == "amd64" {
		return nil
	}
	a, root := arches[arch], filepath.Join(lab.Cache(), "sysroot-"+arch)
	libs := filepath.Join(root, "usr/lib", a.triplet)
	return []string{
		"CGO_ENABLED=1", "GOOS=linux", "GOARCH=" + a.goarch, "GOARM=7", "CC=" + a.compiler,
		"PKG_CONFIG_SYSROOT_DIR=" + root, "PKG_CONFIG_LIBDIR=" + filepath.Join(libs, "pkgconfig"),
		"CGO_CFLAGS=-O2 -I" + filepath.Join(root, "usr/include"),
		"CGO_LDFLAGS=-L" + libs + " -Wl,-rpath-link," + libs + " -Wl,-rpath-link," + filepath.Join(root, "lib", a.triplet),
	}
}

var built = map[string]string{}

// once builds something under a name, the first time that it is asked for. The tests of
// this package run one behind the other.
func once(t testing.TB, name string, build func(file string)) string {
	t.Helper()
	if built[name] == "" {
		file := filepath.Join(workshop, name)
		build(file)
		built[name] = file
	}
	return built[name]
}

func goBuild(t testing.TB, env []string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = "..", env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// program is a test binary of a package, or with an empty one the first process.
func program(t testing.TB, arch, pkg string) string {
	t.Helper()
	if pkg == "" {
		return once(t, "init-"+arch, func(file string) { goBuild(t, pure(arch), "build", "-o", file, "./lab/init") })
	}
	return once(t, strings.ReplaceAll(pkg, "/", "-")+"-"+arch+".test", func(file string) {
		goBuild(t, pure(arch), "test", "-c", "-o", file, "./"+pkg)
	})
}

// loalang is the product.
func loalang(t testing.TB, arch string) string {
	t.Helper()
	return once(t, "loalang-"+arch, func(file string) {
		env := append(os.Environ(), product(arch)...)
		goBuild(t, env, "build", "-ldflags=-s -w", "-o", file, "./cmd/loalang")
	})
}

// contents are what a root holds beside the product.
type contents struct {
	packages []string // whose tests run inside
	arch     []string // for which the product and the tests are built; none: that of the machine
	sound    bool     // ALSA's programs
	speech   bool     // ffmpeg and espeak-ng
	fsck     bool     // e2fsck, with which the disk of the data is checked before it is mounted
	data     string   // a data folder and its token, to be found under /prepared
}

// root makes the root file system of a machine.
func root(t testing.TB, name, arch string, c contents) string {
	t.Helper()
	return once(t, name+".ext4", func(file string) {
		dir := filepath.Join(workshop, name)
		im, err := lab.NewImage(dir)
		check(t, err)
		put := func(from, to string) { check(t, im.Program(from, to)) }
		if arch != "amd64" {
			put(filepath.Join(lab.Cache(), "sysroot-"+arch, "bin/busybox"), "/usr/bin/busybox")
			c.arch = append([]string{arch}, c.arch...)
		} else {
			put("/bin/busybox", "/usr/bin/busybox")
		}
		if len(c.arch) == 0 {
			c.arch = []string{"amd64"}
		}
		for i, a := range c.arch {
			tail := ""
			if im.Sysroot = ""; a != "amd64" {
				im.Sysroot = filepath.Join(lab.Cache(), "sysroot-"+a)
			}
			if i > 0 {
				tail = "-" + a
			}
			put(loalang(t, a), "/usr/bin/loalang"+tail)
			for _, pkg := range c.packages {
				put(program(t, a, pkg), "/usr/bin/"+filepath.Base(pkg)+".test"+tail)
			}
		}
		check(t, os.Symlink("busybox", filepath.Join(dir, "usr/bin/sh"))) // for the scripts that tests write
		if c.sound || c.speech {
			for _, p := range []string{"aplay", "arecord", "amixer"} {
				put("/usr/bin/"+p, "/usr/bin/"+p)
			}
		}
		check(t, im.Copy("/usr/share/alsa", "/usr/share/alsa"))
		check(t, im.Copy("/usr/share/zoneinfo/Asia", "/usr/share/zoneinfo/Asia"))
		if c.fsck {
			put("/usr/sbin/e2fsck", "/usr/sbin/e2fsck")
		}
		size := "192M"
		if c.speech {
			speech(t, im)
			size = "768M"
		}
		if c.data != "" {
			check(t, im.Copy(c.data, "/prepared"))
		}
		check(t, im.Disk(t.Context(), file, size, "-O", "^has_journal"))
		check(t, os.RemoveAll(dir))
	})
}

// speech puts the programs into an image by which sound is made and taken in.
func speech(t testing.TB, im *lab.Image) {
	t.Helper()
	for name, from := range map[string]string{"ffmpeg": "ffmpeg", "ffprobe": "ffmpeg", "espeak-ng": "espeak-ng", "bwrap": "bubblewrap", "prlimit": "util-linux"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatalf("no %s on this machine: apt-get install %s", name, from)
		}
		check(t, im.Program(path, "/usr/bin/"+name))
	}
	found, err := filepath.Glob("/usr/lib/*/espeak-ng-data")
	check(t, err)
	for _, dir := range found {
		check(t, im.Copy(dir, dir))
	}
}

// stalls is how often a machine that stands still is started anew: it proves nothing then,
// neither good nor bad.
const stalls = 2

// suite runs the tests of packages in a machine until it is off, shows what they told,
// and fails with them. Patience is for one start of the machine.
func suite(t *testing.T, m *lab.Machine, patience time.Duration, steps ...job.Step) {
	t.Helper()
	m.Dir, m.Job.Steps = t.TempDir(), steps
	for left := stalls; ; left-- {
		err := through(t, m, patience)
		if err == nil {
			break
		}
		if left == 0 || !errors.Is(err, lab.ErrStalled) {
			t.Fatal(err)
		}
		t.Logf("%v: it is started anew", err)
	}
	judge(t, m, steps)
}

// through runs a machine until it is off, and shows what it told.
func through(t *testing.T, m *lab.Machine, patience time.Duration) error {
	t.Helper()
	ctx, end := context.WithTimeout(t.Context(), patience)
	defer end()
	began := time.Now()
	if _, err := m.Boot(ctx); err != nil {
		return err
	}
	defer m.Kill()
	err := m.Wait(ctx)
	t.Logf("%s in the machine:\n%s", time.Since(began).Round(100*time.Millisecond), m.Told())
	return err
}

// judge fails for each step that did not end well, or of which a test was left out: what the
// machine is for it has.
func judge(t *testing.T, m *lab.Machine, steps []job.Step) {
	t.Helper()
	for _, fault := range faults(m.Told(), steps) {
		t.Error(fault)
	}
}

// faults are what is wrong with what a machine told of its steps.
func faults(told string, steps []job.Step) (all []string) {
	told = "\n" + told + "\n"
	for _, s := range steps {
		_, after, ran := strings.Cut(told, "\n"+job.Run+s.Name+"\n")
		own, rest, ended := strings.Cut(after, "\n"+job.Ended+s.Name+" ")
		own = "\n" + own + "\n"
		switch code, _, _ := strings.Cut(rest, "\n"); {
		case !ran || !ended || code != "0":
			all = append(all, s.Name+" did not end well")
		case !strings.HasPrefix(filepath.Base(s.Args[0]), "loalang") && !strings.Contains(own, "\n--- PASS"):
			all = append(all, s.Name+" tested nothing")
		}
		for line := range strings.Lines(own) {
			if strings.HasPrefix(strings.TrimSpace(line), "--- SKIP") {
				all = append(all, s.Name+" left out "+strings.TrimSpace(line))
			}
		}
	}
	if strings.Contains(told, "\n"+job.Wrong) {
		all = append(all, "the machine was not what it should be: "+job.Wrong)
	}
	return all
}

// A step that tested nothing was once taken for one that did, as another had passed, and
// a test that a machine skips for one that it passed.
func TestEachStepIsJudgedByItself(t *testing.T) {
	steps := []job.Step{tests("relay", "inside.test", "."), tests("clock", "inside.test-armhf", ".")}
	const good = "LAB run relay\n--- PASS: TestRelay (1 s)\nPASS\nLAB ended relay 0\n"
	for name, c := range map[string]struct {
		told string
		want []string
	}{
		"BothPassed":    {good + "LAB run clock\n--- PASS: TestClock (1 s)\nPASS\nLAB ended clock 0", nil},
		"NothingTested": {good + "LAB run clock\ntesting: warning: no tests to run\nPASS\nLAB ended clock 0", []string{"clock tested nothing"}},
		"Skipped":       {good + "LAB run clock\n--- PASS: TestA (0 s)\n    --- SKIP: TestB/C (0 s)\nPASS\nLAB ended clock 0", []string{"clock left out --- SKIP: TestB/C (0 s)"}},
		"Failed":        {good + "LAB run clock\n--- PASS: TestA (0 s)\nLAB ended clock 1", []string{"clock did not end well"}},
		"PowerLost":     {good + "LAB run clock\n--- PASS: TestA (0 s)", []string{"clock did not end well"}},
		"NeverBegan":    {good, []string{"clock did not end well"}},
		"NoModule":      {"LAB wrong: load a module\n" + good + "LAB run clock\n--- PASS: TestA\nLAB ended clock 0", []string{"the machine was not what it should be: LAB wrong: "}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faults(c.told, steps); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// tests is a step that runs tests of a package.
func tests(name, binary, pattern string, env ...string) job.Step {
	return job.Step{Name: name, Args: []string{"/usr/bin/" + binary, "-test.v", "-test.timeout=10m", "-test.run=" + pattern}, Env: env}
}

// pinsAndDogs are the modules of a board without sound.
var pinsAndDogs = []string{"configfs", "gpio-sim", "softdog", "i6300esb"}

// shortFuse lets softdog bite soon.
var shortFuse = map[string]string{"softdog": "soft_margin=10"}

func machine(t testing.TB, k lab.Kernel, root string, modules ...string) *lab.Machine {
	t.Helper()
	return &lab.Machine{Kernel: k, Init: program(t, k.Arch, ""), Root: root, Modules: modules, ModArgs: shortFuse}
}
