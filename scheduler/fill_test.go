package scheduler_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler"
)

// air lives through time with a book: it plans, lets what is due sound, and writes
// down what has its outcome, as the board does.
type air struct {
	t       rapid.TB
	b       scheduler.Book
	now     time.Time
	sounded []scheduler.Occurrence
}

// until plays up to an instant, planning anew every step.
func (a *air) until(to time.Time, step time.Duration) {
	for a.now.Before(to) {
		a.play(earliest(a.now.Add(step), to))
	}
}

func earliest(x, y time.Time) time.Time {
	if x.Before(y) {
		return x
	}
	return y
}

// play plans once and plays what that plan holds before to.
func (a *air) play(to time.Time) scheduler.Plan {
	p, err := scheduler.BuildPlan(a.now, 3*day, a.b)
	if err != nil {
		a.t.Fatalf("plan: %v", err)
	}
	for _, om := range p.Omissions {
		o := om.Occurrence
		if om.Final.After(to) || om.Reason.Code == scheduler.ReasonExpired || om.Reason.Code == scheduler.ReasonNotYetValid {
			continue
		}
		a.b.Past = append(a.b.Past, scheduler.Past{
			Occurrence: o.ID, Due: o.Due, End: o.Due, Schedule: o.Schedule, Slot: o.Slot, Nominal: o.Nominal, Cause: om.Reason.Code,
		})
	}
	for _, o := range p.Occurrences {
		if o.Due.Before(to.Add(a.b.Frame.Lead)) { // handed over
			a.sounded = append(a.sounded, o)
			a.b.Past = append(a.b.Past, aired(o))
		}
	}
	a.now = to
	return p
}

// heard are the announcements that sounded, in order.
func (a *air) heard() (list []string) {
	for _, o := range a.sounded {
		if o.Kind == scheduler.Notice {
			list = append(list, o.Announcement)
		}
	}
	return list
}

// crowded is a book whose evening slot holds n of its notices of a minute.
func crowded(n int, announcements ...string) scheduler.Book {
	b := book()
	b.Slots = b.Slots[1:]
	b.Slots[0].Opening, b.Slots[0].Closing = "", ""
	b.Slots[0].Length = time.Duration(n) * 67 * time.Second
	for i, id := range announcements {
		tell(&b, id, time.Minute)
		when(&b, id, daily("chieu")).Created = time.Date(2026, 11, 1, i, 0, 0, 0, time.UTC)
	}
	return b
}

// TestFairOverDays: who did not fit yesterday goes before who was heard; over days
// all are heard equally often, and nobody is left out twice in a row while another
// was heard both times.
func TestFairOverDays(t *testing.T) {
	for room := 1; room <= 4; room++ {
		a := &air{t: t, b: crowded(room, "a", "b", "c", "d", "e"), now: at(t, "2026-11-23 16:00")}
		a.until(at(t, "2026-12-03 16:00"), time.Hour)
		count := map[string]int{}
		for _, id := range a.heard() {
			count[id]++
		}
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			if n := 2 * room; count[id] < n-1 || count[id] > n+1 {
				t.Errorf("room for %d: %s was heard %d times in ten days, all: %v", room, id, count[id], count)
			}
		}
	}
	t.Run("the day after", func(t *testing.T) {
		a := &air{t: t, b: crowded(2, "a", "b", "c"), now: at(t, "2026-11-23 16:00")}
		a.until(at(t, "2026-11-26 16:00"), time.Hour)
		if got := strings.Join(a.heard(), " "); got != "a b c a b c" {
			t.Errorf("heard %s", got)
		}
	})
	t.Run("from before the Past", func(t *testing.T) {
		b := crowded(1, "a", "b")
		b.Fared = []scheduler.Fared{{Schedule: "lich-a", Last: at(t, "2026-11-16 17:00")}, {Schedule: "lich-b", LeftOut: 1}}
		p := plan(t, at(t, "2026-11-23 16:00"), day, b)
		if len(p.Occurrences) != 1 || p.Occurrences[0].Announcement != "b" {
			t.Errorf("plan is\n%s", p.Text())
		}
	})
	t.Run("a higher class first", func(t *testing.T) {
		b := crowded(1, "a", "b")
		b.Announcements[0].Class = scheduler.ClassPriority
		b.Fared = []scheduler.Fared{{Schedule: "lich-b", LeftOut: 9}}
		if p := plan(t, at(t, "2026-11-23 16:00"), day, b); p.Occurrences[0].Announcement != "a" {
			t.Errorf("plan is\n%s", p.Text())
		}
	})
}

