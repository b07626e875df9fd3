package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"loalang/people"
	"loalang/scheduler"
)

// templateJSON is a template as the API shows it.
type templateJSON struct {
	Code     string      `json:"code" doc:"Names it in addresses and as the topic of announcements."`
	Village  string      `json:"village"`
	Topic    string      `json:"topic" doc:"Where it is listed."`
	Class    string      `json:"class" enum:"normal,priority,emergency" doc:"emergency: prepared for one, and offered by its page."`
	Name     string      `json:"name"`
	English  string      `json:"english,omitempty" doc:"The name in English."`
	Title    string      `json:"title" doc:"Of the notice, with blanks."`
	Text     string      `json:"text" doc:"Of the notice, with blanks."`
	Blanks   []blankJSON `json:"blanks" doc:"What is to be filled in. [thôn] and [xã] are filled in by the board."`
	Origin   string      `json:"origin" enum:"program,changed,village" doc:"It came with the program, was changed by the village since, or is the village's own."`
	By       string      `json:"by,omitempty" doc:"Who wrote it last."`
	Updated  *time.Time  `json:"updated,omitempty"`
	Revision int64       `json:"revision" doc:"0 of what came with the program."`
	Uses     int         `json:"uses" doc:"How many announcements were made of it."`

	Messages []messageJSON `json:"messages,omitempty" doc:"Of the class emergency: what is said in single languages instead of the text."`
	Zones    []string      `json:"zones,omitempty" doc:"Of the class emergency; none is all."`
	Repeat   int           `json:"repeat,omitempty" doc:"Of the class emergency: cycles of siren and message; 0 is until it ends."`
	Siren    *bool         `json:"siren,omitempty" doc:"Of the class emergency: false is words without the siren."`
}

// blankJSON is a blank of a template.
type blankJSON struct {
	Label string `json:"label" doc:"Names it in answers."`
	Kind  string `json:"kind" enum:"date,time,place,money,number,phone,text"`
}

// sampleBlankJSON is a blank with something in it.
type sampleBlankJSON struct {
	Label   string `json:"label"`
	Kind    string `json:"kind" enum:"date,time,place,money,number,phone,text"`
	Example string `json:"example"`
}

func templateJSONOf(t scheduler.Template, v scheduler.Village, uses map[string]int) templateJSON {
	j := templateJSON{
		Code: t.Code(), Village: v.Key, Topic: string(t.Topic), Class: string(t.Class), Name: t.Name, English: t.English, Title: t.Title, Text: t.Text,
		Blanks: []blankJSON{}, Origin: "program", By: t.By, Updated: instantOf(t.Updated), Revision: t.Revision, Uses: uses[t.Code()],
	}
	if p := t.Prepared; t.Class == scheduler.ClassEmergency {
		siren := !p.NoSiren
		j.Messages, j.Zones, j.Repeat, j.Siren = messagesJSON(p.Messages), p.Zones, p.Repeat, &siren
	}
	for _, b := range t.For(v).Blanks() {
		j.Blanks = append(j.Blanks, blankJSON{b.Label, string(b.Kind)})
	}
	switch {
	case t.Key == "":
		j.Origin = "village"
	case t.Revision > 0:
		j.Origin = "changed"
	}
	return j
}

type (
	templatesInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Query   string `query:"q" maxLength:"100" doc:"Words that its name, topic or title begins with, or its text where none is named so; marks and capitals do not matter."`
	}
	templatesOutput struct {
		Body struct {
			Templates []templateJSON `json:"templates" doc:"What the village uses most first."`
		}
	}
	templateInput struct {
		Caller
		Code    string `path:"code"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
	}
	newTemplateInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    templateForm
	}
	changeTemplateInput struct {
		Caller
		Code    string `path:"code"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    templateForm
	}
	templateOutput struct {
		Body templateJSON
	}
	fillTemplateInput struct {
		Caller
		Code    string `path:"code"`
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Answers map[string]string `json:"answers" doc:"By label: dates such as 2026-11-30 or 30/11, times such as 19:30 or 7h30, amounts such as 50000 or 1,2 triệu."`
		}
	}
	tryTemplateInput struct {
		Caller
		Village string `query:"village" doc:"Key; the board's own when left out."`
		Body    struct {
			Title string `json:"title" doc:"Of the notice, with blanks."`
			Text  string `json:"text" doc:"Of the notice, with blanks."`
		}
	}
	tryTemplateOutput struct {
		Body struct {
			Title  string            `json:"title" doc:"With something in every blank."`
			Text   string            `json:"text"`
			Spoken string            `json:"spoken" doc:"How the text is read in Vietnamese."`
			Blanks []sampleBlankJSON `json:"blanks" doc:"As they were understood."`
		}
	}
	fillTemplateOutput struct {
		Body struct {
			Title string   `json:"title"`
			Text  string   `json:"text"`
			Class string   `json:"class" enum:"normal,priority"`
			Topic string   `json:"topic" doc:"Give it to the announcement: so uses are counted."`
			Left  []string `json:"left" doc:"Labels of blanks that nothing was given for; an announcement is refused while there are any."`
			Hints []hint   `json:"hints" doc:"What is worth a second look."`
		}
	}
)

