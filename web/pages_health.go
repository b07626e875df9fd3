package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/health"
	"loalang/people"
)

// healthView is how the board is.
type healthView struct {
	State      stateView
	Measured   string // when; empty: never
	Todo       []healthLine
	Parts      []healthLine
	Unmeasured string // the parts that were not, with commas between
	Spans      []healthSpan
	Changes    []healthChange
}

// healthLine is what is said of one part.
type healthLine struct {
	Level              health.Level
	State              stateView
	Part, Said, Advice string
}

// healthSpan is a stretch of time with its graphs.
type healthSpan struct {
	ID, Name string
	Series   []healthSeries
}

// healthSeries is one number over time.
type healthSeries struct{ Name, Range, Path string }

type healthChange struct {
	When string
	healthLine
}

const (
	// healthChangesShown is how many changes the page has.
	healthChangesShown = 30
	// seriesWide and seriesHigh are the picture of a series.
	seriesWide, seriesHigh = 119, 100
)

func (p *panel) registerHealth(r *gin.Engine) {
	r.GET("/health", p.allow(people.View, p.healthPage))
}

// healthPage needs no database: everything on it is in memory.
func (p *panel) healthPage(v *visit) {
	r := p.s.health()
	w := healthView{State: v.healthState(r.Level())}
	w.State.Text += ". " + v.healthSummary(r)
	if len(r.Findings) > 0 {
		w.Measured = v.word("health.measured", v.at(r.At, v.now))
	}
	var unmeasured []string
	for _, f := range r.Findings {
		line := v.healthLine(f)
		switch {
		case f.Bad():
			w.Todo = append(w.Todo, line)
		case f.Level == health.Unmeasured:
			unmeasured = append(unmeasured, line.Part)
		default:
			w.Parts = append(w.Parts, line)
		}
	}
	slices.SortStableFunc(w.Todo, func(a, b healthLine) int { return b.Level.Rank() - a.Level.Rank() })
	if len(unmeasured) > 0 {
		w.Unmeasured = v.word("health.unmeasured", strings.Join(unmeasured, ", "))
	}
	if p.s.cfg.Health != nil {
		h := p.s.cfg.Health.History()
		w.Spans = []healthSpan{{"day", v.word("health.day"), v.healthSeries(h.Fine)}, {"season", v.word("health.season"), v.healthSeries(v.daily(h.Coarse))}}
		for i := len(h.Changes) - 1; i >= 0 && len(w.Changes) < healthChangesShown; i-- {
			c := h.Changes[i]
			w.Changes = append(w.Changes, healthChange{v.at(c.At, v.now), v.healthLine(health.Finding{Part: c.Part, Level: c.Level, Code: c.Code, Values: c.Values})})
		}
	}
	p.show(v, "health", view{Title: v.word("health.title"), Tab: "more", Data: w})
}

func (v *visit) healthLine(f health.Finding) healthLine {
	said := v.healthWords(f, v.now)
	return healthLine{f.Level, v.healthState(f.Level), upper(said.Part), said.Said, said.Advice}
}

// daily are the samples of each day of the village as one, its worst: the warmth of noon
// and the cold of the night, drawn for 90 days, would fill the whole picture.
func (v *visit) daily(samples []health.Sample) (days []health.Sample) {
	last := ""
	for _, s := range samples {
		day := s.At.In(v.loc).Format(time.DateOnly)
		if day == last {
			days[len(days)-1] = days[len(days)-1].Worse(s)
		} else {
			days = append(days, s)
		}
		last = day
	}
	return days
}

// healthSeries draws what was measured in at least two samples.
func (v *visit) healthSeries(samples []health.Sample) (all []healthSeries) {
	for _, kind := range []struct {
		code   string
		number func(health.Sample) (n float64, measured bool)
		unit   health.Unit
	}{
		{"temperature", func(s health.Sample) (float64, bool) { return s.Temperature, s.Temperature > health.NoTemperature }, health.Celsius},
		{"disk", func(s health.Sample) (float64, bool) { return float64(s.DiskFree >> 20), s.DiskFree >= 0 }, health.Megabytes},
		{"memory", func(s health.Sample) (float64, bool) { return float64(s.MemoryFree >> 20), s.MemoryFree >= 0 }, health.Megabytes},
	} {
		var points []seriesPoint
		for _, s := range samples {
			if n, ok := kind.number(s); ok {
				points = append(points, seriesPoint{s.At.Unix(), n})
			}
		}
		if len(points) < 2 {
			continue
		}
		path, least, most := seriesPath(points)
		said := func(n float64) string { return v.healthValue(health.Value{Amount: n, Unit: kind.unit}, v.now) }
		all = append(all, healthSeries{v.word("health.series." + kind.code), v.word("health.series-range", said(least), said(most), said(points[len(points)-1].n)), path})
	}
	return all
}

type seriesPoint struct {
	at int64 // Unix seconds
	n  float64
}

// seriesPath draws points as a line between their least and most, with a little air; a
// number that stood still is a line in the middle.
func seriesPath(points []seriesPoint) (path string, least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	first, last := points[0].at, points[0].at
	for _, p := range points {
		least, most = min(least, p.n), max(most, p.n)
		first, last = min(first, p.at), max(last, p.at)
	}
	var b strings.Builder
	for i, p := range points {
		x, y := 0.0, seriesHigh/2.0
		if last > first {
			x = seriesWide * float64(p.at-first) / float64(last-first)
		}
		if most > least {
			y = 5 + (seriesHigh-10)*(most-p.n)/(most-least)
		}
		letter := byte('L')
		if i == 0 {
			letter = 'M'
		}
		fmt.Fprintf(&b, "%c%.1f %.1f", letter, x, y)
	}
	return b.String(), least, most
}

// ailing is the sentence about faults for those who can do something about them; empty
// where there is none.
func (p *panel) ailing(v *visit) string {
	if !v.may(people.Plan) {
		return ""
	}
	if n := p.s.health().Count(health.Fault); n > 0 {
		return v.word("health.banner", n)
	}
	return ""
}
