package web_test

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/web"
)

// device is a board with a card of three controls and a button.
func device(w *world) {
	card := hardware.SoundCard{ID: "Device", Name: "USB Audio Device"}
	w.knobs = web.KnobsState{
		Button: hardware.ButtonState{Fitted: true}, Hold: 500 * time.Millisecond, Long: 10 * time.Second, LED: hardware.LEDLook{Fitted: true, State: hardware.LEDReady},
		Controls: []web.CardControl{
			{Card: card, Control: hardware.MixerControl{Name: "Speaker", Level: -10.5, Percent: 77, Muted: true}},
			{Card: card, Control: hardware.MixerControl{Name: "PCM,1", Level: math.NaN(), Percent: 30}},
		},
	}
}

func TestMixerIsChosenOnThePage(t *testing.T) {
	w := newWorld(t)
	device(w)
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/sound")
	for _, want := range []string{"Speaker – USB Audio Device", "77% (−10,5 dB)", "đang tắt tiếng", "không cho biết dB", "chớp một cái", "Âm lượng chỉnh bằng phần mềm"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page says no %q: %s", want, p.text)
		}
	}
	if p = s.post("/sound", url.Values{"control": {"Device:Speaker"}, "usual": {"−7,2 dB"}}); p.location != "/sound?told=mixer" || w.knobs.Mixer.Usual != -8 || w.knobs.Mixer.By == "" {
		t.Fatalf("%d to %q: %+v", p.status, p.location, w.knobs.Mixer)
	}
	for name, form := range map[string]url.Values{
		"no number": {"control": {"Device:Speaker"}, "usual": {"to"}},
		"too loud":  {"control": {"Device:Speaker"}, "usual": {"31"}},
		"no level":  {"control": {"Device:Speaker"}, "usual": {"NaN"}},
		"mute":      {"control": {"Device:PCM,1"}, "usual": {"-3"}},
	} {
		p := s.post("/sound", form)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `name="usual" value="`+form.Get("usual")+`"`) || !strings.Contains(p.body, `aria-invalid="true"`) {
			t.Errorf("%s: %d, %s", name, p.status, p.text)
		}
	}
	if p = s.post("/sound", url.Values{"control": {""}}); p.location != "/sound?told=mixer" || w.knobs.Mixer.Card != "" {
		t.Errorf("back to digital: %d %+v", p.status, w.knobs.Mixer)
	}
	w.knobs.Fixed = true
	if p = s.get("/sound"); !strings.Contains(p.text, "đặt cứng") || strings.Contains(p.body, `action="/sound"`) {
		t.Errorf("fixed in the settings: %s", p.text)
	}
}

// A control whose card was pulled out was not on the page: no line was checked, and what was
// sent without one gave up the choice and told that it was saved. Nor was one sent that tells
// no dB, because its line is disabled.
func TestAControlThatIsNotThereStaysChosen(t *testing.T) {
	w := newWorld(t)
	device(w)
	w.knobs.Mixer = web.MixerChoice{Card: "Device", Control: "Speaker", Usual: -7}
	other := w.knobs.Controls
	other[0].Card, other[1].Card = hardware.SoundCard{ID: "Other", Name: "Other"}, hardware.SoundCard{ID: "Other", Name: "Other"}
	s := newSite(t, w, people.Officer, "vi")
	const checked = `name="control" value="Device:Speaker" checked>`
	if p := s.get("/sound"); !strings.Contains(p.body, checked) || strings.Count(p.body, `name="control"`) != 4 || !strings.Contains(p.text, "không thấy card hoặc nút này") {
		t.Errorf("what was chosen is not on the page: %s", p.text)
	}
	for says, form := range map[string]url.Values{
		"Chưa chọn dùng nút nào":              {"usual": {"-9"}},
		"nút đã lưu trước đây vẫn giữ nguyên": {"control": {"Device:Speaker"}, "usual": {"-9"}},
	} {
		p := s.post("/sound", form)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, says) || !strings.Contains(p.body, checked) || !strings.Contains(p.body, `name="usual" value="-9"`) {
			t.Errorf("%v: %d, %s", form, p.status, p.text)
		}
		if m := w.knobs.Mixer; m.Card != "Device" || m.Control != "Speaker" || m.Usual != -7 {
			t.Errorf("%v: it became %+v", form, m)
		}
	}
	w.knobs.Controls = nil
	if p := s.get("/sound"); !strings.Contains(p.body, checked) {
		t.Errorf("without any control it is not on the page: %s", p.text)
	}
	w.knobs.Controls, w.knobs.Mixer = other, web.MixerChoice{Card: "Other", Control: "PCM,1"}
	if p := s.get("/sound"); !strings.Contains(p.body, `name="control" value="Other:PCM,1" checked>`) {
		t.Errorf("what tells no dB any more is not sent: %s", p.body)
	}
}

// A card that hangs was "something went wrong" to whoever chose its control.
func TestAControlThatHangsSaysWhatToDo(t *testing.T) {
	w := newWorld(t)
	device(w)
	w.mixerHung = true
	p := newSite(t, w, people.Officer, "vi").post("/sound", url.Values{"control": {"Device:Speaker"}, "usual": {"-6"}})
	if p.status != http.StatusConflict || !strings.Contains(p.text, "Hãy rút card ra rồi cắm lại") || w.knobs.Mixer.Usual == -6 {
		t.Errorf("%d, %+v: %s", p.status, w.knobs.Mixer, p.text)
	}
}

