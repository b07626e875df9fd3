package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoLab means that this machine has not what the lab needs; the sentence says what to
// do.
var ErrNoLab = errors.New("the lab is not set up")

// Kernel is one of Debian's, unpacked by lab/setup.sh, with gpio-sim beside it.
type Kernel struct {
	Arch    string // of Debian: amd64, arm64
	Image   string
	modules string            // folder of modules.dep
	needs   map[string]string // by name without .ko: its line of modules.dep
	gpioSim string
}

// Cache is the folder that lab/setup.sh fills.
func Cache() string {
	if dir := os.Getenv("LOALANG_LAB_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "loalang-lab")
	}
	return filepath.Join(dir, "loalang-lab")
}

// FindKernel finds the kernel for an architecture of Debian. The error wraps ErrNoLab
// when it is not there.
func FindKernel(arch string) (Kernel, error) {
	dir := filepath.Join(Cache(), arch)
	k := Kernel{Arch: arch, Image: filepath.Join(dir, "vmlinuz"), gpioSim: filepath.Join(dir, "gpio-sim.ko"), needs: map[string]string{}}
	found, err := filepath.Glob(filepath.Join(dir, "lib/modules/*/modules.dep"))
	if _, stamped := os.Stat(filepath.Join(dir, "stamp")); err != nil || stamped != nil || len(found) != 1 {
		return k, fmt.Errorf("%w: no kernel for %s in %s: run make lab-setup", ErrNoLab, arch, dir)
	}
	k.modules = filepath.Dir(found[0])
	raw, err := os.ReadFile(found[0])
	if err != nil {
		return k, fmt.Errorf("read what modules need: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		file, _, _ := strings.Cut(line, ":")
		name := strings.TrimSuffix(filepath.Base(file), ".ko")
		k.needs[strings.ReplaceAll(name, "-", "_")] = strings.TrimSpace(line)
	}
	return k, nil
}

// Files are the files of modules and of those that they need, in the order in which they
// are loaded. A module that is built into the kernel has none and is left out; gpio-sim
// is ours.
func (k Kernel) Files(names ...string) (files []string, err error) {
	seen := map[string]bool{}
	add := func(file string) {
		if !seen[file] {
			seen[file] = true
			files = append(files, filepath.Join(k.modules, file))
		}
	}
	for _, name := range names {
		if name == "gpio-sim" {
			files = append(files, k.gpioSim)
			continue
		}
		line, there := k.needs[strings.ReplaceAll(name, "-", "_")]
		if !there {
			if k.builtIn(name) {
				continue
			}
			return nil, fmt.Errorf("this kernel has no module %s", name)
		}
		file, needs, _ := strings.Cut(line, ":")
		fields := strings.Fields(needs)
		for i := len(fields) - 1; i >= 0; i-- { // the last is needed by those before
			add(fields[i])
		}
		add(file)
	}
	return files, nil
}

func (k Kernel) builtIn(name string) bool {
	raw, err := os.ReadFile(filepath.Join(k.modules, "modules.builtin"))
	return err == nil && (strings.Contains(string(raw), "/"+name+".ko") || strings.Contains(string(raw), "/"+strings.ReplaceAll(name, "_", "-")+".ko"))
}
