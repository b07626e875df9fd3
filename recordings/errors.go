package recordings

import "errors"

var (
	// ErrNotFound says that the library has no such recording.
	ErrNotFound = errors.New("no such recording")
)
