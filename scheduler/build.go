package scheduler

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"loalang/scheduler/calendar"
)

const (
	// lookback is how far back a promise may lie that is still to be decided;
	// Book.Past reaches as far.
	lookback = MaxGrace
	// lookahead is how far beyond the horizon the next occasion and the next
	// allowed hour are looked for: weekly rules come round in it.
	lookahead = 8 * 24 * time.Hour
	// claimAhead is more than how long before its instant anything is claimed: a
	// row due later was written before the clock was set back, and is silent.
	claimAhead = time.Minute
)

// BuildPlan decides what a village hears in [now, now+horizon). It is pure: the
// same book, in whatever order, gives the same plan. Every promise in that time,
// and every one of the last day that has no Past row, is either an Occurrence
// or an Omission with its Reason.
//
// Claims on the one Output are settled by class, then exact instants before
// slots, then the earlier nominal instant, then ID: a loser that has an exact
// instant is put behind the winner within its grace, slots flow around. A relayed
// station keeps its time: notices of slots flow around it as well, and what has an
// exact instant interrupts it, so that these two alone may overlap. Nothing
// sounds outside the village's hours, ClassEmergency excepted. A promise that a
// withdrawal or the end of its validity cut off is explained for one horizon
// and then forgotten. A notice that is not ready in a language of the village airs
// by the village's MissingRule. A drill takes what is left. Civil times are read in the village's zone; the error says
// that this zone is unknown.
func BuildPlan(now time.Time, horizon time.Duration, book Book) (Plan, error) {
	b, err := newBuilder(now, horizon, book)
	if err != nil {
		return Plan{}, err
	}
	b.collect()
	b.relay()
	b.settle()
	b.drills()
	return b.finish(), nil
}

// builder holds one plan while it is decided.
type builder struct {
	now, to time.Time
	soon    time.Time // the earliest Due of anything new
	horizon time.Duration
	book    Book
	loc     *time.Location
	layout  layout
	hours   hours // of what no exception is meant for
	track   track
	relays  track // what notices of slots flow around, and exact ones interrupt

	past      map[string]Past
	owned     map[string][]Past // by schedule; nil before rowsOf
	history   history
	sounding  []Past          // and not on the track yet
	slots     map[string]Slot // living ones
	told      map[string]*Announcement
	of        map[string]string // announcements by their schedules
	rendered  map[string]*rendered
	cleared   map[string]clearance // only what is not free to air
	occasions []*occasion
	dated     map[slotDay]*occasion
	exact     [classes][]*promise // and those of slots that are over; by the rank of their class

	exceptionsOf map[string][]Exception // that stand, by announcement
	hoursOf      map[Subject]hours
	spent        budget
	plan         Plan // without what is in these two
	placed       []*Occurrence
	omitted      []*Omission

	promises    slab[promise]
	occurrences slab[Occurrence]
	omissions   slab[Omission]
	slotLists   map[string][]*occasion // by the IDs of their slots, see occasionsOf
}

// promise is an occurrence that looks for its place.
type promise struct {
	occ      Occurrence
	from, to time.Time // bounds of Due; of a slot's notice those of its validity
	created  time.Time
	schedule *Schedule
	standing standing  // of the schedule, when its slot is filled
	occasion *occasion // of a slot that is not over; nil for all that is exact or late
	holder   *occasion // of a fixed position that of its slot
	round    int       // from 0: how many others of its schedule are promised before it in its slot
	late     bool      // of a slot that is over
	hop      bool      // moved here from a slot that was full
	at       time.Time // where it was placed in its slot
	hours    hours
	of       recurrence // of the schedule
	called   time.Time  // the nominal instant after which the schedule's next occasion is looked for
	nextAt   *time.Time // that occasion once it was looked for; see builder.next
}

