package web_test

import (
	"net/http"
	"strings"
	"testing"

	"loalang/people"
	"loalang/recordings"
)

func TestDeleteRecording(t *testing.T) {
	h := newHouse(t)
	h.fill()
	builtIn := strings.Repeat("ef", 32)
	h.w.shelf = append(h.w.shelf, recordings.Recording{ID: builtIn, Title: "Chuông", Kind: recordings.BuiltIn}, recordings.Recording{ID: strings.Repeat("12", 32), Kind: recordings.Speech})
	path := "/api/v1/recordings/"
	h.w.used = recordings.InUse{By: []string{"Họp thôn", "Tiêm phòng"}}
	if p := h.call("cadre", "DELETE", path+soundID+"?lang=vi", "").want(409).problem(); p.Code != "recording-in-use" || !strings.Contains(p.Detail, "“Họp thôn”, “Tiêm phòng”") || !strings.Contains(p.Detail, "rút lại") {
		t.Errorf("got %+v", p)
	}
	h.w.used = recordings.InUse{}
	if p := h.call("admin", "DELETE", path+builtIn, "").want(409).problem(); p.Code != "built-in" {
		t.Errorf("got %+v", p)
	}
	h.call("recorder", "DELETE", path+soundID, "").want(403)
	h.call("elsewhere", "DELETE", path+soundID, "").want(404)
	h.call("cadre", "DELETE", path+foreignID, "").want(204) // a cadre of every village
	h.call("cadre", "DELETE", path+soundID, "").want(204)
	h.call("cadre", "DELETE", path+soundID, "").want(404)
	h.call("cadre", "DELETE", path+strings.Repeat("12", 32), "").want(204) // what a voice spoke is of no village
	h.call("cadre", "DELETE", path+"x", "").want(404)
	if len(h.w.shelf) != 1 || h.w.changed == 0 {
		t.Errorf("left %v, told %d times", h.w.shelf, h.w.changed)
	}
}

// Whoever records may delete what they brought themselves.
func TestDeleteOnesOwnRecording(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.shelf[0].By = "máy recorder"
	h.call("recorder", "DELETE", "/api/v1/recordings/"+soundID, "").want(204)
}

func TestDeleteRecordingOnThePage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	path := "/recordings/" + takeID + "/delete"
	if p := s.get("/recordings/" + takeID); !strings.Contains(p.body, `action="`+path+`"`) || !strings.Contains(p.text, "Lấy lại được trong 7 ngày.") {
		t.Error("the page does not offer to delete the take, or does not say that it can be taken back")
	}
	if p := s.get("/recordings/" + w.shelf[1].ID); strings.Contains(p.body, "/delete\"") {
		t.Error("it is offered to delete what is built in")
	}
	w.used = recordings.InUse{By: []string{"Mời họp thôn"}}
	if p := s.post(path, nil); p.status != http.StatusConflict || !strings.Contains(p.text, "Bản tin “Mời họp thôn” còn phải phát") || len(w.shelf) != 2 {
		t.Errorf("in use: status %d: %s", p.status, p.text)
	}
	w.used = recordings.InUse{}
	if p := s.post("/recordings/"+w.shelf[1].ID+"/delete", nil); p.status != http.StatusForbidden || len(w.shelf) != 2 {
		t.Errorf("built in: status %d", p.status)
	}
	for range 2 { // twice is once
		if p := s.post(path, nil); !strings.HasSuffix(p.location, "told=recording-deleted") || len(w.shelf) != 1 {
			t.Errorf("status %d to %q", p.status, p.location)
		}
	}
	if p := newSite(t, w, people.Recorder, "vi").get("/recordings/" + w.shelf[0].ID); strings.Contains(p.body, "/delete\"") {
		t.Error("a recorder is offered to delete what is not theirs")
	}
}
