package playout_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loalang/playout"
)

// A control that is chosen no more stood where the hour had turned it, for good: it lies before
// or behind the next one, and every siren was as soft as that night.
func TestLoudnessLeavesAControlAsLoudAsUsual(t *testing.T) {
	bubble(t, func(t *testing.T) {
		first, second := &slider{}, &slider{}
		k := newKnob(t, first)
		k.village.Volume = -8
		chosen := func(f *slider) {
			k.fader = f
			k.l.Changed()
			synctest.Wait()
		}
		for _, s := range []struct {
			what      string
			do        func()
			at, other []float64 // of first and second
			digitally []float64
		}{
			{"at first", func() { k.air("", "", false) }, []float64{-14}, nil, []float64{0}},
			{"digitally from now on", func() { chosen(nil) }, []float64{-6}, nil, []float64{-8}},
			{"nothing new", func() { k.hears(playout.Air{}, time.Second, 3*time.Minute) }, nil, nil, nil},
			{"chosen again", func() { chosen(first) }, []float64{-14}, nil, []float64{0}},
			{"another", func() { chosen(second) }, []float64{-6}, []float64{-14}, nil},
			{"under a siren", func() { k.air("", "", true); chosen(first) }, []float64{-6}, []float64{-6, -6}, nil},
		} {
			s.do()
			if got, other := first.take(), second.take(); !slices.Equal(got, s.at) || !slices.Equal(other, s.other) {
				t.Errorf("%s: the controls went to %v and %v, want %v and %v", s.what, got, other, s.at, s.other)
			}
			if got := k.take(); !slices.Equal(got, s.digitally) {
				t.Errorf("%s: digitally %v, want %v", s.what, got, s.digitally)
			}
		}
	})
}

// One that does not answer as it is given up is turned back once it does.
func TestLoudnessTurnsALeftControlBackOnceItAnswers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		f := &slider{}
		k := newKnob(t, f)
		k.village.Volume = -8
		k.air("", "", false)
		f.breaks(errors.New("no such device"))
		f.take()
		f.asked()
		k.fader = nil
		k.l.Changed()
		k.hears(playout.Air{}, time.Second, 10*time.Minute)
		if got := f.asked(); got < 9 || got > 11 {
			t.Errorf("asked %d times in ten minutes, want once a minute", got)
		}
		f.breaks(nil)
		k.hears(playout.Air{}, time.Second, 5*time.Minute)
		if got := f.take(); !slices.Equal(got, []float64{-6}) {
			t.Errorf("once it answers it went to %v, want -6 once", got)
		}
	})
}

// What a board leaves behind as it ends is as loud as usual: another setting begins there, and
// so does a test tone.
func TestLoudnessRestsAsLoudAsUsual(t *testing.T) {
	for name, c := range map[string]struct {
		volume int
		want   []float64
	}{"Softer": {-8, []float64{-6}}, "AsUsual": {0, nil}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				k := newKnob(t, &slider{})
				k.village.Volume = c.volume
				k.air("", "", false)
				k.fader.take()
				k.stop()
				if err := k.l.Rest(t.Context()); err != nil {
					t.Error(err)
				}
				if got := k.fader.take(); !slices.Equal(got, c.want) {
					t.Errorf("the control went to %v, want %v", got, c.want)
				}
				k.fader.breaks(errors.New("no such device"))
				if err := k.l.Rest(t.Context()); err != nil {
					t.Errorf("a second time: %v", err)
				}
			})
		})
	}
}
