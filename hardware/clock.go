package hardware

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// stepSize is how far wall and monotonic time may part between two looks
	// before it is a step: NTP slews by at most 0.5 ms in a second.
	stepSize = 100 * time.Millisecond
	// lookEvery is how often the clock is looked at besides the kernel's word.
	lookEvery = time.Second
	// keepEvery is how often the last-seen time is written.
	keepEvery = 10 * time.Minute
	// sawEvery is how often it is written at most because something was written
	// down.
	sawEvery = 10 * time.Second
	// rtcApart is how far an RTC may be from the wall clock that was set from
	// it: it may run in local time.
	rtcApart = 26 * time.Hour
	// rtcBehind is how far an RTC may lie behind what was seen before: it loses
	// some seconds a day against the kernel's word. Behind by more it is broken.
	rtcBehind = 15 * time.Minute
	// rtcAhead is how far past what was seen before, and what has passed since, a clock
	// is believed for which nobody vouches: a village may be without power for weeks, and
	// who switches a board on after longer can confirm its time. An RTC that gained
	// months would else let the board air, and give up, the promises of days to come.
	rtcAhead = 31 * 24 * time.Hour
	// toldAhead is how far past the floor a told time is believed: a board may
	// lie in a store-room for years, not for decades.
	toldAhead = 40 * 365 * 24 * time.Hour
)

// Kernel is what the clock asks of the kernel.
type Kernel interface {
	// Read reads CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME together: the
	// last two part while the machine is suspended.
	Read() (wall time.Time, mono, boot time.Duration)
	// Synced says whether the kernel calls its clock synchronised (adjtimex), and
	// within what: the largest error it may have, which grows from one correction
	// to the next by 0.5 ms in a second.
	Synced() (synced bool, within time.Duration)
	// WaitStep blocks until somebody sets the wall clock, or ctx ends.
	WaitStep(ctx context.Context) error
}

// ClockConfig says where a Clock looks.
type ClockConfig struct {
	Kernel Kernel
	// File remembers the last-seen time and what was trusted in this boot.
	File string
	// Floor is a time that is certainly past, such as that of the build.
	Floor time.Time
	// AssumeTrusted is the technician's word that the system clock is good.
	AssumeTrusted bool
	// Sys and Proc are the roots of sysfs and procfs; empty: /sys and /proc.
	Sys, Proc string
	Beat      func() // called by Run each second; nil: nobody watches it
	Log       *slog.Logger
}

// Clock is the wall clock with its trust. Its methods may be called from any
// goroutine, and but for Tell and Saw none of them waits for the disk; Run owns
// three goroutines of its own.
type Clock struct {
	cfg     ClockConfig
	steps   chan time.Duration
	replace func(name string, raw []byte) error // replaceFile

	mu     sync.Mutex
	state  Trust
	since  time.Duration // since boot
	told   bool          // in this process
	wallAt time.Time     // the kernel's wall at the last look
	nowAt  time.Time     // Now at the last look
	monoAt time.Duration // monotonic at the last look
	bootAt time.Duration // since boot at the last look
	belief bool          // it was trusted at the last look
	awake  time.Duration // by how much boot and monotonic time had parted as this Clock was opened
	within time.Duration // what the kernel said at the last look; zero: it was not synchronised
	memory clockMemory
	keptAt time.Duration
	kept   bool // the memory was written by this process
	unkept bool // it has changed in a way that must not wait for the next time

	file sync.Mutex // one writer of the memory at a time; locked before mu, which is free while it writes
}

// OpenClock reads what is remembered and takes a first look. A memory that is
// unreadable counts as none: it only makes the clock less trusted.
func OpenClock(cfg ClockConfig) *Clock {
	if cfg.Sys == "" {
		cfg.Sys = "/sys"
	}
	if cfg.Proc == "" {
		cfg.Proc = "/proc"
	}
	if cfg.Beat == nil {
		cfg.Beat = func() {}
	}
	c := &Clock{cfg: cfg, steps: make(chan time.Duration, 1), replace: replaceFile}
	c.wallAt, c.monoAt, c.bootAt = cfg.Kernel.Read()
	c.awake = c.bootAt - c.monoAt
	c.recall(c.bootAt)
	c.since = c.bootAt
	c.state = c.judge()
	c.nowAt, c.belief = c.now(), c.trusted()
	return c
}

