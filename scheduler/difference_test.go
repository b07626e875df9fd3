package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// twoNotices is a village with a notice in the evening and one at 18:30 sharp.
func twoNotices(t *testing.T) (scheduler.Book, time.Time) {
	t.Helper()
	now := at(t, "2026-11-23 04:00")
	bk := book()
	tell(&bk, "a", time.Minute)
	when(&bk, "a", daily("chieu")).Created = now.Add(-day)
	tell(&bk, "b", time.Minute)
	when(&bk, "b", once(at(t, "2026-11-23 18:30"))).Created = now.Add(-day)
	return bk, now
}

func TestForesee(t *testing.T) {
	type told struct {
		turn   scheduler.Turn
		id     string
		reason string
	}
	schedule := func(bk *scheduler.Book, announcement string) *scheduler.Schedule {
		i := slices.IndexFunc(bk.Schedules, func(s scheduler.Schedule) bool { return s.Announcement == announcement })
		return &bk.Schedules[i]
	}
	cases := map[string]struct {
		change func(*scheduler.Book)
		want   []told
	}{
		"Nothing": {func(*scheduler.Book) {}, nil},
		"Later":   {func(bk *scheduler.Book) { bk.Slots[1].Start += 30 }, []told{{scheduler.Gone, "2026-11-23T17:00", ""}, {scheduler.Added, "2026-11-23T17:30", ""}}},
		"OutsideHours": {func(bk *scheduler.Book) {
			bk.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 18 * 60}}
		}, []told{{scheduler.Lost, "lich-b", scheduler.ReasonOutsideHours}}},
		"Withdrawn": {func(bk *scheduler.Book) { bk.Announcements[1].Withdrawn = at(t, "2026-11-23 04:00") }, []told{{scheduler.Lost, "lich-b", scheduler.ReasonWithdrawn}}},
		"Another": {func(bk *scheduler.Book) {
			tell(bk, "c", 2*time.Minute)
			when(bk, "c", once(at(t, "2026-11-23 18:29:30")))
		}, []told{{scheduler.Shifted, "lich-b", ""}, {scheduler.Added, "lich-c", ""}}},
		"Tombstone": {func(bk *scheduler.Book) { schedule(bk, "b").Deleted = at(t, "2026-11-23 04:00") }, []told{{scheduler.Gone, "lich-b", ""}}},
		"Words":     {func(bk *scheduler.Book) { bk.Announcements[1].Title = "Khác" }, []told{{scheduler.Altered, "lich-b", ""}}},
		"Past": {func(bk *scheduler.Book) {
			tell(bk, "c", time.Minute)
			when(bk, "c", once(at(t, "2026-11-23 22:00")))
		}, []told{{scheduler.Refused, "lich-c", scheduler.ReasonOutsideHours}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			bk, now := twoNotices(t)
			before := bk
			before.Slots, before.Announcements, before.Schedules = slices.Clone(bk.Slots), slices.Clone(bk.Announcements), slices.Clone(bk.Schedules)
			got, err := scheduler.Foresee(now, day, bk, c.change)
			if err != nil {
				t.Fatal(err)
			}
			got = slices.DeleteFunc(got, func(d scheduler.Difference) bool { return d.Occurrence.Kind != scheduler.Notice })
			if len(got) != len(c.want) {
				t.Fatalf("differences = %+v, want %+v", got, c.want)
			}
			for i, w := range c.want {
				if d := got[i]; d.Turn != w.turn || !strings.Contains(d.Occurrence.ID, w.id) || d.Reason.Code != w.reason {
					t.Errorf("difference %d = %s %s %s, want %+v", i, d.Turn, d.Occurrence.ID, d.Reason.Code, w)
				}
			}
			if bk.Slots[1].Start != before.Slots[1].Start || len(bk.Schedules) != len(before.Schedules) || bk.Announcements[1] != before.Announcements[1] {
				t.Error("the book that is in force was changed")
			}
		})
	}
}

// What one plan reaches and the other does not is no difference.
func TestCompareReachesAsFarAsBoth(t *testing.T) {
	bk, now := twoNotices(t)
	short, err := scheduler.BuildPlan(now, day, bk)
	if err != nil {
		t.Fatal(err)
	}
	long, err := scheduler.BuildPlan(now, 7*day, bk)
	if err != nil {
		t.Fatal(err)
	}
	if d := scheduler.Compare(short, long); len(d) > 0 {
		t.Errorf("differences = %+v", d)
	}
	if d := scheduler.Compare(long, short); len(d) > 0 {
		t.Errorf("the other way round = %+v", d)
	}
}

// A plan that becomes another and is changed back has nothing lost.
func TestCompareBackwards(t *testing.T) {
	bk, now := twoNotices(t)
	a, err := scheduler.BuildPlan(now, day, bk)
	if err != nil {
		t.Fatal(err)
	}
	bk.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 18 * 60}}
	b, err := scheduler.BuildPlan(now, day, bk)
	if err != nil {
		t.Fatal(err)
	}
	there, back := scheduler.Compare(a, b), scheduler.Compare(b, a)
	if len(there) != 1 || len(back) != 1 || there[0].Turn != scheduler.Lost || back[0].Turn != scheduler.Regained || back[0].Reason.Code != scheduler.ReasonOutsideHours {
		t.Errorf("there %+v, back %+v", there, back)
	}
}
