package web

import (
	"context"
	"slices"
	"time"

	"loalang/scheduler"
)

// rehearsal is a change that is not saved: what would be written is noted, in order,
// as what it makes of the book. Everything that a request checks is checked as ever.
// One request uses it, and nobody else.
type rehearsal struct {
	village string
	changes []func(b *scheduler.Book)
	own     []string            // announcements that it is about
	named   []time.Time         // instants that it names: the plan has to reach them
	notices []scheduler.Dossier // that the book may not have, for nothing called them
	ended   []string            // announcements and schedules of which nothing is to sound any more
	decided bool                // it is a step of an approval, which must not be taken for granted
}

type rehearsalKey struct{}

// rehearse is a context in which nothing is saved, and what notes it.
func rehearse(ctx context.Context) (context.Context, *rehearsal) {
	r := &rehearsal{}
	return context.WithValue(ctx, rehearsalKey{}, r), r
}

// rehearsing is the rehearsal of ctx; nil: it is in earnest.
func rehearsing(ctx context.Context) *rehearsal {
	r, _ := ctx.Value(rehearsalKey{}).(*rehearsal)
	return r
}

func (r *rehearsal) add(village string, change func(b *scheduler.Book)) {
	if village != "" {
		r.village = village
	}
	r.changes = append(r.changes, change)
}

func (r *rehearsal) apply(b *scheduler.Book) {
	for _, d := range r.notices {
		known := slices.ContainsFunc(b.Announcements, func(a scheduler.Announcement) bool { return a.ID == d.Announcement.ID })
		if !known {
			b.Announcements = append(b.Announcements, d.Announcement)
			b.Renditions = append(b.Renditions, d.Renditions...)
		}
	}
	for _, change := range r.changes {
		change(b)
	}
}

// about notes that an announcement is changed.
func (r *rehearsal) about(announcement string) {
	if !slices.Contains(r.own, announcement) {
		r.own = append(r.own, announcement)
	}
}

func (r *rehearsal) schedule(s scheduler.Schedule) {
	r.about(s.Announcement)
	if s.Kind == scheduler.Once {
		r.named = append(r.named, s.At)
	}
}

// put replaces what is the same as x, or appends x.
func put[T any](all []T, x T, same func(old T) bool) []T {
	if i := slices.IndexFunc(all, same); i >= 0 {
		all[i] = x
		return all
	}
	return append(all, x)
}

func putSchedule(b *scheduler.Book, s scheduler.Schedule) {
	b.Schedules = put(b.Schedules, s, func(old scheduler.Schedule) bool { return old.ID == s.ID })
}

// rehearsable lets what keeps the plan's records be rehearsed.
func (c *Config) rehearsable() {
	c.Announcements = rehearsedAnnouncements{c.Announcements}
	c.Schedules = rehearsedSchedules{c.Schedules, c.Announcements}
	c.Arrange = rehearsedArranger{c.Arrange}
	c.Exceptions = rehearsedExceptions{c.Exceptions}
	c.Stations = rehearsedStations{c.Stations}
	c.Readings = rehearsedReadings{c.Readings}
	c.Withdraw = rehearsedWithdrawer{c.Withdraw}
	c.Interchange = rehearsedInterchange{c.Interchange, c.Announcements}
	if c.Drills != nil {
		c.Drills = rehearsedDrills{c.Drills}
	}
}

// The names under which keepers lie in what rehearses them: theirs are those of methods.
type (
	keptNotices  = Announcements
	keptStations = Stations
	keptLifts    = Exceptions
	keptDrills   = Drills
)

type rehearsedAnnouncements struct{ keptNotices }

