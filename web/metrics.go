package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"loalang/playout"
	"loalang/scheduler"
)

// metricsPatience is how long a scrape waits for the as-run.
const metricsPatience = time.Second

// asRunReach is how far back a scrape looks for rows that got their outcome
// since the last one.
const asRunReach = 48 * time.Hour

// meters are the panel's metrics. What the air is like is asked for at each
// scrape; outcomes are counted from the as-run, so that they are the truth.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	outcomes *prometheus.CounterVec
	lateness prometheus.Histogram

	air     Airer
	log     Log
	village string
	now     func() time.Time
	worry   *worry
	scrapes http.Handler
	drills  *drillMeters
	due     *dueMeter

	cover    func(ctx context.Context) (scheduler.Coverage, error)
	unsure   *worry // about the coverage
	lacking  prometheus.Gauge
	overdue  prometheus.Gauge
	assigned prometheus.Gauge

	mu      sync.Mutex
	since   time.Time
	counted map[string]time.Time // due by occurrence
}

func newMeters(s *Server) (*meters, error) {
	m := &meters{
		registry: s.cfg.Registry, air: s.cfg.Air, log: s.cfg.AsRun, village: s.cfg.Village, now: s.cfg.Now,
		worry: &worry{log: s.cfg.Logger, bad: "the as-run cannot be read for the metrics", good: "the as-run is read again"},
		since: s.cfg.Now(), counted: map[string]time.Time{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "loalang_http_request_duration_seconds", Help: "How long requests took; streams are left out.",
			Buckets: []float64{.001, .005, .02, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"route", "method", "status"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "loalang_asrun_outcomes_total", Help: "Occurrences and emergencies due since the program started, without drills, by what became of them.",
		}, []string{"outcome"}),
		cover:  s.ownCoverage,
		unsure: &worry{log: s.cfg.Logger, bad: "what lacks a language cannot be read for the metrics", good: "what lacks a language is read again"},
		lacking: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "loalang_renditions_lacking", Help: "Languages in which a person must do something before announcements that air within 24 hours can be told in them.",
		}),
		assigned: prometheus.NewGauge(prometheus.GaugeOpts{Name: "loalang_renditions_assigned", Help: "Renditions that somebody was asked to record."}),
		overdue:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "loalang_renditions_overdue", Help: "Those of them that were due."}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "loalang_asrun_lateness_seconds", Help: "First frame against the promised instant, of what sounded.",
			Buckets: []float64{.0005, .001, .005, .05, .5, 2, 10, 60, 300, 900, 3600},
		}),
	}
	for _, o := range []playout.Outcome{playout.Played, playout.Cut, playout.Moved, playout.Skipped, playout.Missed, playout.StoppedBy, playout.Withdrawn} {
		m.outcomes.WithLabelValues(string(o)) // from 0 on, so that the first one shows as a rise
	}
	m.drills, m.due = newDrillMeters(s), newDueMeter(s)
	for _, c := range m.drills.collectors() {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	for _, c := range []prometheus.Collector{m.requests, m.outcomes, m.lateness, m.lacking, m.assigned, m.overdue, m.due.next, m.due.wait, healthCollector{s}, airCollector{s.cfg.Air}, voiceCollector{s.cfg.Prompter}, goCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	m.scrapes = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelError)})
	return m, nil
}

// goCollector tells of Go's memory under the names that every Go program uses, with what the
// garbage collector last found alive: a leak shows there first.
func goCollector() prometheus.Collector {
	return collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile("^/gc/heap/live:bytes$")}))
}

// time measures requests by the route's pattern, never by its address: those
// would be without number.
func (m *meters) time(c *gin.Context) {
	route := c.FullPath()
	if strings.HasPrefix(route, apiRoot+"/air/events") || strings.HasPrefix(route, apiRoot+"/air/listen") {
		c.Next()
		return
	}
	if route == "" {
		route = "none"
	}
	timer := prometheus.NewTimer(prometheus.ObserverFunc(func(seconds float64) {
		m.requests.WithLabelValues(route, knownMethod(c.Request.Method), strconv.Itoa(c.Writer.Status())).Observe(seconds)
	}))
	defer timer.ObserveDuration()
	c.Next()
}

func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	}
	return "other"
}

// metrics answers this machine, and whoever has the token.
func (s *Server) metrics(c *gin.Context) {
	if !s.mayScrape(c.Request) {
		s.abort(c, s.problem(apiLanguage(c.Request, false), http.StatusForbidden, "metrics"))
		return
	}
	s.meters.readAsRun(c.Request.Context())
	s.meters.readCoverage(c.Request.Context())
	s.meters.drills.read(c.Request.Context(), s.cfg.Now())
	s.meters.due.read(c.Request.Context(), s.cfg.Now())
	s.meters.scrapes.ServeHTTP(c.Writer, c.Request)
}

// mayScrape lets in what comes from this machine itself, not what a proxy on it
// passes on.
func (s *Server) mayScrape(r *http.Request) bool {
	if token, ok := bearerOf(r.Header.Get("Authorization")); ok && s.cfg.MetricsToken != "" {
		return sameText(token, s.cfg.MetricsToken)
	}
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Real-Ip") != "" {
		return false
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	if at.Addr().Unmap().IsLoopback() {
		return true
	}
	// A panel that listens on one address of the local network alone has this machine
	// come from that address.
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	here, err := netip.ParseAddrPort(local.String())
	return err == nil && here.Addr().Unmap() == at.Addr().Unmap()
}

