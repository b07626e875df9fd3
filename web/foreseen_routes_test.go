package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// changing is a form that changes what the plan hears of, so that somebody would notice.
type changing struct {
	arrange func(w *world) // before
	path    string
	form    url.Values
	says    string // on the page that asks; empty: the bell
}

const (
	dailyID   = "0193a000-0000-7000-8000-0000000000d2"
	nightID   = "0193a000-0000-7000-8000-0000000000d3"
	longTake  = "2222222222222222222222222222222222222222222222222222222222222222"
	askedID   = "0193a000-0000-7000-8000-00000009e102"
	bellTitle = "Chuông chiều"
)

// busyWorld has one of everything that a plan is made of: a bell by a rule, a notice in
// every evening, one that only an exception lets air, a relay and a drill.
func busyWorld(t *testing.T) *world {
	w := newWorld(t)
	w.village.Revision = 1
	w.aired(bellID, bellTitle, scheduler.ClassNormal, w.at(24, 18, 30), time.Minute)
	bell := w.notices[bellID]
	bell.Schedules[0] = scheduler.Schedule{
		Owned: bell.Schedules[0].Owned, Announcement: bellID, Kind: scheduler.Recurring, Rule: "DTSTART:20261124T183000\nRRULE:FREQ=DAILY", Since: w.now.Add(-time.Hour),
		Misfire: scheduler.Misfire{Policy: scheduler.Skip},
	}
	w.notices[bellID] = bell
	w.aired(dailyID, "Giữ ấm", scheduler.ClassNormal, w.at(24, 17, 0), time.Minute)
	daily := w.notices[dailyID]
	daily.Schedules[0] = scheduler.Schedule{
		Owned: daily.Schedules[0].Owned, Announcement: dailyID, Kind: scheduler.Slots, Slots: []string{w.slots[1].ID}, Days: 127, Misfire: scheduler.Misfire{Policy: scheduler.Coalesce, Grace: time.Hour},
	}
	w.notices[dailyID] = daily
	w.aired(nightID, "Đêm hội", scheduler.ClassNormal, w.at(24, 22, 0), time.Minute)
	lift := func(id string, approved bool, from time.Time) scheduler.Exception {
		e := scheduler.Exception{
			Owned: scheduler.Owned{ID: id, Village: "un-ta", Revision: 1, Created: w.now.Add(-time.Hour)}, Announcement: nightID, From: from, To: from.Add(time.Hour),
			Rules: []scheduler.Lift{scheduler.LiftHours}, Reason: "lễ hội của thôn", RequestedBy: "một người khác",
		}
		if approved {
			e.Approved, e.DecidedBy, e.Decided = true, "một người nữa", w.now.Add(-time.Minute)
		}
		return e
	}
	w.exceptions = []scheduler.Exception{lift(exceptionID, true, w.at(24, 21, 30))}
	w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: stationID, Village: "un-ta", Revision: 1}, Name: "VOV1", URL: "https://vov.example/"}}
	w.slots[0].Relays = []scheduler.SlotRelay{{Station: stationID, Offset: 2 * time.Minute, Length: 10 * time.Minute}}
	w.drills = []scheduler.Drill{{
		Owned: scheduler.Owned{ID: drillID, Village: "un-ta", Revision: 1}, Title: "Thử loa", Silent: true, At: w.at(25, 9, 0), Before: "Sắp thử loa.", After: "Đã thử xong.", Siren: scheduler.SirenCycle,
	}}
	long := takeOf(longTake, "un-ta")
	long.Length = 40 * time.Minute
	w.shelf = append(w.shelf, long)
	return w
}

// tongue changes one language of the notice of every evening.
func tongue(language string, change func(r *scheduler.Rendition)) func(w *world) {
	return func(w *world) {
		d := w.notices[dailyID]
		r := scheduler.Rendition{Owned: scheduler.Owned{ID: "r-" + language, Village: "un-ta", Revision: 1}, Announcement: dailyID, Language: language}
		if i := slices.IndexFunc(d.Renditions, func(r scheduler.Rendition) bool { return r.Language == language }); i >= 0 {
			r = d.Renditions[i]
			d.Renditions = slices.Delete(slices.Clone(d.Renditions), i, i+1)
		}
		change(&r)
		d.Renditions = append(d.Renditions, r)
		w.notices[dailyID] = d
	}
}

