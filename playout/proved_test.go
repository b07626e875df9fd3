package playout_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/proof"
)

// witness writes down what it is told, to a tenth of a second, and may answer.
type witness struct {
	mu     sync.Mutex
	told   []string
	answer func(occurrence string) // called behind Over
}

func (w *witness) note(what, occurrence string, at audio.Instant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, fmt.Sprintf("%s %s %.1f", what, occurrence, time.Duration(at).Seconds()))
}

func (w *witness) Sounds(occurrence, _ string, at audio.Instant, here bool) {
	if !here {
		w.note("elsewhere", occurrence, at)
		return
	}
	w.note("sounds", occurrence, at)
}

func (w *witness) Rests(occurrence, _ string, at audio.Instant) { w.note("rests", occurrence, at) }

func (w *witness) Over(occurrence string, at audio.Instant) {
	w.note("over", occurrence, at)
	if w.answer != nil {
		go w.answer(occurrence)
	}
}

func (w *witness) lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}

// watched is a stage with a witness.
func watched(t *testing.T) (*stage, *witness) {
	t.Helper()
	w := &witness{}
	return newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Witness = w }), w
}

// A witness hears of each part when it leaves the card, and of the end; its verdict is
// in the row, and what it knows of no more is left alone.
func TestTheWitnessIsTold(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := watched(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 5*time.Second))
		s.at(30 * time.Second)
		want := []string{"sounds one 20.0", "rests one 21.0", "sounds one 21.5", "rests one 26.5", "over one 26.5"}
		if got := w.lines(); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		if row := s.expect("one", playout.Played, "completed", 2); row.Heard != playout.NotMeasured || row.Proof != nil {
			t.Errorf("before the verdict: %+v", row)
		}
		s.player.Proved("other", proof.Result{Verdict: proof.Heard})
		s.player.Proved("one", proof.Result{Verdict: proof.Wrong, Score: 0.2, Windows: 3})
		s.at(31 * time.Second)
		if row := s.expect("one", playout.Played, "completed", 2); row.Heard != playout.HeardWrong || row.Proof == nil || row.Proof.Score != 0.2 {
			t.Errorf("the verdict: %+v", row)
		}
		s.player.Proved("one", proof.Result{Verdict: proof.Heard})
		s.at(32 * time.Second)
		if row := s.row("one"); row.Heard != playout.HeardWrong {
			t.Error("a second verdict replaced the first")
		}
	})
}

// What an alarm silences is not looked for meanwhile; the alarm is an occurrence of its
// own.
func TestTheWitnessAndAnAlarm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := watched(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 30*time.Second))
		s.at(30 * time.Second)
		s.raise(s.emergency("fire", time.Minute))
		s.at(40 * time.Second)
		if err := s.player.Lower(t.Context(), "Hoa"); err != nil {
			t.Fatal(err)
		}
		s.at(90 * time.Second)
		var of []string
		for _, line := range w.lines() {
			what, rest, _ := strings.Cut(line, " ")
			if name := strings.Fields(rest)[0]; name == "one" {
				of = append(of, what)
			}
		}
		if want := []string{"sounds", "rests", "sounds", "rests", "sounds", "rests", "over"}; !slices.Equal(of, want) {
			t.Errorf("the notice: %q, want %q; all: %q", of, want, w.lines())
		}
		alarmed := slices.ContainsFunc(w.lines(), func(line string) bool { return strings.HasPrefix(line, "over ") && strings.Contains(line, "fire") })
		if !alarmed {
			t.Errorf("nothing was told of the alarm: %q", w.lines())
		}
	})
}

