package scheduler_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loalang/scheduler"
)

// faultsOf lists what a Validate found as "field: code limit".
func faultsOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var invalid scheduler.Invalid
	if !errors.As(err, &invalid) || len(invalid) == 0 {
		t.Fatalf("error %v is no Invalid with faults", err)
	}
	var parts []string
	for _, f := range invalid {
		parts = append(parts, strings.TrimSpace(f.Field+": "+f.Code+" "+f.Limit))
	}
	return strings.Join(parts, "; ")
}

func TestAnnouncementValidate(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	tests := []struct {
		name string
		set  func(a *scheduler.Announcement)
		want string
	}{
		{"OK", func(*scheduler.Announcement) {}, ""},
		{"several lines", func(a *scheduler.Announcement) { a.Text = "Kính mời\n\tbà con." }, ""},
		{"text begins with a dash", func(a *scheduler.Announcement) { a.Text = "-h --help: họp thôn" }, ""},
		{"only a number", func(a *scheduler.Announcement) { a.Text = "115" }, ""},
		{"Giáy letters", func(a *scheduler.Announcement) { a.Text = "Mbanj raeuz" }, ""},
		{"nothing at all", func(a *scheduler.Announcement) { *a = scheduler.Announcement{} }, "title: required; text: required; class: unknown"},
		{"only blanks", func(a *scheduler.Announcement) { a.Text = " \n\t " }, "text: required"},
		{"100 KB of text", func(a *scheduler.Announcement) { a.Text = strings.Repeat("họp thôn! ", 10_000) }, "text: too-long 20000"},
		{"longest text", func(a *scheduler.Announcement) { a.Text = strings.Repeat("ạ", scheduler.MaxText) }, ""},
		{"longest title", func(a *scheduler.Announcement) { a.Title = strings.Repeat("ạ", 200) }, ""},
		{"title too long", func(a *scheduler.Announcement) { a.Title = strings.Repeat("ạ", 201) }, "title: too-long 200"},
		{"title of two lines", func(a *scheduler.Announcement) { a.Title = "Họp\nthôn" }, "title: control-characters"},
		{"a bell", func(a *scheduler.Announcement) { a.Text = "Họp\athôn" }, "text: control-characters"},
		{"a zero byte", func(a *scheduler.Announcement) { a.Text = "Họp\x00thôn" }, "text: control-characters"},
		{"an escape sequence", func(a *scheduler.Announcement) { a.Text = "\x1b[31mHọp" }, "text: control-characters"},
		{"no UTF-8", func(a *scheduler.Announcement) { a.Text = "H\xf4p th\xf4n" }, "text: control-characters"},
		{"right-to-left override", func(a *scheduler.Announcement) { a.Text = "Họp \u202ethôn" }, "text: control-characters"},
		{"only punctuation", func(a *scheduler.Announcement) { a.Text = "…?!. – ★" }, "text: no-words"},
		{"only a dash", func(a *scheduler.Announcement) { a.Text = "-" }, "text: no-words"},
		{"title of punctuation", func(a *scheduler.Announcement) { a.Title = "!!!" }, "title: no-words"},
		{"unknown class", func(a *scheduler.Announcement) { a.Class = "urgent" }, "class: unknown urgent"},
		{"issuer too long", func(a *scheduler.Announcement) { a.Issuer = strings.Repeat("x", 201) }, "issuer: too-long 200"},
		{"topic of two lines", func(a *scheduler.Announcement) { a.Topic = "hop\nthon" }, "topic: control-characters"},
		{"validity is over", func(a *scheduler.Announcement) { a.ValidUntil = now.Add(-2 * time.Minute) }, "valid_until: in-the-past"},
		{"year 9999", func(a *scheduler.Announcement) { a.ValidUntil = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "valid_until: too-far 2028-11-23"},
		{"begins in the year 9999", func(a *scheduler.Announcement) { a.ValidFrom = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "valid_from: too-far 2028-11-23"},
		{"ends before it begins", func(a *scheduler.Announcement) {
			a.ValidFrom, a.ValidUntil = now.Add(2*time.Hour), now.Add(time.Hour)
		}, "valid_until: wrong-order"},
		{"everything wrong at once", func(a *scheduler.Announcement) {
			a.Title, a.Text, a.Class = strings.Repeat("x", 201), "\a", "x"
		}, "title: too-long 200; text: control-characters; class: unknown x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := scheduler.Announcement{Title: "Họp thôn", Text: "Kính mời bà con đi họp.", Class: scheduler.ClassNormal}
			tt.set(&a)
			if got := faultsOf(t, a.Validate(now)); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

// TestInvalidInALog lists every fault.
func TestInvalidInALog(t *testing.T) {
	err := scheduler.Slot{Start: -1, Days: 200}.Validate()
	if want := "invalid: start: out-of-range, length: out-of-range, days: out-of-range"; err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

func TestScheduleValidate(t *testing.T) {
	now := at(t, "2026-11-23 12:00")
	date := func(y, m, d int) scheduler.Date { return scheduler.Date{Year: y, Month: time.Month(m), Day: d} }
	tests := []struct {
		name string
		s    scheduler.Schedule
		want string
	}{
		{"OK", once(now.Add(time.Minute)), ""},
		{"OK now", pressed(now), ""},
		{"OK daily", daily("chieu"), ""},
		{"nothing at all", scheduler.Schedule{}, "kind: required"},
		{"a kind that is none", scheduler.Schedule{Kind: "hourly"}, "kind: unknown hourly"},
		{"no instant", once(time.Time{}), "at: required"},
		{"a form filled in slowly", once(now.Add(-time.Minute)), ""},
		{"in the past", once(now.Add(-61 * time.Second)), "at: in-the-past"},
		{"long past", once(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)), "at: in-the-past"},
		{"two years ahead", once(now.AddDate(2, 0, 0)), ""},
		{"beyond two years", once(now.AddDate(2, 0, 0).Add(time.Second)), "at: too-far 2028-11-23"},
		{"year 9999", once(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)), "at: too-far 2028-11-23"},
		{"before the allowed hours", once(at(t, "2026-11-24 04:45")), "at: outside-hours 05:00–21:00"},
		{"when the hours begin", once(at(t, "2026-11-24 05:00")), ""},
		{"when the hours end", once(at(t, "2026-11-24 21:00")), "at: outside-hours 05:00–21:00"},
		{"no slot", daily(), "slots: required"},
		{"an empty slot ID", daily("chieu", ""), "slots: unknown"},
		{"today only", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(2026, 11, 23), Until: date(2026, 11, 23)}, ""},
		{"until before from", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(2026, 11, 25), Until: date(2026, 11, 24)}, "until: wrong-order"},
		{"until yesterday", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Until: date(2026, 11, 22)}, "until: in-the-past"},
		{"from long ago", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(2020, 1, 1)}, ""},
		{"from the year 9999", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(9999, 1, 1)}, "from: too-far 2028-11-23"},
		{"until the year 99999", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Until: date(99999, 1, 1)}, "until: too-far 2028-11-23"},
		{"no such day", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(2027, 2, 29)}, "from: out-of-range"},
		{"no such weekday in the dates", scheduler.Schedule{
			Kind: scheduler.Slots, Slots: []string{"chieu"}, From: date(2026, 11, 23), Until: date(2026, 11, 25),
			Days: 1<<time.Thursday | 1<<time.Sunday,
		}, "days: out-of-range thu,sun"},
		{"an eighth weekday", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Days: 200}, "days: out-of-range"},
		{"unknown misfire", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Misfire: scheduler.Misfire{Policy: "again"}}, "misfire: unknown again"},
		{"grace of two days", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Misfire: scheduler.Misfire{Grace: 48 * time.Hour}}, "misfire: out-of-range 24h0m0s"},
		{"negative grace", scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{"chieu"}, Misfire: scheduler.Misfire{Grace: -1}}, "misfire: out-of-range 24h0m0s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := faultsOf(t, tt.s.Validate(now, unTa())); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("windows by weekday", func(t *testing.T) {
		v := unTa()
		v.Allowed = []scheduler.Window{{From: 300, To: 1260, Days: 0b0111110}, {From: 480, To: 660, Days: 1}}
		for day, want := range map[string]string{"2026-11-27 04:00": "05:00–21:00", "2026-11-28 12:00": "", "2026-11-29 12:00": "08:00–11:00"} {
			if got := strings.TrimSpace(faultsOf(t, once(at(t, day)).Validate(now, v))); got != strings.TrimSpace("at: outside-hours "+want) {
				t.Errorf("%s: faults %q, want those of its day", day, got)
			}
		}
	})
	t.Run("an emergency passes no windows", func(t *testing.T) {
		v := unTa()
		v.Allowed = nil
		if err := once(at(t, "2026-11-24 02:00")).Validate(now, v); err != nil {
			t.Error(err)
		}
	})
	t.Run("a village without a zone", func(t *testing.T) {
		if err := daily("chieu").Validate(now, scheduler.Village{Zone: "Asia/Un_Ta"}); err != nil {
			t.Error(err) // the village is at fault, not the schedule
		}
	})
}