// TestSamePlanAfterRestart: what is planned for the days ahead is what is planned
// once they have come, when nothing else happens.
func TestSamePlanAfterRestart(t *testing.T) {
	a := &air{t: t, b: crowded(2, "a", "b", "c", "d", "e"), now: at(t, "2026-11-23 16:00")}
	ahead := plan(t, a.now, 3*day, a.b)
	a.until(at(t, "2026-11-25 18:00"), 7*time.Minute)
	var want []string
	for _, o := range ahead.Occurrences {
		if o.Due.Before(a.now) {
			want = append(want, o.ID)
		}
	}
	var got []string
	for _, o := range a.sounded {
		got = append(got, o.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("aired %q, was planned %q", got, want)
	}
}

// TestMovedToTheNextSlot: what does not fit is carried into the next slot, says so in
// both, and airs once.
func TestMovedToTheNextSlot(t *testing.T) {
	monday := scheduler.Date{Year: 2026, Month: 11, Day: 23}
	tests := []struct {
		name string
		set  func(b *scheduler.Book)
		to   string // where b airs instead; empty: nowhere
		code string
	}{
		{"OK the slot of the next day", func(*scheduler.Book) {}, "2026-11-24 05:30", scheduler.ReasonNextTime},
		{"a later slot of the day", func(b *scheduler.Book) {
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Hour})
		}, "2026-11-23 19:00", scheduler.ReasonNextTime},
		{"not past its last day", func(b *scheduler.Book) { b.Schedules[1].Until = monday }, "", scheduler.ReasonSlotFull},
		{"its last day has another slot", func(b *scheduler.Book) {
			b.Schedules[1].Until = monday
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Hour})
		}, "2026-11-23 19:00", scheduler.ReasonNextTime},
		{"not beyond its validity", func(b *scheduler.Book) { b.Announcements[1].ValidUntil = at(t, "2026-11-24 05:30:30") }, "", scheduler.ReasonSlotFull},
		{"its own next turn is sooner", func(b *scheduler.Book) { b.Schedules[1].Slots = []string{"chieu", "sang"} }, "", scheduler.ReasonSlotFull},
		{"a slot too short for it is passed over", func(b *scheduler.Book) {
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "toi"}, Start: 19 * 60, Length: time.Minute})
		}, "2026-11-24 05:30", scheduler.ReasonNextTime},
		{"not two days later", func(b *scheduler.Book) { b.Slots[0].Days = 1 << time.Wednesday }, "", scheduler.ReasonSlotFull},
		{"a slot that begins before this one ends is none", func(b *scheduler.Book) {
			b.Slots = append(b.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "phu"}, Start: 17*60 + 1, Length: time.Hour})
		}, "2026-11-24 05:30", scheduler.ReasonNextTime},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			b.Slots[1].Length = 2 * time.Minute
			for _, id := range []string{"a", "b"} {
				tell(&b, id, 80*time.Second)
				when(&b, id, daily("chieu"))
			}
			tt.set(&b)
			a := &air{t: t, b: b, now: at(t, "2026-11-23 16:00")}
			p := a.play(a.now)
			id := "lich-b:un-ta:2026-11-23T17:00:1"
			r := why(p, id)
			if r.Code != tt.code {
				t.Fatalf("reason %+v, want %s; plan is\n%s", r, tt.code, p.Text())
			}
			if tt.to == "" {
				if find(p, id+".2") != nil {
					t.Errorf("moved nevertheless:\n%s", p.Text())
				}
				return
			}
			hop := find(p, r.Occurrence)
			if hop == nil || !hop.Nominal.Equal(at(t, tt.to)) || !r.Until.Equal(hop.Nominal) {
				t.Fatalf("moved to %+v, want %s; plan is\n%s", r, tt.to, p.Text())
			}
			if last := hop.Reasons[len(hop.Reasons)-1]; last.Code != scheduler.ReasonCarried || last.Occurrence != id {
				t.Errorf("does not say from where: %+v", hop.Reasons)
			}
			a.until(at(t, "2026-11-24 16:00"), 10*time.Minute)
			if n := strings.Count(strings.Join(a.heard(), ""), "b"); n != 1 {
				t.Errorf("heard %d times: %v", n, a.sounded)
			}
		})
	}
	t.Run("it fits after all", func(t *testing.T) {
		b := book()
		b.Slots[1].Length = 2 * time.Minute
		for _, id := range []string{"a", "b"} {
			tell(&b, id, 80*time.Second)
			when(&b, id, daily("chieu"))
		}
		a := &air{t: t, b: b, now: at(t, "2026-11-23 16:00")}
		a.play(a.now)
		a.b.Announcements[0].Withdrawn = a.now
		a.until(at(t, "2026-11-24 16:00"), 10*time.Minute)
		if got := a.heard(); len(got) != 1 || !a.sounded[1].Nominal.Equal(at(t, "2026-11-23 17:00")) {
			t.Errorf("heard %v: %v", got, a.sounded)
		}
	})
	t.Run("full again, and on", func(t *testing.T) {
		b := crowded(1, "a", "b", "c")
		for i := range 4 {
			b.Slots = append(b.Slots, b.Slots[0])
			b.Slots[i+1].ID, b.Slots[i+1].Start = fmt.Sprintf("toi%d", i), scheduler.TimeOfDay(18*60+30*i)
		}
		a := &air{t: t, b: b, now: at(t, "2026-11-23 16:00")}
		a.until(at(t, "2026-11-24 16:00"), 10*time.Minute)
		if got := strings.Join(a.heard(), " "); got != "a b c" {
			t.Errorf("heard %s:\n%v", got, a.sounded)
		}
	})
}

