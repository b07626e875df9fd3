package web_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
	"loalang/web"
)

func TestHealthz(t *testing.T) {
	h := newHouse(t)
	h.w.broken = errors.New("database is locked")
	if got := string(h.call("nobody", "GET", "/healthz", "").want(200).Body); got != `{"status":"ok","version":"1.2.3"}` {
		t.Errorf("got %s", got)
	}
}

// stuck is a database that does not come back.
type stuck struct{ until chan struct{} }

func (s stuck) Ping(context.Context) error { <-s.until; return nil }

func TestReadyz(t *testing.T) {
	cases := []struct {
		name   string
		change func(h *house)
		want   string // codes
	}{
		{"OK", func(*house) {}, ""},
		{"no database", func(h *house) { h.w.broken = errors.New("locked") }, "database"},
		{"no output", func(h *house) { h.w.air.Output.Up = false }, "output"},
		{"damaged database", func(h *house) { h.w.broken = syscall.EUCLEAN }, "database-damaged"},
		{"neither", func(h *house) { h.w.broken = errors.New("locked"); h.w.air.Output.Up = false }, "database output"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			c.change(h)
			status := 200
			if c.want != "" {
				status = 503
			}
			var r struct {
				Ready   bool
				Reasons []struct{ Code, Detail string }
			}
			h.call("nobody", "GET", "/readyz", "").want(status).into(&r)
			var codes []string
			for _, reason := range r.Reasons {
				codes = append(codes, reason.Code)
				if reason.Detail == "" || strings.HasPrefix(reason.Detail, "ready.") {
					t.Errorf("no words: %+v", reason)
				}
			}
			if strings.Join(codes, " ") != c.want || r.Ready != (c.want == "") {
				t.Errorf("got %+v", r)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		until := make(chan struct{})
		h := newHouse(t, func(c *web.Config) { c.Database = stuck{until} })
		began := time.Now()
		h.call("nobody", "GET", "/readyz", "").want(503)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("took %s", took)
		}
		close(until)
	})
}

// metrics reads /metrics from this machine.
func (h *house) metrics() string {
	h.t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:5"
	return string(h.send(r).want(200).Body)
}

func TestMetrics(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.runs = nil // before the start: not counted
	h.w.air.Output.Underruns, h.w.air.Output.ChildRSS, h.w.air.Clock.Trust = 3, 9_500_000, hardware.Unknown
	h.w.air.OnAir = &playout.OnAir{Occurrence: h.w.plan.Occurrences[0]}
	h.w.air.DeadAir, h.w.air.DeadAirs = &playout.DeadAir{Occurrence: "o"}, 2
	h.call("viewer", "GET", "/api/v1/announcements/"+noticeID, "").want(200)
	now := h.w.now
	run := func(id string, due time.Time, o playout.Outcome, late time.Duration) playout.AsRun {
		a := playout.AsRun{Occurrence: id, Kind: scheduler.Notice, Due: due, Outcome: o, Lateness: late}
		if o == playout.Played {
			a.Airings = []playout.Airing{{Started: due}}
		}
		return a
	}
	h.w.runs = []playout.AsRun{
		run("before", now.Add(-time.Hour), playout.Played, 0), run("a", now, playout.Played, time.Millisecond),
		run("b", now, playout.Missed, 0), run("c", now, "", 0),
	}
	first := h.metrics()
	for _, want := range []string{
		"loalang_on_air 1", "loalang_emergency_active 0", "loalang_clock_trusted 0", "loalang_output_up 1", "loalang_dead_air 1", "loalang_dead_air_total 2", "loalang_output_level_dbfs -120",
		"loalang_output_underruns_total 3", "loalang_output_resident_bytes 9.5e+06",
		`loalang_asrun_outcomes_total{outcome="played"} 1`, `loalang_asrun_outcomes_total{outcome="missed"} 1`, `loalang_asrun_outcomes_total{outcome="cut"} 0`,
		"loalang_asrun_lateness_seconds_count 1", `loalang_asrun_lateness_seconds_bucket{le="0.001"} 1`, `loalang_asrun_lateness_seconds_bucket{le="0.0005"} 0`,
		`loalang_http_request_duration_seconds_count{method="GET",route="/api/v1/announcements/:id",status="200"} 1`,
	} {
		if !strings.Contains(first, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(first, noticeID) {
		t.Error("an address is a label: there is no end of them")
	}
	h.w.runs[3].Outcome = playout.Cut
	second := h.metrics()
	for _, want := range []string{`loalang_asrun_outcomes_total{outcome="played"} 1`, `loalang_asrun_outcomes_total{outcome="cut"} 1`} {
		if !strings.Contains(second, want+"\n") {
			t.Errorf("second time: no %s", want)
		}
	}
}

func TestMetricsWhileTheDatabaseFails(t *testing.T) {
	h := newHouse(t)
	h.w.broken = errors.New("locked")
	if got := h.metrics(); !strings.Contains(got, "loalang_output_up 1\n") {
		t.Errorf("got %s", got)
	}
}

func TestWhoMayScrape(t *testing.T) {
	cases := []struct {
		name, from string
		header     map[string]string
		token      string // configured
		at         string // that was asked
		want       int
	}{
		{"OK this machine", "127.0.0.1:1", nil, "", "", 200},
		{"OK this machine by IPv6", "[::1]:1", nil, "", "", 200},
		{"OK this machine by its address", "192.0.2.7:1", nil, "", "192.0.2.7:8080", 200},
		{"OK with the token", "192.0.2.1:1", map[string]string{"Authorization": "Bearer s3cret"}, "s3cret", "192.0.2.7:8080", 200},
		{"another machine", "192.0.2.1:1", nil, "", "192.0.2.7:8080", 403},
		{"a proxy on this machine", "127.0.0.1:1", map[string]string{"X-Forwarded-For": "192.0.2.1"}, "", "", 403},
		{"wrong token", "192.0.2.1:1", map[string]string{"Authorization": "Bearer guess"}, "s3cret", "", 403},
		{"empty token is no token", "192.0.2.1:1", map[string]string{"Authorization": "Bearer "}, "", "", 403},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, func(w *web.Config) { w.MetricsToken = c.token })
			for _, path := range []string{"/metrics", "/metrics/health"} {
				r := httptest.NewRequest("GET", path, nil)
				r.RemoteAddr = c.from
				for k, v := range c.header {
					r.Header.Set(k, v)
				}
				if c.at != "" { // the address of this machine that was asked
					at := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.at))
					r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(at)))
				}
				h.send(r).want(c.want)
			}
		})
	}
}

func TestRegistryThatHasOurMetricsAlready(t *testing.T) {
	registry := prometheus.NewRegistry()
	h := newHouse(t, func(c *web.Config) { c.Registry = registry })
	if _, err := web.New(h.cfg); err == nil {
		t.Error("metrics were registered twice")
	}
}

// broken panics where an address is read.
type broken struct{ *world }

func (broken) Villages(context.Context) ([]scheduler.Village, error) { panic("no such thing") }

func TestOneBrokenRequestIsNoMoreThanThat(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.Places = broken{c.Places.(*world)} })
	if p := h.call("viewer", "GET", "/api/v1/villages", "").want(500).problem(); p.Code != "internal" || strings.Contains(p.Detail, "no such thing") {
		t.Errorf("got %+v", p)
	}
	if !strings.Contains(h.log(), "no such thing") {
		t.Error("the fault is not in the log")
	}
	h.call("viewer", "GET", "/api/v1/plan", "").want(200)
}
