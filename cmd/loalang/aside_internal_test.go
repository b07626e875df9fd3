package main

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

// TestWhatHangsBesideTheBoardIsGivenUp: a stick that answered no more once kept the board
// from every backup and bundle until its next start.
func TestWhatHangsBesideTheBoardIsGivenUp(t *testing.T) {
	out, err := runAside(t.Context(), time.Minute, "/bin/sh", "-c", "echo xong")
	if err != nil || out != "xong\n" {
		t.Errorf("what ends said %q: %v", out, err)
	}
	if _, err := runAside(t.Context(), 200*time.Millisecond, "/bin/sh", "-c", "trap '' TERM; echo x >&2; while :; do sleep 0.1; done"); !errors.Is(err, errHangs) || bundleFault(err) != "hangs" {
		t.Errorf("what does not heed its end: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := runAside(ctx, time.Minute, "/bin/sh", "-c", "sleep 60"); err == nil || errors.Is(err, errHangs) {
		t.Errorf("the end of the board: %v", err)
	}
	stuck := make(chan struct{})
	if ended, _ := outlast(ctx, time.Millisecond, func() error { <-stuck; return nil }); ended {
		t.Error("what cannot be killed is said to have ended")
	}
	close(stuck)
}

// TestWhatRunsBesideTheBoardGoesBeforeTheSiren: a backup or a bundle had the protection of the service.
func TestWhatRunsBesideTheBoardGoesBeforeTheSiren(t *testing.T) {
	mine := []string{"/bin/cat", "/proc/self/oom_score_adj"}
	if out, err := runAside(t.Context(), time.Minute, mine[0], mine[1:]...); err != nil || out != "500\n" {
		t.Errorf("what is run aside has %q: %v", out, err)
	}
	var streamed bytes.Buffer
	if err := stream(t.Context(), &streamed, mine[0], mine[1:]...); err != nil || streamed.String() != "500\n" {
		t.Errorf("what writes aside has %q: %v", streamed.String(), err)
	}
}
