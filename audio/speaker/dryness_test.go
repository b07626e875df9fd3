package speaker_test

import (
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

func TestDryness(t *testing.T) {
	const ms = time.Millisecond
	start := audio.Instant(time.Hour)
	for _, c := range []struct {
		name   string
		counts []int64
		every  time.Duration
		buffer time.Duration
		idle   bool
		asked  bool
		want   bool
	}{
		{"OK none", []int64{0, 0, 0}, time.Second, 6 * ms, true, false, false},
		{"one in an hour", []int64{1, 1, 1}, time.Second, 6 * ms, true, false, false},
		{"two in an hour", []int64{1, 1, 2}, 25 * time.Minute, 6 * ms, true, false, true},
		{"two in more than an hour", []int64{1, 1, 2}, 31 * time.Minute, 6 * ms, true, false, false},
		{"two in an hour, on air", []int64{2}, time.Second, 6 * ms, false, false, false},
		{"two in an hour, as asked for", []int64{2}, time.Second, 6 * ms, true, true, false},
		{"five in a minute, as asked for", []int64{5}, time.Second, 6 * ms, true, true, true},
		{"two in an hour with a calm buffer", []int64{1, 2}, time.Minute, 20 * ms, true, false, false},
		{"four in a minute with a calm buffer", []int64{1, 2, 3, 4}, time.Second, 20 * ms, true, false, false},
		{"five in a minute with a calm buffer", []int64{1, 2, 3, 4, 5}, time.Second, 20 * ms, true, false, true},
		{"five in a minute, on air", []int64{1, 2, 3, 4, 5}, time.Second, 20 * ms, false, false, false},
		{"one a minute with a calm buffer", []int64{1, 2, 3, 4, 5, 6, 7, 8}, time.Minute, 20 * ms, true, false, false},
		{"a flood on air", []int64{25}, time.Second, 20 * ms, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d speaker.Dryness
			now := start
			for i, n := range c.counts {
				now = start.Add(time.Duration(i) * c.every)
				d.Note(now, n)
			}
			if got := d.Larger(now, c.buffer, c.idle, c.asked); got != c.want {
				t.Errorf("larger = %v, want %v", got, c.want)
			}
		})
	}
}

func TestLarger(t *testing.T) {
	const ms = time.Millisecond
	for buffer, want := range map[time.Duration]time.Duration{
		2 * ms: 4 * ms, 6 * ms: 12 * ms, 12 * ms: 20 * ms, 20 * ms: 40 * ms,
		80 * ms: 160 * ms, 100 * ms: 160 * ms, 160 * ms: 0, 300 * ms: 0,
	} {
		got, ok := speaker.Larger(buffer)
		if ok != (want > 0) || ok && got != want {
			t.Errorf("larger(%v) = %v, %v; want %v", buffer, got, ok, want)
		}
	}
}

// The card is not opened anew shortly before something is due.
func TestIdle(t *testing.T) {
	now := audio.Instant(time.Hour)
	l := speaker.NewLedger()
	if !l.Idle(now) {
		t.Error("a ledger of nothing is not idle")
	}
	l.Add(audio.Cue{ID: "a", At: now.Add(11 * time.Second), File: someFile(t)})
	l.Add(audio.Cue{ID: "b", After: "a", File: someFile(t)})
	if !l.Idle(now) {
		t.Error("not idle 11 s before the next cue")
	}
	if l.Idle(now.Add(2 * time.Second)) {
		t.Error("idle 9 s before the next cue")
	}
	l.Close()
}

// lessons is what an output has told of cards.
type lessons struct {
	mu   sync.Mutex
	told []map[string]speaker.Lesson
}

func (l *lessons) keep(all map[string]speaker.Lesson) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, all)
}

func (l *lessons) last() map[string]speaker.Lesson {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.told) == 0 {
		return nil
	}
	return l.told[len(l.told)-1]
}

// needRealTime skips the test where children get no real-time priority: then
// nothing is learned.
func needRealTime(t testing.TB) {
	t.Helper()
	if err := speaker.TryRealTime(); err != nil {
		t.Skipf("no real-time priority: %v", err)
	}
}

