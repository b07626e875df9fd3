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
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

// giayID is a recording in Giáy of the village's library.
const giayID = "00000000000000000000000000000000000000000000000000000000000000e1"

// zoned has two clusters of loudspeakers.
func zoned(c *web.Config) { c.Zones = []string{"dau-thon", "cuoi-thon"} }

// recorded has a recording in Giáy in the library.
func (w *world) recorded() {
	w.shelf = append(w.shelf, recordings.Recording{ID: giayID, Title: "Xả lũ, tiếng Giáy", Kind: recordings.Take, Village: "un-ta"})
}

// TestPreparedMessageIsHeardAsPrepared goes the whole way without a script: a message is
// prepared with a recording, zones, repetitions and no siren; with the database gone it is
// chosen, the page begins with all that, and it is raised so, or as its raiser changes it.
func TestPreparedMessageIsHeardAsPrepared(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.recorded()
	s := newSite(t, w, people.Cadre, "vi", zoned)
	p := s.get("/templates/new?class=emergency")
	f := p.fields(t)
	if !slices.Equal(f["zone"], []string{"dau-thon", "cuoi-thon"}) || f.Get("siren") != "1" || f.Get("repeat") != "" || !strings.Contains(p.text, "Xả lũ, tiếng Giáy") {
		t.Fatalf("the form begins with %v: %s", f, p.text)
	}
	f = with(f, "topic", "danger", "name", "Xả lũ hồ", "title", "Xả lũ", "text", "Hồ xả lũ. Rời bờ suối.", "zone", "cuoi-thon", "siren", "0", "repeat", "3",
		"recording_pcc", giayID, "message_vi", "Thôn [thôn] chạy lên đồi.", "do", "save")
	if p := s.post("/templates/new", f); p.status != http.StatusSeeOther || len(w.templates) != 1 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	want := scheduler.Prepared{
		Messages: []scheduler.Message{{Language: "vi", Text: "Thôn [thôn] chạy lên đồi."}, {Language: "pcc", Recording: giayID}},
		Zones:    []string{"cuoi-thon"}, Repeat: 3, NoSiren: true,
	}
	if got := fmt.Sprintf("%+v", w.templates[0].Prepared); got != fmt.Sprintf("%+v", want) {
		t.Fatalf("kept %s", got)
	}
	code := w.templates[0].ID
	if p := s.get("/templates"); !strings.Contains(p.text, "Tiếng Giáy: bản ghi âm") || !strings.Contains(p.text, "Lặp 3 lần") || !strings.Contains(p.text, "Không hú còi") {
		t.Errorf("the list does not tell how it is heard: %s", p.text)
	}
	p = s.get("/templates/" + code)
	if g := p.fields(t); !strings.Contains(p.body, `value="`+giayID+`" selected`) || g.Get("message_vi") != want.Messages[0].Text || g.Get("siren") != "0" || g.Get("repeat") != "3" || !slices.Equal(g["zone"], want.Zones) {
		t.Errorf("it is changed from %v", g)
	}

	w.broken = errDisk
	f = s.get("/emergency?what=" + code).fields(t)
	if f.Get("recording_pcc") != giayID || f.Get("recorded") != "pcc" || f.Get("text_vi") != "Thôn Ún Tà chạy lên đồi." || f.Get("siren") != "0" || f.Get("repeat") != "3" || !slices.Equal(f["zone"], want.Zones) {
		t.Fatalf("with the database gone the page begins with %v", f)
	}
	p = s.post("/emergency", with(f, "do", "ask"))
	if !strings.Contains(p.text, "Sẽ phát bản ghi âm, tiếng Giáy") || !strings.Contains(p.text, "3 lần rồi tự dừng") || !strings.Contains(p.text, "Phát ra cuoi-thon · Không hú còi") {
		t.Errorf("asked back: %s", p.text)
	}
	s.post("/emergency", with(p.fields(t), "do", "raise"))
	if len(w.raised) != 1 {
		t.Fatalf("raised %+v", w.raised)
	}
	e := w.raised[0]
	if e.In("pcc").Recording != giayID || e.In("vi").Text != "Thôn Ún Tà chạy lên đồi." || !e.NoSiren || e.Repeat != 3 || !slices.Equal(e.Zones, want.Zones) {
		t.Errorf("raised %+v", e)
	}
	f.Del("recorded") // a voice reads after all, from everywhere, until it is stopped, with the siren
	f = with(f, "do", "raise", "siren", "1", "repeat", "")
	f["zone"] = []string{"dau-thon", "cuoi-thon"}
	s.post("/emergency", f)
	if e := w.raised[len(w.raised)-1]; len(w.raised) != 2 || e.In("pcc").Recording != "" || e.NoSiren || e.Repeat != 0 || e.Zones != nil {
		t.Errorf("changed, raised %+v", e)
	}
}

