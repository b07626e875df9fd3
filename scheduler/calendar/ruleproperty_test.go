package calendar_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loalang/scheduler/calendar"
)

// drawRule draws a rule of either calendar with all that may stand in one.
func drawRule(t *rapid.T) (calendar.Rule, time.Time) {
	start, text := drawSolar(t)
	if rapid.Bool().Draw(t, "lunar") {
		text = "RSCALE=VIETNAMESE;FREQ=" + rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "DAILY"}).Draw(t, "freq")
		text += some(t, "BYMONTH", 1, 12, 4) + some(t, "BYMONTHDAY", -30, 30, 4)
		text += ";SKIP=" + rapid.SampledFrom([]string{"OMIT", "BACKWARD", "FORWARD"}).Draw(t, "skip")
	}
	if !strings.Contains(text, "BYHOUR") && !strings.Contains(text, "BYMINUTE") && !strings.Contains(text, "FREQ=HOURLY") && !strings.Contains(text, "FREQ=MINUTELY") {
		text += rapid.SampledFrom([]string{"", ";BYTIME=0530,1700", ";BYTIME=000000,123456,2359"}).Draw(t, "times")
	}
	text += fmt.Sprintf(";OFFSET=%d", rapid.SampledFrom([]int{0, 0, -2, 3, -40}).Draw(t, "offset"))
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 1:
		text += fmt.Sprintf(";COUNT=%d", rapid.IntRange(1, 60).Draw(t, "count"))
	case 2:
		text += ";UNTIL=" + start.AddDate(0, 0, rapid.IntRange(0, 2000).Draw(t, "until")).Format("20060102")
	}
	zone := rapid.SampledFrom([]string{"", ";TZID=Europe/Berlin", ";TZID=America/Havana"}).Draw(t, "zone")
	text = "DTSTART" + zone + ":" + start.Format("20060102T150405") + "\nRRULE:" + text
	for range rapid.IntRange(0, 3).Draw(t, "dates") {
		at := start.AddDate(0, 0, rapid.IntRange(0, 900).Draw(t, "date"))
		text += "\n" + rapid.SampledFrom([]string{"RDATE:", "EXDATE:"}).Draw(t, "property") +
			at.Format(rapid.SampledFrom([]string{"20060102", "20060102T150405", "20060102T150405Z"}).Draw(t, "form"))
	}
	r, err := calendar.ParseRule(text)
	if err != nil {
		var bad calendar.RuleError
		if !errors.As(err, &bad) || bad.Code != calendar.RuleNever && bad.Code != calendar.RuleOften {
			t.Fatalf("%s: %v", text, err)
		}
		t.Skip("no such rule")
	}
	return r, start
}

// TestBetween says that the times of a rule are in order, each once, within the
// bounds, and the same whether asked for at once or piece by piece.
func TestBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, start := drawRule(t)
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/Havana", "Pacific/Apia"}).Draw(t, "place"))
		if err != nil {
			t.Fatal(err)
		}
		a := start.Add(time.Duration(rapid.Int64Range(-20*24*3600, 1500*24*3600).Draw(t, "from")) * time.Second)
		b := a.Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "first")) * time.Second)
		c := b.Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "second")) * time.Second)
		whole := r.Between(a, c, loc)
		parts := append(r.Between(a, b, loc), r.Between(b, c, loc)...)
		if !slices.Equal(text(whole), text(parts)) {
			t.Fatalf("%s in %s\nwhole %v\nparts %v", r, loc, text(whole), text(parts))
		}
		named := map[calendar.Civil]bool{}
		for i, m := range whole {
			if m.At.Before(a) || !m.At.Before(c) || named[m.Civil] || i > 0 && !whole[i-1].At.Before(m.At) {
				t.Fatalf("%s: %s at %s in %v", r, m.Civil, m.At, text(whole))
			}
			named[m.Civil] = true
		}
		again, err := calendar.ParseRule(r.String())
		if err != nil || again.String() != r.String() || !slices.Equal(text(again.Between(a, c, loc)), text(whole)) {
			t.Fatalf("%q is not read back: %v", r, err)
		}
		if n := len(whole); n > 0 && !slices.Equal(text(r.Next(a, n, loc)), text(whole)) {
			t.Fatalf("%s: Next from %s gives %v, Between %v", r, a, text(r.Next(a, n, loc)), text(whole))
		}
	})
}

