package speaker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
)

const (
	// statusEvery is the rhythm of the heartbeat and the levels.
	statusEvery = 100 * time.Millisecond
	// threadsEvery is how often every thread's priority and the memory are
	// looked at, in heartbeats.
	threadsEvery = 10
	// greetPatience bounds the wait for the parent's first message.
	greetPatience = 10 * time.Second
	// fadeOut is the time that a child told to leave takes to fade out, on top
	// of the card's latency.
	fadeOut = 20 * time.Millisecond
	// closePatience bounds the wait for a device to close.
	closePatience = time.Second
	// eventQueue is how many events wait for a parent that does not read.
	eventQueue = 1024
)

// ChildConfig is how a child was started.
type ChildConfig struct {
	// Device is what ParseDevice understands. The parent names the same one in
	// its greeting; here it is for people who read the list of processes.
	Device string
}

// Main is the whole of `loalang speaker --device DEVICE`: RunChild on the socket
// that Output hands down. Called by hand it is ErrNotChild.
func Main(ctx context.Context, device string) error {
	kind, err := unix.GetsockoptInt(childFile, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil || kind != unix.SOCK_SEQPACKET {
		return fmt.Errorf("%w: loalang speaker is the inside of loalang serve; start that instead", ErrNotChild)
	}
	return RunChild(ctx, ChildConfig{Device: device}, os.NewFile(childFile, "speaker parent"))
}

// RunChild is the inside of the output process: it gives the process real-time
// priority (and replaces it with itself on the way, so call it early), opens the
// device, and plays what the parent at the other end of conn asks for, until
// that closes its end, which is no error, or the device fails. It owns conn and
// the process: it changes limits, signals and environment.
func RunChild(ctx context.Context, cfg ChildConfig, conn *os.File) error {
	ignoreSignals()
	prio, err := takePriority()
	if err != nil {
		return err
	}
	l, err := childLink(conn)
	if err != nil {
		return err
	}
	greeting, err := greet(l)
	if err != nil {
		return err
	}
	c, err := newChild(l, prio, greeting)
	if err != nil {
		return errors.Join(err, l.send(&message{Fault: &fault{Sentence: err.Error()}}))
	}
	c.prio.lack(audio.NoMemoryLock, lockMemory())
	return c.run(ctx)
}

// childLink is the link on conn, which it takes over.
func childLink(conn *os.File) (*link, error) {
	fd, err := unix.FcntlInt(conn.Fd(), unix.F_DUPFD_CLOEXEC, childFile)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take over the socket: %w", err), conn.Close())
	}
	// Before os.NewFile, which looks at it. Standard error must not block
	// either: the parent that reads it may be stopped.
	for _, each := range []int{fd, 2} {
		if err := unix.SetNonblock(each, true); err != nil {
			return nil, errors.Join(fmt.Errorf("unblock descriptor %d: %w", each, err), conn.Close())
		}
	}
	l, err := newLink(os.NewFile(uintptr(fd), conn.Name()))
	return l, errors.Join(err, conn.Close())
}

// greet exchanges versions with the parent.
func greet(l *link) (*message, error) {
	if err := l.send(&message{Hello: &hello{Version: protocolVersion}}); err != nil {
		return nil, err
	}
	type answer struct {
		m   *message
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		m, err := l.receive()
		answers <- answer{m, err}
	}()
	select {
	case <-time.After(greetPatience):
		return nil, fmt.Errorf("%w: nobody spoke for %v", ErrNotChild, greetPatience)
	case a := <-answers:
		if a.err != nil {
			return nil, fmt.Errorf("wait for the parent: %w", a.err)
		}
		if a.m.Hello == nil {
			return nil, errors.Join(fmt.Errorf("%w: the first one is no greeting", ErrMessage), closeAll(a.m.files))
		}
		if err := checkVersion(a.m.Hello.Version); err != nil {
			return nil, errors.Join(err, l.send(&message{Fault: &fault{Sentence: err.Error()}}), closeAll(a.m.files))
		}
		return a.m, nil
	}
}

// checkVersion compares the other side's protocol with ours.
func checkVersion(theirs int) error {
	if theirs == protocolVersion {
		return nil
	}
	return fmt.Errorf("%w: it speaks version %d of the protocol, this one %d; restart loalang", ErrVersion, theirs, protocolVersion)
}