// A siren begins with its amplifier, which settles, or must stay off still: who wants to hear
// it was told that it sounds, and took a short emergency for silent, and a long one for lost.
func TestTheWitnessHearsASirenOnceTheAmplifierIsOn(t *testing.T) {
	for name, c := range map[string]struct {
		fresh  bool // nobody knows that it was on just now
		notice bool // which has the amplifier on
		from   string
	}{
		"Off":     {true, false, "sounds emergency:e1 45.0"},
		"Resting": {false, false, "sounds emergency:e1 55.0"},
		"On":      {true, true, "sounds emergency:e1 40.0"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				w := &witness{}
				s := newStage(t, func(s *stage, cfg *playout.PlayerConfig) {
					cfg.Witness, cfg.Zones = w, nil
					cfg.Amp = hardware.NewSim(hardware.AmpConfig{
						Settle: 5 * time.Second, MinOff: 50 * time.Second, Fresh: c.fresh, Now: time.Now,
						Mono: func() time.Duration { return time.Duration(s.out.now()) },
					})
				})
				if c.notice {
					s.player.Play(s.occurrence("one", 20*time.Second, time.Minute))
				}
				s.at(40 * time.Second)
				s.raise(s.emergency("e1", 5*time.Minute))
				s.at(2 * time.Minute)
				var told []string
				for _, line := range w.lines() {
					if strings.HasPrefix(line, "sounds emergency:e1 ") {
						told = append(told, line)
					}
				}
				if len(told) == 0 || told[0] != c.from {
					t.Errorf("told %q, want %q first", told, c.from)
				}
			})
		})
	}
}

// Nobody is to hear a silent drill, so nobody listens; an audible one is judged.
func TestTheWitnessAndADrill(t *testing.T) {
	for _, silent := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			s, w := watched(t)
			s.player.Play(s.drill("d", 10*time.Second, silent))
			s.at(5 * time.Minute)
			sounds := slices.ContainsFunc(w.lines(), func(line string) bool { return strings.HasPrefix(line, "sounds ") })
			if sounds == silent {
				t.Errorf("silent %v: told %q", silent, w.lines())
			}
		})
	}
}

// That nothing left the mixer the output knows better than the monitor input.
func TestDeadAirOutweighsTheWitness(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, _ := watched(t)
		o := s.twoLanguages("one")
		s.lib.record(t, "voice-one", 10*time.Second)
		s.player.Play(o)
		s.at(23500 * time.Millisecond)
		s.dead(audio.DeadAir, 21500*time.Millisecond)
		s.at(50 * time.Second)
		s.player.Proved("one", proof.Result{Verdict: proof.Heard, Score: 0.9})
		s.at(51 * time.Second)
		if row := s.row("one"); row.Heard != playout.HeardSilent || row.Proof == nil || row.Proof.Verdict != proof.Heard {
			t.Errorf("%q, %+v", row.Heard, row.Proof)
		}
	})
}

// What is lost while it sounds stands in Air until it is heard again, or over.
func TestLostNow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, _ := watched(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 30*time.Second))
		s.at(35 * time.Second)
		s.player.LostNow("one", &proof.Loss{As: proof.Silent, Since: 25 * time.Second})
		s.at(36 * time.Second)
		a := s.player.Air()
		if a.Lost == nil || a.Lost.Title != "Mời họp" || a.Lost.As != playout.HeardSilent || a.Losses != 1 {
			t.Fatalf("%+v, %d", a.Lost, a.Losses)
		}
		if off := a.Lost.Since.Sub(s.out.start.Add(25 * time.Second)); off.Abs() > time.Second {
			t.Errorf("since %v", off)
		}
		s.player.LostNow("other", nil)
		s.at(37 * time.Second)
		if s.player.Air().Lost == nil {
			t.Error("another's end took it away")
		}
		s.player.LostNow("one", nil)
		s.at(38 * time.Second)
		if a := s.player.Air(); a.Lost != nil || a.Losses != 1 {
			t.Errorf("%+v, %d", a.Lost, a.Losses)
		}
	})
}

// While somebody speaks through the amplifier's own microphone the monitor input hears that
// instead: it was an alarm for whoever sees to the amplifier. What is lost behind it is told.
func TestTheAmplifiersOwnMicrophoneIsNoLoss(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var taken atomic.Bool
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Witness = &witness{}
			cfg.Bypass = func() hardware.BypassState { return hardware.BypassState{Sensed: true, On: taken.Load()} }
		})
		s.player.Play(s.occurrence("one", 20*time.Second, 30*time.Second))
		s.at(25 * time.Second)
		taken.Store(true)
		s.player.Reswitched()
		s.at(35 * time.Second)
		s.player.LostNow("one", &proof.Loss{As: proof.Wrong, Since: 26 * time.Second})
		s.at(36 * time.Second)
		if a := s.player.Air(); a.Lost != nil || !a.Amp.Bypass.On {
			t.Errorf("meanwhile %+v, the bypass %+v", a.Lost, a.Amp.Bypass)
		}
		taken.Store(false)
		s.player.Reswitched()
		s.at(37 * time.Second)
		if a := s.player.Air(); a.Lost == nil || a.Lost.Occurrence != "one" {
			t.Errorf("behind it %+v, want what is lost still", a.Lost)
		}
	})
}

