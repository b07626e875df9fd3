package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loalang/scheduler/calendar"
	"loalang/web"
)

// zoneOf writes a VTIMEZONE of shifts, each "offset" or "offset;RRULE".
func zoneOf(id string, shifts ...string) string {
	out := "BEGIN:VTIMEZONE\r\nTZID:" + id + "\r\n"
	for i, s := range shifts {
		offset, rule, repeats := strings.Cut(s, ";")
		out += fmt.Sprintf("BEGIN:STANDARD\r\nDTSTART:%d0101T000000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:%s\r\n", 1970+i, offset)
		if repeats {
			out += "RRULE:" + rule + "\r\n"
		}
		out += "END:STANDARD\r\n"
	}
	return out + "END:VTIMEZONE\r\n"
}

// outcome is what the preview says of an event, short: its deed, kind or fault, next
// times in Vietnam, notes.
func outcome(e taken) string {
	said := e.Deed + " " + e.Kind + e.Fault
	for _, n := range e.Next {
		said += n.At.UTC().Add(7 * time.Hour).Format(" 0102T1504")
	}
	for _, n := range e.Notes {
		said += " " + n.Code
	}
	return said
}

// TestAwkwardEvents: whatever stands in a calendar has an outcome in the preview, and
// what is refused one sentence. The world stands at 16:21 on 23 November 2026.
func TestAwkwardEvents(t *testing.T) {
	const zone = ";TZID=Asia/Ho_Chi_Minh:"
	var exceptions []string
	for d := (calendar.Date{Year: 2026, Month: 11, Day: 25}); len(exceptions) < calendar.MaxDates; d = d.AddDays(1) {
		exceptions = append(exceptions, "EXDATE"+zone+strings.ReplaceAll(d.String(), "-", "")+"T060000")
	}
	weekly := []string{"DTSTART" + zone + "20261125T060000", "RRULE:FREQ=WEEKLY"}
	single := func(lines ...string) string { return event("a", "Vệ sinh", lines...) }
	tests := []struct{ name, file, want string }{
		{"OK", single("DTSTART:20261202T120000Z"), "new once 1202T1900"},
		{"every second", single("DTSTART"+zone+"20261125T060000", "RRULE:FREQ=SECONDLY"), "refuse rule-often"},
		{"every minute", single("DTSTART"+zone+"20261125T060000", "RRULE:FREQ=MINUTELY;INTERVAL=1"), "refuse rule-often"},
		{"year 9999", single("DTSTART:99991230T120000Z"), "refuse too-far"},
		{"until the year 9999", single(weekly[0], "RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z"), "new recurring 1125T0600 1202T0600 1209T0600"},
		{"year 10000", single("DTSTART:100000101T120000Z"), "refuse rule-value"},
		{"30 February", single("DTSTART:20270230T120000Z"), "refuse rule-range"},
		{"30 February each year", single(weekly[0], "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "refuse rule-never"},
		{"no start", single("DTEND:20261202T120000Z"), "refuse rule-no-start"},
		{"floating", single("DTSTART:20261202T120000"), "new once 1202T1200"},
		{"no length", single("DTSTART:20261202T110000Z"), "new once 1202T1800"},
		{"longer than a slot", single("DTSTART"+zone+"20261202T060000", "DTEND"+zone+"20261205T180000"), "new once 1202T0600"},
		{"ends before it begins", single("DTSTART"+zone+"20261202T060000", "DTEND"+zone+"20261201T180000"), "new once 1202T0600"},
		{"a whole day", single("DTSTART;VALUE=DATE:20261202"), "new slots 1202T0530"},
		{"three whole days", single("DTSTART;VALUE=DATE:20261202", "DURATION:P3D"), "new slots 1202T0530 1203T0530 1204T0530"},
		{"a week of whole days", single("DTSTART;VALUE=DATE:20261119", "DURATION:P1W"), "new slots 1124T0530 1125T0530"},
		{"two whole days each week", single("DTSTART;VALUE=DATE:20261125", "DTEND;VALUE=DATE:20261127", "RRULE:FREQ=WEEKLY"), "new recurring 1125T0530 1202T0530 1209T0530 first-day"},
		{"past", single("DTSTART:20261101T120000Z"), "refuse past"},
		{"past, of a rule", single("DTSTART:20261001T120000Z", "RRULE:FREQ=DAILY;COUNT=5"), "refuse past"},
		{"at night", single("DTSTART:20261202T190000Z"), "refuse outside-hours"},
		{"Outlook's name of the zone", single("DTSTART;TZID=SE Asia Standard Time:20261202T190000"), "new once 1202T1900"},
		{"Outlook's name in quotes", single(`DTSTART;TZID="SE Asia Standard Time":20261202T190000`), "new once 1202T1900"},
		{"Windows' name of another zone", single("DTSTART;TZID=Tokyo Standard Time:20261202T190000"), "new once 1202T1700"},
		{"an old name of the zone", single("DTSTART;TZID=Asia/Saigon:20261202T190000", "RRULE:FREQ=WEEKLY"), "new recurring 1202T1900 1209T1900 1216T1900"},
		{"libical's name", single("DTSTART;TZID=/freeassociation.sourceforge.net/Asia/Ho_Chi_Minh:20261202T190000"), "new once 1202T1900"},
		{"Mozilla's name", single("DTSTART;TZID=/mozilla.org/20050126_1/America/Argentina/Buenos_Aires:20261202T080000"), "new once 1202T1800"},
		{"a zone of its own", zoneOf("Giờ nhà mình", "+0630", "+0700") + single("DTSTART;TZID=Giờ nhà mình:20261202T190000", "RRULE:FREQ=WEEKLY"), "new recurring 1202T1900 1209T1900 1216T1900"},
		{"a zone of its own elsewhere", zoneOf("(UTC+09.00) Osaka", "+0900") + single(`DTSTART;TZID="(UTC+09.00) Osaka":20261202T190000`), "new once 1202T1700"},
		{"a zone of its own without a name here", zoneOf("Chatham", "+1245") + single("DTSTART;TZID=Chatham:20261202T190000"), "refuse rule-zone"},
		{"a zone of its own with summer time", zoneOf("Customized Time Zone", "+0100;FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "+0200;FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU") + single("DTSTART;TZID=Customized Time Zone:20261202T130000"), "refuse rule-zone"},
		{"a zone that nobody defines", single("DTSTART;TZID=Sao/Hoa:20261202T190000"), "refuse rule-zone"},
		{"a moved time", event("a", "Vệ sinh", weekly...) + single("RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261203T070000"), "new recurring 1125T0600 1203T0700 1209T0600"},
		{"a moved time before its event", single("RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261203T070000") + event("a", "Vệ sinh", weekly...), "new recurring 1125T0600 1203T0700 1209T0600"},
		{"a time that was moved twice", event("a", "Vệ sinh", weekly...) + single("SEQUENCE:2", "RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261203T070000") +
			single("SEQUENCE:1", "RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261204T070000"), "new recurring 1125T0600 1203T0700 1209T0600"},
		{"a time with other words", event("a", "Vệ sinh", weekly...) + event("a", "Vệ sinh và họp", "RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261202T060000"), "new recurring 1125T0600 1202T0600 1209T0600 other-words"},
		{"times that change places", event("a", "Vệ sinh", weekly...) + single("RECURRENCE-ID"+zone+"20261202T060000", "DTSTART"+zone+"20261209T060000") +
			single("RECURRENCE-ID"+zone+"20261209T060000", "DTSTART"+zone+"20261202T060000"), "new recurring 1125T0600 1202T0600 1209T0600"},
		{
			"moved onto a day left out", event("a", "Vệ sinh", append(slices.Clone(weekly), "EXDATE"+zone+"20261209T060000")...) + single("RECURRENCE-ID"+zone+"20261202T060000", "DTSTART:20261208T230000Z"),
			"new recurring 1125T0600 1209T0600 1216T0600",
		},
		{"a whole day moved", single("DTSTART;VALUE=DATE:20261125", "RRULE:FREQ=WEEKLY") + single("RECURRENCE-ID;VALUE=DATE:20261202", "DTSTART;VALUE=DATE:20261203"), "new recurring 1125T0530 1203T0530 1209T0530"},
		{"a cancelled time", event("a", "Vệ sinh", weekly...) + single("RECURRENCE-ID:20261201T230000Z", "STATUS:CANCELLED"), "new recurring 1125T0600 1209T0600 1216T0600"},
		{"this time and all later ones", event("a", "Vệ sinh", weekly...) + single("RECURRENCE-ID;RANGE=THISANDFUTURE"+zone+"20261202T060000", "DTSTART"+zone+"20261202T070000"), "refuse and-later"},
		{"10,000 exceptions", single(append(slices.Clone(weekly[:1]), append([]string{"RRULE:FREQ=DAILY"}, exceptions...)...)...), "new recurring 0412T0600 0413T0600 0414T0600"},
		{"10,001 exceptions", single(append(slices.Clone(weekly[:1]), append([]string{"RRULE:FREQ=DAILY", "EXDATE:20200101T000000Z"}, exceptions...)...)...), "refuse rule-too-many"},
		{"an exception rule", single(append(slices.Clone(weekly), "EXRULE:FREQ=MONTHLY")...), "refuse rule-part"},
		{"two rules", single(append(slices.Clone(weekly), "RRULE:FREQ=MONTHLY")...), "refuse rule-twice"},
		{"added periods", single("DTSTART"+zone+"20261125T060000", "RDATE;VALUE=PERIOD:20261127T230000Z/PT1H,20261128T230000Z/20261129T000000Z"), "new recurring 1125T0600 1128T0600 1129T0600"},
		{"called off", single("DTSTART:20261202T120000Z", "STATUS:CANCELLED"), "refuse cancelled"},
		{"private", single("DTSTART:20261202T120000Z", "CLASS:PRIVATE"), "refuse private"},
		{"the same twice over", single("DTSTART:20261202T120000Z") + single("DTSTART:20261202T120000Z"), "new once 1202T1900"},
		{"two events of one UID", single("DTSTART:20261202T120000Z") + single("DTSTART:20261203T120000Z"), "refuse twice"},
		{"no UID", strings.Replace(single("DTSTART:20261202T120000Z"), "UID:a\r\n", "", 1), "refuse no-uid"},
		{"no title", event("a", "", "DTSTART:20261202T120000Z"), "refuse no-title"},
		{"an alarm within", single("DTSTART:20261202T120000Z", "BEGIN:VALARM", "UID:chuong", "SUMMARY:Chuông", "DTSTART:20200101T000000Z", "TRIGGER:-PT15M", "BEGIN:X-SAU", "SUMMARY:Sâu", "END:X-SAU", "END:VALARM"), "new once 1202T1900"},
		{"a damaged line", single("DTSTART:20261202T120000Z", "DESCRIPTION", "dòng lạc"), "refuse torn-event"},
		{"names in small letters", strings.NewReplacer("BEGIN:VEVENT", "begin:vevent", "END:VEVENT", "end:vevent", "SUMMARY", "Summary", "DTSTART", "dtstart").Replace(single("DTSTART:20261202T120000Z")), "new once 1202T1900"},
		{"line ends of every kind", strings.NewReplacer("SUMMARY:Vệ sinh\r\n", "SUMMARY:Vệ\n  sinh\r\r\n", "END:VEVENT\r\n", "END:VEVENT\n\n").Replace(single("DTSTART:20261202T120000Z")), "new once 1202T1900"},
		{"folded within a letter", strings.Replace(single("DTSTART:20261202T120000Z"), "Vệ", "V\xe1\r\n \xbb\r\n\t\x87", 1), "new once 1202T1900"},
		{"a task beside it", "BEGIN:VTODO\r\nUID:viec\r\nSUMMARY:Việc\r\nEND:VTODO\r\n" + single("DTSTART:20261202T120000Z"), "new once 1202T1900"},
	}
	h := newHouse(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.t = t
			before := len(h.w.notices)
			if !utf8.ValidString(tt.file) { // which JSON cannot carry, but a form can
				read, err := web.ReadCalendar([]byte(intakeFile(tt.file)), h.w.now.Location())
				if err != nil || len(read) != 1 || read[0].Title != "Vệ sinh" || read[0].Fault != nil {
					t.Errorf("%+v, %v", read, err)
				}
				return
			}
			all := h.calendar("cadre", "preview", intakeFile(tt.file))
			e := all["a"]
			if tt.want == "refuse no-uid" {
				e = all[""]
			}
			if got := outcome(e); got != tt.want || len(all) != 1 {
				t.Errorf("%d events, %s (%s), want %s", len(all), got, e.Detail, tt.want)
			}
			if e.Deed == "refuse" && (e.Detail == "" || strings.Contains(e.Detail, "\n") || len([]rune(e.Detail)) > 220) {
				t.Errorf("says %q", e.Detail)
			}
			if strings.Contains(e.Rule, "TZID") {
				t.Errorf("the village's own clock is told as another's: %s", e.Rule)
			}
			if e.Deed == "new" && (e.Title != "Vệ sinh" || e.Text != "Vệ sinh") {
				t.Errorf("it reads %q: %q", e.Title, e.Text)
			}
			if len(h.w.notices) != before {
				t.Error("looking saved something")
			}
		})
	}
}

// TestAwkwardFiles: of a whole file that cannot be read a sentence says why, and what
// only looks odd is read.
func TestAwkwardFiles(t *testing.T) {
	one := event("a", "Vệ sinh", "DTSTART:20261202T120000Z")
	whole := intakeFile(one)
	withMethod := func(method, more string) string {
		return strings.Replace(intakeFile(strings.Replace(one, "END:VEVENT", more+"END:VEVENT", 1)), "PRODID:x\r\n", "PRODID:x\r\nMETHOD:"+method+"\r\n", 1)
	}
	tests := []struct{ name, file, want string }{
		{"OK", whole, "new once 1202T1900"},
		{"a mark at its beginning", "\xef\xbb\xbf" + whole, "new once 1202T1900"},
		{"empty lines around", "\r\n\r\n" + whole + "\r\n\r\n", "new once 1202T1900"},
		{"several calendars", whole + intakeFile(event("b", "Họp", "DTSTART:20261202T120000Z")), "new once 1202T1900"},
		{"called off as a whole", withMethod("CANCEL", ""), "refuse cancelled"},
		{"an answer", withMethod("REPLY", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b\r\n"), "refuse answer"},
		{"a request", withMethod("REQUEST", "ORGANIZER;CN=\"Thôn; Ún Tà: xã\":mailto:a@b\r\n"), "new once 1202T1900"},
		{"vCalendar", strings.Replace(whole, "VERSION:2.0", "VERSION:1.0", 1), "refuse old-format"},
		{"cut off", whole[:len(whole)-30], "422 torn"},
		{"closed in the wrong order", strings.Replace(whole, "END:VEVENT\r\n", "BEGIN:VALARM\r\nEND:VEVENT\r\nEND:VALARM\r\n", 1), "422 torn"},
		{"alarms without end", strings.Replace(whole, "END:VEVENT", strings.Repeat("BEGIN:VALARM\r\n", 100)+"END:VEVENT", 1), "422 torn"},
		{"another alphabet", strings.Replace(whole, "Vệ sinh", "V\xea sinh", 1), "422 encoding"},
		{"10 MB", whole + strings.Repeat(" ", 10<<20), "413 too-large"},
		{"2 MB", whole + strings.Repeat(" ", 2<<20), "422 too-large"},
		{"a web page", "<!DOCTYPE html><html></html>", "422 no-calendar"},
		{"a card", "BEGIN:VCARD\r\nFN:Lan\r\nEND:VCARD\r\n", "422 no-calendar"},
		{"UTF-16", "\xff\xfeB\x00E\x00G\x00I\x00N\x00", "422 no-calendar"},
	}
	h := newHouse(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if status, code, refused := strings.Cut(tt.want, " "); refused && status[0] == '4' {
				_, err := web.ReadCalendar([]byte(tt.file), time.UTC)
				if err == nil || err.Error() != (web.CalendarFault{Code: code, Limit: "1"}).Error() {
					t.Errorf("%v, want %s", err, code)
				}
				if !utf8.ValidString(tt.file) {
					return
				}
				raw, err := json.Marshal(map[string]string{"calendar": tt.file})
				if err != nil {
					t.Fatal(err)
				}
				if got := h.call("cadre", http.MethodPost, "/api/v1/calendars/preview", string(raw)); fmt.Sprint(got.Status) != status {
					t.Errorf("%d %.200s", got.Status, got.Body)
				}
				return
			}
			h.t = t
			if got := h.calendar("cadre", "preview", tt.file)["a"]; outcome(got) != tt.want {
				t.Errorf("%s (%s), want %s", outcome(got), got.Detail, tt.want)
			}
		})
	}
}

// TestEventsAreReadInFull: escapes, markup and the place of an event become words that
// can be read aloud.
func TestEventsAreReadInFull(t *testing.T) {
	h := newHouse(t)
	for name, tt := range map[string]struct {
		lines []string
		want  string
	}{
		"escapes":            {[]string{`DESCRIPTION:C:\\nhà\; một\, hai\nba\Nbốn`}, "Họp thôn.\nC:\\nhà; một, hai\nba\nbốn"},
		"markup":             {[]string{`DESCRIPTION:<p>Mời <b>bà con</b> &amp; khách.</p><br/>Nhớ <a href="http://x">mang ghế</a>.`}, "Họp thôn.\nMời bà con & khách.\nNhớ mang ghế."},
		"no markup":          {[]string{"DESCRIPTION:Nhiệt độ < 5 và > 0."}, "Họp thôn.\nNhiệt độ < 5 và > 0."},
		"a place":            {[]string{`LOCATION:Nhà văn hóa\, thôn Ún Tà`}, "Họp thôn.\nĐịa điểm: Nhà văn hóa, thôn Ún Tà."},
		"a place that is in": {[]string{"DESCRIPTION:Tại nhà văn hóa.", "LOCATION:Nhà văn hóa"}, "Họp thôn.\nTại nhà văn hóa."},
		"an address":         {[]string{"LOCATION:https://meet.example/abc"}, "Họp thôn"},
		"emoji":              {[]string{"DESCRIPTION:Vui 🎉 lắm."}, "Họp thôn.\nVui 🎉 lắm."},
	} {
		e := h.calendar("cadre", "preview", intakeFile(event("a", "Họp thôn", append(tt.lines, "DTSTART:20261202T120000Z")...)))["a"]
		if e.Text != tt.want {
			t.Errorf("%s: %q, want %q (%s)", name, e.Text, tt.want, e.Detail)
		}
	}
}
