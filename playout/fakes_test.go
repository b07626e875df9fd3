package playout_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// stage is a Player with everything around it faked, inside a synctest bubble.
type stage struct {
	t      *testing.T
	player *playout.Player
	out    *output
	amp    *amp
	book   *journal
	alarms *emergencies
	lib    *library
	voicer *voicer
	place  *place
	spool  string
	memory string
	stop   context.CancelFunc
	ended  chan error
}

const settle = 2 * time.Second

// newStage starts a Player; change may alter its configuration first.
func newStage(t *testing.T, change ...func(*stage, *playout.PlayerConfig)) *stage {
	t.Helper()
	s := &stage{t: t, ended: make(chan error, 1), spool: filepath.Join(t.TempDir(), "spool")}
	s.memory = t.TempDir()
	s.lib = &library{dir: t.TempDir()}
	s.out = &output{events: make(chan audio.Event, 1024), cues: map[string]*cue{}, start: time.Now()}
	s.out.events <- audio.Event{Kind: audio.DeviceUp, Device: "fake"}
	s.amp = &amp{}
	s.book = &journal{rows: map[string]playout.AsRun{}}
	s.alarms = &emergencies{all: map[string]scheduler.Emergency{}}
	s.voicer = &voicer{lib: s.lib}
	s.place = &place{languages: []string{"vi", "pcc"}}
	var n atomic.Int64
	cfg := playout.PlayerConfig{
		Village: "un-ta", Origin: "board-1", Languages: []string{"vi", "pcc"}, Zones: []playout.Zone{{Name: "loa-1", Amp: &amp{}}},
		Output: s.out, Siren: s.out, Amp: s.amp, Library: s.lib, Journal: s.book, Emergencies: s.alarms, Voicer: s.voicer, Places: s.place,
		Spool: []string{s.spool}, Memory: s.memory, Boot: "boot-1",
		Clock: func() hardware.ClockState { return hardware.ClockState{Trust: hardware.Synced} },
		Now:   time.Now, Mono: s.out.now,
		NewID: func() string { return fmt.Sprintf("id-%d", n.Add(1)) },
		Log:   slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(s, &cfg)
	}
	s.player = playout.NewPlayer(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	go func() { s.ended <- s.player.Run(ctx) }()
	t.Cleanup(func() { s.close() })
	synctest.Wait()
	return s
}

// close ends the Player and checks that the amplifier is off.
func (s *stage) close() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	if err := <-s.ended; err != nil {
		s.t.Errorf("Run: %v", err)
	}
	if s.amp.keyed() {
		s.t.Error("the amplifier is on after Run has returned")
	}
}

// at waits until d after the bubble began, and for everything to come to rest.
func (s *stage) at(d time.Duration) {
	s.t.Helper()
	wait := time.Until(s.out.start.Add(d))
	if wait < 0 {
		s.t.Fatalf("the test is already past %s", d)
	}
	time.Sleep(wait) // synctest's clock
	synctest.Wait()
}

// occurrence is a chime of 1 s, a voice of voiceLength, due after the given time.
func (s *stage) occurrence(id string, due time.Duration, voice time.Duration) scheduler.Occurrence {
	o := scheduler.Occurrence{
		ID: id, Kind: scheduler.Notice, Village: "un-ta", Announcement: "a-" + id, Schedule: "s-" + id, Title: "Mời họp",
		Class: scheduler.ClassNormal, Nominal: s.out.start.Add(due), Due: s.out.start.Add(due),
		Length: time.Second + 500*time.Millisecond + voice,
		Parts: []scheduler.Part{
			{Kind: scheduler.PartChime, Recording: "chime", Length: time.Second},
			{Kind: scheduler.PartVoice, Recording: "voice-" + id, Language: "vi", Length: voice, Pause: 500 * time.Millisecond},
		},
		Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: time.Minute},
	}
	s.lib.add("chime", time.Second)
	s.lib.add("voice-"+id, voice)
	return o
}

