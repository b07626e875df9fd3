package scheduler_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/scheduler"
)

// byRule is a schedule by a rule that was made at the beginning of November 2026.
func byRule(t testing.TB, rule string, slots ...string) scheduler.Schedule {
	t.Helper()
	s := scheduler.Schedule{Kind: scheduler.Recurring, Slots: slots}
	s, err := s.WithRule(rule, at(t, "2026-11-01 00:00"), at(t, "2026-11-01 00:00").Location())
	if err != nil {
		t.Fatalf("rule %q: %v", rule, err)
	}
	return s
}

const halfMoon = "DTSTART:20261101T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"

// TestRecurringSchedules: each rule airs at its civil times, or in the named slots
// on its days, under an ID made of what was promised.
func TestRecurringSchedules(t *testing.T) {
	const id = "lich-a:un-ta:"
	tests := []struct {
		name  string
		rule  string
		slots []string
		want  []string
	}{
		{"OK every day", "DTSTART:20261101T181500\nRRULE:FREQ=DAILY;UNTIL=20261125T235959", nil, []string{id + "2026-11-23T18:15:00:1", id + "2026-11-24T18:15:00:1", id + "2026-11-25T18:15:00:1"}},
		{"mùng 1 and rằm", halfMoon, nil, []string{id + "2026-11-23T05:30:00:1", id + "2026-12-09T05:30:00:1"}},
		{"mùng 1 and rằm in the evening slot", halfMoon, []string{"chieu"}, []string{id + "2026-11-23T17:00:1", id + "2026-12-09T17:00:1"}},
		{"two days before", halfMoon + ";OFFSET=-2", nil, []string{id + "2026-12-07T05:30:00:1"}},
		{"a market every five days", "DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY;INTERVAL=5", []string{"sang"}, []string{id + "2026-11-26T05:30:1", id + "2026-12-01T05:30:1", id + "2026-12-06T05:30:1", id + "2026-12-11T05:30:1"}},
		{"a day left out and one more", halfMoon + "\nEXDATE:20261209T053000\nRDATE:20261210T053000", nil, []string{id + "2026-11-23T05:30:00:1", id + "2026-12-10T05:30:00:1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			tell(&b, "a", time.Minute)
			when(&b, "a", byRule(t, tt.rule, tt.slots...))
			p := plan(t, at(t, "2026-11-23 00:00"), 20*day, b)
			var notices []string
			for _, o := range p.Occurrences {
				if o.Kind == scheduler.Notice {
					notices = append(notices, o.ID)
					if !o.Recurring {
						t.Errorf("%s does not say that it recurs", o.ID)
					}
				}
			}
			if !slices.Equal(notices, tt.want) {
				t.Errorf("airs %q\nwant %q", notices, tt.want)
			}
		})
	}
}

