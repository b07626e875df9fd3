package store_test

import (
	"context"
	"testing"
	"time"

	"loalang/recordings"
)

// Recordings of before there were measures are found, the newest first, and get them
// once; built-in, removed and measured ones do not.
func TestUnmeasured(t *testing.T) {
	s, _ := seeded(t)
	ctx := context.Background()
	for i, id := range []string{"old", "older", "measured", "built", "gone"} {
		r := recording(id, unTa, day0.Add(-time.Duration(i)*time.Hour))
		if id != "measured" {
			r.Measures = recordings.Measures{}
		}
		if id == "built" {
			r.Kind = recordings.BuiltIn
		}
		check(t, s.SaveRecording(ctx, r), nil)
	}
	_, err := s.RemoveRecording(ctx, "gone", day0)
	check(t, err, nil)
	list, err := s.Unmeasured(ctx)
	check(t, err, nil)
	var got []string
	for _, r := range list {
		got = append(got, r.ID)
	}
	same(t, "unmeasured", got, []string{"old", "older"})

	m := recording("", "", day0).Measures
	other := m
	other.Decay = 0.1
	for _, id := range []string{"old", "measured", "gone", "nobody's"} {
		check(t, s.SaveMeasures(ctx, id, m), nil)
		check(t, s.SaveMeasures(ctx, id, other), nil)
	}
	for _, id := range []string{"old", "measured"} {
		r, err := s.Recording(ctx, id)
		check(t, err, nil)
		same(t, id, r.Measures, m)
	}
	list, err = s.Unmeasured(ctx)
	check(t, err, nil)
	same(t, "left", len(list), 1)
}
