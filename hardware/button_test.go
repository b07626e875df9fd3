package hardware_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"loalang/hardware"
)

// push is a contact that a test closes and opens.
type push struct {
	start time.Time
	mu    sync.Mutex
	down  bool
	edges chan hardware.Edge
	gone  chan struct{}
	ill   []error // what becomes of the coming Gets
}

func newPush(start time.Time, down bool) *push {
	return &push{start: start, down: down, edges: make(chan hardware.Edge, 16), gone: make(chan struct{})}
}

func (p *push) Get() (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ill) > 0 {
		err := p.ill[0]
		p.ill = p.ill[1:]
		return false, err
	}
	return p.down, nil
}

func (p *push) Next() (hardware.Edge, error) {
	select {
	case e := <-p.edges:
		return e, nil
	case <-p.gone:
		return hardware.Edge{}, unix.ENODEV
	}
}

func (p *push) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.gone:
	default:
		close(p.gone)
	}
	return nil
}

func (p *push) set(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	p.edges <- hardware.Edge{Down: down, At: time.Since(p.start)}
}

// pushed runs a button over steps: "down", "up", "gone", or a span to wait. It gives what
// counted as "number@seconds", with "L" behind what was long.
func pushed(t *testing.T, hold, long time.Duration, steps ...any) (counted []string, b *hardware.Button) {
	t.Helper()
	start := time.Now()
	mono := func() time.Duration { return time.Since(start) }
	first, held := true, len(steps) > 0 && steps[0] == "held"
	var c *push
	b = hardware.NewButton(hardware.ButtonConfig{
		Open: func() (hardware.Contact, error) {
			if c == nil || !first {
				c = newPush(start, held && first || c != nil && c.down)
			}
			first = false
			return c, nil
		},
		Hold: hold, Long: long, Mono: mono, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Pressed: func(p hardware.Press) {
			text := fmt.Sprintf("%d@%.2f", p.Number, p.At.Seconds())
			if p.Long {
				text += "L"
			}
			counted = append(counted, text)
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	synctest.Wait()
	for _, step := range steps {
		switch s := step.(type) {
		case time.Duration:
			time.Sleep(s)
		case string:
			switch s {
			case "down", "up":
				c.set(s == "down")
			case "unread", "never read":
				c.mu.Lock()
				c.ill = []error{unix.EREMOTEIO, unix.ETIMEDOUT}
				if s != "unread" {
					c.ill = append(c.ill, unix.ENXIO)
				}
				c.mu.Unlock()
			case "gone":
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		}
		synctest.Wait()
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return counted, b
}

// A press ended with one reading that a disturbed bus did not give, and the button was deaf for
// five seconds.
func TestAFailedReadingLosesNoPress(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for name, c := range map[string]struct {
		steps []any
		want  []string
	}{
		"AsItCounts": {[]any{s, "down", s, "unread", 2 * s, "up", s}, []string{"1@1.00"}},
		"Untouched":  {[]any{s, "unread", 15 * s, "down", 3 * s, "up", s}, []string{"1@16.00"}},
		"LetGoOf":    {[]any{s, "down", 1900 * ms, "unread", 150 * ms, "up", s, "down", 3 * s, "up", s}, []string{"1@1.00", "2@4.05"}},
		"Lost":       {[]any{s, "down", s, "never read", 2 * s, "up", 10 * s, "down", 3 * s, "up", s}, []string{"2@14.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got, b := pushed(t, 2*s, 0, c.steps...); !slices.Equal(got, c.want) {
					t.Errorf("counted %v, want %v (%+v)", got, c.want, b.State())
				}
			})
		})
	}
}

func TestButtonCountsOnce(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	flutter := []any{5 * s}
	for range 40 {
		flutter = append(flutter, "down", 60*ms, "up", 60*ms)
	}
	stuttering := append(slices.Clone(flutter), "down", 30*s)
	for name, c := range map[string]struct {
		hold, long time.Duration
		steps      []any
		want       []string
		stuck      bool
	}{
		"AtOnce":          {0, 0, []any{2 * s, "down", 50 * ms, "up"}, []string{"1@2.00"}, false},
		"HeldLongEnough":  {s, 0, []any{2 * s, "down", s, "up"}, []string{"1@2.00"}, false},
		"TooShort":        {s, 0, []any{2 * s, "down", 999 * ms, "up", 5 * s}, nil, false},
		"TooShortThenYes": {s, 0, []any{2 * s, "down", 500 * ms, "up", 40 * ms, "down", s, "up"}, []string{"2@2.54"}, false},
		"Stuck":           {s, 0, []any{2 * s, "down", 3 * time.Hour}, []string{"1@2.00"}, true},
		"Flutters":        {0, 0, flutter, []string{"1@5.00"}, false},
		"Twice":           {0, 0, []any{2 * s, "down", 50 * ms, "up", 1100 * ms, "down", 50 * ms, "up"}, []string{"1@2.00", "2@3.15"}, false},
		"SecondTooSoon":   {0, 0, []any{2 * s, "down", 50 * ms, "up", 500 * ms, "down", 59 * s}, []string{"1@2.00"}, false},
		"SecondStuck":     {0, 0, []any{2 * s, "down", 50 * ms, "up", 500 * ms, "down", 61 * s}, []string{"1@2.00"}, true},
		"HeldAtBoot":      {s, 0, []any{"held", time.Hour}, nil, true},
		"HeldAtBootOnce":  {s, 0, []any{"held", 10 * s, "up", 100 * ms, "down", s, "up"}, []string{"1@10.10"}, false},
		"Long":            {s, 10 * s, []any{2 * s, "down", 11 * s, "up"}, []string{"1@2.00", "1@2.00L"}, false},
		"NotLong":         {s, 10 * s, []any{2 * s, "down", 9 * s, "up"}, []string{"1@2.00"}, false},
		// The siren was raised by mistake, and whoever did so presses again at once.
		"SoonAndHeld":     {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", 10 * s, "up"}, []string{"1@2.00", "2@3.50L"}, false},
		"SoonAndLetGo":    {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", 9 * s, "up"}, []string{"1@2.00"}, false},
		"SoonAndBounces":  {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", 60 * ms, "up", 60 * ms, "down", 11 * s, "up"}, []string{"1@2.00", "2@3.62L"}, false},
		"SoonAndOn":       {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", 90 * s}, []string{"1@2.00", "2@3.50L"}, true},
		"SoonThenAnother": {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", 10 * s, "up", s, "down", s}, []string{"1@2.00", "2@3.50L", "3@14.50"}, false},
		"SoonButNoLong":   {s / 2, 0, []any{2 * s, "down", s, "up", 500 * ms, "down", 30 * s, "up"}, []string{"1@2.00"}, false},
		"BouncesAndHeld":  {s / 2, 10 * s, []any{2 * s, "down", s, "up", 200 * ms, "down", 30 * s}, []string{"1@2.00"}, false},
		"FluttersAndHeld": {0, 10 * s, stuttering, []string{"1@5.00"}, false},
		"BouncesAfterOne": {s / 2, 10 * s, []any{2 * s, "down", s, "up", 500 * ms, "down", s, "up", 2 * s, "down", s, "up", 100 * ms, "down", 20 * s}, []string{"1@2.00", "2@6.50"}, false},
		"HeldAtBootLong":  {s / 2, 10 * s, []any{"held", 30 * s}, nil, true},
		"LineLostWhileUp": {0, 0, []any{2 * s, "gone", 6 * s, "down", s, "up"}, []string{"1@8.00"}, false},
		"LineLostAndDown": {0, 0, []any{2 * s, "down", s, "gone", 20 * s}, []string{"1@2.00"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, b := pushed(t, c.hold, c.long, c.steps...)
				if !slices.Equal(got, c.want) {
					t.Errorf("counted %q, want %q", got, c.want)
				}
				if state := b.State(); state.Stuck != c.stuck || !state.Fitted || state.Fault != "" {
					t.Errorf("state = %+v", state)
				}
			})
		})
	}
}

// A board at work reads edges late. How long a button was held is between their stamps,
// and not until they are read.
func TestButtonOfABusyBoard(t *testing.T) {
	const ms = time.Millisecond
	down, up := func(at time.Duration) hardware.Edge { return hardware.Edge{Down: true, At: at} }, func(at time.Duration) hardware.Edge { return hardware.Edge{At: at} }
	for name, c := range map[string]struct {
		edges []hardware.Edge
		busy  time.Duration // between the first edge and the others, as the clock goes
		slept time.Duration // of it, as timers go
		late  time.Duration // from when it is seen to be up to its edge
		want  []string
	}{
		"HeldAndReleased":  {[]hardware.Edge{down(0), up(510 * ms)}, 510 * ms, 0, 0, []string{"1@0.00"}},
		"ReadTogether":     {[]hardware.Edge{down(0), up(510 * ms)}, 900 * ms, 0, 0, []string{"1@0.00"}},
		"TooShort":         {[]hardware.Edge{down(0), up(490 * ms)}, 900 * ms, 0, 0, nil},
		"EdgeOnItsWay":     {[]hardware.Edge{down(0), up(510 * ms)}, 520 * ms, 520 * ms, 40 * ms, []string{"1@0.00"}},
		"TooShortOnItsWay": {[]hardware.Edge{down(0), up(490 * ms)}, 520 * ms, 520 * ms, 40 * ms, nil},
		"EdgeLost":         {[]hardware.Edge{down(0)}, 0, 0, 5 * time.Second, nil},
		"LostAndAgain":     {[]hardware.Edge{down(0), down(6 * time.Second), up(7 * time.Second)}, 7 * time.Second, 7 * time.Second, 0, []string{"2@6.00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start, ahead := time.Now(), atomic.Int64{}
				contact := newPush(start, false)
				var counted []string
				b := hardware.NewButton(hardware.ButtonConfig{
					Open: func() (hardware.Contact, error) { return contact, nil },
					Hold: 500 * ms, Mono: func() time.Duration { return time.Since(start) + time.Duration(ahead.Load()) },
					Now: time.Now, Log: slog.New(slog.DiscardHandler),
					Pressed: func(p hardware.Press) { counted = append(counted, fmt.Sprintf("%d@%.2f", p.Number, p.At.Seconds())) },
				})
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- b.Run(ctx) }()
				synctest.Wait()
				contact.edges <- c.edges[0]
				synctest.Wait() // it waits for the hold
				ahead.Store(int64(c.busy - c.slept))
				time.Sleep(c.slept) // its level is up by then: Get says so
				time.Sleep(c.late)
				for _, e := range c.edges[1:] {
					contact.edges <- e
				}
				time.Sleep(time.Second)
				synctest.Wait()
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if !slices.Equal(counted, c.want) || b.State().Down {
					t.Errorf("counted %q, want %q; %+v", counted, c.want, b.State())
				}
			})
		})
	}
}

// A line that is not there is asked for again, and the first press on it counts.
func TestButtonWithoutItsLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, tries := time.Now(), 0
		c := newPush(start, false)
		counted, told := 0, atomic.Int64{}
		b := hardware.NewButton(hardware.ButtonConfig{
			Open: func() (hardware.Contact, error) {
				if tries++; tries < 4 {
					return nil, fmt.Errorf("no chip: %w", hardware.ErrNoLine)
				}
				return c, nil
			},
			Mono: func() time.Duration { return time.Since(start) }, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Pressed: func(hardware.Press) { counted++ }, Changed: func() { told.Add(1) },
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		time.Sleep(time.Second)
		synctest.Wait()
		if got := b.State(); got.Trouble != hardware.TroubleAbsent || got.Fault == "" || told.Load() != 1 {
			t.Errorf("missing: %+v, told %d times", got, told.Load())
		}
		time.Sleep(20 * time.Second)
		c.set(true)
		synctest.Wait()
		if got := b.State(); got.Fault != "" || !got.Down || got.Presses != 1 || counted != 1 || !got.Last.Equal(time.Now()) {
			t.Errorf("there again: %+v, counted %d", got, counted)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// The request of a contact: both edges, a pull, and a debounce in microseconds.
func TestContactIsRequested(t *testing.T) {
	for name, c := range map[string]struct {
		low      bool
		debounce time.Duration
		want     uint64
	}{
		"ToGround": {true, 30 * time.Millisecond, 1<<1 | 1<<2 | 1<<4 | 1<<5 | 1<<8},
		"ToSupply": {false, 0, 1<<2 | 1<<4 | 1<<5 | 1<<9},
	} {
		b := &board{names: [4]string{"", "GPIO25"}}
		in, err := b.gpio(t).RequestContact("gpiochip0", "GPIO25", c.low, c.debounce)
		if err != nil {
			t.Fatal(err)
		}
		r := b.requests[0].Config
		if r.Flags != c.want || (r.Num_attrs == 1) != (c.debounce > 0) {
			t.Errorf("%s: flags %#x, %d attributes; want %#x", name, r.Flags, r.Num_attrs, c.want)
		}
		if a := r.Attrs[0]; c.debounce > 0 && (a.Attr.Id != unix.GPIO_V2_LINE_ATTR_ID_DEBOUNCE || *(*uint32)(unsafe.Pointer(&a.Attr.Flags)) != 30000 || a.Mask != 1) {
			t.Errorf("%s: debounce = %+v", name, a)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if _, err := in.Next(); err == nil {
			t.Errorf("%s: a closed contact tells an edge", name)
		}
	}
	if size := unsafe.Sizeof(unix.GPIOV2LineEvent{}); size != 48 {
		t.Errorf("an event has %d bytes, the kernel's has 48", size)
	}
	if _, err := (&board{}).gpio(t).RequestContact("gpiochip0", "GPIO25", true, 0); !errors.Is(err, hardware.ErrNoLine) {
		t.Errorf("a line that is not there: %v", err)
	}
}
