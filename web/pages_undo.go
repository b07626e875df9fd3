package web

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

func (p *panel) registerUndo(r *gin.Engine) {
	r.POST("/undo", p.allow(people.Write, p.undo))
}

// took has the page to which the visitor is led offer to undo what they have just
// removed.
func (v *visit) took(p *panel, kind, id string) {
	if c, found := p.s.removal(v.ctx(), v.me, v.village.Key, kind, id); found {
		v.undone = c.ID
	}
}

// undoOffer is the entry of the history that the address names, when the visitor made it
// and may undo it; 0: nothing is offered.
func (p *panel) undoOffer(v *visit) int64 {
	id, err := strconv.ParseInt(v.c.Query("undo"), 10, 64)
	if err != nil || id < 1 || v.me.ID == "" {
		return 0
	}
	c, _, err := p.s.undoable(v.ctx(), v.me, v.village.Key, id)
	if err != nil || c.Actor.Name != v.me.Name {
		return 0 // somebody made the address up, or the database does not answer
	}
	return id
}

// undo gives back what an entry of the history took away. What that would make of the
// plan is shown first when it harms anything.
func (p *panel) undo(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	id, err := strconv.ParseInt(f.Get("entry"), 10, 64)
	if err != nil || id < 1 {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	c, how, err := p.s.undoable(v.ctx(), v.me, v.village.Key, id)
	if err != nil {
		p.failUndo(v, err)
		return
	}
	page := strings.Replace(how.page, "%s", about(c), 1)
	do := func(ctx context.Context) error { return p.s.undo(ctx, v.me, c, how) }
	switch {
	case f.goesBack():
		v.goTo(page, "")
	case how.planned && !p.confirmed(v, f, do):
	default:
		if err := do(v.ctx()); err != nil {
			p.failUndo(v, err)
			return
		}
		v.goTo(page, "undone")
	}
}

// about is the announcement that an entry is of; empty: of none.
func about(c people.Change) string {
	if c.Kind == "announcements" {
		return c.Record
	}
	return c.About
}

func (p *panel) failUndo(v *visit, err error) {
	var invalid scheduler.Invalid
	switch {
	case errors.As(err, &invalid): // a recording that it needs was removed meanwhile
		p.problem(v, http.StatusConflict, "problem.undo-recording")
	case errors.Is(err, errNoRight):
		p.problem(v, http.StatusForbidden, "problem.forbidden")
	case errors.Is(err, errUndone), errors.Is(err, scheduler.ErrRevision), errors.Is(err, fs.ErrNotExist):
		p.problem(v, http.StatusConflict, "problem.undone")
	case errors.Is(err, errWithdrawn):
		p.problem(v, http.StatusConflict, "problem.withdrawn")
	default:
		p.fail(v, err)
	}
}
