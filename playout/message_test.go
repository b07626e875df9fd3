package playout_test

import (
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
	"loalang/speech"
)

// parts names the parts of the cycle that the output was given last.
func (o *output) parts() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var names []string
	for _, p := range o.raised[len(o.raised)-1].Cycle {
		names = append(names, p.Name)
	}
	return names
}

// The words are spoken with a full disk and with a locked database, and the
// as-run tells of it, though no recording can be kept.
func TestEmergencySpeaksWithoutDiskAndDatabase(t *testing.T) {
	for name, broken := range map[string]error{"FullDisk": recordings.ErrDiskFull, "LockedDatabase": errors.New("database is locked")} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.voicer.disk = broken
				s.book.breaks(broken)
				s.alarms.breaks(broken)
				s.place.fail = broken
				s.raise(s.emergency("e1", time.Minute))
				s.at(5 * time.Second)
				if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) {
					t.Fatalf("cycle = %v, want siren and message", got)
				}
				if e := s.player.Air().Emergencies[0]; !slices.Equal(e.Spoken, []string{"vi"}) || !hasFault(e, playout.FaultNoVoice, "pcc") {
					t.Errorf("air = %+v", e)
				}
				s.at(50 * time.Second)
				s.book.breaks(nil)
				s.at(2 * time.Minute)
				if row := s.expect("emergency:e1", playout.Played, "expired", 2); row.Airings[1].Language != "vi" || row.Airings[1].Frames == 0 {
					t.Errorf("airings = %+v, want the message", row.Airings)
				}
			})
		})
	}
}

// What cannot be spoken is shown, tried again, and joins as soon as it can be.
func TestEmergencyTriesAgainToSpeak(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.breaks(&s.voicer.fail, fmt.Errorf("speak: %w", speech.ErrNoEngine))
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(20 * time.Second)
		if e := s.player.Air().Emergencies[0]; len(e.Spoken) > 0 || !hasFault(e, playout.FaultNoEngine, "vi") || !e.Sounding {
			t.Errorf("air = %+v, want the siren and the fault", e)
		}
		s.voicer.breaks(&s.voicer.fail, nil)
		s.at(40 * time.Second)
		if e := s.player.Air().Emergencies[0]; !slices.Equal(e.Spoken, []string{"vi"}) || hasFault(e, playout.FaultNoEngine, "vi") {
			t.Errorf("air = %+v, want it spoken", e)
		}
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) {
			t.Errorf("cycle = %v", got)
		}
	})
}

// With memory full, too, what the library has from an earlier time is taken.
func TestEmergencySpeaksFromTheLibrary(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.memory = syscall.ENOSPC
		s.raise(s.emergency("e1", time.Minute))
		s.at(5 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) {
			t.Errorf("cycle = %v", got)
		}
	})
}

// Languages nobody speaks here do not silence it, and neither do unknown zones.
func TestEmergencyInAnUnknownLanguage(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		e := s.emergency("e1", time.Minute)
		e.Languages, e.Zones = []string{"xx"}, []string{"sao Hỏa"}
		s.raise(e)
		s.at(5 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) {
			t.Errorf("cycle = %v, want the village's Vietnamese", got)
		}
		if air := s.player.Air().Emergencies[0]; !hasFault(air, playout.FaultNoVoice, "xx") || !hasFault(air, playout.TroubleFallback, "") || !air.Sounding {
			t.Errorf("air = %+v", air)
		}
		s.at(50 * time.Second)
		if a := s.row("emergency:e1").Airings; !slices.Equal(a[0].Zones, []string{"loa-1"}) {
			t.Errorf("airings = %+v, want the zones that sounded", a)
		}
	})
}

// The languages of the village are those of the raise, not those of the start.
func TestEmergencySpeaksTheVillagesLanguagesOfNow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.speaks = []string{"vi", "en", "tyz"}
		s.place.speaks("tyz", "vi")
		s.raise(s.emergency("e1", time.Minute))
		s.at(5 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "tyz", "vi"}) {
			t.Errorf("cycle = %v, want Tày and Vietnamese", got)
		}
		s.place.speaks("en") // read, and then the database is gone
		s.raise(s.emergency("e2", time.Minute))
		s.at(6 * time.Second)
		s.place.fail = errors.New("database is locked")
		s.raise(s.emergency("e3", time.Minute))
		s.at(7 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "en"}) {
			t.Errorf("cycle = %v, want what was known last", got)
		}
	})
}

