package audio_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"loalang/audio"
)

// sender is a Source that gives its frames as its own clock goes, in chunks: a
// microphone, a radio. What it says at frame i is voice(i).
type sender struct {
	voice  func(i int) float64 // in units of s16
	total  int                 // frames; then it ends
	rate   float64             // frames a second
	chunk  int                 // frames that come at once
	held   func(at time.Duration) time.Duration
	began  time.Time
	sent   int
	ends   error
	done   chan struct{}
	closed atomic.Int32
}

func newSender(total int, voice func(int) float64) *sender {
	return &sender{voice: voice, total: total, rate: 48000, chunk: 480, began: time.Now(), ends: io.EOF, done: make(chan struct{})}
}

func (s *sender) Read(dst []float32) (int, error) {
	if s.sent == s.total {
		return 0, s.ends
	}
	// A chunk comes when its last frame has been spoken, or when it is let go.
	at := time.Duration(float64(s.sent-s.sent%s.chunk+s.chunk) / s.rate * float64(time.Second))
	if s.held != nil {
		at = s.held(at)
	}
	select {
	case <-s.done:
		return 0, os.ErrClosed
	case <-time.After(time.Until(s.began.Add(at))):
	}
	n := min(len(dst), s.chunk-s.sent%s.chunk, s.total-s.sent)
	for i := range n {
		dst[i] = float32(s.voice(s.sent+i)) / 32768
	}
	s.sent += n
	return n, nil
}

func (s *sender) Close() error {
	if s.closed.Add(1) == 1 {
		close(s.done)
	}
	return nil
}

func streamOf(id string, s audio.Source, buffer time.Duration) audio.DeskCue {
	return audio.DeskCue{ID: id, Source: s, Stream: &audio.Stream{Buffer: buffer}}
}

// rising is a voice that rises by one each frames frames from −16000 on, so that
// what sounds tells when it was spoken.
func rising(frames int) func(int) float64 {
	return func(i int) float64 { return -16000 + float64(i)/float64(frames) }
}

func sine(hertz float64) func(int) float64 {
	return func(i int) float64 { return 10000 * math.Sin(2*math.Pi*hertz*float64(i)/48000) }
}

const (
	held       = 100 * time.Millisecond
	heldFrames = audio.Frames(4800)
	// begins is where a stream begins to sound that the sender begins at frame 0: the
	// Desk mixes 2 ms ahead.
	begins = heldFrames + 96
)

func TestStreamBeginsWhenItsBufferHasCome(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(48000, rising(4))
		r.cue(streamOf("live", s, held))
		r.cue(after("closing", flat(1000, 3000), "live", 0))
		r.play(60000 + settled)
		r.wantStarted("live", begins)
		r.wantEnded("live", audio.Completed, 48000, begins+48000)
		r.wantStarted("closing", begins+48000)
		r.wantSilence(0, begins)
		for i := fadeFrames; i < 48000-fadeFrames; i++ {
			if got, want := r.out[begins+i]*32768, float32(math.Round(rising(4)(int(i)))); got != want {
				t.Fatalf("frame %d of the stream is %v, want it bit for bit, %v", i, got, want)
			}
		}
		if most := r.steps(0, begins+48000); most > 16000/float32(fadeFrames)+2 {
			t.Errorf("a step of %v: it clicks", most)
		}
		if n := s.closed.Load(); n != 1 {
			t.Errorf("its source was closed %d times, want once", n)
		}
	})
}

func TestStreamWaitsForItsInstant(t *testing.T) {
	for _, c := range []struct {
		name    string
		at      audio.Frames
		sends   time.Duration // when the sender begins
		started audio.Frames
		first   audio.Frames // of what it said
	}{
		{"it comes long before: the newest is held", 48000, 0, 48000, 48000 - heldFrames},
		{"it comes late", 2400, time.Second, 48000 + begins, 0},
		{"its instant has passed", 0, time.Second, 48000 + begins, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := newSender(96000, rising(4))
				s.began = s.began.Add(c.sends)
				cue := streamOf("live", s, held)
				cue.At = frameAt(c.at)
				r.play(9600)
				r.cue(cue)
				r.play(96000)
				r.wantStarted("live", c.started)
				at := c.started + 1000
				first := 4 * (r.out[at]*32768 + 16000)
				if off := first - float32(c.first+1000); off > 500 || off < -500 {
					t.Errorf("it sounds from its frame %v on, want about %v", first-1000, c.first)
				}
			})
		})
	}
}

func TestStreamTakesThePlaceOfWhatItReplaces(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.cue(cueOf("item", flat(96000, 5000), 0))
		cue := streamOf("live", newSender(24000, rising(4)), held)
		cue.Replaces = "item"
		r.play(9600)
		s := cue.Source.(*sender)
		s.began = time.Now()
		r.cue(cue)
		r.play(96000)
		r.wantEnded("item", audio.Replaced, 9600+heldFrames+fadeFrames, 9600+begins+fadeFrames)
		r.wantStarted("live", 9600+begins)
	})
}

