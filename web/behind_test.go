package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// A notice that waited for another says for which, on every way that a person or a
// program asks (issue 5, point 7).
func TestALateNoticeSaysBehindWhat(t *testing.T) {
	w := newWorld(t)
	row := w.ran("late", "Họp chi bộ", w.at(22, 5, 36), "", playout.Played, scheduler.ReasonPreempted, 6*time.Minute)
	row.Rules = []scheduler.Reason{{Code: scheduler.ReasonPreempted, Occurrence: "emergency:x", Title: "Lũ quét", By: 6 * time.Minute}}
	w.runs = append(w.runs, row)
	s := newSite(t, w, people.Viewer, "vi")
	const says, english = "Nhường tin khẩn: “Lũ quét”", "Gave way to something more urgent: “Lũ quét”"
	for path, want := range map[string]string{
		"/api/v1/asrun?from=2026-11-22&to=2026-11-22":            `"behind_title":"Lũ quét"`,
		"/api/v1/asrun?from=2026-11-22&to=2026-11-22&format=csv": "emergency:x,Lũ quét",
		"/api/v1/report?month=2026-11":                           english,
		"/report?month=2026-11":                                  says,
	} {
		if p := s.get(path); !strings.Contains(p.body, want) {
			t.Errorf("%s does not say %q: %s", path, want, p.body)
		}
	}
	if p := s.get("/api/v1/asrun?from=2026-11-22&to=2026-11-22"); strings.Contains(p.body, `"rules"`) || !strings.Contains(p.body, english) {
		t.Errorf("what was in its way is told as a rule: %s", p.body)
	}
}
