package web_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apognu/gocal"
	"github.com/emersion/go-ical"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// told is an event of the feed as a reader understands it.
type told struct {
	uid, summary, description, status string
	begin, end                        time.Time
	sequence                          string
}

// feedAt asks for a feed by its address, without a sign-in.
func (h *house) feedAt(path, etag string) answer {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	return h.send(r)
}

// readGoICal reads a calendar with github.com/emersion/go-ical.
func readGoICal(t *testing.T, body []byte) map[string]told {
	t.Helper()
	cal, err := ical.NewDecoder(bytes.NewReader(body)).Decode()
	if err != nil {
		t.Fatalf("go-ical: %v\n%s", err, body)
	}
	out := map[string]told{}
	for _, e := range cal.Events() {
		text := func(name string) string {
			s, err := e.Props.Text(name)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		begin, err := e.DateTimeStart(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		end, err := e.DateTimeEnd(time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		out[text("UID")] = told{text("UID"), text("SUMMARY"), text("DESCRIPTION"), text("STATUS"), begin, end, e.Props.Get("SEQUENCE").Value}
	}
	return out
}

// readGocal reads a calendar with github.com/apognu/gocal, which leaves
// cancelled events as they are.
func readGocal(t *testing.T, body []byte, from, to time.Time) map[string]told {
	t.Helper()
	cal := gocal.NewParser(bytes.NewReader(body))
	cal.Start, cal.End = &from, &to
	if err := cal.Parse(); err != nil {
		t.Fatalf("gocal: %v\n%s", err, body)
	}
	out := map[string]told{}
	for _, e := range cal.Events {
		out[e.Uid] = told{uid: e.Uid, summary: e.Summary, description: e.Description, status: e.Status, begin: e.Start.UTC(), end: e.End.UTC()}
	}
	return out
}

// TestFeedIsReadByOthers has two readers that are not ours say what the feed
// tells: awkward titles, folded lines, what will not air and why.
func TestFeedIsReadByOthers(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.plan.To, h.w.runs = h.w.now.AddDate(0, 0, 14), nil
	awkward := `Họp thôn; "quan trọng", mời bà con \ ra nhà văn hóa lúc 19 giờ, ai cũng phải có mặt đúng giờ để bàn việc làm đường bê tông 100%`
	h.w.plan.Occurrences[0].Title = awkward
	got := h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "")
	if got.Status != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/calendar") {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(got.Body), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	due := h.w.plan.Occurrences[0].Due
	for reader, events := range map[string]map[string]told{
		"go-ical": readGoICal(t, got.Body), "gocal": readGocal(t, got.Body, h.w.now, h.w.now.AddDate(0, 0, 14)),
	} {
		airs, not := events["occ-1@un-ta.loalang"], events["occ-2@un-ta.loalang"]
		if airs.summary != awkward || airs.status != "CONFIRMED" || !airs.begin.Equal(due) || !airs.end.Equal(due.Add(12*time.Second)) {
			t.Errorf("%s reads %+v", reader, airs)
		}
		if not.summary != "Tiêm phòng" || not.status != "CANCELLED" || !strings.Contains(not.description, "ngoài giờ") {
			t.Errorf("%s reads %+v", reader, not)
		}
		if len(events) != 2 {
			t.Errorf("%s reads %d events", reader, len(events))
		}
	}
}

// TestFeedKeepsItsUIDs moves an occurrence and edits its announcement: the same
// event comes, changed.
func TestFeedKeepsItsUIDs(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/calendar/un-ta.ics?token=" + h.as["viewer"]
	first := h.feedAt(path, "")
	if again := h.feedAt(path, first.Header.Get("ETag")); again.Status != http.StatusNotModified || len(again.Body) != 0 {
		t.Errorf("unchanged: %d %q", again.Status, again.Body)
	}
	before := readGoICal(t, first.Body)["occ-1@un-ta.loalang"]
	h.w.plan.Occurrences[0].Due = h.w.plan.Occurrences[0].Due.Add(time.Minute)
	d := h.w.notices[noticeID]
	d.Announcement.Revision++
	h.w.notices[noticeID] = d
	second := h.feedAt(path, first.Header.Get("ETag"))
	after := readGoICal(t, second.Body)["occ-1@un-ta.loalang"]
	if second.Status != http.StatusOK || after.uid != before.uid || !after.begin.Equal(before.begin.Add(time.Minute)) || after.sequence <= before.sequence {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
}

// TestFeedIsForLookingOnly: an address leaks, so what it carries may do nothing.
func TestFeedIsForLookingOnly(t *testing.T) {
	h := newHouse(t)
	h.fill()
	elsewhere := h.people.add(people.Token{Name: "xa", Role: people.Viewer, Village: "toong-gianh"})
	dead := h.people.add(people.Token{Name: "cũ", Role: people.Viewer, Revoked: h.w.now})
	alarm := h.people.add(people.Token{Name: "còi", Role: people.Viewer, Emergency: true})
	for name, tt := range map[string]struct {
		path string
		code int
	}{
		"no token":         {"/calendar/un-ta.ics", http.StatusUnauthorized},
		"no secret":        {"/calendar/un-ta.ics?token=x", http.StatusUnauthorized},
		"revoked":          {"/calendar/un-ta.ics?token=" + dead, http.StatusUnauthorized},
		"another role":     {"/calendar/un-ta.ics?token=" + h.as["admin"], http.StatusForbidden},
		"may raise alarms": {"/calendar/un-ta.ics?token=" + alarm, http.StatusForbidden},
		"another village":  {"/calendar/un-ta.ics?token=" + elsewhere, http.StatusNotFound},
		"no calendar":      {"/calendar/un-ta?token=" + h.as["viewer"], http.StatusNotFound},
		"no village":       {"/calendar/nowhere.ics?token=" + h.as["viewer"], http.StatusNotFound},
	} {
		if got := h.feedAt(tt.path, ""); got.Status != tt.code || len(got.Body) == 0 || strings.Contains(string(got.Body), "BEGIN:") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	if got := h.do(ask{as: "cadre", method: http.MethodGet, path: "/calendar/un-ta.ics"}); got.Status != http.StatusOK {
		t.Errorf("with a sign-in: %d", got.Status)
	}
}

// TestFeedOfWhatStillWaits is tentative, not cancelled.
func TestFeedOfWhatStillWaits(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.plan.Omissions[0].Reason = scheduler.Reason{Code: scheduler.ReasonNotReady}
	got := h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "")
	if e := readGoICal(t, got.Body)["occ-2@un-ta.loalang"]; e.status != "TENTATIVE" {
		t.Errorf("%+v", e)
	}
}

// TestFeedSequenceRisesWhenAnOccurrenceMoves though nobody edited anything, stays as
// it is otherwise, and is the same in both languages.
func TestFeedSequenceRisesWhenAnOccurrenceMoves(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/calendar/un-ta.ics?token=" + h.as["viewer"]
	number := func(path string) int {
		t.Helper()
		n, err := strconv.Atoi(readGoICal(t, h.feedAt(path, "").Body)["occ-1@un-ta.loalang"].sequence)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := number(path)
	if again, english := number(path), number(path+"&lang=en"); again != first || english != first {
		t.Errorf("unchanged: %d, %d, %d", first, again, english)
	}
	h.w.plan.Occurrences[0].Due = h.w.plan.Occurrences[0].Due.Add(time.Minute)
	moved := number(path)
	h.w.plan.Occurrences[0].Due = h.w.plan.Occurrences[0].Due.Add(-time.Minute)
	if back := number(path); moved <= first || back <= moved {
		t.Errorf("first %d, moved %d, moved back %d", first, moved, back)
	}
	h.w.calendars.stuck = errors.New("disk full")
	if got := h.feedAt(path, ""); got.Status != http.StatusOK || !strings.Contains(string(got.Body), "occ-1@") {
		t.Errorf("without its memory: %d", got.Status)
	}
}

// TestFeedTellsWhatBecameOfThePast under the UIDs of the plan, without drills and
// openings.
func TestFeedTellsWhatBecameOfThePast(t *testing.T) {
	h := newHouse(t)
	h.fill()
	yesterday := h.w.now.AddDate(0, 0, -1)
	run := func(id string, kind scheduler.OccurrenceKind, out playout.Outcome, cause string) playout.AsRun {
		return playout.AsRun{Occurrence: id, Kind: kind, Title: "Tin " + id, Nominal: yesterday, Due: yesterday, Planned: time.Minute, Outcome: out, Cause: cause}
	}
	aired := run("p1", scheduler.Notice, playout.Played, "completed")
	aired.Airings = []playout.Airing{{Started: yesterday.Add(time.Second), Ended: yesterday.Add(41 * time.Second)}}
	h.w.runs = append(h.w.runs, aired, run("p2", scheduler.Notice, playout.Missed, "power"), run("p3", scheduler.Opening, playout.Played, ""), run("p4", scheduler.Notice, "", ""))
	got := h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "")
	for _, line := range []string{"METHOD:PUBLISH", "X-WR-CALNAME:", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"} {
		if !strings.Contains(string(got.Body), "\r\n"+line) {
			t.Errorf("the feed lacks %s", line)
		}
	}
	events := readGoICal(t, got.Body)
	if e := events["p1@un-ta.loalang"]; e.status != "CONFIRMED" || !e.begin.Equal(yesterday.Add(time.Second)) || !e.end.Equal(yesterday.Add(41*time.Second)) {
		t.Errorf("aired: %+v", e)
	}
	if e := events["p2@un-ta.loalang"]; e.status != "CANCELLED" || !strings.Contains(e.description, "Lỡ") {
		t.Errorf("missed: %+v", e)
	}
	for _, id := range []string{"p3", "p4"} {
		if e, there := events[id+"@un-ta.loalang"]; there {
			t.Errorf("told: %+v", e)
		}
	}
}