// TestAnotherTemplateTakesItsPlace: what one message had put into the form is not said
// with another.
func TestAnotherTemplateTakesItsPlace(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.recorded()
	w.templates = append(w.templates, preparedTemplate())
	s := newSite(t, w, people.Cadre, "vi", zoned)
	f := s.get("/emergency?what=xa-lu").fields(t)
	p := s.post("/emergency", with(f, "what", "chay", "do", "template"))
	if g := p.fields(t); g.Get("recorded") != "" || g.Get("recording_pcc") != "" || g.Get("repeat") != "" || g.Get("siren") != "1" || len(g["zone"]) != 2 || !strings.Contains(g.Get("text"), "Có cháy") {
		t.Errorf("the form has %v", g)
	}
}

func preparedTemplate() scheduler.Template {
	return scheduler.Template{
		Owned: scheduler.Owned{ID: "xa-lu", Village: "un-ta", Revision: 1}, Topic: scheduler.TopicDanger, Class: scheduler.ClassEmergency,
		Name: "Xả lũ hồ", Title: "Xả lũ", Text: "Hồ xả lũ. Bà con thôn [thôn] rời bờ suối.",
		Prepared: scheduler.Prepared{Messages: []scheduler.Message{{Language: "pcc", Recording: giayID}}, Zones: []string{"cuoi-thon"}, Repeat: 3, NoSiren: true},
	}
}

// TestPreparedMessageTakesAFile: a file that comes with the form is the recording, and one
// that is no sound is told at its field, with everything typed still there.
func TestPreparedMessageTakesAFile(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	f := url.Values{"class": {"emergency"}, "topic": {"danger"}, "name": {"Xả lũ hồ"}, "title": {"Xả lũ"}, "text": {"Rời bờ suối."}, "siren": {"1"}, "do": {"save"}}
	before := len(w.shelf)
	if p := s.upload("/templates/new", f, map[string]string{"file_pcc=giay.m4a": "sound"}); p.status != http.StatusSeeOther || len(w.templates) != 1 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if m := w.templates[0].Prepared.Messages; len(w.shelf) != before+1 || len(m) != 1 || m[0].Language != "pcc" || m[0].Recording != w.shelf[before].ID {
		t.Errorf("kept %+v of %d recordings", m, len(w.shelf))
	}
	w.refuse = recordings.Refused{Code: recordings.NotAudio}
	f.Set("name", "Khác")
	p := s.upload("/templates/new", f, map[string]string{"file_pcc=x.txt": "text"})
	if p.status != http.StatusUnprocessableEntity || p.fields(t).Get("name") != "Khác" || len(w.templates) != 1 {
		t.Errorf("no sound: %d, %v", p.status, p.fields(t))
	}
}

