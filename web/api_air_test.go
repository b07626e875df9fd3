package web_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

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

// What lies beyond the published plan is built from the book, as the command
// does: it was silently empty after the seventh day.
func TestPlanBeyondTheHorizon(t *testing.T) {
	h := newHouse(t)
	h.fill()
	due := func(query string) (all []string) {
		t.Helper()
		var p struct{ Occurrences []struct{ Due time.Time } }
		h.call("viewer", "GET", "/api/v1/plan?"+query, "").want(200).into(&p)
		for _, o := range p.Occurrences {
			all = append(all, o.Due.In(h.w.now.Location()).Format("01-02 15:04"))
		}
		return all
	}
	want := "[11-23 17:00 11-30 17:00 12-04 17:00 12-07 17:00 12-11 17:00 12-14 17:00 12-18 17:00 12-21 17:00]"
	if got := due("days=31"); fmt.Sprint(got) != want {
		t.Errorf("31 days: %v, want %s", got, want)
	}
	if got := due("from=2027-02-22&days=5"); fmt.Sprint(got) != "[02-22 17:00 02-26 17:00]" {
		t.Errorf("in a quarter: %v", got)
	}
	h.w.broken = errDisk
	h.call("viewer", "GET", "/api/v1/plan?days=31", "").want(503)
}

// A press of "now" is in the plan as long as it may become something: not ready,
// with its reason, then handed over, then sounding.
func TestPlanShowsWhatWasAskedForNow(t *testing.T) {
	h := newHouse(t)
	asked := h.w.now.Add(-20 * time.Second)
	o := scheduler.Occurrence{
		ID: "occ-now", Kind: scheduler.Notice, Title: "Họp gấp", Nominal: asked, Due: asked.Add(9 * time.Second), Immediate: true,
		Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: 10 * time.Minute},
	}
	h.w.plan = scheduler.Plan{Made: h.w.now, To: h.w.now.AddDate(0, 0, 7), Omissions: []scheduler.Omission{{Occurrence: o, Reason: scheduler.Reason{Code: scheduler.ReasonNotReady}}}}
	var p struct {
		Occurrences []struct{ ID string }
		Omissions   []struct {
			ID      string
			Reasons []struct{ Code, Detail string }
		}
	}
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&p)
	if len(p.Omissions) != 1 || p.Omissions[0].ID != "occ-now" || p.Omissions[0].Reasons[0].Code != "not-ready" || p.Omissions[0].Reasons[0].Detail == "" {
		t.Errorf("not ready: %+v", p)
	}
	h.w.plan.Omissions = nil
	h.w.runs = []playout.AsRun{{Occurrence: "occ-now", Kind: scheduler.Notice, Title: "Họp gấp", Due: h.w.now.Add(7 * time.Second), Planned: time.Minute}}
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&p)
	if len(p.Occurrences) != 1 || p.Occurrences[0].ID != "occ-now" {
		t.Errorf("handed over: %+v", p)
	}
	h.w.runs[0].Due, h.w.runs[0].Airings = h.w.now.Add(-50*time.Second), []playout.Airing{{Started: h.w.now.Add(-50 * time.Second)}}
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&p)
	if len(p.Occurrences) != 1 {
		t.Errorf("sounding: %+v", p)
	}
	h.w.runs[0].Outcome = playout.Played
	h.call("viewer", "GET", "/api/v1/plan", "").want(200).into(&p)
	if len(p.Occurrences) != 0 {
		t.Errorf("over: %+v", p)
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
		if want := "un-ta,2026-11-22T22:30:00.000Z,2026-11-22T22:30:00.000Z,,'-1+1 Họp thôn,notice,normal,cut,lost,,not-measured,0.000,false,12.000,2.000,0,-21.4,occ-past," + noticeID; !strings.Contains(string(res.Body), want) {
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
		DeadAir       *struct{ Occurrence, Title, Language string } `json:"dead_air"`
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
	if a.DeadAir != nil {
		t.Errorf("dead air %+v", a.DeadAir)
	}
	h.w.air.DeadAir = &playout.DeadAir{Occurrence: "o", Title: "Họp", Language: "vi", Since: h.w.now}
	if get(); a.DeadAir == nil || a.DeadAir.Title != "Họp" || a.DeadAir.Language != "vi" {
		t.Errorf("dead air %+v", a.DeadAir)
	}
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
	h.call("viewer", "GET", path+"?format=wav", "").want(200)
	h.call("viewer", "GET", path+"?format=opus", "").want(422)
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
