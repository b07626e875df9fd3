package speaker_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

const benchStarts = 30

// report gives the median, the 95th percentile and the maximum in milliseconds.
func report(b *testing.B, what string, all []time.Duration) {
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(ms(all[len(all)/2]), what+"-median-ms")
	b.ReportMetric(ms(all[(len(all)*95+99)/100-1]), what+"-p95-ms")
	b.ReportMetric(ms(all[len(all)-1]), what+"-max-ms")
}

// realTime says so in the benchmark's output when real-time priority is missing.
func realTime(b *testing.B, r *rig) {
	if st := r.State(); !st.RealTime {
		b.Logf("the child has no real-time priority (%s): the figures are not those of a board", st.Fault)
	}
}

// reportChild gives the child's memory, and how much of it is sound.
func reportChild(b *testing.B, r *rig, clips audio.Frames) {
	st := r.State()
	b.ReportMetric(float64(st.ChildRSS)/1e6, "rss-MB")
	b.ReportMetric(float64(clips)*2/1e6, "clips-MB")
	b.ReportMetric(float64(st.Underruns), "underruns")
}

// BenchmarkStart measures how far from its instant a cue is heard: 30 starts at
// random instants, on a card whose clock is CLOCK_MONOTONIC.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		card := newRuler(b, 32)
		r := start(b, "default", nil)
		r.waitFor(audio.DeviceUp, "")
		realTime(b, r)
		f := tone(b, 100*time.Millisecond, 0.5)
		at := in(2 * time.Second)
		var asked []audio.Instant
		for i := range benchStarts {
			at = at.Add(250*time.Millisecond + time.Duration(rand.Int64N(int64(100*time.Millisecond))))
			asked = append(asked, at)
			if err := r.Cue(audio.Cue{ID: fmt.Sprint(i), File: f, At: at}); err != nil {
				b.Fatal(err)
			}
		}
		r.waitFor(audio.Ended, fmt.Sprint(benchStarts-1))
		reportChild(b, r, 0)
		r.stop()
		heard := card.onsets(b, 80*time.Millisecond)
		if len(heard) != len(asked) {
			b.Fatalf("%d starts were heard, %d asked for", len(heard), len(asked))
		}
		var off []time.Duration
		var signed time.Duration
		for i := range asked {
			signed += heard[i].Sub(asked[i]) / benchStarts
			off = append(off, heard[i].Sub(asked[i]).Abs())
		}
		report(b, "start", off)
		b.ReportMetric(float64(signed)/1e6, "bias-ms")
	}
}

// BenchmarkAlarm measures the time from Raise to the first frame of the siren.
func BenchmarkAlarm(b *testing.B) {
	for b.Loop() {
		card := newRuler(b, 32)
		siren := tone(b, 10*time.Second, 0.5)
		r := start(b, "default", func(c *speaker.Config) { c.Siren = siren })
		r.waitFor(audio.DeviceUp, "")
		realTime(b, r)
		time.Sleep(time.Second)
		var raised []audio.Instant
		for i := range benchStarts {
			time.Sleep(200*time.Millisecond + time.Duration(rand.Int64N(int64(50*time.Millisecond))))
			raised = append(raised, audio.Monotonic())
			id := fmt.Sprint(i)
			if err := r.Raise(audio.Alarm{ID: id, Cycle: []audio.AlarmPart{{}}}); err != nil {
				b.Fatal(err)
			}
			r.waitFor(audio.AlarmOn, id)
			if err := r.Lower(id); err != nil {
				b.Fatal(err)
			}
			r.waitFor(audio.AlarmOff, id)
		}
		time.Sleep(1500 * time.Millisecond)
		reportChild(b, r, audio.Rate.N(10*time.Second))
		r.stop()
		heard := card.onsets(b, 80*time.Millisecond)
		if len(heard) != len(raised) {
			b.Fatalf("%d alarms were heard, %d raised", len(heard), len(raised))
		}
		var late []time.Duration
		for i := range raised {
			late = append(late, heard[i].Sub(raised[i]))
		}
		report(b, "alarm", late)
	}
}

// BenchmarkRestart measures the time from the death of the child to the next one
// that takes sound.
func BenchmarkRestart(b *testing.B) {
	for b.Loop() {
		newRuler(b, 32)
		r := start(b, "default", nil)
		r.waitFor(audio.DeviceUp, "")
		died := audio.Monotonic()
		kill(b, r.State().ChildPID)
		r.waitFor(audio.DeviceDown, "")
		up := r.waitFor(audio.DeviceUp, "")
		b.ReportMetric(float64(up.At.Sub(died))/1e6, "restart-ms")
		r.stop()
	}
}

func kill(t testing.TB, pid int) {
	t.Helper()
	if pid <= 0 {
		t.Fatal("no child to kill")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
