package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler/calendar"
)

// TestBadRulesThroughBothDoors: what makes no schedule gets one clear sentence in both
// languages, from the API and beside the field of the form, and nothing typed is lost.
func TestBadRulesThroughBothDoors(t *testing.T) {
	days := func(n int) string {
		d := calendar.Date{Year: 2027, Month: 1, Day: 1}
		var all []string
		for i := range n {
			all = append(all, strings.ReplaceAll(d.AddDays(i).String(), "-", ""))
		}
		return "DTSTART:20261201T060000\nRRULE:FREQ=DAILY\nEXDATE;VALUE=DATE:" + strings.Join(all, ",")
	}
	start := "DTSTART:20261201T060000\nRRULE:"
	tests := []struct{ name, rule, faults, vi, en string }{
		{"30 February", start + "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rule rule-never", "Không năm nào có ngày như vậy", "No year has such a day"},
		{"a start on 30 February", "DTSTART:20270230T060000\nRRULE:FREQ=DAILY", "rule rule-range", "không có ngày này", "there is no such day"},
		{"the year 9999", "DTSTART:99990101T060000\nRRULE:FREQ=DAILY", "rule too-far", "Xa quá", "far"},
		{"an end in the year 99999", start + "FREQ=DAILY;UNTIL=999990101", "rule rule-value", "Không đọc được phần này", "cannot be read"},
		{"more than 10,000 exceptions", days(10_001), "rule rule-too-many", "Nhiều ngày ngoại lệ quá", "Too many exceptions"},
		{"24:00", start + "FREQ=DAILY;BYTIME=0530,2400", "rule rule-range", "Không có ngày hoặc số như vậy", "no such"},
		{"25:61", start + "FREQ=DAILY;BYTIME=2561", "rule rule-range", "Không có ngày hoặc số như vậy", "no such"},
		{"times and hours", start + "FREQ=DAILY;BYTIME=0530;BYHOUR=17", "rule rule-combination", "không đi cùng nhau", "together"},
		{"49 times a day", start + "FREQ=HOURLY;BYMINUTE=0,15,30", "rule rule-often", "Dày quá", "often"},
		{"a part twice", start + "FREQ=DAILY;FREQ=DAILY", "rule rule-twice", "viết hai lần", "twice"},
		{"both ends", start + "FREQ=DAILY;COUNT=2;UNTIL=20270101", "rule rule-count-until", "Vừa có số lần vừa có ngày cuối", "both"},
		{"nothing but blanks", " \n ", "rule rule-empty", "", ""},
		{"no frequency", start + "BYHOUR=5", "rule rule-no-freq", "Chưa biết lặp theo gì", "FREQ"},
		{"words", "sáng nào cũng phát", "rule rule-part", "máy không hiểu", ""},
		{"over before today", "DTSTART:20200101T060000\nRRULE:FREQ=DAILY;COUNT=3", "rule rule-over", "không còn lần phát nào", ""},
	}
	h := newHouse(t)
	h.fill()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.t = t
			body, err := json.Marshal(map[string]any{"kind": "recurring", "rule": tt.rule})
			if err != nil {
				t.Fatal(err)
			}
			for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
				a := h.do(ask{as: "cadre", method: "POST", path: noticeSchedules, body: string(body), header: map[string]string{"Accept-Language": lang}}).want(422)
				if got := a.faults(); got != tt.faults {
					t.Errorf("API: %q, want %q", got, tt.faults)
				}
				if detail := a.problem().Detail; !strings.Contains(strings.ToLower(detail), strings.ToLower(want)) {
					t.Errorf("API in %s: %q lacks %q", lang, detail, want)
				}
				w := newWorld(t)
				p := newSite(t, w, people.Cadre, lang).upload("/announcements/new", recurring("rhythm", "text", "rule", tt.rule), nil)
				if p.status != http.StatusUnprocessableEntity || len(w.order) > 0 {
					t.Fatalf("form: status %d, %d saved", p.status, len(w.order))
				}
				if f := p.fields(t); !strings.Contains(strings.ToLower(p.text), strings.ToLower(want)) || f.Get("title") != "Mời họp thôn" || f.Get("rhythm") != "text" || strings.TrimSpace(f.Get("rule")) != strings.TrimSpace(tt.rule) {
					t.Errorf("form in %s: title %q, rhythm %q, rule of %d bytes; it says %.200q", lang, f.Get("title"), f.Get("rhythm"), len(f.Get("rule")), p.text)
				}
			}
		})
	}
	h.t = t
	body, err := json.Marshal(map[string]any{"kind": "recurring", "rule": days(10_000)})
	if err != nil {
		t.Fatal(err)
	}
	h.do(ask{as: "cadre", method: "POST", path: noticeSchedules, body: string(body)}).want(201)
	w := newWorld(t)
	if p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", recurring("rhythm", "text", "rule", days(10_000)), nil); p.status != http.StatusSeeOther {
		t.Errorf("10,000 exceptions by the form: %d %.300s", p.status, p.text)
	}
}
