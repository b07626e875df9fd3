package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"loalang/scheduler"
	"loalang/scheduler/calendar"
)

// TextDiff shows the tests how two texts are told apart: "+" before what is new,
// "-" before what is gone, brackets around more than one word.
func TextDiff(old, current string) string {
	var said []string
	for _, p := range textDiff(old, current) {
		text := p.Text
		if (p.Gone || p.New) && strings.Contains(text, " ") {
			text = "[" + text + "]"
		}
		if p.Gone {
			text = "-" + text
		}
		if p.New {
			text = "+" + text
		}
		said = append(said, text)
	}
	return strings.Join(said, " ")
}

// TooSlow shows the tests when a voice was not done in time.
func TooSlow(ctx context.Context, err error) bool { return tooSlow(ctx, err) }

// RuleWords shows the tests how a rule is said in a language in Ún Tà.
func RuleWords(lang, rule, where string, now time.Time) (string, error) {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return "", err
	}
	r, err := calendar.ParseRule(rule)
	return phrase{lang: lang, loc: loc}.ruleWords(r, where, now), err
}

// SaidAt shows the tests how an instant is said in a language in Ún Tà.
func SaidAt(lang string, t, now time.Time) (string, error) {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	return phrase{lang: lang, loc: loc}.at(t, now), err
}

// RuleForm shows the tests how the form of a rule is filled in at a time.
func RuleForm(rule string, now time.Time) url.Values {
	return phrase{lang: vietnamese, loc: time.UTC}.ruleForm(scheduler.Schedule{Kind: scheduler.Recurring, Rule: rule}, nil, now).Values
}

// Forms lists the paths that the panel and the API take anything but a look at, each
// behind its method.
func Forms(s *Server) (paths []string) {
	for _, r := range s.routes().Routes() {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			paths = append(paths, r.Method+" "+r.Path)
		}
	}
	return paths
}

// Doors lists every route behind its method. That HEAD may be asked wherever GET may
// is left out.
func Doors(s *Server) (doors []string) {
	routes := s.routes().Routes()
	for _, r := range routes {
		if r.Method == http.MethodHead && slices.ContainsFunc(routes, func(o gin.RouteInfo) bool {
			return o.Path == r.Path && o.Method == http.MethodGet && o.Handler == r.Handler
		}) {
			continue
		}
		doors = append(doors, r.Method+" "+r.Path)
	}
	return doors
}

// Pages lists the addresses that a person may open with a browser: whatever is looked
// at, outside the API.
func Pages(s *Server) (paths []string) {
	for _, r := range s.routes().Routes() {
		if r.Method == http.MethodGet && !strings.HasPrefix(r.Path, "/api/") && !strings.HasPrefix(r.Path, assetRoot) {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// Rehearsed says whether a call of the API may be rehearsed.
func Rehearsed(operation string) bool { return slices.Contains(rehearsedCalls, operation) }

// QRSVG shows the tests how a text is drawn as a code.
func QRSVG(text, label string) (string, error) {
	drawn, err := qrSVG(text, label)
	return string(drawn), err
}

// Catalog shows the tests the words of a language.
func Catalog(lang string) map[string]string { return catalog()[lang] }

// ASlot shows the tests how a slot is called within a sentence.
func ASlot(lang, name string) string { return phrase{lang: lang}.aSlot(name) }

// FaultIn shows the tests how a fault is said in a language.
func FaultIn(lang string, f scheduler.Fault) string { return faultWords(lang, f) }

// Undoable says whether removals of a kind of record can be undone.
func Undoable(kind string) bool { _, known := undoings[kind]; return known }
