package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"loalang/expendable"
)

// Bounds of what runs beside the board: while it runs nothing else is done for the data,
// and a stick that is worn out, or pulled out at the wrong moment, answers never.
const (
	asideMost  = 3 * time.Hour // longest that a look through the data takes: the next goes on behind it
	bundleMost = 3 * time.Hour // longest that a bundle is written or read
	// asidePatience is how long a process that was killed is waited for: one that waits for
	// a dead disk cannot even be killed.
	asidePatience = 10 * time.Second
)

// itself starts this program again, also where an update of the package has taken its file
// away: the kernel still has it.
const itself = "/proc/self/exe"

// errHangs says that what was begun did not end in its time.
var errHangs error = codedError{"hangs", errors.New("it did not end in its time: the stick or the disk answers no more; pull the stick out and use another")}

// aside runs a command of this program on the same data, and returns what it printed;
// errHangs after asideMost.
func (b *board) aside(ctx context.Context, words ...string) (string, error) {
	return runAside(ctx, asideMost, itself, append(words, "--data", b.settings.Data)...)
}

// runAside runs a program for so long at most; errHangs where that did not do.
func runAside(ctx context.Context, most time.Duration, program string, words ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, most, errHangs)
	defer cancel()
	var out bytes.Buffer
	return untilCause(ctx, &out, exec.CommandContext(ctx, program, words...))
}

// printed is what a program has printed.
type printed interface {
	io.Writer
	String() string
}

// untilCause runs a program until ctx ends. It is asked to end, then killed, and when that does
// not end it either, left to itself. The error is errHangs then, the cause of ctx where that is
// errHangs or errUnfinished, else what the program said last.
func untilCause(ctx context.Context, out printed, cmd *exec.Cmd) (string, error) {
	expendable.Mark(cmd) // the next night does it again
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = shutdownPatience
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &errs
	ended, err := outlast(ctx, shutdownPatience+asidePatience, cmd.Run)
	cause := context.Cause(ctx)
	switch {
	case !ended:
		return "", errHangs
	case err == nil:
		return out.String(), nil
	case errors.Is(cause, errHangs), errors.Is(cause, errUnfinished):
		return out.String(), cause
	}
	said := strings.TrimPrefix(lastLine(errs.String()), "loalang: ")
	if said == "" {
		said = err.Error()
	}
	return out.String(), errors.New(said)
}

// outlast runs do in a goroutine of its own and says how it ended; not ended when it did
// not within patience after the end of ctx: the goroutine is then left to itself.
func outlast(ctx context.Context, patience time.Duration, do func() error) (ended bool, err error) {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return true, err
	case <-ctx.Done():
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case err := <-done:
		return true, err
	case <-late.C:
		return false, nil
	}
}