// spoken is the frame of a rising voice that sounds at a device frame.
func (r *rig) spoken(at audio.Frames, frames int) audio.Frames {
	return audio.Frames((r.out[at]*32768 + 16000) * float32(frames))
}

// TestStreamFollowsTheSendersClock: what lies ready stays what it shall be,
// though the sender's clock is another, and nothing clicks.
func TestStreamFollowsTheSendersClock(t *testing.T) {
	const span = 60
	for _, ppm := range []float64{0, 100, -100, 2000, -2000} {
		t.Run(fmt.Sprint(ppm), func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := newSender(span*48000, rising(100))
				s.rate *= 1 + ppm*1e-6
				r.cue(streamOf("live", s, held))
				r.play(span*48000 - 96000)
				if es := r.of("live"); len(es) != 1 {
					t.Fatalf("it told %v, want that it started", es)
				}
				least, most := time.Hour, time.Duration(0)
				for at := 5 * audio.Frames(48000); at < span*48000-96000; at += 4800 {
					said := audio.Frames(float64(at) * (1 + ppm*1e-6))
					late := audio.Rate.D(said - r.spoken(at, 100))
					// A chunk is 10 ms: it is told when its last frame was said.
					least, most = min(least, late), max(most, late)
				}
				t.Logf("it sounds %v to %v after it was said", least, most)
				if off := 15*time.Millisecond + time.Duration(math.Abs(ppm))*20*time.Microsecond; most > held+off || least < held-off {
					t.Errorf("it sounds %v to %v after it was said, want about %v", least, most, held)
				}
				if most := r.steps(2*begins, span*48000-96000); most > 2 {
					t.Errorf("a step of %v: it clicks", most)
				}
			})
		})
	}
}

// TestStreamRunsDry: a sender that is held up for longer than the buffer lasts
// costs a silence that begins and ends in a fade, and the stream goes on with half
// the buffer; no frame of the silence counts.
func TestStreamRunsDry(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(4*48000, rising(20))
		s.held = func(at time.Duration) time.Duration {
			if at > time.Second {
				return at + 500*time.Millisecond
			}
			return at
		}
		r.cue(streamOf("live", s, held))
		r.play(5*48000 + settled)
		silent := audio.Frames(0)
		for i := 48000 + heldFrames - 480; i < 2*48000; i++ {
			if r.out[i] == 0 {
				silent++
			}
		}
		if gap := audio.Rate.D(silent); gap < 400*time.Millisecond || gap > 500*time.Millisecond {
			t.Errorf("a silence of %v, want 500 ms less half of the buffer", gap)
		}
		if most := r.steps(0, audio.Frames(len(r.out))); most > 16000/float32(fadeFrames)+2 {
			t.Errorf("a step of %v: it clicks", most)
		}
		es := r.of("live")
		if len(es) != 2 || es[1].Cause != audio.Completed {
			t.Fatalf("it told %v", es)
		}
		if lost := 4*48000 - es[1].Frames; lost > 480 || lost < -480 {
			t.Errorf("%d frames carried it, want about %d", es[1].Frames, 4*48000)
		}
	})
}

// TestStreamDropsWhatIsTooMuch: a sender whose sound comes in a burst is heard in
// time again at once.
func TestStreamDropsWhatIsTooMuch(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(8*48000, rising(20))
		s.held = func(at time.Duration) time.Duration {
			if at > 2*time.Second {
				return at - 300*time.Millisecond // from here on it is ahead
			}
			return at
		}
		r.cue(streamOf("live", s, held))
		r.play(6 * 48000)
		late := 3*48000 + 14400 - r.spoken(3*48000, 20)
		if late > heldFrames+960 || late < heldFrames-960 {
			t.Errorf("it sounds %v after it came, want %v", audio.Rate.D(late), held)
		}
		if most := r.steps(begins+fadeFrames, audio.Frames(len(r.out))); most > 14400/20/float32(fadeFrames)+2 {
			t.Errorf("a step of %v: it clicks", most)
		}
	})
}

// A burst of less than the buffer held a live voice back by up to twice the buffer,
// for the better part of a minute.
func TestStreamHoldsNoMoreThanItsMost(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(6*48000, rising(20))
		s.held = func(at time.Duration) time.Duration {
			if at > 2*time.Second {
				return at - 80*time.Millisecond
			}
			return at
		}
		cue := streamOf("live", s, held)
		cue.Stream.Most = 150 * time.Millisecond
		r.cue(cue)
		r.play(5 * 48000)
		late := 3*48000 + 3840 - r.spoken(3*48000, 20)
		if late > audio.Rate.N(cue.Stream.Most) {
			t.Errorf("it sounds %v after it came, want %v at most", audio.Rate.D(late), cue.Stream.Most)
		}
		if most := r.steps(begins+fadeFrames, audio.Frames(len(r.out))); most > 14400/20/float32(fadeFrames)+2 {
			t.Errorf("a step of %v: it clicks", most)
		}
	})
}

