package health

import (
	"context"
	"slices"
	"time"
)

// Change is that a part became better or worse, or ill in another way.
type Change struct {
	At     time.Time `json:"at"`
	Part   Part      `json:"part"`
	Level  Level     `json:"level"`
	Code   Code      `json:"code"`
	Values []Value   `json:"values,omitempty"`
}

// Sample is some numbers of a stretch of time, its worst: the hottest, the least that was
// free, the most that was open. What was not measured is less than 0; Temperature then
// is -1000.
type Sample struct {
	At          time.Time     `json:"at"` // its end
	Step        time.Duration `json:"-"`  // FineStep or CoarseStep
	Level       Level         `json:"level"`
	Temperature float64       `json:"temperature"` // °C
	DiskFree    int64         `json:"disk_free"`   // bytes
	MemoryFree  int64         `json:"memory_free"` // bytes
	Memory      int64         `json:"memory"`      // bytes that this program takes
	Descriptors int           `json:"descriptors"`
}

// How long what is kept.
const (
	FineStep   = 5 * time.Minute
	FineKept   = 24 * time.Hour
	CoarseStep = 2 * time.Hour
	CoarseKept = 90 * 24 * time.Hour
	// ChangesKept is how many changes are, at most; they go with CoarseKept besides.
	ChangesKept = 500
)

// NoTemperature is the temperature of a Sample without one.
const NoTemperature = -1000

// History is what is kept: everything in it the oldest first.
type History struct {
	Changes []Change `json:"changes"`
	Fine    []Sample `json:"fine"`
	Coarse  []Sample `json:"coarse"`
}

// Book keeps the history beyond the life of the program. *store.Store is one.
type Book interface {
	// NoteHealth adds to the history in one write, and forgets what is older than it is
	// kept, by now.
	NoteHealth(ctx context.Context, more History, now time.Time) error
	HealthHistory(ctx context.Context) (History, error)
}

// sampleOf is a measurement as a sample.
func sampleOf(m Measurement, level Level, step time.Duration) Sample {
	s := Sample{At: m.At, Step: step, Level: level, Temperature: NoTemperature, DiskFree: -1, MemoryFree: -1, Memory: -1, Descriptors: -1}
	if m.Temperature != nil {
		s.Temperature = *m.Temperature
	}
	if m.Disk != nil && m.Disk.Failed == "" {
		s.DiskFree = m.Disk.Free
	}
	if m.Memory != nil {
		s.MemoryFree, s.Memory = m.Memory.Available, m.Memory.Ours
	}
	if m.Descriptors != nil {
		s.Descriptors = m.Descriptors.Open
	}
	return s
}

// Worse joins two samples of one stretch, the later behind the earlier: of each number
// that of the two which is worse.
func (s Sample) Worse(o Sample) Sample {
	if o.Level.Rank() > s.Level.Rank() {
		s.Level = o.Level
	}
	s.At, s.Temperature = o.At, max(s.Temperature, o.Temperature)
	s.DiskFree, s.MemoryFree = least2(s.DiskFree, o.DiskFree), least2(s.MemoryFree, o.MemoryFree)
	s.Memory, s.Descriptors = max(s.Memory, o.Memory), max(s.Descriptors, o.Descriptors)
	return s
}

// least2 is the smaller of two numbers that were measured.
func least2(a, b int64) int64 {
	switch {
	case a < 0:
		return b
	case b < 0:
		return a
	}
	return min(a, b)
}

// trimmed is the history without what is older than it is kept. What lies in the future
// stays: the clock may have been put back.
func (h History) trimmed(now time.Time) History {
	old := func(kept time.Duration) func(Sample) bool {
		return func(s Sample) bool { return now.Sub(s.At) > kept }
	}
	h.Fine = slices.DeleteFunc(h.Fine, old(FineKept))
	h.Coarse = slices.DeleteFunc(h.Coarse, old(CoarseKept))
	h.Changes = slices.DeleteFunc(h.Changes, func(c Change) bool { return now.Sub(c.At) > CoarseKept })
	h.Fine = last(h.Fine, int(FineKept/FineStep)+1)
	h.Coarse = last(h.Coarse, int(CoarseKept/CoarseStep)+1)
	h.Changes = last(h.Changes, ChangesKept)
	return h
}

func last[T any](list []T, n int) []T { return list[max(len(list)-n, 0):] }

func (h History) join(more History) History {
	return History{Changes: append(h.Changes, more.Changes...), Fine: append(h.Fine, more.Fine...), Coarse: append(h.Coarse, more.Coarse...)}
}

func (h History) empty() bool { return len(h.Changes)+len(h.Fine)+len(h.Coarse) == 0 }

func (h History) clone() History {
	return History{slices.Clone(h.Changes), slices.Clone(h.Fine), slices.Clone(h.Coarse)}
}