// changingForms is what is shown before it is saved, by the route of its form.
func changingForms() map[string]changing {
	const bell, evening = "/announcements/" + bellID, "/announcements/" + dailyID
	week := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	submitted := func(w *world) {
		w.village.Approvals = scheduler.UsualApprovals()
		for id, d := range w.notices {
			d.Announcement.Approval = scheduler.Approval{State: scheduler.Approved, Pin: scheduler.PinOf(d)}
			if id == bellID {
				d.Announcement.Approval = scheduler.Approval{State: scheduler.Submitted, Need: scheduler.NeedAnyone}
			}
			w.notices[id] = d
		}
	}
	voiced := func(w *world) {
		w.slots[1].Limit = 90 * time.Second
		tongue("vi", func(r *scheduler.Rendition) { r.SpokenText, r.SpokenBy = "Giữ ấm", "espeak" })(w)
	}
	longWords := strings.Repeat("giữ ấm cho trâu bò ", 100)
	return map[string]changing{
		"/again": {form: url.Values{"notice": {bellID}, "when": {"slot:0193a000-0000-7000-8000-0000000000a2:2026-11-24"}}, says: "Giữ ấm", arrange: func(w *world) {
			w.slots[1].Limit = 90 * time.Second
			d := w.notices[bellID]
			d.Announcement.Class = scheduler.ClassPriority
			w.notices[bellID] = d
		}},
		"/announcements/new":       {form: notice("when", "at", "date", "2026-11-24", "time", "18:30", "priority", "1")},
		"/announcements/:id/edit":  {path: evening + "/edit", form: url.Values{"revision": {"1"}, "title": {"Giữ ấm"}, "text": {longWords}}, arrange: voiced, says: "Giữ ấm"},
		"/announcements/:id/takes": {path: evening + "/takes", form: url.Values{"language": {"pcc"}, "take_pcc": {longTake}}, says: "Giữ ấm"},
		"/announcements/:id/hold": {path: evening + "/hold", form: url.Values{"language": {"pcc"}}, says: "Giữ ấm", arrange: tongue("pcc", func(r *scheduler.Rendition) {
			r.State, r.Recording, r.Length, r.Told = scheduler.Outdated, longTake, 40*time.Minute, "0"
		})},
		"/announcements/:id/waive": {path: evening + "/waive", form: url.Values{"language": {"pcc"}, "do": {"want"}}, says: "Giữ ấm", arrange: func(w *world) {
			w.village.Missing = scheduler.Wait
			tongue("pcc", func(r *scheduler.Rendition) { r.State, r.Waived = scheduler.Missing, true })(w)
		}},
		"/announcements/:id/voice": {path: evening + "/voice", form: url.Values{"language": {"vi"}}, says: "Giữ ấm", arrange: func(w *world) {
			w.slots[1].Limit = 90 * time.Second
			d := w.notices[dailyID]
			d.Announcement.Text = longWords
			w.notices[dailyID] = d
			tongue("vi", func(r *scheduler.Rendition) { r.State = scheduler.Recorded })(w)
		}},
		"/announcements/:id/schedules": {path: evening + "/schedules", form: url.Values{"when": {"at"}, "date": {"2026-11-24"}, "time": {"18:30"}}, arrange: func(w *world) {
			d := w.notices[dailyID]
			d.Announcement.Class = scheduler.ClassPriority
			w.notices[dailyID] = d
		}},
		"/announcements/:id/schedules/:sid":      {path: bell + "/schedules/s-" + bellID},
		"/announcements/:id/schedules/:sid/days": {path: bell + "/schedules/s-" + bellID + "/days", form: url.Values{"do": {"leave-out"}, "day": {"2026-11-25"}, "time": {"18:30:00"}}},
		"/announcements/:id/expiry": {path: evening + "/expiry", says: "Giữ ấm", arrange: func(w *world) {
			w.village.Approvals.Days = 2
		}},
		"/announcements/:id/ways": {path: "/announcements/" + nightID + "/ways", says: "Đêm hội", arrange: func(w *world) {
			w.exceptions = nil
		}},
		"/approvals/notice/:id": {path: "/approvals/notice/" + dailyID, form: url.Values{"act": {"return"}, "reason": {"ghi thiếu ngày"}}, arrange: submitted, says: "Giữ ấm"},
		"/approvals/rules":      {form: url.Values{"revision": {"1"}, "recorder_normal": {"anyone"}, "recorder_priority": {"anyone"}, "cadre_normal": {"anyone"}, "cadre_priority": {"anyone"}, "officer_normal": {"none"}, "officer_priority": {"none"}}},
		"/calendars/import":     {says: "Họp thôn"}, // its form is made of a preview
		"/languages":            {form: url.Values{"revision": {"1"}, "language_1": {"vi"}, "language_2": {"pcc"}, "missing": {"wait"}, "pause": {"1"}}, says: "Giữ ấm"},
		"/drills":               {form: url.Values{"how": {"silent"}, "often": {"once"}, "date": {"2026-11-26"}, "time": {"09:00"}, "before": {"Sắp thử loa."}, "after": {"Đã thử xong."}, "siren": {"10"}}, says: "Thử"},
		"/drills/:id":           {path: "/drills/" + drillID, form: url.Values{"revision": {"1"}, "how": {"silent"}, "often": {"once"}, "date": {"2026-11-26"}, "time": {"09:00"}, "before": {"Sắp thử loa."}, "after": {"Đã thử xong."}, "siren": {"10"}}, says: "Thử"},
		"/drills/:id/delete":    {path: "/drills/" + drillID + "/delete", says: "Thử loa"},
		"/exceptions/:id/decide": {path: "/exceptions/" + exceptionID + "/decide", form: url.Values{"revision": {"1"}, "decision": {"approve"}, "answer": {"được"}}, says: "Đêm hội", arrange: func(w *world) {
			w.exceptions[0].Approved, w.exceptions[0].Decided, w.exceptions[0].DecidedBy = false, time.Time{}, ""
		}},
		"/exceptions/:id/withdraw": {path: "/exceptions/" + exceptionID + "/withdraw", says: "Đêm hội"},
		"/hours":                   {form: url.Values{"revision": {"1"}, "from_1": {"05:00"}, "to_1": {"18:00"}, "day_1": week}},
		"/rules":                   {form: url.Values{"revision": {"1"}, "allowed_from_1": {"05:00"}, "allowed_to_1": {"18:00"}, "allowed_day_1": week}},
		"/relays/:id":              {path: "/relays/" + slotID, form: url.Values{"revision": {"0"}}, says: "VOV1"},
		"/stations":                {form: url.Values{"id": {stationID}, "revision": {"1"}, "name": {"Đài huyện"}, "url": {"https://huyen.example/"}}, says: "Đài huyện"},
		"/stations/:id/remove":     {path: "/stations/" + stationID + "/remove", says: "Tiếp sóng"},
		"/slots/:id":               {path: "/slots/0193a000-0000-7000-8000-0000000000a2", form: url.Values{"revision": {"0"}, "name": {"Buổi chiều"}, "start": {"19:00"}, "length": {"30"}, "day": week}, says: "Giữ ấm"},
		"/plan/move":               {form: url.Values{"day": {"2026-11-25"}, "place": {"time"}, "time": {"19:00"}, "scope": {"one"}}},
		"/slots/:id/remove":        {path: "/slots/0193a000-0000-7000-8000-0000000000a2/remove", says: "Giữ ấm"},
	}
}

