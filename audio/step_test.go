package audio_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
)

// drifting is a Desk on a card whose crystal drifts. Frame f leaves at frameAt(0)
// and f/48000 s later by its own clock; what it is told of that is some
// microseconds off.
type drifting struct {
	*rig
	ppm    float64
	jitter time.Duration
	dice   *rand.Rand
	pulled audio.Frames
	lost   time.Duration                           // while the card was dry
	hear   func(at audio.Frames, frames []float32) // of what was pulled; may be nil
}

func onDrifting(t *testing.T, ppm float64, test func(t *testing.T, d *drifting)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &drifting{rig: newRig(t), ppm: ppm, jitter: 50 * time.Microsecond, dice: rand.New(rand.NewPCG(1, uint64(int64(ppm))))}
		test(t, d)
	})
}

// leaves is when a frame leaves, in truth.
func (d *drifting) leaves(f float64) audio.Instant {
	return frameAt(0).Add(d.lost) + audio.Instant(f/48000/(1+d.ppm*1e-6)*1e9)
}

// run pulls up to the device frame.
func (d *drifting) run(to audio.Frames) {
	buf := make([]float32, 480)
	for d.pulled < to {
		synctest.Wait()
		n := min(audio.Frames(len(buf)), to-d.pulled)
		off := time.Duration(0)
		if d.jitter > 0 {
			off = time.Duration(d.dice.Int64N(int64(d.jitter)))
		}
		d.desk.Anchor(d.pulled, d.leaves(float64(d.pulled)).Add(off))
		d.desk.Pull(buf[:n])
		if d.hear != nil {
			d.hear(d.pulled, buf[:n])
		}
		d.pulled += n
		time.Sleep(audio.Rate.D(n))
	}
	synctest.Wait()
}

// wave is a Source of n frames of a sine of 100 Hz: its phase tells when a frame
// should have left, modulo 10 ms.
type wave struct {
	n, at int
}

// waved is one period of it.
var waved = func() (p [480]float32) {
	for i := range p {
		p[i] = float32(math.Round(16384*math.Sin(2*math.Pi*float64(i)/480))) / 32768
	}
	return p
}()

func (w *wave) Read(dst []float32) (int, error) {
	n := min(len(dst), w.n-w.at)
	if n == 0 && len(dst) > 0 {
		return 0, io.EOF
	}
	for i := range n {
		dst[i] = waved[(w.at+i)%480]
	}
	w.at += n
	return n, nil
}

// phase is by how many seconds 480 frames of the output lag behind a wave whose
// frame 0 should be at x[0], between −5 ms and 5 ms.
func phase(x []float32) float64 {
	var re, im float64
	for i, v := range x {
		a := 2 * math.Pi * float64(i) / 480
		re += float64(v) * math.Sin(a)
		im += float64(v) * math.Cos(a)
	}
	return -math.Atan2(im, re) / (2 * math.Pi * 100)
}

// soak says how long the long tests take: LOALANG_SOAK, or else.
func soak(t *testing.T, otherwise time.Duration) time.Duration {
	t.Helper()
	words := os.Getenv("LOALANG_SOAK")
	if words == "" {
		return otherwise
	}
	d, err := time.ParseDuration(words)
	if err != nil {
		t.Fatalf("LOALANG_SOAK: %v", err)
	}
	return d
}

