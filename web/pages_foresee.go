package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// seenView is the page that shows what a form would make of the plan. It carries the
// form along, so that nothing that was typed is lost either way.
type seenView struct {
	Action  string
	Fields  []seenField
	Groups  []seenGroup
	Days    int        // how far ahead was looked
	Beside  *stateView // what else is to be known before it is saved
	Clashes []string   // slots that would overlap
	Stops   bool       // what sounds now would end at once
	Deed    string     // what the button does, where that is no saving; empty: it saves
	Harm    bool       // something is lost or refused: going back is what most want then
}

// seenField is one answer of the form that waits.
type seenField struct{ Name, Value string }

// seenAnswer is the field that says what became of the page: "save", or "back" to the
// form. useAnswer takes one way out instead of what was typed.
const (
	seenAnswer = "foreseen"
	useAnswer  = "use"
	// previewField is the button of a form that only looks.
	previewField = "preview"
)

// goesBack says that somebody looked at the difference and wants to change the form.
func (f *form) goesBack() bool { return f.Get(seenAnswer) == "back" }

// confirmed says whether a form may be saved: its difference was looked at, or it
// harms nothing, or nothing can be foreseen. False: the page that asks was sent. do
// makes the change, without saving; it is asked nothing when a fault is found, which
// saving will find again. It is for what somebody does to their own notice.
func (p *panel) confirmed(v *visit, f *form, do func(ctx context.Context) error) bool {
	return p.shown(v, f, do, prospect.asks)
}

// weighed is confirmed for what is changed for everybody, or falls away: whatever the
// plan has otherwise than before is shown first.
func (p *panel) weighed(v *visit, f *form, do func(ctx context.Context) error) bool {
	return p.shown(v, f, do, prospect.tells)
}

// sure is weighed for what cannot be taken back: it asks though the plan stays the same.
func (p *panel) sure(v *visit, f *form, do func(ctx context.Context) error) bool {
	return p.shown(v, f, do, func(prospect) bool { return true })
}

// confirmedTo is confirmed for what is no saving and can be undone, except that what
// sounds falls silent: the button names the deed, a code of words.
func (p *panel) confirmedTo(v *visit, f *form, deed string, do func(ctx context.Context) error) bool {
	v.deed = v.word(deed)
	return p.shown(v, f, do, func(seen prospect) bool { return len(seen.stops) > 0 || seen.asks() })
}

// weighedTo is weighed for what is no saving and can be undone.
func (p *panel) weighedTo(v *visit, f *form, deed string, do func(ctx context.Context) error) bool {
	v.deed = v.word(deed)
	return p.weighed(v, f, do)
}

// How long a form waits for what it would make of the plan, before it is saved
// unforeseen; and, once somebody has looked, for the sentence behind it.
const (
	seenPatience    = 5 * time.Second
	plannedPatience = 500 * time.Millisecond
)

// shown foresees a change and shows it before it is saved, if it asks for that. What the
// plan will have is told behind it either way.
func (p *panel) shown(v *visit, f *form, do func(ctx context.Context) error, asks func(prospect) bool) bool {
	patience := seenPatience
	if f.Get(seenAnswer) == "save" {
		patience = plannedPatience
	}
	ctx, cancel := context.WithTimeout(v.ctx(), patience)
	defer cancel()
	seen, refused, err := p.s.ahead(ctx, do)
	if err != nil {
		p.s.cfg.Logger.Warn("what a change makes of the plan could not be foreseen", "page", v.c.Request.URL.Path, "err", err)
	}
	if refused != nil || err != nil || seen.blind {
		return true
	}
	if f.Get(seenAnswer) == "save" || !asks(seen) {
		v.planned = p.s.planned.keep(v.me.ID, v.outcome(seen, v.village.Name))
		return true
	}
	found, err := seen.suggestions(1)
	if err != nil {
		p.s.cfg.Logger.Warn("ways out could not be looked for", "page", v.c.Request.URL.Path, "err", err)
	}
	w := seenView{Action: v.c.Request.URL.Path, Fields: f.carried(), Groups: v.seenGroups(seen, v.waysFor(seen, found, f)), Days: seen.days(), Beside: v.beside, Clashes: seen.clashWords(v.phrase), Stops: len(seen.stops) > 0, Deed: v.deed, Harm: seen.asks()}
	p.render(v, http.StatusOK, "foresee", view{Title: v.word("foreseen.title"), Tab: "plan", Path: pageOf(v.c.Request.URL.Path), Data: w})
	return false
}

// carried are the answers of the form, and the takes that came with it.
func (f *form) carried() []seenField {
	answers := url.Values{}
	for name, values := range f.Values {
		if name != seenAnswer && name != useAnswer && name != previewField {
			answers[name] = values
		}
	}
	for lang, t := range f.takes {
		answers.Set("take_"+lang, t.ID)
	}
	names := make([]string, 0, len(answers))
	for name := range answers {
		names = append(names, name)
	}
	slices.Sort(names)
	var fields []seenField
	for _, name := range names {
		for _, value := range answers[name] {
			fields = append(fields, seenField{name, value})
		}
	}
	return fields
}

// wayView is one way out.
type wayView struct {
	Text string
	Use  string // value of the button that takes it; empty: it is done elsewhere
	Link string // where that is; empty: nowhere
	Do   string // words of the button or link
}

// waysFor words the ways out. Those of a form that asks when something airs can be
// taken on the spot.
func (v *visit) waysFor(seen prospect, found map[string][]scheduler.Suggestion, f *form) map[string][]wayView {
	ways := map[string][]wayView{}
	for id, list := range found {
		i := slices.IndexFunc(seen.differences, func(d scheduler.Difference) bool { return d.Occurrence.ID == id })
		mine := f.Has("when") && slices.Contains(seen.own, seen.differences[i].Occurrence.Announcement)
		for _, s := range list {
			w := v.way(s, seen)
			if mine {
				w.Use = v.useOf(s)
			}
			ways[id] = append(ways[id], w)
		}
	}
	return ways
}

// useOf is what a form about "when" takes for a way out; empty: it has no field for it.
func (v *visit) useOf(s scheduler.Suggestion) string {
	if s.Schedule.Kind == scheduler.Recurring {
		return "" // the form would make one time of a rule
	}
	switch s.Way {
	case scheduler.WayAt:
		return "at " + s.At.In(v.loc).Format("2006-01-02 15:04")
	case scheduler.WaySlot:
		if len(s.Schedule.Slots) == 1 && s.Schedule.Days == 0 {
			return occasionValue(s.Slot, v.civilOf(s.At))
		}
		return "daily " + strings.Join(s.Schedule.Slots, " ")
	}
	return ""
}

// takeWay puts a way out into the form, in place of what was typed.
func (f *form) takeWay() {
	use := f.Get(useAnswer)
	what, rest, _ := strings.Cut(use, " ")
	switch {
	case what == "at":
		date, clock, _ := strings.Cut(rest, " ")
		f.Set("when", "at")
		f.Set("date", date)
		f.Set("time", clock)
	case what == "daily":
		f.Set("when", "daily")
		f.Values["slot"] = strings.Fields(rest)
	case strings.HasPrefix(use, "slot:"):
		f.Set("when", use)
	default:
		return
	}
	f.Del(seenAnswer)
}
