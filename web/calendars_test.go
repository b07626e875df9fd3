package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// intakeFile is a calendar as the API takes it; the world stands at 16:21 on 23
// November 2026.
func intakeFile(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func event(uid, title string, lines ...string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:" + title + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

// taken is what the API says of an event.
type taken struct {
	UID, Title, Deed, Fault, Detail, Text, Class, Approval, Announcement, Kind, Rule string
	Edited                                                                           bool
	Notes                                                                            []struct{ Code, Detail string }
	Next                                                                             []struct {
		At    time.Time
		Lunar string
	}
}

func (h *house) calendar(as, deed, file string, uids ...string) map[string]taken {
	h.t.Helper()
	body := map[string]any{"calendar": file}
	if uids != nil {
		body["uids"] = uids
	}
	return h.calendarWith(as, deed, body)
}

func (h *house) calendarWith(as, deed string, body map[string]any) map[string]taken {
	h.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	got := h.call(as, http.MethodPost, "/api/v1/calendars/"+deed, string(raw))
	if got.Status != http.StatusOK {
		h.t.Fatalf("%s: %d %s", deed, got.Status, got.Body)
	}
	var out struct{ Events []taken }
	if err := json.Unmarshal(got.Body, &out); err != nil {
		h.t.Fatal(err)
	}
	all := map[string]taken{}
	for _, e := range out.Events {
		all[e.UID] = e
	}
	return all
}

// TestImportCalendar takes in what a calendar has of every kind, and says of the
// rest why not.
func TestImportCalendar(t *testing.T) {
	h := newHouse(t)
	file := intakeFile(
		event("mot", "Họp thôn", "DTSTART:20261202T120000Z", "DESCRIPTION:Mời bà con.", "PRIORITY:1"),
		event("tuan", "Vệ sinh đường làng", "DTSTART;TZID=Asia/Ho_Chi_Minh:20261101T060000", "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Asia/Ho_Chi_Minh:20261129T060000"),
		event("tet", "Tết", "DTSTART;VALUE=DATE:20270206", "DTEND;VALUE=DATE:20270209"),
		event("qua", "Đã qua", "DTSTART:20261101T100000Z"),
		event("dem", "Nửa đêm", "DTSTART:20261202T190000Z"),
		event("huy", "Đã thôi", "DTSTART:20261202T120000Z", "STATUS:CANCELLED"),
	)
	before := len(h.w.notices)
	seen := h.calendar("cadre", "preview", file)
	if len(h.w.notices) != before || h.w.changed != 0 {
		t.Fatal("looking saved something")
	}
	for uid, want := range map[string]string{"mot": "new once", "tuan": "new recurring", "tet": "new slots", "qua": "refuse past", "dem": "refuse outside-hours", "huy": "refuse cancelled"} {
		e := seen[uid]
		if got := e.Deed + " " + e.Kind + e.Fault; got != want {
			t.Errorf("%s: %s, want %s (%s)", uid, got, want, e.Detail)
		}
		if (e.Deed == "refuse") != (e.Detail != "") {
			t.Errorf("%s says %q", uid, e.Detail)
		}
	}
	if e := seen["mot"]; e.Text != "Họp thôn.\nMời bà con." || e.Class != "priority" || len(e.Next) != 1 || e.Next[0].Lunar != "24/10/2026" {
		t.Errorf("%+v", e)
	}
	if next := seen["tuan"].Next; len(next) != 3 || next[0].At.Format(time.RFC3339) != "2026-12-05T23:00:00Z" {
		t.Errorf("the left-out Sunday comes: %v", next)
	}
	if next := seen["tet"].Next; len(next) != 3 || next[0].At.Format(time.RFC3339) != "2027-02-05T22:30:00Z" {
		t.Errorf("three days of Tết: %v", next)
	}
	did := h.calendar("cadre", "import", file, "mot", "qua")
	if len(did) != 2 || did["mot"].Deed != "new" || did["mot"].Announcement == "" || did["qua"].Deed != "refuse" || len(h.w.notices) != before+1 {
		t.Fatalf("%+v", did)
	}
	d := h.w.notices[did["mot"].Announcement]
	if d.Announcement.Title != "Họp thôn" || len(d.Renditions) != 2 || d.Renditions[0].State != scheduler.Spoken || d.Renditions[0].SpokenText == "" ||
		len(d.Schedules) != 1 || !d.Schedules[0].At.Equal(time.Date(2026, 12, 2, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", d)
	}
}

// TestImportTwiceDoublesNothing: the same again does nothing, a newer version
// changes, an older one does not, a cancelled one takes back, for good.
func TestImportTwiceDoublesNothing(t *testing.T) {
	h := newHouse(t)
	at := func(start string, more ...string) string {
		return intakeFile(event("mot", "Họp thôn", append([]string{"DTSTART:" + start}, more...)...))
	}
	first := at("20261202T120000Z")
	id := h.calendar("cadre", "import", first)["mot"].Announcement
	was := h.w.notices[id]
	many := len(h.w.notices)
	if again := h.calendar("cadre", "import", first)["mot"]; again.Deed != "same" || again.Announcement != id || len(h.w.notices) != many || h.w.notices[id].Announcement.Revision != was.Announcement.Revision {
		t.Fatalf("again: %+v", again)
	}
	moved := at("20261203T110000Z", "SEQUENCE:1")
	if seen := h.calendar("cadre", "preview", moved)["mot"]; seen.Deed != "change" || seen.Next[0].At.Day() != 3 {
		t.Errorf("preview of a move: %+v", seen)
	}
	if h.w.notices[id].Schedules[0].At.Day() != 2 {
		t.Error("looking moved it")
	}
	if did := h.calendar("cadre", "import", moved)["mot"]; did.Deed != "change" || did.Announcement != id {
		t.Errorf("%+v", did)
	}
	d := h.w.notices[id]
	if len(d.Schedules) != 1 || d.Schedules[0].ID != was.Schedules[0].ID || d.Schedules[0].At.Day() != 3 || len(h.w.notices) != many {
		t.Errorf("%+v", d.Schedules)
	}
	if old := h.calendar("cadre", "import", at("20261204T120000Z"))["mot"]; old.Deed != "refuse" || old.Fault != "older" {
		t.Errorf("an older version: %+v", old)
	}
	off := at("20261203T110000Z", "SEQUENCE:2", "STATUS:CANCELLED")
	if seen := h.calendar("cadre", "preview", off)["mot"]; seen.Deed != "withdraw" || !h.w.notices[id].Announcement.Withdrawn.IsZero() {
		t.Errorf("%+v", seen)
	}
	h.calendar("cadre", "import", off)
	if h.w.notices[id].Announcement.Withdrawn.IsZero() || !slices.ContainsFunc(h.w.silenced, func(s string) bool { return strings.Contains(s, id) }) {
		t.Errorf("not taken back: %v", h.w.silenced)
	}
	if again := h.calendar("cadre", "import", off)["mot"]; again.Deed != "same" {
		t.Errorf("%+v", again)
	}
	if back := h.calendar("cadre", "import", at("20261205T120000Z", "SEQUENCE:3"))["mot"]; back.Fault != "withdrawn" {
		t.Errorf("%+v", back)
	}
}

// TestImportChangesTheWords reads a changed description anew.
func TestImportChangesTheWords(t *testing.T) {
	h := newHouse(t)
	id := h.calendar("cadre", "import", intakeFile(event("mot", "Họp thôn", "DTSTART:20261202T120000Z")))["mot"].Announcement
	h.calendar("cadre", "import", intakeFile(event("mot", "Họp thôn", "DTSTART:20261202T120000Z", "DESCRIPTION:Mang theo ghế.", "SEQUENCE:1")))
	d := h.w.notices[id]
	if d.Announcement.Text != "Họp thôn.\nMang theo ghế." || !strings.Contains(strings.ToLower(d.Renditions[0].SpokenText), "ghế") || len(d.Schedules) != 1 {
		t.Errorf("%+v", d)
	}
}

// TestImportWaitsForApproval as whatever its author writes.
func TestImportWaitsForApproval(t *testing.T) {
	h := newHouse(t)
	officer := scheduler.ClassNeeds{Normal: scheduler.NeedOfficer, Priority: scheduler.NeedOfficer}
	h.w.village.Approvals = scheduler.ApprovalRules{Cadre: officer}
	file := intakeFile(event("mot", "Họp thôn", "DTSTART:20261202T120000Z"))
	if got := h.calendar("cadre", "preview", file)["mot"].Approval; got != "submitted" {
		t.Errorf("a cadre's: %q", got)
	}
	if got := h.calendar("officer", "preview", file)["mot"].Approval; got != "approved" {
		t.Errorf("an officer's: %q", got)
	}
}

// TestImportIsBounded: 201 events are taken in two goes, and none is lost.
func TestImportIsBounded(t *testing.T) {
	h := newHouse(t)
	var many []string
	for i := range 201 {
		many = append(many, event(fmt.Sprint("e", i), fmt.Sprint("Việc ", i), "DTSTART:20261202T120000Z"))
	}
	file := intakeFile(many...)
	count := func(all map[string]taken, deed string) (n int) {
		for _, e := range all {
			if e.Deed == deed {
				n++
			}
		}
		return n
	}
	first := h.calendar("cadre", "import", file)
	if count(first, "new") != 200 || first["e200"].Fault != "many-at-once" {
		t.Fatalf("%d, %+v", count(first, "new"), first["e200"])
	}
	second := h.calendar("cadre", "import", file)
	if count(second, "same") != 200 || second["e200"].Deed != "new" {
		t.Errorf("%d, %+v", count(second, "same"), second["e200"])
	}
}

// TestImportNeedsBothRights and refuses whole files in a sentence.
func TestImportNeedsBothRights(t *testing.T) {
	h := newHouse(t)
	for _, as := range []string{"viewer", "recorder", "elsewhere"} {
		if got := h.call(as, http.MethodPost, "/api/v1/calendars/import", `{"calendar":"BEGIN:VCALENDAR"}`); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", as, got.Status)
		}
	}
	got := h.call("cadre", http.MethodPost, "/api/v1/calendars/preview", `{"calendar":"GIF89a"}`)
	if got.Status != http.StatusUnprocessableEntity || !strings.Contains(string(got.Body), `"no-calendar"`) {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// uploadCalendar sends a calendar by the panel's form.
func (s *site) uploadCalendar(file string) page {
	return s.upload("/calendars/preview", nil, map[string]string{"calendar=lich.ics": file})
}

var uploadField = regexp.MustCompile(`name="upload" value="([^"]+)"`)

// TestImportPage goes from the file to the announcement by forms alone.
func TestImportPage(t *testing.T) {
	w := newWorld(t)
	x := newSite(t, w, people.Cadre, "")
	file := intakeFile(event("mot", "Họp thôn", "DTSTART:20261202T120000Z"), event("hai", "Tiêm phòng", "DTSTART:20261203T120000Z"), event("qua", "Đã qua", "DTSTART:20261001T120000Z"))
	seen := x.uploadCalendar(file)
	body := seen.body
	for _, want := range []string{"Nhận: Họp thôn", "24 tháng Mười âm lịch", "Sự kiện đã qua", "Nhận các sự kiện đã chọn"} {
		if !strings.Contains(body, want) {
			t.Errorf("the preview lacks %q", want)
		}
	}
	if seen.status != http.StatusOK || len(w.notices) != 0 {
		t.Fatalf("%d, %d saved", seen.status, len(w.notices))
	}
	upload := uploadField.FindStringSubmatch(body)[1]
	if none := x.post("/calendars/import", url.Values{"upload": {upload}}); none.status != http.StatusUnprocessableEntity || !strings.Contains(none.body, "Chưa chọn") {
		t.Errorf("nothing ticked: %d", none.status)
	}
	for range 2 { // a second press doubles nothing
		done := x.post("/calendars/import", looked(url.Values{"upload": {upload}, "take": {"mot"}}))
		if done.status != http.StatusOK || !strings.Contains(done.body, "/announcements/") || len(w.notices) != 1 {
			t.Fatalf("%d, %d saved", done.status, len(w.notices))
		}
	}
	if gone := x.post("/calendars/import", url.Values{"upload": {"loa_x"}, "take": {"mot"}}); gone.status != http.StatusGone || !strings.Contains(gone.body, "chọn lại tệp") {
		t.Errorf("forgotten: %d", gone.status)
	}
	for name, tt := range map[string]struct{ file, says string }{
		"empty": {"", "Chưa chọn tệp"}, "no calendar": {"PK", "không phải lịch"}, "large": {strings.Repeat("x", web.MaxCalendarFile+1), "lớn hơn 1 MB"},
		"too large to be read": {strings.Repeat("x", 2*web.MaxCalendarFile), "lớn hơn 1 MB"},
	} {
		if got := x.uploadCalendar(tt.file); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) {
			t.Errorf("%s: %d", name, got.status)
		}
	}
}

var addressField = regexp.MustCompile(`readonly>http://[^/]+(/calendar/[^<]+)</textarea>`)

// TestFeedAddress is made, opens the feed and nothing else, and is revoked.
func TestFeedAddress(t *testing.T) {
	w := newWorld(t)
	w.fill()
	x := newSite(t, w, people.Cadre, "")
	made := x.post("/calendars/feeds", url.Values{"name": {"Chị Lan"}})
	found := addressField.FindStringSubmatch(made.body)
	if made.status != http.StatusOK || found == nil || len(w.calendars.keys) != 1 {
		t.Fatalf("%d %s", made.status, made.body)
	}
	address := found[1]
	ask := func(path, bearer string) int {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if bearer != "" {
			r.Header.Set("Authorization", "Bearer "+bearer)
		}
		got := httptest.NewRecorder()
		x.handler.ServeHTTP(got, r)
		return got.Code
	}
	token := address[strings.Index(address, "loa_"):]
	if code := ask(address, ""); code != http.StatusOK {
		t.Errorf("the feed: %d", code)
	}
	if code := ask("/api/v1/announcements", token); code != http.StatusUnauthorized {
		t.Errorf("the API with a feed's token: %d", code)
	}
	if strings.Contains(x.get("/calendars").body, token) {
		t.Error("the secret is shown again")
	}
	id := w.calendars.keys[0].ID
	if gone := x.post("/calendars/feeds/"+id+"/revoke", nil); gone.status != http.StatusSeeOther {
		t.Errorf("revoke: %d", gone.status)
	}
	if code := ask(address, ""); code != http.StatusUnauthorized {
		t.Errorf("the feed after that: %d", code)
	}
	if other := x.post("/calendars/feeds/0193c000-0000-7000-8000-000000000001/revoke", nil); other.status != http.StatusNotFound {
		t.Errorf("another token by this page: %d", other.status)
	}
}
