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

func TestDrillsPage(t *testing.T) {
	w := newWorld(t)
	officer := newSite(t, w, people.Officer, "vi")
	p := officer.get("/drills")
	for _, want := range []string{"Thử loa khẩn cấp: 1 lần gần đây, đạt 0", "Không nghe còi ra card âm thanh", "Giữ tin qua mất điện"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page lacks %q: %s", want, p.text)
		}
	}
	form := url.Values{"how": {"audible"}, "often": {"3"}, "weekday": {"WE"}, "time": {"09:00"}, "before": {""}, "after": {"Đã thử xong."}, "siren": {"10"}}
	if p := officer.post("/drills", form); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Đã thử xong.") || len(w.drills) > 0 {
		t.Errorf("without words: status %d", p.status)
	}
	form.Set("before", "Sau đây là thử loa khẩn cấp.")
	if p := officer.post("/drills", form); p.status != http.StatusOK || !strings.Contains(p.text, "Sẽ phát thêm Thử loa khẩn cấp") || len(w.drills) > 0 {
		t.Errorf("before it is saved: status %d: %s", p.status, p.text)
	}
	form.Set("foreseen", "save")
	if p := officer.post("/drills", form); p.location != "/drills?told=drill-saved" || len(w.drills) != 1 || w.changed != 1 {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if d := w.drills[0]; d.Silent || !strings.Contains(d.Rule, "BYDAY=1WE") || !strings.Contains(d.Rule, "INTERVAL=3") {
		t.Errorf("saved %+v", d)
	}
	if p := officer.post("/drills/run", url.Values{"how": {"silent"}}); p.location != "/drills?told=drill-asked" || len(w.drills) != 2 || !w.drills[1].Immediate || !w.drills[1].Silent {
		t.Errorf("status %d: %+v", p.status, w.drills)
	}
	if p := newSite(t, w, people.Cadre, "vi").post("/drills", form); p.status != http.StatusForbidden {
		t.Errorf("a cadre arranges a drill: status %d", p.status)
	}
}

// A drill could be arranged and removed, never changed.
// A drill that found one of the zones silent says which.
func TestDrillNamesTheZoneThatIsSilent(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.drillRuns = []playout.AsRun{{Occurrence: "d", Kind: scheduler.DrillKind, Title: "Thử loa", Due: w.now, Outcome: playout.Missed, Cause: playout.CauseDrill, Drill: &playout.DrillResult{
		Steps: []playout.DrillStep{{Code: playout.StepAmplifier, Fault: playout.TroubleAmplifier, Zone: "Suối"}},
	}}}
	if p := newSite(t, w, people.Officer, "vi").get("/drills"); !strings.Contains(p.text, "Cụm loa Suối không trả lời") {
		t.Error(p.text)
	}
}

