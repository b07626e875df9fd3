package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/recordings"
)

func TestRetentionPage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/retention")
	if p.status != http.StatusOK || !strings.Contains(p.text, "Không có gì phải xóa.") {
		t.Fatal(p.status, p.text)
	}
	p.checkForm(t, "vi")
	f := p.fields(t)
	if f.Get("preview_days") != "2" || f.Get("take_days") != "90" || f.Get("log_years") != "5" {
		t.Errorf("the usual is %v", f)
	}
	for field, value := range map[string]string{"preview_days": "0", "take_days": "sáu", "log_years": "99"} {
		wrong := url.Values{"preview_days": {"3"}, "take_days": {"60"}, "log_years": {"0"}}
		wrong.Set(field, value)
		p := s.post("/retention", wrong)
		if p.status != http.StatusUnprocessableEntity || strings.Count(p.body, `aria-invalid="true"`) != 1 || !strings.Contains(p.body, `value="`+value+`"`) || w.kept != (recordings.Retention{}) {
			t.Errorf("%s=%s: %d, kept %+v: %s", field, value, p.status, w.kept, p.text)
		}
	}
	if p := s.post("/retention", url.Values{"preview_days": {"3"}, "take_days": {" 60 "}, "log_years": {"0"}}); p.location != "/retention?told=retention" || w.kept != (recordings.Retention{PreviewDays: 3, TakeDays: 60}) {
		t.Errorf("to %q, kept %+v", p.location, w.kept)
	}
	// How long the proofs of what aired are kept was changed, and nobody could say by whom.
	told := w.changes
	if len(told) != 1 || told[0].Kind != "retention" || fmt.Sprint(told[0].Fields) != "[{preview_days 2 3} {take_days 90 60} {log_years 5 0}]" {
		t.Errorf("the history has %+v", told)
	}
	if s.post("/retention", url.Values{"preview_days": {"3"}, "take_days": {"60"}, "log_years": {"0"}}); len(w.changes) != 1 {
		t.Error("the history tells of what stayed as it was")
	}
	if p := newSite(t, w, people.Admin, "vi").get("/history?kind=retention"); !strings.Contains(p.text, "Thời hạn giữ bản ghi") {
		t.Errorf("the history shows %s", p.text)
	}
}

func TestRetentionPageForetells(t *testing.T) {
	w := newWorld(t)
	w.fill()
	for range surplusSeen {
		w.surplus = append(w.surplus, w.shelf[0])
	}
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/retention")
	for _, want := range []string{"Sẽ xóa 25 bản ghi, khoảng", "Mời họp thôn, tiếng Giáy", "Và 5 bản ghi nữa.", "Dọn ngay"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if p := s.post("/retention/tidy", nil); p.location != "/retention?told=tidied" || len(w.surplus) != 0 {
		t.Errorf("%d to %q", p.status, p.location)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/retention"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: %d", p.status)
	}
}

// surplusSeen is more than the page names.
const surplusSeen = 25
