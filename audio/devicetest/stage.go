package devicetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	// Heard gives what came out of the device, after its Run has returned. nil:
	// the suite believes the Desk's tap.
	Heard func() ([]Stretch, error)
}

// Stretch is what came out of a device without a break.
type Stretch struct {
	At     audio.Instant // of its first frame
	Frames []int16
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
	// Verdict is how much more a device may pull, after it ran dry, before it
	// reports that.
	Verdict time.Duration
	// Once says that a process can open the device one time only: a disturbed
	// test is skipped with a reason that begins with Disturbed, for the caller to
	// repeat it in another process, at most Attempts times.
	Once bool
	// Lasting names the goroutines of a driver that no device can end. Such a
	// device runs each test in a process of its own.
	Lasting []goleak.Option
}

// Disturbed begins the reason of a test that says nothing about its device: the
// machine was too busy, and the device reported that it ran dry or the test
// itself was late.
const Disturbed = "disturbed by a busy machine: "

// Attempts bounds how often a disturbed test is repeated: a device that runs dry
// every time has a fault of its own.
const Attempts = 8

// Run checks that the devices of b follow the contract of audio.Device. On a
// busy machine a card runs dry; then it has to say so. A test that fails while
// its device reports underruns is repeated; one that fails without is a failure.
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
				synctest.Test(t, func(t *testing.T) { repeat(t, b, c.test) })
				return
			}
			known := append([]goleak.Option{goleak.IgnoreCurrent()}, b.Lasting...)
			repeat(t, b, c.test)
			goleak.VerifyNone(t, known...)
		})
	}
}

