package speaker

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"loalang/audio"
)

const (
	// openPatience bounds the time a child takes to open its device, and the time
	// between two looks for one that is not there.
	openPatience = 5 * time.Second
	// watchEvery is how often a child's reading is looked at.
	watchEvery = 25 * time.Millisecond
	// heldUp is how long this process may not have looked and still judge the child.
	heldUp = 4 * watchEvery
	// stallPlain is how long a child without real-time priority may stop reading.
	stallPlain = time.Second
	// stallRealTime is the least that one with it may, stallPeriods the periods.
	stallRealTime = 250 * time.Millisecond
	stallPeriods  = 8
	// leavePatience bounds the time a child takes to leave, and a killed one to
	// be gone.
	leavePatience = time.Second
)

// errDeaf: the child has stopped taking what it is sent.
var errDeaf = errors.New("the speaker process does not react")

// session is the parent's side of one child, from its start to its end.
type session struct {
	*process
	standIn bool // a null device while the card is gone

	opened chan struct{} // closed when up is set
	up     up
	absent chan absent   // the newest reason why the device is not open yet
	done   chan struct{} // closed when the child is given up; failure is set
	began  audio.Instant

	lastRead atomic.Int64 // Instant
	looked   atomic.Int64 // Instant at which the child told of its absent device
	inCharge atomic.Bool  // its sound is what listeners hear

	trouble string // in its last heartbeat; guarded by Output.mu
	lost    bool   // Output.lose was called; guarded by Output.mu

	mu      sync.Mutex
	failure error
}

// assignment is what a child is started for.
type assignment struct {
	device  string
	buffer  time.Duration            // 0: the child's choice
	learned map[string]time.Duration // what cards needed, by label; nil: not to be heeded
	standIn bool
	resume  bool  // a child has held the device before
	was     *Card // that was the default before; nil: none was
}

// begin starts a child and greets it. Its goroutines end when the child is
// given up.
func (o *Output) begin(as assignment) (*session, error) {
	argv := append(append([]string{}, o.cfg.Command...), "--device", as.device)
	p, err := o.launch(argv, o.childSays)
	if err != nil {
		return nil, err
	}
	s := &session{
		process: p, standIn: as.standIn, began: audio.Monotonic(),
		opened: make(chan struct{}), absent: make(chan absent, 1), done: make(chan struct{}),
	}
	ours, theirs, err := tapEnds()
	if err == nil {
		err = s.greet(o, as, theirs)
	}
	if err != nil {
		closeFile(ours)
		s.kill()
		_ = s.link.close() // the error above is the one to tell
		return nil, fmt.Errorf("greet the speaker process: %w", err)
	}
	var reading sync.WaitGroup
	reading.Go(func() { o.ears.follow(ours, s.inCharge.Load) })
	reading.Go(s.watch)
	o.goroutines.Go(func() {
		s.giveUp(s.read(o))
		s.kill()
		o.lose(s)
		close(s.done)
		_ = s.link.close() // it carries nothing any more
		reading.Wait()
		// A process in state D never ends; nobody waits for it.
		select {
		case <-s.exited:
		case <-time.After(leavePatience):
			o.cfg.Log.Error("the killed speaker process does not end: the driver of the sound card hangs", "pid", s.pid)
		}
	})
	return s, nil
}

func (s *session) greet(o *Output, as assignment, tap *os.File) error {
	defer closeFile(tap)
	h := &hello{
		Version: protocolVersion, Device: as.device, Buffer: as.buffer, Learned: as.learned, Routing: o.cfg.Routing,
		Calibration: o.cfg.Calibration, Siren: o.siren != nil, Resume: as.resume, Was: as.was,
	}
	files := []*os.File{tap}
	if o.siren != nil {
		files = append(files, o.siren)
	}
	return s.link.send(&message{Hello: h, files: files})
}

// read takes in what the child tells until it falls silent; the error says why.
func (s *session) read(o *Output) error {
	for {
		m, err := s.link.receive()
		if errors.Is(err, io.EOF) {
			return s.ending()
		}
		if err != nil {
			return err
		}
		switch {
		case m.Hello != nil:
			err = checkVersion(m.Hello.Version)
		case m.Absent != nil:
			s.looks(*m.Absent)
		case m.Up != nil:
			err = s.isOpen(*m.Up)
		case m.Event != nil:
			o.happened(s, *m.Event)
		case m.Status != nil:
			err = o.heard(s, *m.Status)
		case m.Fault != nil:
			err = errors.New(m.Fault.Sentence)
		default:
			err = errors.Join(fmt.Errorf("%w: it is none for a parent", ErrMessage), closeAll(m.files))
		}
		if err != nil {
			return err
		}
	}
}

