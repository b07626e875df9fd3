package relay

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"loalang/audio"
)

// Sounds is what a Feed gives.
type Sounds string

// What a Feed may give.
const (
	GivesStation  Sounds = "station"
	GivesFallback Sounds = "fallback"
	GivesNothing  Sounds = "nothing" // the station is lost, and there is no fallback
)

// Change says what a Feed gives from an instant on: when it is written to the pipe,
// which is before it is heard.
type Change struct {
	At     audio.Instant
	Gives  Sounds
	Detail string // why, for the log: the Code of a Fault, with its detail
}

// FeedConfig is what a Feed needs. All but Fallback and Log must be set.
type FeedConfig struct {
	Receiver *Receiver
	Station  Station
	// Fallback opens the recording that sounds while the station does not, from its
	// beginning; it is opened ahead, and again at its end. What fails is tried again.
	// Nil: nothing sounds then. ctx ends with the Feed. A Source that is an io.Closer
	// is closed.
	Fallback func(ctx context.Context) (audio.Source, error)
	// Patience is how long the station may be lost or silent before that.
	Patience time.Duration
	Now      func() audio.Instant
	Log      *slog.Logger
}

// rejoin is how much of what was given last a new pipe begins with, so that
// somebody who comes back has the buffer filled that he holds ahead of the card.
const rejoin = time.Second

// Feed receives a station from NewFeed to Close and gives it in real time. Its
// methods may be called from any goroutine and do not block.
type Feed struct {
	c       FeedConfig
	jitter  *jitter
	mix     *mix
	changes chan Change
	cancel  context.CancelFunc
	done    chan struct{}
	why     atomic.Pointer[string] // what the reception ended of last
	opened  atomic.Bool

	mu     sync.Mutex
	pipe   *sink // the newest; nil: nobody listens
	recent recent
	closed bool
}

// NewFeed starts to receive. Sound is there after some 2 s; who opens it 3 s ahead
// of air has it at once.
func NewFeed(c FeedConfig) *Feed {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &Feed{c: c, jitter: newJitter(), changes: make(chan Change, 64), cancel: cancel, done: make(chan struct{})}
	f.mix = newMix(newStandIn(c.Fallback, c.Log), c.Patience)
	received := make(chan struct{})
	go func() {
		defer close(received)
		f.receive(ctx)
	}()
	go func() {
		defer close(f.done)
		f.pump(ctx)
		<-received
		f.mix.close()
		close(f.changes)
	}()
	return f
}

// Open is the reading end of a new pipe of 48 kHz s16 mono little-endian PCM that
// begins with the last second; a pipe opened before ends. The caller closes it.
func (f *Feed) Open() (*os.File, error) {
	r, s, err := newSink()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errors.Join(os.ErrClosed, r.Close(), s.close())
	}
	if f.pipe != nil {
		_ = f.pipe.close()
	}
	f.pipe = s
	f.recent.each(func(b []byte) { _, _ = s.write(b) }) // an empty pipe has room for a second
	f.opened.Store(true)
	return r, nil
}

// Changes tells what the feed gives, first when it is opened for the first time,
// then whenever that becomes another thing; it is closed some time after Close.
func (f *Feed) Changes() <-chan Change { return f.changes }

// Close ends the feed: its pipe ends at once, its programs soon.
func (f *Feed) Close() error {
	f.mu.Lock()
	f.closed = true
	if f.pipe != nil {
		_ = f.pipe.close()
		f.pipe = nil
	}
	f.mu.Unlock()
	f.cancel()
	return nil
}

// Done is closed when nothing of the feed runs any more.
func (f *Feed) Done() <-chan struct{} { return f.done }

// pump gives 20 ms every 20 ms, by the monotonic clock.
func (f *Feed) pump(ctx context.Context) {
	tick := time.NewTicker(span)
	defer tick.Stop()
	p := pace{next: f.c.Now().Add(span), line: f.c.Station.Input != ""}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := f.c.Now()
		if now.Sub(p.next) > rejoin {
			p.next = now // the machine stood still: what it slept through is not made up for
		}
		for ; p.next <= now; p.next = p.next.Add(p.step(len(f.jitter.blocks))) {
			f.step()
		}
	}
}

