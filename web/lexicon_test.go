package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/speech"
)

type wordReply struct {
	ID, Language, Written, Spoken, Note, By string
	Revision                                int64
	Uses                                    []struct{ ID, Title string }
}

type savedReply struct {
	Word          wordReply
	Hints         []struct{ Code, Detail string }
	Announcements struct{ Anew, Kept, Late []struct{ ID, Title string } }
}

// fillUsed is fill with an announcement that names the village, and no word yet.
func (h *house) fillUsed() {
	h.fill()
	h.w.words = nil
	d := h.w.notices[noticeID]
	d.Announcement.Text = "Mời bà con Ún Tà họp."
	h.w.notices[noticeID] = d
}

func TestWordsOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fillUsed()
	var made savedReply
	h.call("recorder", "POST", "/api/v1/words", `{"written":" Ún  Ta\u0300 ","spoken":"ún ta","note":"cụ Mỷ"}`).want(201).into(&made)
	w := made.Word
	if w.ID == "" || w.Written != "Ún Tà" || w.Language != "vi" || w.By != "máy recorder" || w.Revision != 1 || len(made.Announcements.Anew) != 1 || len(w.Uses) != 1 || h.w.changed != 1 {
		t.Fatalf("%+v, changed %d", made, h.w.changed)
	}
	var list struct {
		Words []wordReply
		Next  string
	}
	h.call("viewer", "GET", "/api/v1/words?q=un+ta", "").want(200).into(&list)
	if len(list.Words) != 1 || list.Words[0].Uses[0].ID != noticeID {
		t.Errorf("%+v", list)
	}
	path := "/api/v1/words/" + w.ID
	h.call("cadre", "PUT", path, `{"written":"Ún Tà","spoken":"úng tà","revision":1}`).want(200).into(&made)
	if made.Word.Revision != 2 || made.Word.Spoken != "úng tà" {
		t.Errorf("%+v", made)
	}
	h.call("cadre", "PUT", path, `{"written":"Ún Tà","spoken":"x y","revision":1}`).want(409)
	h.call("cadre", "POST", "/api/v1/words", `{"written":"Ún Tà","spoken":"x y"}`).want(422)
	h.call("viewer", "GET", path, "").want(200).into(&w)
	h.call("cadre", "DELETE", path, "").want(200)
	h.call("cadre", "DELETE", path, "").want(404)
	h.call("cadre", "GET", path, "").want(404)
	if len(h.w.words) != 0 {
		t.Errorf("%+v", h.w.words)
	}
}

func TestBadWordsOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.w.teach("1", "NVH", "nhà văn hóa")
	for body, want := range map[string]string{
		`{"written":"","spoken":""}`:                                                 "written required, spoken required",
		`{"written":"A15","spoken":"a 15"}`:                                          "spoken digits",
		`{"written":"Giáy","spoken":"giáy"}`:                                         "spoken reads-itself",
		`{"written":"nhà văn hóa","spoken":"nvh"}`:                                   "spoken cycle",
		`{"written":"T\u202eP","spoken":"tê"}`:                                       "written control-characters",
		`{"written":"Mời bà con. Đến họp","spoken":"mời"}`:                           "written whole-sentence",
		`{"written":"` + strings.Repeat("a", 10000) + `","spoken":"a b"}`:            "written too-long",
		`{"written":"A","spoken":"bê","language":"pcc"}`:                             "language unknown", // nobody's voice speaks it
		`{"written":"NVH","spoken":"nhà vê hát"}`:                                    "written twice",
		`{"written":"AB","spoken":"[[a]]"}`:                                          "spoken no-letters",
		`{"written":"AB","spoken":"a bê","note":"` + strings.Repeat("x", 201) + `"}`: "note too-long",
	} {
		if got := h.call("cadre", "POST", "/api/v1/words", body).want(422).faults(); got != want {
			t.Errorf("%.60s: %q, want %q", body, got, want)
		}
	}
	p := h.do(ask{as: "cadre", method: "POST", path: "/api/v1/words?lang=vi", body: `{"written":"nhà văn hóa","spoken":"nvh"}`}).problem()
	if !strings.Contains(p.Detail, "vòng quanh nhau (nhà văn hóa → NVH → nhà văn hóa)") {
		t.Error(p.Detail)
	}
	if len(h.w.words) != 1 || h.w.changed != 0 {
		t.Errorf("%+v", h.w.words)
	}
}

