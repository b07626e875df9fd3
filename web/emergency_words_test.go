package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loalang/people"
)

// enter is what a browser presses in a form when somebody presses Enter in one of its
// fields: the first button that sends it, seen or not.
func (p page) enter(t *testing.T, action string) (name, value string) {
	t.Helper()
	found := false
	nodes(t, p.body, func(n *html.Node) {
		if found || n.Data != "button" || attr(n, "type") != "submit" {
			return
		}
		for a := range n.Ancestors() {
			if a.Data == "form" && attr(a, "action") == action {
				found, name, value = true, attr(n, "name"), attr(n, "value")
			}
		}
	})
	if !found {
		t.Fatalf("no button sends a form to %s", action)
	}
	return name, value
}

// TestEnterInAnEmergencyAsksBack: the keyboard's own key in the reason or the PIN pressed
// the button that no screen shows, and the template wrote over the message.
func TestEnterInAnEmergencyAsksBack(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	name, value := s.get("/emergency").enter(t, "/emergency")
	p := s.post("/emergency", url.Values{name: {value}, "what": {"lu-quet"}, "title": {"Đập nứt"}, "reason": {"Đập nứt"}, "text": {"Bà con lên đồi ngay."}, "language": {"vi"}})
	if p.status != http.StatusOK || !strings.Contains(p.text, "Phát khẩn cấp ngay bây giờ?") || !strings.Contains(p.text, "Bà con lên đồi ngay.") || len(w.raised) != 0 {
		t.Errorf("Enter presses %s=%s, status %d, raised %d: %s", name, value, p.status, len(w.raised), p.text)
	}
	if name, value := p.enter(t, "/emergency"); name != "do" || value != "raise" {
		t.Errorf("behind the PIN of the second step Enter presses %s=%s", name, value)
	}
}

// TestNotRaisingKeepsTheMessage: "no, back" on the page that asks led to an empty form.
func TestNotRaisingKeepsTheMessage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	f := s.post("/emergency", url.Values{"do": {"ask"}, "what": {"khac"}, "title": {"Đập nứt"}, "reason": {"Đập nứt"}, "text": {"Bà con lên đồi ngay."}, "language": {"pcc"}}).fields(t)
	if f.Get("do") != "read" {
		t.Fatalf("the way back presses do=%s", f.Get("do"))
	}
	p := s.post("/emergency", f)
	for _, want := range []string{"Bà con lên đồi ngay.", `value="Đập nứt"`, `value="khac" checked`, `value="pcc" checked`, `value="vi">`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("status %d, without %s: %s", p.status, want, p.body)
		}
	}
	if p.status != http.StatusOK || len(w.raised) != 0 {
		t.Errorf("status %d, raised %d", p.status, len(w.raised))
	}
}

// TestAnEmergencySentTwiceIsOne: the same danger sounded twice in turn when its form was
// sent again, because the line broke before the answer.
func TestAnEmergencySentTwiceIsOne(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	f := url.Values{"do": {"raise"}, "what": {"khac"}, "title": {"Đập nứt"}, "reason": {"Đập nứt"}, "text": {"Bà con lên đồi ngay."}, "language": {"vi"}}
	for range 2 {
		if p := s.post("/emergency", f); p.location != "/emergency" {
			t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
		}
		w.now = w.now.Add(20 * time.Second)
	}
	if len(w.raised) != 1 {
		t.Errorf("raised %d times", len(w.raised))
	}
	f.Set("text", "Bà con lên đồi ngay, đập đã vỡ.")
	s.post("/emergency", f)
	w.now = w.now.Add(2 * time.Minute)
	s.post("/emergency", f)
	if len(w.raised) != 3 {
		t.Errorf("with other words, and later: raised %d times, want 3", len(w.raised))
	}
}

// TestAnEmergencyForOneThatIsOverSentTwiceIsOne: a form that named an emergency to be
// replaced, which was over by then, raised its own twice when it was sent again.
func TestAnEmergencyForOneThatIsOverSentTwiceIsOne(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	f := url.Values{"do": {"raise"}, "what": {"khac"}, "title": {"Đập nứt"}, "reason": {"Đập nứt"}, "text": {"Bà con lên đồi ngay."}, "language": {"vi"}, "replaces": {"01JOVER"}}
	press := func(want int) {
		t.Helper()
		if p := s.post("/emergency", f); !strings.HasPrefix(p.location, "/emergency") {
			t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
		}
		if len(w.raised) != want {
			t.Fatalf("raised %d times, want %d", len(w.raised), want)
		}
	}
	press(1)
	w.now = w.now.Add(20 * time.Second)
	press(1)
	w.now = w.now.Add(2 * time.Minute)
	press(2) // long after: it is meant again
	s.post("/emergency/stop", url.Values{})
	press(3) // what was stopped sounds again when somebody says so
}

// TestTwoFormsOfAnEmergencyAtOnceAreOne: two presses within milliseconds, of one form in two
// tabs, both found that nothing sounded yet, and the danger was heard twice in turn.
func TestTwoFormsOfAnEmergencyAtOnceAreOne(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.entered, w.release = make(chan struct{}, 2), make(chan struct{})
	s := newSite(t, w, people.Cadre, "vi")
	f := url.Values{"do": {"raise"}, "what": {"khac"}, "title": {"Đập nứt"}, "reason": {"Đập nứt"}, "text": {"Bà con lên đồi ngay."}, "language": {"vi"}}
	pages := make(chan page, 2)
	press := func(s site) { pages <- s.post("/emergency", f) }
	go press(*s)
	<-w.entered
	go press(*s)
	select {
	case <-w.entered:
	case <-time.After(300 * time.Millisecond): // the second waits for the first, as it should
	}
	close(w.release)
	for range 2 {
		if p := <-pages; p.location != "/emergency" {
			t.Errorf("status %d to %q: %s", p.status, p.location, p.text)
		}
	}
	if len(w.raised) != 1 {
		t.Errorf("raised %d times", len(w.raised))
	}
}
