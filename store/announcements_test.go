package store_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
	"loalang/store"
)

func TestAnnouncementThereAndBack(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	a := notice("a")
	rs := []scheduler.Rendition{
		{Owned: scheduler.Owned{ID: "r-pcc"}, Language: "pcc", State: scheduler.Assigned, Fault: "no-voice"},
		{Owned: scheduler.Owned{ID: "r-vi"}, Language: "vi", State: scheduler.Ready, Voice: "vi", SpokenText: "Kính mời", Recording: "rec", Length: 1234567891},
	}
	ss := []scheduler.Schedule{
		{
			Owned: scheduler.Owned{ID: "s-slots"}, Kind: scheduler.Slots, Slots: []string{"slot-evening", "slot-morning"}, Days: 0b1000010,
			From: scheduler.Date{Year: 2026, Month: 11, Day: 24}, Until: scheduler.Date{Year: 2026, Month: 12, Day: 1}, CreatedBy: "Hoa",
		},
		{Owned: scheduler.Owned{ID: "s-once"}, Kind: scheduler.Once, At: day0.Add(time.Hour), Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 10 * time.Minute}},
	}
	check(t, s.SaveAnnouncement(ctx, a, rs, ss), nil)

	// What the store adds, and the order in which it gives things back.
	born := func(o *scheduler.Owned) {
		o.Village, o.Origin, o.Revision, o.Created, o.Updated = unTa, s.Node(), 1, now.Now(), now.Now()
	}
	born(&a.Owned)
	for i := range rs {
		born(&rs[i].Owned)
		rs[i].Announcement = "a"
	}
	for i := range ss {
		born(&ss[i].Owned)
		ss[i].Announcement = "a"
	}
	slices.Reverse(rs) // Vietnamese first, as the village airs them
	slices.Reverse(ss) // s-once before s-slots: the same age, then by ID
	got, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	same(t, "dossier", got, scheduler.Dossier{Announcement: a, Renditions: rs, Schedules: ss})
}

func TestSaveAnnouncementRevisions(t *testing.T) {
	cases := []struct {
		name   string
		change func(d *scheduler.Dossier) // what the second editor saves
		want   error
	}{
		{"OK", func(d *scheduler.Dossier) { d.Announcement.Title = "mới" }, nil},
		{"announcement changed since", func(d *scheduler.Dossier) { d.Announcement.Revision = 2 }, scheduler.ErrRevision},
		{"born twice", func(d *scheduler.Dossier) { d.Announcement.Revision = 0 }, scheduler.ErrRevision},
		{"rendition changed since", func(d *scheduler.Dossier) { d.Renditions[0].Revision = 9 }, scheduler.ErrRevision},
		{"schedule changed since", func(d *scheduler.Dossier) { d.Schedules[0].Revision = 9 }, scheduler.ErrRevision},
		{"a language twice", func(d *scheduler.Dossier) { d.Renditions = append(d.Renditions, renditions(1)...) }, scheduler.ErrRevision},
		{"unknown rendition", func(d *scheduler.Dossier) { d.Renditions[0].ID = "x" }, fs.ErrNotExist},
		{"unknown announcement", func(d *scheduler.Dossier) { d.Announcement.ID = "x" }, fs.ErrNotExist},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(2), []scheduler.Schedule{{Kind: scheduler.Now, At: day0}}), nil)
			before, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			d, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			c.change(&d)
			check(t, s.SaveAnnouncement(ctx, d.Announcement, d.Renditions, d.Schedules), c.want)
			after, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			if c.want != nil {
				same(t, "a refused save changed something", after, before)
			} else if after.Announcement.Revision != 2 || after.Announcement.Title != "mới" || after.Renditions[1].Revision != 2 || after.Schedules[0].Revision != 2 {
				t.Errorf("saved %+v", after)
			}
		})
	}
	t.Run("without an ID", func(t *testing.T) {
		s, _ := seeded(t)
		if err := s.SaveAnnouncement(context.Background(), notice(""), nil, nil); err == nil {
			t.Error("an announcement without an ID was saved")
		}
	})
}

func TestSaveAnnouncementReplacesWhatBelongsToIt(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(2), []scheduler.Schedule{{Kind: scheduler.Now, At: day0}}), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)

	now.move(time.Minute)
	check(t, s.SaveAnnouncement(ctx, d.Announcement, nil, nil), nil)
	same(t, "languages after nil slices", languages(t, s), []string{"vi", "pcc"})

	// Giáy goes, Vietnamese is read anew under a new ID.
	anew := scheduler.Rendition{Owned: scheduler.Owned{ID: "anew"}, Language: "vi", State: scheduler.Recorded}
	d, err = s.Announcement(ctx, "a")
	check(t, err, nil)
	check(t, s.SaveAnnouncement(ctx, d.Announcement, []scheduler.Rendition{anew}, []scheduler.Schedule{}), nil)
	d, err = s.Announcement(ctx, "a")
	check(t, err, nil)
	if len(d.Renditions) != 1 || d.Renditions[0].ID != "anew" || len(d.Schedules) != 0 || !d.Announcement.Updated.Equal(now.Now()) || !d.Announcement.Created.Equal(day0) {
		t.Errorf("got %+v", d)
	}
}

