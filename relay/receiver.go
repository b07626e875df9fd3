package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Station is what is received: the address of a stream or of a playlist that leads
// to it, or the ALSA name of a line input. Exactly one of both is set.
type Station struct {
	URL   string
	Input string
}

// Decoder opens compressed sound as it comes and gives 48 kHz s16 mono
// little-endian PCM. in is its own from the call on; closing what it returned makes
// both ends return. Errors that are no Fault are told as DecoderEnded.
type Decoder interface {
	Stream(ctx context.Context, in io.ReadCloser) (pcm io.ReadCloser, format string, err error)
}

// Receiver opens stations. Its fields are not changed after the first use; it may
// be used from any goroutine.
type Receiver struct {
	Guard   Guard
	Decoder Decoder
	// Stall is how long nothing may come before a connection is given up; 0: 5 s.
	Stall time.Duration
	// Arecord is the program that hears a line input, with its environment; empty:
	// arecord of the PATH, in this process's.
	Arecord string
	Env     []string
}

const (
	defaultStall = 5 * time.Second
	// openStalls is how long it may take to come to a station's sound, in Stalls: one
	// that gives a byte now and then would otherwise be waited for all day.
	openStalls = 4
	// slowStalls is in how many of them half as much must have come as is heard; what
	// comes slower is asked for anew.
	slowStalls = 6
	// listStalls is how many it may take to read a playlist anew.
	listStalls = 3
)

func (r *Receiver) stall() time.Duration {
	if r.Stall > 0 {
		return r.Stall
	}
	return defaultStall
}

// reception is a station that is being received: PCM as the Decoder gives it.
type reception struct {
	io.ReadCloser
	format string // "mp3", "aac", "ogg", …; "line" for a line input
}

// open starts receiving. The reception ends with ctx.
func (r *Receiver) open(ctx context.Context, s Station) (reception, error) {
	if s.Input != "" {
		line, err := r.hear(ctx, s.Input)
		return reception{line, "line"}, err
	}
	f := newFetcher(r.Guard, r.stall())
	sound, err := f.open(ctx, s.URL)
	if err != nil {
		f.close()
		return reception{}, err
	}
	pcm, format, err := r.Decoder.Stream(ctx, sound)
	if err != nil {
		f.close()
		return reception{}, decoderFault(err)
	}
	return reception{decoded{pcm, f}, format}, nil
}

// decoded is what a Decoder gives, with the connection behind it.
type decoded struct {
	io.ReadCloser
	fetcher *fetcher
}

func (d decoded) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		return n, fault(Over, "the stream ended")
	case err != nil:
		return n, decoderFault(err)
	}
	return n, nil
}

func (d decoded) Close() error {
	err := d.ReadCloser.Close()
	d.fetcher.close()
	return err
}

// decoderFault keeps what came from the station apart from what is the decoder's.
func decoderFault(err error) error {
	if known := (Fault{}); errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w (%w)", Fault{Code: DecoderEnded}, err)
}
