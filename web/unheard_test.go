package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

// meanwhile changes the air while somebody may be reading it.
func (w *world) meanwhile(change func(a *playout.Air)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.air)
}

// hearing is a board that somebody speaks over and that the village hears.
func hearing(a *playout.Air) {
	a.Output.Up, a.Output.Audible, a.Emergencies, a.Emergency = true, true, nil, nil
	a.OnAir = &playout.OnAir{Occurrence: scheduler.Occurrence{ID: "live/1", Kind: playout.KindLive}}
}

// ailing is that board with what keeps it from being heard.
func ailing(faults ...playout.EmergencyFault) func(a *playout.Air) {
	return func(a *playout.Air) { a.OnAir.Faults = faults }
}

// Who spoke live read for five minutes that the village hears them, with no card, an amplifier
// that is off or at its own microphone, and a monitor input that heard nothing.
func TestLiveVoiceSaysThatNobodyHearsIt(t *testing.T) {
	l := newLiveHouse(t)
	l.w.meanwhile(hearing)
	conn, _ := l.dial(l.token("cadre+"))
	me := line{t, conn}
	me.say(`{"type":"start"}`)
	well := func(s state) bool { return s.Stage == "live" && s.Trouble == "" }
	cases := []struct {
		name, trouble, says string
		ill                 func(a *playout.Air)
	}{
		{"no card", "device", "no sound card", func(a *playout.Air) { a.Output.Up, a.Output.Audible = false, false }},
		{"no card, off the air", "device", "no sound card", func(a *playout.Air) { a.Output.Up, a.OnAir = false, nil }},
		{"the adapter", "amplifier", "power and its wires", ailing(playout.EmergencyFault{Code: playout.TroubleAmplifier})},
		{"resting", "resting", "in about 3 s", ailing(playout.EmergencyFault{Code: playout.TroubleResting, Rests: 2500 * time.Millisecond})},
		{"bypass", "bypass", "own microphone", ailing(playout.EmergencyFault{Code: playout.TroubleBypass})},
		{"the fuse", "unheard", "power and volume", ailing(playout.EmergencyFault{Code: playout.TroubleUnheard})},
		{"another input", "other-sound", "something else", ailing(playout.EmergencyFault{Code: playout.TroubleOther})},
		{"a zone", "zone", "“Chợ”", ailing(playout.EmergencyFault{Code: playout.TroubleZone, Zone: "Chợ"}, playout.EmergencyFault{Code: playout.TroubleZone, Zone: "Suối"})},
	}
	for _, c := range cases {
		l.w.meanwhile(hearing)
		if s := me.until("the village, before "+c.name, well); !strings.Contains(s.Detail, "The village hears you") {
			t.Errorf("before %s: %+v", c.name, s)
		}
		l.w.meanwhile(c.ill)
		s := me.until(c.name, func(s state) bool { return s.Trouble != "" })
		if s.Trouble != c.trouble || s.Stage != "live" || !strings.Contains(s.Detail, c.says) || strings.Contains(s.Detail, "village hears you") != (c.trouble == "zone") || strings.Contains(s.Detail, "{") {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
	l.w.meanwhile(hearing)
	me.until("the village again", well)
	l.w.meanwhile(func(a *playout.Air) { // it has its own page, and the stage tells of it
		a.Output.Up = false
		a.Emergencies = []playout.ActiveEmergency{{}}
	})
	me.say(`{"type":"end"}`)
	if s := me.until("the end", ended); s.Trouble != "" {
		t.Errorf("it ends with %+v", s)
	}
}

// What is known beforehand to keep the village from hearing was not told to who opened the
// page to speak.
func TestLivePageSaysBeforehandThatNobodyWouldHear(t *testing.T) {
	const card, taken, silent = "không có card âm thanh", "âm-li đang dùng micro riêng", "loa không ra tiếng từ"
	cases := map[string]struct {
		ill  func(a *playout.Air)
		want string // empty: nothing
	}{
		"Well":     {func(*playout.Air) {}, ""},
		"Keyed":    {func(a *playout.Air) { a.Amp.Keyed = true }, ""},
		"Null":     {func(a *playout.Air) { a.Output.Audible = false }, card},
		"Card":     {func(a *playout.Air) { a.Output = audio.OutputState{Trouble: "absent"} }, "cắm lại card"},
		"Unknown":  {func(a *playout.Air) { a.Output = audio.OutputState{} }, "Đầu ra âm thanh đang hỏng"},
		"Bypass":   {func(a *playout.Air) { a.Amp.Bypass = hardware.BypassState{Sensed: true, On: true} }, taken},
		"Amp":      {func(a *playout.Air) { a.Amp.Trouble, a.Amp.Fault = "mute", "no answer" }, "Rơ-le của âm-li không trả lời"},
		"Fuse":     {func(a *playout.Air) { a.Lost = &playout.Lost{Title: "Họp", As: playout.HeardSilent} }, silent},
		"DeadAir":  {func(a *playout.Air) { a.DeadAir = &playout.DeadAir{Title: "Họp"} }, ""}, // of that notice alone
		"Together": {func(a *playout.Air) { a.Output.Audible, a.Amp.Bypass.On = false, true }, taken},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := newSite(t, w, people.Cadre, "vi", func(cfg *web.Config) { cfg.Studio = playout.NewStudio(playout.StudioConfig{}) })
			w.air.Output.Audible = true
			c.ill(&w.air)
			for _, path := range []string{"/live", "/live?part=ills"} {
				p := s.get(path)
				if p.status != http.StatusOK || c.want != "" && !strings.Contains(p.text, c.want) {
					t.Errorf("%s: status %d, without %q: %s", path, p.status, c.want, p.text)
				}
				if ills := strings.Count(p.body, "st bad\""); c.want == "" && strings.Contains(path, "part") && ills > 0 {
					t.Errorf("%s tells of something: %s", path, p.text)
				}
				if whole := strings.Contains(p.body, "<html"); whole == strings.Contains(path, "part") {
					t.Errorf("%s is a page: %v", path, whole)
				}
			}
		})
	}
}