// planless are the forms that show nothing of the plan, and why.
var planless = map[string]string{
	"/language": "no plan", "/publicity": "no plan", "/village": "no plan", "/sign-in": "no plan", "/sign-out": "no plan", "/setup": "no plan",
	"/people/:id": "no plan", "/people/:id/do": "no plan", "/invitations/new": "no plan", "/invitations/:id/revoke": "no plan", "/join": "no plan",
	"/account/pin": "no plan", "/start": "no plan", "/start/sound": "now: it airs at once, and is asked for by its own button", "/account/news/:id/remove": "no plan", "/account/news/:id/trial": "no plan", "/account/passkeys/:id/remove": "no plan", "/account/password": "no plan", "/sign-in/passkey": "no plan", "/sign-in/passkey/challenge": "no plan", "/account/sign-ins/:id/end": "no plan", "/account/sign-ins/end": "no plan", "/pin": "no plan", "/tokens": "no plan", "/tokens/:id/revoke": "no plan",
	"/emergency": "an emergency waits for no question, and the plan gives way", "/emergency/renew": "the same", "/emergency/all-clear": "the same", "/emergency/stop": "the same",
	"/announcements/:id/withdraw": "it falls silent at once, and the message after it undoes it; TestTakingBackWhatSoundsSaysSo holds what is asked", "/announcements/:id/schedules/:sid/remove": "the same",
	"/undo":       "what was removed is as it was; TestUndoThatHarmsAsks",
	"/air/volume": "no plan",
	"/air/stop":   "what sounds stops at once", "/clock": "every page says what an unknown clock does; telling it changes no record",
	"/exceptions":        "lifts nothing before somebody has approved it, which shows it",
	"/calendars/preview": "saves nothing", "/calendars/feeds": "no plan", "/calendars/feeds/:id/revoke": "no plan",
	"/sound": "no plan: how loud it is", "/button": "no plan: an emergency waits for no question",
	"/monitor/calibrate": "now, as soon as the output is free, and it gives way to everything", "/drills/run": "now, as soon as the output is free: it takes what is left", "/drills/stop": "what sounds stops at once",
	"/announcements/blanks": "saves nothing", "/announcements/preview": "saves nothing", "/announcements/rule": "saves nothing", "/announcements/:id/schedules/:sid/rule": "saves nothing",
	"/announcements/:id/assign": "what is missing stays missing until it is recorded", "/announcements/:id/unassign": "the same",
	"/announcements/:id/record/:language": "a voice that was recorded is kept whatever the plan says; its page tells before where it fits", "/recordings/:id/trim": "the same",
	"/recordings": "on the shelf only", "/retention": "no plan", "/backups": "no plan", "/bundles/export": "no plan", "/bundles/look": "saves nothing", "/bundles/take": "what it changes was looked at, and that alone is taken in", "/bundles/boards": "no plan", "/bundles/boards/remove": "no plan", "/retention/tidy": "removes nothing that any plan has", "/recordings/:id/rename": "no plan", "/recordings/:id/restore": "gives what no longer airs its sound back", "/recordings/:id/delete": "refused while anything that may air needs it",
	"/announcements/:id/bring-back": "asks as the edit that it is: its own test has a history to bring back from",
	"/moved/seen":                   "no plan", "/stations/:id/try": "saves nothing",
	"/words/import": "shows what is read anew, whose lengths are known only once it is spoken", "/words/new": "the same", "/words/:id": "the same", "/words/:id/remove": "the same",
	"/voices/:language": "the same", "/voices/:language/try": "saves nothing",
	"/templates/example": "saves nothing", "/templates/new": "no plan", "/templates/:code": "no plan", "/templates/:code/remove": "no plan",
}

