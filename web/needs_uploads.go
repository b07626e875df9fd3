package web

import (
	"net/http"
	"os"

	"loalang/upload"
)

// Uploads receives files piece by piece, over lines that break. *upload.Shelf is one.
type Uploads interface {
	Serve(w http.ResponseWriter, r *http.Request, id string, who upload.Caller)
	// Find gives an upload of owner; upload.ErrMissing when there is none.
	Find(id, owner string) (upload.Upload, error)
}

// Landing gives the uploads that have come whole. *upload.Shelf is one.
type Landing interface {
	// Waiting lists those of which nothing has become, the oldest first.
	Waiting() []upload.Upload
	// Content opens a whole one.
	Content(id string) (*os.File, error)
	// Settle writes down what became of one, and lets go of its content.
	Settle(id string, outcome []byte) error
}

// Trust is the authority that vouches for the board by https. *localca.Authority is
// one.
type Trust interface {
	// Certificate is the authority's own, in DER.
	Certificate() []byte
	// Fingerprint is its SHA-256 as phones show it.
	Fingerprint() string
}
