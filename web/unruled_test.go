package web_test

import (
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// A new board sounds at any hour: who may rule the place is asked for its rules on the
// first page, and nobody else; once something is ruled, nobody.
func TestTheFirstPageAsksForRules(t *testing.T) {
	w := newWorld(t)
	w.village.Allowed, w.village.Rules = nil, scheduler.Rules{}
	const asked = "Thôn chưa có quy định giờ phát loa"
	for role, want := range map[people.Role]bool{people.Officer: true, people.Admin: true, people.Cadre: false, people.Viewer: false} {
		if p := newSite(t, w, role, "vi").get("/"); strings.Contains(p.text, asked) != want {
			t.Errorf("%s is asked: %v", role, !want)
		}
	}
	if p := newSite(t, w, people.Officer, "vi").get("/rules"); !strings.Contains(p.body, "/rules?model=") {
		t.Error("no model is offered")
	}
	w.village.Allowed = []scheduler.Window{{From: 300, To: 1260}}
	if p := newSite(t, w, people.Officer, "vi").get("/"); strings.Contains(p.text, asked) {
		t.Error("asked although hours are ruled")
	}
}