func TestWordsAreListedInOrderByPages(t *testing.T) {
	h := newHouse(t)
	for i, written := range []string{"Ún Tà", "đê", "Dao", "TDP", "Đèo", "ăn"} {
		h.w.teach(fmt.Sprint(i), written, "x")
	}
	var got []string
	var list struct {
		Words []wordReply
		Next  string
	}
	for path := "/api/v1/words?limit=4"; path != ""; {
		h.call("viewer", "GET", path, "").want(200).into(&list)
		for _, w := range list.Words {
			got = append(got, w.Written)
		}
		if path = ""; list.Next != "" {
			path = "/api/v1/words?limit=4&after=" + list.Next
		}
		list.Next = ""
	}
	if strings.Join(got, " ") != "ăn Dao đê Đèo TDP Ún Tà" {
		t.Errorf("%v", got)
	}
}

func TestTriedWordIsHeardAloneAndInASentence(t *testing.T) {
	h := newHouse(t)
	h.fillUsed()
	h.w.teach("1", "TDP", "tổ dân")
	var tried struct {
		savedReply
		Alone, Sentence struct{ Spoken, Audio, Recording string }
	}
	h.call("cadre", "POST", "/api/v1/words/try", `{"written":"Ún Tà","spoken":"ún ta"}`).want(200).into(&tried)
	if tried.Alone.Spoken != "ún ta" || !strings.Contains(tried.Sentence.Spoken, "báo tin về ún ta, xin") || tried.Alone.Audio == "" || len(tried.Announcements.Anew) != 1 {
		t.Errorf("%+v", tried)
	}
	if len(h.w.words) != 1 || h.w.changed != 0 {
		t.Error("trying it kept it")
	}
	// A known word is tried in another way.
	h.call("cadre", "POST", "/api/v1/words/try", `{"written":"TDP","spoken":"tổ dân phố"}`).want(200).into(&tried)
	if !strings.Contains(tried.Sentence.Spoken, "tổ dân phố") {
		t.Errorf("%+v", tried)
	}
	h.w.mute = speech.ErrNoWords
	h.call("cadre", "POST", "/api/v1/words/try", `{"written":"Ún Tà","spoken":"ún ta"}`).want(422)
}

func TestHintsOfAWord(t *testing.T) {
	h := newHouse(t)
	h.w.teach("1", "KNT", "khu nà tẩu")
	for body, want := range map[string]string{
		`{"written":"Ún Tà","spoken":"ún ta"}`:                      "",
		`{"written":"UBND","spoken":"u bê en đê"}`:                  "rule",
		`{"written":"UBND","spoken":"ủy ban nhân dân"}`:             "known",
		`{"written":"đ","spoken":"đê"}`:                             "rule common",
		`{"written":"họp","spoken":"hội họp với"}`:                  "", // refused: it has itself in it
		`{"written":"lợn","spoken":"heo"}`:                          "common",
		`{"written":"knt","spoken":"ca nờ tê"}`:                     "common cased",
		`{"written":"khu Ba","spoken":"tổ dân phố cũ, nay là knt"}`: "within",
	} {
		var made savedReply
		got := h.call("cadre", "POST", "/api/v1/words", body)
		if got.Status == 422 && want == "" {
			continue
		}
		got.want(201).into(&made)
		var codes []string
		for _, hint := range made.Hints {
			codes = append(codes, hint.Code)
			if hint.Detail == "" || strings.Contains(hint.Detail, "{") || strings.Contains(hint.Detail, "word-hint") {
				t.Errorf("%q", hint.Detail)
			}
		}
		if strings.Join(codes, " ") != want {
			t.Errorf("%s: hints %v, want %q", body, made.Hints, want)
		}
		h.w.words = h.w.words[:1]
	}
}

func TestImportWordsOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fillUsed()
	h.w.teach("1", "TDP", "tổ dân")
	send := func(query, file string) answer {
		return h.do(ask{as: "cadre", method: "POST", path: "/api/v1/words/import" + query, body: file, header: map[string]string{"Content-Type": "text/csv"}})
	}
	var done struct {
		savedReply
		Saved                bool
		Added, Changed, Same int
		Bad                  []struct{ Field, Code string }
	}
	const file = "\ufeffViết;Đọc là\r\nTDP;tổ dân phố\r\nÚn Tà;ún ta\r\n"
	send("?dry_run=true", file).want(200).into(&done)
	if done.Saved || done.Added != 1 || done.Changed != 1 || len(done.Announcements.Anew) != 1 || len(h.w.words) != 1 {
		t.Errorf("%+v", done)
	}
	p := send("", file+"A15;15\r\nGiáy;giáy\r\n").want(422)
	if p.faults() != "line 4 digits, line 5 reads-itself" || len(h.w.words) != 1 {
		t.Errorf("%s, %+v", p.faults(), h.w.words)
	}
	send("?skip_bad=true", file+"A15;15\r\n").want(200).into(&done)
	if !done.Saved || len(done.Bad) != 1 || done.Bad[0].Field != "line 4" || len(h.w.words) != 2 || h.w.words[0].Spoken != "tổ dân phố" || h.w.words[0].Revision != 2 || h.w.changed != 1 {
		t.Errorf("%+v, %+v", done, h.w.words)
	}
	send("", file).want(200).into(&done)
	if done.Same != 2 || done.Added+done.Changed != 0 {
		t.Errorf("again: %+v", done)
	}
	if got := send("", "T\xe0\xfe,a").want(422).faults(); got != "file no-utf-8" {
		t.Errorf("%s", got)
	}
	send("", strings.Repeat("a,b\n", 1<<18+1)).want(413)
	got := h.call("viewer", "GET", "/api/v1/words/export", "").want(200)
	if string(got.Body) != "\ufeffViết,Đọc là,Ghi chú,Ngôn ngữ\r\nTDP,tổ dân phố,,vi\r\nÚn Tà,ún ta,,vi\r\n" {
		t.Errorf("%q", got.Body)
	}
}

func wordPost(more ...string) url.Values {
	f := url.Values{"language": {"vi"}, "do": {"save"}}
	for i := 0; i+1 < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func TestPageOfWords(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.get("/words"); p.status != http.StatusOK || !strings.Contains(p.text, "Từ điển còn trống") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	w.fill()
	w.teach("1", "Ún Tà", "ún ta")
	w.teach("2", "TDP", "tổ dân phố")
	p := s.get("/words")
	p.checkForm(t, "vi")
	for _, want := range []string{"Dùng trong 1 bản tin còn phát", "/announcements/" + meetingID, "tổ dân phố", "/words/2"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is missing in %s", want, p.text)
		}
	}
	if p := s.get("/words?q=tdp"); strings.Contains(p.text, "Ún Tà") && strings.Contains(p.text, "ún ta") || !strings.Contains(p.text, "tổ dân phố") {
		t.Errorf("searched: %s", p.text)
	}
	if p := s.get("/words?q=%3Cb%3Exyz"); !strings.Contains(p.text, "Không tìm thấy “<b>xyz”") {
		t.Errorf("in vain: %s", p.text)
	}
	for _, path := range []string{"/words", "/words/new?written=XYZ", "/words/1"} {
		for _, lang := range []string{"vi", "en"} {
			p := newSite(t, w, people.Cadre, lang).get(path)
			if p.status != http.StatusOK || p.wire > 30_000 {
				t.Errorf("%s: status %d, %d bytes", path, p.status, p.wire)
			}
			p.checkForm(t, lang)
		}
	}
	viewer := newSite(t, w, people.Viewer, "vi")
	if p := viewer.get("/words"); p.status != http.StatusOK || strings.Contains(p.body, "/words/new") || strings.Contains(p.body, "/words/import") {
		t.Errorf("a viewer: %d %s", p.status, p.body)
	}
	if p := viewer.get("/words/new"); p.status != http.StatusForbidden {
		t.Errorf("a viewer adds: %d", p.status)
	}
	if p := viewer.post("/words/1/remove", nil); p.status != http.StatusForbidden || len(w.words) != 2 {
		t.Errorf("a viewer deletes: %d", p.status)
	}
}

