package web_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/web"
)

const (
	noticeID   = "0193a000-0000-7000-8000-00000000aaaa"
	scheduleID = "0193a000-0000-7000-8000-00000000bbbb"
	takeTitle  = "Ghi âm"
)

var (
	soundID   = strings.Repeat("ab", 32)
	foreignID = strings.Repeat("cd", 32)
)

func takeOf(id, village string) recordings.Recording {
	return recordings.Recording{
		ID: id, Title: takeTitle, Kind: recordings.Take, Village: village, Length: 9 * time.Second, Loudness: -18.1, TruePeak: -1.6,
		Warnings: []string{recordings.Noisy}, Bytes: 1234, By: "Hoa",
	}
}

func TestDescriptionIsValid(t *testing.T) {
	v, err := description()
	if err != nil {
		t.Fatal(err)
	}
	if ok, faults := v.ValidateDocument(); !ok {
		for _, f := range faults {
			t.Errorf("%s: %s %v", f.Message, f.Reason, f.SchemaValidationErrors)
		}
	}
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	if !strings.Contains(doc, `"openapi":"3.1.0"`) {
		t.Error("not OpenAPI 3.1")
	}
	for _, foreign := range []string{"unpkg", "ErrorModel", "$schema"} {
		if strings.Contains(doc, foreign) {
			t.Errorf("the description speaks of %s", foreign)
		}
	}
}

// The contract that programs outside rely on.
func TestDescriptionHasTheContract(t *testing.T) {
	raw, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	answer{t: t, Body: raw}.into(&doc)
	for _, want := range []string{
		"post /announcements", "get /announcements", "get /announcements/{id}", "post /announcements/{id}/schedules",
		"delete /announcements/{id}/schedules/{sid}", "post /announcements/{id}/withdraw", "post /recordings", "get /recordings",
		"get /recordings/{id}/audio", "post /speech/preview", "get /plan", "get /asrun", "get /air", "delete /air", "get /air/events",
		"get /air/listen", "post /emergency", "delete /emergency", "get /villages", "get /slots", "post /clock",
	} {
		method, path, _ := strings.Cut(want, " ")
		if doc.Paths["/api/v1"+path][method] == nil {
			t.Errorf("no %s", want)
		}
	}
}

func TestConfigSaysWhatIsMissing(t *testing.T) {
	_, err := web.New(web.Config{Village: "un-ta"})
	if err == nil || !strings.Contains(err.Error(), "Roster") || strings.Contains(err.Error(), "Village") {
		t.Errorf("got %v", err)
	}
}

func TestCreateAnnouncement(t *testing.T) {
	h := newHouse(t)
	var a struct {
		ID, Title, Class, Text string
		Revision               int
		CreatedBy              string `json:"created_by"`
		Renditions             []struct{ Language, State, Spoken, Voice string }
		Schedules              []struct {
			Kind, From, Until string
			At                *time.Time
			Slots, Days       []string
			Misfire           struct {
				Policy string
				Grace  float64
			}
		}
	}
	res := h.call("cadre", "POST", "/api/v1/announcements", `{"title":" Họp thôn ","text":"UBND mời\r\nbà con","class":"priority",
		"schedules":[{"kind":"slots","slots":["17:00","0193a000-0000-7000-8000-0000000000a1"],"days":["mon","SUN"],"from":"2026-11-24","until":"2026-12-01"},
		{"kind":"once","at":"2026-11-23T18:00:00+07:00","misfire":{"policy":"skip"}}]}`).want(201)
	res.into(&a)
	if res.Header.Get("Location") != "/api/v1/announcements/"+a.ID {
		t.Errorf("location %q", res.Header.Get("Location"))
	}
	if a.Title != "Họp thôn" || a.Class != "priority" || a.Text != "UBND mời\nbà con" || a.CreatedBy != "máy cadre" || a.Revision != 1 {
		t.Errorf("got %+v", a)
	}
	if len(a.Renditions) != 2 || a.Renditions[0].State != "spoken" || a.Renditions[0].Spoken != "Ủy ban nhân dân mời\nbà con" || a.Renditions[1].State != "missing" {
		t.Errorf("renditions %+v", a.Renditions)
	}
	s := a.Schedules[0]
	if len(s.Slots) != 2 || s.Slots[0] != h.w.slots[1].ID || strings.Join(s.Days, " ") != "mon sun" || s.From != "2026-11-24" || s.Misfire.Policy != "coalesce" || s.Misfire.Grace != 3600 {
		t.Errorf("slots %+v", s)
	}
	if s = a.Schedules[1]; s.At == nil || !s.At.Equal(h.w.at(23, 18, 0)) || s.Misfire.Policy != "skip" {
		t.Errorf("once %+v", s)
	}
	if h.w.changed != 1 {
		t.Errorf("the planner was told %d times", h.w.changed)
	}
	h.call("viewer", "GET", "/api/v1/announcements/"+a.ID, "").want(200)
}