func repeat(t *testing.T, b Bench, test func(*stage)) {
	for attempt := 1; ; attempt++ {
		why := perform(t, b, test)
		switch {
		case why == "":
			return
		case b.Once:
			t.Skip(Disturbed + why)
		case attempt == Attempts:
			t.Fatalf("%s%s; and so %d times in a row", Disturbed, why, attempt)
		}
		t.Log(Disturbed + why)
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
	opened  audio.Instant // the first pull was before

	faults   []string // what is wrong
	hindered []string // what the machine did to this test

	mu     sync.Mutex
	events []audio.Event
	tap    []int16
}

// patience bounds every wait. A machine may stand still for long.
const patience = 30 * time.Second

// perform plays test once. Its answer says why the outcome means nothing; empty
// when it counts, and then t has been told of every fault.
func perform(t *testing.T, b Bench, test func(*stage)) (disturbed string) {
	s := &stage{t: t, b: b, clock: audio.Monotonic, ended: make(chan error, 2)}
	if b.Bubble {
		began := time.Now() //nolint:forbidigo // the clock of the bubble, not of the machine
		s.clock = func() audio.Instant { return audio.Instant(time.Hour + time.Since(began)) }
	}
	s.subject = b.Open(t, s.clock)
	s.desk = audio.NewDesk(audio.DeskOptions{Event: s.event, Tap: s.hear})
	ctx, cancel := context.WithCancel(context.Background())
	s.end = cancel
	go func() { s.ended <- s.desk.Run(ctx) }()
	go func() { s.ended <- s.subject.Device.Run(ctx, s.desk) }()
	s.play(test)
	return s.judge()
}

// given up is what fatalf panics with.
type givenUp struct{}

func (s *stage) play(test func(*stage)) {
	defer s.finish()
	defer func() {
		if why := recover(); why != nil && why != (givenUp{}) {
			panic(why)
		}
	}()
	for deadline := s.clock().Add(patience); s.desk.Position() == 0; {
		if s.clock() > deadline {
			s.fatalf("%s pulled nothing within %v", s.subject.Device.Name(), patience)
		}
		time.Sleep(time.Millisecond)
	}
	s.opened = s.clock()
	test(s)
}

// judge tells t of the faults, unless the device has reported that it ran dry,
// or the test itself was late.
func (s *stage) judge() (disturbed string) {
	s.t.Helper()
	if len(s.faults) == 0 {
		return ""
	}
	if dry := s.desk.Underruns(); dry > 0 {
		s.hindered = append(s.hindered, fmt.Sprintf("the device ran dry %d times", dry))
	}
	if len(s.hindered) > 0 {
		return strings.Join(append(s.hindered, s.faults...), "; ")
	}
	for _, words := range s.faults {
		s.t.Error(words)
	}
	return ""
}

func (s *stage) errorf(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// fatalf is errorf, and the end of the test.
func (s *stage) fatalf(format string, args ...any) {
	s.errorf(format, args...)
	panic(givenUp{})
}

// punctual notes that the machine has held this test up when it does something
// after the instant at which it should have been done.
func (s *stage) punctual(what string, by audio.Instant) {
	if late := s.clock().Sub(by); late > 0 {
		s.hindered = append(s.hindered, fmt.Sprintf("%s came %v too late", what, late))
	}
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
				s.errorf("Run = %v, want nil at the end of its context", err)
			}
		case <-time.After(patience):
			s.t.Fatalf("Run did not return within %v of the end of its context", patience)
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
	for deadline := s.clock().Add(patience); s.clock() < deadline; time.Sleep(time.Millisecond) {
		e, over := s.told(kind, id)
		if e.Kind != "" {
			return e
		}
		if over {
			break // it will not come any more
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fatalf("no %s of %q; there was %v", kind, id, s.events)
	return audio.Event{}
}

// told is the event of a kind and ID; over says that the ID has ended.
func (s *stage) told(kind audio.EventKind, id string) (e audio.Event, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.ID != id {
			continue
		}
		if e.Kind == kind {
			return e, true
		}
		over = over || e.Kind == audio.Ended || e.Kind == audio.AlarmOff
	}
	return audio.Event{}, over
}

// lead is how far ahead a cue is handed over: far enough for any buffer, and for
// the device's clock to have settled.
const lead = time.Second

// soon is the instant at which a test's first cue is due.
func (s *stage) soon() audio.Instant { return s.clock().Add(lead) }

func (s *stage) cue(c audio.DeskCue) {
	if err := s.desk.Cue(c); err != nil {
		s.fatalf("Cue = %v", err)
	}
	if c.At != 0 {
		s.punctual("the cue of "+c.ID, c.At.Add(-lead/2))
	}
}

// heard is everything that came out while the test had something to hear, and
// when its first frame did. It ends the device, once that has pulled enough more
// to have reported what befell it.
func (s *stage) heard() (frames []int16, first audio.Instant) {
	const behind = 200 * time.Millisecond // the tap is 100 ms late, a card's buffer as well
	over := s.clock().Add(behind)
	s.pull(behind + s.b.Verdict)
	s.finish()
	if s.subject.Heard == nil {
		return s.tap, 0
	}
	all, err := s.subject.Heard()
	if err != nil {
		s.fatalf("Heard = %v", err)
	}
	// What a card does between its opening and the first pull, or after all is
	// over, nobody need report.
	all = slices.DeleteFunc(all, func(x Stretch) bool {
		return x.At > over || x.At.Add(audio.Rate.D(audio.Frames(len(x.Frames)))) < s.opened
	})
	if len(all) != 1 {
		s.fatalf("the device began to sound %d times, want once", len(all))
	}
	return all[0].Frames, all[0].At
}

// pull waits until the device has pulled for a span.
func (s *stage) pull(span time.Duration) {
	until := s.desk.Position() + audio.Rate.N(span)
	for deadline := s.clock().Add(patience); s.desk.Position() < until; time.Sleep(10 * time.Millisecond) {
		if s.clock() > deadline {
			s.fatalf("%v were not pulled within %v", span, patience)
		}
	}
}

// near fails unless got is within the bench's tolerance of want.
func (s *stage) near(what string, got, want audio.Instant) {
	if off := got.Sub(want).Abs(); off > s.b.Tolerance {
		s.errorf("%s is %v off, want at most %v", what, got.Sub(want), s.b.Tolerance)
	}
}