func TestSlotValidate(t *testing.T) {
	tests := []struct {
		name string
		s    scheduler.Slot
		want string
	}{
		{"OK", scheduler.Slot{Name: "Buổi sáng", Start: 330, Length: time.Hour}, ""},
		{"over midnight", scheduler.Slot{Start: 1439, Length: 12 * time.Hour}, ""},
		{"at 24:00", scheduler.Slot{Start: 1440, Length: time.Hour}, "start: out-of-range 00:00–23:59"},
		{"before midnight", scheduler.Slot{Start: -1, Length: time.Hour}, "start: out-of-range 00:00–23:59"},
		{"no length", scheduler.Slot{Start: 330}, "length: out-of-range 1m0s–12h0m0s"},
		{"a whole day", scheduler.Slot{Start: 330, Length: day}, "length: out-of-range 1m0s–12h0m0s"},
		{"an eighth weekday", scheduler.Slot{Start: 330, Length: time.Hour, Days: 128}, "days: out-of-range"},
		{"a bell in its name", scheduler.Slot{Name: "Buổi\a", Start: 330, Length: time.Hour}, "name: control-characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := faultsOf(t, tt.s.Validate()); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVillageValidate(t *testing.T) {
	tests := []struct {
		name string
		set  func(v *scheduler.Village)
		want string
	}{
		{"OK", func(*scheduler.Village) {}, ""},
		{"nothing at all", func(v *scheduler.Village) { *v = scheduler.Village{} }, "key: unknown; name: required; zone: unknown; languages: required"},
		{"key with diacritics", func(v *scheduler.Village) { v.Key = "Ún Tà" }, "key: unknown Ún Tà"},
		{"the machine's own zone", func(v *scheduler.Village) { v.Zone = "Local" }, "zone: unknown Local"},
		{"no such zone", func(v *scheduler.Village) { v.Zone = "Asia/Hanoi2" }, "zone: unknown Asia/Hanoi2"},
		{"a zone outside the data", func(v *scheduler.Village) { v.Zone = "../../etc/passwd" }, "zone: unknown ../../etc/passwd"},
		{"a language twice", func(v *scheduler.Village) { v.Languages = []string{"vi", "pcc", "vi"} }, "languages: unknown vi"},
		{"no language code", func(v *scheduler.Village) { v.Languages = []string{"Tiếng Việt"} }, "languages: unknown Tiếng Việt"},
		{"window to the end of the day", func(v *scheduler.Village) { v.Allowed = []scheduler.Window{{From: 0, To: 1440}} }, ""},
		{"window over midnight", func(v *scheduler.Village) { v.Allowed = []scheduler.Window{{From: 1260, To: 300}} }, "allowed: wrong-order"},
		{"window of nothing", func(v *scheduler.Village) { v.Allowed = []scheduler.Window{{From: 300, To: 300}} }, "allowed: wrong-order"},
		{"window beyond the day", func(v *scheduler.Village) { v.Allowed = []scheduler.Window{{From: 300, To: 1441}} }, "allowed: out-of-range 00:00–24:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := unTa()
			tt.set(&v)
			if got := faultsOf(t, v.Validate()); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEmergencyValidate(t *testing.T) {
	now := at(t, "2026-11-23 02:00")
	tests := []struct {
		name string
		set  func(e *scheduler.Emergency)
		want string
	}{
		{"OK", func(*scheduler.Emergency) {}, ""},
		{"siren only", func(e *scheduler.Emergency) { e.Text = "" }, ""},
		{"only a reason", func(e *scheduler.Emergency) { e.Title, e.Source, e.Text = "", "", "" }, ""},
		{"no reason", func(e *scheduler.Emergency) { e.Reason = " " }, "reason: required"},
		{"reason of punctuation", func(e *scheduler.Emergency) { e.Reason = "!!!" }, "reason: no-words"},
		{"text of punctuation", func(e *scheduler.Emergency) { e.Text = "..." }, "text: no-words"},
		{"text too long", func(e *scheduler.Emergency) { e.Text = strings.Repeat("lũ ", 10_000) }, "text: too-long 20000"},
		{"control characters", func(e *scheduler.Emergency) { e.Title, e.Source = "\a", "\a" }, "title: control-characters; source: control-characters"},
		{"never expires", func(e *scheduler.Emergency) { e.Expires = time.Time{} }, "expires: required"},
		{"expired", func(e *scheduler.Emergency) { e.Expires = now }, "expires: in-the-past"},
		{"expires before it is raised", func(e *scheduler.Emergency) { e.Raised = e.Expires.Add(1) }, "expires: wrong-order"},
		{"lasts for days", func(e *scheduler.Emergency) { e.Expires = now.Add(25 * time.Hour) }, "expires: out-of-range <= 24h0m0s"},
		{"repeat", func(e *scheduler.Emergency) { e.Repeat = -1 }, "repeat: out-of-range 0–100"},
		{"language", func(e *scheduler.Emergency) { e.Languages = []string{"vi", "?"} }, "languages: unknown ?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := scheduler.Emergency{
				Title: "Lũ quét", Reason: "Nước suối lên nhanh", Source: "Trưởng thôn", Text: "Bà con rời khỏi bờ suối ngay.",
				Languages: []string{"vi", "pcc"}, Raised: now, Expires: now.Add(scheduler.DefaultEmergencyLife),
			}
			tt.set(&e)
			if got := faultsOf(t, e.Validate(now)); got != tt.want {
				t.Errorf("faults %q, want %q", got, tt.want)
			}
		})
	}
}

// TestAlertEndsByItself: an emergency expires from its own end time
// (SkywarnPlus#32).
func TestAlertEndsByItself(t *testing.T) {
	raised := at(t, "2026-11-23 02:00")
	e := scheduler.Emergency{Raised: raised, Expires: raised.Add(15 * time.Minute)}
	for offset, want := range map[time.Duration]bool{-1: false, 0: true, 15*time.Minute - 1: true, 15 * time.Minute: false, time.Hour: false} {
		if got := e.ActiveAt(raised.Add(offset)); got != want {
			t.Errorf("active %s after it was raised: %v", offset, got)
		}
	}
	e.Ended = raised.Add(time.Minute)
	if e.ActiveAt(raised.Add(2 * time.Minute)) {
		t.Error("active after it was ended")
	}
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"OK", "Họp thôn", "Họp thôn"},
		{"letters in pieces", "Ho\u0323p tho\u0302n", "Họp thôn"},
		{"Windows", "một\r\nhai\r\n", "một\nhai\n"},
		{"old Macintosh", "một\rhai", "một\nhai"},
		{"line and paragraph separators", "một\u2028hai\u2029ba", "một\nhai\n\nba"},
		{"byte order mark", "\ufeffHọp", "Họp"},
		{"control characters stay, to be refused", "a\x00b", "a\x00b"},
		{"blanks stay", "  a  ", "  a  "},
		{"dash", "-- a", "-- a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scheduler.Clean(tt.in); got != tt.want {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestFileTitle(t *testing.T) {
	long := strings.Repeat("ờ", scheduler.MaxTitle)
	tests := []struct{ name, in, want string }{
		{"OK", "Họp thôn.m4a", "Họp thôn"},
		{"folders", `/home/páo/Ghi âm\Họp.mp3`, "Họp"},
		{"a dot that is no ending", "19.30 ngày 24", "19.30 ngày 24"},
		{"letters in pieces", "Ho\u0323p.ogg", "Họp"},
		{"hidden file", ".m4a", ".m4a"},
		{"just long enough", long + ".wav", long},
		{"too long", long + "ờ.wav", strings.Repeat("ờ", scheduler.MaxTitle-1) + "…"},
		{"control characters", "a\x00b\n\u202ec.wav", "a b c"},
		{"no UTF-8", "\xffhọp\xfe.wav", "họp"},
		{"blanks only", " \t.wav", ""},
		{"nothing", "", ""},
		{"a folder", "ghi/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scheduler.FileTitle(tt.in); got != tt.want {
				t.Errorf("FileTitle(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// FuzzText: whatever is typed, Clean settles after one go and Validate says
// something or lets through what has words and no control characters.
func FuzzText(f *testing.F) {
	for _, s := range []string{"Họp thôn", "Ho\u0323p\r\n", "\xff", "-", "\u202e", strings.Repeat("a", 20_001)} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		once := scheduler.Clean(s)
		if again := scheduler.Clean(once); again != once {
			t.Errorf("Clean(%q) = %q, again %q", s, once, again)
		}
		err := scheduler.Announcement{Title: "Họp", Text: once, Class: scheduler.ClassNormal}.Validate(now)
		if err == nil && (!utf8.ValidString(once) || strings.ContainsAny(once, "\x00\r\x1b") || utf8.RuneCountInString(once) > scheduler.MaxText) {
			t.Errorf("Validate let %q through", once)
		}
	})
}
