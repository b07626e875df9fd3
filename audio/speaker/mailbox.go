package speaker

import (
	"sync"

	"loalang/audio"
)

// mailbox passes events on in order without ever making the giver wait.
type mailbox struct {
	out chan audio.Event

	mu      sync.Mutex
	waiting []audio.Event
	more    chan struct{} // holds a token while waiting may not be empty
	closed  chan struct{}
	done    chan struct{}
}

// mailRoom is how many events a caller that went away before the end leaves
// behind at most.
const mailRoom = 256

func newMailbox() *mailbox {
	m := &mailbox{
		out: make(chan audio.Event, mailRoom), more: make(chan struct{}, 1),
		closed: make(chan struct{}), done: make(chan struct{}),
	}
	return m
}

// put appends an event.
func (m *mailbox) put(ev audio.Event) {
	m.mu.Lock()
	m.waiting = append(m.waiting, ev)
	m.mu.Unlock()
	select {
	case m.more <- struct{}{}:
	default:
	}
}

func (m *mailbox) take() []audio.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.waiting
	m.waiting = nil
	return all
}

// run passes events on until close; then it passes on what fits without
// waiting, and closes out.
func (m *mailbox) run() {
	defer close(m.done)
	defer close(m.out)
	for {
		select {
		case <-m.more:
			m.pass(m.take())
		case <-m.closed:
			m.pass(m.take())
			return
		}
	}
}

func (m *mailbox) pass(events []audio.Event) {
	for _, ev := range events {
		select {
		case m.out <- ev:
			continue
		default:
		}
		select {
		case m.out <- ev:
		case <-m.closed: // nobody reads any more
		}
	}
}

// close ends run and waits for it.
func (m *mailbox) close() {
	close(m.closed)
	<-m.done
}
