package hardware

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// pinLate is how long an output may take before it is told of that it does not answer.
	pinLate = 2 * time.Second
	// spentAfter is how many commands in a row a port that is there may fail before it is
	// closed, to be opened anew: one is a moment's disturbance, of a transmitter for one.
	spentAfter = 2
)

// Serial lets the two outputs of a serial port be lines of their own. Its methods may be
// called from any goroutine, and wait for no port.
type Serial struct {
	Mono      func() time.Duration             // CLOCK_MONOTONIC; nil: the kernel's
	openModem func(path string) (modem, error) // nil: the machine's

	mu     sync.Mutex              // locked before sharedModem.mu
	shared map[string]*sharedModem // by what realPort makes of their paths
}

func (s *Serial) mono() time.Duration {
	if s.Mono != nil {
		return s.Mono()
	}
	return kernelMono()
}

// sharedModem is a port and its lines. A goroutine of its own opens, switches and closes
// it: each of these takes seconds at an adapter that hangs. It ends with the last line.
type sharedModem struct {
	path  string        // by which it is opened: that of the first line
	is    os.FileInfo   // what was at path before it was opened; nil: nobody knows
	users int           // lines in use; guarded by Serial.mu
	done  chan struct{} // closed when it is closed

	mu     sync.Mutex // never held while the port is waited for
	more   *sync.Cond // the queue is longer, or over is true
	queue  []*serialPin
	over   bool  // no line is in use: what is in the queue is the last
	opened error // why it could not be opened: another is opened for the next line
	closed error // what became of closing it
	broken bool  // the last command failed
	failed int   // how many commands in a row did, but for those of lines that are given back
}

// Pin takes one output of the port at path, which is off until it is set. It does not
// block: the port is opened by a goroutine of its own, which lets both outputs go up for
// a moment. The error is that there is no such port, that this user may not use it, or
// that it hangs. Set of the line returns at once; Answered and Check tell what became of it.
func (s *Serial) Pin(path string, pin SerialPin) (Line, error) {
	open := s.openModem
	if open == nil {
		if err := mayOpen(path); err != nil {
			return nil, err
		}
		open = portModem
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	device := realPort(path)
	port := s.shared[device]
	switch {
	case port == nil || port.is != nil && portThere(path, port.is) != nil: // an adapter that was plugged in again is another one
		port = s.share(path, device, open)
	case port.users == 0: // one that hangs is not opened again and again
		return nil, fmt.Errorf("open %s: it is being closed still: pull the adapter out and plug it in again", path)
	case port.useless():
		port = s.share(path, device, open)
	case port.spent(): // the kernel gives it to nobody else, to this program neither
		return nil, fmt.Errorf("open %s: it is opened anew once its other output was given back", path)
	}
	port.users++
	return &serialPin{serial: s, path: path, pin: pin, port: port, off: make(chan struct{})}, nil
}

// realPort is the one name of a port behind links such as /dev/serial/by-id/NAME, so that
// an adapter that settings name twice is opened once: to open or to close it anew changes
// both of its outputs. It is path itself where that leads to nothing.
func realPort(path string) string {
	device, err := filepath.EvalSymlinks(path)
	if err != nil {
		return path
	}
	return device
}

// share begins to open the port at path, which realPort calls device. s.mu is held.
func (s *Serial) share(path, device string, open func(string) (modem, error)) *sharedModem {
	m := &sharedModem{path: path, is: portIs(path), done: make(chan struct{})}
	m.more = sync.NewCond(&m.mu)
	if s.shared == nil {
		s.shared = map[string]*sharedModem{}
	}
	s.shared[device] = m
	go func() {
		m.run(open)
		s.mu.Lock()
		if s.shared[device] == m {
			delete(s.shared, device)
		}
		s.mu.Unlock()
		close(m.done)
	}()
	return m
}

// leave gives the port back for one line; it says whether that was the last.
func (s *Serial) leave(m *sharedModem) (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.users--; m.users > 0 {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
	m.more.Signal()
	return true
}

// useless says whether nothing can be done with it: it could not be opened, or fails and may
// be that of an adapter that is gone.
func (m *sharedModem) useless() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.opened != nil || m.broken && m.is == nil
}

// spent says whether it is to be closed and opened anew.
func (m *sharedModem) spent() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed >= spentAfter
}

// run opens the port, carries out what its lines are told, and closes it.
func (m *sharedModem) run(open func(string) (modem, error)) {
	port, err := open(m.path)
	if err != nil {
		m.mu.Lock()
		m.opened = err
		m.mu.Unlock()
	}
	for {
		l, n, on := m.next(port != nil)
		if l == nil {
			break
		}
		if port != nil {
			err = switched(port, l.pin, on)
		}
		m.tried(l, n, on, err)
	}
	if port != nil {
		err := port.Close()
		m.mu.Lock()
		m.closed = err
		m.mu.Unlock()
	}
}

// switched switches one output, and leaves the other as it is.
func switched(port modem, pin SerialPin, on bool) error {
	if pin == DTR {
		return port.SetDTR(on)
	}
	return port.SetRTS(on)
}

