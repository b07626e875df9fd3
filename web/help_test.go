package web

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// unhelped are addresses that show no page of the panel: what people open without the
// bar, and files.
var unhelped = []string{"/bang-tin", "/healthz", "/readyz", "/robots.txt", "/sw.js", "/static", "/metrics", "/api", "/help/:area", "/microphone/loa.crt", "/asrun.csv", "/report.csv", "/words.csv", "/calendar/"}

// Every page has its help, under the same names in both languages: what
// testdata/pages.txt lists is held against the router by another test.
func TestEveryPageHasHelp(t *testing.T) {
	raw, err := os.ReadFile("testdata/pages.txt")
	if err != nil {
		t.Fatal(err)
	}
	routes := 0
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(line, "#") || slices.ContainsFunc(unhelped, func(p string) bool { return strings.HasPrefix(fields[0], p) }) {
			continue
		}
		routes++
		if to := helpLink(fields[0]); !strings.HasSuffix(to, "#"+helpAnchor(fields[0])) {
			t.Errorf("nothing is said of %s: its help leads to %s", fields[0], to)
		}
	}
	if routes < 40 {
		t.Fatalf("only %d pages are looked at", routes)
	}
	vi, en := helpBook()[vietnamese], helpBook()[english]
	if len(vi) != len(en) {
		t.Fatalf("%d areas, and %d in English", len(vi), len(en))
	}
	for i, area := range vi {
		if area.Code != en[i].Code || len(area.Parts) != len(en[i].Parts) {
			t.Errorf("area %s differs from %s", area.Code, en[i].Code)
			continue
		}
		for j, part := range area.Parts {
			if other := en[i].Parts[j]; other.Route != part.Route || part.Name == "" || other.Name == "" || len(part.Text) == 0 || len(part.Text) != len(other.Text) {
				t.Errorf("%s is told otherwise in English: %s", part.Route, other.Route)
			}
		}
	}
}

func TestHelpOfAForm(t *testing.T) {
	for route, want := range map[string]string{
		"/": "/help/daily#today", "/announcements/:id/withdraw": "/help/daily#announcements-id", "/account/pin": "/help/people#account", "/nowhere": "/help", "": "/help",
	} {
		if got := helpLink(route); got != want {
			t.Errorf("%s: %s, want %s", route, got, want)
		}
	}
}
