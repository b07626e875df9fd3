package web_test

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"loalang/health"
	"loalang/people"
	"loalang/pulse"
	"loalang/web"
)

// gauged is a board of which everything is said by the test.
type gauged struct {
	m health.Measurement
	h health.History
}

func (m *gauged) Report() health.Report {
	if m.m.At.IsZero() {
		return health.Report{}
	}
	return health.Judge(m.m, health.DefaultLimits())
}
func (m *gauged) Measured() health.Measurement { return m.m }
func (m *gauged) History() health.History      { return m.h }

// hotBoard has a fault, a warning and a history.
func hotBoard(at time.Time) *gauged {
	hot, full := 85.0, &health.DiskState{Free: 300 << 20, Size: 8 << 30}
	m := &gauged{m: health.Measurement{
		At: at, Temperature: &hot, Disk: full, Card: &health.CardState{Audible: true, Up: true, Device: "USB Audio"},
		Memory: &health.MemoryState{Available: 400 << 20, Ours: 60 << 20}, Clock: &health.ClockState{Trust: "synced"},
	}}
	for i := range 3 {
		m.h.Fine = append(m.h.Fine, health.Sample{At: at.Add(time.Duration(i-3) * 5 * time.Minute), Level: health.Good, Temperature: 60 + float64(i)*10, DiskFree: 1 << 30, MemoryFree: -1, Memory: -1, Descriptors: -1})
	}
	m.h.Changes = []health.Change{{At: at.Add(-time.Minute), Part: health.Temperature, Level: health.Fault, Code: health.TemperatureHot, Values: []health.Value{{Amount: 85, Unit: health.Celsius}}}}
	return m
}

func TestHealthPage(t *testing.T) {
	w := newWorld(t)
	m := hotBoard(w.now)
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Health = m })
	for _, broken := range []error{nil, syscall.EUCLEAN} { // the page is there without the database
		w.broken = nil
		s.get("/")
		w.broken = broken
		p := s.get("/health")
		if p.status != http.StatusOK {
			t.Fatalf("status %d: %s", p.status, p.text)
		}
		for _, want := range []string{"1 chỗ hỏng, 2 chỗ cần xem", "85 °C, quá nóng", "lắp quạt", "chỉ còn trống 300 MB", "Dọn kho bản ghi", "Chưa đo được", "từ 60 °C đến 80 °C, bây giờ 80 °C", "Đã thay đổi"} {
			if !strings.Contains(p.text+p.body, want) {
				t.Errorf("%q is not on the page: %s", want, p.text)
			}
		}
		if strings.Count(p.body, "<path d=\"M0.0 95.0L59.5 50.0L119.0 5.0\"") != 1 {
			t.Errorf("the temperature is not drawn: %s", p.body)
		}
	}
	m.m = health.Measurement{}
	m.h = health.History{}
	w.broken = nil
	if p := s.get("/health"); !strings.Contains(p.text, "Chưa đo lần nào") || !strings.Contains(p.text, "Chưa đủ số đo") {
		t.Errorf("before the first measurement: %s", p.text)
	}
}

// What is broken stands before what is to be seen to, and 90 days are drawn with one point
// for each.
func TestHealthPageOrder(t *testing.T) {
	w := newWorld(t)
	m := hotBoard(w.now)
	m.m.Card = nil
	m.m.RTC, m.m.Database = nil, &health.DatabaseState{Damaged: true}
	for i := range 3 * 12 {
		m.h.Coarse = append(m.h.Coarse, health.Sample{At: time.Date(2026, 9, 1, 1, 0, 0, 0, time.FixedZone("", 7*3600)).Add(time.Duration(i) * health.CoarseStep), Temperature: 40 + float64(i%12), DiskFree: -1, MemoryFree: -1})
	}
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Health = m })
	p := s.get("/health")
	hot, damaged, low := strings.Index(p.text, "quá nóng"), strings.Index(p.text, "bị hỏng, không lưu"), strings.Index(p.text, "chỉ còn trống")
	if hot < 0 || damaged < hot || low < damaged {
		t.Errorf("the order is %d, %d, %d: %s", hot, damaged, low, p.text)
	}
	if want := "M0.0 50.0L59.5 50.0L119.0 50.0"; !strings.Contains(p.body, want) || !strings.Contains(p.text, "từ 51 °C đến 51 °C") {
		t.Errorf("%s is not drawn: %s", want, p.body)
	}
}

