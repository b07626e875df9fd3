package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

func TestSpan(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	airing := func(part scheduler.PartKind, from, to int) playout.Airing {
		a := playout.Airing{Part: part, Started: at(from)}
		if to > 0 {
			a.Ended = at(to)
		}
		return a
	}
	for name, c := range map[string]struct {
		airings     []playout.Airing
		first, last time.Time
	}{
		"Nothing":       {nil, time.Time{}, time.Time{}},
		"InOrder":       {[]playout.Airing{airing("chime", 1, 2), airing("voice", 3, 9)}, at(1), at(9)},
		"NeverEnded":    {[]playout.Airing{airing("chime", 1, 2), airing("voice", 3, 0)}, at(1), time.Time{}},
		"SirenEndsLast": {[]playout.Airing{airing("siren", 1, 20), airing("voice", 10, 15)}, at(1), at(20)},
		"SirenSounds":   {[]playout.Airing{airing("siren", 1, 0), airing("voice", 10, 15)}, at(1), time.Time{}},
		"WentOn":        {[]playout.Airing{airing("siren", 1, 0), airing("siren", 30, 40)}, at(1), at(40)},
	} {
		t.Run(name, func(t *testing.T) {
			if first, last := (playout.AsRun{Airings: c.airings}).Span(); !first.Equal(c.first) || !last.Equal(c.last) {
				t.Errorf("span = %v, %v; want %v, %v", first, last, c.first, c.last)
			}
		})
	}
}
