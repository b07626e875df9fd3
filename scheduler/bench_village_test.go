package scheduler_test

import (
	"fmt"
	"testing"
	"time"

	"loalang/scheduler"
)

// village is the crowd with all that a real village has: openings and closings,
// seasons, a day off, a relay, holidays, quiet hours, budgets, mourning, exceptions,
// approvals, rules by the sun and the moon, repeats, priority, and a day behind it.
func village(b testing.TB, announcements int) (scheduler.Book, time.Time) {
	bk, now := crowd(b, announcements)
	bk.Stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "dai"}, Name: "Đài huyện"}}
	for i := range bk.Slots {
		s := &bk.Slots[i]
		s.Opening, s.Closing = "nhac-mo", "nhac-ket"
		s.Seasons = []scheduler.Season{
			{From: scheduler.MonthDay{Month: 4, Day: 15}, To: scheduler.MonthDay{Month: 10, Day: 15}, Start: s.Start + 15},
			{From: scheduler.MonthDay{Month: 12, Day: 1}, To: scheduler.MonthDay{Month: 12, Day: 31}, Start: s.Start + 5},
		}
		s.DaysOff = []scheduler.SlotDay{{Date: scheduler.Date{Year: 2026, Month: 11, Day: 25}, Off: i == 4, Start: s.Start}}
	}
	bk.Slots[0].Relays = []scheduler.SlotRelay{{Station: "dai", Offset: 30 * time.Minute, Length: 15 * time.Minute}}
	bk.Slots[6].Limit = 30 * time.Minute
	ruleVillage(&bk, now)
	mix(b, &bk)
	approve(&bk, now)
	first := plan(b, now.Add(-day), day, bk)
	for _, o := range first.Occurrences {
		bk.Past = append(bk.Past, aired(o))
	}
	return bk, now
}

func ruleVillage(bk *scheduler.Book, now time.Time) {
	bk.Village.Rules = scheduler.Rules{
		Quiet:    []scheduler.Window{{From: 11*60 + 30, To: 13*60 + 30}},
		Limits:   []scheduler.Limit{{Broadcast: 45 * time.Minute, Day: 6 * time.Hour, Times: 40}, {Days: 1, Day: 2 * time.Hour}},
		Holidays: scheduler.CommonHolidays(func(code string) string { return code }),
		Mourning: []scheduler.Mourning{{Name: "Quốc tang", From: scheduler.Date{Year: 2026, Month: 11, Day: 26}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 27}}},
	}
	for i := range 20 {
		from := now.Add(time.Duration(i) * 11 * time.Hour)
		bk.Village.Exceptions = append(bk.Village.Exceptions, scheduler.Exception{
			Owned: scheduler.Owned{ID: fmt.Sprintf("ngoai-le%02d", i)}, Announcement: fmt.Sprintf("tin%04d", i*3), From: from, To: from.Add(2 * time.Hour),
			Rules: scheduler.LiftsThere(), Reason: "Xã yêu cầu phát gấp", RequestedBy: "An", DecidedBy: "Bình", Decided: now, Approved: true,
		})
	}
}

// mix makes of every tenth schedule one by a rule in slots, of another one at exact
// times, and of others repeats and priority.
func mix(b testing.TB, bk *scheduler.Book) {
	rules := []string{
		halfMoon, "DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY;INTERVAL=5", "DTSTART:20261101T053000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH",
		"DTSTART:20261101T070000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15;OFFSET=-1",
	}
	for i := range bk.Schedules {
		s := &bk.Schedules[i]
		made := func(slots ...string) {
			r := byRule(b, rules[i/10%len(rules)], slots...)
			s.Kind, s.Slots, s.Rule, s.Since, s.Until = r.Kind, r.Slots, r.Rule, r.Since, r.Until
		}
		switch i % 10 {
		case 1:
			made(s.Slots...)
		case 2:
			made()
		case 3:
			s.PerSlot, s.PerDay = 2, 3
		case 4:
			bk.Announcements[i].Class = scheduler.ClassPriority
		}
	}
}

// approve has everything approved as it is, but for a few that wait.
func approve(bk *scheduler.Book, now time.Time) {
	bk.Village.Approvals = scheduler.UsualApprovals()
	languages := len(bk.Village.Languages)
	for i := range bk.Announcements {
		a := &bk.Announcements[i]
		if i%50 == 7 {
			a.Approval = scheduler.Approval{State: scheduler.Submitted, Need: scheduler.NeedAnyone}
			continue
		}
		pin := scheduler.PinOf(scheduler.Dossier{
			Announcement: *a, Renditions: bk.Renditions[i*languages : (i+1)*languages], Schedules: bk.Schedules[i : i+1],
		})
		pin.At = now.Add(-2 * day)
		a.Approval = scheduler.Approval{State: scheduler.Approved, By: "Bình", At: pin.At, Pin: pin}
	}
}

// BenchmarkBuildPlanVillage plans a week of 1,000 announcements of a village that
// uses everything there is.
func BenchmarkBuildPlanVillage(b *testing.B) {
	bk, now := village(b, 1000)
	benchmarkBook(b, bk, now, 7*day)
}

// BenchmarkBuildPlanVillageYear plans a year of 100 such announcements.
func BenchmarkBuildPlanVillageYear(b *testing.B) {
	bk, now := village(b, 100)
	benchmarkBook(b, bk, now, 365*day)
}

// BenchmarkBuildPlanWorst plans a week in which all of 1,000 announcements are
// promised in all of ten slots: 70,000 promises, of which most do not fit.
func BenchmarkBuildPlanWorst(b *testing.B) {
	bk, now := crowd(b, 1000)
	var all []string
	for _, s := range bk.Slots {
		all = append(all, s.ID)
	}
	for i := range bk.Schedules {
		bk.Schedules[i].Kind, bk.Schedules[i].Slots = scheduler.Slots, all
	}
	benchmarkBook(b, bk, now, 7*day)
}

// BenchmarkBuildPlanJam plans a week in which all of 1,000 announcements are promised
// in the first slot of the day: what does not fit is moved through all others.
func BenchmarkBuildPlanJam(b *testing.B) {
	bk, now := crowd(b, 1000)
	for i := range bk.Schedules {
		bk.Schedules[i].Kind, bk.Schedules[i].Slots = scheduler.Slots, []string{bk.Slots[0].ID}
	}
	benchmarkBook(b, bk, now, 7*day)
}

// TestVillageOfTheBenchmarks: the village has what it says that it has.
func TestVillageOfTheBenchmarks(t *testing.T) {
	bk, now := village(t, 1000)
	p := plan(t, now, 7*day, bk)
	seen := map[string]int{}
	for _, o := range p.Occurrences {
		seen[string(o.Kind)]++
		if o.Recurring {
			seen["recurring"]++
		}
		for _, r := range o.Reasons {
			seen[r.Code]++
		}
	}
	for _, om := range p.Omissions {
		seen[om.Reason.Code]++
	}
	for _, code := range []string{
		"notice", "opening", "closing", "relay", "recurring", scheduler.ReasonNotApproved, scheduler.ReasonSlotBudget, scheduler.ReasonMourning,
		scheduler.ReasonException, scheduler.ReasonQuiet, scheduler.ReasonDayBudget, scheduler.ReasonCarried, scheduler.ReasonNextTime,
	} {
		if seen[code] == 0 {
			t.Errorf("nothing of %s: %v", code, seen)
		}
	}
}
