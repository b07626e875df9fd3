package playout_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// streamFeed is sound that somebody makes, of which only its pipes are counted.
type streamFeed struct {
	mu      sync.Mutex
	opened  []time.Time
	changes chan playout.FeedChange
	closed  bool
}

func newStreamFeed() *streamFeed { return &streamFeed{changes: make(chan playout.FeedChange)} }

func (f *streamFeed) Open() (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, os.ErrClosed
	}
	f.opened = append(f.opened, time.Now())
	return os.Open(os.DevNull)
}

func (f *streamFeed) Changes() <-chan playout.FeedChange { return f.changes }

func (f *streamFeed) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		close(f.changes)
	}
	return nil
}

func (f *streamFeed) opens() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.opened)
}

func (f *streamFeed) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}

// runsOut ends the stream that sounds, as its sender does.
func (o *output) runsOut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range o.cues {
		if k.Stream != nil && k.live && !k.done {
			o.endLocked(k, audio.Completed)
		}
	}
}

// runsDry ends a stream that was cued and has not begun; it says false when there is
// none.
func (o *output) runsDry() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, k := range o.cues {
		if k.Stream != nil && !k.live && !k.done {
			o.endLocked(k, audio.Completed)
			return true
		}
	}
	return false
}

// receiver joins a feed, or cannot.
type receiver struct {
	feed *streamFeed
	fail error
}

func (r receiver) Join(context.Context, scheduler.RelayTurn) (playout.Feed, error) {
	if r.fail != nil {
		return nil, r.fail
	}
	return r.feed, nil
}

// stages reads what a live voice was told until now.
func stages(s playout.LiveSession) (told []playout.TalkStage) {
	for {
		select {
		case c, open := <-s.Changes():
			if !open {
				return told
			}
			told = append(told, c.Stage)
		default:
			return told
		}
	}
}

func (s *stage) goLive(feed *streamFeed, limit time.Duration) playout.LiveSession {
	s.t.Helper()
	s.lib.record(s.t, "gong", 2*time.Second, span{0, 2 * time.Second})
	session, err := s.player.GoLive(s.t.Context(), playout.Live{By: "chị Mẩy", Title: "Nói trực tiếp", Chime: "gong", Feed: feed, Limit: limit})
	if err != nil {
		s.t.Fatal(err)
	}
	return session
}

// Somebody who speaks has the output at once, over what sounds; that goes on when
// the voice has ended.
func TestGoLiveOverANotice(t *testing.T) {
	ends := map[string]struct {
		end     func(*stage, playout.LiveSession)
		outcome playout.Outcome
		cause   string
	}{
		"Speaker": {func(_ *stage, l playout.LiveSession) { l.End(playout.EndSpeaker) }, playout.Played, playout.EndSpeaker},
		"Link":    {func(_ *stage, l playout.LiveSession) { l.End(playout.EndLink) }, playout.Cut, playout.EndLink},
		"Limit":   {func(*stage, playout.LiveSession) {}, playout.Played, playout.EndLimit},
		"Sender":  {func(s *stage, _ playout.LiveSession) { s.out.runsOut() }, playout.Played, "completed"},
		"Stop":    {func(s *stage, l playout.LiveSession) { _ = s.player.Stop(s.t.Context(), l.ID(), "anh Sùng") }, playout.StoppedBy, "stopped"},
	}
	for name, tt := range ends {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 20*time.Second, 30*time.Second))
				s.at(30 * time.Second)
				feed := newStreamFeed()
				l := s.goLive(feed, 20*time.Second)
				s.at(36 * time.Second)
				if air := s.player.Air(); air.OnAir == nil || air.OnAir.Part != scheduler.PartLive || air.OnAir.By != "chị Mẩy" || air.OnAir.Ends.Sub(s.out.start).Round(time.Second) != 52*time.Second {
					t.Errorf("on air %+v", air.OnAir)
				}
				tt.end(s, l)
				s.at(3 * time.Minute)
				row := s.expect(l.ID(), tt.outcome, tt.cause, 2)
				if row.Kind != playout.KindLive || row.By == "" || row.Airings[0].Part != scheduler.PartChime || row.Airings[1].Part != scheduler.PartLive {
					t.Errorf("row %+v", row)
				}
				if d := s.since(row.Airings[0]) - 30*time.Second; d > 300*time.Millisecond {
					t.Errorf("the chime began %s after the button", d)
				}
				a := s.expect("a", playout.Played, playout.CauseResumed, 3)
				if n := framesOf(a, scheduler.PartVoice); n != 30*48000 {
					t.Errorf("%d frames of the voice", n)
				}
				s.oneVoice("a", l.ID())
				if got, want := stages(l), []playout.TalkStage{playout.TalkWaiting, playout.TalkChime, playout.TalkOnTheAir, playout.TalkEnded}; !slices.Equal(got, want) {
					t.Errorf("stages %v", got)
				}
				if !feed.isClosed() || feed.opens() != 1 || len(s.out.over) > 0 {
					t.Errorf("feed closed %v, opened %d times; %v", feed.isClosed(), feed.opens(), s.out.over)
				}
			})
		})
	}
}

