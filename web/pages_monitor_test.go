package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/proof"
	"loalang/scheduler"
)

// The page says how the monitor input is in every state, and what to do.
func TestMonitorPage(t *testing.T) {
	gate := proof.Gate{Off: -71.2, On: -33.4, Sent: -18}
	for name, c := range map[string]struct {
		state *playout.MonitorState
		says  []string
		form  bool
	}{
		"none":         {nil, []string{"Máy chưa có đầu vào kiểm âm", "--monitor", "biến áp cách ly"}, false},
		"opening":      {&playout.MonitorState{Device: "plughw:CARD=Monitor"}, []string{"Đang mở đầu vào kiểm âm"}, true},
		"pulled":       {&playout.MonitorState{Device: "plughw:CARD=Monitor", Trouble: playout.MonitorGone, Fault: "No such device"}, []string{"hãy cắm lại card", "plughw:CARD=Monitor: No such device"}, true},
		"uncalibrated": {&playout.MonitorState{Up: true, Level: -60}, []string{"chưa được hiệu chỉnh"}, true},
		"unread":       {&playout.MonitorState{Up: true, Level: -60, Unread: true}, []string{"Chưa đọc được mức hiệu chỉnh"}, true},
		"another card": {&playout.MonitorState{Up: true, Level: -60, Void: playout.VoidDevice}, []string{"được hiệu chỉnh với card khác"}, true},
		"turned up":    {&playout.MonitorState{Up: true, Level: -60, Void: playout.VoidCapture}, []string{"đã được chỉnh to hoặc nhỏ"}, true},
		"on alone":     {&playout.MonitorState{Up: true, Level: -48.26, Gate: proof.AloneGate(-33.4, -18, 0)}, []string{"Chỉ đo được khi có tiếng: −33,4 dB"}, true},
		"well":         {&playout.MonitorState{Up: true, Level: -48.26, Gate: gate}, []string{"đang nghe, mức −48,3 dB", "tắt âm-li −71,2 dB, bật âm-li −33,4 dB"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.monitor = c.state
			p := newSite(t, w, people.Officer, "vi").get("/monitor")
			for _, want := range c.says {
				if p.status != http.StatusOK || !strings.Contains(p.text, want) {
					t.Errorf("%d: %q is not said: %s", p.status, want, p.text)
				}
			}
			if has := strings.Contains(p.body, `action="/monitor/calibrate"`); has != c.form {
				t.Errorf("the form is there: %v", has)
			}
		})
	}
}

// A calibration that a clock which was ahead began, and a power cut ended, is not under way for
// as long as that was ahead.
func TestACalibrationOfTheFutureIsNotUnderWay(t *testing.T) {
	w := newWorld(t)
	w.monitor = &playout.MonitorState{Up: true, Level: -60}
	w.calibrations = []playout.Calibration{{Owned: scheduler.Owned{ID: "c", Created: w.now.AddDate(0, 0, 20)}, By: visitor}}
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/monitor"); !strings.Contains(p.body, `action="/monitor/calibrate"`) || strings.Contains(p.text, "Đang hiệu chỉnh, "+visitor) {
		t.Errorf("%s", p.text)
	}
	if s.post("/monitor/calibrate", nil); w.asked != 1 {
		t.Errorf("asked for %d calibrations", w.asked)
	}
}

