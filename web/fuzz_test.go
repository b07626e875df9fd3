package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"loalang/people"
)

// bodies are calls of the API with a body that goes far into them. {} stands for the notice that
// the house has.
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

// bodied are the calls that take a body: those above, and every other door that is given one,
// so that a new call of the API is here with its first test.
func bodied() (all []door) {
	for _, b := range bodies {
		method, path, _ := strings.Cut(b.call, " ")
		all = append(all, door{method: method, path: "/api/v1" + strings.ReplaceAll(path, "{}", noticeID), body: b.body})
	}
	for _, d := range doors() {
		if d.body != "" {
			all = append(all, d)
		}
	}
	return all
}

// FuzzAPIBody sends bodies that anybody might to every call of the API that takes one: it answers
// each with something other than a fault of its own, and lets those in who may.
func FuzzAPIBody(f *testing.F) {
	all := bodied()
	if len(all) > 256 {
		f.Fatalf("%d calls, and one byte that chooses among them", len(all))
	}
	for i, d := range all {
		f.Add(byte(i), d.body)
	}
	f.Add(byte(0), `{"title":`)
	f.Add(byte(2), `{"kind":"once","at":"9999-99-99T99:99:99Z"}`)
	f.Add(byte(9), `{"start":"25:61","length":1e308}`)
	var h *house
	var s *site
	calls := 0
	f.Fuzz(func(t *testing.T, which byte, body string) {
		if calls++; h == nil || calls%500 == 0 { // what was written must not pile up
			h, s = newHouse(t), nil
			h.fill()
		}
		d := all[int(which)%len(all)]
		r := httptest.NewRequest(d.method, d.path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		to, person := h.http, peopleOnly(d)
		switch {
		case person:
			if s == nil { // it takes a while: passwords are slow to hash
				s, _ = keyed(t, newWorld(t), &keyring{})
			}
			to = s.handler
			for _, c := range s.cookies {
				r.AddCookie(c)
			}
		case d.right == people.Alarm, strings.Contains(d.path, "/emergency"):
			r.Header.Set("Authorization", "Bearer "+h.as["cadre+"])
		default:
			r.Header.Set("Authorization", "Bearer "+h.as["admin"])
		}
		answer := httptest.NewRecorder()
		to.ServeHTTP(answer, r)
		if answer.Code >= http.StatusInternalServerError {
			t.Errorf("%s %s: %d: %.300s", d.method, d.path, answer.Code, answer.Body)
		}
		refused := answer.Code == http.StatusUnauthorized || answer.Code == http.StatusForbidden && !person // a wrong PIN or password is forbidden
		if answer.Code == http.StatusMethodNotAllowed || refused {
			t.Errorf("%s %s is no call that takes a body: %d: %.300s", d.method, d.path, answer.Code, answer.Body)
		}
	})
}
