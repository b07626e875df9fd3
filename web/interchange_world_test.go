package web_test

import (
	"context"
	"slices"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// interchange is what a world remembers of calendars.
type interchange struct {
	imported map[string]scheduler.Imported // by UID
	told     map[string]scheduler.FeedEvent
	keys     []people.Token
	stuck    error // what remembering the feed answers
	uses     map[string]time.Time
}

func (w *world) Imported(_ context.Context, village string, uids []string) ([]scheduler.Imported, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []scheduler.Imported
	for uid, m := range w.calendars.imported {
		if m.Village == village && slices.Contains(uids, uid) {
			list = append(list, m)
		}
	}
	return list, w.down()
}

func (w *world) SaveImported(ctx context.Context, m scheduler.Imported, d scheduler.Dossier) error {
	w.mu.Lock()
	old := w.calendars.imported[m.UID]
	schedules := slices.Clone(w.notices[d.Announcement.ID].Schedules)
	w.mu.Unlock()
	if old.Revision != m.Revision {
		return scheduler.ErrRevision
	}
	for _, sc := range d.Schedules {
		sc.Revision++
		at := slices.IndexFunc(schedules, func(o scheduler.Schedule) bool { return o.ID == sc.ID })
		if at < 0 {
			schedules = append(schedules, sc)
			continue
		}
		if schedules[at].Revision != sc.Revision-1 {
			return scheduler.ErrRevision
		}
		schedules[at] = sc
	}
	if err := w.SaveAnnouncement(ctx, d.Announcement, d.Renditions, nil); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.notices[d.Announcement.ID]
	kept.Schedules = schedules
	w.notices[d.Announcement.ID] = kept
	if w.calendars.imported == nil {
		w.calendars.imported = map[string]scheduler.Imported{}
	}
	m.Revision++
	w.calendars.imported[m.UID] = m
	return nil
}

func (w *world) FeedTold(_ context.Context, _ string, now time.Time, events []scheduler.FeedEvent) ([]scheduler.FeedEvent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calendars.stuck != nil {
		return nil, w.calendars.stuck
	}
	if w.calendars.told == nil {
		w.calendars.told = map[string]scheduler.FeedEvent{}
	}
	events = slices.Clone(events)
	for i, e := range events {
		if old, there := w.calendars.told[e.Occurrence]; there {
			e.Sequence, e.Changed = old.Sequence, old.Changed
			if old.Digest != events[i].Digest {
				e.Sequence, e.Changed = max(old.Sequence+1, events[i].Sequence), now
			}
		}
		events[i], w.calendars.told[e.Occurrence] = e, e
	}
	return events, nil
}

func (w *world) SaveToken(_ context.Context, t people.Token) error {
	w.calendars.keys = append(slices.DeleteFunc(w.calendars.keys, func(o people.Token) bool { return o.ID == t.ID }), t)
	return w.down()
}

func (r *register) SaveToken(_ context.Context, t people.Token) error {
	r.change(func(r *register) {
		r.tokens = append(slices.DeleteFunc(r.tokens, func(o people.Token) bool { return o.ID == t.ID }), t)
	})
	return nil
}

func (w *world) TokenUsed(_ context.Context, id string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.calendars.uses == nil {
		w.calendars.uses = map[string]time.Time{}
	}
	w.calendars.uses[id] = at
	return w.down()
}

func (r *register) TokenUsed(_ context.Context, id string, at time.Time) error {
	r.change(func(r *register) {
		for i := range r.tokens {
			if r.tokens[i].ID == id {
				r.tokens[i].Used = at
			}
		}
	})
	return nil
}