func (k rehearsedAnnouncements) SaveAnnouncement(ctx context.Context, a scheduler.Announcement, rs []scheduler.Rendition, ss []scheduler.Schedule) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.keptNotices.SaveAnnouncement(ctx, a, rs, ss)
	}
	if err := r.bring(ctx, k.keptNotices, a.ID); err != nil {
		return err
	}
	r.about(a.ID)
	for _, s := range ss {
		r.schedule(s)
	}
	r.add(a.Village, func(b *scheduler.Book) {
		b.Announcements = put(b.Announcements, a, func(old scheduler.Announcement) bool { return old.ID == a.ID })
		if rs != nil {
			b.Renditions = slices.DeleteFunc(b.Renditions, func(old scheduler.Rendition) bool { return old.Announcement == a.ID })
			for _, rend := range rs {
				rend.Announcement = a.ID
				b.Renditions = append(b.Renditions, rend)
			}
		}
		if ss != nil {
			b.Schedules = slices.DeleteFunc(b.Schedules, func(old scheduler.Schedule) bool { return old.Announcement == a.ID })
			b.Schedules = append(b.Schedules, ss...)
		}
	})
	return nil
}

// bring notes an announcement of which the book knows nothing, because nothing calls
// it yet.
func (r *rehearsal) bring(ctx context.Context, from Announcements, id string) error {
	d, err := from.Announcement(ctx, id)
	if isMissing(err) {
		return nil
	}
	if err == nil {
		r.notices = append(r.notices, d)
	}
	return err
}

type rehearsedSchedules struct {
	Schedules
	notices Announcements
}

func (k rehearsedSchedules) SaveSchedule(ctx context.Context, s scheduler.Schedule) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Schedules.SaveSchedule(ctx, s)
	}
	if err := r.bring(ctx, k.notices, s.Announcement); err != nil {
		return err
	}
	r.schedule(s)
	r.add(s.Village, func(b *scheduler.Book) { putSchedule(b, s) })
	return nil
}

func (k rehearsedSchedules) SaveSchedules(ctx context.Context, a *scheduler.Announcement, kept []scheduler.Schedule, gone []string) error {
	if rehearsing(ctx) == nil {
		return k.Schedules.SaveSchedules(ctx, a, kept, gone)
	}
	if a != nil {
		if err := k.notices.SaveAnnouncement(ctx, *a, nil, nil); err != nil {
			return err
		}
	}
	for _, s := range kept {
		if err := k.SaveSchedule(ctx, s); err != nil {
			return err
		}
	}
	for _, id := range gone {
		if err := k.RemoveSchedule(ctx, id, time.Time{}); err != nil { // no instant is kept
			return err
		}
	}
	return nil
}

func (k rehearsedSchedules) RemoveSchedule(ctx context.Context, id string, at time.Time) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Schedules.RemoveSchedule(ctx, id, at)
	}
	r.ended = append(r.ended, id)
	r.add("", func(b *scheduler.Book) {
		b.Schedules = slices.DeleteFunc(b.Schedules, func(s scheduler.Schedule) bool {
			if s.ID == id {
				r.about(s.Announcement)
			}
			return s.ID == id
		})
	})
	return nil
}

type rehearsedArranger struct{ Arranger }

func (k rehearsedArranger) SaveVillage(ctx context.Context, v scheduler.Village) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Arranger.SaveVillage(ctx, v)
	}
	r.add(v.Key, func(b *scheduler.Book) {
		lifted := b.Village.Exceptions // a village that is read alone comes without them
		b.Village = v
		b.Village.Exceptions = lifted
	})
	return nil
}

func (k rehearsedArranger) SaveSlot(ctx context.Context, s scheduler.Slot) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Arranger.SaveSlot(ctx, s)
	}
	r.add(s.Village, func(b *scheduler.Book) {
		b.Slots = put(b.Slots, s, func(old scheduler.Slot) bool { return old.ID == s.ID })
	})
	return nil
}

func (k rehearsedArranger) RemoveSlot(ctx context.Context, id string, at time.Time) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Arranger.RemoveSlot(ctx, id, at)
	}
	r.add("", func(b *scheduler.Book) {
		b.Slots = slices.DeleteFunc(b.Slots, func(s scheduler.Slot) bool { return s.ID == id })
	})
	return nil
}

type rehearsedExceptions struct{ keptLifts }