// A clock that is set while something is lost or silent changes neither for how long that is so
// nor which of two began last, and the hour that is told is that of the new clock.
func TestTheClockIsSetDuringALoss(t *testing.T) {
	for name, step := range map[string]time.Duration{"AnHour": time.Hour, "ADayBack": -24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				clock := &wallClock{}
				s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) { cfg.Now, cfg.Clock = clock.now, clock.state })
				s.lib.record(t, "voice-one", 60*time.Second)
				s.player.Play(s.twoLanguages("one"))
				s.at(23500 * time.Millisecond)
				s.dead(audio.DeadAir, 21500*time.Millisecond)
				s.player.LostNow("one", &proof.Loss{As: proof.Silent, Since: 22 * time.Second})
				s.at(24 * time.Second)
				clock.set(step, false)
				s.at(26 * time.Second)
				a := s.player.Air()
				if a.DeadAir == nil || a.Lost == nil {
					t.Fatalf("%+v, %+v", a.DeadAir, a.Lost)
				}
				if a.DeadAir.Began.Sub(audio.Instant(21500*time.Millisecond)).Abs() > time.Millisecond || a.Lost.Began != audio.Instant(22*time.Second) {
					t.Errorf("began %v and %v", a.DeadAir.Began, a.Lost.Began)
				}
				start := s.out.start.Add(step)
				if dead, lost := a.DeadAir.Since.Sub(start), a.Lost.Since.Sub(start); (dead-21500*time.Millisecond).Abs() > 100*time.Millisecond || (lost-22*time.Second).Abs() > 100*time.Millisecond {
					t.Errorf("since %v and %v of the new clock", dead, lost)
				}
				s.player.LostNow("other", &proof.Loss{As: proof.Wrong, Since: 25 * time.Second})
				s.at(27 * time.Second)
				if last := s.player.Air().Lost; last == nil || last.Occurrence != "other" {
					t.Errorf("the last is %+v", last)
				}
			})
		})
	}
}

// A clock that is set between the end and the verdict leaves both in the row.
func TestTheClockIsSetBeforeTheVerdict(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var off time.Duration
		var mu sync.Mutex
		w := &witness{}
		s := newStage(t, func(_ *stage, cfg *playout.PlayerConfig) {
			cfg.Witness = w
			cfg.Now = func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(off)
			}
		})
		set := func(by time.Duration) { mu.Lock(); off = by; mu.Unlock() }
		s.player.Play(s.occurrence("one", 20*time.Second, 5*time.Second))
		s.at(22 * time.Second)
		set(time.Hour)
		s.at(28 * time.Second)
		set(0)
		s.at(40 * time.Second)
		s.player.Proved("one", proof.Result{Verdict: proof.Heard})
		s.at(41 * time.Second)
		row := s.row("one")
		if first, _ := row.Span(); first.Sub(s.out.start.Add(20*time.Second)).Abs() > 10*time.Second || row.Heard != playout.HeardYes {
			t.Errorf("began %v, heard %q", first.Sub(s.out.start), row.Heard)
		}
	})
}

// heardOf is what the monitor input hears of a calibration.
type heardOf struct{ off, on proof.Result }

func good() heardOf {
	return heardOf{
		proof.Result{Verdict: proof.NotMeasured, Why: proof.Uncalibrated, Score: 0.3, Level: -70, Sent: -18, Windows: 3},
		proof.Result{Verdict: proof.NotMeasured, Why: proof.Uncalibrated, Score: 0.9, Level: -30, Sent: -18, Windows: 3},
	}
}

// calibrating is a stage whose monitor input answers with a sample.
func calibrating(t *testing.T, answer func(s *stage) heardOf) (*stage, *witness) {
	t.Helper()
	s, w := watched(t)
	s.lib.add("opening", 6*time.Second)
	s.amp.wired = true
	w.answer = func(occurrence string) {
		time.Sleep(3 * time.Second)
		a := answer(s)
		if strings.HasPrefix(occurrence, "calibration/on/") {
			s.player.Proved(occurrence, a.on)
			return
		}
		s.player.Proved(occurrence, a.off)
	}
	return s, w
}

