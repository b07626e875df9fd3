package devicetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"loalang/audio"
)

// Subject is one device under test.
type Subject struct {
	Device audio.Device
	// Heard gives what came out of the device, after its Run has returned, and
	// when its first frame left. nil: the suite believes the Desk's tap.
	Heard func() (frames []int16, first audio.Instant, err error)
}

// Bench says how a kind of device is tested.
type Bench struct {
	// Open makes a fresh device whose CLOCK_MONOTONIC is clock.
	Open func(t *testing.T, clock func() audio.Instant) Subject
	// Bubble runs the tests in a synctest bubble, where time passes at once: for
	// devices that wait on Go timers and nothing else.
	Bubble bool
	// Tolerance is how far from its instant a start may be.
	Tolerance time.Duration
	// Lasting names the goroutines of a driver that no device can end. Such a
	// device runs each test in a process of its own.
	Lasting []goleak.Option
}

// Run checks that the devices of b follow the contract of audio.Device.
func Run(t *testing.T, b Bench) {
	for _, c := range []struct {
		name string
		test func(*stage)
	}{
		{"starts at the instant", startsAtTheInstant},
		{"back to back without a gap", backToBack},
		{"gap is exact", gapIsExact},
		{"alarm pre-empts and the programme goes on where it was", alarmPreempts},
		{"stop fades", stopFades},
		{"keeps the pace", keepsThePace},
		{"ends with its context", endsWithContext},
	} {
		t.Run(c.name, func(t *testing.T) {
			if b.Bubble {
				synctest.Test(t, func(t *testing.T) { perform(t, b, c.test) })
				return
			}
			known := append([]goleak.Option{goleak.IgnoreCurrent()}, b.Lasting...)
			perform(t, b, c.test)
			goleak.VerifyNone(t, known...)
		})
	}
}

// stage is a Desk and a device at work.
type stage struct {
	t       *testing.T
	b       Bench
	subject Subject
	clock   func() audio.Instant
	desk    *audio.Desk
	end     context.CancelFunc
	ended   chan error

	mu     sync.Mutex
	events []audio.Event
	tap    []int16
}

const openPatience = 5 * time.Second

func perform(t *testing.T, b Bench, test func(*stage)) {
	s := &stage{t: t, b: b, clock: audio.Monotonic, ended: make(chan error, 2)}
	if b.Bubble {
		began := time.Now() //nolint:forbidigo // the clock of the bubble, not of the machine
		s.clock = func() audio.Instant { return audio.Instant(time.Hour + time.Since(began)) }
	}
	s.subject = b.Open(t, s.clock)
	s.desk = audio.NewDesk(audio.DeskOptions{Event: s.event, Tap: s.hear})
	ctx, cancel := context.WithCancel(context.Background())
	s.end = cancel
	defer s.finish()
	go func() { s.ended <- s.desk.Run(ctx) }()
	go func() { s.ended <- s.subject.Device.Run(ctx, s.desk) }()
	for deadline := s.clock().Add(openPatience); s.desk.Position() == 0; {
		if s.clock() > deadline {
			t.Fatalf("%s pulled nothing within %v", s.subject.Device.Name(), openPatience)
		}
		time.Sleep(time.Millisecond)
	}
	test(s)
}

// finish ends both goroutines; it may be called twice.
func (s *stage) finish() {
	s.end()
	for range cap(s.ended) {
		select {
		case err, open := <-s.ended:
			if !open {
				return
			}
			if err != nil {
				s.t.Errorf("Run = %v, want nil at the end of its context", err)
			}
		case <-time.After(openPatience):
			s.t.Fatalf("Run did not return within %v of the end of its context", openPatience)
		}
	}
	close(s.ended)
}

func (s *stage) event(e audio.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

func (s *stage) hear(frames []int16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tap = append(s.tap, frames...)
}

// await waits for the event of a kind and ID.
func (s *stage) await(kind audio.EventKind, id string) audio.Event {
	s.t.Helper()
	for deadline := s.clock().Add(10 * time.Second); s.clock() < deadline; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		i := slices.IndexFunc(s.events, func(e audio.Event) bool { return e.Kind == kind && e.ID == id })
		var e audio.Event
		if i >= 0 {
			e = s.events[i]
		}
		s.mu.Unlock()
		if i >= 0 {
			return e
		}
	}
	s.t.Fatalf("no %s of %q within 10 s; there was %v", kind, id, s.events)
	return audio.Event{}
}

func (s *stage) cue(c audio.DeskCue) {
	s.t.Helper()
	if err := s.desk.Cue(c); err != nil {
		s.t.Fatalf("Cue = %v", err)
	}
}

// heard is everything that came out, and when its first frame did. It ends the
// device.
func (s *stage) heard() (frames []int16, first audio.Instant) {
	s.t.Helper()
	time.Sleep(200 * time.Millisecond) // the tap is 100 ms late
	s.finish()
	if s.subject.Heard == nil {
		return s.tap, 0
	}
	frames, first, err := s.subject.Heard()
	if err != nil {
		s.t.Fatalf("Heard = %v", err)
	}
	return frames, first
}

// near fails unless got is within the bench's tolerance of want.
func (s *stage) near(what string, got, want audio.Instant) {
	s.t.Helper()
	if off := got.Sub(want).Abs(); off > s.b.Tolerance {
		s.t.Errorf("%s is %v off, want at most %v", what, got.Sub(want), s.b.Tolerance)
	}
}
