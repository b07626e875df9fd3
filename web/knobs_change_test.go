package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/health"
	"loalang/people"
	"loalang/playout"
	"loalang/web"
)

// noted are the changes of a kind that the history was told of, once it was.
func (w *world) noted(kind string) []people.Change {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.changes), func(c people.Change) bool { return c.Kind != kind })
}

func toldOf(c people.Change, name string) people.FieldChange {
	i := slices.IndexFunc(c.Fields, func(f people.FieldChange) bool { return f.Name == name })
	if i < 0 {
		return people.FieldChange{}
	}
	return c.Fields[i]
}

// TestSilencingTheButtonAsksForThePINAndLeavesATrace: whoever held a phone that was signed
// in made the panic button do nothing, the history did not know of it, and the page went on
// saying that the button is ready.
func TestSilencingTheButtonAsksForThePINAndLeavesATrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		device(w)
		s := member(t, w)
		s.post("/account/pin", url.Values{"newpin": {"7351"}})
		b := s.again()
		if p := b.get("/button"); !strings.Contains(p.body, `name="pin"`) {
			t.Fatalf("the page asks for no PIN: %s", p.text)
		}
		silent := url.Values{"deed": {"nothing"}, "life": {"15"}, "second": {"stop"}}
		p := b.post("/button", silent)
		if p.status != http.StatusForbidden || w.knobs.Action.Deed != "" || !strings.Contains(p.text, "Cần mã PIN") || p.fields(t).Get("deed") != "nothing" {
			t.Fatalf("without the PIN: %d, %+v: %s", p.status, w.knobs.Action, p.text)
		}
		for _, body := range []string{`{"deed":"nothing"}`, `{"deed":"siren","second":"nothing"}`, `{"deed":"siren","life":60}`} {
			if p := b.json("PUT", "/api/v1/sound/button", body); p.status != http.StatusForbidden || !strings.Contains(p.body, `"pin-required"`) || w.knobs.Action.Deed != "" {
				t.Errorf("%s by the API without the PIN: %d: %s", body, p.status, p.body)
			}
		}
		if p := b.post("/button", url.Values{"deed": {"siren"}, "life": {"15"}, "second": {"stop"}}); p.status != http.StatusSeeOther || len(w.noted("button")) != 0 {
			t.Errorf("what changes nothing: %d: %s", p.status, p.text)
		}
		silent.Set("pin", "7351")
		if p := b.post("/button", silent); p.location != "/button?told=button" || w.knobs.Action.Deed != playout.ButtonNothing {
			t.Fatalf("with the PIN: %d to %q: %s", p.status, p.location, p.text)
		}
		all := w.noted("button")
		if len(all) != 1 || len(all[0].Fields) != 1 || toldOf(all[0], "button_deed") != (people.FieldChange{Name: "button_deed", Before: "siren", After: "nothing"}) || all[0].Actor.Name != w.accounts[0].Name || all[0].Village == "" {
			t.Fatalf("the history has %+v", all)
		}
		if p := s.get("/button"); !strings.Contains(p.text, "Bấm nút không phát gì") || strings.Contains(p.text, "Nút sẵn sàng") {
			t.Errorf("the page says: %s", p.text)
		}
		w.broken = errDisk // the history cannot be told
		if p := b.json("PUT", "/api/v1/sound/button", `{"deed":"siren","life":1200}`); p.status != http.StatusOK || w.knobs.Action.Deed != playout.ButtonSiren {
			t.Errorf("without the database: %d: %s", p.status, p.body)
		}
	})
}

// TestHistorySaysWhatTheButtonDid: in words, before and after.
func TestHistorySaysWhatTheButtonDid(t *testing.T) {
	w := newWorld(t)
	c := web.ButtonChange(w.village.Key, playout.ButtonAction{Deed: playout.ButtonSiren, Second: playout.SecondStop}, playout.ButtonAction{
		Deed: playout.ButtonNothing, Zones: []string{"Loa 2", "Loa 1"}, Life: 20 * time.Minute, Second: playout.SecondAllClear,
	}, nil)
	c.Actor, c.At = people.Actor{Name: "Sùng Thị Thúy", Kind: people.ActorAccount, Way: people.ByPanel}, w.now
	w.changes = []people.Change{c}
	p := newSite(t, w, people.Officer, "vi").get("/history")
	for _, want := range []string{"Sùng Thị Thúy", "đã sửa: nút khẩn cấp", "Chỉ hú còi", "Không làm gì", "Loa 1, Loa 2", "Dừng và báo", "Kêu nhiều nhất"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("the history says no %q: %s", want, p.text)
		}
	}
	if same := web.ButtonChange("x", playout.ButtonAction{Zones: []string{"a", "b"}, Life: 15 * time.Minute}, playout.ButtonAction{Zones: []string{"b", "a"}}, nil); len(same.Fields) != 0 {
		t.Errorf("the same differs: %+v", same)
	}
}

// TestAnotherVolumeControlIsInTheHistory: only a file knew that somebody chose it.
func TestAnotherVolumeControlIsInTheHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		device(w)
		s := newSite(t, w, people.Officer, "vi")
		s.post("/sound", url.Values{"control": {"Device:Speaker"}, "usual": {"-7"}})
		s.post("/sound", url.Values{"control": {"Device:Bass"}, "usual": {"-7"}}) // is not there
		all := w.noted("mixer")
		if len(all) != 1 || toldOf(all[0], "mixer_control").After != "Device:Speaker" || toldOf(all[0], "usual_db").After != "-8" {
			t.Fatalf("the history has %+v", all)
		}
		if p := s.json("PUT", "/api/v1/sound/mixer", `{}`); p.status != http.StatusOK {
			t.Fatal(p.body)
		}
		if all = w.noted("mixer"); len(all) != 2 || toldOf(all[1], "mixer_control") != (people.FieldChange{Name: "mixer_control", Before: "Device:Speaker", After: ""}) {
			t.Errorf("the history has %+v", all)
		}
	})
}

// TestHealthWarnsOfAButtonThatDoesNothing: the page said that it is ready.
func TestHealthWarnsOfAButtonThatDoesNothing(t *testing.T) {
	w := newWorld(t)
	m := hotBoard(w.now)
	m.m.Button = &health.ButtonState{Nothing: true}
	p := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Health = m }).get("/health")
	for _, want := range []string{"3 chỗ cần xem", "bấm không phát gì", "Mở trang Nút khẩn cấp"} {
		if !strings.Contains(p.text, want) {
			t.Errorf("%q is not on the page: %s", want, p.text)
		}
	}
}

// TestFaultsOfTheSoundStayInWords: the sentences were followed by what the system said, in
// English.
func TestFaultsOfTheSoundStayInWords(t *testing.T) {
	w := newWorld(t)
	device(w)
	s := newSite(t, w, people.Officer, "vi")
	const system = "open gpiochip0: device or resource busy"
	w.knobs.Button.Fault, w.knobs.LED.Fault, w.knobs.Loudness.Fault, w.knobs.Fault = system, system, system, system
	w.knobs.Mixer.Card = "Device"
	for path, want := range map[string]string{"/button": "Không đọc được nút", "/sound": "Không đọc được các nút chỉnh"} {
		if p := s.get(path); strings.Contains(p.text, "busy") || !strings.Contains(p.text, want) {
			t.Errorf("%s: %s", path, p.text)
		}
	}
}
