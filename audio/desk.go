package audio

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// DeskOptions are what a Desk tells its surroundings through. Both may be nil;
// neither may block.
type DeskOptions struct {
	// Event is told what really happened. It is called from the goroutines that
	// pull, from those that call Cue, Raise and Underrun, and at the end from
	// Run: it must be safe for concurrent use.
	Event func(Event)
	// Tap receives the sum of both buses, gapless, 100 ms after it was pulled, on
	// the goroutine that pulls the programme. The slice is only lent.
	Tap func(frames []int16)
}

// Desk is the inside of an Output: it mixes cues on the programme and alarms
// over it, exact to the device's frame, and tells what really sounded.
//
// It has two buses because a card that buffers ahead can let an alarm in
// earlier than the programme it has pulled already. Every frame has a number on
// the device's clock, which Anchor ties to CLOCK_MONOTONIC. The programme is
// pulled gapless from frame 0; the alarm is pulled for the frames at which it
// will sound, up to 100 ms behind the programme's position or ahead of it. From
// the alarm's first frame on the programme is frozen: it fades out within 5 ms,
// and after the alarm it goes on, fading in, from the very frame at which the
// alarm began, so that no muted frame counts as played and none is lost. A
// device that has buffered programme behind the alarm's first frame mutes that
// itself, by a ramp that comes down by 1/240 in each frame or more slowly, and
// keeps the volume it has come to, until AlarmActive has turned false and what
// it had buffered when the alarm began is through. What is pulled after the
// alarm goes on from that volume.
//
// Files follow CLOCK_MONOTONIC and not the device's crystal: while a file is within
// 0.2 ms of where it should be it is played bit for bit; then it is
// resampled, by as little as the crystal is wrong, and stays within a millisecond.
// So neighbours that play the same at the same instant make no echo (ADR 9).
//
// The programme passes a look-ahead limiter at −1 dBFS that leaves what is
// below bit for bit alone; an alarm is one voice of known peak, whose gain is
// bounded instead. Fading across in 5 ms, both stay below the ceiling together.
//
// Cue, Stop, Hush, Turn, Raise, Lower, Levels, Position, AlarmActive, Anchor and Underrun
// may be called from any goroutine. PullProgramme is for one goroutine,
// PullAlarm and PullAlarmAt for one, which may be another. The pulls never
// block, wait for a lock, or allocate.
//
// An Event that tells of the programme comes 100 ms after its frame was pulled:
// by then it has left the card and no alarm can take it back.
type Desk struct {
	options   DeskOptions
	tap       *tapLine
	programme programme
	alarms    alarmBus
	scratch   [block]float32 // of Pull

	anchored  atomic.Bool
	origin    atomic.Int64 // Instant at which frame 0 left, or would have left, the card
	crystal   crystal
	underruns atomic.Int64

	mu      sync.Mutex
	closed  bool
	serial  int64
	cues    map[string]*deskCue  // that have not ended, and some that have
	runs    map[string]*alarmRun // as cues
	unread  []reading            // for which Run has yet to start a reader
	arrived chan struct{}
}

// NewDesk is an empty Desk at frame 0. Its sound is read by Run.
func NewDesk(o DeskOptions) *Desk {
	d := &Desk{
		options: o,
		tap:     newTapLine(o.Tap),
		cues:    make(map[string]*deskCue),
		runs:    make(map[string]*alarmRun),
		arrived: make(chan struct{}, 1),
	}
	d.programme = programme{d: d, limiter: NewLimiter(ceiling), gain: 1, lift: 1, volume: volume{at: 1}}
	d.alarms.d = d
	theSinc() // now: at its first cue there is no time for it
	d.alarms.signal = make(chan struct{}, 1)
	return d
}

// Run reads the sources of the cues ahead, each in a goroutine of its own, so
// that one stuck file does not starve the others. It blocks until ctx ends,
// waits for its readers, tells Ended or AlarmOff with the cause Lost for
// everything that has not ended, and returns nil. It is called once; the Desk
// is closed after it.
func (d *Desk) Run(ctx context.Context) error {
	var readers sync.WaitGroup
	for {
		for _, r := range d.takeUnread() {
			if r.ended.Load() {
				_ = closeSource(r.source) // nothing is lost when a file that was only read does not close
				continue
			}
			readers.Go(func() { _ = r.run(ctx) })
		}
		select {
		case <-d.arrived:
		case <-ctx.Done():
			d.close()
			readers.Wait()
			return nil
		}
	}
}

