package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// An emergency is never refused for a detail: it sounds, and the answer says
// what was repaired.
func TestEmergencyIsNotRefusedForADetail(t *testing.T) {
	cases := []struct {
		name, body string
		warnings   string
		languages  []string
		title      string
	}{
		{"nothing wrong", `{"title":"Lũ","reason":"x","languages":["vi"]}`, "", []string{"vi"}, "Lũ"},
		{"unknown language", `{"title":"Lũ","reason":"x","languages":["--"]}`, "languages unknown", nil, "Lũ"},
		{"one of two languages", `{"title":"Lũ","reason":"x","languages":["fr","pcc"]}`, "languages unknown", []string{"pcc"}, "Lũ"},
		{"unknown zone", `{"title":"Lũ","reason":"x","zones":["sao Hỏa"]}`, "zones unknown", nil, "Lũ"},
		{"empty title", `{"title":" ","reason":"x"}`, "title required", nil, "Tin khẩn cấp"},
		{"no title", `{"reason":"x"}`, "title required", nil, "Tin khẩn cấp"},
		{"for a year", `{"title":"Lũ","reason":"x","expires_in":31536000}`, "expires_in out-of-range", nil, "Lũ"},
		{"a million cycles", `{"title":"Lũ","reason":"x","repeat":1000000}`, "repeat out-of-range", nil, "Lũ"},
		{"100 KB of text", `{"title":"Lũ","reason":"x","text":"` + strings.Repeat("lũ ", 30_000) + `"}`, "text too-long", nil, "Lũ"},
		{"only punctuation", `{"title":"Lũ","reason":"x","text":"!!!"}`, "text no-words", nil, "Lũ"},
		{"control characters", `{"title":"Lũ","reason":"x","text":"Chạy\u0000ngay"}`, "text control-characters", nil, "Lũ"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			var e struct {
				Title    string
				Warnings []struct{ Field, Code, Detail string }
			}
			h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", c.body).want(201).into(&e)
			var got []string
			for _, w := range e.Warnings {
				got = append(got, w.Field+" "+w.Code)
				if w.Detail == "" || strings.Contains(w.Detail, "{0}") || strings.HasPrefix(w.Detail, "emergency-") {
					t.Errorf("no words: %+v", w)
				}
			}
			if strings.Join(got, ", ") != c.warnings || e.Title != c.title {
				t.Errorf("title %q, warnings %v, want %q, %q", e.Title, got, c.title, c.warnings)
			}
			if len(h.w.raised) != 1 || !slices.Equal(h.w.raised[0].Languages, c.languages) || len(h.w.raised[0].Zones) > 0 || h.w.raised[0].Title != c.title {
				t.Errorf("raised %+v", h.w.raised)
			}
		})
	}
}

// What was brought within its bounds says which they are, in words.
func TestEmergencyRepairedSaysTheLimits(t *testing.T) {
	h := newHouse(t)
	var e struct {
		Warnings []struct{ Field, Detail string }
	}
	h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", `{"title":"Lũ","reason":"x","expires_in":31536000,"repeat":-4}`).want(201).into(&e)
	said := fmt.Sprint(e.Warnings)
	for _, want := range []string{"repeat Ngoài mức cho phép, máy đã đưa về trong mức: 0–100.", "expires_in Ngoài mức cho phép, máy đã đưa về trong mức: nhiều nhất 24 giờ."} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
}

// The village's languages come from memory while the database hangs, and are
// not doubted when they were never read.
func TestEmergencyOfAVillageThatCannotBeRead(t *testing.T) {
	h := newHouse(t)
	h.w.broken = errDisk
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"x","languages":["hmn"]}`).want(201)
	if got := h.w.raised[0].Languages; !slices.Equal(got, []string{"hmn"}) {
		t.Errorf("languages %v", got)
	}
	h = newHouse(t)
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = errDisk
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"x","languages":["hmn"]}`).want(201)
	if got := h.w.raised[0].Languages; len(got) != 0 {
		t.Errorf("languages %v", got)
	}
}

// The page raises it too, and says that something was repaired.
func TestEmergencyPageIsNotRefusedForADetail(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/emergency", map[string][]string{"do": {"raise"}, "title": {""}, "reason": {"Nước suối lên"}, "text": {"!!!"}, "language": {"vi"}})
	if p.location != "/emergency?told=emergency-repaired" || len(w.raised) != 1 || w.raised[0].Title != "Tin khẩn cấp" || w.raised[0].Text != "" {
		t.Fatalf("status %d, to %q, raised %+v", p.status, p.location, w.raised)
	}
	if p := s.get(p.location); !strings.Contains(p.text, "Máy đã sửa chỗ ghi chưa đúng") {
		t.Error("nothing is said of it")
	}
}