// A word is heard before it is kept, and what keeping it does is agreed to first.
func TestPageOfANewWord(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/words/new?written=%C3%9An+T%C3%A0")
	if f := p.fields(t); f.Get("written") != "Ún Tà" || f.Get("language") != "vi" {
		t.Fatalf("%v", f)
	}
	p = s.post("/words/new", wordPost("written", "Ún Tà", "spoken", "ún ta", "do", "try"))
	p.checkForm(t, "vi")
	if p.status != http.StatusOK || strings.Count(p.body, "<audio") != 2 || !strings.Contains(p.body, "báo tin về <mark>ún ta</mark>, xin") || !strings.Contains(p.text, "1 bản tin sẽ được máy đọc lại") || !strings.Contains(p.text, meeting) || len(w.words) > 0 {
		t.Fatalf("tried: %d %s", p.status, p.text)
	}
	// Straight to saving: what it changes is shown first, and agreed to by the same form.
	p = s.post("/words/new", wordPost("written", "Ún Tà", "spoken", "ún ta"))
	if p.status != http.StatusOK || !strings.Contains(p.text, "Đồng ý, lưu từ này") || len(w.words) > 0 {
		t.Fatalf("not agreed: %d %s", p.status, p.text)
	}
	f := p.fields(t)
	f.Set("do", "save")
	p = s.post("/words/new", f)
	if p.location != "/words?anew=1&done=saved" || len(w.words) != 1 || w.words[0].By == "" {
		t.Fatalf("agreed: %d %q %s", p.status, p.location, p.text)
	}
	if p := s.get(p.location); !strings.Contains(p.text, "Đã lưu từ. Bản tin mới sẽ đọc theo cách này ngay. 1 bản tin đang được đọc lại.") {
		t.Errorf("told: %s", p.text)
	}
	// What changes nothing is kept at once.
	if p := s.post("/words/new", wordPost("written", "KNT", "spoken", "khu nà tẩu")); p.location != "/words?done=saved" || len(w.words) != 2 {
		t.Errorf("%d %s", p.status, p.text)
	}
	// A known word is led to.
	if p := s.get("/words/new?written=KNT"); p.location != "/words/"+w.words[1].ID {
		t.Errorf("%d %q", p.status, p.location)
	}
	// More announcements than were agreed to are agreed to again.
	f = s.post("/words/new", wordPost("written", "rét đậm", "spoken", "rét lắm")).fields(t)
	d := w.notices[meetingID]
	d.Announcement.Text += " Trời rét đậm."
	w.notices[meetingID] = d
	f.Set("do", "save")
	if p := s.post("/words/new", f); p.status != http.StatusOK || !strings.Contains(p.text, "2 bản tin sẽ") || len(w.words) != 2 {
		t.Errorf("%d %s", p.status, p.text)
	}
}

func TestPageOfABadWord(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/words/new", wordPost("written", "A15", "spoken", "a 15"))
	p.checkForm(t, "vi")
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Xin viết số thành chữ") || !strings.Contains(p.body, `value="a 15"`) {
		t.Errorf("%d %s", p.status, p.text)
	}
	if p := s.post("/words/new", wordPost("written", "đ", "spoken", "đê")); !strings.Contains(p.text, "Máy vốn đọc “đ” là “đồng”") || len(w.words) > 0 {
		t.Errorf("%d %s", p.status, p.text)
	}
	w.noEngine = true
	if p := s.post("/words/new", wordPost("written", "TDP", "spoken", "tổ dân phố", "do", "try")); p.status != http.StatusOK || !strings.Contains(p.text, "apt-get install espeak-ng") || strings.Contains(p.body, "<audio") {
		t.Errorf("%d %s", p.status, p.text)
	}
}

