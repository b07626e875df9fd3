package main_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// calendarOf is a calendar of events, each of lines that follow its UID.
func calendarOf(events ...[]string) string {
	text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n"
	for i, lines := range events {
		text += fmt.Sprintf("BEGIN:VEVENT\r\nUID:e%d@test\r\nDTSTAMP:20260101T000000Z\r\n%s\r\nEND:VEVENT\r\n", i, strings.Join(lines, "\r\n"))
	}
	return text + "END:VCALENDAR\r\n"
}

// deeds are the first fields of what the command prints.
func deeds(t *testing.T, out string) (list string) {
	t.Helper()
	for line := range strings.Lines(out) {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Errorf("a line of %d fields: %q", len(fields), line)
		}
		list += fields[0] + ", "
	}
	return list
}

// planned is how often a title airs in the next six days.
func (d *daemon) planned(title string) (n int) {
	d.t.Helper()
	plan := d.call(http.MethodGet, "/plan?to="+time.Now().AddDate(0, 0, 6).UTC().Format(time.RFC3339), nil, http.StatusOK)
	list, _ := plan["occurrences"].([]any)
	for _, o := range list {
		if o.(map[string]any)["title"] == title {
			n++
		}
	}
	return n
}

// announcement is the ID of the one with a title.
func (d *daemon) announcement(title string) string {
	d.t.Helper()
	list, _ := d.call(http.MethodGet, "/announcements", nil, http.StatusOK)["announcements"].([]any)
	for _, a := range list {
		if a := a.(map[string]any); a["title"] == title {
			return a["id"].(string)
		}
	}
	d.t.Fatalf("there is no announcement %q", title)
	return ""
}

// A calendar that a command takes in is spoken and planned by the running serve, the
// same again changes nothing, and one that is called off no longer airs.
func TestCalendarImportCommand(t *testing.T) {
	t.Parallel()
	need(t, sound)
	data := t.TempDir()
	file := filepath.Join(t.TempDir(), "lịch.ics")
	take := func(text string, more ...string) (string, string, int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loalang(t, "", append([]string{"calendar", "import", "--data", data, file}, more...)...)
	}
	day := time.Now().AddDate(0, 0, 2).Format("20060102")
	events := [][]string{
		{"SUMMARY:Họp thôn", "DTSTART;TZID=Asia/Ho_Chi_Minh:" + day + "T100000", "DESCRIPTION:Mời bà con."},
		{"SUMMARY:Vệ sinh", "DTSTART;TZID=Asia/Ho_Chi_Minh:" + day + "T090000", "RRULE:FREQ=DAILY;INTERVAL=2"},
		{"SUMMARY:Lễ hội", "DTSTART;VALUE=DATE:" + day},
		{"SUMMARY:Đã qua", "DTSTART:20200101T030000Z"},
	}
	if _, errs, code := take(calendarOf(events...)); code != 1 || !strings.Contains(errs, "loalang serve") {
		t.Errorf("without data: exit %d, %s", code, errs)
	}
	d := serve(t, data, "null", quick...).admit()
	if out, errs, code := take(calendarOf(events...), "--dry-run"); code != 0 || deeds(t, out) != "would new, would new, would new, refuse, " {
		t.Errorf("dry: exit %d, %q %s", code, out, errs)
	}
	if out, errs, code := take(calendarOf(events...)); code != 0 || deeds(t, out) != "new, new, new, refuse, " || !strings.Contains(out, "The event is over") {
		t.Fatalf("exit %d, %q %s", code, out, errs)
	}
	d.until("the running serve has spoken and planned them", func() bool {
		return d.planned("Họp thôn") == 1 && d.planned("Vệ sinh") >= 2 && d.planned("Lễ hội") == 1
	})
	if out, _, code := take(calendarOf(events...)); code != 0 || deeds(t, out) != "same, same, same, refuse, " {
		t.Errorf("again: exit %d, %q", code, out)
	}
	id := d.announcement("Vệ sinh")
	d.call(http.MethodPatch, "/announcements/"+id, object{"text": "Vệ sinh. Mang theo chổi."}, http.StatusOK)
	events[1] = append(events[1], "DESCRIPTION:Mang theo cuốc.", "SEQUENCE:1")
	for _, more := range [][]string{{"--dry-run"}, nil} {
		if out, _, code := take(calendarOf(events...), more...); code != 0 || deeds(t, out) != "same, refuse, same, refuse, " || !strings.Contains(out, "edited here") || !strings.Contains(out, "--overwrite 'e1@test'") {
			t.Errorf("edited here, %v: exit %d, %q", more, code, out)
		}
	}
	if out, _, code := take(calendarOf(events...), "--overwrite", "e1@test", "--dry-run"); code != 0 || deeds(t, out) != "same, would change, same, refuse, " {
		t.Errorf("told to overwrite, dry: exit %d, %q", code, out)
	}
	if _, errs, code := take(calendarOf(events...), "--overwrite", "e9@test"); code != 1 || !strings.Contains(errs, "no event of the UID") {
		t.Errorf("told to overwrite nothing: exit %d, %s", code, errs)
	}
	if out, _, code := take(calendarOf(events...), "--overwrite", "e1@test"); code != 0 || deeds(t, out) != "same, change, same, refuse, " {
		t.Errorf("told to overwrite: exit %d, %q", code, out)
	}
	events[0] = append(events[0], "SEQUENCE:1", "STATUS:CANCELLED")
	if out, _, code := take(calendarOf(events...)); code != 0 || deeds(t, out) != "withdraw, same, same, refuse, " {
		t.Errorf("called off: exit %d, %q", code, out)
	}
	d.until("what was called off airs no more", func() bool { return d.planned("Họp thôn") == 0 })
	if _, errs, code := take("GIF89a"); code != 1 || !strings.Contains(errs, "is no calendar") {
		t.Errorf("no calendar: exit %d, %s", code, errs)
	}
	if _, errs, code := take(calendarOf(events...), "--slot", "03:33"); code != 1 || !strings.Contains(errs, "it has 05:30, 17:00") {
		t.Errorf("an unknown slot: exit %d, %s", code, errs)
	}
}
