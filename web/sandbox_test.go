package web_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loalang/web"
)

// disguised is a library whose sound is a page with a script in it.
type disguised struct {
	web.Importer
	dir string
}

func (d disguised) PlayCopy(context.Context, string) (*os.File, error) {
	return os.Open(filepath.Join(d.dir, "x.flac"))
}

func (d disguised) Slim(ctx context.Context, id string) (*os.File, error) { return d.PlayCopy(ctx, id) }

// What people upload is never a page of this site, whatever a browser takes it for: it
// says that it is sound, that nobody may guess otherwise, and may do nothing.
func TestUploadsAreNeverAPage(t *testing.T) {
	dir := t.TempDir()
	h := newHouse(t, func(c *web.Config) {
		c.Archive, c.Importer, c.Slim = archive{dir}, disguised{c.Importer, dir}, disguised{c.Importer, dir}
	})
	h.fill()
	if err := os.WriteFile(filepath.Join(dir, "x.flac"), []byte("<!doctype html><script>alert(1)</script>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{"/audio": "audio/wav", "/audio?format=slim": "audio/mpeg", "/before": "audio/flac"} {
		got := h.call("viewer", "GET", "/api/v1/recordings/"+soundID+path, "")
		policy := got.Header.Get("Content-Security-Policy")
		if got.Status != http.StatusOK || got.Header.Get("Content-Type") != kind || got.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(got.Header.Get("Content-Disposition"), `inline; filename="abababababab`) || policy != "default-src 'none'; sandbox" {
			t.Errorf("%s: %d %v", path, got.Status, got.Header)
		}
	}
}
