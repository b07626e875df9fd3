package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"loalang/scheduler"
)

// drillFormView is the form of one drill.
type drillFormView struct {
	Action         string
	Editing        bool
	Typed, Faults  map[string]string
	Often, Weekday []choiceView
	Silent, Key    bool
}

// drillFields are the answers of the form.
var drillFields = []string{"title", "how", "key", "often", "weekday", "date", "time", "before", "siren", "after", "revision"}

// drillForm is the form as it was typed, or that of a drill; the zero Drill is a new one.
func (v *visit) drillForm(f *form, d scheduler.Drill) drillFormView {
	w := drillFormView{Action: "/drills", Typed: map[string]string{}, Faults: map[string]string{}}
	if w.Editing = d.ID != ""; w.Editing {
		w.Action = "/drills/" + d.ID
	}
	if f == nil {
		w.Typed = v.drillTyped(d)
	} else {
		w.Faults = f.faults
		for _, name := range drillFields {
			w.Typed[name] = f.Get(name)
		}
	}
	w.Silent, w.Key = w.Typed["how"] != "audible", w.Typed["key"] != ""
	ways := []string{"1", "3", "once"}
	if w.Editing && d.Rule != "" && drillRule.FindStringSubmatch(d.Rule) == nil {
		ways = append([]string{"keep"}, ways...) // of a rule that this form cannot write
	}
	for _, often := range ways {
		w.Often = append(w.Often, choiceView{Value: often, Name: v.word("drills.often-" + often), Checked: often == w.Typed["often"]})
	}
	for _, d := range weekFromMonday() {
		day := strings.ToUpper(weekdayCode(d)[:2])
		w.Weekday = append(w.Weekday, choiceView{Value: day, Name: v.word("weekday." + weekdayCode(d)), Checked: day == w.Typed["weekday"]})
	}
	return w
}

// drillRule is a rule that the form writes: its hour, minute, months between, and day
// of the week.
var drillRule = regexp.MustCompile(`^DTSTART:\d{8}T(\d\d)(\d\d)00\nRRULE:FREQ=MONTHLY(?:;INTERVAL=([13]))?;BYDAY=1(MO|TU|WE|TH|FR|SA|SU)$`)

// drillTyped is a drill as people would have typed it.
func (v *visit) drillTyped(d scheduler.Drill) map[string]string {
	typed := map[string]string{
		"title": d.Title, "time": "09:00", "before": d.Before, "after": d.After, "siren": "10", "how": "silent", "often": "1", "weekday": "WE",
		"revision": strconv.FormatInt(d.Revision, 10),
	}
	if d.ID == "" {
		for name, field := range map[string]string{"title": "default-title", "before": "default-before", "after": "default-after"} {
			typed[name] = word(vietnamese, "drills."+field)
		}
		return typed
	}
	typed["siren"] = strconv.Itoa(int(d.Siren / time.Second))
	if !d.Silent {
		typed["how"] = "audible"
	}
	if d.Key {
		typed["key"] = "1"
	}
	part := drillRule.FindStringSubmatch(d.Rule)
	switch {
	case d.Rule == "":
		typed["often"], typed["date"], typed["time"] = "once", d.At.In(v.loc).Format(time.DateOnly), d.At.In(v.loc).Format("15:04")
	case part == nil:
		typed["often"] = "keep"
	default:
		typed["time"], typed["weekday"] = part[1]+":"+part[2], part[4]
		if part[3] == "3" {
			typed["often"] = "3"
		}
	}
	return typed
}

