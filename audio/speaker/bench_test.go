package speaker_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
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

// BenchmarkAlarm measures the time from Raise to the first frame of the siren, and
// from Lower to its last.
func BenchmarkAlarm(b *testing.B) {
	for _, buffer := range []time.Duration{2, 6, 20, 60} {
		b.Run(fmt.Sprintf("%dms", buffer), func(b *testing.B) {
			for b.Loop() {
				benchAlarms(b, buffer*time.Millisecond)
			}
		})
	}
}

func benchAlarms(b *testing.B, buffer time.Duration) {
	card := newRuler(b, 32)
	siren := plateau(b, 10*time.Second, sirenLevel)
	r := start(b, "default", func(c *speaker.Config) { c.Siren, c.Buffer = siren, buffer })
	r.waitFor(audio.DeviceUp, "")
	realTime(b, r)
	time.Sleep(time.Second)
	var all []turn
	for i := range benchStarts {
		time.Sleep(200*time.Millisecond + time.Duration(rand.Int64N(int64(50*time.Millisecond))))
		one, id := turn{raised: audio.Monotonic()}, fmt.Sprint(i)
		if err := r.Raise(audio.Alarm{ID: id, Cycle: []audio.AlarmPart{{}}}); err != nil {
			b.Fatal(err)
		}
		r.waitFor(audio.AlarmOn, id)
		time.Sleep(100 * time.Millisecond)
		one.lowered = audio.Monotonic()
		if err := r.Lower(id); err != nil {
			b.Fatal(err)
		}
		r.waitFor(audio.AlarmOff, id)
		all = append(all, one)
	}
	time.Sleep(1500 * time.Millisecond)
	reportChild(b, r, audio.Rate.N(10*time.Second))
	b.ReportMetric(float64(r.State().Restarts), "restarts") // the first of them makes the buffer larger
	r.stop()
	var late, stop []time.Duration
	for _, one := range all {
		heard := card.frames(b, one.raised, one.raised.Add(time.Second))
		i := slices.IndexFunc(heard, func(v int16) bool { return v != 0 })
		if i < 0 {
			b.Fatalf("the alarm of %v was not heard", one.raised)
		}
		late = append(late, audio.Rate.D(audio.Frames(i)))
		stop = append(stop, card.silentFrom(b, one.lowered).Sub(one.lowered))
	}
	report(b, "alarm", late)
	report(b, "stop", stop)
}

// BenchmarkChildCPU measures how much of one core the child takes while it plays,
// the virtual card's own work included, and its memory.
func BenchmarkChildCPU(b *testing.B) {
	for _, buffer := range []time.Duration{2, 6, 20} {
		b.Run(fmt.Sprintf("%dms", buffer), func(b *testing.B) {
			for b.Loop() {
				benchCPU(b, buffer*time.Millisecond)
			}
		})
	}
}

func benchCPU(b *testing.B, buffer time.Duration) {
	const span = 10 * time.Second
	newRuler(b, 32)
	r := start(b, "default", func(c *speaker.Config) { c.Buffer = buffer })
	r.waitFor(audio.DeviceUp, "")
	realTime(b, r)
	if err := r.Cue(audio.Cue{ID: "a", File: tone(b, span+3*time.Second, 0.5), At: in(500 * time.Millisecond)}); err != nil {
		b.Fatal(err)
	}
	r.waitFor(audio.Started, "a")
	time.Sleep(time.Second)
	pid := r.State().ChildPID
	before, began := cpuOf(b, pid), audio.Monotonic()
	time.Sleep(span)
	spent, passed := cpuOf(b, pid)-before, audio.Monotonic().Sub(began)
	b.ReportMetric(100*spent.Seconds()/passed.Seconds(), "%-of-a-core")
	reportChild(b, r, 0)
	b.ReportMetric(float64(r.State().Restarts), "restarts")
	r.stop()
}

// cpuOf is the time that all threads of a process have spent on a core.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	ticks := int64(0)
	for _, field := range fields[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// BenchmarkRead is one period of 3 ms: a cue on the programme, and with an alarm
// over it.
func BenchmarkRead(b *testing.B) {
	for _, alarmed := range []bool{false, true} {
		b.Run(map[bool]string{false: "programme", true: "alarm"}[alarmed], func(b *testing.B) {
			read := readings(b, alarmed)
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
		})
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
