package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"loalang/scheduler"
)

// station is a living station of a village; fs.ErrNotExist when there is none.
func (s *Server) station(ctx context.Context, village, id string) (scheduler.Station, error) {
	all, err := s.cfg.Stations.Stations(ctx, village)
	if err != nil {
		return scheduler.Station{}, err
	}
	i := slices.IndexFunc(all, func(st scheduler.Station) bool { return st.ID == id })
	if i < 0 {
		return scheduler.Station{}, fmt.Errorf("station %s: %w", id, fs.ErrNotExist)
	}
	return all[i], nil
}

// saveStation checks and keeps a station. The errors are scheduler.Invalid,
// scheduler.ErrRevision and those of the store.
func (s *Server) saveStation(ctx context.Context, st scheduler.Station) error {
	if err := st.Validate(); err != nil {
		return err
	}
	if err := s.cfg.Stations.SaveStation(ctx, st); err != nil {
		return err
	}
	s.tellChange(ctx)
	return nil
}

// saveRelays gives a slot its relays, if its revision is still the one that was
// read (0: whatever it is). Errors as of saveStation.
func (s *Server) saveRelays(ctx context.Context, slot scheduler.Slot, revision int64, relays []scheduler.SlotRelay) error {
	if revision != 0 && revision != slot.Revision {
		return scheduler.ErrRevision
	}
	slot.Relays = slices.Clone(relays)
	for i := range slot.Relays {
		r := &slot.Relays[i]
		if r.Recording == "" {
			continue
		}
		rec, err := s.cfg.Shelf.Recording(ctx, r.Recording)
		if err != nil && !isMissing(err) {
			return err
		}
		r.Length = rec.Length // what is not there is told of below
	}
	_, err := s.saveSlot(ctx, slot, slot.Start)
	return err
}

// checkBed is scheduler.Invalid when an announcement's bed is no recording that its
// village may use.
func (s *Server) checkBed(ctx context.Context, a scheduler.Announcement) error {
	var faults scheduler.Invalid
	err := s.checkSound(ctx, a.Village, a.Bed)
	if errors.As(err, &faults) {
		faults[0].Field = "bed"
		return faults
	}
	return err
}

// checkSound is the same for a recording that stands in for a station.
func (s *Server) checkSound(ctx context.Context, village, id string) error {
	if id == "" {
		return nil
	}
	rec, err := s.cfg.Shelf.Recording(ctx, id)
	if isMissing(err) || err == nil && rec.Village != "" && rec.Village != village {
		return scheduler.Invalid{{Field: "fallback", Code: scheduler.FaultUnknown}}
	}
	return err
}
