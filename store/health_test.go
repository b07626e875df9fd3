package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"loalang/health"
	"loalang/store"
)

// What is kept of the board's health comes back as it was noted, and goes when it is old.
func TestHealthHistory(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	warm := health.Change{At: now.Add(-time.Hour), Part: health.Temperature, Level: health.Warning, Code: health.TemperatureWarm, Values: []health.Value{{Amount: 78, Unit: health.Celsius}}}
	full := health.Sample{At: now, Step: health.FineStep, Level: health.Good, Temperature: 51.5, DiskFree: 7 << 30, MemoryFree: 300 << 20, Memory: 60 << 20, Descriptors: 40}
	empty := health.Sample{At: now.Add(-time.Minute), Step: health.CoarseStep, Level: health.Unmeasured, Temperature: health.NoTemperature, DiskFree: -1, MemoryFree: -1, Memory: -1, Descriptors: -1}
	old := health.Sample{At: now.Add(-25 * time.Hour), Step: health.FineStep, Level: health.Good}
	oldCoarse := health.Sample{At: now.Add(-91 * 24 * time.Hour), Step: health.CoarseStep, Level: health.Good}
	oldChange := health.Change{At: now.Add(-91 * 24 * time.Hour), Part: health.Disk, Level: health.Fault, Code: health.DiskFull}
	if err := s.NoteHealth(ctx, health.History{Changes: []health.Change{oldChange, warm}, Fine: []health.Sample{old, full}, Coarse: []health.Sample{oldCoarse, empty}}, now); err != nil {
		t.Fatal(err)
	}
	h, err := s.HealthHistory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Changes) != 1 || len(h.Fine) != 1 || len(h.Coarse) != 1 {
		t.Fatalf("kept %+v", h)
	}
	if c := h.Changes[0]; !c.At.Equal(warm.At) || c.Part != warm.Part || c.Level != warm.Level || c.Code != warm.Code || len(c.Values) != 1 || c.Values[0] != warm.Values[0] {
		t.Errorf("a change came back as %+v", c)
	}
	for _, pair := range [][2]health.Sample{{h.Fine[0], full}, {h.Coarse[0], empty}} {
		if got, want := pair[0], pair[1]; !got.At.Equal(want.At) {
			t.Errorf("at %v, want %v", got.At, want.At)
		} else if got.At = want.At; got != want {
			t.Errorf("a sample came back as %+v, want %+v", got, want)
		}
	}
}

// However wrong the clock is, the tables stay as small as they may be.
func TestHealthHistoryIsBounded(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	var more health.History
	for i := range 600 {
		at := now.AddDate(3, 0, 0).Add(time.Duration(i) * time.Minute) // a clock that was ahead
		more.Changes = append(more.Changes, health.Change{At: at, Part: health.Link, Level: health.Warning, Code: health.LinkDown})
		more.Fine = append(more.Fine, health.Sample{At: at, Step: health.FineStep})
	}
	if err := s.NoteHealth(ctx, more, now); err != nil {
		t.Fatal(err)
	}
	h, err := s.HealthHistory(ctx)
	if err != nil || len(h.Changes) != health.ChangesKept || len(h.Fine) > 290 || len(h.Fine) < 280 {
		t.Errorf("%d changes, %d samples, %v", len(h.Changes), len(h.Fine), err)
	}
}

// The database answers while nothing is written; a beat is no change.
func TestBeat(t *testing.T) {
	s, err := store.Open(t.Context(), config(filepath.Join(t.TempDir(), "x.db")))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Beat(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Beat(t.Context()); err == nil {
		t.Error("a closed database answers")
	}
}
