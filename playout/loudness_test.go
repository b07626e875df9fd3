package playout_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/scheduler"
)

// slider is the control of a card whose lowest end is -30 dB.
type slider struct {
	mu   sync.Mutex
	at   []float64
	slow time.Duration
	fail error
	asks int // how often it was to be turned
}

func (s *slider) Fade(_ context.Context, dB float64) (float64, error) {
	time.Sleep(s.slow)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asks++
	if s.fail != nil {
		return 0, s.fail
	}
	dB = max(dB, -30)
	s.at = append(s.at, dB)
	return dB, nil
}

func (s *slider) take() []float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.at
	s.at = nil
	return at
}

func (s *slider) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.asks
	s.asks = 0
	return n
}

func (s *slider) breaks(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

// knob is a Loudness with what it hears and turns.
type knob struct {
	t       *testing.T
	l       *playout.Loudness
	airs    chan playout.Air
	fader   *slider // nil: there is none
	stop    func()  // ends Run
	mu      sync.Mutex
	village scheduler.Village
	turned  []float64
}

func newKnob(t *testing.T, fader *slider) *knob {
	t.Helper()
	k := &knob{t: t, airs: make(chan playout.Air), fader: fader, village: scheduler.Village{Key: "un-ta", Zone: "UTC"}}
	k.l = playout.NewLoudness(playout.LoudnessConfig{
		Turn: func(dB audio.Decibels) error {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.turned = append(k.turned, float64(dB))
			return nil
		},
		Fader: func() (playout.Fader, float64) {
			if k.fader == nil {
				return nil, 0
			}
			return k.fader, -6
		},
		Place: func() scheduler.Village {
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.village
		},
		Watch: func(context.Context) <-chan playout.Air { return k.airs },
		Now:   time.Now, Log: slog.New(slog.DiscardHandler),
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.l.Run(ctx) }()
	k.stop = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(k.stop)
	return k
}

// air tells that something is on the air, or an emergency.
func (k *knob) air(id string, class scheduler.Class, emergency bool) {
	k.t.Helper()
	a := playout.Air{}
	if id != "" {
		a.OnAir = &playout.OnAir{Occurrence: scheduler.Occurrence{ID: id, Class: class, Due: time.Now()}}
	}
	if emergency {
		a.Emergency = &scheduler.Emergency{}
	}
	k.hear(a)
}

func (k *knob) hear(a playout.Air) {
	k.t.Helper()
	if a.Clock.Trust == "" {
		a.Clock.Trust = hardware.Synced
	}
	k.airs <- a
	synctest.Wait()
}

// hears tells the same each time a span is over, until all of it is.
func (k *knob) hears(a playout.Air, every, all time.Duration) {
	k.t.Helper()
	for range all / every {
		time.Sleep(every)
		k.hear(a)
	}
}

func (k *knob) person(volume int) {
	k.mu.Lock()
	k.village.Volume = volume
	k.mu.Unlock()
	k.l.Changed()
	synctest.Wait()
}

func (k *knob) take() []float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	turned := k.turned
	k.turned = nil
	return turned
}

// A bubble begins at midnight: it is softer until six, but not in the middle of an item.
func TestLoudnessWithoutAControl(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, nil)
		k.village.Rules.Volumes = []scheduler.VolumeRule{
			{Window: scheduler.Window{To: 360}, Volume: -6},
			{Window: scheduler.Window{To: 360}, Class: scheduler.ClassNormal, Volume: -12},
		}
		steps := []struct {
			what string
			do   func()
			want []float64
		}{
			{"at night", func() { k.air("", "", false) }, []float64{-12}},
			{"nothing new", func() { k.air("", "", false) }, nil},
			{"a notice of priority", func() { k.air("p", scheduler.ClassPriority, false) }, []float64{-6}},
			{"six comes in the middle of it", func() { time.Sleep(6 * time.Hour); k.air("p", scheduler.ClassPriority, false) }, nil},
			{"the next is of the day", func() { k.air("q", scheduler.ClassNormal, false) }, []float64{0}},
			{"a person turns it", func() { k.person(-4) }, []float64{-4}},
			{"an emergency changes nothing", func() { k.air("q", scheduler.ClassNormal, true) }, nil},
		}
		for _, s := range steps {
			s.do()
			if got := k.take(); !slices.Equal(got, s.want) {
				t.Errorf("%s: turned to %v, want %v", s.what, got, s.want)
			}
		}
		if got := k.l.State(); got.Wanted != -4 || got.Fitted {
			t.Errorf("state %+v", got)
		}
	})
}

