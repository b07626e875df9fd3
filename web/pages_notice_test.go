package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loalang/people"
	"loalang/recordings"
	"loalang/scheduler"
)

// notice is a form that is right.
func notice(changes ...string) url.Values {
	f := url.Values{
		"key": {"0193e000-0000-7000-8000-000000000001"}, "topic": {"tu-viet"}, "title": {"Mời họp thôn"},
		"text": {"UBND xã mời bà con họp lúc 19h tối mai."}, "language": {"vi", "pcc"}, "how_vi": {"voice"}, "when": {"minute"}, "do": {"send"},
	}
	for i := 0; i < len(changes); i += 2 {
		f.Del(changes[i])
		for _, v := range strings.Split(changes[i+1], "|") {
			if v != "" {
				f.Add(changes[i], v)
			}
		}
	}
	return f
}

// saved is the one announcement that was saved.
func saved(t *testing.T, w *world) scheduler.Dossier {
	t.Helper()
	if len(w.order) != 1 {
		t.Fatalf("%d announcements were saved", len(w.order))
	}
	return w.notices[w.order[0]]
}

func TestPageSendNotice(t *testing.T) {
	w := newWorld(t)
	p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", notice(), nil)
	if p.status != http.StatusSeeOther || p.location != "/announcements/0193e000-0000-7000-8000-000000000001?told=sent" {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	d := saved(t, w)
	a := d.Announcement
	if a.Title != "Mời họp thôn" || a.Text != "UBND xã mời bà con họp lúc 19h tối mai." || a.Class != scheduler.ClassNormal || a.Village != "un-ta" || a.CreatedBy != "truongthon" || a.Origin == "" {
		t.Errorf("announcement %+v", a)
	}
	if len(d.Renditions) != 2 {
		t.Fatalf("%d renditions", len(d.Renditions))
	}
	if r := d.Renditions[0]; r.Language != "vi" || r.State != scheduler.Spoken || r.SpokenText != "Ủy ban nhân dân xã mời bà con họp lúc mười chín giờ tối mai." || r.Announcement != a.ID || r.Village != "un-ta" {
		t.Errorf("Vietnamese %+v", r)
	}
	if r := d.Renditions[1]; r.Language != "pcc" || r.State != scheduler.Missing {
		t.Errorf("Giáy %+v", r)
	}
	if w.changed == 0 {
		t.Error("nobody was told to plan anew")
	}
}

func TestWhen(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		want    func(w *world) scheduler.Schedule
	}{
		{"OK now", []string{"when", "now"}, func(w *world) scheduler.Schedule {
			return scheduler.Schedule{Kind: scheduler.Now, At: w.now}
		}},
		{"in one minute", []string{"when", "minute"}, func(w *world) scheduler.Schedule {
			return scheduler.Schedule{Kind: scheduler.Once, At: w.now.Add(time.Minute)}
		}},
		{"this afternoon's slot", []string{"when", "slot:0193a000-0000-7000-8000-0000000000a2:2026-11-23"}, func(w *world) scheduler.Schedule {
			day := scheduler.Date{Year: 2026, Month: time.November, Day: 23}
			return scheduler.Schedule{Kind: scheduler.Slots, Slots: []string{w.slots[1].ID}, From: day, Until: day}
		}},
		{"daily on two days until a date", []string{"when", "daily", "slot", "0193a000-0000-7000-8000-0000000000a1|0193a000-0000-7000-8000-0000000000a2", "day", "mon|thu", "until", "2026-12-31"}, func(w *world) scheduler.Schedule {
			return scheduler.Schedule{
				Kind: scheduler.Slots, Slots: []string{w.slots[0].ID, w.slots[1].ID}, Days: 1<<time.Monday | 1<<time.Thursday,
				Until: scheduler.Date{Year: 2026, Month: time.December, Day: 31},
			}
		}},
		{"at an exact time", []string{"when", "at", "date", "2026-11-24", "time", "18:30"}, func(w *world) scheduler.Schedule {
			return scheduler.Schedule{Kind: scheduler.Once, At: w.at(24, 18, 30)}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", notice(tt.changes...), nil)
			if p.status != http.StatusSeeOther {
				t.Fatalf("status %d: %s", p.status, p.text)
			}
			d, want := saved(t, w), tt.want(w)
			if len(d.Schedules) != 1 {
				t.Fatalf("%d schedules", len(d.Schedules))
			}
			s := d.Schedules[0]
			if s.Kind != want.Kind || !s.At.Equal(want.At) || !slices.Equal(s.Slots, want.Slots) || s.Days != want.Days || s.From != want.From || s.Until != want.Until {
				t.Errorf("got %+v, want %+v", s, want)
			}
			if s.Announcement != d.Announcement.ID || s.Village != "un-ta" || s.CreatedBy != "truongthon" || s.ID == "" || s.Misfire.Policy == "" {
				t.Errorf("schedule %+v", s)
			}
			if p := newSite(t, w, people.Cadre, "vi").get(p.location); p.status != http.StatusOK {
				t.Errorf("its page: status %d", p.status)
			}
		})
	}
}