// looks notes that the child is looking for its device, and why. Only its reader
// calls it.
func (s *session) looks(why absent) {
	s.looked.Store(int64(audio.Monotonic()))
	select {
	case <-s.absent: // an older reason that nobody took
	default:
	}
	s.absent <- why
}

// isOpen notes that the device takes sound.
func (s *session) isOpen(u up) error {
	if !s.opening() {
		return fmt.Errorf("%w: the device was open already", ErrMessage)
	}
	s.up = u
	s.lastRead.Store(int64(audio.Monotonic()))
	close(s.opened)
	return nil
}

// opening is true until the device takes sound.
func (s *session) opening() bool {
	select {
	case <-s.opened:
		return false
	default:
		return true
	}
}

// ending says how a child ended that did not say so itself.
func (s *session) ending() error {
	select {
	case <-s.exited:
	case <-time.After(leavePatience):
		return errors.New("the speaker process closed its socket and does not end")
	}
	if s.ended != nil {
		return fmt.Errorf("the speaker process ended: %w", s.ended)
	}
	return errors.New("the speaker process ended")
}

// gone says whether the process has ended.
func (s *session) gone() bool {
	select {
	case <-s.exited:
		return true
	default:
		return false
	}
}

// giveUp notes the first reason to end this child.
func (s *session) giveUp(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = why
	}
}

// end ends the child for a reason; it does not wait.
func (s *session) end(why error) {
	s.giveUp(why)
	s.kill()
	_ = s.link.close() // wakes its reader
}

// why is the reason it ended. To be asked after done.
func (s *session) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// watch ends a child that does not open its device, or stops reading.
func (s *session) watch() {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var v vigil
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
		}
		if why := v.look(s, audio.Monotonic()); why != nil {
			s.end(why)
			return
		}
	}
}

// vigil is the watch over one child. It looks every watchEvery, and two looks in a row
// must agree.
type vigil struct {
	last    audio.Instant // it looked
	since   audio.Instant // this process was not held up
	strikes int
}

// look says why the child must end; nil: it must not. Who has not looked for a while
// was stopped or held up. What the child sent meanwhile is yet to be read, and when
// that was more than fits, the newest of it was not sent at all.
func (v *vigil) look(s *session, now audio.Instant) error {
	if v.last == 0 || now.Sub(v.last) > heldUp {
		v.since, v.strikes = now, 0
	}
	v.last = now
	why := s.stalled(now, v.since)
	if why == nil {
		v.strikes = 0
		return nil
	}
	if v.strikes++; v.strikes < 2 {
		return nil
	}
	return why
}

// stalled says why the child is too slow; nil when it is not. Nothing is held
// against it that was before since.
func (s *session) stalled(now, since audio.Instant) error {
	if s.opening() {
		if now.Sub(max(s.began, since, audio.Instant(s.looked.Load()))) > openPatience {
			return fmt.Errorf("the sound device did not open within %v", openPatience)
		}
		return nil
	}
	silent := now.Sub(max(since, audio.Instant(s.lastRead.Load())))
	if limit := stallLimit(s.up); silent > limit {
		return fmt.Errorf("the sound device took no sound for %v", silent.Round(time.Millisecond))
	}
	return nil
}

// lead is how many frames more than a Desk counts as gone have left the card when
// the device takes the next; below 0 when its buffer is so large that it is fewer.
func (s *session) lead() audio.Frames {
	const block = 10 * time.Millisecond // of devices without a card
	return audio.Settled - audio.Rate.N(s.up.Latency) - audio.Rate.N(max(s.up.Period, block))
}

// stallLimit is how long a child may stop reading.
func stallLimit(u up) time.Duration {
	if !u.RealTime {
		return max(stallPlain, stallPeriods*u.Period)
	}
	return max(stallRealTime, stallPeriods*u.Period)
}

// leave lets the child fade out and end, and kills it when it does not.
func (s *session) leave() {
	if err := s.link.send(&message{Leave: true}); err == nil {
		select {
		case <-s.done:
			return
		case <-time.After(leavePatience):
		}
	}
	s.end(errDeaf)
	<-s.done
}

// tell sends a message to the child, and gives up a child that does not read.
func (s *session) tell(m *message) {
	if err := s.link.send(m); err != nil {
		s.end(fmt.Errorf("%w: %w", errDeaf, err))
	}
}