func (s *stage) row(id string) playout.AsRun {
	s.t.Helper()
	row, ok := s.book.row(id)
	if !ok {
		s.t.Fatalf("no as-run row for %q", id)
	}
	return row
}

// expect checks a row's end.
func (s *stage) expect(id string, outcome playout.Outcome, cause string, airings int) playout.AsRun {
	s.t.Helper()
	row := s.row(id)
	if row.Outcome != outcome || row.Cause != cause || len(row.Airings) != airings {
		s.t.Fatalf("row %s = %q cause %q with %d airings, want %q cause %q with %d; %+v", id, row.Outcome, row.Cause, len(row.Airings), outcome, cause, airings, row.Airings)
	}
	return row
}

// ---- the output

type cue struct {
	audio.Cue
	frames  audio.Frames
	at, end audio.Instant
	played  audio.Frames // before a freeze
	live    bool
	done    bool
	timers  []*time.Timer
}

// output plays cues on synctest's clock, as the real one does on the card's.
type output struct {
	mu      sync.Mutex
	start   time.Time
	events  chan audio.Event
	cues    map[string]*cue
	order   []string
	raised  []audio.Alarm
	bus     alarmBus
	down    atomic.Bool
	refuse  error
	over    []string // cues that began while another sounded
	refused int      // cues for which there was no room
	lowered []string
	deaf    bool            // takes orders and does nothing
	slow    func(id string) // called as something is lowered; nil: nothing is
}

func (o *output) now() audio.Instant { return audio.Instant(time.Since(o.start)) + 1 }

func (o *output) Events() <-chan audio.Event { return o.events }

func (o *output) Cue(c audio.Cue) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return o.refuse
	}
	if _, twice := o.cues[c.ID]; twice {
		return fmt.Errorf("cue %q twice", c.ID)
	}
	if waiting := o.waiting(); waiting >= audio.MaxCues {
		o.refused++
		return fmt.Errorf("cue %q: %d cues wait already", c.ID, waiting)
	}
	frames := audio.Rate.N(24 * time.Hour) // of what has no end of its own
	if c.Stream == nil && c.Bed == nil {
		size, err := c.File.Seek(0, 2)
		if err != nil {
			return err
		}
		frames = audio.Frames((size-44)/2) - c.From
	}
	k := &cue{Cue: c, frames: frames, at: c.At}
	if c.After != "" {
		before := o.cues[c.After]
		if before == nil {
			return fmt.Errorf("cue %q after unknown %q", c.ID, c.After)
		}
		k.at = before.end.Add(c.Gap - c.Cross)
	}
	k.end = k.at.Add(audio.Rate.D(k.frames))
	o.cues[c.ID], o.order = k, append(o.order, c.ID)
	if k.at < o.now() {
		k.done = true
		o.events <- audio.Event{Kind: audio.Ended, ID: c.ID, At: o.now(), Cause: audio.TooLate}
		return nil
	}
	o.arm(k)
	return nil
}

// waiting counts the cues that have not ended. o.mu is held.
func (o *output) waiting() (n int) {
	for _, k := range o.cues {
		if !k.done {
			n++
		}
	}
	return n
}

func (o *output) turnedAway() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refused
}

// arm sets the timers of a cue's start and end.
func (o *output) arm(k *cue) {
	k.timers = []*time.Timer{
		time.AfterFunc(k.at.Sub(o.now()), func() { o.begin(k) }),
		time.AfterFunc(k.end.Sub(o.now()), func() { o.finish(k, audio.Completed) }),
	}
}

func (o *output) begin(k *cue) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if k.done || k.live {
		return
	}
	if o.down.Load() {
		o.endLocked(k, audio.Lost)
		return
	}
	if o.frozen() { // its instant passes under an alarm
		o.endLocked(k, audio.TooLate)
		return
	}
	if r := o.cues[k.Replaces]; r != nil && !r.done {
		o.endLocked(r, audio.Replaced)
	}
	for _, other := range o.cues {
		if other.live && !other.done && other.Bed == nil && k.Bed == nil && other.end.Add(-k.Cross) > k.at {
			o.over = append(o.over, k.ID+" over "+other.ID)
		}
	}
	k.live = true
	o.events <- audio.Event{Kind: audio.Started, ID: k.ID, At: k.at}
}