// TestTimesPerSlotAndDay: n times in a slot, spread, and at most n times a day.
func TestTimesPerSlotAndDay(t *testing.T) {
	tests := []struct {
		name string
		set  func(b *scheduler.Book)
		want string
	}{
		{"OK three times between others", func(b *scheduler.Book) { b.Schedules[0].PerSlot = 3 }, "a b a c a"},
		{"all of them twice", func(b *scheduler.Book) {
			for i := range b.Schedules {
				b.Schedules[i].PerSlot = 2
			}
		}, "a b c a b c"},
		{"more than all the others", func(b *scheduler.Book) { b.Schedules[0].PerSlot = 4 }, "a b a c a a"},
		{"a higher class goes between the lower", func(b *scheduler.Book) {
			b.Announcements[1].Class = scheduler.ClassPriority
			b.Schedules[1].PerSlot = 3
		}, "b a b c b"},
		{"a second time only when all had their first", func(b *scheduler.Book) {
			b.Schedules[0].PerSlot = 3
			b.Slots[1].Length = 4*67*time.Second + 20*time.Second
		}, "a b a c"},
		{"once a day in two slots", func(b *scheduler.Book) {
			b.Schedules[0].PerDay, b.Schedules[0].Slots = 1, []string{"sang", "chieu"}
		}, "a b c"},
		{"three in a slot, two a day", func(b *scheduler.Book) { b.Schedules[0].PerSlot, b.Schedules[0].PerDay = 3, 2 }, "a b a c"},
		{"a limit of notices", func(b *scheduler.Book) { b.Slots[1].Limit = 140 * time.Second }, "a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			for _, id := range []string{"a", "b", "c"} {
				tell(&b, id, time.Minute)
				s := when(&b, id, daily("chieu"))
				s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			}
			tt.set(&b)
			from := at(t, "2026-11-23 16:00")
			if len(b.Schedules[0].Slots) > 1 {
				from = at(t, "2026-11-23 05:00")
			}
			for i := range b.Schedules {
				b.Schedules[i].Created = from.Add(-time.Hour)
			}
			a := &air{t: t, b: b, now: from}
			a.until(at(t, "2026-11-24 16:00"), 3*time.Minute)
			if got := strings.Join(a.heard(), " "); got != tt.want {
				t.Errorf("heard %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("says why", func(t *testing.T) {
		b := book()
		tell(&b, "a", time.Minute)
		s := when(&b, "a", daily("sang", "chieu"))
		s.PerDay, s.Until = 1, scheduler.Date{Year: 2026, Month: 11, Day: 23}
		p := plan(t, at(t, "2026-11-23 05:00"), day, b)
		if r := why(p, "lich-a:un-ta:2026-11-23T17:00:1"); r.Code != scheduler.ReasonOften {
			t.Errorf("reason %+v in\n%s", r, p.Text())
		}
		b.Slots[0].Limit = 30 * time.Second
		p = plan(t, at(t, "2026-11-23 05:00"), day, b)
		if r := why(p, "lich-a:un-ta:2026-11-23T05:30:1"); r.Code != scheduler.ReasonSlotLimit || r.By != 30*time.Second {
			t.Errorf("reason %+v in\n%s", r, p.Text())
		}
	})
}

// TestNeverTwiceWhateverIsEdited: a slot refilled, edited or recovered at any moment,
// with restarts that forget all but what was written down: no occurrence airs
// twice, what was moved airs in one slot only, and a schedule airs in a slot no
// more often on a day than it promises.
func TestNeverTwiceWhateverIsEdited(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := book()
		b.Slots = b.Slots[:0]
		for i := range rapid.IntRange(1, 4).Draw(t, "slots") {
			b.Slots = append(b.Slots, randomSlot(t, fmt.Sprintf("buoi%d", i)))
		}
		for i := range rapid.IntRange(1, 8).Draw(t, "notices") {
			id := fmt.Sprintf("tin%d", i)
			tell(&b, id, time.Duration(rapid.IntRange(20, 400).Draw(t, "length"))*time.Second).Class = rapid.SampledFrom([]scheduler.Class{scheduler.ClassNormal, scheduler.ClassPriority}).Draw(t, "class")
			s := when(&b, id, daily())
			s.Slots = slotsOfBook(b, rapid.IntRange(1, 15).Draw(t, "in"))
			s.PerSlot, s.PerDay = rapid.IntRange(0, 3).Draw(t, "per slot"), rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "per day")
			s.Created = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		}
		tell(&b, "gio", 45*time.Second)
		*when(&b, "gio", scheduler.Schedule{Owned: scheduler.Owned{ID: "gio"}}) = timesOfDay(t, b, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
		a := &air{t: t, b: b, now: time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)}
		end := a.now.Add(2 * day)
		for a.now.Before(end) {
			editSlot(t, a)
			for range rapid.IntRange(1, 6).Draw(t, "steps") {
				a.play(a.now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute))
			}
		}
		onceOnly(t, a)
	})
}