// With a control that turns, an emergency has it as loud as usual, and it is as it was
// afterwards.
func TestLoudnessByTheControl(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.village.Volume = -6
		for _, s := range []struct {
			what      string
			do        func()
			fader     []float64
			digitally []float64
		}{
			{"at first", func() { k.air("", "", false) }, []float64{-12}, []float64{0}},
			{"an emergency", func() { k.air("", "", true) }, []float64{-6}, nil},
			{"it goes on", func() { k.air("", "", true) }, nil, nil},
			{"it is over", func() { k.air("", "", false) }, []float64{-12}, nil},
			{"a drill that is heard", func() { k.hear(playout.Air{Drill: &playout.Drilling{}}) }, []float64{-6}, nil},
			{"a drill that nobody hears", func() { k.hear(playout.Air{Drill: &playout.Drilling{Silent: true}}) }, []float64{-12}, nil},
			{"a minute later, should somebody have turned it", func() { time.Sleep(time.Minute); k.air("", "", false) }, []float64{-12}, nil},
			{"softer than it goes: the rest is done digitally", func() { k.person(-20); k.fader.take(); k.person(-20) }, []float64{-26}, nil},
		} {
			s.do()
			if got := k.fader.take(); !slices.Equal(got, s.fader) {
				t.Errorf("%s: the control is at %v, want %v", s.what, got, s.fader)
			}
			if got := k.take(); !slices.Equal(got, s.digitally) {
				t.Errorf("%s: digitally %v, want %v", s.what, got, s.digitally)
			}
		}
		if got := k.l.State(); !got.Fitted || got.Level != -26 || got.Fault != "" || got.Gone {
			t.Errorf("state %+v", got)
		}
	})
}

// After a power cut a board without a clock battery may take the morning for the night. Whoever
// speaks then knows the hour, and is as loud as the village is told to be.
func TestLoudnessKnowsNoHoursWithoutTheTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, nil)
		k.village.Volume = -2
		k.village.Rules.Volumes = []scheduler.VolumeRule{{Window: scheduler.Window{To: 1440}, Volume: -12}}
		live := playout.Air{OnAir: &playout.OnAir{Occurrence: scheduler.Occurrence{ID: "live", Class: scheduler.ClassPriority, Due: time.Now()}}}
		live.Clock.Trust = hardware.Unknown
		k.hear(live)
		if got := k.take(); !slices.Equal(got, []float64{-2}) {
			t.Errorf("nobody knows the hour: turned to %v, want -2", got)
		}
		k.air("live", scheduler.ClassPriority, false)
		if got := k.take(); len(got) > 0 {
			t.Errorf("the time comes in the middle of it: turned to %v", got)
		}
		k.air("", "", false)
		if got := k.take(); !slices.Equal(got, []float64{-14}) {
			t.Errorf("behind it: turned to %v, want -14", got)
		}
	})
}

