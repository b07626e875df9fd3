package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
)

// Every board was called Ún Tà in Cốc San for ever: the village is named, from the first
// steps too, and every page calls it so.
func TestTheVillageIsNamed(t *testing.T) {
	w := newWorld(t)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/start"); !strings.Contains(p.body, `href="/village"`) {
		t.Errorf("the first steps do not lead there: %s", p.text)
	}
	shown := s.get("/village")
	shown.checkForm(t, "vi")
	if got := shown.fields(t); got.Get("name") != "Ún Tà" || got.Get("commune") != "Cốc San" || !strings.Contains(shown.text, "tên mẫu") {
		t.Errorf("at first: %v: %s", got, shown.text)
	}
	typed := func(name, commune, revision string) url.Values {
		return url.Values{"name": {name}, "commune": {commune}, "revision": {revision}}
	}
	for what, f := range map[string]url.Values{"no name": typed(" ", "Cốc San", "1"), "no letter": typed("--", "Cốc San", "1"), "a commune without one": typed("Luổng Láo", "\x00", "1")} {
		p := s.post("/village", f)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `class="fault"`) || p.fields(t).Get("name") != f.Get("name") || w.village.Name != "Ún Tà" {
			t.Errorf("%s: %d: %s", what, p.status, p.text)
		}
	}
	if p := s.post("/village", typed("Luổng Láo", "Cốc San", "99")); p.status != http.StatusConflict || p.fields(t).Get("name") != "Luổng Láo" || p.fields(t).Get("revision") != "1" {
		t.Errorf("somebody else was faster: %d: %s", p.status, p.text)
	}
	p := s.post("/village", typed(" thôn  Luổng Láo ", "Xã Cốc San", "1"))
	if p.location != "/village?told=village" || w.village.Name != "Luổng Láo" || w.village.Commune != "Cốc San" {
		t.Fatalf("to %q: %+v: %s", p.location, w.village, p.text)
	}
	if p := s.get("/village"); !strings.Contains(p.text, "Thôn Luổng Láo") || strings.Contains(p.text, "tên mẫu") {
		t.Errorf("named: %s", p.text)
	}
	if p := s.get("/start"); !strings.Contains(p.text, "1. Tên thôn, tên xã Đã xong") {
		t.Errorf("the step is not done: %s", p.text)
	}
	if p := s.json("PATCH", "/api/v1/villages/un-ta", `{"name":"Tòng Xành","commune":""}`); p.status != http.StatusOK || w.village.Name != "Tòng Xành" || w.village.Commune != "" {
		t.Errorf("by the API: %d: %s", p.status, p.body)
	}
	if p := s.json("PATCH", "/api/v1/villages/un-ta", `{"name":""}`); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `"name"`) {
		t.Errorf("without a name by the API: %d: %s", p.status, p.body)
	}
	if p := newSite(t, w, people.Cadre, "vi").post("/village", typed("Khác", "", "1")); p.status != http.StatusForbidden {
		t.Errorf("a cadre: %d", p.status)
	}
}

// A village that is called as the sample is takes the step by saying so.
func TestTheSampleMayBeTheName(t *testing.T) {
	w := newWorld(t)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	got := s.post("/village", url.Values{"name": {"Ún Tà"}, "commune": {"Cốc San"}, "revision": {"1"}})
	s.cookies = append(s.cookies, (&http.Response{Header: got.header}).Cookies()...)
	if p := s.get("/start"); !strings.Contains(p.text, "1. Tên thôn, tên xã Đã bỏ qua, hoặc đã trả lời") {
		t.Errorf("it is asked again: %s", p.text)
	}
}

// Not every village is a thôn, nor every commune a xã, and of some none is known: no page,
// no paper and no emergency says "thôn Bản Nậm Cang", or "xã" of nothing.
func TestPlacesAreCalledWhatTheyAre(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	s.post("/village", url.Values{"name": {"Bản Nậm Cang"}, "commune": {"Phường Cam Đường"}, "revision": {"1"}})
	for at, want := range map[string]string{
		"/":                "Bản Nậm Cang phường Cam Đường",
		"/emergency":       "bà con bản Nậm Cang rời ngay",
		"/report":          "ỦY BAN NHÂN DÂN PHƯỜNG CAM ĐƯỜNG BẢN NẬM CANG",
		"/bang-tin":        "Bảng tin, phường Cam Đường",
		"/bang-tin/to-dan": "phường Cam Đường",
	} {
		p := s.get(at)
		if !strings.Contains(strings.Join(strings.Fields(p.text), " "), want) {
			t.Errorf("%s does not say %q: %s", at, want, p.text)
		}
		for _, wrong := range []string{"hôn Bản", "xã Phường", "XÃ PHƯỜNG", "THÔN BẢN"} {
			if strings.Contains(p.body, wrong) {
				t.Errorf("%s says %q", at, wrong)
			}
		}
	}
	s.post("/village", url.Values{"name": {"Thôn Bản Qua"}, "commune": {""}, "revision": {"2"}})
	if w.village.Name != "Thôn Bản Qua" {
		t.Errorf("it is called %q", w.village.Name)
	}
	for at, want := range map[string]string{"/": "Thôn Bản Qua", "/report": "ỦY BAN NHÂN DÂN THÔN BẢN QUA", "/asrun": "truyền thanh thôn Bản Qua, từ ngày"} {
		p := s.get(at)
		if !strings.Contains(strings.Join(strings.Fields(p.text), " "), want) && !strings.Contains(p.body, want) {
			t.Errorf("%s does not say %q: %s", at, want, p.text)
		}
		if strings.Contains(p.body, ", xã") || strings.Contains(p.body, "DÂN XÃ") {
			t.Errorf("%s names a commune that has no name", at)
		}
	}
}