func (s *Server) registerTemplates(api huma.API) {
	const tag = "templates"
	answer(s, api, operation{"list-templates", http.MethodGet, "/templates", "List the notices to start from", tag, people.View, 0}, s.listTemplates)
	answer(s, api, operation{"create-template", http.MethodPost, "/templates", "Add a template of the village's own", tag, people.Write, http.StatusCreated}, s.createTemplate)
	answer(s, api, operation{"get-template", http.MethodGet, "/templates/{code}", "Read a template", tag, people.View, 0}, s.getTemplate)
	answer(s, api, operation{"change-template", http.MethodPut, "/templates/{code}", "Change a template; of one that came with the program the village gets a copy", tag, people.Write, 0}, s.changeTemplate)
	answer(s, api, operation{"delete-template", http.MethodDelete, "/templates/{code}", "Delete the village's own template, or put one that was changed back as it came", tag, people.Write, http.StatusNoContent}, s.deleteTemplate)
	answer(s, api, operation{"fill-template", http.MethodPost, "/templates/{code}/fill", "Fill in a template, for an announcement", tag, people.View, 0}, s.fillTemplate)
	answer(s, api, operation{"try-template", http.MethodPost, "/templates/try", "See how a template is understood, with something in every blank; nothing is saved", tag, people.Write, 0}, s.tryTemplate)
}

// villageTemplate is the template that a call is about, with its village.
func (s *Server) villageTemplate(ctx context.Context, in *templateInput, a people.Action) (scheduler.Template, scheduler.Templates, scheduler.Village, error) {
	key, err := in.village(in.Village, a)
	if err != nil {
		return scheduler.Template{}, nil, scheduler.Village{}, err
	}
	village, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return scheduler.Template{}, nil, village, err
	}
	t, all, err := s.template(ctx, key, in.Code)
	return t, all, village, err
}

// shownTemplate is a template with how often it was used.
func (s *Server) shownTemplate(ctx context.Context, t scheduler.Template, v scheduler.Village) (*templateOutput, error) {
	uses, err := s.cfg.Texts.TemplateUses(ctx, v.Key)
	if err != nil {
		return nil, err
	}
	return &templateOutput{Body: templateJSONOf(t, v, uses)}, nil
}

func (s *Server) listTemplates(ctx context.Context, in *templatesInput) (*templatesOutput, error) {
	key, err := in.village(in.Village, people.View)
	if err != nil {
		return nil, err
	}
	village, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	all, uses, err := s.templates(ctx, key)
	if err != nil {
		return nil, err
	}
	var out templatesOutput
	out.Body.Templates = []templateJSON{}
	for _, t := range sought(all, in.Query) {
		out.Body.Templates = append(out.Body.Templates, templateJSONOf(t, village, uses))
	}
	return &out, nil
}

func (s *Server) createTemplate(ctx context.Context, in *newTemplateInput) (*templateOutput, error) {
	key, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	village, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	all, _, err := s.templates(ctx, key)
	if err != nil {
		return nil, err
	}
	made := in.Body.apply(scheduler.Template{}, in.who.Name)
	if err := in.mayPrepare(key, made); err != nil {
		return nil, err
	}
	t, err := s.keepTemplate(ctx, key, all, made)
	if err != nil {
		return nil, err
	}
	return s.shownTemplate(ctx, t, village)
}

func (s *Server) getTemplate(ctx context.Context, in *templateInput) (*templateOutput, error) {
	t, _, village, err := s.villageTemplate(ctx, in, people.View)
	if err != nil {
		return nil, err
	}
	return s.shownTemplate(ctx, t, village)
}

