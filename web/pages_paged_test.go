package web_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
)

// Five hundred notices a day: every page stays small, each row is on one of them
// once, and the page for the printer and the file have all.
func TestFiveHundredNoticesADay(t *testing.T) {
	w := newWorld(t)
	day := w.now.In(w.at(1, 0, 0).Location()).Day()
	w.runs = nil
	for i := range 500 {
		w.runs = append(w.runs, w.ran(fmt.Sprint("n", i), fmt.Sprintf("Tin số %03d ở thôn", i), w.at(day, 5, 0).Add(time.Duration(i)*time.Minute), "", playout.Played, "completed", 0))
	}
	s := newSite(t, w, people.Viewer, "vi")
	title := regexp.MustCompile("Tin số [0-9]{3}")
	date := w.at(day, 0, 0).Format(time.DateOnly)
	at := "/asrun?from=" + date + "&to=" + date
	seen := map[string]int{}
	for page := 1; page <= 5; page++ {
		p := s.get(fmt.Sprintf("%s&page=%d", at, page))
		if p.status != 200 || p.wire > 30<<10 {
			t.Errorf("page %d: status %d, %d bytes on the wire", page, p.status, p.wire)
		}
		for _, name := range title.FindAllString(p.text, -1) {
			seen[name]++
		}
	}
	if len(seen) != 500 {
		t.Errorf("%d of 500 rows are on the pages", len(seen))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s is on %d pages", name, n)
		}
	}
	first := s.get(at)
	if !strings.Contains(first.text, "Lượt 401–500 trong 500") || !strings.Contains(first.body, "page=2") || !strings.Contains(first.body, "page=all") {
		t.Error("the first page does not say where the rest is")
	}
	if n := len(title.FindAllString(s.get(at+"&page=all").text, -1)); n != 500 {
		t.Errorf("%d of 500 rows are for the printer", n)
	}
	for _, path := range []string{"/", "/plan", "/plan?day=" + date, "/asrun"} {
		if p := s.get(path); p.status != 200 || p.wire > 30<<10 {
			t.Errorf("%s: status %d, %d bytes on the wire", path, p.status, p.wire)
		}
	}
}