func TestLaterMakesNoSchedule(t *testing.T) {
	w := newWorld(t)
	newSite(t, w, people.Cadre, "vi").upload("/announcements/new", notice("when", "later"), nil)
	if d := saved(t, w); len(d.Schedules) != 0 {
		t.Errorf("schedules %+v", d.Schedules)
	}
}

func TestRecorderWritesWithoutSchedule(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Recorder, "vi")
	if p := s.get("/announcements/new"); strings.Contains(p.text, "Phát khi nào?") || !strings.Contains(p.text, "Lưu bản tin") {
		t.Error("the form asks when")
	}
	if p := s.upload("/announcements/new", notice("when", "now"), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if d := saved(t, w); len(d.Schedules) != 0 {
		t.Errorf("a recorder has scheduled %+v", d.Schedules)
	}
}

func TestNoticeFaults(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		want    string
	}{
		{"no title", []string{"title", ""}, "Chưa điền."},
		{"no text", []string{"text", ""}, "Chưa điền."},
		{"long text", []string{"text", strings.Repeat("bà con ", 15000)}, "Nhiều nhất 20000 ký tự"},
		{"only punctuation", []string{"text", "…!!! ---"}, "Không có chữ nào để đọc."},
		{"control characters", []string{"text", "Mời bà con\x01 họp."}, "Có ký tự lạ"},
		{"no language", []string{"language", ""}, "Chưa điền."},
		{"no when", []string{"when", ""}, "Chưa điền."},
		{"a slot that is none", []string{"when", "slot:x:2026-11-23"}, "Không có lựa chọn này."},
		{"daily without slots", []string{"when", "daily", "day", "mon"}, "Chưa điền."},
		{"daily without days", []string{"when", "daily", "slot", "0193a000-0000-7000-8000-0000000000a1"}, "Chưa điền."},
		{"daily backwards", []string{"when", "daily", "slot", "0193a000-0000-7000-8000-0000000000a1", "day", "mon", "from", "2026-12-24", "until", "2026-12-01"}, "Lúc kết thúc phải sau"},
		{"nonsense date", []string{"when", "at", "date", "mai", "time", "18:30"}, "Không hiểu ngày"},
		{"in the past", []string{"when", "at", "date", "2026-11-22", "time", "18:30"}, "Giờ này đã qua."},
		{"year 9999", []string{"when", "at", "date", "9999-12-31", "time", "18:30"}, "Xa quá."},
		{"at night", []string{"when", "at", "date", "2026-11-24", "time", "23:30"}, "Ngoài giờ được phát loa của thôn (05:00–21:00)"},
		{"blanks of the template", []string{"topic", "hop-thon", "text", "Họp lúc [giờ họp] tối mai."}, "Mẫu còn chỗ chưa điền: [giờ họp]"},
		{"a recording that is none", []string{"how_vi", "take"}, "Chưa có bản thu tiếng Việt. Xin thu hoặc chọn một tệp âm thanh; nếu lần này không phát tiếng Việt thì bỏ dấu chọn."},
		{"somebody else's recording", []string{"how_vi", "take", "take_vi", "feed"}, "Không tìm thấy."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			f := notice(tt.changes...)
			p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", f, nil)
			if p.status != http.StatusUnprocessableEntity || len(w.order) > 0 {
				t.Fatalf("status %d, saved %d: %s", p.status, len(w.order), p.text)
			}
			if !strings.Contains(p.text, tt.want) {
				t.Errorf("%q is not said: %s", tt.want, p.text)
			}
			got := p.fields(t)
			for _, name := range []string{"key", "topic", "title", "text", "language", "when", "date", "time", "day", "slot", "from", "until"} {
				if name == "when" && !strings.HasPrefix(f.Get("when"), "slot:x") && f.Get("when") != "" && got.Get(name) != f.Get(name) ||
					name != "when" && f.Get(name) != "" && !slices.Equal(got[name], f[name]) && !strings.Contains(f.Get(name), "\x01") {
					t.Errorf("%s was %q and is %q", name, f[name], got[name])
				}
			}
			p.checkForm(t, "vi")
		})
	}
}

