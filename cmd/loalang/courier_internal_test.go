package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// once takes one piece.
type once struct {
	err   error
	taken bool
}

func (o *once) Write(p []byte) (int, error) {
	if o.taken {
		return 0, o.err
	}
	o.taken = true
	return len(p), nil
}

// TestADownloadThatIsCutShortLeavesNothing: a copy of the database lies on the card while
// a backup is sent. Whoever makes it must come to remove it when nobody takes the backup
// any more.
func TestADownloadThatIsCutShortLeavesNothing(t *testing.T) {
	const script = `trap 'rm -f "$1"; exit 1' TERM; : >"$1"; while :; do printf "%8192s"; done`
	gone := errors.New("the line is dead")
	for name, run := range map[string]func(left string) error{
		"it takes no more": func(left string) error {
			return stream(t.Context(), &once{err: gone}, "/bin/sh", "-c", script, "sh", left)
		},
		"it goes away": func(left string) error {
			ctx, cancel := context.WithCancelCause(t.Context())
			return stream(ctx, cutting{io.Discard, func() { cancel(gone) }}, "/bin/sh", "-c", script, "sh", left)
		},
	} {
		left := filepath.Join(t.TempDir(), "copy")
		if err := run(left); !errors.Is(err, gone) {
			t.Errorf("%s: it ended with %v", name, err)
		}
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: its copy is left: %v", name, err)
		}
	}
}

// cutting calls cut when it is written to.
type cutting struct {
	io.Writer
	cut func()
}

func (c cutting) Write(p []byte) (int, error) {
	c.cut()
	return c.Writer.Write(p)
}
