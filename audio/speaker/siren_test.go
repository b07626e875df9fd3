package speaker_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loalang/audio"
	"loalang/audio/speaker"
)

const (
	programmeLevel = 19660 // 0.6
	sirenLevel     = 26214 // 0.8
)

// plateau is a WAV file of one level throughout: whatever bends it is the mixer.
func plateau(t testing.TB, length time.Duration, level int16) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "plateau.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := audio.WriteWAV(f, audio.NewClip(slices.Repeat([]int16{level}, int(audio.Rate.N(length))))); err != nil {
		t.Fatal(err)
	}
	return f
}

// turn is one alarm over the programme: when it was raised, and when lowered.
type turn struct{ raised, lowered audio.Instant }

// alarms plays a level and raises an alarm of another over it, again and again.
// It returns the turns that no underrun disturbed.
func alarms(t testing.TB, card *ruler, buffer time.Duration, turns int) (calm []turn) {
	t.Helper()
	siren := plateau(t, 10*time.Second, sirenLevel)
	r := start(t, "default", func(c *speaker.Config) { c.Siren, c.Buffer = siren, buffer })
	r.waitFor(audio.DeviceUp, "")
	if err := r.Cue(audio.Cue{ID: "programme", File: plateau(t, time.Minute, programmeLevel), At: in(300 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(600 * time.Millisecond)
	var all []turn
	for i := range turns {
		id := fmt.Sprint(i)
		one := turn{raised: audio.Monotonic()}
		if err := r.Raise(audio.Alarm{ID: id, Cycle: []audio.AlarmPart{{}}}); err != nil {
			t.Fatal(err)
		}
		r.waitFor(audio.AlarmOn, id)
		time.Sleep(100 * time.Millisecond)
		one.lowered = audio.Monotonic()
		if err := r.Lower(id); err != nil {
			t.Fatal(err)
		}
		r.waitFor(audio.AlarmOff, id)
		time.Sleep(250 * time.Millisecond)
		all = append(all, one)
	}
	time.Sleep(500 * time.Millisecond)
	r.stop()
	r.underruns() // gathers what was told since
	dry := []audio.Instant{}
	down := audio.Instant(1<<63 - 1) // a machine that stood still lost the card, and the programme with it
	for _, ev := range r.events {
		switch ev.Kind {
		case audio.Underrun:
			dry = append(dry, ev.At)
		case audio.DeviceDown:
			down = min(down, ev.At)
		}
	}
	runs, _ := card.runs(t)
	for _, one := range runs {
		dry = append(dry, one.at)
	}
	for _, one := range all {
		near := func(at audio.Instant) bool {
			return at > one.raised.Add(-100*time.Millisecond) && at < one.lowered.Add(600*time.Millisecond)
		}
		if one.lowered.Add(600*time.Millisecond) < down && !slices.ContainsFunc(dry, near) {
			calm = append(calm, one)
		}
	}
	return calm
}

// frames are what left the card between two instants, and the first's number.
func (r *ruler) frames(t testing.TB, from, to audio.Instant) []int16 {
	t.Helper()
	runs, _ := r.runs(t)
	for _, one := range slices.Backward(runs) {
		if one.at > from {
			continue
		}
		i := int(audio.Rate.N(from.Sub(one.at)))
		return one.samples[min(i, len(one.samples)):min(i+int(audio.Rate.N(to.Sub(from))), len(one.samples))]
	}
	return nil
}

// TestSirenComesInWithoutAClick: whatever the period, the programme goes out in 5
// ms or more while the siren comes in, both together stay below the ceiling, and the
// way back is as smooth. A busy machine disturbs some of the turns.
func TestSirenComesInWithoutAClick(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute of real time: run without -short")
	}
	for _, buffer := range []time.Duration{2, 6, 20, 60} {
		t.Run(fmt.Sprintf("%d ms", buffer), func(t *testing.T) {
			card := newRuler(t, 32)
			calm := alarms(t, card, buffer*time.Millisecond, 12)
			if len(calm) < 4 {
				t.Skip("the card ran dry at most alarms: this machine is too busy for such a buffer")
			}
			var ends []time.Duration
			dips, torn := 0, 0
			var faults []string
			for _, one := range calm {
				heard := card.frames(t, one.raised.Add(-20*time.Millisecond), one.lowered.Add(250*time.Millisecond))
				if buffer < 6 && hole(heard) {
					torn++
					continue
				}
				if fault := smooth(one, heard); fault != "" {
					faults = append(faults, fault)
				}
				if buffer < 10 && dip(heard[:len(heard)/4]) {
					dips++
				}
				ends = append(ends, card.silentFrom(t, one.lowered).Sub(one.lowered))
			}
			if len(calm)-torn < 3 {
				t.Skipf("%d of %d turns have holes: this machine is too busy for such a buffer", torn, len(calm))
			}
			// A hole of one short period, for which the player was read too late, need not
			// show as an underrun; what is wrong with the fades shows in every turn.
			if len(faults) > len(calm)/4 {
				t.Errorf("%d of %d turns were not smooth: %s", len(faults), len(calm), strings.Join(faults, "; "))
			}
			// A period that slips in between the two is a dip, and rare.
			if dips > len(calm)/2 {
				t.Errorf("the programme went out faster than the siren came in, %d times of %d", dips, len(calm))
			}
			slices.Sort(ends)
			t.Logf("%d calm turns; stopped after %v to %v", len(calm), ends[0], ends[len(ends)-1])
			if limit := max(50*time.Millisecond, 2*buffer*time.Millisecond+15*time.Millisecond); ends[0] > limit {
				t.Errorf("the siren went on for %v after it was lowered, want at most %v", ends[0], limit)
			}
		})
	}
}

// smooth looks for steps, for too much, and for a programme or siren that is not there.
func smooth(one turn, heard []int16) (fault string) {
	const step = (programmeLevel+sirenLevel)/240 + 2 // both may fade at once; rounding adds one each
	const most = 29204 + 29204/120                   // −1 dBFS
	for i := 1; i < len(heard); i++ {
		d := int(heard[i]) - int(heard[i-1])
		if d > step || d < -step {
			return fmt.Sprintf("a click of %d at frame %d around the alarm of %v: %v", d, i, one.raised, heard[max(0, i-3):min(len(heard), i+3)])
		}
		if heard[i] > most {
			return fmt.Sprintf("frame %d is %d: the siren and the programme together are too loud", i, heard[i])
		}
	}
	if slices.Max(heard) < sirenLevel-1 || !slices.ContainsFunc(heard, silent) {
		return fmt.Sprintf("heard from %d to %d around the alarm of %v, want the siren and its end", slices.Min(heard), slices.Max(heard), one.raised)
	}
	if last := heard[len(heard)-1]; last < programmeLevel-1 || last > programmeLevel+1 {
		return fmt.Sprintf("the programme is at %d after the alarm, want %d", last, programmeLevel)
	}
	return ""
}

// hole says whether a steady level breaks off to silence, or begins from it: a period of
// 2 ms for which the player was read too late, on a machine that was busy elsewhere. What
// breaks off in the fades does so with longer buffers too.
func hole(heard []int16) bool {
	steady := func(three []int16) bool { return three[0] == three[1] && three[1] == three[2] }
	for i := 3; i+3 <= len(heard); i++ {
		before, after := heard[i-3:i], heard[i:i+3]
		if steady(before) && steady(after) && (before[0] == 0) != (after[0] == 0) {
			return true
		}
	}
	return false
}

// dip says whether the sum became less, by more than two frames of a fade: the
// siren is louder than the programme and comes in as fast as that goes out.
func dip(heard []int16) bool {
	most := heard[0]
	for _, v := range heard {
		most = max(most, v)
		if v < most-2*programmeLevel/240 {
			return true
		}
	}
	return false
}

// silent is true between the last step of a siren's fade and the first of the
// programme's, which may follow at once.
func silent(v int16) bool { return v > -200 && v < 200 }

// silentFrom is the instant of the first silent frame at or after an instant.
func (r *ruler) silentFrom(t testing.TB, from audio.Instant) audio.Instant {
	t.Helper()
	heard := r.frames(t, from, from.Add(time.Second))
	i := slices.IndexFunc(heard, silent)
	if i < 0 {
		t.Fatal("it never became silent")
	}
	return from.Add(audio.Rate.D(audio.Frames(i)))
}