// child is the inside of the output process.
type child struct {
	link   *link
	device audio.Device
	desk   *audio.Desk
	siren  audio.Clip // empty: there is none
	prio   priority
	tap    *tap
	cues   *cueing
	clips  func(files []*os.File) ([]audio.Clip, error) // reads and closes them

	awaited chan struct{} // closed when the device is there; nil: it needs no looking for

	events  chan audio.Event
	dropped atomic.Int64

	trouble atomic.Pointer[string] // of the device, one sentence

	looks    int // at itself, so far
	relieved int // the thread without real-time priority, the runtime's monitor; 0: none

	alarms sync.Mutex
	raises int              // so far
	wanted map[string]wish  // the newest raise of an alarm that was not lowered, by ID
	begun  map[string]int64 // turn of what the Desk has of an alarm and has not told the end of, by ID
	held   map[string]int64 // bytes of clips of an alarm, by ID
	// wordless is the alarm that trouble is about.
	wordless string
}

// newChild makes what the greeting asks for. The device is not open yet.
func newChild(l *link, prio priority, greeting *message) (*child, error) {
	h, files := greeting.Hello, greeting.files
	c := &child{link: l, prio: prio, cues: newCueing(newGate()), clips: readClips, events: make(chan audio.Event, eventQueue), wanted: map[string]wish{}, begun: map[string]int64{}, held: map[string]int64{}}
	choice, err := h.check()
	if err != nil {
		return nil, errors.Join(err, closeAll(files))
	}
	if h.Siren {
		c.siren, err = readClip(files[1])
		if err := errors.Join(err, files[1].Close()); err != nil {
			return nil, errors.Join(fmt.Errorf("load the siren: %w", err), files[0].Close())
		}
	}
	if c.tap, err = newTap(files[0]); err != nil {
		return nil, err
	}
	if err := warmUp(c.siren); err != nil {
		return nil, fmt.Errorf("warm up: %w", err)
	}
	c.desk = audio.NewDesk(audio.DeskOptions{Event: c.event, Tap: c.tap.write})
	buffer, learned := h.Buffer, h.Learned
	if !prio.RealTime {
		buffer, learned = cmp.Or(buffer, plainBuffer), nil
	}
	buffer = cmp.Or(buffer, realTimeBuffer)
	switch choice.Kind {
	case Null:
		c.device = &audio.NullDevice{}
	case File:
		c.device = &audio.FileDevice{Path: choice.Path, Resume: h.Resume, Fault: c.complain}
	default:
		c.awaited = make(chan struct{})
		c.device = &card{
			choice: choice, buffer: buffer, learned: learned, routing: h.Routing, calibration: h.Calibration,
			root: "/", given: os.Getenv(configVariable), was: h.Was, absent: c.tellAbsent(), there: c.awaited,
		}
	}
	return c, nil
}

// check refuses a greeting that no child can follow.
func (h *hello) check() (DeviceChoice, error) {
	choice, err := ParseDevice(h.Device)
	if err != nil {
		return DeviceChoice{}, err
	}
	if h.Buffer < 0 || h.Buffer > time.Second || h.Calibration.Abs() > time.Second {
		return DeviceChoice{}, fmt.Errorf("%w: a buffer of %v and a calibration of %v; up to 1s is possible", ErrMessage, h.Buffer, h.Calibration)
	}
	return choice, h.Routing.check()
}

func readClip(f *os.File) (audio.Clip, error) {
	info, err := f.Stat()
	if err != nil {
		return audio.Clip{}, err
	}
	clip, _, err := audio.ReadWAV(f, info.Size())
	return clip, err
}

// event queues what the Desk tells. It does not block.
func (c *child) event(ev audio.Event) {
	select {
	case c.events <- ev:
	default:
		c.dropped.Add(1)
	}
}