// Who asks for a calibration sees it run, cannot ask twice, and reads what it found.
func TestMonitorIsCalibratedFromThePage(t *testing.T) {
	w := newWorld(t)
	w.monitor = &playout.MonitorState{Up: true, Level: -60}
	s := newSite(t, w, people.Officer, "vi")
	if p := s.post("/monitor/calibrate", nil); p.location != "/monitor?told=calibrating" || w.asked != 1 || len(w.calibrations) != 1 || w.calibrations[0].By != visitor {
		t.Fatalf("%d to %q, asked %d, kept %+v", p.status, p.location, w.asked, w.calibrations)
	}
	p := s.get("/monitor")
	if !strings.Contains(p.text, "Đang hiệu chỉnh, "+visitor) || strings.Contains(p.body, `action="/monitor/calibrate"`) {
		t.Errorf("while it runs: %s", p.text)
	}
	if p := s.post("/monitor/calibrate", nil); p.location != "/monitor?told=calibrating" || len(w.calibrations) != 1 {
		t.Errorf("twice: %d, kept %+v", p.status, w.calibrations)
	}
	c := &w.calibrations[0]
	c.Ended, c.Cause, c.Gate = w.now.Add(time.Minute), playout.CalibrateNear, proof.Gate{Off: -40, On: -38, Sent: -18}
	if p := s.get("/monitor"); !strings.Contains(p.text, "hầu như không to hơn tắt") || !strings.Contains(p.text, "tắt −40,0 dB, bật −38,0 dB") || !strings.Contains(p.body, `action="/monitor/calibrate"`) {
		t.Errorf("refused: %s", p.text)
	}
	c.Cause, c.Gate = playout.CalibrateFaint, proof.AloneGate(-62, -18, 0)
	if p := s.get("/monitor"); !strings.Contains(p.text, "quá nhỏ") || !strings.Contains(p.text, "Đo được khi có tiếng: −62,0 dB") || strings.Contains(p.text, "−92") {
		t.Errorf("hardly heard: %s", p.text)
	}
	c.Cause, c.Gate = "", proof.AloneGate(-30, -18, 0)
	if p := s.get("/monitor"); !strings.Contains(p.text, "Đã hiệu chỉnh theo lúc có tiếng: −30,0 dB") {
		t.Errorf("on alone: %s", p.text)
	}
	c.Gate = proof.Gate{Off: -40, On: -38, Sent: -18}
	if p := s.get("/monitor"); !strings.Contains(p.text, "Đã hiệu chỉnh: tắt −40,0 dB") {
		t.Errorf("it holds: %s", p.text)
	}
	c.Ended, w.now = time.Time{}, w.now.Add(time.Hour) // the board was switched off meanwhile
	if p := s.get("/monitor"); !strings.Contains(p.text, "có việc khác xen vào") {
		t.Errorf("it never ended: %s", p.text)
	}
	if p := newSite(t, w, people.Cadre, "vi").post("/monitor/calibrate", nil); p.status != http.StatusForbidden {
		t.Errorf("a cadre: %d", p.status)
	}
}

// What was heard is a link in the log, a picture on a page of its own and beside the
// answer why.
func TestWhatWasHeardIsShown(t *testing.T) {
	w := newWorld(t)
	w.fill()
	r := w.ran("o-proved", "Tiêm phòng trâu bò", w.at(23, 5, 30), "", playout.Played, "completed", 0)
	r.Heard, r.Proof = playout.HeardYes, proven(proof.Heard)
	w.runs = []playout.AsRun{r}
	s := newSite(t, w, people.Viewer, "vi")
	const page = "/asrun/heard?occurrence=o-proved"
	if p := s.get("/asrun"); !strings.Contains(p.body, `href="`+page+`"`) || !strings.Contains(p.text, "Nghe rõ") {
		t.Errorf("the log: %s", p.text)
	}
	for address, path := range map[string]string{page: "", "why": "/announcements/" + cattleID + "/why?day=2026-11-23"} {
		if path == "" {
			path = address
		}
		p := s.get(path)
		for _, want := range []string{"Nghe rõ", "Nghe được 98% trong 40 đoạn đã so.", "Giống tiếng đã gửi 0,91 (cần ít nhất 0,40).", "chậm 340 mili giây"} {
			if p.status != http.StatusOK || !strings.Contains(p.text, want) {
				t.Errorf("%s: %d: %q is not said: %s", path, p.status, want, p.text)
			}
		}
		if strings.Count(p.body, `role="img" aria-label="Tiếng`) != 2 || !strings.Contains(p.body, `d="M0 25L1 19L2 38L3 31"`) || !strings.Contains(p.body, `d="M0 50L1 44M3 56"`) {
			t.Errorf("%s: the picture is another: %s", path, p.body)
		}
	}
	w.runs[0].Proof.Envelopes = nil
	if p := s.get(page); !strings.Contains(p.text, "máy chỉ giữ hình 92 ngày") || strings.Contains(p.body, `role="img"`) {
		t.Errorf("without the picture: %s", p.text)
	}
	w.runs[0].Heard, w.runs[0].Proof = playout.NotMeasured, &proof.Result{Verdict: proof.NotMeasured, Why: proof.NoMonitor, Missed: 9}
	if p := s.get(page); !strings.Contains(p.text, "đầu vào kiểm âm không cho tiếng") || strings.Contains(p.text, "Loa không ra tiếng") {
		t.Errorf("not measured: %s", p.text)
	}
	w.runs[0].Proof.Why = proof.Elsewhere
	if p := s.get(page); !strings.Contains(p.text, "cụm loa khác") {
		t.Errorf("in other zones: %s", p.text)
	}
	if p := s.get("/asrun"); !strings.Contains(p.text, "lý do ghi ở “Tiếng ngoài loa”") {
		t.Errorf("the log says nothing of it: %s", p.text)
	}
}

