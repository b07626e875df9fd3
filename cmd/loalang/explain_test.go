package main_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/store"
	"loalang/web"
)

// told is a data folder to ask about, and the midnight that begins tomorrow there.
type told struct {
	t    *testing.T
	data string
	db   *store.Store
	day  time.Time
	slot scheduler.Slot
	ids  map[string]string // of announcements, by title
}

// newTold makes a data folder with a village that allows 5:00 to 21:00, and one slot.
func newTold(t *testing.T) *told {
	t.Helper()
	w := &told{t: t, data: t.TempDir(), ids: map[string]string{}}
	w.open()
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := time.Now().In(loc).Date()
	if midnight := time.Date(y, m, d+1, 0, 0, 0, 0, loc); time.Until(midnight) < 2*time.Minute {
		time.Sleep(time.Until(midnight) + time.Second) // tomorrow must stay tomorrow
		y, m, d = midnight.Date()
	}
	w.day = time.Date(y, m, d+1, 0, 0, 0, 0, loc)
	v := scheduler.Village{Key: "un-ta", Name: "Ún Tà", Zone: loc.String(), Languages: []string{"vi", "pcc"}, Allowed: []scheduler.Window{{From: 5 * 60, To: 21 * 60}}}
	if err := w.db.Seed(t.Context(), v, []scheduler.Slot{{Name: "Buổi chiều", Start: 17 * 60, Length: 10 * time.Minute}}); err != nil {
		t.Fatal(err)
	}
	slots, err := w.db.Slots(t.Context(), "un-ta")
	if err != nil {
		t.Fatal(err)
	}
	w.slot = slots[0]
	return w
}

func (w *told) open() {
	w.t.Helper()
	db, err := store.Open(context.Background(), store.Config{Path: filepath.Join(w.data, "loalang.db"), Now: time.Now, NewID: uuid.NewString, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.db = db
}

// close leaves the folder to the command.
func (w *told) close() {
	w.t.Helper()
	if err := w.db.Close(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *told) rules(change func(v *scheduler.Village)) {
	w.t.Helper()
	v, err := w.db.Village(w.t.Context(), "un-ta")
	if err != nil {
		w.t.Fatal(err)
	}
	change(&v)
	if err := w.db.SaveVillage(w.t.Context(), v); err != nil {
		w.t.Fatal(err)
	}
}

// tell keeps an announcement whose Vietnamese is ready, with a schedule.
func (w *told) tell(title string, length time.Duration, s scheduler.Schedule, change ...func(a *scheduler.Announcement)) {
	w.t.Helper()
	made := time.Now().Add(-48 * time.Hour)
	a := scheduler.Announcement{Owned: scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Created: made}, Title: title, Text: title, Class: scheduler.ClassNormal}
	for _, f := range change {
		f(&a)
	}
	w.ids[title] = a.ID
	var rs []scheduler.Rendition
	if length > 0 {
		rs = append(rs, scheduler.Rendition{Owned: scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Created: made}, Announcement: a.ID, Language: "vi", State: scheduler.Ready, Recording: strings.Repeat("ab", 32), Length: length})
	}
	s.Owned, s.Announcement = scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Created: made}, a.ID
	if err := w.db.SaveAnnouncement(w.t.Context(), a, rs, []scheduler.Schedule{s}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *told) once(hour, minute int) scheduler.Schedule {
	return scheduler.Schedule{Kind: scheduler.Once, At: w.day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute).UTC()}
}

// run is a command that must succeed.
func (w *told) run(args ...string) string {
	w.t.Helper()
	out, errs, code := loalang(w.t, "", append(args, "--data", w.data)...)
	if code != 0 {
		w.t.Fatalf("%v: exit %d, %s", args, code, errs)
	}
	return out
}

// answers runs a command and reads its JSON.
func (w *told) answers(args ...string) []web.Answer {
	w.t.Helper()
	var seen web.Explained
	if err := json.Unmarshal([]byte(w.run(append(args, "--json")...)), &seen); err != nil {
		w.t.Fatalf("%v: %v", args, err)
	}
	return seen.Answers
}