func TestAnnouncementOfRecordingsOnly(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var a struct {
		Text       string
		Renditions []struct{ State, Recording string }
	}
	h.call("recorder", "POST", "/api/v1/announcements", `{"title":"Lời của già làng","renditions":[{"language":"pcc","recording":"`+soundID+`"}]}`).want(201).into(&a)
	if a.Text != "" || len(a.Renditions) != 1 || a.Renditions[0].State != "recorded" || a.Renditions[0].Recording != soundID {
		t.Errorf("got %+v", a)
	}
}

func TestWithoutAnEngineEveryLanguageWaitsForARecording(t *testing.T) {
	h := newHouse(t)
	h.w.noEngine = true
	var a struct{ Renditions []struct{ State string } }
	h.call("cadre", "POST", "/api/v1/announcements", `{"title":"Họp","text":"Mời họp"}`).want(201).into(&a)
	if a.Renditions[0].State != "missing" {
		t.Errorf("got %+v", a)
	}
}

// A phone that repeats itself on a bad line must not make two announcements.
func TestCreateTwiceWithOneID(t *testing.T) {
	h := newHouse(t)
	body := `{"id":"0193a000-0000-7000-8000-00000000cccc","title":"Họp","text":"Mời họp"}`
	h.call("cadre", "POST", "/api/v1/announcements", body).want(201)
	if p := h.call("cadre", "POST", "/api/v1/announcements", body).want(409).problem(); p.Code != "conflict" {
		t.Errorf("got %+v", p)
	}
	if len(h.w.notices) != 1 {
		t.Errorf("%d announcements", len(h.w.notices))
	}
}

func TestListAnnouncementsByPages(t *testing.T) {
	h := newHouse(t)
	for _, title := range []string{"một", "hai", "ba"} {
		h.call("cadre", "POST", "/api/v1/announcements", `{"title":"`+title+`","text":"chữ"}`).want(201)
	}
	var l struct {
		Announcements []struct{ Title string }
		Next          string
	}
	h.call("viewer", "GET", "/api/v1/announcements?limit=2", "").want(200).into(&l)
	if len(l.Announcements) != 2 || l.Announcements[0].Title != "ba" || l.Next == "" {
		t.Fatalf("first page %+v", l)
	}
	before := l.Next
	l.Next = ""
	h.call("viewer", "GET", "/api/v1/announcements?limit=2&before="+before, "").want(200).into(&l)
	if len(l.Announcements) != 1 || l.Announcements[0].Title != "một" || l.Next != "" {
		t.Errorf("second page %+v", l)
	}
}

func TestPutRendition(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/api/v1/announcements/" + noticeID + "/renditions/"
	h.call("recorder", "PUT", path+"pcc", `{"recording":"`+soundID+`"}`).want(200)
	h.call("recorder", "PUT", path+"vi", `{"spoken":"mời bà con họp"}`).want(200)
	rs := h.w.notices[noticeID].Renditions
	if len(rs) != 2 || rs[0].ID != "r1" || rs[0].State != scheduler.Spoken || rs[0].SpokenText != "mời bà con họp" || rs[0].Recording != "" || rs[1].State != scheduler.Recorded {
		t.Errorf("got %+v", rs)
	}
	if got := h.call("recorder", "PUT", path+"fr", `{}`).want(422).faults(); got != "language unknown" {
		t.Errorf("got %q", got)
	}
}

func TestSchedules(t *testing.T) {
	h := newHouse(t)
	h.fill()
	path := "/api/v1/announcements/" + noticeID + "/schedules"
	var s struct {
		ID      string
		At      time.Time
		Misfire struct{ Grace float64 }
	}
	h.call("cadre", "POST", path, `{"kind":"now"}`).want(201).into(&s)
	if !s.At.Equal(h.w.now) || s.Misfire.Grace != 600 {
		t.Errorf("now %+v", s)
	}
	h.call("cadre", "POST", path, `{"kind":"slots","slots":["5:30"]}`).want(201)
	h.call("cadre", "DELETE", path+"/"+s.ID, "").want(204)
	h.call("cadre", "DELETE", path+"/"+s.ID, "").want(404)
	if got := len(h.w.notices[noticeID].Schedules); got != 2 {
		t.Errorf("%d schedules", got)
	}
	if h.w.changed != 3 {
		t.Errorf("the planner was told %d times", h.w.changed)
	}
}

