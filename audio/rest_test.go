package audio_test

import (
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// resting is an alarm of one part, with a rest between its cycles.
func resting(id string, clip audio.Clip, repeat int, rest time.Duration) audio.DeskAlarm {
	a := alarmOf(id, clip, repeat)
	a.Rest = rest
	return a
}

// TestAlarmRests: between the cycles, and not before the first or behind the last.
func TestAlarmRests(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(resting("flood", flat(1000, 9000), 3, 10*time.Millisecond))
		r.play(4000 + settled)
		r.wantLevel(fadeFrames, 1000, 9000)
		r.wantSilence(1000, 1480)
		r.wantLevel(1480, 2480, 9000)
		r.wantSilence(2480, 2960)
		r.wantLevel(2960, 3960, 9000)
		r.wantSilence(3960, 4000)
		r.wantEnded("flood", audio.Completed, 3960, 3960)
	})
}

// TestAlarmRestGivesWay: who waits need not sit through the rest of another, raised
// before it began or in the middle of it; and alarms that alternate do not rest.
func TestAlarmRestGivesWay(t *testing.T) {
	for _, at := range []audio.Frames{480, 2400} {
		onRig(t, func(t *testing.T, r *rig) {
			r.raise(resting("flood", flat(1920, 9000), 2, 100*time.Millisecond))
			r.play(at)
			r.raise(resting("storm", flat(1920, 7000), 2, 100*time.Millisecond))
			r.play(12000)
			from := max(at, 1920)
			r.wantLevel(from+fadeFrames, from+1920, 7000)
			r.wantLevel(from+1920+fadeFrames, from+2*1920, 9000)
			r.wantLevel(from+2*1920+fadeFrames, from+3*1920, 7000)
			if es := r.of("storm"); len(es) != 2 || es[1].Cause != audio.Completed || es[1].Frames != 3840 {
				t.Errorf("raised at %d: the second one's events = %v", at, es)
			}
		})
	}
}

// TestAlarmEndsInItsRest: lowered, out of time, or given another cycle.
func TestAlarmEndsInItsRest(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(resting("flood", flat(960, 9000), 0, time.Second))
		r.play(4800)
		r.desk.Lower("flood")
		r.play(6000)
		r.wantEnded("flood", audio.Stopped, 4800+fadeFrames, 4800+fadeFrames)
	})
	onRig(t, func(_ *testing.T, r *rig) {
		a := resting("flood", flat(960, 9000), 0, time.Second)
		a.Until = frameAt(9700)
		r.raise(a)
		r.play(12000)
		r.wantSilence(960, 12000)
		r.wantEnded("flood", audio.Expired, 9700, 9700)
	})
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(resting("flood", flat(960, 9000), 0, 100*time.Millisecond))
		r.play(2400)
		r.raise(resting("flood", flat(960, 5000), 1, 0))
		r.play(8000)
		r.wantSilence(960, 5760)
		r.wantLevel(5760, 6720, 5000)
		r.wantEnded("flood", audio.Completed, 6720, 6720)
	})
}

// TestAlarmEventsTellTheirTurn: an end that crosses a new raise of the same ID is
// that of the old one.
func TestAlarmEventsTellTheirTurn(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for turn := range int64(3) {
			a := alarmOf("flood", flat(3000, 9000), 0)
			a.Turn = turn + 1
			r.raise(a)
			r.play(480 * audio.Frames(turn+1))
			if turn == 0 { // a new run; the next raise renews that one
				r.desk.Lower("flood")
			}
		}
		r.desk.Lower("flood")
		r.play(9600)
		var turns []int64
		for _, ev := range r.of("flood") {
			turns = append(turns, ev.Turn)
		}
		if !slices.Equal(turns, []int64{1, 1, 2, 3}) {
			t.Errorf("turns of the events = %v in %v, want on 1, off 1, on 2, off 3", turns, r.of("flood"))
		}
	})
}