func TestNowAtNightIsSaidBesideTheAnswer(t *testing.T) {
	w := newWorld(t)
	w.now = w.at(23, 22, 30)
	for _, answer := range []string{"now", "minute"} {
		p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", notice("when", answer), nil)
		if p.status != http.StatusUnprocessableEntity || len(w.order) > 0 {
			t.Fatalf("%s: status %d", answer, p.status)
		}
		nodes(t, p.body, func(n *html.Node) {
			if strings.Contains(attr(n, "class"), "more") && strings.Contains(textOf(n), "Ngoài giờ") {
				t.Errorf("%s: the fault is in a part of the form that is closed", answer)
			}
		})
		if !strings.Contains(p.text, "Ngoài giờ được phát loa của thôn (05:00–21:00)") {
			t.Errorf("%s: nothing is said", answer)
		}
	}
}

func TestSendingTwiceMakesOne(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	first := s.upload("/announcements/new", notice(), nil)
	if again := s.upload("/announcements/new", notice(), nil); again.location != first.location || len(w.order) != 1 {
		t.Errorf("sent to %q, %d saved", again.location, len(w.order))
	}
	if other := s.upload("/announcements/new", notice("title", "Mời họp thôn, đổi giờ"), nil); other.status != http.StatusSeeOther || other.location == first.location || len(w.order) != 2 {
		t.Errorf("a changed notice: status %d to %q, %d saved", other.status, other.location, len(w.order))
	}
	for _, d := range w.notices {
		for _, r := range d.Renditions {
			if r.Announcement != d.Announcement.ID {
				t.Errorf("rendition %s belongs to %s", r.ID, r.Announcement)
			}
		}
	}
}

func TestTooLargeForm(t *testing.T) {
	f := url.Values{"text": {strings.Repeat("x", 2<<20)}}
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	for name, p := range map[string]page{"plain": s.post("/announcements/preview", f), "multipart": s.upload("/announcements/new", f, nil)} {
		if p.status != http.StatusRequestEntityTooLarge || !strings.Contains(p.text, "Gửi lên nhiều quá") {
			t.Errorf("%s: status %d: %s", name, p.status, p.text)
		}
	}
}

func TestTemplateWithoutScript(t *testing.T) {
	p := newSite(t, newWorld(t), people.Cadre, "vi").upload("/announcements/new", notice("do", "template", "topic", "hop-thon", "text", ""), nil)
	f := p.fields(t)
	if p.status != http.StatusOK || f.Get("title") != "Mời họp thôn [ngày: ngày họp]" || !strings.Contains(f.Get("text"), "Thôn Ún Tà kính mời bà con") {
		t.Errorf("status %d, fields %v", p.status, f)
	}
}

