package playout_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// The rules of the year's village, as the judge reads them.
const (
	yearDayBudget = 10 * time.Minute
	yearSlack     = 90 * time.Second // what a fallback, or the rest of an interrupted notice, may add to a budget
)

// yearRules are the standing schedules by a rule.
var yearRules = map[string]struct {
	rule  string
	slots []string
	on    func(d calendar.Date) bool // when the judge expects it
}{
	"rule-market": {"DTSTART:20000101T101500\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH", nil, weekdays(time.Monday, time.Thursday)},
	"rule-moon": {"DTSTART;VALUE=DATE:20000101\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15", []string{"evening"}, func(d calendar.Date) bool {
		l, err := calendar.ToLunar(d)
		return err == nil && (l.Day == 1 || l.Day == 15)
	}},
	"rule-quiet": {"DTSTART:20000101T114500\nRRULE:FREQ=WEEKLY;BYDAY=SU", nil, weekdays(time.Sunday)},
	"rule-early": {"DTSTART:20000101T043000\nRRULE:FREQ=WEEKLY;BYDAY=SA", nil, weekdays(time.Saturday)},
}

func weekdays(days ...time.Weekday) func(calendar.Date) bool {
	return func(d calendar.Date) bool { return slices.Contains(days, d.Weekday()) }
}

// settleIn makes the book that of the year: rules of the place, seasons, rules of
// recurrence, and everything that stands approved.
func (y *year) settleIn(b *scheduler.Book) {
	owned := func(id string) scheduler.Owned {
		return scheduler.Owned{ID: id, Village: "un-ta", Created: y.began.UTC(), Updated: y.began.UTC()}
	}
	date := func(days int) scheduler.Date {
		return scheduler.Date(calendar.DateOf(y.began.AddDate(0, 0, days), y.place))
	}
	b.Village.Allowed = []scheduler.Window{{From: 5 * 60, To: 21 * 60}, {From: 23*60 + 50, To: 24 * 60}, {From: 0, To: 15}}
	silent := date(12)
	b.Village.Rules = scheduler.Rules{
		Quiet:  []scheduler.Window{{From: 11*60 + 30, To: 13 * 60}},
		Limits: []scheduler.Limit{{Day: yearDayBudget}},
		Holidays: []scheduler.Holiday{
			{Name: "Tết", Calendar: scheduler.Lunar, Month: 1, Day: 1, Length: 3, Rule: scheduler.OwnHours, Hours: []scheduler.Window{{From: 7 * 60, To: 20 * 60}}},
			{Name: "Lễ", Month: int(silent.Month), Day: silent.Day, Rule: scheduler.NoSound},
		},
		Mourning: []scheduler.Mourning{{Name: "Quốc tang", From: date(20), Until: date(21)}},
	}
	b.Village.Approvals = scheduler.ApprovalRules{Recorder: scheduler.ClassNeeds{Normal: scheduler.NeedAnyone, Priority: scheduler.NeedAnyone}}
	b.Slots = append(b.Slots, scheduler.Slot{Owned: owned("night"), Name: "Giao thừa", Start: 23*60 + 57, Length: 6 * time.Minute})
	b.Slots[1].Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: time.November, Day: 1}, To: scheduler.MonthDay{Month: time.January, Day: 10}, Start: 16*60 + 30}}
	b.Stations = []scheduler.Station{{Owned: owned("district"), Name: "Đài huyện", URL: "http://127.0.0.1/district"}}
	b.Slots[0].Relays = []scheduler.SlotRelay{{Recording: "jingle", Offset: 10 * time.Minute}}
	b.Slots[1].Relays = []scheduler.SlotRelay{{Station: "district", Offset: 6 * time.Minute, Length: time.Minute, Fallback: "jingle"}}
	b.Frame.Sounds["jingle"] = soakLength("jingle")
	b.Slots[0].DaysOff = []scheduler.SlotDay{{Date: date(7), Off: true}, {Date: date(9), Start: 6 * 60}}
	for i := range b.Schedules {
		if b.Schedules[i].Slots = append(b.Schedules[i].Slots, "night"); i > 0 {
			b.Schedules[i].Slots = b.Schedules[i].Slots[:2]
		}
	}
	for id, r := range yearRules {
		addNotice(b, id, scheduler.ClassNormal, y.began, "vi-short", "pcc-short")
		s := scheduler.Schedule{Owned: owned(id), Announcement: id, Kind: scheduler.Recurring, Slots: r.slots}
		s, err := s.WithRule(r.rule, y.began, y.place)
		if err != nil {
			y.t.Fatal(err)
		}
		b.Schedules = append(b.Schedules, s)
	}
	for day := range y.days + 7 {
		if at := y.began.AddDate(0, 0, day); y.lifted(at) {
			b.Village.Exceptions = append(b.Village.Exceptions, scheduler.Exception{
				Owned: owned(fmt.Sprintf("early-%d", day)), Announcement: "rule-early", From: at.Add(4 * time.Hour), To: at.Add(5 * time.Hour), Rules: []scheduler.Lift{scheduler.LiftHours},
				Reason: "chợ phiên", RequestedBy: "trưởng thôn", DecidedBy: "chủ tịch", Decided: y.began.UTC(), Approved: true,
			})
		}
	}
	for i := range b.Announcements {
		approve(b, b.Announcements[i].ID, scheduler.Approved)
	}
}

