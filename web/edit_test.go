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

// fillTold is fill with an announcement that a voice tells in Vietnamese and a person in Giáy.
func (h *house) fillTold() {
	h.fill()
	d := h.w.notices[noticeID]
	d.Renditions[0].SpokenText = "Mời bà con họp."
	d.Renditions = append(d.Renditions, scheduler.Rendition{
		Owned: scheduler.Owned{ID: "r2", Village: "un-ta", Revision: 1}, Announcement: noticeID, Language: "pcc", State: scheduler.Ready, Recording: soundID, Length: 9 * time.Second,
	})
	h.w.notices[noticeID] = d
}

type edited struct {
	Title, Text, Issuer string
	Revision            int64
	Renditions          []struct {
		Language, State, Spoken, Recording string
		Length                             float64
	}
	Schedules []struct{ ID string }
}

// An edit of the text has it read anew and puts a person's recording in doubt;
// an edit of anything else leaves both as they are.
func TestEditAnnouncement(t *testing.T) {
	h := newHouse(t)
	h.fillTold()
	const path = "/api/v1/announcements/" + noticeID
	var a edited
	h.call("cadre", "PATCH", path, `{"title":"Họp thôn gấp","issuer":"Trưởng thôn"}`).want(200).into(&a)
	if a.Title != "Họp thôn gấp" || a.Issuer != "Trưởng thôn" || a.Text != "Mời bà con họp." || a.Revision != 2 || a.Renditions[0].State != "ready" || a.Renditions[1].State != "ready" {
		t.Errorf("title: %+v", a)
	}
	a = edited{}
	h.call("cadre", "PATCH", path, `{"revision":2,"text":"Mời bà con họp lúc 19h"}`).want(200).into(&a)
	vi, pcc := a.Renditions[0], a.Renditions[1]
	if a.Title != "Họp thôn gấp" || a.Text != "Mời bà con họp lúc 19h" || len(a.Schedules) != 1 ||
		vi.State != "spoken" || vi.Spoken != "Mời bà con họp lúc mười chín giờ" || vi.Recording != "" || vi.Length != 0 ||
		pcc.State != "outdated" || pcc.Recording != soundID {
		t.Errorf("text: %+v", a)
	}
	if h.w.changed != 2 {
		t.Errorf("the producer was told %d times", h.w.changed)
	}
	h.call("cadre", "PUT", path+"/renditions/pcc", `{"recording":"`+soundID+`"}`).want(200).into(&a)
	if a.Renditions[1].State != "recorded" {
		t.Errorf("a recording that still holds: %+v", a.Renditions[1])
	}
}

// A rendition that became ready meanwhile does not fail an edit; another edit
// does, and a withdrawal.
func TestEditRaces(t *testing.T) {
	h := newHouse(t)
	h.fillTold()
	const path = "/api/v1/announcements/" + noticeID
	h.w.racing = func() {}
	h.call("cadre", "PATCH", path, `{"text":"Mời họp."}`).want(200)
	h.w.racing = func() {
		d := h.w.notices[noticeID]
		d.Announcement.Revision++
		h.w.notices[noticeID] = d
	}
	if p := h.call("cadre", "PATCH", path, `{"text":"Mời họp gấp."}`).want(409).problem(); p.Code != "conflict" {
		t.Errorf("got %+v", p)
	}
	h.call("cadre", "POST", path+"/withdraw", "").want(200)
	if p := h.call("cadre", "PATCH", path, `{"title":"x"}`).want(409).problem(); p.Code != "withdrawn" {
		t.Errorf("got %+v", p)
	}
}

// A word may be mended in what has become valid meanwhile.
func TestEditOfWhatIsUnderWay(t *testing.T) {
	h := newHouse(t)
	h.fillTold()
	d := h.w.notices[noticeID]
	d.Announcement.ValidFrom, d.Announcement.ValidUntil = h.w.now.Add(-48*time.Hour), h.w.now.Add(-time.Hour)
	h.w.notices[noticeID] = d
	h.call("cadre", "PATCH", "/api/v1/announcements/"+noticeID, `{"title":"x"}`).want(200)
}

