package web

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"loalang/scheduler"
)

// slot is a living slot of a village; fs.ErrNotExist when there is none.
func (s *Server) slot(ctx context.Context, village, id string) (scheduler.Slot, error) {
	all, err := s.cfg.Places.Slots(ctx, village)
	if err != nil {
		return scheduler.Slot{}, err
	}
	i := slices.IndexFunc(all, func(sl scheduler.Slot) bool { return sl.ID == id })
	if i < 0 {
		return scheduler.Slot{}, fmt.Errorf("slot %s: %w", id, fs.ErrNotExist)
	}
	return all[i], nil
}

// checkSlot says what is wrong with a slot that is about to be saved, and settles its
// fixed positions: those that keep their time of day do so when its start was moved
// from was. The error is scheduler.Invalid or comes from the store.
func (s *Server) checkSlot(ctx context.Context, slot scheduler.Slot, was scheduler.TimeOfDay) (scheduler.Slot, error) {
	slot.Relays = slices.Clone(slot.Relays)
	for i := range slot.Relays {
		if r := &slot.Relays[i]; r.Keeps {
			r.Offset -= time.Duration(slot.Start-was) * time.Minute
		}
	}
	if err := slot.Validate(); err != nil {
		return slot, err
	}
	for _, sound := range []struct{ field, id string }{{"opening", slot.Opening}, {"closing", slot.Closing}} {
		if err := s.checkSound(ctx, slot.Village, sound.id); err != nil {
			return slot, named(err, sound.field)
		}
	}
	return slot, s.checkFixed(ctx, slot)
}

// checkFixed says whether what a slot relays and plays at fixed times is there.
func (s *Server) checkFixed(ctx context.Context, slot scheduler.Slot) error {
	known, err := s.cfg.Stations.Stations(ctx, slot.Village)
	if err != nil {
		return err
	}
	for i, r := range slot.Relays {
		if r.Recording == "" && !slices.ContainsFunc(known, func(st scheduler.Station) bool { return st.ID == r.Station }) {
			return scheduler.Invalid{fieldFault("relays", i, "station", scheduler.FaultUnknown, "")}
		}
		if err := s.checkSound(ctx, slot.Village, r.Recording); err != nil {
			return prefixed(named(err, "recording"), "relays", i)
		}
		if err := s.checkSound(ctx, slot.Village, r.Fallback); err != nil {
			return prefixed(err, "relays", i)
		}
	}
	return nil
}

// named gives the first fault of err the name of a field.
func named(err error, field string) error {
	if faults, ok := err.(scheduler.Invalid); ok && len(faults) > 0 { //nolint:errorlint // as checkSound makes it
		faults[0].Field = field
		return faults
	}
	return err
}

// saveSlot checks and keeps a slot; was is the start that it had. The errors are
// scheduler.Invalid, scheduler.ErrRevision and those of the store.
func (s *Server) saveSlot(ctx context.Context, slot scheduler.Slot, was scheduler.TimeOfDay) (scheduler.Slot, error) {
	slot, err := s.checkSlot(ctx, slot, was)
	if err != nil {
		return slot, err
	}
	slot.Updated = s.cfg.Now().UTC()
	if err := s.cfg.Arrange.SaveSlot(ctx, slot); err != nil {
		return slot, err
	}
	s.tellChange(ctx)
	slot.Revision++
	return slot, nil
}

// withSound is book with the length of one more sound.
func withSound(book scheduler.Book, id string, length time.Duration) scheduler.Book {
	sounds := map[string]time.Duration{id: length}
	for known, l := range book.Frame.Sounds {
		sounds[known] = l
	}
	book.Frame.Sounds = sounds
	return book
}

// removeSlot takes a slot away; schedules that name it say so in the plan.
func (s *Server) removeSlot(ctx context.Context, slot scheduler.Slot) error {
	if err := s.cfg.Arrange.RemoveSlot(ctx, slot.ID, s.cfg.Now().UTC()); err != nil {
		return err
	}
	s.tellChange(ctx)
	return nil
}
