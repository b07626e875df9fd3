package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// Question asks why an announcement airs or does not on one civil day of its
// village, or on several.
type Question struct {
	Announcement string // ID; empty: whatever there is on that day
	Schedule     string // ID: only what this one promises; empty: all of the announcement's
	Occurrence   string // ID: only this one, and where it is carried to; empty: all
	Day          scheduler.Date
	Days         int    // from Day on; 0: 1
	Lang         string // "vi" or "en"
	Now          time.Time
	Book         scheduler.Book // the announcement is in it
	Plan         scheduler.Plan // from Now on, as far as it is known
	Runs         []playout.AsRun
}

// Answer is what became of one promise of that day, or will.
type Answer struct {
	Kind         string    `json:"kind" enum:"was,will,omitted,not-promised" doc:"was: the as-run has it. will: it is to air. omitted: it was promised, and will not air. not-promised: nothing calls it on that day."`
	Code         string    `json:"code,omitempty" doc:"Of the reason; stable."`
	Codes        []string  `json:"codes,omitempty" doc:"Of all reasons, the first is code."`
	At           time.Time `json:"at,omitzero" doc:"When it aired, airs, or was promised."`
	Occurrence   string    `json:"occurrence,omitempty"`
	Announcement string    `json:"announcement,omitempty"`
	Schedule     string    `json:"schedule,omitempty"`
	Title        string    `json:"title,omitempty"`
	Says         []string  `json:"says" doc:"Sentences."`
	Ways         []string  `json:"ways,omitempty" doc:"What would help: each was tried on a plan."`

	Suggestions []suggestionJSON `json:"suggestions,omitempty" doc:"The same for programs. Of a plan of many omissions, only the first of each schedule and reason has them."`

	ways  []scheduler.Suggestion
	plan  bool          // of the plan, and not over
	slot  string        // ID of the slot it was promised in; empty: none
	takes time.Duration // how long it sounds
}

const (
	// whyAhead is how far ahead ways out are looked for.
	whyAhead = 7 * 24 * time.Hour
	// helpedMost is for how many omissions of different schedules or reasons ways out
	// are looked for: each costs some plans.
	helpedMost = 12
)

// Why answers a question from the as-run for what is over, from the plan for what is
// to come, and from the schedules where nothing was promised. The error is that of
// the village's zone.
func Why(q Question) ([]Answer, error) {
	loc, err := q.Book.Village.Location()
	if err != nil {
		return nil, fmt.Errorf("why: %w", err)
	}
	p := phrase{lang: q.Lang, loc: loc}
	from := time.Date(q.Day.Year, q.Day.Month, q.Day.Day, 0, 0, 0, 0, loc)
	to := from.AddDate(0, 0, max(q.Days, 1))
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	titles := titlesOf(q.Plan)
	known := map[string]bool{}
	var all []Answer
	for _, r := range q.Runs {
		if q.asks(r.Announcement, r.Occurrence, r.Kind, r.Cause != "completed" && r.Cause != "") && within(r.Due) {
			known[r.Occurrence] = true
			all = append(all, p.was(r, q.Now))
		}
	}
	for _, o := range q.Plan.Occurrences {
		if q.asks(o.Announcement, o.ID, o.Kind, len(o.Reasons) > 0) && !known[o.ID] && (within(o.Due) || within(o.Nominal)) {
			all = append(all, p.will(o, q.Book.Slots, titles, q.Now))
		}
	}
	for _, om := range q.Plan.Omissions {
		if o := om.Occurrence; q.asks(o.Announcement, o.ID, o.Kind, true) && !known[o.ID] && within(o.Nominal) {
			all = append(all, p.wont(om, titles, q.Now))
		}
	}
	if len(all) == 0 && q.Announcement != "" {
		if all, err = p.unpromised(q); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(x, y Answer) int { return x.At.Compare(y.At) })
	return all, p.helpful(q, all)
}

// asks says whether a question is about an occurrence. What opens and closes a slot
// is told only where there is something to say.
func (q Question) asks(announcement, occurrence string, kind scheduler.OccurrenceKind, remarkable bool) bool {
	switch {
	case q.Announcement == "" && q.Occurrence == "" && q.Schedule == "":
		return !framing(kind) || remarkable
	case q.Occurrence != "":
		return occurrence == q.Occurrence || strings.HasPrefix(occurrence, q.Occurrence+".")
	case q.Schedule != "":
		return strings.HasPrefix(occurrence, q.Schedule+":")
	}
	return announcement == q.Announcement
}