// Whoever raised an emergency saw it sound and no fault, though the monitor input heard nothing.
func TestEmergencyPageSaysThatTheMonitorDoesNotHear(t *testing.T) {
	for code, words := range map[string][2]string{
		playout.TroubleUnheard: {"Loa không ra tiếng: bà con chưa nghe thấy.", "The loudspeakers are silent"},
		playout.TroubleOther:   {"Loa ra tiếng khác: bà con chưa nghe báo động.", "The loudspeakers give something else"},
	} {
		t.Run(code, func(t *testing.T) {
			for i, lang := range []string{"vi", "en"} {
				w := newWorld(t)
				w.fill()
				w.emergencyOn()
				w.air.Emergencies[0].Faults = []playout.EmergencyFault{{Code: code}}
				s := newSite(t, w, people.Cadre, lang)
				if p := s.get("/emergency"); !strings.Contains(p.text, words[i]) {
					t.Errorf("the page in %s lacks %q: %s", lang, words[i], p.text)
				}
			}
			synctest.Test(t, func(t *testing.T) { // the page draws what the next event tells
				var st studio
				h := newHouse(t, func(c *web.Config) {
					st = studio{c.Air.(*world), make(chan playout.Air)}
					c.Air = st
				})
				h.fill()
				h.w.emergencyOn()
				_, body, leave, done := h.open(h.request("viewer", "/api/v1/air/events"))
				if _, err := body.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
				a := h.w.Air()
				a.Emergencies = slices.Clone(a.Emergencies)
				st.air <- a
				next(t, body)
				a.At = a.At.Add(100 * time.Millisecond)
				a.Emergencies = slices.Clone(a.Emergencies)
				a.Emergencies[0].Faults = []playout.EmergencyFault{{Code: code}}
				st.air <- a
				name, data := next(t, body)
				if raw, _ := json.Marshal(data["emergencies"]); name != "air" || !strings.Contains(string(raw), `"code":"`+code+`"`) || !strings.Contains(string(raw), words[1]) {
					t.Errorf("the event %s tells %s", name, raw)
				}
				leave()
				<-done
			})
		})
	}
}

// The description names the codes of an emergency's faults and of a live voice's: a caller
// cannot know what it never saw.
func TestTheDescriptionNamesWhatKeepsFromBeingHeard(t *testing.T) {
	h := newHouse(t)
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Enum []string }
			}
		}
	}
	if err := json.Unmarshal(h.call("viewer", http.MethodGet, "/api/v1/openapi.json", "").want(200).Body, &doc); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ schema, property, prefix string }{
		{"EmergencyTrouble", "code", "emergency-fault."}, {"LiveState", "trouble", "live-trouble."},
	} {
		var worded []string
		for key := range words(t, "vi") {
			if code, is := strings.CutPrefix(key, c.prefix); is {
				worded = append(worded, code)
			}
		}
		told := doc.Components.Schemas[c.schema].Properties[c.property].Enum
		slices.Sort(worded)
		slices.Sort(told)
		if len(told) == 0 || !slices.Equal(told, worded) {
			t.Errorf("%s.%s names %q, worded are %q", c.schema, c.property, told, worded)
		}
	}
}
