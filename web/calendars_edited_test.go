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

	"loalang/people"
	"loalang/scheduler"
	"loalang/scheduler/calendar"
	"loalang/web"
)

// TestPlanComesBackThroughTheFeed: what a plan of single and recurring notices says is
// what a calendar reads back from the feed, at the same instants and by the same names.
func TestPlanComesBackThroughTheFeed(t *testing.T) {
	h := newHouse(t)
	h.calendar("cadre", "import", intakeFile(
		event("mot", `Họp thôn\; "bàn việc"\, đông đủ`, "DTSTART:20261202T120000Z"),
		event("tuan", "Vệ sinh đường làng", "DTSTART;TZID=Asia/Ho_Chi_Minh:20261101T060000", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261129T060000"),
		event("cho", "Chợ phiên", "DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T070000", "RRULE:FREQ=DAILY;INTERVAL=5"),
	))
	h.w.plan = scheduler.Plan{}
	book, err := h.w.Book(t.Context(), "un-ta", h.w.now)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := scheduler.BuildPlan(h.w.now, 14*24*time.Hour, book)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	say := func(at time.Time, title string) string {
		return at.UTC().Truncate(time.Second).Format(time.RFC3339) + " " + title
	}
	for _, o := range plan.Occurrences {
		want = append(want, say(o.Due, o.Title))
	}
	for _, o := range plan.Omissions {
		want = append(want, say(o.Occurrence.Nominal, o.Occurrence.Title))
	}
	events, err := web.ReadCalendar(h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "").Body, h.w.now.Location())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Cancelled {
			t.Errorf("called off: %s", e.Title)
		}
		for _, m := range e.Times(h.w.now, 2, h.w.now.Location()) {
			got = append(got, say(m.At, e.Title))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) != 5 || !slices.Equal(got, want) {
		t.Errorf("the feed gives back\n%s\nof\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestYearOfTheFeed: over a year, window by window, two readers that are not ours find
// every instant of the plan in the feed, and none besides: lunar days, market days,
// several times a day, slots, awkward titles.
func TestYearOfTheFeed(t *testing.T) {
	h := newHouse(t)
	vietnam := h.w.now.Location()
	lunar := "RRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1,15"
	rules := map[string][]string{
		"Mùng 1 và rằm 🎋":          {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261125T060000", lunar},
		"Hai ngày trước rằm":       {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261125T061000", lunar + ";OFFSET=-2"},
		"30 Tết":                   {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261125T180000", "RRULE:RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1"},
		`Chợ phiên\, ba\; bốn "x"`: {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T070000", "RRULE:FREQ=DAILY;INTERVAL=5"},
		"Ba lần một ngày":          {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T062000", "RRULE:FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=6,11,17;BYMINUTE=20"},
		"Thứ hai cuối tháng":       {"DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T171000", "RRULE:FREQ=MONTHLY;BYDAY=-1MO", "EXDATE;TZID=Asia/Ho_Chi_Minh:20270125T171000"},
		"Cả ngày":                  {"DTSTART;VALUE=DATE:20261126", "RRULE:FREQ=WEEKLY"},
	}
	var events []string
	n := 0
	for title, lines := range rules {
		events = append(events, event(fmt.Sprint("e", n), title, lines...))
		n++
	}
	for uid, e := range h.calendar("cadre", "import", intakeFile(events...)) {
		if e.Deed != "new" {
			t.Fatalf("%s: %+v", uid, e)
		}
	}
	for _, d := range h.w.notices {
		for i := range d.Renditions {
			d.Renditions[i].State, d.Renditions[i].Recording, d.Renditions[i].Length = scheduler.Ready, soundID, 9*time.Second
		}
	}
	h.w.plan, h.w.runs = scheduler.Plan{}, nil
	token := h.people.add(people.Token{Name: "lịch", Role: people.Viewer, Village: "un-ta"})
	begin, seen := h.w.now, map[string]int{}
	for h.w.now.Before(begin.AddDate(1, 0, 0)) {
		from, to := h.w.now, h.w.now.AddDate(0, 0, 14)
		book, err := h.w.Book(t.Context(), "un-ta", from)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := scheduler.BuildPlan(from, to.Sub(from), book)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{}
		for _, o := range plan.Occurrences {
			want[o.ID+"@un-ta.loalang"] = o.Due.UTC().Truncate(time.Second).Format(time.RFC3339) + " " + o.Title + " CONFIRMED"
			seen[o.Title]++
		}
		for _, o := range plan.Omissions {
			if o.Occurrence.Nominal.Before(from) { // this morning's
				continue
			}
			t.Errorf("%s of %s is left out: %s", o.Occurrence.Title, o.Occurrence.Nominal, o.Reason.Code)
		}
		body := h.feedAt("/calendar/un-ta.ics?token="+token, "").Body
		for reader, events := range map[string]map[string]told{"go-ical": readGoICal(t, body), "gocal": readGocal(t, body, from, to)} {
			got := map[string]string{}
			for uid, e := range events {
				got[uid] = e.begin.UTC().Format(time.RFC3339) + " " + e.summary + " " + e.status
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s from %s: %s reads\n%v\nof\n%v", reader, from, reader, got, want)
			}
		}
		h.w.now = to
	}
	rounds := map[string]int{}
	for title, lines := range rules {
		title = strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(title)
		rule, err := calendar.ParseRule(strings.Join(lines, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		rounds[title] = len(rule.Between(begin, h.w.now, vietnam))
	}
	if !maps.Equal(seen, rounds) || rounds["Mùng 1 và rằm 🎋"] < 24 || rounds["30 Tết"] != 1 {
		t.Errorf("the year has %v, the rules name %v", seen, rounds)
	}
}

// TestImportSaysWhatItWouldOverwrite: an edit made here since the last import is told
// of before a newer version of the event replaces it, and is not ticked.
func TestImportSaysWhatItWouldOverwrite(t *testing.T) {
	w := newWorld(t)
	x := newSite(t, w, people.Cadre, "")
	at := func(version int, start string) string {
		return intakeFile(event("mot", "Họp thôn", "DTSTART:"+start, fmt.Sprint("SEQUENCE:", version)))
	}
	take := func(file, as string) page {
		t.Helper()
		upload := uploadField.FindStringSubmatch(x.uploadCalendar(file).body)
		return x.post("/calendars/import", looked(url.Values{"upload": {upload[1]}, as: {"mot"}}))
	}
	const warning, ticked = "đã được sửa ở đây sau lần nhận trước", `name="take" value="mot" checked`
	take(at(0, "20261202T120000Z"), "take")
	if seen := x.uploadCalendar(at(1, "20261203T120000Z")).body; strings.Contains(seen, warning) || !strings.Contains(seen, ticked) {
		t.Error("nobody edited it")
	}
	id := w.order[0]
	for name, edit := range map[string]func(*scheduler.Dossier){
		"words": func(d *scheduler.Dossier) { d.Announcement.Text += " Mang theo ghế." },
		"time":  func(d *scheduler.Dossier) { d.Schedules[0].At = d.Schedules[0].At.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			was := w.notices[id]
			d := was
			d.Schedules = slices.Clone(d.Schedules)
			edit(&d)
			w.notices[id] = d
			seen := x.uploadCalendar(at(1, "20261203T120000Z")).body
			if !strings.Contains(seen, warning) || strings.Contains(seen, "checked") || !strings.Contains(seen, `name="overwrite" value="mot">`) || !strings.Contains(seen, "/announcements/"+id) {
				t.Error("the preview does not warn")
			}
			w.notices[id] = was
		})
	}
	d := w.notices[id]
	d.Announcement.Approval.State, d.Announcement.Updated = scheduler.Approved, w.now.Add(time.Hour)
	w.notices[id] = d
	if seen := x.uploadCalendar(at(1, "20261203T120000Z")).body; strings.Contains(seen, warning) {
		t.Error("an approval is no edit")
	}
	d.Announcement.Text += " Mang theo ghế."
	w.notices[id] = d
	if got := take(at(1, "20261203T120000Z"), "take"); !strings.Contains(got.body, "nên được giữ nguyên") || !strings.Contains(w.notices[id].Announcement.Text, "ghế") {
		t.Error("what was edited after the preview was overwritten")
	}
	take(at(1, "20261203T120000Z"), "overwrite")
	if strings.Contains(w.notices[id].Announcement.Text, "ghế") {
		t.Error("what was chosen was not taken")
	}
	if seen := x.uploadCalendar(at(2, "20261204T120000Z")).body; strings.Contains(seen, warning) {
		t.Error("it was taken since")
	}
}

// TestImportLeavesWhatWasEditedHere: the API replaces or takes back what somebody edited
// here only where it is told to, by the UID, and says so of what it leaves.
func TestImportLeavesWhatWasEditedHere(t *testing.T) {
	h := newHouse(t)
	file := func(version int, start string, more ...string) string {
		lines := append([]string{"DTSTART:" + start, fmt.Sprint("SEQUENCE:", version)}, more...)
		return intakeFile(event("mot", "Họp thôn", lines...), event("hai", "Tiêm phòng", lines...))
	}
	first := h.calendar("cadre", "import", file(0, "20261202T120000Z"))
	id := first["mot"].Announcement
	edit := func() {
		d := h.w.notices[id]
		d.Announcement.Text += " Mang theo ghế."
		h.w.notices[id] = d
	}
	kept := func() bool {
		d := h.w.notices[id]
		return strings.Contains(d.Announcement.Text, "ghế") && d.Announcement.Withdrawn.IsZero()
	}
	edit()
	newer := file(1, "20261203T120000Z")
	if seen := h.calendar("cadre", "preview", newer); seen["mot"].Deed != "change" || !seen["mot"].Edited || seen["hai"].Edited {
		t.Errorf("the preview: %+v", seen)
	}
	for name, uids := range map[string][]string{"all": nil, "chosen": {"mot", "hai"}} {
		did := h.calendar("cadre", "import", newer, uids...)
		if e := did["mot"]; e.Deed != "refuse" || e.Fault != "edited" || !e.Edited || e.Announcement != id || !kept() {
			t.Errorf("%s: %+v", name, e)
		}
		if e := did["hai"]; e.Deed != "change" && e.Deed != "same" {
			t.Errorf("%s: what nobody edited: %+v", name, e)
		}
	}
	if did := h.calendarWith("cadre", "import", map[string]any{"calendar": newer, "uids": []string{}, "overwrite": []string{"mot"}}); len(did) != 1 || did["mot"].Deed != "change" || kept() {
		t.Errorf("told to: %+v", did)
	}
	edit()
	off := file(2, "20261203T120000Z", "STATUS:CANCELLED")
	if seen := h.calendar("cadre", "preview", off)["mot"]; seen.Deed != "withdraw" || !seen.Edited {
		t.Errorf("the preview of what was called off: %+v", seen)
	}
	if did := h.calendar("cadre", "import", off); did["mot"].Fault != "edited" || did["hai"].Deed != "withdraw" || !kept() {
		t.Errorf("called off: %+v", did)
	}
	if did := h.calendarWith("cadre", "import", map[string]any{"calendar": off, "overwrite": []string{"mot"}}); did["mot"].Deed != "withdraw" || kept() {
		t.Errorf("called off, told to: %+v", did)
	}
	body, err := json.Marshal(map[string]any{"calendar": off, "overwrite": []string{"ba"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.call("cadre", http.MethodPost, "/api/v1/calendars/import", string(body)); got.Status != http.StatusUnprocessableEntity || !strings.Contains(string(got.Body), "unknown-uid") {
		t.Errorf("a UID that is not there: %d %s", got.Status, got.Body)
	}
}

// TestImportWhileWhatItBecameIsSpoken: what the machine saves between the look and the
// taking refuses nothing, what a person saves between them stays.
func TestImportWhileWhatItBecameIsSpoken(t *testing.T) {
	h := newHouse(t)
	file := func(version int, start string) string {
		return intakeFile(event("mot", "Họp thôn", "DTSTART:"+start, fmt.Sprint("SEQUENCE:", version)))
	}
	id := h.calendar("cadre", "import", file(0, "20261202T120000Z"))["mot"].Announcement
	between := func(change func(a *scheduler.Announcement)) {
		h.w.racing = func() {
			d := h.w.notices[id]
			d.Announcement.Revision++
			change(&d.Announcement)
			h.w.notices[id] = d
		}
	}
	between(func(*scheduler.Announcement) {})
	if did := h.calendar("cadre", "import", file(1, "20261203T120000Z"))["mot"]; did.Deed != "change" || did.Fault != "" {
		t.Errorf("spoken meanwhile: %+v", did)
	}
	between(func(a *scheduler.Announcement) { a.Text += " Mang theo ghế." })
	if did := h.calendar("cadre", "import", file(2, "20261204T120000Z"))["mot"]; did.Deed != "refuse" || did.Fault != "edited" {
		t.Errorf("edited meanwhile: %+v", did)
	}
	if h.w.racing != nil || !strings.Contains(h.w.notices[id].Announcement.Text, "ghế") {
		t.Error("the edit is lost")
	}
}

// TestImportOfChangesAlone: a file with nothing but moved and cancelled times of an
// event that was taken in applies these; once more does nothing, and what it cannot
// know it refuses.
func TestImportOfChangesAlone(t *testing.T) {
	h := newHouse(t)
	const zone = ";TZID=Asia/Ho_Chi_Minh:"
	lines := []string{"DTSTART" + zone + "20261125T060000", "RRULE:FREQ=WEEKLY"}
	id := h.calendar("cadre", "import", intakeFile(event("tuan", "Vệ sinh", lines...)))["tuan"].Announcement
	moved := event("tuan", "Vệ sinh", "SEQUENCE:1", "RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261203T070000")
	off := strings.Replace(event("tuan", "", "SEQUENCE:1", "RECURRENCE-ID:20261208T230000Z", "STATUS:CANCELLED"), "SUMMARY:\r\n", "", 1)
	if stranger := h.calendar("cadre", "preview", intakeFile(strings.ReplaceAll(moved, "UID:tuan", "UID:la")))["la"]; stranger.Fault != "only-changes" {
		t.Errorf("of an event that nobody took in: %+v", stranger)
	}
	did := h.calendar("cadre", "import", intakeFile(off, moved))["tuan"]
	if did.Deed != "change" || did.Title != "Vệ sinh" || did.Announcement != id || did.Edited {
		t.Fatalf("%+v", did)
	}
	rule, err := calendar.ParseRule(h.w.notices[id].Schedules[0].Rule)
	if err != nil {
		t.Fatal(err)
	}
	var next []string
	for _, m := range rule.Next(h.w.now, 3, h.w.now.Location()) {
		next = append(next, m.Civil.String())
	}
	if got := strings.Join(next, " "); got != "2026-11-25T06:00:00 2026-12-03T07:00:00 2026-12-16T06:00:00" {
		t.Errorf("it comes at %s", got)
	}
	if again := h.calendar("cadre", "import", intakeFile(off, moved))["tuan"]; again.Deed != "same" {
		t.Errorf("again: %+v", again)
	}
	if whole := h.calendar("cadre", "import", intakeFile(event("tuan", "Vệ sinh", append(lines, "SEQUENCE:1")...), off, moved))["tuan"]; whole.Deed != "same" {
		t.Errorf("the whole calendar afterwards: %+v", whole)
	}
	for name, file := range map[string]string{
		"moved once more": event("tuan", "Vệ sinh", "SEQUENCE:2", "RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261204T070000"),
		"no time of it":   event("tuan", "Vệ sinh", "SEQUENCE:2", "RECURRENCE-ID"+zone+"20261217T060000", "STATUS:CANCELLED"),
	} {
		if got := h.calendar("cadre", "import", intakeFile(file))["tuan"]; got.Fault != "only-changes" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