func TestGoLiveOneAtATime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		l := s.goLive(newStreamFeed(), time.Minute)
		_, err := s.player.GoLive(t.Context(), playout.Live{By: "anh Sùng", Feed: newStreamFeed(), Limit: time.Minute})
		if !errors.Is(err, playout.ErrLiveBusy) {
			t.Errorf("a second voice: %v, want ErrLiveBusy", err)
		}
		s.at(time.Second) // the amplifier settles
		l.End(playout.EndSpeaker)
		s.at(5 * time.Second)
		s.expect(l.ID(), playout.Withdrawn, playout.EndSpeaker, 0)
		s.goLive(newStreamFeed(), time.Minute)
	})
}

func TestGoLiveObeysTheHours(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.place.allows(1)
		s.at(30 * time.Second)
		l := s.goLive(newStreamFeed(), 10*time.Minute)
		s.at(2 * time.Minute)
		if row := s.row(l.ID()); row.Outcome != playout.Played || row.Airings[1].Ended.After(s.out.start.Add(61*time.Second)) {
			t.Errorf("row %q %q until %s", row.Outcome, row.Cause, row.Airings[1].Ended)
		}
		_, err := s.player.GoLive(t.Context(), playout.Live{By: "x", Feed: newStreamFeed(), Limit: time.Minute})
		if !errors.Is(err, playout.ErrQuietHours) {
			t.Errorf("outside the hours: %v", err)
		}
	})
}

// Under an emergency nobody is heard; afterwards the voice is joined again, in a
// new pipe, and its limit is where it was.
func TestGoLiveUnderAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.at(10 * time.Second)
		feed := newStreamFeed()
		l := s.goLive(feed, time.Minute)
		s.at(20 * time.Second)
		s.raise(s.emergency("x", 15*time.Second))
		s.at(3 * time.Minute)
		row := s.expect(l.ID(), playout.Played, playout.EndLimit, 3)
		if d := row.Airings[2].Started.Sub(row.Airings[1].Ended); d < 15*time.Second || d > 16*time.Second {
			t.Errorf("it was silenced for %s", d)
		}
		if d := row.Airings[2].Ended.Sub(row.Airings[0].Started); d.Round(time.Second) != 62*time.Second {
			t.Errorf("it ended %s after the chime began", d)
		}
		want := []playout.TalkStage{playout.TalkWaiting, playout.TalkChime, playout.TalkOnTheAir, playout.TalkMuted, playout.TalkOnTheAir, playout.TalkEnded}
		if got := stages(l); !slices.Equal(got, want) || feed.opens() != 2 {
			t.Errorf("stages %v, %d pipes", got, feed.opens())
		}
	})
}

// relay is a turn of a station.
func (s *stage) relay(id string, due, length time.Duration) scheduler.Occurrence {
	return scheduler.Occurrence{
		ID: id, Kind: scheduler.Relay, Village: "un-ta", Slot: "slot-1", Title: "VOV1", Class: scheduler.ClassNormal,
		Nominal: s.out.start.Add(due), Due: s.out.start.Add(due), Length: length,
		Relay: &scheduler.RelayTurn{Station: "vov1", Patience: 5 * time.Second},
	}
}