// TestEveryReasonIsAnsweredByTheCommand walks the table of codes: `why` and
// `plan --explain` answer each in both languages, with its code.
func TestEveryReasonIsAnsweredByTheCommand(t *testing.T) {
	w := newTold(t)
	due := w.day.AddDate(0, 0, -2).Add(6 * time.Hour).UTC()
	for i, code := range scheduler.ReasonCodes() {
		at := due.Add(time.Duration(i) * time.Minute)
		row := playout.AsRun{
			Owned: scheduler.Owned{ID: uuid.NewString(), Village: "un-ta", Origin: "test", Created: at, Updated: at}, Occurrence: "was-" + code + ":un-ta:" + at.In(w.day.Location()).Format("2006-01-02T15:04:05") + ":1",
			Kind: scheduler.Notice, Title: "Bản tin " + code, Class: scheduler.ClassNormal, Nominal: at, Due: at, Outcome: playout.Missed, Cause: code, Heard: playout.NotMeasured,
		}
		if err := w.db.Record(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
	w.close()
	for _, lang := range []string{"vi", "en"} {
		by := map[string]web.Answer{}
		for _, a := range w.answers("plan", "--explain", "hôm qua", "--lang", lang) {
			by[a.Code] = a
		}
		for _, code := range scheduler.ReasonCodes() {
			a := by[code]
			text := strings.Join(a.Says, " ")
			if len(a.Says) < 2 || len(a.Codes) != 1 || strings.Contains(text, "reason.") || strings.Contains(text, "cause.") || strings.ContainsAny(text, "{}") {
				t.Errorf("%s %s: %+v", lang, code, a)
			}
		}
		if text := w.run("plan", "--explain", "yesterday", "--lang", lang); !strings.Contains(text, "(was "+scheduler.ReasonPower+")") || strings.Contains(text, "cause.") {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
}

// TestWhyAndExplain: real omissions of a real data folder, each by its code, in words,
// with what would help.
func TestWhyAndExplain(t *testing.T) {
	w := newTold(t)
	day := func(by int) scheduler.Date {
		d := w.day.AddDate(0, 0, by)
		return scheduler.Date{Year: d.Year(), Month: d.Month(), Day: d.Day()}
	}
	w.rules(func(v *scheduler.Village) {
		v.Rules.Quiet = []scheduler.Window{{From: 12 * 60, To: 13 * 60}}
		v.Rules.Limits = []scheduler.Limit{{Broadcast: 20 * time.Minute}}
		v.Rules.Holidays = []scheduler.Holiday{{Name: "Lễ", Year: day(1).Year, Month: int(day(1).Month), Day: day(1).Day, Rule: scheduler.NoSound}}
	})
	w.tell("Gọi dậy", time.Minute, w.once(4, 0))
	w.tell("Trưa yên", time.Minute, w.once(12, 10))
	w.tell("Dài quá", 25*time.Minute, w.once(9, 0))
	w.tell("Ngày lễ", time.Minute, scheduler.Schedule{Kind: scheduler.Once, At: w.day.AddDate(0, 0, 1).Add(10 * time.Hour).UTC()})
	w.tell("Chưa thu", 0, w.once(10, 0))
	w.tell("Hết hạn", time.Minute, w.once(11, 0), func(a *scheduler.Announcement) { a.ValidUntil = w.day.UTC() })
	w.tell("Chưa đến", time.Minute, w.once(11, 30), func(a *scheduler.Announcement) { a.ValidFrom = w.day.AddDate(0, 0, 3).UTC() })
	w.tell("Ưu tiên", 10*time.Minute, w.once(14, 0), func(a *scheduler.Announcement) { a.Class = scheduler.ClassPriority })
	punctual := w.once(14, 5)
	punctual.Misfire = scheduler.Misfire{Policy: scheduler.Skip}
	w.tell("Trùng giờ", time.Minute, punctual)
	w.tell("Đầy buổi", 6*time.Minute, scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{w.slot.ID}, From: day(0), Until: day(0)})
	w.tell("Không vừa", 5*time.Minute, scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{w.slot.ID}, From: day(0), Until: day(0)})
	w.tell("Mất buổi", time.Minute, scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{uuid.NewString()}, From: day(0)})
	w.tell("Đúng giờ", time.Minute, w.once(8, 0))
	w.close()
	cases := map[string]struct {
		title, code, kind, way string
		day                    string
	}{
		"OK":           {"Đúng giờ", scheduler.ReasonStands, "will", "", "mai"},
		"OutsideHours": {"Gọi dậy", scheduler.ReasonOutsideHours, "omitted", "at", "mai"},
		"Quiet":        {"Trưa yên", scheduler.ReasonQuiet, "omitted", "at", "mai"},
		"SlotBudget":   {"Dài quá", scheduler.ReasonSlotBudget, "omitted", "shorten", "mai"},
		"Holiday":      {"Ngày lễ", scheduler.ReasonHoliday, "omitted", "at", "ngày kia"},
		"NotReady":     {"Chưa thu", scheduler.ReasonNotReady, "omitted", "record", "mai"},
		"Expired":      {"Hết hạn", scheduler.ReasonExpired, "omitted", "valid", "mai"},
		"NotYetValid":  {"Chưa đến", scheduler.ReasonNotYetValid, "omitted", "at", "mai"},
		"Overlap":      {"Trùng giờ", scheduler.ReasonOverlap, "omitted", "later", "mai"},
		"SlotFull":     {"Không vừa", scheduler.ReasonSlotFull, "omitted", "shorten", "mai"},
		"NoSlot":       {"Mất buổi", scheduler.ReasonNoSlot, "", "", "mai"},
		"OtherDay":     {"Đúng giờ", scheduler.ReasonOtherDay, "not-promised", "", "kia"},
	}
	whole := w.answers("plan", "--explain", "tomorrow", "--lang", "en")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := w.answers("why", c.title, c.day, "--lang", "en")
			if len(got) == 0 || got[0].Code != c.code || c.kind != "" && got[0].Kind != c.kind || len(got[0].Says) == 0 {
				t.Fatalf("%+v", got)
			}
			if c.way != "" {
				if len(got[0].Suggestions) == 0 || got[0].Suggestions[0].Way != c.way || got[0].Ways[0] == "" {
					t.Errorf("ways %+v, want %s first", got[0].Suggestions, c.way)
				}
			}
			text := w.run("why", w.ids[c.title], c.day)
			if !strings.Contains(text, c.code) || !strings.Contains(text, c.title) || c.way != "" && !strings.Contains(text, "→ ") {
				t.Errorf("%s", text)
			}
			if got[0].Occurrence == "" {
				return
			}
			if byID := w.answers("why", got[0].Occurrence, "--lang", "en"); len(byID) == 0 || byID[0].Code != c.code {
				t.Errorf("by the ID of the occurrence: %+v", byID)
			}
			if bySchedule := w.answers("plan", "--explain", got[0].Schedule, c.day, "--lang", "en"); len(bySchedule) == 0 || bySchedule[0].Code != c.code {
				t.Errorf("by the ID of the schedule: %+v", bySchedule)
			}
			if c.day != "mai" {
				return
			}
			for _, a := range whole {
				if a.Occurrence == got[0].Occurrence && a.Code == c.code {
					return
				}
			}
			t.Errorf("it is not in the plan of the day: %+v", whole)
		})
	}
}