// timesOfDay is a schedule of several times of day, ruled at an instant.
func timesOfDay(t *rapid.T, b scheduler.Book, at time.Time) scheduler.Schedule {
	loc, err := b.Village.Location()
	if err != nil {
		t.Fatal(err)
	}
	s := scheduler.Schedule{Owned: scheduler.Owned{ID: "gio", Village: "un-ta", Created: at}, Announcement: "gio", Kind: scheduler.Recurring, Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Hour}}
	times := rapid.SampledFrom([]string{"0530,1700", "0531,0545,1702", "1700", "0530,1115,1700,2000"}).Draw(t, "times")
	if s, err = s.WithRule("DTSTART:20261120T000000\nRRULE:FREQ=DAILY;BYTIME="+times, at, loc); err != nil {
		t.Fatal(err)
	}
	return s
}

func randomSlot(t *rapid.T, id string) scheduler.Slot {
	s := scheduler.Slot{
		Owned: scheduler.Owned{ID: id}, Start: scheduler.TimeOfDay(rapid.IntRange(0, 47).Draw(t, "start") * 30),
		Length: time.Duration(rapid.IntRange(2, 60).Draw(t, "minutes long")) * time.Minute,
	}
	if rapid.Bool().Draw(t, "framed") {
		s.Opening, s.Closing = "nhac-mo", "nhac-ket"
	}
	return s
}