// readDrill puts the form into a drill, and returns the text of its rule; what is wrong
// with a date or a number is a fault of the form.
func (v *visit) readDrill(f *form, d scheduler.Drill) (scheduler.Drill, string) {
	was := v.drillTyped(d)
	d.Title, d.Silent, d.Key, d.Before, d.After = f.Get("title"), f.Get("how") != "audible", f.Get("key") != "", f.Get("before"), f.Get("after")
	if strings.TrimSpace(d.Title) == "" {
		d.Title = word(vietnamese, "drills.default-title")
	}
	siren, err := secondsOf(f.Get("siren"))
	if err != nil {
		f.fault("siren", v.word("fault.out-of-range", "10–60"))
	}
	d.Siren = siren
	old := d.Rule
	switch f.Get("often") {
	case "keep":
		return d, old
	case "once":
		if d.At, err = v.civilTime(f.Get("date"), f.Get("time")); err != nil {
			f.fault("when", v.word("fault.date"))
		}
		d.Rule, d.Since = "", time.Time{}
		return d, ""
	}
	d.At = time.Time{}
	if d.ID != "" && old != "" && f.Get("often") == was["often"] && f.Get("weekday") == was["weekday"] && f.Get("time") == was["time"] {
		return d, old // a drill of every quarter keeps its months when its words are changed
	}
	clock, err := time.Parse("15:04", f.Get("time"))
	if err != nil {
		f.fault("when", v.word("fault.date"))
		return d, old
	}
	interval := "1"
	if f.Get("often") == "3" {
		interval = "3"
	}
	return d, "DTSTART:" + v.now.In(v.loc).Format("20060102") + "T" + clock.Format("1504") + "00\nRRULE:FREQ=MONTHLY;INTERVAL=" + interval + ";BYDAY=1" + strings.ToUpper(f.Get("weekday"))
}

// drillAt is the drill of the address, or a new one.
func (p *panel) drillAt(v *visit) (scheduler.Drill, error) {
	if v.c.Param("id") == "" {
		return scheduler.Drill{}, nil
	}
	return p.s.drillOf(v.ctx(), v.village.Key, v.c.Param("id"))
}

// editDrill shows the form of one drill.
func (p *panel) editDrill(v *visit) {
	d, err := p.drillAt(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	p.showDrill(v, http.StatusOK, nil, d)
}

func (p *panel) showDrill(v *visit, status int, f *form, d scheduler.Drill) {
	p.render(v, status, "drills", view{Title: v.word("drills.edit-title"), Tab: "more", Data: drillsView{Form: v.drillForm(f, d)}})
}

func (p *panel) saveDrill(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	old, err := p.drillAt(v)
	if err != nil {
		p.fail(v, err)
		return
	}
	d, rule := v.readDrill(f, old)
	if old.ID == "" {
		d.Owned = p.owned(v, p.s.cfg.NewID())
	} else if d.Revision, err = strconv.ParseInt(f.Get("revision"), 10, 64); err != nil {
		p.problem(v, http.StatusBadRequest, "problem.bad-form")
		return
	}
	if f.goesBack() {
		p.drillAgain(v, http.StatusOK, f, old)
		return
	}
	save := func(ctx context.Context) error { _, err := p.s.saveDrill(ctx, v.me, d, rule); return err }
	if len(f.faults) == 0 {
		ask := p.weighed
		if f.Get(previewField) != "" {
			ask = p.sure
		}
		if !ask(v, f, save) {
			return
		}
		err = save(v.ctx())
	}
	p.drillSaved(v, f, old, err, "drill-saved")
}

// drillAgain shows the form where it was filled in.
func (p *panel) drillAgain(v *visit, status int, f *form, old scheduler.Drill) {
	if old.ID == "" {
		p.showDrills(v, status, f)
		return
	}
	p.showDrill(v, status, f, old)
}

// drillSaved answers a form.
func (p *panel) drillSaved(v *visit, f *form, old scheduler.Drill, err error, told string) {
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			field := fault.Field
			if field != "title" && field != "before" && field != "after" && field != "siren" {
				field = "when"
			}
			f.fault(field, faultWords(v.lang, fault))
		}
		p.drillAgain(v, http.StatusUnprocessableEntity, f, old)
	case errors.Is(err, scheduler.ErrRevision):
		p.problem(v, http.StatusConflict, "problem.conflict")
	case err != nil:
		p.fail(v, err)
	case len(f.faults) > 0:
		p.drillAgain(v, http.StatusUnprocessableEntity, f, old)
	default:
		v.goTo("/drills", told)
	}
}
