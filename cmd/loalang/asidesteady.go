package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Bounds of a backup by night. The first of a large library takes many hours, and is no stick
// that answers no more: what counts is how long it has done nothing.
const (
	backupStill = time.Hour        // longest that it does nothing: a slow stick takes the database of some hundred MB meanwhile
	backupFree  = 3 * time.Hour    // for so long it goes on even while something airs, with the least priority
	backupMost  = 12 * time.Hour   // longest of all
	backupPeek  = time.Minute      // between two looks at it
	signEach    = 10 * time.Second // least between two signs
)

// signsMark in the environment has a backup print an empty line from time to time while it goes on.
const signsMark = "LOALANG_SIGNS"

// unfinished is the code of a stick on which a backup was not finished in its time.
const unfinished = "unfinished"

// errUnfinished says that what was begun goes on another time.
var errUnfinished error = codedError{unfinished, errors.New("it was not finished in its time: the next night goes on behind what was copied")}

// signs tells whoever reads w that something goes on. nil tells nobody. One goroutine uses it at
// a time.
type signs struct {
	w    io.Writer
	last time.Time
}

// signs is what the environment asks for.
func (p program) signs(w io.Writer) *signs {
	if _, wanted := p.env(signsMark); !wanted {
		return nil
	}
	return &signs{w: w}
}

// give says that a piece was done.
func (s *signs) give() {
	if s == nil || time.Since(s.last) < signEach {
		return
	}
	s.last = time.Now()
	_, _ = fmt.Fprintln(s.w) // nobody reads it any more: then it is ended soon
}

// pace is an archive.Pace that waits for nothing.
func (s *signs) pace(context.Context) error {
	s.give()
	return nil
}

// lively keeps what a program printed, and when it last did. Any goroutine may use it.
type lively struct {
	mu   sync.Mutex
	out  bytes.Buffer
	last time.Time
}

// Write implements io.Writer.
func (l *lively) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = time.Now()
	return l.out.Write(p)
}

// String is all that was printed.
func (l *lively) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// still is for how long nothing was printed.
func (l *lively) still() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.last)
}

// steady says how long what gives signs may go on beside the board.
type steady struct {
	still, free, most, peek time.Duration // as backupStill and so on
	idle                    func() bool   // nothing airs, nor soon
}

// run runs a program that gives signs; errHangs when it gave none for too long, errUnfinished
// when it went on for too long.
func (s steady) run(ctx context.Context, program string, words ...string) (string, error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	out := &lively{last: time.Now()}
	go s.watch(ctx, end, out)
	cmd := exec.CommandContext(ctx, program, words...)
	cmd.Env = append(os.Environ(), signsMark+"=1")
	return untilCause(ctx, out, cmd)
}

// watch ends a program that printed out, and returns when ctx ends.
func (s steady) watch(ctx context.Context, end context.CancelCauseFunc, out *lively) {
	began := time.Now()
	tick := time.NewTicker(s.peek)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		lasted := time.Since(began)
		switch {
		case out.still() >= s.still:
			end(errHangs)
		case lasted >= s.most, lasted >= s.free && !s.idle():
			end(errUnfinished)
		}
	}
}
