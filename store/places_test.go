package store_test

import (
	"context"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

func TestSeedOnlyOnce(t *testing.T) {
	s, now := seeded(t)
	ctx := context.Background()
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	want := village()
	want.Revision = 1
	same(t, "village", v, want)
	list, err := s.Slots(ctx, unTa)
	check(t, err, nil)
	morning := slots()[1]
	morning.Owned = scheduler.Owned{ID: "slot-morning", Village: unTa, Origin: s.Node(), Revision: 1, Created: now.Now(), Updated: now.Now()}
	if len(list) != 2 {
		t.Fatalf("slots %+v", list)
	}
	same(t, "first slot of the day", list[0], morning)

	other := village()
	other.Name = "Ún Tà 2"
	check(t, s.Seed(ctx, other, []scheduler.Slot{{Name: "đêm"}}), nil)
	v, err = s.Village(ctx, unTa)
	check(t, err, nil)
	list, err = s.Slots(ctx, unTa)
	check(t, err, nil)
	if v.Name != "Ún Tà" || len(list) != 2 {
		t.Errorf("seeded twice: %+v, %+v", v, list)
	}
	check(t, s.Seed(ctx, scheduler.Village{Key: "toong-gianh", Name: "Tòong Giành", Zone: "Asia/Ho_Chi_Minh"}, []scheduler.Slot{{Name: "sáng"}}), nil)
	if list, err := s.Slots(ctx, "toong-gianh"); err != nil || len(list) != 1 || list[0].ID == "" {
		t.Errorf("slots of the second village: %+v, %v", list, err)
	}
}

func TestSaveVillage(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	v, err := s.Village(ctx, unTa)
	check(t, err, nil)
	v.Allowed, v.Languages = nil, []string{"vi"}
	check(t, s.SaveVillage(ctx, v), nil)
	check(t, s.SaveVillage(ctx, v), scheduler.ErrRevision)
	v.Revision = 0
	check(t, s.SaveVillage(ctx, v), scheduler.ErrRevision)
	if err := s.SaveVillage(ctx, scheduler.Village{}); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("a village without a key: %v", err)
	}
	v.Revision = 2
	got, err := s.Village(ctx, unTa)
	check(t, err, nil)
	same(t, "village", got, v)
	check(t, s.SaveVillage(ctx, scheduler.Village{Key: "a", Name: "An San"}), nil)
	all, err := s.Villages(ctx)
	check(t, err, nil)
	if len(all) != 2 || all[0].Key != "a" {
		t.Errorf("villages %+v", all)
	}
}

func TestSlots(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	list, err := s.Slots(ctx, unTa)
	check(t, err, nil)
	sl := list[0]
	sl.Start, sl.Opening, sl.Limit = 6*60, "", 15*time.Minute
	sl.Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: 11, Day: 15}, To: scheduler.MonthDay{Month: 2, Day: 29}, Start: 17*60 + 30}}
	sl.DaysOff = []scheduler.SlotDay{{Date: scheduler.Date{Year: 2027, Month: 2, Day: 6}, Off: true}, {Date: scheduler.Date{Year: 2027, Month: 2, Day: 7}, Start: 420}}
	sl.Relays = []scheduler.SlotRelay{{Recording: "hymn", Keeps: true}, {Station: "st", Offset: 10 * time.Minute, Length: 5 * time.Minute}}
	check(t, s.SaveSlot(ctx, sl), nil)
	check(t, s.SaveSlot(ctx, sl), scheduler.ErrRevision)
	check(t, s.RemoveSlot(ctx, "slot-evening", day0), nil)
	check(t, s.RemoveSlot(ctx, "slot-evening", day0), fs.ErrNotExist)
	sl.Revision = 2
	list, err = s.Slots(ctx, unTa)
	check(t, err, nil)
	same(t, "slots", list, []scheduler.Slot{sl})
}