func slotsOfBook(b scheduler.Book, which int) (ids []string) {
	for i, s := range b.Slots {
		if which&(1<<i) != 0 {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// editSlot changes something of a book, as somebody at the panel might.
func editSlot(t *rapid.T, a *air) {
	a.b.Slots = slices.Clone(a.b.Slots)
	s := &a.b.Slots[rapid.IntRange(0, len(a.b.Slots)-1).Draw(t, "edited")]
	switch rapid.IntRange(0, 6).Draw(t, "edit") {
	case 0:
		s.Start = (s.Start + scheduler.TimeOfDay(rapid.IntRange(-120, 120).Draw(t, "later")) + 24*60) % (24 * 60)
	case 1:
		s.Length = time.Duration(rapid.IntRange(2, 90).Draw(t, "longer")) * time.Minute
	case 2:
		s.Limit = time.Duration(rapid.IntRange(0, 20).Draw(t, "limit")) * time.Minute
	case 3:
		date := scheduler.Date{Year: 2026, Month: 11, Day: rapid.IntRange(22, 25).Draw(t, "day")}
		s.DaysOff = []scheduler.SlotDay{{Date: date, Off: rapid.Bool().Draw(t, "off"), Start: scheduler.TimeOfDay(rapid.IntRange(0, 1439).Draw(t, "moved to"))}}
	case 4:
		i := rapid.IntRange(0, len(a.b.Schedules)-1).Draw(t, "schedule")
		a.b.Schedules = slices.Clone(a.b.Schedules)
		a.b.Schedules[i].PerSlot = rapid.IntRange(0, 3).Draw(t, "per slot")
	case 5:
		a.b.Slots = append(a.b.Slots, randomSlot(t, fmt.Sprintf("them%d", len(a.b.Slots))))
	case 6:
		a.b.Schedules = slices.Clone(a.b.Schedules)
		i := slices.IndexFunc(a.b.Schedules, func(s scheduler.Schedule) bool { return s.ID == "gio" })
		a.b.Schedules[i] = timesOfDay(t, a.b, a.now)
	}
}

func onceOnly(t *rapid.T, a *air) {
	ids, turns := map[string]int{}, map[string]int{}
	most := map[string]int{}
	for _, o := range a.sounded {
		if ids[o.ID]++; ids[o.ID] > 1 {
			t.Errorf("%s aired twice", o.ID)
		}
		if o.Kind != scheduler.Notice || o.Slot == "" {
			continue
		}
		if carried(o) {
			base := o.ID[:strings.LastIndex(o.ID, ".")]
			if ids[base]++; ids[base] > 1 {
				t.Errorf("%s aired, and was moved", base)
			}
			continue
		}
		turns[o.Schedule+" in "+o.Slot+" on "+o.Nominal.Add(7*time.Hour).Format(time.DateOnly)]++
		most[o.Schedule] = 3
	}
	for turn, n := range turns {
		if n > 3 {
			t.Errorf("%s: %d times", turn, n)
		}
	}
}