func (d *Desk) takeUnread() []reading {
	d.mu.Lock()
	defer d.mu.Unlock()
	unread := d.unread
	d.unread = nil
	return unread
}

// close ends everything with the cause Lost.
func (d *Desk) close() {
	d.mu.Lock()
	d.closed = true
	unread := d.unread
	d.unread = nil
	d.mu.Unlock()
	for _, r := range unread {
		_ = closeSource(r.source) // as in Run
	}
	for i := range d.programme.slots {
		if c := d.programme.slots[i].Load(); c != nil && c.ended.CompareAndSwap(false, true) {
			d.tell(Event{Kind: Ended, ID: c.id, At: d.instant(d.Position()), Frames: Frames(c.told.Load()), Cause: Lost})
		}
	}
	for i := range d.alarms.slots {
		a := d.alarms.slots[i].Load()
		if a == nil {
			continue
		}
		if last := a.spec.Swap(closedAlarm); last != closedAlarm {
			d.alarms.live.Add(-1)
			d.tell(Event{Kind: AlarmOff, ID: a.id, At: d.instant(d.Position()), Frames: Frames(a.played.Load()), Cause: Lost, Turn: last.turn})
		}
	}
}

// Cue accepts c. It does not block. Every accepted cue ends in exactly one
// Ended event; one whose first frame left the card has a Started before it. A
// cue that comes less than 20 ms after At starts at the next frame, a later one
// ends with TooLate; so does one whose At passes under an alarm. What cannot be
// read in time leaves silence, and after 0.5 s of it the cue ends with Unread. For
// a Stream see there; its Source may be closed while a Read waits, which must then
// return.
// The error wraps ErrBadCue, ErrDuplicateCue, ErrUnknownCue, ErrDeskFull or
// ErrDeskClosed; then nothing has changed and Source is still the caller's.
func (d *Desk) Cue(c DeskCue) error {
	if err := c.validate(); err != nil {
		return fmt.Errorf("cue: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fmt.Errorf("cue %s: %w", c.ID, ErrDeskClosed)
	}
	if old := d.cues[c.ID]; old != nil && !old.ended.Load() {
		return fmt.Errorf("cue %s: %w: wait for its end or choose another ID", c.ID, ErrDuplicateCue)
	}
	d.serial++
	cue, work := newDeskCue(c, d.serial, d)
	if c.After != "" {
		if cue.after = d.cues[c.After]; cue.after == nil {
			return fmt.Errorf("cue %s: after %q: %w: cue that one first", c.ID, c.After, ErrUnknownCue)
		}
	}
	if c.Replaces != "" {
		cue.replaces = d.cues[c.Replaces]
	}
	for i := range d.programme.slots {
		if d.programme.slots[i].CompareAndSwap(nil, cue) {
			d.forget()
			d.cues[c.ID] = cue
			d.unread = append(d.unread, work)
			d.wake()
			return nil
		}
	}
	return fmt.Errorf("cue %s: %w: %d cues are waiting or sounding; send it later", c.ID, ErrDeskFull, MaxCues)
}

func (d *Desk) wake() {
	select {
	case d.arrived <- struct{}{}:
	default:
	}
}

// remembered is how many ended cues may still be named by After.
const remembered = 64

// forget drops the oldest of the ended cues.
func (d *Desk) forget() {
	if len(d.cues) < 2*remembered {
		return
	}
	for id, c := range d.cues {
		if c.ended.Load() && c.serial < d.serial-remembered {
			delete(d.cues, id)
		}
	}
}

// Stop ends the cues with these IDs, all when there are none: what sounds fades
// out from the next frame on, within 5 ms or its FadeOut, what waits does not start. Unknown IDs
// are ignored. It does not block.
func (d *Desk) Stop(ids ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(ids) == 0 {
		for _, c := range d.cues {
			c.stop.Store(true)
		}
	}
	for _, id := range ids {
		if c := d.cues[id]; c != nil {
			c.stop.Store(true)
		}
	}
}

// Hush ends all cues within 5 ms, whatever their FadeOut: the sound will be cut
// off. It does not block.
func (d *Desk) Hush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.cues {
		c.hush.Store(true)
		c.stop.Store(true)
	}
}

