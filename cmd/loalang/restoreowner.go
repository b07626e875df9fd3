package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// ownerOf is who a file belongs to.
func ownerOf(path string) (uid, gid int, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, errors.ErrUnsupported
	}
	return int(stat.Uid), int(stat.Gid), nil
}

// ownedAlike says whether a file may be linked into the data folder: a link has its owner in
// common with the file.
func (r restoring) ownedAlike(path string) bool {
	uid, _, err := ownerOf(path)
	if err != nil {
		return false
	}
	own, _, err := ownerOf(r.data)
	return err == nil && uid == own
}

// handOverAll is handOver of what opening a database makes in a data folder, and a repair.
func (r restoring) handOverAll() error {
	made := []string{"serve.lock", "loalang.db", "loalang.db-wal", "loalang.db-shm", "loalang.db.lock", "reserve", "standby", "spool", "backups"}
	return r.handOver(slices.DeleteFunc(made, func(name string) bool { return !exists(filepath.Join(r.data, name)) })...)
}

// handOver gives what lies in the data folder under names to its owner, with all that they hold: a restore
// is often run as root, and what it makes is for the service. Anybody else can make only
// what is their own already. Links are not followed, and nothing outside the folder is
// reached by them.
func (r restoring) handOver(names ...string) (err error) {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := ownerOf(r.data)
	if err != nil {
		return fmt.Errorf("hand over what was restored: %w", err)
	}
	dir, err := os.OpenRoot(r.data)
	if err != nil {
		return fmt.Errorf("hand over what was restored: %w", reasonOf(err))
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	for _, name := range names {
		err := fs.WalkDir(dir.FS(), filepath.ToSlash(name), func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return dir.Lchown(path, uid, gid)
		})
		if err != nil {
			return fmt.Errorf("hand over what was restored: %w", err)
		}
	}
	return nil
}
