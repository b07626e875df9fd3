package relay

import (
	"context"
	"io"
	"time"

	"loalang/audio"
	"loalang/audio/level"
)

// Found is what a station sends.
type Found struct {
	Format   string  // "mp3", "aac", "ogg", …; "line" for a line input
	Loudness float64 // short-term, LUFS, before it is levelled; level.Silent for silence
}

const (
	probeSpan   = 3 * time.Second
	probeWithin = 20 * time.Second
)

// Probe listens to a station for three seconds and says what was found. The error
// is a Fault, Silent when three seconds came without a sound.
func (r *Receiver) Probe(ctx context.Context, s Station) (Found, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, probeWithin, fault(Stalled, "no three seconds of sound in %v", probeWithin))
	defer cancel()
	found, err := r.probe(ctx, s)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return found, err
}

func (r *Receiver) probe(ctx context.Context, s Station) (Found, error) {
	in, err := r.open(ctx, s)
	if err != nil {
		return Found{}, err
	}
	defer in.Close()
	stop := context.AfterFunc(ctx, func() { _ = in.Close() })
	defer stop()
	meter := level.NewMeter(int(audio.Rate))
	var loudest float64
	raw, frames := make([]byte, 2*blockFrames), make([]int16, blockFrames)
	sound := make([]float32, blockFrames)
	for n := audio.Frames(0); n < audio.Rate.N(probeSpan); n += blockFrames {
		if _, err := io.ReadFull(in, raw); err != nil {
			return Found{}, err
		}
		decode(frames, raw)
		for i, v := range frames {
			sound[i] = float32(v) / (1 << 15)
		}
		loudest = max(loudest, power(sound))
		meter.Write(sound)
	}
	found := Found{Format: in.format, Loudness: meter.Loudness().ShortTerm}
	if loudest < silencePower {
		return found, Fault{Code: Silent}
	}
	return found, nil
}
