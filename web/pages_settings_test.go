package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"loalang/people"
)

// hrefs are the addresses to which the page's main part leads.
func (p page) hrefs(t *testing.T) (all []string) {
	t.Helper()
	nodes(t, p.body, func(n *html.Node) {
		if n.Data != "main" {
			return
		}
		for a := range n.Descendants() {
			if a.Data == "a" && strings.HasPrefix(attr(a, "href"), "/") {
				all = append(all, attr(a, "href"))
			}
		}
	})
	return all
}

func TestSettingsLeadOnlyWhereOneMay(t *testing.T) {
	wants := map[people.Role]struct{ there, absent []string }{
		people.Admin:    {[]string{"/recordings", "/slots", "/people", "/tokens", "/stations", "/about"}, []string{"/approvals"}},
		people.Officer:  {[]string{"/slots", "/rules", "/publicity", "/approvals/rules"}, []string{"/people", "/tokens", "/audit", "/stations"}},
		people.Cadre:    {[]string{"/voices", "/exceptions", "/calendars", "/words"}, []string{"/slots", "/rules", "/people"}},
		people.Recorder: {[]string{"/readings", "/recordings", "/account"}, []string{"/voices", "/exceptions", "/slots"}},
		people.Viewer:   {[]string{"/recordings", "/coverage", "/drills"}, []string{"/readings", "/history", "/voices"}},
	}
	for _, role := range people.Roles() {
		t.Run(string(role), func(t *testing.T) {
			for _, lang := range []string{"vi", "en"} {
				s := newSite(t, newWorld(t), role, lang)
				p := s.get("/settings")
				if p.status != http.StatusOK {
					t.Fatalf("status %d: %s", p.status, p.body)
				}
				p.checkForm(t, lang)
				to := p.hrefs(t)
				for _, path := range wants[role].there {
					if !slices.Contains(to, path) {
						t.Errorf("%s is not there", path)
					}
				}
				for _, path := range wants[role].absent {
					if slices.Contains(to, path) {
						t.Errorf("%s is there", path)
					}
				}
				for _, path := range to {
					path, _, _ = strings.Cut(path, "#") // a browser does not send it
					if got := s.get(path); got.status != http.StatusOK {
						t.Errorf("%s answers %d", path, got.status)
					}
				}
			}
		})
	}
}

func TestBarHasFiveEntries(t *testing.T) {
	w := waiting(t)
	p := newSite(t, w, people.Cadre, "vi").get("/settings")
	var bar []string
	nodes(t, p.body, func(n *html.Node) {
		if n.Data == "a" && n.Parent != nil && attr(n.Parent, "class") == "tabs" {
			bar = append(bar, attr(n, "href"))
			if attr(n, "aria-current") == "page" && attr(n, "href") != "/settings" {
				t.Errorf("%s is the current entry", attr(n, "href"))
			}
		}
	})
	if want := []string{"/", "/announcements", "/plan", "/asrun", "/settings"}; !slices.Equal(bar, want) {
		t.Errorf("the bar has %v", bar)
	}
	if !strings.Contains(p.text, "Xem 1 bản tin chờ duyệt") || !slices.Contains(p.hrefs(t), "/approvals") {
		t.Errorf("what waits is not told: %s", p.text)
	}
}

func TestAboutSaysVersionAndHealth(t *testing.T) {
	for lang, want := range map[string]string{"vi": "Phiên bản chương trình: test", "en": "Version of the program: test"} {
		p := newSite(t, newWorld(t), people.Viewer, lang).get("/about")
		if p.status != http.StatusOK || !strings.Contains(p.text, want) || !strings.Contains(p.body, "sudo loalang-board doctor") {
			t.Errorf("%s: %d: %s", lang, p.status, p.text)
		}
		p.checkForm(t, lang)
	}
}
