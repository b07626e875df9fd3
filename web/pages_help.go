package web

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// helpView is the contents of all help, or one page of it.
type helpView struct {
	Areas []helpArea
	Area  *helpArea // nil: the contents
}

// registerHelp adds the help. It tells nothing of this village, so it is there for
// people who cannot sign in, too.
func (p *panel) registerHelp(r *gin.Engine) {
	r.GET("/help", p.help)
	r.GET("/help/:area", p.help)
}

func (p *panel) help(c *gin.Context) {
	me, _ := p.s.principal(c)
	v := p.visit(c, me)
	w := helpView{Areas: helpBook()[v.lang]}
	title := v.word("help.title")
	if code := c.Param("area"); code != "" {
		i := slices.IndexFunc(w.Areas, func(a helpArea) bool { return a.Code == code })
		if i < 0 {
			p.problem(v, http.StatusNotFound, "problem.not-found")
			return
		}
		w.Area = &w.Areas[i]
		title = w.Area.Name
	}
	p.show(v, "help", view{Title: title, Tab: "more", Data: w})
}
