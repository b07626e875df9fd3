package playout_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"loalang/hardware"
	"loalang/playout"
)

// dies lets an amplifier go off by itself, and tells nobody; nil: it is as before.
func (a *amp) dies(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = err
	if err != nil {
		a.on = false
	}
}

// strays lets the line of an amplifier be at the other level than it was set to.
func (a *amp) strays(odd bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.odd = odd
}

// ills are ways in which nobody hears the board, and their causes.
func ills(s *stage, taken *atomic.Bool) map[string]func(ill bool) {
	return map[string]func(ill bool){
		playout.TroubleAmplifier: func(ill bool) {
			if s.amp.dies(nil); ill {
				s.amp.dies(errors.New("the adapter was pulled"))
			}
		},
		playout.TroubleBypass: taken.Store,
	}
}

// A row says what became of most of it: an amplifier that goes off in the middle and stays
// off, or somebody who speaks by it meanwhile, has cut it; what was lost in passing is its
// cause; and of what only its last syllable was heard nobody heard anything. An emergency is
// as true as a notice.
func TestRowSaysWhatWasUnheardInItsMiddle(t *testing.T) {
	cases := map[string]struct {
		from, to time.Duration // of the ill, since the first frame
		outcome  playout.Outcome
		causes   bool
	}{
		"Heard":    {-10 * time.Second, -8 * time.Second, playout.Played, false},
		"Dies":     {5 * time.Second, time.Hour, playout.Cut, true},
		"Middle":   {2500 * time.Millisecond, 38 * time.Second, playout.Cut, true},
		"Passing":  {20 * time.Second, 30 * time.Second, playout.Played, true},
		"LastWord": {-10 * time.Second, 39500 * time.Millisecond, playout.Missed, true},
		"FirstBit": {500 * time.Millisecond, time.Hour, playout.Missed, true},
	}
	const first, length = 20 * time.Second, 40 * time.Second
	for name, c := range cases {
		for _, cause := range []string{playout.TroubleAmplifier, playout.TroubleBypass} {
			for _, emergency := range []bool{false, true} {
				what := "Notice"
				if emergency {
					what = "Emergency"
				}
				t.Run(name+"/"+cause+"/"+what, func(t *testing.T) {
					bubble(t, func(t *testing.T) {
						var taken atomic.Bool
						s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
							cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
						})
						ill := ills(s, &taken)[cause]
						for at, is := range map[time.Duration]bool{c.from: true, c.to: false} {
							time.AfterFunc(first+at, func() { ill(is) })
						}
						id := "one"
						if emergency {
							id = "emergency:one"
							s.at(first)
							s.raise(s.emergency("one", length))
						} else {
							s.player.Play(s.occurrence(id, first, length-1500*time.Millisecond))
						}
						s.at(2 * time.Minute)
						row := s.row(id)
						if row.Outcome != c.outcome || (row.Cause == cause) != (c.causes && (!emergency || c.outcome != playout.Played)) {
							t.Errorf("row = %q cause %q", row.Outcome, row.Cause)
						}
					})
				})
			}
		}
	}
}

// Loudspeakers that were off for most of an airing have not heard it, though they were on
// as it began or ended; those that were on for most of it have.
func TestZoneThatDiesIsNotClaimed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		zones := map[string]*amp{}
		s := newStage(t, zoned(zones))
		s.player.Play(s.occurrence("one", 10*time.Second, 30*time.Second))
		s.at(16 * time.Second)
		zones["cho"].dies(errors.New("the adapter was pulled"))
		s.at(35 * time.Second)
		zones["suoi"].dies(errors.New("the adapter was pulled"))
		s.at(time.Minute)
		row := s.expect("one", playout.Played, "completed", 2)
		for i, want := range [][]string{{"dau-thon", "cho", "suoi"}, {"dau-thon", "suoi"}} {
			if got := row.Airings[i].Zones; !slices.Equal(got, want) {
				t.Errorf("the airing %d is said to be heard in %v, want %v", i, got, want)
			}
		}
	})
}

// The pin of a relay is read to be off though it was switched on: nobody hears anything, and
// rows, zones and the emergency that sounds say so. An amplifier that is on by itself is
// heard all the same.
func TestPinThatStraysIsNotHeard(t *testing.T) {
	for _, optional := range []bool{false, true} {
		bubble(t, func(t *testing.T) {
			zones := map[string]*amp{}
			s := newStage(t, zoned(zones))
			for _, z := range zones {
				z.optional = optional
				z.strays(true)
			}
			s.play("one", 10*time.Second)
			s.at(30 * time.Second)
			s.raise(s.emergency("e1", 30*time.Second))
			s.at(40 * time.Second)
			a := s.player.Air().Emergencies[0]
			s.at(90 * time.Second)
			one, e1 := s.row("one"), s.row("emergency:e1")
			if optional {
				if one.Outcome != playout.Played || len(one.Airings[1].Zones) != 3 || !a.Sounding || e1.Outcome != playout.Played {
					t.Errorf("on by itself: %v %q, sounding %v, %v %q", one.Outcome, one.Cause, a.Sounding, e1.Outcome, e1.Cause)
				}
				return
			}
			if one.Outcome != playout.Missed || one.Cause != playout.TroubleAmplifier || len(one.Airings[1].Zones) > 0 {
				t.Errorf("notice = %v %q in %v", one.Outcome, one.Cause, one.Airings[1].Zones)
			}
			if a.Sounding || !hasFault(a, playout.TroubleAmplifier, "") {
				t.Errorf("sounding %v, faults %+v", a.Sounding, a.Faults)
			}
			if e1.Outcome != playout.Missed || e1.Cause != playout.TroubleAmplifier || len(e1.Airings[0].Zones) > 0 {
				t.Errorf("emergency = %v %q in %v", e1.Outcome, e1.Cause, e1.Airings[0].Zones)
			}
		})
	}
}
