package upload

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// line reads the body of a request. It may be slow, but not dead; and it ends at once
// when another comes in its place.
type line struct {
	body     io.Reader
	conn     *http.ResponseController
	silence  time.Duration
	deadline func(time.Duration) time.Time

	mu    sync.Mutex
	ended bool
}

// Read moves the connection's deadline before each read.
func (l *line) Read(p []byte) (int, error) {
	if !l.wait(l.silence) {
		return 0, errSuperseded
	}
	n, err := l.body.Read(p)
	if errors.Is(err, io.EOF) {
		// The server goes on reading to learn of a caller that leaves: without the
		// deadline, or the request would end with it. A line that broke keeps it, or
		// the server would wait for the rest for ever.
		l.rest()
	}
	return n, err
}

// wait allows a read so long a silence; false: the line has ended.
func (l *line) wait(d time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	_ = l.conn.SetReadDeadline(l.deadline(d)) // a test's recorder has no deadlines
	return true
}

// rest takes the deadline away, unless the line has ended.
func (l *line) rest() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		_ = l.conn.SetReadDeadline(time.Time{}) // as above
	}
}

// end lets a read that waits return. Any goroutine may call it.
func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	_ = l.conn.SetReadDeadline(l.deadline(-time.Second)) // as above
}
