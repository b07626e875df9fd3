package web

import (
	"net/http"

	"loalang/playout"
)

// speakView is the page on which somebody speaks live.
type speakView struct {
	Busy string   // who speaks already; empty: nobody
	Off  bool     // this board cannot
	Ills []string // why nobody would hear them, and what to do
}

func (p *panel) live(v *visit) {
	ills := v.liveIlls(p.s.cfg.Air.Air())
	if v.c.Query("part") == "ills" { // which the page asks for again: it is read before the switch is turned
		p.send(v, http.StatusOK, fragment{"live-ills", view{Data: speakView{Ills: ills}}})
		return
	}
	if !p.s.confirmed(v.c, v.me) {
		p.showPIN(v, http.StatusOK, emptyForm())
		return
	}
	w := speakView{Off: p.s.cfg.Studio == nil, Ills: ills}
	if !w.Off {
		w.Busy, _ = p.s.cfg.Studio.Speaking()
	}
	p.show(v, "live", view{Title: v.word("live.title"), Tab: "live", Script: "live.js", Data: w})
}

// liveIlls is what is known, before somebody speaks, to keep the village from hearing them.
func (v *visit) liveIlls(air playout.Air) (ills []string) {
	switch {
	case !air.Output.Up:
		ills = append(ills, v.soundState(air).Text) // it knows why
	case !air.Output.Audible:
		ills = append(ills, v.word("live-trouble."+playout.TroubleDevice))
	case air.Lost != nil:
		ills = append(ills, v.lostState(air.Lost).Text)
	}
	if air.Amp.Bypass.On {
		ills = append(ills, v.word("live-trouble."+playout.TroubleBypass))
	} else if air.Amp.Fault != "" {
		ills = append(ills, v.ampFault(air.Amp))
	}
	return ills
}
