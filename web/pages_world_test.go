package web_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/people"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
	"loalang/web"
)

// world is a village in memory, behind every interface that the pages need.
type world struct {
	entered      chan struct{} // Raise was called
	release      chan struct{} // and goes on behind this, where it is not nil
	urged        []scheduler.Urged
	past         []scheduler.Past // what the as-run has for the plan
	mu           sync.Mutex
	now          time.Time
	village      scheduler.Village
	slots        []scheduler.Slot
	stations     []scheduler.Station
	drills       []scheduler.Drill
	drillRuns    []playout.AsRun       // nil: one that failed
	calibrations []playout.Calibration // the oldest first
	monitor      *playout.MonitorState // nil: nothing listens
	asked        int                   // for a calibration
	upkept       upkept
	parcels      parcels
	knobs        web.KnobsState // what is pressed, lit and turned
	mixerHung    bool           // the card of the volume control does not answer
	exceptions   []scheduler.Exception
	words        scheduler.Words
	templates    scheduler.Templates
	notices      map[string]scheduler.Dossier
	order        []string // IDs, oldest first
	runs         []playout.AsRun
	plan         scheduler.Plan
	shelf        []recordings.Recording
	bin          []recordings.Recording // removed, and not cleared
	uses         []recordings.Use       // of every recording
	searched     recordings.Search      // for what was asked last
	kept         recordings.Retention   // zero: nobody has decided
	surplus      []recordings.Recording // that the caretaker would remove
	air          playout.Air
	raised       []scheduler.Emergency
	lowered      int
	tooMany      error // of Raise
	stopped      []string
	silenced     []string // what was taken back, and by whom
	told         []time.Time
	changed      int
	ids          int
	neighbours   []scheduler.Village // that other boards drive
	broken       error               // what every read of the database answers
	reads        atomic.Int64        // of the database, since it was last set to 0
	lost         int64               // which of them is answered with errLost; 0: none
	role         people.Role         // of whoever visits
	everywhere   bool                // the visitor is bound to no village
	accounts     []people.Account
	invited      []people.Invitation
	setup        string           // hash of the set-up link; empty: none
	racing       func()           // what happens instead of the next save
	used         recordings.InUse // what needs the recordings
	noEngine     bool
	mute         error // of Voice
	refuse       error // what the importer answers
	choices      []scheduler.VoiceChoice
	tried        []string // voices
	tellings     []scheduler.Telling
	troubles     []speech.Trouble
	changes      []people.Change
	writers      []people.Actor
	reinstated   []string // announcements
	calendars    interchange
	remains      map[string]scheduler.Remains // what was removed, by kind and ID
}

// errLost is what the database answers in tests that take one of its answers away. Nobody
// but a log may ever read its words.
var errLost = errors.New("SQLITE_BUSY: unseen words")

// down is what a read of the database answers beside what it found.
func (w *world) down() error {
	if n := w.reads.Add(1); n == w.lost {
		return errLost
	}
	return w.broken
}

// isDamaged says that the database is damaged, as the store's error does.
func (w *world) isDamaged() bool { return errors.Is(w.broken, syscall.EUCLEAN) }

// The world stands still on Monday 23 November 2026 at 16:21 in Ún Tà.
func newWorld(t testing.TB) *world {
	t.Helper()
	hcm, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	day := scheduler.Weekdays(127)
	w := &world{
		now: time.Date(2026, 11, 23, 16, 21, 0, 0, hcm),
		village: scheduler.Village{
			Key: "un-ta", Name: "Ún Tà", Commune: "Cốc San", Zone: "Asia/Ho_Chi_Minh", Languages: []string{"vi", "pcc"},
			Allowed: []scheduler.Window{{From: 5 * 60, To: 21 * 60}},
		},
		slots: []scheduler.Slot{
			{Owned: scheduler.Owned{ID: "0193a000-0000-7000-8000-0000000000a1", Village: "un-ta"}, Name: "Buổi sáng", Start: 5*60 + 30, Length: 30 * time.Minute, Days: day},
			{Owned: scheduler.Owned{ID: "0193a000-0000-7000-8000-0000000000a2", Village: "un-ta"}, Name: "Buổi chiều", Start: 17 * 60, Length: 30 * time.Minute, Days: day},
		},
		notices: map[string]scheduler.Dossier{},
	}
	w.air = playout.Air{
		Village: "un-ta", At: w.now,
		Output: audio.OutputState{Device: "null", Up: true, Levels: audio.Levels{RMS: -120, Peak: -120}},
		Amp:    hardware.AmpState{Simulated: true},
		Clock:  hardware.ClockState{Trust: hardware.Synced},
	}
	return w
}

