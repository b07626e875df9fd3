package upload_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"loalang/upload"
)

// What became of an upload is settled once. The list of what waits is a moment old when
// it is worked on: an upload that had been taken in meanwhile was looked for again, was
// gone, and its sender was told that it never came.
func TestWhatBecameOfAnUploadStands(t *testing.T) {
	r := open(t, nil)
	raw := []byte("tiếng Giáy")
	at := r.create(len(raw))
	r.want(r.patch(at, 0, raw), http.StatusNoContent, "")
	listed := r.shelf.Waiting()
	for _, outcome := range []string{`"aired"`, `"refused"`} {
		if err := r.shelf.Settle(listed[0].ID, []byte(outcome)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.shelf.Content(listed[0].ID); !errors.Is(err, upload.ErrMissing) {
		t.Errorf("its content is still there: %v", err)
	}
	for range 2 { // also as the next run of the program reads it
		u, err := r.shelf.Find(listed[0].ID, r.owner)
		if err != nil || !bytes.Equal(u.Outcome, []byte(`"aired"`)) {
			t.Errorf("outcome = %s, %v", u.Outcome, err)
		}
		r.restart()
	}
}
