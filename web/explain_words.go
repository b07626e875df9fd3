package web

import (
	"fmt"
	"strings"
	"time"

	"loalang/scheduler"
)

// AnswersInWords is what was explained as text for a terminal, in a language ("vi" or
// "en"): by day, each answer with its title and ID, its kind and the codes of its
// reasons for programs, its sentences, and behind arrows what would help. place is the
// village, whose zone counts; an unknown one is read in UTC.
func AnswersInWords(lang string, seen Explained, place scheduler.Village, now time.Time) string {
	loc, err := place.Location()
	if err != nil {
		loc = time.UTC
	}
	p := phrase{lang: lang, loc: loc}
	if len(seen.Answers) == 0 {
		return p.word("why.day-none", upper(p.day(seen.From, now)), place.Name) + "\n"
	}
	var text strings.Builder
	day := ""
	for _, a := range seen.Answers {
		at := a.At
		if at.IsZero() {
			at = seen.From
		}
		if d := upper(p.day(at, now)); d != day {
			day = d
			fmt.Fprintf(&text, "%s\n", day)
		}
		p.answerText(&text, a)
	}
	return text.String()
}

func (p phrase) answerText(text *strings.Builder, a Answer) {
	head := a.Title
	if !a.At.IsZero() {
		head = p.clock(a.At) + "  " + head
	}
	if a.Occurrence != "" {
		head += "  [" + a.Occurrence + "]"
	}
	if head != "" {
		fmt.Fprintf(text, "%s\n", head)
	}
	fmt.Fprintf(text, "  (%s)\n", strings.TrimSpace(a.Kind+" "+strings.Join(a.Codes, " ")))
	for _, say := range a.Says {
		fmt.Fprintf(text, "  %s\n", say)
	}
	for _, way := range a.Ways {
		fmt.Fprintf(text, "  → %s\n", way)
	}
}
