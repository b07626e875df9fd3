package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// TestAllClearAfterAnEmergency: behind the stop the all-clear is offered for where the
// emergency was heard, and one press says it at once, by the emergency's own way.
func TestAllClearAfterAnEmergency(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.village.Allowed = []scheduler.Window{{From: 300, To: 301}} // no notice may air now
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Zones = []string{"dau-thon", "cuoi-thon"} })
	p := s.get(s.post("/emergency/stop", nil).location)
	if !strings.Contains(p.text, "Phát tin báo yên") || !strings.Contains(p.text, "Hết báo động. Thôn Ún Tà đã an toàn.") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	w.air.Over = &scheduler.Emergency{Title: "Lũ", Zones: []string{"cuoi-thon"}, Languages: []string{"vi"}, Ended: w.now}
	if p := s.get("/emergency"); !strings.Contains(p.text, "Báo yên: hết “Lũ”") {
		t.Errorf("the emergency page does not lead to it: %s", p.text)
	}
	before := len(w.notices)
	p = s.get("/emergency?over=1")
	for _, want := range []string{`name="zone" value="cuoi-thon" checked`, `name="zone" value="dau-thon">`, `name="language" value="vi" checked`, `name="language" value="pcc">`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("it proposes no %s: %s", want, p.body)
		}
	}
	f := url.Values{"zone": {"cuoi-thon"}, "language": {"vi"}, "text": {""}}
	if p := s.post("/emergency/all-clear", f); p.location != "/emergency?told=all-clear" || len(w.notices) != before || len(w.raised) != 1 {
		t.Fatalf("status %d to %q, raised %+v: %s", p.status, p.location, w.raised, p.text)
	}
	e := w.raised[0]
	if !e.AllClear || e.Repeat != 2 || e.Title != "Hết báo động" || !strings.HasPrefix(e.Text, "Hết báo động. Thôn Ún Tà") || !slices.Equal(e.Zones, []string{"cuoi-thon"}) || e.Expires.Sub(e.Raised) != scheduler.AllClearLife {
		t.Errorf("raised %+v", e)
	}
	if p := s.get("/emergency"); !strings.Contains(p.text, "Đang phát tin báo yên") || strings.Contains(p.text, "Phát thêm") || strings.Contains(p.body, "air alarm") {
		t.Errorf("while it is said: %s", p.text)
	}
	if p := s.get("/plan"); !strings.Contains(p.text, "Đang phát tin báo yên") || strings.Contains(p.body, "air alarm") {
		t.Error("a page tells of it as of a danger")
	}
	if to := s.post("/emergency/stop", nil).location; to != "/emergency?told=all-clear-stopped" {
		t.Errorf("stopped, it leads to %q", to)
	}
	w.emergencyOn()
	if p := s.get("/emergency?over=1"); strings.Contains(p.text, "Phát tin báo yên") {
		t.Error("the all-clear is offered while an emergency sounds")
	}
}

// TestAllClearByTheAPI: it goes where the emergency was heard, is not refused for a
// detail, and needs what the emergency needs, which is no database.
func TestAllClearByTheAPI(t *testing.T) {
	h := newHouse(t)
	h.call("viewer", "POST", "/api/v1/emergency/all-clear", `{}`).want(403)
	h.call("cadre", "POST", "/api/v1/emergency/all-clear", `{}`).want(403) // a token without the emergency right
	h.w.air.Over = &scheduler.Emergency{Languages: []string{"pcc"}}
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = errDisk
	var e struct {
		Text      string
		Languages []string
		Repeat    int
		AllClear  bool `json:"all_clear"`
		Warnings  []struct{ Field, Code string }
	}
	h.call("cadre+", "POST", "/api/v1/emergency/all-clear", `{}`).want(201).into(&e)
	if !e.AllClear || e.Repeat != 2 || !strings.Contains(e.Text, "Ún Tà") || !slices.Equal(e.Languages, []string{"pcc"}) || len(e.Warnings) != 0 {
		t.Errorf("answered %+v", e)
	}
	h.call("cadre+", "POST", "/api/v1/emergency/all-clear", `{"repeat": 50, "text": "!!!", "zones": ["x"]}`).want(201).into(&e)
	if e.Repeat != 3 || !strings.HasPrefix(e.Text, "Hết báo động") || len(e.Warnings) != 3 {
		t.Errorf("answered %+v", e)
	}
	if len(h.w.raised) != 2 || !h.w.raised[1].AllClear {
		t.Errorf("raised %+v", h.w.raised)
	}
}

// TestEveryPageTellsOfAnEmergency: while it sounds each page says so on top and leads to
// where it is stopped; who may not stop it reads it without the way.
func TestEveryPageTellsOfAnEmergency(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	pages := []string{"/announcements", "/plan", "/recordings", "/asrun", "/history", "/words", "/account"}
	for _, path := range pages {
		if p := s.get(path); strings.Contains(p.body, "air alarm") {
			t.Errorf("%s tells of none", path)
		}
	}
	w.emergencyOn()
	for _, path := range pages {
		p := s.get(path)
		if top, _, _ := strings.Cut(p.body, "<h1"); !strings.Contains(top, "Lũ quét, sạt lở đất") || !strings.Contains(top, "Mở để dừng") {
			t.Errorf("%s does not tell of it on top", path)
		}
	}
	if p := newSite(t, w, people.Viewer, "vi").get("/plan"); !strings.Contains(p.text, "Lũ quét") || strings.Contains(p.text, "Mở để dừng") {
		t.Errorf("a viewer reads %s", p.text)
	}
}

// TestEmergencyChoosesZonesAndSirenOnly: the page offers the clusters of loudspeakers, a
// siren without words, and shows what the voice will read.
func TestEmergencyChoosesZonesAndSirenOnly(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Zones = []string{"dau-thon", "cuoi-thon"} })
	if p := s.get("/emergency"); !strings.Contains(p.body, `name="zone" value="cuoi-thon" checked`) || !strings.Contains(p.text, "Chỉ hú còi") || !strings.Contains(p.text, "Máy sẽ đọc, tiếng") {
		t.Errorf("the form says %s", p.text)
	}
	form := url.Values{"what": {"coi"}, "title": {"Báo động"}, "reason": {"Cháy rừng"}, "language": {"vi", "pcc"}, "zone": {"cuoi-thon"}, "do": {"read"}}
	if p := s.post("/emergency", form); p.status != http.StatusOK || len(w.raised) != 0 || !strings.Contains(p.body, `value="dau-thon">`) {
		t.Errorf("only to read: %d, raised %d", p.status, len(w.raised))
	}
	form.Set("do", "ask")
	p := s.post("/emergency", form)
	if zones := fields(t, p.body)["zone"]; !slices.Equal(zones, []string{"cuoi-thon"}) {
		t.Errorf("the second step carries %q", zones)
	}
	form.Set("do", "raise")
	s.post("/emergency", form)
	if len(w.raised) != 1 || w.raised[0].Text != "" || !slices.Equal(w.raised[0].Zones, []string{"cuoi-thon"}) {
		t.Errorf("raised %+v", w.raised)
	}
	form["zone"] = []string{"dau-thon", "cuoi-thon"}
	s.post("/emergency", form)
	if len(w.raised) != 2 || w.raised[1].Zones != nil {
		t.Errorf("all of them: %+v", w.raised)
	}
}
