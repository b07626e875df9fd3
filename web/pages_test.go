package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loalang/audio"
	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

func TestEveryPageInBothLanguages(t *testing.T) {
	pages := []struct {
		name, path string
		scene      func(w *world)
		vi, en     []string
	}{
		{
			"OK today", "/", (*world).fill,
			[]string{"Thứ Hai", "tháng 11 năm 2026", "Loa đang nghỉ", "Tiếp theo, lúc 17:01 hôm nay, thứ Hai 23/11: “" + meeting, "Giờ đúng", "Không có card âm thanh: loa sẽ không phát tiếng; vẫn nghe thử được trên trang này", "Đã phát đủ", "Từ 21:00 giữ yên lặng", "Tiếng Giáy chưa có"},
			[]string{"Monday", "November 2026", "The loudspeakers rest", "Next, at 17:01 today, Monday 23 November", "The time is right", "No sound card: nothing will be heard", "Played", "Quiet from 21:00"},
		},
		{
			"on air", "/", func(w *world) { w.fill(); w.onAir() },
			[]string{"Đang phát", "còn 0:48", "Tiếng Việt, loa cả thôn", "Nghe cùng", "Dừng phát", `x2="63%"`, "Âm-li đang bật", "Tiếng tốt"},
			[]string{"On air", "0:48 left", "Listen in", "Stop", "Amplifier on"},
		},
		{
			"dead air", "/", func(w *world) {
				w.fill()
				w.onAir()
				w.air.DeadAir = &playout.DeadAir{Occurrence: "o", Title: cattle, Since: w.at(23, 16, 18)}
			},
			[]string{"Không nghe thấy tiếng của bản tin “" + cattle + "”, từ 16:18"},
			[]string{"Nothing is to be heard of", "since 16:18"},
		},
		{
			"weak sound", "/", func(w *world) {
				w.onAirWith(audio.OutputState{Audible: true, Up: true, Fault: "no real-time priority; memory is not locked", Weak: []audio.Weakness{audio.NoRealTime, audio.NoMemoryLock}})
			},
			[]string{"Phần âm thanh chưa được máy ưu tiên", "Bộ nhớ của phần âm thanh chưa được giữ cố định", "sudo loalang-board doctor"},
			[]string{"The machine gives the sound no priority", "The memory of the sound is not locked"},
		},
		{
			"a buffer that was learned", "/", func(w *world) {
				w.onAirWith(audio.OutputState{Audible: true, Up: true, Buffer: 12 * time.Millisecond, Learned: true})
			},
			[]string{"Giờ đúng Tiếng tốt Âm-li đang bật"}, // health in words
			[]string{"The time is right Sound is well Amplifier on"},
		},
		{"today in an emergency", "/", func(w *world) { w.fill(); w.emergencyOn() }, []string{"Đang phát khẩn cấp", "Mở để dừng"}, []string{"Emergency on air"}},
		{"empty village", "/", func(*world) {}, []string{"Chưa có bản tin nào chờ phát. Bấm “Thông báo mới”", "chưa có bản tin"}, []string{"No notice waits", "Press “New notice”"}},
		{
			"clock unknown", "/", func(w *world) { w.air.Clock = hardware.ClockState{Trust: hardware.Unknown} },
			[]string{"Máy chưa biết giờ đúng", "Bây giờ là mấy giờ?", `type="date"`},
			[]string{"What time is it?"},
		},
		{
			"new notice", "/announcements/new", (*world).fill,
			[]string{"Nói gì?", "Họp thôn", "Viết bản tin", "Tiếp: chọn giờ phát", "Bằng tiếng Việt và tiếng Giáy", "Phát khi nào?", "Giờ khác", "17:00 hôm nay, thứ Hai 23/11", "05:30 ngày mai, thứ Ba 24/11", "Ghi bằng máy ghi âm", "Chọn tệp có sẵn", `capture`, "Sau một phút"},
			[]string{"What is it about?", "In which languages?", "When?", "In one minute", "Choose a file"},
		},
		{"notices", "/announcements", (*world).fill, []string{meeting, cattle, "Tiếng Giáy: chờ thu", "Tiếng Việt: xong", "Ưu tiên"}, []string{"Giáy: waits for a recording", "Priority"}},
		{"no notices", "/announcements", func(*world) {}, []string{"Chưa có bản tin nào."}, []string{"There is no notice yet."}},
		{
			"one notice", "/announcements/" + meetingID, (*world).fill,
			[]string{meeting, "họp lúc 19h ngày 24/11/2026", "Xong", "Chờ thu", "Buổi chiều, 17:00, hôm nay, thứ Hai 23/11", "18:30 ngày mai", "Rút bản tin này", "Lần tới: 17:01"},
			[]string{"Renditions", "Ready", "Withdraw this notice", "Next: 17:01"},
		},
		{"a notice that cannot be spoken", "/announcements/" + cattleID, (*world).fill, []string{"apt-get install espeak-ng", "Thứ Hai và thứ Tư: Buổi sáng, 05:30; Buổi chiều, 17:00"}, []string{"No speech engine is installed", "Monday and Wednesday"}},
		{
			"recording a notice", "/announcements/" + meetingID + "/record/pcc", (*world).fill,
			[]string{"Ghi âm tiếng Giáy", "Ưu tiên", "họp lúc 19h ngày 24/11/2026", "mười chín giờ", "Buổi chiều, 17:00, hôm nay, thứ Hai 23/11: còn chỗ cho", "Gửi tệp có sẵn", `name="cut_from"`, `name="wording"`, `data-syllables=`, "capture"},
			[]string{"Record in Giáy", "room for", "Send a file", "As it is spoken"},
		},
		{
			"recording what is there", "/announcements/" + meetingID + "/record/vi", (*world).fill,
			[]string{"Bản đã gửi", "Xong", "Có nhiều tiếng ồn.", "Vẫn phát được.", "Ghi tiếp: " + meeting, "/record/pcc"},
			[]string{"What was sent", "There is much noise."},
		},
		{"recordings", "/recordings", (*world).fill, []string{"Mời họp thôn, tiếng Giáy", "Có nhiều tiếng ồn.", "Nhạc hiệu", "/api/v1/recordings/" + takeID + "/audio", "0:27"}, []string{"There is much noise.", "Built in"}},
		{
			"plan", "/plan", (*world).fill,
			[]string{"Tuần 23/11 – 29/11", meeting, "4/30 phút", "Sẽ không phát: buổi phát đã hết chỗ", "31/30 phút", "ngoài giờ được phát loa; sớm nhất là 05:00 thứ Năm 26/11", "máy xếp lúc 16:20 hôm nay"},
			[]string{"Week 23/11 – 29/11", "Will not air: the slot is full", "the earliest is 05:00 Thursday 26 November"},
		},
		{
			"as-run", "/asrun", (*world).fill,
			[]string{"Từ 17/11 đến 23/11: 4 trong 6 lượt đã phát", "Đúng giờ", "Muộn 6 phút", "Bị ngắt giữa chừng", "Mất điện", "Card âm thanh hỏng", "bắt đầu 05:30:00,08, hết 05:31:31,08, lệch 0,08 giây, mức trung bình −18,0 dBFS, tiếng bị ngắt quãng 2 lần", "không rõ lúc hết", "người làm: thuy", "asrun.csv?from=2026-11-17", "Khẩn cấp"},
			[]string{"4 of 6 occurrences were aired", "6 min late", "Power cut", "began 05:30:00.08", "0.08 s off, mean level −18.0 dBFS, the sound broke off 2 times for a moment"},
		},
		{"empty as-run", "/asrun?from=2026-01-01&to=2026-01-02", (*world).fill, []string{"Không có lượt phát nào"}, []string{"Nothing was due"}},
		{"emergency", "/emergency", (*world).fill, []string{"Loa kêu ngay, ngắt mọi bản tin khác.", "Lũ quét, sạt lở đất", "Lý do", "bà con thôn Ún Tà", `data-hold="2000"`, "chỉ có còi"}, []string{"Flash flood, landslide", "siren only"}},
		{"emergency on air", "/emergency", func(w *world) { w.fill(); w.emergencyOn() }, []string{"Đang phát khẩn cấp", "Dừng lại", "Nước suối lên nhanh.", "Tự dừng lúc 16:35."}, []string{"It ends by itself at 16:35."}},
		{"account", "/account", (*world).fill, []string{"truongthon, Cán bộ thôn", "Đăng xuất"}, []string{"truongthon, Village cadre", "Sign out"}},
	}
	for _, tt := range pages {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			tt.scene(w)
			for lang, wants := range map[string][]string{"vi": tt.vi, "en": tt.en} {
				p := newSite(t, w, people.Cadre, lang).get(tt.path)
				if p.status != http.StatusOK {
					t.Fatalf("%s: status %d: %s", lang, p.status, p.body)
				}
				for _, want := range wants {
					if !strings.Contains(p.text, want) && !strings.Contains(p.body, want) {
						t.Errorf("%s: %q is not on the page", lang, want)
					}
				}
				p.checkForm(t, lang)
			}
		})
	}
}

