package web_test

import (
	"net/http"
	"strings"
	"testing"

	"loalang/people"
)

// TestSentAgainWithOtherAnswers: behind Back a notice that was sent already was sent with
// another time, or no longer as a draft; the page said "sent", and kept what was before.
func TestSentAgainWithOtherAnswers(t *testing.T) {
	for name, change := range map[string][2]string{"another time": {"when", "now"}, "fewer languages": {"language", "vi"}, "not as a draft": {"do", "send"}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := newSite(t, w, people.Cadre, "vi")
			first := notice("do", "draft")
			if name != "not as a draft" {
				first = notice()
			}
			p := s.upload("/announcements/new", first, nil)
			if p.status != http.StatusSeeOther {
				t.Fatalf("status %d: %s", p.status, p.text)
			}
			s.cookies = append(s.cookies, (&http.Response{Header: p.header}).Cookies()...)
			if p := s.upload("/announcements/new", first, nil); strings.Contains(p.location, "refused") || len(w.order) != 1 {
				t.Fatalf("a second press leads to %q, %d are saved", p.location, len(w.order))
			}
			first[change[0]] = []string{change[1]}
			p = s.upload("/announcements/new", first, nil)
			if p.location != "/announcements/0193e000-0000-7000-8000-000000000001?refused=sent-before" || len(w.order) != 1 {
				t.Fatalf("it leads to %q, %d are saved", p.location, len(w.order))
			}
			if p = s.get(p.location); !strings.Contains(p.text, "những gì vừa đổi thì chưa được lưu") {
				t.Errorf("its page says %s", p.text)
			}
		})
	}
}
