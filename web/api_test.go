package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

const (
	noticeID   = "0193a000-0000-7000-8000-00000000aaaa"
	scheduleID = "0193a000-0000-7000-8000-00000000bbbb"
	takeTitle  = "Ghi âm"
)

var (
	soundID   = strings.Repeat("ab", 32)
	foreignID = strings.Repeat("cd", 32)
)

func takeOf(id, village string) recordings.Recording {
	return recordings.Recording{
		ID: id, Title: takeTitle, Kind: recordings.Take, Village: village, Length: 9 * time.Second, Loudness: -18.1, TruePeak: -1.6,
		Warnings: []string{recordings.Noisy}, Bytes: 1234, By: "Hoa",
	}
}

func TestDescriptionIsValid(t *testing.T) {
	v, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if ok, faults := v.ValidateDocument(); !ok {
		for _, f := range faults {
			t.Errorf("%s: %s %v", f.Message, f.Reason, f.SchemaValidationErrors)
		}
	}
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	if !strings.Contains(doc, `"openapi":"3.1.0"`) {
		t.Error("not OpenAPI 3.1")
	}
	for _, foreign := range []string{"unpkg", "ErrorModel", "$schema"} {
		if strings.Contains(doc, foreign) {
			t.Errorf("the description speaks of %s", foreign)
		}
	}
}

// The contract that programs outside rely on.
func TestDescriptionHasTheContract(t *testing.T) {
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	answer{t: t, Body: raw}.into(&doc)
	for _, want := range []string{
		"post /announcements", "get /announcements", "get /announcements/{id}", "post /announcements/{id}/schedules",
		"delete /announcements/{id}/schedules/{sid}", "post /announcements/{id}/withdraw", "post /recordings", "get /recordings",
		"get /recordings/{id}/audio", "post /speech/preview", "get /plan", "get /asrun", "get /air", "delete /air", "get /air/events",
		"get /air/listen", "post /emergency", "patch /emergency/{id}", "delete /emergency", "get /villages", "get /slots", "post /clock",
	} {
		method, path, _ := strings.Cut(want, " ")
		if doc.Paths["/api/v1"+path][method] == nil {
			t.Errorf("no %s", want)
		}
	}
}

func TestConfigSaysWhatIsMissing(t *testing.T) {
	_, err := web.New(web.Config{Village: "un-ta"})
	if err == nil || !strings.Contains(err.Error(), "Roster") || strings.Contains(err.Error(), "Village") {
		t.Errorf("got %v", err)
	}
}

func TestCreateAnnouncement(t *testing.T) {
	h := newHouse(t)
	var a struct {
		ID, Title, Class, Text string
		Revision               int
		CreatedBy              string `json:"created_by"`
		Renditions             []struct{ Language, State, Spoken, Voice string }
		Schedules              []struct {
			Kind, From, Until string
			At                *time.Time
			Slots, Days       []string
			Misfire           struct {
				Policy string
				Grace  float64
			}
		}
	}
	res := h.call("cadre", "POST", "/api/v1/announcements", `{"title":" Họp thôn ","text":"UBND mời\r\nbà con","class":"priority",
		"schedules":[{"kind":"slots","slots":["17:00","0193a000-0000-7000-8000-0000000000a1"],"days":["mon","SUN"],"from":"2026-11-24","until":"2026-12-01"},
		{"kind":"once","at":"2026-11-23T18:00:00+07:00","misfire":{"policy":"skip"}}]}`).want(201)
	res.into(&a)
	if res.Header.Get("Location") != "/api/v1/announcements/"+a.ID {
		t.Errorf("location %q", res.Header.Get("Location"))
	}
	if a.Title != "Họp thôn" || a.Class != "priority" || a.Text != "UBND mời\nbà con" || a.CreatedBy != "máy cadre" || a.Revision != 1 {
		t.Errorf("got %+v", a)
	}
	if len(a.Renditions) != 2 || a.Renditions[0].State != "spoken" || a.Renditions[0].Spoken != "Ủy ban nhân dân mời\nbà con" || a.Renditions[1].State != "missing" {
		t.Errorf("renditions %+v", a.Renditions)
	}
	s := a.Schedules[0]
	if len(s.Slots) != 2 || s.Slots[0] != h.w.slots[1].ID || strings.Join(s.Days, " ") != "mon sun" || s.From != "2026-11-24" || s.Misfire.Policy != "coalesce" || s.Misfire.Grace != 3600 {
		t.Errorf("slots %+v", s)
	}
	if s = a.Schedules[1]; s.At == nil || !s.At.Equal(h.w.at(23, 18, 0)) || s.Misfire.Policy != "skip" {
		t.Errorf("once %+v", s)
	}
	if h.w.changed != 1 {
		t.Errorf("the planner was told %d times", h.w.changed)
	}
	h.call("viewer", "GET", "/api/v1/announcements/"+a.ID, "").want(200)
}