func TestNoticeFromUploads(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.upload("/announcements/new", notice("how_vi", "take", "text", ""), map[string]string{"file_vi=C:\\voice\\Mời họp.m4a": "sound of phone", "file_pcc=giay.amr": "giáy"})
	if p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	d := saved(t, w)
	if len(d.Renditions) != 2 || d.Renditions[0].State != scheduler.Recorded || d.Renditions[1].State != scheduler.Recorded || d.Renditions[0].Recording == d.Renditions[1].Recording {
		t.Fatalf("renditions %+v", d.Renditions)
	}
	i := slices.IndexFunc(w.shelf, func(r recordings.Recording) bool { return r.ID == d.Renditions[0].Recording })
	if r := w.shelf[i]; r.Title != "Mời họp" || r.By != "truongthon" || r.Village != "un-ta" || r.Kind != recordings.Take {
		t.Errorf("recording %+v", r)
	}
}

func TestUploadSurvivesOtherFaults(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.upload("/announcements/new", notice("title", ""), map[string]string{"file_pcc=giay.m4a": "giáy"})
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Đã nhận “giay”") || !strings.Contains(p.text, "Có nhiều tiếng ồn.") {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	f := p.fields(t)
	f.Set("title", "Mời họp thôn")
	f.Set("do", "send")
	if p := s.upload("/announcements/new", f, nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if d := saved(t, w); d.Renditions[1].State != scheduler.Recorded || d.Renditions[1].Recording != w.shelf[0].ID {
		t.Errorf("Giáy %+v", d.Renditions[1])
	}
}

func TestPageRefusedUploads(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"empty", recordings.Refused{Code: recordings.Empty}, "Tệp rỗng."},
		{"not sound", recordings.Refused{Code: recordings.NotAudio}, "không phải là bản thu âm"},
		{"too long", recordings.Refused{Code: recordings.TooLong}, "dài quá 1 giờ"},
		{"disk full", recordings.ErrDiskFull, "gần hết chỗ"},
		{"too many at once", recordings.ErrBusy, "chờ vài phút rồi gửi lại"},
		{"no ffmpeg", recordings.ErrNoFFmpeg, "apt-get install ffmpeg"},
		{"no sandbox", recordings.ErrNoSandbox, "apt-get install bubblewrap"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			w.refuse = tt.err
			s := newSite(t, w, people.Cadre, "vi")
			file := map[string]string{"file_vi=a.m4a": "x"}
			answers := map[string]page{
				"/announcements/new":                     s.upload("/announcements/new", notice("how_vi", "take"), file),
				"/recordings":                            s.upload("/recordings", nil, map[string]string{"file_any=a.m4a": "x"}),
				"/announcements/" + meetingID + "/takes": s.upload("/announcements/"+meetingID+"/takes", url.Values{"language": {"vi"}}, file),
			}
			for path, p := range answers {
				if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, tt.want) {
					t.Errorf("%s: status %d: %s", path, p.status, p.text)
				}
			}
		})
	}
}

func TestPageAddTake(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	p := s.upload("/announcements/"+meetingID+"/takes", url.Values{"language": {"pcc"}}, map[string]string{"file_pcc=giay.ogg": "giáy"})
	if p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	d := w.notices[meetingID]
	if len(d.Renditions) != 2 || d.Renditions[0].State != scheduler.Ready || d.Renditions[1].State != scheduler.Recorded || d.Renditions[1].Recording == "" || len(d.Schedules) != 2 || w.changed == 0 {
		t.Errorf("after it: %+v", d)
	}
	if p := s.upload("/announcements/"+meetingID+"/takes", url.Values{"language": {"fr"}}, nil); p.status != http.StatusUnprocessableEntity {
		t.Errorf("unknown language: status %d", p.status)
	}
	if p := s.upload("/announcements/"+meetingID+"/takes", url.Values{"language": {"pcc"}}, nil); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Chưa có bản thu.") {
		t.Errorf("no file: status %d: %s", p.status, p.text)
	}
}

func TestPageLooksAgainWhileARenditionIsOnItsWay(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/" + meetingID); strings.Contains(p.body, "data-pending") {
		t.Error("nothing is on its way, and the page looks again")
	}
	d := w.notices[meetingID]
	d.Renditions[0].State = scheduler.Spoken
	if p := s.get("/announcements/" + meetingID); !strings.Contains(p.body, "data-pending") {
		t.Error("a rendition is on its way, and the page does not look again")
	}
	d.Renditions[0].Fault = "no-engine"
	if p := s.get("/announcements/" + meetingID); strings.Contains(p.body, "data-pending") {
		t.Error("the rendition cannot be made, and the page looks again")
	}
}