// TestPreparedMessageIsRefusedInASentence: what cannot be prepared is told at its field,
// by the page and by the API.
func TestPreparedMessageIsRefusedInASentence(t *testing.T) {
	h := newHouse(t, zoned)
	h.w.recorded()
	h.w.shelf = append(h.w.shelf, recordings.Recording{ID: "f" + giayID[1:], Kind: recordings.Take, Village: "toong-gianh"})
	half := playout.LongestWords/2 + time.Second
	h.w.shelf = append(h.w.shelf, recordings.Recording{ID: "9" + giayID[1:], Title: "Một giờ", Kind: recordings.Take, Village: "un-ta", Length: time.Hour})
	h.w.shelf = append(h.w.shelf, recordings.Recording{ID: "8" + giayID[1:], Kind: recordings.Take, Village: "un-ta", Length: half})
	for more, want := range map[string]string{
		`"messages":[{"language":"vi","recording":"` + "9" + giayID[1:] + `"}]`:                                                           "messages.vi message-length",
		`"messages":[{"language":"vi","recording":"` + "8" + giayID[1:] + `"},{"language":"pcc","recording":"` + "8" + giayID[1:] + `"}]`: "messages.pcc message-length",
		`"messages":[{"language":"hmn","text":"Chạy."}]`:                                                                                  "messages.hmn message-language",
		`"messages":[{"language":"pcc","recording":"` + "a" + giayID[1:] + `"}]`:                                                          "messages.pcc message-gone",
		`"messages":[{"language":"pcc","recording":"` + "f" + giayID[1:] + `"}]`:                                                          "messages.pcc message-gone",
		`"messages":[{"language":"pcc","text":"a"},{"language":"pcc","text":"b"}]`:                                                        "messages.pcc unexpected",
		`"messages":[{"language":"pcc","text":"Lúc [giờ: giờ xả]."}]`:                                                                     "messages.pcc template-urgent",
		`"zones":["sao Hỏa"]`: "zones unknown",
		`"repeat":101`:        "repeat out-of-range",
		`"repeat":-1`:         "repeat out-of-range",
	} {
		p := h.call("cadre+", "POST", "/api/v1/templates?lang=vi", `{"class":"emergency","topic":"danger","name":"Xả lũ","title":"Xả lũ","text":"Chạy.",`+more+`}`).want(422)
		if got := p.faults(); got != want {
			t.Errorf("%s: %q, want %q", more, got, want)
		}
		for _, f := range p.problem().Errors {
			if f.Detail == "" || strings.HasPrefix(f.Detail, "fault.") {
				t.Errorf("%s: no words: %+v", more, f)
			}
		}
	}
	h.call("cadre", "POST", "/api/v1/templates", `{"name":"Họp","title":"Họp","text":"Mời họp.","siren":false}`).want(422)
	if len(h.w.templates) > 0 {
		t.Errorf("kept %+v", h.w.templates)
	}
	s := newSite(t, h.w, people.Cadre, "vi", zoned)
	f := url.Values{"class": {"emergency"}, "topic": {"danger"}, "name": {"Xả lũ hồ"}, "title": {"Xả lũ"}, "text": {"Rời bờ suối."}, "recording_pcc": {"a" + giayID[1:]}, "repeat": {"ba"}, "do": {"save"}}
	p := s.post("/templates/new", f)
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Ngoài giới hạn cho phép (0–100)") || p.fields(t).Get("name") != "Xả lũ hồ" {
		t.Errorf("repeat: %d: %s", p.status, p.text)
	}
	f.Set("repeat", "3")
	if p := s.post("/templates/new", f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Bản ghi âm này không còn trong kho") {
		t.Errorf("a recording that is gone: %d: %s", p.status, p.text)
	}
}