// TestRecurrenceStaysAtItsCivilTime is libretime#3236: after the clock change a
// recurring show keeps its hour; in a skipped hour it comes once, by the clock an
// hour later, and in a repeated one once.
func TestRecurrenceStaysAtItsCivilTime(t *testing.T) {
	tests := []struct {
		name, zone, rule, from string
		want                   []string // due in UTC
	}{
		{"Berlin falls back", "Europe/Berlin", "DTSTART:20261001T170000\nRRULE:FREQ=DAILY", "2026-10-24 12:00", []string{"2026-10-24T15:00:00Z", "2026-10-25T16:00:00Z", "2026-10-26T16:00:00Z"}},
		{"a repeated hour once", "Europe/Berlin", "DTSTART:20261001T023000\nRRULE:FREQ=DAILY", "2026-10-24 12:00", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"}},
		{"a skipped hour once", "Europe/Berlin", "DTSTART:20260301T023000\nRRULE:FREQ=DAILY", "2026-03-28 12:00", []string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}},
		{"a skipped time beside a real one", "Europe/Berlin", "DTSTART:20260301T023000\nRRULE:FREQ=DAILY;BYHOUR=2,3", "2026-03-28 12:00", []string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z", "2026-03-30T01:30:00Z", "2026-03-31T00:30:00Z", "2026-03-31T01:30:00Z"}},
		{"half an hour on Lord Howe", "Australia/Lord_Howe", "DTSTART:20260901T053000\nRRULE:FREQ=DAILY", "2026-10-03 00:00", []string{"2026-10-02T19:00:00Z", "2026-10-03T18:30:00Z", "2026-10-04T18:30:00Z"}},
		{"Vietnam", "Asia/Ho_Chi_Minh", "DTSTART:20260901T053000\nRRULE:FREQ=DAILY", "2026-10-03 00:00", []string{"2026-10-02T22:30:00Z", "2026-10-03T22:30:00Z", "2026-10-04T22:30:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := book()
			b.Village.Zone, b.Village.Allowed = tt.zone, nil
			tell(&b, "a", time.Minute)
			s := byRule(t, tt.rule)
			s.Since = at(t, "2026-01-01 00:00")
			when(&b, "a", s)
			p := plan(t, at(t, tt.from, tt.zone), 3*day, b)
			var due []string
			ids := map[string]bool{}
			for _, o := range p.Occurrences {
				due = append(due, o.Due.Format(time.RFC3339))
				ids[o.ID] = true
			}
			if !slices.Equal(due, tt.want) || len(ids) != len(due) {
				t.Errorf("due %q under %d IDs\nwant %q", due, len(ids), tt.want)
			}
		})
	}
}

// TestMissedRecurrencesCoalesce: of what the power cut swallowed only the newest
// airs, and the others say so; without coalescing each says that it is too late.
func TestMissedRecurrencesCoalesce(t *testing.T) {
	b := book()
	tell(&b, "a", time.Minute)
	s := when(&b, "a", byRule(t, "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;BYHOUR=8,10,12"))
	s.Misfire = scheduler.Misfire{Policy: scheduler.Coalesce, Grace: 6 * time.Hour}
	now := at(t, "2026-11-23 13:00")
	p := plan(t, now, time.Hour, b)
	if got := ids(p); !slices.Equal(got, []string{"lich-a:un-ta:2026-11-23T12:00:00:1"}) {
		t.Fatalf("airs %q, want the newest alone", got)
	}
	for _, missed := range []string{"2026-11-23T08:00:00", "2026-11-23T10:00:00"} {
		if r := why(p, "lich-a:un-ta:"+missed+":1"); r.Code != scheduler.ReasonCoalesced {
			t.Errorf("%s: %+v", missed, r)
		}
	}
	s.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
	p = plan(t, now, time.Hour, b)
	for _, missed := range []string{"08", "10", "12"} {
		if r := why(p, "lich-a:un-ta:2026-11-23T"+missed+":00:00:1"); r.Code != scheduler.ReasonTooLate {
			t.Errorf("skip, %s: %+v", missed, r)
		}
	}
}

// TestLongPowerCutAirsTheNewest: a coalescing recurrence airs once when the
// power comes back, and every occurrence that was promised has one fate.
func TestLongPowerCutAirsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStation(t, "2026-11-23 06:00")
		s.edit(func(b *scheduler.Book) {
			tell(b, "a", time.Minute)
			r := byRule(t, "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;BYHOUR=8,9")
			r.Since = at(t, "2026-11-23 05:00")
			when(b, "a", r).Misfire = scheduler.Misfire{Policy: scheduler.Coalesce, Grace: 20 * time.Hour}
		})
		s.powerOn()
		time.Sleep(time.Minute)
		s.off(day + 4*time.Hour) // 24 November, ten in the morning
		time.Sleep(time.Minute)
		s.powerOff()
		s.want(t, "a power", "a power", "a coalesced", "a played")
		if o := s.played[0].o; o.ID != "lich-a:un-ta:2026-11-24T09:00:00:1" {
			t.Errorf("%s airs, not the newest", o.ID)
		}
	})
}

