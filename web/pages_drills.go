package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// drillsView is the page of drills.
type drillsView struct {
	Now            *playout.Drilling
	Drills         []drillRow
	Runs           []drillRunView
	Rate           string // empty: none has run
	Typed, Faults  map[string]string
	Often, Weekday []choiceView
	Silent         bool
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
	w := drillsView{Now: p.s.cfg.Air.Air().Drill, Typed: map[string]string{
		"time": "09:00", "before": word(vietnamese, "drills.default-before"), "after": word(vietnamese, "drills.default-after"), "siren": "10", "how": "silent", "often": "1", "weekday": "WE",
	}, Faults: map[string]string{}}
	if f != nil {
		w.Faults = f.faults
		for _, name := range []string{"time", "date", "before", "after", "siren", "how", "often", "weekday"} {
			w.Typed[name] = f.Get(name)
		}
	}
	w.Silent = w.Typed["how"] != "audible"
	for _, often := range []string{"1", "3", "once"} {
		w.Often = append(w.Often, choiceView{Value: often, Name: v.word("drills.often-" + often), Checked: often == w.Typed["often"]})
	}
	for _, d := range weekFromMonday() {
		day := strings.ToUpper(weekdayCode(d)[:2])
		w.Weekday = append(w.Weekday, choiceView{Value: day, Name: v.word("weekday." + weekdayCode(d)), Checked: day == w.Typed["weekday"]})
	}
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
	p.render(v, status, "drills", view{Title: v.word("drills.title"), Tab: "plan", Data: w})
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

// typedDrill reads the form; what is wrong with a date or a number is a fault of it.
func (p *panel) typedDrill(v *visit, f *form) (d scheduler.Drill, rule string) {
	d = scheduler.Drill{
		Owned: p.owned(v, p.s.cfg.NewID()), Title: word(vietnamese, "drills.default-title"), Silent: f.Get("how") != "audible", Key: f.Get("key") != "",
		Before: f.Get("before"), After: f.Get("after"),
	}
	siren, err := secondsOf(f.Get("siren"))
	if err != nil {
		f.fault("siren", v.word("fault.out-of-range", "10–60"))
	}
	d.Siren = siren
	if f.Get("often") == "once" {
		if d.At, err = v.civilTime(f.Get("date"), f.Get("time")); err != nil {
			f.fault("when", v.word("fault.date"))
		}
		return d, ""
	}
	clock, err := time.Parse("15:04", f.Get("time"))
	if err != nil {
		f.fault("when", v.word("fault.date"))
		return d, ""
	}
	interval := "1"
	if f.Get("often") == "3" {
		interval = "3"
	}
	return d, "DTSTART:" + v.now.In(v.loc).Format("20060102") + "T" + clock.Format("1504") + "00\nRRULE:FREQ=MONTHLY;INTERVAL=" + interval + ";BYDAY=1" + strings.ToUpper(f.Get("weekday"))
}

func (p *panel) saveDrill(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	d, rule := p.typedDrill(v, f)
	save := func(ctx context.Context) error { _, err := p.s.saveDrill(ctx, v.me, d, rule); return err }
	switch {
	case len(f.faults) > 0:
	case f.goesBack():
		p.showDrills(v, http.StatusOK, f)
		return
	case !p.weighed(v, f, save):
		return
	default:
		err = save(v.ctx())
	}
	p.drillSaved(v, f, err, "drill-saved")
}

// drillSaved answers a form.
func (p *panel) drillSaved(v *visit, f *form, err error, told string) {
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			field := fault.Field
			if field != "before" && field != "after" && field != "siren" {
				field = "when"
			}
			f.fault(field, faultWords(v.lang, fault))
		}
		p.showDrills(v, http.StatusUnprocessableEntity, f)
	case err != nil:
		p.fail(v, err)
	case len(f.faults) > 0:
		p.showDrills(v, http.StatusUnprocessableEntity, f)
	default:
		v.goTo("/drills", told)
	}
}

func (p *panel) runDrill(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	_, err = p.s.drillNow(v.ctx(), v.me, v.village.Key, f.Get("how") != "audible")
	p.drillSaved(v, f, err, "drill-asked")
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
		if !p.sure(v, f, remove) {
			return
		}
		err = remove(v.ctx())
	}
	if err != nil {
		p.fail(v, err)
		return
	}
	v.goTo("/drills", "drill-removed")
}