func TestButtonIsSetOnThePage(t *testing.T) {
	w := newWorld(t)
	device(w)
	s := newSite(t, w, people.Officer, "vi")
	p := s.get("/button")
	for _, want := range []string{"Nút sẵn sàng", "Giữ 0,5 giây", "lần nữa 10 giây", "Chỉ hú còi"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the page says no %q: %s", want, p.text)
		}
	}
	for _, want := range []string{`name="deed" value="siren" checked`, `name="life" value="15"`, `name="second" value="stop" checked`} {
		if !strings.Contains(p.body, want) {
			t.Errorf("not filled in: %s", want)
		}
	}
	good := url.Values{"deed": {"siren"}, "life": {"20"}, "second": {"all-clear"}}
	if p = s.post("/button", good); p.location != "/button?told=button" || w.knobs.Action.Life != 20*time.Minute || w.knobs.Action.Second != playout.SecondAllClear || w.knobs.By == "" {
		t.Fatalf("%d to %q: %+v", p.status, p.location, w.knobs.Action)
	}
	for name, change := range map[string][2]string{
		"no message": {"deed", "message"}, "no deed": {"deed", "x"}, "no zone": {"zone", "Chợ"}, "too short": {"life", "0.5"}, "no number": {"life", "lâu"}, "no second": {"second", "x"},
	} {
		form := url.Values{"deed": {"siren"}, "life": {"20"}, "second": {"stop"}}
		form.Set(change[0], change[1])
		if p := s.post("/button", form); p.status != http.StatusUnprocessableEntity || w.knobs.Action.Second != playout.SecondAllClear || !strings.Contains(p.body, `name="life" value="`+form.Get("life")+`"`) {
			t.Errorf("%s: %d %+v", name, p.status, w.knobs.Action)
		}
	}
	w.knobs.Button.Stuck = true
	if p = s.get("/button"); !strings.Contains(p.text, "kẹt") {
		t.Errorf("stuck: %s", p.text)
	}
}

// The volumes of hours go through the page of the rules whole.
func TestVolumesOfHoursAreKept(t *testing.T) {
	w := newWorld(t)
	w.village.Revision = 1
	s := newSite(t, w, people.Officer, "vi")
	p := s.post("/rules", looked(url.Values{
		"revision": {"1"}, "allowed_from_1": {"05:00"}, "allowed_to_1": {"21:00"}, "allowed_day_1": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
		"volume_from_1": {"00:00"}, "volume_to_1": {"06:00"}, "volume_day_1": {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, "volume_level_1": {"-12"}, "volume_class_1": {"normal"},
	}))
	if got := w.village.Rules.Volumes; len(got) != 1 || got[0].Volume != -12 || got[0].Class != "normal" || got[0].To != 360 {
		t.Fatalf("%d %s: %+v", p.status, p.text, got)
	}
	body := s.get("/rules").body
	for _, want := range []string{`name="volume_from_1" value="00:00"`, `<option value="-12" selected>`, `<option value="normal" selected>`, `name="volume_day_1" value="sun" checked`} {
		if !strings.Contains(body, want) {
			t.Errorf("not shown again: %s", want)
		}
	}
}

// The page of the button promised that a press sounds, and that a long one ends it, whatever
// was chosen; a hold time of nothing was told as one.
func TestButtonPageSaysWhatIsChosen(t *testing.T) {
	for name, c := range map[string]struct {
		action     playout.ButtonAction
		hold, long time.Duration
		says, not  []string
	}{
		"OK":          {playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondStop}, 500 * time.Millisecond, 10 * time.Second, []string{"Giữ 0,5 giây thì kêu.", "bấm giữ lần nữa 10 giây thì dừng."}, []string{"kêu ngay"}},
		"AllClear":    {playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondAllClear}, 500 * time.Millisecond, 10 * time.Second, []string{"bấm giữ lần nữa 10 giây thì dừng và báo yên."}, []string{"thì dừng."}},
		"NoSecond":    {playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondNothing}, 500 * time.Millisecond, 10 * time.Second, []string{"Giữ 0,5 giây thì kêu."}, []string{"10 giây"}},
		"NeverLong":   {playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondStop}, 500 * time.Millisecond, 0, []string{"Giữ 0,5 giây thì kêu."}, []string{"bấm giữ lần nữa 0"}},
		"AtOnce":      {playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondNothing}, 0, 10 * time.Second, []string{"Bấm nút thì loa kêu ngay."}, []string{"Giữ 0"}},
		"DoesNothing": {playout.ButtonAction{Deed: playout.ButtonNothing, Second: playout.SecondStop}, 500 * time.Millisecond, 10 * time.Second, []string{"Bấm nút không phát gì"}, []string{"thì kêu", "kêu ngay", "10 giây"}},
	} {
		w := newWorld(t)
		device(w)
		w.knobs.Action, w.knobs.Hold, w.knobs.Long = c.action, c.hold, c.long
		p := newSite(t, w, people.Officer, "vi").get("/button")
		for _, says := range c.says {
			if !strings.Contains(p.text, says) {
				t.Errorf("%s: it does not say %q: %s", name, says, p.text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(p.text, not) {
				t.Errorf("%s: it says %q", name, not)
			}
		}
	}
}
