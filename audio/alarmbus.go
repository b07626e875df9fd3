package audio

import (
	"sync/atomic"
	"time"
)

// maxAlarms is how many alarms may alternate, those included that were lowered
// and have not been pulled to their end.
const maxAlarms = 16

// DeskAlarm is sound in memory to play at once, over the programme.
type DeskAlarm struct {
	ID    string
	Cycle []DeskAlarmPart // repeated; at least one frame of sound in all
	// Repeat is the number of cycles; 0: no end but Until.
	Repeat int
	// Until is when it must be silent, with a fade before it. 0: no such limit.
	Until Instant
	// Gain is lowered where the loudest frame would pass the ceiling of −1 dBFS.
	Gain Decibels
	// Rest is the silence between two cycles, 0 or more. Another alarm that waits has
	// its turn instead.
	Rest time.Duration
	// Turn numbers the raises of this ID: its events carry that of the raise whose
	// words they are about, and so tell an end from that of an alarm raised before.
	Turn int64
}

// DeskAlarmPart is one Clip of an alarm's cycle.
type DeskAlarmPart struct {
	Clip Clip
	Gap  time.Duration // silence before it, 0 or more
	// Name is told in a PartOn event at each first frame of Clip; empty: none is told.
	Name string
}

// alarmSpec is a DeskAlarm made ready for the bus. It is immutable.
type alarmSpec struct {
	parts  []alarmPart
	repeat int
	until  Instant
	rest   Frames
	turn   int64
}

type alarmPart struct {
	name   string
	frames []int16
	gap    Frames
	scale  float32
}

// closedAlarm stands where the spec was once an alarm has ended.
var closedAlarm = &alarmSpec{}

// alarmRun is an alarm on its way. The first block is shared, the second
// belongs to the goroutine that pulls the alarm.
type alarmRun struct {
	id     string
	serial int64
	spec   atomic.Pointer[alarmSpec] // closedAlarm at its end: whoever puts that there tells of it
	lower  atomic.Bool
	played atomic.Int64

	playing *alarmSpec // what spec was when this cycle began
	cycles  int
	part    int
	at      Frames // in part, its gap included
	rest    Frames // to come before this cycle
	begun   bool
	judged  *alarmSpec // whose until was looked at last
	end     Frames     // device frame of the end of its fade; forever: none
	cause   Cause      // of that end
}

// alarmBus is the bus of the alarms. slots, from, to and signal are shared; the
// rest belongs to the goroutine that pulls the alarm.
type alarmBus struct {
	d      *Desk
	slots  [maxAlarms]atomic.Pointer[alarmRun]
	from   atomic.Int64 // device frame at which the alarm began that sounds, or sounded last
	to     atomic.Int64 // the frame after its end; forever while it sounds
	live   atomic.Int32 // alarms that have not ended
	signal chan struct{}

	sounding bool
	pos      Frames // device frame of the next one, while sounding
	current  *alarmRun
	last     int64   // serial of the last one that was current
	gain     float32 // of the fade-in
}

// pull fills dst, which sounds from the device frame at on, and returns how much
// of it is alarm.
func (b *alarmBus) pull(at Frames, dst []float32) int {
	b.pos = at
	n := 0
	for n < len(dst) {
		b.sweep()
		if b.current == nil && !b.next() {
			break
		}
		n += b.run(dst[n:])
	}
	if b.sounding && b.current == nil && !b.another() {
		b.sounding = false
		b.to.Store(int64(b.pos))
	}
	return n
}

// another makes the next alarm current behind one that has just ended, so that
// the programme does not go on in between for nothing.
func (b *alarmBus) another() bool {
	b.sweep()
	return b.next()
}

// sweep ends the alarms that wait for their turn and were lowered or ran out.
func (b *alarmBus) sweep() {
	for i := range b.slots {
		a := b.slots[i].Load()
		if a == nil {
			continue
		}
		spec := a.spec.Load()
		if spec == closedAlarm {
			b.slots[i].Store(nil)
			if a == b.current {
				b.current = nil
			}
			continue
		}
		if a == b.current {
			continue
		}
		if a.lower.Load() {
			b.finish(a, Stopped)
		} else if until, known := b.d.frame(spec.until); spec.until != 0 && known && b.pos >= until {
			b.finishAs(a, spec, Expired)
		}
	}
}