// A control that does not follow is made good digitally, and tried again.
func TestLoudnessOfAControlThatFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{fail: errors.New("no such device")})
		k.village.Volume = -8
		k.air("", "", false)
		if got := k.take(); !slices.Equal(got, []float64{-8}) || k.l.State().Fault == "" || !k.l.State().Gone {
			t.Errorf("gone: digitally %v, %+v", got, k.l.State())
		}
		k.air("", "", true) // the siren has no volume
		k.air("", "", false)
		if got := k.take(); len(got) > 0 {
			t.Errorf("an emergency has turned it to %v", got)
		}
		k.fader.breaks(nil)
		time.Sleep(time.Minute)
		k.air("", "", false)
		if got := k.take(); !slices.Equal(got, []float64{0}) || k.l.State().Fault != "" || k.l.State().Gone || k.l.State().Level != -14 {
			t.Errorf("plugged in: digitally %v, %+v", got, k.l.State())
		}
		k.mu.Lock()
		k.village.Volume = -20
		k.mu.Unlock()
		k.fader.fail = nil
		k.air("", "", false)
		if got := k.take(); len(got) > 0 || k.l.State().Level != -26 {
			t.Errorf("at its full way: digitally %v, %+v", got, k.l.State())
		}
	})
}

// A control that fails once as an emergency begins does not keep its siren at the volume
// of the night.
func TestLoudnessTriesASirenAgainSoon(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.village.Volume = -8
		k.air("", "", false)
		k.fader.breaks(errors.New("busy"))
		k.fader.take()
		k.fader.asked()
		alarm := playout.Air{Emergency: &scheduler.Emergency{}}
		k.hears(alarm, 100*time.Millisecond, time.Second)
		if got := k.fader.asked(); got != 1 {
			t.Errorf("asked %d times in a second, want once", got)
		}
		k.fader.breaks(nil)
		k.hears(alarm, 100*time.Millisecond, 2*time.Second)
		if got := k.fader.take(); !slices.Equal(got, []float64{-6}) || k.l.State().Fault != "" {
			t.Errorf("three seconds into the emergency the control went to %v, %+v; want -6", got, k.l.State())
		}
	})
}

// One that never answers is asked less and less, but each two seconds while a siren sounds.
func TestLoudnessLeavesADeadControlAlone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{fail: errors.New("no such control")})
		k.hears(playout.Air{}, time.Second, 10*time.Minute)
		if got := k.fader.asked(); got < 10 || got > 20 {
			t.Errorf("asked %d times in ten minutes", got)
		}
		k.hears(playout.Air{Emergency: &scheduler.Emergency{}}, time.Second, time.Minute)
		if got := k.fader.asked(); got != 30 {
			t.Errorf("asked %d times in a minute of an emergency, want 30", got)
		}
	})
}

// A card that was pulled out comes back as loud as it likes: it is turned at once.
func TestLoudnessOfACardThatWasAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.village.Volume = -8
		up := func(pid int) playout.Air {
			return playout.Air{Output: audio.OutputState{Up: pid > 0, ChildPID: pid}}
		}
		for _, s := range []struct {
			what string
			pid  int
			want []float64
		}{
			{"at first", 7, []float64{-14}},
			{"it plays on", 7, nil},
			{"pulled out", 0, nil},
			{"plugged in", 8, []float64{-14}},
			{"in and out, and nobody looked", 9, []float64{-14}},
		} {
			k.hear(up(s.pid))
			if got := k.fader.take(); !slices.Equal(got, s.want) {
				t.Errorf("%s: the control is at %v, want %v", s.what, got, s.want)
			}
		}
		k.l.Changed() // or somebody has chosen it anew
		synctest.Wait()
		if got := k.fader.take(); !slices.Equal(got, []float64{-14}) {
			t.Errorf("chosen anew: the control is at %v", got)
		}
		k.take()
		k.fader.breaks(errors.New("no such device"))
		k.hear(up(0))
		k.hear(up(10))
		if got := k.take(); !slices.Equal(got, []float64{-8}) {
			t.Errorf("of one that nobody knows how it stands, digitally %v, want -8", got)
		}
	})
}

// A control that answers no more still stands where it stood: the volume is not taken off
// a second time.
func TestLoudnessTakesNothingOffTwice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.village.Volume = -8
		k.air("", "", false)
		k.fader.breaks(errors.New("busy"))
		k.hears(playout.Air{}, time.Second, 2*time.Minute)
		if got := k.take(); !slices.Equal(got, []float64{0}) || k.l.State().Fault == "" {
			t.Errorf("digitally %v, %+v; the control is at -14 still", got, k.l.State())
		}
		k.person(-12)
		if got := k.take(); !slices.Equal(got, []float64{-4}) {
			t.Errorf("four softer, digitally %v", got)
		}
		k.air("", "", true)
		if got := k.take(); len(got) > 0 {
			t.Errorf("an emergency, digitally %v", got)
		}
	})
}