// TestFileStaysInStep: a file that begins at its instant is a millisecond from
// it at most, whatever the card's crystal does: here for three minutes, in which
// 20 parts per million make 3.6 ms, and for an hour with LOALANG_SOAK.
func TestFileStaysInStep(t *testing.T) {
	for _, ppm := range []float64{100, -100, 20, -20} {
		t.Run(fmt.Sprint(ppm), func(t *testing.T) {
			span := soak(t, 3*time.Minute)
			onDrifting(t, ppm, func(t *testing.T, d *drifting) {
				const start = 480000
				length, begins := audio.Rate.N(span), frameAt(start)
				var worst float64
				d.hear = func(at audio.Frames, x []float32) {
					if at%48000 != 0 || at < start+48000 || at > start+length-48000 {
						return
					}
					should := d.leaves(float64(at)).Sub(begins).Seconds()
					worst = max(worst, math.Abs(wrap(should-phaseOf(x))))
				}
				d.cue(audio.DeskCue{ID: "a", Source: &wave{n: int(length)}, Frames: length, At: begins})
				d.run(start + length + 48000)
				t.Logf("over %v it was at worst %.0f µs from where it should be", span, worst*1e6)
				if worst > 0.001 {
					t.Errorf("it was %v s from where it should be", worst)
				}
				es := d.of("a")
				if len(es) != 2 || es[1].Frames != length || es[1].Cause != audio.Completed {
					t.Fatalf("it told %v, want that it played %d frames", es, length)
				}
				if off := es[1].At.Sub(begins.Add(span)); off.Abs() > time.Millisecond {
					t.Errorf("it ended %v from where it should have", off)
				}
			})
		})
	}
}

// wrap is x between −5 ms and 5 ms.
func wrap(x float64) float64 { return x - 0.01*math.Round(x/0.01) }

// TestExactCardPlaysBitForBit: nothing is changed as long as nothing is wrong.
func TestExactCardPlaysBitForBit(t *testing.T) {
	onDrifting(t, 0, func(t *testing.T, d *drifting) {
		const length = 300 * 48000
		d.hear = func(at audio.Frames, x []float32) {
			for i, v := range x {
				if k := at + audio.Frames(i) - 9600; k >= 0 && k < length && v != waved[k%480] {
					t.Fatalf("frame %d is %v, want frame %d of the file, %v", at+audio.Frames(i), v, k, waved[k%480])
				}
			}
		}
		d.cue(audio.DeskCue{ID: "a", Source: &wave{n: length}, Frames: length, At: frameAt(9600)})
		d.run(length + 48000)
	})
}

// TestStepIsClean: changing the rate neither clicks nor adds noise. A sine is what
// a predictor of two taps says; what is left is rounding, and that of the rate.
func TestStepIsClean(t *testing.T) {
	for _, c := range []struct {
		ppm, hertz float64
		most       float64 // steps of s16 by which a frame may be off
	}{{100, 1000, 5}, {-100, 1000, 5}, {100, 7000, 8}, {-100, 7000, 8}} {
		t.Run(fmt.Sprintf("%v Hz at %v ppm", c.hertz, c.ppm), func(t *testing.T) {
			onDrifting(t, c.ppm, func(t *testing.T, d *drifting) {
				const length, start = 60 * 48000, 9600
				at := 0
				source := &scripted{read: func(dst []float32) (int, error) {
					for i := range dst {
						dst[i] = float32(0.5 * math.Sin(2*math.Pi*c.hertz/48000*float64(at+i)))
					}
					at += len(dst)
					return len(dst), nil
				}}
				twice := 2 * math.Cos(2*math.Pi*c.hertz/48000)
				var a, b, worst, sum float64
				d.hear = func(at audio.Frames, x []float32) {
					for i, v := range x {
						y := float64(v) * 32768
						if k := at + audio.Frames(i); k > start+2 && k < start+length-48000 {
							off := y - twice*b + a
							worst, sum = max(worst, math.Abs(off)), sum+off*off
						}
						a, b = b, y
					}
				}
				d.cue(audio.DeskCue{ID: "a", Source: source, Frames: length, At: frameAt(start)})
				d.run(length)
				// The predictor makes √6 of white noise.
				noise := 10 * math.Log10(sum/float64(length)/6/(16384*16384/2))
				t.Logf("worst %.1f steps of s16, noise and distortion at %.1f dB", worst, noise)
				if worst > c.most || noise > -80 {
					t.Errorf("a frame is off by %.1f steps of s16, noise and distortion are at %.1f dB", worst, noise)
				}
			})
		})
	}
}

