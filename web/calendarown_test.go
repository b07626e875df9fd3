package web_test

import (
	"strings"
	"testing"

	"loalang/web"
)

// TestTheOwnFeedIsNotTakenIn: the plan of the village, imported back, made every notice
// air a second time.
func TestTheOwnFeedIsNotTakenIn(t *testing.T) {
	h := newHouse(t)
	h.fill()
	feed := string(h.feedAt("/calendar/un-ta.ics?token="+h.as["viewer"], "").Body)
	before := len(h.w.notices)
	for _, deed := range []string{"preview", "import"} {
		all := h.calendar("cadre", deed, feed)
		if len(all) == 0 {
			t.Fatalf("%s: the feed is empty", deed)
		}
		for uid, e := range all {
			if e.Deed != "refuse" || e.Fault != "own-plan" || !strings.Contains(e.Detail, "the plan of this village itself") {
				t.Errorf("%s %s: %s %s %q", deed, uid, e.Deed, e.Fault, e.Detail)
			}
		}
	}
	if len(h.w.notices) != before {
		t.Errorf("%d announcements were made", len(h.w.notices)-before)
	}
}

// TestAnotherVillagesFeedSaysWhereItIsFrom: it may be taken, and says what it is; a
// UID that only looks like it is anybody's.
func TestAnotherVillagesFeedSaysWhereItIsFrom(t *testing.T) {
	h := newHouse(t)
	for uid, want := range map[string]string{
		"occ-1@hop-thanh.loalang":       "new once 1202T1900 a-plan",
		"occ-1@un-ta-2.loalang":         "new once 1202T1900 a-plan",
		"x@un-ta.loalang.example.org":   "new once 1202T1900",
		"@un-ta.loalang":                "refuse own-plan",
		"a@b@un-ta.loalang":             "refuse own-plan",
		"loalang":                       "new once 1202T1900",
		"un-ta.loalang":                 "new once 1202T1900",
		"occ-1@.loalang":                "new once 1202T1900",
		"nghi-thuong@lich.xa.example":   "new once 1202T1900",
		"occ-1@un-ta.loalang@elsewhere": "new once 1202T1900",
	} {
		if got := outcome(h.calendar("cadre", "preview", intakeFile(event(uid, "Vệ sinh", "DTSTART:20261202T120000Z")))[uid]); got != want {
			t.Errorf("%s: %s, want %s", uid, got, want)
		}
	}
}

// TestReadingAnswersAsTakingInDoes: what cannot be taken because of its time is told so
// also where there is no village.
func TestReadingAnswersAsTakingInDoes(t *testing.T) {
	h := newHouse(t)
	for name, lines := range map[string][]string{
		"OK":                  {"DTSTART:20261202T120000Z"},
		"the year 9999":       {"DTSTART:99991230T120000Z"},
		"9999, by a rule":     {"DTSTART:99990101T120000Z", "RRULE:FREQ=DAILY"},
		"9999, a whole day":   {"DTSTART;VALUE=DATE:99990101"},
		"9999, several days":  {"DTSTART;VALUE=DATE:99990101", "DURATION:P3D"},
		"in three years":      {"DTSTART:20291202T120000Z"},
		"over":                {"DTSTART:20201202T120000Z"},
		"over, by a rule":     {"DTSTART:20201202T120000Z", "RRULE:FREQ=DAILY;COUNT=3"},
		"over, several days":  {"DTSTART;VALUE=DATE:20201202", "DURATION:P3D"},
		"today, a whole day":  {"DTSTART;VALUE=DATE:20261123"},
		"going on since 2020": {"DTSTART:20201202T120000Z", "RRULE:FREQ=DAILY"},
	} {
		file := intakeFile(event("a", "Vệ sinh", lines...))
		read, err := web.ReadCalendar([]byte(file), h.w.now.Location())
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if fault := read[0].FaultAt(h.w.now, h.w.now.Location()); fault != nil {
			said = web.CalendarFaultWords("en", fault)
		}
		taken := h.calendar("cadre", "preview", file)["a"]
		if (said == "") != (taken.Deed == "new") || said != taken.Detail && taken.Deed == "refuse" {
			t.Errorf("%s: reading says %q, taking in %s %q", name, said, taken.Deed, taken.Detail)
		}
	}
}
