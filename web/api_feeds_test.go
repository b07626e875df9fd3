package web_test

import (
	"strings"
	"testing"

	"loalang/speech"
)

// A program makes the addresses of the feed as the page does, and its secret is told once.
func TestFeedsOfTheAPI(t *testing.T) {
	h := newHouse(t)
	h.fill()
	type feed struct{ ID, Name, Path string }
	var made feed
	h.call("cadre", "POST", "/api/v1/calendars/feeds", `{"name":" Điện thoại của  Hoa "}`).want(201).into(&made)
	if made.Name != "Điện thoại của Hoa" || !strings.HasPrefix(made.Path, "/calendar/un-ta.ics?token=loa_") {
		t.Fatalf("%+v", made)
	}
	var list struct{ Feeds []feed }
	h.call("viewer", "GET", "/api/v1/calendars/feeds", "").want(200).into(&list)
	if len(list.Feeds) != 1 || list.Feeds[0].ID != made.ID || list.Feeds[0].Path != "" {
		t.Errorf("%+v", list)
	}
	if got := h.feedAt(made.Path, ""); got.Status != 200 || !strings.HasPrefix(string(got.Body), "BEGIN:VCALENDAR") {
		t.Errorf("the feed: %d", got.Status)
	}
	h.call("cadre", "DELETE", "/api/v1/calendars/feeds/"+made.ID, "").want(204)
	h.call("cadre", "DELETE", "/api/v1/calendars/feeds/"+made.ID, "").want(204)
	h.call("cadre", "DELETE", "/api/v1/calendars/feeds/"+keyID, "").want(404)
	if got := h.feedAt(made.Path, ""); got.Status != 401 {
		t.Errorf("revoked, the feed answers %d", got.Status)
	}
	for range 50 {
		h.call("cadre", "POST", "/api/v1/calendars/feeds", `{}`).want(201)
	}
	if p := h.call("cadre", "POST", "/api/v1/calendars/feeds", `{}`).want(409).problem(); p.Code != "many-feeds" || !strings.Contains(p.Detail, "50") {
		t.Errorf("%+v", p)
	}
	if got := h.call("cadre", "POST", "/api/v1/calendars/feeds", `{"name":"---"}`); got.Status != 409 {
		t.Errorf("%d", got.Status)
	}
}

// A voice is heard before it is chosen, and nothing is saved.
func TestTryVoiceOfTheAPI(t *testing.T) {
	h := newHouse(t)
	var p struct {
		Spoken, Audio string
		Length        float64
	}
	h.call("cadre", "POST", "/api/v1/speech/choices/vi/try", `{"rate":140,"text":"UBND xã"}`).want(200).into(&p)
	if p.Spoken != "Ủy ban nhân dân xã" || p.Length != 4 || p.Audio == "" || len(h.w.tried) != 1 || h.w.tried[0] != " 140 0 Ủy ban nhân dân xã" || len(h.w.choices) != 0 {
		t.Errorf("%+v, tried %q", p, h.w.tried)
	}
	for body, want := range map[string]string{
		`{"text":" "}`: "text required", `{"text":"` + strings.Repeat("a", 501) + `"}`: "text too-long", `{"rate":9000,"text":"a"}`: "rate out-of-range", `{"voice":"x","text":"a"}`: "voice unknown",
	} {
		if got := h.call("cadre", "POST", "/api/v1/speech/choices/vi/try", body).want(422).faults(); got != want {
			t.Errorf("%s: %q", short255(body), got)
		}
	}
	h.w.mute = speech.ErrNoEngine
	if got := h.call("cadre", "POST", "/api/v1/speech/choices/vi/try", `{"text":"a"}`); got.Status < 400 {
		t.Errorf("without a voice: %d", got.Status)
	}
}

func short255(s string) string { return s[:min(len(s), 60)] }

// A template is seen filled before it is saved.
func TestTryTemplateOfTheAPI(t *testing.T) {
	h := newHouse(t)
	var p struct {
		Title, Text, Spoken string
		Blanks              []struct{ Label, Kind, Example string }
	}
	h.call("recorder", "POST", "/api/v1/templates/try", `{"title":"Họp [thôn]","text":"Mời bà con họp lúc [giờ: giờ họp]."}`).want(200).into(&p)
	if p.Title != "Họp Ún Tà" || p.Text != "Mời bà con họp lúc 19 giờ 30." && p.Text != "Mời bà con họp lúc 19h30." || len(p.Blanks) != 1 || p.Blanks[0].Kind != "time" || !strings.Contains(p.Spoken, "mười chín giờ") {
		t.Errorf("%+v", p)
	}
	if got := h.call("recorder", "POST", "/api/v1/templates/try", `{"title":"","text":"[giờ:"}`).want(422).faults(); !strings.Contains(got, "title required") {
		t.Errorf("%q", got)
	}
}