// run plays until the parent leaves or the device fails.
func (c *child) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed, parted := make(chan error, 1), make(chan error, 1)
	go func() { _ = c.desk.Run(ctx) }() // returns nil when ctx ends
	go func() { failed <- c.device.Run(ctx, c.desk) }()
	go func() { parted <- c.obey() }()
	go c.openCues(ctx)
	go c.report(ctx)
	select {
	case err := <-failed:
		if err == nil {
			return ctx.Err()
		}
		c.beat(new(status)) // what was read last
		return errors.Join(err, c.confess(err))
	case err := <-parted:
		cancel()
		select {
		case devErr := <-failed: // a file device writes its last block
			return errors.Join(err, devErr)
		case <-time.After(closePatience):
			return err
		}
	}
}

// complain keeps what troubles a device that goes on all the same.
func (c *child) complain(err error) {
	words := err.Error()
	c.trouble.Store(&words)
}

// confess tells the parent why the child ends.
func (c *child) confess(err error) error {
	f := &fault{Sentence: err.Error()}
	if err := c.link.send(&message{Fault: f}); err != nil && !errors.Is(err, syscall.EPIPE) {
		return err
	}
	return nil
}

// report sends events as they come, and the heartbeat. A parent that does not
// read loses heartbeats first; events wait in their queue.
func (c *child) report(ctx context.Context) {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	opening := time.NewTicker(5 * time.Millisecond)
	defer opening.Stop()
	if c.awaited != nil {
		opening.Stop()
	}
	var st status
	for beats := 0; ; {
		select {
		case <-ctx.Done():
			return
		case ev := <-c.events:
			c.deliver(ctx, ev)
		case <-c.awaited:
			c.awaited = nil
			opening.Reset(5 * time.Millisecond)
		case <-opening.C:
			if c.desk.Position() > 0 {
				opening.Stop()
				c.announce(ctx)
			}
		case <-tick.C:
			if c.awaited != nil {
				continue // the word of its absence is the sign of life
			}
			if beats%threadsEvery == 0 {
				st.RealTime, st.RSS = c.lookAtSelf()
			}
			beats++
			c.beat(&st)
		}
	}
}

// deliver sends an event, waiting for a parent that is slow.
func (c *child) deliver(ctx context.Context, ev audio.Event) {
	if ev.Kind == audio.AlarmOff {
		c.release(ev)
	}
	c.persist(ctx, &message{Event: &ev})
}

func (c *child) persist(ctx context.Context, m *message) {
	for errors.Is(c.link.send(m), errFull) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// announce tells that sound is flowing.
func (c *child) announce(ctx context.Context) {
	u := &up{Device: c.device.Name(), RealTime: c.prio.RealTime, Weaker: c.prio.Refused, Lacks: c.prio.Lacks}
	u.Latency = c.latency()
	if k, ok := c.device.(*card); ok {
		u.Period, u.Buffer = audio.Rate.D(k.ring.Period), audio.Rate.D(k.ring.Buffer)
		u.Is, u.Weaker = k.aimed.Is, both(k.aimed.Moved, u.Weaker)
		if k.aimed.Moved != "" {
			u.Lacks = append(u.Lacks, audio.OtherCard)
		}
	}
	c.persist(ctx, &message{Up: u})
}

// latency is the time from pulling a frame to hearing it.
func (c *child) latency() time.Duration {
	if k, ok := c.device.(*card); ok {
		return k.latency()
	}
	return 0
}

// beat sends one heartbeat, or drops it.
func (c *child) beat(st *status) {
	if position := c.desk.Position(); position != st.Frames {
		st.Frames, st.LastRead = position, audio.Monotonic()
	}
	if last := audio.Instant(c.tap.last.Load()); last != 0 {
		st.LastRead = last
	}
	st.Levels, st.Underruns = c.desk.Levels(), c.desk.Underruns()
	st.Dropped, st.Unheard = c.dropped.Load(), c.tap.dropped.Load()
	st.Sounding = st.Sounding[:0]
	c.desk.Sounding(func(id string, n audio.Frames) {
		st.Sounding = append(st.Sounding, sounding{ID: id, Frames: n})
	})
	st.Trouble = ""
	if words := c.trouble.Load(); words != nil {
		st.Trouble = *words
	}
	_ = c.link.send(&message{Status: st}) // the next one is a tenth of a second away
}

// residentMemory is the RSS of a process in bytes; 0 when it is gone.
func residentMemory(pid int) int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(raw), &size, &pages); err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
