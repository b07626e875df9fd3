package main_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// thinLine is a TCP proxy that carries as a mobile line does: so many bytes a second in
// each direction for all connections together, half a round trip later, and a whole one
// for each connection that is begun.
type thinLine struct {
	net.Listener
	to   string
	rate float64 // bytes a second
	trip time.Duration

	mu   sync.Mutex
	open []net.Conn
}

func newThinLine(t testing.TB, to string, kbits float64, trip time.Duration) *thinLine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &thinLine{Listener: l, to: strings.TrimPrefix(to, "http://"), rate: kbits * 1000 / 8, trip: trip}
	t.Cleanup(func() { l.Close(); w.cut() })
	up, down := &lane{rate: w.rate}, &lane{rate: w.rate}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(near, up, down)
		}
	}()
	return w
}

func (w *thinLine) url() string { return "http://" + w.Addr().String() }

// cut ends every connection, so that the next page begins with a handshake.
func (w *thinLine) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		c.Close()
	}
	w.open = nil
}

func (w *thinLine) carry(near net.Conn, up, down *lane) {
	time.Sleep(w.trip) // the handshake
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		near.Close()
		return
	}
	w.mu.Lock()
	w.open = append(w.open, near, far)
	w.mu.Unlock()
	go up.carry(far, near, w.trip/2)
	down.carry(near, far, w.trip/2)
}

// lane is one direction of a line.
type lane struct {
	rate float64
	mu   sync.Mutex
	free time.Time // when what is on its way has gone through
}

// due is when so many bytes, sent now, have gone through.
func (l *lane) due(n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	return l.free
}

// carry copies until either end is closed; what it reads arrives later, in order.
func (l *lane) carry(to, from net.Conn, later time.Duration) {
	type piece struct {
		raw []byte
		at  time.Time
	}
	pieces := make(chan piece, 64)
	go func() {
		defer close(pieces)
		for {
			raw := make([]byte, 1400)
			n, err := from.Read(raw)
			if n > 0 {
				pieces <- piece{raw[:n], l.due(n).Add(later)}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.raw); err != nil {
			from.Close() // its reader ends
		}
	}
	to.Close()
}

// A line of 400 kbit/s and 400 ms takes as long as it says: never less.
func TestThinLineIsThin(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = c.Read(make([]byte, 1)) // what comes is not looked at
		_, _ = c.Write(make([]byte, 25_000))
	}()
	w := newThinLine(t, l.Addr().String(), 400, 400*time.Millisecond)
	began := time.Now()
	c, err := net.Dial("tcp", w.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, c)
	// A round trip for the handshake, one for the question, half a second of bytes.
	if took := time.Since(began); err != nil || n != 25_000 || took < 1300*time.Millisecond {
		t.Errorf("%d bytes in %v, %v", n, took, err)
	}
}
