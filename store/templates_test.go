package store_test

import (
	"context"
	"testing"

	"loalang/scheduler"
)

func townTemplate(id, key string) scheduler.Template {
	return scheduler.Template{
		Owned: scheduler.Owned{ID: id, Village: unTa}, Key: key, Topic: scheduler.TopicOther, Class: scheduler.ClassPriority,
		Name: "Mẫu " + id, Title: "Họp [ngày: ngày họp]", Text: "Lúc [giờ: giờ họp].\n\nXin mời.", By: "Hoa",
	}
}

func TestTemplateThereAndBack(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	own, copied := townTemplate("1", ""), townTemplate("2", "hop-thon")
	check(t, s.SaveTemplate(ctx, own), nil)
	check(t, s.SaveTemplate(ctx, copied), nil)
	for _, one := range []*scheduler.Template{&own, &copied} {
		one.Origin, one.Revision, one.Created, one.Updated = s.Node(), 1, now.Now(), now.Now()
	}
	list, err := s.Templates(ctx, unTa)
	check(t, err, nil)
	same(t, "templates", list, scheduler.Templates{own, copied})

	// One copy of a key; any number of the village's own.
	check(t, s.SaveTemplate(ctx, townTemplate("3", "hop-thon")), scheduler.ErrRevision)
	check(t, s.SaveTemplate(ctx, townTemplate("4", "")), nil)
	copied.Text = "Mới."
	check(t, s.SaveTemplate(ctx, copied), nil)
	check(t, s.SaveTemplate(ctx, copied), scheduler.ErrRevision)

	// A tombstone frees its key.
	copied.Revision, copied.Deleted = 2, now.Now()
	check(t, s.SaveTemplate(ctx, copied), nil)
	check(t, s.SaveTemplate(ctx, townTemplate("5", "hop-thon")), nil)
	list, err = s.Templates(ctx, unTa)
	check(t, err, nil)
	if len(list) != 3 {
		t.Errorf("templates %+v", list)
	}
	far := townTemplate("6", "")
	far.Village = "toong-gianh"
	if err := s.SaveTemplate(ctx, far); err == nil {
		t.Error("a template of a village that is not there was saved")
	}
}

func TestTemplateUses(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for id, topic := range map[string]string{"a": "hop-thon", "b": "hop-thon", "c": "tet"} {
		a := notice(id)
		a.Topic = topic
		check(t, s.SaveAnnouncement(ctx, a, nil, nil), nil)
	}
	uses, err := s.TemplateUses(ctx, unTa)
	check(t, err, nil)
	same(t, "uses", uses, map[string]int{"hop-thon": 2, "tet": 1})
	if other, err := s.TemplateUses(ctx, "toong-gianh"); err != nil || len(other) != 0 {
		t.Errorf("elsewhere %v, %v", other, err)
	}
}
