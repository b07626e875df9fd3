package web

import (
	"slices"
	"strings"

	"loalang/playout"
	"loalang/scheduler"
)

// airedLine is "Tiếng Việt (thay tiếng Giáy), tiếng Tày, 1:31": what of an
// occurrence aired, and for what it stood.
func (p phrase) airedLine(r playout.AsRun) string {
	var parts []string
	for _, code := range airedLanguages(r) {
		parts = append(parts, p.stoodLine(code, stoodFor(r, code)))
	}
	if r.Planned > 0 {
		parts = append(parts, length(r.Planned))
	}
	return upper(strings.Join(parts, ", "))
}

// stoodLine is "tiếng Việt (thay tiếng Giáy)", or the language alone when it
// stood for none.
func (p phrase) stoodLine(code string, stood []string) string {
	name := p.lower(p.language(code))
	if len(stood) == 0 {
		return name
	}
	return p.word("asrun.stood", name, p.languages(stood))
}

// stoodFor are the languages for which one that aired stood.
func stoodFor(r playout.AsRun, language string) []string {
	for _, a := range r.Airings {
		if a.Language == language && len(a.For) > 0 {
			return a.For
		}
	}
	return nil
}

// unheard are the languages that were missing and for which none stood.
func unheard(r playout.AsRun) []string {
	return slices.DeleteFunc(slices.Clone(r.Missing), func(language string) bool {
		return slices.ContainsFunc(r.Airings, func(a playout.Airing) bool { return slices.Contains(a.For, language) })
	})
}

// plannedLine is the same of what is to air.
func (p phrase) plannedLine(o scheduler.Occurrence) string {
	var parts []string
	for _, part := range o.Parts {
		if part.Kind == scheduler.PartVoice && part.Language != "" {
			parts = append(parts, p.stoodLine(part.Language, part.For))
		}
	}
	if o.Length > 0 {
		parts = append(parts, length(o.Length))
	}
	return upper(strings.Join(parts, ", "))
}

func airedLanguages(r playout.AsRun) []string {
	var codes []string
	for _, a := range r.Airings {
		if a.Language != "" && !slices.Contains(codes, a.Language) {
			codes = append(codes, a.Language)
		}
	}
	return codes
}
