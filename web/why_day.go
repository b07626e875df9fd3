package web

import (
	"time"

	"loalang/scheduler"
)

// DayInWords says what a plan has for the civil day that begins at day, in sentences
// of a language ("vi" or "en") for a person to read or to have read aloud: what airs,
// in order, and then what does not and why. place is the village, whose zone counts;
// an unknown one is read in UTC.
func DayInWords(lang string, plan scheduler.Plan, place scheduler.Village, day, now time.Time) []string {
	loc, err := place.Location()
	if err != nil {
		loc = time.UTC
	}
	return phrase{lang: lang, loc: loc}.dayWords(plan, place, day, now)
}

func (p phrase) dayWords(plan scheduler.Plan, place scheduler.Village, day, now time.Time) []string {
	var airs, wont []string
	titles := titlesOf(plan)
	for _, o := range plan.Occurrences {
		if framing(o.Kind) {
			continue
		}
		line := p.word("why.day-row", p.clock(o.Due), p.titleOf(o), p.span(o.Length))
		for _, r := range o.Reasons {
			line += " " + p.because(r, titles, now)
		}
		airs = append(airs, line)
	}
	for _, om := range plan.Omissions {
		if !framing(om.Occurrence.Kind) {
			wont = append(wont, p.word("why.day-wont-row", p.clock(om.Occurrence.Nominal), p.titleOf(om.Occurrence))+" "+p.because(om.Reason, titles, now))
		}
	}
	head := p.word("why.day", upper(p.day(day, now)), place.Name, len(airs))
	if len(airs) == 0 {
		head = p.word("why.day-none", upper(p.day(day, now)), place.Name)
	}
	lines := append([]string{head}, airs...)
	if len(wont) > 0 {
		lines = append(append(lines, p.word("why.day-wont", len(wont))), wont...)
	}
	return lines
}