// Of what sounded in other zones alone no picture was ever made, and the page said minutes
// after it that it is kept no more.
func TestAPictureThatNeverWasIsNotGone(t *testing.T) {
	w := newWorld(t)
	w.fill()
	r := w.ran("o-elsewhere", "Tiêm phòng trâu bò", w.at(23, 5, 30), "", playout.Played, "completed", 0)
	r.Heard, r.Proof = playout.NotMeasured, &proof.Result{Verdict: proof.NotMeasured, Why: proof.Elsewhere}
	w.runs = []playout.AsRun{r}
	s := newSite(t, w, people.Viewer, "vi")
	if p := s.get("/asrun/heard?occurrence=o-elsewhere"); !strings.Contains(p.text, "cụm loa khác") || strings.Contains(p.text, "92 ngày") {
		t.Errorf("it never had a picture: %s", p.text)
	}
}

// While something is lost the first page says so above everything, and in its state.
func TestLostIsOnTheFirstPage(t *testing.T) {
	for lang, want := range map[string]string{"vi": "Đang phát “Họp thôn” nhưng loa không ra tiếng từ 16:20", "en": "“Họp thôn” is being sent and the loudspeakers have been silent since 16:20"} {
		w := newWorld(t)
		w.air.Lost = &playout.Lost{Occurrence: "o", Title: "Họp thôn", As: playout.HeardSilent, Since: w.at(23, 16, 20)}
		p := newSite(t, w, people.Viewer, lang).get("/")
		if !strings.Contains(p.body, `role="alert"`) || strings.Count(p.text, want) < 2 && !strings.Contains(p.text, want) {
			t.Errorf("%s: %s", lang, p.text)
		}
	}
}

// The API has what the pages have, and the file for a spreadsheet too.
func TestHeardInTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	r := h.w.ran("o-proved", "Tiêm phòng", h.w.at(23, 5, 30), "", playout.Played, "completed", 0)
	r.Heard, r.Proof = playout.HeardYes, proven(proof.Heard)
	h.w.runs = []playout.AsRun{r}
	h.w.monitor = &playout.MonitorState{Device: "plughw:CARD=Monitor", Up: true, Level: -44.44, Gate: proof.Gate{Off: -70, On: -30, Sent: -18}}
	h.w.air.Lost = &playout.Lost{Occurrence: "o", Title: "Họp", As: playout.HeardWrong, Since: h.w.now}
	for path, wants := range map[string][]string{
		"/api/v1/asrun/o-proved/heard":                {`"heard":"yes"`, `"score":0.91`, `"step":0.1`, `"sent":[-20,-15,-30,-25]`, `"heard":[-40,-35,null,-45]`},
		"/api/v1/asrun?from=2026-11-23&to=2026-11-23": {`"heard":"yes"`, `"share":0.98`, `"lag":0.34`},
		"/api/v1/asrun?from=2026-11-23&format=csv":    {",heard_score,heard_share,heard_lost_s,unmeasured", ",0.91,0.98,0.000,"},
		"/api/v1/monitor":                             {`"configured":true`, `"up":true`, `"level":-44.4`, `"calibrated":true`, `"off":-70`},
		"/api/v1/air":                                 {`"lost":{"occurrence":"o"`, `"heard":"wrong"`},
	} {
		body := string(h.call("viewer", "GET", path, "").want(200).Body)
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %s is not in %s", path, want, body)
			}
		}
	}
	h.call("officer", "POST", "/api/v1/monitor/calibrations", "").want(202)
	h.call("officer", "POST", "/api/v1/monitor/calibrations", "").want(409)
	h.w.calibrations, h.w.monitor = nil, nil
	h.call("officer", "POST", "/api/v1/monitor/calibrations", "").want(409)
}

// Of what was sent while the bypass had the loudspeakers nothing is compared, and the picture said
// that it had been as loud as 0 dB.
func TestWhatWasNotComparedHasNoLevel(t *testing.T) {
	w := newWorld(t)
	w.fill()
	r := w.ran("o-bypassed", "Tiêm phòng trâu bò", w.at(23, 5, 30), "", playout.Played, "completed", 0)
	bare := proven(proof.NotMeasured)
	bare.Windows, bare.Score, bare.Share, bare.Level, bare.Sent, bare.Lag = 0, 0, 0, 0, 0, 0
	r.Heard, r.Proof = playout.NotMeasured, bare
	w.runs = []playout.AsRun{r}
	p := newSite(t, w, people.Viewer, "vi").get("/asrun/heard?occurrence=o-bypassed")
	if strings.Count(p.body, `role="img"`) != 2 || strings.Contains(p.text, "trung bình") || !strings.Contains(p.text, "dài ") {
		t.Errorf("the picture: %s", p.text)
	}
}
