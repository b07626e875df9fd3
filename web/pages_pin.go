package web

import (
	"errors"
	"net/http"

	"loalang/people"
)

// pinView is what a form asks of the PIN: nothing, to give it, or to choose the first.
type pinView struct {
	Ask, First, Forgot bool
	New, Fault         string
}

func (p *panel) pinView(v *visit, f *form) pinView {
	w := pinView{Ask: !p.s.confirmed(v.c, v.me), Fault: f.faults["pin"], Forgot: f.Get("password") != "", New: f.Get("newpin")}
	if a, ok := p.s.roster.account(v.ctx(), v.me.ID); ok && !v.me.Token {
		w.First = a.PIN == ""
	}
	return w
}

// pinned looks at the PIN that came with a form; whatever is wrong stands in the form.
// Where it is not demanded yet, none at all will do: the next step asks.
func (p *panel) pinned(v *visit, f *form, demanded bool) bool {
	if p.s.confirmed(v.c, v.me) {
		return true
	}
	err := p.s.confirm(v.c, v.me, f.Get("pin"), f.Get("password"))
	if err == nil || errors.Is(err, errPINRequired) && !demanded {
		return true
	}
	text := pinWords(v.lang, err)
	if text == "" {
		p.s.cfg.Logger.Error("PIN could not be looked at", "err", err)
		text = v.word("problem.unavailable")
	}
	f.fault("pin", text)
	return false
}

// firstPIN keeps the first PIN that was chosen with an emergency and says what became of
// it, as a code of "told."; empty: none was chosen.
func (p *panel) firstPIN(v *visit, f *form) string {
	if f.Get("newpin") == "" {
		return ""
	}
	if err := p.s.choosePIN(v.c, v.me, f.Get("newpin"), "", ""); err != nil {
		return "pin-not-kept"
	}
	return "pin-kept"
}

// showPIN asks for the PIN in front of the page that needs it.
func (p *panel) showPIN(v *visit, status int, f *form) {
	p.render(v, status, "pin", view{Title: v.word("pin.title"), Tab: "live", Path: "/live", Data: p.pinView(v, f)})
}

// givePIN opens the live page to whoever gives the PIN.
func (p *panel) givePIN(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	if !p.pinned(v, f, true) {
		p.showPIN(v, http.StatusForbidden, f)
		return
	}
	v.goTo("/live", "")
}

// changePIN chooses the first PIN, or another one.
func (p *panel) changePIN(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	err = p.s.choosePIN(v.c, v.me, f.Get("newpin"), f.Get("pin"), f.Get("password"))
	var invalid people.Invalid
	switch {
	case err == nil:
		v.goTo("/account", "pin-kept")
		return
	case errors.As(err, &invalid):
		for _, fault := range schedulerFaults(invalid) {
			f.fault("newpin", faultWords(v.lang, fault))
		}
	case pinWords(v.lang, err) != "":
		f.fault("pin", pinWords(v.lang, err))
	default:
		p.fail(v, err)
		return
	}
	p.showAccount(v, http.StatusUnprocessableEntity, f)
}
