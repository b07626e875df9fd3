package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"loalang/people"
	"loalang/scheduler"
)

// templatesView is the templates of a village, by topic.
type templatesView struct {
	Query  string        // what is looked for; empty: all of them
	Alarms []templateRow // what is prepared for emergencies
	Groups []templateRows
}

// templateRows is the templates of a topic.
type templateRows struct {
	ID, Name, Icon string
	Rows           []templateRow
}

type templateRow struct {
	Code, Name, Sub string
	State           string // whose it is, when it is not as it came
	Used            string // "Đã dùng 3 lần"
}

// templateEdit is the page of one template, known or new.
type templateEdit struct {
	Code              string // empty: it is new
	Revision          int64
	Name, Title, Text string
	Topics            []choiceView
	Urgent            bool
	Alarm             bool          // it is prepared for an emergency
	Copy              bool          // it stands in the place of one that came with the program
	Own               bool          // the village wrote it
	Prepared          *preparedForm // how it is to be heard, of an emergency; nil: no emergency
	Faults            map[string]string
	Example           *exampleView
	Kinds             []kindView
}

// kindView is how a kind of blank is written, with what may be filled in.
type kindView struct{ Written, Example string }

// exampleView is a template filled with something for each blank.
type exampleView struct {
	Faults  []string
	Blanks  []kindView
	Title   string
	Preview previewView
}

func (p *panel) registerTemplates(r *gin.Engine) {
	r.GET("/templates", p.allow(people.View, p.templates))
	r.POST("/templates/example", p.allow(people.Write, p.templateExample))
	r.GET("/templates/new", p.allow(people.Write, p.newTemplate))
	r.POST("/templates/new", p.allow(people.Write, func(v *visit) { p.sendTemplate(v, "") }))
	r.GET("/templates/:code", p.allow(people.Write, p.template))
	r.POST("/templates/:code", p.allow(people.Write, func(v *visit) { p.sendTemplate(v, v.c.Param("code")) }))
	r.POST("/templates/:code/remove", p.allow(people.Write, p.removeTemplate))
}