// silencer records what was withdrawn.
type silencer struct{ got []string }

func (s *silencer) Withdraw(_ context.Context, announcement, by string) error {
	s.got = append(s.got, announcement+" by "+by)
	return playout.ErrNotOnAir
}

func TestWithdrawSilencesAndCloses(t *testing.T) {
	quiet := &silencer{}
	h := newHouse(t, func(c *web.Config) { c.Withdraw = quiet })
	h.fill()
	var a struct{ Withdrawn *time.Time }
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200).into(&a)
	if a.Withdrawn == nil || len(quiet.got) != 1 || quiet.got[0] != noticeID+" by máy cadre" {
		t.Errorf("%+v, silenced %v", a, quiet.got)
	}
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200)
	for _, c := range []ask{
		{method: "POST", path: "/schedules", body: `{"kind":"now"}`},
		{method: "PUT", path: "/renditions/vi", body: `{}`},
	} {
		if p := h.call("cadre", c.method, "/api/v1/announcements/"+noticeID+c.path, c.body).want(409).problem(); p.Code != "withdrawn" {
			t.Errorf("%s: %+v", c.path, p)
		}
	}
}

// Without a Withdrawer what sounds is stopped.
func TestWithdrawStopsWhatSounds(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.air.OnAir = &playout.OnAir{Occurrence: h.w.plan.Occurrences[0]}
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/withdraw", "").want(200)
	if len(h.w.stopped) != 1 || h.w.stopped[0] != "occ-1" {
		t.Errorf("stopped %v", h.w.stopped)
	}
}

