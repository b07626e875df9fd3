package web_test

import (
	"regexp"
	"strings"
	"testing"

	"loalang/people"
)

// TestHistoryNamesTheNotice: a list in which every line is "a reading was changed" tells
// nobody anything. On the page of one notice it need not be said again.
func TestHistoryNamesTheNotice(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.remember(visitor, "renditions", "r1", noticeID, people.Altered, 2)
	w.changes[0].Title = "Mời họp thôn"
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/history")
	if !strings.Contains(p.text, "đã sửa: bản đọc (“Mời họp thôn”)") || !strings.Contains(p.body, `href="/announcements/`+noticeID+`"`) {
		t.Errorf("the notice is not named: %s", p.text)
	}
	if regexp.MustCompile(`\d:\d\d:\d\d[,.]\d`).MatchString(p.text) || !regexp.MustCompile(`\d:\d\d:\d\d`).MatchString(p.text) {
		t.Errorf("when is not told to the second: %s", p.text)
	}
	if p := s.get("/history?announcement=" + noticeID); strings.Contains(p.text, "(“Mời họp thôn”)") {
		t.Errorf("named on its own page: %s", p.text)
	}
}