func newBuilder(now time.Time, horizon time.Duration, book Book) (*builder, error) {
	if book.Village.Zone == "" {
		return nil, fmt.Errorf("plan %s: %w", book.Village.Key, errors.New("the village has no time zone: name one, such as Asia/Ho_Chi_Minh"))
	}
	loc, err := book.Village.Location()
	if err != nil {
		return nil, fmt.Errorf("plan %s: load time zone: %w", book.Village.Key, err)
	}
	now = now.Round(0).UTC()
	book.Past = reopened(book.Past)
	b := &builder{
		now: now, to: now.Add(horizon), soon: ceil(now.Add(book.Frame.Lead)), horizon: horizon, book: book, loc: loc,
		layout: layOut(book.Village, loc, now.Add(-lookback), now.Add(horizon+lookahead)),
		track:  track{gap: book.Frame.Gap}, relays: track{gap: book.Frame.Gap},
		past: make(map[string]Past, len(book.Past)), slots: map[string]Slot{}, told: make(map[string]*Announcement, len(book.Announcements)), rendered: make(map[string]*rendered, len(book.Announcements)), slotLists: map[string][]*occasion{}, cleared: map[string]clearance{},
		occasions: occasions(book.Slots, loc, now.Add(-lookback), now.Add(horizon+lookahead)),
		plan:      Plan{Village: book.Village.Key, Zone: book.Village.Zone, Made: now, From: now, To: now.Add(horizon)},
	}
	b.dated = make(map[slotDay]*occasion, len(b.occasions))
	for _, oc := range b.occasions {
		b.dated[slotDay{oc.slot.ID, oc.day}] = oc
	}
	b.hours = b.layout.hours()
	b.index()
	b.of = make(map[string]string, len(book.Schedules))
	for _, s := range book.Schedules {
		b.of[s.ID] = s.Announcement
	}
	b.history = b.readHistory()
	b.indexRules()
	return b, nil
}

// ceil rounds up to the millisecond: nobody hears less.
func ceil(t time.Time) time.Time { return t.Add(time.Millisecond - 1).Truncate(time.Millisecond) }

// index makes the book quick to read, and marks what still sounds.
func (b *builder) index() {
	for _, p := range sorted(b.book.Past, func(x, y Past) int { return firstOf(x.Due.Compare(y.Due), cmp.Compare(x.Occurrence, y.Occurrence)) }) {
		b.past[p.Occurrence] = p
		if !p.Over && p.End.After(b.now) && p.End.After(p.Due) && p.Due.Before(b.now.Add(claimAhead)) {
			if isRelay(p.Occurrence) {
				b.relays.take(busy{span: span{p.Due, p.End}, id: p.Occurrence})
				continue
			}
			b.sounding = append(b.sounding, p)
		}
	}
	for _, s := range b.book.Slots {
		if s.Deleted.IsZero() {
			b.slots[s.ID] = s
		}
	}
	of := b.renditions()
	for _, a := range b.book.Announcements {
		a, heard, c := b.book.Village.clear(a, of[a.ID])
		if c != (clearance{}) {
			b.cleared[a.ID] = c
		}
		b.told[a.ID] = &a
		r := render(b.book.Village, b.book.Frame, heard)
		if length := b.book.Frame.Sounds[a.Bed]; length > 0 && r.ready() {
			r.bed = &Part{Kind: PartBed, Recording: a.Bed, Length: length}
		}
		b.rendered[a.ID] = &r
	}
}

// recurrence picks what names the instants of a schedule; nil for a kind that
// this program does not know.
func (b *builder) recurrence(s Schedule) recurrence {
	switch s.Kind {
	case Once, Now:
		return exactly{at: s.At.Round(0), loc: b.loc}
	case Slots:
		return inSlots{on: s.onDate, perSlot: s.PerSlot, occasions: b.occasionsOf(s)}
	case Recurring:
		return b.recurring(s)
	}
	return nil
}

// occasionsOf are the occasions of the slots that a schedule names: one list for
// all schedules that name the same. Read it only.
func (b *builder) occasionsOf(s Schedule) []*occasion {
	key := strings.Join(s.Slots, "\x00")
	of, known := b.slotLists[key]
	if !known {
		for _, oc := range b.occasions {
			if slices.Contains(s.Slots, oc.slot.ID) {
				of = append(of, oc)
			}
		}
		b.slotLists[key] = of
	}
	return of
}

// collect turns every schedule into promises and early omissions.
func (b *builder) collect() {
	schedules := sorted(b.book.Schedules, func(x, y Schedule) int { return cmp.Compare(x.ID, y.ID) })
	for i := range schedules {
		s := &schedules[i]
		if !s.Deleted.IsZero() || s.Village != "" && s.Village != b.book.Village.Key {
			continue
		}
		r := b.recurrence(*s)
		if r == nil {
			continue
		}
		all := slices.Collect(r.instants(b.now.Add(-lookback), b.to))
		strays := b.strays(s, all)
		for i, in := range all {
			if len(strays) > 0 && b.strayed(s, in, strays) {
				continue
			}
			b.promise(s, r, in, b.newer(all[i:]))
		}
		b.carryOn(s, r)
		b.missingSlots(s)
	}
}

// newer says whether another promise than the first of a schedule, of another
// slot, has come due since.
func (b *builder) newer(all []instant) bool {
	for _, in := range all[1:] {
		if all[0].occasion == nil || in.occasion != all[0].occasion {
			return !in.nominal.After(b.now)
		}
	}
	return false
}

