package web_test

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

// tuner hears what it is told to.
type tuner struct{ web.Reception }

func (t tuner) Try(context.Context, scheduler.Station) web.Reception { return t.Reception }

type stationReply struct {
	ID, Name, URL, Input string
	Revision             int64
}

func TestStationsOfTheAPI(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.Tuner = tuner{web.Reception{Format: "mp3", Loudness: -11.25, Aired: -18}} })
	var st stationReply
	h.call("admin", "POST", "/api/v1/stations", `{"name":"VOV1","url":"https://vov.example/vov1.m3u8"}`).want(201).into(&st)
	if st.ID == "" || st.Revision != 1 || len(h.w.stations) != 1 || h.w.changed != 1 {
		t.Fatalf("%+v, %+v", st, h.w.stations)
	}
	h.call("officer", "POST", "/api/v1/stations", `{"name":"x","url":"http://a.example/"}`).want(403)
	if got := h.call("admin", "POST", "/api/v1/stations", `{"name":"","url":"file:///etc/passwd"}`).want(422).faults(); got != "name required, url no-address" {
		t.Errorf("faults %q", got)
	}
	if got := h.call("admin", "POST", "/api/v1/stations", `{"name":"x","url":"http://a.example/","input":"hw:0"}`).want(422).faults(); got != "input one-of-both" {
		t.Errorf("faults %q", got)
	}
	h.call("admin", "PUT", "/api/v1/stations/"+st.ID, `{"name":"FM","input":"plughw:CARD=Tuner","revision":1}`).want(200).into(&st)
	if st.Name != "FM" || st.Input != "plughw:CARD=Tuner" || st.Revision != 2 {
		t.Errorf("%+v", st)
	}
	h.call("admin", "PUT", "/api/v1/stations/"+st.ID, `{"name":"FM","input":"hw:0","revision":1}`).want(409)
	var heard struct {
		Code, Detail, Format string
		Loudness             float64
	}
	h.call("admin", "POST", "/api/v1/stations/"+st.ID+"/try", "").want(200).into(&heard)
	if heard.Code != "" || heard.Format != "mp3" || heard.Loudness != -11.25 || !strings.Contains(heard.Detail, "LUFS") {
		t.Errorf("%+v", heard)
	}
	h.call("admin", "DELETE", "/api/v1/stations/"+st.ID, "").want(204)
	h.call("admin", "DELETE", "/api/v1/stations/"+st.ID, "").want(404)
}

// A station that cannot be brought to the level of everything else is not told as if
// it were, and a line input has a name people understand.
func TestTriedStationIsToldTruly(t *testing.T) {
	for _, c := range []struct {
		found web.Reception
		want  string
	}{
		{web.Reception{Format: "mp3", Loudness: -34, Aired: -18}, "Thu được tiếng (mp3), độ lớn −34,0 LUFS; khi phát sẽ chỉnh về −18."},
		{web.Reception{Format: "line", Loudness: -41, Aired: -23}, "Thu được tiếng (đường vào), độ lớn −41,0 LUFS, quá nhỏ: khi phát chỉ tăng được lên −23,0. Hãy vặn to máy thu."},
		{web.Reception{Format: "line", Loudness: 2, Aired: -16}, "Thu được tiếng (đường vào), độ lớn 2,0 LUFS, quá to: khi phát chỉ giảm được xuống −16,0. Hãy vặn nhỏ máy thu."},
	} {
		h := newHouse(t, func(c2 *web.Config) { c2.Tuner = tuner{c.found} })
		h.w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1", Village: "un-ta", Revision: 1}, Name: "VOV1", URL: "https://vov.example/"}}
		var heard struct{ Detail string }
		h.call("admin", "POST", "/api/v1/stations/vov1/try?lang=vi", "").want(200).into(&heard)
		if heard.Detail != c.want {
			t.Errorf("%q, want %q", heard.Detail, c.want)
		}
	}
}

func TestRelaysOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1", Village: "un-ta"}, Name: "VOV1", URL: "https://vov.example/"}}
	h.w.shelf = []recordings.Recording{{ID: "quan-ho", Village: "un-ta", Title: "Quan họ"}}
	path := "/api/v1/slots/" + h.w.slots[0].ID + "/relays"
	var slot struct {
		Relays []struct {
			Station        string
			Offset, Length float64
			Fallback       string
			Patience       float64
		}
		Revision int64
	}
	h.call("officer", "PUT", path, `{"relays":[{"station":"vov1","offset":300,"length":600,"fallback":"quan-ho","patience":3}]}`).want(200).into(&slot)
	want := []scheduler.SlotRelay{{Station: "vov1", Offset: 5 * time.Minute, Length: 10 * time.Minute, Fallback: "quan-ho", Patience: 3 * time.Second}}
	if !reflect.DeepEqual(h.w.slots[0].Relays, want) || len(slot.Relays) != 1 || slot.Relays[0].Offset != 300 || slot.Revision != 1 || h.w.changed != 1 {
		t.Errorf("%+v, %+v", slot, h.w.slots[0])
	}
	for _, c := range []struct {
		name, body, faults string
		status             int
	}{
		{"unknown station", `{"relays":[{"station":"x","offset":0,"length":600}]}`, "relays[0].station unknown", 422},
		{"unknown fallback", `{"relays":[{"station":"vov1","offset":0,"length":600,"fallback":"x"}]}`, "relays[0].fallback unknown", 422},
		{"longer than the slot", `{"relays":[{"station":"vov1","offset":1500,"length":600}]}`, "relays out-of-range", 422},
		{"one over the other", `{"relays":[{"station":"vov1","offset":0,"length":600},{"station":"vov1","offset":300,"length":600}]}`, "relays overlap", 422},
		{"stale", `{"relays":[],"revision":9}`, "", 409},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.call("officer", "PUT", path, c.body).want(c.status).faults(); got != c.faults {
				t.Errorf("faults %q", got)
			}
		})
	}
	h.call("cadre", "PUT", path, `{"relays":[]}`).want(403)
	h.call("officer", "PUT", "/api/v1/slots/none/relays", `{"relays":[]}`).want(404)
}

func TestBedAndInterruptionOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.w.shelf = []recordings.Recording{{ID: "sao-truc", Village: "un-ta", Title: "Sáo trúc"}}
	var a struct {
		ID, Bed   string
		Schedules []struct{ Interrupted string }
	}
	h.call("cadre", "POST", "/api/v1/announcements", `{"title":"Họp thôn","text":"Kính mời bà con","bed":"sao-truc","schedules":[{"kind":"now","interrupted":"drop"},{"kind":"now"}]}`).want(201).into(&a)
	if a.Bed != "sao-truc" || len(a.Schedules) != 2 || a.Schedules[0].Interrupted != "drop" || a.Schedules[1].Interrupted != "resume" {
		t.Errorf("%+v", a)
	}
	h.call("cadre", "PATCH", "/api/v1/announcements/"+a.ID, `{"bed":""}`).want(200).into(&a)
	if got := h.call("cadre", "PATCH", "/api/v1/announcements/"+a.ID, `{"bed":"gone"}`).want(422).faults(); got != "bed unknown" {
		t.Errorf("faults %q", got)
	}
	if got := h.call("cadre", "POST", "/api/v1/announcements", `{"title":"Họp thôn","text":"Kính mời bà con","bed":"gone"}`).want(422).faults(); got != "bed unknown" {
		t.Errorf("faults %q", got)
	}
}

