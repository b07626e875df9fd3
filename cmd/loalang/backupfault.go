package main

import (
	"errors"
	"syscall"

	"loalang/store"
)

// backupFault is the code of why a backup failed; web has words for each.
func backupFault(err error) string {
	switch {
	case errors.Is(err, store.ErrCorrupt):
		return "damaged"
	case errors.Is(err, syscall.ENOSPC):
		return "no-room"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return "read-only"
	}
	return "failed"
}
