package main

import (
	"errors"
	"syscall"

	"loalang/store"
)

// errUnread says that what was written came back otherwise.
var errUnread = errors.New("cannot be read back: use another stick")

// backupFault is the code of why a backup failed; web has words for each.
func backupFault(err error) string {
	switch {
	case errors.Is(err, errHangs):
		return "hangs"
	case errors.Is(err, store.ErrCorrupt):
		return "damaged"
	case errors.Is(err, syscall.ENOSPC):
		return "no-room"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return "read-only"
	case errors.Is(err, errUnread), errors.Is(err, syscall.EIO), errors.Is(err, syscall.EUCLEAN):
		return "unreadable"
	case isGone(err):
		return "gone"
	}
	return "failed"
}
