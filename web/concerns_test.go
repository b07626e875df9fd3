package web_test

import (
	"strings"
	"testing"

	"loalang/people"
)

// TestWhatIsToBeSeenToStandsBehindThePage: a list of what does not air was longer than a
// phone's screen and stood in front of the day that was chosen, and of the main button.
func TestWhatIsToBeSeenToStandsBehindThePage(t *testing.T) {
	for path, main := range map[string]string{"/": `class="btn" href="/announcements/new"`, "/plan": `data-days`, "/plan?day=2026-11-24": `<ol class="day">`} {
		w := newWorld(t)
		w.fill()
		p := newSite(t, w, people.Cadre, "vi").get(path)
		told, body, list := strings.Index(p.body, `href="#can-xem"`), strings.Index(p.body, main), strings.Index(p.body, `id="can-xem"`)
		if told < 0 || told > body || body > list || !strings.Contains(p.text, "việc cần xem") {
			t.Errorf("%s: one line at %d, the page at %d, the list at %d", path, told, body, list)
		}
	}
}

// TestASlotOfTheDayTakesANotice: on a phone the calendar began notices for a day at an
// exact time only; the slots could be chosen on a desk alone.
func TestASlotOfTheDayTakesANotice(t *testing.T) {
	w := newWorld(t)
	w.fill()
	add := `href="/announcements/new?date=2026-11-24&amp;slot=` + w.slots[1].ID + `"`
	for role, want := range map[people.Role]bool{people.Cadre: true, people.Viewer: false} {
		_, days, _ := strings.Cut(newSite(t, w, role, "vi").get("/plan").body, "data-days")
		if strings.Contains(days, add) != want {
			t.Errorf("for a %s: is there %s? want %v", role, add, want)
		}
	}
	if strings.Contains(newSite(t, w, people.Cadre, "vi").get("/").body, "/announcements/new?date=") {
		t.Error("the first page has it too")
	}
	past := `href="/announcements/new?date=2026-11-23&amp;slot=` + w.slots[0].ID
	if strings.Contains(newSite(t, w, people.Cadre, "vi").get("/plan").body, past) {
		t.Error("a slot that has begun takes notices")
	}
}