// frozen says whether an alarm silences the programme.
func (o *output) frozen() bool { return o.bus.current != nil }

func (o *output) refuseWith(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = err
}

func (o *output) finish(k *cue, c audio.Cause) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !k.done {
		o.endLocked(k, c)
	}
}

func (o *output) endLocked(k *cue, c audio.Cause) {
	for _, t := range k.timers {
		t.Stop()
	}
	frames := k.played
	if k.live && !o.frozen() {
		frames += audio.Rate.N(o.now().Sub(k.at))
	}
	k.done = true
	ev := audio.Event{Kind: audio.Ended, ID: k.ID, At: o.now(), Frames: min(frames, k.frames), Cause: c}
	if k.live {
		ev.Level = -18
	}
	o.events <- ev
}

func (o *output) Stop(ids ...string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		k := o.cues[id]
		switch {
		case k == nil || k.done:
		case k.live && k.FadeOut > 0 && !o.frozen():
			time.AfterFunc(k.FadeOut, func() { o.finish(k, audio.Stopped) })
		default:
			o.endLocked(k, audio.Stopped)
		}
	}
	return nil
}

// lose takes the device away: what sounds is lost.
func (o *output) lose() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down.Store(true)
	for _, id := range o.order { // in the order of speaker.Output
		if k := o.cues[id]; !k.done && (k.live || k.Stream != nil) { // a pipe has one reader: its next is opened anew
			o.endLocked(k, audio.Lost)
		}
	}
	o.bus.lose(o)
	o.events <- audio.Event{Kind: audio.DeviceDown, Cause: audio.Lost}
}

func (o *output) back() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down.Store(false)
	o.events <- audio.Event{Kind: audio.DeviceUp, Device: "fake"}
	o.bus.resume(o)
}

func (o *output) State() audio.OutputState {
	return audio.OutputState{Device: "fake", Audible: !o.down.Load(), Up: !o.down.Load()}
}

func (o *output) alarm(n int) audio.Alarm {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.raised[n]
}

func (o *output) begun() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var ids []string
	for _, id := range o.order {
		if o.cues[id].live {
			ids = append(ids, id)
		}
	}
	return ids
}

// ---- the amplifier

type amp struct {
	mu       sync.Mutex
	on       bool
	changes  []time.Time
	fail     error
	slow     time.Duration // to settle, beyond the usual
	mute     bool          // it is told by commands, and does not answer them
	odd      bool          // its line is at the other level than it was set to
	optional bool          // it is on by itself
	wired    bool          // it is no simulated one
	rests    time.Duration // after it went off, until it may go on again
	offAt    time.Time
	hangs    chan struct{} // a Key waits until it is closed; nil: for nothing
}

func (a *amp) Key() error {
	a.mu.Lock()
	hangs := a.hangs
	a.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	return a.set(true)
}

func (a *amp) Unkey() error { return a.set(false) }

func (a *amp) set(on bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if on && a.fail != nil {
		return a.fail
	}
	if rest := a.resting(); on && rest > 0 {
		return fmt.Errorf("off for %v more: %w", rest, hardware.ErrResting)
	}
	if a.on != on {
		a.offAt = time.Now()
		a.on, a.changes = on, append(a.changes, time.Now())
	}
	return nil
}

// resting is how long it must stay off still. a.mu is held.
func (a *amp) resting() time.Duration {
	if a.on || a.offAt.IsZero() {
		return 0
	}
	return max(0, a.rests-time.Since(a.offAt))
}

func (a *amp) breaks(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = err
}

// mutes has a device that is sent commands answer them no more, or again.
func (a *amp) mutes(mute bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mute = mute
}

func (a *amp) keyed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.on
}

func (a *amp) switches() []time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.changes)
}

