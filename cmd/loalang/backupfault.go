package main

import (
	"errors"
	"syscall"

	"loalang/health"
	"loalang/store"
)

// errUnread says that what was written came back otherwise.
var errUnread = errors.New("cannot be read back: use another stick")

// ofCard is an error of the board's own card: no stick is to blame.
type ofCard struct{ error }

// Unwrap gives what the card said.
func (o ofCard) Unwrap() error { return o.error }

// backupFault is the code of why a backup failed; web has words for each.
func backupFault(err error) string {
	var card ofCard
	switch {
	case errors.Is(err, errHangs):
		return "hangs"
	case errors.Is(err, store.ErrCorrupt):
		return "damaged"
	case errors.As(err, &card):
		return "card"
	case errors.Is(err, syscall.ENOSPC):
		return "no-room"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return "read-only"
	case errors.Is(err, errUnread), errors.Is(err, store.ErrCopyUnread), health.IllDisk(err):
		return "unreadable"
	case isGone(err):
		return "gone"
	}
	return "failed"
}