// snapshot is everything of the world that a form may change.
func (w *world) snapshot(t *testing.T) string {
	t.Helper()
	raw, err := json.Marshal([]any{w.notices, w.village, w.slots, w.stations, w.drills, w.exceptions, w.changed, w.silenced, w.reinstated})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// Editing anything shows the difference in the plan before it is saved: every form of
// the panel is in one of the two tables, and what is in the first asks, keeps what was
// typed, and saves nothing meanwhile.
func TestEveryFormShowsWhatItMakesOfThePlan(t *testing.T) {
	forms := changingForms()
	for _, route := range web.Forms(newSite(t, newWorld(t), people.Admin, "vi").server) {
		method, path, _ := strings.Cut(route, " ")
		if strings.HasPrefix(path, "/api/") {
			continue
		}
		c, shown := forms[path]
		if method != http.MethodPost || shown == (planless[path] != "") {
			t.Errorf("%s is in neither table, or in both", route)
		}
		if !shown {
			continue
		}
		t.Run(path, func(t *testing.T) {
			w := busyWorld(t)
			if c.arrange != nil {
				c.arrange(w)
			}
			s := newSite(t, w, people.Admin, "vi")
			to, form := c.path, c.form
			if to == "" {
				to = path
			}
			switch path {
			case "/calendars/import":
				upload := uploadField.FindStringSubmatch(s.uploadCalendar(intakeFile(event("mot", "Họp thôn", "DTSTART:20261126T120000Z"))).body)
				form = url.Values{"upload": {upload[1]}, "take": {"mot"}}
			case "/plan/move":
				turns := planned(t, w).Occurrences
				i := slices.IndexFunc(turns, func(o scheduler.Occurrence) bool { return o.Announcement == bellID })
				form = maps.Clone(form)
				form.Set("occurrence", turns[i].ID)
			case "/announcements/:id/ways":
				form = wayForms(t, s.get("/announcements/"+nightID+"/why?day=2026-11-24"))["slot"]
			case "/announcements/:id/schedules/:sid":
				form = web.RuleForm(w.notices[bellID].Schedules[0].Rule, w.now)
				form["rtime"] = []string{"19:00"}
				form.Set("do", "save")
			}
			says := c.says
			if says == "" {
				says = bellTitle
			}
			before := w.snapshot(t)
			p := s.post(to, form)
			if p.status != http.StatusOK || !strings.Contains(p.text, "Thay đổi trong kế hoạch") || !strings.Contains(p.text, says) {
				t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
			}
			if w.snapshot(t) != before {
				t.Error("something was saved")
			}
			carried := fields(t, p.body)
			for name, values := range form {
				if !slices.Equal(carried[name], values) {
					t.Errorf("%s: carried %q, typed %q", name, carried[name], values)
				}
			}
			back := looked(carried)
			back.Set("foreseen", "back")
			if p := s.post(to, back); p.status != http.StatusOK && p.status != http.StatusSeeOther || w.snapshot(t) != before {
				t.Errorf("back: status %d", p.status)
			}
			p = s.post(to, looked(carried))
			if p.status >= 400 || w.snapshot(t) == before {
				t.Errorf("saving: status %d: %s", p.status, p.text)
			}
		})
	}
}

// planlessCalls are the calls of the API that change something and cannot be rehearsed,
// and why.
var planlessCalls = map[string]string{
	"put-volume": "no plan", "stop-air": "what sounds stops at once", "preview-calendar": "saves nothing", "tell-clock": "changes no record",
	"calibrate-monitor": "now", "put-mixer": "no plan", "put-button": "no plan", "run-drill": "now", "raise-emergency": "now", "raise-all-clear": "now", "renew-emergency": "now", "end-emergency": "now",
	"restore-recording": "gives what no longer airs its sound back", "rename-recording": "no plan", "put-retention": "no plan", "make-backup": "no plan", "export-bundle": "no plan", "look-at-bundle": "saves nothing", "take-bundle": "has a look of its own before", "trust-board": "no plan", "distrust-board": "no plan", "tidy-library": "removes nothing that any plan has", "delete-recording": "refused while anything that may air needs it", "trim-recording": "on the shelf only", "create-recording": "on the shelf only", "create-upload": "on the shelf, or a take as by the page for recording", "send-piece": "the same", "ask-upload": "saves nothing", "end-upload": "nothing was made of it yet", "read-rule": "saves nothing",
	"create-account": "no plan", "change-account": "no plan", "create-invitation": "no plan", "revoke-invitation": "no plan",
	"confirm-pin": "no plan", "create-push": "no plan", "delete-push": "no plan", "try-push": "no plan", "ask-passkey": "no plan", "create-passkey": "no plan", "delete-passkey": "no plan", "choose-pin": "no plan", "change-password": "no plan", "end-sign-in": "no plan", "end-sign-ins": "no plan", "create-token": "no plan", "revoke-token": "no plan",
	"see-moved": "no plan", "preview-speech": "saves nothing", "try-station": "saves nothing",
	"create-template": "no plan", "change-template": "no plan", "delete-template": "no plan", "fill-template": "saves nothing",
	"create-feed": "no plan", "revoke-feed": "no plan", "try-voice": "saves nothing", "try-template": "saves nothing",
	"choose-voice": "lengths are known only once it is spoken", "create-word": "the same", "try-word": "saves nothing", "import-words": "has a dry run of its own", "change-word": "the same", "delete-word": "the same",
}

// Every call that changes what a plan is made of can be rehearsed: it answers what it
// would make of the plan, and saves nothing, nor gives a sound back to the air.
func TestEveryCallCanBeRehearsed(t *testing.T) {
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	answer{t: t, Body: raw}.into(&doc)
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if method != "get" && web.Rehearsed(op.OperationID) == (planlessCalls[op.OperationID] != "") {
				t.Errorf("%s %s (%s) is in neither list, or in both", method, path, op.OperationID)
			}
		}
	}
	rehearsed := 0
	for _, d := range doors() {
		if d.method == "GET" || d.path == "/api/v1/recordings" {
			continue
		}
		h := newHouse(t)
		h.fill()
		h.w.reinstated, h.w.runs = nil, []playout.AsRun{}
		before := h.w.snapshot(t)
		got := h.call("admin", d.method, d.path+"?dry_run=true", d.body)
		if got.Status != http.StatusOK || !strings.Contains(string(got.Body), `"dry_run":true`) {
			continue // it cannot be rehearsed, or this one is refused
		}
		rehearsed++
		if h.w.snapshot(t) != before {
			t.Errorf("%s %s: something was saved", d.method, d.path)
		}
	}
	if rehearsed < 22 {
		t.Errorf("only %d calls were rehearsed", rehearsed)
	}
}