func (w *world) at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, w.now.Location())
}

func (w *world) NewID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return fmt.Sprintf("0193b000-0000-7000-8000-%012x", w.ids)
}

func (w *world) SaveAnnouncement(_ context.Context, a scheduler.Announcement, rs []scheduler.Rendition, ss []scheduler.Schedule) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.down(); err != nil {
		return err
	}
	d, known := w.notices[a.ID]
	if known != (a.Revision > 0) || a.Revision != d.Announcement.Revision {
		return scheduler.ErrRevision
	}
	if w.racing != nil { // somebody else was quicker
		race := w.racing
		w.racing = nil
		race()
		return scheduler.ErrRevision
	}
	if !known {
		w.order = append(w.order, a.ID)
	}
	a.Revision++
	d.Announcement = a
	if rs != nil {
		d.Renditions = slices.Clone(rs)
		for i := range d.Renditions {
			d.Renditions[i].Revision++
		}
	}
	if ss != nil {
		d.Schedules = ss
	}
	w.notices[a.ID] = d
	return nil
}

func (w *world) Announcement(_ context.Context, id string) (scheduler.Dossier, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.down(); err != nil {
		return scheduler.Dossier{}, err
	}
	d, ok := w.notices[id]
	if !ok {
		return d, fmt.Errorf("announcement %s: %w", id, fs.ErrNotExist)
	}
	return d, nil
}

func (w *world) MayAir(context.Context, string, time.Time) ([]scheduler.Dossier, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ds []scheduler.Dossier
	for _, id := range slices.Backward(w.order) {
		if d := w.notices[id]; d.Announcement.Withdrawn.IsZero() {
			ds = append(ds, d)
		}
	}
	return ds, w.down()
}

func (w *world) SaveRendition(_ context.Context, r scheduler.Rendition) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.down(); err != nil {
		return err
	}
	if w.racing != nil { // somebody else was quicker
		race := w.racing
		w.racing = nil
		race()
		return scheduler.ErrRevision
	}
	d := w.notices[r.Announcement]
	i := slices.IndexFunc(d.Renditions, func(old scheduler.Rendition) bool { return old.Language == r.Language })
	if i < 0 || d.Renditions[i].Revision != r.Revision {
		return scheduler.ErrRevision
	}
	if !d.Renditions[i].State.May(r.State) {
		return scheduler.ErrTransition
	}
	r.Revision++
	d.Renditions = slices.Clone(d.Renditions)
	d.Renditions[i] = r
	w.notices[r.Announcement] = d
	return nil
}

func (w *world) Announcements(_ context.Context, _, before string, limit int) ([]scheduler.Dossier, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ds []scheduler.Dossier
	for _, id := range slices.Backward(w.order) {
		if (before == "" || id < before) && len(ds) < limit {
			ds = append(ds, w.notices[id])
		}
	}
	return ds, w.down()
}

func (w *world) SaveSchedule(_ context.Context, s scheduler.Schedule) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.notices[s.Announcement]
	if i := slices.IndexFunc(d.Schedules, func(old scheduler.Schedule) bool { return old.ID == s.ID }); i >= 0 {
		if d.Schedules[i].Revision != s.Revision {
			return scheduler.ErrRevision
		}
		d.Schedules = slices.Delete(slices.Clone(d.Schedules), i, i+1)
	}
	s.Revision++
	d.Schedules = append(d.Schedules, s)
	w.notices[s.Announcement] = d
	return w.down()
}