// TestStreamUnderAnAlarm: live sound is not kept. What was said under the alarm
// is gone, does not count, and the stream goes on with what comes then.
func TestStreamUnderAnAlarm(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(8*48000, rising(20))
		r.cue(streamOf("live", s, held))
		r.play(96000)
		r.raise(alarmOf("flood", flat(48000, 0), 1))
		r.play(8*48000 + 2*settled)
		on, off := r.of("flood")[0].At, r.of("flood")[1].At
		muted := audio.Rate.N(off.Sub(on))
		es := r.of("live")
		if len(es) != 2 || es[1].Cause != audio.Completed {
			t.Fatalf("it told %v", es)
		}
		if got, want := es[1].Frames, 8*48000-muted; got > want+480 || got < want-480 {
			t.Errorf("%d frames carried it, want about %d", got, want)
		}
		after := audio.Rate.N(off.Sub(frameAt(0))) + 4800
		late := after - r.spoken(after, 20)
		if late > heldFrames+1200 || late < heldFrames-1200 {
			t.Errorf("after the alarm it sounds %v after it was said, want %v", audio.Rate.D(late), held)
		}
		if most := r.steps(after-7200, after+4800); most > 16000/float32(fadeFrames)+20 {
			t.Errorf("a step of %v: it clicks", most)
		}
	})
}

// TestStreamEndsUnderAnAlarm: what sounded before the alarm is what it played.
func TestStreamEndsUnderAnAlarm(t *testing.T) {
	for _, stopped := range []bool{false, true} {
		onRig(t, func(t *testing.T, r *rig) {
			cause, total := audio.Completed, 2*48000+24000
			if stopped {
				cause, total = audio.Stopped, 10*48000
			}
			s := newSender(total, rising(20))
			r.cue(streamOf("live", s, held))
			r.cue(after("closing", flat(1000, 3000), "live", 0))
			r.play(96000)
			r.raise(alarmOf("flood", flat(4*48000, 3000), 1))
			r.play(3 * 48000)
			if stopped {
				r.desk.Stop("live")
			}
			r.play(8 * 48000)
			on := audio.Rate.N(r.of("flood")[0].At.Sub(frameAt(0)))
			r.wantEnded("live", cause, on-begins, on)
			if n := s.closed.Load(); n != 1 {
				t.Errorf("its source was closed %d times, want once", n)
			}
			if !stopped {
				r.wantEnded("closing", audio.Completed, 1000, -1)
			}
		})
	}
}

// TestSilentStreamIsStopped: nothing but its end, Stop and Replaces ends a
// stream; and a Read that waits for sound keeps nothing open.
func TestSilentStreamIsStopped(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(10*48000, sine(400))
		s.held = func(at time.Duration) time.Duration {
			if at > time.Second {
				return time.Hour
			}
			return at
		}
		r.cue(streamOf("live", s, held))
		r.play(5 * 48000)
		if es := r.of("live"); len(es) != 1 {
			t.Fatalf("it told %v, want that it started", es)
		}
		r.desk.Stop("live")
		r.play(6 * 48000)
		es := r.of("live")
		if got := es[1]; got.Cause != audio.Stopped || got.Frames > 48000 || got.Frames < 47000 {
			t.Errorf("it ended with %d frames, %s; want those of a second, stopped", got.Frames, got.Cause)
		}
		if n := s.closed.Load(); n != 1 {
			t.Errorf("its source was closed %d times, want once", n)
		}
	})
}

func TestStreamThatBreaksOrNeverBegins(t *testing.T) {
	for _, c := range []struct {
		name   string
		total  int
		ends   error
		cause  audio.Cause
		played audio.Frames
	}{
		{"less than its buffer", 1000, io.EOF, audio.Completed, 1000},
		{"nothing", 0, io.EOF, audio.Completed, 0},
		{"breaks", 48000, errors.New("the pipe burst"), audio.Unread, 48000},
		{"breaks at once", 0, errors.New("the pipe burst"), audio.Unread, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				s := newSender(c.total, sine(400))
				s.ends = c.ends
				r.cue(streamOf("live", s, held))
				r.play(2 * 48000)
				r.wantEnded("live", c.cause, c.played, -1)
			})
		})
	}
}

// TestDeskEndsWithASilentStream: the end of Run does not wait for the sender.
func TestDeskEndsWithASilentStream(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		s := newSender(48000, sine(400))
		s.held = func(time.Duration) time.Duration { return time.Hour }
		r.cue(streamOf("live", s, held))
		r.play(4800)
		began := time.Now()
		r.end()
		if spent := time.Since(began); spent > time.Second {
			t.Errorf("it took %v", spent)
		}
		r.wantEnded("live", audio.Lost, 0, -1)
	})
}