var opening = playout.CalibrationSound{Recording: "opening", Length: 6 * time.Second}

// A calibration plays with the amplifier off and then on, and finds the gate between.
func TestCalibrate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := calibrating(t, func(*stage) heardOf { return good() })
		g, score, err := s.player.Calibrate(t.Context(), opening)
		if want := (proof.Gate{Off: -70, On: -30, Sent: -18}); err != nil || g != want || score != 0.9 {
			t.Fatalf("%+v, %v, %v", g, score, err)
		}
		time.Sleep(time.Minute)
		if s.amp.keyed() {
			t.Error("the amplifier stays on")
		}
		var sounds []time.Duration
		for _, line := range w.lines() {
			var id string
			var at float64
			if _, err := fmt.Sscanf(line, "sounds %s %f", &id, &at); err == nil {
				sounds = append(sounds, time.Duration(at*float64(time.Second)))
			}
		}
		on := s.amp.switches()[0].Sub(s.out.start)
		if len(sounds) != 2 || sounds[0]+6*time.Second > on || sounds[1] < on+settle {
			t.Errorf("sounds at %v, keyed at %v", sounds, on)
		}
	})
}

func TestACalibrationIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		cause  string
		change func(*heardOf)
		meet   func(s *stage)
	}{
		"too near":       {playout.CalibrateNear, func(a *heardOf) { a.off.Level, a.off.Score = -35, 0.9 }, nil},
		"noise alone":    {playout.CalibrateNear, func(a *heardOf) { a.off.Level, a.on.Score = -35, 0.2 }, nil},
		"hardly heard":   {playout.CalibrateFaint, func(a *heardOf) { a.off.Level, a.on.Level = -58, -56 }, nil},
		"something else": {playout.CalibrateUnheard, func(a *heardOf) { a.on.Score = 0.2 }, nil},
		"no monitor":     {playout.CalibrateMonitor, func(a *heardOf) { a.off.Why = proof.NoMonitor }, nil},
		"nothing left":   {playout.CalibrateUnsent, func(a *heardOf) { a.off.Why = proof.NothingSent }, nil},
		"the amplifier":  {playout.CalibrateAmplifier, nil, func(s *stage) { s.amp.breaks(errors.New("no answer")) }},
		"busy": {playout.CalibrateBusy, nil, func(s *stage) {
			s.player.Play(s.occurrence("one", 20*time.Second, time.Second))
			time.Sleep(time.Second)
		}},
		"something comes": {playout.CalibrateBroken, nil, func(s *stage) {
			time.AfterFunc(3*time.Second, func() { s.player.Play(s.occurrence("one", 30*time.Second, time.Second)) })
		}},
		"an emergency": {playout.CalibrateBroken, nil, func(s *stage) { time.AfterFunc(3*time.Second, func() { s.raise(s.emergency("fire", time.Minute)) }) }},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, _ := calibrating(t, func(*stage) heardOf {
					a := good()
					if c.change != nil {
						c.change(&a)
					}
					return a
				})
				if c.meet != nil {
					c.meet(s)
				}
				_, _, err := s.player.Calibrate(t.Context(), opening)
				var refused playout.Refused
				if !errors.As(err, &refused) || refused.Cause != c.cause {
					t.Errorf("%v, want %q", err, c.cause)
				}
				s.player.Lower(t.Context(), "Hoa") //nolint:errcheck // there may be none
				s.amp.breaks(nil)
				time.Sleep(3 * time.Minute)
				if s.amp.keyed() {
					t.Error("the amplifier stays on")
				}
				if row, there := s.book.row("one"); there && (row.Outcome != playout.Played || row.Late()) {
					t.Errorf("what came was in its way: %+v", row)
				}
			})
		})
	}
}