// next makes the alarm current that waits longest after the one that sounded
// last: they alternate in the order in which they were raised.
func (b *alarmBus) next() bool {
	var first, after *alarmRun
	for i := range b.slots {
		a := b.slots[i].Load()
		if a == nil || a.spec.Load() == closedAlarm {
			continue
		}
		if first == nil || a.serial < first.serial {
			first = a
		}
		if a.serial > b.last && (after == nil || a.serial < after.serial) {
			after = a
		}
	}
	if after == nil {
		after = first
	}
	if after == nil {
		return false
	}
	b.turn(after)
	return true
}

// turn begins a cycle of a.
func (b *alarmBus) turn(a *alarmRun) {
	if !b.sounding {
		b.sounding = true
		b.from.Store(int64(b.pos))
		b.to.Store(int64(forever))
	}
	if a != b.current {
		b.gain = 0
	}
	if spec := a.spec.Load(); spec != a.playing && spec != closedAlarm {
		a.playing, a.cycles = spec, 0
	}
	a.part, a.at, a.rest = 0, 0, 0
	b.current, b.last = a, a.serial
}

// run plays the current alarm into dst, at least one frame of it or up to its
// end, and returns how many frames.
func (b *alarmBus) run(dst []float32) int {
	a := b.current
	b.limit(a)
	if b.pos >= a.end {
		if a.cause != Expired {
			b.finish(a, a.cause)
		} else if !b.finishAs(a, a.judged, Expired) {
			return 0 // renewed at the last moment
		}
		b.current, b.gain = nil, 0
		return 0
	}
	if !a.begun {
		a.begun = true
		b.d.tell(Event{Kind: AlarmOn, ID: a.id, At: b.d.instant(b.pos), Turn: a.playing.turn})
	}
	n := int(min(Frames(len(dst)), a.end-b.pos))
	n = min(n, b.beforeFade(a))
	if a.rest > 0 {
		return b.pause(a, dst[:n])
	}
	part := &a.playing.parts[a.part]
	if a.at == part.gap && part.name != "" && len(part.frames) > 0 {
		b.d.tell(Event{Kind: PartOn, ID: a.id, Part: part.name, At: b.d.instant(b.pos), Frames: Frames(len(part.frames)), Turn: a.playing.turn})
	}
	n = part.render(dst[:n], a.at)
	b.shape(dst[:n], a)
	a.at += Frames(n)
	a.played.Add(int64(n))
	b.pos += Frames(n)
	b.step(a)
	return n
}

// pause is the silence before a cycle of a, which ends when another alarm waits.
func (b *alarmBus) pause(a *alarmRun, dst []float32) int {
	if a.end == forever && b.waiting(a) {
		b.next()
		return 0
	}
	n := min(Frames(len(dst)), a.rest)
	clear(dst[:n])
	a.played.Add(int64(n))
	b.pos += n
	if a.rest -= n; a.rest == 0 && a.end == forever {
		b.turn(a) // with what it was given meanwhile
	}
	return int(n)
}

// waiting says whether an alarm beside a has not ended.
func (b *alarmBus) waiting(a *alarmRun) bool {
	for i := range b.slots {
		if other := b.slots[i].Load(); other != nil && other != a && other.spec.Load() != closedAlarm {
			return true
		}
	}
	return false
}

// limit sets the end of a that was lowered or runs out.
func (b *alarmBus) limit(a *alarmRun) {
	if a.lower.Load() && a.cause != Stopped {
		b.endBy(a, b.pos+fade, Stopped)
	}
	a.judged = a.spec.Load()
	until := a.judged.until
	if end, known := b.d.frame(until); until != 0 && known && b.pos >= end-fade {
		b.endBy(a, max(end, b.pos), Expired)
	} else if a.cause == Expired {
		a.end, a.cause = forever, "" // it was renewed in its last fade
	}
}

