package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A calendar from a phone is looked at before it is taken in: every kind of event,
// also what would overwrite an edit made here, and then what became of each.
func TestCalendarsPage(t *testing.T) {
	t.Parallel()
	need(t, sound)
	b := newBrowser(t)
	d := serve(t, t.TempDir(), "null", quick...).admit()
	b.signUp(d.setup)
	b.open(d.url + "/calendars")
	b.picture("calendars-360")
	b.screen(1280, 800)
	b.picture("calendars-1280")
	b.screen(360, 740)

	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format("20060102") }
	at := func(n int, clock string) string { return "DTSTART;TZID=Asia/Ho_Chi_Minh:" + day(n) + "T" + clock }
	events := [][]string{
		{"SUMMARY:Họp thôn bàn việc làm đường bê tông", at(2, "100000"), "DESCRIPTION:Mời bà con đến nhà văn hoá.", "PRIORITY:1"},
		{"SUMMARY:Vệ sinh đường làng", at(3, "063000"), "RRULE:FREQ=WEEKLY"},
		{"SUMMARY:Tiêm phòng", at(4, "090000")},
		{"SUMMARY:Lễ hội đầu xuân", "DTSTART;VALUE=DATE:" + day(5), "DTEND;VALUE=DATE:" + day(8)},
		{"SUMMARY:Ngày không có", at(2, "100000"), "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
		{"SUMMARY:Đã qua", "DTSTART:20200101T030000Z"},
	}
	first := d.call(http.MethodPost, "/calendars/import", object{"calendar": calendarOf(events...), "uids": []string{"e0@test", "e1@test", "e2@test"}}, http.StatusOK)
	list, _ := first["events"].([]any)
	id, _ := list[0].(map[string]any)["announcement"].(string)
	d.call(http.MethodPatch, "/announcements/"+id, object{"title": "Họp thôn tối nay", "text": "Họp thôn tối nay. Mang theo ghế."}, http.StatusOK)
	events[0] = append(events[0], "SEQUENCE:1", "LOCATION:Nhà văn hoá")
	events[0][1] = at(2, "110000")
	events[2] = append(events[2], "SEQUENCE:1", "STATUS:CANCELLED")
	file := filepath.Join(t.TempDir(), "lịch.ics")
	if err := os.WriteFile(file, []byte(calendarOf(events...)), 0o600); err != nil {
		t.Fatal(err)
	}

	b.attach("#calendar", file)
	b.press("form[action='/calendars/preview'] button")
	b.until("every event is shown", "document.querySelectorAll('ul.rows > li').length == 6")
	for value, ticked := range map[string]bool{"e0@test": false, "e2@test": true, "e3@test": true} {
		if got := js[bool](b, fmt.Sprintf("document.querySelector('[type=checkbox][value=%q]').checked", value)); got != ticked {
			t.Errorf("%s is ticked: %v", value, got)
		}
	}
	b.until("it warns of the edit", "document.querySelector('ul.rows > li').innerText.includes('đã được sửa ở đây')")
	b.picture("calendars-preview-360")
	b.screen(1280, 800)
	b.picture("calendars-preview-1280")
	b.screen(360, 740)
	b.press("[name=overwrite][value='e0@test']")
	b.press("form[action='/calendars/import'] button")
	b.until("the difference is shown", "document.querySelector('button[name=foreseen][value=save]') != null")
	b.press("button[name=foreseen][value=save]")
	b.until("what became of them is told", "document.querySelectorAll('ul.rows > li').length == 3 && document.querySelector('main').innerText.includes('Đã nhận 3')")
	b.picture("calendars-result-360")
	b.screen(1280, 800)
	b.picture("calendars-result-1280")
}