// Now is the wall time as far as it is known: the kernel's, or the told one,
// which runs on with CLOCK_BOOTTIME whatever is done to the wall clock. An
// unknown clock never goes below what was last seen, and runs on from there.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// now is Now with mu held.
func (c *Clock) now() time.Time {
	wall, boot := c.read()
	if c.memory.Apart != 0 {
		wall = time.Unix(0, int64(c.memory.Apart+boot))
	}
	if c.trusted() {
		return wall.Add(c.memory.Behind)
	}
	if c.farAhead(wall, boot) > 0 {
		wall = time.Time{}
	}
	for _, seen := range []time.Time{c.floor(boot), c.memory.ToldSeen.Add(c.ran(boot))} {
		if wall.Before(seen) {
			wall = seen
		}
	}
	return wall
}

// read is the kernel's wall and the time since boot, which goes on while the
// machine is suspended.
func (c *Clock) read() (wall time.Time, boot time.Duration) {
	wall, _, boot = c.cfg.Kernel.Read()
	return wall, boot
}

// trusted says whether scheduled items may play. mu is held.
func (c *Clock) trusted() bool { return ClockState{Trust: c.state}.Trusted() }

// State is the clock at a glance.
func (c *Clock) State() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, boot := c.read()
	state := ClockState{Trust: c.state, Since: boot - c.since}
	if c.state == Unknown {
		state.Ahead = c.farAhead(wall, boot)
	}
	if c.memory.Apart != 0 {
		state.Offset = c.memory.Apart - (time.Duration(wall.UnixNano()) - boot)
	}
	c.memory.vouched(&state, boot, c.now())
	return state
}

// Trusted says whether scheduled items may play.
func (c *Clock) Trusted() bool { return c.State().Trusted() }

// Steps delivers the size of each step of Now, and zero when the trust changed.
// Steps that nobody has read yet are added up.
func (c *Clock) Steps() <-chan time.Duration { return c.steps }

// Tell takes over the time that a person confirms; a later word replaces an
// earlier one, also backwards, since people err. While the kernel's own clock is
// synchronised that one stays. ErrBackwards when t lies before what the kernel or
// an RTC has seen, ErrAhead when it lies decades behind that.
func (c *Clock) Tell(t time.Time, by string) error {
	if err := c.take(t, by); err != nil {
		return err
	}
	return c.keep()
}

// take is Tell but for the disk.
func (c *Clock) take(t time.Time, by string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, boot := c.read()
	floor := c.floor(boot)
	if t.Before(floor) {
		return fmt.Errorf("%w: %s was seen already", ErrBackwards, floor.UTC().Format(time.RFC3339))
	}
	if t.After(floor.Add(toldAhead)) {
		return fmt.Errorf("%w: it was %s not long ago", ErrAhead, floor.UTC().Format(time.RFC3339))
	}
	c.pin(boot)
	c.told = true
	c.memory.Apart, c.memory.Behind, c.memory.ToldSeen = time.Duration(t.UnixNano())-boot, 0, t.UTC()
	if c.become(c.judge()); c.state == Told {
		c.memory.Vouched, c.memory.VouchedBoot, c.memory.VouchedBy = t.UTC(), boot, by
	}
	c.cfg.Log.Info("the time was told", "by", by, "time", t.UTC(), "trust", c.state)
	c.compare()
	c.memorise()
	return nil
}

// Run watches for steps and changes of trust until ctx ends; it returns nil.
func (c *Clock) Run(ctx context.Context) error {
	set := make(chan struct{}, 1)
	var watching sync.WaitGroup
	watching.Go(func() { c.watch(ctx, set) })
	defer watching.Wait()
	due := make(chan struct{}, 1)
	due <- struct{}{}
	var keeping sync.WaitGroup
	keeping.Go(func() {
		for range due { // a disk that hangs keeps nobody from looking at the clock
			c.logKeep()
		}
	})
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		c.cfg.Beat()
		select {
		case <-ctx.Done():
			close(due)
			keeping.Wait()
			c.logKeep()
			return nil
		case <-set:
		case <-tick.C:
		}
		if !c.look() {
			continue
		}
		select {
		case due <- struct{}{}:
		default: // it is waited for already
		}
	}
}