func withStation(r receiver) func(*stage, *playout.PlayerConfig) {
	return func(_ *stage, cfg *playout.PlayerConfig) { cfg.Stations = r }
}

// A relay ends at its instant, and what is due then begins to the frame.
func TestRelayEndsAtItsInstant(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.at(10 * time.Second)
		s.player.Play(s.relay("r", 20*time.Second, 30*time.Second))
		s.player.Play(s.occurrence("a", 50*time.Second, 5*time.Second))
		s.at(2 * time.Minute)
		r, a := s.expect("r", playout.Played, "completed", 1), s.expect("a", playout.Played, "completed", 2)
		if s.since(r.Airings[0]) != 20*time.Second || r.Airings[0].Part != scheduler.PartRelay {
			t.Errorf("relay %+v", r.Airings)
		}
		if s.since(a.Airings[0]) != 50*time.Second || len(s.out.over) > 0 {
			t.Errorf("a at %s; %v", s.since(a.Airings[0]), s.out.over)
		}
		if d := a.Airings[0].Started.Sub(r.Airings[0].Ended); d < 0 || d > 100*time.Millisecond {
			t.Errorf("%s between", d)
		}
		if !feed.isClosed() {
			t.Error("the station is still received")
		}
	})
}

// Whatever stands higher interrupts a relay; it is joined again as it is then, in
// a fresh pipe, and its end stays where it was.
func TestInterruptedRelayIsJoinedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(30 * time.Second)
		s.player.Play(s.occurrence("a", 35*time.Second, 5*time.Second)) // until 41.5 s
		s.at(60 * time.Second)
		s.raise(s.emergency("x", 10*time.Second))
		s.at(3 * time.Minute)
		r := s.expect("r", playout.Played, playout.CauseResumed, 3)
		s.expect("a", playout.Played, "completed", 2)
		if s.since(r.Airings[1]) != 41500*time.Millisecond || feed.opens() != 3 {
			t.Errorf("joined again at %s, %d pipes", s.since(r.Airings[1]), feed.opens())
		}
		if end := r.Airings[2].Ended.Sub(s.out.start); end > 80*time.Second || end < 79*time.Second {
			t.Errorf("it ended at %s", end)
		}
		s.oneVoice("r", "a")
	})
}

// A relay does not wait for what will interrupt it soon.
func TestRelayBeginsAheadOfANotice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
		s.player.Play(s.occurrence("a", 25*time.Second, 5*time.Second))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(2 * time.Minute)
		r := s.expect("r", playout.Played, playout.CauseResumed, 2)
		if s.since(r.Airings[0]) != 20*time.Second {
			t.Errorf("it began at %s", s.since(r.Airings[0]))
		}
		s.oneVoice("r", "a")
	})
}

func TestRelayThatCannotBeJoined(t *testing.T) {
	for name, r := range map[string]playout.Stations{"None": nil, "Refused": receiver{fail: errors.New("not in the list")}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Stations = r })
				s.player.Play(s.relay("r", 20*time.Second, time.Minute))
				s.at(2 * time.Minute)
				s.expect("r", playout.Missed, playout.CauseStation, 0)
			})
		})
	}
}

// The as-run tells when the fallback sounded instead of the station.
func TestRelayTellsOfItsFallback(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(30 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartFallback, Detail: "silent"}
		s.at(50 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartRelay}
		synctest.Wait()
		s.at(2 * time.Minute)
		r := s.expect("r", playout.Played, playout.CauseFallback, 3)
		for i, want := range []scheduler.PartKind{scheduler.PartRelay, scheduler.PartFallback, scheduler.PartRelay} {
			if r.Airings[i].Part != want {
				t.Errorf("airing %d is %s, want %s", i, r.Airings[i].Part, want)
			}
		}
		if r.Airings[1].Frames != 20*48000 {
			t.Errorf("%d frames of the fallback", r.Airings[1].Frames)
		}
	})
}