// next is the schedule's next nominal instant after what p was promised at, at
// which the announcement has time to be told, within its validity and the village's
// hours; zero when there is none.
func (b *builder) next(p *promise) time.Time {
	if p.nextAt == nil {
		at := b.nextOccasion(p)
		p.nextAt = &at
	}
	return *p.nextAt
}

func (b *builder) nextOccasion(p *promise) time.Time {
	a, length := b.about(p.schedule.Announcement), b.sound(p.schedule.Announcement).length
	from, to := p.called.Add(1), b.to.Add(lookahead)
	soon := earlier(from.Add(2*24*time.Hour), to) // most have one: no need to lay out weeks
	for _, span := range []span{{from, soon}, {soon, to}} {
		if at := b.firstOccasion(a, length, p.of.instants(span.from, span.to)); !at.IsZero() {
			return at
		}
	}
	if p.schedule.Kind != Recurring {
		return time.Time{}
	}
	return b.nextFar(*p.schedule)
}

// Of what the book does not tell of.
var (
	noAnnouncement = new(Announcement)
	nothing        = new(rendered)
)

// about is an announcement; without an ID when the book does not have it.
func (b *builder) about(id string) *Announcement {
	if a, known := b.told[id]; known {
		return a
	}
	return noAnnouncement
}

// sound is an announcement as it would sound.
func (b *builder) sound(id string) *rendered {
	if r, known := b.rendered[id]; known {
		return r
	}
	return nothing
}

// firstOccasion is the first of instants in which an announcement can be told.
func (b *builder) firstOccasion(a *Announcement, length time.Duration, all iter.Seq[instant]) time.Time {
	for next := range all {
		if !a.ValidUntil.IsZero() && next.nominal.Add(length).After(a.ValidUntil) {
			break
		}
		if next.occasion == nil || a.Class == ClassEmergency {
			return next.nominal.UTC()
		}
		if at, ok := b.hoursFor(Subject{a.ID, next.occasion.slot.ID}).next(next.occasion.start, length); ok && !at.Add(length).After(next.occasion.end) {
			return next.nominal.UTC()
		}
	}
	return time.Time{}
}

// missingSlots omits what a schedule promises in slots that are gone: once for
// each, on the next day it would have been.
func (b *builder) missingSlots(s *Schedule) {
	a := b.about(s.Announcement)
	if !s.bySlot() || a.ID == "" || !earliestSet(a.Withdrawn, a.Deleted).IsZero() || !a.ValidUntil.IsZero() && !a.ValidUntil.After(b.now) {
		return
	}
	if !slices.ContainsFunc(s.Slots, func(id string) bool { _, there := b.slots[id]; return !there }) {
		return
	}
	on := b.daysOf(*s)
	day := calendar.DateOf(b.now, b.loc)
	for day.Compare(calendar.DateOf(b.to, b.loc)) <= 0 && !on(day) {
		day = day.AddDays(1)
	}
	if !on(day) {
		return
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(s.Slots))) {
		if _, there := b.slots[id]; there {
			continue
		}
		var o Occurrence
		b.notice(&o, s, a, instant{nominal: calendar.At(day, 0, b.loc)}, occurrenceID(s.ID, b.book.Village.Key, day.String(), id))
		o.Slot = id
		if _, past := b.past[o.ID]; !past {
			b.omit(o, calendar.At(day.AddDays(1), 0, b.loc), Reason{Code: ReasonNoSlot})
		}
	}
}

// finish orders the plan.
func (b *builder) finish() Plan {
	b.excuseFrames()
	b.plan.Occurrences = ordered(b.placed, func(x, y *Occurrence) int {
		return firstOf(x.Due.Compare(y.Due), cmp.Compare(x.ID, y.ID))
	})
	b.plan.Omissions = ordered(b.omitted, func(x, y *Omission) int {
		return firstOf(x.Occurrence.Nominal.Compare(y.Occurrence.Nominal), cmp.Compare(x.Occurrence.ID, y.Occurrence.ID))
	})
	return b.plan
}

// ordered is what refs point to in order. That is large: it is moved once, and the
// list is no longer than it must be, for a plan is kept.
func ordered[T any](refs []*T, compare func(x, y *T) int) []T {
	if len(refs) == 0 {
		return nil
	}
	slices.SortFunc(refs, compare)
	out := make([]T, len(refs))
	for i, r := range refs {
		out[i] = *r
	}
	return out
}

// sorted is list in order, a copy unless it is already: the caller's slices stay as
// they are. Read it only.
func sorted[T any](list []T, compare func(x, y T) int) []T {
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return list
}

// firstOf is the first comparison that decides.
func firstOf(comparisons ...int) int { return cmp.Or(comparisons...) }

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// earliestSet is the earlier of two instants that may be zero.
func earliestSet(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
