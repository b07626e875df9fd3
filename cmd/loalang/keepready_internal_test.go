package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/scheduler"
)

// copies takes note of what is made ready; one of them is broken.
type copies struct {
	opened []string
	broken string
}

func (c *copies) Ready(_ context.Context, id string, _ func() error) error {
	c.opened = append(c.opened, id)
	if id == c.broken {
		return errors.New("damaged")
	}
	return nil
}

// What airs within the next hours is opened once, the next first; what has aired, or
// airs tomorrow, is not, and one that cannot be opened keeps no other from being.
func TestMakeReadyOpensWhatAirsSoon(t *testing.T) {
	now := time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)
	at := func(from time.Duration, bed *scheduler.Part, ids ...string) scheduler.Occurrence {
		o := scheduler.Occurrence{Due: now.Add(from), Length: time.Hour, Bed: bed}
		for _, id := range ids {
			o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartVoice, Recording: id})
		}
		return o
	}
	plan := scheduler.Plan{Occurrences: []scheduler.Occurrence{
		at(-2*time.Hour, nil, "over"), at(-time.Minute, nil, "airs"), at(time.Hour, &scheduler.Part{Recording: "music"}, "chime", "broken"),
		at(11*time.Hour, nil, "chime", "evening"), at(13*time.Hour, nil, "tomorrow"),
	}}
	c := &copies{broken: "broken"}
	var told []string
	makeReady(context.Background(), plan, now, c, func(id string, _ error) { told = append(told, id) })
	if want := []string{"airs", "chime", "broken", "music", "evening"}; !slices.Equal(c.opened, want) {
		t.Errorf("opened are %v instead of %v", c.opened, want)
	}
	if !slices.Equal(told, []string{"broken"}) {
		t.Errorf("it tells of %v", told)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c.opened = nil
	makeReady(ctx, plan, now, c, func(id string, _ error) { t.Errorf("it tells of %s at the end", id) })
	if len(c.opened) > 0 {
		t.Errorf("after the end it opens %v", c.opened)
	}
}