// TestRaisePrepared: a program names what is prepared; what it says itself counts before
// that, and what is wrong keeps nothing from sounding.
func TestRaisePrepared(t *testing.T) {
	h := newHouse(t, zoned)
	h.w.recorded()
	h.w.templates = append(h.w.templates, preparedTemplate())
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.call("cadre+", "GET", "/api/v1/templates/xa-lu", "").want(200)
	var raised struct {
		Siren    bool
		Repeat   int
		Zones    []string
		Messages []struct{ Language, Text, Recording string }
		Warnings []struct{ Field, Code, Detail string }
	}
	raise := func(body string) scheduler.Emergency {
		t.Helper()
		raised.Messages, raised.Warnings = nil, nil
		h.call("cadre+", "POST", "/api/v1/emergency?lang=vi", body).want(201).into(&raised)
		return h.w.raised[len(h.w.raised)-1]
	}
	e := raise(`{"prepared":"xa-lu","reason":"x"}`)
	if e.Title != "Xả lũ" || e.Text != "Hồ xả lũ. Bà con thôn Ún Tà rời bờ suối." || e.In("pcc").Recording != giayID || !e.NoSiren || e.Repeat != 3 || !slices.Equal(e.Zones, []string{"cuoi-thon"}) {
		t.Errorf("raised %+v", e)
	}
	if raised.Siren || raised.Repeat != 3 || len(raised.Messages) != 1 || raised.Messages[0].Recording != giayID || len(raised.Warnings) > 0 {
		t.Errorf("answered %+v", raised)
	}
	h.w.broken = errDisk
	e = raise(`{"prepared":"xa-lu","reason":"x","title":"Vỡ đập","text":"Chạy.","messages":[],"siren":true,"repeat":0,"zones":[]}`)
	if e.Title != "Vỡ đập" || e.Text != "Chạy." || len(e.Messages) > 0 || e.NoSiren || e.Repeat != 0 || len(e.Zones) > 0 {
		t.Errorf("with the database gone, changed: %+v", e)
	}
	h.w.broken = nil
	e = raise(`{"prepared":"khong-co","reason":"x","title":"Lũ","siren":false,"messages":[{"language":"pcc","recording":"` + "a" + giayID[1:] + `"}]}`)
	var codes []string
	for _, w := range raised.Warnings {
		codes = append(codes, w.Field+" "+w.Code)
		if strings.HasPrefix(w.Detail, "emergency-") || strings.Contains(w.Detail, "{0}") {
			t.Errorf("no words: %+v", w)
		}
	}
	if want := []string{"prepared not-prepared", "messages message-gone", "siren siren-needed"}; !slices.Equal(codes, want) || e.NoSiren || len(e.Messages) > 0 {
		t.Errorf("warnings %v, want %v; raised %+v", codes, want, e)
	}
}

// TestUndoOfAPreparedMessageNeedsTheRightToRaise: who may not remove it may not bring it
// back either, by the page, by the API or by what the history offers.
func TestUndoOfAPreparedMessageNeedsTheRightToRaise(t *testing.T) {
	h := newHouse(t)
	gone := preparedTemplate()
	gone.Revision, gone.Deleted = 2, h.w.now
	h.w.remains = map[string]scheduler.Remains{"templates xa-lu": {Template: &gone}}
	entry := h.w.remember("còi", "templates", "xa-lu", "", people.Removed, 2)
	undo := fmt.Sprintf("/api/v1/history/%d/undo", entry)
	h.call("recorder", "POST", undo, "").want(403)
	h.call("cadre", "POST", undo, "").want(403) // a token without the emergency right
	s := newSite(t, h.w, people.Recorder, "vi")
	if p := s.post("/undo", url.Values{"entry": {fmt.Sprint(entry)}}); p.status != http.StatusForbidden || len(h.w.templates) > 0 {
		t.Errorf("a recorder brings it back: %d", p.status)
	}
	if p := s.get("/history"); strings.Contains(p.body, `action="/undo"`) {
		t.Error("a recorder is offered to bring it back")
	}
	if p := newSite(t, h.w, people.Cadre, "vi").get("/history"); !strings.Contains(p.body, `action="/undo"`) {
		t.Error("a cadre is not offered to bring it back")
	}
	h.w.templates = append(h.w.templates, gone) // as it lies in the database
	h.call("cadre+", "POST", undo, "").want(200)
	if len(h.w.templates) != 1 || !h.w.templates[0].Deleted.IsZero() || h.w.templates[0].Prepared.Messages[0].Recording != giayID {
		t.Errorf("brought back %+v", h.w.templates)
	}
	notice := gone
	notice.ID, notice.Class, notice.Prepared = "hop", scheduler.ClassNormal, scheduler.Prepared{}
	h.w.remains["templates hop"] = scheduler.Remains{Template: &notice}
	h.w.templates = append(h.w.templates, notice)
	entry = h.w.remember("máy recorder", "templates", "hop", "", people.Removed, 2)
	h.call("recorder", "POST", fmt.Sprintf("/api/v1/history/%d/undo", entry), "").want(200) // of a notice, whoever writes
}