// Whatever was moved, left out or lost leads to the reason for it, on every page that
// tells of it.
func TestEveryOmissionLeadsToItsReason(t *testing.T) {
	w := newWorld(t)
	w.aired(bellID, "Chuông đêm", scheduler.ClassNormal, w.at(23, 22, 0), time.Minute)
	w.plan = planned(t, w)
	for i, out := range []playout.Outcome{playout.Played, playout.Moved, playout.Missed, playout.Skipped, playout.Withdrawn} {
		w.runs = append(w.runs, playout.AsRun{Occurrence: fmt.Sprint("was-", i), Kind: scheduler.Notice, Announcement: dailyID, Title: "Giữ ấm", Due: w.at(23, 6+i, 0), Outcome: out})
	}
	w.tellings = []scheduler.Telling{{Occurrence: "t", Announcement: nightID, Title: "Đêm hội", Author: "truongthon", From: w.at(24, 17, 0), Reason: scheduler.ReasonSlotFull}}
	s := newSite(t, w, people.Cadre, "vi")
	count := func(path, to string) (n int) {
		nodes(t, s.get(path).body, func(x *html.Node) {
			if x.Data == "a" && attr(x, "href") == to {
				n++
			}
		})
		return n
	}
	was, wont, moved := "/announcements/"+dailyID+"/why?day=2026-11-23", "/announcements/"+bellID+"/why?day=2026-11-23", "/announcements/"+nightID+"/why?day=2026-11-24"
	for _, c := range []struct {
		page, to string
		want     int
	}{{"/asrun", was, 5}, {"/", was, 4}, {"/", wont, 1}, {"/plan", wont, 3}, {"/announcements/" + bellID, wont, 1}, {"/plan", moved, 1}, {"/", moved, 1}} {
		if got := count(c.page, c.to); got != c.want {
			t.Errorf("%s leads %d times to %s, not %d times", c.page, got, c.to, c.want)
		}
	}
}
