package playout

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"loalang/audio"
	"loalang/scheduler"
)

// Live is somebody who wants to speak live.
type Live struct {
	By    string
	Title string // of the as-run row
	Chime string // recording that sounds first; empty: none
	Feed  Feed   // the Player closes it
	// Buffer is how much of it is held ahead of the card; 0: DefaultLiveBuffer.
	Buffer time.Duration
	Limit  time.Duration // it never goes on longer
	// Ends is when it ends by itself as things are, no later than by Limit. It is
	// called from any goroutine and does not block; nil: by Limit.
	Ends func() audio.Instant
}

// liveMost bounds how far a burst may hold a live voice back from then on.
const liveMost = 300 * time.Millisecond

// LiveSession is the air's side of a live voice.
type LiveSession interface {
	ID() string // of the occurrence in the as-run
	// Changes tells each stage as it comes, TalkEnded last.
	Changes() <-chan LiveChange
	// End ends it, for a cause of the as-run.
	End(cause string)
}

// LiveChange is a new stage of a live voice.
type LiveChange struct {
	Stage TalkStage
	Cause string // of TalkEnded
}

// liveSession tells a live voice what becomes of it. Its methods may be called on
// nil, which is no live voice, and from any goroutine.
type liveSession struct {
	id   string
	end  func(cause string)
	ends func() audio.Instant // Live.Ends

	mu      sync.Mutex
	changes chan LiveChange
	stage   TalkStage
}

// ID follows LiveSession.
func (s *liveSession) ID() string { return s.id }

// Changes follows LiveSession.
func (s *liveSession) Changes() <-chan LiveChange { return s.changes }

// End follows LiveSession.
func (s *liveSession) End(cause string) { s.end(cause) }

// began tells which part sounds.
func (s *liveSession) began(kind scheduler.PartKind) {
	stage := TalkOnTheAir
	if kind == scheduler.PartChime {
		stage = TalkChime
	}
	s.tell(LiveChange{Stage: stage})
}

// tell never waits: of a reader that does not read, the oldest is lost.
func (s *liveSession) tell(c LiveChange) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stage == TalkEnded || s.stage == c.Stage {
		return
	}
	s.stage = c.Stage
	for {
		select {
		case s.changes <- c:
			if c.Stage == TalkEnded {
				close(s.changes)
			}
			return
		default:
		}
		select {
		case <-s.changes:
		default:
		}
	}
}

// GoLive gives the output to somebody who speaks, over all but an emergency: the
// chime first, then the voice, until it ends itself, is ended, or its limit has
// come. It returns when it is taken over. The error is ErrLiveBusy, ErrQuietHours,
// or says what is wrong with l; then Feed is still the caller's.
func (p *Player) GoLive(ctx context.Context, l Live) (LiveSession, error) {
	if l.Feed == nil || l.Limit < leastStream {
		return nil, fmt.Errorf("go live: it needs a feed and a limit of %s or more", leastStream)
	}
	v, known := p.hours(ctx)
	id := p.cfg.NewID()
	s := &liveSession{id: "live:" + id, ends: l.Ends, changes: make(chan LiveChange, 16)}
	s.end = func(cause string) { p.do(func() { p.endLive(s.id, cause) }) }
	answer := make(chan error, 1)
	asked := p.do(func() {
		if known {
			p.rules = &v
		}
		answer <- p.takeLive(l, s)
	})
	if !asked {
		return nil, errors.New("go live: the player has ended")
	}
	if err := <-answer; err != nil {
		return nil, fmt.Errorf("go live: %w", err)
	}
	return s, nil
}

// hours reads the rules of the village; not known while they cannot be read.
func (p *Player) hours(ctx context.Context) (v scheduler.Village, known bool) {
	patient, cancel := context.WithTimeout(ctx, hoursPatience)
	defer cancel()
	v, err := p.cfg.Places.Village(patient, p.cfg.Village)
	if err != nil {
		p.cfg.Log.Error("the allowed hours are taken as they were last known", "err", err)
	}
	return v, err == nil
}

// hoursPatience is how long somebody who wants to speak waits for the database.
const hoursPatience = 500 * time.Millisecond

// takeLive lets a live voice find its place: one at a time.
func (p *Player) takeLive(l Live, s *liveSession) error {
	for _, it := range p.items {
		if it.live != nil {
			return ErrLiveBusy
		}
	}
	now := p.cfg.Now().UTC()
	o := scheduler.Occurrence{
		ID: s.id, Kind: KindLive, Village: p.cfg.Village, Title: l.Title, Class: scheduler.ClassPriority,
		Nominal: now, Due: now, Length: l.Limit, Immediate: true,
		Misfire: scheduler.Misfire{Policy: scheduler.PlayLate, Grace: l.Limit},
	}
	if l.Chime != "" {
		o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartChime, Recording: l.Chime})
	}
	o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartLive, Length: l.Limit})
	it := &item{occ: o, rung: rungOf(o), row: p.newRow(o), live: s, buffer: l.Buffer}
	if it.buffer == 0 {
		it.buffer = DefaultLiveBuffer
	}
	it.row.By, it.row.Claimed, it.row.Latest = l.By, now, now
	for _, sp := range o.Parts {
		it.parts = append(it.parts, part{Part: sp, airing: -1})
	}
	if !p.permits(it, p.cfg.Mono(), leastStream) {
		return ErrQuietHours
	}
	p.seen[o.ID] = o.Due
	p.attach(it, l.Feed)
	s.tell(LiveChange{Stage: TalkWaiting})
	p.enter(it)
	return nil
}

// endLive ends a live voice because it said so.
func (p *Player) endLive(id, cause string) {
	it := p.items[id]
	if it == nil || it.endAs != "" {
		return
	}
	outcome := Cut
	switch cause {
	case EndSpeaker, EndSilence, EndLimit:
		outcome = Played
	}
	p.stopItem(it, it.row.By, outcome, cause)
}

// release lets go of what an item that has ended received.
func (p *Player) release(it *item) {
	if it.feed != nil {
		if err := it.feed.Close(); err != nil {
			p.cfg.Log.Error("a stream could not be closed", "occurrence", it.occ.ID, "err", err)
		}
	}
	it.live.tell(LiveChange{Stage: TalkEnded, Cause: it.row.Cause})
}

var _ LiveAir = (*Player)(nil)