func languages(t *testing.T, s *store.Store) (list []string) {
	t.Helper()
	d, err := s.Announcement(context.Background(), "a")
	check(t, err, nil)
	for _, r := range d.Renditions {
		list = append(list, r.Language)
	}
	return list
}

func TestDeletedAnnouncementIsGone(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), nil, nil), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	d.Announcement.Deleted = day0
	check(t, s.SaveAnnouncement(ctx, d.Announcement, nil, nil), nil)
	_, err = s.Announcement(ctx, "a")
	check(t, err, fs.ErrNotExist)
	check(t, s.SaveSchedule(ctx, scheduler.Schedule{Owned: scheduler.Owned{ID: "s"}, Announcement: "a"}), fs.ErrNotExist)
	if list, err := s.Announcements(ctx, unTa, "", 10); len(list) != 0 || err != nil {
		t.Errorf("listed: %v, %v", list, err)
	}
}

func TestAnnouncementsPages(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"a", "b", "d", "c", "e"} {
		if id != "c" { // d and c are equally old: the ID decides
			now.move(time.Minute)
		}
		check(t, s.SaveAnnouncement(ctx, notice(id), renditions(1), nil), nil)
	}
	cases := []struct {
		name, village, before string
		limit                 int
		want                  string
	}{
		{"OK", unTa, "", 10, "edcba"},
		{"first page", unTa, "", 2, "ed"},
		{"second page", unTa, "d", 2, "cb"},
		{"last page", unTa, "b", 2, "a"},
		{"behind the last", unTa, "a", 2, ""},
		{"every village", "", "", 10, "edcba"},
		{"another village", "toong-gianh", "", 10, ""},
		{"none asked", unTa, "", 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list, err := s.Announcements(ctx, c.village, c.before, c.limit)
			check(t, err, nil)
			var got string
			for _, d := range list {
				got += d.Announcement.ID
				if len(d.Renditions) != 1 || d.Renditions[0].Announcement != d.Announcement.ID {
					t.Errorf("%s has the renditions %+v", d.Announcement.ID, d.Renditions)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSchedules(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), nil, nil), nil)
	sc := scheduler.Schedule{Owned: scheduler.Owned{ID: "s", Village: "wrong"}, Announcement: "a", Kind: scheduler.Once, At: day0}
	check(t, s.SaveSchedule(ctx, sc), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	if len(d.Schedules) != 1 || d.Schedules[0].Village != unTa {
		t.Fatalf("got %+v", d.Schedules)
	}
	sc = d.Schedules[0]
	sc.At = day0.Add(time.Hour)
	check(t, s.SaveSchedule(ctx, sc), nil)
	check(t, s.SaveSchedule(ctx, sc), scheduler.ErrRevision)
	check(t, s.RemoveSchedule(ctx, "s", day0), nil)
	check(t, s.RemoveSchedule(ctx, "s", day0), fs.ErrNotExist)
	sc.Revision = 2
	check(t, s.SaveSchedule(ctx, sc), scheduler.ErrRevision)
}

// TestSchedulesMoveTogether: what a move changes, adds and takes away is saved whole, with
// the announcement, or not at all.
func TestSchedulesMoveTogether(t *testing.T) {
	cases := []struct {
		name   string
		change func(a *scheduler.Announcement, kept []scheduler.Schedule, gone *string)
		want   error
	}{
		{"OK", func(*scheduler.Announcement, []scheduler.Schedule, *string) {}, nil},
		{"announcement changed since", func(a *scheduler.Announcement, _ []scheduler.Schedule, _ *string) { a.Revision = 9 }, scheduler.ErrRevision},
		{"the last schedule changed since", func(_ *scheduler.Announcement, kept []scheduler.Schedule, _ *string) { kept[1].Revision = 9 }, scheduler.ErrRevision},
		{"what goes is not there", func(_ *scheduler.Announcement, _ []scheduler.Schedule, gone *string) { *gone = "never" }, fs.ErrNotExist},
		{"of no announcement", func(_ *scheduler.Announcement, kept []scheduler.Schedule, _ *string) { kept[1].Announcement = "none" }, fs.ErrNotExist},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			sc := func(id string, at time.Duration) scheduler.Schedule {
				return scheduler.Schedule{Owned: scheduler.Owned{ID: id}, Announcement: "a", Kind: scheduler.Once, At: day0.Add(at)}
			}
			check(t, s.SaveAnnouncement(ctx, notice("a"), nil, []scheduler.Schedule{sc("s", time.Hour), sc("t", time.Hour)}), nil)
			before, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			a, moved, gone := before.Announcement, before.Schedules[0], "t"
			a.Title, moved.At = "mới", day0.Add(2*time.Hour)
			kept := []scheduler.Schedule{sc("u", 3*time.Hour), moved}
			c.change(&a, kept, &gone)
			check(t, s.SaveSchedules(ctx, &a, kept, []string{gone}), c.want)
			after, err := s.Announcement(ctx, "a")
			check(t, err, nil)
			if c.want != nil {
				same(t, "dossier", after, before)
				return
			}
			var ids []string
			for _, sc := range after.Schedules {
				ids = append(ids, sc.ID)
			}
			slices.Sort(ids)
			same(t, "schedules", ids, []string{"s", "u"})
			same(t, "title", after.Announcement.Title, "mới")
		})
	}
}