// Those who can do something are told on every page but that of the emergency; a warning
// is not told there.
func TestHealthBanner(t *testing.T) {
	w := newWorld(t)
	w.fill()
	const banner = "Máy có 1 chỗ hỏng"
	for role, told := range map[people.Role]bool{people.Cadre: true, people.Officer: true, people.Admin: true, people.Viewer: false} {
		m := hotBoard(w.now)
		s := newSite(t, w, role, "vi", func(c *web.Config) { c.Health = m })
		if p := s.get("/announcements"); strings.Contains(p.text, banner) != told {
			t.Errorf("%s: told %v: %s", role, !told, p.text)
		}
		if told && strings.Contains(s.get("/emergency").text, banner) {
			t.Errorf("%s: told on the emergency page", role)
		}
		if p := s.get("/settings"); !strings.Contains(p.text, "1 chỗ hỏng") {
			t.Errorf("%s: the settings do not say how the board is", role)
		}
		m.m.Temperature = nil
		if p := s.get("/announcements"); strings.Contains(p.text, "chỗ hỏng") {
			t.Errorf("%s: told of a warning", role)
		}
	}
}

func TestHealthAPI(t *testing.T) {
	h := newHouse(t, func(c *web.Config) { c.Health = hotBoard(time.Date(2026, 11, 23, 9, 21, 0, 0, time.UTC)) })
	var j struct {
		Level    string
		Findings []struct{ Part, Level, Code, Name, Said, Advice string }
		Changes  []struct{ Code string }
		Day      []struct{ Temperature *float64 }
	}
	h.call("viewer", "GET", "/api/v1/health", "").want(200).into(&j)
	if j.Level != "fault" || len(j.Findings) != 18 || len(j.Changes) != 1 || len(j.Day) != 3 || j.Day[2].Temperature == nil || *j.Day[2].Temperature != 80 {
		t.Errorf("%+v", j)
	}
	for _, f := range j.Findings {
		if f.Said == "" || f.Name == "" || (f.Level != "good") != (f.Advice != "") {
			t.Errorf("%+v", f)
		}
	}
	none := newHouse(t)
	none.call("viewer", "GET", "/api/v1/health", "").want(200).into(&j)
	if j.Level != "unmeasured" || len(j.Findings) != 0 {
		t.Errorf("unmeasured: %+v", j)
	}
}

// Every code of a finding has words, and what to do unless it is only found where all is
// well: also about what could not be measured.
func TestEveryFindingHasWords(t *testing.T) {
	vi, en := words(t, "vi"), words(t, "en")
	seen := 0
	for _, c := range codes(t, "health") {
		if c.kind != "Code" && c.file != "codes.go" {
			continue
		}
		seen++
		if vi["health."+c.value] == "" || en["health."+c.value] == "" {
			t.Errorf("%s has no words", c.value)
		}
		if do := "health." + c.value + "-do"; !wellCode(c.value) && (vi[do] == "" || en[do] == "") {
			t.Errorf("nobody says what to do about %s", c.value)
		}
	}
	for _, c := range codes(t, "health") {
		if c.kind == "Part" && vi["health.part."+c.value] == "" {
			t.Errorf("the part %s has no words", c.value)
		}
		if c.kind == "Level" && vi["health.level."+c.value] == "" {
			t.Errorf("the level %s has no words", c.value)
		}
	}
	if seen < 70 {
		t.Errorf("only %d codes are seen", seen)
	}
}

// wellCode says whether a code is found only where all is well.
func wellCode(code string) bool {
	return strings.HasSuffix(code, "-good") ||
		slices.Contains([]string{"program-runs", "amplifier-off", "amplifier-on", "bypass-off", "aired-nothing", "plan-empty"}, code)
}

// What Prometheus reads is what its own parser takes, with the help, type and unit that
// its conventions ask for.
func TestHealthMetricsAreParsed(t *testing.T) {
	var at time.Duration
	loops := pulse.New(func() time.Duration { return at })
	loops.Loop("player", time.Minute)()
	at = 3 * time.Second
	h := newHouse(t, func(c *web.Config) {
		c.Health, c.Loops = hotBoard(time.Date(2026, 11, 23, 9, 21, 0, 0, time.UTC)), loops
	})
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(h.metrics()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"loalang_board_temperature_celsius": 85, "loalang_disk_free_bytes": 300 << 20, "loalang_memory_resident_bytes": 60 << 20, "loalang_loop_age_seconds": 3} {
		f := families[name]
		if f == nil || len(f.Metric) != 1 || f.Metric[0].Gauge.GetValue() != want {
			t.Errorf("%s is %v, want %v", name, f, want)
		}
	}
	if f := families["loalang_health_level"]; f == nil || len(f.Metric) < 5 {
		t.Errorf("levels: %v", f)
	}
	if families["loalang_disk_wear_ratio"] != nil || families["loalang_backup_age_seconds"] != nil {
		t.Error("what was not measured is told as a number")
	}
	for _, name := range []string{"go_gc_heap_live_bytes", "go_memstats_sys_bytes", "process_resident_memory_bytes"} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	for name, f := range families {
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			continue // as every Go program has them
		}
		if !strings.HasPrefix(name, "loalang_") || f.GetHelp() == "" || f.GetType().String() == "COUNTER" && !strings.HasSuffix(name, "_total") {
			t.Errorf("%s: help %q, type %s", name, f.GetHelp(), f.GetType())
		}
	}
}
