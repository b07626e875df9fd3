package playout

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// keyMargin is added to the settle time: the relay's click and a late timer.
	keyMargin = 50 * time.Millisecond
	// retryAfter is how long after a lost device a part is tried again.
	retryAfter = time.Second
	// defaultGrace is how late an occurrence without a grace of its own is tried
	// again after a lost device.
	defaultGrace = 10 * time.Minute
)

// item is one occurrence on its way through the air. It belongs to the loop.
type item struct {
	occ   scheduler.Occurrence
	rung  Rung
	row   AsRun
	parts []part
	ready bool // claimed, files open: it has a place or looks for one

	ahead   time.Duration // how long before its instant it was handed over
	want    audio.Instant // it begins, or goes on, no sooner
	due     audio.Instant // of what is to sound at once, whatever becomes of the clock; zero: row.Due is
	roaming bool          // it may begin at any time, and has not found one
	from    int           // the part with which the newest try begins
	latest  audio.Instant // until when it may go on, since it was interrupted; zero: it was not
	lost    bool          // it waits for the device
	yields  string        // it was told to stop so that its rule applies, a cause
	cutBy   string        // what interrupted it, since it sounded last; a cause
	went    string        // how it went on after an interruption, a cause

	out      bool          // the output holds its newest try
	after    *item         // to whose end it is joined
	afterCue string        // of after
	replaces string        // the cue that gives way to it
	startAt  audio.Instant // first frame of the newest try, or of its place
	endAt    audio.Instant // after its last frame, as far as is known
	try      int           // how often it was cued
	sounded  bool          // some of the newest try did
	wasSet   bool          // the clock was, while it sounded

	keyed bool          // the amplifier was keyed for it
	reach reach         // for how long it was heard
	keyAt audio.Instant // when to key

	obstacle string        // what is in its way, a cause; empty: nothing
	waited   bool          // for room in the output
	judged   audio.Instant // when it is looked at again because it waits for a live voice
	alarmed  bool          // for the end of an alarm
	hurt     string        // the first thing that kept it from airing as planned, a cause; empty: nothing
	front    front         // what is, or was, in its way
	waitsFor front         // what hurt is about; zero: nothing of a name
	lateBy   string        // what made its first frame late, a cause; empty: nothing
	endAs    Outcome
	endBy    string
	endCause string // of endAs, which is set when it was ended before its time

	bed     *part         // music under its voices; nil: none
	bedFade time.Duration // how long that takes to go
	bedGoes bool          // it was told to
	bedFrom audio.Frames  // where it goes on after a crash

	feed   Feed               // of its last part; nil: that is a recording
	gives  scheduler.PartKind // what feed gives now
	buffer time.Duration      // of feed; 0: relayBuffer
	stopAt audio.Instant      // the end of feed's sound; zero: it has not been cued
	live   *liveSession       // nil: it was planned

	asleep time.Duration // how long the machine was, as this ended over it

	lacking bool // a voice of it could not be read
	crashes int  // how often a crash of this process interrupted it
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
	it := &item{occ: o, rung: rungOf(o), row: p.newRow(o), ahead: p.instant(o.Due).Sub(p.cfg.Mono())}
	it.row.Claimed, it.row.Latest = p.cfg.Now().UTC(), o.Due.Add(p.grace(it)).UTC()
	for _, sp := range partsOf(o) {
		it.parts = append(it.parts, part{Part: sp, airing: -1})
	}
	p.blamePlan(it)
	p.enter(it)
}