func (w *world) SaveSchedules(ctx context.Context, a *scheduler.Announcement, kept []scheduler.Schedule, gone []string) error {
	if a != nil {
		if err := w.SaveAnnouncement(ctx, *a, nil, nil); err != nil {
			return err
		}
	}
	for _, s := range kept {
		if err := w.SaveSchedule(ctx, s); err != nil {
			return err
		}
	}
	for _, id := range gone {
		if err := w.RemoveSchedule(ctx, id, w.now); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) RemoveSchedule(_ context.Context, id string, _ time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, d := range w.notices {
		d.Schedules = slices.DeleteFunc(d.Schedules, func(s scheduler.Schedule) bool { return s.ID == id })
		w.notices[key] = d
	}
	return w.down()
}

func (w *world) Village(_ context.Context, key string) (scheduler.Village, error) {
	err := w.down()
	if err == nil && key != w.village.Key && key != "toong-gianh" {
		return scheduler.Village{}, fmt.Errorf("no village %q: %w", key, fs.ErrNotExist)
	}
	v := w.village
	v.Key = key
	return v, err
}

func (w *world) SaveVillage(_ context.Context, v scheduler.Village) error {
	if err := w.down(); err != nil {
		return err
	}
	if v.Revision != w.village.Revision {
		return scheduler.ErrRevision
	}
	v.Revision++
	w.village = v
	return nil
}

func (w *world) SaveSlot(_ context.Context, s scheduler.Slot) error {
	i := slices.IndexFunc(w.slots, func(old scheduler.Slot) bool { return old.ID == s.ID })
	switch {
	case w.broken != nil:
		return w.broken
	case i < 0 && s.Revision == 0:
		s.Revision = 1
		w.slots = append(w.slots, s)
		return nil
	case i < 0 || w.slots[i].Revision != s.Revision:
		return scheduler.ErrRevision
	}
	s.Revision++
	w.slots[i] = s
	return nil
}

func (w *world) Exceptions(_ context.Context, village, _ string, limit int) (list []scheduler.Exception, err error) {
	for _, e := range slices.Backward(w.exceptions) {
		if e.Village == village && len(list) < limit {
			list = append(list, e)
		}
	}
	return list, w.down()
}

func (w *world) Exception(_ context.Context, id string) (scheduler.Exception, error) {
	i := slices.IndexFunc(w.exceptions, func(e scheduler.Exception) bool { return e.ID == id })
	if i < 0 {
		return scheduler.Exception{}, fmt.Errorf("no exception %q: %w", id, fs.ErrNotExist)
	}
	return w.exceptions[i], w.down()
}

func (w *world) SaveException(_ context.Context, e scheduler.Exception) error {
	i := slices.IndexFunc(w.exceptions, func(old scheduler.Exception) bool { return old.ID == e.ID })
	switch {
	case w.broken != nil:
		return w.broken
	case e.Revision == 0 && i < 0:
		e.Revision = 1
		w.exceptions = append(w.exceptions, e)
	case i < 0 || w.exceptions[i].Revision != e.Revision:
		return scheduler.ErrRevision
	default:
		e.Revision++
		w.exceptions[i] = e
	}
	return nil
}

func (w *world) RemoveSlot(_ context.Context, id string, _ time.Time) error {
	n := len(w.slots)
	w.slots = slices.DeleteFunc(w.slots, func(s scheduler.Slot) bool { return s.ID == id })
	if len(w.slots) == n {
		return fs.ErrNotExist
	}
	return w.down()
}

func (w *world) Tellings(context.Context, string, time.Time) ([]scheduler.Telling, error) {
	return slices.Clone(w.tellings), w.down()
}

func (w *world) SeeTelling(_ context.Context, _, occurrence, by string, at time.Time) error {
	for i := range w.tellings {
		if w.tellings[i].Occurrence == occurrence {
			w.tellings[i].Seen, w.tellings[i].SeenBy = at, by
			return w.down()
		}
	}
	return fs.ErrNotExist
}

func (w *world) Stations(context.Context, string) ([]scheduler.Station, error) {
	return slices.Clone(w.stations), w.down()
}

func (w *world) SaveStation(_ context.Context, s scheduler.Station) error {
	i := slices.IndexFunc(w.stations, func(old scheduler.Station) bool { return old.ID == s.ID })
	switch {
	case w.broken != nil:
		return w.broken
	case s.Revision == 0 && i < 0:
		s.Revision = 1
		w.stations = append(w.stations, s)
	case i < 0 || w.stations[i].Revision != s.Revision:
		return scheduler.ErrRevision
	default:
		s.Revision++
		w.stations[i] = s
	}
	return nil
}

func (w *world) RemoveStation(_ context.Context, id string, _ time.Time) error {
	w.stations = slices.DeleteFunc(w.stations, func(s scheduler.Station) bool { return s.ID == id })
	return w.down()
}

func (w *world) Villages(context.Context) ([]scheduler.Village, error) {
	return append([]scheduler.Village{w.village}, w.neighbours...), w.down()
}

func (w *world) Slots(context.Context, string) ([]scheduler.Slot, error) { return w.slots, w.down() }

func (w *world) AsRuns(_ context.Context, _ string, from, to time.Time) ([]playout.AsRun, error) {
	var in []playout.AsRun
	for _, r := range w.runs {
		if !r.Due.Before(from) && r.Due.Before(to) {
			in = append(in, r)
		}
	}
	return in, w.down()
}

func (w *world) Published(context.Context, string) (scheduler.Plan, error) { return w.plan, w.down() }

func (w *world) Book(_ context.Context, village string, now time.Time) (scheduler.Book, error) {
	b := scheduler.Book{Village: w.village, Slots: w.slots, Stations: w.stations}
	b.Past = w.past
	b.Village.Key, b.Village.Exceptions, b.Drills = village, slices.Clone(w.exceptions), slices.Clone(w.drills)
	for _, id := range slices.Sorted(maps.Keys(w.notices)) {
		d := w.notices[id]
		b.Announcements, b.Renditions, b.Schedules = append(b.Announcements, d.Announcement), append(b.Renditions, d.Renditions...), append(b.Schedules, d.Schedules...)
	}
	return b, w.down()
}

func (w *world) Recording(_ context.Context, id string) (recordings.Recording, error) {
	for _, r := range w.shelf {
		if r.ID == id {
			return r, w.down()
		}
	}
	return recordings.Recording{}, cmp.Or(w.down(), recordings.ErrNotFound)
}

func (w *world) Recordings(context.Context, string, string, int) ([]recordings.Recording, error) {
	return w.shelf, w.down()
}

func (w *world) Air() playout.Air {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.air
}

func (w *world) Watch(ctx context.Context) <-chan playout.Air {
	out := make(chan playout.Air, 1)
	out <- w.Air()
	go func() { <-ctx.Done(); close(out) }()
	return out
}

func (w *world) Stop(_ context.Context, occurrence, _ string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.air.OnAir == nil || w.air.OnAir.Occurrence.ID != occurrence {
		return playout.ErrNotOnAir
	}
	w.stopped = append(w.stopped, occurrence)
	w.air.OnAir = nil
	return nil
}

func (w *world) Withdraw(_ context.Context, announcement, by string) error {
	return w.silence(announcement, by, func(o scheduler.Occurrence) bool { return o.Announcement == announcement })
}

func (w *world) Unschedule(_ context.Context, schedule, by string) error {
	return w.silence(schedule, by, func(o scheduler.Occurrence) bool { return o.Schedule == schedule })
}

// silence notes what was taken back, and ends what sounds of it.
func (w *world) silence(what, by string, fits func(scheduler.Occurrence) bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silenced = append(w.silenced, what+" by "+by)
	if w.air.OnAir == nil || !fits(w.air.OnAir.Occurrence) {
		return playout.ErrNotOnAir
	}
	w.stopped = append(w.stopped, w.air.OnAir.Occurrence.ID)
	w.air.OnAir = nil
	return nil
}

func (w *world) Raise(_ context.Context, e scheduler.Emergency) error {
	if w.release != nil {
		w.entered <- struct{}{}
		<-w.release
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tooMany != nil {
		return w.tooMany
	}
	w.raised = append(w.raised, e)
	if e.AllClear {
		w.air.Emergencies = nil
	}
	w.air.Emergencies = append(slices.DeleteFunc(w.air.Emergencies, func(o playout.ActiveEmergency) bool { return o.ID == e.Supersedes }),
		playout.ActiveEmergency{Emergency: e, Sounding: true})
	w.newest()
	return nil
}

// newest keeps Air.Emergency what it is.
func (w *world) newest() {
	w.air.Emergency = nil
	if n := len(w.air.Emergencies); n > 0 {
		w.air.Emergency = &w.air.Emergencies[n-1].Emergency
	}
}

func (w *world) Renew(_ context.Context, id string, expires time.Time, _ string) (scheduler.Emergency, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.air.Emergencies {
		if e := &w.air.Emergencies[i].Emergency; e.ID == id {
			e.Expires = expires
			return *e, nil
		}
	}
	return scheduler.Emergency{}, playout.ErrNoEmergency
}

func (w *world) Lower(context.Context, string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.air.Emergency == nil {
		return playout.ErrNoEmergency
	}
	w.lowered++
	w.air.Emergencies = nil
	w.newest()
	return nil
}

func (w *world) Listen(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(make([]byte, 9600))), nil
}

func (w *world) Import(_ context.Context, r io.Reader, about recordings.About) (recordings.Recording, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return recordings.Recording{}, err
	}
	if w.refuse != nil {
		return recordings.Recording{}, w.refuse
	}
	rec := recordings.Recording{
		ID: fmt.Sprintf("%064x", len(w.shelf)+0xabc), Title: about.Title, Kind: about.Kind, Village: about.Village, By: about.By, Trim: about.Trim,
		Created: w.now, Length: time.Duration(len(raw)) * time.Millisecond, Warnings: []string{"noisy"},
	}
	w.shelf = append(w.shelf, rec)
	return rec, nil
}

