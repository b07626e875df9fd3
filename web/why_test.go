package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// asked is a question about the one notice of a world on a day of November.
func asked(t *testing.T, w *world, id string, day int) []web.Answer {
	t.Helper()
	book, err := w.Book(t.Context(), "un-ta", w.now)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scheduler.BuildPlan(w.now, 7*24*time.Hour, book)
	if err != nil {
		t.Fatal(err)
	}
	got, err := web.Why(web.Question{
		Announcement: id, Day: scheduler.Date{Year: 2026, Month: 11, Day: day}, Lang: "vi", Now: w.now, Book: book, Plan: plan, Runs: w.runs,
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// School bells did not ring on schedule though they did by hand, and nothing said why
// (FreePBX/issue-tracker#365): every day has an answer, also one that promised nothing.
func TestWhyDidItNotRing(t *testing.T) {
	w := newWorld(t)
	w.aired("chuong", "Chuông vào lớp", scheduler.ClassNormal, w.at(24, 7, 0), time.Minute)
	w.aired("dem", "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	w.runs = []playout.AsRun{{Occurrence: "s:un-ta:2026-11-23T07:00:1", Announcement: "chuong", Title: "Chuông vào lớp", Due: w.at(23, 7, 0), Outcome: playout.Missed, Cause: scheduler.ReasonPower}}
	for _, c := range []struct {
		id         string
		day        int
		kind, code string
		says       string
		ways       bool
	}{
		{"chuong", 23, "was", scheduler.ReasonPower, "mất điện", false},
		{"chuong", 24, "will", scheduler.ReasonStands, "đúng giờ đã hẹn", false},
		{"chuong", 25, "not-promised", scheduler.ReasonOtherDay, "Lịch phát không có ngày đó", false},
		{"dem", 24, "omitted", scheduler.ReasonOutsideHours, "ngoài giờ được phát loa", true},
	} {
		got := asked(t, w, c.id, c.day)
		if len(got) != 1 || got[0].Kind != c.kind || got[0].Code != c.code || !strings.Contains(strings.Join(got[0].Says, " "), c.says) || len(got[0].Ways) > 0 != c.ways {
			t.Errorf("%s on %d: %+v, want %s %s %q", c.id, c.day, got, c.kind, c.code, c.says)
		}
	}
}

// A scheduled item was suppressed by a hidden rule against duplicates
// (AzuraCast#7444): what stands in the way is named, by its title as well.
func TestWhyNamesWhatStandsInTheWay(t *testing.T) {
	w := newWorld(t)
	w.aired("khac", "Tiêm chủng", scheduler.ClassPriority, w.at(24, 18, 30), 20*time.Minute)
	w.aired("hop", "Mời họp", scheduler.ClassNormal, w.at(24, 18, 35), time.Minute)
	got := asked(t, w, "hop", 24)
	if len(got) != 1 || got[0].Code != scheduler.ReasonOverlap || !strings.Contains(got[0].Says[1], "“Tiêm chủng”") || len(got[0].Ways) == 0 {
		t.Errorf("%+v", got)
	}
}

// Every reason that a plan can give has words and a sentence in both languages.
func TestEveryReasonIsExplained(t *testing.T) {
	vi, en := words(t, "vi"), words(t, "en")
	n := 0
	for _, c := range codes(t, "scheduler") {
		if !strings.HasPrefix(c.name, "Reason") || c.kind != "" {
			continue
		}
		n++
		for _, key := range []string{"reason." + c.value, "cause." + c.value} {
			if vi[key] == "" || en[key] == "" {
				t.Errorf("%s (%s) has no words %q", c.name, c.file, key)
			}
		}
	}
	if n < 25 {
		t.Fatalf("only %d reasons were found", n)
	}
	for _, c := range codes(t, "scheduler") {
		if c.kind == "Way" && (vi["way."+c.value] == "" || en["way."+c.value] == "") {
			t.Errorf("%s has no words", c.name)
		}
		if c.kind == "Turn" && (vi["foreseen."+c.value] == "" || en["foreseen."+c.value] == "") {
			t.Errorf("%s has no words", c.name)
		}
	}
}

// A dry run answers what a call would make of the plan, and saves nothing.
func TestDryRunByTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var seen struct {
		DryRun      bool `json:"dry_run"`
		Asks        bool
		Differences []struct {
			Turn, Reason, Detail string
			Ways                 []struct{ Way, Detail string }
		}
	}
	before := len(h.do(ask{as: "cadre", method: "GET", path: "/api/v1/announcements/" + noticeID}).Body)
	late := `{"kind":"once","at":"2026-11-24T19:00:00+07:00"}`
	h.do(ask{as: "cadre", method: "POST", path: noticeSchedules + "?dry_run=true", body: late}).want(200).into(&seen)
	if !seen.DryRun || seen.Asks || len(seen.Differences) != 1 || seen.Differences[0].Turn != "added" || !strings.Contains(seen.Differences[0].Detail, "19:00") {
		t.Errorf("%+v", seen)
	}
	if after := len(h.do(ask{as: "cadre", method: "GET", path: "/api/v1/announcements/" + noticeID}).Body); after != before {
		t.Error("something was saved")
	}
	h.do(ask{as: "cadre", method: "POST", path: noticeSchedules + "?dry_run=perhaps", body: late}).want(422)
	h.do(ask{as: "cadre", method: "POST", path: "/api/v1/templates?dry_run=true", body: `{"title":"a","text":"b"}`}).want(422)
	h.do(ask{as: "cadre", method: "POST", path: noticeSchedules + "?dry_run=true", body: `{"kind":"slots"}`}).want(422)

	var why struct{ Answers []web.Answer }
	h.do(ask{as: "cadre", method: "GET", path: "/api/v1/announcements/" + noticeID + "/why?day=2026-11-25"}).want(200).into(&why)
	if len(why.Answers) == 0 || len(why.Answers[0].Says) == 0 {
		t.Errorf("%+v", why)
	}
	var told struct{ Lines []string }
	h.do(ask{as: "cadre", method: "GET", path: "/api/v1/plan/words", header: map[string]string{"Accept-Language": "vi"}}).want(200).into(&told)
	if len(told.Lines) == 0 || !strings.Contains(told.Lines[0], "Ngày mai") {
		t.Errorf("%+v", told)
	}
}

// Each omission on the plan leads to its explanation, which asks for a day.
func TestPageWhy(t *testing.T) {
	w := newWorld(t)
	w.aired("0193a000-0000-7000-8000-0000000000d1", "Chuông đêm", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	s := newSite(t, w, people.Viewer, "vi")
	p := s.get("/announcements/0193a000-0000-7000-8000-0000000000d1/why?day=2026-11-24")
	for _, want := range []string{"Vì sao? thứ Ba 24/11", "nhưng sẽ không phát", "ngoài giờ được phát loa", "Có thể làm:"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page does not say %q: %s", want, p.text)
		}
	}
	if p := s.get("/announcements/0193a000-0000-7000-8000-0000000000d1/why?day=hom-qua"); p.status != 422 || !strings.Contains(p.body, `id="day"`) {
		t.Errorf("no day: status %d", p.status)
	}
}

// TestWhyNamesTheSlotAsItIsThatDay: in winter the evening slot began at 16:30, and what
// airs in it was said to air in the slot of 17:00.
func TestWhyNamesTheSlotAsItIsThatDay(t *testing.T) {
	w := newWorld(t)
	w.slots[1].Seasons = []scheduler.Season{{From: scheduler.MonthDay{Month: 11, Day: 15}, To: scheduler.MonthDay{Month: 2, Day: 28}, Start: 16*60 + 30}}
	w.aired("hop", "Họp thôn", scheduler.ClassNormal, w.at(24, 7, 0), time.Minute)
	sched := &w.notices["hop"].Schedules[0]
	sched.Kind, sched.At, sched.Slots = scheduler.Slots, time.Time{}, []string{w.slots[1].ID}
	got := asked(t, w, "hop", 24)
	if len(got) != 1 || got[0].Kind != "will" || !strings.Contains(got[0].Says[0], "trong buổi chiều, 16:30") {
		t.Errorf("%+v", got)
	}
}
