package speaker_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// crystal is a card that plays by its own time: period k is over at
// began + k·period/(48000·rate).
type crystal struct {
	clock  *speaker.FrameClock
	began  audio.Instant
	period audio.Frames
	rate   float64 // of its clock, 1 is exact
	jitter time.Duration
	dice   *rand.Rand

	now  time.Duration // of the card, when the next period is over
	ran  int
	lost time.Duration
}

func newCrystal(r speaker.Ring) *crystal {
	return &crystal{
		clock: speaker.NewFrameClock(r, 0), began: audio.Instant(time.Hour), period: r.Period, rate: 1,
		dice: rand.New(rand.NewPCG(1, 2)),
	}
}

// read plays one period; the read is noticed late after its end.
func (c *crystal) read(late time.Duration) (speaker.Reading, error) {
	at := c.began.Add(c.now + speaker.Noticed + late)
	r, err := c.clock.Read(at, c.period)
	c.now += time.Duration(float64(audio.Rate.D(c.period)) / c.rate)
	if r.RanDry {
		c.ran++
		c.lost += r.Lost
	}
	return r, err
}

func (c *crystal) play(t *testing.T, span time.Duration) speaker.Reading {
	t.Helper()
	var last speaker.Reading
	for end := c.now + span; c.now < end; {
		late := time.Duration(0)
		if c.jitter > 0 {
			late = time.Duration(c.dice.Int64N(int64(c.jitter)))
		}
		r, err := c.read(late)
		if err != nil {
			t.Fatalf("after %v: %v", c.now, err)
		}
		last = r
	}
	return last
}

var small = speaker.Ring{Period: 240, Buffer: 480}

func TestFrameClockKnowsWhenAFrameLeaves(t *testing.T) {
	for _, c := range []struct {
		name   string
		ring   speaker.Ring
		ppm    float64
		jitter time.Duration
		within time.Duration
	}{
		{"OK exact", small, 0, 0, 2 * time.Microsecond},
		{"reads come late", small, 0, 200 * time.Microsecond, 20 * time.Microsecond},
		{"slow crystal", small, -100, 50 * time.Microsecond, 60 * time.Microsecond},
		{"fast crystal", small, 100, 50 * time.Microsecond, 60 * time.Microsecond},
		{"long periods, slow crystal", speaker.Ring{Period: 1024, Buffer: 2048}, -100, 50 * time.Microsecond, 100 * time.Microsecond},
		{"four periods of buffer", speaker.Ring{Period: 240, Buffer: 960}, 0, 0, 2 * time.Microsecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := newCrystal(c.ring)
			card.rate, card.jitter = 1+c.ppm*1e-6, c.jitter
			got := card.play(t, 20*time.Second)
			// A period read now is written at the end of this one, behind what
			// the buffer holds.
			tick := card.now - time.Duration(float64(audio.Rate.D(c.ring.Period))/card.rate)
			want := card.began.Add(tick + audio.Rate.D(c.ring.Period+c.ring.Buffer))
			if off := got.Leaves.Sub(want); off.Abs() > c.within {
				t.Errorf("frame %d leaves %v from the truth, want at most %v", got.First, off, c.within)
			}
			if card.ran != 0 {
				t.Errorf("%d underruns that were none", card.ran)
			}
		})
	}
}

// TestFrameClockHolds: what is cued for later, or late, meets the card's own
// time whatever it has drifted to.
func TestFrameClockHolds(t *testing.T) {
	for _, ppm := range []float64{20, -20, 100, -100} {
		for _, r := range []speaker.Ring{small, {Period: 1024, Buffer: 2048}} {
			card := newCrystal(r)
			card.rate, card.jitter = 1+ppm*1e-6, 50*time.Microsecond
			var worst time.Duration
			for range 15 {
				got := card.play(t, time.Minute)
				tick := card.now - time.Duration(float64(audio.Rate.D(r.Period))/card.rate)
				want := card.began.Add(tick + audio.Rate.D(r.Period+r.Buffer))
				worst = max(worst, got.Leaves.Sub(want).Abs())
			}
			if worst > 100*time.Microsecond || card.ran != 0 {
				t.Errorf("%v ppm, %v: frames leave %v from the truth, and it saw %d underruns; want at most 100µs and none", ppm, r, worst, card.ran)
			}
		}
	}
}

