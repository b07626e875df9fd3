package audio_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"loalang/audio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	period = audio.Frames(480)
	// fadeFrames is the length of every fade, 5 ms.
	fadeFrames = audio.Frames(240)
	// settled is how late the Desk tells of a frame, with one block to spare.
	settled = audio.Frames(4800) + period
)

// rig is a Desk in a synctest bubble, pulled by hand. Device frame 0 leaves at
// one second.
type rig struct {
	t    *testing.T
	desk *audio.Desk
	out  []float32    // what was pulled
	size audio.Frames // of a pull; 0: period
	card *card        // that plays instead; nil: none
	end  context.CancelFunc

	mu     sync.Mutex
	events []audio.Event
	watch  func(audio.Event) // told of every event, when not nil
	tap    []int16
}

// onRig runs test with a fresh rig in a bubble.
func onRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.desk.Anchor(0, frameAt(0))
		test(t, r)
	})
}

// newRig is a Desk that nobody has anchored.
func newRig(t *testing.T) *rig {
	r := &rig{t: t}
	r.desk = audio.NewDesk(audio.DeskOptions{Event: r.event, Tap: r.hear})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.desk.Run(ctx) }()
	r.end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(r.end)
	return r
}

// frameAt is when a device frame of a rig leaves.
func frameAt(f audio.Frames) audio.Instant {
	return audio.Instant(time.Second).Add(audio.Rate.D(f))
}

func (r *rig) event(e audio.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.watch != nil {
		r.watch(e)
	}
	r.events = append(r.events, e)
}

func (r *rig) hear(frames []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tap = append(r.tap, frames...)
}

// play pulls up to the device frame, in periods, at the pace of the bubble's
// clock.
func (r *rig) play(to audio.Frames) {
	if r.card != nil {
		r.card.sound(to)
		r.out = r.card.heard
		return
	}
	size := period
	if r.size > 0 {
		size = r.size
	}
	buf := make([]float32, size)
	for at := audio.Frames(len(r.out)); at < to; at = audio.Frames(len(r.out)) {
		synctest.Wait()
		n := min(size, to-at)
		r.desk.Pull(buf[:n])
		r.out = append(r.out, buf[:n]...)
		time.Sleep(audio.Rate.D(n))
	}
	synctest.Wait()
}

func (r *rig) cue(c audio.DeskCue) {
	r.t.Helper()
	if err := r.desk.Cue(c); err != nil {
		r.t.Fatalf("Cue = %v", err)
	}
}

func (r *rig) raise(a audio.DeskAlarm) {
	r.t.Helper()
	if err := r.desk.Raise(a); err != nil {
		r.t.Fatalf("Raise = %v", err)
	}
}

// of are the events of an ID, or those without one.
func (r *rig) of(id string) []audio.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var es []audio.Event
	for _, e := range r.events {
		if e.ID == id {
			es = append(es, e)
		}
	}
	return es
}

// wantEnded fails unless the one Ended or AlarmOff of id is as given. at is a
// device frame; −1: any.
func (r *rig) wantEnded(id string, cause audio.Cause, frames, at audio.Frames) {
	r.t.Helper()
	es := slices.DeleteFunc(r.of(id), func(e audio.Event) bool { return e.Kind != audio.Ended && e.Kind != audio.AlarmOff })
	if len(es) != 1 {
		r.t.Fatalf("%s ended %d times, want once; events: %v", id, len(es), r.events)
	}
	if e := es[0]; e.Cause != cause || e.Frames != frames {
		r.t.Errorf("%s ended with %d frames, %s; want %d, %s", id, e.Frames, e.Cause, frames, cause)
	}
	if e := es[0]; at >= 0 && e.At != frameAt(at) {
		r.t.Errorf("%s ended at frame %d, want %d", id, audio.Rate.N(e.At.Sub(frameAt(0))), at)
	}
}

// wantStarted fails unless the one Started or AlarmOn of id is at the device
// frame; −1: unless there is none.
func (r *rig) wantStarted(id string, at audio.Frames) {
	r.t.Helper()
	es := slices.DeleteFunc(r.of(id), func(e audio.Event) bool { return e.Kind != audio.Started && e.Kind != audio.AlarmOn })
	if at < 0 {
		if len(es) != 0 {
			r.t.Errorf("%s started, want not: %v", id, es)
		}
		return
	}
	if len(es) != 1 {
		r.t.Fatalf("%s started %d times, want once; events: %v", id, len(es), r.events)
	}
	if es[0].At != frameAt(at) {
		r.t.Errorf("%s started at frame %d, want %d", id, audio.Rate.N(es[0].At.Sub(frameAt(0))), at)
	}
}

// wantSound fails unless the output from the device frame on is the clip's
// frames [from, to), bit for bit.
func (r *rig) wantSound(at audio.Frames, c audio.Clip, from, to audio.Frames) {
	r.t.Helper()
	for i := from; i < to; i++ {
		k := at + i - from
		if want := float32(c.At(i)) / 32768; r.out[k] != want {
			r.t.Fatalf("frame %d is %v, want frame %d of the clip, %v", k, r.out[k]*32768, i, want*32768)
		}
	}
}

// wantSilence fails unless the output is silent in [from, to).
func (r *rig) wantSilence(from, to audio.Frames) {
	r.t.Helper()
	for k := from; k < to; k++ {
		if r.out[k] != 0 {
			r.t.Fatalf("frame %d is %v, want silence in [%d, %d)", k, r.out[k]*32768, from, to)
		}
	}
}

// steps is the largest jump between neighbours in the output [from, to).
func (r *rig) steps(from, to audio.Frames) float32 {
	var most float32
	for k := from + 1; k < to; k++ {
		d := r.out[k] - r.out[k-1]
		most = max(most, d, -d)
	}
	return most * 32768
}

// steepest is the largest step of a 5 ms equal-power fade of an amplitude.
func steepest(amplitude float32) float32 { return amplitude*math.Pi/2/float32(fadeFrames) + 1 }

// counted is a clip whose frame i has the amplitude 2000+i, so that every frame
// can be told from the others. n is at most 26000.
func counted(n audio.Frames) audio.Clip {
	frames := make([]int16, n)
	for i := range frames {
		frames[i] = int16(2000 + i)
	}
	return audio.NewClip(frames)
}

// flat is a clip of one amplitude.
func flat(n audio.Frames, amplitude int16) audio.Clip {
	return audio.NewClip(slices.Repeat([]int16{amplitude}, int(n)))
}

// cueOf is a cue that plays a whole clip from a device frame on.
func cueOf(id string, c audio.Clip, at audio.Frames) audio.DeskCue {
	return audio.DeskCue{ID: id, Source: c.Source(), Frames: c.Len(), At: frameAt(at)}
}

// after is a cue that plays a whole clip after another cue.
func after(id string, c audio.Clip, other string, gap time.Duration) audio.DeskCue {
	return audio.DeskCue{ID: id, Source: c.Source(), Frames: c.Len(), After: other, Gap: gap}
}

// alarmOf is an alarm of one part.
func alarmOf(id string, c audio.Clip, repeat int) audio.DeskAlarm {
	return audio.DeskAlarm{ID: id, Repeat: repeat, Cycle: []audio.DeskAlarmPart{{Clip: c}}}
}

// onBareRig is onRig without an anchor.
func onBareRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newRig(t)) })
}

// newEnded is a context that has ended already.
func newEnded() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx, cancel
}
