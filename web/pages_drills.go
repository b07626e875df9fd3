package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// drillsView is the page of drills.
type drillsView struct {
	Now    *playout.Drilling
	Drills []drillRow
	Runs   []drillRunView
	Rate   string // empty: none has run
	Form   drillFormView
}

// drillRow is one drill that comes by itself.
type drillRow struct{ ID, Title, How, When, Next string }

// drillRunView is one drill that ran.
type drillRunView struct {
	When, How, Siren string
	State            stateView
	Steps            []drillStepView
}

type drillStepView struct {
	State stateView
	Fix   string
}

func (p *panel) registerDrills(r *gin.Engine) {
	if p.s.cfg.Drills == nil {
		return
	}
	r.GET("/drills", p.allow(people.View, func(v *visit) { p.showDrills(v, http.StatusOK, nil) }))
	r.POST("/drills", p.allow(people.Arrange, p.saveDrill))
	r.GET("/drills/:id", p.allow(people.Arrange, p.editDrill))
	r.POST("/drills/:id", p.allow(people.Arrange, p.saveDrill))
	r.POST("/drills/run", p.allow(people.Arrange, p.runDrill))
	r.POST("/drills/stop", p.allow(people.Plan, p.stopDrill))
	r.POST("/drills/:id/delete", p.allow(people.Arrange, p.deleteDrill))
}

func (p *panel) showDrills(v *visit, status int, f *form) {
	all, err := p.s.cfg.Drills.Drills(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	runs, err := p.s.cfg.Drills.DrillRuns(v.ctx(), v.village.Key, v.now.Add(time.Minute), drillRunsShown)
	if err != nil {
		p.fail(v, err)
		return
	}
	w := drillsView{Now: p.s.cfg.Air.Air().Drill, Form: v.drillForm(f, scheduler.Drill{})}
	for _, d := range all {
		if !d.Immediate {
			w.Drills = append(w.Drills, v.drillRow(d))
		}
	}
	passed := 0
	for _, r := range runs {
		if r.Outcome == playout.Played {
			passed++
		}
		w.Runs = append(w.Runs, v.drillRun(r))
	}
	if len(runs) > 0 {
		w.Rate = v.word("drills.rate", len(runs), passed)
	}
	p.render(v, status, "drills", view{Title: v.word("drills.title"), Tab: "more", Data: w})
}

func (v *visit) drillHow(silent bool) string {
	if silent {
		return v.word("drills.silent")
	}
	return v.word("drills.audible")
}

func (v *visit) drillRow(d scheduler.Drill) drillRow {
	row := drillRow{ID: d.ID, Title: d.Title, How: v.drillHow(d.Silent), Next: v.word("drills.no-next")}
	if rule, err := calendar.ParseRule(d.Rule); err == nil && d.Rule != "" {
		row.When = v.ruleWords(rule, "", v.now)
	}
	if next := d.Next(v.now, v.loc); !next.IsZero() {
		row.Next = v.word("drills.next", v.at(next, v.now))
	}
	return row
}

func (v *visit) drillRun(r playout.AsRun) drillRunView {
	w := drillRunView{When: v.at(r.Due, v.now)}
	switch r.Outcome {
	case playout.Played:
		w.State = stateView{Class: "ok", Icon: "tot", Text: v.word("drills.passed")}
	case "":
		w.State = stateView{Class: "wait", Icon: "cho", Text: v.word("drills.running")}
	default:
		w.State = stateView{Class: "bad", Icon: "tra", Text: v.word("drills.failed", v.cause(r.Cause))}
	}
	if r.Drill == nil {
		return w
	}
	w.How = v.drillHow(r.Drill.Silent)
	for _, st := range r.Drill.Steps {
		text := v.word("drill-step." + st.Code)
		if st.Language != "" {
			text += ", " + v.lower(v.language(st.Language))
		}
		if st.Took > 0 {
			text += fmt.Sprintf(": %d ms", st.Took.Milliseconds())
		}
		step := drillStepView{State: stateView{Class: "ok", Icon: "tot", Text: text}}
		if !st.OK {
			step.State.Class, step.State.Icon, step.Fix = "bad", "tra", drillFault(v.lang, st)
		}
		w.Steps = append(w.Steps, step)
	}
	return w
}

func (p *panel) runDrill(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	_, err = p.s.drillNow(v.ctx(), v.me, v.village.Key, f.Get("how") != "audible")
	p.drillSaved(v, f, scheduler.Drill{}, err, "drill-asked")
}

func (p *panel) stopDrill(v *visit) {
	if on := p.s.cfg.Air.Air().Drill; on != nil {
		if err := p.s.cfg.Air.Stop(v.ctx(), on.Occurrence, v.me.Name); err != nil && !errors.Is(err, playout.ErrNotOnAir) {
			p.fail(v, err)
			return
		}
	}
	v.goTo("/drills", "drill-stopped")
}

func (p *panel) deleteDrill(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	if f.goesBack() {
		v.goTo("/drills", "")
		return
	}
	d, err := p.s.drillOf(v.ctx(), v.village.Key, v.c.Param("id"))
	if err == nil {
		remove := func(ctx context.Context) error { return p.s.removeDrill(ctx, v.me, d) }
		if !p.confirmedTo(v, f, "foreseen.undrill", remove) {
			return
		}
		err = remove(v.ctx())
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.took(p, "drills", d.ID)
	v.goTo("/drills", "drill-removed")
}
