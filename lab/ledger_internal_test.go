package lab

import (
	"testing"
)

// TestWhatWasToldOfTheAirStays: what a monitor had said of a row, and how long its airings were, could
// become another, and nobody in the lab would have said so.
func TestWhatWasToldOfTheAirStays(t *testing.T) {
	row := func(heard string, frames float64, ended string) Object {
		return Object{"occurrence": "a", "outcome": "played", "heard": heard, "airings": []any{map[string]any{
			"started": "2026-11-26T05:00:00Z", "ended": ended, "frames": frames,
		}}}
	}
	const end, later = "2026-11-26T05:00:02Z", "2026-11-26T05:00:03Z"
	for name, c := range map[string]struct {
		was, is Object
		bad     bool
	}{
		"Same":        {row("yes", 96000, end), row("yes", 96000, end), false},
		"HeardNow":    {row("not-measured", 96000, end), row("yes", 96000, end), false},
		"HeardNoMore": {row("yes", 96000, end), row("not-measured", 96000, end), true},
		"Shorter":     {row("yes", 96000, end), row("yes", 48000, end), true},
		"EndsLater":   {row("yes", 96000, end), row("yes", 96000, later), true},
		"EndSeenNow":  {row("", 48000, ""), row("", 96000, end), false},
	} {
		if err := sameRow(c.was, c.is); (err != nil) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
	}
}