func TestPageDatabaseGone(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/"); !strings.Contains(p.text, "Thôn Ún Tà") {
		t.Fatalf("first visit: %s", p.text)
	}
	w.broken = errors.New("database is locked")

	if p := s.get("/"); p.status != http.StatusOK || !strings.Contains(p.text, "kho dữ liệu chưa mở được") || !strings.Contains(p.text, "Thôn Ún Tà") {
		t.Errorf("today: status %d: %s", p.status, p.text)
	}
	if p := s.get("/plan"); p.status != http.StatusServiceUnavailable || !strings.Contains(p.text, "kho dữ liệu chưa mở được") || strings.Contains(p.text, "locked") {
		t.Errorf("plan: status %d: %s", p.status, p.text)
	}
	if p := s.get("/emergency"); p.status != http.StatusOK || !strings.Contains(p.text, "Phát tin khẩn cấp") {
		t.Errorf("emergency: status %d", p.status)
	}
	p := s.post("/emergency", url.Values{"do": {"raise"}, "title": {"Cháy"}, "reason": {"Cháy nhà"}, "text": {"Khẩn cấp! Có cháy."}, "language": {"vi", "pcc"}})
	if p.status != http.StatusSeeOther || len(w.raised) != 1 {
		t.Errorf("raise: status %d, raised %d: %s", p.status, len(w.raised), p.text)
	}
}

