package scheduler

import "errors"

// ErrRevision says that the record changed since it was read: read it again.
var ErrRevision = errors.New("record changed since it was read")