// An emergency over a silent programme, silent too, ends: the programme is lost still. How
// something is lost may change, which is no new loss.
func TestALossOutlastsAnother(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, _ := watched(t)
		s.player.Play(s.occurrence("one", 20*time.Second, 60*time.Second))
		s.at(35 * time.Second)
		tell := func(occurrence string, l *proof.Loss) playout.Air {
			s.player.LostNow(occurrence, l)
			time.Sleep(time.Second)
			return s.player.Air()
		}
		tell("one", &proof.Loss{As: proof.Silent, Since: 25 * time.Second})
		if a := tell("fire", &proof.Loss{As: proof.Silent, Since: 36 * time.Second}); a.Lost == nil || a.Lost.Occurrence != "fire" || a.Losses != 2 {
			t.Fatalf("both: %+v, %d", a.Lost, a.Losses)
		}
		if a := tell("fire", nil); a.Lost == nil || a.Lost.Occurrence != "one" || a.Lost.As != playout.HeardSilent || a.Losses != 2 {
			t.Fatalf("the emergency is over: %+v, %d", a.Lost, a.Losses)
		}
		if a := tell("one", &proof.Loss{As: proof.Wrong, Since: 25 * time.Second}); a.Lost == nil || a.Lost.As != playout.HeardWrong || a.Losses != 2 {
			t.Errorf("otherwise: %+v, %d", a.Lost, a.Losses)
		}
		if a := tell("one", nil); a.Lost != nil {
			t.Errorf("heard again: %+v", a.Lost)
		}
	})
}

// Where off tells nothing the gate is of on alone: an FM receiver hisses without its
// carrier, and an amplifier that nobody can switch off is always on.
func TestCalibrateWithOnAlone(t *testing.T) {
	for name, c := range map[string]struct {
		wired bool
		off   proof.Result
	}{
		"an FM receiver that hisses": {true, proof.Result{Score: 0.1, Level: -28, Sent: -18, Windows: 3}},
		"nothing can be switched":    {false, proof.Result{Score: 0.9, Level: -30, Sent: -18, Windows: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s, _ := calibrating(t, func(*stage) heardOf {
					a := good()
					a.off, a.on.Fader = c.off, -6
					return a
				})
				s.amp.wired = c.wired
				g, score, err := s.player.Calibrate(t.Context(), opening)
				if want := proof.AloneGate(-30, -18, -6); err != nil || g != want || score != 0.9 {
					t.Errorf("%+v, %v, %v", g, score, err)
				}
			})
		})
	}
}

// An amplifier that was just on is waited for.
func TestACalibrationWaitsForAnAmplifierThatRests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := calibrating(t, func(*stage) heardOf { return good() })
		s.amp.rests = 40 * time.Second
		s.play("one", 20*time.Second)
		s.at(40 * time.Second)
		if s.amp.keyed() {
			t.Fatal("it is still on")
		}
		off := s.amp.switches()[1]
		if _, _, err := s.player.Calibrate(t.Context(), opening); err != nil {
			t.Fatal(err)
		}
		on := s.amp.switches()[2]
		if on.Sub(off) < 40*time.Second {
			t.Errorf("on after %v", on.Sub(off))
		}
		last := ""
		for _, line := range w.lines() {
			if strings.HasPrefix(line, "sounds calibration/on") {
				last = line
			}
		}
		var id string
		var at float64
		if _, err := fmt.Sscanf(last, "sounds %s %f", &id, &at); err != nil || time.Duration(at*float64(time.Second)) < on.Sub(s.out.start)+settle {
			t.Errorf("%q, keyed at %v: %v", last, on.Sub(s.out.start), err)
		}
	})
}

// The picture of what was heard goes with its row through the spool; it was lost there.
func TestAPictureIsKeptWhileTheDatabaseIsLocked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, w := watched(t)
		w.answer = func(occurrence string) {
			s.player.Proved(occurrence, proof.Result{Verdict: proof.Heard, Envelopes: &proof.Envelopes{Step: time.Second, Sent: []byte{1, 2}, Heard: []byte{3, 4}}})
		}
		s.book.locked.Store(true)
		s.player.Play(s.occurrence("one", 10*time.Second, 3*time.Second))
		s.at(time.Minute)
		if rows := s.player.Spooled(); len(rows) != 1 || rows[0].Proof == nil {
			t.Fatalf("what waits: %+v", rows)
		}
		s.book.locked.Store(false)
		s.at(3 * time.Minute)
		row := s.expect("one", playout.Played, "completed", 2)
		if row.Proof == nil || row.Proof.Envelopes == nil || !slices.Equal(row.Proof.Envelopes.Heard, []byte{3, 4}) {
			t.Errorf("its proof came as %+v", row.Proof)
		}
	})
}