// step gives the next 20 ms.
func (f *Feed) step() {
	detail := ""
	if why := f.why.Load(); why != nil {
		detail = *why
	}
	if gives, changed := f.mix.next(f.jitter, f.opened.Load()); changed {
		if gives == GivesStation {
			detail = ""
		} else if detail == "" {
			detail = string(Silent)
		}
		f.c.Log.Info("relay", "gives", string(gives), "detail", detail)
		select {
		case f.changes <- Change{At: f.c.Now(), Gives: gives, Detail: detail}:
		default: // nobody has read 64 of them, and it is in the log
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.recent.put(f.mix.out[:])
	if f.pipe == nil {
		return
	}
	if _, err := f.pipe.write(f.mix.out[:]); err != nil && !errors.Is(err, errFull) {
		_ = f.pipe.close() // its reader has gone
		f.pipe = nil
	}
}

const (
	retryFirst = 500 * time.Millisecond
	retryLast  = 10 * time.Second
	// steady is how long a reception must have lasted to be called one.
	steady = 10 * time.Second
	// deadDecoder is how long a decoder may give nothing though the station sends:
	// longer than an HLS playlist may take to grow.
	deadDecoder = time.Minute
)

// receive opens the station again and again.
func (f *Feed) receive(ctx context.Context) {
	pause := retryFirst
	for {
		frames, err := f.once(ctx)
		if ctx.Err() != nil {
			return
		}
		why := string(DecoderEnded) + ": " + err.Error()
		if known := (Fault{}); errors.As(err, &known) {
			why = known.Error()
		}
		if f.why.Swap(&why); audio.Rate.D(frames) >= steady {
			pause = retryFirst
		}
		f.c.Log.Debug("relay is not received", "why", why, "again", pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause + rand.N(pause/2)):
		}
		pause = min(2*pause, retryLast)
	}
}

// once receives until that ends, and says how much it was.
func (f *Feed) once(ctx context.Context) (frames audio.Frames, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	within, slow := openStalls*f.c.Receiver.stall(), slowStalls*f.c.Receiver.stall()
	opening := time.AfterFunc(within, func() { cancel(fault(Stalled, "no sound within %v", within)) })
	in, err := f.c.Receiver.open(ctx, f.c.Station)
	opening.Stop()
	if err != nil {
		return 0, cmp.Or(context.Cause(ctx), err)
	}
	defer in.Close()
	stop := context.AfterFunc(ctx, func() { _ = in.Close() })
	defer stop()
	var raw [2 * blockFrames]byte
	held := f.jitter.fresh() // kept back, since only the next shows whether it was the last
	held.first = true
	since, then := f.c.Now(), 0
	for n := 0; ; n++ {
		watch := time.AfterFunc(deadDecoder, func() { cancel(fault(DecoderEnded, "it gives nothing")) })
		_, err := io.ReadFull(in, raw[:])
		watch.Stop()
		if now := f.c.Now(); now.Sub(since) >= slow {
			if err == nil && time.Duration(n-then)*span < slow/2 {
				err = fault(Stalled, "it comes slower than it is heard")
			}
			since, then = now, n
		}
		if err != nil {
			if why := context.Cause(ctx); why != nil {
				err = why
			}
			if n > 0 {
				held.last = true
				f.put(ctx, held)
			}
			return audio.Frames(n * blockFrames), err
		}
		if n == 50 {
			f.why.Store(nil) // a second has come: what was wrong is over
		}
		if n > 0 {
			f.put(ctx, held)
			held = f.jitter.fresh()
		}
		decode(held.frames[:], raw[:])
	}
}

func (f *Feed) put(ctx context.Context, b *block) {
	select {
	case f.jitter.blocks <- b:
	case <-ctx.Done():
	}
}
