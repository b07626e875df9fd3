package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// lackingWorld is a world whose meeting lacks Giáy, with two accounts that may
// record it.
func lackingWorld(t *testing.T) *world {
	w := newWorld(t)
	w.fill()
	d := w.notices[meetingID]
	for i := range d.Renditions {
		r := &d.Renditions[i]
		if r.Revision, r.Announcement = 1, meetingID; r.Language == "vi" {
			r.SpokenText = d.Announcement.Text
		}
	}
	d.Announcement.Revision = 1
	w.notices[meetingID] = d
	return w
}

func pcc(w *world) scheduler.Rendition {
	rs := w.notices[meetingID].Renditions
	return rs[slices.IndexFunc(rs, func(r scheduler.Rendition) bool { return r.Language == "pcc" })]
}

// A cadre asks, sees whom they asked, takes it back; an unknown reader and a day
// that is none are said beside what was typed.
func TestAskOnThePage(t *testing.T) {
	w := lackingWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	p := s.get(path)
	for _, want := range []string{`action="` + path + `/assign"`, `name="due_date" value="2026-11-23"`, `href="` + path + `/record/pcc"`, `name="wording" value="` + scheduler.Wording(w.notices[meetingID].Announcement.Text)} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
	p.checkForm(t, "vi")
	ask := func(reader, date, clock string) url.Values {
		return url.Values{"language": {"pcc"}, "reader": {reader}, "due_date": {date}, "due_time": {clock}}
	}
	if p := s.post(path+"/assign", ask("", "2026-11-23", "17:30")); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Chưa điền.") || !strings.Contains(p.body, `value="17:30"`) {
		t.Errorf("of nobody: %d %s", p.status, p.text)
	}
	if p := s.post(path+"/assign", ask("Mỷ", "mai", "")); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="Mỷ"`) {
		t.Errorf("without a day: %d", p.status)
	}
	if p := s.post(path+"/assign", ask("Vàng Thị Mỷ", "2026-11-23", "16:50")); p.location != path+"?told=assigned" || pcc(w).State != scheduler.Assigned || pcc(w).Assignment.By == "" {
		t.Fatalf("%d %s, %+v", p.status, p.location, pcc(w))
	}
	if p := s.get(path); !strings.Contains(p.text, "Đã nhờ Vàng Thị Mỷ thu, hạn 16:50 hôm nay") {
		t.Error("the page does not say who is asked")
	}
	w.now = w.at(23, 16, 55)
	if p := s.get("/readings"); !strings.Contains(p.text, "Quá hạn: đã nhờ Vàng Thị Mỷ thu") || !strings.Contains(p.text, "Chưa có bản tin nào nhờ bạn thu.") {
		t.Errorf("readings: %s", p.text)
	}
	for _, page := range []string{"/", "/plan"} {
		if p := s.get(page); !strings.Contains(p.text, "còn thiếu tiếng Giáy") || !strings.Contains(p.text, "Bản thu đã nhờ mà quá hạn: 1") {
			t.Errorf("%s does not say what is missing: %s", page, p.text)
		}
	}
	if p := s.post(path+"/unassign", url.Values{"language": {"pcc"}}); p.location != path+"?told=unassigned" || pcc(w).State != scheduler.Missing {
		t.Errorf("taken back: %d, %+v", p.status, pcc(w))
	}
	if p := s.post(path+"/unassign", url.Values{"language": {"pcc"}}); p.location != path+"?told=unassigned" {
		t.Errorf("taken back twice: %d", p.status)
	}
	if p := newSite(t, w, people.Viewer, "vi").get(path); strings.Contains(p.body, "/assign\"") {
		t.Error("a viewer is offered to ask")
	}
}

// A take of a text that changed meanwhile is kept, shown with what changed, and
// holds when somebody says so.
func TestOutdatedOnThePage(t *testing.T) {
	w := lackingWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	if p := s.post(path+"/takes", url.Values{"language": {"pcc"}, "take_pcc": {takeID}, "wording": {"0123456789abcdef"}}); p.location != path+"?told=take-outdated" || pcc(w).State != scheduler.Outdated {
		t.Fatalf("%d %s, %+v", p.status, p.location, pcc(w))
	}
	d := w.notices[meetingID]
	d.Renditions = slices.Clone(d.Renditions)
	for i := range d.Renditions {
		if d.Renditions[i].Language == "pcc" {
			d.Renditions[i].ToldText = strings.Replace(d.Announcement.Text, "19h", "18h30", 1)
		}
	}
	w.notices[meetingID] = d
	p := s.get(path)
	for _, want := range []string{"<del>18h30</del>", "<ins>19h</ins>", "Bản thu vẫn đúng", "Chữ đã đổi những chỗ này"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if p := s.post(path+"/hold", url.Values{"language": {"pcc"}}); p.location != path+"?told=holds" || pcc(w).State != scheduler.Recorded {
		t.Errorf("%d, %+v", p.status, pcc(w))
	}
	if p := s.post(path+"/hold", url.Values{"language": {"pcc"}}); p.status != http.StatusConflict {
		t.Errorf("twice: %d", p.status)
	}
}

func TestCoveragePage(t *testing.T) {
	w := lackingWorld(t)
	for lang, wants := range map[string][]string{
		"vi": {"Thôn Ún Tà", "Khi thiếu một tiếng: tiếng Việt phát thay.", meeting, "Phát lúc 17:00 hôm nay", "Chờ thu", "Máy đọc"},
		"en": {"When a language is missing: Vietnamese stands for it.", "Airs at 17:00 today", "Waits for a recording", "Read by a voice"},
	} {
		p := newSite(t, w, people.Viewer, lang).get("/coverage")
		for _, want := range wants {
			if !strings.Contains(p.text, want) {
				t.Errorf("%s: %q is not on the page: %s", lang, want, p.text)
			}
		}
		p.checkForm(t, lang)
	}
	s := newSite(t, w, people.Viewer, "vi")
	if p := s.get("/coverage?day=2026-11-22"); strings.Contains(p.text, meeting) || !strings.Contains(p.text, "Không có bản tin nào khớp với lựa chọn này.") || !strings.Contains(p.body, `href="/coverage">`) {
		t.Errorf("yesterday: %s", p.text)
	}
	if p := s.get("/coverage?day=mai&only=missing"); p.status != http.StatusOK || !strings.Contains(p.text, meeting) || p.body == "" {
		t.Errorf("a day that is none: %d", p.status)
	}
	if p := s.get("/announcements/" + meetingID + "/record/pcc"); p.status != http.StatusForbidden {
		t.Errorf("a viewer records: %d", p.status)
	}
}

func TestLanguagesPage(t *testing.T) {
	w := lackingWorld(t)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/languages")
	for _, want := range []string{"Tiếng thứ 1", "Tiếng Giáy", "Tiếng Việt phát thay", "Chờ buổi phát sau", `name="pause"`} {
		if !strings.Contains(p.text, want) && !strings.Contains(p.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	p.checkForm(t, "vi")
	save := func(languages, missing, pause string) url.Values {
		f := url.Values{"revision": {"1"}, "missing": {missing}, "pause": {pause}}
		for i, l := range strings.Split(languages, ",") {
			f.Set("language_"+string(rune('1'+i)), l)
		}
		return f
	}
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"twice":    {save("vi,vi", "wait", "1"), "Mỗi tiếng chỉ chọn một lần."},
		"none":     {save("", "wait", "1"), "Chưa điền."},
		"a minute": {save("vi", "wait", "60"), "0–5"},
		"in words": {save("vi", "wait", "lâu"), "0–5"},
	} {
		if p := s.post("/languages", c.form); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, c.want) {
			t.Errorf("%s: %d %s", name, p.status, p.text)
		}
	}
	if p := s.post("/languages", looked(save("pcc,,vi", "wait", "1,5"))); p.location != "/languages?told=languages" {
		t.Fatalf("%d: %s", p.status, p.text)
	}
	if v := w.village; !slices.Equal(v.Languages, []string{"pcc", "vi"}) || v.Missing != scheduler.Wait || v.Pause != 1500*time.Millisecond || len(v.Allowed) != 1 {
		t.Errorf("%+v", v)
	}
	if p := s.post("/languages", save("vi", "skip", "")); p.status != http.StatusConflict {
		t.Errorf("of a stale page: %d", p.status)
	}
	if p := newSite(t, w, people.Cadre, "vi").get("/languages"); p.status != http.StatusForbidden {
		t.Errorf("a cadre: %d", p.status)
	}
}

// The as-run page and its files say which language aired, for what it stood, and
// what was missing.
func TestAsRunSaysWhatWasMissing(t *testing.T) {
	h := newHouse(t)
	h.w.runs = []playout.AsRun{{
		Owned: scheduler.Owned{ID: "r"}, Occurrence: "o", Kind: scheduler.Notice, Title: "Họp thôn", Class: scheduler.ClassNormal, Due: h.w.at(23, 5, 30),
		Outcome: playout.Played, Cause: "completed", Heard: playout.NotMeasured, Missing: []string{"pcc", "tyz"},
		Airings: []playout.Airing{{ID: "g", Part: scheduler.PartVoice, Language: "vi", For: []string{"pcc"}, Started: h.w.at(23, 5, 30), Ended: h.w.at(23, 5, 31), Frames: 48000 * 60}},
	}}
	var got struct {
		Rows []struct {
			Languages, Missing []string
			Airings            []struct{ For []string }
		}
	}
	h.call("viewer", "GET", "/api/v1/asrun", "").want(200).into(&got)
	if r := got.Rows[0]; !slices.Equal(r.Languages, []string{"vi"}) || !slices.Equal(r.Missing, []string{"pcc", "tyz"}) || !slices.Equal(r.Airings[0].For, []string{"pcc"}) {
		t.Errorf("%+v", r)
	}
	csv := string(h.call("viewer", "GET", "/api/v1/asrun?format=csv", "").want(200).Body)
	if lines := strings.Split(strings.TrimSpace(csv), "\n"); !strings.HasSuffix(lines[0], ",languages,stood_for,missing,topic,issuer,behind,behind_title,heard_score,heard_share,heard_lost_s,unmeasured") || !strings.HasSuffix(lines[1], ",vi,pcc,pcc tyz,,,,,,,,") {
		t.Errorf("%s", csv)
	}
	p := newSite(t, h.w, people.Viewer, "vi").get("/asrun")
	if !strings.Contains(p.text, "Tiếng Việt (thay tiếng Giáy)") || !strings.Contains(p.text, "Thiếu tiếng Tày") {
		t.Errorf("page: %s", p.text)
	}
}
