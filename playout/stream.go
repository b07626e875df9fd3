package playout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

const (
	// CauseStation is the cause of a relay of which nothing could be received.
	CauseStation = "station"
	// CauseFallback is the cause of a relay that was played, in part by its fallback.
	CauseFallback = "fallback"
	// relayBuffer is how much of a station is held ahead of the card.
	relayBuffer = 300 * time.Millisecond
	// relayFade ends what a station gives.
	relayFade = 100 * time.Millisecond
	// leastStream is the least time for which a stream is worth joining.
	leastStream = time.Second
	// joinPatience is how long a station may take to be joined; what it gives may
	// come later.
	joinPatience = 5 * time.Second
)

// Stations receives higher stations.
type Stations interface {
	// Join begins to receive, seconds before it sounds; it returns before anything has
	// come. ctx is for joining only.
	Join(ctx context.Context, turn scheduler.RelayTurn) (Feed, error)
}

// streamed says whether a part is made as it airs.
func streamed(sp scheduler.Part) bool {
	return sp.Recording == "" && (sp.Kind == scheduler.PartRelay || sp.Kind == scheduler.PartLive)
}

// streams says whether something of the item is made as it airs.
func (it *item) streams() bool { return len(it.parts) > 0 && streamed(it.last().Part) }

// partsOf are the parts of an occurrence; a relay has one, for its whole time.
func partsOf(o scheduler.Occurrence) []scheduler.Part {
	if o.Relay == nil {
		return o.Parts
	}
	return []scheduler.Part{{Kind: scheduler.PartRelay, Length: o.Length}}
}

// tuneIn begins to receive what an occurrence relays.
func (p *Player) tuneIn(o scheduler.Occurrence) (Feed, error) {
	if p.cfg.Stations == nil {
		return nil, errors.New("join station: this board relays none")
	}
	ctx, cancel := context.WithTimeout(context.Background(), joinPatience)
	defer cancel()
	feed, err := p.cfg.Stations.Join(ctx, *o.Relay)
	if err != nil {
		return nil, fmt.Errorf("join station %s: %w", o.Relay.Station, err)
	}
	return feed, nil
}

// attach gives an item its stream. A relay ends at an instant, whenever it began.
func (p *Player) attach(it *item, feed Feed) {
	if feed == nil {
		return
	}
	it.feed, it.gives = feed, it.last().Kind
	if it.occ.Relay != nil {
		it.stopAt = p.instant(it.occ.End())
		it.latest = it.stopAt.Add(-leastStream)
	}
	p.side.Go(func() {
		for {
			select {
			case c, more := <-feed.Changes():
				if !more {
					return
				}
				p.do(func() { p.gives(it, c) })
			case <-p.done:
				return
			}
		}
	})
}

// gives takes in that the stream gives another thing: that is an airing of its own.
func (p *Player) gives(it *item, c FeedChange) {
	if p.items[it.occ.ID] != it || it.gives == c.Part {
		return
	}
	p.cfg.Log.Info("a stream gives another thing", "occurrence", it.occ.ID, "part", c.Part, "why", c.Detail)
	it.gives = c.Part
	pt := it.last()
	if pt.started == 0 {
		return
	}
	at := max(c.At, pt.started)
	p.closeAiring(it, pt, at, max(0, audio.Rate.N(at.Sub(pt.started))), audio.Completed)
	p.openAiring(it, pt, at)
	p.given(it, pt, at)
	p.book.record(it.row)
	p.show()
}

// given notes in the row what a stream gives from an instant on at which it is
// heard, and raises the alarm while that is nothing.
func (p *Player) given(it *item, pt *part, at audio.Instant) {
	switch {
	case !streamed(pt.Part):
		return
	case it.gives == scheduler.PartNothing:
		p.blame(it, CauseStation)
		pt.silent = at
		p.deadAir(it, pt)
		return
	case it.gives == scheduler.PartFallback:
		p.blame(it, CauseFallback)
	}
	if pt.mute {
		p.heardAgain(it, pt)
	}
}