func TestFrameClockCalibration(t *testing.T) {
	plain, moved := speaker.NewFrameClock(small, 0), speaker.NewFrameClock(small, 700*time.Microsecond)
	a, _ := plain.Read(audio.Instant(time.Hour), 240)
	b, _ := moved.Read(audio.Instant(time.Hour), 240)
	if got := b.Leaves.Sub(a.Leaves); got != 700*time.Microsecond {
		t.Errorf("calibration moves frames by %v, want 700µs", got)
	}
	if got, want := plain.Latency(), 15*time.Millisecond-speaker.Noticed; got != want {
		t.Errorf("latency %v, want %v", got, want)
	}
}

func TestFrameClockUnderruns(t *testing.T) {
	for _, c := range []struct {
		name string
		hurt func(t *testing.T, c *crystal)
		ran  int
		lost time.Duration
	}{
		{"a late read is none", func(t *testing.T, c *crystal) {
			if _, err := c.read(3 * time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}, 0, 0},
		{"a row of late reads is none", func(t *testing.T, c *crystal) {
			for i := range 10 {
				if _, err := c.read(time.Duration(10-i) * time.Millisecond / 3); err != nil {
					t.Fatal(err)
				}
			}
		}, 0, 0},
		{"the card stopped for 30 ms", func(t *testing.T, c *crystal) {
			c.now += 30 * time.Millisecond
		}, 1, 30 * time.Millisecond},
		{"a period of zeros", func(t *testing.T, c *crystal) {
			c.now += 5 * time.Millisecond
		}, 1, 5 * time.Millisecond},
		{"dry, though too short to see", func(t *testing.T, c *crystal) {
			if _, err := c.read(11 * time.Millisecond); err != nil {
				t.Fatal(err)
			}
		}, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := newCrystal(small)
			card.play(t, 3*time.Second)
			c.hurt(t, card)
			last := card.play(t, 3*time.Second)
			if card.ran != c.ran {
				t.Errorf("%d underruns, want %d", card.ran, c.ran)
			}
			if off := (card.lost - c.lost).Abs(); off > 50*time.Microsecond {
				t.Errorf("%v lost, want %v", card.lost, c.lost)
			}
			want := card.began.Add(card.now - 5*time.Millisecond + 15*time.Millisecond)
			if off := last.Leaves.Sub(want).Abs(); off > 20*time.Microsecond {
				t.Errorf("anchored %v off afterwards", off)
			}
		})
	}
}

// TestFrameClockIsAnchoredAgainSoon: with 20 ms of buffer the sixteen reads of a
// verdict once took 160 ms, and starts were wrong by what the underrun had cost until
// then.
func TestFrameClockIsAnchoredAgainSoon(t *testing.T) {
	for _, buffer := range []time.Duration{2, 6, 12, 20, 40, 60} {
		r := speaker.Ring{Period: audio.Rate.N(buffer * time.Millisecond / 2), Buffer: audio.Rate.N(buffer*time.Millisecond/2) * 2}
		period := audio.Rate.D(r.Period)
		for _, hole := range []time.Duration{period, 7 * period / 2, 30 * time.Millisecond, 300 * time.Millisecond} {
			card := newCrystal(r)
			card.jitter = 100 * time.Microsecond
			card.play(t, 3*time.Second)
			card.now += hole
			from := card.now
			var off time.Duration
			for off = time.Second; off > 150*time.Microsecond && card.now < from+time.Second; {
				got, err := card.read(time.Duration(card.dice.Int64N(int64(card.jitter))))
				if err != nil {
					t.Fatal(err)
				}
				want := card.began.Add(card.now - period + audio.Rate.D(r.Period+r.Buffer))
				off = got.Leaves.Sub(want).Abs()
			}
			if took := card.now - from; took > 100*time.Millisecond {
				t.Errorf("buffer of %v, %v lost: anchored again after %v, want at most 100ms", buffer*time.Millisecond, hole, took)
			}
			if card.ran == 0 {
				t.Errorf("buffer of %v: %v lost and no underrun seen", buffer*time.Millisecond, hole)
			}
		}
	}
}

