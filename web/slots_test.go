package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// TestSlotsAPI: a slot is added, read, changed and removed, and every bad input has
// its sentence.
func TestSlotsAPI(t *testing.T) {
	h := newHouse(t)
	h.w.shelf = []recordings.Recording{{ID: "nhac", Village: "un-ta", Title: "Nhạc"}}
	type slot struct {
		ID, Name, Start, Opening string
		Length, Limit            float64
		Days                     []string
		Seasons                  []map[string]string
		DaysOff                  []map[string]any `json:"days_off"`
		Revision                 int64
	}
	var made slot
	h.call("officer", "POST", "/api/v1/slots", `{"name":"Buổi trưa","start":"11:00","length":1800,"limit":900,"days":["mon","fri"],"opening":"nhac",
		"seasons":[{"from":"11-15","to":"02-28","start":"11:30"}],"days_off":[{"date":"2027-02-06","off":true},{"date":"2027-02-07","start":"12:00"}]}`).want(201).into(&made)
	if made.Start != "11:00" || made.Limit != 900 || len(made.Days) != 2 || made.Seasons[0]["start"] != "11:30" || made.DaysOff[1]["start"] != "12:00" || made.Revision != 1 {
		t.Errorf("made %+v", made)
	}
	path := "/api/v1/slots/" + made.ID
	for _, tt := range []struct {
		name, body, want string
		status           int
	}{
		{"no start", `{"start":"","length":1800}`, "start date", 422},
		{"25 o'clock", `{"start":"25:00","length":1800}`, "start date", 422},
		{"too short", `{"start":"11:00","length":10}`, "length out-of-range", 422},
		{"a limit longer than the slot", `{"start":"11:00","length":600,"limit":700}`, "limit out-of-range", 422},
		{"30 February", `{"start":"11:00","length":600,"seasons":[{"from":"02-30","to":"03-01","start":"11:00"}]}`, "seasons[0].from date", 422},
		{"a day twice", `{"start":"11:00","length":600,"days_off":[{"date":"2027-02-06","off":true},{"date":"2027-02-06","off":true}]}`, "days_off[1].date overlap", 422},
		{"no such day of the week", `{"start":"11:00","length":600,"days":["tết"]}`, "days[0] unknown", 422},
		{"a sound that is not there", `{"start":"11:00","length":600,"closing":"x"}`, "closing unknown", 422},
		{"stale", `{"start":"11:00","length":600,"revision":9}`, "", 409},
	} {
		a := h.call("officer", "PUT", path, tt.body).want(tt.status)
		if got := a.faults(); tt.want != "" && got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	made = slot{}
	h.call("officer", "PUT", path, `{"start":"11:15","length":600,"revision":1}`).want(200).into(&made)
	if made.Start != "11:15" || made.Revision != 2 || made.Limit != 0 {
		t.Errorf("changed %+v", made)
	}
	h.call("officer", "DELETE", path, "").want(204)
	h.call("officer", "DELETE", path, "").want(404)
}

// TestFixedTimesFollowTheirRule: what keeps its time of day stays when the start of
// its slot is edited, the rest moves with it.
func TestFixedTimesFollowTheirRule(t *testing.T) {
	h := newHouse(t)
	h.w.shelf = []recordings.Recording{{ID: "quoc-ca", Village: "un-ta", Title: "Quốc ca", Length: 90 * time.Second}}
	h.w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1", Village: "un-ta"}, Name: "VOV1", URL: "https://vov.example/"}}
	path := "/api/v1/slots/" + h.w.slots[1].ID
	h.call("officer", "PUT", path+"/relays", `{"relays":[{"recording":"quoc-ca","at":"17:00"},{"station":"vov1","at":"17:10","length":300,"keeps":true}]}`).want(200)
	want := []scheduler.SlotRelay{{Recording: "quoc-ca", Length: 90 * time.Second}, {Station: "vov1", Offset: 10 * time.Minute, Length: 5 * time.Minute, Keeps: true}}
	if !reflect.DeepEqual(h.w.slots[1].Relays, want) {
		t.Errorf("relays %+v", h.w.slots[1].Relays)
	}
	h.call("officer", "PUT", path, `{"start":"16:55","length":1800}`).want(200)
	want[1].Offset = 15 * time.Minute
	if !reflect.DeepEqual(h.w.slots[1].Relays, want) {
		t.Errorf("after the edit %+v", h.w.slots[1].Relays)
	}
	if got := h.call("officer", "PUT", path, `{"start":"17:30","length":1800}`).want(422).faults(); got != "relays out-of-range" {
		t.Errorf("its time lies outside the slot: %q", got)
	}
	if got := h.call("officer", "PUT", path+"/relays", `{"relays":[{"recording":"x","at":"17:00"}]}`).want(422).faults(); got != "relays[0].recording unknown" {
		t.Errorf("no such recording: %q", got)
	}
}

// TestSlotFormKeepsAllDaysOff: a form that is saved as it is loses none of the days
// that a program set, however many there are.
func TestSlotFormKeepsAllDaysOff(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Officer, "vi")
	f := url.Values{"name": {"Buổi tối"}, "start": {"17:30"}, "length": {"45"}, "day": {"mon"}, "revision": {"0"}}
	first := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 400 {
		d := first.AddDate(0, 0, i)
		w.slots[1].DaysOff = append(w.slots[1].DaysOff, scheduler.SlotDay{Date: scheduler.Date{Year: d.Year(), Month: d.Month(), Day: d.Day()}, Off: true})
		f.Set("off_date_"+strconv.Itoa(i+1), d.Format(time.DateOnly))
	}
	id := w.slots[1].ID
	if p := s.get("/slots/" + id); strings.Count(p.body, `value="2027-`)+strings.Count(p.body, `value="2028-`) != 400 {
		t.Errorf("the form shows %d days", strings.Count(p.body, `value="2027-`)+strings.Count(p.body, `value="2028-`))
	}
	if p := s.post("/slots/"+id, f); p.location != "/slots?told=slot-saved" || len(w.slots[1].DaysOff) != 400 {
		t.Errorf("status %d, %d days are left: %s", p.status, len(w.slots[1].DaysOff), p.text)
	}
}

