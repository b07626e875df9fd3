package speaker_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

// backTarget is how soon sound must be back once the card is.
const backTarget = 300 * time.Millisecond

// siren raises an alarm that has no end: whatever happens, there is sound to come
// back.
func (r *rig) siren() {
	r.t.Helper()
	if err := r.Raise(audio.Alarm{ID: "flood", Cycle: []audio.AlarmPart{{}}}); err != nil {
		r.t.Fatal(err)
	}
	r.waitFor(audio.AlarmOn, "flood")
}

// soundSince is the instant of the first loud frame that left the card since it
// was opened anew after an instant; 0 when there is none.
func (r *ruler) soundSince(t testing.TB, since audio.Instant) audio.Instant {
	t.Helper()
	first := audio.Instant(0)
	runs, _ := r.runs(t)
	for _, one := range runs {
		loud := slices.IndexFunc(one.samples, func(v int16) bool { return v < -300 || v > 300 })
		if one.at > since && loud >= 0 && (first == 0 || one.when(loud) < first) {
			first = one.when(loud)
		}
	}
	return first
}

// away takes the card from the output in one of its states for a while, and says
// how long it took from its return to the first sound, several times.
func away(t testing.TB, card *ruler, r *rig, state string, gone time.Duration, times int) []time.Duration {
	t.Helper()
	var returns []audio.Instant
	for range times {
		card.set(t, state, true)
		if off := r.waitFor(audio.AlarmOff, "flood"); off.Cause != audio.Lost {
			t.Errorf("the alarm ended %+v, want lost", off)
		}
		r.waitFor(audio.DeviceDown, "")
		time.Sleep(gone)
		returns = append(returns, audio.Monotonic())
		card.set(t, state, false)
		r.waitFor(audio.DeviceUp, "")
		r.waitFor(audio.AlarmOn, "flood")
		time.Sleep(300 * time.Millisecond)
	}
	var took []time.Duration
	for _, at := range returns {
		first := card.soundSince(t, at)
		if first == 0 {
			t.Fatal("nothing was heard after the card came back")
		}
		took = append(took, first.Sub(at))
	}
	return took
}

// inTime fails unless the median is within the bound. On a machine where others
// work, single attempts say nothing.
func inTime(t testing.TB, what string, took []time.Duration, bound time.Duration) {
	t.Helper()
	t.Logf("%s: sound was back after %v", what, took)
	slices.Sort(took)
	if took[len(took)/2] > bound {
		t.Errorf("%s: sound was back after %v, want within %v", what, took, bound)
	}
}

// TestSoundIsBackWithTheCard: the card is unplugged for a while, or held by
// another program, and comes back.
func TestSoundIsBackWithTheCard(t *testing.T) {
	for _, c := range []struct {
		name string
		gone time.Duration
	}{
		{"OK away for two seconds", 2 * time.Second},
		{"away for an instant", 100 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			onCard(t, func(t *trial) {
				card := newRuler(t, 32)
				sound := tone(t, 500*time.Millisecond, 0.9)
				r := start(t, "default", func(cfg *speaker.Config) { cfg.Siren = sound })
				r.waitFor(audio.DeviceUp, "")
				r.siren()
				inTime(t, c.name, away(t, card, r, "unplugged", c.gone, 5), backTarget)
				if st := r.State(); !st.Up || !st.Audible || strings.Contains(st.Fault, "nothing will be heard") {
					t.Errorf("state %+v with the card back", st)
				}
				r.stop()
			})
		})
	}
}

// TestSoundIsBackOnAFrozenCard: a card hangs, so that its child must be killed,
// and goes on.
func TestSoundIsBackOnAFrozenCard(t *testing.T) {
	card := newRuler(t, 32)
	sound := tone(t, 500*time.Millisecond, 0.9)
	r := start(t, "default", func(cfg *speaker.Config) { cfg.Siren = sound })
	r.waitFor(audio.DeviceUp, "")
	r.siren()
	var found, back []time.Duration
	for range 3 {
		pid := r.State().ChildPID
		froze := audio.Monotonic()
		card.set(t, "frozen", true)
		down := r.waitFor(audio.DeviceDown, "")
		found = append(found, down.At.Sub(froze))
		card.set(t, "frozen", false)
		r.waitFor(audio.AlarmOn, "flood")
		if r.State().ChildPID == pid {
			t.Error("the child that hung is still there")
		}
		time.Sleep(100 * time.Millisecond)
		back = append(back, card.soundSince(t, down.At).Sub(down.At))
	}
	limit := 250 * time.Millisecond
	if !r.State().RealTime {
		limit = time.Second
	}
	inTime(t, "finding out", found, limit+250*time.Millisecond)
	inTime(t, "after that", back, time.Second)
	r.stop()
}

