package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// A language that the author of a new announcement unticks is not missing for
// ever: it is not told in it, the coverage and the first page say nothing of it,
// and it can be wanted again.
func TestUntickedLanguageIsNotMissing(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.upload("/announcements/new", notice("language", "vi", "when", "daily", "slot", w.slots[1].ID, "day", "mon|tue|wed|thu|fri|sat|sun"), nil)
	d := saved(t, w)
	path := "/announcements/" + d.Announcement.ID
	giay := func() scheduler.Rendition { return w.notices[d.Announcement.ID].Renditions[1] }
	if r := giay(); len(d.Renditions) != 2 || r.Language != "pcc" || r.State != scheduler.Missing || !r.Waived {
		t.Fatalf("%+v", d.Renditions)
	}
	for page, wants := range map[string]bool{path: true, "/announcements": true, "/coverage": true, "/coverage?only=missing": false} {
		if p := s.get(page); strings.Contains(strings.ToLower(p.text), "không đọc tiếng này") != wants || strings.Contains(p.text, "Chờ thu") {
			t.Errorf("%s: %s", page, p.text)
		}
	}
	if p := s.get("/"); strings.Contains(p.text, "còn thiếu") {
		t.Errorf("the first page lacks it: %s", p.text)
	}
	s.get(path).checkForm(t, "vi")
	if p := s.post(path+"/waive", url.Values{"language": {"pcc"}, "do": {"want"}}); p.location != path+"?told=wanted" || giay().Waived || giay().State != scheduler.Missing {
		t.Errorf("wanted: %d %s, %+v", p.status, p.text, giay())
	}
	if p := s.get("/coverage?only=missing"); !strings.Contains(p.text, "Chờ thu") {
		t.Errorf("wanted again it is missing nowhere: %s", p.text)
	}
	if p := s.post(path+"/waive", url.Values{"language": {"pcc"}, "do": {"waive"}}); p.location != path+"?told=waived" || !giay().Waived {
		t.Errorf("waived: %d %s, %+v", p.status, p.text, giay())
	}
	if p := s.post(path+"/waive", url.Values{"language": {"vi"}, "do": {"waive"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "tiếng cuối cùng") {
		t.Errorf("the last language: %d %s", p.status, p.text)
	}
}

// Vietnamese that was waived is given to the voice once it is wanted.
func TestWantedAgainIsSpoken(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.upload("/announcements/new", notice("language", "pcc"), nil)
	d := saved(t, w)
	if !d.Renditions[0].Waived {
		t.Fatalf("%+v", d.Renditions)
	}
	s.post("/announcements/"+d.Announcement.ID+"/waive", url.Values{"language": {"vi"}, "do": {"want"}})
	if r := w.notices[d.Announcement.ID].Renditions[0]; r.Waived || r.State != scheduler.Spoken || r.SpokenText == "" {
		t.Errorf("%+v", r)
	}
}

func TestWaivedByTheAPI(t *testing.T) {
	h := lacking(t)
	var n struct {
		Renditions []struct {
			Language, State string
			Waived          bool
		}
	}
	h.call("recorder", "PUT", pccPath, `{"waived":true}`).want(200).into(&n)
	if r := n.Renditions[1]; !r.Waived || r.State != "missing" {
		t.Errorf("%+v", n)
	}
	var c struct {
		Villages []struct{ Announcements []struct{ Lacking []string } }
	}
	h.call("viewer", "GET", "/api/v1/coverage?only=missing", "").want(200).into(&c)
	if len(c.Villages[0].Announcements) != 0 {
		t.Errorf("it is still missing: %+v", c)
	}
	if got := h.call("recorder", "PUT", strings.Replace(pccPath, "pcc", "vi", 1), `{"waived":true}`).want(422).faults(); got != "language last-language" {
		t.Errorf("the last one: %q", got)
	}
	h.call("viewer", "PUT", pccPath, `{"waived":true}`).want(403)
	n.Renditions = nil
	h.call("recorder", "PUT", pccPath+"/assignment", `{"reader":"Mỷ"}`).want(200).into(&n)
	if r := n.Renditions[1]; r.Waived || r.State != "assigned" {
		t.Errorf("somebody is asked all the same: %+v", r)
	}
	body := `{"title":"Họp","text":"Họp thôn.","renditions":[{"language":"vi"},{"language":"pcc","waived":true}]}`
	n.Renditions = nil
	h.call("cadre", "POST", "/api/v1/announcements", body).want(201).into(&n)
	if len(n.Renditions) != 2 || !n.Renditions[1].Waived {
		t.Errorf("new: %+v", n)
	}
	body = `{"title":"Họp","text":"Họp thôn.","renditions":[{"language":"vi","waived":true},{"language":"pcc","waived":true}]}`
	if got := h.call("cadre", "POST", "/api/v1/announcements", body).want(422).faults(); got != "renditions last-language" {
		t.Errorf("of none: %q", got)
	}
}

// Two people have the same page open and ask two readers: the second is told of the
// first, and asks again if that is what they want.
func TestTwoPeopleAskAtOnce(t *testing.T) {
	w := lackingWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	ask := func(reader, seen string) url.Values {
		return url.Values{"language": {"pcc"}, "reader": {reader}, "due_date": {"2026-11-23"}, "due_time": {"16:50"}, "asked": {seen}}
	}
	if p := s.post(path+"/assign", ask("Mỷ", "0")); p.status != http.StatusSeeOther {
		t.Fatalf("the first: %d %s", p.status, p.text)
	}
	p := s.post(path+"/assign", ask("Lò", "0"))
	if p.status != http.StatusConflict || !strings.Contains(p.text, "Vừa có người nhờ Mỷ thu") || !strings.Contains(p.body, `value="Lò"`) || pcc(w).Assignment.Reader != "Mỷ" {
		t.Fatalf("the second: %d %s, %+v", p.status, p.text, pcc(w).Assignment)
	}
	_, rest, _ := strings.Cut(p.body, `name="asked" value="`)
	seen, _, _ := strings.Cut(rest, `"`)
	if p := s.post(path+"/assign", ask("Lò", seen)); p.location != path+"?told=assigned" || pcc(w).Assignment.Reader != "Lò" {
		t.Errorf("all the same: %d %s", p.status, p.text)
	}
}

// crowd adds announcements to the evening's slot that lack Giáy.
func (w *world) crowd(n int) {
	for i := range n {
		id := fmt.Sprintf("0193d000-0000-7000-8000-1%011d", i)
		owned := scheduler.Owned{ID: id, Village: "un-ta", Revision: 1, Created: w.at(22, 8, 0).Add(time.Duration(i) * time.Minute)}
		w.notices[id] = scheduler.Dossier{
			Announcement: scheduler.Announcement{Owned: owned, Title: fmt.Sprintf("Thông báo số %d", i), Class: scheduler.ClassNormal, Text: "Chữ."},
			Renditions:   []scheduler.Rendition{{Owned: owned, Announcement: id, Language: "vi", State: scheduler.Ready, Recording: takeID, Length: time.Second}},
			Schedules:    []scheduler.Schedule{{Owned: owned, Announcement: id, Kind: scheduler.Slots, Slots: []string{w.slots[1].ID}}},
		}
		w.order = append(w.order, id)
	}
}

// Five hundred announcements are told in pages, and the first page of the panel
// names three of them.
func TestManyAnnouncementsLackALanguage(t *testing.T) {
	w := newWorld(t)
	w.crowd(500)
	w.village.Languages = []string{"vi", "pcc", "tyz", "mww", "ium"}
	s := newSite(t, w, people.Viewer, "vi")
	p := s.get("/coverage")
	if n := strings.Count(p.body, `<th scope="row">`); n != 40 || !strings.Contains(p.text, "Bản tin 1–40 trong 500.") || !strings.Contains(p.body, `href="/coverage?from=40&amp;village=un-ta"`) {
		t.Errorf("%d rows, %s", n, p.text[:200])
	}
	if p.wire > 30<<10 || len(p.body) > 100<<10 {
		t.Errorf("the coverage weighs %d bytes, %d with gzip", len(p.body), p.wire)
	}
	p.checkForm(t, "vi")
	for from, want := range map[string]string{"480": "Bản tin 481–500 trong 500.", "40": "Bản tin 41–80", "500": "Bản tin 1–40", "-3": "Bản tin 1–40", "x": "Bản tin 1–40"} {
		if p := s.get("/coverage?village=un-ta&only=missing&from=" + from); !strings.Contains(p.text, want) || strings.Contains(p.body, `only=missing`) != (want != "") {
			t.Errorf("from %s: %s", from, p.text)
		}
	}
	first := s.get("/")
	if n := strings.Count(first.text, "còn thiếu"); n != 3 || !strings.Contains(first.text, "Còn 497 bản tin nữa") {
		t.Errorf("%d are named: %s", n, first.text)
	}
}

// The reader's first page says what they are asked to record, and until when; also
// of a Vietnamese that the village does not list.
func TestReaderIsToldOnTheFirstPage(t *testing.T) {
	w := lackingWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.get("/"); strings.Contains(p.text, "nhờ bạn thu, gần nhất") {
		t.Errorf("nobody asked: %s", p.text)
	}
	d := w.notices[meetingID]
	d.Renditions = slices.Clone(d.Renditions)
	for i := range d.Renditions {
		d.Renditions[i].State, d.Renditions[i].SpokenText = scheduler.Assigned, ""
		d.Renditions[i].Assignment = scheduler.Assignment{Reader: "x", Account: "0193c000-0000-7000-8000-000000000001", Due: w.at(23, 16, 50+i)}
	}
	w.notices[meetingID] = d
	w.village.Languages = []string{"pcc"}
	if p := s.get("/"); !strings.Contains(p.text, "Có 2 bản tin nhờ bạn thu, gần nhất hạn 16:50 hôm nay") {
		t.Errorf("first page: %s", p.text)
	}
	if p := s.get("/readings"); strings.Count(p.body, "/record/") != 2 || !strings.Contains(p.text, "Tiếng Việt") {
		t.Errorf("readings: %s", p.text)
	}
}

// What a village no longer speaks is not shown as if somebody waited for it.
func TestGivenUpLanguageLacksNothing(t *testing.T) {
	w := lackingWorld(t)
	w.village.Languages = []string{"vi"}
	w.order = []string{meetingID}
	s := newSite(t, w, people.Cadre, "vi")
	for _, page := range []string{"/announcements/" + meetingID, "/announcements", "/coverage"} {
		if p := s.get(page); strings.Contains(p.text, "Tiếng Giáy") || strings.Contains(p.text, "còn thiếu tiếng") {
			t.Errorf("%s: %s", page, p.text)
		}
	}
	d := w.notices[meetingID]
	d.Renditions = slices.Clone(d.Renditions)
	d.Renditions[1].State, d.Renditions[1].Recording, d.Renditions[1].Length = scheduler.Ready, takeID, time.Second
	w.notices[meetingID] = d
	if p := s.get("/announcements/" + meetingID); !strings.Contains(p.body, `id="tieng-pcc"`) {
		t.Error("what was recorded in it is lost")
	}
}

// What a command changed of the village counts at once, though the panel remembers it.
func TestVillageChangedByACommand(t *testing.T) {
	w := lackingWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/new"); !strings.Contains(p.text, "Tiếng Giáy") || strings.Contains(p.text, "Tiếng Tày") {
		t.Fatalf("%s", p.text)
	}
	w.village.Languages = []string{"vi", "tyz"}
	s.server.Reread(t.Context())
	if p := s.get("/announcements/new"); strings.Contains(p.text, "Tiếng Giáy") || !strings.Contains(p.text, "Tiếng Tày") {
		t.Errorf("%s", p.text)
	}
}

// The gauges tell what a person must see to.
func TestMetricsOfCoverage(t *testing.T) {
	h := lacking(t)
	want := func(lines ...string) {
		t.Helper()
		got := h.metrics()
		for _, line := range lines {
			if !strings.Contains(got, line+"\n") {
				t.Errorf("%q is not in the metrics", line)
			}
		}
	}
	want("loalang_renditions_lacking 1", "loalang_renditions_assigned 0", "loalang_renditions_overdue 0")
	h.call("cadre", "PUT", pccPath+"/assignment", `{"reader":"Mỷ","due":"2026-11-23T17:30:00+07:00"}`).want(200)
	want("loalang_renditions_lacking 1", "loalang_renditions_assigned 1", "loalang_renditions_overdue 0")
	h.w.now = h.w.at(23, 18, 0)
	want("loalang_renditions_assigned 1", "loalang_renditions_overdue 1")
	h.call("recorder", "PUT", pccPath, `{"waived":true}`).want(200)
	want("loalang_renditions_lacking 0", "loalang_renditions_assigned 0", "loalang_renditions_overdue 0")
}

// Whoever types the name of an account instead of choosing it asks the same person.
func TestReaderByNameIsTheAccount(t *testing.T) {
	h := lacking(t)
	var n readNotice
	h.call("cadre", "PUT", pccPath+"/assignment", `{"reader":" vàng thị mỷ "}`).want(200).into(&n)
	if a := n.Renditions[1].Assignment; a.Account != "acc-my" || a.Reader != "Vàng Thị Mỷ" {
		t.Errorf("%+v", a)
	}
	for _, name := range []string{"Chỉ xem", "Ở xa", "Ai đó"} { // who may not record for the village is a name like any
		n = readNotice{}
		h.call("cadre", "PUT", pccPath+"/assignment", `{"reader":"`+name+`"}`).want(200).into(&n)
		if a := n.Renditions[1].Assignment; a.Account != "" || a.Reader != name {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
