package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// publicityView is the page on which a village decides about its public board.
type publicityView struct {
	Revision int64
	Board    string // "on", "off"; empty: nobody has decided
	Indexed  bool
	Address  string
	Here     string // where this page was opened
	Faults   map[string]string
}

func (p *panel) registerPublicity(r *gin.Engine) {
	r.GET("/publicity", p.allow(people.Arrange, p.publicity))
	r.POST("/publicity", p.allow(people.Arrange, p.savePublicity))
}

func (p *panel) publicity(v *visit) {
	place, err := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	q := place.Publicity
	p.showPublicity(v, http.StatusOK, publicityView{Revision: place.Revision, Board: string(q.Board), Indexed: q.Indexed, Address: q.Address})
}

func (p *panel) showPublicity(v *visit, status int, w publicityView) {
	w.Here = origin(v.c.Request) + "/"
	p.render(v, status, "publicity", view{Title: v.word("publicity.title"), Tab: "more", Path: "/publicity", Data: w})
}

func (p *panel) savePublicity(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	w := publicityView{Board: f.Get("board"), Indexed: f.Get("indexed") != "", Address: strings.TrimSpace(f.Get("address")), Faults: f.faults}
	if w.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	if w.Board == "" {
		f.fault("board", v.word("publicity.choose"))
		p.showPublicity(v, http.StatusUnprocessableEntity, w)
		return
	}
	var faults scheduler.Invalid
	_, err = p.s.arrange(v.ctx(), v.village.Key, w.Revision, func(place *scheduler.Village) {
		place.Publicity = scheduler.Publicity{Board: scheduler.BoardState(w.Board), Indexed: w.Indexed, Address: w.Address}
	})
	switch {
	case err == nil:
		v.goTo("/publicity", "publicity-"+w.Board)
	case errors.As(err, &faults):
		v.faults(f, faults, "board")
		p.showPublicity(v, http.StatusUnprocessableEntity, w)
	case errors.Is(err, scheduler.ErrRevision):
		place, readErr := p.s.cfg.Places.Village(v.ctx(), v.village.Key)
		if readErr != nil {
			p.fail(v, readErr)
			return
		}
		w.Revision = place.Revision
		f.fault("board", v.word("publicity.since"))
		p.showPublicity(v, http.StatusConflict, w)
	default:
		p.fail(v, err)
	}
}
