package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// shelfOf has four recordings: "meeting" is told in Giáy, "voice" is read by a voice
// for the same notice, "preview" was heard beforehand, "flute" is of nobody's use.
func shelfOf(t *testing.T) (*store.Store, context.Context) {
	t.Helper()
	s, _ := seeded(t)
	ctx := context.Background()
	for i, r := range []struct {
		id, title, by string
		kind          recordings.Kind
		length        time.Duration
	}{
		{"meeting", "Họp thôn, tiếng Giáy", "Vàng A Páo", recordings.Take, 40 * time.Second},
		{"voice", "Họp thôn", "", recordings.Speech, 30 * time.Second},
		{"preview", "Thử giọng", "", recordings.Speech, 3 * time.Second},
		{"flute", "Tiếng sáo đồng", "Thào A Sử", recordings.Take, time.Minute},
	} {
		rec := recording(r.id, unTa, day0.Add(time.Duration(i)*time.Hour))
		rec.Title, rec.By, rec.Kind, rec.Length = r.title, r.by, r.kind, r.length
		rec.Variants = []recordings.Variant{{Form: recordings.Master, SHA256: r.id, Bytes: 1}}
		check(t, s.SaveRecording(ctx, rec), nil)
	}
	a := notice("a")
	a.Title, a.Text, a.Topic = "Họp thôn", "Mời bà con đến nhà văn hóa bàn chuyện đường bê tông.", "meeting"
	check(t, s.SaveAnnouncement(ctx, a, []scheduler.Rendition{
		{Language: "vi", State: scheduler.Ready, Recording: "voice", Length: time.Second, SpokenText: "mời bà con"},
		{Language: "pcc", State: scheduler.Ready, Recording: "meeting", Length: time.Second},
	}, []scheduler.Schedule{{Kind: scheduler.Once, At: day0.Add(time.Hour)}}), nil)
	return s, ctx
}

func TestSearchRecordings(t *testing.T) {
	s, ctx := shelfOf(t)
	for name, c := range map[string]struct {
		q    recordings.Search
		want []string
	}{
		"newest first":          {recordings.Search{}, []string{"flute", "preview", "voice", "meeting"}},
		"oldest first":          {recordings.Search{Sort: recordings.OldestFirst}, []string{"meeting", "voice", "preview", "flute"}},
		"longest first":         {recordings.Search{Sort: recordings.LongestFirst}, []string{"flute", "meeting", "voice", "preview"}},
		"without marks":         {recordings.Search{Words: "hop THON"}, []string{"voice", "meeting"}},
		"with marks":            {recordings.Search{Words: "sáo"}, []string{"flute"}},
		"đ is d":                {recordings.Search{Words: "dong"}, []string{"flute"}},
		"beginnings of words":   {recordings.Search{Words: "ho th"}, []string{"voice", "meeting"}},
		"no middles of words":   {recordings.Search{Words: "hon"}, nil},
		"what was said with it": {recordings.Search{Words: "be tong"}, []string{"voice", "meeting"}},
		"title and said":        {recordings.Search{Words: "giay duong"}, []string{"meeting"}},
		"who brought it":        {recordings.Search{Words: "vang a pao"}, []string{"meeting"}},
		"signs alone":           {recordings.Search{Words: "%_'\""}, []string{"flute", "preview", "voice", "meeting"}},
		"a reader":              {recordings.Search{By: "Thào A Sử"}, []string{"flute"}},
		"a language":            {recordings.Search{Language: "pcc"}, []string{"meeting"}},
		"a topic":               {recordings.Search{Topics: []string{"x", "meeting"}}, []string{"voice", "meeting"}},
		"another class":         {recordings.Search{Class: "emergency"}, nil},
		"unused":                {recordings.Search{Unused: true}, []string{"flute", "preview"}},
		"people":                {recordings.Search{Purpose: recordings.OfPeople}, []string{"flute", "meeting"}},
		"voices":                {recordings.Search{Purpose: recordings.OfVoice}, []string{"voice"}},
		"previews":              {recordings.Search{Purpose: recordings.OfPreview}, []string{"preview"}},
		"beds":                  {recordings.Search{Purpose: recordings.OfBed}, nil},
		"removed":               {recordings.Search{Purpose: recordings.OfRemoved}, nil},
		"what nobody knows":     {recordings.Search{Purpose: "'"}, nil},
		"another village":       {recordings.Search{Village: "elsewhere"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.q.Limit = 100
			found, total, err := s.SearchRecordings(ctx, c.q)
			check(t, err, nil)
			var ids []string
			for _, f := range found {
				if f.Kind != recordings.BuiltIn {
					ids = append(ids, f.ID)
				}
			}
			same(t, "found", ids, c.want)
			same(t, "total", total, len(found))
		})
	}
}

func TestSearchRecordingsPages(t *testing.T) {
	s, ctx := shelfOf(t)
	found, total, err := s.SearchRecordings(ctx, recordings.Search{Skip: 1, Limit: 2})
	check(t, err, nil)
	same(t, "page", []any{len(found), found[0].ID, found[1].ID, found[1].Uses, total}, []any{2, "preview", "voice", 1, 4})
	found, total, err = s.SearchRecordings(ctx, recordings.Search{Skip: 400, Limit: 2})
	check(t, err, nil)
	same(t, "behind the end", []any{len(found), total}, []any{0, 4})
}