// TestOutputLearnsInSilence: a card that runs dry twice while nothing sounds gets
// a larger buffer, and the next output begins with it.
func TestOutputLearnsInSilence(t *testing.T) {
	needRealTime(t)
	newRuler(t, 32)
	var kept lessons
	r := start(t, "default", func(c *speaker.Config) { c.Learned = kept.keep })
	device := r.waitFor(audio.DeviceUp, "").Device
	if st := r.State(); st.Buffer != 6*time.Millisecond {
		t.Errorf("the buffer is %v to begin with, want 6ms", st.Buffer)
	}
	for range 40 {
		if len(kept.last()) > 0 {
			break
		}
		if pid := r.State().ChildPID; pid > 0 {
			syscall.Kill(pid, syscall.SIGSTOP)
			time.Sleep(40 * time.Millisecond)
			syscall.Kill(pid, syscall.SIGCONT)
		}
		time.Sleep(300 * time.Millisecond)
	}
	st := r.until("a larger buffer", func(st audio.OutputState) bool { return st.Up && st.Buffer > 6*time.Millisecond })
	if !st.Learned {
		t.Errorf("state %+v does not say that the buffer was learned", st)
	}
	r.stop()
	learned := kept.last()[device]
	if learned.Buffer < 12*time.Millisecond || learned.Age > time.Minute {
		t.Fatalf("learned %+v of %q; all: %+v", learned, device, kept.last())
	}
	again := start(t, "default", func(c *speaker.Config) { c.Lessons = kept.last() })
	again.waitFor(audio.DeviceUp, "")
	if st := again.State(); st.Buffer < learned.Buffer || !st.Learned {
		t.Errorf("the next output begins with %v, learned = %v; want what was learned, %v", st.Buffer, st.Learned, learned.Buffer)
	}
}

// TestOutputHeedsLessons: of this card, unless somebody has said what it shall hold.
func TestOutputHeedsLessons(t *testing.T) {
	needRealTime(t)
	newRuler(t, 32)
	label := "default of " + os.Getenv("ALSA_CONFIG_PATH")
	const ms = time.Millisecond
	for _, c := range []struct {
		name    string
		lessons map[string]speaker.Lesson
		buffer  time.Duration
		want    time.Duration
	}{
		{"OK", map[string]speaker.Lesson{label: {Buffer: 20 * ms}}, 0, 20 * ms},
		{"another card's", map[string]speaker.Lesson{"another": {Buffer: 20 * ms}}, 0, 6 * ms},
		{"nonsense", map[string]speaker.Lesson{label: {Buffer: time.Hour}}, 0, 6 * ms},
		{"asked for another", map[string]speaker.Lesson{label: {Buffer: 20 * ms}}, 10 * ms, 10 * ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, "default", func(k *speaker.Config) { k.Lessons, k.Buffer = c.lessons, c.buffer })
			r.waitFor(audio.DeviceUp, "")
			if st := r.State(); st.Buffer < c.want || st.Buffer > c.want && st.Restarts == 0 {
				t.Errorf("the buffer is %v, want %v", st.Buffer, c.want)
			}
		})
	}
}

// TestOutputTriesSmallerAgain: what was learned a week ago need not hold any more.
func TestOutputTriesSmallerAgain(t *testing.T) {
	needRealTime(t)
	newRuler(t, 32)
	label := "default of " + os.Getenv("ALSA_CONFIG_PATH")
	var kept lessons
	r := start(t, "default", func(c *speaker.Config) {
		c.Learned = kept.keep
		c.Lessons = map[string]speaker.Lesson{label: {Buffer: 160 * time.Millisecond, Age: 8 * 24 * time.Hour}}
	})
	r.until("half of it", func(st audio.OutputState) bool { return st.Up && st.Buffer == 80*time.Millisecond })
	r.stop()
	if l := kept.last()[label]; l.Buffer != 80*time.Millisecond || l.Age > time.Minute {
		t.Errorf("learned %+v, want half of it, from now on", kept.last())
	}
}
