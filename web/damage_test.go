package web_test

import (
	"strings"
	"syscall"
	"testing"

	"loalang/people"
)

// A damaged database is told of on every page and in every answer, in words that
// say what to do; an emergency sounds all the same.
func TestDamagedDatabaseIsToldOf(t *testing.T) {
	const sentence = "Kho dữ liệu bị hỏng"
	for _, path := range []string{"/", "/sign-in", "/announcements", "/recordings", "/plan", "/asrun", "/emergency"} {
		w := newWorld(t)
		role := people.Cadre
		if path == "/sign-in" {
			role = "" // who is signed in is sent on
		}
		x := newSite(t, w, role, "")
		x.get("/") // known before
		w.broken = syscall.EUCLEAN
		body := x.get(path).text
		if !strings.Contains(body, sentence) || !strings.Contains(body, "khôi phục bản sao lưu") {
			t.Errorf("%s does not say that the database is damaged", path)
		}
	}
	h := newHouse(t)
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = syscall.EUCLEAN
	if p := h.call("viewer", "GET", "/api/v1/asrun", "").want(503).problem(); p.Code != "database-damaged" || !strings.Contains(p.Detail, "restore the last backup") {
		t.Errorf("got %+v", p)
	}
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"Nước dâng nhanh"}`).want(201)
}
