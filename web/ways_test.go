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

// bellID is a bell that nobody may hear: it is promised for 22:00.
const bellID = "0193a000-0000-7000-8000-0000000000d1"

// wayForms are the ways out that a page offers to take, by what is said of them.
func wayForms(t *testing.T, p page) map[string]url.Values {
	t.Helper()
	found := map[string]url.Values{}
	nodes(t, p.body, func(n *html.Node) {
		if n.Data != "form" || !strings.HasSuffix(attr(n, "action"), "/ways") || attr(n, "method") != "post" {
			return
		}
		f := url.Values{}
		for c := range n.Descendants() {
			if attr(c, "name") != "" {
				f.Set(attr(c, "name"), attr(c, "value"))
			}
		}
		what, _, _ := strings.Cut(f.Get("way"), " ")
		if found[what] == nil {
			found[what] = f
		}
	})
	return found
}

// A way out that the page of why names is taken there with one press, behind a look at
// what else it changes; and the plan has it.
func TestWayOutIsTakenWithOneTap(t *testing.T) {
	for _, way := range []string{"at", "slot"} {
		t.Run(way, func(t *testing.T) {
			w := newWorld(t)
			w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
			s := newSite(t, w, people.Cadre, "vi")
			f := wayForms(t, s.get("/announcements/"+bellID+"/why?day=2026-11-24"))[way]
			if f == nil {
				t.Fatal("the way is not offered")
			}
			p := s.post("/announcements/"+bellID+"/ways", f)
			if p.status != http.StatusOK || !strings.Contains(p.text, "Thay đổi trong kế hoạch") || !strings.Contains(p.text, "Chuông đêm") || w.notices[bellID].Schedules[0].Revision != 1 {
				t.Fatalf("the look: status %d, %+v: %s", p.status, w.notices[bellID].Schedules, p.text)
			}
			back := fields(t, p.body)
			back.Set("foreseen", "back")
			if p := s.post("/announcements/"+bellID+"/ways", back); p.location != "/announcements/"+bellID+"/why?day=2026-11-24" {
				t.Errorf("back to %q", p.location)
			}
			p = s.post("/announcements/"+bellID+"/ways", looked(fields(t, p.body)))
			if p.location != "/announcements/"+bellID+"?told=way-"+way {
				t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
			}
			shown := s.get(p.location + "&planned=" + p.planned)
			if !strings.Contains(shown.text, "Sẽ phát lúc") || !strings.Contains(shown.text, "ở Ún Tà, bằng tiếng Việt.") {
				t.Errorf("the page does not say when it airs: %s", shown.text)
			}
			airs := 0
			for _, o := range planned(t, w).Occurrences {
				if o.Announcement == bellID {
					airs++
				}
			}
			if airs != 1 {
				t.Errorf("airs %d times", airs)
			}
		})
	}
}

// planned is the plan of the world as it is saved.
func planned(t *testing.T, w *world) scheduler.Plan {
	t.Helper()
	book, err := w.Book(t.Context(), "un-ta", w.now)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scheduler.BuildPlan(w.now, 7*24*time.Hour, book)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// What is in the way waits for a notice that is made a priority one.
func TestWayOutOfHigherClass(t *testing.T) {
	w := newWorld(t)
	w.slots = nil
	w.aired("khac", "Tiêm chủng", scheduler.ClassNormal, w.at(24, 18, 30), 20*time.Minute)
	w.notices["khac"].Schedules[0].Misfire = scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 30 * time.Minute}
	w.aired(bellID, "Mời họp", scheduler.ClassNormal, w.at(24, 18, 35), time.Minute)
	s := newSite(t, w, people.Cadre, "vi")
	f := wayForms(t, s.get("/announcements/"+bellID+"/why?day=2026-11-24"))["priority"]
	if f == nil {
		t.Fatal("the way is not offered")
	}
	if p := s.post("/announcements/"+bellID+"/ways", f); p.status != http.StatusOK || !strings.Contains(p.text, "Tiêm chủng") {
		t.Errorf("what gives way is not shown: %s", p.text)
	}
	p := s.post("/announcements/"+bellID+"/ways", looked(f))
	if p.status != http.StatusSeeOther || w.notices[bellID].Announcement.Class != scheduler.ClassPriority {
		t.Fatalf("status %d, %+v: %s", p.status, w.notices[bellID].Announcement, p.text)
	}
	if om := planned(t, w).Omissions; len(om) != 0 {
		t.Errorf("omitted: %+v", om)
	}
}

// What only another person can do leads to where they do it; and what the plan has no
// more, or is not the visitor's to do, is refused.
func TestWaysOutElsewhere(t *testing.T) {
	w := newWorld(t)
	w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.get("/announcements/" + bellID + "/why?day=2026-11-24")
	form := ""
	nodes(t, p.body, func(n *html.Node) {
		if strings.HasPrefix(attr(n, "href"), "/exceptions?") {
			form = attr(n, "href")
		}
	})
	address, _, _ := strings.Cut(form, "#")
	filled := s.get(address).fields(t)
	if filled.Get("from_date") != "2026-11-24" || filled.Get("from_time") != "22:00" || filled.Get("to_time") != "22:30" || filled.Get("rules") != "hours" {
		t.Errorf("%s gives %v", form, filled)
	}
	forms := wayForms(t, p)
	gone := forms["at"]
	gone.Set("way", "at 5")
	if p := s.post("/announcements/"+bellID+"/ways", gone); p.location != "/announcements/"+bellID+"/why?day=2026-11-24&refused=way-gone" {
		t.Errorf("gone: %d to %q", p.status, p.location)
	}
	foreign := forms["slot"]
	foreign.Set("occurrence", "s-other:un-ta:2026-11-24T22:00:1")
	if p := s.post("/announcements/"+bellID+"/ways", foreign); p.status != http.StatusSeeOther || !strings.Contains(p.location, "refused=way-gone") {
		t.Errorf("another's: %d to %q", p.status, p.location)
	}
	viewer := newSite(t, w, people.Viewer, "vi")
	if shown := viewer.get("/announcements/" + bellID + "/why?day=2026-11-24"); len(wayForms(t, shown)) != 0 || !strings.Contains(shown.text, "người khác làm") {
		t.Errorf("a viewer is offered %v", wayForms(t, shown))
	}
	if p := viewer.post("/announcements/"+bellID+"/ways", forms["slot"]); p.status != http.StatusForbidden {
		t.Errorf("a viewer: %d", p.status)
	}
}

// What no language is ready for leads to where it is recorded.
func TestWayOutByRecording(t *testing.T) {
	w := newWorld(t)
	w.aired(bellID, "Chuông", scheduler.ClassNormal, w.at(24, 7, 0), time.Minute)
	d := w.notices[bellID]
	d.Renditions[0].State, d.Renditions[0].Recording, d.Renditions[0].Length = scheduler.Missing, "", 0
	w.notices[bellID] = d
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/" + bellID + "/why?day=2026-11-24"); !strings.Contains(p.body, `href="/announcements/`+bellID+`/record/vi"`) {
		t.Errorf("no way to record it: %s", p.text)
	}
}
