package health_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"loalang/archive/disktest"
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

// What is mounted from a disk on USB is told from what lies on the board, and from a share of the
// network.
func TestProbeTellsAMountedStick(t *testing.T) {
	m, p := newMachine(t)
	stick, err := disktest.Tmpfs(t, "size=1m")
	if err != nil {
		t.Skipf("nothing may be mounted here: %v", err)
	}
	within := filepath.Join(stick, "loalang-backup")
	var st unix.Stat_t
	if err := errors.Join(os.Mkdir(within, 0o700), unix.Stat(stick, &st)); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(m.dir, "sys/dev/block", fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev)))
	if p.OnUSB(stick) {
		t.Error("nobody says what it lies on")
	}
	for at, want := range map[string]bool{"sys/devices/usb1/1-1/block/sda/sda1": true, "sys/devices/mmc0/block/mmcblk0/mmcblk0p3": false} {
		m.write(at+"/dev", "8:1\n")
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(link) // that of the one before
		if err := os.Symlink(filepath.Join(m.dir, at), link); err != nil {
			t.Fatal(err)
		}
		if got := p.OnUSB(stick); got != want {
			t.Errorf("on %s: %v", at, got)
		}
		if p.OnUSB(within) || p.OnUSB(filepath.Join(stick, "gone")) {
			t.Error("that is a folder of it, or nothing")
		}
	}
}
