package scheduler

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"loalang/scheduler/calendar"
)

// DrillKind is the kind of an Occurrence that is a test of the emergency path.
const DrillKind OccurrenceKind = "drill"

const (
	// DrillGrace is how late a drill may still begin: it gives way to everything
	// else, and waits.
	DrillGrace = 30 * time.Minute
	// SirenCycle is the length of the built-in siren; a drill sounds whole ones.
	SirenCycle = 10 * time.Second
	// MaxDrillSiren is the longest siren of a drill.
	MaxDrillSiren = time.Minute
	// MaxDrills is how many drills a village may have.
	MaxDrills = 20

	maxDrillText = 500
	// perLetter and drillRest guess how long a drill takes, for its place in the
	// plan: how long the words really take is known when they are spoken.
	perLetter = 90 * time.Millisecond
	drillRest = 15 * time.Second // the amplifier, the gaps, and a look at both afterwards
)

// Drill is a test of the emergency path that comes by itself. A drill is no
// emergency: it keeps the rules of the place, and gives way to every notice.
type Drill struct {
	Owned
	Title string
	// Silent drills try everything but the loudspeakers: the siren runs through the
	// card with the amplifier off and the gain at nothing. They need no allowed hour.
	Silent bool
	// Key switches the amplifier on in a silent drill, without sound, to see that it
	// answers and goes off again.
	Key bool
	// Rule is the text of a calendar.Rule; empty: once, At.
	Rule string
	At   time.Time
	// Since is from when on the Rule as it stands promises anything.
	Since     time.Time
	Immediate bool // somebody asked for it now: At was then
	// Before and After are spoken around the siren, and neither is empty when it is
	// audible; a silent drill speaks them into the card as well.
	Before, After string
	Siren         time.Duration // whole SirenCycles, up to MaxDrillSiren
	Languages     []string      // empty: all of the village
	By            string        // who arranged it
}

// DrillTurn is what an occurrence of DrillKind does; it needs no database.
type DrillTurn struct {
	Silent, Key   bool
	Before, After string
	Siren         time.Duration
	Languages     []string
	By            string
	// Chime is the recording that sounds before the words of an audible one; empty: none.
	Chime string
}

// Keys says whether the drill switches the amplifier on.
func (t DrillTurn) Keys() bool { return !t.Silent || t.Key }

// WithRule is d with another rule, in canonical form, that promises from now on.
// The error is an Invalid with the field "rule".
func (d Drill) WithRule(text string, now time.Time, loc *time.Location) (Drill, error) {
	rule, err := calendar.ParseRuleFrom(text, calendar.CivilOf(now, loc))
	if err != nil {
		return d, ruleFault(err)
	}
	d.Rule, d.At, d.Since = rule.String(), time.Time{}, now.UTC()
	return d, nil
}

// Validate checks a drill that is about to be kept for a village: its next time
// lies ahead, and that of an audible one within the hours of the place. The error
// is an Invalid, or nil.
func (d Drill) Validate(now time.Time, v Village) error {
	var f faults
	f.text(field{name: "title", text: d.Title, limit: MaxTitle, required: true})
	f.drillText("before", d.Before, !d.Silent)
	f.drillText("after", d.After, !d.Silent)
	f.among("languages", d.Languages, v.Languages)
	if d.Siren < SirenCycle || d.Siren > MaxDrillSiren || d.Siren%SirenCycle != 0 {
		f.add("siren", FaultRange, strconv.Itoa(int(SirenCycle/time.Second))+"–"+strconv.Itoa(int(MaxDrillSiren/time.Second)))
	}
	s := Schedule{Kind: Once, At: d.At, Rule: d.Rule}
	if d.Silent {
		v.Allowed, v.Rules = nil, Rules{}
	}
	switch {
	case d.Immediate:
	case d.Rule == "" && d.At.IsZero():
		f.add("rule", FaultRequired, "")
	case d.Rule != "" && !d.At.IsZero():
		f.add("rule", FaultEither, "")
	case d.Rule != "":
		s.Kind = Recurring
		fallthrough
	default:
		var wrong Invalid
		if errors.As(s.Validate(now, v), &wrong) {
			f = append(f, wrong...)
		}
	}
	return f.err()
}

func (f *faults) drillText(name, text string, required bool) {
	f.text(field{name: name, text: text, limit: maxDrillText, required: required, lines: true, words: true})
}

// length guesses how long the drill takes.
func (d Drill) length(v Village) time.Duration {
	languages := len(d.Languages)
	if languages == 0 {
		languages = max(1, len(v.Languages))
	}
	letters := utf8.RuneCountInString(d.Before) + utf8.RuneCountInString(d.After)
	return d.Siren + drillRest + time.Duration(letters*languages)*perLetter
}

