package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"loalang/archive"
)

// leftoverAge is how old what an interrupted run left must be until it goes: what is younger
// may still be on its way.
const leftoverAge = 24 * time.Hour

// What an interrupted run leaves, by name. Anything else is somebody's.
var (
	// leftCopy is a copy of the database on its way into a backup.
	leftCopy = regexp.MustCompile(`^\.loalang-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.db(-journal|-wal|-shm)?$`)
	// leftBackup is half a backup, or half a copy of the database from before an update.
	leftBackup = regexp.MustCompile(`^(loalang-.+-[0-9]{8}-[0-9]{6}Z(` + byHandEnding + `)?\.loalang\.tar|before-update-[0-9]+\.db)\.part$`)
	// leftUpdate and leftTrial are copies on which an update was being tried: of the database
	// beside it, and of that from before the update among the backups.
	leftUpdate = regexp.MustCompile(`^loalang\.db\.update(\.part|\.trial(\.part|-journal|-wal|-shm)?)?$`)
	leftTrial  = regexp.MustCompile(`^before-update-[0-9]+\.db\.trial(\.part|-journal|-wal|-shm)?$`)
	// leftSound is half a file of the sound beside backups.
	leftSound = regexp.MustCompile(`^[0-9a-f]{64}\.part$`)
	// leftWork is half a memory of the clock, or the village on its way into a bundle.
	leftWork = regexp.MustCompile(`^\.(bundle|clock)-[0-9]+$`)
	// leftFetched is a bundle that was copied, looked at and not taken in, or half of one: until
	// it is old, taking it in goes on behind it. leftOpened is the folder in which one was opened.
	leftFetched = regexp.MustCompile(`^[0-9a-f]{32}\.tar$`)
	leftOpened  = regexp.MustCompile(`^` + openedName + `$`)
	// leftNote is half a note of this program.
	leftNote = regexp.MustCompile(`^(backup\.json|night\.json|checked|checked\.json|unproven\.json)\.part$`)
	// leftFound is a folder into which files were taken out of backups.
	leftFound = regexp.MustCompile(`^` + foundHead + `[0-9]+$`)
)

// clearHome removes what interrupted backups, bundles and looks through the data left in the data
// folder, where it is older than leftoverAge at now. What it does not know stays, and so
// does what cannot be removed: the next night tries again. It returns how many there were.
func clearHome(f folder, now time.Time) (removed int) {
	removed += clearIn(string(f), now, leftCopy, leftUpdate, leftNote, leftWork) + clearIn(f.recordings(), now, leftNote) + clearBeside(f.backups(), now)
	return removed + clearIn(f.fetched(), now, leftFetched) + clearFolders(f.recordings(), now, leftFound) + clearFolders(f.fetched(), now, leftOpened)
}

// clearBeside does the same in a folder of backups, that of a stick for one.
func clearBeside(dir string, now time.Time) (removed int) {
	mirror := archive.Mirror{Dir: filepath.Join(dir, mirrorName)}
	removed = clearIn(dir, now, leftCopy, leftBackup, leftTrial) + clearIn(mirror.Dir, now, leftNote)
	parts, _ := os.ReadDir(mirror.Dir) // none: nothing to clear
	for _, part := range parts {
		if part.IsDir() && len(part.Name()) == 2 {
			removed += clearIn(filepath.Join(mirror.Dir, part.Name()), now, leftSound)
		}
	}
	return removed
}

// clearIn removes the old files of a folder that have such a name.
func clearIn(dir string, now time.Time, names ...*regexp.Regexp) (removed int) {
	all, _ := os.ReadDir(dir) // no folder: nothing to clear
	for _, e := range all {
		for _, name := range names {
			if e.Type().IsRegular() && name.MatchString(e.Name()) && isOld(e, now) && os.Remove(filepath.Join(dir, e.Name())) == nil {
				removed++
			}
		}
	}
	return removed
}

// clearFolders removes the old folders within a folder that have such a name, with all in them.
func clearFolders(dir string, now time.Time, name *regexp.Regexp) (removed int) {
	all, _ := os.ReadDir(dir) // no folder: nothing to clear
	for _, e := range all {
		if e.IsDir() && name.MatchString(e.Name()) && isOld(e, now) && os.RemoveAll(filepath.Join(dir, e.Name())) == nil {
			removed++
		}
	}
	return removed
}

func isOld(e fs.DirEntry, now time.Time) bool {
	info, err := e.Info()
	return err == nil && now.Sub(info.ModTime()) > leftoverAge
}