func (a *amp) State() hardware.AmpState {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := hardware.AmpState{Keyed: a.on, Settle: settle + a.slow, Tail: time.Second, Simulated: !a.wired, Resting: a.resting()}
	if a.fail != nil {
		s.Fault = a.fail.Error()
	}
	s.Optional = a.optional
	if a.odd {
		s.Odd, s.Fault = true, "its pin does not follow"
	}
	if a.mute {
		s.Keyed, s.Fault = false, "the relay does not answer yet"
	}
	return s
}

// ---- what is kept

type journal struct {
	mu      sync.Mutex
	rows    map[string]playout.AsRun
	claims  []time.Time
	failing error
	locked  atomic.Bool // each write waits in vain
	// claiming delays and then fails each claim.
	claiming struct {
		takes time.Duration
		fails error
	}
}

func (j *journal) Claim(ctx context.Context, a playout.AsRun) error {
	if j.locked.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(j.claiming.takes)
	if j.claiming.fails != nil {
		return j.claiming.fails
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failing != nil {
		return j.failing
	}
	if there, taken := j.rows[a.Occurrence]; taken && there.Deleted.IsZero() && !there.Ahead(a.Created) {
		return playout.ErrClaimed
	}
	j.rows[a.Occurrence] = a
	j.claims = append(j.claims, time.Now())
	return nil
}

func (j *journal) Record(ctx context.Context, a playout.AsRun) error {
	if j.locked.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failing != nil {
		return j.failing
	}
	if there, ok := j.rows[a.Occurrence]; !ok || !there.Updated.After(a.Updated) {
		j.rows[a.Occurrence] = a
	}
	return nil
}

func (j *journal) Unfinished(context.Context, string) ([]playout.AsRun, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var open []playout.AsRun
	for _, key := range slices.Sorted(maps.Keys(j.rows)) {
		if j.rows[key].Outcome == "" && j.rows[key].Deleted.IsZero() {
			open = append(open, j.rows[key])
		}
	}
	return open, j.failing
}

// copy is what the disk has when the power goes.
func (j *journal) copy() *journal {
	j.mu.Lock()
	defer j.mu.Unlock()
	return &journal{rows: maps.Clone(j.rows)}
}

func (j *journal) row(occurrence string) (playout.AsRun, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	a, ok := j.rows[occurrence]
	return a, ok
}

func (j *journal) breaks(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failing = err
}

type emergencies struct {
	mu      sync.Mutex
	all     map[string]scheduler.Emergency
	failing error
	slow    time.Duration // how long it takes to read them
}

func (e *emergencies) SaveEmergency(_ context.Context, x scheduler.Emergency) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failing != nil {
		return e.failing
	}
	e.all[x.ID] = x
	return nil
}

func (e *emergencies) UnexpiredEmergencies(_ context.Context, _ string, now time.Time) ([]scheduler.Emergency, error) {
	list, err := e.unexpired(now)
	time.Sleep(e.slow)
	return list, err
}

func (e *emergencies) unexpired(now time.Time) ([]scheduler.Emergency, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failing != nil {
		return nil, e.failing
	}
	var list []scheduler.Emergency
	for _, x := range e.all {
		if now.Before(x.Expires) {
			list = append(list, x)
		}
	}
	return list, nil
}

func (e *emergencies) breaks(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failing = err
}

func (e *emergencies) saved(id string) scheduler.Emergency {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.all[id]
}

type library struct {
	dir  string
	fail error
}

// add makes a recording of that length: a header and silence.
func (l *library) add(id string, length time.Duration) {
	if _, err := os.Stat(filepath.Join(l.dir, id)); err == nil {
		return // recordings are immutable
	}
	raw := make([]byte, 44+2*audio.Rate.N(length))
	copy(raw, "RIFF")
	binary.LittleEndian.PutUint32(raw[40:], uint32(len(raw)-44))
	if err := os.WriteFile(filepath.Join(l.dir, id), raw, 0o600); err != nil {
		panic(err)
	}
}

func (l *library) path(id string) string { return filepath.Join(l.dir, id) }

func (l *library) PlayCopy(_ context.Context, id string) (*os.File, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	f, err := os.Open(filepath.Join(l.dir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, recordings.ErrNotFound
	}
	return f, err
}
