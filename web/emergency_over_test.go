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

// TestAllClearAfterAnEmergency: behind the stop the all-clear is offered, and one press
// makes a notice of priority that airs now in every language of the village.
func TestAllClearAfterAnEmergency(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get(s.post("/emergency/stop", nil).location)
	if !strings.Contains(p.text, "Phát tin báo yên") || !strings.Contains(p.text, "Hết báo động. Thôn Ún Tà đã an toàn.") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	before := len(w.notices)
	f := fields(t, p.body)
	f.Del("lang")
	f.Set("text", "Hết báo động. Mời bà con về nhà.")
	if p := s.post("/announcements/new", f); p.status != http.StatusSeeOther || len(w.notices) != before+1 {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	d := w.notices[w.order[len(w.order)-1]]
	if d.Announcement.Class != scheduler.ClassPriority || len(d.Schedules) != 1 || d.Schedules[0].Kind != scheduler.Now || d.Announcement.Title != "Hết báo động" {
		t.Errorf("made %+v with %+v", d.Announcement, d.Schedules)
	}
	w.emergencyOn()
	if p := s.get("/emergency?over=1"); strings.Contains(p.text, "Phát tin báo yên") {
		t.Error("the all-clear is offered while an emergency sounds")
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
