package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
)

// TestOverlappingSlotsAreTold: at once, by the API before and after saving, and by the
// panel before it saves, on the form and in the list.
func TestOverlappingSlotsAreTold(t *testing.T) {
	h := newHouse(t)
	first := h.w.slots[1] // Buổi chiều, 17:00
	body := `{"name":"Tin xã","start":"17:10","length":3600}`
	vi := map[string]string{"Accept-Language": "vi"}
	var dry struct {
		Asks     bool
		Overlaps []string
	}
	h.do(ask{as: "officer", method: http.MethodPost, path: "/api/v1/slots?dry_run=true", body: body, header: vi}).want(200).into(&dry)
	if !dry.Asks || len(dry.Overlaps) != 1 || !strings.Contains(dry.Overlaps[0], "“Buổi chiều” và “Tin xã” trùng giờ từ 17:10") || !strings.Contains(dry.Overlaps[0], "Nên cho “Tin xã” bắt đầu lúc") {
		t.Errorf("dry: %+v", dry)
	}
	var made struct {
		ID       string
		Overlaps []struct{ With, On, From, To, Detail string }
	}
	h.do(ask{as: "officer", method: http.MethodPost, path: "/api/v1/slots", body: body, header: vi}).want(201).into(&made)
	if len(made.Overlaps) != 1 || made.Overlaps[0].With != first.ID || made.Overlaps[0].From != "17:10" || made.Overlaps[0].Detail != dry.Overlaps[0] {
		t.Errorf("saved: %+v", made)
	}
	dry.Asks, dry.Overlaps = false, nil
	h.do(ask{as: "officer", method: http.MethodPut, path: "/api/v1/slots/" + made.ID + "?dry_run=true", body: `{"name":"Tin xã","start":"11:00","length":3600}`, header: vi}).want(200).into(&dry)
	if dry.Asks || len(dry.Overlaps) != 0 {
		t.Errorf("moved away: %+v", dry)
	}
}

// TestThePanelAsksBeforeSlotsOverlap: whoever looks may save it all the same.
func TestThePanelAsksBeforeSlotsOverlap(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Officer, "vi")
	f := url.Values{"name": {"Tin xã"}, "start": {"17:10"}, "length": {"60"}, "day": {"sun"}, "revision": {"0"}}
	p := s.post("/slots/new", f)
	if p.status != http.StatusOK || !strings.Contains(p.text, "“Buổi chiều” và “Tin xã” trùng giờ từ 17:10") || len(w.slots) != 2 {
		t.Fatalf("status %d, %d slots: %s", p.status, len(w.slots), p.text)
	}
	seen := fields(t, p.body)
	seen.Set("foreseen", "back")
	if p := s.post("/slots/new", seen); !strings.Contains(p.text, "trùng giờ từ 17:10") || !strings.Contains(p.body, `value="Tin xã"`) {
		t.Errorf("the form: %s", p.text)
	}
	seen.Set("foreseen", "save")
	if p := s.post("/slots/new", seen); p.location != "/slots?told=slot-saved" || len(w.slots) != 3 {
		t.Fatalf("saved all the same: %d %s", p.status, p.text)
	}
	if p := s.get("/slots"); strings.Count(p.text, "trùng giờ từ 17:10") != 2 {
		t.Errorf("the list: %s", p.text)
	}
	seasons := url.Values{"name": {"Tin xã"}, "start": {"11:00"}, "length": {"20"}, "day": {"sun"}, "revision": {"0"}}
	for n, days := range map[string][2]string{"1": {"15/11", "28/2"}, "2": {"1/2", "31/5"}} {
		seasons.Set("season_from_"+n, days[0])
		seasons.Set("season_to_"+n, days[1])
		seasons.Set("season_start_"+n, "11:30")
	}
	if p := s.post("/slots/new", seasons); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Hai mùa trùng ngày nhau (1/2).") {
		t.Errorf("seasons: %d %s", p.status, p.text)
	}
}
