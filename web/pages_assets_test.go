package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"loalang/people"
)

// firstLoad is what a phone fetches for a page when it has nothing yet: the
// page, its style sheet, its modules with what they import, and the icons.
func firstLoad(t *testing.T, s *site, path string) (bytes int, names []string) {
	t.Helper()
	p := s.get(path)
	bytes = p.wire
	queue := assetsOf(t, p)
	seen := map[string]bool{}
	for len(queue) > 0 {
		url := queue[0]
		queue = queue[1:]
		if seen[url] {
			continue
		}
		seen[url] = true
		a := s.get(url)
		if a.status != http.StatusOK {
			t.Fatalf("%s: status %d", url, a.status)
		}
		bytes += a.wire
		names = append(names, url)
		for _, m := range regexp.MustCompile(`from "\./([^"]+)"|import "\./([^"]+)"`).FindAllStringSubmatch(a.body, -1) {
			queue = append(queue, "/static/"+m[1]+m[2])
		}
	}
	return bytes, names
}

func assetsOf(t *testing.T, p page) []string {
	t.Helper()
	var urls []string
	nodes(t, p.body, func(n *html.Node) {
		for _, key := range []string{"src", "href"} {
			url, _, _ := strings.Cut(attr(n, key), "#")
			if strings.HasPrefix(url, "/static/") {
				urls = append(urls, url)
			}
		}
	})
	return urls
}

// TestFirstLoadIsSmall holds the promise of 30 KB on the wire; the pages are
// read over a mobile line at the edge of coverage.
func TestFirstLoadIsSmall(t *testing.T) {
	const most = 30 << 10
	w := newWorld(t)
	w.fill()
	w.onAir()
	s := newSite(t, w, people.Cadre, "vi")
	for _, path := range []string{"/", "/announcements/new", "/announcements", "/announcements/" + meetingID, "/recordings", "/plan", "/asrun", "/emergency"} {
		n, names := firstLoad(t, s, path)
		t.Logf("%s: %d bytes with %d assets", path, n, len(names))
		if n > most {
			t.Errorf("%s: %d bytes on the wire, want at most %d", path, n, most)
		}
		if len(names) < 3 {
			t.Errorf("%s: only %v was fetched", path, names)
		}
	}
}

func TestAssets(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	hashed := regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{8}\.(css|js|svg)$`)
	for _, url := range assetsOf(t, s.get("/")) {
		if !hashed.MatchString(url) {
			t.Errorf("%s carries no hash of its content", url)
		}
		a := s.get(url)
		if cc := a.header.Get("Cache-Control"); !strings.Contains(cc, "immutable") {
			t.Errorf("%s: Cache-Control %q", url, cc)
		}
		if kind := a.header.Get("Content-Type"); strings.HasSuffix(url, ".js") && !strings.HasPrefix(kind, "text/javascript") || strings.HasSuffix(url, ".css") && !strings.HasPrefix(kind, "text/css") {
			t.Errorf("%s: Content-Type %q", url, kind)
		}
		if a.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not compressed", url)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may be taken for something else", url)
		}
		if alone := strings.HasSuffix(url, ".svg"); alone != (a.header.Get("Content-Security-Policy") != "") {
			t.Errorf("%s: a picture is a document of its own, no other file is: policy %q", url, a.header.Get("Content-Security-Policy"))
		}
		if strings.Contains(a.body, "\n\n") || strings.Contains(a.body, "/*") {
			t.Errorf("%s is not minified", url)
		}
	}
	if a := s.get("/static/app.css"); a.status != http.StatusNotFound {
		t.Errorf("a file without a hash: status %d", a.status)
	}
}

func TestEveryIconIsDrawn(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.onAir()
	s := newSite(t, w, people.Cadre, "vi")
	drawn := map[string]bool{}
	for _, path := range []string{"/", "/announcements/new", "/announcements/" + meetingID, "/recordings", "/plan", "/asrun", "/emergency", "/sign-in"} {
		nodes(t, s.get(path).body, func(n *html.Node) {
			url, id, ok := strings.Cut(attr(n, "href"), "#")
			if n.Data != "use" || !ok {
				return
			}
			if !drawn[id] && !strings.Contains(s.get(url).body, `id="`+id+`"`) {
				t.Errorf("%s: there is no icon %q", path, id)
			}
			drawn[id] = true
		})
	}
	if len(drawn) < 15 {
		t.Errorf("only the icons %v were found", drawn)
	}
}

func TestPagesAreNotKept(t *testing.T) {
	p := newSite(t, newWorld(t), people.Cadre, "vi").get("/")
	if cc := p.header.Get("Cache-Control"); cc != "no-store" {
		t.Errorf("Cache-Control %q: a shared phone would show what somebody else saw", cc)
	}
	if v := p.header.Get("Vary"); !strings.Contains(v, "Cookie") {
		t.Errorf("Vary %q", v)
	}
}