func TestDrillIsChangedOnItsPage(t *testing.T) {
	w := newWorld(t)
	officer := newSite(t, w, people.Officer, "vi")
	form := url.Values{"how": {"audible"}, "often": {"3"}, "weekday": {"WE"}, "time": {"09:00"}, "before": {"Sau đây là thử loa."}, "after": {"Đã thử xong."}, "siren": {"20"}, "foreseen": {"save"}}
	if p := officer.post("/drills", form); p.location != "/drills?told=drill-saved" {
		t.Fatal(p.status, p.text)
	}
	d := w.drills[0]
	path := "/drills/" + d.ID
	p := officer.get(path)
	for _, want := range []string{`value="20"`, `value="3" selected`, `value="WE" selected`, `value="09:00"`, "Sau đây là thử loa.", `value="audible" checked`, `name="revision" value="1"`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the form lacks %s: %s", want, p.body)
		}
	}
	form.Set("revision", "1")
	form.Set("before", "")
	if p := officer.post(path, form); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Đã thử xong.") || w.drills[0].Revision != 1 {
		t.Errorf("without words: status %d, %+v", p.status, w.drills)
	}
	form.Set("before", "Bà con chú ý, sau đây là thử loa.")
	changed := w.changed
	form.Set("preview", "1")
	form.Del("foreseen")
	if p := officer.post(path, form); p.status != http.StatusOK || !strings.Contains(p.text, "Chưa lưu") || !strings.Contains(p.body, `value="Bà con chú ý, sau đây là thử loa."`) || w.drills[0].Revision != 1 || w.changed != changed {
		t.Errorf("looked at: status %d, %+v, %s", p.status, w.drills, p.text)
	}
	form.Del("preview")
	form.Set("foreseen", "back")
	if p := officer.post(path, form); p.status != http.StatusOK || !strings.Contains(p.body, "Bà con chú ý") || w.drills[0].Revision != 1 {
		t.Errorf("back to the form: status %d, %+v", p.status, w.drills)
	}
	form.Set("foreseen", "save")
	w.now = w.now.Add(24 * time.Hour) // a rule that began today would be another
	if p := officer.post(path, form); p.location != "/drills?told=drill-saved" || len(w.drills) != 1 {
		t.Fatal(p.status, p.text)
	}
	if got := w.drills[0]; got.Rule != d.Rule || !got.Since.Equal(d.Since) || got.Before != "Bà con chú ý, sau đây là thử loa." || got.Siren != 20*time.Second || got.ID != d.ID {
		t.Errorf("saved %+v, want the rule of %+v", got, d)
	}
	form.Set("revision", "2")
	form.Set("weekday", "TH")
	form.Set("often", "1")
	form.Set("time", "15:30")
	if p := officer.post(path, form); p.location != "/drills?told=drill-saved" || !strings.Contains(w.drills[0].Rule, "BYDAY=1TH") || !strings.Contains(w.drills[0].Rule, "T153000") {
		t.Errorf("status %d, saved %+v", p.status, w.drills[0])
	}
	form.Set("revision", "none")
	if p := officer.post(path, form); p.status != http.StatusBadRequest {
		t.Errorf("a revision that is none: status %d", p.status)
	}
	if p := officer.get("/drills/nobody"); p.status != http.StatusNotFound {
		t.Errorf("a drill that is not there: status %d", p.status)
	}
	if p := newSite(t, w, people.Cadre, "vi").get(path); p.status != http.StatusForbidden {
		t.Errorf("a cadre sees the form: status %d", p.status)
	}
}

// What an API wrote and the form cannot write stays as it is.
func TestDrillOfAnotherRuleKeepsIt(t *testing.T) {
	w := newWorld(t)
	officer := newSite(t, w, people.Officer, "vi")
	d, err := scheduler.Drill{
		Owned: scheduler.Owned{ID: "d1", Village: w.village.Key, Revision: 3}, Title: "Thử hằng tuần", Silent: true, Key: true, Siren: 10 * time.Second, Languages: []string{"vi"},
	}.WithRule("DTSTART:20261101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,FR", w.now, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w.drills = []scheduler.Drill{d}
	p := officer.get("/drills/d1")
	if !strings.Contains(p.body, `value="keep" selected`) || !strings.Contains(p.body, `value="1" checked`) {
		t.Errorf("the form: %s", p.body)
	}
	form := url.Values{"title": {"Thử mỗi tuần hai lần"}, "how": {"silent"}, "often": {"keep"}, "siren": {"30"}, "revision": {"3"}, "foreseen": {"save"}}
	if p := officer.post("/drills/d1", form); p.location != "/drills?told=drill-saved" {
		t.Fatal(p.status, p.text)
	}
	if got := w.drills[0]; got.Rule != d.Rule || got.Title != "Thử mỗi tuần hai lần" || got.Key || len(got.Languages) != 1 || got.Siren != 30*time.Second {
		t.Errorf("saved %+v", got)
	}
}

// Whoever looks at the page of today must not take a siren for an emergency.
func TestTodayTellsOfADrill(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/"); strings.Contains(p.text, "thử loa khẩn cấp, không có sự cố") {
		t.Error("a drill is told of, and there is none")
	}
	due := scheduler.Occurrence{ID: "d", Kind: scheduler.DrillKind, Title: "Thử loa khẩn cấp", Due: w.now.Add(time.Hour), Length: time.Minute, Drill: &scheduler.DrillTurn{}}
	w.plan.Occurrences = append(w.plan.Occurrences, due)
	want := "Hôm nay lúc " + due.Due.In(w.at(1, 0, 0).Location()).Format("15:04") + " thử loa khẩn cấp, không có sự cố"
	if p := s.get("/"); !strings.Contains(p.text, want) || !strings.Contains(p.text, "Thử loa khẩn cấp, thử có tiếng.") || strings.Contains(p.body, "/drills/stop") {
		t.Errorf("%q is not in %s", want, p.text)
	}
	w.plan.Occurrences[len(w.plan.Occurrences)-1].Due = w.now.Add(48 * time.Hour)
	if p := s.get("/"); strings.Contains(p.text, "thử loa khẩn cấp, không có sự cố") {
		t.Error("the drill of the day after tomorrow is told of")
	}
	w.air.Drill = &playout.Drilling{Occurrence: "d", Title: "Thử loa khẩn cấp", Silent: true, By: "thuy", Started: w.now}
	p := s.get("/")
	if !strings.Contains(p.text, "Đang thử, không có sự cố Thử loa khẩn cấp, thử thầm; người làm: thuy.") || !strings.Contains(p.body, `action="/drills/stop"`) || !strings.Contains(p.body, "/drill d") {
		t.Errorf("a drill sounds: %s", p.text)
	}
	if p := newSite(t, w, people.Viewer, "vi").get("/"); strings.Contains(p.body, `action="/drills/stop"`) {
		t.Error("a viewer may stop it")
	}
}

