package scheduler_test

import (
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// waysCase is an omission and the ways out that are to be found, in order.
type waysCase struct {
	make func(t *testing.T, bk *scheduler.Book)
	code string
	want []scheduler.Way
	at   string // of the first way; empty: any
}

func waysCases() map[string]waysCase {
	return map[string]waysCase{
		"RuleOutsideHours": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "a", time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261101T220000\nRRULE:FREQ=DAILY"))
		}, scheduler.ReasonOutsideHours, []scheduler.Way{scheduler.WayTimes, scheduler.WayThatDay, scheduler.WayThatDay, scheduler.WayException}, ""},
		"RuleQuiet": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Quiet = []scheduler.Window{{From: 12 * 60, To: 13 * 60}}
			tell(bk, "a", time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261123T121500\nRRULE:FREQ=WEEKLY"))
		}, scheduler.ReasonQuiet, []scheduler.Way{scheduler.WayTimes, scheduler.WayThatDay, scheduler.WayThatDay, scheduler.WayException}, "2026-11-23 13:00"},
		"RuleOverlap": {func(t *testing.T, bk *scheduler.Book) {
			tell(bk, "khac", 20*time.Minute).Class = scheduler.ClassPriority
			when(bk, "khac", once(at(t, "2026-11-23 18:30")))
			tell(bk, "a", time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261101T183500\nRRULE:FREQ=WEEKLY;BYDAY=MO"))
		}, scheduler.ReasonOverlap, []scheduler.Way{scheduler.WayLater, scheduler.WayThatDay, scheduler.WayThatDay, scheduler.WaySlot}, ""},
		"RuleHolidaySilent": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Lễ", Month: 11, Day: 23, Rule: scheduler.NoSound}}
			tell(bk, "a", time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261102T100000\nRRULE:FREQ=WEEKLY"))
		}, scheduler.ReasonHoliday, []scheduler.Way{scheduler.WayThatDay, scheduler.WayException}, "2026-11-24 05:00"},
		"SlotHolidaySilent": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Holidays = []scheduler.Holiday{{Name: "Lễ", Month: 11, Day: 23, Rule: scheduler.NoSound}}
			tell(bk, "a", time.Minute)
			s := daily("chieu")
			s.From, s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 22}, scheduler.Date{Year: 2026, Month: 11, Day: 23}
			when(bk, "a", s)
		}, scheduler.ReasonHoliday, []scheduler.Way{scheduler.WayDay, scheduler.WayException}, "2026-11-24 17:00:09"},
		"SlotRuleQuiet": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Quiet = []scheduler.Window{{From: 17 * 60, To: 18 * 60, Days: 1 << time.Monday}}
			tell(bk, "a", time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261102T000000\nRRULE:FREQ=WEEKLY", "chieu"))
		}, scheduler.ReasonQuiet, []scheduler.Way{scheduler.WaySlot, scheduler.WayDay, scheduler.WayException}, ""},
		"SlotBudget": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Limits = []scheduler.Limit{{Broadcast: 10 * time.Minute}}
			tell(bk, "a", 12*time.Minute)
			when(bk, "a", once(at(t, "2026-11-23 10:00")))
		}, scheduler.ReasonSlotBudget, []scheduler.Way{scheduler.WayShorten, scheduler.WayException}, ""},
		"DayBudget": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Limits = []scheduler.Limit{{Day: 10 * time.Minute}}
			tell(bk, "khac", 8*time.Minute).Class = scheduler.ClassPriority
			when(bk, "khac", once(at(t, "2026-11-23 08:00")))
			tell(bk, "a", 150*time.Second)
			when(bk, "a", once(at(t, "2026-11-23 10:00")))
		}, scheduler.ReasonDayBudget, []scheduler.Way{scheduler.WayShorten, scheduler.WayAt, scheduler.WaySlot, scheduler.WayException}, ""},
		"DayTimes": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Limits = []scheduler.Limit{{Times: 1}}
			tell(bk, "khac", time.Minute).Class = scheduler.ClassPriority
			when(bk, "khac", daily("chieu"))
			tell(bk, "a", time.Minute)
			s := once(at(t, "2026-11-23 10:00"))
			when(bk, "a", s)
		}, scheduler.ReasonDayTimes, []scheduler.Way{scheduler.WaySlot, scheduler.WaySlot, scheduler.WayException}, ""},
		"SlotFullRule": {func(t *testing.T, bk *scheduler.Book) {
			bk.Slots = bk.Slots[1:] // one alone
			tell(bk, "khac", 50*time.Minute)
			s := daily("chieu")
			s.Until = scheduler.Date{Year: 2026, Month: 11, Day: 23}
			when(bk, "khac", s).Created = at(t, "2026-11-01 08:00")
			tell(bk, "a", 14*time.Minute)
			when(bk, "a", byRule(t, "DTSTART:20261102T000000\nRRULE:FREQ=WEEKLY", "chieu")).Created = at(t, "2026-11-02 08:00")
		}, "", []scheduler.Way{scheduler.WayShorten, scheduler.WayDay}, ""},
		"Mourning": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Rules.Mourning = []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 11, Day: 23}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 23}}}
			bk.Village.Rules.Music = []scheduler.Music{scheduler.MusicRelay}
			bk.Stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov"}, Name: "VOV", URL: "http://vov.example/live"}}
			bk.Slots[1].Relays = []scheduler.SlotRelay{{Station: "vov", Offset: 10 * time.Minute, Length: 15 * time.Minute}}
		}, scheduler.ReasonMourning, []scheduler.Way{scheduler.WayException}, ""},
		"NotApproved": {func(t *testing.T, bk *scheduler.Book) {
			bk.Village.Approvals.Recorder.Normal = scheduler.NeedAnyone
			tell(bk, "a", time.Minute).Approval = scheduler.Approval{State: scheduler.Submitted}
			when(bk, "a", once(at(t, "2026-11-23 10:00")))
		}, scheduler.ReasonNotApproved, []scheduler.Way{scheduler.WayApprove}, ""},
	}
}

