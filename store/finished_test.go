package store_test

import (
	"testing"
	"time"

	"loalang/scheduler"
)

// What every announcement that uses it is done with can make room, the longest unheard first;
// what may air again, aired of late, was changed of late, or has another use as well never does.
func TestFinished(t *testing.T) {
	s, ctx := shelfOf(t) // its notice aired once, with voice and meeting
	now := day0.AddDate(2, 0, 0)
	finished := func(before time.Time) (ids []string) {
		t.Helper()
		list, err := s.Finished(ctx, before, now)
		check(t, err, nil)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids
	}
	later := day0.AddDate(1, 0, 0)
	same(t, "all that it used, none that nothing uses", finished(later), []string{"meeting", "voice"})
	same(t, "brought of late", finished(day0), []string(nil))

	heard := played("o", day0.AddDate(0, 1, 0))
	heard.Airings[0].Recording, heard.Airings[0].Started = "meeting", day0.AddDate(0, 1, 0)
	check(t, s.Record(ctx, heard), nil)
	same(t, "the longest unheard first", finished(later), []string{"voice", "meeting"})
	same(t, "heard of late", finished(day0.AddDate(0, 0, 20)), []string{"voice"})

	b := notice("b")
	b.ValidUntil = time.Time{}
	check(t, s.SaveAnnouncement(ctx, b, []scheduler.Rendition{{Language: "vi", State: scheduler.Ready, Recording: "voice", Length: time.Second, SpokenText: "b"}},
		[]scheduler.Schedule{{Kind: scheduler.Once, At: now.Add(time.Hour)}}), nil)
	same(t, "another notice is to air", finished(later), []string{"meeting"})

	check(t, s.SaveFrame(ctx, unTa, scheduler.Frame{Chime: scheduler.Sound{Recording: "meeting", Length: time.Second}}), nil)
	same(t, "it is the chime, too", finished(later), []string(nil))
}
