package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestConflictOffersItsWayOut: the plan names what finds no place, and one press leads to
// the look at moving it, which moves it; to who may, and on the days that are shown.
func TestConflictOffersItsWayOut(t *testing.T) {
	w := newWorld(t)
	w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	w.plan = planned(t, w)
	s := newSite(t, w, people.Cadre, "vi")
	p := foreseen(t, s)
	if !strings.Contains(p.text, "Chưa có chỗ: Chuông đêm") || !strings.Contains(p.text, "Chọn giờ khác") {
		t.Fatalf("the conflict is not told: %s", p.text)
	}
	forms := wayForms(t, p)
	f := forms["at"]
	if len(forms) != 1 || f == nil || !strings.Contains(p.text, "Dời sang") {
		t.Fatalf("the ways on the page are %v: %s", forms, p.text)
	}
	if p := s.get("/plan?day=2026-11-24"); len(wayForms(t, p)) != 1 {
		t.Errorf("the day has %v", wayForms(t, p))
	}
	for _, other := range []string{"/plan?day=2026-11-25", "/plan?week=2026-12-01"} {
		if p := s.get(other); len(wayForms(t, p)) != 0 {
			t.Errorf("%s offers what is of another day", other)
		}
	}
	p = s.post("/announcements/"+bellID+"/ways", f)
	if p.status != http.StatusOK || !strings.Contains(p.text, "Thay đổi trong kế hoạch") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if p = s.post("/announcements/"+bellID+"/ways", looked(fields(t, p.body))); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	w.plan = planned(t, w)
	if p := s.get("/plan?week=2026-11-24"); strings.Contains(p.text, "Chưa có chỗ") {
		t.Errorf("it is still told: %s", p.text)
	}
}

// foreseen opens the plan until a way out is on it: the page does not wait for one that is
// not found in a moment, and has it the next time.
func foreseen(t *testing.T, s *site) page {
	t.Helper()
	p := s.get("/plan?week=2026-11-24")
	for deadline := time.Now().Add(20 * time.Second); len(wayForms(t, p)) == 0 && time.Now().Before(deadline); p = s.get("/plan?week=2026-11-24") {
		time.Sleep(50 * time.Millisecond)
	}
	return p
}

// TestConflictIsOfferedToWhoMayMoveIt: others read why, and press nothing.
func TestConflictIsOfferedToWhoMayMoveIt(t *testing.T) {
	w := newWorld(t)
	w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	w.plan = planned(t, w)
	for role, may := range map[people.Role]bool{people.Viewer: false, people.Recorder: false, people.Cadre: true, people.Officer: true} {
		s := newSite(t, w, role, "vi")
		p := s.get("/plan?week=2026-11-24")
		if may {
			p = foreseen(t, s)
		}
		if got := len(wayForms(t, p)) > 0; got != may || !strings.Contains(p.text, "Chuông đêm") {
			t.Errorf("%s: offered %v, want %v", role, got, may)
		}
	}
}