func TestSaveRendition(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), nil), nil)
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	r := d.Renditions[0]
	r.State, r.Recording, r.Length = scheduler.Ready, "rec", 5*time.Second
	check(t, s.SaveRendition(ctx, r), nil)
	check(t, s.SaveRendition(ctx, r), scheduler.ErrRevision)
	d, err = s.Announcement(ctx, "a")
	check(t, err, nil)
	r.Revision = 2
	same(t, "rendition", d.Renditions[0], r)
}

func TestWaitingSoonestFirst(t *testing.T) {
	s, now := seeded(t) // Monday 17:00 in the village
	ctx := context.Background()
	at := func(kind scheduler.Kind, d time.Duration) []scheduler.Schedule {
		return []scheduler.Schedule{{Kind: kind, At: day0.Add(d)}}
	}
	in := func(slot string, from scheduler.Date) []scheduler.Schedule {
		return []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{slot}, From: from}}
	}
	withdrawn, expired := notice("x1"), notice("x2")
	withdrawn.Withdrawn, expired.ValidUntil = day0, day0
	for _, c := range []struct {
		a  scheduler.Announcement
		ss []scheduler.Schedule
	}{
		{notice("unscheduled"), nil},
		{notice("next-monday"), in("slot-morning", scheduler.Date{})},
		{notice("in-three-days"), at(scheduler.Once, 72*time.Hour)},
		{notice("this-evening"), in("slot-evening", scheduler.Date{})},
		{notice("tomorrow-evening"), in("slot-evening", scheduler.Date{Year: 2026, Month: 11, Day: 24})},
		{notice("over"), []scheduler.Schedule{{Kind: scheduler.Slots, Slots: []string{"slot-evening"}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 22}}}},
		{notice("now"), at(scheduler.Now, -time.Second)},
		{withdrawn, at(scheduler.Now, 0)},
		{expired, at(scheduler.Now, 0)},
	} {
		now.move(time.Microsecond)
		check(t, s.SaveAnnouncement(ctx, c.a, renditions(1), c.ss), nil)
	}
	// The kernel's clock may stand in 1970 while a person has told the time.
	told := now.Now()
	now.move(-56 * 365 * 24 * time.Hour)
	list, err := s.Waiting(ctx, unTa, told)
	check(t, err, nil)
	var got []string
	for _, r := range list {
		got = append(got, r.Announcement)
	}
	same(t, "order", got, []string{"now", "this-evening", "tomorrow-evening", "in-three-days", "next-monday", "over", "unscheduled"})
}

func TestWaitingOnlyWhatCanBeProduced(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	states := []scheduler.RenditionState{scheduler.Missing, scheduler.Assigned, scheduler.Recorded, scheduler.Spoken, scheduler.Ready, scheduler.Outdated}
	for _, state := range states {
		r := renditions(1)
		r[0].State = state
		check(t, s.SaveAnnouncement(ctx, notice(string(state)), r, nil), nil)
	}
	list, err := s.Waiting(ctx, unTa, day0)
	check(t, err, nil)
	var got []string
	for _, r := range list {
		got = append(got, r.Announcement)
	}
	slices.Sort(got)
	same(t, "waiting", got, []string{"recorded", "spoken"})
}

// TestRecurringSchedule: a rule comes back as it was saved, stays in the book as
// long as it goes on, and is gone from it two days after its last.
func TestRecurringSchedule(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	a := notice("a")
	a.ValidUntil = time.Time{}
	check(t, s.SaveAnnouncement(ctx, a, nil, nil), nil)
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	check(t, err, nil)
	made := func(id, rule string) scheduler.Schedule {
		sc := scheduler.Schedule{Owned: scheduler.Owned{ID: id}, Announcement: "a", Kind: scheduler.Recurring, Slots: []string{"slot-morning"}}
		sc, err := sc.WithRule(rule, day0, loc)
		check(t, err, nil)
		check(t, s.SaveSchedule(ctx, sc), nil)
		return sc
	}
	start := day0.In(loc).Format("20060102")
	endless := made("endless", "DTSTART;VALUE=DATE:"+start+"\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15")
	made("five", "DTSTART;VALUE=DATE:"+start+"\nRRULE:FREQ=DAILY;COUNT=5")
	d, err := s.Announcement(ctx, "a")
	check(t, err, nil)
	endless.Owned = d.Schedules[0].Owned
	same(t, "schedule", d.Schedules[0], endless)
	for days, want := range map[int]int{0: 2, 5: 2, 8: 1, 4000: 1} {
		b, err := s.Book(ctx, unTa, day0.AddDate(0, 0, days))
		check(t, err, nil)
		if len(b.Schedules) != want {
			t.Errorf("after %d days the book has %d schedules, want %d", days, len(b.Schedules), want)
		}
	}
}
