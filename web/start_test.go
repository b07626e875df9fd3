package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// A new board leads through its first steps: they are seen done, skipped, taken up again
// and put away, and the sound test airs and asks.
func TestFirstSteps(t *testing.T) {
	w := newWorld(t)
	w.slots = nil
	w.village.Languages = []string{"pcc", "vi"} // the phrase is Vietnamese whatever comes first
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/"); !strings.Contains(p.text, "Máy mới: còn 5 bước đầu") || !strings.Contains(p.body, `href="/start"`) {
		t.Errorf("today: %s", p.text)
	}
	p := s.get("/start")
	p.checkForm(t, "vi")
	if strings.Count(p.text, "Chưa làm") != 5 || strings.Count(p.text, "Đã xong") != 2 || strings.Contains(p.text, "Nghe rõ") {
		t.Errorf("at first: %s", p.text)
	}
	if got := s.post("/start/sound", nil); got.location != "/start?sound=asked#sound" || len(w.notices) != 1 {
		t.Fatalf("sound: to %q: %s", got.location, got.text)
	}
	for _, d := range w.notices {
		if d.Announcement.Text != "Bà con có nghe không?" || len(d.Schedules) != 1 || d.Schedules[0].Kind != scheduler.Now || !d.Announcement.SpeakerOnly || d.Renditions[0].Language != "vi" {
			t.Errorf("aired: %+v", d)
		}
	}
	asked, deaf := s.get("/start?sound=asked"), s.get("/start?sound=deaf")
	asked.checkForm(t, "vi")
	deaf.checkForm(t, "vi")
	if !strings.Contains(asked.text, "Nghe rõ") || !strings.Contains(deaf.text, "Âm-li: có điện") || !strings.Contains(deaf.text, "Âm lượng") {
		t.Errorf("asked: %s\ndeaf: %s", asked.text, deaf.text)
	}
	for _, step := range []string{"sound", "board", "slot"} {
		got := s.post("/start", url.Values{"step": {step}})
		if got.location != "/start" {
			t.Errorf("%s: to %q", step, got.location)
		}
		s.cookies = append(s.cookies[:1], (&http.Response{Header: got.header}).Cookies()...)
	}
	if p := s.get("/"); !strings.Contains(p.text, "còn 2 bước đầu") { // the test is no first notice
		t.Errorf("after three: %s", p.text)
	}
	got := s.post("/start", url.Values{"step": {"away"}})
	s.cookies = append(s.cookies[:1], (&http.Response{Header: got.header}).Cookies()...)
	if p := s.get("/"); strings.Contains(p.text, "bước đầu") {
		t.Error("it was put away and is there")
	}
	if p := s.get("/start"); p.status != http.StatusOK || strings.Count(p.text, "Đã bỏ qua") != 3 {
		t.Errorf("taken up again: %s", p.text)
	}
	if got := s.post("/start", url.Values{"step": {"a.b"}}); got.status != http.StatusBadRequest {
		t.Errorf("a step that is none: %d", got.status)
	}
	if p := newSite(t, w, people.Officer, "en").get("/start"); !strings.Contains(p.text, "7. The first notice Not done yet") {
		t.Errorf("in English the test is a first notice: %s", p.text)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/"); strings.Contains(p.text, "bước đầu") {
		t.Error("a cadre is sent there")
	}
}
