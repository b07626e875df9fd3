package web

import "net/http"

// speakView is the page on which somebody speaks live.
type speakView struct {
	Busy string // who speaks already; empty: nobody
	Off  bool   // this board cannot
}

func (p *panel) live(v *visit) {
	if !p.s.confirmed(v.c, v.me) {
		p.showPIN(v, http.StatusOK, emptyForm())
		return
	}
	w := speakView{Off: p.s.cfg.Studio == nil}
	if !w.Off {
		w.Busy, _ = p.s.cfg.Studio.Speaking()
	}
	p.show(v, "live", view{Title: v.word("live.title"), Tab: "live", Script: "live.js", Data: w})
}
