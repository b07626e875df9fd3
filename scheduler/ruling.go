package scheduler

import (
	"slices"
	"time"
)

// indexRules makes the rules of the place quick to ask.
func (b *builder) indexRules() {
	b.exceptionsOf = map[string][]Exception{}
	from, to := b.now.Add(-lookback), b.now.Add(b.horizon+lookahead)
	for _, e := range b.book.Village.Exceptions {
		if e.stands() && e.To.After(from) && e.From.Before(to) {
			b.exceptionsOf[e.Announcement] = append(b.exceptionsOf[e.Announcement], e)
		}
	}
	b.hoursOf = map[Subject]hours{}
	b.startBudget()
}

// lifted are the exceptions that are meant for what would sound, in order of time.
func (b *builder) lifted(about Subject) []Exception {
	if len(b.exceptionsOf) == 0 {
		return nil
	}
	all := b.exceptionsOf[""]
	if about.Announcement != "" {
		all = slices.Concat(all, b.exceptionsOf[about.Announcement])
	}
	return lifting(all, about)
}

// hoursFor is when sound is allowed for a subject.
func (b *builder) hoursFor(about Subject) hours {
	if len(b.exceptionsOf) == 0 {
		return b.hours
	}
	h, known := b.hoursOf[about]
	if !known {
		h = b.hours
		if lifted := b.lifted(about); len(lifted) > 0 {
			h = b.layout.hours(lifted...)
		}
		b.hoursOf[about] = h
	}
	return h
}

// frameHours is when the opening and the closing of a slot may sound.
func (b *builder) frameHours(oc *occasion) hours { return b.hoursFor(Subject{Slot: oc.slot.ID}) }

// exceptions are those that lift a rule for an occurrence, in order of time.
func (b *builder) exceptions(o Occurrence, l Lift) (list []Exception) {
	for _, e := range b.lifted(Subject{o.Announcement, o.Slot}) {
		if e.Lifts(l) {
			list = append(list, e)
		}
	}
	return list
}

// rule takes in what the rules of the place make of an occurrence that has its
// place: what it needs an exception for, and that it airs without its music.
func (b *builder) rule(o Occurrence, oc *occasion) Occurrence {
	if o.Class == ClassEmergency {
		b.spendFrame(o, oc)
		return o
	}
	var more []Reason
	if len(b.exceptionsOf) > 0 {
		more = b.layout.excused(b.hours, b.lifted(Subject{o.Announcement, o.Slot}), o.Due, o.Length)
	}
	more = append(more, b.spend(o, oc)...)
	if o.Kind == Relay {
		if r, _ := b.withoutMusic(MusicRelay, o, o.Due, o.End()); r.Code != "" {
			more = append(more, r)
		}
	}
	if o.Bed != nil {
		if r, off := b.withoutMusic(MusicBed, o, o.Due, o.End()); off {
			o.Bed = nil
			more = append(more, r)
		} else if r.Code != "" {
			more = append(more, r)
		}
	}
	if len(more) > 0 {
		o.Reasons = slices.Clone(o.Reasons)
	}
	for _, r := range more {
		o.Reasons = addReason(o.Reasons, r)
	}
	return o
}

// addReason adds a reason, each exception once. all stays as it is.
func addReason(all []Reason, r Reason) []Reason {
	all = slices.Clone(all)
	i := slices.IndexFunc(all, func(known Reason) bool {
		return known.Code == r.Code && known.Exception == r.Exception && r.Exception != ""
	})
	if i < 0 {
		return append(all, r)
	}
	all[i].Exempts = all[i].Exempts || r.Exempts
	return all
}

// withoutMusic says whether mourning silences a kind of music in [from, to). The
// reason is that of the mourning, or of the exception that lifts it; without a code
// there is no mourning.
func (b *builder) withoutMusic(m Music, o Occurrence, from, to time.Time) (r Reason, off bool) {
	if !b.book.Village.Rules.Silences(m) || !meets(b.layout.mourning, from, to) {
		return Reason{}, false
	}
	for _, e := range b.exceptions(o, LiftMusic) {
		if e.covers(from, to) {
			return e.reason(), false
		}
	}
	i := slices.IndexFunc(b.layout.mourning, func(s span) bool { return s.to.After(from) })
	return Reason{Code: ReasonMourning, Until: b.layout.mourning[i].to.UTC()}, true
}

// mourn leaves a jingle out of a slot that days of mourning touch: it has no
// length, and its reason says why.
func (b *builder) mourn(o Occurrence, oc *occasion) Occurrence {
	r, off := b.withoutMusic(MusicJingle, o, oc.start, oc.end)
	if off {
		o.Length, o.Parts = 0, nil
	}
	if r.Code != "" {
		o.Reasons = []Reason{r}
	}
	return o
}

// frameless is why a slot that names an opening or a closing airs without it.
func frameless(o Occurrence) Reason {
	if i := slices.IndexFunc(o.Reasons, func(r Reason) bool { return r.Code == ReasonMourning }); i >= 0 {
		return o.Reasons[i]
	}
	return Reason{Code: ReasonNotReady}
}

// unallowed is the reason of what the hours forbid at an instant: of the hours of
// its subject, when they allow it next.
func (b *builder) unallowed(h hours, at time.Time, length time.Duration) Reason {
	next, _ := h.next(at, length)
	from := at
	if end := h.end(at); !end.IsZero() {
		from = end // it may begin, and may not end
	}
	return Reason{Code: b.layout.why(from), Until: next}
}

// noRelay is the rule of the place that forbids a relay at an instant; false when
// none does.
func (b *builder) noRelay(o Occurrence, oc *occasion, at time.Time) (Reason, bool) {
	if h := b.frameHours(oc); !h.holds(at, o.Length) {
		return b.unallowed(h, at, o.Length), true
	}
	if r, off := b.withoutMusic(MusicRelay, o, at, at.Add(o.Length)); off {
		return r, true
	}
	return b.over(o, at, oc)
}

// Ruled are the reasons of an occurrence that belong into its as-run row: the
// exceptions by which it airs, and the mourning that takes its music.
func (o Occurrence) Ruled() (all []Reason) {
	for _, r := range o.Reasons {
		if r.Code == ReasonException || r.Code == ReasonMourning {
			all = append(all, r)
		}
	}
	return all
}

// exempt says whether an exception lets it air beyond the limits of minutes.
func (o Occurrence) exempt() bool {
	return slices.ContainsFunc(o.Reasons, func(r Reason) bool { return r.Exempts })
}

// SilentBy is when an occurrence must be silent and of which that is the end, the
// values of Until and UntilReason, when the hours allow it until an instant; zero:
// they set no end.
func (o Occurrence) SilentBy(hours time.Time) (until time.Time, reason string) {
	switch {
	case !o.Expires.IsZero() && (hours.IsZero() || o.Expires.Before(hours)):
		if o.Kind == Relay {
			return o.Expires, ReasonRelayOver
		}
		return o.Expires, ReasonExpired
	case hours.IsZero():
		return time.Time{}, ""
	}
	return hours.UTC(), ReasonOutsideHours
}
