package store_test

import (
	"context"
	"slices"
	"testing"

	"loalang/scheduler"
	"loalang/store"
)

// What a village has prepared for an emergency is there with the database gone, as it
// was last written: what was removed is not.
func TestTemplatesOfADamagedDatabase(t *testing.T) {
	for _, name := range []string{"header", "empty", "gone"} {
		t.Run(name, func(t *testing.T) {
			c := inhabited(t)
			ctx := context.Background()
			s := open(t, config(c.Path))
			prepared := scheduler.Template{
				Owned: scheduler.Owned{ID: newID(), Village: unTa, Created: day0, Updated: day0},
				Topic: scheduler.TopicDanger, Class: scheduler.ClassEmergency, Name: "Xả lũ hồ", Title: "Xả lũ", Text: "Hồ xả lũ. Rời bờ suối.", By: "Hoa",
			}
			other := prepared
			other.ID, other.Name = newID(), "Cháy rừng"
			check(t, s.SaveTemplate(ctx, prepared), nil)
			check(t, s.SaveTemplate(ctx, other), nil)
			other.Revision, other.Deleted = 1, day0
			check(t, s.SaveTemplate(ctx, other), nil)
			check(t, s.Close(), nil)
			damages[name](t, c.Path)
			s, err := store.OpenAnyway(ctx, c)
			check(t, err, nil)
			list, err := s.Templates(ctx, unTa)
			check(t, err, nil)
			if len(list) != 1 || list[0].ID != prepared.ID || list[0].Text != prepared.Text || list[0].Class != scheduler.ClassEmergency || list[0].Revision != 1 {
				t.Errorf("they are %+v", slices.Clone(list))
			}
			check(t, s.Close(), nil)
		})
	}
}