// templates is the list.
func (p *panel) templates(v *visit) {
	all, uses, err := p.s.templates(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	list := templatesView{Query: strings.TrimSpace(v.c.Query("q"))}
	all = sought(all, list.Query)
	for _, t := range all.Of(scheduler.ClassEmergency) {
		list.Alarms = append(list.Alarms, templateRow{Code: t.Code(), Name: t.Name, Sub: t.For(v.village).Text, Used: v.preparedLine(t.For(v.village).Prepared), State: p.zonesGoneLine(v, t)})
	}
	for _, topic := range scheduler.TemplateTopics() {
		g := templateRows{ID: string(topic), Name: v.word("template-topic." + string(topic)), Icon: topicIcons[topic]}
		for _, t := range all {
			if t.Topic != topic || t.Class == scheduler.ClassEmergency {
				continue
			}
			row := templateRow{Code: t.Code(), Name: v.templateName(t), Sub: v.templateSub(t, v.village)}
			switch {
			case t.Key == "":
				row.State = v.word("templates.own")
			case t.Revision > 0:
				row.State = v.word("templates.copy")
			}
			if n := uses[t.Code()]; n > 0 {
				row.Used = v.word("templates.used", n)
			}
			g.Rows = append(g.Rows, row)
		}
		if len(g.Rows) > 0 {
			list.Groups = append(list.Groups, g)
		}
	}
	p.render(v, http.StatusOK, "texts", view{Title: v.word("templates.title"), Tab: "announcements", Data: list})
}

// newTemplate is the empty form; "from" names an announcement to begin with.
func (p *panel) newTemplate(v *visit) {
	t := scheduler.Template{Topic: scheduler.TopicOther, Class: scheduler.ClassNormal}
	if v.c.Query("class") == string(scheduler.ClassEmergency) {
		t.Topic, t.Class = scheduler.TopicDanger, scheduler.ClassEmergency
	}
	if from := v.c.Query("from"); from != "" {
		d, err := p.s.cfg.Announcements.Announcement(v.ctx(), from)
		if err != nil || d.Announcement.Village != v.village.Key {
			p.problem(v, http.StatusNotFound, "problem.not-found")
			return
		}
		a := d.Announcement
		t.Title, t.Text = a.Title, a.Text
		t.Name = a.Title
		if utf8.RuneCountInString(t.Name) > scheduler.MaxTemplateName {
			t.Name = string([]rune(t.Name)[:scheduler.MaxTemplateName-1]) + "…"
		}
		if a.Class == scheduler.ClassPriority {
			t.Class = a.Class
		}
	}
	p.showTemplate(v, http.StatusOK, t, templateEdit{})
}

func (p *panel) template(v *visit) {
	t, _, err := p.s.template(v.ctx(), v.village.Key, v.c.Param("code"))
	if err != nil {
		p.fail(v, err)
		return
	}
	e := templateEdit{}
	if gone := p.zonesGoneLine(v, t); gone != "" {
		e.Faults = map[string]string{"zones": gone}
	}
	p.showTemplate(v, http.StatusOK, t, e)
}

// zonesGoneLine says which zones of a prepared message the board has no more; empty: none.
func (p *panel) zonesGoneLine(v *visit, t scheduler.Template) string {
	gone := t.Prepared.ZonesGone(p.s.cfg.Zones)
	if len(gone) == 0 {
		return ""
	}
	return v.word("templates.zones-gone", strings.Join(gone, ", "))
}

// showTemplate draws the form of a template; e has what is worth saying of it.
func (p *panel) showTemplate(v *visit, status int, t scheduler.Template, e templateEdit) {
	title := v.word("templates.add")
	if t.Class == scheduler.ClassEmergency {
		title = v.word("templates.alarm-add")
	}
	if t.Code() != "" {
		title = v.templateName(t)
	}
	e.Code, e.Revision, e.Name, e.Title, e.Text = t.Code(), t.Revision, t.Name, t.Title, t.Text
	e.Alarm = t.Class == scheduler.ClassEmergency
	e.Urgent, e.Copy, e.Own = t.Class == scheduler.ClassPriority, t.Key != "" && t.Revision > 0, t.Key == "" && t.Revision > 0
	for _, topic := range scheduler.TemplateTopics() {
		e.Topics = append(e.Topics, choiceView{Value: string(topic), Name: v.word("template-topic." + string(topic)), Checked: topic == t.Topic})
	}
	for _, word := range scheduler.BlankWords() {
		kind := scheduler.KindOf(word)
		e.Kinds = append(e.Kinds, kindView{scheduler.Blank{Kind: kind, Label: v.word("blank-label." + string(kind))}.String(), v.word("blank-kind." + string(kind))})
	}
	if e.Faults == nil {
		e.Faults = map[string]string{}
	}
	if e.Example == nil && t.Text != "" {
		x := p.example(v, t, false)
		e.Example = &x
	}
	script := "texts.js"
	if e.Alarm {
		var err error
		if e.Prepared, err = p.preparedForm(v, t, e.Faults); err != nil {
			p.fail(v, err)
			return
		}
		script = "prepared.js"
	}
	p.render(v, status, "text", view{Title: title, Tab: "announcements", Script: script, Data: e})
}

// templateOf is a template with what the form says of it.
func (p *panel) templateOf(v *visit, f *form, t scheduler.Template) scheduler.Template {
	class := scheduler.ClassNormal
	switch {
	case f.Get("class") == string(scheduler.ClassEmergency):
		class = scheduler.ClassEmergency
	case f.Get("urgent") != "":
		class = scheduler.ClassPriority
	}
	made := templateForm{Topic: f.Get("topic"), Class: string(class), Name: f.Get("name"), Title: f.Get("title"), Text: f.Get("text")}
	if class == scheduler.ClassEmergency {
		p.readPrepared(v, f, &made)
	}
	return made.apply(t, v.me.Name)
}

// sendTemplate tries a template or keeps it; code is empty for a new one.
func (p *panel) sendTemplate(v *visit, code string) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	all, _, err := p.s.templates(v.ctx(), v.village.Key)
	if err != nil {
		p.fail(v, err)
		return
	}
	old, known := all.Find(code)
	t := p.templateOf(v, f, old)
	if !alarmTemplateBy(v.may, t, old) {
		p.forbid(v)
		return
	}
	if len(f.faults) > 0 { // a file was refused
		p.showTemplate(v, http.StatusUnprocessableEntity, t, templateEdit{Faults: f.faults})
		return
	}
	if f.Get("do") == "try" {
		x := p.example(v, t, true)
		p.showTemplate(v, http.StatusOK, t, templateEdit{Example: &x})
		return
	}
	read, bad := strconv.ParseInt(f.Get("revision"), 10, 64)
	if code != "" && (!known || bad != nil || read != old.Revision) {
		p.templateChanged(v, t)
		return
	}
	if known && old.Revision == 0 && sameWords(t, old) { // as it came
		v.goTo("/templates", "template-same")
		return
	}
	_, err = p.s.keepTemplate(v.ctx(), v.village.Key, all, t)
	var faults scheduler.Invalid
	switch {
	case errors.As(err, &faults):
		e := templateEdit{Faults: map[string]string{}}
		for _, fault := range faults {
			if e.Faults[fault.Field] == "" {
				e.Faults[fault.Field] = faultWords(v.lang, fault)
			}
		}
		p.showTemplate(v, http.StatusUnprocessableEntity, t, e)
	case errors.Is(err, scheduler.ErrRevision):
		if now, _, err := p.s.template(v.ctx(), v.village.Key, code); err == nil {
			t.Owned = now.Owned
		}
		p.templateChanged(v, t)
	case err != nil:
		p.fail(v, err)
	default:
		v.goTo("/templates", "template-saved")
	}
}

