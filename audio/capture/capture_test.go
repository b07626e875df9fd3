package capture_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"loalang/audio/capture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is a program in the place of arecord.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arecord")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		"plughw:CARD=Monitor": true, "plughw:CARD=Tuner,DEV=0": true, "default": true,
		"": false, "-D": false, "hw:0;rm": false, "a b": false, strings.Repeat("x", 81): false,
	} {
		if err := capture.CheckName(name); (err == nil) != want || err != nil && !errors.Is(err, capture.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Sound comes as the program gives it, asked for as a card's.
func TestInputGivesSound(t *testing.T) {
	in, err := capture.Open(t.Context(), capture.Config{Device: "plughw:CARD=Monitor", Program: script(t, `printf '%s' "$*"; sleep 60`), Stall: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 200)
	n, err := in.Read(p)
	if want := "-q -D plughw:CARD=Monitor -f S16_LE -r 48000 -c 1 -t raw"; err != nil || string(p[:n]) != want {
		t.Errorf("%q, %v", p[:n], err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if err := in.Close(); err != nil {
		t.Errorf("twice: %v", err)
	}
}

func TestInputFails(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  capture.Config
		want error
		says string
	}{
		"no program": {capture.Config{Device: "default", Program: "/nothing/arecord"}, capture.ErrProgram, "/nothing/arecord"},
		"no name":    {capture.Config{Device: "-x"}, capture.ErrName, "-x"},
		"no card":    {capture.Config{Device: "default", Program: script(t, `echo 'arecord: main:831: audio open error: No such file or directory' >&2; exit 1`)}, capture.ErrEnded, "No such file or directory"},
		"stalls":     {capture.Config{Device: "default", Program: script(t, `exec sleep 60`), Stall: 50 * time.Millisecond}, capture.ErrStalled, "50ms"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.cfg.Stall == 0 {
				c.cfg.Stall = time.Minute
			}
			in, err := capture.Open(t.Context(), c.cfg)
			if err == nil {
				defer in.Close()
				_, err = in.Read(make([]byte, 100))
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The end of its context ends the program, and a reader that waits.
func TestInputEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, err := capture.Open(ctx, capture.Config{Device: "default", Program: script(t, `exec sleep 60`), Stall: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	read := make(chan error, 1)
	go func() { _, err := in.Read(make([]byte, 100)); read <- err }()
	cancel()
	if err := <-read; !errors.Is(err, capture.ErrEnded) {
		t.Errorf("%v", err)
	}
}

// An arecord that hangs in the driver of its card cannot be killed: no second one is started
// beside it, on that device, until it has ended. Each would stay for good, and so many are
// the end of the service.
func TestHungArecordIsNotStartedAgain(t *testing.T) {
	var starts atomic.Int32
	until := make(chan struct{})
	cfg := capture.Config{Device: "plughw:CARD=Hung", Program: script(t, `exec sleep 60`), Stall: 20 * time.Millisecond}
	cfg = capture.Unending(cfg, &starts, until)
	listen := func(cfg capture.Config) error {
		in, err := capture.Open(t.Context(), cfg)
		if err != nil {
			return err
		}
		_, err = in.Read(make([]byte, 100))
		return errors.Join(err, in.Close())
	}
	for try := range 3 {
		err := listen(cfg)
		if !errors.Is(err, capture.ErrStalled) || errors.Is(err, capture.ErrHung) != (try > 0) {
			t.Errorf("try %d: %v", try, err)
		}
	}
	if n := starts.Load(); n != 1 {
		t.Errorf("%d were started while the first hangs", n)
	}
	other := cfg
	other.Device = "plughw:CARD=Other"
	if err := listen(other); errors.Is(err, capture.ErrHung) || !errors.Is(err, capture.ErrStalled) {
		t.Errorf("on another card: %v", err)
	}
	close(until)
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		err := listen(cfg)
		if !errors.Is(err, capture.ErrHung) {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("it has ended: %v", err)
		}
	}
	if n := starts.Load(); n != 3 {
		t.Errorf("%d were started, want the first, that on the other card, and one when the first had ended", n)
	}
}

// An arecord that closes its sound and stays, as one that hangs on its way out, holds no reader.
func TestArecordThatDoesNotEndHoldsNoReader(t *testing.T) {
	in, err := capture.Open(t.Context(), capture.Config{Device: "plughw:CARD=Leaving", Program: script(t, `exec >&-; sleep 60`), Stall: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() { _, err := in.Read(make([]byte, 100)); read <- err }()
	select {
	case err := <-read:
		if !errors.Is(err, capture.ErrStalled) || !strings.Contains(err.Error(), "does not end") {
			t.Errorf("%v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the reader waits for the end of a program that does not end")
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
}
