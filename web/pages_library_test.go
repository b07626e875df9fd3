package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"loalang/people"
	"loalang/recordings"
)

func TestLibraryPageAsksForWhatTheFormSays(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/recordings?q=hop+thon&purpose=take&language=pcc&class=priority&topic=community&by=Th%C3%A0o+A+S%E1%BB%AD&unused=1&sort=longest&page=3")
	if p.status != http.StatusOK {
		t.Fatal(p.status, p.text)
	}
	q := w.searched
	if len(q.Topics) < 2 || q.Topics[0] != "community" {
		t.Errorf("topics %v", q.Topics)
	}
	q.Topics = nil
	want := recordings.Search{Village: "un-ta", Words: "hop thon", Purpose: recordings.OfPeople, Language: "pcc", Class: "priority", By: "Thào A Sử", Unused: true, Sort: recordings.LongestFirst, Skip: 40, Limit: 20}
	if !reflect.DeepEqual(q, want) {
		t.Errorf("asked for %+v,\nwant %+v", q, want)
	}
	for _, kept := range []string{`value="hop thon"`, `<option value="take" selected>`, `<option value="longest" selected>`, `name="unused" value="1" checked`, "<details open>"} {
		if !strings.Contains(p.body, kept) {
			t.Errorf("the form forgot %s", kept)
		}
	}
	p.checkForm(t, "vi")
}

func TestLibraryFindsWithoutMarks(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Viewer, "vi")
	if p := s.get("/recordings?q=hop+thon"); !strings.Contains(p.text, "Mời họp thôn, tiếng Giáy") || strings.Contains(p.text, "Có sẵn trong máy") {
		t.Error(p.text)
	}
	if p := s.get("/recordings?q=voi+rung"); !strings.Contains(p.text, "Không có bản ghi nào như thế") || !strings.Contains(p.body, `href="/recordings"`) {
		t.Errorf("nothing found: %s", p.text)
	}
}

// Ten thousand recordings are shown in pages that stay light.
func TestLibraryPages(t *testing.T) {
	w := newWorld(t)
	w.fill()
	model := w.shelf[0]
	model.Measures.After.Wave = make(recordings.Wave, recordings.WavePoints)
	for i := range model.Measures.After.Wave {
		model.Measures.After.Wave[i] = byte(i * 7919)
	}
	w.shelf = nil
	for i := range 10_000 {
		model.ID, model.Title = fmt.Sprintf("%064x", i), fmt.Sprintf("Bản thu số %d", i)
		w.shelf = append(w.shelf, model)
	}
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/recordings?page=7&sort=title")
	if !strings.Contains(p.text, "Bản ghi 121–140 trong 10000") || !strings.Contains(p.body, "page=8&amp;sort=title") || !strings.Contains(p.body, "page=6&amp;sort=title") {
		t.Error(p.text)
	}
	if p.wire > 12<<10 {
		t.Errorf("%d bytes on the wire", p.wire)
	}
	if p := s.get("/recordings?page=500"); strings.Contains(p.body, "page=501") {
		t.Error("a page behind the last")
	}
	for _, page := range []string{"-1", "x", "99999999999999999999", "9999"} {
		if p := s.get("/recordings?page=" + page); p.status != http.StatusOK {
			t.Errorf("page %s: %d", page, p.status)
		}
	}
}

