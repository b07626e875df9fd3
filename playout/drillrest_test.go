package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// A drill soon behind a notice called the amplifier broken, which only had to stay off for a
// moment still: it waits for it. One that leaves the amplifier off waits for nothing.
func TestDrillWaitsForAnAmplifierThatRests(t *testing.T) {
	for name, silent := range map[string]bool{"Audible": false, "Silent": true} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, relay := restful(t, 20*time.Second)
				s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second)) // off at 20.5 s, until 40.5 s
				s.at(22 * time.Second)
				s.player.Play(s.drill("d", 25*time.Second, silent))
				s.keyedAt(relay, 40*time.Second, false, "it rests")
				s.keyedAt(relay, 41*time.Second, !silent, "it has rested")
				s.at(3 * time.Minute)
				row, airings := s.row("d"), 2
				if silent {
					airings = 0
				}
				s.expect("d", playout.Played, "completed", airings)
				if !row.Drill.Passed() {
					t.Errorf("failing %v", failing(t, row))
				}
				if silent && row.Lateness != 0 || !silent && row.Lateness > 16*time.Second {
					t.Errorf("it is late by %s", row.Lateness)
				}
			})
		})
	}
}

// The amplifier stays on across the short gaps before and behind a drill that switches it on,
// as it does between notices: it must stay off for longer than the gap. For one that leaves it
// off it does not stay on.
func TestTheAmplifierStaysOnAroundADrill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		d, b := s.drill("d", 35*time.Second, false), s.occurrence("b", 75*time.Second, 3*time.Second)
		s.at(6 * time.Second)
		s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second)) // until 19.5 s
		s.player.Expect(d.Due)
		s.keyedAt(relay, 25*time.Second, true, "the drill is due in 10 s")
		s.at(26 * time.Second)
		s.player.Play(d)
		s.player.Expect(b.Due)
		s.keyedAt(relay, 34*time.Second, true, "the drill is due in a second")
		s.keyedAt(relay, 62*time.Second, true, "the drill is over, and b is due in 13 s")
		s.at(66 * time.Second)
		s.player.Play(b)
		s.player.Expect(time.Time{})
		s.keyedAt(relay, 85*time.Second, false, "nothing is due any more")
		row := s.expect("d", playout.Played, "completed", 2)
		if !row.Drill.Passed() || row.Lateness > time.Second {
			t.Errorf("the drill is late by %s; failing %v", row.Lateness, failing(t, row))
		}
		if row := s.expect("b", playout.Played, "completed", 2); row.Lateness.Abs() > time.Millisecond {
			t.Errorf("b is late by %s", row.Lateness)
		}
	})
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
		s.at(19 * time.Second)
		s.player.Play(s.drill("d", 35*time.Second, true))
		s.keyedAt(relay, 25*time.Second, false, "a silent drill leaves it off")
	})
}

// For a drill that is taken back nobody hums.
func TestADrillThatIsTakenBackKeepsNothingOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, relay := restful(t, 20*time.Second)
		s.player.Play(s.occurrence("a", 15*time.Second, 3*time.Second))
		s.player.Play(s.drill("d", 40*time.Second, false))
		s.keyedAt(relay, 24*time.Second, true, "a drill is due in 16 s")
		if err := s.player.Unschedule(t.Context(), "d1", "cán bộ"); err != nil {
			t.Fatal(err)
		}
		s.keyedAt(relay, 26*time.Second, false, "it was taken back")
		s.expect("d", playout.Withdrawn, scheduler.ReasonWithdrawn, 0)
	})
}