func TestRolesSeeWhatTheyMayDo(t *testing.T) {
	tests := []struct {
		role          people.Role
		shown, hidden []string
	}{
		{people.Cadre, []string{`href="/announcements/new"`, `href="/emergency"`, `action="/air/stop"`}, nil},
		{people.Recorder, []string{`href="/announcements/new"`}, []string{`href="/emergency"`, `action="/air/stop"`}},
		{people.Viewer, []string{"Nghe cùng"}, []string{"Phát lại bản tin cũ", `href="/announcements/new"`, `href="/emergency"`, `action="/air/stop"`}},
	}
	for _, tt := range tests {
		t.Run(string(tt.role), func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			w.onAir()
			body := newSite(t, w, tt.role, "vi").get("/").body
			for _, want := range tt.shown {
				if !strings.Contains(body, want) {
					t.Errorf("%s is not shown", want)
				}
			}
			for _, not := range tt.hidden {
				if strings.Contains(body, not) {
					t.Errorf("%s is shown", not)
				}
			}
		})
	}
}

func TestForbiddenIsForbidden(t *testing.T) {
	tests := []struct {
		role   people.Role
		method string
		path   string
	}{
		{people.Viewer, "GET", "/announcements/new"},
		{people.Viewer, "POST", "/announcements/new"},
		{people.Viewer, "POST", "/announcements/preview"},
		{people.Viewer, "POST", "/announcements/" + meetingID + "/withdraw"},
		{people.Viewer, "POST", "/announcements/" + meetingID + "/takes"},
		{people.Viewer, "GET", "/announcements/" + meetingID + "/record/pcc"},
		{people.Viewer, "POST", "/announcements/" + meetingID + "/record/pcc"},
		{people.Viewer, "POST", "/recordings"},
		{people.Viewer, "POST", "/air/stop"},
		{people.Viewer, "POST", "/clock"},
		{people.Recorder, "POST", "/clock"},
		{people.Recorder, "POST", "/announcements/" + meetingID + "/schedules"},
		{people.Recorder, "POST", "/announcements/" + meetingID + "/schedules/s1/remove"},
		{people.Recorder, "GET", "/emergency"},
		{people.Recorder, "POST", "/emergency"},
		{people.Recorder, "POST", "/emergency/stop"},
		{people.Recorder, "POST", "/emergency/renew"},
	}
	for _, tt := range tests {
		t.Run(string(tt.role)+" "+tt.method+" "+tt.path, func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			w.emergencyOn()
			s := newSite(t, w, tt.role, "vi")
			p := s.do(tt.method, tt.path, "application/x-www-form-urlencoded", strings.NewReader("do=raise"))
			if p.status != http.StatusForbidden || !strings.Contains(p.text, "không được làm việc đó") {
				t.Errorf("status %d: %s", p.status, p.text)
			}
			if len(w.raised)+w.lowered+len(w.stopped)+len(w.told)+w.changed > 0 {
				t.Error("it was done all the same")
			}
		})
	}
}

