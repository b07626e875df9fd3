package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// poster is the sheet that hangs in the village house: the board's address as a code.
func (p *panel) poster(c *gin.Context) {
	v, b, ok := p.onBoard(c)
	if !ok {
		return
	}
	w := p.bulletinView(v, b)
	w.Title, w.Path = v.word("poster.title"), c.Request.URL.Path
	p.withQR(v, b, &w)
	p.sendPublic(v, http.StatusOK, fragment{"poster", w})
}

// withQR draws the code of the board's address.
func (p *panel) withQR(v *visit, b *bulletin, w *bulletinView) {
	address := b.Village.Publicity.Address
	if address == "" {
		address, w.Lone = origin(v.c.Request)+"/", thisMachine(v.c.Request.Host)
	}
	var err error
	if w.QR, err = qrSVG(address, v.word("poster.code", address)); err != nil {
		p.s.cfg.Logger.Error("the code of the board's address could not be drawn", "err", err)
	}
	w.Address = strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/")
}

// origin is by what address a request came, "http://loa.internal:8080".
func origin(r *http.Request) string {
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}