// TestChainStaysInStep: a hundred items one behind the other, some shorter than
// what is read ahead, end within a millisecond of when they should.
func TestChainStaysInStep(t *testing.T) {
	for _, ppm := range []float64{100, -100} {
		t.Run(fmt.Sprint(ppm), func(t *testing.T) {
			onDrifting(t, ppm, func(t *testing.T, d *drifting) {
				const items = 100
				next, should := 0, frameAt(48000)
				wants := make(map[string]audio.Instant)
				cue := func() {
					length := audio.Frames(48000 * (1 + next%7))
					c := audio.DeskCue{ID: fmt.Sprint(next), Source: &wave{n: int(length)}, Frames: length, At: should}
					if next > 0 {
						c.After, c.Gap = fmt.Sprint(next-1), time.Duration(next%3)*250*time.Millisecond
						should = should.Add(c.Gap)
					}
					wants[c.ID] = should
					d.cue(c)
					should = should.Add(audio.Rate.D(length))
					next++
				}
				for next < items {
					cue()
					if next >= 10 {
						for len(d.of(fmt.Sprint(next-10))) < 2 {
							d.run(d.pulled + 4800)
						}
					}
				}
				d.run(d.pulled + 80*48000)
				for id, want := range wants {
					es := d.of(id)
					if len(es) != 2 || es[1].Cause != audio.Completed {
						t.Fatalf("%s told %v", id, es)
					}
					if off := es[0].At.Sub(want); off.Abs() > time.Millisecond {
						t.Errorf("%s began %v from when it should", id, off)
					}
				}
				last := d.of(fmt.Sprint(items - 1))[1]
				t.Logf("the last ended %v from when it should", last.At.Sub(should))
				if off := last.At.Sub(should); off.Abs() > time.Millisecond {
					t.Errorf("the last ended %v from when it should", off)
				}
			})
		})
	}
}

// TestFramesAreThoseOfTheFile: what Ended tells is where a resume begins, though
// the card played more or fewer frames.
func TestFramesAreThoseOfTheFile(t *testing.T) {
	for _, ppm := range []float64{100, -100} {
		onDrifting(t, ppm, func(t *testing.T, d *drifting) {
			const start, span = 48000, 180 * time.Second
			d.cue(audio.DeskCue{ID: "a", Source: &wave{n: 1 << 30}, Frames: 1 << 30, At: frameAt(start)})
			d.run(start + audio.Rate.N(span))
			d.desk.Stop("a")
			d.run(d.pulled + 48000)
			over := d.of("a")[1]
			should := audio.Rate.N(over.At.Sub(frameAt(start)))
			if off := over.Frames - should; off > 48 || off < -48 || over.Cause != audio.Stopped {
				t.Errorf("%v ppm: it ended with %d frames, %s; want %d", ppm, over.Frames, over.Cause, should)
			}
		})
	}
}

// TestAlarmKeepsTheStep: an alarm moves a file by as long as it lasted, by the
// clock and not by the card, and costs no frame.
func TestAlarmKeepsTheStep(t *testing.T) {
	for _, ppm := range []float64{100, -100} {
		onDrifting(t, ppm, func(t *testing.T, d *drifting) {
			const start, length = 48000, 300 * 48000
			d.cue(audio.DeskCue{ID: "a", Source: &wave{n: length}, Frames: length, At: frameAt(start)})
			d.run(100 * 48000)
			d.raise(alarmOf("flood", flat(48000, 0), 120))
			d.run(480 * 48000)
			on, off := d.of("flood")[0].At, d.of("flood")[1].At
			over := d.of("a")[1]
			if over.Frames != length || over.Cause != audio.Completed {
				t.Errorf("%v ppm: it ended with %d frames, %s; want %d", ppm, over.Frames, over.Cause, length)
			}
			should := frameAt(start).Add(audio.Rate.D(length) + off.Sub(on))
			if off := over.At.Sub(should); off.Abs() > 1500*time.Microsecond {
				t.Errorf("%v ppm: it ended %v from when it should", ppm, off)
			}
		})
	}
}

