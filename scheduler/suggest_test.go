package scheduler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/scheduler"
)

// omissionOf finds the one omission of an announcement on a plan.
func omissionOf(t *testing.T, now time.Time, bk scheduler.Book, schedule string) scheduler.Omission {
	t.Helper()
	p, err := scheduler.BuildPlan(now, 2*day, bk)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(p.Omissions, func(om scheduler.Omission) bool {
		return om.Occurrence.Schedule == schedule && om.Occurrence.Nominal.After(now)
	})
	if i < 0 {
		t.Fatalf("%s airs, or was not promised: %s", schedule, p.Text())
	}
	return p.Omissions[i]
}

func TestSuggest(t *testing.T) {
	type way struct {
		way scheduler.Way
		at  string // civil; empty: any
	}
	cases := map[string]struct {
		make func(t *testing.T, bk *scheduler.Book)
		want []way
	}{
		"OutsideHours": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "a", time.Minute)
			when(bk, "a", once(at(t, "2026-11-23 22:00")))
		}, []way{{scheduler.WayAt, "2026-11-24 05:00"}, {scheduler.WayAt, "2026-11-23 20:55"}, {scheduler.WaySlot, ""}, {scheduler.WayException, ""}}},
		"Overlap": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "khac", 20*time.Minute).Class = scheduler.ClassPriority
			when(bk, "khac", once(at(t, "2026-11-23 18:30")))
			tell(bk, "a", time.Minute)
			when(bk, "a", once(at(t, "2026-11-23 18:35")))
		}, []way{{scheduler.WayLater, ""}, {scheduler.WayAt, "2026-11-23 18:25"}, {scheduler.WayAt, "2026-11-23 18:55"}, {scheduler.WaySlot, ""}}},
		"LessHaste": {func(t *testing.T, bk *scheduler.Book) { // what is in the way can wait, what was promised cannot
			tell(bk, "khac", 20*time.Minute)
			when(bk, "khac", once(at(t, "2026-11-23 18:30"))).Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 30 * time.Minute}
			tell(bk, "a", time.Minute)
			when(bk, "a", once(at(t, "2026-11-23 18:35")))
			bk.Slots = nil
		}, []way{{scheduler.WayLater, ""}, {scheduler.WayAt, "2026-11-23 18:25"}, {scheduler.WayAt, ""}, {scheduler.WayPriority, "2026-11-23 18:35"}}},
		"SlotFull": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "khac", 50*time.Minute)
			when(bk, "khac", daily("chieu")).Created = at(t, "2026-11-01 08:00")
			tell(bk, "a", 20*time.Minute)
			when(bk, "a", daily("chieu")).Created = at(t, "2026-11-02 08:00")
		}, []way{{scheduler.WaySlot, ""}}},
		"Expired": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "a", time.Minute).ValidUntil = at(t, "2026-11-23 12:00")
			when(bk, "a", once(at(t, "2026-11-23 18:35")))
		}, []way{{scheduler.WayValid, "2026-11-23 18:35"}}},
		"NotReady": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "a", time.Minute)
			bk.Renditions = nil
			when(bk, "a", once(at(t, "2026-11-23 18:35")))
		}, []way{{scheduler.WayRecord, ""}}},
		"Withdrawn": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "a", time.Minute).Withdrawn = at(t, "2026-11-23 03:00")
			when(bk, "a", once(at(t, "2026-11-23 18:35")))
		}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			now, bk := at(t, "2026-11-23 04:00"), book()
			c.make(t, &bk)
			om := omissionOf(t, now, bk, "lich-a")
			got, err := scheduler.Suggest(now, 2*day, bk, om.Occurrence.ID)
			if err != nil {
				t.Fatal(err)
			}
			if name == "SlotFull" {
				got = slices.DeleteFunc(got, func(s scheduler.Suggestion) bool { return s.Way == scheduler.WayShorten })
			}
			if len(got) != len(c.want) {
				t.Fatalf("suggestions = %+v, want %+v", got, c.want)
			}
			for i, w := range c.want {
				if s := got[i]; s.Way != w.way || w.at != "" && !s.At.Equal(at(t, w.at)) {
					t.Errorf("suggestion %d = %s at %s, want %+v", i, s.Way, s.At, w)
				}
				if !slices.Contains([]scheduler.Way{scheduler.WayException, scheduler.WayApprove, scheduler.WayRecord}, got[i].Way) {
					keeps(t, now, bk, got[i], om)
				}
			}
		})
	}
}