func TestAnnouncementOfRecordingsOnly(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var a struct {
		Text       string
		Renditions []struct{ State, Recording string }
	}
	h.call("recorder", "POST", "/api/v1/announcements", `{"title":"Lời của già làng","renditions":[{"language":"pcc","recording":"`+soundID+`"}]}`).want(201).into(&a)
	if a.Text != "" || len(a.Renditions) != 2 || a.Renditions[1].State != "missing" || a.Renditions[0].State != "recorded" || a.Renditions[0].Recording != soundID {
		t.Errorf("got %+v", a)
	}
}

// Without its engine the board keeps what is to be spoken, and why it is not:
// it was once kept as missing, and stayed so when the engine came back.
func TestWithoutAnEngineTheTextWaitsForIt(t *testing.T) {
	h := newHouse(t)
	h.w.noEngine = true
	var a struct {
		ID         string
		Renditions []struct{ Language, State, Spoken, Fault string }
	}
	want := func(vi string) {
		t.Helper()
		if len(a.Renditions) != 2 || a.Renditions[0].State != vi || a.Renditions[1].State != "missing" || a.Renditions[1].Fault != "" {
			t.Fatalf("got %+v", a.Renditions)
		}
		if r := a.Renditions[0]; vi == "spoken" && (r.Fault != playout.FaultNoEngine || r.Spoken != "họp lúc mười chín giờ") {
			t.Errorf("got %+v", r)
		}
	}
	h.call("cadre", "POST", "/api/v1/announcements", `{"title":"x","text":"họp lúc 19h"}`).want(201).into(&a)
	want("spoken")
	h.call("cadre", "PUT", "/api/v1/announcements/"+a.ID+"/renditions/vi", `{"voice":"espeak:vi"}`).want(200).into(&a)
	want("spoken")
	h.call("cadre", "PUT", "/api/v1/announcements/"+a.ID+"/renditions/pcc", `{"voice":"espeak:pcc"}`).want(422)
}

func TestCreateTwiceWithOneID(t *testing.T) {
	h := newHouse(t)
	body := `{"id":"0193a000-0000-7000-8000-00000000cccc","title":"Họp","text":"Mời họp"}`
	h.call("cadre", "POST", "/api/v1/announcements", body).want(201)
	if p := h.call("cadre", "POST", "/api/v1/announcements", body).want(409).problem(); p.Code != "conflict" {
		t.Errorf("got %+v", p)
	}
	if len(h.w.notices) != 1 {
		t.Errorf("%d announcements", len(h.w.notices))
	}
}

func TestListAnnouncementsByPages(t *testing.T) {
	h := newHouse(t)
	for _, title := range []string{"một", "hai", "ba"} {
		h.call("cadre", "POST", "/api/v1/announcements", `{"title":"`+title+`","text":"chữ"}`).want(201)
	}
	var l struct {
		Announcements []struct{ Title string }
		Next          string
	}
	h.call("viewer", "GET", "/api/v1/announcements?limit=2", "").want(200).into(&l)
	if len(l.Announcements) != 2 || l.Announcements[0].Title != "ba" || l.Next == "" {
		t.Fatalf("first page %+v", l)
	}
	before := l.Next
	l.Next = ""
	h.call("viewer", "GET", "/api/v1/announcements?limit=2&before="+before, "").want(200).into(&l)
	if len(l.Announcements) != 1 || l.Announcements[0].Title != "một" || l.Next != "" {
		t.Errorf("second page %+v", l)
	}
}

func TestPutRendition(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/api/v1/announcements/" + noticeID + "/renditions/"
	h.call("recorder", "PUT", path+"pcc", `{"recording":"`+soundID+`"}`).want(200)
	h.call("recorder", "PUT", path+"vi", `{"spoken":"mời bà con họp"}`).want(200)
	rs := h.w.notices[noticeID].Renditions
	if len(rs) != 2 || rs[0].ID != "r1" || rs[0].State != scheduler.Spoken || rs[0].SpokenText != "mời bà con họp" || rs[0].Recording != "" || rs[1].State != scheduler.Recorded {
		t.Errorf("got %+v", rs)
	}
	if got := h.call("recorder", "PUT", path+"fr", `{}`).want(422).faults(); got != "language unknown" {
		t.Errorf("got %q", got)
	}
}