func TestPageOfAKnownWord(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.teach("1", "Ún Tà", "ún ta")
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/words/1")
	if f := p.fields(t); f.Get("revision") != "1" || f.Get("spoken") != "ún ta" || !strings.Contains(p.text, meeting) {
		t.Fatalf("%v %s", f, p.text)
	}
	f := s.post("/words/1", wordPost("written", "Ún Tà", "spoken", "úng tà", "revision", "1")).fields(t)
	f.Set("do", "save")
	if p := s.post("/words/1", f); p.location == "" || w.words[0].Spoken != "úng tà" || w.words[0].Revision != 2 {
		t.Errorf("%d %s", p.status, p.text)
	}
	// Somebody else was quicker: what was typed stays, and saving again is a choice.
	f.Set("revision", "1")
	f.Set("spoken", "un ta")
	w.racing = func() { w.words[0].Revision = 7 }
	p = s.post("/words/1", f)
	if p.status != http.StatusConflict || !strings.Contains(p.text, "Người khác vừa sửa") || p.fields(t).Get("revision") != "7" || p.fields(t).Get("spoken") != "un ta" {
		t.Errorf("%d %s", p.status, p.text)
	}
	// Deleting says what it changes first.
	p = s.post("/words/1/remove", nil)
	p.checkForm(t, "vi")
	if p.status != http.StatusOK || !strings.Contains(p.text, "Xóa từ này thì") || len(w.words) != 1 {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if p = s.post("/words/1/remove", p.fields(t)); p.location != "/words?anew=1&done=removed" || len(w.words) != 0 {
		t.Errorf("%d %s", p.status, p.text)
	}
	if p = s.post("/words/1/remove", nil); p.location != "/words?done=removed" {
		t.Errorf("again: %d %s", p.status, p.text)
	}
	if p = s.get("/words/1"); p.status != http.StatusNotFound {
		t.Errorf("gone: %d", p.status)
	}
}

func TestPageImportsWords(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	send := func(f url.Values, file string) page {
		return s.upload("/words/import", f, map[string]string{"words=tu.csv": file})
	}
	p := send(nil, "TDP,tổ dân phố\nÚn Tà,ún ta\nA15,15\n")
	p.checkForm(t, "vi")
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Tệp có 1 dòng sai nên chưa nhập dòng nào; 2 dòng kia đều đúng") || !strings.Contains(p.body, "<td>3</td><td><b>A15</b> Cách đọc còn chữ số") || len(w.words) > 0 {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if p := send(url.Values{"skip": {"1"}}, "TDP,tổ dân phố\nÚn Tà,ún ta\nA15,15\n"); p.location != "/words?added=2&anew=1&changed=0&done=imported" || len(w.words) != 2 {
		t.Fatalf("%d %q %s", p.status, p.location, p.text)
	}
	if p := s.get("/words?added=2&anew=1&changed=0&done=imported"); !strings.Contains(p.text, "thêm 2 từ, đổi 0 từ. 1 bản tin đang được đọc lại.") {
		t.Errorf("%s", p.text)
	}
	for file, want := range map[string]string{
		"":                                 "Tệp không có dòng nào",
		"T\xe0\xfe,x":                      "Lưu thành, kiểu “CSV UTF-8”",
		strings.Repeat("a,b\n", 1<<18+100): "lớn quá 1 MB",
	} {
		if p := send(nil, file); p.status < 400 || !strings.Contains(p.text, want) || len(w.words) != 2 {
			t.Errorf("%.10q: %d %s", file, p.status, p.text)
		}
	}
	// What a spreadsheet was given is taken in again, whatever it is.
	w.words[0].Note = "=1+1"
	file := s.get("/words.csv")
	if !strings.HasPrefix(file.body, "\xff\xfe") || !strings.Contains(file.header.Get("Content-Disposition"), "tu-dien-un-ta.csv") {
		t.Fatalf("%q", file.body[:20])
	}
	w.words = nil
	if p := send(nil, file.body); p.location == "" || len(w.words) != 2 || w.words[0].Note != "=1+1" {
		t.Errorf("%d %s %+v", p.status, p.text, w.words)
	}
}

// A word that the preview spells leads to the dictionary.
func TestPreviewLeadsToTheDictionary(t *testing.T) {
	p := newSite(t, newWorld(t), people.Cadre, "vi").post("/announcements/preview", notice("text", "Xin hỏi XKZ nhé."))
	if !strings.Contains(p.body, `href="/words/new?written=XKZ"`) || !strings.Contains(p.text, "Dạy máy đọc “XKZ”") {
		t.Errorf("%s", p.body)
	}
}

func TestWordsWithoutADatabase(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.get("/words") // who is signed in is remembered
	w.broken = errors.New("locked")
	if p := s.get("/words"); p.status != http.StatusServiceUnavailable {
		t.Errorf("%d", p.status)
	}
	if p := s.post("/words/new", wordPost("written", "TDP", "spoken", "tổ dân phố")); p.status != http.StatusServiceUnavailable {
		t.Errorf("%d", p.status)
	}
}
