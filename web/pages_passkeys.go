package web

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"loalang/localca"
	"loalang/passkey"
	"loalang/people"
)

// passkeysView is the page on which people keep the keys by which they sign in.
type passkeysView struct {
	Name    string // of a new one
	Address string // where this page has a name; empty: it has one here, or nowhere
	Number  bool   // the board is seen by its address: no key can be made
	Full    bool
	Rows    []passkeyRow
}

type passkeyRow struct {
	ID, Name, Since, Used string
	Party                 string // the name at which it counts, when that is another
}

func (p *panel) registerPasskeys(r *gin.Engine) {
	mine := func(page func(v *visit)) gin.HandlerFunc {
		return p.allow(people.View, func(v *visit) {
			if v.me.Token {
				p.problem(v, http.StatusForbidden, "problem.forbidden")
				return
			}
			page(v)
		})
	}
	r.GET("/account/passkeys", mine(p.showPasskeys))
	r.POST("/account/passkeys/:id/remove", mine(p.removePasskey))
	r.POST("/sign-in/passkey/challenge", p.passkeyChallenge)
	r.POST("/sign-in/passkey", p.passkeySignIn)
}

func (p *panel) showPasskeys(v *visit) {
	mine, err := p.s.passkeysOf(v.ctx(), v.me)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := passkeysView{Name: deviceWords(v.lang, v.c.Request.UserAgent()), Full: len(mine) >= passkeysMost}
	here, err := p.s.party(v.c)
	if w.Number = errors.Is(err, passkey.ErrAddress); w.Number && p.s.cfg.SecurePort > 0 {
		w.Address = "https://" + net.JoinHostPort(localca.Name, strconv.Itoa(p.s.cfg.SecurePort)) + "/account/passkeys"
	}
	for _, k := range mine {
		row := passkeyRow{ID: k.ID, Name: k.Name, Since: v.word("passkey.since", v.at(k.Created, v.now)), Used: v.word("passkey.never")}
		if !k.Used.IsZero() {
			row.Used = v.word("passkey.used", v.at(k.Used, v.now))
		}
		if party := (passkey.Key{ID: k.ID, Record: k.Record}).PartyID(); party != here.ID {
			row.Party = v.word("passkey.elsewhere", party)
		}
		w.Rows = append(w.Rows, row)
	}
	p.show(v, "passkeys", view{Title: v.word("passkey.title"), Script: "passkeys.js", Data: w})
}

func (p *panel) removePasskey(v *visit) {
	if err := p.s.dropPasskey(v.c, v.me, v.c.Param("id")); err != nil && !isMissing(err) { // gone: as wished
		p.fail(v, err)
		return
	}
	v.goTo("/account/passkeys", "passkey-removed")
}

// passkeyChallenge asks a browser for a key; what it answers is JSON, since only a script
// can ask a phone for one.
func (p *panel) passkeyChallenge(c *gin.Context) {
	asked, err := p.s.askPasskey(c)
	if err != nil {
		p.passkeyFault(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"options": json.RawMessage(asked)})
}

// passkeySignIn signs in whoever answers with a key, and tells the script where to go on.
func (p *panel) passkeySignIn(c *gin.Context) {
	var in struct {
		Next       string          `json:"next"`
		Credential json.RawMessage `json:"credential"`
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, formBytes))
	if err != nil || json.Unmarshal(body, &in) != nil {
		p.passkeyFault(c, errPasskeyRefused)
		return
	}
	if err := p.s.signInByPasskey(c, in.Credential); err != nil {
		p.passkeyFault(c, err)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"next": localPath(in.Next)})
}

// passkeyFault answers a script with one sentence that says what to do.
func (p *panel) passkeyFault(c *gin.Context, err error) {
	lang := p.s.language(c)
	var fault *Problem
	switch {
	case errors.Is(err, errTooMany):
		c.Header("Retry-After", strconv.Itoa(int(addressEvery.Seconds())))
		fault = p.s.problem(lang, http.StatusTooManyRequests, "rate-limited")
	case errors.Is(err, errPasskeyRefused):
		fault = p.s.problem(lang, http.StatusUnauthorized, "passkey-refused")
	default:
		fault = p.s.explain(lang, err)
	}
	c.Header("Cache-Control", "no-store")
	c.Data(fault.Status, problemType, fault.json())
}