func recording(id, village string, created time.Time) recordings.Recording {
	return recordings.Recording{
		ID: id, Title: "loa.m4a", Kind: recordings.Take, Village: village, Origin: "board", Created: created, Length: 2500 * time.Millisecond,
		Loudness: -18.04, TruePeak: -1.5, Warnings: []string{"noisy"}, Bytes: 12345, By: "Hoa", Trim: recordings.Trim{From: 1200 * time.Millisecond, To: 9 * time.Second},
		Variants: []recordings.Variant{{Form: recordings.Master, SHA256: id, Bytes: 12345}, {Form: recordings.PlayCopy, SHA256: "p", Bytes: 1}},
		Measures: recordings.Measures{
			Before: recordings.Heard{Length: 3 * time.Second, Loudness: -41.5, TruePeak: -20, Floor: -62, Margin: 22.25, Clipped: 0.0015, Wave: recordings.Wave{0, 128, 255}},
			After:  recordings.Heard{Length: 2500 * time.Millisecond, Loudness: -18.04, TruePeak: -1.5, Floor: -120, Wave: recordings.Wave{1, 2}},
			Lead:   400 * time.Millisecond, Tail: time.Millisecond, Channel: recordings.Left, Hum: 50.02, Decay: 0.6, Twin: "t",
		},
	}
}

func TestRecordings(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	r := recording("r", unTa, day0)
	check(t, s.SaveRecording(ctx, r), nil)
	got, err := s.Recording(ctx, "r")
	check(t, err, nil)
	same(t, "recording", got, r)

	again := r
	again.Title, again.Variants = "khác.m4a", nil
	check(t, s.SaveRecording(ctx, again), nil)
	got, err = s.Recording(ctx, "r")
	check(t, err, nil)
	same(t, "a known recording stays", got, r)

	_, err = s.RemoveRecording(ctx, "r", day0)
	check(t, err, nil)
	_, err = s.Recording(ctx, "r")
	check(t, err, recordings.ErrNotFound)
	again.Created, again.Variants = day0.Add(time.Hour), r.Variants[:1]
	check(t, s.SaveRecording(ctx, again), nil)
	got, err = s.Recording(ctx, "r")
	check(t, err, nil)
	same(t, "a recording lives again", got, again)
}

