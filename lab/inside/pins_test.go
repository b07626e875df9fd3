package inside_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// pins is a chip of the kernel's own simulation, gpio-sim, whose line 17 is GPIO17.
type pins struct {
	t           testing.TB
	chip, sysfs string
}

// simulate makes a chip whose resistor on line 17 pulls up or down.
func simulate(t testing.TB, pull string) pins {
	t.Helper()
	base := "/sys/kernel/config/gpio-sim/lab"
	bank := filepath.Join(base, "bank0")
	check(t, os.MkdirAll(filepath.Join(bank, "line17"), 0o755))
	put := func(name, what string) { check(t, os.WriteFile(filepath.Join(base, name), []byte(what), 0o600)) }
	put("bank0/num_lines", "32")
	put("bank0/line17/name", "GPIO17")
	put("live", "1")
	t.Cleanup(func() {
		put("live", "0")
		for _, dir := range []string{filepath.Join(bank, "line17"), bank, base} {
			check(t, unix.Rmdir(dir))
		}
	})
	chip := read(t, filepath.Join(bank, "chip_name"))
	p := pins{t, chip, filepath.Join("/sys/devices/platform", read(t, filepath.Join(base, "dev_name")), chip)}
	check(t, os.WriteFile(filepath.Join(p.sysfs, "sim_gpio17", "pull"), []byte(pull), 0o600))
	return p
}

// level is that of the pin, as a relay sees it.
func (p pins) level() string { return read(p.t, filepath.Join(p.sysfs, "sim_gpio17", "value")) }

const tracing = "/sys/kernel/tracing"

// record lets the kernel write down from here on what is done to pins.
func record(t testing.TB) {
	t.Helper()
	check(t, os.WriteFile(filepath.Join(tracing, "trace"), nil, 0o600))
	check(t, os.WriteFile(filepath.Join(tracing, "events/gpio/enable"), []byte("1"), 0o600))
	t.Cleanup(func() { check(t, os.WriteFile(filepath.Join(tracing, "events/gpio/enable"), []byte("0"), 0o600)) })
}

// events are what the kernel wrote down: "set 1" for each level that a program drove,
// "out" and "in" for each direction, in their order.
func events(t testing.TB) (all []string) {
	t.Helper()
	for line := range strings.Lines(read(t, filepath.Join(tracing, "trace"))) {
		if _, what, found := strings.Cut(line, "gpio_value: "); found {
			if fields := strings.Fields(what); fields[1] == "set" {
				all = append(all, "set "+fields[2])
			}
		}
		if _, what, found := strings.Cut(line, "gpio_direction: "); found {
			all = append(all, strings.Fields(what)[1])
		}
	}
	return all
}

// turns is how often a relay would have switched on: the levels that were driven, each
// stretch of the same one counted once.
func turns(all []string, on string) (n int) {
	last := ""
	for _, e := range all {
		level, driven := strings.CutPrefix(e, "set ")
		if driven && level != last {
			if last = level; level == on {
				n++
			}
		}
	}
	return n
}