// lifted says whether an exception lets rule-early be heard on a day: every other week.
func (y *year) lifted(day time.Time) bool {
	_, week := day.In(y.place).ISOWeek()
	return day.In(y.place).Weekday() == time.Saturday && week%2 == 0
}

// tuner receives a station that gives sound all day.
type tuner struct{}

func (tuner) Join(context.Context, scheduler.RelayTurn) (playout.Feed, error) {
	return newStreamFeed(), nil
}

// approve brings an announcement into a state, with the pin of what it is now.
func approve(b *scheduler.Book, id string, state scheduler.ApprovalState) {
	i := slices.IndexFunc(b.Announcements, func(a scheduler.Announcement) bool { return a.ID == id })
	d := scheduler.Dossier{Announcement: b.Announcements[i]}
	for _, r := range b.Renditions {
		if r.Announcement == id {
			d.Renditions = append(d.Renditions, r)
		}
	}
	for _, s := range b.Schedules {
		if s.Announcement == id && s.Deleted.IsZero() {
			d.Schedules = append(d.Schedules, s)
		}
	}
	b.Announcements[i].Approval = scheduler.Approval{State: state, Pin: scheduler.PinOf(d)}
}

// occasions are those of the standing notices, but for the first and last day, of
// which the board saw only a part.
func (y *year) occasions() (all []string) {
	for day := 2; day < y.days; day++ {
		at := y.began.AddDate(0, 0, day)
		date := at.Format(time.DateOnly)
		all = append(all, fmt.Sprintf("%s  evening %s", scheduler.Relay, date))
		if day != 7 {
			all = append(all, fmt.Sprintf("%s  morning %s", scheduler.Fixed, date))
		}
		for i := range 4 {
			for _, slot := range []string{"morning", "evening", "night"} {
				if slot == "night" && i > 0 || slot == "morning" && day == 7 {
					continue
				}
				all = append(all, fmt.Sprintf("%s slots-notice-%d %s %s", scheduler.Notice, i, slot, date))
			}
		}
		for id, r := range yearRules {
			if r.on(calendar.DateOf(at, y.place)) {
				all = append(all, fmt.Sprintf("%s %s %s %s", scheduler.Notice, id, strings.Join(r.slots, ""), date))
			}
		}
	}
	return all
}

// may says whether the rules of the place, with their exceptions, allow a row to sound
// at an instant.
func (y *year) may(row playout.AsRun, t time.Time) bool {
	excepted := row.Schedule == "rule-early" && y.lifted(t) && t.In(y.place).Hour() == 4
	return excepted || y.mayAt(t)
}

