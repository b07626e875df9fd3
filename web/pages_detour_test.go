package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
)

// Whoever sends a form when the sign-in has ended learns that nothing came of
// it, and comes back to the page of the form.
func TestFormOfSomebodySignedOut(t *testing.T) {
	tests := []struct{ path, next string }{
		{"/emergency", "/emergency"},
		{"/emergency/stop", "/emergency"},
		{"/emergency/renew", "/emergency"},
		{"/air/stop", ""},
		{"/clock", ""},
		{"/announcements/new", "/announcements/new"},
		{"/announcements/preview", "/announcements/new"},
		{"/announcements/" + meetingID + "/edit", "/announcements/" + meetingID},
		{"/announcements/" + meetingID + "/schedules/s1/remove", "/announcements/" + meetingID},
		{"/recordings", "/recordings"},
		{"/recordings/abc/delete", "/recordings"},
		{"/rules", "/rules"},
	}
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, "", "vi")
	for _, tt := range tests {
		p := s.post(tt.path, url.Values{"do": {"raise"}})
		to, err := url.Parse(p.location)
		if err != nil || p.status != http.StatusSeeOther || to.Path != "/sign-in" || to.Query().Get("next") != tt.next {
			t.Errorf("%s: status %d to %q, want it to come back to %q", tt.path, p.status, p.location, tt.next)
			continue
		}
		form := s.get(p.location)
		if !strings.Contains(form.text, "chưa làm việc vừa rồi vì phiên đăng nhập đã hết") {
			t.Errorf("%s: the page does not say that nothing was done: %s", tt.path, form.text)
		}
	}
	if len(w.raised) > 0 {
		t.Error("an emergency was raised all the same")
	}
}

// A phone that was put to sleep opens the address of a form anew.
func TestFormAddressOpensItsPage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	for path, page := range map[string]string{
		"/announcements/" + meetingID + "/edit": "/announcements/" + meetingID,
		"/emergency/stop":                       "/emergency",
		"/recordings/abc/delete":                "/recordings",
		"/air/stop":                             "/",
		"/sign-out":                             "/",
		"/language":                             "/",
	} {
		if p := s.get(path); p.status != http.StatusSeeOther || p.location != page {
			t.Errorf("%s: status %d to %q, want %q", path, p.status, p.location, page)
		}
		if p := s.get(page); p.status != http.StatusOK {
			t.Errorf("%s: status %d", page, p.status)
		}
	}
	if p := s.post("/plan", nil); p.status != http.StatusMethodNotAllowed {
		t.Errorf("a form sent to a page that takes none: status %d", p.status)
	}
}

func TestSetupFaultKeepsTheLinkInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	link := people.NewSecret()
	w.setup = people.HashSecret(link)
	s := newSite(t, w, "", "vi")
	p := s.post("/setup", url.Values{"t": {link}, "name": {"hoa"}, "password": {"ngắn"}, "again": {"ngắn"}})
	if p.status != http.StatusUnprocessableEntity || strings.Contains(p.body, "minlength") {
		t.Fatalf("status %d; the browser's own words come before ours: %v", p.status, strings.Contains(p.body, "minlength"))
	}
	_, back, _ := strings.Cut(p.body, `name="back" value="`)
	back, _, _ = strings.Cut(back, `"`)
	if s.post("/language", url.Values{"lang": {"en"}, "back": {back}}).location != back {
		t.Fatalf("the language does not come back to %q", back)
	}
	if p := s.get(back); p.status != http.StatusOK || p.fields(t).Get("t") != link {
		t.Errorf("after a change of language: status %d: %s", p.status, p.text)
	}
}

func TestSignInTooOftenSaysHowLong(t *testing.T) {
	s := newSite(t, newWorld(t), "", "vi")
	for range 20 {
		p := s.post("/sign-in", url.Values{"name": {"ai đó"}, "password": {"sai rồi sai rồi"}})
		if p.status != http.StatusTooManyRequests {
			continue
		}
		if got := p.header.Get("Retry-After"); got != "6" {
			t.Errorf("Retry-After is %q, want 6", got)
		}
		return
	}
	t.Error("guessing is not slowed down")
}

// A notice without a time is kept, and neither before nor after does the page
// say that it will air.
func TestNoticeWithoutATimePromisesNothing(t *testing.T) {
	for _, role := range []people.Role{people.Cadre, people.Recorder} {
		w := newWorld(t)
		w.fill()
		s := newSite(t, w, role, "vi")
		before := s.post("/announcements/new", notice("when", "later", "do", "preview"))
		if strings.Contains(before.text, "sẽ phát “Mời họp thôn”") || !strings.Contains(before.text, "Chưa hẹn giờ nên loa chưa phát.") {
			t.Errorf("%s, before: %s", role, before.text)
		}
		sent := s.post("/announcements/new", notice("when", "later"))
		if !strings.HasSuffix(sent.location, "?told=kept") {
			t.Fatalf("%s: sent to %q", role, sent.location)
		}
		if after := s.get(sent.location); strings.Contains(after.text, "Máy sẽ phát") || !strings.Contains(after.text, "Đã lưu bản tin. Chưa hẹn giờ") {
			t.Errorf("%s, after: %s", role, after.text)
		}
	}
}