func TestRecordingsPages(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for i, v := range []string{"", unTa, "toong-gianh", unTa} {
		check(t, s.SaveRecording(ctx, recording(string(rune('a'+i)), v, day0.Add(time.Duration(i)*time.Minute))), nil)
	}
	cases := []struct {
		name, village, before string
		limit                 int
		want                  string
	}{
		{"OK", unTa, "", 10, "dba"},
		{"second page", unTa, "d", 1, "b"},
		{"all villages", "", "", 10, "dcba"},
		{"no such village", "x", "", 10, "a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			list, err := s.Recordings(ctx, c.village, c.before, c.limit)
			check(t, err, nil)
			var got string
			for _, r := range list {
				got += r.ID
				if len(r.Variants) != 2 {
					t.Errorf("%s has the variants %v", r.ID, r.Variants)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSpokenBefore(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"r1", "r2"} {
		check(t, s.SaveRecording(ctx, recording(id, "", day0)), nil)
		check(t, s.RememberSpoken(ctx, "key", id), nil)
		got, err := s.SpokenBefore(ctx, "key")
		check(t, err, nil)
		if got != id {
			t.Errorf("got %q, want %q", got, id)
		}
	}
	_, err := s.RemoveRecording(ctx, "r2", day0)
	check(t, err, nil)
	_, err = s.SpokenBefore(ctx, "key")
	check(t, err, fs.ErrNotExist)
}

func TestBook(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for _, id := range []string{"rec-open", "rec-close", "rec-other"} {
		check(t, s.SaveRecording(ctx, recording(id, "", day0)), nil)
	}
	f := scheduler.Frame{
		Chime: scheduler.Sound{Recording: "rec-chime", Length: 2 * time.Second}, Tail: scheduler.Sound{Recording: "rec-tail", Length: time.Second},
		Pause: 700 * time.Millisecond, Gap: 2 * time.Second, Lead: 9 * time.Second,
	}
	check(t, s.SaveFrame(ctx, unTa, scheduler.Frame{Gap: 1}), nil)
	check(t, s.SaveFrame(ctx, unTa, f), nil)
	once := []scheduler.Schedule{{Kind: scheduler.Once, At: day0.Add(time.Hour)}}
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(2), once), nil)
	b, err := s.Book(ctx, unTa, day0)
	check(t, err, nil)
	f.Sounds = map[string]time.Duration{"rec-open": 2500 * time.Millisecond, "rec-close": 2500 * time.Millisecond}
	same(t, "frame", b.Frame, f)
	if b.Village.Name != "Ún Tà" || len(b.Slots) != 2 || len(b.Announcements) != 1 || len(b.Renditions) != 2 || b.Renditions[0].Language != "vi" || len(b.Schedules) != 1 || len(b.Past) != 0 {
		t.Errorf("book %+v", b)
	}
}

func TestBookHoldsWhatMayStillMatter(t *testing.T) {
	hour, days := time.Hour, 24*time.Hour
	slotsFrom := func(until scheduler.Date) scheduler.Schedule {
		return scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"slot-evening"}, Until: until}
	}
	cases := []struct {
		name   string
		change func(a *scheduler.Announcement)
		sc     scheduler.Schedule
		want   bool
	}{
		{"OK", nil, scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(hour)}, true},
		{"missed yesterday", nil, scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(-47 * hour)}, true},
		{"missed long ago", nil, scheduler.Schedule{Kind: scheduler.Once, At: day0.Add(-49 * hour)}, false},
		{"daily for ever", nil, slotsFrom(scheduler.Date{}), true},
		{"daily until yesterday", nil, slotsFrom(scheduler.Date{Year: 2026, Month: 11, Day: 22}), true},
		{"daily until last week", nil, slotsFrom(scheduler.Date{Year: 2026, Month: 11, Day: 16}), false},
		{"withdrawn today", func(a *scheduler.Announcement) { a.Withdrawn = day0 }, slotsFrom(scheduler.Date{}), true},
		{"withdrawn before the plan was made", func(a *scheduler.Announcement) { a.Withdrawn = day0.Add(-9 * days) }, slotsFrom(scheduler.Date{}), false},
		{"expired today", func(a *scheduler.Announcement) { a.ValidUntil = day0 }, slotsFrom(scheduler.Date{}), true},
		{"expired last week", func(a *scheduler.Announcement) { a.ValidUntil = day0.Add(-7 * days) }, slotsFrom(scheduler.Date{}), false},
		{"valid for ever", func(a *scheduler.Announcement) { a.ValidUntil = time.Time{} }, slotsFrom(scheduler.Date{}), true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := seeded(t)
			ctx := context.Background()
			a := notice("a")
			if c.change != nil {
				c.change(&a)
			}
			check(t, s.SaveAnnouncement(ctx, a, renditions(1), []scheduler.Schedule{c.sc}), nil)
			b, err := s.Book(ctx, unTa, day0)
			check(t, err, nil)
			want := 0
			if c.want {
				want = 1
			}
			if len(b.Announcements) != want || len(b.Schedules) != want || len(b.Renditions) != want {
				t.Errorf("book holds %d announcements, %d schedules, %d renditions; want %d", len(b.Announcements), len(b.Schedules), len(b.Renditions), want)
			}
		})
	}
}