// TestSoundIsBackAfterKill: the child is killed as hard as it gets.
func TestSoundIsBackAfterKill(t *testing.T) {
	card := newRuler(t, 32)
	sound := tone(t, 500*time.Millisecond, 0.9)
	r := start(t, "default", func(cfg *speaker.Config) { cfg.Siren = sound })
	r.waitFor(audio.DeviceUp, "")
	r.siren()
	var back []time.Duration
	for range 3 {
		died := audio.Monotonic()
		kill(t, r.State().ChildPID)
		r.waitFor(audio.DeviceDown, "")
		r.waitFor(audio.AlarmOn, "flood")
		time.Sleep(100 * time.Millisecond)
		back = append(back, card.soundSince(t, died).Sub(died))
	}
	inTime(t, "killed", back, time.Second)
	r.stop()
}

// TestSoundIsBackFromABusyCard: another program has the card when the output
// wants it.
func TestSoundIsBackFromABusyCard(t *testing.T) {
	card := newRuler(t, 32)
	card.set(t, "busy", true)
	sound := tone(t, 500*time.Millisecond, 0.9)
	r := start(t, "default", func(cfg *speaker.Config) { cfg.Siren = sound })
	r.until("the word of a busy card", func(st audio.OutputState) bool {
		return !st.Up && st.ChildPID != 0 && strings.Contains(st.Fault, "held by another program")
	})
	r.siren()
	free := audio.Monotonic()
	card.set(t, "busy", false)
	r.waitFor(audio.DeviceUp, "")
	r.waitFor(audio.AlarmOn, "flood")
	time.Sleep(100 * time.Millisecond)
	r.stop()
	inTime(t, "freed", []time.Duration{card.soundSince(t, free).Sub(free)}, 2*backTarget) // one attempt only
}

// TestWaitingIsCheap: a board that waits for its card for weeks must not be hot.
func TestWaitingIsCheap(t *testing.T) {
	if testing.Short() {
		t.Skip("takes five seconds of real time: run without -short")
	}
	for _, config := range []string{"", "/usr/share/alsa/alsa.conf"} {
		newRuler(t, 32).set(t, "unplugged", true)
		device := "default"
		if config != "" {
			if _, err := os.Stat(config); err != nil {
				t.Skipf("no %s: install it with: apt install libasound2-data", config)
			}
			t.Setenv("ALSA_CONFIG_PATH", config)
			device = "nobody"
		}
		r := start(t, device, nil)
		r.until("stand-in", func(st audio.OutputState) bool { return st.ChildPID != 0 })
		pid := waitingChild(t, r.State().ChildPID)
		time.Sleep(time.Second)
		before := busyFor(t, pid)
		time.Sleep(4 * time.Second)
		used := busyFor(t, pid) - before
		t.Logf("waiting with configuration %q took %v of 4 s", config, used)
		if used > 200*time.Millisecond {
			t.Errorf("waiting with configuration %q took %v of 4 s of one core, want 5 %% at most", config, used)
		}
		r.stop()
	}
}

// waitingChild is the child of this process that is not the stand-in.
func waitingChild(t testing.TB, standIn int) int {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(lists) == 0 {
		t.Skip("this kernel does not list children")
	}
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for word := range strings.FieldsSeq(string(raw)) {
			if pid := atoi(t, word); pid != standIn {
				return pid
			}
		}
	}
	t.Fatal("no child waits for the card")
	return 0
}

// busyFor is the time that a process has used so far.
func busyFor(t testing.TB, pid int) time.Duration {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	return time.Duration(atoi(t, fields[11])+atoi(t, fields[12])) * 10 * time.Millisecond
}

func atoi(t testing.TB, word string) int {
	t.Helper()
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// BenchmarkBack measures the time from the return of a card that was unplugged to the
// first frame of sound on it.
func BenchmarkBack(b *testing.B) {
	for b.Loop() {
		card := newRuler(b, 32)
		sound := tone(b, 500*time.Millisecond, 0.9)
		r := start(b, "default", func(c *speaker.Config) { c.Siren = sound })
		r.waitFor(audio.DeviceUp, "")
		realTime(b, r)
		r.siren()
		took := away(b, card, r, "unplugged", time.Second, 20)
		r.stop()
		report(b, "back", took)
	}
}
