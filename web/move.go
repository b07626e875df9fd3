package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// moving is a turn of a schedule that somebody wants elsewhere.
type moving struct {
	place scheduler.Village
	loc   *time.Location
	slots []scheduler.Slot
	turn  scheduler.Occurrence
	d     scheduler.Dossier
	s     scheduler.Schedule
	from  scheduler.Spot
}

// series says whether the schedule has other turns.
func (m moving) series() bool { return !m.s.Single() }

// movable says whether the turn of an occurrence may be moved: it is of a notice, and
// still ahead.
func movable(o scheduler.Occurrence, now time.Time) bool {
	at := o.Due
	if at.IsZero() {
		at = o.Nominal
	}
	return o.Announcement != "" && o.Schedule != "" && !o.Immediate && at.After(now)
}

// moving finds a turn in the plan of a village; fs.ErrNotExist when there is none that
// may be moved.
func (s *Server) moving(ctx context.Context, village, occurrence string) (m moving, err error) {
	if m.place, err = s.cfg.Places.Village(ctx, village); err != nil {
		return m, err
	}
	if m.loc, err = m.place.Location(); err != nil {
		return m, err
	}
	gone := fmt.Errorf("turn %q of %s: %w", occurrence, village, fs.ErrNotExist)
	now := s.cfg.Now()
	day, ok := dayIn(occurrence, m.place)
	if !ok || day.After(now.Add(foreseenMost)) {
		return m, gone
	}
	plan, err := s.planUntil(ctx, village, now, day.AddDate(0, 0, 2))
	if err != nil {
		return m, err
	}
	all := slices.Clone(plan.Occurrences)
	for _, o := range plan.Omissions {
		all = append(all, o.Occurrence)
	}
	i := slices.IndexFunc(all, func(o scheduler.Occurrence) bool { return o.ID == occurrence && movable(o, now) })
	if i < 0 {
		return m, gone
	}
	m.turn = all[i]
	if m.d, err = s.cfg.Announcements.Announcement(ctx, m.turn.Announcement); err != nil {
		return m, err
	}
	k := slices.IndexFunc(m.d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == m.turn.Schedule })
	if k < 0 || m.d.Announcement.Village != village {
		return m, gone
	}
	m.s = m.d.Schedules[k]
	if m.slots, err = s.cfg.Places.Slots(ctx, village); err != nil {
		return m, err
	}
	m.from, ok = m.spot()
	if !ok {
		return m, gone
	}
	return m, nil
}

// spot is where the turn was promised, by its ID: it may air elsewhere already.
func (m moving) spot() (scheduler.Spot, bool) {
	local := strings.TrimPrefix(m.turn.ID, m.turn.Schedule+":"+m.place.Key+":")
	if len(local) < len("2006-01-02T15:04") {
		return scheduler.Spot{}, false
	}
	day, err := parseCivil(local[:len(time.DateOnly)])
	if err != nil {
		return scheduler.Spot{}, false
	}
	clock := local[len("2006-01-02T"):]
	if m.s.Kind == scheduler.Once || m.s.Kind == scheduler.Recurring && len(m.s.Slots) == 0 {
		if len(clock) >= len(time.TimeOnly) {
			clock = clock[:len(time.TimeOnly)]
		}
		second, err := secondOfDay(clock)
		return scheduler.Spot{Day: day, Second: second}, err == nil
	}
	clock = clock[:len("15:04")]
	for _, id := range append([]string{m.turn.Slot}, m.s.Slots...) { // of two at the same time its own
		i := slices.IndexFunc(m.slots, func(sl scheduler.Slot) bool { return sl.ID == id })
		if i < 0 || !slices.Contains(m.s.Slots, id) {
			continue
		}
		if start, held := m.slots[i].StartOn(day); held && start.String() == clock {
			return scheduler.Spot{Day: day, Slot: id}, true
		}
	}
	return scheduler.Spot{}, false
}

// moved is what a move makes: the schedule changed, and new ones. The error is an
// Invalid.
func (s *Server) moved(m moving, to scheduler.Spot, whole bool) (sc scheduler.Schedule, more []scheduler.Schedule, err error) {
	now := s.cfg.Now().UTC()
	if whole {
		sc, err = m.s.MoveAll(m.from, to, m.slots, now, m.loc)
	} else {
		sc, more, err = m.s.MoveOne(m.from, to, m.slots, now, m.loc)
	}
	if err != nil {
		return sc, nil, err
	}
	sc.Updated = now
	for i := range more {
		more[i].Owned = s.owned(s.cfg.NewID(), m.place.Key)
		if err := more[i].Validate(now, m.place); err != nil {
			return sc, nil, err
		}
	}
	return sc, more, sc.Validate(now, m.place)
}

