package relay

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"time"

	"loalang/audio"
)

// Receive is what a Feed reads.
func (r *Receiver) Receive(ctx context.Context, s Station) (io.ReadCloser, error) {
	return r.open(ctx, s)
}

// CheckStep is check with addresses as they are written.
func CheckStep(from, to string) error {
	a, err := url.Parse(from)
	if err != nil {
		return err
	}
	b, err := url.Parse(to)
	if err != nil {
		return err
	}
	return check(a, b)
}

// Pace is what step says of how many blocks are held.
func Pace(line bool) func(held int) time.Duration {
	p := &pace{line: line}
	return p.step
}

// Mix is a mix somebody listens to, without a clock.
type Mix struct {
	m *mix
	j *jitter
}

// NewMix is a Mix whose station has not sent anything.
func NewMix(fallback func(context.Context) (audio.Source, error), patience time.Duration) *Mix {
	return &Mix{newMix(newStandIn(fallback, slog.New(slog.DiscardHandler)), patience), newJitter()}
}

// Next is next.
func (m *Mix) Next() (gives Sounds, loud bool) {
	gives, _ = m.m.next(m.j, true)
	var all byte
	for _, b := range m.m.out {
		all |= b
	}
	return gives, all != 0
}

// Close ends it.
func (m *Mix) Close() { m.m.close() }

// HLS is what readHLS makes of a playlist.
type HLS struct {
	Numbers  []int64 // of its segments, in their order
	Variants int
	Chosen   string // the address of the variant to take; empty: there is none
	Target   time.Duration
}

// ReadHLS is readHLS.
func ReadHLS(text []byte) (HLS, error) {
	l, err := readHLS(text)
	out := HLS{Variants: len(l.variants), Target: l.target}
	for _, s := range l.segments {
		out.Numbers = append(out.Numbers, s.number)
	}
	if len(l.variants) > 0 {
		out.Chosen = l.chosen()
	}
	return out, err
}

// Entries is entries.
func Entries(text []byte) []string { return entries(text) }