func (w *world) Retrim(_ context.Context, id string, about recordings.About) (recordings.Recording, error) {
	if w.refuse != nil {
		return recordings.Recording{}, w.refuse
	}
	i := slices.IndexFunc(w.shelf, func(r recordings.Recording) bool { return r.ID == id })
	if i < 0 {
		return recordings.Recording{}, recordings.ErrNotFound
	}
	rec := w.shelf[i]
	rec.ID, rec.Trim, rec.By = fmt.Sprintf("%064x", len(w.shelf)+0xdef), about.Trim, about.By
	w.shelf = append(w.shelf, rec)
	return rec, nil
}

func (w *world) PlayCopy(context.Context, string) (*os.File, error) {
	return nil, recordings.ErrNotFound
}

func (w *world) Bury(_ context.Context, id string) error {
	if len(w.used.By) > 0 {
		return fmt.Errorf("remove: %w", w.used)
	}
	i := slices.IndexFunc(w.shelf, func(r recordings.Recording) bool { return r.ID == id })
	if i < 0 {
		return recordings.ErrNotFound
	}
	gone := w.shelf[i]
	gone.Deleted = w.now
	w.shelf, w.bin = slices.Delete(w.shelf, i, i+1), append(w.bin, gone)
	return w.down()
}

func (w *world) Restore(_ context.Context, id string) error {
	i := slices.IndexFunc(w.bin, func(r recordings.Recording) bool { return r.ID == id })
	if i < 0 {
		return recordings.ErrNotFound
	}
	back := w.bin[i]
	back.Deleted = time.Time{}
	w.bin, w.shelf = slices.Delete(w.bin, i, i+1), append(w.shelf, back)
	return w.down()
}

