package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// bundlesView is the page that carries a village's notices from board to board.
type bundlesView struct {
	State       stateView // of what is being done, or of the last deed; without a class: nothing
	Running     bool
	Busy        bool // nothing can be downloaded now
	Lines       []bundleRow
	Rest        string // how many lines are not shown
	Take        string // the form's words; empty: there is nothing to take in
	Name, Seen  string // of what was looked at
	Found       []foundRow
	Boards      []partnerRow
	Fingerprint string
	Stick       bool
	Silent      bool
	MainExport  bool // it is the main thing of the page
	Typed       string
	TypedName   string
	Fault       string
}

// bundleRow is what becomes of one thing.
type bundleRow struct {
	State           stateView
	What, Why, Text string
	More            []string // its class where that is no usual one, its end
	Airs, Ends      []string // when it airs here, and when no more
}

// foundRow is a bundle on a stick.
type foundRow struct {
	Name, Board, Sub, Fingerprint, Shown string
	State                                stateView
	Look, Ask, Main                      bool // it may be looked at; its board may be accepted
}

// partnerRow is a board whose bundles are taken.
type partnerRow struct{ Fingerprint, Shown, Name, Sub string }

// shown is a fingerprint as people read it aloud, which may be wrapped.
func shown(fingerprint string) string { return strings.ReplaceAll(fingerprint, "-", " ") }

// bundleRows is how many lines of a bundle the page shows.
const bundleRows = 200

func (p *panel) registerBundles(r *gin.Engine) {
	if p.s.cfg.Courier == nil {
		return
	}
	r.GET("/bundles", p.allow(people.Administer, func(v *visit) { p.showBundles(v, http.StatusOK, bundlesView{}) }))
	r.POST("/bundles/export", p.allow(people.Administer, func(v *visit) { p.carry(v, BundleOrder{Deed: ExportBundle}) }))
	r.POST("/bundles/look", p.allow(people.Administer, func(v *visit) { p.carry(v, BundleOrder{Deed: LookAtBundle, Name: v.c.PostForm("name")}) }))
	r.POST("/bundles/take", p.allow(people.Administer, func(v *visit) {
		p.carry(v, BundleOrder{TakeBundle, v.c.PostForm("name"), v.c.PostForm("seen")})
	}))
	r.POST("/bundles/boards", p.allow(people.Administer, p.trustBoard))
	r.POST("/bundles/boards/remove", p.allow(people.Administer, p.distrustBoard))
}

// showBundles draws the page around what was typed.
func (p *panel) showBundles(v *visit, status int, w bundlesView) {
	b := p.s.cfg.Courier.Bundles()
	w.Running, w.Fingerprint, w.Stick = b.Running != "", shown(b.Fingerprint), b.Stick
	w.Busy, w.Silent = w.Running || b.Busy, b.Silent
	switch {
	case w.Running:
		w.State = stateView{"wait", "cho", v.word("bundles.running-" + string(b.Running))}
	case b.Last.Deed != "":
		p.showResult(v, b.Last, &w)
	}
	main := w.Running || w.Take != ""
	for _, f := range b.Found {
		row := v.foundRow(f, w.Running)
		row.Main = row.Look && !main
		main = main || row.Main
		w.Found = append(w.Found, row)
	}
	w.MainExport = !main
	for _, t := range b.Boards {
		w.Boards = append(w.Boards, partnerRow{t.Fingerprint, shown(t.Fingerprint), t.Name, v.word("bundles.since", v.fullOrNear(t.Since, v.now))})
	}
	p.render(v, status, "bundles", view{Title: v.word("settings.bundles"), Tab: "more", Path: "/bundles", Data: w})
}

// showResult tells how the last deed ended, and what of it is to be agreed to.
func (p *panel) showResult(v *visit, r BundleResult, w *bundlesView) {
	at := v.at(r.Ended, v.now)
	switch n := r.Changes(); {
	case r.Code != "":
		w.State = stateView{"bad", "nhac", v.word("bundle-fault."+r.Code, at)}
		return
	case r.Deed == ExportBundle:
		w.State = stateView{"ok", "tot", v.word("bundles.exported", at, megabytes(r.Bytes))}
		return
	case r.Deed == TakeBundle:
		w.State = stateView{"ok", "tot", v.word("bundles.took", at, n)}
	case n == 0:
		w.State = stateView{"ok", "tot", v.word("bundles.nothing-new", r.Board)}
	default:
		w.State = stateView{"wait", "cho", v.word("bundles.looked", r.Board, n)}
		w.Take, w.Name, w.Seen = v.word("bundles.take", n), r.Name, r.Seen
	}
	slots, err := p.s.cfg.Places.Slots(v.ctx(), v.village.Key)
	if err != nil { // the page is of use without their names
		p.s.cfg.Logger.Warn("the slots of a bundle's notices are not known", "err", err)
	}
	for i, l := range r.Lines {
		if i == bundleRows {
			w.Rest = v.word("bundles.rest", len(r.Lines)-bundleRows)
			break
		}
		row := bundleRow{State: bundleStates[l.Deed], What: l.What}
		if l.Kind == "word" {
			row.What = v.word("bundles.word", l.What)
		}
		if row.State.Text = v.word("bundles.deed-" + l.Deed); l.Why != "" {
			row.Why = v.word("bundles.why-" + l.Why)
		}
		v.detail(l, slots, &row)
		w.Lines = append(w.Lines, row)
	}
}

