package web

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// templateForm is what makes a template of a village.
type templateForm struct {
	Topic    string `json:"topic,omitempty" doc:"Where it is listed: community, utilities, health, danger, farming, service, digital, school, festival or other; other when left out."`
	Class    string `json:"class,omitempty" doc:"Of the notices: normal or priority; normal when left out. emergency: a message that is prepared for one, without blanks but [thôn] and [xã]; the emergency page offers it, and only who may raise an emergency changes it."`
	Name     string `json:"name" doc:"In the list, at most 60 characters."`
	Title    string `json:"title" doc:"Of the notice, may hold blanks such as [ngày: ngày họp]."`
	Text     string `json:"text" doc:"Of the notice, may hold blanks; at most 5,000 characters."`
	Revision int64  `json:"revision,omitempty" minimum:"1" doc:"Of a change: the revision that was read; left out: whatever it is."`

	Messages []messageJSON `json:"messages,omitempty" doc:"Of the class emergency: what is said in single languages of the village instead of the text, a text or a recording."`
	Zones    []string      `json:"zones,omitempty" doc:"Of the class emergency: from which loudspeakers; all when left out."`
	Repeat   int           `json:"repeat,omitempty" doc:"Of the class emergency: cycles of siren and message, at most 100; until it ends when left out."`
	Siren    *bool         `json:"siren,omitempty" doc:"Of the class emergency: false is words without the siren."`
}

func (f templateForm) apply(t scheduler.Template, by string) scheduler.Template {
	t.Topic = scheduler.TemplateTopic(cmp.Or(strings.TrimSpace(f.Topic), string(scheduler.TopicOther)))
	t.Class = scheduler.Class(cmp.Or(strings.TrimSpace(f.Class), string(scheduler.ClassNormal)))
	t.Name, t.Title, t.Text, t.By = f.Name, f.Title, f.Text, by
	t.Prepared = scheduler.Prepared{Messages: messagesOf(f.Messages), Zones: f.Zones, Repeat: f.Repeat, NoSiren: f.Siren != nil && !*f.Siren}
	return scheduler.CleanTemplate(t)
}

// templates are those that a village can choose from, what it uses most first, and
// how often it has used each, by Code.
func (s *Server) templates(ctx context.Context, village string) (scheduler.Templates, map[string]int, error) {
	own, err := s.cfg.Texts.Templates(ctx, village)
	if err != nil {
		return nil, nil, err
	}
	uses, err := s.cfg.Texts.TemplateUses(ctx, village)
	if err != nil {
		return nil, nil, err
	}
	return scheduler.BuiltIn().Beside(own).ByUse(uses), uses, nil
}

// sought leaves of templates those that somebody looks for: each of their words begins one
// of its name, topic or title, or, where none is named so, one of its text. Marks, capitals
// and signs are all the same.
func sought(all scheduler.Templates, query string) scheduler.Templates {
	asked := strings.Fields(string(scheduler.SkeletonOf(query)))
	has := func(texts ...string) bool {
		of := string(scheduler.SkeletonOf(strings.Join(texts, " ")))
		return !slices.ContainsFunc(asked, func(begun string) bool { return !strings.Contains(of, " "+begun) })
	}
	var named, told scheduler.Templates
	for _, t := range all {
		topic := "template-topic." + string(t.Topic)
		switch {
		case has(t.Name, t.English, t.Title, word(vietnamese, topic), word(english, topic)):
			named = append(named, t)
		case has(t.Text):
			told = append(told, t)
		}
	}
	if len(named) == 0 {
		return told
	}
	return named
}

// noticeTemplates are those of templates that a notice is made of.
func (s *Server) noticeTemplates(ctx context.Context, village string) (scheduler.Templates, map[string]int, error) {
	all, uses, err := s.templates(ctx, village)
	return all.Of(scheduler.ClassNormal, scheduler.ClassPriority), uses, err
}

// template is the template of a code, among all of its village; fs.ErrNotExist when
// there is none.
func (s *Server) template(ctx context.Context, village, code string) (scheduler.Template, scheduler.Templates, error) {
	all, _, err := s.templates(ctx, village)
	if err != nil {
		return scheduler.Template{}, nil, err
	}
	t, ok := all.Find(code)
	if !ok {
		return t, all, fmt.Errorf("template %s: %w", code, fs.ErrNotExist)
	}
	return t, all, nil
}

// keepTemplate saves a template that was checked. What comes with the program is
// never changed: the village gets a copy.
func (s *Server) keepTemplate(ctx context.Context, village string, all scheduler.Templates, t scheduler.Template) (scheduler.Template, error) {
	if err := t.Validate(); err != nil {
		return t, err
	}
	if err := s.checkPrepared(ctx, village, t.Prepared); err != nil {
		return t, err
	}
	defer s.alarms.renew(ctx)
	if t.ID == "" {
		t.Owned = s.owned(s.cfg.NewID(), village)
	}
	if err := all.Check(t); err != nil {
		return t, err
	}
	t.Updated = s.cfg.Now().UTC()
	if err := s.cfg.Texts.SaveTemplate(ctx, t); err != nil {
		return t, err
	}
	t.Revision++
	return t, nil
}

// dropTemplate deletes a village's own template, or its copy of one that comes with
// the program, which then is as it was. Of one that comes with the program and was
// never changed there is nothing to delete: fs.ErrNotExist.
func (s *Server) dropTemplate(ctx context.Context, t scheduler.Template, by string) error {
	if t.Revision == 0 {
		return fmt.Errorf("change of template %s: %w", t.Code(), fs.ErrNotExist)
	}
	defer s.alarms.renew(ctx)
	t.Deleted, t.By = s.cfg.Now().UTC(), by
	return s.cfg.Texts.SaveTemplate(ctx, t)
}

// answers are what people entered for blanks, by label, and what comes of it.
type answers struct {
	written map[string]string          // as it will stand in the text
	hints   map[string]string          // codes of what is worth a second look
	faults  map[string]scheduler.Fault // what cannot be written; Field is the label
}

// answersTo writes what value has for each blank. now is in the village's zone.
func answersTo(blanks []scheduler.Blank, now time.Time, value func(label string) string) answers {
	a := answers{written: map[string]string{}, hints: map[string]string{}, faults: map[string]scheduler.Fault{}}
	for _, b := range blanks {
		one, fault := b.Write(value(b.Label), now)
		switch {
		case fault.Code != "":
			fault.Field = b.Label
			a.faults[b.Label] = fault
		case one.Written != "":
			a.written[b.Label] = one.Written
			if one.Hint != "" {
				a.hints[b.Label] = one.Hint
			}
		}
	}
	return a
}