// alarmTemplateBy says whether somebody may do anything to templates: what is prepared
// for an emergency is for those who may raise one.
func alarmTemplateBy(may func(people.Action) bool, ts ...scheduler.Template) bool {
	urgent := slices.ContainsFunc(ts, func(t scheduler.Template) bool { return t.Class == scheduler.ClassEmergency })
	return !urgent || may(people.Alarm)
}

// templateChanged keeps what was typed when somebody else was quicker: saving again
// is a choice.
func (p *panel) templateChanged(v *visit, t scheduler.Template) {
	p.showTemplate(v, http.StatusConflict, t, templateEdit{Faults: map[string]string{"name": v.word("templates.changed-since")}})
}

// sameWords says whether two templates say the same.
func sameWords(a, b scheduler.Template) bool {
	return a.Topic == b.Topic && a.Class == b.Class && a.Name == b.Name && a.Title == b.Title && a.Text == b.Text
}

// removeTemplate deletes the village's own, or puts one that was changed back.
func (p *panel) removeTemplate(v *visit) {
	t, _, err := p.s.template(v.ctx(), v.village.Key, v.c.Param("code"))
	if err == nil && !alarmTemplateBy(v.may, t) {
		p.forbid(v)
		return
	}
	if err == nil && t.Revision > 0 {
		err = p.s.dropTemplate(v.ctx(), t, v.me.Name)
	}
	v.took(p, "templates", t.ID)
	switch {
	case err != nil && !isMissing(err): // removed before: as wished
		if errors.Is(err, scheduler.ErrRevision) {
			p.templateChanged(v, t)
			return
		}
		p.fail(v, err)
	case t.Key != "":
		v.goTo("/templates", "template-restored")
	default:
		v.goTo("/templates", "template-removed")
	}
}

// templateExample is the example alone, for the page's module.
func (p *panel) templateExample(v *visit) {
	f, err := p.readForm(v)
	if err != nil {
		p.badForm(v, err)
		return
	}
	p.send(v, http.StatusOK, fragment{"example", p.example(v, p.templateOf(v, f, scheduler.Template{}), f.Get("do") == "try")})
}

// example fills a template with something for each blank and has it read, aloud
// when asked.
func (p *panel) example(v *visit, t scheduler.Template, aloud bool) exampleView {
	var x exampleView
	var wrong scheduler.Invalid
	if err := t.Validate(); errors.As(err, &wrong) {
		for _, fault := range wrong {
			if said := faultWords(v.lang, fault); fault.Field != "name" && fault.Field != "topic" && fault.Code != scheduler.FaultRequired && !slices.Contains(x.Faults, said) {
				x.Faults = append(x.Faults, said)
			}
		}
	}
	sample := sampleOf(t.For(v.village), v.now.In(v.loc))
	for i, b := range sample.blanks {
		x.Blanks = append(x.Blanks, kindView{b.String(), sample.written[i]})
	}
	x.Title = sample.title
	text := sample.text
	switch {
	case text == "":
	case aloud:
		x.Preview = p.preview(v, text)
	case utf8.RuneCountInString(text) <= scheduler.MaxText:
		x.Preview = p.silently(v, text)
	}
	return x
}

// silently is a preview without a voice.
func (p *panel) silently(v *visit, text string) previewView {
	spoken := p.s.cfg.Speaker.Normalize(v.readIn(), text)
	pv := previewView{Lines: sides(spoken, text), Changes: spoken.Changes}
	pv.Doubts, pv.Doubtful = v.doubts(spoken.Changes)
	return pv
}

// sample is a template with something in every blank.
type sample struct {
	title, text string
	blanks      []scheduler.Blank
	written     []string // of each blank
}

func sampleOf(t scheduler.Template, now time.Time) sample {
	written, asked := map[string]string{}, map[scheduler.BlankKind]int{}
	var x sample
	for _, b := range t.Blanks() {
		a, _ := b.Write(exampleOf(b, asked[b.Kind], now), now)
		asked[b.Kind]++
		written[b.Label] = a.Written
		x.blanks, x.written = append(x.blanks, b), append(x.written, a.Written)
	}
	x.title, x.text = scheduler.Fill(t.Title, written), scheduler.Fill(t.Text, written)
	return x
}

// exampleOf is something to fill into a blank with so many of its kind before it: what
// begins does not end on the same day at the same hour.
func exampleOf(b scheduler.Blank, before int, now time.Time) string {
	switch b.Kind {
	case scheduler.BlankDate:
		return now.AddDate(0, 0, 7+before).Format(time.DateOnly)
	case scheduler.BlankTime:
		return []string{"19:30", "21:00"}[before%2]
	case scheduler.BlankPlace:
		return "nhà văn hóa thôn"
	case scheduler.BlankMoney:
		return "50000"
	case scheduler.BlankNumber:
		return "8"
	case scheduler.BlankPhone:
		return "0912345678"
	}
	return b.Label
}
