package audio_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"loalang/audio"
)

// endless is a source that never ends.
type endless struct{}

func (endless) Read(dst []float32) (int, error) {
	for i := range dst {
		dst[i] = 0.01
	}
	return len(dst), nil
}

// sounding is a Desk on which n cues, and an alarm when asked for, sound.
func sounding(tb testing.TB, n int, alarm bool) *audio.Desk {
	tb.Helper()
	d := audio.NewDesk(audio.DeskOptions{Event: func(audio.Event) {}, Tap: func([]int16) {}})
	d.Anchor(0, frameAt(0))
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _ = d.Run(ctx) }()
	tb.Cleanup(cancel)
	for i := range n {
		if err := d.Cue(audio.DeskCue{ID: fmt.Sprint(i), Source: endless{}, At: frameAt(0)}); err != nil {
			tb.Fatal(err)
		}
	}
	if alarm {
		if err := d.Raise(alarmOf("flood", flat(48000, 9000), 0)); err != nil {
			tb.Fatal(err)
		}
	}
	time.Sleep(20 * time.Millisecond) // the readers' first fill, which allocates
	return d
}

// busy is a Desk on which a bed lies ducked under eight spoken cues and two more
// cross over, while all the fades there are go on.
func busy(tb testing.TB) *audio.Desk {
	tb.Helper()
	d := sounding(tb, 0, false)
	cue := func(c audio.DeskCue) {
		if err := d.Cue(c); err != nil {
			tb.Fatal(err)
		}
	}
	cue(audio.DeskCue{ID: "bed", Source: flat(9000, 300).Loop(), At: frameAt(0), Bed: &audio.Duck{Release: time.Minute, Depth: -20}})
	for i := range 8 {
		cue(audio.DeskCue{ID: fmt.Sprint(i), Source: endless{}, At: frameAt(96), Spoken: true, FadeIn: 10 * time.Second})
	}
	cue(audio.DeskCue{ID: "a", Source: endless{}, At: frameAt(96), Frames: 110000})
	cue(audio.DeskCue{ID: "b", Source: endless{}, After: "a", Cross: 2 * time.Second, FadeOut: time.Second})
	time.Sleep(20 * time.Millisecond)
	return d
}

var loads = []struct {
	name  string
	cues  int
	alarm bool
}{
	{"silence", 0, false},
	{"one cue", 1, false},
	{"eight cues", 8, false},
	{"alarm over eight cues", 8, true},
}

// TestBusyPullAllocatesNothing is TestPullAllocatesNothing with everything at once,
// from the first start to the last event.
func TestBusyPullAllocatesNothing(t *testing.T) {
	d := busy(t)
	buf := make([]float32, 480)
	if n := testing.AllocsPerRun(150, func() { d.Pull(buf) }); n != 0 {
		t.Errorf("a pull allocates %v times, want 0", n)
	}
	d.Stop()
	if n := testing.AllocsPerRun(50, func() { d.Pull(buf) }); n != 0 {
		t.Errorf("a pull while all ends allocates %v times, want 0", n)
	}
}

// TestPullAllocatesNothing is what the benchmarks print, as a promise.
func TestPullAllocatesNothing(t *testing.T) {
	for _, l := range loads {
		t.Run(l.name, func(t *testing.T) {
			d := sounding(t, l.cues, l.alarm)
			buf := make([]float32, 480)
			if n := testing.AllocsPerRun(150, func() { d.Pull(buf) }); n != 0 {
				t.Errorf("a pull allocates %v times, want 0", n)
			}
			alarm := make([]float32, 480)
			d2 := sounding(t, l.cues, l.alarm)
			if n := testing.AllocsPerRun(150, func() { d2.PullProgramme(buf); d2.PullAlarm(alarm) }); n != 0 {
				t.Errorf("a pull of both buses allocates %v times, want 0", n)
			}
		})
	}
}

// fed is a live source that gives as many frames as it is told to, each a multiple
// of 100.
type fed struct {
	more chan int
	done chan struct{}
	left int
	sent int
}

func (s *fed) Read(dst []float32) (int, error) {
	if s.left == 0 {
		select {
		case s.left = <-s.more:
		case <-s.done:
			return 0, io.EOF
		}
	}
	n := min(len(dst), s.left)
	for i := range dst[:n] {
		dst[i] = float32((s.sent+i)%7*100) / 32768
	}
	s.left -= n
	s.sent += n
	return n, nil
}

