package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

func TestEditVillage(t *testing.T) {
	h := newHouse(t)
	var v struct {
		Key      string
		Revision int64
		Allowed  []struct {
			From, To string
			Days     []string
		}
	}
	h.call("officer", "PATCH", "/api/v1/villages/un-ta", `{"allowed":[{"from":"5:30","to":"11:30"},{"from":"13:30","to":"24:00","days":["Sat","sun"]}]}`).want(200).into(&v)
	if v.Key != "un-ta" || v.Revision != 1 || len(v.Allowed) != 2 || v.Allowed[0].From != "05:30" || len(v.Allowed[0].Days) != 0 || v.Allowed[1].To != "24:00" || strings.Join(v.Allowed[1].Days, " ") != "sat sun" {
		t.Errorf("got %+v", v)
	}
	want := []scheduler.Window{{From: 330, To: 690}, {From: 810, To: 1440, Days: 1<<time.Saturday | 1<<time.Sunday}}
	if !reflect.DeepEqual(h.w.village.Allowed, want) || h.w.changed != 1 {
		t.Errorf("saved %+v, told %d times", h.w.village.Allowed, h.w.changed)
	}
	h.call("officer", "PATCH", "/api/v1/villages/un-ta", `{"allowed":[],"revision":1}`).want(200).into(&v)
	if len(h.w.village.Allowed) != 0 || v.Revision != 2 {
		t.Errorf("always: %+v, %+v", h.w.village.Allowed, v)
	}
}

func TestBadHours(t *testing.T) {
	for _, c := range []struct {
		name, village, body string
		status              int
		faults              string
	}{
		{"backwards", "un-ta", `{"allowed":[{"from":"21:00","to":"05:00"}]}`, 422, "allowed[0].to wrong-order"},
		{"in words", "un-ta", `{"allowed":[{"from":"05:00","to":"21:00"},{"from":"noon","to":"25:00","days":["monday"]}]}`, 422, "allowed[1].from date, allowed[1].to date, allowed[1].days[0] unknown"},
		{"of nothing", "un-ta", `{}`, 422, "allowed required"},
		{"too many", "un-ta", `{"allowed":[` + strings.Repeat(`{"from":"05:00","to":"06:00"},`, 20) + `{"from":"05:00","to":"06:00"}]}`, 422, "allowed out-of-range"},
		{"of a stale copy", "un-ta", `{"allowed":[],"revision":99}`, 409, ""},
		{"of no village", "atlantis", `{"allowed":[]}`, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			if got := h.call("officer", "PATCH", "/api/v1/villages/"+c.village, c.body).want(c.status).faults(); got != c.faults || h.w.changed > 0 {
				t.Errorf("got %q, want %q; told %d times", got, c.faults, h.w.changed)
			}
		})
	}
}

// TestHoursPage: the hours stand on the page of the rules, to which their old address
// leads.
func TestHoursPage(t *testing.T) {
	w := newWorld(t)
	w.village.Allowed = []scheduler.Window{{From: 300, To: 690}, {From: 810, To: 1440, Days: 1 << time.Sunday}}
	w.village.Revision = 3
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/hours"); p.status != http.StatusMovedPermanently || p.location != "/rules" {
		t.Errorf("the old address: %d to %q", p.status, p.location)
	}
	p := s.get("/rules")
	for _, want := range []string{`name="allowed_from_1" value="05:00"`, `name="allowed_to_1" value="11:30"`, `name="allowed_to_2" value="00:00"`, `name="allowed_from_3" value=""`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("no %s", want)
		}
	}
	f := p.fields(t)
	if f.Get("allowed_day_2") != "sun" || len(f["allowed_day_1"]) != 7 {
		t.Errorf("days %v, %v", f["allowed_day_1"], f["allowed_day_2"])
	}
	f.Set("allowed_from_3", "21:00")
	f.Set("allowed_to_3", "20:00")
	if p := s.post("/rules", f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Lúc kết thúc phải sau lúc bắt đầu") || !strings.Contains(p.body, `name="allowed_from_3" value="21:00"`) || len(w.village.Allowed) != 2 {
		t.Errorf("backwards: status %d: %s", p.status, p.text)
	}
	f.Set("allowed_from_1", "")
	f.Set("allowed_to_1", "")
	f.Set("allowed_to_3", "22:15")
	f["allowed_day_3"] = []string{"mon", "tue"}
	if p := s.post("/rules", f); p.location != "/rules?told=rules" {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	want := []scheduler.Window{{From: 810, To: 1440, Days: 1 << time.Sunday}, {From: 1260, To: 1335, Days: 1<<time.Monday | 1<<time.Tuesday}}
	if !reflect.DeepEqual(w.village.Allowed, want) || w.changed != 1 {
		t.Errorf("saved %+v", w.village.Allowed)
	}
	if p := s.post("/rules", f); p.status != http.StatusConflict { // of the revision before
		t.Errorf("of a stale copy: status %d", p.status)
	}
	if p := s.post("/rules", url.Values{"revision": {"4"}, "allowed_from_1": {"05:00"}, "allowed_to_1": {"21:00"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("on no day: status %d", p.status)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/rules"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: status %d", p.status)
	}
}