// A card that is lost while a relay waits for its time does not bring that forward.
func TestRelayLostBeforeItsTimeWaitsForIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, withStation(receiver{feed: newStreamFeed()}))
		s.player.Play(s.relay("r", 20*time.Second, 30*time.Second))
		s.at(12 * time.Second)
		s.out.lose()
		s.at(13 * time.Second)
		s.out.back()
		s.at(2 * time.Minute)
		if r := s.expect("r", playout.Played, "completed", 1); s.since(r.Airings[0]) != 20*time.Second {
			t.Errorf("it began at %s", s.since(r.Airings[0]))
		}
	})
}

// The alarm of a station that was lost before its end is over once one is heard to its end: a
// board that only relays has no other voice.
func TestAStationThatIsHeardEndsTheAlarm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		station := &receiver{feed: feed}
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Stations = station })
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(70 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartNothing, Detail: "ended"}
		s.at(2 * time.Minute)
		if d := s.player.Air().DeadAir; d == nil || d.Occurrence != "r" {
			t.Errorf("the alarm shows %+v", d)
		}
		station.feed = newStreamFeed()
		s.player.Play(s.relay("next", 3*time.Minute, time.Minute))
		s.at(5 * time.Minute)
		s.expect("next", playout.Played, "completed", 1)
		if d := s.player.Air().DeadAir; d != nil {
			t.Errorf("the alarm shows %+v", d)
		}
	})
}

// A station that is lost, with nothing to stand in for it, is silence: an airing of
// its own, an alarm, and no success when there was nothing else.
func TestRelayTellsThatItGaveNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		back    bool
		outcome playout.Outcome
		cause   string
		parts   []scheduler.PartKind
	}{
		"OK comes back": {true, playout.Played, playout.CauseStation, []scheduler.PartKind{scheduler.PartNothing, scheduler.PartRelay}},
		"never there":   {false, playout.Missed, playout.CauseStation, []scheduler.PartKind{scheduler.PartNothing}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				feed := newStreamFeed()
				s := newStage(t, withStation(receiver{feed: feed}))
				s.player.Play(s.relay("r", 20*time.Second, time.Minute))
				s.at(18 * time.Second)
				feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartNothing, Detail: "no-host"}
				s.at(19 * time.Second)
				if s.player.Air().DeadAir != nil {
					t.Error("an alarm before its time")
				}
				s.at(30 * time.Second)
				if d := s.player.Air().DeadAir; d == nil || d.Occurrence != "r" || s.row("r").Heard != playout.HeardSilent {
					t.Errorf("no alarm: %+v, heard %q", d, s.row("r").Heard)
				}
				if tt.back {
					feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartRelay}
					s.at(40 * time.Second)
					if s.player.Air().DeadAir != nil {
						t.Error("the alarm goes on")
					}
				}
				s.at(2 * time.Minute)
				r := s.expect("r", tt.outcome, tt.cause, len(tt.parts))
				for i, want := range tt.parts {
					if r.Airings[i].Part != want {
						t.Errorf("airing %d is %s, want %s", i, r.Airings[i].Part, want)
					}
				}
				if !tt.back && r.Heard != playout.HeardSilent {
					t.Errorf("heard %q", r.Heard)
				}
			})
		})
	}
}

// What a station's feed gives before its time, while it is tuned in, is nobody's
// business.
func TestRelayDoesNotTellOfAFallbackNobodyHeard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(12 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartFallback, Detail: "silent"}
		s.at(16 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartRelay}
		s.at(2 * time.Minute)
		s.expect("r", playout.Played, "completed", 1)
	})
}

// One that sounds instead of the station from the first frame on is told.
func TestRelayThatBeginsWithItsFallback(t *testing.T) {
	bubble(t, func(t *testing.T) {
		feed := newStreamFeed()
		s := newStage(t, withStation(receiver{feed: feed}))
		s.player.Play(s.relay("r", 20*time.Second, time.Minute))
		s.at(12 * time.Second)
		feed.changes <- playout.FeedChange{At: s.out.now(), Part: scheduler.PartFallback, Detail: "silent"}
		s.at(2 * time.Minute)
		if r := s.expect("r", playout.Played, playout.CauseFallback, 1); r.Airings[0].Part != scheduler.PartFallback {
			t.Errorf("%+v", r.Airings[0])
		}
	})
}