func (s *fed) Close() error {
	close(s.done)
	return nil
}

// streaming pulls from a Desk on which a stream sounds whose rate is steered: its
// sender gives 482 frames for 480.
func streaming(tb testing.TB) (pull func(), buf []float32) {
	tb.Helper()
	d := sounding(tb, 0, false)
	s := &fed{more: make(chan int), done: make(chan struct{})}
	if err := d.Cue(streamOf("live", s, held)); err != nil {
		tb.Fatal(err)
	}
	s.more <- int(heldFrames) + 960
	buf = make([]float32, 480)
	pull = func() {
		s.more <- 482
		d.Pull(buf)
	}
	for range 120 { // until its clock is known
		pull()
	}
	return pull, buf
}

func TestPullOfAStreamAllocatesNothing(t *testing.T) {
	pull, buf := streaming(t)
	if n := testing.AllocsPerRun(150, pull); n != 0 {
		t.Errorf("a pull allocates %v times, want 0", n)
	}
	between := 0
	for _, v := range buf {
		if math.Mod(float64(v)*32768, 100) != 0 {
			between++
		}
	}
	if between < len(buf)/2 {
		t.Errorf("%d of %d frames lie between those of the sender, want most: its rate was not steered", between, len(buf))
	}
}

// amiss is a Desk on which a file sounds that is put in step again.
func amiss(tb testing.TB) *audio.Desk {
	tb.Helper()
	d := sounding(tb, 1, false)
	d.Pull(make([]float32, 480))
	d.Anchor(0, frameAt(480))
	return d
}

func TestPullInStepAllocatesNothing(t *testing.T) {
	d, buf := amiss(t), make([]float32, 480)
	if n := testing.AllocsPerRun(150, func() { d.Pull(buf) }); n != 0 {
		t.Errorf("a pull allocates %v times, want 0", n)
	}
}

// BenchmarkPullResampled is 10 ms of a file that is put in step, and of a stream,
// with the giving of what its sender says.
func BenchmarkPullResampled(b *testing.B) {
	b.Run("file", func(b *testing.B) {
		d, buf := amiss(b), make([]float32, 480)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if i%200 == 199 { // as in BenchmarkPull
				b.StopTimer()
				d = amiss(b)
				b.StartTimer()
			}
			d.Pull(buf)
		}
	})
	b.Run("stream", func(b *testing.B) {
		pull, _ := streaming(b)
		b.ReportAllocs()
		for b.Loop() {
			pull()
		}
	})
}

// BenchmarkPull is 10 ms of sound.
func BenchmarkPull(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			d := sounding(b, l.cues, l.alarm)
			buf := make([]float32, 480)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%200 == 199 { // the readers keep the pace of the air, not that of a benchmark
					b.StopTimer()
					d = sounding(b, l.cues, l.alarm)
					b.StartTimer()
				}
				d.Pull(buf)
			}
		})
	}
}

// BenchmarkBusyPull is 10 ms of a bed under eight spoken cues and a crossfade, each
// in a fade.
func BenchmarkBusyPull(b *testing.B) {
	d := busy(b)
	buf := make([]float32, 480)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%200 == 199 { // as in BenchmarkPull
			b.StopTimer()
			d = busy(b)
			b.StartTimer()
		}
		d.Pull(buf)
	}
}

// BenchmarkLimiter is 10 ms of sound.
func BenchmarkLimiter(b *testing.B) {
	for _, c := range []struct {
		name  string
		level float32
	}{{"below the ceiling", 0.5}, {"above it", 2}} {
		b.Run(c.name, func(b *testing.B) {
			l := audio.NewLimiter(-1)
			x := make([]float32, 480)
			b.ReportAllocs()
			for b.Loop() {
				for i := range x {
					x[i] = c.level * float32(i%7-3) / 3
				}
				l.Process(x)
			}
		})
	}
}

// BenchmarkReadWAV is ten seconds of sound.
func BenchmarkReadWAV(b *testing.B) {
	file := riff(plain, chunk("data", make([]byte, 960000)))
	b.SetBytes(960000)
	for b.Loop() {
		if _, _, err := audio.ReadWAV(bytes.NewReader(file), int64(len(file))); err != nil {
			b.Fatal(err)
		}
	}
}
