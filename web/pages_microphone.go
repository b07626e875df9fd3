package web

import (
	"encoding/pem"
	"fmt"
	"html/template"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// microphoneView is the page that leads a phone to where it gives the microphone.
type microphoneView struct {
	Secure      bool   // the visitor is there already
	Address     string // by https; empty: there is none
	Code        template.HTML
	Fingerprint string // of the authority; empty: there is none
	Next        string // where to go on, a path
}

func (p *panel) registerMicrophone(r *gin.Engine) {
	r.GET("/microphone", p.allow(people.View, p.microphone))
	r.GET("/microphone/loa.crt", p.authority)
}

// microphone shows the two ways to the microphone. Nobody is ever led to https without
// asking: what a browser says there frightens whoever did not expect it.
func (p *panel) microphone(v *visit) {
	m := microphoneView{Secure: v.c.Request.TLS != nil, Next: localPath(v.c.Query("next"))}
	if p.s.cfg.SecurePort > 0 {
		m.Address = "https://" + net.JoinHostPort(hostOf(v.c.Request.Host), fmt.Sprint(p.s.cfg.SecurePort)) + m.Next
		var err error
		if m.Code, err = qrSVG(m.Address, v.word("microphone.code")); err != nil {
			p.fail(v, err)
			return
		}
	}
	if p.s.cfg.Trust != nil {
		m.Fingerprint = p.s.cfg.Trust.Fingerprint()
	}
	p.show(v, "microphone", view{Title: v.word("microphone.title"), Tab: "more", Data: m})
}

// hostOf is the name or address under which the visitor sees the board.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// authority sends the certificate that a phone may trust. It is no secret: whoever is
// on the network is shown it by every handshake.
func (p *panel) authority(c *gin.Context) {
	if p.s.cfg.Trust == nil {
		p.noRoute(c)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="loa-lang.crt"`)
	c.Data(http.StatusOK, "application/x-x509-ca-cert", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.s.cfg.Trust.Certificate()}))
}
