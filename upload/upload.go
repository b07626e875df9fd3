package upload

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// Upload is one file on its way in, or that has come.
type Upload struct {
	ID       string
	Owner    string
	Length   int64             // bytes it will have
	Offset   int64             // bytes that lie on the disk
	Metadata map[string]string // what the sender says of it
	Note     []byte            // what Caller.Note said when it began
	Created  time.Time
	Expires  time.Time // when it is removed, unless somebody goes on with it
	Whole    bool      // all of it lies on the disk
	Outcome  []byte    // what became of it, as Settle was told; nil: nothing yet
}

// Metadata keys that the Shelf itself looks at.
const (
	// KeyOnce names an upload among those of its owner: a second one of the same key
	// and length is the first one. So a lost answer makes no second upload.
	KeyOnce = "key"
)

// metadataBytes bounds an Upload-Metadata header.
const metadataBytes = 8 << 10

// parseMetadata reads an Upload-Metadata header: pairs with commas between, a key of
// ASCII without spaces or commas, a space, and a value in base64 that may be missing.
func parseMetadata(header string) (map[string]string, error) {
	bad := Fault{http.StatusBadRequest, "upload-metadata"}
	if len(header) > metadataBytes {
		return nil, bad
	}
	pairs := map[string]string{}
	if strings.TrimSpace(header) == "" {
		return pairs, nil
	}
	for _, pair := range strings.Split(header, ",") {
		key, coded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.DecodeString(strings.TrimSpace(coded))
		_, twice := pairs[key]
		if err != nil || twice || key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return nil, bad
		}
		pairs[key] = string(value)
	}
	return pairs, nil
}
