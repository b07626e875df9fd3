package web_test

import (
	"strings"
	"testing"

	"loalang/hardware"
	"loalang/people"
)

// What is wrong with the amplifier or a zone is said in the reader's language, with what
// to do, and who holds what.
func TestAmplifierTroubleSaysWhatToDo(t *testing.T) {
	for trouble, says := range map[hardware.Trouble][2]string{
		hardware.TroubleBusy:   {"Chương trình khác đang giữ", "Another program holds the line"},
		hardware.TroubleAbsent: {"Không thấy chân hoặc cổng", "is not there. Plug it in again"},
		hardware.TroubleDenied: {"Máy không có quyền", "usermod -aG gpio,dialout loalang"},
		hardware.TroubleMute:   {"Rơ-le của âm-li không trả lời", "relay does not answer"},
		hardware.TroubleGuard:  {"Âm-li bật quá lâu", "on for too long"},
	} {
		for i, lang := range []string{"vi", "en"} {
			w := newWorld(t)
			w.air.Amp = hardware.AmpState{Trouble: trouble, Fault: "Chợ: held by gpioset", Zones: []hardware.ZoneState{
				{Name: "Đầu thôn"}, {Name: "Chợ", AmpState: hardware.AmpState{Trouble: trouble, Fault: "held by gpioset"}},
			}}
			p := newSite(t, w, people.Cadre, lang).get("/about")
			if !strings.Contains(p.text, says[i]) || !strings.Contains(p.text, "Chợ: ") || strings.Count(p.text, "held by gpioset") != 2 || strings.Contains(p.text, "amp-trouble") {
				t.Errorf("%s, %s: %s", trouble, lang, p.text)
			}
		}
	}
}

// While somebody has the amplifier on its own microphone the panel says that nobody hears
// the board.
func TestBypassIsShown(t *testing.T) {
	for name, c := range map[string]struct {
		state hardware.BypassState
		says  string
	}{
		"On":      {hardware.BypassState{Sensed: true, On: true}, "Âm-li đang dùng micro riêng"},
		"Unknown": {hardware.BypassState{Sensed: true, Fault: "no such line"}, "Không đọc được công tắc micro"},
		"Off":     {hardware.BypassState{Sensed: true}, "Âm-li sẵn sàng"},
	} {
		w := newWorld(t)
		w.air.Amp = hardware.AmpState{Bypass: c.state}
		if p := newSite(t, w, people.Cadre, "vi").get("/about"); !strings.Contains(p.text, c.says) {
			t.Errorf("%s: %s", name, p.text)
		}
	}
}
