package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// TestEveryReasonIsAnsweredByTheAPI walks the table of codes: each is answered in
// words in both languages, whether it stands on an occurrence, on an omission or in
// the as-run.
func TestEveryReasonIsAnsweredByTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	w := h.w
	var airs []scheduler.Occurrence
	var wont []scheduler.Omission
	w.runs = nil
	for i, code := range scheduler.ReasonCodes() {
		at := w.at(24, 6, 0).Add(time.Duration(i) * time.Minute)
		r := scheduler.Reason{Code: code, Language: "pcc", Until: at.Add(time.Hour), By: time.Minute, Count: 2, Person: "Hà", Why: "lễ hội"}
		o := scheduler.Occurrence{ID: "airs-" + code, Kind: scheduler.Notice, Village: "un-ta", Title: "Bản tin " + code, Nominal: at, Due: at, Length: time.Second, Reasons: []scheduler.Reason{r}}
		airs = append(airs, o)
		o.ID, o.Reasons = "wont-"+code, nil
		wont = append(wont, scheduler.Omission{Occurrence: o, Reason: r, Final: w.now})
		w.runs = append(w.runs, playout.AsRun{Occurrence: "was-" + code, Kind: scheduler.Notice, Title: "Bản tin " + code, Due: w.at(22, 6, 0), Outcome: playout.Missed, Cause: code})
	}
	w.plan = scheduler.Plan{Village: "un-ta", Zone: "Asia/Ho_Chi_Minh", Made: w.now, From: w.now, To: w.now.AddDate(0, 0, 7), Occurrences: airs, Omissions: wont}
	for _, lang := range []string{"vi", "en"} {
		for day, kinds := range map[string][]string{"2026-11-24": {"airs-", "wont-"}, "2026-11-22": {"was-"}} {
			var got web.Explained
			h.do(ask{as: "viewer", method: "GET", path: "/api/v1/plan/explained?lang=" + lang + "&day=" + day}).want(200).into(&got)
			by := map[string]web.Answer{}
			for _, a := range got.Answers {
				by[a.Occurrence] = a
			}
			for _, kind := range kinds {
				for _, code := range scheduler.ReasonCodes() {
					a := by[kind+code]
					text := strings.Join(a.Says, " ")
					if a.Code != code || len(a.Says) < 2 || strings.Contains(text, "reason.") || strings.Contains(text, "cause.") || strings.Contains(text, "{") {
						t.Errorf("%s %s%s: %+v", lang, kind, code, a)
					}
				}
			}
		}
	}
}

// TestExplainAbout: one ID narrows the answer, and what nobody knows is said so.
func TestExplainAbout(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.aired("dem", "Chuông đêm", scheduler.ClassNormal, h.w.at(24, 22, 0), time.Minute)
	h.w.aired("chuong", "Chuông vào lớp", scheduler.ClassNormal, h.w.at(24, 7, 0), time.Minute)
	book, err := h.w.Book(t.Context(), "un-ta", h.w.now)
	if err != nil {
		t.Fatal(err)
	}
	if h.w.plan, err = scheduler.BuildPlan(h.w.now, 7*24*time.Hour, book); err != nil {
		t.Fatal(err)
	}
	om := h.w.plan.Omissions[0].Occurrence
	if om.Announcement != "dem" {
		t.Fatalf("%+v", h.w.plan.Omissions)
	}
	for name, about := range map[string]string{"Announcement": "dem", "Schedule": om.Schedule, "Occurrence": om.ID} {
		var got web.Explained
		h.do(ask{as: "viewer", method: "GET", path: "/api/v1/plan/explained?day=mai&about=" + url.QueryEscape(about)}).want(200).into(&got)
		if len(got.Answers) != 1 || got.Answers[0].Code != scheduler.ReasonOutsideHours || len(got.Answers[0].Suggestions) == 0 || len(got.Answers[0].Ways) != len(got.Answers[0].Suggestions) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for path, status := range map[string]int{"about=nobody": 404, "day=someday": 422, "day=2031-01-01": 422, "days=40": 422} {
		h.do(ask{as: "viewer", method: "GET", path: "/api/v1/plan/explained?" + path}).want(status)
	}
}

// TestDayCalled: days as people call them, in both languages.
func TestDayCalled(t *testing.T) {
	today := scheduler.Date{Year: 2026, Month: 12, Day: 30}
	for text, want := range map[string]string{
		"mai": "2026-12-31", "Ngày  Mai": "2026-12-31", "tomorrow": "2026-12-31", "hôm nay": "2026-12-30", "ho\u0302m nay": "2026-12-30", "kia": "2027-01-01", "hôm qua": "2026-12-29",
		"2027-02-01": "2027-02-01", "1/2": "2027-02-01", "27/11": "2026-11-27", "27/11/2026": "2026-11-27", "29/2": "2028-02-29",
		"30/2": "", "31/11/2026": "", "2026-02-30": "", "someday": "", "": "", "1/2/3/4": "", "-1/2": "", "1/2/0": "", "99999/1": "",
	} {
		got, ok := web.DayCalled(text, today)
		if s := time.Date(got.Year, got.Month, got.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly); ok != (want != "") || ok && s != want {
			t.Errorf("%q = %v, %v, want %q", text, got, ok, want)
		}
	}
}
