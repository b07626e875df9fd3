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

	"loalang/audio"
	"loalang/scheduler"
)

// vault keeps emergencies for a restart: in a fsynced file first, which needs no
// database, and in the database. The file has what is alive; what has ended,
// until it would have expired, so that an older copy anywhere does not bring it
// back; and what the database does not have yet. Its methods may be called from
// any goroutine.
type vault struct {
	under   Emergencies
	village string // of the emergencies that an earlier run may have left
	spool   spool
	now     func() time.Time
	log     *slog.Logger

	mu  sync.Mutex
	all map[string]deposit // by ID

	file     sync.Mutex // one writer of the file: an older state must not overtake a newer
	loaded   bool       // what an earlier run left in the file is in all; file is held
	written  []byte     // what the file has; file is held
	unkept   bool       // the file's last write failed: logged once; file is held
	saving   sync.Mutex // one writer of the database's rows
	unsaving bool       // the database refused the last: logged once; saving is held
}

// deposit is the newest state of an emergency.
type deposit struct {
	e     scheduler.Emergency
	life  life
	row   AsRun
	reach reach // of row
	saved bool  // the database has this state of e
	ours  bool  // this run raised it, or goes on with it
}

// kept is what the file has of an emergency.
type kept struct {
	scheduler.Emergency
	Life life  `json:"life,omitzero"`
	Row  AsRun `json:"row,omitzero"` // the as-run up to then
	// For how long what Row has was heard; a version that did not note this says that nothing
	// kept it from being heard.
	Reach reach `json:"reach,omitzero"`
}

// life is how much of its life an emergency has left. After a power cut the
// clock may be unknown for hours: what is left then bounds how long it sounds.
type life struct {
	Left    time.Duration // when it was last seen
	Seen    time.Time     // by the clock of then
	Trusted bool          // that clock was trusted
}

// lifeOf is what is known of an emergency that was kept without its life.
func lifeOf(e scheduler.Emergency) life {
	return life{Left: e.Expires.Sub(e.Raised), Seen: e.Raised, Trusted: true}
}

// left is how much is left at now. A clock that is trusted only now says nothing
// of how long ago an untrusted one saw it.
func (l life) left(now time.Time, trusted bool) time.Duration {
	if trusted && !l.Trusted {
		return l.Left
	}
	return l.Left - max(0, now.Sub(l.Seen))
}

func newVault(cfg PlayerConfig) *vault {
	return &vault{
		under: cfg.Emergencies, village: cfg.Village, spool: spool{dirs: cfg.Spool}, now: cfg.Now, log: cfg.Log, all: map[string]deposit{},
	}
}

// put takes in a state of an emergency; an older one than it has changes nothing.
func (v *vault) put(e scheduler.Emergency) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.place(e)
	v.own(e.ID)
}

// own needs v.mu held.
func (v *vault) own(id string) {
	d := v.all[id]
	d.ours = true
	v.all[id] = d
}

// place is put with v.mu held, of any run.
func (v *vault) place(e scheduler.Emergency) {
	d, known := v.all[e.ID]
	if known {
		e = newest(d.e, e)
	}
	d.saved = known && d.saved && reflect.DeepEqual(d.e, e)
	d.e = e
	v.all[e.ID] = d
}

// sounding is put with how much of its life is left, its as-run, and for how long that was heard.
func (v *vault) sounding(e scheduler.Emergency, l life, row AsRun, r reach) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.place(e)
	d := v.all[e.ID]
	d.life, d.row, d.reach, d.ours = l, row, r, true
	v.all[e.ID] = d
}

// newest is the later of two states of one emergency, b when nothing tells them
// apart. What has ended stays ended.
func newest(a, b scheduler.Emergency) scheduler.Emergency {
	switch {
	case a.Ended.IsZero() != b.Ended.IsZero():
		if b.Ended.IsZero() {
			return a
		}
	case a.Updated.After(b.Updated):
		return a
	case a.Updated.Equal(b.Updated) && a.Expires.After(b.Expires):
		return a
	}
	return b
}