// TestEditedRuleTellsNothingTwice: what aired keeps its ID, and what lay before
// the change was never promised by the new rule.
func TestEditedRuleTellsNothingTwice(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	b := book()
	tell(&b, "a", time.Minute)
	s := when(&b, "a", byRule(t, "DTSTART:20261101T173000\nRRULE:FREQ=DAILY"))
	s.Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 2 * time.Hour}
	first := plan(t, at(t, "2026-11-23 17:29"), time.Hour, b)
	b.Past = []scheduler.Past{aired(first.Occurrences[0])}

	edit := func(rule, civil string, slots ...string) scheduler.Plan {
		t.Helper()
		next, err := scheduler.Schedule{Kind: scheduler.Recurring, Slots: slots}.WithRule(rule, at(t, civil), loc)
		if err != nil {
			t.Fatal(err)
		}
		next.ID, next.Announcement, next.Misfire = s.ID, "a", s.Misfire
		b.Schedules[0] = next
		return plan(t, at(t, civil), 10*time.Hour, b)
	}
	for name, p := range map[string]scheduler.Plan{
		"another end":        edit("DTSTART:20261101T173000\nRRULE:FREQ=DAILY;COUNT=100", "2026-11-23 17:35"),
		"a time just passed": edit("DTSTART:20261101T173400\nRRULE:FREQ=DAILY", "2026-11-23 17:35"),
		"into the same slot": edit("DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY", "2026-11-23 17:35", "chieu"),
	} {
		if len(p.Occurrences) > 0 || len(p.Omissions) > 0 {
			t.Errorf("%s:\n%s", name, p.Text())
		}
	}
	if p := edit("DTSTART:20261101T183000\nRRULE:FREQ=DAILY", "2026-11-23 17:35"); len(p.Occurrences) != 1 {
		t.Errorf("a time that is ahead does not air:\n%s", p.Text())
	}
}

// TestExceptionLeavesWhatIsLate: leaving out a day does not take back what the
// power cut put off.
func TestExceptionLeavesWhatIsLate(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	b := book()
	tell(&b, "a", time.Minute)
	s := when(&b, "a", byRule(t, "DTSTART:20261101T173000\nRRULE:FREQ=DAILY"))
	now := at(t, "2026-11-23 17:35")
	changed, err := s.LeaveOut(scheduler.Date{Year: 2026, Month: 11, Day: 24}, -1, now, loc)
	if err != nil {
		t.Fatal(err)
	}
	b.Schedules[0] = changed
	p := plan(t, now, 2*day, b)
	if got := ids(p); !slices.Equal(got, []string{"lich-a:un-ta:2026-11-23T17:30:00:1", "lich-a:un-ta:2026-11-25T17:30:00:1"}) {
		t.Errorf("airs %q", got)
	}
}

