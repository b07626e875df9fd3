package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"loalang/people"
	"loalang/recordings"
	"loalang/speech"
)

func TestBadInput(t *testing.T) {
	const (
		announcements = "POST /api/v1/announcements"
		schedules     = "POST /api/v1/announcements/" + noticeID + "/schedules"
		edit          = "PATCH /api/v1/announcements/" + noticeID
		preview       = "POST /api/v1/speech/preview"
		emergency     = "POST /api/v1/emergency"
	)
	cases := []struct {
		name, call, body string
		status           int
		faults           string // "field code", or the problem's code when it has none
	}{
		{"100 KB of text", announcements, `{"title":"x","text":"` + strings.Repeat("à", 50_000) + `"}`, 422, "text too-long"},
		{"2 MB of body", announcements, `{"title":"x","text":"` + strings.Repeat("a", 2<<20) + `"}`, 413, "too-large"},
		{"control characters", announcements, `{"title":"x","text":"a\u0000b"}`, 422, "text control-characters"},
		{"only punctuation", announcements, `{"title":"x","text":"…!?"}`, 422, "text no-words"},
		{"several faults at once", announcements, `{"title":"","text":""}`, 422, "title required, text required"},
		{"no title at all", announcements, `{"text":"x"}`, 422, "title required"},
		{"title of 300", announcements, `{"title":"` + strings.Repeat("a", 300) + `","text":"x"}`, 422, "title too-long"},
		{"not JSON", announcements, `{"title":`, 400, "body syntax"},
		{"a list", announcements, `[]`, 422, "body syntax"},
		{"wrong type", announcements, `{"title":7,"text":"x"}`, 422, "title syntax"},
		{"unknown field", announcements, `{"title":"x","text":"x","colour":"red"}`, 422, "colour unexpected"},
		{"emergency by the back door", announcements, `{"title":"x","text":"x","class":"emergency"}`, 422, "class unknown"},
		{"bad id", announcements, `{"id":"1","title":"x","text":"x"}`, 422, "id syntax"},
		{"valid until before from", announcements, `{"title":"x","text":"x","valid_from":"2026-12-02T00:00:00Z","valid_until":"2026-12-01T00:00:00Z"}`, 422, "valid_until wrong-order"},
		{"unknown language", announcements, `{"title":"x","text":"x","renditions":[{"language":"fr"}]}`, 422, "renditions[0].language unknown"},
		{"language twice", announcements, `{"title":"x","text":"x","renditions":[{"language":"vi"},{"language":"vi"}]}`, 422, "renditions[1].language unknown"},
		{"no language", announcements, `{"title":"x","text":"x","renditions":[]}`, 422, "renditions required"},
		{"unknown voice", announcements, `{"title":"x","text":"x","renditions":[{"language":"vi","voice":"hal"}]}`, 422, "renditions[0].voice unknown"},
		{"another village's recording", announcements, `{"title":"x","renditions":[{"language":"vi","recording":"` + foreignID + `"}]}`, 422, "renditions[0].recording unknown"},
		{"recording that is no hash", announcements, `{"title":"x","renditions":[{"language":"vi","recording":"../x"}]}`, 422, "renditions[0].recording unknown"},
		{"a schedule inside is wrong too", announcements, `{"title":"","text":"x","schedules":[{"kind":"once","at":"2020-01-01T00:00:00Z"}]}`, 422, "schedules[0].at in-the-past, title required"},

		{"edit to nothing", edit, `{"title":" ","text":"…"}`, 422, "title required, text no-words"},
		{"edit into an emergency", edit, `{"class":"emergency"}`, 422, "class unknown"},
		{"edit of a stale copy", edit, `{"revision":9,"title":"x"}`, 409, "conflict"},
		{"edit of what is no field", edit, `{"village":"x"}`, 422, "village unexpected"},
		{"edit to end before it begins", edit, `{"valid_from":"2026-12-02T00:00:00Z","valid_until":"2026-12-01T00:00:00Z"}`, 422, "valid_until wrong-order"},
		{"unknown kind", schedules, `{"kind":"hourly"}`, 422, "kind unknown"},
		{"instant in the past", schedules, `{"kind":"once","at":"2026-11-23T16:19:00+07:00"}`, 422, "at in-the-past"},
		{"year 9999", schedules, `{"kind":"once","at":"9999-12-31T00:00:00Z"}`, 422, "at too-far"},
		{"year 10000", schedules, `{"kind":"once","at":"10000-01-01T00:00:00Z"}`, 422, "at syntax"},
		{"no instant", schedules, `{"kind":"once"}`, 422, "at required"},
		{"instant without a zone", schedules, `{"kind":"once","at":"2026-11-23T17:00:00"}`, 422, "at syntax"},
		{"no rule", schedules, `{"kind":"recurring"}`, 422, "rule rule-empty"},
		{"30 February", schedules, `{"kind":"recurring","rule":"DTSTART:20261201T080000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}`, 422, "rule rule-never"},
		{"a rule that is over", schedules, `{"kind":"recurring","rule":"DTSTART:20260101T080000\nRRULE:FREQ=DAILY;COUNT=3"}`, 422, "rule rule-over"},
		{"a rule of the year 9999", schedules, `{"kind":"recurring","rule":"DTSTART:99991201T080000\nRRULE:FREQ=DAILY"}`, 422, "rule too-far"},
		{"a rule every minute", schedules, `{"kind":"recurring","rule":"RRULE:FREQ=MINUTELY"}`, 422, "rule rule-often"},
		{"a rule for what happens once", schedules, `{"kind":"once","at":"2026-12-01T00:00:00Z","rule":"FREQ=DAILY"}`, 422, "rule unexpected"},
		{"a rule in no slot", schedules, `{"kind":"recurring","rule":"FREQ=DAILY","slots":["03:00"]}`, 422, "slots[0] unknown"},
		{"one day of what has no rule", schedules + "/" + scheduleID + "/exceptions", `{"do":"leave-out","day":"2026-12-01"}`, 422, "kind not-recurring"},
		{"no slot", schedules, `{"kind":"slots"}`, 422, "slots required"},
		{"unknown slot", schedules, `{"kind":"slots","slots":["03:00"]}`, 422, "slots[0] unknown"},
		{"unknown day", schedules, `{"kind":"slots","slots":["17:00"],"days":["monday"]}`, 422, "days[0] unknown"},
		{"no date", schedules, `{"kind":"slots","slots":["17:00"],"from":"23/11/2026"}`, 422, "from date"},
		{"until before from", schedules, `{"kind":"slots","slots":["17:00"],"from":"2026-12-02","until":"2026-12-01"}`, 422, "until wrong-order"},
		{"now at another time", schedules, `{"kind":"now","at":"2026-11-23T17:00:00+07:00"}`, 422, "at unexpected"},
		{"now in a slot", schedules, `{"kind":"now","slots":["17:00"],"days":["mon"]}`, 422, "slots unexpected, days unexpected"},
		{"slots at an instant", schedules, `{"kind":"slots","slots":["17:00"],"at":"2026-11-23T17:00:00+07:00"}`, 422, "at unexpected"},
		{"once from day to day", schedules, `{"kind":"once","at":"2026-11-23T17:00:00+07:00","from":"2026-11-23","until":"2026-11-24"}`, 422, "from unexpected, until unexpected"},
		{"contradiction inside an announcement", announcements, `{"title":"x","text":"x","schedules":[{"kind":"now","at":"2026-11-23T17:00:00+07:00"}]}`, 422, "schedules[0].at unexpected"},
		{"unknown policy", schedules, `{"kind":"now","misfire":{"policy":"pray"}}`, 422, "misfire.policy unknown"},
		{"grace for ever", schedules, `{"kind":"now","misfire":{"policy":"late","grace":1e300}}`, 422, "misfire out-of-range"},

		{"preview of nothing", preview, `{"language":"vi","text":"  \n"}`, 422, "text required"},
		{"preview of 100 KB", preview, `{"language":"vi","text":"` + strings.Repeat("a ", 20_000) + `"}`, 422, "text too-long"},

		{"emergency without a reason", emergency, `{"title":"Lũ","reason":" "}`, 422, "reason required"},
		{"emergency that is over", emergency, `{"title":"Lũ","reason":"x","expires_in":-5}`, 422, "expires_in in-the-past"},

		{"plan of no day", "GET /api/v1/plan?from=yesterday", "", 422, "from date"},
		{"plan of a year", "GET /api/v1/plan?days=400", "", 422, "days out-of-range"},
		{"days in words", "GET /api/v1/plan?days=seven", "", 422, "days syntax"},
		{"plan of the year 9999", "GET /api/v1/plan?from=9999-12-31", "", 422, "from out-of-range"},
		{"plan of the year 1", "GET /api/v1/plan?from=0001-01-01T00:00:00Z", "", 422, "from in-the-past"},
		{"plan of yesterday", "GET /api/v1/plan?from=2026-11-22&days=1", "", 422, "from in-the-past"},
		{"plan of next summer", "GET /api/v1/plan?from=2027-07-01", "", 422, "from out-of-range"},
		{"as-run of the year 9999", "GET /api/v1/asrun?from=9999-12-31", "", 422, "from too-far"},
		{"as-run until the year 9999", "GET /api/v1/asrun?to=9999-12-31", "", 422, "to too-far"},
		{"as-run backwards", "GET /api/v1/asrun?from=2026-11-23&to=2026-11-01", "", 422, "to wrong-order"},
		{"as-run of ten years", "GET /api/v1/asrun?from=2016-11-23&to=2026-11-01", "", 422, "to out-of-range"},
		{"as-run of no day", "GET /api/v1/asrun?from=1", "", 422, "from date"},
		{"as-run as PDF", "GET /api/v1/asrun?format=pdf", "", 422, "format unknown"},
		{"listening to MP3", "GET /api/v1/air/listen?format=mp3", "", 422, "format unknown"},

		{"announcement that is not there", "GET /api/v1/announcements/0193a000-0000-7000-8000-000000000000", "", 404, "not-found"},
		{"schedule that is not there", "DELETE /api/v1/announcements/" + noticeID + "/schedules/x", "", 404, "not-found"},
		{"address that is not there", "GET /api/v1/nowhere", "", 404, "not-found"},
		{"method that is not there", "DELETE /api/v1/plan", "", 405, "method"},
		{"announcement of no village", announcements, `{"village":"atlantis","title":"x","text":"x"}`, 422, "village unknown"},
		{"announcements of no village", "GET /api/v1/announcements?village=atlantis", "", 422, "village unknown"},
		{"upload of no village", "POST /api/v1/recordings?village=atlantis", "", 422, "village unknown"},
		{"recordings of no village", "GET /api/v1/recordings?village=atlantis", "", 422, "village unknown"},
		{"slots of no village", "GET /api/v1/slots?village=atlantis", "", 422, "village unknown"},
		{"plan of no village", "GET /api/v1/plan?village=atlantis", "", 422, "village unknown"},
		{"as-run of no village", "GET /api/v1/asrun?village=atlantis", "", 422, "village unknown"},
		{"limit of a million", "GET /api/v1/announcements?limit=1000000", "", 422, "limit out-of-range"},
	}
	h := newHouse(t) // one for all: none of them may change anything
	h.fill()
	before := len(h.w.notices)
	for _, c := range cases {
		for _, lang := range []string{"en", "vi"} {
			t.Run(c.name+" "+lang, func(t *testing.T) {
				h.t = t
				method, path, _ := strings.Cut(c.call, " ")
				a := ask{as: "cadre+", method: method, path: path, body: c.body, header: map[string]string{"Accept-Language": lang + "-VN"}}
				p := h.do(a).want(c.status).problem()
				got := p.Code
				if len(p.Errors) > 0 {
					var all []string
					for _, f := range p.Errors {
						all = append(all, f.Field+" "+f.Code)
						if !strings.Contains(p.Detail, f.Detail) && c.status != 400 {
							t.Errorf("detail %q lacks %q", p.Detail, f.Detail)
						}
					}
					got = strings.Join(all, ", ")
				}
				if got != c.faults {
					t.Errorf("got %q, want %q", got, c.faults)
				}
				if isVietnamese := strings.ContainsAny(p.Detail, "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽềếểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"); isVietnamese != (lang == "vi") {
					t.Errorf("in %s: %q", lang, p.Detail)
				}
				if len(h.w.raised) > 0 || len(h.w.notices) != before || h.w.changed > 0 {
					t.Error("something was done all the same")
				}
			})
		}
	}
}