func (s *Server) changeTemplate(ctx context.Context, in *changeTemplateInput) (*templateOutput, error) {
	t, all, village, err := s.villageTemplate(ctx, &templateInput{in.Caller, in.Code, in.Village}, people.Write)
	if err != nil {
		return nil, err
	}
	if in.Body.Revision != 0 && in.Body.Revision != t.Revision {
		return nil, scheduler.ErrRevision
	}
	made := in.Body.apply(t, in.who.Name)
	if err := in.mayPrepare(village.Key, t, made); err != nil {
		return nil, err
	}
	if t, err = s.keepTemplate(ctx, village.Key, all, made); err != nil {
		return nil, err
	}
	return s.shownTemplate(ctx, t, village)
}

func (s *Server) deleteTemplate(ctx context.Context, in *templateInput) (*removed, error) {
	t, _, _, err := s.villageTemplate(ctx, in, people.Write)
	if err != nil {
		return nil, err
	}
	if err := in.mayPrepare(t.Village, t); err != nil {
		return nil, err
	}
	if err := s.dropTemplate(ctx, t, in.who.Name); err != nil {
		return nil, err
	}
	return s.removedOf(ctx, &in.Caller, t.Village, "templates", t.ID), nil
}

func (s *Server) fillTemplate(ctx context.Context, in *fillTemplateInput) (*fillTemplateOutput, error) {
	t, _, village, err := s.villageTemplate(ctx, &templateInput{in.Caller, in.Code, in.Village}, people.View)
	if err != nil {
		return nil, err
	}
	zone, err := village.Location()
	if err != nil {
		return nil, err
	}
	t = t.For(village)
	blanks := t.Blanks()
	given := answersTo(blanks, s.cfg.Now().In(zone), func(label string) string { return in.Body.Answers[label] })
	var wrong scheduler.Invalid
	for label := range in.Body.Answers {
		fault, bad := given.faults[label]
		if !slices.ContainsFunc(blanks, func(b scheduler.Blank) bool { return b.Label == label }) {
			fault, bad = scheduler.Fault{Code: scheduler.FaultUnknown}, true
		}
		if bad {
			fault.Field = "answers." + label
			wrong = append(wrong, fault)
		}
	}
	if len(wrong) > 0 {
		slices.SortFunc(wrong, func(a, b scheduler.Fault) int { return strings.Compare(a.Field, b.Field) })
		return nil, wrong
	}
	var out fillTemplateOutput
	out.Body.Title, out.Body.Text = scheduler.Fill(t.Title, given.written), scheduler.Fill(t.Text, given.written)
	out.Body.Class, out.Body.Topic, out.Body.Left, out.Body.Hints = string(t.Class), t.Code(), []string{}, []hint{}
	for _, b := range blanks {
		if given.written[b.Label] == "" {
			out.Body.Left = append(out.Body.Left, b.Label)
		}
		if code := given.hints[b.Label]; code != "" {
			out.Body.Hints = append(out.Body.Hints, hint{code, b.Label + ": " + word(in.lang, "blank-hint."+code)})
		}
	}
	return &out, nil
}

func (s *Server) tryTemplate(ctx context.Context, in *tryTemplateInput) (*tryTemplateOutput, error) {
	key, err := in.village(in.Village, people.Write)
	if err != nil {
		return nil, err
	}
	place, err := s.cfg.Places.Village(ctx, key)
	if err != nil {
		return nil, err
	}
	zone, err := place.Location()
	if err != nil {
		return nil, err
	}
	t := scheduler.Template{Topic: scheduler.TopicOther, Class: scheduler.ClassNormal, Name: "x", Title: scheduler.Clean(in.Body.Title), Text: scheduler.Clean(in.Body.Text)}
	if err := t.Validate(); err != nil {
		return nil, err
	}
	var out tryTemplateOutput
	out.Body.Blanks = []sampleBlankJSON{}
	sample := sampleOf(t.For(place), s.cfg.Now().In(zone))
	for i, b := range sample.blanks {
		out.Body.Blanks = append(out.Body.Blanks, sampleBlankJSON{b.Label, string(b.Kind), sample.written[i]})
	}
	out.Body.Title, out.Body.Text = sample.title, sample.text
	out.Body.Spoken = s.cfg.Speaker.Normalize(vietnamese, sample.text).Text
	return &out, nil
}

// mayPrepare refuses a change of what is prepared for an emergency to who may not raise
// one.
func (c *Caller) mayPrepare(village string, ts ...scheduler.Template) error {
	var err error
	alarmTemplateBy(func(a people.Action) bool { _, err = c.village(village, a); return err == nil }, ts...)
	return err
}