func TestScheduleSaysWhatAnInterruptionMeans(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	f := s.get("/announcements/new").fields(t)
	f.Set("title", "Họp thôn")
	f.Set("text", "Kính mời bà con họp thôn.")
	f["language"] = []string{"vi"}
	f.Set("when", "now")
	f.Set("interrupted", "drop")
	f.Set("do", "send")
	p := s.post("/announcements/new", f)
	id, _, _ := strings.Cut(strings.TrimPrefix(p.location, "/announcements/"), "?")
	d := w.notices[id]
	if len(d.Schedules) != 1 || d.Schedules[0].Interrupted != scheduler.Drop {
		t.Fatalf("status %d: %s; %+v", p.status, p.text, d.Schedules)
	}
	if p := s.get("/announcements/" + id); !strings.Contains(p.text, "Khi bị ngắt giữa chừng: bỏ") {
		t.Errorf("the page does not say it: %s", p.text)
	}
}

func TestStationsPage(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Admin, "vi")
	if p := s.get("/stations"); p.status != http.StatusOK || !strings.Contains(p.text, "Chưa có đài nào") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if p := s.post("/stations", url.Values{"id": {""}, "name": {"VOV1"}, "url": {"vov.vn"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="vov.vn"`) || !strings.Contains(p.text, "bắt đầu bằng http://") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := s.post("/stations", url.Values{"id": {""}, "name": {"VOV1"}, "url": {"https://vov.example/"}}); p.location != "/stations?told=station-saved" {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	id := w.stations[0].ID
	if p := s.post("/stations", url.Values{"id": {id}, "revision": {"1"}, "name": {"Đài huyện"}, "url": {"https://vov.example/"}}); p.location != "/stations?told=station-saved" || w.stations[0].Name != "Đài huyện" {
		t.Errorf("status %d: %+v", p.status, w.stations)
	}
	if p := s.post("/stations/"+id+"/try", nil); p.status != http.StatusOK || !strings.Contains(p.text, "không thử được đài") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := s.post("/stations/"+id+"/remove", looked(nil)); p.location != "/stations?told=station-removed" || len(w.stations) != 0 {
		t.Errorf("status %d: %+v", p.status, w.stations)
	}
	if p := newSite(t, w, people.Officer, "vi").get("/stations"); p.status != http.StatusForbidden {
		t.Errorf("an officer: status %d", p.status)
	}
}

func TestRelaysPage(t *testing.T) {
	w := newWorld(t)
	w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: "vov1", Village: "un-ta"}, Name: "VOV1", URL: "https://vov.example/"}}
	w.shelf = []recordings.Recording{{ID: "quan-ho", Village: "un-ta", Title: "Quan họ"}}
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/relays")
	if p.status != http.StatusOK || !strings.Contains(p.text, "Buổi sáng") || !strings.Contains(p.text, "Quan họ") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	form := url.Values{"revision": {"0"}, "station_1": {"vov1"}, "at_1": {"05:32:30"}, "length_1": {"20"}, "fallback_1": {"quan-ho"}, "patience_1": {"4"}, "station_2": {""}, "length_2": {"9"}}
	if p := s.post("/relays/"+w.slots[0].ID, looked(form)); p.location != "/relays?told=relays-saved" {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	want := []scheduler.SlotRelay{{Station: "vov1", Offset: 150 * time.Second, Length: 20 * time.Minute, Fallback: "quan-ho", Patience: 4 * time.Second}}
	if !reflect.DeepEqual(w.slots[0].Relays, want) {
		t.Errorf("%+v", w.slots[0].Relays)
	}
	form.Set("revision", "1")
	form.Set("length_1", "45")
	if p := s.post("/relays/"+w.slots[0].ID, form); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="45"`) || !strings.Contains(p.text, "Ngoài") {
		t.Errorf("too long: status %d: %s", p.status, p.text)
	}
	form.Set("length_1", "nửa giờ")
	if p := s.post("/relays/"+w.slots[0].ID, form); p.status != http.StatusUnprocessableEntity {
		t.Errorf("in words: status %d", p.status)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/relays"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: status %d", p.status)
	}
}
