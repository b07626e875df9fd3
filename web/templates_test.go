package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// meetingForm is the form of a notice that begins with the template of a meeting.
func meetingForm(changes ...string) url.Values {
	return notice(append([]string{
		"topic", "hop-thon", "title", "", "text", "", "do", "template",
	}, changes...)...)
}

// filledIn are answers to the blanks of that template.
var filledIn = []string{"blank:ngày họp", "2026-11-30", "blank:giờ họp", "19:30", "blank:nơi họp", "nhà văn hóa thôn", "blank:việc cần bàn", "làm đường bê tông"}

// with changes a form.
func with(f url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		f.Set(changes[i], changes[i+1])
	}
	return f
}

// TestTemplateFromBlankToNotice goes the whole way without a script: choose, fill
// in, send.
func TestTemplateFromBlankToNotice(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	f := s.upload("/announcements/new", meetingForm(), nil).fields(t)
	for _, name := range []string{"blank:ngày họp", "blank:giờ họp", "blank:nơi họp", "blank:việc cần bàn"} {
		if !f.Has(name) {
			t.Fatalf("no field %q in %v", name, f)
		}
	}
	f = s.upload("/announcements/new", with(with(f, filledIn...), "do", "fill"), nil).fields(t)
	if want := "Mời họp thôn thứ Hai, ngày 30/11/2026"; f.Get("title") != want {
		t.Errorf("title %q, want %q", f.Get("title"), want)
	}
	if want := "lúc 19 giờ 30, thứ Hai, ngày 30/11/2026, tại nhà văn hóa thôn.\n\nNội dung cuộc họp: làm đường bê tông."; !strings.Contains(strings.ReplaceAll(f.Get("text"), "\r\n", "\n"), want) {
		t.Errorf("text %q", f.Get("text"))
	}
	// Another answer takes the place of the first.
	f = s.upload("/announcements/new", with(f, "blank:giờ họp", "20:00", "do", "fill"), nil).fields(t)
	if !strings.Contains(f.Get("text"), "lúc 20 giờ, thứ Hai") || strings.Contains(f.Get("text"), "19 giờ") {
		t.Errorf("text %q", f.Get("text"))
	}
	if p := s.upload("/announcements/new", with(f, "do", "send"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	a := saved(t, w).Announcement
	if a.Topic != "hop-thon" || len(scheduler.Unfilled(a.Title+a.Text)) > 0 {
		t.Errorf("saved %+v", a)
	}
}

// TestSendingFillsIn needs no press of "fill in" before the notice is sent.
func TestSendingFillsIn(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	f := with(s.upload("/announcements/new", meetingForm(), nil).fields(t), filledIn...)
	if p := s.upload("/announcements/new", with(f, "do", "send"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if a := saved(t, w).Announcement; !strings.Contains(a.Text, "lúc 19 giờ 30") {
		t.Errorf("text %q", a.Text)
	}
}

// TestOwnWordsStayWhenBlanksAreFilled fills into a text that was changed by hand.
func TestOwnWordsStayWhenBlanksAreFilled(t *testing.T) {
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	f := s.upload("/announcements/new", meetingForm(), nil).fields(t)
	f.Set("text", "Kính mời bà con họp lúc [giờ: giờ họp]. Nhớ mang ghế.")
	f = s.upload("/announcements/new", with(f, "blank:giờ họp", "7h", "do", "fill"), nil).fields(t)
	if f.Get("text") != "Kính mời bà con họp lúc 7 giờ. Nhớ mang ghế." {
		t.Fatalf("text %q", f.Get("text"))
	}
	f = s.upload("/announcements/new", with(f, "blank:giờ họp", "7h15", "do", "fill"), nil).fields(t)
	if f.Get("text") != "Kính mời bà con họp lúc 7 giờ 15. Nhớ mang ghế." {
		t.Fatalf("text %q", f.Get("text"))
	}
	f.Set("text", "Kính mời bà con họp sáng mai. Nhớ mang ghế.")
	p := s.upload("/announcements/new", with(f, "blank:giờ họp", "8h", "do", "fill"), nil)
	if got := p.fields(t).Get("text"); got != "Kính mời bà con họp sáng mai. Nhớ mang ghế." || !strings.Contains(p.text, "không tìm thấy chỗ “7 giờ 15”") {
		t.Errorf("text %q; said: %s", got, p.text)
	}
}

func TestUnfilledBlanksAreNotSent(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		want    []string
	}{
		{"nothing filled in", nil, []string{"[giờ: giờ họp]", "[ngày: ngày họp]", "[việc cần bàn]", "Chưa điền."}},
		{"one left", []string{"blank:việc cần bàn", ""}, []string{"Mẫu còn chỗ chưa điền: [việc cần bàn]."}},
		{"no date", []string{"blank:ngày họp", "31/2/2027"}, []string{"Không hiểu ngày này."}},
		{"no time", []string{"blank:giờ họp", "25:00"}, []string{"Không hiểu giờ này."}},
		{"brackets", []string{"blank:nơi họp", "[đâu đó]"}, []string{"Xin không dùng dấu [ ] ở đây."}},
		{"too long", []string{"blank:nơi họp", strings.Repeat("nhà ", 100)}, []string{"Nhiều nhất 300 ký tự"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := newSite(t, w, people.Cadre, "vi")
			f := s.upload("/announcements/new", meetingForm(), nil).fields(t)
			if tt.changes != nil {
				f = with(with(f, filledIn...), tt.changes...)
			}
			p := s.upload("/announcements/new", with(f, "do", "send"), nil)
			if p.status != http.StatusUnprocessableEntity || len(w.order) > 0 {
				t.Fatalf("status %d, %d saved", p.status, len(w.order))
			}
			for _, want := range tt.want {
				if !strings.Contains(p.text, want) {
					t.Errorf("%q is not said: %s", want, p.text)
				}
			}
			got := p.fields(t)
			for name := range f {
				if strings.HasPrefix(name, "blank:") && got.Get(name) != f.Get(name) {
					t.Errorf("%s was %q and is %q", name, f.Get(name), got.Get(name))
				}
			}
			p.checkForm(t, "vi")
		})
	}
}

// TestPastDateIsAskedAbout warns and does not refuse.
func TestPastDateIsAskedAbout(t *testing.T) {
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	f := s.upload("/announcements/new", meetingForm(), nil).fields(t)
	p := s.upload("/announcements/new", with(f, "blank:ngày họp", "2026-11-20", "do", "fill"), nil)
	if !strings.Contains(p.text, "Ngày này đã qua.") || !strings.Contains(p.fields(t).Get("title"), "thứ Sáu, ngày 20/11/2026") {
		t.Errorf("said: %s", p.text)
	}
}

// TestBlanksAlone is what the page's module asks for.
func TestBlanksAlone(t *testing.T) {
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	p := s.post("/announcements/blanks", url.Values{"topic": {"chay-rung"}, "do": {"template"}})
	if p.status != http.StatusOK || strings.Contains(p.body, "<html") || !strings.Contains(p.body, "data-urgent") || !strings.Contains(p.body, `type="tel"`) || !strings.Contains(p.body, `data-title="Cảnh báo cháy rừng`) {
		t.Errorf("status %d: %s", p.status, p.body)
	}
	if p := s.post("/announcements/blanks", url.Values{"topic": {"tu-viet"}, "do": {"show"}}); p.status != http.StatusOK || strings.TrimSpace(p.body) != "" {
		t.Errorf("status %d: %s", p.status, p.body)
	}
}

var pickedCode = regexp.MustCompile(`name="pick" value="([^"]+)"`)

// TestTemplatesUsedMostComeFirst has what the village announces before the groups.
func TestTemplatesUsedMostComeFirst(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	first := func() []string {
		var codes []string
		for _, m := range pickedCode.FindAllStringSubmatch(s.get("/announcements/new").body, -1) {
			codes = append(codes, m[1])
		}
		if len(codes) != len(scheduler.BuiltIn())+1 {
			t.Errorf("%d choices: %v", len(codes), codes)
		}
		return codes[:5]
	}
	if got := first(); !slices.Equal(got, []string{"hop-thon", "y-te", "cat-dien", "ve-sinh", "tu-viet"}) {
		t.Errorf("a village that has used none begins with %v", got)
	}
	s.upload("/announcements/new", notice("topic", "tet"), nil)
	if got := first(); !slices.Equal(got, []string{"tet", "hop-thon", "y-te", "cat-dien", "tu-viet"}) {
		t.Errorf("after one use it begins with %v", got)
	}
}
