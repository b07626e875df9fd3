package health

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Loose is a disk on USB that holds something and of which nothing is mounted, as the kernel
// calls it, "sda" for one; empty: there is none, or nobody can tell. What is mounted is what
// this process sees, which is where it would write. A disk that swap or another device lies on
// is in use. Nothing is asked of the disks themselves, which may not answer.
func (p *Probe) Loose() string {
	raw, err := os.ReadFile(filepath.Join(p.Proc, "self/mountinfo"))
	if err != nil {
		return ""
	}
	var used []string // numbers of devices, and names of what is swapped to
	for row := range strings.Lines(string(raw)) {
		if columns := strings.Fields(row); len(columns) > 2 {
			used = append(used, columns[2])
		}
	}
	swaps, _ := os.ReadFile(filepath.Join(p.Proc, "swaps")) // a kernel without swap has none
	for row := range strings.Lines(string(swaps)) {
		if columns := strings.Fields(row); len(columns) > 0 {
			used = append(used, filepath.Base(columns[0]))
		}
	}
	for _, disk := range p.sys("block/*") {
		at, err := filepath.EvalSymlinks(disk)
		if err != nil || !strings.Contains(at, "/usb") {
			continue
		}
		if size, err := number(filepath.Join(at, "size")); err == nil && size > 0 && !inUse(at, used) { // a reader without a card has none
			return filepath.Base(disk)
		}
	}
	return ""
}

// OnUSB says whether a file system of a disk on USB is mounted on a folder, as this process sees
// it. The disk itself is not asked; to look at the folder waits for one that answers no more.
func (p *Probe) OnUSB(dir string) bool {
	var own, above unix.Stat_t
	if unix.Stat(dir, &own) != nil || unix.Stat(filepath.Dir(dir), &above) != nil || own.Dev == above.Dev {
		return false
	}
	at, err := filepath.EvalSymlinks(filepath.Join(p.Sys, "dev/block", fmt.Sprintf("%d:%d", unix.Major(own.Dev), unix.Minor(own.Dev))))
	return err == nil && strings.Contains(at, "/usb")
}

// inUse says whether a disk, or a partition of it, is among what is used, or holds another
// device.
func inUse(disk string, used []string) bool {
	parts, err := filepath.Glob(filepath.Join(disk, "*/partition"))
	if err != nil {
		return true
	}
	for _, file := range append(parts, filepath.Join(disk, "dev")) {
		dir := filepath.Dir(file)
		holders, err := os.ReadDir(filepath.Join(dir, "holders"))
		if err == nil && len(holders) > 0 || slices.Contains(used, line(filepath.Join(dir, "dev"))) || slices.Contains(used, filepath.Base(dir)) {
			return true
		}
	}
	return false
}
