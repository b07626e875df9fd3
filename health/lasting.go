package health

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Fstab is the table of the file systems of this machine.
const Fstab = "/etc/fstab"

// inMemory says whether a file system is gone with the power: an overlay writes into one
// that is, as far as a board has overlays.
func inMemory(st unix.Statfs_t) bool {
	switch uint32(st.Type) { // its size and sign are the machine's
	case unix.OVERLAYFS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC:
		return true
	}
	return false
}

// Unmounted says whether a table of file systems, as fstab(5), names a folder that no disk is
// mounted on. The folder and the one above it are then on one device, or it is not there; a mount
// point that systemd made for the service does not count.
func Unmounted(fstab, dir string) bool {
	raw, err := os.ReadFile(fstab)
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
		if err := unix.Stat(dir, &own); err != nil {
			return errors.Is(err, unix.ENOENT)
		}
		return unix.Stat(filepath.Dir(dir), &above) == nil && own.Dev == above.Dev
	}
	return false
}

// InMemory says whether what is written into a folder is gone with the power.
func InMemory(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) == nil && inMemory(st)
}
