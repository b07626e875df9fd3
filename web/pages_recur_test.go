package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

func TestRuleWords(t *testing.T) {
	const day, moon = "DTSTART:20261101T053000\nRRULE:", "DTSTART:20261101T053000\nRRULE:RSCALE=VIETNAMESE;"
	tests := []struct{ rule, where, vi, en string }{
		{day + "FREQ=DAILY", "", "hằng ngày, lúc 05:30", "every day, at 05:30"},
		{day + "FREQ=DAILY;INTERVAL=5", "", "cứ 5 ngày một lần, lúc 05:30, từ 1/11/2026", "every 5 days, at 05:30, from 1 November 2026"},
		{day + "FREQ=DAILY;BYHOUR=5,17;COUNT=10", "", "hằng ngày, lúc 05:30 và 17:30, 10 lần", "every day, at 05:30 and 17:30, 10 times"},
		{day + "FREQ=DAILY;BYTIME=0530,1115,1700", "", "hằng ngày, lúc 05:30, 11:15 và 17:00", "every day, at 05:30, 11:15 and 17:00"},
		{day + "FREQ=WEEKLY;BYDAY=MO,FR", "buổi chiều 17:00", "thứ Hai và thứ Sáu hằng tuần, buổi chiều 17:00", "Monday and Friday of every week, buổi chiều 17:00"},
		{day + "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "", "thứ Hai cứ 2 tuần một lần, lúc 05:30, từ 1/11/2026", "Monday of every 2 weeks, at 05:30, from 1 November 2026"},
		{day + "FREQ=MONTHLY;BYMONTHDAY=1,15", "", "ngày 1 và ngày 15 hằng tháng, lúc 05:30", "day 1 and day 15 of every month, at 05:30"},
		{day + "FREQ=MONTHLY;BYMONTHDAY=-1", "", "ngày cuối hằng tháng, lúc 05:30", "the last day of every month, at 05:30"},
		{day + "FREQ=MONTHLY;BYDAY=1MO,-1FR", "", "thứ Sáu cuối cùng và thứ Hai đầu tiên hằng tháng, lúc 05:30", "the last Friday and the first Monday of every month, at 05:30"},
		{day + "FREQ=MONTHLY;BYDAY=2TU", "", "thứ Ba lần thứ 2 hằng tháng, lúc 05:30", "the 2nd Tuesday of every month, at 05:30"},
		{day + "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2", "", "ngày 2 tháng 9 hằng năm, lúc 05:30", "day 2 of September of every year, at 05:30"},
		{moon + "FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20261231", "", "mùng 1 và rằm hằng tháng âm lịch, lúc 05:30, đến 31/12/2026", "day 1 and the full moon of every lunar month, at 05:30, until 31 December 2026"},
		{moon + "FREQ=MONTHLY;BYMONTHDAY=15;OFFSET=-1", "", "1 ngày trước rằm hằng tháng âm lịch, lúc 05:30", "the day before the full moon of every lunar month, at 05:30"},
		{moon + "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=23", "", "ngày 23 tháng Chạp âm lịch hằng năm, lúc 05:30", "day 23 of lunar month 12 of every lunar year, at 05:30"},
		{moon + "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;OFFSET=-2", "", "2 ngày trước 30 Tết (ngày cuối năm) âm lịch hằng năm, lúc 05:30", "2 days before New Year’s Eve, the last day of every lunar year, at 05:30"},
		{moon + "FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1", "", "mùng 1 tháng Sáu nhuận âm lịch hằng năm, lúc 05:30", "day 1 of leap lunar month 6 of every lunar year, at 05:30"},
		{day + "FREQ=DAILY\nEXDATE:20261209T053000\nRDATE:20261210T080000", "", "hằng ngày, lúc 05:30, trừ 9/12/2026, thêm 10/12/2026", "every day, at 05:30, without 9 December 2026, with 10 December 2026 added"},
		{day + "FREQ=DAILY\nEXDATE:20261201T053000,20261202T053000,20261203T053000,20261204T053000", "", "hằng ngày, lúc 05:30, trừ 4 ngày", "every day, at 05:30, without 4 days"},
		{"DTSTART:20261201T080000\nRDATE:20261205T080000", "", "ngày 1/12/2026 và 5/12/2026, lúc 08:00", "on 1 December 2026 and 5 December 2026, at 08:00"},
		{day + "FREQ=HOURLY;INTERVAL=4;BYDAY=SA", "", "cứ 4 giờ một lần, vào thứ Bảy, vào phút 30, từ 1/11/2026", "every 4 hours, on Saturday, at minute 30, from 1 November 2026"},
		{day + "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "", "hằng tháng, vào ngày 13, vào thứ Sáu, lúc 05:30", "every month, on day 13, on Friday, at 05:30"},
		{day + "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "", "hằng tháng, vào thứ Hai, thứ Ba, thứ Tư, thứ Năm và thứ Sáu, chỉ lần thứ −1 của mỗi kỳ, lúc 05:30", "every month, on Monday, Tuesday, Wednesday, Thursday and Friday, only number −1 of each period, at 05:30"},
		{day + "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "", "hằng năm, trong tuần thứ 20 của năm, vào thứ Hai, lúc 05:30", "every year, in week 20 of the year, on Monday, at 05:30"},
		{"DTSTART;TZID=Europe/Berlin:20261201T080000\nRRULE:FREQ=DAILY", "", "hằng ngày, lúc 08:00, theo giờ Europe/Berlin, từ 1/12/2026", "every day, at 08:00, by the time of Europe/Berlin, from 1 December 2026"},
	}
	now := time.Date(2026, 11, 23, 16, 20, 0, 0, time.UTC)
	for _, tt := range tests {
		for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
			got, err := web.RuleWords(lang, tt.rule, tt.where, now)
			if err != nil || got != want {
				t.Errorf("%s in %s:\n got %q, %v\nwant %q", tt.rule, lang, got, err, want)
			}
		}
	}
}

// recurring is a form of a notice that is told again and again.
func recurring(changes ...string) url.Values {
	f := notice("when", "recurring", "rhythm", "half-moon", "by", "time", "rtime", "05:30")
	for i := 0; i < len(changes); i += 2 {
		f.Del(changes[i])
		for _, v := range strings.Split(changes[i+1], "|") {
			f.Add(changes[i], v)
		}
	}
	return f
}

// TestRecurringForm: every answer becomes the rule it means, and every wrong one a
// sentence beside what was typed.
func TestRecurringForm(t *testing.T) {
	tests := []struct {
		name  string
		set   []string
		rules []string // the RRULEs, with what is before them where that matters
		fault string
	}{
		{"OK mùng 1 and rằm", nil, []string{"DTSTART:20261123T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"}, ""},
		{"in a slot", []string{"by", "slot", "rslot", slotID}, []string{"DTSTART;VALUE=DATE:20261123\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"}, ""},
		{"two times of one minute", []string{"rhythm", "daily", "rtime", "17:30|05:30"}, []string{"DTSTART:20261123T053000\nRRULE:FREQ=DAILY;BYHOUR=5,17"}, ""},
		{"two times of two minutes", []string{"rhythm", "daily", "rtime", "05:30|17:00"}, []string{"DTSTART:20261123T053000\nRRULE:FREQ=DAILY;BYTIME=0530,1700"}, ""},
		{"three times, one of them twice, for four days", []string{"rhythm", "daily", "rtime", "17:00|05:30|17:00|11:15", "rcount", "4"}, []string{"DTSTART:20261124T053000\nRRULE:FREQ=DAILY;BYTIME=0530,1115,1700;COUNT=12"}, ""},
		{"weekdays", []string{"rhythm", "weekly", "rday", "mon|fri"}, []string{"FREQ=WEEKLY;BYDAY=MO,FR"}, ""},
		{"days of the month", []string{"rhythm", "monthly", "mday", "15, 1", "mlast", "1"}, []string{"FREQ=MONTHLY;BYMONTHDAY=-1,1,15"}, ""},
		{"a lunar day", []string{"rhythm", "lunar-month", "lday", "30", "before", "1"}, []string{"RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=-1;OFFSET=-1"}, ""},
		{"30 Tết, two days before", []string{"rhythm", "lunar-year", "feast", "30/12", "before", "2"}, []string{"RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;OFFSET=-2"}, ""},
		{"another lunar day", []string{"rhythm", "lunar-year", "feast", "other", "yday", "9", "ymonth", "9"}, []string{"RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=9"}, ""},
		{"a market that began before", []string{"rhythm", "market", "cycle", "5", "rstart", "2026-11-10"}, []string{"DTSTART:20261125T053000\nRRULE:FREQ=DAILY;INTERVAL=5"}, ""},
		{"three days, of which today's is over", []string{"rhythm", "daily", "rcount", "3"}, []string{"DTSTART:20261124T053000\nRRULE:FREQ=DAILY;COUNT=3"}, ""},
		{"until a day", []string{"rhythm", "daily", "runtil", "2026-12-31"}, []string{"FREQ=DAILY;UNTIL=20261231T235959"}, ""},
		{"from a day on", []string{"rhythm", "weekly", "rday", "mon", "rfrom", "2027-01-04", "rcount", "3"}, []string{"DTSTART:20270104T053000\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3"}, ""},
		{"a market from a day on", []string{"rhythm", "market", "cycle", "5", "rstart", "2026-11-10", "rfrom", "2026-12-01"}, []string{"DTSTART:20261205T053000\nRRULE:FREQ=DAILY;INTERVAL=5"}, ""},
		{"a rule as text", []string{"rhythm", "text", "rule", "DTSTART:20261201T060000\r\nRRULE:FREQ=MONTHLY;BYDAY=1MO"}, []string{"DTSTART:20261201T060000\nRRULE:FREQ=MONTHLY;BYDAY=1MO"}, ""},

		{"no rhythm", []string{"rhythm", ""}, nil, "Chưa điền"},
		{"no weekday", []string{"rhythm", "weekly"}, nil, "Chưa điền"},
		{"day 32", []string{"rhythm", "monthly", "mday", "32"}, nil, "từ 1 đến 31"},
		{"no day", []string{"rhythm", "monthly", "mday", ""}, nil, "từ 1 đến 31"},
		{"no time", []string{"rtime", ""}, nil, "Chưa điền"},
		{"24:00", []string{"rtime", "05:30|24:00"}, nil, "Không hiểu ngày hoặc giờ này"},
		{"25:61", []string{"rtime", "25:61"}, nil, "Không hiểu ngày hoặc giờ này"},
		{"thirteen times", []string{"rtime", "05:30|06:30|07:30|08:30|09:30|10:30|11:15|13:30|14:30|15:30|16:30|17:30|18:30"}, nil, "nhiều hơn 12 lần một ngày"},
		{"eleven times in a slot", []string{"by", "slot", "rslot", slotID, "rper_slot", "11"}, nil, "từ 1 đến 10"},
		{"no number of times a day", []string{"by", "slot", "rslot", slotID, "rper_day", "hai"}, nil, "từ 1 đến 50"},
		{"no slot", []string{"by", "slot"}, nil, "Chưa điền"},
		{"a market without a day", []string{"rhythm", "market", "cycle", "5"}, nil, "Chưa điền"},
		{"both ends", []string{"rcount", "3", "runtil", "2026-12-31"}, nil, "một trong hai"},
		{"the end before the beginning", []string{"rfrom", "2026-12-31", "runtil", "2026-12-01"}, nil, "Ngày cuối đến trước ngày đầu"},
		{"it is over", []string{"rhythm", "daily", "runtil", "2026-11-01"}, nil, "Ngày cuối đến trước ngày đầu"},
		{"the 30th of February", []string{"rhythm", "text", "rule", "DTSTART:20261201T060000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, nil, "Không năm nào có ngày như vậy"},
		{"at night", []string{"rtime", "03:00"}, nil, "Ngoài giờ được phát loa"},
		{"no rule", []string{"rhythm", "text", "rule", " "}, nil, "Chưa điền"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", recurring(tt.set...), nil)
			if tt.fault != "" {
				if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, tt.fault) || p.fields(t).Get("title") != "Mời họp thôn" || len(w.order) > 0 {
					t.Errorf("status %d, %d saved: %s", p.status, len(w.order), p.text)
				}
				return
			}
			if p.status != http.StatusSeeOther {
				t.Fatalf("status %d: %s", p.status, p.text)
			}
			d := saved(t, w)
			if len(d.Schedules) != len(tt.rules) {
				t.Fatalf("%d schedules: %+v", len(d.Schedules), d.Schedules)
			}
			for i, s := range d.Schedules {
				if s.Kind != scheduler.Recurring || !strings.HasSuffix(s.Rule, tt.rules[i]) || s.Since.IsZero() || s.Misfire.Policy != scheduler.Coalesce {
					t.Errorf("schedule %+v, want %q", s, tt.rules[i])
				}
			}
		})
	}
}

// TestRecurringPreviewWithoutScript: a button shows the next three in words, and
// nothing typed is lost.
func TestRecurringPreviewWithoutScript(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.upload("/announcements/new", recurring("do", "rule"), nil)
	for _, want := range []string{"Mùng 1 và rằm hằng tháng âm lịch, lúc 05:30", "mùng 1 tháng Mười một âm lịch", "rằm tháng Mười một âm lịch", "Thứ Tư 9/12"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not shown: %s", want, p.text)
		}
	}
	if f := p.fields(t); f.Get("when") != "recurring" || f.Get("rtime") != "05:30" || f.Get("title") != "Mời họp thôn" {
		t.Errorf("fields %v", f)
	}
	if p := s.post("/announcements/rule", recurring("rtime", "")); p.status != http.StatusOK || !strings.Contains(p.text, "Chưa điền") {
		t.Errorf("the module is told %d %s", p.status, p.text)
	}
	if len(w.order) > 0 {
		t.Error("a preview saved something")
	}
}

// TestRuleFillsTheFormIn: a rule that the form made comes back as it was answered.
func TestRuleFillsTheFormIn(t *testing.T) {
	for _, c := range []struct {
		rule string
		want map[string]string
	}{
		{"DTSTART:20261123T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15", map[string]string{"rhythm": "half-moon", "rtime": "05:30"}},
		{"DTSTART:20261123T053000\nRRULE:FREQ=DAILY;BYHOUR=5,17;COUNT=20", map[string]string{"rhythm": "daily", "rcount": "10"}},
		{"DTSTART:20261123T053000\nRRULE:FREQ=DAILY;BYTIME=0530,1700;COUNT=20", map[string]string{"rhythm": "daily", "rcount": "10"}},
		{"DTSTART:20261123T053000\nRRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231T235959", map[string]string{"rhythm": "weekly", "rday": "fri", "runtil": "2026-12-31"}},
		{"DTSTART:20261123T053000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1,1,15", map[string]string{"rhythm": "monthly", "mday": "1,15", "mlast": "1"}},
		{"DTSTART:20261123T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;OFFSET=-2", map[string]string{"rhythm": "lunar-year", "feast": "30/12", "before": "2"}},
		{"DTSTART:20261123T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=9", map[string]string{"rhythm": "lunar-year", "feast": "other", "yday": "9", "ymonth": "9"}},
		{"DTSTART:20261125T053000\nRRULE:FREQ=DAILY;INTERVAL=6", map[string]string{"rhythm": "market", "cycle": "6", "rstart": "2026-11-25"}},
		{"DTSTART:20261201T053000\nRRULE:FREQ=DAILY", map[string]string{"rhythm": "daily", "rfrom": "2026-12-01"}},
		{"DTSTART:20261101T053000\nRRULE:FREQ=DAILY;COUNT=30", map[string]string{"rhythm": "daily", "rfrom": "", "rcount": "9"}},
		{"DTSTART:20261125T053000\nRRULE:FREQ=MONTHLY;BYDAY=1MO", map[string]string{"rhythm": "text"}},
		{"DTSTART:20261125T053000\nRRULE:FREQ=DAILY;OFFSET=-2", map[string]string{"rhythm": "text"}},
		{"DTSTART:20261125T053000", map[string]string{"rhythm": "text"}},
		{"DTSTART;TZID=Europe/Berlin:20261125T053000\nRRULE:FREQ=DAILY", map[string]string{"rhythm": "text"}},
		{"DTSTART:20261125T053000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1;SKIP=FORWARD", map[string]string{"rhythm": "text"}},
	} {
		f := web.RuleForm(c.rule, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
		for field, value := range c.want {
			if f.Get(field) != value {
				t.Errorf("%s: %s is %q, want %q", c.rule, field, f.Get(field), value)
			}
		}
	}
}

// TestRecurringScheduleIsChanged: its page changes the rule under the same ID,
// keeps the single days, and leaves out and puts back one at a time.
func TestRecurringScheduleIsChanged(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.upload("/announcements/new", recurring("rhythm", "daily"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	made := saved(t, w).Schedules[0]
	page := "/announcements/" + made.Announcement + "/schedules/" + made.ID
	current := func() scheduler.Schedule { return saved(t, w).Schedules[0] }

	p := s.get(page)
	if p.status != http.StatusOK || !strings.Contains(p.text, "Hằng ngày, lúc 05:30") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	day := url.Values{"do": {"leave-out"}, "day": {"2026-11-25"}, "time": {"05:30:00"}, "back": {"plan"}}
	if p := s.post(page+"/days", looked(day)); p.location != "/plan?told=left-out" || !strings.HasSuffix(current().Rule, "EXDATE:20261125T053000") {
		t.Errorf("to %q with %q", p.location, current().Rule)
	}
	if p := s.post(page+"/days", looked(day)); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "vốn không phát theo lịch") {
		t.Errorf("twice: %d %s", p.status, p.text)
	}
	f := web.RuleForm(current().Rule, time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC))
	f.Set("revision", strconv.FormatInt(current().Revision, 10))
	f.Set("rhythm", "weekly")
	f["rday"] = []string{"wed", "sun"}
	f.Set("do", "save")
	if p := s.post(page, looked(f)); p.location != "/announcements/"+made.Announcement+"?told=rescheduled" {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	if now := current(); now.ID != made.ID || !strings.Contains(now.Rule, "FREQ=WEEKLY;BYDAY=WE,SU\nEXDATE:20261125T053000") {
		t.Errorf("schedule %+v", now)
	}
	if p := s.post(page, f); p.status != http.StatusConflict {
		t.Errorf("an old copy is saved: %d", p.status)
	}
	if p := s.post(page+"/days", looked(url.Values{"do": {"include"}, "day": {"2026-11-25"}})); p.status != http.StatusSeeOther || strings.Contains(current().Rule, "EXDATE") {
		t.Errorf("put back: %d %q", p.status, current().Rule)
	}
	if p := s.post(page+"/days", url.Values{"do": {"include"}, "day": {"2026-02-30"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("30 February: %d", p.status)
	}
	if p := newSite(t, w, people.Viewer, "vi").get(page); p.status != http.StatusForbidden {
		t.Errorf("who may not plan sees it: %d", p.status)
	}
}

// TestEditedScheduleKeepsWhatTheFormDoesNotAsk: another end shifts neither the
// beginning nor the count, and leaves the grace and the single times.
func TestEditedScheduleKeepsWhatTheFormDoesNotAsk(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.upload("/announcements/new", recurring("rhythm", "daily", "rtime", "05:30|17:30", "rfrom", "2026-12-01"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	made := saved(t, w).Schedules[0]
	page := "/announcements/" + made.Announcement + "/schedules/" + made.ID
	current := func() scheduler.Schedule { return saved(t, w).Schedules[0] }
	graced := made
	graced.Misfire.Grace = 5 * time.Minute
	if err := w.SaveSchedule(t.Context(), graced); err != nil {
		t.Fatal(err)
	}
	for _, day := range []url.Values{
		{"do": {"leave-out"}, "day": {"2026-12-02"}, "time": {"05:30"}},
		{"do": {"include"}, "day": {"2026-12-03"}, "time": {"08:00"}},
	} {
		if p := s.post(page+"/days", looked(day)); p.status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", p.status, p.text)
		}
	}
	f := web.RuleForm(current().Rule, time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC))
	f.Set("runtil", "2026-12-31")
	f.Set("do", "save")
	if p := s.post(page, f); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	want := "DTSTART:20261201T053000\nRRULE:FREQ=DAILY;BYHOUR=5,17;UNTIL=20261231T235959\nRDATE:20261203T080000\nEXDATE:20261202T053000"
	if got := current(); got.Rule != want || got.Misfire.Grace != 5*time.Minute {
		t.Errorf("grace %v, rule %q; want %q", got.Misfire.Grace, got.Rule, want)
	}

	// What was added is taken off by itself.
	if p := s.get(page); !strings.Contains(p.text, "08:00 Thứ Năm 3/12") {
		t.Errorf("the added time is not shown: %s", p.text)
	}
	if p := s.post(page+"/days", looked(url.Values{"do": {"leave-out"}, "day": {"2026-12-03"}, "time": {"08:00:00"}})); p.status != http.StatusSeeOther || current().Rule != strings.Replace(want, "\nRDATE:20261203T080000", "", 1) {
		t.Errorf("status %d, rule %q", p.status, current().Rule)
	}
}

// TestSingleDaysOfSeveralTimes: a schedule that gets a second time of day stays one
// schedule, takes the single time that was added to it along, and is silent at both
// times of a day that was left out.
func TestSingleDaysOfSeveralTimes(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.upload("/announcements/new", recurring("rhythm", "daily"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	made := saved(t, w).Schedules[0]
	page := "/announcements/" + made.Announcement + "/schedules/" + made.ID
	for _, day := range []url.Values{
		{"do": {"leave-out"}, "day": {"2026-12-02"}},
		{"do": {"include"}, "day": {"2026-12-03"}, "time": {"08:00"}},
	} {
		if p := s.post(page+"/days", looked(day)); p.status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", p.status, p.text)
		}
	}
	f := web.RuleForm(saved(t, w).Schedules[0].Rule, time.Date(2026, 11, 23, 9, 20, 0, 0, time.UTC))
	f["rtime"] = []string{"05:30", "17:00"}
	f.Set("do", "save")
	if p := s.post(page, looked(f)); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	all := saved(t, w).Schedules
	if want := "RRULE:FREQ=DAILY;BYTIME=0530,1700\nRDATE:20261203T080000\nEXDATE:20261202T053000,20261202T170000"; len(all) != 1 || all[0].ID != made.ID || !strings.HasSuffix(all[0].Rule, want) {
		t.Errorf("schedules %+v, want the rule %q", all, want)
	}
	if p := s.get(page); !strings.Contains(p.text, "lúc 05:30 và 17:00") || !strings.Contains(p.body, `name="rtime" value="05:30"`) || !strings.Contains(p.body, `name="rtime" value="17:00"`) {
		t.Errorf("the page: %s", p.text)
	}
}
