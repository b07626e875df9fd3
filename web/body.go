package web

import (
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

// bodySilence is how long a request may send nothing. Slow lines are welcome,
// dead ones are not; so there is no limit on the whole.
const bodySilence = 60 * time.Second

// slowBody gives every body a deadline that moves with each piece that comes.
func (s *Server) slowBody(c *gin.Context) {
	if body := c.Request.Body; body != nil && body != http.NoBody {
		c.Request.Body = &rollingBody{ReadCloser: body, line: http.NewResponseController(c.Writer)}
	}
}

// rollingBody moves the connection's read deadline before each read.
type rollingBody struct {
	io.ReadCloser
	line *http.ResponseController
}

func (b *rollingBody) Read(p []byte) (int, error) {
	_ = b.line.SetReadDeadline(systemTime(bodySilence)) // a test's recorder has no deadlines
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		// The server goes on reading to learn of a caller that leaves: without
		// the deadline, or the request would end with it.
		_ = b.line.SetReadDeadline(time.Time{})
	}
	return n, err
}

// boundForm bounds what is sent to a page before anything of it is read. Files are for
// who may upload, and are bounded where they are taken in.
func (p *panel) boundForm(c *gin.Context) {
	r := c.Request
	if reads(r) || isAPI(r) || r.Body == nil {
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		if me, ok := p.s.principal(c); ok && me.May(people.Upload, p.s.cfg.Village) {
			return
		}
	}
	if r.ContentLength > formBytes {
		c.Abort()
		c.Header("Connection", "close") // nobody reads the rest
		me, _ := p.s.principal(c)
		p.problem(p.visit(c, me), http.StatusRequestEntityTooLarge, "problem.too-large")
		return
	}
	r.Body = http.MaxBytesReader(c.Writer, r.Body, formBytes)
}