// keeps takes a suggestion at its word: what it promises airs then.
func keeps(t *testing.T, now time.Time, bk scheduler.Book, s scheduler.Suggestion, om scheduler.Omission) {
	t.Helper()
	bk.Schedules, bk.Announcements = slices.Clone(bk.Schedules), slices.Clone(bk.Announcements)
	for i := range bk.Schedules {
		if bk.Schedules[i].ID == s.Schedule.ID {
			bk.Schedules[i] = s.Schedule
		}
	}
	for i := range bk.Announcements {
		if s.Way == scheduler.WayValid && bk.Announcements[i].ID == om.Occurrence.Announcement {
			bk.Announcements[i].ValidUntil = s.Until
		}
		if s.Way == scheduler.WayPriority && bk.Announcements[i].ID == om.Occurrence.Announcement {
			bk.Announcements[i].Class = scheduler.ClassPriority
		}
	}
	p, err := scheduler.BuildPlan(now, 2*day, bk)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Occurrences, func(o scheduler.Occurrence) bool {
		return o.Schedule == om.Occurrence.Schedule && o.Due.Equal(s.At)
	}) {
		t.Errorf("%s promises %s, and it does not air then:\n%s", s.Way, s.At, p.Text())
	}
}

// What is too long for its slot is told how long it may be.
func TestSuggestShorter(t *testing.T) {
	now, bk := at(t, "2026-11-23 04:00"), book()
	tell(&bk, "khac", 40*time.Minute)
	when(&bk, "khac", daily("chieu")).Created = at(t, "2026-11-01 08:00")
	tell(&bk, "a", 20*time.Minute)
	when(&bk, "a", daily("chieu")).Created = at(t, "2026-11-02 08:00")
	om := omissionOf(t, now, bk, "lich-a")
	got, err := scheduler.Suggest(now, 2*day, bk, om.Occurrence.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 || got[0].Way != scheduler.WayShorten {
		t.Fatalf("suggestions = %+v", got)
	}
	if s := got[0]; s.Longest < 8*time.Minute || s.Longest >= 10*time.Minute || !strings.Contains("vi pcc", s.Language) {
		t.Errorf("shorten to %s in %q", s.Longest, s.Language)
	}
}

// What was to air once airs once in the slot that was suggested, not every day: who
// takes a suggestion saves its Schedule as it is.
func TestSuggestedSlotIsTakenOnce(t *testing.T) {
	now, bk := at(t, "2026-11-23 04:00"), book()
	tell(&bk, "a", time.Minute)
	when(&bk, "a", once(at(t, "2026-11-23 22:00")))
	got, err := scheduler.Suggest(now, 2*day, bk, omissionOf(t, now, bk, "lich-a").Occurrence.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(got, func(s scheduler.Suggestion) bool { return s.Way == scheduler.WaySlot })
	if i < 0 {
		t.Fatalf("suggestions = %+v", got)
	}
	bk.Schedules = []scheduler.Schedule{got[i].Schedule}
	p, err := scheduler.BuildPlan(now, 5*day, bk)
	if err != nil {
		t.Fatal(err)
	}
	airs := 0
	for _, o := range p.Occurrences {
		if o.Announcement == "a" {
			airs++
		}
	}
	if airs != 1 {
		t.Errorf("airs %d times:\n%s", airs, p.Text())
	}
}
