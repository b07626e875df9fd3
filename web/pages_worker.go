package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// workerFile is the service worker, which stands at the root: it sees only what lies
// below its own address.
const workerFile = "sw.js"

// worker is the service worker with the version of everything that it may keep, by
// which a browser learns of a new release.
func worker(as *assets) ([]byte, error) {
	f, there := as.files[strings.TrimPrefix(as.urls[workerFile], assetRoot)]
	if !there {
		return nil, fmt.Errorf("read the service worker: %w", fs.ErrNotExist)
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Values(as.urls)), " ")))
	return bytes.Replace(f.plain, []byte("VERSION"), []byte(hex.EncodeToString(sum[:6])), 1), nil
}

// serveWorker sends it; a browser asks for it anew at every start of the page.
func (p *panel) serveWorker(c *gin.Context) {
	raw, err := worker(p.assets)
	if err != nil { // it is embedded
		p.s.cfg.Logger.Error("the service worker is missing", "err", err)
		c.Status(http.StatusInternalServerError)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, mimeOf(".js"), raw)
}