func (k rehearsedExceptions) SaveException(ctx context.Context, e scheduler.Exception) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.keptLifts.SaveException(ctx, e)
	}
	r.add(e.Village, func(b *scheduler.Book) {
		b.Village.Exceptions = put(slices.Clone(b.Village.Exceptions), e, func(old scheduler.Exception) bool { return old.ID == e.ID })
	})
	return nil
}

type rehearsedStations struct{ keptStations }

func (k rehearsedStations) SaveStation(ctx context.Context, st scheduler.Station) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.keptStations.SaveStation(ctx, st)
	}
	r.add(st.Village, func(b *scheduler.Book) {
		b.Stations = put(b.Stations, st, func(old scheduler.Station) bool { return old.ID == st.ID })
	})
	return nil
}

func (k rehearsedStations) RemoveStation(ctx context.Context, id string, at time.Time) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.keptStations.RemoveStation(ctx, id, at)
	}
	r.add("", func(b *scheduler.Book) {
		b.Stations = slices.DeleteFunc(b.Stations, func(st scheduler.Station) bool { return st.ID == id })
	})
	return nil
}

type rehearsedReadings struct{ Readings }

func (k rehearsedReadings) SaveRendition(ctx context.Context, rend scheduler.Rendition) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Readings.SaveRendition(ctx, rend)
	}
	r.about(rend.Announcement)
	r.add(rend.Village, func(b *scheduler.Book) {
		b.Renditions = put(b.Renditions, rend, func(old scheduler.Rendition) bool {
			return old.Announcement == rend.Announcement && old.Language == rend.Language
		})
	})
	return nil
}

type rehearsedDrills struct{ keptDrills }

func (k rehearsedDrills) SaveDrill(ctx context.Context, d scheduler.Drill) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.keptDrills.SaveDrill(ctx, d)
	}
	if d.Rule == "" {
		r.named = append(r.named, d.At)
	} else if next := d.Next(d.Updated, time.UTC); !next.IsZero() {
		r.named = append(r.named, next) // that of a quarter lies behind the days that are foreseen
	}
	r.add(d.Village, func(b *scheduler.Book) {
		b.Drills = slices.DeleteFunc(slices.Clone(b.Drills), func(old scheduler.Drill) bool { return old.ID == d.ID })
		if d.Deleted.IsZero() {
			b.Drills = append(b.Drills, d)
		}
	})
	return nil
}

type rehearsedInterchange struct {
	Interchange
	notices Announcements
}

func (k rehearsedInterchange) SaveImported(ctx context.Context, m scheduler.Imported, d scheduler.Dossier) error {
	r := rehearsing(ctx)
	if r == nil {
		return k.Interchange.SaveImported(ctx, m, d)
	}
	if err := k.notices.SaveAnnouncement(ctx, d.Announcement, d.Renditions, nil); err != nil {
		return err
	}
	for _, s := range d.Schedules { // others of the announcement stay
		r.schedule(s)
		r.add(s.Village, func(b *scheduler.Book) { putSchedule(b, s) })
	}
	return nil
}

// rehearsedWithdrawer leaves alone what sounds, and notes that it would end.
type rehearsedWithdrawer struct{ Withdrawer }

func (k rehearsedWithdrawer) Withdraw(ctx context.Context, announcement, by string) error {
	if r := rehearsing(ctx); r != nil {
		r.ended = append(r.ended, announcement)
		return nil
	}
	return k.Withdrawer.Withdraw(ctx, announcement, by)
}

func (k rehearsedWithdrawer) Unschedule(ctx context.Context, schedule, by string) error {
	if r := rehearsing(ctx); r != nil {
		r.ended = append(r.ended, schedule)
		return nil
	}
	return k.Withdrawer.Unschedule(ctx, schedule, by)
}

// tellChange asks for the plan to be made anew, in earnest only.
func (s *Server) tellChange(ctx context.Context) {
	if rehearsing(ctx) == nil {
		s.cfg.Changed()
	}
}