// TestSuggestTried: each way out airs what was omitted once it is taken, or the
// schedule once more, and nobody else loses anything.
func TestSuggestTried(t *testing.T) {
	for name, c := range waysCases() {
		t.Run(name, func(t *testing.T) {
			now, bk := at(t, "2026-11-23 04:00"), book()
			c.make(t, &bk)
			base := plan(t, now, 8*day, bk)
			i := slices.IndexFunc(base.Omissions, func(om scheduler.Omission) bool {
				return om.Occurrence.Nominal.After(now) && (om.Occurrence.Announcement == "a" || om.Occurrence.Kind == scheduler.Relay)
			})
			if i < 0 || c.code != "" && base.Omissions[i].Reason.Code != c.code {
				t.Fatalf("no omission by %s:\n%s", c.code, base.Text())
			}
			om := base.Omissions[i]
			got, err := scheduler.Suggest(now, 8*day, bk, om.Occurrence.ID)
			if err != nil {
				t.Fatal(err)
			}
			var ways []scheduler.Way
			for _, s := range got {
				ways = append(ways, s.Way)
			}
			if !slices.Equal(ways, c.want) {
				t.Fatalf("ways of %s = %v, want %v\n%s", om.Reason.Code, ways, c.want, base.Text())
			}
			if c.at != "" && !got[0].At.Equal(at(t, c.at)) {
				t.Errorf("first at %s, want %s", got[0].At.In(now.Location()), c.at)
			}
			for _, s := range got {
				taken(t, now, bk, s, om)
			}
		})
	}
}

