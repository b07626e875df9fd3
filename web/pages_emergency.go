package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// emergencyView is the emergency page in one of its three faces: Live, Confirm,
// or the form.
type emergencyView struct {
	Key       string
	Live      *liveView  // the newest that sounds
	Others    []liveView // that sound in turn with it
	State     string     // what sounds
	Stop      string     // words of the button that ends them all
	Meter     string
	Confirm   bool
	Clear     *clearView // the emergency is over: the village may be told so; nil: another face
	Zones     []choiceView
	Heard     []spokenView // what is heard, by language
	Templates []templateView
	What      string
	Title     string
	Reason    string
	Source    string
	Text      string
	Languages []alarmTongue
	Chosen    []string
	Siren     bool   // before the words
	Repeat    string // how often, in cycles; empty: until it ends
	ZonesOn   []string
	Summary   string
	Ways      string     // where it is heard, and with what, when that is not as usual
	Replaces  string     // ID of the one that a new one replaces; empty: none, they alternate
	Active    []liveView // that may be replaced
	Over      string     // title of one that ended not long ago, of which the village may be told
	Faults    map[string]string
	PIN       pinView
}

// liveView is an emergency that is active.
type liveView struct {
	ID, Title, Line, Text, Until string
	Ways                         string   // where and how it is heard, when that is not as usual
	Own                          []string // what is said in single languages
	AllClear                     bool     // tells that the danger is over
	Troubles                     []string
}

func (p *panel) registerEmergency(r *gin.Engine) {
	r.GET("/emergency", p.allow(people.Alarm, p.emergency))
	r.POST("/emergency", p.allow(people.Alarm, p.raise))
	r.POST("/emergency/renew", p.allow(people.Alarm, p.renew))
	r.POST("/emergency/stop", p.allow(people.Alarm, p.lower))
	r.POST("/emergency/all-clear", p.allow(people.Alarm, p.clear))
}

func (p *panel) emergency(v *visit) {
	air := p.s.cfg.Air.Air()
	if len(air.Emergencies) == 0 && v.c.Query("over") != "" {
		p.showClear(v, http.StatusOK, p.clearForm(v))
		return
	}
	if n := len(air.Emergencies); n == 0 || v.c.Query("do") == "new" {
		f := emptyForm()
		f.Set("what", cmp.Or(v.c.Query("what"), "lu-quet"))
		if n > 0 && !air.Emergencies[n-1].AllClear { // what is said further of a danger most often replaces what was said
			f.Set("replaces", air.Emergencies[n-1].ID)
		}
		p.fillEmergency(v, f)
		p.showEmergency(v, http.StatusOK, f)
		return
	}
	live := v.activeEmergencies(air)
	w := emergencyView{Key: emergencyKey(air), Meter: meterPercent(air), Live: &live[0], Others: live[1:], Stop: v.word("emergency.stop"), State: v.word("emergency.live")}
	if live[0].AllClear {
		w.State = v.word("emergency.clear-live")
	}
	if len(live) > 1 {
		w.Stop = v.word("emergency.stop-all")
	}
	p.show(v, "emergency", view{Title: w.State, Tab: "emergency", Style: "emergency.css", Script: "today.js", Data: w})
}

// activeEmergencies describes what is active, the newest first.
func (v *visit) activeEmergencies(air playout.Air) []liveView {
	var live []liveView
	for _, e := range slices.Backward(air.Emergencies) {
		l := liveView{
			ID: e.ID, Title: e.Title, Text: e.Text, AllClear: e.AllClear,
			Line:  v.word("emergency.line", v.clock(e.Raised), e.RaisedBy, e.Reason),
			Until: v.word("emergency.until", v.clock(e.Expires)),
		}
		l.Ways = v.waysLine(e.Emergency)
		if len(e.Languages) > 0 {
			l.Line += " " + v.word("emergency.in-languages", v.languages(e.Languages))
		}
		if e.AllClear {
			l.Until, l.Ways = v.word("emergency.clear-until", e.Repeat), strings.Join(v.ways(scheduler.Prepared{Zones: e.Zones}), "")
		}
		for _, m := range e.Messages {
			l.Own = append(l.Own, v.messageLine(m))
		}
		for _, f := range e.Faults {
			l.Troubles = append(l.Troubles, troubleWords(v.lang, e, f))
		}
		live = append(live, l)
	}
	return live
}

// templateView is an emergency to start from.
type templateView struct {
	Code, Name  string
	Title, Text string // always Vietnamese: it is what will be read
	Plan        string // how it is to be heard, for the page's module
	Checked     bool
	prepared    scheduler.Prepared
}

