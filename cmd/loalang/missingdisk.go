package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"loalang/health"
)

// standIn are the settings of a board that must sound emergencies though the disk of its data
// is missing: where the data folder takes nothing, and no serve ever ran in it or there is no lock to hold,
// where nothing of it can be opened any more, or where fstab names a disk for it that is not mounted, and no serve ever ran
// beneath. Data is a folder in memory then, which outlives this process but not the machine's next start. No backup
// is made of it: it would push those of the real data off the stick, or be taken for one of them.
func (s settings) standIn(fstab string, log *slog.Logger) (settings, error) {
	dir := folder(s.Data)
	if !dir.staysGone() && (dir.inhabited() && exists(dir.lock()) || !dir.closed()) && (dir.inhabited() || !dir.unmounted(fstab)) {
		return s, nil
	}
	name, err := dir.stoodIn()
	if err == nil {
		err = ownFolder(name)
	}
	if err != nil {
		return s, fmt.Errorf("stand in for the data folder %s, which cannot be used: %w", s.Data, err)
	}
	log.Error("the disk of the data is missing: the board runs in memory, and nothing is kept", "data", s.Data, "memory", name)
	s.Data, s.Missing, s.Backup, s.BackupSticks = name, true, false, ""
	return s, nil
}

// unmounted says whether fstab names a disk for the folder that is not mounted.
func (f folder) unmounted(fstab string) bool {
	path, err := filepath.Abs(string(f))
	return err == nil && health.Unmounted(fstab, path)
}

// inUse are the settings of a command whose data folder is empty: where a serve runs in memory
// because the folder's disk is missing, Data is that folder in memory, and stands says so.
// Nothing of it goes to the sticks, where the backups of the real data lie.
func (s settings) inUse() (in settings, stands bool, err error) {
	name, err := folder(s.Data).stoodIn()
	if err != nil {
		return s, false, err
	}
	is, _, err := running(folder(name))
	if err != nil || !is {
		return s, false, err
	}
	if err := ownFolder(name); err != nil {
		return s, false, err
	}
	s.Data, s.Missing, s.Backup, s.BackupSticks = name, true, false, ""
	return s, true, nil
}

// How often a folder of which nothing can be opened is looked at, and how long lies between: a disk
// that is short of power for a moment gives back the next time what it holds.
const (
	goneLooks = 10
	goneAgain = 500 * time.Millisecond
)

// staysGone says whether a folder is gone, and stays so.
func (f folder) staysGone() bool {
	for range goneLooks {
		if !f.gone() {
			return false
		}
		time.Sleep(goneAgain)
	}
	return true
}

// gone says whether serve ran in a folder of which nothing can be opened: its disk was pulled out
// while it was mounted, and the kernel knows its names still; or the place of its lock on the card is ill, and
// no serve can hold it.
func (f folder) gone() bool {
	file, err := os.Open(f.lock())
	if err == nil {
		err = file.Close()
	}
	return health.IllDisk(err)
}

// closed says whether nothing new can be made in a folder because its disk takes no writes.
// It makes no folder: what is wrong about the settings may be told only later.
func (f folder) closed() bool {
	at := string(f)
	for {
		err := unix.Access(at, unix.W_OK)
		if errors.Is(err, fs.ErrNotExist) && at != filepath.Dir(at) {
			at = filepath.Dir(at)
			continue
		}
		if err != nil || at != string(f) {
			return takesNothing(err)
		}
		break
	}
	probe, err := os.CreateTemp(at, ".probe-*")
	if err != nil {
		return takesNothing(err)
	}
	_ = errors.Join(probe.Close(), os.Remove(probe.Name())) // nothing was written
	return false
}

// runningAnywhere is running, of a serve too that runs in memory because the folder's disk
// is missing.
func runningAnywhere(f folder) (is bool, address string, err error) {
	is, address, err = running(f)
	if is || err != nil && !health.IllDisk(err) {
		return is, address, err
	}
	name, err := f.stoodIn()
	if err != nil {
		return false, "", err
	}
	return running(folder(name))
}
