package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"loalang/audio"
	"loalang/playout"
	"loalang/web"
)

const apiFlood = `{"reason":"Nước dâng nhanh","text":"Bà con lên cao.","languages":["vi"]}`

func (s *site) json(method, path, body string) page {
	s.t.Helper()
	p := s.do(method, path, "application/json", strings.NewReader(body))
	if strings.HasPrefix(path, "/api/v1/") {
		conforms(s.t, httptest.NewRequest(method, path, nil), answer{s.t, p.status, p.header, []byte(p.body)})
	}
	return p
}

// Whoever chose a PIN cannot go around it by the API, in a browser that was left signed
// in; a wrong one raises nothing, and the right one counts for a while.
func TestEmergencyByTheAPIAsksForThePIN(t *testing.T) {
	w := newWorld(t)
	s := member(t, w)
	if p := s.json("POST", "/api/v1/emergency", apiFlood); p.status != http.StatusCreated || len(w.raised) != 1 {
		t.Fatalf("before there is a PIN: %d: %s", p.status, p.body)
	}
	s.post("/account/pin", url.Values{"newpin": {"7351"}})
	b := s.again()
	p := b.json("POST", "/api/v1/emergency", apiFlood)
	if p.status != http.StatusForbidden || !strings.Contains(p.body, `"pin-required"`) || len(w.raised) != 1 {
		t.Fatalf("without the PIN: %d, %d raised: %s", p.status, len(w.raised), p.body)
	}
	if p := b.json("POST", "/api/v1/emergency/all-clear", "{}"); p.status != http.StatusForbidden || !strings.Contains(p.body, `"pin-required"`) || len(w.raised) != 1 {
		t.Errorf("the all-clear without the PIN: %d, %d raised: %s", p.status, len(w.raised), p.body)
	}
	if p := b.post("/emergency/all-clear", url.Values{"text": {"Hết báo động"}}); p.status != http.StatusForbidden || len(w.raised) != 1 || !strings.Contains(p.body, `name="pin"`) {
		t.Errorf("its form without the PIN: %d, %d raised: %s", p.status, len(w.raised), p.text)
	}
	if p := b.json("POST", "/api/v1/account/pin/confirmation", `{"pin":"9999"}`); p.status != http.StatusForbidden {
		t.Errorf("a wrong PIN: %d: %s", p.status, p.body)
	}
	if p := b.json("POST", "/api/v1/emergency", apiFlood); p.status != http.StatusForbidden || len(w.raised) != 1 {
		t.Errorf("after a wrong PIN: %d, %d raised", p.status, len(w.raised))
	}
	if p := b.json("POST", "/api/v1/account/pin/confirmation", `{"pin":"7351"}`); p.status != http.StatusNoContent {
		t.Fatalf("the right PIN: %d: %s", p.status, p.body)
	}
	if p := b.json("POST", "/api/v1/emergency", apiFlood); p.status != http.StatusCreated || len(w.raised) != 2 {
		t.Errorf("after the right PIN: %d, %d raised: %s", p.status, len(w.raised), p.body)
	}
	if p := b.json("DELETE", "/api/v1/emergency", ""); p.status != http.StatusNoContent || w.lowered != 1 {
		t.Errorf("ending asks for nothing: %d", p.status)
	}
}

// The live line itself asks for the PIN: whoever comes around the page does not speak.
func TestLiveLineAsksForThePIN(t *testing.T) {
	w := newWorld(t)
	w.account(t, "thuy")
	w.accounts[0].Revision = 1
	air, start := &tower{}, time.Now()
	studio := playout.NewStudio(playout.StudioConfig{
		Village: "un-ta", Air: air, Tapes: noTapes{}, Names: noTapes{}, Chime: "chuông", Now: time.Now, LinkPatience: time.Minute,
		Mono:  func() audio.Instant { return audio.Instant(time.Since(start) + time.Hour) },
		NewID: func() string { return "tape" }, Log: slog.New(slog.DiscardHandler),
	})
	s := newSite(t, w, "", "vi", func(c *web.Config) { c.Studio = studio })
	s.take(s.post("/sign-in", url.Values{"name": {"thuy"}, "password": {passphrase}}))
	s.post("/account/pin", url.Values{"newpin": {"7351"}})
	b := s.again()
	server := httptest.NewServer(s.handler)
	defer server.Close()
	defer server.CloseClientConnections()
	begin := func() string {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		header := http.Header{"Origin": {server.URL}}
		for _, c := range b.cookies {
			header.Add("Cookie", c.Name+"="+c.Value)
		}
		conn, _, err := websocket.Dial(ctx, server.URL+"/api/v1/live", &websocket.DialOptions{HTTPHeader: header})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.CloseNow() //nolint:errcheck // the answer is in
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"start","chime":false}`)); err != nil {
			t.Fatal(err)
		}
		_, raw, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	if got := begin(); !strings.Contains(got, `"pin-required"`) {
		t.Errorf("without the PIN: %s", got)
	}
	air.mu.Lock()
	aired := len(air.live)
	air.mu.Unlock()
	if aired != 0 {
		t.Fatal("somebody speaks without the PIN")
	}
	if p := b.post("/pin", url.Values{"pin": {"7351"}}); p.location != "/live" {
		t.Fatalf("to %q: %s", p.location, p.text)
	}
	if got := begin(); strings.Contains(got, "pin-required") {
		t.Errorf("with the PIN: %s", got)
	}
	for _, f := range air.pipes {
		defer f.Close()
	}
}