// emergencyTemplates are what the village has prepared, and the dangers of the place;
// what is said of these is Vietnamese.
func (p *panel) emergencyTemplates(v *visit, chosen string) []templateView {
	var own []templateView
	for _, t := range p.s.alarms.list(v.ctx(), placePatience) {
		said := t.For(v.village)
		if len(said.Prepared.ZonesGone(p.s.cfg.Zones)) > 0 {
			said.Prepared.Zones = nil
		}
		own = append(own, templateView{Code: t.Code(), Name: t.Name, Title: said.Title, Text: said.Text, Plan: planOf(said.Prepared), Checked: t.Code() == chosen, prepared: said.Prepared})
	}
	ts := []templateView{{Code: "lu-quet"}, {Code: "chay"}, {Code: "bao"}, {Code: "nguoi-lac"}, {Code: "coi"}, {Code: "khac"}}
	for i := range ts {
		t := &ts[i]
		key := "emergency-template." + t.Code
		t.Name = v.word(key + ".name")
		t.Title = word(vietnamese, key+".title")
		if t.Code != sirenOnly {
			t.Text = word(vietnamese, key+".text", v.village.Name)
		}
		t.Plan, t.Checked = planOf(t.prepared), t.Code == chosen
	}
	return append(own, ts...)
}

// fillEmergency puts the chosen template's words into the form, and how it is to be
// heard.
func (p *panel) fillEmergency(v *visit, f *form) {
	for _, t := range p.emergencyTemplates(v, f.Get("what")) {
		if t.Checked {
			f.Set("title", t.Title)
			f.Set("text", t.Text)
			f.Set("reason", t.Title) // what happened is reason enough; it may be told better
			v.fillPlan(f, t.prepared)
		}
	}
}

func (p *panel) showEmergency(v *visit, status int, f *form) {
	w := p.emergencyForm(v, f)
	p.render(v, status, "emergency", view{Title: v.word("emergency.title"), Tab: "emergency", Style: "emergency.css", Script: "emergency.js", Data: w})
}

func (p *panel) emergencyForm(v *visit, f *form) emergencyView {
	w := emergencyView{
		Templates: p.emergencyTemplates(v, f.Get("what")), What: f.Get("what"), Title: f.Get("title"),
		Reason: f.Get("reason"), Source: f.Get("source"), Text: f.Get("text"), Faults: f.faults,
		Replaces: f.Get("replaces"), Active: v.replaceable(p.s.cfg.Air.Air()), PIN: p.pinView(v, f),
	}
	w.Languages, w.Chosen = p.alarmTongues(v, f)
	e := p.emergencyOf(v, f)
	if over := p.s.cfg.Air.Air().Over; over != nil && len(w.Active) == 0 && v.now.Sub(over.Ended) < clearWithin {
		w.Over = over.Title
	}
	w.Zones = zoneChoices(p.s.cfg.Zones, f.Values["zone"])
	for _, zone := range w.Zones {
		if zone.Checked {
			w.ZonesOn = append(w.ZonesOn, zone.Value)
		}
	}
	w.Heard, w.Summary = p.heard(v, e, w.Chosen), v.alarmSummary(e, w.Chosen)
	w.Ways = strings.Join(v.ways(scheduler.Prepared{Zones: e.Zones, NoSiren: e.NoSiren}), " · ")
	w.Siren, w.Repeat = !e.NoSiren, repeatField(e.Repeat)
	return w
}

// raise is the form in both its steps: without the page's module the first
// press asks back, with it a press of two seconds has done so.
func (p *panel) raise(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	if f.Get("do") == "read" { // only to see what a voice makes of it
		p.showEmergency(v, http.StatusOK, f)
		return
	}
	if f.Get("do") == "template" {
		p.fillEmergency(v, f)
		p.showEmergency(v, http.StatusOK, f)
		return
	}
	e, repaired := p.s.settle(v.ctx(), p.emergencyOf(v, f))
	v.faults(f, e.Validate(v.now), "text")
	if len(f.faults) > 0 {
		p.showEmergency(v, http.StatusUnprocessableEntity, f)
		return
	}
	raise := f.Get("do") == "raise"
	if !p.pinned(v, f, raise) {
		p.showEmergency(v, http.StatusForbidden, f)
		return
	}
	if !raise {
		w := p.emergencyForm(v, f)
		w.Confirm = true
		p.show(v, "emergency", view{Title: v.word("emergency.sure"), Tab: "emergency", Style: "emergency.css", Data: w})
		return
	}
	if err := p.raiseOnce(v, e, f.Get("replaces")); err != nil {
		words := "emergency.failed"
		if errors.Is(err, playout.ErrManyEmergencies) {
			words = "problem.many-emergencies"
		}
		p.s.cfg.Logger.Error("emergency could not be raised", "err", err)
		f.fault("text", v.word(words))
		p.showEmergency(v, http.StatusServiceUnavailable, f)
		return
	}
	told := p.firstPIN(v, f) // behind the siren: nothing of it may keep that waiting
	if len(repaired) > 0 {
		told = "emergency-repaired"
	}
	v.goTo("/emergency", told)
}

