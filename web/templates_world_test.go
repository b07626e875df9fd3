package web_test

import (
	"context"
	"slices"

	"loalang/scheduler"
)

func (w *world) Templates(context.Context, string) (scheduler.Templates, error) {
	return slices.Clone(w.templates), w.down()
}

func (w *world) SaveTemplate(_ context.Context, t scheduler.Template) error {
	if err := w.down(); err != nil {
		return err
	}
	if race := w.racing; race != nil {
		w.racing = nil
		race()
		return scheduler.ErrRevision
	}
	i := slices.IndexFunc(w.templates, func(o scheduler.Template) bool { return o.ID == t.ID })
	switch {
	case i < 0 && t.Revision != 0, i >= 0 && w.templates[i].Revision != t.Revision:
		return scheduler.ErrRevision
	case i < 0:
		t.Revision = 1
		w.templates = append(w.templates, t)
	case !t.Deleted.IsZero():
		w.templates = slices.Delete(w.templates, i, i+1)
	default:
		t.Revision++
		w.templates[i] = t
	}
	return nil
}

func (w *world) TemplateUses(context.Context, string) (map[string]int, error) {
	uses := map[string]int{}
	for _, d := range w.notices {
		uses[d.Announcement.Topic]++
	}
	return uses, w.down()
}