func TestPreviewSpeech(t *testing.T) {
	h := newHouse(t)
	var p struct {
		Spoken, Recording, Audio string
		Changes                  []struct {
			Written, Read string
			At            int
		}
		Unknown []string
		Length  float64
	}
	h.call("recorder", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"họp UBND lúc 19h với XYZ"}`).want(200).into(&p)
	if p.Spoken != "họp Ủy ban nhân dân lúc mười chín giờ với XYZ" || len(p.Changes) != 2 || p.Changes[0].Written != "UBND" || p.Length != 34 || len(p.Unknown) != 1 {
		t.Errorf("got %+v", p)
	}
	if c := p.Changes[1]; p.Spoken[c.At:c.At+len(c.Read)] != c.Read {
		t.Errorf("the change is not where it says: %+v", c)
	}
	if p.Audio != "/api/v1/recordings/"+p.Recording+"/audio" {
		t.Errorf("audio %q", p.Audio)
	}
	h.call("viewer", "GET", "/api/v1/speech/voices", "").want(200)
}

func TestGetPlan(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var p struct {
		From, To    time.Time
		Occurrences []struct {
			ID      string
			Due     time.Time
			Parts   []struct{ Kind, Language string }
			Reasons []struct{ Code, Detail string }
		}
		Omissions []struct {
			Title   string
			Reasons []struct{ Code, Detail string }
		}
	}
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&p)
	if len(p.Occurrences) != 1 || len(p.Occurrences[0].Parts) != 2 || p.Occurrences[0].Reasons[0].Code != "delayed" || p.Omissions[0].Reasons[0].Code != "outside-hours" {
		t.Errorf("got %+v", p)
	}
	if got := p.Occurrences[0].Reasons[0].Detail; !strings.Contains(got, "6 s") {
		t.Errorf("reason %q", got)
	}
	h.call("viewer", "GET", "/api/v1/plan?from=2026-11-24&days=1&lang=vi", "").want(200).into(&p)
	if len(p.Occurrences) != 0 || !p.From.Equal(h.w.at(24, 0, 0)) || !p.To.Equal(h.w.at(25, 0, 0)) {
		t.Errorf("tomorrow %+v", p)
	}
}

func TestGetAsRun(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var l struct {
		Rows []struct {
			Occurrence, Outcome, Cause, Detail, Heard string
			Started, Ended                            *time.Time
			Lateness                                  float64
		}
		Totals []struct {
			Outcome string
			Count   int
		}
	}
	h.call("viewer", "GET", "/api/v1/asrun", "").want(200).into(&l)
	if len(l.Rows) != 1 || l.Rows[0].Outcome != "cut" || l.Rows[0].Started == nil || l.Rows[0].Ended != nil || l.Rows[0].Lateness != 80e-6 || l.Rows[0].Detail == "" {
		t.Errorf("got %+v", l)
	}
	if len(l.Totals) != 1 || l.Totals[0].Outcome != "cut" || l.Totals[0].Count != 1 {
		t.Errorf("totals %+v", l.Totals)
	}
	h.call("viewer", "GET", "/api/v1/asrun?from=2026-11-22&to=2026-11-22", "").want(200).into(&l)
	if len(l.Rows) != 0 {
		t.Errorf("yesterday %+v", l.Rows)
	}
	for _, c := range []ask{
		{path: "/api/v1/asrun?format=csv"},
		{path: "/api/v1/asrun", header: map[string]string{"Accept": "text/csv"}},
	} {
		c.as, c.method = "viewer", "GET"
		res := h.do(c).want(200)
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(string(res.Body), "\uFEFFvillage,due,") {
			t.Fatalf("%s: %s", res.Header.Get("Content-Type"), res.Body)
		}
		if want := "un-ta,2026-11-22T22:30:00.000Z,2026-11-22T22:30:00.000Z,,'-1+1 Họp thôn,notice,normal,cut,lost,,not-measured,0.000,false,12.000,2.000,0,occ-past," + noticeID; !strings.Contains(string(res.Body), want) {
			t.Errorf("no row %q in %s", want, res.Body)
		}
	}
}

func TestGetAndStopAir(t *testing.T) {
	h := newHouse(t)
	h.fill()
	var a struct {
		State, Device string
		OnAir         *struct{ Occurrence, Part, Language string } `json:"on_air"`
		Level         struct{ RMS, Peak float64 }
		Clock         struct {
			Trust   string
			Trusted bool
		}
	}
	get := func() {
		t.Helper()
		h.call("viewer", "GET", "/api/v1/air", "").want(200).into(&a)
	}
	get()
	if a.State != "idle" || a.Device != "null" || a.Level.RMS != -120 || !a.Clock.Trusted {
		t.Errorf("got %+v", a)
	}
	h.w.air.OnAir = &playout.OnAir{Occurrence: h.w.plan.Occurrences[0]}
	if get(); a.State != "settling" {
		t.Errorf("got %+v", a)
	}
	h.w.air.OnAir.Started, h.w.air.OnAir.Part, h.w.air.OnAir.Language = h.w.now, scheduler.PartVoice, "vi"
	h.w.air.Output.Levels.RMS = -17.96
	if get(); a.State != "playing" || a.OnAir.Occurrence != "occ-1" || a.OnAir.Part != "voice" || a.Level.RMS != -18 {
		t.Errorf("got %+v", a)
	}
	h.call("cadre", "DELETE", "/api/v1/air?occurrence=occ-9", "").want(409)
	h.call("cadre", "DELETE", "/api/v1/air", "").want(204)
	if p := h.call("cadre", "DELETE", "/api/v1/air", "").want(409).problem(); p.Code != "not-on-air" || len(h.w.stopped) != 1 {
		t.Errorf("%+v, stopped %v", p, h.w.stopped)
	}
}

func TestRaiseAndEndEmergency(t *testing.T) {
	h := newHouse(t)
	var e struct {
		ID, Title, Source string
		RaisedBy          string `json:"raised_by"`
		Raised, Expires   time.Time
	}
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ quét","reason":"Nước suối dâng nhanh","text":"Chạy lên đồi","languages":["vi"],"repeat":3,"expires_in":60}`).want(201).into(&e)
	if len(h.w.raised) != 1 || e.Source != "còi" || e.RaisedBy != "còi" || e.Expires.Sub(e.Raised) != time.Minute {
		t.Errorf("got %+v", e)
	}
	if r := h.w.raised[0]; r.Village != "un-ta" || r.Repeat != 3 || r.Text != "Chạy lên đồi" || r.ID != e.ID {
		t.Errorf("raised %+v", r)
	}
	var a struct {
		State     string
		Emergency *struct{ ID string }
	}
	h.call("viewer", "GET", "/api/v1/air", "").want(200).into(&a)
	if a.State != "emergency" || a.Emergency.ID != e.ID {
		t.Errorf("air %+v", a)
	}
	h.call("cadre+", "DELETE", "/api/v1/emergency", "").want(204)
	if p := h.call("cadre+", "DELETE", "/api/v1/emergency", "").want(409).problem(); p.Code != "no-emergency" {
		t.Errorf("got %+v", p)
	}
	h.call("cadre+", "POST", "/api/v1/emergency", `{"title":"Lũ","reason":"Nước dâng"}`).want(201).into(&e)
	if e.Expires.Sub(e.Raised) != scheduler.DefaultEmergencyLife {
		t.Errorf("lives %s", e.Expires.Sub(e.Raised))
	}
}

