package speaker_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

func TestBackoff(t *testing.T) {
	const s = time.Second
	type loss struct {
		after time.Duration // since the last one
		held  time.Duration
		want  time.Duration // the pause
	}
	for _, c := range []struct {
		name   string
		losses []loss
	}{
		{"OK one loss", []loss{{0, time.Hour, 0}}},
		{"three at once, then slower and slower", []loss{
			{0, s, 0},
			{s, s, 0},
			{s, s, 0},
			{s, s, 500 * time.Millisecond},
			{s, s, s},
			{s, s, 2 * s},
			{s, s, 4 * s},
			{s, s, 5 * s},
			{s, s, 5 * s},
		}},
		{"calm in between forgives", []loss{
			{0, s, 0},
			{s, s, 0},
			{s, s, 0},
			{s, s, 500 * time.Millisecond},
			{20 * s, 15 * s, 0},
			{s, s, 0},
		}},
		{"a loss every five seconds is no calm", []loss{
			{0, 4 * s, 0}, {5 * s, 4 * s, 0}, {5 * s, 4 * s, 0}, {5 * s, 4 * s, 0},
		}},
		{"the pauses themselves are no calm", []loss{
			{0, s, 0},
			{s, s, 0},
			{s, s, 0},
			{s, s, 500 * time.Millisecond},
			{9 * s, 9 * s, s},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b speaker.Backoff
			now := audio.Instant(time.Hour)
			for i, l := range c.losses {
				now = now.Add(l.after)
				if got := b.Next(now, l.held, 0); got != l.want {
					t.Errorf("loss %d: pause %v, want %v", i, got, l.want)
				}
			}
		})
	}
}

// TestBackoffLoosePlug: a card that goes and comes is opened at once each time,
// though not one that fails as soon as it is opened.
func TestBackoffLoosePlug(t *testing.T) {
	for _, c := range []struct {
		name         string
		held, waited time.Duration
		want         time.Duration // the pause after many losses
	}{
		{"OK it was away for a second", 500 * time.Millisecond, time.Second, 0},
		{"it was away for an instant", 500 * time.Millisecond, 100 * time.Millisecond, 150 * time.Millisecond},
		{"it was there, and the child crashed", 500 * time.Millisecond, 0, 5 * time.Second},
		{"it came back and could not be opened", 0, time.Second, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b speaker.Backoff
			var got time.Duration
			for i := range 12 {
				got = b.Next(audio.Instant(time.Hour).Add(time.Duration(i)*1500*time.Millisecond), c.held, c.waited)
			}
			if got != c.want {
				t.Errorf("pause %v after twelve losses, want %v", got, c.want)
			}
		})
	}
}

func TestStallLimit(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		up   speaker.Up
		want time.Duration
	}{
		{"OK real time, short periods", speaker.Up{RealTime: true, Period: 5 * ms}, 250 * ms},
		{"real time, long periods", speaker.Up{RealTime: true, Period: 85 * ms}, 680 * ms},
		{"no real time", speaker.Up{Period: 40 * ms}, 1000 * ms},
		{"no real time, very long periods", speaker.Up{Period: 170 * ms}, 1360 * ms},
		{"no card", speaker.Up{RealTime: true}, 250 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := speaker.StallLimit(c.up); got != c.want {
				t.Errorf("limit %v, want %v", got, c.want)
			}
		})
	}
}