func (w *world) SearchRecordings(_ context.Context, q recordings.Search) (found []recordings.Found, total int, err error) {
	w.searched = q
	from := w.shelf
	if q.Purpose == recordings.OfRemoved {
		from = w.bin
	}
	for _, r := range from {
		if (q.ID == "" || q.ID == r.ID) && strings.Contains(string(scheduler.SkeletonOf(r.Title)), strings.TrimSpace(string(scheduler.SkeletonOf(q.Words)))) {
			found = append(found, recordings.Found{Recording: r, Uses: len(w.uses)})
		}
	}
	total = len(found)
	found = found[min(q.Skip, total):]
	return found[:min(q.Limit, len(found))], total, w.down()
}

func (w *world) RecordingUses(context.Context, string) ([]recordings.Use, error) {
	return w.uses, w.down()
}

func (w *world) Retention(context.Context) (recordings.Retention, error) {
	if w.kept == (recordings.Retention{}) {
		return recordings.UsualRetention(), w.down()
	}
	return w.kept, w.down()
}

func (w *world) SaveRetention(_ context.Context, r recordings.Retention, _ string) error {
	w.kept = r
	return w.down()
}

func (w *world) Surplus(context.Context) ([]recordings.Recording, error) { return w.surplus, w.down() }

func (w *world) Tidy(context.Context) (recordings.Tidied, error) {
	n := len(w.surplus)
	w.surplus = nil
	return recordings.Tidied{Takes: n}, w.down()
}

func (w *world) RecordingReaders(context.Context, string) ([]string, error) {
	return []string{"Thào A Sử"}, w.down()
}

func (w *world) RenameRecording(_ context.Context, id, title string) error {
	for i := range w.shelf {
		if w.shelf[i].ID == id {
			w.shelf[i].Title = title
			return w.down()
		}
	}
	return recordings.ErrNotFound
}

