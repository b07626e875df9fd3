package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates/*.html
var templateFiles embed.FS

// assetRoot is where the style sheet, the scripts and the icons are served.
const assetRoot = "/static/"

// asset is one file as it goes over the wire.
type asset struct {
	kind   string // MIME
	plain  []byte
	zipped []byte
}

// assets are the embedded files under names that carry the hash of their
// content, so that a browser may keep each for ever and a new release is seen
// at once. They are compressed once, when the server starts.
type assets struct {
	urls  map[string]string   // "app.css" to "/static/app.1f2e3d4c.css"
	needs map[string][]string // the siblings that a module imports, by its file name, and what those import
	files map[string]asset    // "app.1f2e3d4c.css" to content
}

// minifier takes from scripts and style sheets what a browser does not need: a fifth of
// what goes over the wire.
var minifier = sync.OnceValue(func() *minify.M {
	m := minify.New()
	m.AddFunc("text/css", css.Minify)
	m.AddFunc("text/javascript", js.Minify)
	return m
})

// moduleImport matches the file name in an import of a sibling module.
var moduleImport = regexp.MustCompile(`"\./([a-z]+\.js)"`)

func loadAssets() (*assets, error) {
	as := &assets{urls: map[string]string{}, needs: map[string][]string{}, files: map[string]asset{}}
	entries, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("read static files: %w", err)
	}
	for _, e := range entries {
		if err := as.add(e.Name()); err != nil {
			return nil, err
		}
	}
	return as, nil
}

// add takes a file in, and what it imports before it: the importer names the
// imported by its hashed name. Modules must not import in a circle.
func (as *assets) add(name string) error {
	if as.urls[name] != "" {
		return nil
	}
	raw, err := fs.ReadFile(staticFiles, "static/"+name)
	if err != nil {
		return fmt.Errorf("read static file: %w", err)
	}
	ext := path.Ext(name)
	if ext == ".js" {
		for _, m := range moduleImport.FindAllSubmatch(raw, -1) {
			if err := as.add(string(m[1])); err != nil {
				return err
			}
			as.need(name, append([]string{string(m[1])}, as.needs[string(m[1])]...))
			hashed := strings.TrimPrefix(as.urls[string(m[1])], assetRoot)
			raw = bytes.ReplaceAll(raw, m[0], []byte(`"./`+hashed+`"`))
		}
	}
	if kind, _, _ := strings.Cut(mimeOf(ext), ";"); ext == ".js" || ext == ".css" {
		if raw, err = minifier().Bytes(kind, raw); err != nil {
			return fmt.Errorf("minify %s: %w", name, err)
		}
	}
	sum := sha256.Sum256(raw)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	zipped, err := compress(raw, gzip.BestCompression)
	if err != nil {
		return err
	}
	as.files[hashed] = asset{kind: mimeOf(ext), plain: raw, zipped: zipped}
	as.urls[name] = assetRoot + hashed
	return nil
}

// need notes what a module cannot run without.
func (as *assets) need(name string, siblings []string) {
	for _, one := range siblings {
		if !slices.Contains(as.needs[name], one) {
			as.needs[name] = append(as.needs[name], one)
		}
	}
}

// preloads are the addresses of what a module imports, however deep: a browser that is
// told at once asks for all of it together, and not for one after the other.
func (as *assets) preloads(name string) []string {
	var urls []string
	for _, one := range as.needs[name] {
		urls = append(urls, as.urls[one])
	}
	return urls
}

// mimeOf does not ask the machine's own table first: a board may have none.
func mimeOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}

// zippers are writers that have compressed a page: a new one is most of a megabyte of
// memory, for a page of some kilobytes.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// compressPage compresses what is made anew for each visitor.
func compressPage(page []byte) ([]byte, error) {
	z, ok := zippers.Get().(*gzip.Writer)
	if !ok {
		return nil, errors.New("compress: no writer")
	}
	defer zippers.Put(z)
	return compressBy(z, page)
}

func compress(raw []byte, level int) ([]byte, error) {
	z, err := gzip.NewWriterLevel(io.Discard, level)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return compressBy(z, raw)
}

func compressBy(z *gzip.Writer, raw []byte) ([]byte, error) {
	var b bytes.Buffer
	z.Reset(&b)
	if _, err := z.Write(raw); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return b.Bytes(), nil
}

// serve answers for every file under assetRoot.
func (as *assets) serve(c *gin.Context) {
	f, ok := as.files[c.Param("name")]
	if !ok {
		c.String(http.StatusNotFound, "no such file")
		return
	}
	if !strings.HasPrefix(f.kind, "image/") { // these are a document's, and weigh on a thin line
		for _, of := range []string{"Content-Security-Policy", "Permissions-Policy", "Referrer-Policy"} {
			c.Writer.Header().Del(of)
		}
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("Vary", "Accept-Encoding")
	if takesGzip(c) {
		c.Header("Content-Encoding", "gzip")
		c.Data(http.StatusOK, f.kind, f.zipped)
		return
	}
	c.Data(http.StatusOK, f.kind, f.plain)
}

func takesGzip(c *gin.Context) bool {
	return strings.Contains(c.GetHeader("Accept-Encoding"), "gzip")
}

// icon draws one of icons.svg. The name is a template's literal.
func (as *assets) icon(name string) template.HTML {
	return template.HTML(`<svg class="i" aria-hidden="true"><use href="` + as.urls["icons.svg"] + `#` + template.HTMLEscapeString(name) + `"/></svg>`)
}