// What is legal though it looks odd.
func TestOddInput(t *testing.T) {
	for name, body := range map[string]string{
		"leading dash":       `{"title":"-rf /","text":"--help"}`,
		"windows line ends":  `{"title":"x","text":"a\r\nb"}`,
		"a minute ago":       `{"title":"x","text":"x","schedules":[{"kind":"once","at":"2026-11-23T16:20:30+07:00"}]}`,
		"decomposed letters": `{"title":"Ho\u0323p","text":"ho\u0323p"}`,
	} {
		t.Run(name, func(t *testing.T) {
			newHouse(t).call("cadre", "POST", "/api/v1/announcements", body).want(201)
		})
	}
}

func TestLanguageOfProblems(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.signIn("Hoa", "trạm y tế xã")
	const vi, en = "Không", "There is no"
	cases := []struct {
		name, path, accept string
		browser            bool
		want               string
	}{
		{"program", "", "", false, en},
		{"program of an English phone", "", "en-US,en", false, en},
		{"program that asks for Vietnamese", "", "vi-VN,vi;q=0.9", false, vi},
		{"lang wins over the header", "?lang=en", "vi", false, en},
		{"person on an English phone", "", "en-US", true, vi},
		{"person by lang", "?lang=en", "", true, en},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := "/api/v1/announcements/0193a000-0000-7000-8000-000000000000" + c.path
			var got string
			if c.browser {
				got = b.call("GET", path, "").want(404).problem().Detail
			} else {
				got = h.do(ask{as: "viewer", method: "GET", path: path, header: map[string]string{"Accept-Language": c.accept}}).want(404).problem().Detail
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestPreviewWithoutAVoice(t *testing.T) {
	h := newHouse(t)
	h.w.noEngine = true
	p := h.call("cadre", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"chào"}`).want(503).problem()
	if p.Code != "refused" || p.Errors[0].Code != "no-engine" || !strings.Contains(p.Detail, "espeak-ng") {
		t.Errorf("got %+v (%v)", p, speech.ErrNoEngine)
	}
}

// A text that sounds for more than half an hour is at fault, not the board, and
// no file is.
func TestPreviewOfATextThatIsTooLong(t *testing.T) {
	spoken := fmt.Errorf("%w: import: %w", speech.ErrTooLong, recordings.Refused{Code: recordings.TooLong})
	for name, err := range map[string]error{"while it is spoken": speech.ErrTooLong, "when it is spoken": spoken} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.w.mute = err
			answer := h.call("cadre", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"chào"}`).want(422)
			if got := answer.faults(); got != "text spoken-too-long" {
				t.Errorf("got %q", got)
			}
		})
	}
	w := newWorld(t)
	w.mute = spoken
	if p := newSite(t, w, people.Cadre, "vi").post("/announcements/preview", url.Values{"text": {"chào"}}); !strings.Contains(p.text, "hơn 30 phút") {
		t.Errorf("the page says %s", p.text)
	}
}

// The words of a long text can be read without waiting for its sound.
func TestSilentPreview(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.noEngine = true
	var p struct{ Spoken, Recording, Audio string }
	h.call("cadre", "POST", "/api/v1/speech/preview", `{"language":"vi","text":"UBND mời 7h30","silent":true}`).want(200).into(&p)
	if p.Spoken != "Ủy ban nhân dân mời bảy giờ ba mươi phút" || p.Recording != "" || p.Audio != "" {
		t.Errorf("%+v", p)
	}
}