// next waits for a command, and is the line that was told, the command's number and what
// it says; no line: there will be no more.
func (m *sharedModem) next(opened bool) (l *serialPin, n int, on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queue) == 0 {
		if m.over {
			return nil, 0, false
		}
		m.more.Wait()
	}
	l = m.queue[0]
	m.queue = m.queue[1:]
	l.queued = false
	l.raised = l.raised || l.on && opened
	return l, l.asked, l.on
}

// tried takes in what became of command n of a line.
func (m *sharedModem) tried(l *serialPin, n int, on bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch m.broken = err != nil; {
	case err == nil:
		m.failed, l.raised = 0, on
	case !l.ended:
		m.failed++
	}
	if l.asked != n {
		return // it was told anew meanwhile
	}
	l.carried, l.fault = n, err
	if l.ended {
		close(l.off)
	}
}

// serialPin is one output as a line. Its methods but Close do not block.
type serialPin struct {
	serial *Serial
	path   string // as the settings name its port
	pin    SerialPin
	port   *sharedModem
	off    chan struct{} // closed when it was switched off for good, or could not be

	// What follows is guarded by port.mu.
	on      bool          // what the newest command says
	asked   int           // its number; 0: there was none
	carried int           // number of the newest command that was carried out, well or not
	fault   error         // of that
	since   time.Duration // on CLOCK_MONOTONIC, something is to be carried out; of no use when nothing is
	queued  bool          // it is in the port's queue
	raised  bool          // it may be on
	ended   bool          // it is switched off for good
}

// Set has the output switched. The same again is carried out anew once it was.
func (l *serialPin) Set(on bool) error {
	l.port.mu.Lock()
	defer l.port.mu.Unlock()
	if l.ended {
		return ErrClosed
	}
	l.tell(on)
	return nil
}

// tell puts a command into the queue. port.mu is held.
func (l *serialPin) tell(on bool) {
	underWay := l.asked != l.carried
	if underWay && l.on == on {
		return
	}
	if !underWay {
		l.since = l.serial.mono()
	}
	l.on, l.asked = on, l.asked+1
	if !l.queued {
		l.queued = true
		l.port.queue = append(l.port.queue, l)
	}
	l.port.more.Signal()
}

// Answered says whether the output was switched as the newest Set says, and if not, why;
// nil: nobody knows yet.
func (l *serialPin) Answered() (done bool, err error) {
	l.port.mu.Lock()
	defer l.port.mu.Unlock()
	switch {
	case l.asked == l.carried:
		return l.fault == nil, l.wrong(l.fault)
	case l.serial.mono()-l.since >= pinLate:
		return false, l.hangs(pinLate)
	}
	return false, nil
}

// Check says why the port could not be opened or switched, whether it is there still and is
// the one that was opened, and that it is to be given back, for it answers to nobody.
func (l *serialPin) Check() error {
	l.port.mu.Lock()
	underWay := l.asked != l.carried
	opened, fault, hangs := l.port.opened, l.fault, underWay && l.serial.mono()-l.since >= hangsAfter
	spent := l.port.failed >= spentAfter
	l.port.mu.Unlock()
	switch {
	case opened != nil:
		return opened
	case fault != nil && !underWay:
		return l.wrong(fault)
	case hangs:
		return l.hangs(hangsAfter)
	}
	if err := portThere(l.path, l.port.is); err != nil || !spent {
		return err
	}
	return fmt.Errorf("%s does not answer to its other output: it is opened anew", l.path)
}

// wrong names what could not be switched.
func (l *serialPin) wrong(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("set %s of %s: %w", l.pin, l.path, err)
}

func (l *serialPin) hangs(since time.Duration) error {
	return fmt.Errorf("%s of %s was not switched for %s: pull the adapter out and plug it in again", l.pin, l.path, since)
}

// Close switches the output off, gives the port back with its last line, and waits for
// both, within closeWithin.
func (l *serialPin) Close() error {
	done, last := l.end()
	if done == nil {
		return nil
	}
	patience := time.NewTimer(closeWithin)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
		return l.hangs(closeWithin)
	}
	l.port.mu.Lock()
	defer l.port.mu.Unlock()
	switch {
	case l.port.opened != nil:
		return nil // there was nothing to switch off
	case last:
		return errors.Join(l.wrong(l.fault), l.port.closed)
	}
	return l.wrong(l.fault)
}

// abandon is Close for a port that does not answer: it waits for nothing. A port that was
// given back has its outputs off. wasOn says whether this one may have been on.
func (l *serialPin) abandon() (stays, wasOn bool) {
	l.port.mu.Lock()
	wasOn = l.raised
	l.port.mu.Unlock()
	_, _ = l.end()
	return false, wasOn
}

// end has the output switched off for good, and the port closed behind its last line.
// done is closed when that is over; nil: it was ended before.
func (l *serialPin) end() (done <-chan struct{}, last bool) {
	l.port.mu.Lock()
	if l.ended {
		l.port.mu.Unlock()
		return nil, false
	}
	l.ended = true
	l.tell(false)
	l.port.mu.Unlock()
	if l.serial.leave(l.port) {
		return l.port.done, true
	}
	return l.off, false
}