// readAsRun counts the rows that got their outcome since the last scrape.
func (m *meters) readAsRun(ctx context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if m.since.After(now) {
		m.since = now // the program started by a clock that was ahead
	}
	from, to := m.since, now.Add(time.Minute)
	if reach := now.Add(-asRunReach); from.Before(reach) {
		from = reach
	}
	var rows []playout.AsRun
	m.worry.about(bounded(ctx, metricsPatience, func(ctx context.Context) (func(), error) {
		found, err := m.log.AsRuns(ctx, m.village, from, to)
		return func() { rows = found }, err
	}))
	for _, row := range rows {
		if _, known := m.counted[row.Occurrence]; known || row.Outcome == "" {
			continue
		}
		m.counted[row.Occurrence] = row.Due
		if row.Kind == scheduler.DrillKind {
			m.drills.count(row)
			continue
		}
		m.outcomes.WithLabelValues(string(row.Outcome)).Inc()
		if len(row.Airings) > 0 && !row.Alarmed() {
			m.lateness.Observe(row.Lateness.Seconds())
		}
	}
	for occurrence, due := range m.counted {
		if due.Before(from) || due.After(to) { // by a clock that was ahead: it is due anew
			delete(m.counted, occurrence)
		}
	}
}

// ownCoverage is that of the board's village.
func (s *Server) ownCoverage(ctx context.Context) (scheduler.Coverage, error) {
	place, err := s.cfg.Places.Village(ctx, s.cfg.Village)
	if err != nil {
		return scheduler.Coverage{}, err
	}
	return s.coverage(ctx, place, s.cfg.Now(), time.Time{})
}

// readCoverage counts what lacks a language; while it cannot be read, the last
// figures stand.
func (m *meters) readCoverage(ctx context.Context) {
	var c scheduler.Coverage
	err := bounded(ctx, metricsPatience, func(ctx context.Context) (func(), error) {
		found, err := m.cover(ctx)
		return func() { c = found }, err
	})
	if m.unsure.about(err); err != nil {
		return
	}
	now := m.now()
	var lacking, assigned, overdue int
	for _, row := range c.Wanting(now.Add(urgentAhead)) {
		lacking += len(row.Lacking())
	}
	for _, row := range c.Rows {
		for _, r := range row.Asked() {
			assigned++
			if r.Overdue(now) {
				overdue++
			}
		}
	}
	m.lacking.Set(float64(lacking))
	m.assigned.Set(float64(assigned))
	m.overdue.Set(float64(overdue))
}

// airCollector asks what is on air at each scrape.
type airCollector struct{ air Airer }

// airMetric is one number of playout.Air.
type airMetric struct {
	name, help string
	kind       prometheus.ValueType
	value      func(playout.Air) float64
}

func airMetrics() []airMetric {
	return []airMetric{
		{"loalang_on_air", "1 while the amplifier is keyed for an occurrence.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.OnAir != nil) }},
		{"loalang_emergency_active", "1 while an emergency is active.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Emergency != nil) }},
		{"loalang_amplifier_keyed", "1 while the amplifier is switched on.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Amp.Keyed) }},
		{"loalang_dead_air", "1 while something is silent though it should be heard, and until a voice is heard again.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.DeadAir != nil) }},
		{"loalang_lost", "1 while something is being sent that the monitor input does not hear.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Lost != nil) }},
		{"loalang_lost_total", "How often something was lost while it was being sent, since the program started.", prometheus.CounterValue, func(a playout.Air) float64 { return float64(a.Losses) }},
		{"loalang_dead_air_total", "How often something was silent though it should be heard, since the program started.", prometheus.CounterValue, func(a playout.Air) float64 { return float64(a.DeadAirs) }},
		{"loalang_clock_trusted", "1 while scheduled items may play.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Clock.Trusted()) }},
		{"loalang_output_up", "1 while the output holds its device.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Output.Up) }},
		{"loalang_output_audible", "1 while the output is a sound card.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Output.Audible) }},
		{"loalang_output_real_time", "1 while the output runs at real-time priority.", prometheus.GaugeValue, func(a playout.Air) float64 { return oneIf(a.Output.RealTime) }},
		{"loalang_output_level_dbfs", "RMS of the last tenth of a second.", prometheus.GaugeValue, func(a playout.Air) float64 { return decibels(a.Output.Levels.RMS) }},
		{"loalang_output_peak_dbfs", "Peak of the last tenth of a second.", prometheus.GaugeValue, func(a playout.Air) float64 { return decibels(a.Output.Levels.Peak) }},
		{"loalang_output_underruns_total", "How often the card ran dry since the output's process started.", prometheus.CounterValue, func(a playout.Air) float64 { return float64(a.Output.Underruns) }},
		{"loalang_output_restarts_total", "How often the output's process was started again.", prometheus.CounterValue, func(a playout.Air) float64 { return float64(a.Output.Restarts) }},
		{"loalang_output_resident_bytes", "Resident memory of the output's process.", prometheus.GaugeValue, func(a playout.Air) float64 { return float64(a.Output.ChildRSS) }},
	}
}

// Describe implements prometheus.Collector.
func (ac airCollector) Describe(out chan<- *prometheus.Desc) {
	for _, m := range airMetrics() {
		out <- prometheus.NewDesc(m.name, m.help, nil, nil)
	}
}

// Collect implements prometheus.Collector.
func (ac airCollector) Collect(out chan<- prometheus.Metric) {
	a := ac.air.Air()
	for _, m := range airMetrics() {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(m.name, m.help, nil, nil), m.kind, m.value(a))
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