// raisedAgain is for how long the same words of the same person are one emergency: whoever
// did not see the answer, on a bad line, sends it once more.
const raisedAgain = time.Minute

// raiseOnce raises an emergency that does not sound already, since a moment ago, in the
// same words and recordings and as it is to be heard. Two forms that come at once are one.
// replaces is the emergency that the form named: it may be over by the second press, or by
// the first.
func (p *panel) raiseOnce(v *visit, e scheduler.Emergency, replaces string) error {
	meant := alike(e, replaces)
	_, err, _ := p.s.raising.Do(meant, func() (any, error) {
		before := p.s.pressed.last(meant, e.Raised)
		if slices.ContainsFunc(p.s.cfg.Air.Air().Emergencies, func(a playout.ActiveEmergency) bool {
			return !a.AllClear && (a.ID == before || alike(a.Emergency, a.Supersedes) == meant && e.Raised.Sub(a.Raised).Abs() < raisedAgain)
		}) {
			return nil, nil
		}
		// The phone that pressed first may lose its line: the other waits for the same siren.
		if err := p.s.cfg.Alarm.Raise(context.WithoutCancel(v.ctx()), e); err != nil {
			return nil, err
		}
		p.s.pressed.keep(meant, e)
		return nil, nil
	})
	return err
}

// alike names what two presses of the same person mean, whenever they came.
func alike(e scheduler.Emergency, replaces string) string {
	return fmt.Sprintf("%q %q %q %q %q %q %q %q %d %t", e.RaisedBy, e.Title, e.Reason, e.Text, replaces, e.Languages, e.Zones, e.Messages, e.Repeat, e.NoSiren)
}

func (p *panel) emergencyOf(v *visit, f *form) scheduler.Emergency {
	now := v.now.UTC()
	e := scheduler.Emergency{
		Owned: p.owned(v, p.s.cfg.NewID()), Title: strings.TrimSpace(f.Get("title")), Reason: strings.TrimSpace(f.Get("reason")),
		Source: strings.TrimSpace(f.Get("source")), Text: strings.TrimSpace(scheduler.Clean(f.Get("text"))),
		Raised: now, Expires: now.Add(scheduler.DefaultEmergencyLife), RaisedBy: v.me.Name, Supersedes: f.Get("replaces"),
	}
	if e.Source == "" {
		e.Source = v.me.Name
	}
	e.Messages, e.NoSiren = v.alarmMessages(f), f.Get("siren") == "0"
	if n, err := strconv.Atoi(strings.TrimSpace(f.Get("repeat"))); err == nil { // else until it ends
		e.Repeat = n
	}
	for _, code := range v.village.Languages {
		if slices.Contains(f.Values["language"], code) {
			e.Languages = append(e.Languages, code)
		}
	}
	for _, zone := range p.s.cfg.Zones {
		if slices.Contains(f.Values["zone"], zone) {
			e.Zones = append(e.Zones, zone)
		}
	}
	if len(e.Zones) == len(p.s.cfg.Zones) {
		e.Zones = nil // all
	}
	if len(e.Languages) == len(v.village.Languages) {
		e.Languages = nil // all
	}
	return e
}

// renew gives an emergency its usual life once more, from now on.
func (p *panel) renew(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	_, err = p.s.cfg.Alarm.Renew(v.ctx(), f.Get("id"), v.now.Add(scheduler.DefaultEmergencyLife), v.me.Name)
	told := "emergency-renewed"
	if errors.Is(err, playout.ErrNoEmergency) {
		told, err = "emergency-gone", nil
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/emergency", told)
}

func (p *panel) lower(v *visit) {
	air := p.s.cfg.Air.Air()
	err := p.s.cfg.Alarm.Lower(v.ctx(), v.me.Name)
	if err != nil && !errors.Is(err, playout.ErrNoEmergency) {
		p.fail(v, err)
		return
	}
	if air.Emergency != nil && air.Emergency.AllClear { // whoever takes it back is not asked to say it
		v.goTo("/emergency", "all-clear-stopped")
		return
	}
	v.c.Redirect(http.StatusSeeOther, "/emergency?over=1&told=emergency-over")
}

// sirenOnly is the choice that says nothing behind the siren.
const sirenOnly = "coi"
