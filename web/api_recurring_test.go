package web_test

import (
	"strings"
	"testing"
	"time"
)

type recurringAnswer struct {
	ID, Kind, Rule, Words, Until string
	Slots                        []string
	Next                         []time.Time
	Revision                     int64
}

const noticeSchedules = "/api/v1/announcements/" + noticeID + "/schedules"

// A rule is made, read in words, changed, and changed for one day.
func TestRecurringByTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	call := func(method, path, body string, status int) answer {
		t.Helper()
		return h.do(ask{as: "cadre", method: method, path: path, body: body, header: map[string]string{"Accept-Language": "vi"}}).want(status)
	}
	var made recurringAnswer
	call("POST", noticeSchedules, `{"kind":"recurring","rule":"DTSTART:20261123T173000\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20271231"}`, 201).into(&made)
	if want := "Mùng 1 và rằm hằng tháng âm lịch, lúc 17:30, đến 31/12/2027"; made.Words != want {
		t.Errorf("words %q, want %q", made.Words, want)
	}
	if len(made.Next) != 3 || made.Next[1].Format(time.RFC3339) != "2026-12-09T10:30:00Z" || made.Until != "2027-12-31" {
		t.Errorf("next %v until %s", made.Next, made.Until)
	}
	call("POST", noticeSchedules, `{"kind":"recurring","per_slot":2,"rule":"DTSTART:20261123T173000\nRRULE:FREQ=DAILY"}`, 422) // exact times are as often as they are
	if got := call("POST", noticeSchedules, `{"kind":"recurring","per_slot":2,"per_day":3,"slots":["17:00"],"rule":"DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY;INTERVAL=5"}`, 201); !strings.Contains(string(got.Body), `"per_slot":2`) {
		t.Errorf("a rule in slots, twice in each: %s", got.Body)
	}
	one := noticeSchedules + "/" + made.ID

	var cut recurringAnswer
	call("POST", one+"/exceptions", `{"do":"leave-out","day":"2026-12-09"}`, 200).into(&cut)
	if !strings.Contains(cut.Rule, "EXDATE:20261209T173000") || cut.Next[1].Day() != 23 || cut.Revision != made.Revision+1 || !strings.Contains(cut.Words, "trừ 9/12/2026") {
		t.Errorf("%+v", cut)
	}
	call("POST", one+"/exceptions", `{"do":"include","day":"2026-12-10","time":"08:00"}`, 200).into(&cut)
	if !strings.Contains(cut.Rule, "RDATE:20261210T080000") || !strings.Contains(cut.Words, "thêm 10/12/2026") {
		t.Errorf("%+v", cut)
	}
	call("PATCH", one, `{"slots":["17:00"],"rule":"DTSTART;VALUE=DATE:20261123\nRRULE:FREQ=DAILY;INTERVAL=5"}`, 200).into(&cut)
	if want := "Cứ 5 ngày một lần, buổi chiều 17:00, từ 23/11/2026"; cut.Words != want || len(cut.Slots) != 1 {
		t.Errorf("%+v, want %q", cut, want)
	}
	call("PATCH", one, `{"per_slot":3,"per_day":4}`, 200).into(&cut)
	if want := "Cứ 5 ngày một lần, buổi chiều 17:00, 3 lần mỗi buổi, tối đa 4 lần mỗi ngày, từ 23/11/2026"; cut.Words != want {
		t.Errorf("%+v, want %q", cut, want)
	}
	call("PATCH", one, `{"slots":[],"per_slot":2}`, 422)
	call("PATCH", one, `{"per_slot":11}`, 422)
	call("PATCH", one, `{"slots":[],"rule":"DTSTART:20261123T173000\nRRULE:FREQ=DAILY;BYTIME=0530,1730"}`, 200).into(&cut)
	if want := "Hằng ngày, lúc 05:30 và 17:30"; cut.Words != want || len(cut.Next) != 3 || cut.Next[1].Sub(cut.Next[0]) != 12*time.Hour {
		t.Errorf("%+v, want %q", cut, want)
	}
	call("PATCH", one, `{"revision":1,"misfire":{"policy":"skip"}}`, 409)

	var read struct {
		Rule, Words, Ends string
		Next              []struct{ Civil, Lunar string }
	}
	call("POST", "/api/v1/rules", `{"rule":"DTSTART:20261123T200000\nRRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;OFFSET=-2","count":2}`, 200).into(&read)
	if read.Words != "2 ngày trước 30 Tết (ngày cuối năm) âm lịch hằng năm, lúc 20:00" || len(read.Next) != 2 || read.Next[0].Civil != "2027-02-03T20:00:00" || read.Next[0].Lunar != "27/12/2026" {
		t.Errorf("%+v", read)
	}
}