// Emergencies alternate, replace one another, and are renewed; what keeps one
// from being heard is shown.
func TestEmergenciesAreRenewedAndReplaced(t *testing.T) {
	h := newHouse(t)
	raise := func(body string) (e struct {
		ID, Supersedes string
		Warnings       []struct{ Field, Code, Detail string }
	},
	) {
		t.Helper()
		h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", body).want(201).into(&e)
		return e
	}
	first := raise(`{"title":"Lũ","reason":"x"}`)
	second := raise(`{"title":"Cháy","reason":"x"}`)
	h.w.air.Emergencies[1].Sounding = false
	h.w.air.Emergencies[1].Faults = []playout.EmergencyFault{{Code: playout.TroubleWaiting}, {Code: playout.FaultNoVoice, Language: "pcc"}}
	var air struct {
		Emergency   struct{ ID string }
		Emergencies []struct {
			ID       string
			Sounding bool
			Faults   []struct{ Code, Language, Detail string }
		}
	}
	h.call("viewer", "GET", "/api/v1/air?lang=vi", "").want(200).into(&air)
	if len(air.Emergencies) != 2 || air.Emergency.ID != second.ID || !air.Emergencies[0].Sounding || air.Emergencies[1].Sounding {
		t.Fatalf("air = %+v", air)
	}
	if f := air.Emergencies[1].Faults; len(f) != 2 || f[0].Code != "waiting" || f[1].Language != "pcc" || f[1].Detail != "Máy không có giọng đọc tiếng Giáy. Còi vẫn hú." {
		t.Errorf("faults = %+v", f)
	}

	third := raise(`{"title":"Lũ lớn","reason":"x","supersedes":"` + first.ID + `"}`)
	if third.Supersedes != first.ID || len(third.Warnings) > 0 || h.w.raised[2].Supersedes != first.ID {
		t.Errorf("replaced: %+v", third)
	}
	fourth := raise(`{"title":"Bão","reason":"x","supersedes":"` + first.ID + `"}`)
	if fourth.Supersedes != "" || len(fourth.Warnings) != 1 || fourth.Warnings[0].Code != "not-active" || fourth.Warnings[0].Detail == "" {
		t.Errorf("replacing what is over: %+v", fourth)
	}

	var renewed struct{ Expires time.Time }
	h.call("cadre+", "PATCH", "/api/v1/emergency/"+third.ID, `{"expires_in":1800}`).want(200).into(&renewed)
	if got := renewed.Expires.Sub(h.w.now); got != 30*time.Minute {
		t.Errorf("renewed for %v", got)
	}
	h.call("cadre+", "PATCH", "/api/v1/emergency/"+third.ID, `{}`).want(200).into(&renewed)
	if got := renewed.Expires.Sub(h.w.now); got != scheduler.DefaultEmergencyLife {
		t.Errorf("renewed for %v", got)
	}
	if p := h.call("cadre+", "PATCH", "/api/v1/emergency/"+third.ID, `{"expires_in":-1}`).want(422).problem(); p.Errors[0].Field != "expires_in" {
		t.Errorf("renewed into the past: %+v", p)
	}
	if p := h.call("cadre+", "PATCH", "/api/v1/emergency/"+first.ID, `{}`).want(409).problem(); p.Code != "no-emergency" {
		t.Errorf("renewed what is over: %+v", p)
	}

	h.w.tooMany = playout.ErrManyEmergencies
	if p := h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", `{"title":"Lũ","reason":"x"}`).want(409).problem(); p.Code != "many-emergencies" || !strings.Contains(p.Detail, "quá nhiều tin khẩn cấp") {
		t.Errorf("one too many: %+v", p)
	}
}

// The page shows what is wrong, prolongs, and lets a new one replace the one on
// air.
func TestEmergencyPageRenewsAndReplaces(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.emergencyOn()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/emergency")
	if !strings.Contains(p.text, "Máy không có giọng đọc tiếng Giáy. Còi vẫn hú.") || !strings.Contains(p.body, `data-faults="e1"`) {
		t.Errorf("what is wrong is not shown: %s", p.text)
	}
	if p := s.post("/emergency/renew", url.Values{"id": {"e1"}}); p.location != "/emergency?told=emergency-renewed" {
		t.Errorf("renewed: sent to %q", p.location)
	}
	if got := w.air.Emergencies[0].Expires.Sub(w.now); got != scheduler.DefaultEmergencyLife {
		t.Errorf("it lives %v", got)
	}
	if p := s.post("/emergency/renew", url.Values{"id": {"gone"}}); p.location != "/emergency?told=emergency-gone" {
		t.Errorf("renewed what is over: sent to %q", p.location)
	}

	p = s.get("/emergency?do=new")
	if f := p.fields(t); f.Get("replaces") != "e1" || !strings.Contains(p.text, "Thay tin “Lũ quét, sạt lở đất”") {
		t.Fatalf("the form replaces %q: %s", f.Get("replaces"), p.text)
	}
	words := url.Values{"do": {"ask"}, "title": {"Lũ lớn"}, "reason": {"Nước đã vào nhà"}, "text": {"Chạy ngay"}, "language": {"vi"}, "replaces": {"e1"}}
	yes := s.post("/emergency", words).fields(t)
	yes.Set("do", "raise")
	if p = s.post("/emergency", yes); p.location != "/emergency" || len(w.raised) != 1 || w.raised[0].Supersedes != "e1" || len(w.air.Emergencies) != 1 {
		t.Fatalf("sent to %q, raised %+v", p.location, w.raised)
	}
	words["replaces"], words["do"] = []string{""}, []string{"raise"}
	if s.post("/emergency", words); len(w.air.Emergencies) != 2 {
		t.Fatalf("active %+v", w.air.Emergencies)
	}
	if p := s.get("/emergency"); !strings.Contains(p.text, "Dừng tất cả") {
		t.Error("the button does not say that it ends both")
	}
}