// TestUnderrunIsMadeGood: what a card was dry is caught up with, and no frame is
// left out.
func TestUnderrunIsMadeGood(t *testing.T) {
	onDrifting(t, 0, func(t *testing.T, d *drifting) {
		const start, length = 48000, 180 * 48000
		d.cue(audio.DeskCue{ID: "a", Source: &wave{n: length}, Frames: length, At: frameAt(start)})
		d.run(60 * 48000)
		d.lost += 30 * time.Millisecond
		d.run(200 * 48000)
		over := d.of("a")[1]
		if over.Frames != length || over.Cause != audio.Completed {
			t.Errorf("it ended with %d frames, %s; want %d", over.Frames, over.Cause, length)
		}
		if off := over.At.Sub(frameAt(start).Add(audio.Rate.D(length))); off.Abs() > time.Millisecond {
			t.Errorf("it ended %v from when it should", off)
		}
	})
}

// TestUnderrunIsNoDrift: the crystal is no worse than before because the card ran
// dry. Taken for a drift it would keep the file three milliseconds off for a minute.
func TestUnderrunIsNoDrift(t *testing.T) {
	onDrifting(t, 0, func(t *testing.T, d *drifting) {
		const start, length = 48000, 120 * 48000
		var worst float64
		d.hear = func(at audio.Frames, x []float32) {
			if at%48000 == 0 && at >= 90*48000 && at < 100*48000 {
				should := d.leaves(float64(at)).Sub(frameAt(start)).Seconds()
				worst = max(worst, math.Abs(wrap(should-phaseOf(x))))
			}
		}
		d.cue(audio.DeskCue{ID: "a", Source: &wave{n: length}, Frames: length, At: frameAt(start)})
		d.run(40 * 48000)
		d.lost += 30 * time.Millisecond
		d.run(101 * 48000)
		if worst > 0.001 || worst == 0 {
			t.Errorf("50 s later it is %v s from where it should be", worst)
		}
	})
}

// TestCuedLongAhead: the instant is met by the card's clock as it is then.
func TestCuedLongAhead(t *testing.T) {
	for _, ppm := range []float64{100, -100} {
		onDrifting(t, ppm, func(t *testing.T, d *drifting) {
			at := frameAt(0).Add(15 * time.Minute)
			d.cue(audio.DeskCue{ID: "a", Source: flat(4800, 1000).Source(), Frames: 4800, At: at})
			var began audio.Instant
			d.hear = func(f audio.Frames, x []float32) {
				for i, v := range x {
					if v != 0 && began == 0 {
						began = d.leaves(float64(f) + float64(i))
					}
				}
			}
			d.run(902 * 48000)
			if off := began.Sub(at); began == 0 || off.Abs() > 100*time.Microsecond {
				t.Errorf("%v ppm: it began %v from its instant", ppm, off)
			}
		})
	}
}

// TestCrossingInStep: a crossfade longer than what is read ahead, of files that
// are kept in step, does not click.
func TestCrossingInStep(t *testing.T) {
	onDrifting(t, 100, func(t *testing.T, d *drifting) {
		const length = 60 * 48000
		d.cue(audio.DeskCue{ID: "a", Source: &wave{n: length}, Frames: length, At: frameAt(48000)})
		d.cue(audio.DeskCue{ID: "b", Source: &wave{n: length}, Frames: length, After: "a", Cross: 10 * time.Second})
		var last, most float32
		d.hear = func(at audio.Frames, x []float32) {
			for _, v := range x {
				if at > 48960 && at < 48000+109*48000 {
					most = max(most, v-last, last-v)
				}
				last = v
			}
		}
		d.run(115 * 48000)
		if want := frameAt(48000).Add(50 * time.Second); d.of("b")[0].At.Sub(want).Abs() > time.Millisecond {
			t.Errorf("it began %v from when it should", d.of("b")[0].At.Sub(want))
		}
		if limit := float32(0.5 * 2 * math.Pi / 480 * 1.45); most > limit {
			t.Errorf("a step of %v, want at most %v", most, limit)
		}
	})
}

// phaseOf is at which second of a wave x begins, modulo 10 ms.
func phaseOf(x []float32) float64 { return math.Mod(0.01-phase(x), 0.01) }
