package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
	"loalang/web"
)

// spoiltLimits are bounds of every form that the code writes.
func spoiltLimits(t *testing.T) []string {
	t.Helper()
	out := []string{
		"", "1m0s–12h0m0s", "0–1h0m0s", "0–-1s", "24h0m0s", "1s–5m0s", "0s", "1h30m0s", ">= 0", "<= 50", "> 5", "< 1", "array length <= 400", "array length >= 1",
		"to be a multiple of 5", "366 d", "every day", "mon,wed", "mon, tue, wed, thu, fri, sat, sun", "00:00–23:59", "1–1440", "2028-11-23",
	}
	for _, s := range []scheduler.Slot{
		{Length: -1},
		{Length: 13 * 3600e9},
		{Length: 3600e9, Limit: -1},
		{Length: 3600e9, Limit: 7200e9},
		{Length: 3600e9, Days: 255, Start: -1},
		{Length: 3600e9, Relays: []scheduler.SlotRelay{{Station: "a", Offset: 3600e9, Length: 60e9}}},
		{Length: -1, Relays: []scheduler.SlotRelay{{Station: "a", Offset: 3600e9, Length: 60e9}}},
		{Length: 3600e9, Relays: []scheduler.SlotRelay{{Station: "a", Length: 60e9, Patience: 3600e9}}},
	} {
		out = append(out, limitsOf(t, s.Validate())...)
	}
	for _, rule := range []string{
		"FREQ=DAILY;BYTIME=2500", "FREQ=DAILY;INTERVAL=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYDAY=60MO", "FREQ=DAILY;OFFSET=4000", "FREQ=YEARLY;BYMONTH=3L",
		"FREQ=DAILY;SKIP=OMIT", "FREQ=MONTHLY;BYWEEKNO=3", "FREQ=DAILY;BYYEARDAY=3", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=DAILY;BYDAY=2MO",
		"FREQ=YEARLY;BYWEEKNO=2;BYDAY=2MO", "FREQ=DAILY;BYTIME=0530;BYHOUR=3", "FREQ=HOURLY;BYTIME=0530", "FREQ=DAILY;UNTIL=20270230", "DTSTART:20270230T060000",
		"DTSTART:20270228T250000", "FREQ=DAILY;BYX=1", "FREQ=DAILY;FREQ=DAILY", "DTSTART;TZID=Sao/Hoa:20261126T060000", "DTSTART:19500101\nRRULE:RSCALE=VIETNAMESE;FREQ=MONTHLY",
		"RSCALE=HEBREW;FREQ=DAILY", "FREQ=MINUTELY", "FREQ=DAILY;COUNT=99999999", "DTSTART:20261126\nRRULE:FREQ=DAILY;UNTIL=20200101",
	} {
		_, err := calendar.ParseRuleFrom(rule, calendar.Civil{Date: calendar.Date{Year: 2026, Month: 11, Day: 26}})
		wrong, ok := err.(calendar.RuleError) //nolint:errorlint // ParseRule promises it as it is
		if !ok {
			t.Fatalf("%s is no bad rule: %v", rule, err)
		}
		out = append(out, scheduler.RuleFault(wrong).Limit)
	}
	return append(out, writtenLimits(t)...)
}

func limitsOf(t *testing.T, err error) (out []string) {
	t.Helper()
	faults, ok := err.(scheduler.Invalid) //nolint:errorlint // Validate promises it as it is
	if !ok {
		t.Fatalf("%v", err)
	}
	for _, f := range faults {
		out = append(out, f.Limit)
	}
	return out
}

// writtenLimits are the bounds that stand as text in the code.
func writtenLimits(t *testing.T) (out []string) {
	t.Helper()
	forms := []*regexp.Regexp{regexp.MustCompile(`RuleError\{.*Limit: "([^"]+)"\}`), regexp.MustCompile(`Fault[A-Z]\w+, "([^"]+)"\)`), regexp.MustCompile(`Fault\{.*Limit: "([^"]+)"`)}
	for _, pattern := range []string{"*.go", "../scheduler/*.go", "../scheduler/calendar/*.go", "../people/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range forms {
				for _, found := range form.FindAllStringSubmatch(string(source), -1) {
					if strings.Contains(found[0], "Unknown") { // whose words leave the list of what there is to the page
						continue
					}
					out = append(out, "BYX 1: "+found[1], found[1])
				}
			}
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d bounds stand in the code: the search misses them", len(out)/2)
	}
	return out
}

var (
	goDuration  = regexp.MustCompile(`\d[hms]\d|\d[hms](?:[–).,: ]|$)|\d d(?:[–).,: ]|$)|>=|<=`)
	englishWord = regexp.MustCompile(`\d to -?\d|\b(?:of|the|days?|years?|rule|without|another|other|than|known|from|lunar|dates|leap|month|counted|weekday|every|mon|tue|wed|thu|fri|sat|sun|expected|number|array|length|multiple|there|such|calendar)\b`)
)

