package speaker

import "loalang/audio"

// loss is how a child was lost.
type loss struct {
	at      audio.Instant // when its device last took sound
	detail  string        // why, for the log
	lead    audio.Frames  // that had left by then beyond those it counted as gone
	unheard bool          // it was a stand-in: nothing left a card
}

// hear takes in how much of the cues has left the card, from a heartbeat.
func (l *ledger) hear(all []sounding) {
	for _, s := range all {
		if e := l.find(s.ID); e != nil {
			e.told = max(e.told, s.Frames)
		}
	}
}

// cut ends what the child that was lost was playing, what it was told to stop, the
// streams, whose sound it may have taken from their pipe, and what follows those. The
// frames are what surely left the card.
func (l *ledger) cut(x loss) []audio.Event {
	var events []audio.Event
	at, detail := x.at, x.detail
	for _, e := range l.cues {
		ev := audio.Event{Kind: audio.Ended, ID: e.cue.ID, At: at, Cause: audio.Lost, Detail: detail}
		if e.started != 0 {
			ev.At, ev.Frames = max(at, e.started), l.played(e, x)
		}
		if e.halted {
			ev.Cause = audio.Stopped
		}
		if e.started != 0 || e.halted || e.cue.Stream != nil {
			events = append(events, ev)
		}
	}
	for _, ev := range events {
		l.remove(ev.ID, ev)
	}
	events = append(events, l.cutAlarms(x)...)
	events = append(events, l.orphans(at, detail)...)
	if l.frozen != 0 { // nobody else will say so
		events = append(events, audio.Event{Kind: audio.Unsilenced, At: max(at, l.frozen), Cause: audio.Lost, Detail: detail})
		l.frozen = 0
	}
	return events
}

// cutAlarms ends the alarms that sounded. They stay in the ledger, to be raised
// again, unless they were lowered.
func (l *ledger) cutAlarms(x loss) []audio.Event {
	at, detail := x.at, x.detail
	var events []audio.Event
	var over []string
	for _, e := range l.alarms {
		ev := audio.Event{Kind: audio.AlarmOff, ID: e.alarm.ID, At: at, Cause: audio.Lost, Detail: detail}
		if e.started != 0 {
			ev.At = max(at, e.started)
			if !x.unheard {
				ev.Frames = audio.Rate.N(ev.At.Sub(e.started))
			}
		}
		if e.lowered {
			ev.Cause = audio.Stopped
			over = append(over, e.alarm.ID)
		}
		if e.started != 0 || e.lowered {
			events = append(events, ev)
		}
		e.started = 0
	}
	for _, id := range over {
		l.dropAlarm(id)
	}
	return events
}

// played is how many frames of e surely left the card before x: those the child
// counted, and those until x that the clock allows. Neither alone will do: the count
// is a heartbeat old, and the clock knows of no sound that was waited for.
func (l *ledger) played(e *cueEntry, x loss) audio.Frames {
	if x.unheard {
		return 0
	}
	at := x.at
	if l.frozen != 0 {
		at = min(at, l.frozen)
	}
	return max(0, min(audio.Rate.N(at.Sub(e.started)-e.silent), e.told+x.lead))
}
