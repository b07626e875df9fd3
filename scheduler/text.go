package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Text prints the plan for a person at a terminal: one line for each
// occurrence and omission in order of time, in the civil time of the village.
// Occurrences are named by their due instant, omissions by when they would have
// been. An unknown zone is printed in UTC.
func (p Plan) Text() string {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		loc = time.UTC
	}
	var out strings.Builder
	fmt.Fprintf(&out, "plan of %s, %s, from %s to %s\n", p.Village, loc, stamp(p.From, loc), stamp(p.To, loc))
	day := ""
	for _, l := range p.lines(loc) {
		if d := l.at.In(loc).Format("Mon 2006-01-02"); d != day {
			day = d
			fmt.Fprintf(&out, "%s\n", day)
		}
		fmt.Fprintf(&out, "  %s  %s\n", l.at.In(loc).Format("15:04:05.000"), l.text)
	}
	return out.String()
}

type line struct {
	at   time.Time
	text string
}

func (p Plan) lines(loc *time.Location) []line {
	var all []line
	for _, o := range p.Occurrences {
		all = append(all, line{o.Due, o.text(loc)})
	}
	for _, om := range p.Omissions {
		o := om.Occurrence
		all = append(all, line{o.Due, fmt.Sprintf("omitted   %-8s  %q  %s  [%s]", o.Kind, o.Title, om.Reason.text(loc), o.ID)})
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	return all
}

func (o Occurrence) text(loc *time.Location) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%8.1fs  %-8s  %q", o.Length.Seconds(), o.Kind, o.Title)
	var languages []string
	for _, part := range o.Parts {
		if part.Kind == PartVoice {
			language := part.Language
			if len(part.For) > 0 {
				language += " for " + strings.Join(part.For, "+")
			}
			languages = append(languages, language)
		}
	}
	if len(languages) > 0 {
		fmt.Fprintf(&out, "  %s", strings.Join(languages, "+"))
	}
	if o.Class != ClassNormal {
		fmt.Fprintf(&out, "  %s", o.Class)
	}
	if o.Immediate {
		out.WriteString("  now")
	}
	for _, r := range o.Reasons {
		fmt.Fprintf(&out, "  %s", r.text(loc))
	}
	fmt.Fprintf(&out, "  [%s]", o.ID)
	return out.String()
}

// text prints a reason with its values: "delayed by 1m0s behind a:b:c:1".
func (r Reason) text(loc *time.Location) string {
	out := r.Code
	if r.Language != "" {
		out += " " + r.Language
	}
	if r.By != 0 {
		out += " by " + r.By.String()
	}
	if r.Occurrence != "" {
		out += " behind " + r.Occurrence
	}
	if !r.Until.IsZero() {
		out += " until " + stamp(r.Until, loc)
	}
	return out
}

func stamp(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("2006-01-02 15:04:05")
}
