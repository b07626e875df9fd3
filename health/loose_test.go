package health_test

import (
	"os"
	"path/filepath"
	"testing"
)

// A stick that is plugged in and not mounted takes no backup, and nothing said so.
func TestProbeFindsAStickThatIsNotMounted(t *testing.T) {
	const root = "22 1 179:2 / / rw,relatime shared:1 - ext4 /dev/mmcblk0p2 rw\n"
	const stick = "sys/devices/platform/usb/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda/"
	cases := map[string]struct {
		change func(m machine)
		want   string
	}{
		"OK": {func(m machine) {
			m.write("proc/self/mountinfo", root+"40 22 8:1 / /media/loalang-sda1 rw - vfat /dev/sda1 rw\n")
		}, ""},
		"Unmounted": {func(machine) {}, "sda"},
		"Whole": {func(m machine) {
			m.write("proc/self/mountinfo", root+"40 22 8:0 / /media/loalang-sda rw - vfat /dev/sda rw\n")
		}, ""},
		"NoMedium": {func(m machine) { m.write(stick+"size", "0\n") }, ""},
		"Swap": {func(m machine) {
			m.write("proc/swaps", "Filename Type Size Used Priority\n/dev/sda1 partition 1 0 -2\n")
		}, ""},
		"Held": {func(m machine) { m.write(stick+"sda1/holders/dm-0/dev", "253:0\n") }, ""},
		"NoMounts": {func(m machine) {
			if err := os.Remove(filepath.Join(m.dir, "proc/self/mountinfo")); err != nil {
				m.t.Fatal(err)
			}
		}, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, p := newMachine(t)
			m.write("proc/self/mountinfo", root)
			for file, text := range map[string]string{"size": "61440000", "dev": "8:0", "sda1/partition": "1", "sda1/dev": "8:1"} {
				m.write(stick+file, text+"\n")
			}
			m.write("sys/devices/platform/mmc/block/mmcblk1/size", "61440000\n")
			m.write("sys/block/README", "")
			for name, at := range map[string]string{"sda": stick, "mmcblk1": "sys/devices/platform/mmc/block/mmcblk1"} {
				if err := os.Symlink(filepath.Join(m.dir, at), filepath.Join(m.dir, "sys/block", name)); err != nil {
					t.Fatal(err)
				}
			}
			c.change(m)
			if got := p.Loose(); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}