// TestFaultsSpeakNoCode: whatever the fault and its bound, people read minutes and
// hours, and Vietnamese in Vietnamese.
func TestFaultsSpeakNoCode(t *testing.T) {
	var codes []string
	for key := range web.Catalog("vi") {
		if code, is := strings.CutPrefix(key, "fault."); is {
			codes = append(codes, code)
		}
	}
	if len(codes) < 60 {
		t.Fatalf("%d codes", len(codes))
	}
	limits := spoiltLimits(t)
	for _, code := range codes {
		plain := map[string]string{"vi": web.FaultIn("vi", scheduler.Fault{Code: code}), "en": web.FaultIn("en", scheduler.Fault{Code: code})}
		for _, limit := range limits {
			for lang, without := range plain {
				said := web.FaultIn(lang, scheduler.Fault{Code: code, Limit: limit})
				if found := goDuration.FindString(said); found != "" && !goDuration.MatchString(without) {
					t.Errorf("%s %q in %s says %q: %s", code, limit, lang, found, said)
				}
				if lang == "vi" {
					if found := englishWord.FindString(said); found != "" && !englishWord.MatchString(without) {
						t.Errorf("%s %q says %q: %s", code, limit, found, said)
					}
				}
			}
		}
	}
}

// TestBoundsAreWorded holds how some of them read.
func TestBoundsAreWorded(t *testing.T) {
	for limit, want := range map[string][2]string{
		"1m0s–12h0m0s":                       {"1 phút–12 giờ", "1 min–12 h"},
		"0–1h30m0s":                          {"0–1 giờ 30 phút", "0–1 h 30 min"},
		"1s–5m0s":                            {"1 giây–5 phút", "1 s–5 min"},
		">= 0":                               {"từ 0 trở lên", "0 at least"},
		"BYTIME 2500: 0000 to 2359":          {"BYTIME 2500: từ 0000 đến 2359", "BYTIME 2500: 0000 to 2359"},
		"mon,sun":                            {"T2, CN", "Mon, Sun"},
		"2026–2060":                          {"2026–2060", "2026–2060"},
		"a leap month (L) + X":               {"tháng nhuận (L) + X", "a leap month (L) + X"},
		"FREQ 7: -366 to 366 days":           {"FREQ 7: từ -366 đến 366 ngày", "FREQ 7: -366 to 366 days"},
		"B 9: 1 to 5, or -5 to -1":           {"B 9: từ 1 đến 5, hoặc từ -5 đến -1", "B 9: 1 to 5, or -5 to -1"},
		"D 2027-02-30: there is no such day": {"D 2027-02-30: không có ngày này", "D 2027-02-30: there is no such day"},
	} {
		for i, lang := range []string{"vi", "en"} {
			if said := web.FaultIn(lang, scheduler.Fault{Code: scheduler.FaultRange, Limit: limit}); !strings.Contains(said, "("+want[i]+")") {
				t.Errorf("%q in %s: %s, want (%s)", limit, lang, said, want[i])
			}
		}
	}
}

// TestThirtiethOfFebruaryIsNamed: a day that there is not is told as one, not as a form
// that cannot be read.
func TestThirtiethOfFebruaryIsNamed(t *testing.T) {
	h := newHouse(t)
	for body, want := range map[string]string{
		`{"name":"Tối","start":"19:00","length":1800,"seasons":[{"from":"02-30","to":"03-15","start":"18:00"}]}`: "Không có ngày 30/2.",
		`{"name":"Tối","start":"19:00","length":1800,"seasons":[{"from":"hè","to":"03-15","start":"18:00"}]}`:    "ví dụ 11-15",
		`{"name":"Tối","start":"19:00","length":1800,"days_off":[{"date":"2027-02-30","off":true}]}`:             "Không có ngày 30/2/2027.",
		`{"name":"Tối","start":"19:00","length":30}`:                                                             "(1 phút–12 giờ)",
		`{"name":"Tối","start":"19:00","length":-1,"limit":60}`:                                                  "(0–12 giờ)",
	} {
		got := h.do(ask{as: "officer", method: http.MethodPost, path: "/api/v1/slots", body: body, header: map[string]string{"Accept-Language": "vi"}})
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(string(got.Body), want) {
			t.Errorf("%s: %d %s, want %q", body, got.Status, got.Body, want)
		}
	}
}

// TestASlotIsCalledOnce: "trong buổi Buổi chiều" said it twice.
func TestASlotIsCalledOnce(t *testing.T) {
	for name, want := range map[string]string{"Buổi chiều, 17:00": "buổi chiều, 17:00", "17:00": "buổi 17:00", "Chợ phiên, 06:00": "buổi Chợ phiên, 06:00"} {
		if got := web.ASlot("vi", name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := web.ASlot("en", "Buổi chiều, 17:00"); got != "Buổi chiều, 17:00" {
		t.Errorf("in English %q", got)
	}
	if said := web.Catalog("vi")["why.will-slot"]; strings.Contains(said, "buổi") {
		t.Errorf("%q says it besides", said)
	}
}
