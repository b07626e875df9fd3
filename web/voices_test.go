package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
	"loalang/speech"
)

func TestVoiceChoicesOfTheAPI(t *testing.T) {
	h := newHouse(t)
	var c struct {
		Language, Voice string
		Rate, Pitch     int
		Revision        int64
	}
	h.call("cadre", "PUT", "/api/v1/speech/choices/vi", `{"voice":"espeak:vi","rate":130,"pitch":45}`).want(200).into(&c)
	if c.Voice != "espeak:vi" || c.Rate != 130 || c.Pitch != 45 || c.Revision != 1 || h.w.changed != 1 {
		t.Fatalf("%+v", c)
	}
	h.call("cadre", "PUT", "/api/v1/speech/choices/vi", `{"rate":150,"revision":1}`).want(200).into(&c)
	if w := h.w.choices; len(w) != 1 || w[0].Voice != "" || w[0].Rate != 150 || w[0].Revision != 2 {
		t.Errorf("%+v", w)
	}
	h.call("cadre", "PUT", "/api/v1/speech/choices/vi", `{"rate":150,"revision":1}`).want(409)
	for body, faults := range map[string]string{
		`{"voice":"piper:nobody"}`: "voice unknown",
		`{"rate":10,"pitch":500}`:  "rate out-of-range, pitch out-of-range",
	} {
		if got := h.call("cadre", "PUT", "/api/v1/speech/choices/vi", body).want(422).faults(); got != faults {
			t.Errorf("%s: %q", body, got)
		}
	}
	if got := h.call("cadre", "PUT", "/api/v1/speech/choices/fr", `{}`).want(422).faults(); got != "language unknown" {
		t.Errorf("%q", got)
	}
	h.call("near", "PUT", "/api/v1/speech/choices/vi", `{}`).want(403)
	h.w.troubles = []speech.Trouble{{
		Voice: speech.Voice{ID: "piper:a", Name: "Vân Anh"}, Fault: speech.Fault{Code: speech.Unreachable, Detail: "connection refused"},
		Since: h.w.now, Instead: speech.Voice{ID: "espeak:vi"},
	}}
	var list struct {
		Choices  []struct{ Language string }
		Troubles []struct{ Voice, Name, Code, Detail, Instead string }
	}
	h.call("near", "GET", "/api/v1/speech/choices", "").want(200).into(&list)
	if len(list.Choices) != 1 || len(list.Troubles) != 1 || list.Troubles[0].Code != "unreachable" || list.Troubles[0].Instead != "espeak:vi" || !strings.Contains(list.Troubles[0].Detail, "connection refused") {
		t.Errorf("%+v", list)
	}
}

