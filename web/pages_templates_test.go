package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// text is a form of a template that is right.
func text(changes ...string) url.Values {
	f := url.Values{"name": {"Thu quỹ"}, "topic": {"community"}, "title": {"Thu quỹ [ngày: ngày thu]"}, "text": {"Mức thu: [tiền: mức thu] một hộ, từ [giờ: giờ thu]."}, "do": {"save"}}
	return with(f, changes...)
}

func TestPageTemplates(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.post("/templates/new", text()); p.status != http.StatusSeeOther || p.location != "/templates?told=template-saved" || len(w.templates) != 1 {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	own := w.templates[0]
	if own.Village != "un-ta" || own.By != "truongthon" || own.Topic != scheduler.TopicCommunity || own.Class != scheduler.ClassNormal {
		t.Errorf("%+v", own)
	}
	p := s.get("/templates?told=template-saved")
	for _, want := range []string{"Đã lưu mẫu.", "Thu quỹ Mẫu của thôn", "ngày thu, mức thu, giờ thu", "Định danh điện tử VNeID", "Điện, nước"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not shown: %s", want, p.text)
		}
	}
	if english := newSite(t, w, people.Cadre, "en").get("/templates"); !strings.Contains(english.text, "Power cut") || strings.Contains(english.text, "Cắt điện") {
		t.Errorf("in English: %s", english.text)
	}
	// It can be chosen for a notice, and be changed and deleted.
	if p := s.get("/announcements/new?template=" + own.ID); !strings.Contains(p.fields(t).Get("title"), "Thu quỹ [ngày: ngày thu]") || !p.fields(t).Has("blank:mức thu") {
		t.Errorf("fields %v", p.fields(t))
	}
	f := s.get("/templates/" + own.ID).fields(t)
	if f.Get("text") != own.Text || f.Get("revision") != "1" {
		t.Errorf("fields %v", f)
	}
	if p := s.post("/templates/"+own.ID, with(f, "urgent", "1", "do", "save")); p.status != http.StatusSeeOther || w.templates[0].Class != scheduler.ClassPriority {
		t.Errorf("status %d, %+v", p.status, w.templates[0])
	}
	if p := s.post("/templates/"+own.ID+"/remove", nil); p.location != "/templates?told=template-removed" || len(w.templates) != 0 {
		t.Errorf("to %q, %+v", p.location, w.templates)
	}
	if p := s.post("/templates/"+own.ID+"/remove", nil); p.status != http.StatusSeeOther {
		t.Errorf("a second time: %d", p.status)
	}
}

// TestTemplatesAreSoughtWithoutMarks: by name, title and topic, else by the text; the API
// finds the same.
func TestTemplatesAreSoughtWithoutMarks(t *testing.T) {
	h := newHouse(t)
	s := newSite(t, h.w, people.Cadre, "vi")
	if n := strings.Count(s.get("/templates").body, `href="/announcements/new?template=`); n < 25 {
		t.Fatalf("%d templates", n)
	}
	for query, want := range map[string]string{
		"cat dien": "Cắt điện", "CẮT ĐIỆN": "Cắt điện", "dien ca": "Cắt điện", "hop thon": "Họp thôn", "power cut": "Cắt điện", "aptomat": "", "xyz": "",
	} {
		p := s.get("/templates?q=" + url.QueryEscape(query))
		n := strings.Count(p.body, `href="/announcements/new?template=`)
		var found struct{ Templates []struct{ Name string } }
		h.call("cadre", "GET", "/api/v1/templates?q="+url.QueryEscape(query), "").want(200).into(&found)
		if n != len(found.Templates) || want != "" && (n < 1 || n > 4 || !strings.Contains(p.text, want+" ")) {
			t.Errorf("%s: %d on the page, %d by the API: %s", query, n, len(found.Templates), p.text)
		}
		if query == "xyz" && (n != 0 || !strings.Contains(p.text, "Không có mẫu nào khớp với “xyz”") || !strings.Contains(p.text, "Xem mọi mẫu")) {
			t.Errorf("nothing found: %s", p.text)
		}
	}
}

