package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"loalang/audio"
	"loalang/playout"
	"loalang/recordings"
	"loalang/relay"
	"loalang/scheduler"
	"loalang/web"
)

// decoder is the sandbox as relay wants it: what is wrong with a station keeps its
// code.
type decoder struct{ sandbox *recordings.Sandbox }

// Stream implements relay.Decoder.
func (d decoder) Stream(ctx context.Context, in io.ReadCloser) (io.ReadCloser, string, error) {
	pcm, format, err := d.sandbox.Stream(ctx, in)
	if err != nil {
		return nil, "", refusedStream(err)
	}
	return decodedStream{pcm}, format, nil
}

type decodedStream struct{ io.ReadCloser }

func (s decodedStream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	return n, refusedStream(err)
}

// refusedStream says in relay's words what the library's decoder refuses.
func refusedStream(err error) error {
	var refused recordings.Refused
	if !errors.As(err, &refused) {
		return err
	}
	code := relay.NotSound
	if refused.Code == recordings.UnknownCodec {
		code = relay.Unsupported
	}
	return relay.Fault{Code: code, Detail: refused.Detail}
}

// stations receives the stations of the plan.
type stations struct {
	receiver *relay.Receiver
	index    interface {
		Station(ctx context.Context, id string) (scheduler.Station, error)
	}
	library *recordings.Library
	log     *slog.Logger
}

// stations is what receives this board's stations.
func (b *board) stations() stations {
	return stations{
		receiver: &relay.Receiver{
			Guard:   relay.Guard{AllowPrivate: b.settings.AllowPrivate},
			Decoder: decoder{recordings.NewSandbox(recordings.SandboxConfig{})},
		},
		index: b.db, library: b.library, log: b.log,
	}
}

// Try implements web.Tuner.
func (s stations) Try(ctx context.Context, st scheduler.Station) web.Reception {
	found, err := s.receiver.Probe(ctx, relay.Station{URL: st.URL, Input: st.Input})
	if err == nil {
		return web.Reception{Format: found.Format, Loudness: found.Loudness, Aired: relay.Aired(found.Loudness)}
	}
	r := web.Reception{Code: string(relay.CodeOf(err))}
	if fault := (relay.Fault{}); errors.As(err, &fault) {
		r.Detail = fault.Detail
	}
	s.log.Info("a station was tried in vain", "station", st.Name, "err", err)
	return r
}

// fallback opens a recording as it airs, from its beginning.
func (s stations) fallback(recording string) func(context.Context) (audio.Source, error) {
	if recording == "" {
		return nil
	}
	return func(ctx context.Context) (audio.Source, error) {
		f, err := s.library.PlayCopy(ctx, recording)
		if err != nil {
			return nil, err
		}
		source, err := audio.OpenSource(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return source, nil
	}
}

// Join implements playout.Stations.
func (s stations) Join(ctx context.Context, turn scheduler.RelayTurn) (playout.Feed, error) {
	st := scheduler.Station{Name: turn.Station, URL: turn.URL, Input: turn.Input}
	if st.URL == "" && st.Input == "" { // it is of a plan from before plans said so
		var err error
		if st, err = s.index.Station(ctx, turn.Station); err != nil {
			return nil, err
		}
	}
	feed := relay.NewFeed(relay.FeedConfig{
		Receiver: s.receiver, Station: relay.Station{URL: st.URL, Input: st.Input},
		Fallback: s.fallback(turn.Fallback.Recording), Patience: turn.Patience,
		Now: audio.Monotonic, Log: s.log.With("station", st.Name),
	})
	return joined{feed, reworded(feed.Changes())}, nil
}

// joined is a relay.Feed in the player's words.
type joined struct {
	*relay.Feed
	changes <-chan playout.FeedChange
}

// Changes implements playout.Feed.
func (j joined) Changes() <-chan playout.FeedChange { return j.changes }

// partsOf are the player's words.
var partsOf = map[relay.Sounds]scheduler.PartKind{
	relay.GivesStation: scheduler.PartRelay, relay.GivesFallback: scheduler.PartFallback, relay.GivesNothing: scheduler.PartNothing,
}

// reworded says in the player's words what a feed gives. It ends with the feed,
// whether anybody listens or not.
func reworded(from <-chan relay.Change) <-chan playout.FeedChange {
	to := make(chan playout.FeedChange, cap(from))
	go func() {
		defer close(to)
		for c := range from {
			select {
			case to <- playout.FeedChange{At: c.At, Part: partsOf[c.Gives], Detail: c.Detail}:
			default: // nobody has read so many of them, and they are in the log
			}
		}
	}()
	return to
}
