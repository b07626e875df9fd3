package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loalang/people"
	"loalang/scheduler"
)

// aired puts a notice into the world that airs once.
func (w *world) aired(id, title string, class scheduler.Class, at time.Time, length time.Duration) {
	owned := scheduler.Owned{ID: id, Village: "un-ta", Created: w.now.Add(-time.Hour), Revision: 1}
	w.order = append(w.order, id)
	w.notices[id] = scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: owned, Title: title, Text: title, Class: class},
		Renditions:   []scheduler.Rendition{{Owned: scheduler.Owned{ID: "r-" + id}, Announcement: id, Language: "vi", State: scheduler.Ready, Recording: "rec", Length: length}},
		Schedules:    []scheduler.Schedule{{Owned: scheduler.Owned{ID: "s-" + id, Village: "un-ta", Created: owned.Created, Revision: 1}, Announcement: id, Kind: scheduler.Once, At: at.UTC(), Misfire: scheduler.Misfire{Policy: scheduler.Skip}}},
	}
}

// A notice that collides says so before it is saved, with ways out, and nothing that
// was typed is lost.
func TestPageForeseesCollision(t *testing.T) {
	w := newWorld(t)
	w.aired("khac", "Tiêm chủng", scheduler.ClassPriority, w.at(23, 18, 30), 50*time.Minute)
	s := newSite(t, w, people.Cadre, "vi")
	form := notice("when", "at", "date", "2026-11-23", "time", "18:35")
	p := s.upload("/announcements/new", form, nil)
	if p.status != http.StatusOK || len(w.order) != 1 {
		t.Fatalf("status %d, %d announcements", p.status, len(w.order))
	}
	for _, want := range []string{"Thay đổi trong kế hoạch", "Sẽ không phát được", "Mời họp thôn", "Có thể làm:", "Vẫn lưu"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page does not say %q: %s", want, p.text)
		}
	}
	carried := fields(t, p.body)
	if carried.Get("title") != "Mời họp thôn" || carried.Get("time") != "18:35" || len(carried["language"]) != 2 {
		t.Errorf("carried %v", carried)
	}
	back := carried
	back.Set("foreseen", "back")
	if p := s.upload("/announcements/new", back, nil); p.status != http.StatusOK || !strings.Contains(p.body, `value="18:35"`) || len(w.order) != 1 {
		t.Errorf("back: status %d, %d announcements", p.status, len(w.order))
	}
	use := fields(t, p.body)
	use.Set("use", "at 2026-11-23 18:25")
	if p := s.upload("/announcements/new", use, nil); p.status != http.StatusSeeOther || len(w.order) != 2 {
		t.Fatalf("way out: status %d, %d announcements: %s", p.status, len(w.order), p.text)
	}
	if got := w.notices[w.order[1]].Schedules[0].At; !got.Equal(w.at(23, 18, 25)) {
		t.Errorf("airs at %s", got)
	}
}

// What harms nothing is saved at once, and what was looked at is saved as it is.
func TestPageForeseesOnlyHarm(t *testing.T) {
	w := newWorld(t)
	w.aired("khac", "Tiêm chủng", scheduler.ClassNormal, w.at(23, 18, 30), time.Minute)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	hours := url.Values{"revision": {"1"}, "allowed_from_1": {"05:00"}, "allowed_to_1": {"20:00"}, "allowed_day_1": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}
	if p := s.post("/rules", hours); p.status != http.StatusSeeOther {
		t.Fatalf("harmless: status %d: %s", p.status, p.text)
	}
	hours.Set("revision", "2")
	hours.Set("allowed_to_1", "18:00")
	p := s.post("/rules", hours)
	if p.status != http.StatusOK || !strings.Contains(p.text, "Tiêm chủng") || !strings.Contains(p.text, "Sẽ không phát được nữa") || w.village.Revision != 2 {
		t.Fatalf("harm: status %d, revision %d: %s", p.status, w.village.Revision, p.text)
	}
	seen := fields(t, p.body)
	seen.Set("foreseen", "save")
	if p := s.post("/rules", seen); p.status != http.StatusSeeOther || w.village.Allowed[0].To != 18*60 {
		t.Errorf("looked at: status %d, hours %v", p.status, w.village.Allowed)
	}
}

// fields are the hidden fields of a page's form that carries another along.
func fields(t *testing.T, body string) url.Values {
	t.Helper()
	f := url.Values{}
	nodes(t, body, func(n *html.Node) {
		if n.Data == "input" && attr(n, "type") == "hidden" {
			f.Add(attr(n, "name"), attr(n, "value"))
		}
	})
	return f
}

// The button of the question before a withdrawal said that it saves: it names the deed.
func TestTheQuestionNamesItsDeed(t *testing.T) {
	w := newWorld(t)
	w.aired("hop", "Mời họp", scheduler.ClassNormal, w.at(24, 18, 30), time.Minute)
	w.past = []scheduler.Past{{Occurrence: "o1", Schedule: "s-hop", Due: w.now, End: w.now.Add(time.Minute)}}
	s := newSite(t, w, people.Officer, "vi")
	p := s.post("/announcements/hop/withdraw", url.Values{})
	if !strings.Contains(p.text, "Rút bản tin") || strings.Contains(p.text, "Vẫn lưu") || strings.Contains(p.text, "Lưu thay đổi") {
		t.Errorf("%d %s", p.status, p.text)
	}
}
