package health

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// inMemory says whether a file system is gone with the power: an overlay writes into one
// that is, as far as a board has overlays.
func inMemory(st unix.Statfs_t) bool {
	switch uint32(st.Type) { // its size and sign are the machine's
	case unix.OVERLAYFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC:
		return true
	}
	return false
}

// unmounted says whether fstab names a folder that no disk is mounted on. The folder and the
// one above it are then on one device; a mount point that systemd made for the service does
// not count.
func (p *Probe) unmounted(dir string) bool {
	raw, err := os.ReadFile(p.Fstab)
	if err != nil {
		return false
	}
	dir = filepath.Clean(dir)
	for row := range strings.Lines(string(raw)) {
		columns := strings.Fields(row)
		if len(columns) < 4 || strings.HasPrefix(columns[0], "#") || filepath.Clean(columns[1]) != dir || strings.Contains(columns[3], "bind") {
			continue
		}
		var own, above unix.Stat_t
		return unix.Stat(dir, &own) == nil && unix.Stat(filepath.Dir(dir), &above) == nil && own.Dev == above.Dev
	}
	return false
}