// mayAt says whether the rules of the place allow sound at an instant, read anew from
// what settleIn wrote.
func (y *year) mayAt(t time.Time) bool {
	t = t.In(y.place)
	minute := t.Hour()*60 + t.Minute()
	switch date := calendar.DateOf(t, y.place); {
	case date == calendar.DateOf(y.began.AddDate(0, 0, 12), y.place):
		return false
	case y.tet(date):
		return minute >= 7*60 && minute < 20*60
	}
	open := minute >= 5*60 && minute < 21*60 || minute >= 23*60+50 || minute < 15
	return open && (minute < 11*60+30 || minute >= 13*60)
}

func (y *year) tet(d calendar.Date) bool {
	l, err := calendar.ToLunar(d)
	return err == nil && l.Month == 1 && !l.Leap && l.Day <= 3
}

// judgePlace asks whether what was heard kept the rules of the place. Where the clock
// was wrong nobody knew what time it was.
func (y *year) judgePlace() {
	days := map[string]time.Duration{}
	doubtful := map[string]bool{}
	for _, row := range y.rows {
		for _, a := range row.Airings {
			date := a.Started.In(y.place).Format(time.DateOnly)
			if y.clockWrong(row) {
				doubtful[date] = true
				continue
			}
			days[date] += a.Ended.Sub(a.Started)
			if !y.may(row, a.Started) || a.Ended.After(a.Started) && !y.may(row, a.Ended.Add(-time.Millisecond)) {
				y.t.Errorf("heard when the place forbids sound: %s %s–%s: %s %s", row.Occurrence, a.Started.In(y.place), a.Ended.In(y.place), row.Outcome, row.Cause)
			}
			music := a.Part == scheduler.PartOpening || a.Part == scheduler.PartClosing
			mourning := date == y.began.AddDate(0, 0, 20).Format(time.DateOnly) || date == y.began.AddDate(0, 0, 21).Format(time.DateOnly)
			if music && mourning {
				y.t.Errorf("music on a day of mourning: %s %s", row.Occurrence, a.Started.In(y.place))
			}
		}
	}
	for date, sum := range days {
		if sum > yearDayBudget+yearSlack && !doubtful[date] {
			y.t.Errorf("%s of sound on %s, and the place allows %s", sum, date, yearDayBudget)
		}
	}
}

// clockWrong says whether the clock may have been wrong around a row: near the time
// for which it was promised, which a wrong clock may have named, or as it was heard.
func (y *year) clockWrong(row playout.AsRun) bool {
	const near = 30 * time.Hour // a day ahead or behind is the furthest that is believed
	first, _ := row.Span()
	return slices.ContainsFunc(y.all, func(x trouble) bool {
		beside := func(t time.Time) bool { return x.from.Before(t.Add(near)) && x.to.After(t.Add(-near)) }
		return (x.kind == "clock" || x.wrong) && (beside(row.Nominal) || beside(first))
	})
}

// judgeApproval asks whether anything was heard that nobody had approved, or that was
// taken back.
func (y *year) judgeApproval(row playout.AsRun) {
	n, known := y.notices[row.Announcement]
	if !known || len(row.Airings) == 0 || y.clockWrong(row) {
		return
	}
	first, last := row.Span()
	if n.approved.IsZero() || first.Before(n.approved) {
		y.t.Errorf("heard without approval (%v): %+v", n, row)
	}
	if !n.withdrawn.IsZero() && (first.After(n.withdrawn) || last.After(n.withdrawn.Add(time.Second))) {
		y.t.Errorf("heard after it was withdrawn at %s: %+v", n.withdrawn, row)
	}
	if !n.until.IsZero() && last.After(n.until.Add(time.Second)) {
		y.t.Errorf("heard after its validity ended at %s: %+v", n.until, row)
	}
}