// TestPageTemplateIsChangedAndRestored makes a copy of what came with the program.
func TestPageTemplateIsChangedAndRestored(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	f := with(s.get("/templates/cat-dien").fields(t), "topic", "utilities")
	if p := s.post("/templates/cat-dien", with(f, "do", "save")); p.location != "/templates?told=template-same" || len(w.templates) != 0 {
		t.Fatalf("unchanged: to %q, %+v", p.location, w.templates)
	}
	if p := s.post("/templates/cat-dien", with(f, "text", "Mất điện từ [giờ: giờ cắt điện].", "do", "save")); p.status != http.StatusSeeOther || len(w.templates) != 1 || w.templates[0].Key != "cat-dien" {
		t.Fatalf("status %d, %+v", p.status, w.templates)
	}
	if p := s.get("/templates"); !strings.Contains(p.text, "Cắt điện Thôn đã sửa") {
		t.Errorf("list: %s", p.text)
	}
	if f := s.get("/announcements/new?template=cat-dien").fields(t); f.Get("text") != "Mất điện từ [giờ: giờ cắt điện]." {
		t.Errorf("used: %v", f)
	}
	if p := s.post("/templates/cat-dien/remove", nil); p.location != "/templates?told=template-restored" || len(w.templates) != 0 {
		t.Errorf("to %q, %+v", p.location, w.templates)
	}
}

func TestPageBadTemplates(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	for name, tt := range map[string]struct {
		changes []string
		want    string
	}{
		"kind":    {[]string{"text", "Họp [thứ: x]."}, "Không có loại ô trống “thứ”."},
		"label":   {[]string{"text", "Họp [giờ: ]."}, "Ô trống [giờ: ] chưa có tên."},
		"open":    {[]string{"text", "Họp [giờ: giờ họp."}, "Ô trống “[giờ: giờ họp.” chưa đóng."},
		"nested":  {[]string{"text", "Họp [giờ: [x]."}, "nằm trong một ô trống khác"},
		"no name": {[]string{"name", ""}, "Chưa điền."},
		"taken":   {[]string{"name", "Cắt điện"}, "Đã có mẫu mang tên này."},
	} {
		t.Run(name, func(t *testing.T) {
			f := text(tt.changes...)
			p := s.post("/templates/new", f)
			if p.status != http.StatusUnprocessableEntity || len(w.templates) > 0 || !strings.Contains(p.text, tt.want) {
				t.Errorf("status %d, %q is not said: %s", p.status, tt.want, p.text)
			}
			if !strings.Contains(p.body, `<option value="community" selected>`) {
				t.Error("the topic is lost")
			}
			for _, name := range []string{"name", "title", "text"} {
				if p.fields(t).Get(name) != f.Get(name) {
					t.Errorf("%s is lost: %q", name, p.fields(t).Get(name))
				}
			}
		})
	}
}

// TestTemplateRaceKeepsWhatWasTyped lets somebody else save, delete or restore first.
func TestTemplateRaceKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.post("/templates/new", text())
	own := w.templates[0]
	f := text("revision", "1", "text", "Chữ của tôi.")
	w.templates[0].Revision, w.templates[0].Text = 2, "Chữ của người khác."
	p := s.post("/templates/"+own.ID, f)
	if p.status != http.StatusConflict || !strings.Contains(p.text, "Người khác vừa sửa") || p.fields(t).Get("text") != "Chữ của tôi." || p.fields(t).Get("revision") != "2" {
		t.Fatalf("status %d: %v", p.status, p.fields(t))
	}
	if p := s.post("/templates/"+own.ID, with(p.fields(t), "do", "save")); p.status != http.StatusSeeOther || w.templates[0].Text != "Chữ của tôi." {
		t.Errorf("status %d, %+v", p.status, w.templates[0])
	}
	w.templates = nil
	p = s.post("/templates/"+own.ID, f)
	if p.status != http.StatusConflict || p.fields(t).Get("text") != "Chữ của tôi." || !strings.Contains(p.body, `action="/templates/new"`) {
		t.Errorf("deleted: status %d: %s", p.status, p.text)
	}
	w.racing = func() {}
	if p := s.post("/templates/new", text()); p.status != http.StatusConflict || p.fields(t).Get("name") != "Thu quỹ" {
		t.Errorf("race: status %d", p.status)
	}
}