func TestSchedulesOfANotice(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	path := "/announcements/" + meetingID + "/schedules"
	if p := s.post(path, url.Values{"when": {"at"}, "date": {"2026-11-25"}, "time": {"18:00"}}); p.status != http.StatusSeeOther || len(w.notices[meetingID].Schedules) != 3 {
		t.Fatalf("add: status %d: %s", p.status, p.text)
	}
	if p := s.post(path, url.Values{"when": {"at"}, "date": {"2026-11-20"}, "time": {"18:00"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Giờ này đã qua.") {
		t.Errorf("add in the past: status %d: %s", p.status, p.text)
	}
	if p := s.post(path+"/s1/remove", looked(nil)); p.status != http.StatusSeeOther || len(w.notices[meetingID].Schedules) != 2 {
		t.Errorf("remove: status %d", p.status)
	}
	if p := s.post(path+"/s3/remove", looked(nil)); len(w.notices[cattleID].Schedules) != 1 {
		t.Errorf("another notice's schedule is gone: status %d", p.status)
	}
}

func TestPageWithdraw(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.onAir()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.post("/announcements/"+meetingID+"/withdraw", looked(nil)); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	if d := w.notices[meetingID]; d.Announcement.Withdrawn.IsZero() || len(d.Renditions) != 2 {
		t.Errorf("after it: %+v", d)
	}
	if !slices.Equal(w.stopped, []string{"o1"}) {
		t.Errorf("stopped %v", w.stopped)
	}
	p := s.get("/announcements/" + meetingID)
	if !strings.Contains(p.text, "Đã rút lại lúc") || strings.Contains(p.text, "Rút bản tin này") || strings.Contains(p.text, "Hẹn giờ phát") ||
		strings.Contains(p.text, "Lần tới") || strings.Contains(p.body, "/remove") {
		t.Errorf("its page: %s", p.text)
	}
	if p := s.post("/announcements/"+meetingID+"/schedules", url.Values{"when": {"minute"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("scheduled after all: status %d", p.status)
	}
}

// A notice that is written while the engine is missing waits for it.
func TestNoticeWithoutAnEngine(t *testing.T) {
	w := newWorld(t)
	w.noEngine = true
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/new"); !strings.Contains(p.text, "cài xong máy sẽ tự đọc") || !strings.Contains(p.body, `name="how_vi" value="voice" checked`) {
		t.Error("the page does not offer the machine's voice, or does not say that it must wait")
	}
	if p := s.upload("/announcements/new", notice(), nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	rs := saved(t, w).Renditions
	if rs[0].State != scheduler.Spoken || rs[0].Fault != "no-engine" || rs[0].SpokenText == "" || rs[1].State != scheduler.Missing {
		t.Errorf("renditions %+v", rs)
	}
}

// TestDraftOfASentNoticeIsForgotten: whoever left the page behind a notice before its
// module ran found the draft in the next one, and typed behind its words.
func TestDraftOfASentNoticeIsForgotten(t *testing.T) {
	s := newSite(t, newWorld(t), people.Cadre, "vi")
	f := s.get("/announcements/new").fields(t)
	key := f.Get("key")
	if key == "" || strings.Contains(s.get("/announcements/new").body, `data-sent="`+key) {
		t.Fatalf("the key %q, before it is sent", key)
	}
	f.Set("title", "Họp thôn")
	f.Set("text", "Kính mời bà con.")
	f["language"] = []string{"vi"}
	f.Set("when", "later")
	f.Set("do", "send")
	p := s.post("/announcements/new", f)
	if p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.text)
	}
	s.cookies = (&http.Response{Header: p.header}).Cookies()
	if body := s.get("/announcements/new").body; !strings.Contains(body, `data-sent="`+key+`"`) {
		t.Error("the phone is not told that it was sent")
	}
}