func TestExceptions(t *testing.T) {
	zone := at(t, "2026-11-23 00:00").Location()
	now := at(t, "2026-11-23 12:00")
	on := func(d int) scheduler.Date { return scheduler.Date{Year: 2026, Month: 11, Day: d} }
	daily := byRule(t, "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;BYHOUR=8,18;UNTIL=20261130T235959")
	slots := byRule(t, "DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=WEEKLY;BYDAY=MO", "chieu")
	tests := []struct {
		name   string
		do     func() (scheduler.Schedule, error)
		code   string
		exdate string
	}{
		{"OK a day", func() (scheduler.Schedule, error) { return daily.LeaveOut(on(25), -1, now, zone) }, "", "EXDATE:20261125T080000,20261125T180000"},
		{"one time", func() (scheduler.Schedule, error) { return daily.LeaveOut(on(25), 18*3600, now, zone) }, "", "EXDATE:20261125T180000"},
		{"today only what is ahead", func() (scheduler.Schedule, error) { return daily.LeaveOut(on(23), -1, now, zone) }, "", "EXDATE:20261123T180000"},
		{"a day of slots", func() (scheduler.Schedule, error) { return slots.LeaveOut(on(30), -1, now, zone) }, "", "EXDATE;VALUE=DATE:20261130"},
		{"one more day", func() (scheduler.Schedule, error) { return slots.Include(on(25), -1, now, zone) }, "", "RDATE;VALUE=DATE:20261125"},
		{"one more time", func() (scheduler.Schedule, error) { return daily.Include(on(25), 12*3600, now, zone) }, "", "RDATE:20261125T120000"},
		{"behind the end", func() (scheduler.Schedule, error) {
			return daily.Include(scheduler.Date{Year: 2026, Month: 12, Day: 5}, -1, now, zone)
		}, "", "RDATE:20261205T080000,20261205T180000"},
		{"put back", func() (scheduler.Schedule, error) {
			s, err := daily.LeaveOut(on(25), -1, now, zone)
			if err != nil {
				return s, err
			}
			return s.Include(on(25), -1, now, zone)
		}, "", "UNTIL=20261130T235959"},
		{"not of the rule", func() (scheduler.Schedule, error) { return slots.LeaveOut(on(25), -1, now, zone) }, scheduler.FaultNotOfRule, ""},
		{"of the rule", func() (scheduler.Schedule, error) { return slots.Include(on(30), -1, now, zone) }, scheduler.FaultOfRule, ""},
		{"yesterday", func() (scheduler.Schedule, error) { return daily.LeaveOut(on(22), -1, now, zone) }, scheduler.FaultPast, ""},
		{"30 February", func() (scheduler.Schedule, error) {
			return daily.LeaveOut(scheduler.Date{Year: 2027, Month: 2, Day: 30}, -1, now, zone)
		}, scheduler.FaultRange, ""},
		{"year 9999", func() (scheduler.Schedule, error) {
			return daily.Include(scheduler.Date{Year: 9999, Month: 1, Day: 1}, -1, now, zone)
		}, scheduler.FaultFarFuture, ""},
		{"no rule", func() (scheduler.Schedule, error) {
			return scheduler.Schedule{Kind: scheduler.Slots}.LeaveOut(on(25), -1, now, zone)
		}, scheduler.FaultRuleSingle, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := tt.do()
			var invalid scheduler.Invalid
			if tt.code != "" {
				if !errors.As(err, &invalid) || invalid[0].Code != tt.code {
					t.Errorf("err = %v, want %s", err, tt.code)
				}
				return
			}
			if err != nil || !strings.HasSuffix(s.Rule, tt.exdate) {
				t.Errorf("rule %q, err %v; want %s", s.Rule, err, tt.exdate)
			}
		})
	}
}

// TestTenThousandExceptions: so many are kept and planned with, one more is
// refused with its bound, and the schedule stays as it was.
func TestTenThousandExceptions(t *testing.T) {
	zone := at(t, "2026-11-23 00:00").Location()
	var dates []string
	for d := range 10_000 {
		dates = append(dates, at(t, "1999-01-01 00:00").AddDate(0, 0, d).Format("20060102"))
	}
	s := byRule(t, "DTSTART;VALUE=DATE:19990101\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:"+strings.Join(dates, ","), "chieu")
	b := book()
	tell(&b, "a", time.Minute)
	when(&b, "a", s)
	if p := plan(t, at(t, "2026-11-23 12:00"), 2*day, b); find(p, "lich-a:un-ta:2026-11-23T17:00:1") == nil {
		t.Errorf("plan is\n%s", p.Text())
	}
	_, err := s.LeaveOut(scheduler.Date{Year: 2026, Month: 11, Day: 25}, -1, at(t, "2026-11-23 12:00"), zone)
	var invalid scheduler.Invalid
	if !errors.As(err, &invalid) || invalid[0].Limit != "10000" {
		t.Errorf("err = %v", err)
	}
}

