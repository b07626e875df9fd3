package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// bodies are calls of the API that take a body, each with one that is good. {} stands for
// the notice that the house has.
var bodies = []struct{ call, body string }{
	{"POST /announcements", `{"title":"Họp thôn","text":"Mời bà con","class":"priority","renditions":[{"language":"vi"}],"schedules":[{"kind":"once","at":"2026-11-24T18:00:00+07:00"}]}`},
	{"PATCH /announcements/{}", `{"title":"x","text":"y","revision":1}`},
	{"POST /announcements/{}/schedules", `{"kind":"recurring","slots":["17:00"],"rule":"DTSTART;VALUE=DATE:20261201\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"}`},
	{"PUT /announcements/{}/renditions/vi", `{"voice":"espeak:vi"}`},
	{"PUT /announcements/{}/renditions/pcc/assignment", `{"reader":"Vàng Thị Mỷ","due":"2026-11-24T18:00:00+07:00"}`},
	{"POST /announcements/{}/approval", `{"act":"return","reason":"Sai giờ","seen":"x"}`},
	{"POST /emergency", `{"title":"Lũ quét","reason":"nước lên","text":"chạy lên đồi","languages":["vi"],"repeat":3,"expires_in":600}`},
	{"POST /speech/preview", `{"language":"vi","text":"UBND xã mời họp 19h30","silent":true}`},
	{"POST /rules", `{"rule":"RRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;OFFSET=-2"}`},
	{"POST /slots", `{"name":"Buổi trưa","start":"11:00","length":1800,"limit":900,"seasons":[{"from":"11-15","to":"02-28","start":"11:30"}],"days_off":[{"date":"2027-02-06","off":true}]}`},
	{"PUT /villages/un-ta/rules", `{"hours":[{"days":["mon"],"from":"05:00","to":"21:00"}]}`},
	{"PATCH /villages/un-ta", `{"languages":["vi","pcc"],"missing":"wait","pause":1.5,"volume":-6}`},
	{"POST /plan/moves", `{"occurrence":"x","day":"2026-11-25","time":"18:30","scope":"one"}`},
	{"POST /exceptions", `{"from":"2026-11-24T18:00:00+07:00","to":"2026-11-24T19:00:00+07:00","reason":"lễ","rules":["hours"]}`},
	{"POST /words", `{"language":"vi","written":"Ún Tà","spoken":"ún tà"}`},
	{"POST /clock", `{"time":"2026-11-23T18:00:00+07:00"}`},
	{"POST /templates", `{"title":"Mời họp","text":"Mời họp lúc [giờ: giờ họp]"}`},
	{"POST /accounts", `{"name":"Lù A Páo","password":"mat-khau-rat-dai","role":"cadre"}`},
	{"POST /tokens", `{"name":"máy","role":"viewer","expires":"2026-12-24T18:00:00+07:00"}`},
	{"PUT /retention", `{"preview_days":2,"take_days":90,"log_years":5}`},
}

// FuzzAPIBody sends bodies that anybody might to every kind of call of the API: it answers
// each with something other than a fault of its own, and never with what is no text.
func FuzzAPIBody(f *testing.F) {
	for i, b := range bodies {
		f.Add(byte(i), b.body)
	}
	f.Add(byte(0), `{"title":`)
	f.Add(byte(2), `{"kind":"once","at":"9999-99-99T99:99:99Z"}`)
	f.Add(byte(9), `{"start":"25:61","length":1e308}`)
	var h *house
	calls := 0
	f.Fuzz(func(t *testing.T, which byte, body string) {
		if calls++; h == nil || calls%500 == 0 { // what was written must not pile up
			h = newHouse(t)
			h.fill()
		}
		method, path, _ := strings.Cut(bodies[int(which)%len(bodies)].call, " ")
		r := httptest.NewRequest(method, "/api/v1"+strings.ReplaceAll(path, "{}", noticeID), strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+h.as["admin"])
		if strings.HasPrefix(path, "/emergency") {
			r.Header.Set("Authorization", "Bearer "+h.as["cadre+"])
		}
		answer := httptest.NewRecorder()
		h.http.ServeHTTP(answer, r)
		if answer.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s: %d: %.300s", method, path, answer.Code, answer.Body)
		}
		if answer.Code == http.StatusMethodNotAllowed || answer.Code == http.StatusUnauthorized || answer.Code == http.StatusForbidden {
			t.Errorf("%s %s is no call that takes a body: %d", method, path, answer.Code)
		}
	})
}
