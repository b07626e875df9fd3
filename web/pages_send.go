package web

import (
	"bytes"
	"net/http"
)

// fragment is one template, a whole page or a part of one, with what fills it.
type fragment struct {
	name string
	data any
}

// send executes one template. The whole page is made first, so that a fault
// half-way never leaves half a page.
func (p *panel) send(v *visit, status int, f fragment) {
	var b bytes.Buffer
	if err := p.sets[v.lang].ExecuteTemplate(&b, f.name, f.data); err != nil {
		p.s.cfg.Logger.Error("page could not be rendered", "page", v.c.Request.URL.Path, "err", err)
		v.c.String(http.StatusInternalServerError, v.word("problem.internal"))
		return
	}
	v.c.Header("Cache-Control", "no-store")
	v.c.Header("Vary", "Accept-Encoding, Cookie")
	body := straight(b.Bytes())
	if takesGzip(v.c) {
		if zipped, err := compressPage(body); err == nil {
			v.c.Header("Content-Encoding", "gzip")
			body = zipped
		}
	}
	v.c.Data(status, "text/html; charset=utf-8", body)
}

// straight takes out of a page what turns the direction of writing round, in place:
// forms refuse it, but what came another way must not make a line read otherwise than it
// is. Those characters are three bytes, E2 80 AA to AE and E2 81 A6 to A9.
func straight(page []byte) []byte {
	kept := page[:0]
	for i := 0; i < len(page); i++ {
		if page[i] == 0xE2 && i+2 < len(page) && (page[i+1] == 0x80 && page[i+2] >= 0xAA && page[i+2] <= 0xAE || page[i+1] == 0x81 && page[i+2] >= 0xA6 && page[i+2] <= 0xA9) {
			i += 2
			continue
		}
		kept = append(kept, page[i])
	}
	return kept
}