func TestValidateRules(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	v := unTa()
	loc, err := v.Location()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, rule string
		slots      []string
		code       string
	}{
		{"OK", halfMoon, nil, ""},
		{"OK in slots", halfMoon, []string{"chieu"}, ""},
		{"OK 30 Tết", "DTSTART:20261101T200000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1", nil, ""},
		{"OK 29 February", "DTSTART:20261101T080000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", nil, ""},
		{"empty", "", nil, "rule-empty"},
		{"no rule", "mỗi ngày", nil, "rule-part"},
		{"30 February", "DTSTART:20261101T080000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", nil, "rule-never"},
		{"32 of a month", "DTSTART:20261101T080000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=32", nil, "rule-range"},
		{"count and until", "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;COUNT=3;UNTIL=20261201", nil, "rule-count-until"},
		{"over", "DTSTART:20260101T080000\nRRULE:FREQ=DAILY;UNTIL=20260201T000000", nil, scheduler.FaultRuleOver},
		{"over by its count", "DTSTART:20260101T080000\nRRULE:FREQ=DAILY;COUNT=5", nil, scheduler.FaultRuleOver},
		{"all left out", "DTSTART:20261130T080000\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20261130T080000", nil, scheduler.FaultRuleOver},
		{"year 9999", "DTSTART:99991231T080000\nRRULE:FREQ=DAILY", nil, scheduler.FaultFarFuture},
		{"beyond it", "DTSTART:199990101T080000\nRRULE:FREQ=DAILY", nil, "rule-value"},
		{"every ten minutes", "DTSTART:20261101T080000\nRRULE:FREQ=MINUTELY;INTERVAL=10", nil, scheduler.FaultTooOften},
		{"every minute", "DTSTART:20261101T080000\nRRULE:FREQ=MINUTELY", nil, "rule-often"},
		{"at night", "DTSTART:20261101T030000\nRRULE:FREQ=DAILY", nil, scheduler.FaultHours},
		{"at night, in slots", "DTSTART:20261101T030000\nRRULE:FREQ=DAILY", []string{"chieu"}, ""},
		{"10,001 exceptions", "DTSTART:20261101T080000\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Repeat("20261125T080000,", 10_000) + "20261126T080000", nil, "rule-too-many"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := scheduler.Schedule{Kind: scheduler.Recurring, Slots: tt.slots}.WithRule(tt.rule, now, loc)
			if err == nil {
				err = s.Validate(now, v)
			}
			var invalid scheduler.Invalid
			if got := errors.As(err, &invalid); got != (tt.code != "") {
				t.Fatalf("err = %v, want %q", err, tt.code)
			}
			if tt.code != "" && (invalid[0].Code != tt.code || invalid[0].Field != "rule") {
				t.Errorf("fault %+v, want %s", invalid[0], tt.code)
			}
		})
	}
}

// TestRuleThatEndsKnowsItsLastDay: the store leaves out what is over by it.
func TestRuleThatEndsKnowsItsLastDay(t *testing.T) {
	for rule, want := range map[string]string{
		"DTSTART:20261101T080000\nRRULE:FREQ=DAILY;COUNT=5":                                    "2026-11-05",
		"DTSTART:20261101T080000\nRRULE:FREQ=DAILY;UNTIL=20261120T080000":                      "2026-11-20",
		"DTSTART:20261101T080000\nRRULE:FREQ=DAILY;UNTIL=20261120T080000\nRDATE:20261125T0800": "",
		"DTSTART:20261101T080000\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:20261125T080000":             "2026-11-25",
		"DTSTART:20261101T080000": "2026-11-01",
		halfMoon:                  "0000-00-00",
	} {
		s, err := scheduler.Schedule{Kind: scheduler.Recurring}.WithRule(rule, at(t, "2026-10-01 00:00"), at(t, "2026-10-01 00:00").Location())
		if want == "" {
			if err == nil {
				t.Errorf("%q is no rule", rule)
			}
			continue
		}
		if got := fmt.Sprintf("%04d-%02d-%02d", s.Until.Year, s.Until.Month, s.Until.Day); err != nil || got != want {
			t.Errorf("%q ends %s, %v; want %s", rule, got, err, want)
		}
	}
}