// Normalize reads as the board does.
func (w *world) Normalize(language, text string) speech.Spoken {
	return speech.Normalize(language, text, nil)
}

func (w *world) Voice(_ context.Context, _, _, spoken string) (playout.Said, error) {
	if w.noEngine {
		return playout.Said{}, fmt.Errorf("speak: %w", speech.ErrNoEngine)
	}
	if w.mute != nil {
		return playout.Said{}, fmt.Errorf("speak: %w", w.mute)
	}
	said := playout.Said{Recording: recordings.Recording{ID: strings.Repeat("a", 64), Title: spoken, Kind: recordings.Speech, Length: 34 * time.Second}, By: "espeak:vi"}
	if len(w.troubles) > 0 {
		said.InsteadOf = w.troubles[0].Voice.ID
	}
	return said, nil
}

func (w *world) Voices(context.Context) ([]speech.Voice, error) {
	if w.noEngine {
		return nil, speech.ErrNoEngine
	}
	return []speech.Voice{{ID: "espeak:vi", Language: "vi", Name: "Giọng máy"}}, nil
}

func (w *world) Tell(t time.Time, _ string) error {
	w.told = append(w.told, t)
	return nil
}

func (w *world) VoiceChoices(context.Context, string) ([]scheduler.VoiceChoice, error) {
	return slices.Clone(w.choices), w.down()
}

func (w *world) SaveVoiceChoice(_ context.Context, c scheduler.VoiceChoice) error {
	i := slices.IndexFunc(w.choices, func(old scheduler.VoiceChoice) bool { return old.Language == c.Language })
	switch {
	case w.broken != nil:
		return w.broken
	case i < 0 && c.Revision == 0:
		c.Revision = 1
		w.choices = append(w.choices, c)
	case i < 0 || w.choices[i].Revision != c.Revision:
		return scheduler.ErrRevision
	default:
		c.Revision++
		w.choices[i] = c
	}
	return nil
}

func (w *world) Try(_ context.Context, c scheduler.VoiceChoice, spoken string) (playout.Said, error) {
	w.tried = append(w.tried, fmt.Sprintf("%s %d %d %s", c.Voice, c.Rate, c.Pitch, spoken))
	if w.mute != nil {
		return playout.Said{}, w.mute
	}
	return playout.Said{Recording: recordings.Recording{ID: strings.Repeat("b", 64), Length: 4 * time.Second}, By: c.Voice}, nil
}

func (w *world) Troubles() []speech.Trouble { return w.troubles }

func (w *world) Fallbacks() map[string]int64 { return map[string]int64{"piper:a": 3} }

func (w *world) EachAsRun(ctx context.Context, village string, from, to time.Time, f func(playout.AsRun) error) error {
	runs, err := w.AsRuns(ctx, village, from, to)
	for _, r := range runs {
		if err := f(r); err != nil {
			return err
		}
	}
	return err
}

func (w *world) Urged(context.Context, string, time.Time, time.Time) ([]scheduler.Urged, error) {
	return w.urged, w.down()
}

func (w *world) Drills(context.Context, string) ([]scheduler.Drill, error) { return w.drills, w.down() }

func (w *world) SaveDrill(_ context.Context, d scheduler.Drill) error {
	if err := w.down(); err != nil {
		return err
	}
	w.drills = slices.DeleteFunc(w.drills, func(old scheduler.Drill) bool { return old.ID == d.ID })
	if d.Revision++; d.Deleted.IsZero() {
		w.drills = append(w.drills, d)
	}
	return nil
}

func (w *world) DrillRuns(context.Context, string, time.Time, int) ([]playout.AsRun, error) {
	if w.drillRuns != nil {
		return w.drillRuns, w.down()
	}
	return []playout.AsRun{{Occurrence: "d", Kind: scheduler.DrillKind, Title: "Thử loa khẩn cấp", Due: time.Date(2026, 11, 4, 2, 0, 0, 0, time.UTC), Outcome: playout.Missed, Cause: playout.CauseDrill, Drill: &playout.DrillResult{
		Silent: true, Steps: []playout.DrillStep{{Code: playout.StepVault, OK: true}, {Code: playout.StepSiren, Fault: playout.DrillRefused}},
	}}}, w.down()
}
