package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

func townWord(id, written, spoken string) scheduler.Word {
	return scheduler.Word{Owned: scheduler.Owned{ID: id, Village: unTa}, Language: "vi", Written: written, Spoken: spoken, Note: "ghi", By: "Hoa"}
}

func TestWordThereAndBack(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	tdp, unta := townWord("1", "TDP", "tổ dân phố"), townWord("2", "Ún Tà", "ún ta")
	check(t, s.SaveWords(ctx, []scheduler.Word{unta, tdp}, nil), nil)
	for _, w := range []*scheduler.Word{&tdp, &unta} {
		w.Origin, w.Revision, w.Created, w.Updated = s.Node(), 1, now.Now(), now.Now()
	}
	list, err := s.Words(ctx, unTa)
	check(t, err, nil)
	same(t, "words", list, scheduler.Words{tdp, unta})

	tdp.Spoken = "tổ dân"
	check(t, s.SaveWords(ctx, []scheduler.Word{tdp}, nil), nil)
	check(t, s.SaveWords(ctx, []scheduler.Word{tdp}, nil), scheduler.ErrRevision)
	check(t, s.SaveWords(ctx, []scheduler.Word{townWord("3", "TDP", "x")}, nil), scheduler.ErrRevision)
	other := townWord("3", "TDP", "tee dee pee")
	other.Language = "en"
	small := townWord("4", "tdp", "tổ dân phố")
	check(t, s.SaveWords(ctx, []scheduler.Word{other, small}, nil), nil)

	// A tombstone frees its writing, in the same save as well.
	tdp.Revision, tdp.Deleted = 2, now.Now()
	check(t, s.SaveWords(ctx, []scheduler.Word{townWord("5", "TDP", "tổ"), tdp}, nil), nil)
	list, err = s.Words(ctx, unTa)
	check(t, err, nil)
	if len(list) != 4 || list[0].ID != "3" || list[1].ID != "5" || list[1].Spoken != "tổ" {
		t.Errorf("words %+v", list)
	}
	far := townWord("6", "A", "a")
	far.Village = "toong-gianh"
	if err := s.SaveWords(ctx, []scheduler.Word{far}, nil); err == nil {
		t.Error("a word of a village that is not there was saved")
	}
}

// Words and what they change are kept together or not at all.
func TestSaveWordsIsOneWrite(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), nil), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	r := d.Renditions[0]
	r.SpokenText = "mới"
	stale := r
	stale.Revision = 9
	check(t, s.SaveWords(ctx, []scheduler.Word{townWord("1", "TDP", "tổ dân phố")}, []scheduler.Rendition{stale}), scheduler.ErrRevision)
	if list, err := s.Words(ctx, unTa); err != nil || len(list) > 0 {
		t.Errorf("a refused save left %+v, %v", list, err)
	}
	check(t, s.SaveWords(ctx, []scheduler.Word{townWord("1", "TDP", "tổ dân phố")}, []scheduler.Rendition{r}), nil)
	if d, err = s.Announcement(ctx, "a"); err != nil || d.Renditions[0].SpokenText != "mới" || d.Announcement.Revision != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestAiring(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	now := day0.Add(time.Hour)
	gone, old, past := notice("gone"), notice("old"), notice("past")
	gone.Withdrawn = day0
	old.ValidUntil = day0.Add(time.Minute)
	check(t, s.SaveAnnouncement(ctx, notice("airs"), renditions(1), nil), nil)
	for _, a := range []scheduler.Announcement{gone, old} {
		check(t, s.SaveAnnouncement(ctx, a, nil, nil), nil)
	}
	check(t, s.SaveAnnouncement(ctx, past, nil, []scheduler.Schedule{{Kind: scheduler.Now, At: day0}}), nil)
	list, err := s.Airing(ctx, unTa, now)
	check(t, err, nil)
	if len(list) != 1 || list[0].Announcement.ID != "airs" || len(list[0].Renditions) != 1 {
		t.Errorf("%+v", list)
	}
}

// A board that must go on without its database reads an emergency as people say it.
func TestWordsOutliveTheDatabase(t *testing.T) {
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			c := inhabited(t)
			s := open(t, config(c.Path))
			check(t, s.SaveWords(ctx, []scheduler.Word{townWord("1", "Ún Tà", "ún ta"), townWord("2", "TDP", "tổ dân phố")}, nil), nil)
			list, err := s.Words(ctx, unTa)
			check(t, err, nil)
			gone := list[0]
			gone.Deleted = day0
			check(t, s.SaveWords(ctx, []scheduler.Word{gone}, nil), nil)
			check(t, s.Close(), nil)
			damage(t, c.Path)
			s, err = store.OpenAnyway(ctx, c)
			check(t, err, nil)
			want := townWord("1", "Ún Tà", "ún ta")
			want.Revision = 1
			list, err = s.Words(ctx, unTa)
			check(t, err, nil)
			same(t, "words", list, scheduler.Words{want})
			check(t, s.SaveWords(ctx, []scheduler.Word{townWord("3", "A", "a")}, nil), store.ErrCorrupt)
			check(t, s.Close(), nil)
		})
	}
}
