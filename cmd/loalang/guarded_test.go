package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"loalang/hardware"
)

// wire is a relay's line that remembers its level.
type wire struct{ on, closed bool }

func (w *wire) Set(on bool) error { w.on = on; return nil }
func (w *wire) Close() error      { w.closed = true; return nil }

// A fault of the program ends it, and must not leave the amplifier on.
func TestPanicSwitchesTheAmplifierOff(t *testing.T) {
	w := &wire{}
	amp, err := hardware.NewRelay(w, hardware.AmpConfig{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := amp.Key(); err != nil || !w.on {
		t.Fatalf("key: %v", err)
	}
	var why any
	func() {
		defer func() { why = recover() }()
		_ = guarded(t.Context(), amp, func(context.Context) error { panic("index out of range") })()
	}()
	if why != "index out of range" {
		t.Errorf("the panic became %v: it must go on to end the program", why)
	}
	if w.on || !w.closed {
		t.Errorf("the line is on=%v closed=%v, want it off and given back", w.on, w.closed)
	}
}

func TestGuardedPartEndsAsItDoes(t *testing.T) {
	amp := hardware.NewSim(hardware.AmpConfig{Now: time.Now})
	want := errors.New("the port is gone")
	if err := guarded(t.Context(), amp, func(context.Context) error { return want })(); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
	if err := amp.Key(); err != nil {
		t.Errorf("an error of one part closed the amplifier: %v", err)
	}
	_ = amp.Close()
}
