package playout_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// stretched makes a sound of the library so long.
func (s *stage) stretched(id string, length time.Duration) {
	s.t.Helper()
	s.lib.add(id, time.Second)
	if err := os.Truncate(s.lib.path(id), 44+2*int64(audio.Rate.N(length))); err != nil {
		s.t.Fatal(err)
	}
}

// What is longer than the output keeps in memory is never given to it, which would refuse
// every word: a voice reads instead of a recording, and that there is no room is told.
func TestEmergencyWhoseWordsAreTooLong(t *testing.T) {
	t.Run("A recording", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.voicer.speaks = []string{"vi", "pcc"}
			s.stretched("giay", playout.LongestWords+time.Second)
			e := s.emergency("e1", 5*time.Minute)
			e.Messages = []scheduler.Message{{Language: "pcc", Recording: "giay"}}
			s.raise(e)
			s.at(5 * time.Second)
			air := s.player.Air().Emergencies[0]
			if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi", "pcc"}) || !hasFault(air, playout.TroubleInstead, "pcc") {
				t.Errorf("cycle = %v, faults %+v", got, air.Faults)
			}
		})
	})
	t.Run("Several that are long together", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.stretched("viet", playout.LongestWords/2+time.Second)
			s.stretched("giay", playout.LongestWords/2+time.Second)
			e := s.emergency("e1", 5*time.Minute)
			e.Text, e.Messages = "", []scheduler.Message{{Language: "vi", Recording: "viet"}, {Language: "pcc", Recording: "giay"}}
			s.raise(e)
			s.at(5 * time.Second)
			air := s.player.Air().Emergencies[0]
			if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) || !hasFault(air, playout.FaultTooLong, "pcc") {
				t.Errorf("cycle = %v, faults %+v", got, air.Faults)
			}
		})
	})
	t.Run("Without a siren", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.stretched("giay", time.Hour)
			e := s.emergency("e1", 5*time.Minute)
			e.Text, e.Languages, e.NoSiren, e.Messages = "", []string{"pcc"}, true, []scheduler.Message{{Language: "pcc", Recording: "giay"}}
			s.raise(e)
			s.at(5 * time.Second)
			air := s.player.Air().Emergencies[0]
			if got := s.out.parts(); !slices.Equal(got, []string{"siren"}) || !air.Sounding || !hasFault(air, playout.FaultTooLong, "pcc") {
				t.Errorf("cycle = %v, sounding %v, faults %+v", got, air.Sounding, air.Faults)
			}
		})
	})
}

// An emergency without a siren whose words the output cannot take is not over before
// anybody heard of it: the siren sounds, and that is told.
func TestEmergencyWhoseWordsTheOutputRefuses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		e := s.recorded("e1")
		e.Text, e.Languages, e.NoSiren = "", []string{"pcc"}, true
		s.raise(e)
		s.at(time.Second)
		s.out.off("e1", audio.Unread)
		s.at(5 * time.Second)
		air := s.player.Air()
		if len(air.Emergencies) != 1 {
			t.Fatal("it is over")
		}
		if got := s.out.parts(); !slices.Equal(got, []string{"siren"}) || !air.Emergencies[0].Sounding || !hasFault(air.Emergencies[0], playout.TroubleWordless, "") {
			t.Errorf("cycle = %v, air %+v", got, air.Emergencies[0])
		}
		s.out.off("e1", audio.Unread) // nor is it raised for ever
		s.at(10 * time.Second)
		if n := len(s.player.Air().Emergencies); n > 0 {
			t.Errorf("%d sound", n)
		}
	})
}