func TestBookPast(t *testing.T) {
	sounding := claimed("o", day0)
	sounding.Planned = time.Minute
	late := sounding
	late.Airings = []playout.Airing{{ID: "g", Started: day0.Add(10 * time.Second)}}
	cut := late
	cut.Outcome = playout.Cut
	missed := sounding
	missed.Outcome = playout.Missed
	tomorrow := played("o", day0) // by a clock that was put right since
	for i := range tomorrow.Airings {
		tomorrow.Airings[i].Started, tomorrow.Airings[i].Ended = tomorrow.Airings[i].Started.Add(24*time.Hour), tomorrow.Airings[i].Ended.Add(24*time.Hour)
	}
	unended := cut
	unended.Airings = []playout.Airing{{ID: "g", Started: day0.AddDate(56, 0, 0)}}
	old := played("o", day0.Add(-49*time.Hour))
	open := claimed("o", day0.Add(-49*time.Hour))
	open.Planned = time.Minute
	cases := []struct {
		name string
		row  playout.AsRun
		want []scheduler.Past
	}{
		{"OK", played("o", day0), []scheduler.Past{{Occurrence: "o", Due: day0, End: day0.Add(30 * time.Second), Class: scheduler.ClassPriority}}},
		{"claimed, no sound yet", sounding, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0.Add(time.Minute), Class: scheduler.ClassPriority}}},
		{"sounding, began late", late, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0.Add(70 * time.Second), Class: scheduler.ClassPriority}}},
		{"cut by the power", cut, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0.Add(10 * time.Second), Class: scheduler.ClassPriority}}},
		{"sounded tomorrow", tomorrow, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0.Add(30 * time.Second), Class: scheduler.ClassPriority}}},
		{"cut decades ahead", unended, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0, Class: scheduler.ClassPriority}}},
		{"never sounded", missed, []scheduler.Past{{Occurrence: "o", Due: day0, End: day0, Class: scheduler.ClassPriority}}},
		{"older than two days", old, nil},
		{"older than two days and still open", open, []scheduler.Past{{Occurrence: "o", Due: open.Due, End: open.Due.Add(time.Minute), Class: scheduler.ClassPriority}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, _ := seeded(t)
			check(t, s.Record(context.Background(), c.row), nil)
			b, err := s.Book(context.Background(), unTa, day0.Add(2*time.Minute))
			check(t, err, nil)
			for i := range c.want {
				w := &c.want[i]
				w.Schedule, w.Slot, w.Nominal, w.Cause, w.Over = c.row.Schedule, c.row.Slot, c.row.Nominal, c.row.Cause, c.row.Outcome != ""
			}
			same(t, "past", b.Past, c.want)
		})
	}
}

// TestBookTurns: what lies before the Past is summed up: when a schedule was heard
// last in a slot, and in how many turns since there was no room for it.
func TestBookTurns(t *testing.T) {
	for _, kind := range []scheduler.Kind{scheduler.Slots, scheduler.Recurring} {
		t.Run(string(kind), func(t *testing.T) { bookTurns(t, kind) })
	}
}

func bookTurns(t *testing.T, kind scheduler.Kind) {
	s, _ := seeded(t)
	ctx := context.Background()
	in := scheduler.Schedule{Kind: kind, Slots: []string{"slot-evening"}}
	if kind == scheduler.Recurring {
		in.Rule = "DTSTART;VALUE=DATE:20251101\nRRULE:FREQ=DAILY"
	}
	check(t, s.SaveAnnouncement(ctx, notice("a"), renditions(1), []scheduler.Schedule{in}), nil)
	b, err := s.Book(ctx, unTa, day0)
	check(t, err, nil)
	same(t, "turns before any", b.Fared, []scheduler.Fared(nil))
	schedule := b.Schedules[0].ID
	row := func(days int, cause string, part string) playout.AsRun {
		r := played(part+strconv.Itoa(days), day0.AddDate(0, 0, -days))
		r.Nominal, r.Schedule, r.Slot, r.Cause = r.Due, schedule, "slot-evening", cause
		if cause != "completed" {
			r.Outcome, r.Airings = playout.Moved, nil
		}
		return r
	}
	for _, r := range []playout.AsRun{
		row(20, "completed", "o"), row(9, scheduler.ReasonSlotFull, "o"), row(8, "completed", "o"), row(7, scheduler.ReasonSlotFull, "o"),
		row(6, scheduler.ReasonWithdrawn, "o"), row(5, scheduler.ReasonNextTime, "o"), row(5, scheduler.ReasonNextTime, "second"), row(1, scheduler.ReasonSlotBudget, "o"),
	} {
		check(t, s.Record(ctx, r), nil)
	}
	b, err = s.Book(ctx, unTa, day0)
	check(t, err, nil)
	same(t, "turns", b.Fared, []scheduler.Fared{{Schedule: schedule, Last: day0.AddDate(0, 0, -8), LeftOut: 2}})
}