// TestNextAirOfARule looks a year ahead: Tết comes once.
func TestNextAirOfARule(t *testing.T) {
	b := book()
	loc := at(t, "2026-11-23 00:00").Location()
	now := at(t, "2026-11-23 17:30")
	for name, tt := range map[string]struct {
		s    scheduler.Schedule
		want string
	}{
		"Tết":             {byRule(t, "DTSTART:20261101T060000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"), "2027-02-06 06:00"},
		"a slot goes on":  {byRule(t, halfMoon, "chieu"), "2026-11-23 17:00"},
		"its next slot":   {byRule(t, halfMoon, "sang"), "2026-12-09 05:30"},
		"within its time": {byRule(t, "DTSTART:20261101T172500\nRRULE:FREQ=DAILY"), "2026-11-23 17:25"},
		"gone slots":      {byRule(t, halfMoon, "trua"), ""},
	} {
		tt.s.Announcement = "a"
		got := scheduler.NextAir([]scheduler.Schedule{tt.s}, b.Slots, loc, now)["a"]
		if want := tt.want; want == "" && !got.IsZero() || want != "" && !got.Equal(at(t, want)) {
			t.Errorf("%s: %s, want %q", name, got.In(loc), want)
		}
	}
	if got := byRule(t, halfMoon).Instants(now, 3, b.Slots, loc); len(got) != 3 || !got[2].Equal(at(t, "2027-01-08 05:30")) {
		t.Errorf("the next three are %v", got)
	}
}

// TestSlotFullNamesTheNextOfARule, which lies beyond what the plan lays out.
func TestSlotFullNamesTheNextOfARule(t *testing.T) {
	b := book()
	tell(&b, "a", 2*time.Hour)
	when(&b, "a", byRule(t, halfMoon, "chieu"))
	p := plan(t, at(t, "2026-11-23 12:00"), day, b)
	if r := why(p, "lich-a:un-ta:2026-11-23T17:00:1"); r.Code != scheduler.ReasonSlotTooLong || !r.Until.Equal(at(t, "2026-12-09 17:00")) {
		t.Errorf("%+v", r)
	}
}

// TestRecurringMayAir: an outcome of one occurrence does not end the rule; its
// last day does.
func TestRecurringMayAir(t *testing.T) {
	loc := at(t, "2026-11-23 00:00").Location()
	s := byRule(t, "DTSTART:20261101T080000\nRRULE:FREQ=DAILY;UNTIL=20261125T235959")
	s.ID = "s"
	d := scheduler.Dossier{Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: "a"}}, Schedules: []scheduler.Schedule{s}}
	if !d.MayAir(at(t, "2026-11-25 10:00"), loc, map[string]bool{"s": true}) {
		t.Error("the last day is not over")
	}
	if d.MayAir(at(t, "2026-11-26 10:00"), loc, nil) {
		t.Error("the rule is over")
	}
}

// TestOneDayLessNeedsNoApproval: a schedule that was approved stays so when one of
// its days is left out; one that waits goes on waiting.
func TestOneDayLessNeedsNoApproval(t *testing.T) {
	s := byRule(t, halfMoon)
	s.ID, s.Revision = "s", 3
	d := scheduler.Dossier{Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: "a"}}, Schedules: []scheduler.Schedule{s}}
	d.Announcement.Approval = scheduler.Approval{State: scheduler.Approved, Pin: scheduler.PinOf(d)}
	if got := d.Trimmed(s).Pin.Schedules; !slices.Equal(got, []string{"s@4"}) {
		t.Errorf("approved are %q", got)
	}
	if d.Announcement.Approval.Pin.Schedules[0] != "s@3" {
		t.Error("what was approved before is changed")
	}
	d.Announcement.Approval.Pin.Schedules = nil
	if got := d.Trimmed(s).Pin.Schedules; len(got) > 0 {
		t.Errorf("what waits is approved: %q", got)
	}
}