func TestSignedOutIsSentToSignIn(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, "", "vi")
	for _, path := range []string{"/", "/plan", "/asrun?from=2026-11-01", "/announcements/new", "/emergency", "/recordings", "/account"} {
		p := s.get(path)
		if p.status != http.StatusSeeOther || !strings.HasPrefix(p.location, "/sign-in") {
			t.Errorf("%s: status %d to %q", path, p.status, p.location)
		}
		if strings.Contains(p.body, meeting) {
			t.Errorf("%s shows a notice", path)
		}
	}
	if got, want := s.get("/asrun?from=2026-11-01").location, "/sign-in?next=%2Fasrun%3Ffrom%3D2026-11-01"; got != want {
		t.Errorf("sent to %q, want %q", got, want)
	}
}

func TestNotFoundSaysSo(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/no-such-page", "/announcements/0193d000-0000-7000-8000-00000000ffff"} {
		for lang, want := range map[string]string{"vi": "Không tìm thấy.", "en": "There is no such thing."} {
			p := newSite(t, w, people.Cadre, lang).get(path)
			if p.status != http.StatusNotFound || !strings.Contains(p.text, want) {
				t.Errorf("%s in %s: status %d: %s", path, lang, p.status, p.text)
			}
		}
	}
}

func TestLanguageSwitch(t *testing.T) {
	tests := []struct{ name, lang, back, cookie, to string }{
		{"OK to English", "en", "/plan?x=1", "lang=en", "/plan?x=1"},
		{"back to Vietnamese", "vi", "/", "lang=vi", "/"},
		{"unknown language", "fr", "/", "lang=vi", "/"},
		{"foreign address", "en", "https://example.org/", "lang=en", "/"},
		{"foreign address without scheme", "en", "//example.org/", "lang=en", "/"},
		{"backslashes", "en", `/\example.org`, "lang=en", "/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newSite(t, newWorld(t), people.Viewer, "vi").post("/language", url.Values{"lang": {tt.lang}, "back": {tt.back}})
			if p.location != tt.to {
				t.Errorf("sent to %q, want %q", p.location, tt.to)
			}
			if got := strings.Join(p.header.Values("Set-Cookie"), "\n"); !strings.Contains(got, tt.cookie+";") {
				t.Errorf("cookie %q, want %q", got, tt.cookie)
			}
		})
	}
}

func TestVietnameseWhateverTheBrowserAsksFor(t *testing.T) {
	s := newSite(t, newWorld(t), people.Viewer, "")
	s.accept = "en-US,en;q=0.9"
	if p := s.get("/"); !strings.Contains(p.body, `<html lang="vi"`) {
		t.Error("the page is not in Vietnamese")
	}
}

func TestPageStopAir(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.onAir()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.post("/air/stop", url.Values{"occurrence": {"o1"}}); p.location != "/?told=stopped" || len(w.stopped) != 1 {
		t.Errorf("sent to %q, stopped %v", p.location, w.stopped)
	}
	if p := s.post("/air/stop", url.Values{"occurrence": {"o1"}}); p.location != "/?told=air-over" {
		t.Errorf("the second time sent to %q", p.location)
	}
	if p := s.get("/?told=stopped"); !strings.Contains(p.text, "Đã dừng phát.") {
		t.Error("the page does not say what was done")
	}
}

func TestPageTellClock(t *testing.T) {
	tests := []struct {
		name string
		form url.Values
		want string // RFC 3339; empty: refused
	}{
		{"OK exact instant of the phone", url.Values{"at": {"2026-11-23T09:30:00.250Z"}, "date": {"2026-11-23"}, "time": {"16:30"}}, "2026-11-23T16:30:00.25+07:00"},
		{"OK without a script", url.Values{"date": {"2026-11-23"}, "time": {"16:30"}}, "2026-11-23T16:30:00+07:00"},
		{"OK with seconds", url.Values{"date": {"2026-11-23"}, "time": {"16:30:15"}}, "2026-11-23T16:30:15+07:00"},
		{"nonsense", url.Values{"date": {"hôm nay"}, "time": {"16:30"}}, ""},
		{"nothing", url.Values{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			p := newSite(t, w, people.Cadre, "vi").post("/clock", tt.form)
			if tt.want == "" {
				if p.location != "/?refused=clock" || len(w.told) > 0 {
					t.Errorf("sent to %q, told %v", p.location, w.told)
				}
				return
			}
			if len(w.told) != 1 || w.told[0].In(w.now.Location()).Format(time.RFC3339Nano) != tt.want {
				t.Errorf("told %v, want %s", w.told, tt.want)
			}
		})
	}
}