// taken takes a way out, and says what is wrong with what comes of it.
func taken(t *testing.T, now time.Time, bk scheduler.Book, s scheduler.Suggestion, om scheduler.Omission) {
	t.Helper()
	before := plan(t, now, 8*day, bk)
	bk.Schedules, bk.Renditions, bk.Announcements = slices.Clone(bk.Schedules), slices.Clone(bk.Renditions), slices.Clone(bk.Announcements)
	for i := range bk.Schedules {
		if bk.Schedules[i].ID == s.Schedule.ID {
			bk.Schedules[i] = s.Schedule
		}
	}
	for i, r := range bk.Renditions {
		if s.Way == scheduler.WayShorten && r.Announcement == om.Occurrence.Announcement && r.Language == s.Language {
			bk.Renditions[i].Length = s.Longest
		}
	}
	for i, a := range bk.Announcements {
		if s.Way == scheduler.WayApprove && a.ID == om.Occurrence.Announcement {
			bk.Announcements[i].Approval = scheduler.Approval{State: scheduler.Approved, Pin: pinOf(bk, a)}
		}
	}
	if s.Way == scheduler.WayException {
		bk.Village.Exceptions = []scheduler.Exception{{
			Owned: scheduler.Owned{ID: "ngoai-le"}, Announcement: om.Occurrence.Announcement, From: now, To: now.Add(8 * day), Rules: s.Lifts, Reason: "lễ hội", DecidedBy: "Hà", Decided: now, Approved: true,
		}}
	}
	after := plan(t, now, 8*day, bk)
	for _, d := range scheduler.Compare(before, after) {
		if d.Turn == scheduler.Lost && d.Occurrence.Announcement != om.Occurrence.Announcement {
			t.Errorf("%s costs %s", s.Way, d.Occurrence.ID)
		}
	}
	if !s.At.IsZero() && s.Way != scheduler.WayShorten {
		if !slices.ContainsFunc(after.Occurrences, func(o scheduler.Occurrence) bool {
			return o.Schedule == om.Occurrence.Schedule && o.Due.Equal(s.At)
		}) {
			t.Errorf("%s promises %s, and nothing airs then:\n%s", s.Way, s.At, after.Text())
		}
		return
	}
	if find(after, om.Occurrence.ID) == nil {
		t.Errorf("%s does not help %s:\n%s", s.Way, om.Occurrence.ID, after.Text())
	}
}

func pinOf(bk scheduler.Book, a scheduler.Announcement) *scheduler.Pin {
	d := scheduler.Dossier{Announcement: a}
	for _, r := range bk.Renditions {
		if r.Announcement == a.ID {
			d.Renditions = append(d.Renditions, r)
		}
	}
	for _, s := range bk.Schedules {
		if s.Announcement == a.ID {
			d.Schedules = append(d.Schedules, s)
		}
	}
	return scheduler.PinOf(d)
}

// TestSuggestNoOccurrenceThatAirsAnyway: a schedule in two slots, one of which is
// full, is not helped by a change after which only the other airs, as it did before.
func TestSuggestNoOccurrenceThatAirsAnyway(t *testing.T) {
	now, bk := at(t, "2026-11-23 04:00"), book()
	bk.Slots = append(bk.Slots, scheduler.Slot{Owned: scheduler.Owned{ID: "ngan"}, Start: 12 * 60, Length: time.Minute})
	tell(&bk, "khac", 50*time.Minute)
	when(&bk, "khac", daily("chieu")).Created = at(t, "2026-11-01 08:00")
	tell(&bk, "a", 20*time.Minute)
	when(&bk, "a", daily("sang", "chieu")).Created = at(t, "2026-11-02 08:00")
	om := scheduler.Omission{}
	for _, x := range plan(t, now, 2*day, bk).Omissions {
		if x.Occurrence.Slot == "chieu" && x.Occurrence.Announcement == "a" {
			om = x
		}
	}
	got, err := scheduler.Suggest(now, 2*day, bk, om.Occurrence.ID)
	if err != nil || om.Occurrence.ID == "" {
		t.Fatal(om, err)
	}
	for _, s := range got {
		if s.Way == scheduler.WaySlot {
			t.Errorf("a minute holds 20: %+v", s)
		}
	}
}
