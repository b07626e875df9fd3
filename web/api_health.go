package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"loalang/health"
	"loalang/people"
)

type (
	healthInput struct {
		Caller
	}
	healthOutput struct {
		Body healthJSON
	}
	healthJSON struct {
		Level    string             `json:"level" enum:"unmeasured,good,warning,fault" doc:"The worst of all parts."`
		At       *time.Time         `json:"at,omitempty" doc:"When it was measured; absent before the first time."`
		Findings []healthFinding    `json:"findings" doc:"One for each part."`
		Changes  []healthChangeJSON `json:"changes" doc:"What became better or worse, the newest first, at most 100."`
		Day      []healthSample     `json:"day" doc:"The last 24 hours in steps of five minutes, the oldest first: of each the worst."`
		Season   []healthSample     `json:"season" doc:"The last 90 days in steps of two hours."`
	}
	healthFinding struct {
		Part   string `json:"part"`
		Level  string `json:"level" enum:"unmeasured,good,warning,fault"`
		Code   string `json:"code"`
		Name   string `json:"name" doc:"Of the part, in words."`
		Said   string `json:"said" doc:"What was found, in words."`
		Advice string `json:"advice,omitempty" doc:"What to do; absent where all is well."`
	}
	healthChangeJSON struct {
		At     time.Time `json:"at"`
		Part   string    `json:"part"`
		Level  string    `json:"level" enum:"unmeasured,good,warning,fault"`
		Code   string    `json:"code"`
		Name   string    `json:"name"`
		Said   string    `json:"said"`
		Advice string    `json:"advice,omitempty"`
	}
	healthSample struct {
		At          time.Time `json:"at"`
		Level       string    `json:"level" enum:"unmeasured,good,warning,fault"`
		Temperature *float64  `json:"temperature,omitempty" doc:"°C"`
		DiskFree    *int64    `json:"disk_free,omitempty" doc:"Bytes."`
		MemoryFree  *int64    `json:"memory_free,omitempty" doc:"Bytes."`
		Memory      *int64    `json:"memory,omitempty" doc:"Bytes that the program takes, with all that it started."`
		Descriptors *int64    `json:"descriptors,omitempty" doc:"Open files of the program."`
	}
)

// healthChangesGiven is how many changes the API gives.
const healthChangesGiven = 100

func (s *Server) registerHealthAPI(api huma.API) {
	answer(s, api, operation{"get-health", http.MethodGet, "/health", "Read how the board is, what to do, and how it was", "board", people.View, 0}, s.getHealth)
}

func (s *Server) getHealth(_ context.Context, in *healthInput) (*healthOutput, error) {
	if _, err := in.village("", people.View); err != nil {
		return nil, err
	}
	r, now := s.health(), s.cfg.Now()
	p := phrase{lang: in.lang, loc: now.Location()}
	out := &healthOutput{Body: healthJSON{Level: string(r.Level()), At: instantOf(r.At), Findings: []healthFinding{}, Changes: []healthChangeJSON{}, Day: []healthSample{}, Season: []healthSample{}}}
	for _, f := range r.Findings {
		out.Body.Findings = append(out.Body.Findings, p.healthFinding(f, now))
	}
	if s.cfg.Health == nil {
		return out, nil
	}
	h := s.cfg.Health.History()
	for _, c := range slices.Backward(h.Changes) {
		if len(out.Body.Changes) == healthChangesGiven {
			break
		}
		f := p.healthFinding(health.Finding{Part: c.Part, Level: c.Level, Code: c.Code, Values: c.Values}, now)
		out.Body.Changes = append(out.Body.Changes, healthChangeJSON{c.At.UTC(), f.Part, f.Level, f.Code, f.Name, f.Said, f.Advice})
	}
	for _, one := range h.Fine {
		out.Body.Day = append(out.Body.Day, sampleJSON(one))
	}
	for _, one := range h.Coarse {
		out.Body.Season = append(out.Body.Season, sampleJSON(one))
	}
	return out, nil
}

func (p phrase) healthFinding(f health.Finding, now time.Time) healthFinding {
	w := p.healthWords(f, now)
	return healthFinding{string(f.Part), string(f.Level), string(f.Code), w.Part, w.Said, w.Advice}
}

func sampleJSON(s health.Sample) healthSample {
	measured := func(n int64) *int64 {
		if n < 0 {
			return nil
		}
		return &n
	}
	j := healthSample{At: s.At.UTC(), Level: string(s.Level), DiskFree: measured(s.DiskFree), MemoryFree: measured(s.MemoryFree), Memory: measured(s.Memory), Descriptors: measured(int64(s.Descriptors))}
	if s.Temperature > health.NoTemperature {
		j.Temperature = &s.Temperature
	}
	return j
}

// scrapeHealth is the last report for `loalang doctor`, to whom /metrics is given too.
func (s *Server) scrapeHealth(c *gin.Context) {
	if !s.mayScrape(c.Request) {
		s.abort(c, s.problem(apiLanguage(c.Request, false), http.StatusForbidden, "metrics"))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, s.health())
}