// helpful looks for ways out for what is omitted and not over.
func (p phrase) helpful(q Question, all []Answer) error {
	helped := map[string]bool{}
	for i := range all {
		if !all[i].plan {
			continue
		}
		same := all[i].Schedule + " " + all[i].Code
		if q.Announcement == "" && (helped[same] || len(helped) == helpedMost) {
			continue
		}
		helped[same] = true
		horizon := min(max(whyAhead, all[i].At.Sub(q.Now)+24*time.Hour), foreseenMost)
		ways, err := scheduler.Suggest(q.Now, horizon, q.Book, all[i].Occurrence)
		if err != nil {
			return fmt.Errorf("why: %w", err)
		}
		all[i].ways = ways
		for _, s := range ways {
			all[i].Ways = append(all[i].Ways, p.wayWords(s, q.Book.Slots, q.Now))
			all[i].Suggestions = append(all[i].Suggestions, p.suggestion(s, q.Book.Slots, q.Now))
		}
	}
	return nil
}

func titlesOf(plan scheduler.Plan) map[string]string {
	titles := map[string]string{}
	for _, o := range plan.Occurrences {
		titles[o.ID] = o.Title
	}
	return titles
}

// was says what the as-run has.
func (p phrase) was(r playout.AsRun, now time.Time) Answer {
	state := p.runState(r, doing{now: now}).Text
	a := Answer{Kind: "was", Code: r.Cause, At: r.Due, Occurrence: r.Occurrence, Announcement: r.Announcement, Schedule: r.Schedule, Title: r.Title, Says: []string{p.word("why.was", p.at(r.Due, now), p.lower(state))}}
	if r.Cause != "" {
		a.Codes = []string{r.Cause}
	}
	if r.Cause != "" && r.Cause != "completed" {
		a.Says = append(a.Says, p.word("why.because", p.lower(p.causeOf(r))))
	}
	if r.By != "" {
		a.Says = append(a.Says, p.word("asrun.by", r.By)+".")
	}
	return a
}

// will says why something airs at its instant.
func (p phrase) will(o scheduler.Occurrence, slots []scheduler.Slot, titles map[string]string, now time.Time) Answer {
	a := Answer{Kind: "will", At: o.Due, Occurrence: o.ID, Announcement: o.Announcement, Schedule: o.Schedule, Title: p.titleOf(o)}
	where := ""
	if i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return s.ID == o.Slot }); i >= 0 {
		where = p.slotNameOn(slots[i], o.Nominal)
	}
	switch {
	case where != "":
		a.Says = append(a.Says, p.word("why.will-slot", p.at(o.Due, now), p.aSlot(where), p.span(o.Length)))
	case o.Due.Sub(o.Nominal).Abs() < time.Second:
		a.Says = append(a.Says, p.word("why.will-exact", p.at(o.Due, now), p.span(o.Length)))
	default:
		a.Says = append(a.Says, p.word("why.will-moved", p.at(o.Due, now), p.at(o.Nominal, now), p.span(o.Length)))
	}
	for _, r := range o.Reasons {
		a.Code = cmp.Or(a.Code, r.Code)
		a.Codes = append(a.Codes, r.Code)
		a.Says = append(a.Says, p.because(r, titles, now))
	}
	return a
}

// wont says why something that was promised will not air.
func (p phrase) wont(om scheduler.Omission, titles map[string]string, now time.Time) Answer {
	o := om.Occurrence
	a := Answer{Kind: "omitted", Code: om.Reason.Code, Codes: []string{om.Reason.Code}, At: o.Nominal, Occurrence: o.ID, Announcement: o.Announcement, Schedule: o.Schedule, Title: p.titleOf(o), plan: om.Final.IsZero() || om.Final.After(now), slot: o.Slot, takes: o.Length}
	a.Says = []string{p.word("why.wont", p.at(o.Nominal, now)), p.because(om.Reason, titles, now)}
	for _, r := range o.Reasons {
		a.Codes = append(a.Codes, r.Code)
		a.Says = append(a.Says, p.because(r, titles, now))
	}
	return a
}

// because is a reason as a sentence, with the name of the other party.
func (p phrase) because(r scheduler.Reason, titles map[string]string, now time.Time) string {
	if other := titles[r.Occurrence]; other != "" {
		return p.word("why.because-other", p.lower(p.reason(r, now)), other)
	}
	return p.word("why.because", p.lower(p.reason(r, now)))
}

// unpromised says why nothing was promised.
func (p phrase) unpromised(q Question) ([]Answer, error) {
	reasons, err := scheduler.WhyNot(q.Day, q.Book, q.Announcement)
	if err != nil {
		return nil, fmt.Errorf("why: %w", err)
	}
	a := Answer{Kind: "not-promised", Announcement: q.Announcement, Schedule: q.Schedule}
	for _, n := range q.Book.Announcements {
		if n.ID == q.Announcement {
			a.Title = n.Title
		}
	}
	for _, r := range reasons {
		a.Code = cmp.Or(a.Code, r.Code)
		a.Codes = append(a.Codes, r.Code)
		say := p.reason(r, q.Now)
		if r.Code == scheduler.ReasonOtherDay && r.Until.IsZero() {
			say = p.word("cause." + r.Code)
		}
		a.Says = append(a.Says, say+".")
	}
	if len(reasons) == 0 { // it names an instant that neither plan nor as-run holds
		a.Says = []string{p.word("why.unknown")}
	}
	return []Answer{a}, nil
}
