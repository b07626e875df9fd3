package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// clearWithin is how long behind the end of an emergency the all-clear is offered on
// the emergency page.
const clearWithin = 12 * time.Hour

// clearInput is what tells the village that the danger is over.
type clearInput struct {
	Caller
	Body allClearForm
}

type allClearForm struct {
	Text      string   `json:"text,omitempty" doc:"What is said, at most 20,000 characters; the usual words in Vietnamese when left out."`
	Languages []string `json:"languages,omitempty" doc:"ISO 639; those of the emergency that ended last when left out, or all of the village."`
	Zones     []string `json:"zones,omitempty" doc:"Those of the emergency that ended last when left out, or all."`
	Repeat    int      `json:"repeat,omitempty" doc:"How often it is said, 1 to 3; 2 when left out."`
	Reason    string   `json:"reason,omitempty" doc:"One short sentence, for the log."`
	Source    string   `json:"source,omitempty" doc:"Who says so; the caller's name when left out."`
}

func (s *Server) registerAllClear(api huma.API) {
	answer(s, api, operation{
		"raise-all-clear", http.MethodPost, "/emergency/all-clear", "Say at once that the danger is over, without a siren, at any hour; it ends every emergency", "emergency", people.Alarm, http.StatusCreated,
	}, s.raiseAllClear)
}

// raiseAllClear waits for neither the database nor the disk, as raiseEmergency.
func (s *Server) raiseAllClear(ctx context.Context, in *clearInput) (*raiseOutput, error) {
	village, err := in.village("", people.Alarm)
	if err != nil {
		return nil, err
	}
	if !s.confirmed(in.c, in.who) {
		return nil, errPINRequired
	}
	f := in.Body
	if over := s.ended(); over != nil {
		if len(f.Languages) == 0 {
			f.Languages = over.Languages
		}
		if len(f.Zones) == 0 {
			f.Zones = over.Zones
		}
	}
	e, repaired := s.allClear(ctx, s.owned(s.cfg.NewID(), village), f, in.who.Name)
	if err := e.Validate(s.cfg.Now().UTC()); err != nil {
		return nil, err
	}
	if err := s.cfg.Alarm.Raise(ctx, e); err != nil {
		return nil, err
	}
	out := &raiseOutput{Body: emergencyOf(e)}
	out.Body.Warnings = emergencyWarnings(in.lang, repaired)
	return out, nil
}

// ended is the emergency that an all-clear would be about: of those that sound the
// newest, else the one that ended last. nil: none is known.
func (s *Server) ended() *scheduler.Emergency {
	air := s.cfg.Air.Air()
	for _, e := range slices.Backward(air.Emergencies) {
		if !e.AllClear {
			return &e.Emergency
		}
	}
	return air.Over
}

// allClear is the emergency that a form of an all-clear asks for, repaired as every
// other: it is not refused for a detail.
func (s *Server) allClear(ctx context.Context, owned scheduler.Owned, f allClearForm, by string) (scheduler.Emergency, []scheduler.Fault) {
	now, title := s.cfg.Now().UTC(), word(vietnamese, "emergency-clear.title")
	tidy := func(text string) string { return strings.TrimSpace(scheduler.Clean(text)) }
	e, repaired := s.settle(ctx, scheduler.Emergency{
		Owned: owned, AllClear: true, Title: title, Reason: cmp.Or(tidy(f.Reason), title), Source: cmp.Or(tidy(f.Source), by),
		Text: tidy(f.Text), Languages: f.Languages, Zones: f.Zones, Repeat: f.Repeat,
		Raised: now, Expires: now.Add(scheduler.AllClearLife), RaisedBy: by,
	})
	if e.Text == "" {
		e.Text = s.clearText(ctx)
	}
	return e, repaired
}

// clearText is what is said of an all-clear for which nobody wrote anything.
func (s *Server) clearText(ctx context.Context) string {
	if v, known := s.place.village(ctx, alarmPatience); known {
		return word(vietnamese, "emergency-clear.text", v.Name)
	}
	return word(vietnamese, "emergency-clear.title")
}

// clearView tells the village that an emergency is over.
type clearView struct {
	Text, Summary string
	Languages     []tongueView
	Zones, Times  []choiceView
}

// clearForm is what is proposed: where and how the emergency was heard.
func (p *panel) clearForm(v *visit) *form {
	f := emptyForm()
	f.Set("text", p.s.clearText(v.ctx()))
	if over := p.s.ended(); over != nil {
		if len(over.Languages) > 0 {
			f.Values["language"] = over.Languages
		}
		if len(over.Zones) > 0 {
			f.Values["zone"] = over.Zones
		}
	}
	return f
}

func (p *panel) showClear(v *visit, status int, f *form) {
	w := &clearView{Text: f.Get("text")}
	choir := p.s.choir(v.ctx())
	var chosen []string
	for _, code := range v.village.Languages {
		on := slices.Contains(f.Values["language"], code) || !f.Has("language")
		if on {
			chosen = append(chosen, code)
		}
		w.Languages = append(w.Languages, tongueView{uploadView: uploadView{Code: code}, Name: v.language(code), Checked: on, Voiced: choir.err == nil && choir.speaks(code, "")})
	}
	w.Zones = zoneChoices(p.s.cfg.Zones, f.Values["zone"])
	times := timesOf(f)
	for n := 1; n <= scheduler.MaxAllClears; n++ {
		w.Times = append(w.Times, choiceView{Value: strconv.Itoa(n), Name: v.word("emergency.clear-times-n", n), Checked: n == times})
	}
	w.Summary = v.word("emergency.clear-summary", v.languages(chosen), times)
	p.render(v, status, "emergency", view{
		Title: v.word("emergency.clear-title"), Tab: "emergency", Path: "/emergency?over=1",
		Data: emergencyView{Clear: w, Faults: f.faults, PIN: p.pinView(v, f)},
	})
}

// timesOf is how often a form wants an all-clear to be said.
func timesOf(f *form) int {
	n, err := strconv.Atoi(f.Get("repeat"))
	if err != nil || n < 1 || n > scheduler.MaxAllClears {
		return scheduler.DefaultAllClears
	}
	return n
}

// clear says that the danger is over.
func (p *panel) clear(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	asked := allClearForm{Text: f.Get("text"), Languages: f.Values["language"], Zones: f.Values["zone"], Repeat: timesOf(f)}
	e, _ := p.s.allClear(v.ctx(), p.owned(v, p.s.cfg.NewID()), asked, v.me.Name)
	v.faults(f, e.Validate(v.now), "text")
	if len(f.faults) > 0 {
		p.showClear(v, http.StatusUnprocessableEntity, f)
		return
	}
	if !p.pinned(v, f, true) {
		p.showClear(v, http.StatusForbidden, f)
		return
	}
	if err := p.s.cfg.Alarm.Raise(v.ctx(), e); err != nil {
		p.s.cfg.Logger.Error("all-clear could not be said", "err", err)
		f.fault("text", v.word("emergency.clear-failed"))
		p.showClear(v, http.StatusServiceUnavailable, f)
		return
	}
	v.goTo("/emergency", cmp.Or(p.firstPIN(v, f), "all-clear"))
}

// replaceable are the active ones that a further emergency may replace or not: an
// all-clear it takes back in any case.
func (v *visit) replaceable(air playout.Air) []liveView {
	return slices.DeleteFunc(v.activeEmergencies(air), func(l liveView) bool { return l.AllClear })
}