// TestWhyWrong: what cannot be answered gets one clear sentence.
func TestWhyWrong(t *testing.T) {
	w := newTold(t)
	w.tell("Họp thôn", time.Minute, w.once(10, 0))
	w.tell("Họp chi bộ", time.Minute, w.once(11, 0))
	w.close()
	unknown := uuid.NewString()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"UnknownID":         {[]string{"why", unknown}, "nothing here is called"},
		"UnknownOccurrence": {[]string{"why", unknown + ":un-ta:2026-11-27T10:00:00:1"}, "no announcement is known of the occurrence"},
		"SeveralTitles":     {[]string{"why", "họp"}, "is in several titles"},
		"NoDay":             {[]string{"why", "Họp thôn", "someday"}, "is no day"},
		"NoDayFlag":         {[]string{"why", "Họp thôn", "--day", "30/2"}, "is no day"},
		"TwoDays":           {[]string{"why", "mai", "nay"}, "one day too many"},
		"Beyond":            {[]string{"why", "Họp thôn", "2031-01-01"}, "beyond the plan, which reaches to"},
		"ExplainBeyond":     {[]string{"plan", "--explain", "--day", "2031-01-01"}, "beyond the plan, which reaches to"},
		"Language":          {[]string{"why", "Họp thôn", "--lang", "fr"}, "give vi or en"},
		"Blank":             {[]string{"why", " "}, "name an announcement"},
	} {
		out, errs, code := loalang(t, "", append(c.args, "--data", w.data)...)
		if code != 2 || !strings.Contains(errs, c.says) || strings.Count(strings.TrimSpace(errs), "\n") != 0 || out != "" {
			t.Errorf("%s: exit %d, %q %q", name, code, errs, out)
		}
	}
	if out := w.run("plan", "--explain", "2026-01-02"); !strings.Contains(out, "không phát gì") {
		t.Errorf("a day of which nothing is known: %s", out)
	}
	if out := w.run("plan", "--day", "mai"); !strings.Contains(out, "Họp thôn") {
		t.Errorf("plan --day mai: %s", out)
	}
}
