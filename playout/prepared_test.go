package playout_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// recorded is an emergency of which Giáy was recorded, 6 s long, and Vietnamese is read.
func (s *stage) recorded(id string) scheduler.Emergency {
	s.lib.add("giay", 6*time.Second)
	e := s.emergency(id, 5*time.Minute)
	e.Messages = []scheduler.Message{{Language: "pcc", Recording: "giay"}}
	return e
}

// What was recorded sounds as it was recorded, with the database gone, at once and
// before any voice is ready; and no voice reads it.
func TestEmergencyPlaysWhatWasRecorded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		broken := errors.New("database disk image is malformed")
		s.book.breaks(broken)
		s.alarms.breaks(broken)
		s.place.fail = broken
		s.voicer.speaks, s.voicer.took = []string{"vi", "pcc"}, 30*time.Second
		e := s.recorded("e1")
		e.Repeat = 2
		s.raise(e)
		s.at(time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "pcc"}) {
			t.Fatalf("cycle = %v, want the recording without waiting for the voice", got)
		}
		s.at(40 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi", "pcc"}) {
			t.Fatalf("cycle = %v, want the languages in the village's order", got)
		}
		s.book.breaks(nil)
		s.at(3 * time.Minute)
		row := s.expect("emergency:e1", playout.Played, "completed", 3)
		for _, a := range row.Airings {
			if a.Language == "pcc" && (a.Recording != "giay" || a.Part != scheduler.PartVoice || a.Frames == 0) {
				t.Errorf("Giáy aired as %+v", a)
			}
		}
		if slices.Contains(s.voicer.asked, "pcc") {
			t.Errorf("a voice was asked for %v", s.voicer.asked)
		}
	})
}

// An emergency of recordings alone needs no voice at all.
func TestEmergencyOfRecordingsAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		e := s.recorded("e1")
		e.Text, e.Languages, e.NoSiren, e.Repeat = "", []string{"pcc"}, true, 2
		s.raise(e)
		s.at(time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"pcc"}) {
			t.Fatalf("cycle = %v, want the words alone", got)
		}
		s.at(time.Minute)
		if row := s.expect("emergency:e1", playout.Played, "completed", 1); row.Airings[0].Frames != 2*6*48000 {
			t.Errorf("airings %+v, want the recording twice", row.Airings)
		}
		if len(s.voicer.asked) > 0 {
			t.Errorf("a voice was asked for %v", s.voicer.asked)
		}
	})
}

// A recording that cannot be played is read by a voice, and that is told; without a text
// it is tried again.
func TestEmergencyWhoseRecordingIsLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.speaks = []string{"vi", "pcc"}
		e := s.recorded("e1")
		e.Messages = []scheduler.Message{{Language: "pcc", Recording: "nowhere", Text: "Lời Giáy."}}
		s.raise(e)
		s.at(time.Second)
		air := s.player.Air().Emergencies[0]
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi", "pcc"}) || !hasFault(air, playout.TroubleInstead, "pcc") {
			t.Errorf("cycle = %v, faults %+v", got, air.Faults)
		}
	})
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		e := s.recorded("e1")
		e.Text, e.Messages = "", []scheduler.Message{{Language: "pcc", Recording: "late"}}
		e.Languages = []string{"pcc"}
		s.raise(e)
		s.at(5 * time.Second)
		if air := s.player.Air().Emergencies[0]; !hasFault(air, playout.FaultGone, "pcc") || !air.Sounding {
			t.Errorf("air = %+v, want the siren and the fault", air)
		}
		s.lib.add("late", 3*time.Second)
		s.at(30 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "pcc"}) {
			t.Errorf("cycle = %v, want what is there again", got)
		}
	})
}

// Without a siren the words sound alone; while they do not come, the siren sounds.
func TestEmergencyWithoutSiren(t *testing.T) {
	raise := func(s *stage) {
		e := s.emergency("e1", 5*time.Minute)
		e.NoSiren = true
		s.raise(e)
	}
	cycles := func(s *stage) int { s.out.mu.Lock(); defer s.out.mu.Unlock(); return len(s.out.raised) }
	t.Run("Words at once", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.voicer.took = 3 * time.Second
			raise(s)
			s.at(2 * time.Second)
			if cycles(s) > 0 || !s.amp.keyed() {
				t.Error("it sounds before its words are there, or the amplifier waits for them")
			}
			s.at(5 * time.Second)
			if got := s.out.parts(); !slices.Equal(got, []string{"vi"}) {
				t.Errorf("cycle = %v", got)
			}
			s.at(6 * time.Minute)
			if row := s.expect("emergency:e1", playout.Played, "expired", 1); row.Airings[0].Part != scheduler.PartVoice {
				t.Errorf("airings %+v", row.Airings)
			}
		})
	})
	t.Run("Words come late", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.voicer.took = 30 * time.Second
			raise(s)
			s.at(9 * time.Second)
			if cycles(s) > 0 {
				t.Error("the siren does not wait")
			}
			s.at(12 * time.Second)
			if got := s.out.parts(); !slices.Equal(got, []string{"siren"}) {
				t.Errorf("cycle = %v, want the siren: nothing else is to be heard", got)
			}
			s.at(45 * time.Second)
			if got := s.out.parts(); !slices.Equal(got, []string{"vi"}) {
				t.Errorf("cycle = %v, want the words alone", got)
			}
		})
	})
	t.Run("No words", func(t *testing.T) {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.voicer.speaks = []string{"fr"}
			raise(s)
			s.at(2 * time.Second)
			if got := s.out.parts(); !slices.Equal(got, []string{"siren"}) {
				t.Errorf("cycle = %v, want the siren at once", got)
			}
		})
	})
}

// After a restart it sounds as it was meant: the recording, without the siren.
func TestRecordedEmergencyAfterRestart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		e := s.recorded("e1")
		e.Languages, e.NoSiren = []string{"pcc"}, true
		s.raise(e)
		s.at(5 * time.Second)
		s.close()
		book, spool := s.book, s.spool
		time.Sleep(5 * time.Second)
		s = newStage(t, func(n *stage, cfg *playout.PlayerConfig) {
			n.book, n.spool = book, spool
			cfg.Journal, cfg.Spool = book, []string{spool}
			n.lib.add("giay", 6*time.Second)
		})
		s.at(20 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"pcc"}) || len(s.voicer.asked) > 0 {
			t.Errorf("cycle = %v, voices %v", got, s.voicer.asked)
		}
	})
}
