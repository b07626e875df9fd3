package speaker

import (
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

// ledger knows what an Output was asked for and has not ended, so that a new
// child can be told. It is pure but for the files, and not safe for use by
// several goroutines.
type ledger struct {
	cues   []*cueEntry
	alarms []*alarmEntry
	ends   map[string]audio.Instant // of cues that others follow, or may
	order  []string                 // of ends, oldest first
	frozen audio.Instant            // since when an alarm silences the programme
	turns  int64                    // of raises so far
}

type cueEntry struct {
	cue     audio.Cue // with a file of its own
	started audio.Instant
	silent  time.Duration // spent frozen since it started
	told    audio.Frames  // that the child counted as gone when it was last heard of
	halted  bool          // it was stopped, and has not ended yet
}

type alarmEntry struct {
	alarm   audio.Alarm // with files of its own
	started audio.Instant
	turn    int64 // of its newest raise
	lowered bool  // and not yet off
}

func newLedger() *ledger { return &ledger{ends: map[string]audio.Instant{}} }

// add takes a cue whose file is the ledger's own from now on.
func (l *ledger) add(c audio.Cue) { l.cues = append(l.cues, &cueEntry{cue: c}) }

// admit checks a new cue against those there are, and resolves what it follows:
// a cue that has ended already is an instant.
func (l *ledger) admit(c *audio.Cue) error {
	if len(l.cues) >= audio.MaxCues {
		return fmt.Errorf("%w %q: %d cues wait already", ErrCue, c.ID, len(l.cues))
	}
	if l.find(c.ID) != nil {
		return fmt.Errorf("%w %q: a cue of that ID waits or sounds already", ErrCue, c.ID)
	}
	if c.After == "" || l.find(c.After) != nil {
		return nil
	}
	end, known := l.ends[c.After]
	if !known {
		return fmt.Errorf("%w %q: it follows %q, which is not there", ErrCue, c.ID, c.After)
	}
	place(c, end)
	return nil
}

// place makes a cue that follows one that ended at an instant a cue at an instant.
// There is nothing left to fade across from.
func place(c *audio.Cue, end audio.Instant) {
	c.At, c.After, c.Gap, c.Cross = end.Add(c.Gap), "", 0, 0
}

func (l *ledger) find(id string) *cueEntry {
	for _, e := range l.cues {
		if e.cue.ID == id {
			return e
		}
	}
	return nil
}

func (l *ledger) findAlarm(id string) *alarmEntry {
	for _, e := range l.alarms {
		if e.alarm.ID == id {
			return e
		}
	}
	return nil
}

// note takes in what the child tells. It says false when ev is about something
// that has ended already and must not be told again.
func (l *ledger) note(ev audio.Event) bool {
	switch ev.Kind {
	case audio.Started:
		e := l.find(ev.ID)
		if e == nil {
			return false
		}
		e.started = ev.At
	case audio.Ended:
		if l.find(ev.ID) == nil {
			return false
		}
		l.remove(ev.ID, ev)
	case audio.AlarmOn:
		e := l.findAlarm(ev.ID)
		if e == nil {
			return false
		}
		e.started = ev.At
	case audio.PartOn:
		return l.findAlarm(ev.ID) != nil
	case audio.AlarmOff:
		return l.alarmOff(ev)
	case audio.Silenced:
		l.frozen = ev.At
	case audio.Unsilenced:
		l.thaw(ev.At)
	}
	return true
}

func (l *ledger) thaw(at audio.Instant) {
	if l.frozen == 0 {
		return
	}
	for _, e := range l.cues {
		if e.started != 0 {
			e.silent += at.Sub(max(l.frozen, e.started))
		}
	}
	l.frozen = 0
}

// remove forgets a cue that ended, but for the instant when it came to its end.
func (l *ledger) remove(id string, ev audio.Event) {
	for i, e := range l.cues {
		if e.cue.ID != id {
			continue
		}
		l.cues = append(l.cues[:i], l.cues[i+1:]...)
		closeFile(e.cue.File)
		break
	}
	if ev.Cause != audio.Completed {
		return
	}
	l.ends[id] = ev.At
	l.order = append(l.order, id)
	if len(l.order) > audio.MaxCues {
		delete(l.ends, l.order[0])
		l.order = l.order[1:]
	}
}

// overdue ends the cues whose instant passed while no child was there.
func (l *ledger) overdue(now audio.Instant, detail string) []audio.Event {
	var events []audio.Event
	for _, e := range l.cues {
		if e.started == 0 && e.cue.After == "" && e.cue.At <= now {
			events = append(events, lost(e.cue.ID, now, detail))
		}
	}
	for _, ev := range events {
		l.remove(ev.ID, ev)
	}
	return append(events, l.orphans(now, detail)...)
}

// orphans ends the cues that follow one that is gone without coming to its end;
// those that follow one that did become cues at an instant.
func (l *ledger) orphans(now audio.Instant, detail string) []audio.Event {
	var events []audio.Event
	for again := true; again; {
		again = false
		for _, e := range l.cues {
			if e.cue.After == "" || l.find(e.cue.After) != nil {
				continue
			}
			again = true
			if end, known := l.ends[e.cue.After]; known {
				place(&e.cue, end)
				break
			}
			events = append(events, lost(e.cue.ID, now, detail))
			l.remove(e.cue.ID, events[len(events)-1])
			break
		}
	}
	return events
}

func lost(id string, at audio.Instant, detail string) audio.Event {
	return audio.Event{Kind: audio.Ended, ID: id, At: at, Cause: audio.Lost, Detail: detail}
}

// raise takes an alarm whose files are the ledger's own from now on, or changes
// the one of the same ID. It returns what was taken.
func (l *ledger) raise(a audio.Alarm) *alarmEntry {
	l.turns++
	if e := l.findAlarm(a.ID); e != nil {
		closeParts(e.alarm)
		e.alarm, e.lowered, e.turn = a, false, l.turns
		return e
	}
	e := &alarmEntry{alarm: a, turn: l.turns}
	l.alarms = append(l.alarms, e)
	return e
}

// alarmOff forgets an alarm that is off, unless it was raised anew since: then a
// child has yet to begin that. It says whether there was one.
func (l *ledger) alarmOff(ev audio.Event) bool {
	e := l.findAlarm(ev.ID)
	if e == nil || e.lowered || ev.Turn == 0 || ev.Turn >= e.turn {
		return l.dropAlarm(ev.ID)
	}
	e.started = 0
	return true
}

// lowered notes that an alarm must not be raised again, though the child has
// yet to say that it is off.
func (l *ledger) lowered(id string) {
	if e := l.findAlarm(id); e != nil {
		e.lowered = true
	}
}

// dropAlarm forgets an alarm; it says whether there was one.
func (l *ledger) dropAlarm(id string) bool {
	for i, e := range l.alarms {
		if e.alarm.ID == id {
			l.alarms = append(l.alarms[:i], l.alarms[i+1:]...)
			closeParts(e.alarm)
			return true
		}
	}
	return false
}

// expire ends the alarms whose time ran out while no child was there.
func (l *ledger) expire(now audio.Instant) []audio.Event {
	var events []audio.Event
	for _, e := range l.alarms {
		if e.alarm.Until != 0 && e.alarm.Until <= now {
			events = append(events, audio.Event{Kind: audio.AlarmOff, ID: e.alarm.ID, At: e.alarm.Until, Cause: audio.Expired})
		}
	}
	for _, ev := range events {
		l.dropAlarm(ev.ID)
	}
	return events
}

// halt notes that cues must not sound on a later child, though this one has yet
// to say that they ended. No IDs: all.
func (l *ledger) halt(ids []string) {
	for _, e := range l.cues {
		if len(ids) == 0 || slices.Contains(ids, e.cue.ID) {
			e.halted = true
		}
	}
}

// stopped ends cues that no child knows of. No IDs: all.
func (l *ledger) stopped(now audio.Instant, ids []string) []audio.Event {
	if len(ids) == 0 {
		for _, e := range l.cues {
			ids = append(ids, e.cue.ID)
		}
	}
	var events []audio.Event
	for _, id := range ids {
		if l.find(id) == nil {
			continue
		}
		events = append(events, audio.Event{Kind: audio.Ended, ID: id, At: now, Cause: audio.Stopped})
		l.remove(id, events[len(events)-1])
	}
	return append(events, l.orphans(now, "it followed a cue that was stopped")...)
}

// silent says whether nothing sounds.
func (l *ledger) silent() bool {
	for _, e := range l.cues {
		if e.started != 0 {
			return false
		}
	}
	return len(l.alarms) == 0
}

// idle is true while nothing sounds and nothing is due soon.
func (l *ledger) idle(now audio.Instant) bool {
	for _, e := range l.cues {
		if e.cue.After == "" && e.cue.At < now.Add(idleAhead) {
			return false
		}
	}
	return l.silent()
}

// close gives back the files.
func (l *ledger) close() {
	for _, e := range l.cues {
		closeFile(e.cue.File)
	}
	for _, e := range l.alarms {
		closeParts(e.alarm)
	}
	l.cues, l.alarms = nil, nil
}

// duplicate is a descriptor of our own to the file of the caller.
func duplicate(f *os.File) (*os.File, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("keep %s: %w", f.Name(), err)
	}
	var fd int
	var kept error
	err = conn.Control(func(theirs uintptr) {
		fd, kept = unix.FcntlInt(theirs, unix.F_DUPFD_CLOEXEC, 3)
	})
	if err == nil {
		err = kept
	}
	if err != nil {
		return nil, fmt.Errorf("keep %s: %w", f.Name(), err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func closeParts(a audio.Alarm) {
	for _, part := range a.Cycle {
		closeFile(part.File)
	}
}

// closeFile closes a file that was only read: there is nothing to lose.
func closeFile(f *os.File) {
	if f != nil {
		_ = f.Close() //nolint:errcheck // opened for reading only
	}
}