// What is found by follows what is written: the words of a notice, a new name.
func TestSearchFollowsChanges(t *testing.T) {
	s, ctx := shelfOf(t)
	finds := func(words string) int {
		t.Helper()
		_, n, err := s.SearchRecordings(ctx, recordings.Search{Words: words})
		check(t, err, nil)
		return n
	}
	same(t, "before", []any{finds("be tong"), finds("khen")}, []any{2, 0})
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	d.Announcement.Text = "Mời bà con nghe khèn."
	check(t, s.SaveAnnouncement(ctx, d.Announcement, nil, nil), nil)
	check(t, s.RenameRecording(ctx, "flute", "Khèn Mông"), nil)
	same(t, "after", []any{finds("be tong"), finds("khen"), finds("sao")}, []any{0, 3, 0})
}

func TestRenameRecording(t *testing.T) {
	s, ctx := shelfOf(t)
	check(t, s.RenameRecording(ctx, "flute", "Khèn"), nil)
	r, err := s.Recording(ctx, "flute")
	check(t, err, nil)
	same(t, "title", r.Title, "Khèn")
	check(t, s.RenameRecording(ctx, "nobody", "Khèn"), recordings.ErrNotFound)
}

func TestRecordingUses(t *testing.T) {
	s, ctx := shelfOf(t)
	uses, err := s.RecordingUses(ctx, "meeting")
	check(t, err, nil)
	same(t, "uses", uses, []recordings.Use{{What: recordings.UsedByNotice, ID: "a", Title: "Họp thôn", Airs: true}})
	uses, err = s.RecordingUses(ctx, "flute")
	check(t, err, nil)
	same(t, "uses of the flute", len(uses), 0)
	names, err := s.RecordingReaders(ctx, unTa)
	check(t, err, nil)
	same(t, "readers", names, []string{"Thào A Sử", "Vàng A Páo"})
}

// A removal that is taken back gives announcements back what they had.
func TestRestoreRecording(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	rec := recording("r", unTa, day0)
	rec.Variants = []recordings.Variant{{Form: recordings.Master, SHA256: "r", Bytes: 1}}
	check(t, s.SaveRecording(ctx, rec), nil)
	over := scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(-time.Hour)}
	told(t, ctx, s, notice("a"), "", over)
	check(t, s.RestoreRecording(ctx, "r"), recordings.ErrNotFound)

	_, err := s.RemoveRecording(ctx, "r", day0)
	check(t, err, nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	same(t, "without it", d.Renditions[0].Recording, "")
	_, removed, err := s.SearchRecordings(ctx, recordings.Search{Purpose: recordings.OfRemoved})
	check(t, err, nil)
	same(t, "can be taken back", removed, 1)

	check(t, s.RestoreRecording(ctx, "r"), nil)
	d, err = s.Announcement(ctx, "a")
	check(t, err, nil)
	same(t, "again", []any{d.Renditions[0].Recording, d.Renditions[0].State, d.Renditions[0].Length}, []any{"r", scheduler.Ready, time.Second})
	_, err = s.Recording(ctx, "r")
	check(t, err, nil)
}

// What was cleared cannot be taken back, and is not looked for again.
func TestClearedRecordings(t *testing.T) {
	s, ctx := shelfOf(t)
	_, err := s.RemoveRecording(ctx, "flute", day0)
	check(t, err, nil)
	list, err := s.RemovedRecordings(ctx, day0)
	check(t, err, nil)
	same(t, "too young", len(list), 0)
	list, err = s.RemovedRecordings(ctx, day0.Add(time.Second))
	check(t, err, nil)
	same(t, "old enough", []any{len(list), len(list[0].Variants)}, []any{1, 1})
	check(t, s.ClearedRecordings(ctx, []string{"flute", "meeting"}), nil)
	list, err = s.RemovedRecordings(ctx, day0.Add(time.Second))
	check(t, err, nil)
	same(t, "cleared", len(list), 0)
	check(t, s.RestoreRecording(ctx, "flute"), recordings.ErrNotFound)
	r, err := s.Recording(ctx, "meeting")
	check(t, err, nil)
	same(t, "a living one keeps its files", len(r.Variants), 1)
}

func BenchmarkSearchRecordings(b *testing.B) {
	s, _ := seeded(b)
	ctx := context.Background()
	for i := range 10_000 {
		r := recording(fmt.Sprintf("%064x", i), unTa, day0.Add(time.Duration(i)*time.Minute))
		r.Title = fmt.Sprintf("Bản thu số %d của thôn Ún Tà", i)
		check(b, s.SaveRecording(ctx, r), nil)
	}
	for b.Loop() {
		if _, n, err := s.SearchRecordings(ctx, recordings.Search{Village: unTa, Words: "so 77 un", Limit: 20}); err != nil || n != 111 {
			b.Fatal(n, err)
		}
	}
}
