package web

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"loalang/health"
)

// HealthSaid is a finding in words.
type HealthSaid struct {
	Part   string // what it is about
	Said   string
	Advice string // what to do, also about what could not be measured; empty where nothing is
}

// HealthWords is a finding in a language of the panel, "vi" or "en", for a command line, in
// the zone of at, which is when it was found.
func HealthWords(f health.Finding, at time.Time, lang string) HealthSaid {
	return phrase{lang: lang, loc: at.Location()}.healthWords(f, at)
}

// DoctorWords are those of what `loalang doctor` alone looks at, by their code without
// "doctor.", in a language of the panel, with args in their places.
func DoctorWords(lang, code string, args ...any) string { return word(lang, "doctor."+code, args...) }

func (p phrase) healthWords(f health.Finding, at time.Time) HealthSaid {
	code := "health." + string(f.Code)
	args := make([]any, 2) // what a finding leaves out says nothing
	for i := range args {
		args[i] = ""
	}
	for i, v := range f.Values {
		if i < len(args) {
			args[i] = p.healthValue(v, at)
			if v.Unit == health.Text && slices.Contains(namedParts, f.Part) {
				args[i] = p.healthNames(v.Text)
			}
		}
	}
	w := HealthSaid{Part: p.word("health.part." + string(f.Part)), Said: strings.TrimSpace(p.word(code, args...))}
	if (f.Level != health.Good || f.Hint()) && hasWord(code+"-do") {
		w.Advice = p.word(code + "-do")
	}
	return w
}

// namedParts are those whose texts are codes, such as that of who vouched for the time.
var namedParts = []health.Part{health.Program, health.Clock, health.Backup}

// healthNames are codes in words, with commas between; what is none stays as it is.
func (p phrase) healthNames(text string) string {
	names := strings.Split(text, ", ")
	for i, name := range names {
		if code := "health.text." + name; hasWord(code) {
			names[i] = p.word(code)
		}
	}
	return strings.Join(names, ", ")
}

// healthValue is one number of a finding.
func (p phrase) healthValue(v health.Value, at time.Time) string {
	whole := strconv.Itoa(int(math.Round(v.Amount)))
	switch v.Unit {
	case health.Text:
		return v.Text
	case health.Megabytes:
		return p.word("health.megabytes", whole)
	case health.Percent:
		return p.word("health.percent", whole)
	case health.Celsius:
		return p.word("health.celsius", whole)
	case health.Seconds:
		return p.span(time.Duration(v.Amount * float64(time.Second)))
	case health.Instant:
		return p.at(time.Unix(int64(v.Amount), 0), at)
	}
	return whole
}

// healthState is a level as pages show it: icon, word, colour.
func (p phrase) healthState(l health.Level) stateView {
	s := map[health.Level]stateView{
		health.Good: {Class: "ok", Icon: "tot"}, health.Warning: {Class: "wait", Icon: "nhac"}, health.Fault: {Class: "bad", Icon: "lo"}, health.Unmeasured: {Class: "soft", Icon: "cho"},
	}[l]
	s.Text = p.word("health.level." + string(l))
	return s
}

// healthSummary is "2 chỗ hỏng, 1 chỗ cần xem.", or that all is well.
func (p phrase) healthSummary(r health.Report) string {
	switch {
	case len(r.Findings) == 0:
		return p.word("health.empty")
	case r.Level().Rank() <= health.Good.Rank():
		return p.word("health.all-good")
	}
	return p.word("health.some", r.Count(health.Fault), r.Count(health.Warning))
}

// health is the last report; without findings where nobody measures.
func (s *Server) health() health.Report {
	if s.cfg.Health == nil {
		return health.Report{}
	}
	return s.cfg.Health.Report()
}