func TestPlaces(t *testing.T) {
	h := newHouse(t)
	var v struct {
		Villages []struct {
			Key     string
			Allowed []struct{ From, To string }
		}
	}
	h.call("viewer", "GET", "/api/v1/villages", "").want(200).into(&v)
	if len(v.Villages) != 1 || v.Villages[0].Key != "un-ta" || v.Villages[0].Allowed[0].From != "05:00" {
		t.Errorf("got %+v", v)
	}
	h.call("elsewhere", "GET", "/api/v1/villages", "").want(200).into(&v)
	if len(v.Villages) != 0 {
		t.Errorf("somebody of another village sees %+v", v)
	}
	var s struct {
		Slots []struct {
			Start string
			Days  []string
		}
	}
	h.call("viewer", "GET", "/api/v1/slots", "").want(200).into(&s)
	if len(s.Slots) != 2 || s.Slots[1].Start != "17:00" || len(s.Slots[1].Days) != 0 {
		t.Errorf("got %+v", s)
	}
}

// library is an Importer whose play copies are real files.
type library struct {
	*world
	dir string
}

func (l library) PlayCopy(_ context.Context, id string) (*os.File, error) {
	return os.Open(filepath.Join(l.dir, id))
}

func TestRecordingsAndTheirSound(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, soundID), []byte("RIFF0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, func(c *web.Config) { c.Importer = library{c.Importer.(*world), dir} })
	h.fill()
	var l struct {
		Recordings []struct {
			ID       string
			Warnings []struct{ Code, Detail string }
		}
	}
	h.call("viewer", "GET", "/api/v1/recordings", "").want(200).into(&l)
	if len(l.Recordings) != 2 || l.Recordings[0].Warnings[0].Code != "noisy" {
		t.Errorf("got %+v", l)
	}
	h.call("viewer", "GET", "/api/v1/recordings/"+soundID, "").want(200)
	path := "/api/v1/recordings/" + soundID + "/audio"
	whole := h.call("viewer", "GET", path, "").want(200)
	if string(whole.Body) != "RIFF0123456789" || whole.Header.Get("Content-Type") != "audio/wav" || whole.Header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("%v %q", whole.Header, whole.Body)
	}
	part := h.do(ask{as: "viewer", method: "GET", path: path, header: map[string]string{"Range": "bytes=4-6"}}).want(206)
	if string(part.Body) != "012" {
		t.Errorf("part %q", part.Body)
	}
	h.do(ask{as: "viewer", method: "GET", path: path, header: map[string]string{"If-None-Match": whole.Header.Get("ETag")}}).want(304)
	for name, id := range map[string]string{"another village's": foreignID, "none": strings.Repeat("0", 64), "no hash": "..%2f..%2fetc"} {
		t.Run(name, func(t *testing.T) {
			h.call("near", "GET", "/api/v1/recordings/"+id+"/audio", "").want(404)
		})
	}
}

func TestTellClock(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.signIn("Hoa", "trạm y tế xã")
	b.call("POST", "/api/v1/clock", `{"at":"2026-11-23T16:25:00+07:00"}`).want(204)
	if len(h.w.told) != 1 || !h.w.told[0].Equal(h.w.at(23, 16, 25)) {
		t.Errorf("told %v", h.w.told)
	}
	h.call("admin", "POST", "/api/v1/clock", `{"at":"2026-11-23T16:25:00+07:00"}`).want(403)
	for _, at := range []string{"1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z"} {
		if got := b.call("POST", "/api/v1/clock", `{"at":"`+at+`"}`).want(422).faults(); got != "at out-of-range" {
			t.Errorf("%s: %q", at, got)
		}
	}
}

// What the board's own trouble is called, and that it is told once in the log.
func TestTroubleBelow(t *testing.T) {
	h := newHouse(t)
	h.fill()
	if err := h.server.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.w.broken = errors.New("disk I/O error at /var/lib/secret")
	p := h.call("cadre", "GET", "/api/v1/announcements/"+noticeID, "").want(503).problem()
	if p.Code != "unavailable" || strings.Contains(p.Detail, "secret") || !strings.Contains(h.log(), "disk I/O error") {
		t.Errorf("%+v, log %s", p, h.log())
	}
}
