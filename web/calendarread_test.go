package web_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loalang/scheduler/calendar"
	"loalang/web"
)

const calendarFile = "\xef\xbb\xbfBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" +
	"BEGIN:VEVENT\r\nUID:hop\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261202T190000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n" +
	"EXDATE;TZID=Asia/Ho_Chi_Minh:20261209T190000\r\nSUMMARY:Họp thôn\\, bàn\r\n  việc làm đường\r\nDESCRIPTION:Mời bà con.\\nĐông đủ.\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:hop\r\nDTSTAMP:20261101T000000Z\r\nRECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261216T190000\r\nDTSTART;TZID=Asia/Ho_Chi_Minh:20261217T200000\r\nSUMMARY:Họp thôn\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:hop\r\nDTSTAMP:20261101T000000Z\r\nRECURRENCE-ID:20261223T120000Z\r\nDTSTART:20261223T120000Z\r\nSTATUS:CANCELLED\r\nSUMMARY:Họp thôn\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:tet\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20270206\r\nSUMMARY:Tết\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:utc\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T100000Z\r\nSUMMARY:Giờ quốc tế\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:xa\r\nDTSTAMP:20261101T000000Z\r\nDTSTART;TZID=Sao/Hoa:20261201T100000\r\nSUMMARY:Múi giờ lạ\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:khong\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T100000\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nSUMMARY:Ngày không có\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:thoi\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T100000\r\nSTATUS:CANCELLED\r\nSUMMARY:Đã thôi\r\nEND:VEVENT\r\n" +
	"END:VCALENDAR\r\n"

// TestReadCalendar says what each event of an awkward file becomes.
func TestReadCalendar(t *testing.T) {
	vietnam, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	events, err := web.ReadCalendar([]byte(calendarFile), vietnam)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		line := e.UID + " " + e.Title + ":"
		for _, m := range e.Times(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), 9, vietnam) {
			line += " " + m.At.In(vietnam).Format("0102T1504")
		}
		if e.AllDay {
			line += " all day"
		}
		if e.Fault != nil {
			line += " " + e.Fault.Error()
		}
		got = append(got, line)
	}
	want := []string{
		"hop Họp thôn, bàn việc làm đường: 1202T1900 1217T2000",
		"tet Tết: 0206T0000 all day",
		"utc Giờ quốc tế: 1201T1700",
		`xa Múi giờ lạ: the zone "Sao/Hoa" is not known: write such as Asia/Ho_Chi_Minh`,
		"khong Ngày không có: the rule never comes round: no year has such a day",
		"thoi Đã thôi: The event is cancelled in the file, and was never taken in before.",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if events[0].Text != "Mời bà con.\nĐông đủ." {
		t.Errorf("text %q", events[0].Text)
	}
	var bad calendar.RuleError
	if !errors.As(events[4].Fault, &bad) || bad.Code != calendar.RuleNever {
		t.Errorf("%v", events[4].Fault)
	}
}

// TestReadCalendarRefuses whole files in one sentence.
func TestReadCalendarRefuses(t *testing.T) {
	many := "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n", web.MaxCalendarEvents+1) + "END:VCALENDAR\r\n"
	for name, tt := range map[string]struct{ file, says string }{
		"too large": {strings.Repeat("x", web.MaxCalendarFile+1), "larger than 1 MiB"},
		"too many":  {many, "more than 10000 events"},
		"empty":     {"", "is no calendar"},
		"a picture": {"\x89PNG\r\n\x1a\n", "no calendar"},
		"torn":      {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID", "cannot be read"},
	} {
		if _, err := web.ReadCalendar([]byte(tt.file), time.UTC); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadCalendarReadsItsOwnFeed takes back what the feed gives.
func TestReadCalendarReadsItsOwnFeed(t *testing.T) {
	h := newHouse(t)
	h.fill()
	events, err := web.ReadCalendar(h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "").Body, time.UTC)
	if err != nil || len(events) == 0 || events[0].UID != "occ-1@un-ta.loalang" || events[0].Fault != nil {
		t.Errorf("%v %v", events, err)
	}
}

func FuzzReadCalendar(f *testing.F) {
	f.Add(calendarFile)
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;=:\nEND:VEVENT\nEND:VCALENDAR")
	f.Add(fmt.Sprintf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:x\nDTSTART:%s\nEND:VEVENT\nEND:VCALENDAR", "99991231T235959"))
	f.Add(intakeFile(zoneOf("Giờ nhà mình", "+0630", "+0700;FREQ=YEARLY")+event("a", "Vệ", `DTSTART;TZID="Giờ nhà mình":20261202T190000`, "RDATE;VALUE=PERIOD:20261127T230000Z/PT1H", "LOCATION:x", "BEGIN:VALARM", "END:VALARM")) +
		"begin:vcalendar\nmethod:cancel\nbegin:vevent\nuid:a\nrecurrence-id;range=thisandfuture;value=date:20261202\nend:vevent\nend:vcalendar")
	vietnam, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, file string) {
		begun := time.Now()
		defer func() {
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		}()
		events, err := web.ReadCalendar([]byte(file), vietnam)
		if err != nil && err.Error() == "" {
			t.Error("no sentence")
		}
		for _, e := range events {
			if e.Fault == nil && (e.UID == "" || e.Title == "" || e.Rule.Start().IsZero()) {
				t.Errorf("taken though nothing is there: %+v", e)
			}
			e.Times(time.Unix(1800000000, 0), 3, vietnam)
			if e.Fault == nil {
				if _, err := calendar.ParseRule(e.Rule.String()); err != nil {
					t.Errorf("its rule %q is not read back: %v", e.Rule, err)
				}
			} else if e.Fault.Error() == "" {
				t.Error("a fault without a sentence")
			}
		}
	})
}