// write makes what was put durable in the file. What an earlier run left there is
// read first: a person may raise an emergency before open was called.
func (v *vault) write() {
	v.file.Lock()
	defer v.file.Unlock()
	v.load()
	raw, err := json.Marshal(v.contents())
	if err == nil && bytes.Equal(raw, v.written) {
		return
	}
	if err == nil {
		err = v.spool.write(ActiveFile, raw)
	}
	if err != nil {
		if !v.unkept {
			v.log.Error("the emergencies could not be kept for a restart", "err", err)
		}
		v.written, v.unkept = nil, true
		return
	}
	v.written, v.unkept = raw, false
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
func (v *vault) contents() []kept {
	now := v.now()
	v.mu.Lock()
	defer v.mu.Unlock()
	list := make([]kept, 0, len(v.all))
	for id, d := range v.all {
		if d.saved && !d.e.Ended.IsZero() && !now.Before(d.e.Expires) {
			delete(v.all, id)
			continue
		}
		k := kept{Emergency: d.e}
		if d.e.Ended.IsZero() {
			k.Life, k.Row, k.Reach = d.life, d.row, d.reach
		}
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b kept) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// save offers the database what it does not have, until one is refused.
func (v *vault) save(ctx context.Context) {
	v.saving.Lock()
	defer v.saving.Unlock()
	for _, e := range v.unsaved() {
		patient, cancel := context.WithTimeout(ctx, journalPatience)
		err := v.under.SaveEmergency(patient, e)
		cancel()
		if err != nil {
			if !v.unsaving {
				v.log.Error("an emergency could not be saved yet", "emergency", e.ID, "err", err)
			}
			v.unsaving = true
			return
		}
		v.unsaving = false
		v.mu.Lock()
		if d := v.all[e.ID]; reflect.DeepEqual(d.e, e) {
			d.saved = true
			v.all[e.ID] = d
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

// open reads what an earlier run kept, and returns those that have life left at
// now, of a clock that is trusted or not; what this run has raised meanwhile is none
// of them. What only the file knows is saved later.
func (v *vault) open(ctx context.Context, now time.Time, trusted bool) []kept {
	patient, cancel := context.WithTimeout(ctx, journalPatience)
	defer cancel()
	saved, err := v.under.UnexpiredEmergencies(patient, v.village, now)
	if err != nil {
		v.log.Error("the emergencies could not be read from the database", "err", err)
	}
	v.file.Lock()
	v.load()
	v.file.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, e := range saved {
		v.learn(e)
	}
	var alive []kept
	for id, d := range v.all {
		if d.ours || !d.e.Ended.IsZero() {
			continue
		}
		if d.life == (life{}) {
			d.life = lifeOf(d.e)
		}
		if d.life.left(now, trusted) > 0 {
			alive = append(alive, kept{d.e, d.life, d.row, d.reach})
		} else { // nobody was there to write it down
			d.e.Ended, d.e.EndedBy, d.saved = d.e.Expires, "expired", false
		}
		v.all[id] = d
	}
	slices.SortFunc(alive, func(a, b kept) int { return a.Raised.Compare(b.Raised) })
	return alive
}

// learn takes in what the database has of an emergency: that it numbered the row
// does not make it another state. v.mu is held.
func (v *vault) learn(e scheduler.Emergency) {
	d, known := v.all[e.ID]
	other := d.e
	d.e, d.saved = e, true
	v.all[e.ID] = d
	if known && (other.Ended.IsZero() != e.Ended.IsZero() || !other.Expires.Equal(e.Expires)) {
		v.place(other)
	}
}

// load takes in once what an earlier run left in the file. v.file is held.
func (v *vault) load() {
	if v.loaded {
		return
	}
	v.loaded = true
	for _, k := range v.readFile() {
		if k.Village == v.village {
			v.take(k)
		}
	}
}

// take is put for what was read from the file.
func (v *vault) take(k kept) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.place(k.Emergency)
	d := v.all[k.ID]
	if k.Life != (life{}) && (d.life == (life{}) || k.Row.Updated.After(d.row.Updated) || k.Life.Left < d.life.Left) {
		d.life, d.row, d.reach = k.Life, k.Row, k.Reach
		v.all[k.ID] = d
	}
}

// ending is how a person ended an emergency, as its as-run says it.
type ending struct{ cause, by string }

// stopped says how a person ended the emergency of an as-run row; false when
// nobody did.
func (v *vault) stopped(occurrence string) (ending, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	id, is := strings.CutPrefix(occurrence, AlarmOccurrence(scheduler.Emergency{}))
	d, known := v.all[id]
	if !is || !known || d.e.Ended.IsZero() {
		return ending{}, false
	}
	switch d.e.EndedBy {
	case scheduler.ReasonExpired, string(audio.Completed), string(audio.Unread), string(audio.Lost):
		return ending{}, false
	}
	how := ending{cause: scheduler.ReasonStopped, by: d.e.EndedBy}
	for _, other := range v.all {
		if other.e.Supersedes == id {
			how.cause = string(audio.Replaced)
		}
	}
	return how, true
}

// Alarming says whether the folders of PlayerConfig.Spool hold an emergency that
// nobody has ended: the next run of a Player has it sound again.
func Alarming(folders []string) bool { return len(Unended(folders)) > 0 }

// Unended are the IDs of the emergencies that the folders of PlayerConfig.Spool hold and nobody
// has ended.
func Unended(folders []string) (ids []string) {
	v := vault{spool: spool{dirs: folders}, log: slog.New(slog.DiscardHandler)} // Run tells of what is unreadable
	ended := map[string]bool{}                                                  // in one copy at least
	all := v.readFile()
	for _, k := range all {
		ended[k.ID] = ended[k.ID] || !k.Ended.IsZero()
	}
	for _, k := range all {
		if !ended[k.ID] && !slices.Contains(ids, k.ID) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// readFile reads every copy of the file: each may know something.
func (v *vault) readFile() []kept {
	copies, err := v.spool.read(ActiveFile)
	var list []kept
	for _, raw := range copies {
		var some []kept
		if bad := json.Unmarshal(raw, &some); bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		list = append(list, some...)
	}
	if err != nil {
		v.log.Error("a file of emergencies is unreadable", "file", ActiveFile, "err", err)
	}
	return list
}