func TestLivePart(t *testing.T) {
	w := newWorld(t)
	w.fill()
	w.onAir()
	p := newSite(t, w, people.Cadre, "vi").get("/?part=live")
	if p.status != http.StatusOK || strings.Contains(p.body, "<html") || !strings.Contains(p.body, "Đang phát") {
		t.Errorf("status %d: %s", p.status, p.body)
	}
}

func TestAsRunBadDates(t *testing.T) {
	tests := []struct{ name, query, want string }{
		{"nonsense", "from=x&to=2026-11-23", "Không hiểu ngày"},
		{"wrong order", "from=2026-11-23&to=2026-11-01", "Lúc kết thúc phải sau"},
		{"too many", "from=2025-11-23&to=2026-11-23", "tối đa 92 ngày"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill()
			p := newSite(t, w, people.Viewer, "vi").get("/asrun?" + tt.query)
			if p.status != http.StatusOK || !strings.Contains(p.text, tt.want) {
				t.Errorf("status %d, %q is not in %s", p.status, tt.want, p.text)
			}
		})
	}
}

func TestAsRunOnlyTrouble(t *testing.T) {
	w := newWorld(t)
	w.fill()
	p := newSite(t, w, people.Viewer, "vi").get("/asrun?only=trouble")
	for _, want := range []string{"Chợ phiên", "Phòng cháy mùa hanh khô"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	for _, not := range []string{cattle, "Thông báo điện"} {
		if strings.Contains(p.text, not) {
			t.Errorf("%q is shown", not)
		}
	}
}

func TestEmergencyTwoSteps(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	words := url.Values{"do": {"ask"}, "what": {"chay"}, "title": {"Cháy"}, "reason": {"Cháy nhà ông Páo"}, "text": {"Khẩn cấp! Có cháy."}, "language": {"vi"}}

	p := s.post("/emergency", words)
	if p.status != http.StatusOK || !strings.Contains(p.text, "Phát khẩn cấp ngay bây giờ?") || len(w.raised) > 0 {
		t.Fatalf("first step: status %d, raised %d: %s", p.status, len(w.raised), p.text)
	}
	yes := p.fields(t)
	yes.Set("do", "raise")
	p = s.post("/emergency", yes)
	if p.status != http.StatusSeeOther || len(w.raised) != 1 {
		t.Fatalf("second step: status %d, raised %d: %s", p.status, len(w.raised), p.text)
	}
	e := w.raised[0]
	if e.Title != "Cháy" || e.Reason != "Cháy nhà ông Páo" || e.Text != "Khẩn cấp! Có cháy." || e.RaisedBy != "truongthon" || e.Village != "un-ta" || len(e.Languages) != 1 {
		t.Errorf("raised %+v", e)
	}
	if got := e.Expires.Sub(e.Raised); got != scheduler.DefaultEmergencyLife {
		t.Errorf("it lives %v", got)
	}
	if p := s.post("/emergency/stop", nil); p.location != "/emergency?over=1&told=emergency-over" || w.lowered != 1 {
		t.Errorf("stop: sent to %q, lowered %d", p.location, w.lowered)
	}
	if p := s.post("/emergency/stop", nil); p.location != "/emergency?over=1&told=emergency-over" {
		t.Errorf("stopping twice: sent to %q", p.location)
	}
}

func TestEmergencyNeedsAReason(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	p := s.post("/emergency", url.Values{"do": {"raise"}, "title": {"Cháy"}, "text": {"Có cháy ở đầu thôn."}, "language": {"vi"}})
	if p.status != http.StatusUnprocessableEntity || len(w.raised) > 0 {
		t.Errorf("status %d, raised %d", p.status, len(w.raised))
	}
	if !strings.Contains(p.text, "Chưa điền.") || !strings.Contains(p.body, "Có cháy ở đầu thôn.") {
		t.Errorf("what is wrong or what was typed is missing: %s", p.text)
	}
}

func TestEmergencyTemplate(t *testing.T) {
	w := newWorld(t)
	p := newSite(t, w, people.Cadre, "vi").post("/emergency", url.Values{"do": {"template"}, "what": {"bao"}})
	if f := p.fields(t); !strings.Contains(f.Get("text"), "mưa đá") || f.Get("title") != "Bão, lốc, mưa đá" {
		t.Errorf("fields %v", f)
	}
}

// nodes walks a page.
func nodes(t *testing.T, body string, visit func(n *html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		visit(n)
	}
}
