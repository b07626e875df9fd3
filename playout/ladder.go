package playout

import (
	"os"

	"loalang/audio"
	"loalang/scheduler"
)

// Rung is a place on the ladder of claims to the output: the higher has it, what
// stands lower gives way, and equals queue, the earlier due first. The numbers
// leave room between them.
type Rung int

// The rungs. A bed sounds under what stands above it.
const (
	RungBed       Rung = 10
	RungRelay     Rung = 20
	RungScheduled Rung = 40
	RungPriority  Rung = 60
	RungLive      Rung = 80
	RungEmergency Rung = 100
)

// KindLive is the AsRun.Kind of somebody who spoke live.
const KindLive scheduler.OccurrenceKind = "live"

// rungOf is where an occurrence stands.
func rungOf(o scheduler.Occurrence) Rung {
	switch {
	case o.Class == scheduler.ClassEmergency:
		return RungEmergency
	case o.Kind == KindLive:
		return RungLive
	case o.Kind == scheduler.Relay:
		return RungRelay
	case o.Class == scheduler.ClassPriority:
		return RungPriority
	}
	return RungScheduled
}

// Feed is sound that is made as it airs: a relayed station, a microphone. Its
// methods may be called from any goroutine and do not block.
type Feed interface {
	// Open is the reading end of a new pipe of 48 kHz s16 mono little-endian PCM,
	// from now on; a pipe opened before ends. The caller closes it.
	Open() (*os.File, error)
	// Changes tells what the feed gives now, whenever that becomes another thing; it
	// is closed when the feed has ended.
	Changes() <-chan FeedChange
	// Close ends the feed and what it holds.
	Close() error
}

// FeedChange is what a Feed gives from an instant on.
type FeedChange struct {
	At     audio.Instant
	Part   scheduler.PartKind // PartRelay, PartFallback, PartNothing or PartLive
	Detail string             // why, for the log
}
