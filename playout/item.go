package playout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// keyMargin is added to the settle time: the relay's click and a late timer.
	keyMargin = 50 * time.Millisecond
	// soon is how far ahead of its instant a cue must reach the output.
	soon = 300 * time.Millisecond
	// between is the silence kept between two occurrences that run into one another.
	between = time.Second
	// retryAfter is how long after a lost device a part is tried again.
	retryAfter = time.Second
	// keepKeyed is the gap across which the amplifier stays on.
	keepKeyed = 30 * time.Second
	// defaultGrace is how late an occurrence without a grace of its own is tried
	// again after a lost device.
	defaultGrace = 10 * time.Minute
)

// item is one occurrence on its way through the air. It belongs to the loop.
type item struct {
	occ      scheduler.Occurrence
	row      AsRun
	parts    []part
	ready    bool          // claimed, files open, placed
	held     bool          // not cued: it waits for the end of an alarm, or is crowded
	aside    bool          // not in the way of what finds its place just now
	crowded  bool          // it waits for room in the output, or for who waits before it
	from     int           // the part with which the newest try begins
	keyed    bool          // the amplifier was keyed for it
	ampErr   error         // why the amplifier was not
	keyAt    audio.Instant // when to key
	startAt  audio.Instant // first frame of the newest try
	endAt    audio.Instant // after its last frame, as far as is known
	try      int           // how often it was cued
	hurt     string        // the first thing that kept it from airing as planned, a cause; empty: nothing
	endAs    Outcome       // set when it was ended before its time
	endBy    string
	endCause string        // of endAs
	latest   audio.Instant // when it may go on at last, having been interrupted; zero: it was not
	lacking  bool          // a voice of it could not be read
	crashes  int           // how often a crash of this process interrupted it
}

// part is one recording of an item.
type part struct {
	scheduler.Part
	file    *os.File
	cue     string        // of the newest try
	started audio.Instant // of the open airing; zero when none is open
	airing  int           // index of the newest airing in row.Airings; -1: none
	told    audio.Frames  // frames already written to closed airings of this try
	done    audio.Frames  // frames of its file that were heard before this try
	ended   bool          // the newest cue has ended
	unheard bool          // its newest airing began while there was no card
	frozen  bool          // an alarm silences it, and its airing was closed for that
	cause   audio.Cause
	silent  audio.Instant // since when it is silent though it sounds; zero: it is not
	mute    bool          // and that is no pause: the alarm was raised
	passed  string        // it was given up, and what is behind it goes on: a cause; empty: it was not
}

// take begins with an occurrence that was handed over.
func (p *Player) take(o scheduler.Occurrence) {
	if _, taken := p.seen[o.ID]; taken {
		return
	}
	p.forget()
	if p.takenBack(o) {
		p.omit(o, scheduler.Reason{Code: scheduler.ReasonWithdrawn})
		return
	}
	p.seen[o.ID] = o.Due
	it := &item{occ: o, row: p.newRow(o)}
	it.row.Claimed, it.row.Latest = p.cfg.Now().UTC(), o.Due.Add(p.grace(it)).UTC()
	for _, sp := range o.Parts {
		it.parts = append(it.parts, part{Part: sp, airing: -1})
	}
	for _, r := range o.Reasons {
		if r.Code == scheduler.ReasonLate || r.Code == scheduler.ReasonDelayed && o.Slot == "" && !o.Immediate {
			p.blame(it, r.Code) // in a slot, waiting for one's turn is no delay
		}
	}
	p.items[o.ID] = it
	row := it.row
	p.side.Go(func() {
		// Claimed first, then opened: what has a row never plays twice.
		err := p.book.claim(context.Background(), row)
		var files opened
		if !errors.Is(err, ErrClaimed) {
			var openErr error
			files, openErr = p.open(o.Parts)
			if err != nil {
				// Nothing could keep the claim: air all the same, the memory of
				// this process still keeps it from airing twice.
				p.cfg.Log.Error("an occurrence airs without a durable claim", "occurrence", o.ID, "err", err)
			}
			err = openErr
		}
		if !p.do(func() { p.prepared(it, files, err) }) {
			files.close()
		}
	})
}

// prepared goes on with an item whose claim is durable.
func (p *Player) prepared(it *item, files opened, err error) {
	switch {
	case p.items[it.occ.ID] != it: // stopped meanwhile
		files.close()
		return
	case errors.Is(err, ErrClaimed):
		delete(p.items, it.occ.ID)
		return
	case err != nil:
		p.cfg.Log.Error("an occurrence cannot air", "occurrence", it.occ.ID, "err", err)
		p.finish(it, Missed, string(audio.Unread))
		return
	}
	p.adopt(it, 0, files)
	due := p.instant(it.occ.Due)
	if it.occ.Immediate && p.silenced == 0 {
		due = p.earliest(due, it.occ.Length)
		it.row.Due = p.wall(due) // "as soon as the output can" is when that is
	}
	p.place(it, 0, due)
}

// grace is how late the item's first frame may still be.
func (p *Player) grace(it *item) time.Duration {
	if it.occ.Misfire.Policy == scheduler.Skip {
		return LateAfter
	}
	if it.occ.Misfire.Grace > 0 {
		return it.occ.Misfire.Grace
	}
	return defaultGrace
}