func TestVoicesPage(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/voices")
	if p.status != http.StatusOK || !strings.Contains(p.text, "Tiếng Việt") || !strings.Contains(p.text, "phải do người đọc: tiếng Giáy") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	f := url.Values{"revision": {"0"}, "voice": {"espeak:vi"}, "rate": {"120"}, "pitch": {""}, "text": {"Họp lúc 19h"}}
	if p := s.post("/voices/vi/try", f); p.status != http.StatusOK || !strings.Contains(p.body, "/recordings/"+strings.Repeat("b", 64)+"/audio") || !strings.Contains(p.body, `value="120"`) || len(w.choices) != 0 {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if want := []string{"espeak:vi 120 0 Họp lúc mười chín giờ"}; !reflect.DeepEqual(w.tried, want) {
		t.Errorf("tried %q", w.tried)
	}
	w.mute = speech.Fault{Code: speech.Failed, Detail: "exit status 1: no model"}
	if p := s.post("/voices/vi/try", f); p.status != http.StatusOK || !strings.Contains(p.text, "chương trình đọc bị lỗi (exit status 1: no model)") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := s.post("/voices/vi", f); p.location != "/voices?told=voice-saved" || w.choices[0].Rate != 120 {
		t.Fatalf("status %d: %s, %+v", p.status, p.text, w.choices)
	}
	if p := s.post("/voices/vi", f); p.status != http.StatusConflict {
		t.Errorf("from an old page: status %d", p.status)
	}
	for field, value := range map[string]string{"rate": "nhanh", "pitch": "150", "voice": "gone:x"} {
		bad := url.Values{"revision": {"1"}, "voice": {""}, "text": {"x"}}
		bad.Set(field, value)
		for _, path := range []string{"/voices/vi", "/voices/vi/try"} {
			if p := s.post(path, bad); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="`+value+`"`) || !strings.Contains(p.body, "aria-invalid") {
				t.Errorf("%s of %s=%s: status %d: %s", path, field, value, p.status, p.text)
			}
		}
	}
	if p := s.post("/voices/vi/try", url.Values{"revision": {"1"}, "text": {strings.Repeat("a", 501)}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a long text: status %d", p.status)
	}
	if w.choices[0].Rate != 120 {
		t.Errorf("%+v", w.choices)
	}
	if p := newSite(t, w, people.Recorder, "vi").get("/voices"); p.status != http.StatusForbidden {
		t.Errorf("a recorder: status %d", p.status)
	}
}

// A voice that fails is said aloud where people look: the first page, the page of the
// voices, the meters; and its notice says that another read it.
func TestAVoiceThatFailsIsSaidAloud(t *testing.T) {
	w := newWorld(t)
	w.troubles = []speech.Trouble{{
		Voice: speech.Voice{ID: "piper:a", Name: "Giọng Vân Anh"}, Fault: speech.Fault{Code: speech.Slow}, Since: w.now,
		Instead: speech.Voice{ID: "espeak:vi", Name: "Giọng máy, miền Bắc"},
	}}
	s := newSite(t, w, people.Cadre, "vi")
	for _, path := range []string{"/", "/voices"} {
		if p := s.get(path); !strings.Contains(p.text, "Giọng Vân Anh không đọc được từ ") || !strings.Contains(p.text, "giọng đọc quá chậm. Giọng máy, miền Bắc đang đọc thay.") {
			t.Errorf("%s: %s", path, p.text)
		}
	}
	d := scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: "0193d000-0000-7000-8000-000000000001", Village: "un-ta", Revision: 1}, Title: "Họp", Text: "Họp", Class: scheduler.ClassNormal},
		Renditions:   []scheduler.Rendition{{Owned: scheduler.Owned{ID: "r1", Village: "un-ta", Revision: 1}, Language: "vi", State: scheduler.Ready, Recording: strings.Repeat("a", 64), SpokenBy: "espeak:vi", InsteadOf: "piper:a"}},
	}
	w.notices[d.Announcement.ID], w.order = d, []string{d.Announcement.ID}
	if p := s.get("/announcements/" + d.Announcement.ID); !strings.Contains(p.text, "bằng giọng thay thế") || !strings.Contains(p.text, "Giọng máy đọc thay Giọng Vân Anh: giọng đọc quá chậm.") {
		t.Errorf("%s", p.text)
	}
	h := newHouse(t)
	h.w.troubles = w.troubles
	for _, want := range []string{`loalang_voice_silent_since_seconds{code="slow",voice="piper:a"} 1.79`, `loalang_voice_fallbacks_total{voice="piper:a"} 3`} {
		if got := h.metrics(); !strings.Contains(got, want) {
			t.Errorf("the meters do not say %s: %s", want, got)
		}
	}
}

// Whoever listens to a preview is told that another voice speaks than the one
// chosen, and which voice a notice has.
func TestPreviewSaysWhichVoiceSpeaks(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	const told = "Giọng máy đọc thay Giọng Vân Anh: máy chủ giọng đọc không trả lời."
	preview := func() string { return s.post("/announcements/preview", url.Values{"text": {"Họp thôn"}}).text }
	word := func() string {
		return s.post("/words/new", wordPost("written", "TDP", "spoken", "tổ dân phố", "do", "try")).text
	}
	for _, page := range []string{preview(), word()} {
		if strings.Contains(page, "đọc thay") {
			t.Errorf("nobody stands in: %s", page)
		}
	}
	w.troubles = []speech.Trouble{{Voice: speech.Voice{ID: "piper:a", Name: "Giọng Vân Anh"}, Fault: speech.Fault{Code: speech.Unreachable}, Since: w.now}}
	for _, page := range []string{preview(), word()} {
		if !strings.Contains(page, told) {
			t.Errorf("it does not say %q: %s", told, page)
		}
	}
	h := newHouse(t)
	var p struct {
		By      string `json:"spoken_by"`
		Instead string `json:"instead_of"`
	}
	h.w.troubles = w.troubles
	h.call("cadre", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"chào"}`).want(200).into(&p)
	if p.By != "espeak:vi" || p.Instead != "piper:a" {
		t.Errorf("%+v", p)
	}
	d := scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: scheduler.Owned{ID: "0193d000-0000-7000-8000-000000000001", Village: "un-ta", Revision: 1}, Title: "Họp", Text: "Họp", Class: scheduler.ClassNormal},
		Renditions:   []scheduler.Rendition{{Owned: scheduler.Owned{ID: "r1", Village: "un-ta", Revision: 1}, Language: "vi", State: scheduler.Ready, Recording: strings.Repeat("a", 64), SpokenBy: "espeak:vi"}},
	}
	w.notices[d.Announcement.ID], w.order = d, []string{d.Announcement.ID}
	if page := s.get("/announcements/" + d.Announcement.ID); !strings.Contains(page.text, "Giọng đọc: Giọng máy") {
		t.Errorf("%s", page.text)
	}
	h.w.notices[d.Announcement.ID], h.w.order = d, w.order
	var a struct {
		Renditions []struct {
			By string `json:"spoken_by"`
		}
	}
	h.call("cadre", "GET", "/api/v1/announcements/"+d.Announcement.ID, "").want(200).into(&a)
	if len(a.Renditions) != 1 || a.Renditions[0].By != "espeak:vi" {
		t.Errorf("%+v", a)
	}
}