// Raise starts a at the next pull of the alarm, or, when an alarm with its ID
// has not ended, gives that one a new cycle: its Until holds at once, its parts
// and gain from the next cycle on, from which Repeat is counted; a new cycle that
// begins with the parts of the one that sounds goes on behind them, and the two
// together are the first. While another
// alarm sounds, a new one waits for the end of that one's cycle; then they
// alternate. Every accepted alarm ends in exactly one AlarmOff, though one that
// never sounded has no AlarmOn. It does not block; it reads the clips once. The
// error wraps ErrBadAlarm, ErrDeskFull or ErrDeskClosed.
func (d *Desk) Raise(a DeskAlarm) error {
	spec, err := newAlarmSpec(a)
	if err != nil {
		return fmt.Errorf("raise: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fmt.Errorf("raise %s: %w", a.ID, ErrDeskClosed)
	}
	if run := d.runs[a.ID]; run != nil && run.renew(spec) {
		return nil
	}
	d.serial++
	run := &alarmRun{id: a.ID, serial: d.serial, end: forever}
	run.spec.Store(spec)
	d.alarms.live.Add(1)
	for i := range d.alarms.slots {
		if d.alarms.slots[i].CompareAndSwap(nil, run) {
			d.forgetAlarms()
			d.runs[a.ID] = run
			d.alarms.wake()
			return nil
		}
	}
	d.alarms.live.Add(-1)
	return fmt.Errorf("raise %s: %w: %d alarms are active; lower one first", a.ID, ErrDeskFull, maxAlarms)
}

func (d *Desk) forgetAlarms() {
	for id, a := range d.runs {
		if a.spec.Load() == closedAlarm {
			delete(d.runs, id)
		}
	}
}

// renew gives a run a new spec, unless it has ended or is about to.
func (a *alarmRun) renew(spec *alarmSpec) bool {
	for !a.lower.Load() {
		old := a.spec.Load()
		if old == closedAlarm {
			return false
		}
		if a.spec.CompareAndSwap(old, spec) {
			return true
		}
	}
	return false
}

func newAlarmSpec(a DeskAlarm) (*alarmSpec, error) {
	if a.ID == "" {
		return nil, fmt.Errorf("%w: it has no ID", ErrBadAlarm)
	}
	if !(a.Gain <= maxGain) || a.Repeat < 0 {
		return nil, fmt.Errorf("%w %s: its gain of %v dB or its %d repeats are out of range", ErrBadAlarm, a.ID, a.Gain, a.Repeat)
	}
	if a.Rest < 0 {
		return nil, fmt.Errorf("%w %s: its rest between the cycles is negative", ErrBadAlarm, a.ID)
	}
	spec := &alarmSpec{repeat: a.Repeat, until: a.Until, rest: Rate.N(a.Rest), turn: a.Turn, parts: make([]alarmPart, 0, len(a.Cycle))}
	var sound Frames
	for _, p := range a.Cycle {
		if p.Gap < 0 {
			return nil, fmt.Errorf("%w %s: one of its gaps is negative", ErrBadAlarm, a.ID)
		}
		factor := a.Gain.Factor()
		if peak := p.Clip.Peak(); peak*factor > ceiling.Factor() {
			factor = ceiling.Factor() / peak
		}
		spec.parts = append(spec.parts, alarmPart{name: p.Name, frames: p.Clip.frames, gap: Rate.N(p.Gap), scale: factor / fullScale})
		sound += p.Clip.Len()
	}
	if sound == 0 {
		return nil, fmt.Errorf("%w %s: its cycle has no sound", ErrBadAlarm, a.ID)
	}
	return spec, nil
}

// Lower ends the alarm with this ID within 5 ms from the next frame on. An
// unknown ID is ignored. It does not block.
func (d *Desk) Lower(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.runs[id]; a != nil {
		a.lower.Store(true)
	}
}

// AlarmActive says whether an alarm was raised whose last frame has not been
// pulled. A device with a second player starts that when it turns true (see
// AlarmSignal), and gives the programme its volume back when it turns false.
func (d *Desk) AlarmActive() bool { return d.alarms.live.Load() > 0 }

// AlarmSignal receives when an alarm was raised, so that a device need not poll
// AlarmActive. Tokens are not counted: several alarms may leave one.
func (d *Desk) AlarmSignal() <-chan struct{} { return d.alarms.signal }

func (b *alarmBus) wake() {
	select {
	case b.signal <- struct{}{}:
	default:
	}
}

// Levels is what left the mixer, both buses, in the last whole tenth of a
// second that the tap has seen.
func (d *Desk) Levels() Levels { return d.tap.levels() }

// tell hands an event out.
func (d *Desk) tell(e Event) {
	if d.options.Event != nil {
		d.options.Event(e)
	}
}
