package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestPlanOfAnotherVillage: who is bound to no village sees the plan of each, the one that
// was looked at last again; what another board drives says so, and nothing is changed
// there.
func TestPlanOfAnotherVillage(t *testing.T) {
	w := newWorld(t)
	w.everywhere = true
	other := w.village
	other.Key, other.Name = "toong-gianh", "Toòng Giành"
	w.neighbours = []scheduler.Village{other}
	w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	w.aired(hopID, "Mời họp", scheduler.ClassNormal, w.at(24, 18, 30), time.Minute)
	hop := w.notices[hopID]
	hop.Announcement.Village, hop.Schedules[0].Village = other.Key, other.Key
	w.notices[hopID] = hop
	s := newSite(t, w, people.Officer, "vi")

	own := s.get("/plan?week=2026-11-24")
	if !strings.Contains(own.text, "Thôn Toòng Giành") || strings.Contains(own.text, "do máy khác phát") || !strings.Contains(own.body, "data-turn") {
		t.Fatalf("the board's own plan: %s", own.text)
	}
	there := s.get("/plan?village=toong-gianh&week=2026-11-24")
	s.take(there)
	for name, p := range map[string]page{"asked for": there, "remembered": s.get("/plan?day=2026-11-24")} {
		if p.status != http.StatusOK || !strings.Contains(p.text, "Loa thôn Toòng Giành do máy khác phát") || !strings.Contains(p.text, "Mời họp") {
			t.Errorf("%s: %d %s", name, p.status, p.text)
		}
		for _, change := range []string{"data-turn", "/plan/move", "/announcements/new?", "/ways\""} {
			if strings.Contains(p.body, change) {
				t.Errorf("%s: the plan of another board can be changed by %s", name, change)
			}
		}
	}
	back := s.get("/plan?village=un-ta")
	s.cookies = slices.DeleteFunc(s.cookies, func(c *http.Cookie) bool { return c.Name == "plan-village" })
	s.take(back)
	if p := s.get("/plan?week=2026-11-24"); strings.Contains(p.text, "do máy khác phát") {
		t.Errorf("the way back is not remembered: %s", p.text)
	}
	if p := s.get("/plan?village=nowhere"); p.status != http.StatusOK || strings.Contains(p.text, "do máy khác phát") {
		t.Errorf("a village that is not there: %d %s", p.status, p.text)
	}
}

// TestPlanOfOneVillage: who is bound to a village sees its plan alone, whatever the
// address says.
func TestPlanOfOneVillage(t *testing.T) {
	w := newWorld(t)
	other := w.village
	other.Key, other.Name = "toong-gianh", "Toòng Giành"
	w.neighbours = []scheduler.Village{other}
	p := newSite(t, w, people.Cadre, "vi").get("/plan?village=toong-gianh")
	if p.status != http.StatusOK || strings.Contains(p.text, "Toòng Giành") {
		t.Errorf("%d %s", p.status, p.text)
	}
}
