package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// TestPreparedEmergencyMessage: what a village writes in quiet times is offered by the
// emergency page, with the database gone as well, and by no notice.
func TestPreparedEmergencyMessage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/templates"); !strings.Contains(p.text, "Soạn sẵn lúc bình yên") {
		t.Errorf("nothing teaches how to begin: %s", p.text)
	}
	f := s.get("/templates/new?class=emergency").fields(t)
	if f.Get("class") != "emergency" {
		t.Fatalf("the form has %v", f)
	}
	f = with(f, "topic", "danger", "name", "Xả lũ hồ", "title", "Xả lũ", "text", "Hồ xả lũ lúc [giờ: giờ xả]. Bà con thôn [thôn] rời bờ suối.", "do", "save")
	if p := s.post("/templates/new", f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "không để chỗ trống “giờ xả”") || len(w.templates) != 0 {
		t.Fatalf("with a blank: %d: %s", p.status, p.text)
	}
	f.Set("text", "Hồ xả lũ. Bà con thôn [thôn] rời bờ suối.")
	if p := s.post("/templates/new", f); p.status != http.StatusSeeOther || len(w.templates) != 1 || w.templates[0].Class != scheduler.ClassEmergency {
		t.Fatalf("status %d, kept %+v: %s", p.status, w.templates, p.text)
	}
	code := w.templates[0].ID
	if p := s.get("/templates"); !strings.Contains(p.body, "/emergency?what="+code) || strings.Contains(p.body, "template="+code) {
		t.Error("the list offers it for something else than an emergency")
	}
	if p := s.get("/announcements/new"); strings.Contains(p.text, "Xả lũ hồ") {
		t.Error("a notice is offered it")
	}
	w.broken = errDisk
	p := s.get("/emergency?what=" + code)
	if g := p.fields(t); g.Get("title") != "Xả lũ" || g.Get("text") != "Hồ xả lũ. Bà con thôn Ún Tà rời bờ suối." || !strings.Contains(p.text, "Xả lũ hồ") {
		t.Errorf("with the database gone the form has %v", g)
	}
	form := url.Values{"what": {code}, "do": {"template"}, "language": {"vi"}, "reason": {"x"}}
	if p := s.post("/emergency", form); p.fields(t).Get("text") != "Hồ xả lũ. Bà con thôn Ún Tà rời bờ suối." {
		t.Errorf("chosen, the form has %v", p.fields(t))
	}
	w.broken = nil
	if p := s.post("/templates/"+code+"/remove", nil); p.location != "/templates?told=template-removed" || len(w.templates) != 0 {
		t.Errorf("removed: to %q, %+v", p.location, w.templates)
	}
	if p := s.get("/emergency"); strings.Contains(p.text, "Xả lũ hồ") {
		t.Error("what was removed is still offered")
	}
}

// TestOnlyWhoMayRaisePrepares: what is said in an emergency is not for everybody who
// writes notices, neither on the page nor by the API.
func TestOnlyWhoMayRaisePrepares(t *testing.T) {
	h := newHouse(t)
	body := `{"class":"emergency","topic":"danger","name":"Xả lũ hồ","title":"Xả lũ","text":"Hồ xả lũ. Rời bờ suối."}`
	h.call("recorder", "POST", "/api/v1/templates", body).want(403)
	h.call("cadre", "POST", "/api/v1/templates", body).want(403) // a token without the emergency right
	var made struct{ Code, Class string }
	h.call("cadre+", "POST", "/api/v1/templates", body).want(201).into(&made)
	if made.Class != "emergency" {
		t.Errorf("made %+v", made)
	}
	to := "/api/v1/templates/" + made.Code
	h.call("recorder", "PUT", to, strings.Replace(body, "emergency", "normal", 1)).want(403)
	h.call("recorder", "DELETE", to, "").want(403)
	s := newSite(t, h.w, people.Recorder, "vi")
	if p := s.post("/templates/"+made.Code+"/remove", nil); p.status != http.StatusForbidden {
		t.Errorf("a recorder removes it: %d", p.status)
	}
	if p := s.post("/templates/"+made.Code, text("revision", "1")); p.status != http.StatusForbidden || len(h.w.templates) != 1 {
		t.Errorf("a recorder changes it: %d", p.status)
	}
	h.call("cadre+", "DELETE", to, "").want(204)
}