func (b *alarmBus) endBy(a *alarmRun, end Frames, cause Cause) {
	if !a.begun {
		end = b.pos
	}
	if end < a.end {
		a.end, a.cause = end, cause
	}
}

// beforeFade is how many frames remain until the alarm's last fade must begin.
func (b *alarmBus) beforeFade(a *alarmRun) int {
	until := a.judged.until
	end, known := b.d.frame(until)
	if until == 0 || !known || b.pos >= end-fade {
		return block
	}
	return int(min(end-fade-b.pos, block))
}

// render writes the part from frame at on, its gap included, to dst.
func (p alarmPart) render(dst []float32, at Frames) int {
	if at < p.gap {
		n := int(min(Frames(len(dst)), p.gap-at))
		clear(dst[:n])
		return n
	}
	rest := p.frames[at-p.gap:]
	n := min(len(dst), len(rest))
	for i, v := range rest[:n] {
		dst[i] = float32(v) * p.scale
	}
	return n
}

// shape applies the fades at the beginning and at the end.
func (b *alarmBus) shape(dst []float32, a *alarmRun) {
	const step = 1 / float32(fade)
	if b.gain == 1 && a.end == forever {
		return
	}
	for i := range dst {
		b.gain = min(1, b.gain+step)
		g := b.gain
		if left := a.end - b.pos - Frames(i); left < fade {
			g = min(g, float32(left)*step)
		}
		dst[i] *= g
	}
}

// step moves on to the next part, the next cycle, the next alarm.
func (b *alarmBus) step(a *alarmRun) {
	for a.at >= a.playing.parts[a.part].length() {
		a.at = 0
		if a.part++; a.part < len(a.playing.parts) || b.goOn(a) {
			continue
		}
		a.part = 0
		a.cycles++
		if spec := a.playing; spec.repeat > 0 && a.cycles >= spec.repeat && b.finishAs(a, spec, Completed) {
			b.current = nil
			return
		}
		if a.end == forever {
			rest := a.playing.rest
			b.next() // a itself, when it is alone
			if b.current == a {
				a.rest = rest
				return
			}
			a = b.current
		}
	}
}

// goOn lets a cycle that is over continue with what a new cycle has behind the
// same parts: a message that became ready while the siren sounded follows it,
// instead of the siren once more.
func (b *alarmBus) goOn(a *alarmRun) bool {
	spec := a.spec.Load()
	if spec == a.playing || a.end != forever || !spec.extends(a.playing) {
		return false
	}
	a.playing, a.cycles = spec, 0
	return true
}

// extends says whether s begins with all parts of old, and has more.
func (s *alarmSpec) extends(old *alarmSpec) bool {
	if len(s.parts) <= len(old.parts) {
		return false
	}
	for i := range old.parts {
		if !s.parts[i].same(old.parts[i]) {
			return false
		}
	}
	return true
}

// same says whether two parts are the same sound in the same memory.
func (p alarmPart) same(q alarmPart) bool {
	return p.name == q.name && p.gap == q.gap && len(p.frames) == len(q.frames) &&
		(len(p.frames) == 0 || &p.frames[0] == &q.frames[0])
}

func (p alarmPart) length() Frames { return p.gap + Frames(len(p.frames)) }

// finish ends a whatever it plays.
func (b *alarmBus) finish(a *alarmRun, cause Cause) {
	if last := a.spec.Swap(closedAlarm); last != closedAlarm {
		b.ended(a, last, cause)
	}
}

// finishAs ends a unless it was renewed since its spec was seen.
func (b *alarmBus) finishAs(a *alarmRun, seen *alarmSpec, cause Cause) bool {
	if !a.spec.CompareAndSwap(seen, closedAlarm) {
		return false
	}
	b.ended(a, seen, cause)
	return true
}

func (b *alarmBus) ended(a *alarmRun, last *alarmSpec, cause Cause) {
	b.live.Add(-1)
	b.d.tell(Event{Kind: AlarmOff, ID: a.id, At: b.d.instant(b.pos), Frames: Frames(a.played.Load()), Cause: cause, Turn: last.turn})
}
