package web_test

import (
	"context"
	"slices"
	"strings"

	"loalang/playout"
	"loalang/scheduler"
)

func (w *world) Words(context.Context, string) (scheduler.Words, error) {
	return slices.Clone(w.words), w.down()
}

// Foresee has every announcement of the world read anew that has one of the words
// in it, and leaves those alone that say so in their titles.
func (w *world) Foresee(_ context.Context, changes []scheduler.Word) (a playout.Amendment, err error) {
	for _, id := range w.order {
		d := w.notices[id]
		for _, c := range changes {
			if !c.In(d.Announcement.Text) {
				continue
			}
			if strings.Contains(d.Announcement.Title, "sửa tay") {
				a.Kept = append(a.Kept, d.Announcement)
			} else {
				a.Anew = append(a.Anew, d.Announcement)
			}
			break
		}
	}
	return a, w.down()
}

func (w *world) Amend(ctx context.Context, changes []scheduler.Word) (playout.Amendment, error) {
	if race := w.racing; race != nil {
		w.racing = nil
		race()
		return playout.Amendment{}, scheduler.ErrRevision
	}
	for _, c := range changes {
		for _, old := range w.words {
			if old.ID == c.ID && old.Revision != c.Revision {
				return playout.Amendment{}, scheduler.ErrRevision
			}
		}
		c.Revision++
		w.words = w.words.With(c)
	}
	return w.Foresee(ctx, changes)
}

func (w *world) Uses(_ context.Context, words scheduler.Words) (map[string][]scheduler.Announcement, error) {
	uses := map[string][]scheduler.Announcement{}
	for _, one := range words {
		for _, id := range w.order {
			if a := w.notices[id].Announcement; one.In(a.Text) {
				uses[one.ID] = append(uses[one.ID], a)
			}
		}
	}
	return uses, w.down()
}

// teach puts a word into the dictionary.
func (w *world) teach(id, written, spoken string) {
	w.words = append(w.words, scheduler.Word{
		Owned: scheduler.Owned{ID: id, Village: "un-ta", Revision: 1}, Language: "vi", Written: written, Spoken: spoken, By: "thuy",
	})
}