// watch passes on the kernel's word that the clock was set.
func (c *Clock) watch(ctx context.Context, set chan<- struct{}) {
	for ctx.Err() == nil {
		if err := c.cfg.Kernel.WaitStep(ctx); err != nil {
			if ctx.Err() == nil {
				c.cfg.Log.Warn("the kernel does not tell of clock steps; they are found within a second", "err", err)
			}
			return
		}
		select {
		case set <- struct{}{}:
		default:
		}
	}
}

// look judges the trust anew and compares the clocks. It says whether the memory
// is to be written.
func (c *Clock) look() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.become(c.judge())
	c.compare()
	_, boot := c.read()
	return c.unkept || boot-c.keptAt > keepEvery
}

// compare tells how far Now has stepped since the last look, whatever moved it:
// the kernel's wall, a person's word, or the trust. mu is held.
func (c *Clock) compare() {
	wall, mono, boot := c.cfg.Kernel.Read()
	now, run := c.now(), mono-c.monoAt
	asleep := boot - c.bootAt - run
	if asleep > stepSize {
		c.cfg.Log.Info("the machine was suspended", "for", asleep)
	}
	if apart := wall.Sub(c.wallAt) - run - asleep; apart.Abs() > stepSize {
		c.cfg.Log.Info("the system clock stepped", "by", apart)
	}
	step, belief := now.Sub(c.nowAt)-run, c.belief
	c.belief = c.trusted()
	c.wallAt, c.nowAt, c.monoAt, c.bootAt = wall, now, mono, boot
	if step.Abs() <= stepSize {
		return
	}
	c.tell(step)
	if belief {
		c.memory.stepped(step-asleep, now)
	}
}

// judge decides the trust. mu is held.
func (c *Clock) judge() Trust {
	wall, boot := c.read()
	// A synchronised clock is asked for no more than to lie after the build: what
	// was seen before may have been a wrong RTC or a slip of the finger.
	if synced, within := c.cfg.Kernel.Synced(); synced && !wall.Before(c.cfg.Floor.Add(-24*time.Hour)) {
		c.corrected(wall, boot, within)
		c.told = false
		c.memory.Apart, c.memory.Behind, c.memory.ToldSeen = 0, 0, time.Time{}
		return Synced
	}
	c.within = 0
	switch {
	case c.told:
		return Told
	case c.cfg.AssumeTrusted:
		c.memory.Behind = 0
		return Held
	case c.farAhead(wall, boot) > 0:
		c.memory.Trusted = false
		return Unknown
	case c.memory.Trusted:
		return Held
	}
	floor := c.floor(boot)
	if !wall.Before(floor.Add(-rtcBehind)) && (c.rtc(wall, floor) || c.hosted()) {
		// Once in a boot: from here on the wall clock is followed.
		c.memory.Trusted, c.memory.Behind = true, max(0, floor.Sub(wall))
		return Held
	}
	return Unknown
}

// farAhead is how far the wall clock lies past what was seen before, and what has
// passed since, when that is more than it is believed without anybody's word; 0: it is
// not, or what it says does not count. mu is held.
func (c *Clock) farAhead(wall time.Time, boot time.Duration) time.Duration {
	seen := c.memory.LastSeen
	if c.memory.ToldSeen.After(seen) {
		seen = c.memory.ToldSeen
	}
	if seen.IsZero() || c.memory.Apart != 0 || c.cfg.AssumeTrusted {
		return 0
	}
	ahead := wall.Sub(seen) - max(0, boot-c.memory.Pinned)
	if ahead <= rtcAhead || c.hosted() {
		return 0
	}
	return ahead
}

// become changes the trust and remembers it. mu is held.
func (c *Clock) become(t Trust) {
	if t == c.state {
		return
	}
	c.cfg.Log.Info("the clock's trust changed", "from", c.state, "to", t)
	_, c.since = c.read()
	c.pin(c.since)
	c.state = t
	c.tell(0)
	c.memorise()
	c.unkept = true
}

// tell adds a step to those that nobody has read. mu is held.
func (c *Clock) tell(step time.Duration) {
	select {
	case old := <-c.steps:
		step += old
	default:
	}
	c.steps <- step
}