// TestFrameClockSeesUnderrunsAtOnce: a card once ran dry unseen when it did so
// within sixteen reads of the first one, or of the underrun before. What was
// lost there then made its rate look wrong, and a busy machine restarted the
// output with the words that the card kept wrong time.
func TestFrameClockSeesUnderrunsAtOnce(t *testing.T) {
	roomy := speaker.Ring{Period: 2400, Buffer: 4800}
	for _, c := range []struct {
		name string
		lead int   // reads before the first hole
		gaps []int // reads between the holes
	}{
		{"within the first reads", 3, nil},
		{"right behind another", 30, []int{1}},
		{"behind the verdict on another", 30, []int{17}},
		{"shortly after that", 30, []int{20}},
		{"again and again", 30, []int{5, 5, 5, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := newCrystal(roomy)
			reads := func(n int) {
				for range n {
					if _, err := card.read(0); err != nil {
						t.Fatalf("after %v: %v", card.now, err)
					}
				}
			}
			reads(c.lead)
			card.now += 50 * time.Millisecond
			for _, n := range c.gaps {
				reads(n)
				card.now += 50 * time.Millisecond
			}
			reads(200)
			if want := time.Duration(len(c.gaps)+1) * 50 * time.Millisecond; (card.lost-want).Abs() > time.Millisecond || card.ran == 0 {
				t.Errorf("%d underruns that cost %v, want %v", card.ran, card.lost, want)
			}
		})
	}
}

// TestFrameClockForgivesASlowMachine: one read that comes more than a period
// late, though the card still had sound, and none punctual behind it.
func TestFrameClockForgivesASlowMachine(t *testing.T) {
	card := newCrystal(small)
	card.play(t, 3*time.Second)
	for i := range 20 {
		late := time.Millisecond
		if i == 0 {
			late = 8 * time.Millisecond
		}
		if _, err := card.read(late); err != nil {
			t.Fatal(err)
		}
	}
	card.play(t, time.Second)
	if card.ran != 0 {
		t.Errorf("%d underruns that were none", card.ran)
	}
}

func TestFrameClockRate(t *testing.T) {
	for _, c := range []struct {
		name  string
		rate  float64
		after time.Duration // at the latest
		wrong bool
	}{
		{"OK", 1, 20 * time.Second, false},
		{"half a per cent is a poor card", 1.005, 20 * time.Second, false},
		{"two per cent too fast", 1.02, 6 * time.Second, true},
		{"two per cent too slow", 0.98, 6 * time.Second, true},
		{"44.1 kHz", 0.91875, 6 * time.Second, true},
		{"a period too small for the card", 0.25, 2 * time.Second, true},
		{"no pace at all", 1000, 100 * time.Millisecond, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			card := newCrystal(small)
			card.rate = c.rate
			var err error
			for err == nil && card.now < c.after {
				_, err = card.read(0)
			}
			if errors.Is(err, speaker.ErrRate) != c.wrong {
				t.Errorf("after %v: %v; want wrong %v", card.now, err, c.wrong)
			}
		})
	}
}

// TestFrameClockForgivesUnderruns: what a card was dry does not count against
// its rate, however often.
func TestFrameClockForgivesUnderruns(t *testing.T) {
	card := newCrystal(small)
	for range 20 {
		card.play(t, time.Second)
		card.now += 40 * time.Millisecond
	}
	if card.ran < 18 {
		t.Errorf("%d underruns seen, want 19", card.ran)
	}
}

func BenchmarkFrameClock(b *testing.B) {
	c := newCrystal(small)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.read(0); err != nil {
			b.Fatal(err)
		}
	}
}