func TestRecordingPageSaysWhereItIsUsed(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.uses = []recordings.Use{
		{What: recordings.UsedByNotice, ID: meetingID, Title: meeting, Airs: true},
		{What: recordings.UsedBySlot, ID: "s", Title: "Buổi sáng", Airs: true},
		{What: recordings.UsedAsBed, ID: cattleID, Title: cattle},
		{What: recordings.UsedAsFrame, ID: "un-ta", Title: "un-ta", Airs: true},
	}
	p := newSite(t, w, people.Cadre, "vi").get("/recordings/" + takeID)
	for _, want := range []string{"Bản tin “" + meeting + "”", "Buổi phát “Buổi sáng”", "Nhạc nền của", "Chuông quanh mọi bản tin", "Sẽ còn phát", "Không phát nữa", "Không xóa được khi còn nơi sắp phát"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(p.body, "/delete") || strings.Contains(p.body, `href="/slots/s"`) {
		t.Error("a way is offered that leads nowhere")
	}
	p.checkForm(t, "vi")
}

func TestRecordingDeletedAndTakenBack(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/recordings/"+takeID+"/delete", url.Values{})
	if p.status != http.StatusSeeOther || !strings.Contains(p.location, "removed="+takeID) {
		t.Fatal(p.status, p.location)
	}
	if p = s.get(p.location); !strings.Contains(p.text, "Đã xóa bản ghi.") || !strings.Contains(p.body, `action="/recordings/`+takeID+`/restore"`) {
		t.Fatalf("no way back: %s", p.text)
	}
	if p = s.get("/recordings?purpose=removed"); !strings.Contains(p.text, "Lấy lại bản ghi") || strings.Contains(p.body, "/audio") {
		t.Errorf("what was deleted: %s", p.text)
	}
	p = s.post("/recordings/"+takeID+"/restore", url.Values{})
	if p.status != http.StatusSeeOther || p.location != "/recordings/"+takeID+"?told=recording-back" {
		t.Fatal(p.status, p.location, p.text)
	}
	if p = s.get(p.location); p.status != http.StatusOK || !strings.Contains(p.text, "Đã lấy lại bản ghi.") {
		t.Error(p.text)
	}
	if p = s.post("/recordings/"+takeID+"/restore", url.Values{}); p.location != "/recordings?refused=recording-cleared" {
		t.Errorf("twice: %s", p.location)
	}
}

func TestRecordingRenamed(t *testing.T) {
	w := newWorld(t)
	w.fill()
	path := "/recordings/" + takeID + "/rename"
	s := newSite(t, w, people.Cadre, "vi")
	for title, fault := range map[string]string{"": "", strings.Repeat("a", 201): strings.Repeat("a", 201)} {
		p := s.post(path, url.Values{"title": {title}})
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `aria-invalid="true"`) || !strings.Contains(p.body, fault) {
			t.Errorf("%.5q: %d %s", title, p.status, p.text)
		}
	}
	if p := s.post(path, url.Values{"title": {" Họp thôn tháng Chạp "}}); p.location != "/recordings/"+takeID+"?told=renamed" {
		t.Fatal(p.status, p.location)
	}
	if p := s.get("/recordings/" + takeID); !strings.Contains(p.text, "Họp thôn tháng Chạp") {
		t.Error(p.text)
	}
	if p := newSite(t, w, people.Recorder, "vi").post(path, url.Values{"title": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("a recorder renames what others sent: %d", p.status)
	}
}

func TestEmptyLibraryTeaches(t *testing.T) {
	w := newWorld(t)
	w.shelf = nil
	p := newSite(t, w, people.Recorder, "vi").get("/recordings")
	if !strings.Contains(p.text, "Kho chưa có bản ghi nào của thôn") || !strings.Contains(p.body, `id="gui-o" open`) {
		t.Error(p.text)
	}
}

func TestLibraryAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.uses = []recordings.Use{{What: recordings.UsedByNotice, ID: "a", Title: "Họp thôn", Airs: true}}
	var found struct {
		Recordings []struct {
			ID   string
			Uses int
		}
		Total int
	}
	a := h.call("viewer", "GET", "/api/v1/recordings/search?purpose=take&unused=true&sort=title&limit=5&skip=0", "").want(200)
	if err := json.Unmarshal(a.Body, &found); err != nil || found.Total == 0 || found.Recordings[0].Uses != 1 {
		t.Errorf("%+v %v", found, err)
	}
	h.call("viewer", "GET", "/api/v1/recordings/search?purpose=nothing", "").want(422)
	a = h.call("viewer", "GET", "/api/v1/recordings/"+soundID+"/uses", "").want(200)
	if !strings.Contains(string(a.Body), `"airs":true`) {
		t.Error(string(a.Body))
	}
	h.call("recorder", "PATCH", "/api/v1/recordings/"+soundID, `{"title":"x"}`).want(403)
	h.call("cadre", "PATCH", "/api/v1/recordings/"+soundID, `{"title":" "}`).want(422)
	a = h.call("cadre", "PATCH", "/api/v1/recordings/"+soundID, `{"title":"Khèn"}`).want(200)
	if !strings.Contains(string(a.Body), "Khèn") {
		t.Error(string(a.Body))
	}
	h.w.bin = nil
	h.call("cadre", "DELETE", "/api/v1/recordings/"+soundID, "").want(204)
	h.call("cadre", "GET", "/api/v1/recordings/"+soundID, "").want(404)
	h.call("recorder", "POST", "/api/v1/recordings/"+soundID+"/restore", "").want(403)
	h.call("cadre", "POST", "/api/v1/recordings/"+soundID+"/restore", "").want(204)
	h.call("cadre", "POST", "/api/v1/recordings/"+soundID+"/restore", "").want(404)
	h.call("cadre", "GET", "/api/v1/recordings/"+soundID, "").want(200)
}