// TestSlotPage: the form of a slot says before it is saved what changes, keeps what
// was typed when something is wrong, and saves.
func TestSlotPage(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/slots"); p.status != http.StatusOK || !strings.Contains(p.text, "Buổi sáng, 05:30") {
		t.Fatalf("list: status %d: %s", p.status, p.text)
	}
	if p := s.get("/slots/new"); p.status != http.StatusOK || strings.Contains(p.text, "Xóa buổi phát") {
		t.Errorf("new: status %d: %s", p.status, p.text)
	}
	id := w.slots[1].ID
	f := url.Values{
		"name": {"Buổi tối"}, "start": {"17:30"}, "length": {"45"}, "limit": {"15"}, "day": {"mon", "tue"}, "revision": {"0"},
		"season_from_1": {"15/11"}, "season_to_1": {"28/2"}, "season_start_1": {"17:00"},
		"off_date_1": {"2027-02-06"}, "off_date_2": {"2027-02-07"}, "off_start_2": {"18:00"},
	}
	preview := url.Values{"preview": {"1"}}
	for k, v := range f {
		preview[k] = v
	}
	if p := s.post("/slots/"+id, preview); p.status != http.StatusOK || !strings.Contains(p.text, "Thay đổi trong kế hoạch") || !strings.Contains(p.body, `value="Buổi tối"`) || w.slots[1].Name != "Buổi chiều" {
		t.Errorf("preview: status %d: %s", p.status, p.text)
	}
	if p := s.post("/slots/"+id, f); p.location != "/slots?told=slot-saved" {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	got, want := w.slots[1], scheduler.Slot{
		Owned: w.slots[1].Owned, Name: "Buổi tối", Start: 17*60 + 30, Length: 45 * time.Minute, Limit: 15 * time.Minute, Days: 1<<time.Monday | 1<<time.Tuesday,
		Seasons: []scheduler.Season{{From: scheduler.MonthDay{Month: 11, Day: 15}, To: scheduler.MonthDay{Month: 2, Day: 28}, Start: 17 * 60}},
		DaysOff: []scheduler.SlotDay{{Date: scheduler.Date{Year: 2027, Month: 2, Day: 6}, Off: true}, {Date: scheduler.Date{Year: 2027, Month: 2, Day: 7}, Start: 18 * 60}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v, want %+v", got, want)
	}
	if p := s.get("/slots"); !strings.Contains(p.text, "Từ 15/11 đến 28/2: bắt đầu lúc 17:00") || !strings.Contains(p.text, "Bản tin tối đa 15 phút") {
		t.Errorf("list: %s", p.text)
	}
	f.Set("season_from_1", "30/2")
	f.Set("revision", "1")
	if p := s.post("/slots/"+id, f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="30/2"`) || !strings.Contains(p.text, "Hãy ghi đủ ngày đầu") {
		t.Errorf("30 February: status %d: %s", p.status, p.text)
	}
	f.Set("season_from_1", "15/11")
	f.Set("revision", "9")
	if p := s.post("/slots/"+id, f); p.status != http.StatusConflict {
		t.Errorf("stale: status %d", p.status)
	}
	if p := s.post("/slots/new", url.Values{"name": {"Trưa"}, "start": {"11:00"}, "length": {"20"}, "day": {"sun"}, "revision": {"0"}}); p.location != "/slots?told=slot-saved" || len(w.slots) != 3 {
		t.Errorf("new: status %d, %d slots: %s", p.status, len(w.slots), p.text)
	}
	if p := s.post("/slots/"+w.slots[2].ID+"/remove", looked(nil)); p.location != "/slots?told=slot-removed" || len(w.slots) != 2 {
		t.Errorf("removed: status %d, %d slots", p.status, len(w.slots))
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/slots"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: status %d", p.status)
	}
}

// TestAuthorIsToldBeforeTheDay: on the first page the author reads what does not fit,
// and where it airs, until the author has said so; officers see what is unseen.
func TestAuthorIsToldBeforeTheDay(t *testing.T) {
	w := newWorld(t)
	author := newSite(t, w, people.Cadre, "vi")
	name := "truongthon"
	w.tellings = []scheduler.Telling{
		{Occurrence: "o1", Announcement: noticeID, Title: "Họp thôn", Author: name, Slot: w.slots[0].ID, From: w.at(24, 5, 30), To: w.at(24, 17, 0), Reason: scheduler.ReasonNextTime, Told: w.now},
		{Occurrence: "o2", Announcement: noticeID, Title: "Tiêm chủng", Author: "Người khác", Slot: w.slots[0].ID, From: w.at(25, 5, 30), Reason: scheduler.ReasonSlotFull, Told: w.now},
	}
	p := author.get("/")
	if !strings.Contains(p.text, "“Họp thôn” không vừa buổi sáng 05:30 ngày mai, thứ Ba 24/11, chuyển sang 17:00 ngày mai, thứ Ba 24/11") || strings.Contains(p.text, "Tiêm chủng") {
		t.Errorf("author reads: %s", p.text)
	}
	if p := newSite(t, w, people.Officer, "vi").get("/plan"); !strings.Contains(p.text, "Họp thôn") || !strings.Contains(p.text, "không có buổi nào khác") || !strings.Contains(p.text, "chưa xem") {
		t.Errorf("officer reads: %s", p.text)
	}
	author = newSite(t, w, people.Cadre, "vi")
	if p := author.post("/moved/seen", url.Values{"occurrence": {"o1"}}); p.location != "/" || w.tellings[0].SeenBy != name {
		t.Errorf("status %d, %+v", p.status, w.tellings[0])
	}
	if p := author.get("/"); strings.Contains(p.text, "không vừa") {
		t.Errorf("told again: %s", p.text)
	}
	h := newHouse(t)
	h.w.tellings = w.tellings
	var out struct{ Moved []map[string]any }
	h.call("viewer", "GET", "/api/v1/moved?author="+url.QueryEscape(name), "").want(200).into(&out)
	if len(out.Moved) != 1 || out.Moved[0]["seen_by"] != name || !strings.Contains(out.Moved[0]["detail"].(string), "Họp thôn") {
		t.Errorf("moved %+v", out)
	}
	h.call("cadre", "POST", "/api/v1/moved/o2/seen", "").want(204)
	h.call("cadre", "POST", "/api/v1/moved/o9/seen", "").want(404)
}

// TestTimesOfASchedule: how often a notice airs in a slot and on a day is taken from
// the form and from the API, and told.
func TestTimesOfASchedule(t *testing.T) {
	h := newHouse(t)
	var made struct {
		ID string
	}
	h.call("cadre", "POST", "/api/v1/announcements", `{"title":"Họp thôn","text":"Kính mời bà con","renditions":[{"language":"vi"}]}`).want(201).into(&made)
	path := "/api/v1/announcements/" + made.ID + "/schedules"
	var s struct {
		PerSlot int `json:"per_slot"`
		PerDay  int `json:"per_day"`
	}
	h.call("cadre", "POST", path, `{"kind":"slots","slots":["17:00"],"per_slot":3,"per_day":2}`).want(201).into(&s)
	if s.PerSlot != 3 || s.PerDay != 2 {
		t.Errorf("made %+v", s)
	}
	if got := h.call("cadre", "POST", path, `{"kind":"now","per_slot":3}`).want(422).faults(); got != "per_slot unexpected" {
		t.Errorf("of now: %q", got)
	}
	h.call("cadre", "POST", path, `{"kind":"slots","slots":["17:00"],"per_slot":11}`).want(422)
}

// TestSilentDaysAreToldInOneLine: turns that air nowhere for one reason are one line,
// in words of that reason, and are seen together.
func TestSilentDaysAreToldInOneLine(t *testing.T) {
	w := newWorld(t)
	for i, id := range []string{"o1", "o2", "o3"} {
		w.tellings = append(w.tellings, scheduler.Telling{
			Occurrence: id, Announcement: noticeID, Title: "Họp thôn", Author: "truongthon", Slot: w.slots[0].ID, From: w.at(24+i, 5, 30), Reason: scheduler.ReasonHoliday, Told: w.now,
		})
	}
	w.tellings = append(w.tellings, scheduler.Telling{Occurrence: "o4", Announcement: noticeID, Title: "Họp thôn", Author: "truongthon", From: w.at(28, 0, 0), Reason: scheduler.ReasonNoSlot, Told: w.now})
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/")
	for _, want := range []string{"“Họp thôn” không phát được buổi sáng 05:30 ngày mai", "ngày nghỉ", "(và 2 lượt nữa)", "được hẹn trong một buổi phát không còn nữa"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not told: %s", want, p.text)
		}
	}
	if strings.Contains(p.text, "không vừa") || strings.Count(p.text, "Tôi đã biết") != 2 {
		t.Errorf("told as %s", p.text)
	}
	if p := s.post("/moved/seen", url.Values{"occurrence": {"o1", "o2", "o3"}}); p.location != "/" {
		t.Fatalf("status %d", p.status)
	}
	if p := s.get("/"); strings.Contains(p.text, "không phát được buổi sáng") || !strings.Contains(p.text, "không còn nữa") {
		t.Errorf("told again: %s", p.text)
	}
}

// TestMovedTurnsAreToldInOneLine: four notices of every day that a slot has no room for
// once made twenty-eight lines of the first page.
func TestMovedTurnsAreToldInOneLine(t *testing.T) {
	w := newWorld(t)
	w.aired(noticeID, "Họp thôn", scheduler.ClassNormal, w.at(24, 7, 0), time.Minute)
	for i, id := range []string{"o1", "o2", "o3"} {
		w.tellings = append(w.tellings, scheduler.Telling{
			Occurrence: id, Announcement: noticeID, Title: "Họp thôn", Author: "truongthon", Slot: w.slots[0].ID, From: w.at(24+i, 5, 30), To: w.at(24+i, 17, 0), Reason: scheduler.ReasonSlotLimit, Told: w.now,
		})
	}
	other := w.tellings[0]
	other.Occurrence, other.Slot = "o4", w.slots[1].ID
	w.tellings = append(w.tellings, other)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/")
	if !strings.Contains(p.text, "chuyển sang 17:00 ngày mai") || !strings.Contains(p.text, "(và 2 lượt nữa)") || strings.Count(p.text, "Tôi đã biết") != 2 {
		t.Errorf("told as %s", p.text)
	}
	if p := s.get("/announcements/" + noticeID); strings.Contains(p.text, "lượt nữa") || strings.Count(p.text, "chuyển sang 17:00") != 4 {
		t.Errorf("its own page tells %s", p.text)
	}
	if p := s.post("/moved/seen", url.Values{"occurrence": {"o1", "o2", "o3"}}); p.location != "/" {
		t.Fatalf("status %d", p.status)
	}
	if p := s.get("/"); strings.Count(p.text, "Tôi đã biết") != 1 {
		t.Errorf("told again: %s", p.text)
	}
}
