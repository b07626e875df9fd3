package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"loalang/audio"
	"loalang/audio/speaker"
	"loalang/health"
	"loalang/pulse"
)

const (
	// loopPatience is how long a loop may not come round before it hangs.
	loopPatience = 30 * time.Second
	// plannerPatience is that of the scheduler, whose plans of a large book take a small
	// board seconds, with a slow disk behind them.
	plannerPatience = time.Minute
	// databasePatience is that of what waits for its turn to write: a migration or an
	// import may be before it.
	databasePatience = time.Minute
	// producerPatience is that of the producer, which beats behind each rendition: one may
	// ask several voices, each for ten minutes, before ffmpeg has it.
	producerPatience = 2 * time.Hour
	// slowPatience is that of what works on sound behind the air: on one recording ffmpeg may take
	// 25 minutes, with a slow disk behind it.
	slowPatience = 2 * time.Hour
	// monitorPatience is that of the monitor input, which reads its calibration first.
	monitorPatience = time.Minute
	// healthPatience is that of the measuring, which asks a slow disk, too.
	healthPatience = time.Minute
	// probeEvery is how often what has no loop of its own is asked.
	probeEvery = 5 * time.Second
)

// newPulse makes the registry of this program's loops.
func newPulse() *pulse.Registry {
	return pulse.New(func() time.Duration { return time.Duration(audio.Monotonic()) })
}

// watched are the parts that ask what has no loop of its own, and the one that tells
// systemd.
func (b *board) watched() []func(context.Context) error {
	probe := func(name string, within time.Duration, ask func(context.Context) bool) func(context.Context) error {
		beat := b.pulse.Loop(name, within)
		return func(ctx context.Context) error { return pulse.Probe(ctx, probeEvery, beat, ask) }
	}
	return []func(context.Context) error{
		probe("amplifier", loopPatience, func(context.Context) bool {
			b.amp.ask() // waits for the relay's line where that hangs; its faults are told elsewhere
			return true
		}),
		probe("output", loopPatience, func(context.Context) bool {
			b.output.State() // waits for whoever hands the output something
			return true
		}),
		probe("database", databasePatience, func(ctx context.Context) bool {
			_ = b.db.Beat(ctx) // an error is an answer: a damaged database must not become a restart loop
			return true
		}),
		probe("panel", loopPatience, answers(b.panel.Handler(), "/healthz")),
		b.tellSystemd, b.slim,
	}
}

// answers asks a handler whether it answers well. It is asked within the program: an
// address may leave the machine, with a router or a cable, while all is well here.
func answers(h http.Handler, path string) func(ctx context.Context) bool {
	return func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
		if err != nil {
			return false
		}
		r.Host, r.RemoteAddr = "localhost", "127.0.0.1:0"
		said := heard{head: http.Header{}}
		h.ServeHTTP(&said, r)
		return said.status == http.StatusOK
	}
}

// heard keeps of an answer whether it was a good one.
type heard struct {
	head   http.Header
	status int
}

// Header implements http.ResponseWriter.
func (h *heard) Header() http.Header { return h.head }

// Write implements http.ResponseWriter.
func (h *heard) Write(raw []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return len(raw), nil
}

// WriteHeader implements http.ResponseWriter.
func (h *heard) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// tellSystemd says READY when every loop has come round, feeds the watchdog as long as
// they do, and says STOPPING at the end. Where no systemd listens it only waits.
func (b *board) tellSystemd(ctx context.Context) error {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		b.log.Warn("the watchdog of systemd cannot be fed", "err", err)
	}
	disk := &hungDisk{ask: takesAByte(b.settings.Data), mono: func() time.Duration { return time.Duration(audio.Monotonic()) }}
	return pulse.Feed{
		Waits: disk.hangs, Loops: b.pulse, Watchdog: every, Status: b.status, Log: b.log,
		Notify: func(state string) error {
			_, err := daemon.SdNotify(false, state)
			return err
		},
	}.Run(ctx)
}

// slim gives back what the start took, once every loop has come round.
func (b *board) slim(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-b.pulse.Begun():
		if err := speaker.ForgetStartup(); err != nil {
			b.log.Warn("memory that the start took is not given back", "err", err)
		}
	}
	return nil
}

// status is one line for `systemctl status`.
func (b *board) status() string {
	var said []string
	if air := b.player.Air(); len(air.Emergencies) > 0 {
		said = append(said, "emergency on air")
	} else if air.OnAir != nil {
		said = append(said, "on air")
	} else {
		said = append(said, "waiting")
	}
	r := b.health.Report()
	for _, f := range r.Findings {
		if f.Level == health.Fault {
			said = append(said, string(f.Code))
		}
	}
	if n := r.Count(health.Warning); n > 0 {
		said = append(said, fmt.Sprintf("%d warnings", n))
	}
	return strings.Join(said, ", ")
}