// Next is when the drill comes next, at now or later; zero: never.
func (d Drill) Next(now time.Time, loc *time.Location) time.Time {
	if d.Rule == "" {
		if d.At.Before(now) {
			return time.Time{}
		}
		return d.At
	}
	r, err := rhythmOf(d.Rule)
	if err != nil {
		return time.Time{}
	}
	for m := range r.from(later(now, d.Since), loc) {
		return m.At
	}
	return time.Time{}
}

// instants lists when the drill was promised in [from, to).
func (d Drill) instants(from, to time.Time, loc *time.Location) iter.Seq[instant] {
	if d.Rule == "" {
		return exactly{at: d.At, loc: loc}.instants(from, to)
	}
	r, err := rhythmOf(d.Rule)
	if err != nil {
		return func(func(instant) bool) {}
	}
	return atTimes{rhythm: r, since: d.Since, loc: loc}.instants(from, to)
}

// drills gives each drill its place once everything else has one: it waits for a
// gap, for DrillGrace at most, and displaces nothing.
func (b *builder) drills() {
	type due struct {
		d  Drill
		in instant
	}
	var all []due
	for _, d := range b.book.Drills {
		if !d.Deleted.IsZero() || d.Village != "" && d.Village != b.book.Village.Key {
			continue
		}
		for in := range d.instants(b.now.Add(-lookback), b.to, b.loc) {
			all = append(all, due{d, in})
		}
	}
	slices.SortFunc(all, func(x, y due) int {
		return firstOf(x.in.nominal.Compare(y.in.nominal), cmp.Compare(x.d.ID, y.d.ID))
	})
	for _, x := range all {
		b.drill(x.d, x.in)
	}
}

// drill places one.
func (b *builder) drill(d Drill, in instant) {
	o := Occurrence{
		ID:   occurrenceID(d.ID, b.book.Village.Key, in.local, string(DrillKind)),
		Kind: DrillKind, Village: b.book.Village.Key, Schedule: d.ID, Title: d.Title, Class: ClassNormal,
		Nominal: in.nominal.UTC(), Due: in.nominal.UTC(), Length: d.length(b.book.Village),
		Misfire: Misfire{Policy: PlayLate, Grace: DrillGrace}, Immediate: d.Immediate, Interrupted: Drop, Recurring: d.Rule != "",
		Drill: &DrillTurn{Silent: d.Silent, Key: d.Key, Before: d.Before, After: d.After, Siren: d.Siren, Languages: slices.Clone(d.Languages), By: d.By},
	}
	if !d.Silent {
		o.Drill.Chime = b.book.Frame.Chime.Recording
		o.Length += b.book.Frame.Chime.Length
	}
	if d.Immediate {
		o.Due = o.Due.Add(b.book.Frame.Lead)
	}
	if _, past := b.past[o.ID]; past {
		return
	}
	p := &promise{occ: o, created: d.Created, from: o.Due, to: o.Due.Add(DrillGrace), hours: b.hoursFor(Subject{})}
	if d.Silent {
		p.hours = hours{always: true}
	}
	if b.missed(p, false) || b.forbidden(p) {
		return
	}
	find := b.clear
	w := wish{p.from, p.to, o.Length, p.hours}
	if d.Silent { // nobody hears it: no minutes of the place are spent
		if s, ok := find(w); ok {
			b.placeDrill(p, s)
		} else {
			b.omit(o, p.end(), Reason{Code: ReasonOverlap, Occurrence: s.behind.id, By: s.by})
		}
		return
	}
	s, short, ok := b.afford(o, w, nil, find)
	switch {
	case short.Code != "":
		b.omit(o, p.end(), short)
	case ok:
		b.placeDrill(p, s)
	default:
		if next, any := p.hours.next(p.from, o.Length); !any || next.After(p.to) {
			b.omit(o, p.end(), b.outside(p, p.from))
			return
		}
		b.omit(o, p.end(), Reason{Code: ReasonOverlap, Occurrence: s.behind.id, By: s.by})
	}
}

func (b *builder) placeDrill(p *promise, s seat) {
	o := p.occ
	if late := s.at.Sub(o.Due); p.from.After(o.Due) && !o.Immediate {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonLate, By: late})
	}
	if s.pushed {
		o.Reasons = append(o.Reasons, Reason{Code: ReasonDelayed, Occurrence: s.behind.id, By: s.at.Sub(p.from)})
	}
	o.Misfire.Grace = max(p.to.Sub(s.at), leastGrace)
	o.Due = s.at.UTC()
	if p.occ.Drill.Silent {
		b.keepPlaced(o)
		b.track.take(busy{span: span{o.Due, o.End()}, id: o.ID})
		return
	}
	b.put(o, s.at, p.hours, nil)
}