// cue hands the parts from the given one on to the output, the first at
// it.startAt and each other behind the one before.
func (p *Player) cue(it *item, from int) {
	it.try++
	it.keyAt = it.startAt.Add(-p.cfg.Amp.State().Settle - keyMargin)
	end := it.startAt
	for i := from; i < len(it.parts); i++ {
		pt := &it.parts[i]
		pt.cue = fmt.Sprintf("%s#%d.%d", it.occ.ID, i, it.try)
		pt.ended, pt.frozen, pt.cause, pt.started, pt.told, pt.silent = false, false, "", 0, 0, 0
		c := audio.Cue{ID: pt.cue, File: pt.file, From: pt.done, At: it.startAt, Spoken: pt.Kind == scheduler.PartVoice || pt.Kind == scheduler.PartFallback}
		if i > from {
			c.At, c.After, c.Gap = 0, it.parts[i-1].cue, pt.Pause
			end = end.Add(pt.Pause)
		}
		end = end.Add(pt.Length)
		p.cues[pt.cue] = it
		if err := p.cfg.Output.Cue(c); err != nil {
			p.cfg.Log.Error("the output refused a cue", "occurrence", it.occ.ID, "err", err)
			pt.ended, pt.cause = true, audio.Lost
		}
	}
	it.endAt = end
	if it.parts[from].ended {
		try := it.try
		time.AfterFunc(retryAfter, func() { // not at once: it would be refused again, for ever
			p.do(func() {
				if p.items[it.occ.ID] == it && it.try == try {
					p.settle(it)
				}
			})
		})
	}
}

// nextKey is how long until the next amplifier keying; an hour when none is due.
func (p *Player) nextKey() time.Duration {
	wait := time.Hour
	for _, it := range p.items {
		if it.cued() && !it.keyed {
			wait = min(wait, it.keyAt.Sub(p.cfg.Mono()))
		}
	}
	return max(wait, 0)
}

// keyDue keys the amplifier for every item whose time has come.
func (p *Player) keyDue() {
	now := p.cfg.Mono()
	for _, it := range p.items {
		if it.cued() && !it.keyed && it.keyAt <= now {
			p.keyFor(it)
		}
	}
}

func (p *Player) keyFor(it *item) {
	it.keyed = true
	if it.ampErr = p.power.hold(it.occ.ID); it.ampErr != nil {
		p.cfg.Log.Error("the amplifier could not be keyed", "occurrence", it.occ.ID, "err", it.ampErr)
	}
	p.show()
}

// stopItem ends an item because a person said so.
func (p *Player) stopItem(it *item, by string, as Outcome) {
	it.endBy, it.endAs, it.endCause = by, as, string(audio.Stopped)
	p.silence(it)
	if !it.anySounding() {
		p.finish(it, as, it.endCause)
	}
}

// silence asks the output to end every cue of the item.
func (p *Player) silence(it *item) {
	var ids []string
	for _, pt := range it.parts {
		if pt.cue != "" && !pt.ended {
			ids = append(ids, pt.cue)
		}
	}
	if len(ids) == 0 {
		return
	}
	if err := p.cfg.Output.Stop(ids...); err != nil {
		p.cfg.Log.Error("the output could not be stopped", "occurrence", it.occ.ID, "err", err)
	}
}

func (it *item) anySounding() bool {
	for _, pt := range it.parts {
		if pt.started != 0 {
			return true
		}
	}
	return false
}

// abandon ends an item from outside its own course.
func (p *Player) abandon(it *item, cause string) {
	p.silence(it)
	at := p.cfg.Mono()
	outcome := Missed
	for i := range it.parts {
		pt := &it.parts[i]
		if pt.started != 0 {
			p.closeAiring(it, pt, at, audio.Rate.N(at.Sub(pt.started)), audio.Stopped)
		}
		if pt.airing >= 0 {
			outcome = Cut
		}
	}
	p.finish(it, outcome, cause)
}

// finish ends an item with its one outcome.
func (p *Player) finish(it *item, outcome Outcome, cause string) {
	if it.ampErr != nil && outcome == Played {
		outcome, cause = Missed, "amplifier"
	}
	if outcome == Withdrawn && len(it.row.Airings) > 0 {
		outcome, cause = StoppedBy, scheduler.ReasonWithdrawn // withdrawn is what nobody heard
	}
	it.row.Outcome, it.row.Cause, it.row.By = outcome, cause, it.endBy
	it.row.Updated = p.cfg.Now().UTC()
	p.book.record(it.row)
	p.closing[it.occ.ID] = it.row
	p.cfg.Log.Info("occurrence ended", "occurrence", it.occ.ID, "outcome", outcome, "cause", cause, "late", it.row.Lateness)
	for i := range it.parts {
		if it.parts[i].file != nil {
			_ = it.parts[i].file.Close() // read only
		}
		delete(p.cues, it.parts[i].cue)
	}
	delete(p.items, it.occ.ID)
	if p.silenced == 0 && !p.moving && !p.isLeaving() {
		p.release() // there is room now
	}
	p.bridge()
	p.power.release(it.occ.ID)
	p.show()
}

// bridge keeps the amplifier on across a short gap to the next item.
func (p *Player) bridge() {
	for _, it := range p.items {
		if it.cued() && !it.keyed && p.power.held() && it.keyAt.Sub(p.cfg.Mono()) < keepKeyed {
			p.keyFor(it)
		}
	}
}

// forget drops what was handed over so long ago that no plan names it again.
func (p *Player) forget() {
	for id, due := range p.seen {
		if p.cfg.Now().Sub(due) > 48*time.Hour {
			delete(p.seen, id)
		}
	}
}