func TestEditOnThePage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	d := w.notices[meetingID]
	d.Announcement.Revision = 3
	d.Renditions[1].State, d.Renditions[1].Recording, d.Renditions[1].SpokenText = scheduler.Ready, takeID, ""
	w.notices[meetingID] = d
	if p := s.get(path); !strings.Contains(p.body, `action="`+path+`/edit"`) || !strings.Contains(p.body, `name="revision" value="3"`) {
		t.Error("the page does not offer to edit")
	}
	form := func(revision, title, text string) url.Values {
		return url.Values{"revision": {revision}, "title": {title}, "text": {text}}
	}
	if p := s.post(path+"/edit", form("3", "", "Họp lúc 19h")); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Chưa điền.") || !strings.Contains(p.body, ">Họp lúc 19h</textarea>") {
		t.Errorf("without a title: status %d: %s", p.status, p.text)
	}
	if p := s.post(path+"/edit", form("2", "Họp", "Họp lúc 19h")); p.status != http.StatusConflict || !strings.Contains(p.text, "Có người vừa sửa bản tin này") || !strings.Contains(p.body, ">Họp lúc 19h</textarea>") || !strings.Contains(p.body, `name="revision" value="3"`) {
		t.Errorf("of a stale copy: status %d: %s", p.status, p.text)
	}
	if p := s.post(path+"/edit", form("3", "Họp", "Họp lúc 19h")); p.location != path+"?told=edited" {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	d = w.notices[meetingID]
	if d.Announcement.Title != "Họp" || d.Announcement.Text != "Họp lúc 19h" || d.Renditions[1].State != scheduler.Outdated {
		t.Errorf("saved %+v, %+v", d.Announcement, d.Renditions)
	}
	p := s.get(path)
	if !strings.Contains(p.text, "Bản thu vẫn đúng") || !strings.Contains(p.text, "Chữ đã sửa, cần thu lại") {
		t.Error("the page does not ask whether the recording still holds")
	}
	if p := s.post(path+"/takes", url.Values{"language": {"pcc"}, "take_pcc": {takeID}}); p.status != http.StatusSeeOther || w.notices[meetingID].Renditions[1].State != scheduler.Recorded {
		t.Errorf("it holds: status %d, %+v", p.status, w.notices[meetingID].Renditions[1])
	}
	if p := newSite(t, w, people.Viewer, "vi").get(path); strings.Contains(p.body, "/edit\"") {
		t.Error("a viewer is offered to edit")
	}
}

// The music of a saved notice is chosen on its page, whose other fields a page from
// before may send alone.
func TestBedIsChangedOnThePage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	d := w.notices[meetingID]
	d.Announcement.Revision = 3
	w.notices[meetingID] = d
	form := func(bed ...string) url.Values {
		v := url.Values{"revision": {strconv.FormatInt(w.notices[meetingID].Announcement.Revision, 10)}, "title": {"Họp"}, "text": {d.Announcement.Text}}
		if len(bed) > 0 {
			v["bed"] = bed
		}
		return v
	}
	for _, c := range []struct {
		bed  []string
		want string
	}{{[]string{takeID}, takeID}, {nil, takeID}, {[]string{""}, ""}} {
		if p := s.post(path+"/edit", form(c.bed...)); p.location != path+"?told=edited" || w.notices[meetingID].Announcement.Bed != c.want {
			t.Errorf("%v: status %d, bed %q", c.bed, p.status, w.notices[meetingID].Announcement.Bed)
		}
		if p := s.get(path); strings.Contains(p.body, `value="`+takeID+`" selected`) != (c.want != "") {
			t.Errorf("%v: the page does not say so", c.bed)
		}
	}
	if p := s.post(path+"/edit", form("no-such-recording")); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a bed that is not there: status %d", p.status)
	}
}

// What waits for a recording may be left to the machine's voice, where there is
// one.
func TestVoiceInPlaceOfARecording(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID
	d := w.notices[meetingID]
	d.Renditions[0].State, d.Renditions[0].SpokenText = scheduler.Missing, ""
	w.notices[meetingID] = d
	if p := s.get(path); strings.Count(p.body, `action="`+path+`/voice"`) != 1 || !strings.Contains(p.text, "Để máy đọc Tiếng Việt") {
		t.Errorf("the page does not offer the voice, for Vietnamese alone: %s", p.text)
	}
	if p := s.post(path+"/voice", url.Values{"language": {"pcc"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Máy không đọc được tiếng này") {
		t.Errorf("a language without a voice: status %d: %s", p.status, p.text)
	}
	if p := s.post(path+"/voice", url.Values{"language": {"vi"}}); p.location != path+"?told=voice" {
		t.Fatalf("status %d to %q", p.status, p.location)
	}
	if r := w.notices[meetingID].Renditions[0]; r.State != scheduler.Spoken || r.SpokenText == "" || r.ID == "" {
		t.Errorf("rendition %+v", r)
	}
}
