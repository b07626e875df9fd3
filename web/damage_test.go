package web_test

import (
	"context"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// damagedLog can still read the last plan, as a board without its database does.
type damagedLog struct{ *world }

func (damagedLog) AsRuns(context.Context, string, time.Time, time.Time) ([]playout.AsRun, error) {
	return nil, syscall.EUCLEAN
}

func (damagedLog) Book(context.Context, string, time.Time) (scheduler.Book, error) {
	return scheduler.Book{}, syscall.EUCLEAN
}

// The last plan is what the board airs while its database is damaged: it can be
// seen.
func TestLastPlanIsShownWhileTheDatabaseIsDamaged(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.AsRun = damagedLog{c.AsRun.(*world)} })
	h.fill()
	title := h.w.plan.Occurrences[0].Title
	var plan struct{ Occurrences []struct{ Title string } }
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&plan)
	if len(plan.Occurrences) == 0 || plan.Occurrences[0].Title != title {
		t.Errorf("the API shows %+v", plan)
	}
	for _, path := range []string{"/", "/plan"} {
		page := string(h.call("viewer", "GET", path, "").want(200).Body)
		if !strings.Contains(page, title) || strings.Contains(page, "Xin thử lại sau một phút") {
			t.Errorf("%s shows no %q, or asks to try again", path, title)
		}
	}
}

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

// A database that only a newer version may use is whole: nobody is told to restore a backup
// first, but to install that version.
func TestADatabaseOfANewerVersionIsToldOf(t *testing.T) {
	newer := func(c *web.Config) { c.Newer = func() bool { return true } }
	w := newWorld(t)
	x := newSite(t, w, people.Cadre, "vi", newer)
	x.get("/") // known before
	w.broken = syscall.EUCLEAN
	for _, path := range []string{"/", "/announcements", "/emergency"} {
		if body := x.get(path).text; strings.Contains(body, "bị hỏng") || !strings.Contains(body, "cài lại phiên bản mới hơn") {
			t.Errorf("%s does not say that a newer version wrote the data", path)
		}
	}
	h := newHouse(t, newer)
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = syscall.EUCLEAN
	if p := h.call("viewer", "GET", "/api/v1/asrun", "").want(503).problem(); p.Code != "database-newer" || !strings.Contains(p.Detail, "install that newer version") {
		t.Errorf("got %+v", p)
	}
	var ready struct{ Reasons []struct{ Code string } }
	h.call("nobody", "GET", "/readyz", "").want(503).into(&ready)
	if len(ready.Reasons) != 1 || ready.Reasons[0].Code != "database-newer" {
		t.Errorf("got %+v", ready)
	}
}

// A disk that was pulled out made SQLite say that the database is damaged, and every page told the
// technician to restore the last backup, which would have lost what had happened since.
func TestADatabaseWhoseDiskIsGoneIsToldOf(t *testing.T) {
	gone := func(c *web.Config) { c.Gone = func() bool { return true } }
	w := newWorld(t)
	x := newSite(t, w, people.Cadre, "vi", gone)
	x.get("/") // known before
	w.broken = syscall.EUCLEAN
	for _, path := range []string{"/", "/announcements", "/emergency"} {
		if body := x.get(path).text; strings.Contains(body, "khôi phục bản sao lưu") || !strings.Contains(body, "xem ổ còn cắm không") {
			t.Errorf("%s does not say that the disk is gone", path)
		}
	}
}

// A new version whose start met a full disk says that room must be freed, not that the
// database is broken.
func TestADatabaseOfAnOlderVersionIsToldOf(t *testing.T) {
	behind := func(c *web.Config) { c.Behind = func() bool { return true } }
	w := newWorld(t)
	x := newSite(t, w, people.Cadre, "vi", behind)
	x.get("/") // known before
	w.broken = syscall.EUCLEAN
	for _, path := range []string{"/", "/announcements", "/emergency"} {
		if body := x.get(path).text; strings.Contains(body, "bị hỏng") || !strings.Contains(body, "giải phóng chỗ trên đĩa") {
			t.Errorf("%s does not say that the data could not be brought up to date", path)
		}
	}
	h := newHouse(t, behind)
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = syscall.EUCLEAN
	if p := h.call("viewer", "GET", "/api/v1/asrun", "").want(503).problem(); p.Code != "database-behind" || !strings.Contains(p.Detail, "free room") {
		t.Errorf("got %+v", p)
	}
	var ready struct{ Reasons []struct{ Code string } }
	h.call("nobody", "GET", "/readyz", "").want(503).into(&ready)
	if len(ready.Reasons) != 1 || ready.Reasons[0].Code != "database-behind" {
		t.Errorf("got %+v", ready)
	}
}

// A full disk is told of as what it is, not as a moment's bustle, when a notice
// cannot be saved.
func TestFullDiskIsToldOfOnPages(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.get("/") // known before
	w.broken = syscall.ENOSPC
	p := s.post("/announcements/new", url.Values{"do": {"send"}, "title": {"Họp"}, "text": {"Mời bà con."}, "language": {"vi"}, "how_vi": {"voice"}, "when": {"now"}})
	if p.status != 507 || !strings.Contains(p.text, "Thẻ nhớ (ổ đĩa) đã đầy") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
}