// A control that failed under a siren may have gone up and not have said so: until it
// answers, the programme is as soft as it must be for that.
func TestLoudnessDoesNotTrustAControlThatFailed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.village.Volume = -8
		k.air("", "", false)
		k.take()
		k.fader.breaks(errors.New("it has gone there, and its answer was lost"))
		k.air("", "", true)
		if got := k.take(); len(got) > 0 {
			t.Errorf("under the siren, digitally %v", got)
		}
		k.air("", "", false)
		if got := k.take(); !slices.Equal(got, []float64{-8}) {
			t.Errorf("behind the siren, digitally %v, want -8", got)
		}
		k.fader.breaks(nil)
		k.hears(playout.Air{}, time.Second, time.Minute)
		if got := k.take(); !slices.Equal(got, []float64{0}) || k.l.State().Level != -14 {
			t.Errorf("it answers: digitally %v, %+v", got, k.l.State())
		}
	})
}

// A siren has the control turned as it begins, also where it should stand there already.
func TestLoudnessTurnsTheControlAsASirenBegins(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, &slider{})
		k.air("", "", false)
		time.Sleep(20 * time.Second)
		k.fader.take() // and somebody turns it by hand
		alarm := playout.Air{Emergency: &scheduler.Emergency{}}
		k.hears(alarm, 100*time.Millisecond, time.Second)
		if got := k.fader.take(); !slices.Equal(got, []float64{-6}) {
			t.Errorf("as the siren begins the control goes to %v, want -6 once", got)
		}
	})
}

// A control that takes seconds delays nobody: what is on the air is read all the same.
func TestLoudnessDelaysNobody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		f := &slider{slow: 5 * time.Second}
		l := playout.NewLoudness(playout.LoudnessConfig{
			Turn: func(audio.Decibels) error { return nil }, Fader: func() (playout.Fader, float64) { return f, 0 },
			Place: func() scheduler.Village { return scheduler.Village{Zone: "UTC", Volume: -3} },
			Watch: s.player.Watch, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		s.at(time.Second) // it turns
		s.raise(s.emergency("e1", time.Minute))
		if len(s.out.alarm(0).Cycle) != 1 || !s.amp.keyed() {
			t.Error("the siren waits for the control")
		}
		s.at(30 * time.Second)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := f.take(); len(got) < 2 || got[0] != -3 || got[1] != 0 {
			t.Errorf("the control went to %v, want -3, then 0 for the emergency", got)
		}
	})
}

// Where the control stands is known once it has answered, with none at once.
func TestWhereTheControlStands(t *testing.T) {
	bubble(t, func(t *testing.T) {
		k := newKnob(t, nil)
		if _, _, known := k.l.Stands(); known {
			t.Error("it is known before anything was turned")
		}
		k.air("", "", false)
		if control, dB, known := k.l.Stands(); control != nil || dB != 0 || !known {
			t.Errorf("without one: %v, %v, %v", control, dB, known)
		}
		k = newKnob(t, &slider{})
		k.village.Volume = -12
		k.fader.breaks(errors.New("no answer"))
		k.air("", "", false)
		if _, _, known := k.l.Stands(); known {
			t.Error("it is known though it never answered")
		}
		k.fader.breaks(nil)
		time.Sleep(5 * time.Second)
		k.air("", "", false)
		if control, dB, known := k.l.Stands(); control != k.fader || dB != -18 || !known {
			t.Errorf("in the evening: %v, %v, %v", control, dB, known)
		}
		k.air("", "", true)
		if _, dB, known := k.l.Stands(); dB != -6 || !known {
			t.Errorf("under an emergency: %v, %v", dB, known)
		}
	})
}
