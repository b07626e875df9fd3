package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"loalang/recordings"
	"loalang/scheduler"
	"loalang/store"
)

// firstVillage is what a fresh data folder begins with.
func firstVillage() scheduler.Village {
	return scheduler.Village{
		Key: "un-ta", Name: scheduler.SampleName, Commune: scheduler.SampleCommune, Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"},
		Approvals: scheduler.UsualApprovals(),
	}
}

// seed makes the village of a fresh data folder with its two slots and the
// sound around a notice, and returns the village that the settings name.
//
// On a fresh folder everything must succeed; later, what cannot be brought up
// to date stays as it was, and the log says so.
func seed(ctx context.Context, db *store.Store, s settings, log *slog.Logger) (scheduler.Village, error) {
	ids := map[string]string{}
	for _, b := range recordings.BuiltIns() {
		ids[b.Name] = b.ID
	}
	known, err := db.Villages(ctx)
	if err != nil && db.Damaged() {
		log.Error("the village is known by its key only", "err", err)
		return unknownVillage(s.Village), nil
	}
	if err != nil {
		return scheduler.Village{}, err
	}
	if len(known) == 0 {
		slots := []scheduler.Slot{
			{Name: "Buổi sáng", Start: 5*60 + 30, Length: time.Hour, Opening: ids[recordings.OpeningSound], Closing: ids[recordings.ClosingSound]},
			{Name: "Buổi chiều", Start: 17 * 60, Length: time.Hour, Opening: ids[recordings.OpeningSound], Closing: ids[recordings.ClosingSound]},
		}
		if err := db.Seed(ctx, firstVillage(), slots); err != nil {
			return scheduler.Village{}, fmt.Errorf("make the village: %w", err)
		}
	}
	v, err := db.Village(ctx, s.Village)
	if errors.Is(err, fs.ErrNotExist) {
		return v, usagef("the data folder knows no village %q: choose one of its villages with --village", s.Village)
	}
	if err != nil {
		return v, err
	}
	if err := db.Cover(ctx, s.Village); err != nil {
		if len(known) == 0 {
			return v, err
		}
		log.Error("announcements may lack a rendition in a language of the village", "err", err)
	}
	if err := saveFrame(ctx, db, s, ids[recordings.ChimeSound]); err != nil {
		if len(known) == 0 {
			return v, err
		}
		log.Error("the sound around the notices stays as it was", "err", err)
	}
	return v, nil
}

// builtInID is the recording of a built-in sound; empty when there is none.
func builtInID(name string) string {
	for _, b := range recordings.BuiltIns() {
		if b.Name == name {
			return b.ID
		}
	}
	return ""
}

// unknownVillage is a village of which only the settings tell: the board goes on
// without its database and without the standby files.
func unknownVillage(key string) scheduler.Village {
	v := firstVillage()
	if v.Key != key {
		v = scheduler.Village{Key: key, Name: key, Zone: v.Zone, Languages: []string{"vi"}}
	}
	return v
}

// saveFrame keeps the sound around every notice in step with the settings.
func saveFrame(ctx context.Context, db *store.Store, s settings, chime string) error {
	rec, err := db.Recording(ctx, chime)
	if err != nil {
		return fmt.Errorf("find the chime: %w", err)
	}
	return db.SaveFrame(ctx, s.Village, scheduler.Frame{
		Chime: scheduler.Sound{Recording: chime, Length: rec.Length},
		Pause: 700 * time.Millisecond, Gap: 2 * time.Second, Lead: s.Settle + 6*time.Second,
	})
}
