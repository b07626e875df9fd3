package upload

import (
	"errors"
	"fmt"
	"net/http"
)

// ErrMissing says that there is no such upload, or that it is somebody else's.
var ErrMissing = Fault{http.StatusNotFound, "upload-missing"}

// errHeld says that the one before holds an upload and does not let go of it.
var errHeld = Fault{http.StatusLocked, "upload-held"}

// errBroken says that a line broke. What had come is kept.
var errBroken = Fault{http.StatusBadRequest, "upload-broken"}

// errSuperseded ends the reading of a line in whose place another came: a phone that
// changed its cell comes again while its old line still seems to be there.
var errSuperseded = errors.New("another line goes on with this upload")

// Fault is an answer that refuses a request. Its codes are stable:
//
//	tus-version, tus-extension, upload-length, upload-metadata, upload-type,
//	upload-offset, upload-checksum, checksum-differs, upload-missing, upload-held,
//	upload-key, upload-too-large, upload-too-long, many-uploads, upload-disk-full,
//	upload-broken, upload-method
type Fault struct {
	Status int // of HTTP
	Code   string
}

// Error is the sentence for a log.
func (f Fault) Error() string { return fmt.Sprintf("upload refused: %s (%d)", f.Code, f.Status) }

// StatusChecksumDiffers is the protocol's own status for a piece whose checksum is
// another than was announced.
const StatusChecksumDiffers = 460
