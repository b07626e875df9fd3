package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
)

func TestDrillsPage(t *testing.T) {
	w := newWorld(t)
	officer := newSite(t, w, people.Officer, "vi")
	p := officer.get("/drills")
	for _, want := range []string{"Thử loa khẩn cấp: 1 lần gần đây, đạt 0", "Không nghe còi ra card âm thanh", "Giữ tin qua mất điện"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page lacks %q: %s", want, p.text)
		}
	}
	form := url.Values{"how": {"audible"}, "often": {"3"}, "weekday": {"WE"}, "time": {"09:00"}, "before": {""}, "after": {"Đã thử xong."}, "siren": {"10"}}
	if p := officer.post("/drills", form); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Đã thử xong.") || len(w.drills) > 0 {
		t.Errorf("without words: status %d", p.status)
	}
	form.Set("before", "Sau đây là thử loa khẩn cấp.")
	if p := officer.post("/drills", form); p.location != "/drills?told=drill-saved" || len(w.drills) != 1 || w.changed != 1 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if d := w.drills[0]; d.Silent || !strings.Contains(d.Rule, "BYDAY=1WE") || !strings.Contains(d.Rule, "INTERVAL=3") {
		t.Errorf("saved %+v", d)
	}
	if p := officer.post("/drills/run", url.Values{"how": {"silent"}}); p.location != "/drills?told=drill-asked" || len(w.drills) != 2 || !w.drills[1].Immediate || !w.drills[1].Silent {
		t.Errorf("status %d: %+v", p.status, w.drills)
	}
	if p := newSite(t, w, people.Cadre, "vi").post("/drills", form); p.status != http.StatusForbidden {
		t.Errorf("a cadre arranges a drill: status %d", p.status)
	}
}