// keepMoved keeps what a move made, all of it or nothing, and notes in the history how to
// undo it.
func (s *Server) keepMoved(ctx context.Context, m moving, to scheduler.Spot, sc scheduler.Schedule, more []scheduler.Schedule) error {
	if r := rehearsing(ctx); r != nil { // the plan has to reach both days
		r.named = append(r.named, noon(m.from.Day, m.loc), noon(to.Day, m.loc))
	}
	if err := s.keepSchedule(ctx, m.d, append(slices.Clone(more), sc)...); err != nil {
		return err
	}
	if rehearsing(ctx) != nil {
		return nil
	}
	c, err := moveNote(m, to, sc, more)
	if err == nil {
		err = s.cfg.Diary.Note(ctx, c)
	}
	if err != nil {
		s.cfg.Logger.Warn("a move could not be noted: it cannot be undone", "schedule", sc.ID, "err", err)
	}
	return nil
}

func noon(d scheduler.Date, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, loc)
}

// moveKind is the kind of the notes about moves in the history.
const moveKind = "moves"

// moveUndo is the field of such a note that says how to undo it; nobody reads it.
const moveUndo = "undo"

// keptRevision is a schedule as a move left it.
type keptRevision struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
}

// moveNote is what the history keeps of a move.
func moveNote(m moving, to scheduler.Spot, sc scheduler.Schedule, more []scheduler.Schedule) (people.Change, error) {
	was, err := json.Marshal(m.s)
	if err != nil {
		return people.Change{}, fmt.Errorf("note a move: %w", err)
	}
	kept := []keptRevision{{sc.ID, sc.Revision + 1}}
	for _, n := range more {
		kept = append(kept, keptRevision{n.ID, n.Revision + 1})
	}
	is, err := json.Marshal(kept)
	if err != nil {
		return people.Change{}, fmt.Errorf("note a move: %w", err)
	}
	return people.Change{Village: m.place.Key, Kind: moveKind, Record: sc.ID, About: m.d.Announcement.ID, Deed: people.Altered, Fields: []people.FieldChange{
		{Name: "turn_at", Before: m.instant(m.from).UnixMicro(), After: m.instant(to).UnixMicro()},
		{Name: moveUndo, Before: string(was), After: string(is)},
	}}, nil
}

// instant is when a spot begins.
func (m moving) instant(at scheduler.Spot) time.Time {
	second := at.Second
	if i := slices.IndexFunc(m.slots, func(sl scheduler.Slot) bool { return sl.ID == at.Slot }); i >= 0 {
		if start, held := m.slots[i].StartOn(at.Day); held {
			second = int(start) * 60
		}
	}
	return time.Date(at.Day.Year, at.Day.Month, at.Day.Day, second/3600, second/60%60, second%60, 0, m.loc)
}

// restoreMove puts a schedule back to where a move took it from, and takes away what
// the move added; errUndone when any of it was changed since.
func (s *Server) restoreMove(ctx context.Context, _ people.Principal, c people.Change) error {
	i := slices.IndexFunc(c.Fields, func(f people.FieldChange) bool { return f.Name == moveUndo })
	if i < 0 {
		return errUndone
	}
	var was scheduler.Schedule
	var kept []keptRevision
	if err := json.Unmarshal([]byte(fmt.Sprint(c.Fields[i].Before)), &was); err != nil {
		return fmt.Errorf("undo a move: %w", err)
	}
	if err := json.Unmarshal([]byte(fmt.Sprint(c.Fields[i].After)), &kept); err != nil {
		return fmt.Errorf("undo a move: %w", err)
	}
	d, err := s.cfg.Announcements.Announcement(ctx, c.About)
	switch {
	case err != nil:
		return err
	case !d.Announcement.Withdrawn.IsZero():
		return errWithdrawn
	case d.Announcement.Village != c.Village:
		return errUndone
	}
	for _, k := range kept {
		there := slices.ContainsFunc(d.Schedules, func(sc scheduler.Schedule) bool { return sc.ID == k.ID && sc.Revision == k.Revision })
		if !there {
			return errUndone
		}
	}
	now := s.cfg.Now().UTC()
	was.Revision, was.Updated = kept[0].Revision, now
	var added []string
	for _, k := range kept[1:] {
		added = append(added, k.ID)
	}
	return s.reschedule(ctx, d, []scheduler.Schedule{was}, added)
}
