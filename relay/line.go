package relay

import (
	"context"
	"errors"

	"loalang/audio/capture"
)

// CheckInput says whether name can be a line input's. The error is a Fault.
func CheckInput(name string) error {
	if err := capture.CheckName(name); err != nil {
		return fault(NoInput, "%v", err)
	}
	return nil
}

// line is a line input that is being heard. It is opened when a relay begins and
// closed when it ends: outside its time nothing of a tuner comes into the house.
type line struct{ *capture.Input }

// hear opens an input.
func (r *Receiver) hear(ctx context.Context, name string) (line, error) {
	in, err := capture.Open(ctx, capture.Config{Device: name, Program: r.Arecord, Env: r.Env, Stall: r.stall()})
	return line{in}, lineFault(err)
}

// Read gives PCM as the card does.
func (l line) Read(p []byte) (int, error) {
	n, err := l.Input.Read(p)
	return n, lineFault(err)
}

// lineFault is an error of an input as one of a station.
func lineFault(err error) error {
	switch {
	case errors.Is(err, capture.ErrProgram):
		return fault(NoProgram, "%v", err)
	case errors.Is(err, capture.ErrStalled):
		return fault(Stalled, "%v", err)
	case errors.Is(err, capture.ErrName), errors.Is(err, capture.ErrEnded):
		return fault(NoInput, "%v", err)
	}
	return err
}
