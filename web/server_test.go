package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/web"
)

// HEAD is answered wherever GET is, streams included, by the headers alone.
func TestHeadWhereverGet(t *testing.T) {
	h := newHouse(t)
	h.fill()
	server := httptest.NewServer(h.http)
	defer server.Close()
	client := &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/sign-in": 200, "/": 303, "/nowhere": 404, "/api/v1/openapi.json": 200,
		"/api/v1/announcements": 200, "/api/v1/announcements/" + noticeID: 200, "/api/v1/plan": 200, "/api/v1/asrun": 200, "/api/v1/air": 200,
		"/api/v1/air/events": 200, "/api/v1/air/listen": 200, "/api/v1/nowhere": 404, "/api/v1/emergency": 405, "/language": 405,
	} {
		r, err := http.NewRequest(http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(path, "/api/") {
			r.Header.Set("Authorization", "bearer "+h.as["viewer"])
		}
		res, err := client.Do(r)
		if err != nil {
			t.Errorf("HEAD %s: %v", path, err)
			continue
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != want || len(body) > 0 {
			t.Errorf("HEAD %s: status %d, want %d; %d bytes, %v", path, res.StatusCode, want, len(body), err)
		}
	}
	client.CloseIdleConnections()
}

// The scheme of an Authorization header is read in any case, as RFC 9110 has
// it, at /metrics too.
func TestBearerInAnyCase(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.MetricsToken = "đo" })
	for _, scheme := range []string{"Bearer", "bearer", "BEARER"} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = "192.0.2.7:5"
		r.Header.Set("Authorization", scheme+" đo")
		h.send(r).want(200)
		r = httptest.NewRequest(http.MethodGet, "/api/v1/air", nil)
		r.Header.Set("Authorization", scheme+" "+h.as["viewer"])
		h.send(r).want(200)
	}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.Header.Set("Authorization", "bearer sai")
	h.send(r).want(403)
}

// A form without a ticked language is not sent, whatever else is missing from
// it: the page once took a form without its key for one that was never filled.
func TestNoticeInNoLanguage(t *testing.T) {
	for _, gone := range [][]string{{"language", ""}, {"language", "", "key", ""}} {
		w := newWorld(t)
		p := newSite(t, w, people.Cadre, "vi").upload("/announcements/new", notice(gone...), nil)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text, "Chưa điền.") || len(w.order) > 0 {
			t.Errorf("without %v: status %d, %d saved", gone, p.status, len(w.order))
		}
	}
}