// enter claims an item, opens what it needs, and lets it find its place.
func (p *Player) enter(it *item) {
	p.items[it.occ.ID] = it
	row, o := it.row, it.occ
	p.side.Go(func() {
		// Claimed first, then opened: what has a row never plays twice.
		err := p.book.claim(context.Background(), row)
		var files opened
		if !errors.Is(err, ErrClaimed) {
			var openErr error
			files, openErr = p.open(o, partsOf(o))
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
		p.finish(it, Missed, unopened(it))
		return
	}
	p.adopt(it, 0, files)
	it.ready, it.want = true, p.instant(it.occ.Due)
	if p.giveBack(it) { // the clock went back meanwhile
		return
	}
	p.holdDue(it)
	if it.atOnce() {
		it.want = p.cfg.Mono()
	}
	if p.awaitsRest(it) {
		p.blame(it, CauseResting)
	}
	it.roaming = it.occ.Immediate && p.silenced == 0
	p.arrange()
}

// holdDue lets an item that is to sound at once keep its turn while the clock is
// set: it was promised for a moment, not for an hour of the day.
func (p *Player) holdDue(it *item) {
	if it.occ.Immediate {
		it.due = p.instant(it.row.Due)
	}
}

// dueAt is when the item should begin.
func (p *Player) dueAt(it *item) audio.Instant {
	if it.due != 0 {
		return it.due
	}
	return p.instant(it.row.Due)
}

// atOnce says whether the item need not wait for the instant that the plan found:
// that leaves time for what this output may not need.
func (it *item) atOnce() bool {
	delayed := slices.ContainsFunc(it.occ.Reasons, func(r scheduler.Reason) bool { return r.Code == scheduler.ReasonDelayed })
	return it.occ.Immediate && (it.rung >= RungPriority || !delayed)
}

// unopened is the cause of an item of which nothing could be opened.
func unopened(it *item) string {
	if it.occ.Relay != nil {
		return CauseStation
	}
	return string(audio.Unread)
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

// stopItem ends an item because a person said so.
func (p *Player) stopItem(it *item, by string, as Outcome, cause string) {
	it.endBy, it.endAs, it.endCause = by, as, cause
	if !p.committed(it) {
		if it.out {
			p.takeBack(it)
		}
		p.finish(it, as, it.endCause)
		return
	}
	p.silence(it)
	p.arrange()
}

// silence asks the output to end every cue of the item.
func (p *Player) silence(it *item) {
	var ids []string
	for _, pt := range it.all() {
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

// anyAired says whether something of the item has sounded.
func (it *item) anyAired() bool { return len(it.row.Airings) > 0 }

// abandon ends an item from outside its own course.
func (p *Player) abandon(it *item, cause string) {
	p.silence(it)
	at := p.cfg.Mono()
	outcome := Missed
	for _, pt := range it.all() {
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
	if outcome == Played {
		if as, why, unheard := it.reach.verdict(); unheard {
			outcome, cause = as, why
		}
	}
	if (outcome == Played || outcome == Cut) && it.voiceless() {
		outcome, cause = Missed, CauseStation
	}
	if outcome == Withdrawn && len(it.row.Airings) > 0 {
		outcome, cause = StoppedBy, scheduler.ReasonWithdrawn // withdrawn is what nobody heard
	}
	if outcome == Played && len(it.row.Airings) == 0 {
		outcome, cause = unheard(it, cause)
	}
	it.row.Outcome, it.row.Cause, it.row.By = outcome, cause, cmp.Or(it.endBy, it.row.By)
	it.tellFront()
	it.row.Updated = p.cfg.Now().UTC()
	p.book.record(it.row)
	p.closing[it.occ.ID] = it.row
	p.awaitProof(it.row, nil)
	p.doubtDates(it)
	p.cfg.Log.Info("occurrence ended", "occurrence", it.occ.ID, "outcome", outcome, "cause", cause, "late", it.row.Lateness)
	for _, pt := range it.all() {
		if pt.file != nil {
			_ = pt.file.Close() // read only
		}
		delete(p.cues, pt.cue)
	}
	delete(p.items, it.occ.ID)
	p.release(it)
	p.arrange() // there is room now
	p.bridge()
	p.power.release(it.occ.ID)
	p.show()
}

// unheard is what became of what came to its end before anything of it sounded.
func unheard(it *item, cause string) (Outcome, string) {
	completed := cause == string(audio.Completed)
	switch {
	case it.live != nil && completed:
		return Withdrawn, EndUnsaid // somebody meant to speak, and did not
	case it.live != nil:
		return Withdrawn, cause
	case completed:
		return Missed, CauseSilent
	}
	return Missed, cause
}

// forget drops what was handed over so long ago that no plan names it again.
func (p *Player) forget() {
	for id, due := range p.seen {
		if p.cfg.Now().Sub(due) > 48*time.Hour {
			delete(p.seen, id)
		}
	}
}
