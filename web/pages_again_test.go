package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// lastEvening lets yesterday's afternoon air the notices of the world, and one twice.
func (w *world) lastEvening(ids ...string) {
	for i, id := range append(ids, ids[0]) {
		at := w.at(22, 17, 1+2*i).UTC()
		w.runs = append(w.runs, playout.AsRun{
			Owned: scheduler.Owned{ID: "run-" + id, Village: "un-ta"}, Occurrence: id + at.String(), Kind: scheduler.Notice, Announcement: id,
			Slot: w.slots[1].ID, Title: id, Nominal: at, Due: at, Outcome: playout.Played, Airings: []playout.Airing{{Started: at, Ended: at.Add(time.Minute)}},
		})
	}
}

// againWorld is a village in which three notices aired yesterday: one may air again, one
// was withdrawn, one is over.
func againWorld(t *testing.T) *world {
	w := newWorld(t)
	for _, id := range []string{bellID, dailyID, nightID} {
		w.aired(id, "Bản tin "+id[len(id)-1:], scheduler.ClassNormal, w.at(22, 17, 0), time.Minute)
	}
	gone, over := w.notices[dailyID], w.notices[nightID]
	gone.Announcement.Withdrawn = w.now.Add(-time.Hour)
	over.Announcement.ValidUntil = w.now.Add(-time.Hour)
	w.notices[dailyID], w.notices[nightID] = gone, over
	w.lastEvening(bellID, dailyID, nightID)
	return w
}

// What yesterday's slots aired is offered on the first page, ticked where it may air
// again, with the next slot chosen; one press gives it its turn, a second press no more.
func TestYesterdayAgain(t *testing.T) {
	w := againWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/"); !strings.Contains(p.text, "Phát lại hôm qua Hôm qua phát 3 bản tin. Buổi tới: 17:00 hôm nay") {
		t.Errorf("the first page offers %s", p.text)
	}
	p := s.get("/again")
	f := p.fields(t)
	if got := f["notice"]; len(got) != 1 || got[0] != bellID || f.Get("when") != "slot:"+w.slots[1].ID+":2026-11-23" {
		t.Fatalf("ticked is %v", f)
	}
	for _, want := range []string{"Đã rút lại", "Đã hết hạn"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("it does not say %q: %s", want, p.text)
		}
	}
	for range 2 {
		if p := s.post("/again", f); p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, "/?") || !strings.Contains(p.location, "told=again") {
			t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
		}
	}
	ss := w.notices[bellID].Schedules
	if len(ss) != 2 || ss[1].Kind != scheduler.Slots || ss[1].Slots[0] != w.slots[1].ID || ss[1].From != (scheduler.Date{Year: 2026, Month: 11, Day: 23}) || ss[1].Until != ss[1].From || ss[1].CreatedBy != "truongthon" {
		t.Errorf("schedules %+v", ss)
	}
}

// What is wrong with it is said beside what was chosen, and nothing is saved.
func TestYesterdayAgainRefused(t *testing.T) {
	slot := "slot:0193a000-0000-7000-8000-0000000000a2:2026-11-23"
	for name, tt := range map[string]struct {
		form url.Values
		says string
	}{
		"nothing chosen": {url.Values{"when": {slot}}, "Chưa chọn bản tin nào"},
		"withdrawn":      {url.Values{"when": {slot}, "notice": {bellID, dailyID}}, "vừa bị rút lại"},
		"no such notice": {url.Values{"when": {slot}, "notice": {"x"}}, "vừa bị rút lại"},
		"no slot":        {url.Values{"when": {"slot:x:2026-11-23"}, "notice": {bellID}}, "Không"},
	} {
		t.Run(name, func(t *testing.T) {
			w := againWorld(t)
			p := newSite(t, w, people.Cadre, "vi").post("/again", tt.form)
			if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, tt.says) || len(w.notices[bellID].Schedules) != 1 {
				t.Errorf("status %d, %d schedules: %s", p.status, len(w.notices[bellID].Schedules), p.text)
			}
		})
	}
}

// A day on which nothing aired teaches what the page is for.
func TestYesterdayAgainEmpty(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/again"); p.status != http.StatusOK || !strings.Contains(p.text, "Hôm qua không buổi nào phát bản tin") {
		t.Errorf("status %d: %s", p.status, p.text)
	}
	if p := s.get("/"); strings.Contains(p.text, "Phát lại hôm qua") || !strings.Contains(p.text, "Phát lại bản tin cũ") {
		t.Errorf("the first page: %s", p.text)
	}
	w.slots = nil
	w.lastEveningWithoutSlots()
	if p := s.get("/again"); !strings.Contains(p.text, "Thôn chưa có buổi phát nào sắp tới") {
		t.Errorf("without a slot: %s", p.text)
	}
}

// lastEveningWithoutSlots is as lastEvening, of a slot that is no more.
func (w *world) lastEveningWithoutSlots() {
	w.aired(bellID, "Bản tin", scheduler.ClassNormal, w.at(22, 17, 0), time.Minute)
	w.slots = []scheduler.Slot{{}, {Owned: scheduler.Owned{ID: "gone"}}}
	w.lastEvening(bellID)
	w.slots = nil
}
