package scheduler

import (
	"slices"
	"time"

	"loalang/scheduler/calendar"
)

// Recaller is a Stage that gives back what it was handed and has not begun with.
// It returns at once; what it gave back has no row in the Ledger any more.
type Recaller interface {
	Recall(o Occurrence)
}

// recall asks for what was handed over and has been edited since, in the seconds
// before it is due: the old words must not air because somebody corrected them late.
func (d *duty) recall(now time.Time) {
	stage, able := d.cfg.Stage.(Recaller)
	for id, o := range d.held {
		switch {
		case !o.Due.After(now):
			delete(d.held, id)
		case able && !d.book.stillMeans(o):
			delete(d.held, id)
			delete(d.done, id)
			d.cfg.Log.Info("an occurrence is asked for again: it was edited in its last seconds", "occurrence", id)
			stage.Recall(o)
		}
	}
}

// stillMeans says whether what o was made of is still what the book says: its
// instant or slot, its class, its approval and validity, and each of its voices.
func (b *Book) stillMeans(o Occurrence) bool {
	if o.Schedule == "" {
		return true // the frame of a slot
	}
	i := slices.IndexFunc(b.Schedules, func(s Schedule) bool { return s.ID == o.Schedule })
	a := slices.IndexFunc(b.Announcements, func(a Announcement) bool { return a.ID == o.Announcement })
	if i < 0 || a < 0 || !b.Schedules[i].Deleted.IsZero() {
		return false // whoever takes back says so at once; this is for what another process wrote
	}
	if !b.stillCalls(b.Schedules[i], o) || b.Announcements[a].Class != o.Class {
		return false
	}
	if _, _, c := b.Village.clear(b.Announcements[a], nil); c.code != "" || c.pin != nil && !c.pin.calls(b.Schedules[i]) {
		return false
	}
	if until := b.Announcements[a].ValidUntil; !until.IsZero() && !o.Due.Before(until) {
		return false
	}
	return !slices.ContainsFunc(o.Parts, func(p Part) bool {
		return p.Kind == PartVoice && !slices.ContainsFunc(b.Renditions, func(r Rendition) bool {
			return r.Announcement == o.Announcement && r.State == Ready && r.Recording == p.Recording
		})
	})
}

// stillCalls says whether a schedule names the instant or the slot of o. What is moved
// from a full slot lies in one that its schedule need not name.
func (b *Book) stillCalls(s Schedule, o Occurrence) bool {
	switch {
	case s.Kind == Once:
		return s.At.Equal(o.Nominal)
	case s.bySlot():
		return isHop(o.ID) || slices.Contains(s.Slots, o.Slot)
	case s.Kind == Recurring && o.Slot == "":
		loc, err := b.Village.Location()
		r, wrong := rhythmOf(s.Rule)
		if err != nil || wrong != nil {
			return true // nothing is known against it
		}
		return slices.ContainsFunc(r.between(o.Nominal, o.Nominal.Add(time.Second), loc), func(m calendar.Moment) bool { return m.At.Equal(o.Nominal) })
	}
	return s.Kind == Now
}
