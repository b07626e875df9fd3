package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"loalang/scheduler"
)

const stationColumns = ownedColumns + ", name, url, input"

func scanStation(r row) (scheduler.Station, error) {
	var st scheduler.Station
	err := r.Scan(append(owned(&st.Owned), &st.Name, &st.URL, &st.Input)...)
	return st, err
}

// Stations lists the living stations of a village by name.
func (s *Store) Stations(ctx context.Context, village string) (list []scheduler.Station, err error) {
	err = s.read(ctx, "list stations", func(tx *sql.Tx) error {
		list, err = stationsOf(ctx, tx, village)
		return err
	})
	return list, err
}

func stationsOf(ctx context.Context, tx *sql.Tx, village string) ([]scheduler.Station, error) {
	return query(ctx, tx, scanStation, "SELECT "+stationColumns+" FROM stations WHERE village = ? AND deleted_at IS NULL ORDER BY name, id", village)
}

// Station reads a living station; fs.ErrNotExist when there is none.
func (s *Store) Station(ctx context.Context, id string) (st scheduler.Station, err error) {
	err = s.read(ctx, "read station", func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT "+stationColumns+" FROM stations WHERE id = ? AND deleted_at IS NULL", id)
		st, err = one(row, scanStation, missing{what: "station", id: id})
		return err
	})
	return st, err
}

// SaveStation inserts a station (Revision 0) or updates the one of the revision
// that was read; scheduler.ErrRevision when it has changed since.
func (s *Store) SaveStation(ctx context.Context, st scheduler.Station) error {
	return s.write(ctx, "save station", func(tx *sql.Tx) error {
		return s.save(ctx, tx, record{table: "stations", what: "station", owned: st.Owned, rest: []column{
			{"name", st.Name},
			{"url", st.URL},
			{"input", st.Input},
		}})
	})
}

// RemoveStation leaves a tombstone; fs.ErrNotExist when there is no such living
// station. Slots that relay it say so in the plan.
func (s *Store) RemoveStation(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, "remove station", func(tx *sql.Tx) error {
		return s.bury(ctx, tx, "stations", missing{what: "station", id: id}, at)
	})
}

// slotRelayForm is a relay as it is kept with its slot.
type slotRelayForm struct {
	Station   string `json:"station"`
	Offset    int64  `json:"offset_ns"`
	Length    int64  `json:"length_ns"`
	Fallback  string `json:"fallback,omitempty"`
	Patience  int64  `json:"patience_ns,omitempty"`
	Recording string `json:"recording,omitempty"`
	Keeps     bool   `json:"keeps,omitempty"`
}

// relaysOf is a slot's relays as they are kept.
func relaysOf(list []scheduler.SlotRelay) (string, error) {
	forms := make([]slotRelayForm, len(list))
	for i, r := range list {
		forms[i] = slotRelayForm{r.Station, int64(r.Offset), int64(r.Length), r.Fallback, int64(r.Patience), r.Recording, r.Keeps}
	}
	raw, err := json.Marshal(forms)
	if err != nil {
		return "", fmt.Errorf("encode relays: %w", err)
	}
	return string(raw), nil
}

// relays reads the column relays.
type relays []scheduler.SlotRelay

// Scan implements sql.Scanner.
func (l *relays) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("relays are kept as %T", src)
	}
	var forms []slotRelayForm
	if err := json.Unmarshal([]byte(v), &forms); err != nil {
		return fmt.Errorf("read relays: %w", err)
	}
	*l = each(forms, func(f slotRelayForm) scheduler.SlotRelay {
		return scheduler.SlotRelay{
			Station: f.Station, Recording: f.Recording, Offset: time.Duration(f.Offset), Length: time.Duration(f.Length),
			Fallback: f.Fallback, Patience: time.Duration(f.Patience), Keeps: f.Keeps,
		}
	})
	return nil
}
