package playout_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
)

// An emergency for other zones than the one that the monitor hears sounds elsewhere, also
// before its relays are switched; one for all, and a programme, sound where it hears.
func TestTheWitnessHearsOneZone(t *testing.T) {
	for name, c := range map[string]struct {
		hears string
		zones []string
		want  bool // it is told that it sounds here
	}{
		"its zone":          {"cho", []string{"cho", "suoi"}, true},
		"another":           {"dau-thon", []string{"cho", "suoi"}, false},
		"all":               {"dau-thon", nil, true},
		"it hears them all": {"", []string{"suoi"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &witness{}
				s := newStage(t, zoned(map[string]*amp{}), func(_ *stage, cfg *playout.PlayerConfig) { cfg.Witness, cfg.MonitorZone = w, c.hears })
				s.play("one", 10*time.Second)
				s.at(12 * time.Second)
				e := s.emergency("e1", 30*time.Second)
				e.Zones = c.zones
				s.raise(e)
				s.at(2 * time.Minute)
				here, elsewhere := 0, 0
				for _, line := range w.lines() {
					switch {
					case strings.HasPrefix(line, "elsewhere one"):
						t.Errorf("a programme: %q", line)
					case strings.HasPrefix(line, "sounds emergency:e1"):
						here++
					case strings.HasPrefix(line, "elsewhere emergency:e1"):
						elsewhere++
					}
				}
				if (here > 0) != c.want || (elsewhere > 0) == c.want {
					t.Errorf("here %d times, elsewhere %d times: %q", here, elsewhere, w.lines())
				}
			})
		})
	}
}

// Two emergencies take turns, one for a zone that the monitor does not hear. As the other
// begins and ends its zone is opened and cut in the middle of the first one's words: the
// witness is told at once, or would take what is cut for lost.
func TestTheWitnessIsToldWhenItsZoneIsCut(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := &witness{}
		s := newStage(t, zoned(map[string]*amp{}), func(_ *stage, cfg *playout.PlayerConfig) { cfg.Witness, cfg.MonitorZone = w, "cho" })
		last := func() string {
			t.Helper()
			said := ""
			for _, line := range w.lines() {
				if strings.Contains(line, " emergency:e1 ") {
					said = line
				}
			}
			return said
		}
		first, second := s.emergency("e1", 10*time.Minute), s.emergency("e2", 10*time.Minute)
		first.Zones, second.Zones = []string{"dau-thon"}, []string{"cho"}
		s.raise(first)
		s.at(5 * time.Second)
		if got := last(); !strings.HasPrefix(got, "elsewhere") {
			t.Fatalf("of one for another zone it is told %q", got)
		}
		s.raise(second)
		var at float64
		if got := last(); !strings.HasPrefix(got, "sounds") {
			t.Errorf("its zone is on for another emergency, and it is told %q", got)
		} else if _, err := fmt.Sscanf(got, "sounds emergency:e1 %f", &at); err != nil || at < (5*time.Second+settle).Seconds()-.1 {
			t.Errorf("its zone has not settled, and it is told %q", got)
		}
		s.at(28 * time.Second)
		if lines := w.lines(); !strings.HasPrefix(lines[len(lines)-1], "sounds emergency:e1 ") || !strings.Contains(strings.Join(lines, "\n"), "sounds emergency:e2") {
			t.Fatalf("it is not the first one's turn: %q", lines)
		}
		if err := s.player.End(t.Context(), "e2", "Hoa"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got, want := last(), "elsewhere emergency:e1 28.0"; got != want {
			t.Errorf("its zone was cut, and it is told %q, want %q", got, want)
		}
	})
}

// A notice that went on behind an emergency for another zone was called lost: the zone that
// the monitor hears was cut, and settled for as long as the alarm waits.
func TestTheWitnessWaitsForAZoneThatComesBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const slow = 10 * time.Second
		w, zones := &witness{}, map[string]*amp{}
		s := newStage(t, zoned(zones), func(_ *stage, cfg *playout.PlayerConfig) { cfg.Witness, cfg.MonitorZone = w, "cho" })
		zones["cho"].slow = slow
		s.player.Play(s.occurrence("one", 30*time.Second, time.Minute))
		s.at(40 * time.Second)
		e := s.emergency("e1", 5*time.Second)
		e.Zones = []string{"suoi"}
		s.raise(e)
		s.at(2 * time.Minute)
		var came []float64
		for _, line := range w.lines() {
			var at float64
			if _, err := fmt.Sscanf(line, "sounds one %f", &at); err == nil {
				came = append(came, at)
			}
		}
		changes := zones["cho"].switches()
		if len(came) != 3 || len(changes) < 3 {
			t.Fatalf("%q, switched at %v", w.lines(), changes)
		}
		back := changes[2].Sub(s.out.start)
		if came[0] > 30.1 {
			t.Errorf("its beginning is heard from %.1f s on", came[0])
		}
		if least := (back + slow + settle).Seconds(); came[2] < least-.2 || came[2] > least+1 {
			t.Errorf("its zone is on again at %v, and it is heard from %.1f s on: %q", back, came[2], w.lines())
		}
	})
}

// Of a zone that does not answer nothing is expected: what it does not tell is silent.
func TestTheWitnessWaitsForNoZoneThatFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w, zones := &witness{}, map[string]*amp{}
		s := newStage(t, zoned(zones), func(_ *stage, cfg *playout.PlayerConfig) { cfg.Witness, cfg.MonitorZone = w, "cho" })
		zones["cho"].slow, zones["cho"].fail = 10*time.Second, errors.New("the line is held")
		s.player.Play(s.occurrence("one", 30*time.Second, time.Minute))
		s.at(2 * time.Minute)
		if lines := w.lines(); len(lines) == 0 || lines[0] != "sounds one 30.0" {
			t.Errorf("%q", lines)
		}
	})
}