// TestLivePageTellsTheLanguages: while it sounds the page says what is heard in which
// language, and what was wrong with a recording.
func TestLivePageTellsTheLanguages(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.emergencyOn()
	e := &w.air.Emergencies[0]
	e.Messages = []scheduler.Message{{Language: "pcc", Recording: giayID}}
	e.Faults = []playout.EmergencyFault{{Code: playout.TroubleInstead, Language: "pcc"}}
	p := newSite(t, w, people.Cadre, "vi").get("/emergency")
	if !strings.Contains(p.text, "Tiếng Giáy: bản ghi âm") || !strings.Contains(p.text, "Không mở được bản ghi âm tiếng Giáy nên máy đọc lời thay.") {
		t.Errorf("the page tells %s", p.text)
	}
}

// TestPreparedMessageInTheHistory is words, not what the database holds.
func TestPreparedMessageInTheHistory(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.remember(visitor, "templates", "xa-lu", "", people.Altered, 2,
		people.FieldChange{Name: "messages", Before: "[]", After: `[{"language":"pcc","recording":"` + giayID + `"}]`},
		people.FieldChange{Name: "zones", Before: "[]", After: `["cuoi-thon"]`})
	p := newSite(t, w, people.Cadre, "vi").get("/history")
	for _, want := range []string{"Lời theo từng tiếng", "Tiếng Giáy: bản ghi âm", "Mọi cụm loa", "cuoi-thon"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not told: %s", want, p.text)
		}
	}
	if strings.Contains(p.text, giayID) {
		t.Error("the history shows an ID")
	}
}

// TestZonesThatAreNoMoreAreAll: a message that was prepared for loudspeakers of which the
// board has some no more, as they have another name now, sounds from all: not one of two
// places is warned. Every form shows that, and whoever prepares is told.
func TestZonesThatAreNoMoreAreAll(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.recorded()
	old := preparedTemplate()
	old.Prepared.Zones = []string{"dau-thon", "loa-cu"}
	w.templates = append(w.templates, old)
	s := newSite(t, w, people.Cadre, "vi", zoned)
	for _, at := range []string{"/emergency?what=xa-lu", "/templates/xa-lu"} {
		if f := s.get(at).fields(t); len(f["zone"]) != 2 {
			t.Errorf("%s has ticked %v", at, f["zone"])
		}
	}
	for _, at := range []string{"/templates", "/templates/xa-lu"} {
		if p := s.get(at); !strings.Contains(p.text, "Máy không còn cụm loa “loa-cu”") {
			t.Errorf("%s does not tell: %s", at, p.text)
		}
	}
	s.post("/emergency", with(s.get("/emergency?what=xa-lu").fields(t), "do", "raise"))
	p := s.json("POST", "/api/v1/emergency", `{"prepared":"xa-lu","reason":"Hồ xả lũ"}`)
	if len(w.raised) != 2 || w.raised[0].Zones != nil || w.raised[1].Zones != nil || !strings.Contains(p.body, `"zones-gone"`) {
		t.Errorf("raised %+v: %s", w.raised, p.body)
	}
}

// TestEmergencyPageSaysWhereItSounds: who looks at one that sounds sees from which
// loudspeakers, how often and with what, and which of them is silent.
func TestEmergencyPageSaysWhereItSounds(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.emergencyOn()
	e := &w.air.Emergencies[0]
	e.Zones, e.Repeat, e.NoSiren = []string{"dau-thon", "cuoi-thon"}, 3, true
	e.Faults = []playout.EmergencyFault{{Code: playout.TroubleZone, Zone: "cuoi-thon"}, {Code: playout.FaultNoVoice, Language: "pcc"}}
	s := newSite(t, w, people.Cadre, "vi", zoned)
	if p := s.get("/emergency"); strings.Contains(p.text, "Còi vẫn hú") || strings.Contains(p.text, "chỉ có còi") || !strings.Contains(p.text, "Máy không có giọng đọc tiếng Giáy.") {
		t.Errorf("of a siren that does not sound: %s", p.text)
	}
	if p := s.get("/emergency"); !strings.Contains(p.text, "Phát ra dau-thon, cuoi-thon · Lặp 3 lần · Không hú còi") || !strings.Contains(p.text, "Cụm loa “cuoi-thon” không bật được") {
		t.Error(p.text)
	}
}