// voiceless says whether a relay gave nothing, all the time: nobody heard of it.
func (it *item) voiceless() bool {
	if it.occ.Relay == nil || len(it.row.Airings) == 0 {
		return false
	}
	return !slices.ContainsFunc(it.row.Airings, func(a Airing) bool {
		return a.Part != scheduler.PartNothing && a.Frames >= int64(audio.Rate.N(leastStream))
	})
}

// cueStream opens the stream anew for a cue: nobody wants to hear what it gave
// before.
func (p *Player) cueStream(it *item, c *audio.Cue) error {
	f, err := it.feed.Open()
	if err != nil {
		return fmt.Errorf("open the stream of %s: %w", it.occ.ID, err)
	}
	buffer := it.buffer
	if buffer == 0 {
		buffer = relayBuffer
	}
	c.File, c.From, c.Stream = f, 0, &audio.Stream{Buffer: buffer}
	if it.live != nil {
		c.Stream.Most = liveMost
	}
	if it.occ.Relay != nil {
		c.FadeOut = relayFade
	}
	err = p.cfg.Output.Cue(*c)
	_ = f.Close() // the output has its own
	return err
}

// stopOnTime ends a stream at its instant, whatever has become of it.
func (p *Player) stopOnTime(it *item) {
	try, fade := it.try, time.Duration(0)
	if it.occ.Relay != nil {
		fade = relayFade
	}
	time.AfterFunc(it.stopAt.Add(-fade).Sub(p.cfg.Mono()), func() {
		p.do(func() {
			if p.items[it.occ.ID] == it && it.try == try && !it.ending() {
				p.spent(it)
			}
		})
	})
}

// spent ends a stream of which the time is over.
func (p *Player) spent(it *item) {
	if !it.out || !it.sounded {
		p.fail(it, p.silentCause(it))
		return
	}
	it.endAs, it.endCause = Played, p.spentCause(it)
	p.silence(it)
	p.arrange()
}

// silentCause is why nothing of a stream is heard as its time is over.
func (p *Player) silentCause(it *item) string {
	switch {
	case it.out:
		return CauseStation
	case p.silenced != 0:
		return scheduler.ReasonPreempted
	}
	return cmp.Or(it.cutBy, it.obstacle, CauseStation)
}

func (p *Player) spentCause(it *item) string {
	switch {
	case it.occ.Kind != KindLive:
		return it.playedCause()
	case it.occ.Until.IsZero() || p.instant(it.occ.Until) > it.stopAt.Add(untilSlack):
		return EndLimit
	}
	return it.occ.UntilReason
}

// ranOut goes on with an item whose stream has ended by itself, before its time.
func (p *Player) ranOut(it *item) {
	switch {
	case it.occ.Kind == KindLive:
		p.finish(it, Played, it.playedCause())
	case it.stopAt <= p.cfg.Mono().Add(leastStream):
		p.finish(it, Played, it.playedCause())
	default:
		p.finish(it, Cut, CauseStation)
	}
}

// allowedStream bounds a stream by its instant and by what the plan allows, and
// ends the item when nothing worth hearing is left of it.
func (p *Player) allowedStream(e *entry) bool {
	it, at := e.it, p.soonestOf(e)
	stop := at.Add(e.length)
	if it.stopAt != 0 {
		stop = it.stopAt
	}
	permitted := p.permits(it, at, leastStream)
	cause := scheduler.ReasonTooLate
	if !it.occ.Until.IsZero() {
		if limit := p.instant(it.occ.Until); limit < stop {
			stop, cause = limit, it.occ.UntilReason
		}
	}
	e.length = max(0, stop.Sub(e.at))
	switch {
	case !permitted:
		p.fail(it, scheduler.ReasonOutsideHours)
	case stop.Sub(at) < leastStream, at > p.latestStart(it):
		p.fail(it, cause)
	default:
		return true
	}
	return false
}
