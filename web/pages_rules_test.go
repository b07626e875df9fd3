package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

func TestRulesPage(t *testing.T) {
	w := newWorld(t)
	w.village.Revision = 3
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/rules?model=ha-noi-noi-thanh")
	if !strings.Contains(p.text, "vtv.vn") || !strings.Contains(p.text, "chưa lưu") || !strings.Contains(p.body, `name="broadcast_1" value="15"`) || w.changed > 0 {
		t.Errorf("a model fills in the page, and nothing else: %s", p.text)
	}
	filled := s.get("/rules?holidays=common")
	f := filled.fields(t)
	for i, calendar := range []string{"solar", "lunar", "lunar", "solar", "solar", "solar"} {
		n := "_" + strconv.Itoa(i+1)
		f.Set("holiday_calendar"+n, calendar) // selects are no fields here
		f.Set("holiday_rule"+n, "sunday")
	}
	if strings.Count(filled.body, `value="lunar" selected`) != 2 || f.Get("holiday_month_2") != "12" || f.Get("holiday_day_2") != "30" {
		t.Errorf("Tết is %v", f)
	}
	for name, value := range map[string]string{
		"quiet_from_1": "11:30", "quiet_to_1": "13:30", "broadcast_1": "15,5", "times_1": "2",
		"mourning_name_1": "Quốc tang", "mourning_from_1": "2026-12-01", "mourning_until_1": "2026-11-30",
	} {
		f.Set(name, value)
	}
	if p := s.post("/rules", f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="15,5"`) || !strings.Contains(p.body, `value="Quốc tang"`) || w.changed > 0 {
		t.Errorf("backwards: status %d, what was typed is lost, or saved: %s", p.status, p.text)
	}
	f.Set("mourning_until_1", "2026-12-02")
	if p := s.post("/rules", f); p.location != "/rules?told=rules" || w.changed != 1 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	r := w.village.Rules
	if len(r.Holidays) != 6 || len(r.Quiet) != 1 || len(r.Limits) != 1 || r.Limits[0].Broadcast != 15*time.Minute+30*time.Second || r.Limits[0].Times != 2 || len(r.Mourning) != 1 || !r.Silences(scheduler.MusicBed) || r.Silences(scheduler.MusicRelay) {
		t.Errorf("saved %+v", r)
	}
	if p := s.post("/rules", f); p.status != http.StatusConflict {
		t.Errorf("of a stale copy: status %d", p.status)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/rules"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: status %d", p.status)
	}
}

func TestExceptionsPage(t *testing.T) {
	w := newWorld(t)
	cadre := newSite(t, w, people.Cadre, "vi")
	ask := url.Values{"from_date": {"2026-11-24"}, "from_time": {"04:30"}, "to_date": {"2026-11-24"}, "to_time": {"05:00"}, "rules": {"hours"}, "reason": {"lễ"}}
	if p := cadre.post("/exceptions", ask); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Lý do ngắn quá") || !strings.Contains(p.body, `value="04:30"`) || len(w.exceptions) > 0 {
		t.Fatalf("without a reason: status %d: %s", p.status, p.text)
	}
	ask.Set("reason", "lễ hội đầu năm của thôn")
	if p := cadre.post("/exceptions", ask); p.location != "/exceptions?told=exception-asked" || len(w.exceptions) != 1 || w.changed > 0 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	id := w.exceptions[0].ID
	if p := cadre.post("/exceptions/"+id+"/decide", url.Values{"decision": {"approve"}, "revision": {"1"}}); p.status != http.StatusForbidden {
		t.Errorf("a cadre approves: status %d", p.status)
	}
	officer := newSite(t, w, people.Officer, "vi")
	decide := func(decision, answer string) page {
		return officer.post("/exceptions/"+id+"/decide", url.Values{"decision": {decision}, "answer": {answer}, "revision": {"1"}})
	}
	if p := decide("approve", ""); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Người xin không tự duyệt được") {
		t.Errorf("who asked approves: status %d: %s", p.status, p.text)
	}
	w.exceptions[0].RequestedBy = "Trưởng thôn"
	if p := decide("refuse", ""); p.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without a word: status %d", p.status)
	}
	if p := decide("approve", ""); p.location != "/exceptions?told=exception-approved" || !w.exceptions[0].Approved || w.exceptions[0].DecidedBy == "" || w.changed != 1 {
		t.Fatalf("status %d: %+v: %s", p.status, w.exceptions[0], p.text)
	}
	if p := decide("approve", ""); p.status != http.StatusConflict {
		t.Errorf("of a stale copy: status %d", p.status)
	}
	if p := officer.post("/exceptions/"+id+"/withdraw", looked(nil)); p.location != "/exceptions?told=exception-withdrawn" || w.exceptions[0].Withdrawn.IsZero() || w.changed != 2 {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := officer.get("/exceptions"); !strings.Contains(p.text, "đã rút lại") || strings.Contains(p.body, id+"/withdraw") {
		t.Errorf("shown as %s", p.text)
	}
}
