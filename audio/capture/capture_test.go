package capture_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