// TestTemplateExample lists the blanks and reads them filled in.
func TestTemplateExample(t *testing.T) {
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	p := s.post("/templates/example", text("do", "show"))
	for _, want := range []string{"Có 3 chỗ phải điền", "[tiền: mức thu] → 50.000 đồng", "Thu quỹ thứ Hai, ngày 30/11/2026", "năm mươi nghìn đồng", "mười chín giờ ba mươi phút"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not shown: %s", want, p.text)
		}
	}
	if strings.Contains(p.body, "<html") || strings.Contains(p.body, "<audio") {
		t.Error("it is a page of its own, or sounds")
	}
	if p := s.post("/templates/new", text("do", "try", "text", "[x")); p.status != http.StatusOK || p.fields(t).Get("text") != "[x" || !strings.Contains(p.text, "chưa đóng") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := s.post("/templates/new", text("do", "try")); !strings.Contains(p.body, "<audio") {
		t.Error("nothing to be heard")
	}
}

// TestTemplateExampleIsVietnamese keeps the example Vietnamese where the village
// hears another language first: a Hmong voice does not read "19 giờ 30".
func TestTemplateExampleIsVietnamese(t *testing.T) {
	w := newWorld(t)
	w.village.Languages = []string{"pcc", "vi"}
	p := newSite(t, w, people.Cadre, "vi").post("/templates/example", text("do", "show"))
	for _, want := range []string{"năm mươi nghìn đồng", "mười chín giờ ba mươi phút"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not read: %s", want, p.text)
		}
	}
}

// TestTemplateExampleEndsAfterItBegins: an example said "từ 19 giờ 30 đến 19 giờ 30".
func TestTemplateExampleEndsAfterItBegins(t *testing.T) {
	p := newSite(t, newWorld(t), people.Cadre, "vi").post("/templates/example", text("do", "show", "title", "Thu quỹ", "text", "Từ [giờ: a] [ngày: b] đến [giờ: c] [ngày: d]."))
	if want := "Từ 19 giờ 30 thứ Hai, ngày 30/11/2026 đến 21 giờ thứ Ba, ngày 1/12/2026"; !strings.Contains(p.text, want) {
		t.Errorf("%q is not shown: %s", want, p.text)
	}
}

func TestTemplateFromNotice(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/" + meetingID); !strings.Contains(p.body, `href="/templates/new?from=`+meetingID+`"`) {
		t.Error("no link")
	}
	a := w.notices[meetingID].Announcement
	if f := s.get("/templates/new?from=" + meetingID).fields(t); f.Get("title") != a.Title || f.Get("text") != a.Text || f.Get("name") == "" {
		t.Errorf("fields %v", f)
	}
	if p := s.get("/templates/new?from=nobody"); p.status != http.StatusNotFound {
		t.Errorf("status %d", p.status)
	}
}

func TestTemplatePagesAreSmall(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/announcements/new", "/announcements/new?template=bao", "/templates", "/templates/vneid"} {
		if p := newSite(t, w, people.Cadre, "vi").get(path); p.status != http.StatusOK || p.wire > 12_000 {
			t.Errorf("%s: status %d, %d bytes", path, p.status, p.wire)
		} else {
			p.checkForm(t, "vi")
		}
	}
}