// Every bad input of the API gets a sentence about its field, and nothing is saved.
func TestBadDrillsOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.drills = nil
	long := strings.Repeat("a ", 400)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		says               string
	}{
		"no time":                      {"POST", "/drills", `{"silent":true}`, 422, "rule"},
		"a rule and a time":            {"POST", "/drills", `{"silent":true,"at":"2027-11-24T15:00:00Z","rule":"RRULE:FREQ=DAILY"}`, 422, "rule"},
		"a rule that is none":          {"POST", "/drills", `{"silent":true,"rule":"FREQ=SOMETIMES"}`, 422, "rule"},
		"30 February":                  {"POST", "/drills", `{"silent":true,"rule":"DTSTART:20260230T090000\nRRULE:FREQ=DAILY"}`, 422, "rule"},
		"a time that is past":          {"POST", "/drills", `{"silent":true,"at":"2020-11-24T15:00:00Z"}`, 422, "at"},
		"no time of day":               {"POST", "/drills", `{"silent":true,"at":"tomorrow"}`, 422, "at"},
		"a siren of 15 s":              {"POST", "/drills", `{"silent":true,"at":"2026-11-29T15:00:00Z","siren":15}`, 422, "siren"},
		"a siren without end":          {"POST", "/drills", `{"silent":true,"at":"2026-11-29T15:00:00Z","siren":1e12}`, 422, "siren"},
		"a siren before its beginning": {"POST", "/drills", `{"silent":true,"at":"2026-11-29T15:00:00Z","siren":-10}`, 422, "siren"},
		"too many words":               {"POST", "/drills", `{"at":"2026-11-29T02:00:00Z","before":"` + long + `"}`, 422, "before"},
		"a language that is not ours":  {"POST", "/drills", `{"silent":true,"at":"2026-11-29T15:00:00Z","languages":["xx"]}`, 422, "languages"},
		"a field that is none":         {"POST", "/drills", `{"silent":true,"at":"2026-11-29T15:00:00Z","loud":true}`, 422, "loud"},
		"no JSON":                      {"POST", "/drills", `{`, 400, ""},
		"another village":              {"POST", "/drills?village=elsewhere", `{"silent":true,"at":"2026-11-29T15:00:00Z"}`, 422, "village"},
		"a drill that is gone":         {"PUT", "/drills/gone", `{"silent":true,"at":"2026-11-29T15:00:00Z"}`, 404, ""},
		"remove one that is gone":      {"DELETE", "/drills/gone", "", 404, ""},
		"a revision that is none":      {"PUT", "/drills/gone", `{"silent":true,"at":"2026-11-29T15:00:00Z","revision":-1}`, 422, "revision"},
	} {
		t.Run(name, func(t *testing.T) {
			r := h.call("admin", c.method, "/api/v1"+c.path, c.body)
			if body := string(r.want(c.status).Body); !strings.Contains(body, c.says) {
				t.Errorf("%s says %q, want something of %q", c.path, body, c.says)
			}
			if len(h.w.drills) > 0 {
				t.Errorf("saved %+v", h.w.drills)
			}
		})
	}
}

// A call with dry_run says what the drill would be, and saves nothing.
func TestDrillIsRehearsed(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.drills = nil
	changed := h.w.changed
	body := string(h.call("admin", "POST", "/api/v1/drills?dry_run=true", `{"silent":true,"at":"2026-11-25T15:00:00Z"}`).want(200).Body)
	if !strings.Contains(body, `"dry_run":true`) || !strings.Contains(body, `"turn":"added"`) || len(h.w.drills) > 0 || h.w.changed != changed {
		t.Errorf("%s; saved %v, changed %d times", body, h.w.drills, h.w.changed-changed)
	}
}