// What is spoken in one language once had to be in the library, behind an import
// of minutes, before another language was tried again.
func TestTryingAgainWaitsForNoLibrary(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.voicer.speaks = []string{"vi", "pcc"}
		s.voicer.shelving = 100 * time.Second
		s.voicer.mute("pcc", true)
		s.raise(s.emergency("e1", 10*time.Minute))
		s.at(10 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi"}) {
			t.Errorf("cycle = %v, want Vietnamese", got)
		}
		s.voicer.mute("pcc", false)
		s.at(20 * time.Second)
		if got := s.out.parts(); !slices.Equal(got, []string{"siren", "vi", "pcc"}) {
			t.Errorf("cycle = %v, want Giáy too", got)
		}
	})
}

// A message that is ready only after the emergency was stopped does not make it
// sound again.
func TestLateMessageDoesNotReviveAnEmergency(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.out.deaf = true // the output takes its time to say AlarmOff
		s.voicer.took = 3 * time.Second
		s.raise(s.emergency("e1", time.Minute))
		s.at(2 * time.Second)
		if err := s.player.Lower(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		s.at(20 * time.Second)
		if n := len(s.out.raised); n != 1 {
			t.Errorf("raised %d times, want once", n)
		}
		s.expect("emergency:e1", playout.StoppedBy, scheduler.ReasonStopped, 1)
	})
}

// As many as can be heard in turn are taken, one more is refused, unless it
// replaces one.
func TestOneEmergencyTooMany(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		for i := range 8 {
			e := s.emergency(fmt.Sprint("e", i), time.Hour)
			e.Text = ""
			s.raise(e)
		}
		ninth := s.emergency("e8", time.Hour)
		ninth.Text = ""
		if err := s.player.Raise(t.Context(), ninth); !errors.Is(err, playout.ErrManyEmergencies) {
			t.Errorf("raise = %v, want ErrManyEmergencies", err)
		}
		s.at(5 * time.Second)
		if air := s.player.Air().Emergencies; len(air) != 8 || hasFault(air[0], playout.TroubleWaiting, "") || !hasFault(air[7], playout.TroubleWaiting, "") {
			t.Errorf("air = %+v, want eight, the last waiting for its turn", air)
		}
		ninth.Supersedes = "e3"
		s.raise(ninth)
		s.at(100 * time.Second)
		for i := range 9 {
			row := s.row(fmt.Sprint("emergency:e", i))
			if sounded := len(row.Airings) > 0; sounded != (i != 3) {
				t.Errorf("e%d: %+v", i, row)
			}
		}
		s.expect("emergency:e3", playout.Withdrawn, "replaced", 0)
	})
}

// One whose turn never came says so: the card is well.
func TestEmergencyThatWaitedInVain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", time.Minute))
		short := s.emergency("e2", 5*time.Second)
		s.raise(short)
		s.at(20 * time.Second)
		s.expect("emergency:e2", playout.Missed, scheduler.ReasonPreempted, 0)
	})
}

// An emergency that is renewed sounds until its new end.
func TestEmergencyIsRenewed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.raise(s.emergency("e1", time.Minute))
		s.at(50 * time.Second)
		until := time.Now().Add(65 * time.Second) // in the middle of a siren
		e, err := s.player.Renew(t.Context(), "e1", until, "cán bộ")
		if err != nil || !e.Expires.Equal(until) {
			t.Fatalf("renewed to %v, %v", e.Expires, err)
		}
		if _, err := s.player.Renew(t.Context(), "other", until, "cán bộ"); !errors.Is(err, playout.ErrNoEmergency) {
			t.Errorf("renew of none = %v", err)
		}
		s.at(105 * time.Second)
		if air := s.player.Air(); air.Emergency == nil || !s.amp.keyed() || !air.Emergencies[0].Sounding {
			t.Fatalf("air = %+v, want it sounding", air.Emergencies)
		}
		s.at(118 * time.Second)
		row := s.expect("emergency:e1", playout.Played, "expired", 2)
		if end := row.Airings[0].Ended; !end.Equal(until) && !row.Airings[1].Ended.Equal(until) {
			t.Errorf("airings = %+v, want them to end at %v", row.Airings, until)
		}
		if saved := s.alarms.saved("e1"); !saved.Expires.Equal(until) || saved.EndedBy != "expired" {
			t.Errorf("saved = %+v", saved)
		}
		if _, err := s.player.Renew(t.Context(), "e1", until.Add(time.Hour), "cán bộ"); !errors.Is(err, playout.ErrNoEmergency) {
			t.Errorf("renew of what is over = %v", err)
		}
	})
}
