package playout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"loalang/scheduler"
)

// vault keeps emergencies for a restart: in a fsynced file first, which needs no
// database, and in the database. The file has what is alive; what has ended,
// until it would have expired, so that an older copy anywhere does not bring it
// back; and what the database does not have yet. Its methods may be called from
// any goroutine.
type vault struct {
	under Emergencies
	spool spool
	now   func() time.Time
	log   *slog.Logger

	mu  sync.Mutex
	all map[string]deposit // by ID

	file    sync.Mutex // one writer of the file: an older state must not overtake a newer
	written []byte     // what the file has; file is held
	saving  sync.Mutex // one writer of the database's rows
}

// deposit is the newest state of an emergency.
type deposit struct {
	e     scheduler.Emergency
	saved bool // the database has this state
}

func newVault(cfg PlayerConfig) *vault {
	return &vault{
		under: cfg.Emergencies, spool: spool{dirs: cfg.Spool}, now: cfg.Now, log: cfg.Log, all: map[string]deposit{},
	}
}

// put takes in a state of an emergency; an older one than it has changes nothing.
func (v *vault) put(e scheduler.Emergency) {
	v.mu.Lock()
	defer v.mu.Unlock()
	had, known := v.all[e.ID]
	if known {
		e = newest(had.e, e)
	}
	v.all[e.ID] = deposit{e: e, saved: known && had.saved && reflect.DeepEqual(had.e, e)}
}

// newest is the later of two states of one emergency. What has ended stays
// ended, and a life that was prolonged stays long.
func newest(a, b scheduler.Emergency) scheduler.Emergency {
	switch {
	case a.Ended.IsZero() != b.Ended.IsZero():
		if b.Ended.IsZero() {
			return a
		}
	case a.Expires.After(b.Expires):
		return a
	}
	return b
}

// write makes what was put durable in the file.
func (v *vault) write() {
	v.file.Lock()
	defer v.file.Unlock()
	raw, err := json.Marshal(v.contents())
	if err == nil && bytes.Equal(raw, v.written) {
		return
	}
	if err == nil {
		err = v.spool.write(activeFile, raw)
	}
	if err != nil {
		v.written = nil
		v.log.Error("the emergencies could not be kept for a restart", "err", err)
		return
	}
	v.written = raw
}

// tend goes on trying, until ctx ends, to write and save what could not be yet.
func (v *vault) tend(ctx context.Context) {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	for {
		v.save(ctx)
		v.write()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// contents forgets what nobody needs any more and lists the rest by ID.
func (v *vault) contents() []scheduler.Emergency {
	now := v.now()
	v.mu.Lock()
	defer v.mu.Unlock()
	list := make([]scheduler.Emergency, 0, len(v.all))
	for id, d := range v.all {
		if d.saved && !now.Before(d.e.Expires) {
			delete(v.all, id)
			continue
		}
		list = append(list, d.e)
	}
	slices.SortFunc(list, func(a, b scheduler.Emergency) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// save offers the database what it does not have, until one is refused.
func (v *vault) save(ctx context.Context) {
	v.saving.Lock()
	defer v.saving.Unlock()
	for _, e := range v.unsaved() {
		told := e
		if now := v.now(); told.Ended.IsZero() && !now.Before(told.Expires) {
			told.Ended, told.EndedBy = told.Expires, "expired" // nobody was there to write it down
		}
		patient, cancel := context.WithTimeout(ctx, journalPatience)
		err := v.under.SaveEmergency(patient, told)
		cancel()
		if err != nil {
			v.log.Error("an emergency could not be saved yet", "emergency", e.ID, "err", err)
			return
		}
		v.mu.Lock()
		if d := v.all[e.ID]; reflect.DeepEqual(d.e, e) {
			v.all[e.ID] = deposit{e: e, saved: true}
		}
		v.mu.Unlock()
	}
}

func (v *vault) unsaved() []scheduler.Emergency {
	v.mu.Lock()
	defer v.mu.Unlock()
	var list []scheduler.Emergency
	for _, d := range v.all {
		if !d.saved {
			list = append(list, d.e)
		}
	}
	slices.SortFunc(list, func(a, b scheduler.Emergency) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// open reads what an earlier run kept for a village, and returns those that may
// sound at now. What only the file knows is saved later.
func (v *vault) open(ctx context.Context, village string, now time.Time) []scheduler.Emergency {
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	saved, err := v.under.UnexpiredEmergencies(patient, village, now)
	if err != nil {
		v.log.Error("the emergencies could not be read from the database", "err", err)
	}
	v.mu.Lock()
	for _, e := range saved {
		v.all[e.ID] = deposit{e: e, saved: true}
	}
	v.mu.Unlock()
	for _, e := range v.readFile() {
		if e.Village == village {
			v.take(e)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	var alive []scheduler.Emergency
	for _, d := range v.all {
		if d.e.ActiveAt(now) {
			alive = append(alive, d.e)
		}
	}
	slices.SortFunc(alive, func(a, b scheduler.Emergency) int { return a.Raised.Compare(b.Raised) })
	return alive
}

// take is put for what was read from the file: that the database numbered the
// row does not make it another state.
func (v *vault) take(e scheduler.Emergency) {
	v.mu.Lock()
	had, known := v.all[e.ID]
	v.mu.Unlock()
	if known && had.saved && had.e.Ended.IsZero() == e.Ended.IsZero() && had.e.Expires.Equal(e.Expires) {
		return
	}
	v.put(e)
}

// readFile reads every copy of the file: each may know something.
func (v *vault) readFile() []scheduler.Emergency {
	copies, err := v.spool.read(activeFile)
	var list []scheduler.Emergency
	for _, raw := range copies {
		var some []scheduler.Emergency
		if bad := json.Unmarshal(raw, &some); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		list = append(list, some...)
	}
	if err != nil {
		v.log.Error("a file of emergencies is unreadable", "file", activeFile, "err", err)
	}
	return list
}