// detail says what a notice tells and when it airs, so that people see what they agree to.
func (v *visit) detail(l BundleLine, slots []scheduler.Slot, row *bundleRow) {
	if row.Text = l.Text; l.Class != "" && l.Class != string(scheduler.ClassNormal) {
		row.More = append(row.More, v.word("class."+l.Class))
	}
	if !l.Until.IsZero() {
		row.More = append(row.More, v.word("bundles.until", v.at(l.Until, v.now)))
	}
	if len(l.Airs)+len(l.Ends) == 0 {
		if l.Deed == "new" && l.Kind == "notice" {
			row.More = append(row.More, v.word("bundles.no-times"))
		}
		return
	}
	for _, sc := range l.Airs {
		row.Airs = append(row.Airs, v.wholeName(sc, slots))
	}
	for _, sc := range l.Ends {
		row.Ends = append(row.Ends, v.word("bundles.ends", v.wholeName(sc, slots)))
	}
}

// wholeName says a schedule in one line.
func (v *visit) wholeName(sc scheduler.Schedule, slots []scheduler.Slot) string {
	name, sub := v.scheduleName(sc, slots)
	if sub != "" {
		name += " (" + sub + ")"
	}
	return name
}

// bundleStates are the looks of each deed of a line.
var bundleStates = map[string]stateView{
	"new": {Class: "ok", Icon: "them"}, "change": {Class: "ok", Icon: "viet"}, "withdraw": {Class: "bad", Icon: "dung"},
	"same": {Class: "wait", Icon: "tot"}, "keep": {Class: "wait", Icon: "khoa"},
}

// foundRow words a bundle on a stick.
func (v *visit) foundRow(f FoundBundle, running bool) foundRow {
	row := foundRow{Name: f.Name, Board: f.Board, Fingerprint: f.Fingerprint, Shown: shown(f.Fingerprint), Sub: v.word("bundles.found-sub", v.fullOrNear(f.Made, v.now), megabytes(f.Bytes))}
	switch {
	case f.Own:
		row.State = stateView{"wait", "tot", v.word("bundles.own")}
	case !f.Here:
		row.State = stateView{"bad", "nhac", v.word("bundles.elsewhere", f.Village)}
	case !f.Trusted:
		row.State, row.Ask = stateView{"bad", "nhac", v.word("bundles.unknown")}, true
	default:
		row.State, row.Look = stateView{"ok", "tot", v.word("bundles.trusted")}, !running
	}
	return row
}

func (p *panel) carry(v *visit, o BundleOrder) {
	err := p.s.carry(v.ctx(), o)
	told := "bundle-" + string(o.Deed)
	switch {
	case errors.Is(err, ErrBusyKeeping):
		told = "bundle-busy"
	case errors.Is(err, ErrNoStick):
		told = "bundle-no-stick"
	case errors.Is(err, ErrSilentStick):
		told = "bundle-silent"
	case errors.Is(err, errNotLookedAt):
		told = "bundle-look-first"
	case errors.Is(err, fs.ErrNotExist):
		told = "bundle-gone"
	case err != nil:
		p.fail(v, err)
		return
	}
	v.c.Header("Cache-Control", "no-store")
	v.goTo("/bundles", told)
}

func (p *panel) trustBoard(v *visit) {
	w := bundlesView{Typed: v.c.PostForm("fingerprint"), TypedName: v.c.PostForm("name")}
	err := p.s.trustBoard(v.ctx(), w.Typed, w.TypedName)
	if errors.Is(err, ErrFingerprint) {
		w.Fault = v.word("bundles.bad-fingerprint")
		p.showBundles(v, http.StatusUnprocessableEntity, w)
		return
	}
	if err != nil {
		p.fail(v, fmt.Errorf("trust a board: %w", err))
		return
	}
	v.goTo("/bundles", "bundle-trusted")
}

func (p *panel) distrustBoard(v *visit) {
	t, err := p.s.distrustBoard(v.ctx(), v.c.PostForm("fingerprint"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrFingerprint) {
		p.fail(v, fmt.Errorf("distrust a board: %w", err))
		return
	}
	if err == nil {
		v.took(p, bundleKind, t.Fingerprint)
	}
	v.goTo("/bundles", "bundle-distrusted")
}