func TestSchedules(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/api/v1/announcements/" + noticeID + "/schedules"
	var s struct {
		ID      string
		At      time.Time
		Misfire struct{ Grace float64 }
	}
	h.call("cadre", "POST", path, `{"kind":"now"}`).want(201).into(&s)
	if !s.At.Equal(h.w.now) || s.Misfire.Grace != 600 {
		t.Errorf("now %+v", s)
	}
	h.call("cadre", "POST", path, `{"kind":"slots","slots":["5:30"]}`).want(201)
	h.call("cadre", "DELETE", path+"/"+s.ID, "").want(204)
	h.call("cadre", "DELETE", path+"/"+s.ID, "").want(404)
	if got := len(h.w.notices[noticeID].Schedules); got != 2 {
		t.Errorf("%d schedules", got)
	}
	if h.w.changed != 3 {
		t.Errorf("the planner was told %d times", h.w.changed)
	}
}

// Two who give one announcement its times in the same instant both get them: neither has read
// anything that the other could have changed.
func TestTwoWhoScheduleOneAnnouncementAreBothTaken(t *testing.T) {
	h := asking(t)
	id := h.write("officer", "").ID
	others := 0
	h.w.racing = func() { others++ }
	h.call("officer", "POST", "/api/v1/announcements/"+id+"/schedules", `{"kind":"now"}`).want(201)
	if others != 1 || len(h.w.notices[id].Schedules) != 1 {
		t.Errorf("%d others, schedules %+v", others, h.w.notices[id].Schedules)
	}
}

// A schedule that is removed takes along what sounds of it or was cued for it.
func TestRemovedScheduleIsSilenced(t *testing.T) {
	path := "/api/v1/announcements/" + noticeID + "/schedules"
	h := newHouse(t)
	h.fill()
	var s struct{ ID string }
	h.call("cadre", "POST", path, `{"kind":"now"}`).want(201).into(&s)
	o := h.w.plan.Occurrences[0]
	o.Schedule = s.ID
	h.w.air.OnAir = &playout.OnAir{Occurrence: o}
	h.call("cadre", "DELETE", path+"/"+s.ID, "").want(204)
	if len(h.w.silenced) != 1 || h.w.silenced[0] != s.ID+" by máy cadre" || len(h.w.stopped) != 1 || h.w.stopped[0] != o.ID {
		t.Errorf("silenced %v, stopped %v", h.w.silenced, h.w.stopped)
	}
}

func TestWithdrawSilencesAndCloses(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var a struct{ Withdrawn *time.Time }
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200).into(&a)
	if a.Withdrawn == nil || len(h.w.silenced) != 1 || h.w.silenced[0] != noticeID+" by máy cadre" {
		t.Errorf("%+v, silenced %v", a, h.w.silenced)
	}
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200)
	for _, c := range []ask{
		{method: "POST", path: "/schedules", body: `{"kind":"now"}`},
		{method: "PUT", path: "/renditions/vi", body: `{}`},
	} {
		if p := h.call("cadre", c.method, "/api/v1/announcements/"+noticeID+c.path, c.body).want(409).problem(); p.Code != "withdrawn" {
			t.Errorf("%s: %+v", c.path, p)
		}
	}
}

// Without a Withdrawer what sounds is stopped.
func TestWithdrawStopsWhatSounds(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.air.OnAir = &playout.OnAir{Occurrence: h.w.plan.Occurrences[0]}
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200)
	if len(h.w.stopped) != 1 || h.w.stopped[0] != "occ-1" {
		t.Errorf("stopped %v", h.w.stopped)
	}
}

func TestPreviewSpeech(t *testing.T) {
	h := newHouse(t)
	var p struct {
		Spoken, Recording, Audio string
		Changes                  []struct {
			Written, Read, Doubt string
			At, From, To         int
		}
		Unknown []string
		Length  float64
	}
	const text = "  ho\u0323p UBND lúc 19h với XKZ"
	h.call("recorder", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"`+text+`"}`).want(200).into(&p)
	if p.Spoken != "họp ủy ban nhân dân lúc mười chín giờ với ích ca dét" || len(p.Changes) != 3 || p.Changes[0].Written != "UBND" || p.Length != 34 || len(p.Unknown) != 1 {
		t.Errorf("got %+v", p)
	}
	for i, doubt := range []string{"", "", "spelled"} {
		c := p.Changes[i]
		if p.Spoken[c.At:c.At+len(c.Read)] != c.Read || text[c.From:c.To] != c.Written {
			t.Errorf("the change is not where it says: %+v", c)
		}
		if c.Doubt != doubt {
			t.Errorf("%q is doubted as %q, want %q", c.Written, c.Doubt, doubt)
		}
	}
	if p.Audio != "/api/v1/recordings/"+p.Recording+"/audio" {
		t.Errorf("audio %q", p.Audio)
	}
	h.call("viewer", "GET", "/api/v1/speech/voices", "").want(200)
}
