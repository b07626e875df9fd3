package web

import (
	"context"
	"fmt"
	"io/fs"

	"loalang/scheduler"
)

// PreparedForm is a message that is prepared for an emergency as the API writes it: a
// template of that class.
type PreparedForm = templateForm

// PreparedFormOf is a message as the API writes it.
func PreparedFormOf(t scheduler.Template) PreparedForm {
	siren := !t.Prepared.NoSiren
	return PreparedForm{
		Topic: string(t.Topic), Class: string(t.Class), Name: t.Name, Title: t.Title, Text: t.Text, Revision: t.Revision,
		Messages: messagesJSON(t.Prepared.Messages), Zones: t.Prepared.Zones, Repeat: t.Prepared.Repeat, Siren: &siren,
	}
}

// Prepared lists the messages that the village has prepared for emergencies.
func (d Desk) Prepared(ctx context.Context) (scheduler.Templates, error) {
	all, err := d.Texts.Templates(ctx, d.Village)
	return all.Of(scheduler.ClassEmergency), err
}

// PutPrepared adds a message, or changes the one of a code: f is the whole of it. It
// returns the code. The errors are a Refusal and those of the store.
func (d Desk) PutPrepared(ctx context.Context, code string, f PreparedForm) (string, error) {
	f.Class = string(scheduler.ClassEmergency)
	if f.Topic == "" {
		f.Topic = string(scheduler.TopicDanger)
	}
	_, err := d.do(ctx, func(ctx context.Context, s *Server) error {
		old, all, err := s.preparedAmong(ctx, d.Village, code)
		if err != nil {
			return err
		}
		if f.Revision != 0 && f.Revision != old.Revision {
			return scheduler.ErrRevision
		}
		kept, err := s.keepTemplate(ctx, d.Village, all, f.apply(old, d.By.Name))
		code = kept.Code()
		return err
	})
	return code, err
}

// RemovePrepared takes a message away; the panel's history brings it back.
func (d Desk) RemovePrepared(ctx context.Context, code string) error {
	_, err := d.do(ctx, func(ctx context.Context, s *Server) error {
		old, _, err := s.preparedAmong(ctx, d.Village, code)
		if err != nil {
			return err
		}
		return s.dropTemplate(ctx, old, d.By.Name)
	})
	return err
}

// preparedAmong is the prepared message of a code, an empty one without a code, with all
// templates of its village; fs.ErrNotExist when there is none.
func (s *Server) preparedAmong(ctx context.Context, village, code string) (scheduler.Template, scheduler.Templates, error) {
	all, _, err := s.templates(ctx, village)
	if err != nil || code == "" {
		return scheduler.Template{}, all, err
	}
	t, known := all.Find(code)
	if !known || t.Class != scheduler.ClassEmergency {
		return t, all, fmt.Errorf("prepared message %s: %w", code, fs.ErrNotExist)
	}
	return t, all, nil
}
