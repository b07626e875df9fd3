package web

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"syscall"

	"github.com/gin-gonic/gin"

	"loalang/recordings"
	"loalang/scheduler"
)

// problemView is what a page says is wrong, and where it leads on.
type problemView struct {
	Text  string
	Again string   // the page once more; empty: a moment does not mend it
	List  linkView // where things of that kind are; no URL: there is no list
}

// sections are the lists of what has a page of its own, and the words of their names.
var sections = map[string]string{
	"announcements": "nav.announcements", "approvals": "settings.approvals", "drills": "drills.title", "invitations": "people.title", "people": "people.title",
	"plan": "nav.plan", "recordings": "settings.recordings", "slots": "slots.title", "templates": "templates.title", "words": "words.title",
}

// forbid says why the visitor may not, and what they can do: the account of another
// village is no fault of theirs.
func (p *panel) forbid(v *visit) {
	if v.me.Village != "" && v.me.Village != v.village.Key {
		text := v.word("problem.other-village", v.me.Name, p.reach(v, v.me.Village), v.word("place.village", v.village.Name))
		p.showProblem(v, http.StatusForbidden, text)
		return
	}
	p.problem(v, http.StatusForbidden, "problem.forbidden")
}

// problem is a page that says what is wrong.
func (p *panel) problem(v *visit, status int, code string) {
	p.showProblem(v, status, v.word(code))
}

// showProblem leads on from what is wrong: to the same page once more where a moment may
// mend it, to the list in which what is gone would be.
func (p *panel) showProblem(v *visit, status int, text string) {
	w := problemView{Text: text}
	switch {
	case status == http.StatusServiceUnavailable && reads(v.c.Request):
		w.Again = v.c.Request.URL.RequestURI()
	case status == http.StatusNotFound && v.me.ID != "":
		first, _, _ := strings.Cut(strings.TrimPrefix(v.c.Request.URL.Path, "/"), "/")
		if code := sections[first]; code != "" {
			w.List = linkView{URL: "/" + first, Text: v.word("problem.list", v.word(code))}
		}
	}
	p.render(v, status, "problem", view{Title: v.word("problem.title"), Data: w})
}

// fail words an error from below and logs it when it is not the visitor's.
func (p *panel) fail(v *visit, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, recordings.ErrNotFound):
		p.problem(v, http.StatusNotFound, "problem.not-found")
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case errors.Is(err, syscall.ENOSPC):
		p.problem(v, http.StatusInsufficientStorage, "problem.disk-full")
	case isDamage(err): // the store has logged it
		p.problem(v, http.StatusServiceUnavailable, "problem."+p.s.damage())
	default:
		p.s.cfg.Logger.Error("page failed", "page", v.c.Request.URL.Path, "err", err)
		p.problem(v, http.StatusServiceUnavailable, "problem.unavailable")
	}
}

func (p *panel) noRoute(c *gin.Context) {
	me, _ := p.s.principal(c)
	p.problem(p.visit(c, me), http.StatusNotFound, "problem.not-found")
}

// noMethod leads a browser that opens the address of a form, from its history
// or after it was put to sleep, to the page of the form.
func (p *panel) noMethod(c *gin.Context) {
	if c.Request.Method == http.MethodGet {
		c.Redirect(http.StatusSeeOther, pageOf(c.Request.URL.Path))
		return
	}
	me, _ := p.s.principal(c)
	p.problem(p.visit(c, me), http.StatusMethodNotAllowed, "problem.method")
}
