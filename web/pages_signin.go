package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/people"
)

type signInView struct {
	Name, Next, Fault string
	Passkeys          bool // somebody can sign in by a key here
}

type setupView struct {
	Secret, Name string
	Faults       map[string]string
}

func (p *panel) registerSignIn(r *gin.Engine) {
	r.GET("/sign-in", p.signInPage)
	r.POST("/sign-in", p.signIn)
	r.POST("/sign-out", p.signOut)
	r.GET("/setup", p.setupPage)
	r.POST("/setup", p.setup)
}

func (p *panel) signInPage(c *gin.Context) {
	me, ok := p.s.principal(c)
	if ok {
		c.Redirect(http.StatusSeeOther, localPath(c.Query("next")))
		return
	}
	p.showSignIn(p.visit(c, me), http.StatusOK, signInView{Next: localPath(c.Query("next"))})
}

func (p *panel) showSignIn(v *visit, status int, data signInView) {
	data.Passkeys = p.s.passkeysHere(v.c)
	p.render(v, status, "signin", view{Title: v.word("signin.title"), Script: "signin.js", Data: data})
}

func (p *panel) signIn(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, formBytes)
	name, next := c.PostForm("name"), localPath(c.PostForm("next"))
	_, err := p.s.signIn(c, name, c.PostForm("password"))
	v := p.visit(c, people.Principal{})
	data := signInView{Name: name, Next: next}
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, next)
	case errors.Is(err, errWrongPassword):
		data.Fault = v.word("signin.wrong")
		p.showSignIn(v, http.StatusUnauthorized, data)
	case errors.Is(err, errTooMany):
		data.Fault = v.word("problem.rate-limited")
		c.Header("Retry-After", strconv.Itoa(int(limitEvery.Seconds())))
		p.showSignIn(v, http.StatusTooManyRequests, data)
	default:
		p.fail(v, err)
	}
}

func (p *panel) signOut(c *gin.Context) {
	if err := p.s.signOut(c); err != nil {
		p.fail(p.visit(c, people.Principal{}), err)
		return
	}
	c.Redirect(http.StatusSeeOther, "/sign-in?told=signed-out")
}

// setupPage shows the form of the one-time link; the link is used up only when
// the form is sent.
func (p *panel) setupPage(c *gin.Context) {
	v := p.visit(c, people.Principal{})
	alive, err := p.s.setupAlive(v.ctx(), c.Query("t"))
	switch {
	case err != nil:
		p.fail(v, err)
	case !alive:
		p.problem(v, http.StatusNotFound, "setup.dead")
	default:
		p.showSetup(v, http.StatusOK, setupView{Secret: c.Query("t")})
	}
}

func (p *panel) showSetup(v *visit, status int, data setupView) {
	p.render(v, status, "setup", view{Title: v.word("setup.title"), Path: "/setup?t=" + url.QueryEscape(data.Secret), Script: "password.js", Data: data})
}

func (p *panel) setup(c *gin.Context) {
	v := p.visit(c, people.Principal{})
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	data := setupView{Secret: f.Get("t"), Name: f.Get("name"), Faults: f.faults}
	var invalid people.Invalid
	err = p.s.useSetup(c, f.Get("t"), f.Get("name"), f.Get("password"))
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/start") // the board is new
		return
	case errors.As(err, &invalid):
		for _, fault := range schedulerFaults(invalid) {
			f.fault(fault.Field, faultWords(v.lang, fault))
		}
	case errors.Is(err, people.ErrNameTaken):
		f.fault("name", v.word("fault.taken"))
	case errors.Is(err, errSetupOver):
		p.problem(v, http.StatusNotFound, "setup.dead")
		return
	default:
		p.fail(v, err)
		return
	}
	p.showSetup(v, http.StatusUnprocessableEntity, data)
}