func text(moments []calendar.Moment) []string {
	out := make([]string, len(moments))
	for i, m := range moments {
		out[i] = m.Civil.String() + "=" + m.At.UTC().Format(time.RFC3339)
	}
	return out
}

// TestLunarRulesNameLunarDays looks every day up: it is named exactly when its
// lunar date says so.
func TestLunarRulesNameLunarDays(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	r := rule(t, "DTSTART:19680201T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15,-1")
	named := map[string]bool{}
	for _, m := range r.Between(instant(t, "1968-01-01T00:00:00Z"), instant(t, "2100-01-01T00:00:00Z"), vietnam) {
		named[m.Civil.Date.String()] = true
	}
	for d := (calendar.Date{Year: 1968, Month: 2, Day: 1}); d.Year < 2100; d = d.AddDays(1) {
		l, err := calendar.ToLunar(d)
		if err != nil {
			t.Fatal(err)
		}
		length, err := calendar.LunarMonthLength(l.Year, l.Month, l.Leap)
		if err != nil {
			t.Fatal(err)
		}
		if want := l.Day == 1 || l.Day == 15 || l.Day == length; named[d.String()] != want {
			t.Fatalf("%s, lunar %s: named %v", d, l, named[d.String()])
		}
	}
}

func TestBadRules(t *testing.T) {
	many := "DTSTART:20260101\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Repeat("20260101,", calendar.MaxDates+1)
	tests := []struct{ name, text, code string }{
		{"empty", " \n ", calendar.RuleEmpty},
		{"too long", strings.Repeat("x", calendar.MaxRuleText+1), calendar.RuleTooLong},
		{"no start", "FREQ=DAILY", calendar.RuleNoStart},
		{"no frequency", "DTSTART:20260101\nRRULE:INTERVAL=2", calendar.RuleNoFreq},
		{"unknown frequency", "DTSTART:20260101\nRRULE:FREQ=OFTEN", calendar.RuleValue},
		{"unknown part", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYMOON=1", calendar.RulePart},
		{"unknown property", "DTSTART:20260101\nSUMMARY:x", calendar.RulePart},
		{"part twice", "DTSTART:20260101\nRRULE:FREQ=DAILY;FREQ=DAILY", calendar.RuleTwice},
		{"rule twice", "DTSTART:20260101\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", calendar.RuleTwice},
		{"start twice", "DTSTART:20260101\nDTSTART:20260101", calendar.RuleTwice},
		{"INTERVAL=0", "DTSTART:20260101\nRRULE:FREQ=DAILY;INTERVAL=0", calendar.RuleRange},
		{"COUNT=0", "DTSTART:20260101\nRRULE:FREQ=DAILY;COUNT=0", calendar.RuleRange},
		{"COUNT without end", "DTSTART:20260101\nRRULE:FREQ=DAILY;COUNT=99999999999999999999", calendar.RuleValue},
		{"both ends", "DTSTART:20260101\nRRULE:FREQ=DAILY;COUNT=1;UNTIL=20260101", calendar.RuleCountUntil},
		{"ends before it begins", "DTSTART:20260102\nRRULE:FREQ=DAILY;UNTIL=20260101", calendar.RuleOrder},
		{"30 February", "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", calendar.RuleNever},
		{"31 February by days", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", calendar.RuleNever},
		{"31 February by hours", "DTSTART:20260101\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31", calendar.RuleNever},
		{"sixth Monday", "DTSTART:20260101\nRRULE:FREQ=MONTHLY;BYDAY=6MO", calendar.RuleNever},
		{"13th month", "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=13", calendar.RuleRange},
		{"date that is not", "DTSTART:20260230", calendar.RuleRange},
		{"EXDATE that is not", "DTSTART:20260101\nEXDATE:20260230", calendar.RuleRange},
		{"every second", "DTSTART:20260101\nRRULE:FREQ=SECONDLY", calendar.RuleOften},
		{"every minute", "DTSTART:20260101\nRRULE:FREQ=MINUTELY", calendar.RuleOften},
		{"every minute by lists", "DTSTART:20260101\nRRULE:FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13", calendar.RuleOften},
		{"too many exceptions", strings.TrimSuffix(many, ","), calendar.RuleTooMany},
		{"another calendar", "DTSTART:20260101\nRRULE:RSCALE=HEBREW;FREQ=DAILY", calendar.RuleScale},
		{"SKIP alone", "DTSTART:20260101\nRRULE:FREQ=MONTHLY;SKIP=FORWARD", calendar.RuleCombination},
		{"leap month of the sun", "DTSTART:20260101\nRRULE:FREQ=YEARLY;BYMONTH=5L", calendar.RuleCombination},
		{"week of the moon", "DTSTART:20260101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYWEEKNO=1", calendar.RuleCombination},
		{"lunar before 1968", "DTSTART:19500101\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY", calendar.RuleRange},
		{"lunar year 9999", "DTSTART:99990101\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY", calendar.RuleRange},
		{"zone that is not", "DTSTART;TZID=Asia/Un_Ta:20260101T000000", calendar.RuleZone},
		{"zone of the machine", "DTSTART;TZID=Local:20260101T000000", calendar.RuleZone},
		{"zone outside", "DTSTART;TZID=../../etc/passwd:20260101T000000", calendar.RuleZone},
		{"24:00", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=2400", calendar.RuleRange},
		{"25:61", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=0530,2561", calendar.RuleRange},
		{"a time in letters", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=5h30", calendar.RuleValue},
		{"a short time", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=530", calendar.RuleValue},
		{"no time", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=", calendar.RuleValue},
		{"times and hours", "DTSTART:20260101\nRRULE:FREQ=DAILY;BYTIME=0530;BYHOUR=17", calendar.RuleCombination},
		{"times of an hour", "DTSTART:20260101\nRRULE:FREQ=HOURLY;BYTIME=0530", calendar.RuleCombination},
		{"offset of years", "DTSTART:20260101\nRRULE:FREQ=DAILY;OFFSET=4000", calendar.RuleRange},
		{"positions of nothing", "DTSTART:20260101\nRRULE:FREQ=MONTHLY;BYSETPOS=1", calendar.RuleCombination},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := calendar.ParseRule(tt.text)
			var bad calendar.RuleError
			if !errors.As(err, &bad) || bad.Code != tt.code {
				t.Fatalf("%v, want %s", err, tt.code)
			}
			if says := bad.Error(); says == "" || len(says) > 200 || strings.Contains(says, "\n") {
				t.Errorf("says %q", says)
			}
		})
	}
}

// TestRulesThatLast are lawful and long: they answer all the same.
func TestRulesThatLast(t *testing.T) {
	vietnam := place(t, "Asia/Ho_Chi_Minh")
	var dates []string
	for d := (calendar.Date{Year: 2026, Month: 1, Day: 1}); len(dates) < calendar.MaxDates; d = d.AddDays(1) {
		dates = append(dates, strings.ReplaceAll(d.String(), "-", ""))
	}
	tests := []struct{ name, text, from, want string }{
		{"10,000 exceptions", "DTSTART:20260101T053000\nRRULE:FREQ=DAILY\nEXDATE:" + strings.Join(dates, ","), "2026-01-01T00:00:00Z", "2053-05-19T05:30"},
		{"COUNT of 10,000 lunar days", "DTSTART:20260101\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=10000", "2190-01-01T00:00:00Z", "2190-01-06"},
		{"year 9999", "DTSTART:99991230T053000\nRRULE:FREQ=DAILY", "2026-01-01T00:00:00Z", "9999-12-30T05:30"},
		{"29 February from 1896", "DTSTART:18960229\nRRULE:FREQ=YEARLY", "1896-03-01T00:00:00Z", "1904-02-29"},
		{"leap month Giêng", "DTSTART:19680201\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=1L;BYMONTHDAY=1", "1968-01-01T00:00:00Z", "2148-02-20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := days(rule(t, tt.text).Next(instant(t, tt.from), 1, vietnam)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSetPositionsOfAWeek(t *testing.T) {
	r := rule(t, "DTSTART:20261125T053000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1,1")
	if got := days(r.Next(instant(t, "2026-11-25T00:00:00Z"), 3, time.UTC)); got != "2026-11-27T05:30 2026-11-30T05:30 2026-12-04T05:30" {
		t.Error(got)
	}
}

func TestSkippedTimeBesideItsNeighbour(t *testing.T) {
	berlin := place(t, "Europe/Berlin")
	r := rule(t, "DTSTART:20260329T023000\nRRULE:FREQ=DAILY;BYHOUR=2,3;COUNT=4")
	if got := days(r.Next(instant(t, "2026-03-28T00:00:00Z"), 9, berlin)); got != "2026-03-29T03:30 2026-03-30T02:30 2026-03-30T03:30" {
		t.Error(got)
	}
}

func TestForm(t *testing.T) {
	f := rule(t, "DTSTART:20261125T053000\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20261202").Form()
	if f.Pattern.Freq != calendar.Weekly || len(f.Pattern.Weekdays) != 1 || f.Pattern.Weekdays[0].Day != time.Wednesday || f.Pattern.Count != 3 ||
		!slices.Equal(f.Times, []int{5*3600 + 30*60}) || len(f.Excepted) != 1 || f.Start.String() != "2026-11-25T05:30:00" {
		t.Errorf("%+v %+v", f, f.Pattern)
	}
}

func TestHolidays(t *testing.T) {
	want := map[string]string{
		"new-year": "2026-01-01", "tet": "2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-21",
		"hung-kings": "2026-04-26", "reunification": "2026-04-30", "labour": "2026-05-01", "national": "2026-09-02 2026-09-03",
	}
	for _, h := range calendar.VietnamHolidays() {
		list, err := h.On(2026)
		if got := strings.Trim(fmt.Sprint(list), "[]"); err != nil || got != want[h.Code] {
			t.Errorf("%s: %s %v, want %s", h.Code, got, err, want[h.Code])
		}
		if _, err := h.On(20000); err == nil {
			t.Errorf("%s: a day in the year 20000", h.Code)
		}
	}
	last := calendar.Anniversary{Lunar: true, Month: 12, Day: -1}
	for year, want := range map[int]string{2024: "2025-01-28", 2026: "2027-02-05"} {
		if d, err := last.On(year); err != nil || d.String() != want {
			t.Errorf("30 Tết of %d: %s %v, want %s", year, d, err, want)
		}
	}
	for _, bad := range []calendar.Anniversary{{Month: 2, Day: 30}, {Month: 0, Day: 1}, {Month: 13, Day: 1}, {Lunar: true, Month: 1, Day: 31}, {Month: 1, Day: -32}} {
		if d, err := bad.On(2026); err == nil {
			t.Errorf("%+v is %s", bad, d)
		}
	}
}

func FuzzRule(f *testing.F) {
	for _, seed := range []string{
		"DTSTART:20261125T053000\nRRULE:FREQ=DAILY", `DTSTART;TZID=Europe/Berlin:20261125T053000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5\nEXDATE:20261127T053000`,
		"DTSTART:20260101\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=-1;SKIP=FORWARD;OFFSET=-2",
		"DTSTART:19700101T000000Z\nRRULE:FREQ=HOURLY;INTERVAL=5;BYSETPOS=-1;BYMINUTE=1,2\nRDATE;VALUE=DATE:20260101", "DTSTART:00010101\nRRULE:FREQ=YEARLY;BYWEEKNO=-53,53;WKST=TH",
	} {
		f.Add(seed, int64(1800000000), uint32(90*86400))
	}
	loc := place(f, "Asia/Ho_Chi_Minh")
	f.Fuzz(func(t *testing.T, text string, from int64, span uint32) {
		begun := time.Now()
		defer func() {
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("%q took %s", text, took)
			}
		}()
		r, err := calendar.ParseRule(text)
		if err != nil {
			var bad calendar.RuleError
			if !errors.As(err, &bad) || bad.Error() == "" {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := calendar.ParseRule(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q prints as %q, which is read as %q (%v)", text, r, again, err)
		}
		a := time.Unix(from%(1<<37), 0)
		b := a.Add(time.Duration(span%(400*86400)) * time.Second)
		last := time.Time{}
		for _, m := range r.Between(a, b, loc) {
			if m.At.Before(a) || !m.At.Before(b) || !m.At.After(last) {
				t.Fatalf("%q: %s out of order", text, m.At)
			}
			last = m.At
		}
	})
}

// BenchmarkBetween is a week of a rule that began ten years ago.
func BenchmarkBetween(b *testing.B) {
	vietnam := place(b, "Asia/Ho_Chi_Minh")
	for _, text := range []string{"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR", "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY;INTERVAL=5", "FREQ=MONTHLY;BYDAY=-1FR"} {
		r := rule(b, "DTSTART:20161125T053000\nRRULE:"+text)
		from := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Between(from, from.AddDate(0, 0, 7), vietnam)
			}
		})
	}
}
