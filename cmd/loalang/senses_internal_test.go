package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"loalang/hardware"
	"loalang/health"
)

// closedContact is a contact that is closed.
type closedContact struct{}

func (closedContact) Get() (bool, error) { return true, nil }
func (closedContact) Close() error       { return nil }

// A board whose time is set by hours, as at the first answer of a time server, neither says
// that its amplifier was on for hours nor that the microphone was nor that the network was
// gone for as long.
func TestStepOfTheClockMakesNoFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, step := time.Now(), time.Duration(0)
		now, mono := func() time.Time { return time.Now().Add(step) }, func() time.Duration { return time.Hour + time.Since(began) }
		amp := hardware.NewSim(hardware.AmpConfig{Now: now, Mono: mono})
		a := &amplifier{main: amp, bypass: hardware.NewBypass(hardware.BypassConfig{
			Open: func() (hardware.Input, error) { return closedContact{}, nil }, Now: now, Mono: mono, Log: slog.New(slog.DiscardHandler),
		})}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.bypass.Run(ctx) }()
		if err := amp.Key(); err != nil {
			t.Fatal(err)
		}
		links := &senses{probe: &health.Probe{Proc: gone(t)}, linked: mono()}
		step = 7 * time.Hour
		time.Sleep(time.Minute)
		all := amp.State()
		all.Bypass = a.bypass.State()
		if h := a.health(all, mono()); !h.Keyed || h.For != time.Minute || !h.Bypass.On || h.Bypass.For > time.Minute {
			t.Errorf("on for %v, the microphone for %v; want a minute", h.For, h.Bypass.For)
		}
		if l := links.link(mono()); l.Up || l.Gone != time.Minute {
			t.Errorf("the link: %+v, want that it was gone for a minute", l)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// gone is the proc of a machine without a way out.
func gone(t *testing.T) string {
	t.Helper()
	proc := t.TempDir()
	if err := os.MkdirAll(filepath.Join(proc, "net"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(proc, "net/route"), []byte("Iface\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return proc
}
