package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"loalang/scheduler"
)

// templateForm is a template in the standby.
type templateForm struct {
	ID       string `json:"id"`
	Key      string `json:"key,omitempty"`
	Topic    string `json:"topic"`
	Class    string `json:"class"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	By       string `json:"by"`
	Revision int64  `json:"revision"`

	Messages []messageForm `json:"messages,omitempty"`
	Zones    []string      `json:"zones,omitempty"`
	Repeat   int           `json:"repeat,omitempty"`
	NoSiren  bool          `json:"no_siren,omitempty"`
}

func formTemplate(t scheduler.Template) templateForm {
	return templateForm{
		ID: t.ID, Key: t.Key, Topic: string(t.Topic), Class: string(t.Class), Name: t.Name, Title: t.Title, Text: t.Text, By: t.By, Revision: t.Revision,
		Messages: each(t.Prepared.Messages, formMessage), Zones: t.Prepared.Zones, Repeat: t.Prepared.Repeat, NoSiren: t.Prepared.NoSiren,
	}
}

func (s *Store) templatesFile(village string) string {
	return filepath.Join(standbyFolder(s.cfg.Path), "templates-"+url.PathEscape(village)+".json")
}

// followTemplates keeps a village's templates for a board without its database: the
// messages that are prepared for an emergency are among them. What cannot be written
// is logged.
func (s *Store) followTemplates(ctx context.Context, village string) {
	if err := s.copyTemplates(ctx, village); err != nil {
		s.cfg.Log.Error("the templates are not kept for a board without its database", "village", village, "err", err)
	}
}

func (s *Store) copyTemplates(ctx context.Context, village string) error {
	return s.copyStandby(s.templatesFile(village), func() (any, error) {
		var list scheduler.Templates
		err := s.read(ctx, "list templates", func(tx *sql.Tx) (err error) {
			list, err = templatesOf(ctx, tx, village)
			return err
		})
		return each(list, formTemplate), err
	})
}

// followAllTemplates keeps the templates of every village, after a start.
func (s *Store) followAllTemplates(ctx context.Context) error {
	villages, err := s.Villages(ctx)
	for _, v := range villages {
		s.followTemplates(ctx, v.Key)
	}
	return err
}

// templatesInstead is instead for templates.
func (s *Store) templatesInstead(village string, err error) (scheduler.Templates, error) {
	if !unreadable(err) {
		return nil, err
	}
	raw, missing := os.ReadFile(s.templatesFile(village))
	if missing != nil {
		return nil, err
	}
	var forms []templateForm
	if bad := json.Unmarshal(raw, &forms); bad != nil {
		return nil, errors.Join(err, fmt.Errorf("read templates of the standby: %w", bad))
	}
	return each(forms, func(f templateForm) scheduler.Template {
		return scheduler.Template{
			Owned: scheduler.Owned{ID: f.ID, Village: village, Revision: f.Revision}, Key: f.Key, Topic: scheduler.TemplateTopic(f.Topic),
			Class: scheduler.Class(f.Class), Name: f.Name, Title: f.Title, Text: f.Text, By: f.By,
			Prepared: scheduler.Prepared{Messages: each(f.Messages, readMessage), Zones: f.Zones, Repeat: f.Repeat, NoSiren: f.NoSiren},
		}
	}), nil
}
