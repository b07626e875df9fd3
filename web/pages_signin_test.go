package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
)

const passphrase = "con suối trước nhà"

// account puts somebody into the world who may sign in.
func (w *world) account(t *testing.T, name string) {
	t.Helper()
	hash, err := people.NewPasswords().HashPassword(context.Background(), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	w.accounts = append(w.accounts, people.Account{ID: "0193c000-0000-7000-8000-0000000000ff", Name: name, Role: people.Cadre, Village: "un-ta", Password: hash})
}

// take keeps the cookies of an answer, as a browser does.
func (s *site) take(p page) {
	r := http.Response{Header: p.header}
	for _, c := range r.Cookies() {
		if c.MaxAge >= 0 && c.Value != "" {
			s.cookies = append(s.cookies, c)
		}
	}
}

func TestPageSignInAndOut(t *testing.T) {
	w := newWorld(t)
	w.account(t, "thuy")
	s := newSite(t, w, "", "vi")
	form := s.get("/sign-in?next=%2Fplan")
	if form.status != http.StatusOK || form.fields(t).Get("next") != "/plan" || !strings.Contains(form.text, "Quên mật khẩu?") {
		t.Fatalf("form: status %d: %s", form.status, form.text)
	}
	form.checkForm(t, "vi")

	wrong := s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {"sai rồi sai rồi"}, "next": {"/plan"}})
	if wrong.status != http.StatusUnauthorized || !strings.Contains(wrong.text, "Tên hoặc mật khẩu chưa đúng.") {
		t.Errorf("wrong password: status %d: %s", wrong.status, wrong.text)
	}
	if f := wrong.fields(t); f.Get("name") != "thuy" || f.Get("next") != "/plan" || f.Get("password") != "" {
		t.Errorf("typed before: %v", f)
	}

	in := s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}, "next": {"/plan"}})
	if in.status != http.StatusSeeOther || in.location != "/plan" {
		t.Fatalf("sign in: status %d to %q: %s", in.status, in.location, in.text)
	}
	s.take(in)
	if p := s.get("/"); p.status != http.StatusOK || !strings.Contains(p.text, "thuy, Cán bộ thôn") {
		t.Errorf("signed in: status %d: %s", p.status, p.text)
	}
	if p := s.get("/sign-in"); p.location != "/" {
		t.Errorf("the form again: sent to %q", p.location)
	}

	if out := s.post("/sign-out", nil); out.location != "/sign-in?told=signed-out" {
		t.Errorf("sign out: sent to %q", out.location)
	}
	if p := s.get("/"); p.status != http.StatusSeeOther {
		t.Errorf("after signing out: status %d", p.status)
	}
	if p := s.get("/sign-in?told=signed-out"); !strings.Contains(p.text, "Đã đăng xuất.") {
		t.Error("the page does not say that it was done")
	}
}

func TestPageSignInGoesNowhereElse(t *testing.T) {
	w := newWorld(t)
	w.account(t, "thuy")
	p := newSite(t, w, "", "vi").post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}, "next": {"https://example.org/"}})
	if p.location != "/" {
		t.Errorf("sent to %q", p.location)
	}
}

func TestPageSetup(t *testing.T) {
	link := people.NewSecret()
	form := func(changes ...string) url.Values {
		f := url.Values{"t": {link}, "name": {"hoa"}, "password": {passphrase}}
		for i := 0; i < len(changes); i += 2 {
			f.Set(changes[i], changes[i+1])
		}
		return f
	}
	faults := []struct {
		name string
		form url.Values
		want string
	}{
		{"short password", form("password", "ngắn"), "Ngắn quá. Ít nhất 8 ký tự."},
		{"the first guess", form("password", "mật khẩu 123"), "ai cũng đoán ra trước tiên"},
		{"no name", form("name", ""), "Chưa điền."},
	}
	w := newWorld(t)
	w.setup = people.HashSecret(link)
	s := newSite(t, w, "", "vi")
	for _, tt := range faults {
		t.Run(tt.name, func(t *testing.T) {
			p := s.post("/setup", tt.form)
			if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, tt.want) || len(w.accounts) > 0 {
				t.Errorf("status %d: %s", p.status, p.text)
			}
			if got := p.fields(t).Get("name"); got != tt.form.Get("name") {
				t.Errorf("the name is %q", got)
			}
		})
	}
	shown := s.get("/setup?t=" + link)
	if shown.status != http.StatusOK || shown.fields(t).Get("t") != link {
		t.Fatalf("form: status %d: %s", shown.status, shown.text)
	}
	shown.checkForm(t, "vi")
	p := s.post("/setup", form())
	if p.status != http.StatusSeeOther || p.location != "/start" || len(w.accounts) != 1 || w.accounts[0].Role != people.Admin {
		t.Fatalf("status %d, to %q, accounts %d: %s", p.status, p.location, len(w.accounts), p.text)
	}
	s.take(p)
	if p := s.get("/"); p.status != http.StatusOK || !strings.Contains(p.text, "hoa, Quản trị") {
		t.Errorf("signed in: status %d", p.status)
	}
	for _, p := range []named{{"the form again", s.get("/setup?t=" + link)}, {"sent again", s.post("/setup", form("name", "khac"))}, {"another link", s.get("/setup?t=" + people.NewSecret())}} {
		if p.status != http.StatusNotFound || !strings.Contains(p.text, "đã dùng rồi hoặc đã quá 30 phút") || len(w.accounts) != 1 {
			t.Errorf("%s: status %d: %s", p.name, p.status, p.text)
		}
	}
}

// named is a page with the name of its case.
type named struct {
	name string
	page
}

// Whose sign-in has ended while a form was open comes back to that form, wherever it
// stands, and to no page of anybody else.
func TestSignInLeadsBackToTheForm(t *testing.T) {
	const here = "http://example.com" // httptest's
	s := newSite(t, newWorld(t), "", "vi")
	for _, one := range []struct{ action, from, want string }{
		{"/village", here + "/village?told=village", "/village"},
		{"/templates/new", here + "/templates/new?class=emergency", "/templates/new?class=emergency"},
		{"/drills", here + "/drills?undo=4&told=drill-removed", "/drills"},
		{"/templates/new", "https://evil.example/templates/new", "/templates/new"},
		{"/templates/new", here + "/nowhere/at/all", "/templates/new"},
		{"/templates/new", here + "//evil.example", "/templates/new"},
		{"/templates/new", "", "/templates/new"},
	} {
		r := httptest.NewRequest("POST", one.action, strings.NewReader("name=a"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", one.from)
		rec := httptest.NewRecorder()
		s.handler.ServeHTTP(rec, r)
		if got, want := rec.Header().Get("Location"), "/sign-in?"+(url.Values{"next": {one.want}, "refused": {"signed-out"}}).Encode(); got != want {
			t.Errorf("%s sent from %q leads to %q, want %q", one.action, one.from, got, want)
		}
	}
}
