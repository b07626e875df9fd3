package web_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"loalang/audio"
	"loalang/people"
	"loalang/web"
)

// knob is a Loudness that remembers how it was turned.
type knob struct {
	at  []audio.Decibels
	err error
}

// Turn remembers the gain.
func (k *knob) Turn(gain audio.Decibels) error {
	k.at = append(k.at, gain)
	return k.err
}

// TestVolumeIsTurnedAndKept: by the API the loudspeakers follow at once and the village
// keeps it; what is out of bounds is refused, and a viewer turns nothing.
func TestVolumeIsTurnedAndKept(t *testing.T) {
	k := &knob{}
	h := newHouse(t, func(c *web.Config) { c.Loudness = k })
	var got struct{ Volume, Least, Most int }
	h.call("cadre", "PUT", "/api/v1/air/volume", `{"volume":-6}`).want(200).into(&got)
	if got.Volume != -6 || got.Least != -20 || got.Most != 6 || h.w.village.Volume != -6 || len(k.at) != 1 || k.at[0] != -6 {
		t.Errorf("got %+v, kept %d, turned %v", got, h.w.village.Volume, k.at)
	}
	for _, body := range []string{`{"volume":-21}`, `{"volume":7}`, `{"volume":"0"}`, `{}`} {
		h.call("cadre", "PUT", "/api/v1/air/volume", body).want(422)
	}
	h.call("viewer", "PUT", "/api/v1/air/volume", `{"volume":0}`).want(403)
	h.call("viewer", "GET", "/api/v1/air/volume", "").want(200).into(&got)
	if got.Volume != -6 || len(k.at) != 1 {
		t.Errorf("a viewer reads %+v; turned %v", got, k.at)
	}
	k.err = errors.New("gone")
	h.call("cadre", "PUT", "/api/v1/air/volume", `{"volume":0}`).want(503)
}

// TestVolumeOnThePage: the first page says how loud it is, a press goes one step, and at
// the end of the range the button is off.
func TestVolumeOnThePage(t *testing.T) {
	w := newWorld(t)
	w.fill()
	k := &knob{}
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Loudness = k })
	if p := s.get("/"); !strings.Contains(p.text, "Âm lượng bình thường") || !strings.Contains(p.body, `value="-2"`) || !strings.Contains(p.body, `value="2"`) {
		t.Errorf("the page says %s", p.text)
	}
	if p := s.post("/air/volume", url.Values{"volume": {"-20"}}); p.location != "/?told=volume" || w.village.Volume != -20 || len(k.at) != 1 {
		t.Errorf("status %d to %q, turned %v", p.status, p.location, k.at)
	}
	if p := s.get("/"); !strings.Contains(p.text, "Âm lượng −20 dB") || !strings.Contains(p.body, `value="-20" disabled`) {
		t.Errorf("at the end: %s", p.text)
	}
	for _, volume := range []string{"", "x", "-21", "7"} {
		if p := s.post("/air/volume", url.Values{"volume": {volume}}); p.status != http.StatusBadRequest {
			t.Errorf("%q: %d", volume, p.status)
		}
	}
	if p := newSite(t, w, people.Viewer, "vi", func(c *web.Config) { c.Loudness = k }).get("/"); strings.Contains(p.text, "Âm lượng") {
		t.Error("a viewer is offered the volume")
	}
}
