package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"loalang/scheduler"
)

// Bounds of the ways out on the page of the plan: each costs some forty plans, on a small
// board about a second.
const (
	conflictsShown   = 2
	conflictPatience = 400 * time.Millisecond
	waysKept         = 64
)

// conflictView is something of the week that finds no place, and the way out that one
// press takes.
type conflictView struct {
	ID, Title, Link string // what it is
	When, Text      string // when it was promised, why it will not air
	Occurrence, Way string // of the form; no way: none is known
	Do              string // what the button says
	Move, Why       string // other places, and the whole explanation
}

// wayMemory remembers the ways out of what a plan omits for as long as that plan is the
// one that is published, and has them looked for one after the other: a small board has
// more to do. It is safe for several goroutines.
type wayMemory struct {
	mu   sync.Mutex
	busy bool
	all  *lru[wayKey, []scheduler.Suggestion]
}

type wayKey struct {
	occurrence string // it names its village
	made       int64  // of the plan, in Unix nanoseconds
}

func newWayMemory() *wayMemory {
	return &wayMemory{all: newLRU[wayKey, []scheduler.Suggestion](waysKept)}
}

// find is what is known; begin says that the caller is to look for it, and to call
// either keep or leave.
func (m *wayMemory) find(k wayKey) (ways []scheduler.Suggestion, begin bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ways, known := m.all.get(k)
	begin = !known && !m.busy
	m.busy = m.busy || begin
	return ways, begin
}

func (m *wayMemory) keep(k wayKey, ways []scheduler.Suggestion) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy = false
	m.all.put(k, ways)
}

func (m *wayMemory) leave() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.busy = false
}

// conflicting says whether a promise is omitted because something else, or a rule of the
// place, has its time: another time may do.
func conflicting(code string) bool {
	switch code {
	case scheduler.ReasonOverlap, scheduler.ReasonSlotFull, scheduler.ReasonSlotTooLong, scheduler.ReasonSlotLimit, scheduler.ReasonSlotBudget, scheduler.ReasonDayBudget,
		scheduler.ReasonDayTimes, scheduler.ReasonOutsideHours, scheduler.ReasonQuiet, scheduler.ReasonHoliday, scheduler.ReasonNoSlot, scheduler.ReasonOutsideSlot:
		return true
	}
	return false
}

// conflicts are the first promises of the days that are shown which find no place, one of
// each schedule, for who may move them.
func (p *panel) conflicts(v *visit, b dayBook, from, to time.Time) (views []conflictView) {
	seen := map[string]bool{}
	for _, om := range b.plan.Omissions {
		o := om.Occurrence
		if seen[o.Schedule] || !conflicting(om.Reason.Code) || !movable(o, v.now) || o.Nominal.Before(from) || !o.Nominal.Before(to) {
			continue
		}
		if len(views) == conflictsShown {
			break
		}
		seen[o.Schedule] = true
		row := b.omittedItem(om).row
		c := conflictView{
			ID: o.Announcement, Title: o.Title, Link: row.Link, When: v.at(o.Nominal, v.now), Text: row.States[0].Text,
			Occurrence: o.ID, Move: row.Move, Why: row.Why,
		}
		if way, ok := p.moves(v, o, b.plan.Made); ok {
			c.Way, c.Do = wayName(way), v.word("plan.move-to", v.wayPlace(way, b.slots))
		}
		views = append(views, c)
	}
	return views
}

// moves is the first way out of an omission that is another time or slot. None as well
// when looking for it takes too long: then the next who opens the page has it.
func (p *panel) moves(v *visit, o scheduler.Occurrence, made time.Time) (way scheduler.Suggestion, ok bool) {
	key := wayKey{o.ID, made.UnixNano()}
	ways, begin := p.s.ways.find(key)
	if begin {
		err := bounded(v.ctx(), conflictPatience, func(ctx context.Context) (func(), error) {
			found, err := p.s.waysOf(context.WithoutCancel(ctx), o) // it is for the next one, too
			if err != nil {
				p.s.ways.leave()
				return nil, err
			}
			p.s.ways.keep(key, found)
			return func() { ways = found }, nil
		})
		if err != nil && !isMissing(err) && !isDamage(err) {
			p.s.cfg.Logger.Info("the way out of a conflict is not known yet", "occurrence", o.ID, "err", err)
		}
	}
	i := slices.IndexFunc(ways, func(s scheduler.Suggestion) bool {
		switch s.Way {
		case scheduler.WayAt, scheduler.WayThatDay, scheduler.WaySlot, scheduler.WayTimes:
			return true
		}
		return false
	})
	if i < 0 {
		return way, false
	}
	return ways[i], true
}

// waysOf are the ways out of an omitted occurrence.
func (s *Server) waysOf(ctx context.Context, o scheduler.Occurrence) ([]scheduler.Suggestion, error) {
	d, err := s.cfg.Announcements.Announcement(ctx, o.Announcement)
	if err != nil {
		return nil, err
	}
	return s.waysOut(ctx, d, o.ID)
}

// wayPlace is where a way out leads to.
func (v *visit) wayPlace(way scheduler.Suggestion, slots []scheduler.Slot) string {
	i := slices.IndexFunc(slots, func(s scheduler.Slot) bool { return way.Way == scheduler.WaySlot && s.ID == way.Slot })
	if i < 0 {
		return v.at(way.At, v.now)
	}
	return v.word("move.in-slot", v.slotNameOn(slots[i], way.At), v.day(way.At, v.now))
}
