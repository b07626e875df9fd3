package audio_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"loalang/audio"
)

// parts is an alarm of several parts, repeated.
func parts(id string, repeat int, ps ...audio.DeskAlarmPart) audio.DeskAlarm {
	return audio.DeskAlarm{ID: id, Cycle: ps, Repeat: repeat}
}

// wantLevel fails unless the output in [from, to) has one amplitude.
func (r *rig) wantLevel(from, to audio.Frames, level float32) {
	r.t.Helper()
	for k := from; k < to; k++ {
		if got := r.out[k] * 32768; math.Abs(float64(got-level)) > 0.01 {
			r.t.Fatalf("frame %d is %v, want %v in [%d, %d)", k, got, level, from, to)
		}
	}
}

func TestAlarmSoundsAtTheNextPull(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.play(4800)
		r.raise(alarmOf("flood", flat(3000, 9000), 2))
		if !r.desk.AlarmActive() {
			t.Error("AlarmActive = false after Raise")
		}
		select {
		case <-r.desk.AlarmSignal():
		default:
			t.Error("AlarmSignal gave nothing after Raise")
		}
		r.play(10800 + settled)
		if r.out[4800] == 0 {
			t.Error("the first frame pulled after Raise is silent")
		}
		r.wantLevel(4800+fadeFrames, 10800, 9000)
		r.wantSilence(10800, 10800+settled)
		r.wantStarted("flood", 4800)
		r.wantEnded("flood", audio.Completed, 6000, 10800)
		if r.desk.AlarmActive() {
			t.Error("AlarmActive = true after its end")
		}
	})
}

func TestAlarmCycleOfPartsAndGaps(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(parts("flood", 2,
			audio.DeskAlarmPart{Clip: flat(1000, 9000)},
			audio.DeskAlarmPart{Clip: flat(500, 7000), Gap: 10 * time.Millisecond},
			audio.DeskAlarmPart{Gap: 20 * time.Millisecond},
		))
		r.play(6000 + settled)
		r.wantLevel(fadeFrames, 1000, 9000)
		for cycle := range audio.Frames(2) {
			at := cycle * 2940
			r.wantLevel(at+fadeFrames, at+1000, 9000)
			r.wantSilence(at+1000, at+1480)
			r.wantLevel(at+1480, at+1980, 7000)
			r.wantSilence(at+1980, at+2940)
		}
		r.wantEnded("flood", audio.Completed, 5880, 5880)
	})
}

func TestAlarmUntil(t *testing.T) {
	for _, c := range []struct {
		name   string
		until  audio.Frames
		frames audio.Frames
	}{
		{"in the middle of a period", 10001, 10001 - 4800},
		{"at the end of a period", 9600, 4800},
		{"sooner than a fade: a click is no alarm", 4900, 0},
		{"at once", 4800, 0},
		{"long ago", 10, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.play(4800)
				a := alarmOf("flood", flat(3000, 9000), 0)
				a.Until = frameAt(c.until)
				r.raise(a)
				r.play(16000)
				r.wantSilence(4800+c.frames, 16000)
				r.wantEnded("flood", audio.Expired, c.frames, 4800+c.frames)
				if c.frames == 0 {
					r.wantStarted("flood", -1)
					return
				}
				if step := r.steps(4900, 16000); c.frames > 2*fadeFrames && step > 9000/float32(fadeFrames)+1 {
					t.Errorf("the fade jumps by %v, want at most %v", step, 9000/fadeFrames)
				}
			})
		})
	}
}

func TestAlarmRenewed(t *testing.T) {
	for _, c := range []struct {
		name string
		at   audio.Frames // when it is renewed; it runs out at 9600
		want audio.Frames // when it ends
	}{
		{"early", 6000, 20000},
		{"in its last fade", 9599 - 96, 20000},
		{"too late: a new alarm", 12000, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				a := alarmOf("flood", flat(3000, 9000), 0)
				a.Until = frameAt(9600)
				r.raise(a)
				r.play(c.at)
				a.Until = frameAt(20000)
				r.raise(a)
				r.play(30000)
				if c.want >= 0 {
					r.wantEnded("flood", audio.Expired, c.want, c.want)
					return
				}
				if es := r.of("flood"); len(es) != 4 || es[1].Frames != 9600 || es[3].Frames != 20000-c.at {
					t.Errorf("events = %v, want two alarms, of %d and %d frames", es, 9600, 20000-c.at)
				}
			})
		})
	}
}

func TestAlarmUntilShortened(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		a := alarmOf("flood", flat(30000, 9000), 0)
		r.raise(a)
		r.play(6000)
		a.Until = frameAt(8000)
		r.raise(a)
		r.play(12000)
		r.wantEnded("flood", audio.Expired, 8000, 8000)
	})
}

func TestAlarmNewCycle(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(3000, 9000), 0))
		r.play(4000) // in the second cycle
		r.raise(alarmOf("flood", flat(2000, 7000), 2))
		r.play(10000 + settled)
		r.wantLevel(fadeFrames, 6000, 9000)
		r.wantLevel(6000, 10000, 7000)
		r.wantStarted("flood", 0)
		r.wantEnded("flood", audio.Completed, 10000, 10000)
	})
}

func TestAlarmRenewedInItsLastCycle(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(3000, 9000), 1))
		r.play(2880)
		r.raise(alarmOf("flood", flat(2000, 7000), 1))
		r.play(5000 + settled)
		r.wantEnded("flood", audio.Completed, 5000, 5000)
	})
}

func TestLower(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(30000, 9000), 0))
		r.play(4800)
		r.desk.Lower("another")
		r.desk.Lower("flood")
		r.play(9600)
		r.wantEnded("flood", audio.Stopped, 4800+fadeFrames, 4800+fadeFrames)
		r.wantSilence(4800+fadeFrames, 9600)
		if step := r.steps(0, 9600); step > 9000/float32(fadeFrames)+1 {
			t.Errorf("the fades jump by %v, want at most %v", step, 9000/fadeFrames)
		}
	})
}

func TestRaiseAfterLower(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(30000, 9000), 0))
		r.play(4800)
		r.desk.Lower("flood")
		r.raise(alarmOf("flood", flat(1000, 7000), 1))
		r.play(9600)
		es := r.of("flood")
		if len(es) != 4 || es[1].Cause != audio.Stopped || es[3].Cause != audio.Completed {
			t.Fatalf("events = %v, want the old one stopped and the new one completed", es)
		}
		if es[2].At != es[1].At {
			t.Error("the new alarm did not follow the old one at once")
		}
		if n := len(r.of("")); n != 2 {
			t.Errorf("the programme was muted and unmuted %d times in all, want 2", n)
		}
	})
}

func TestAlarmsAlternate(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(3000, 9000), 0))
		r.play(1000)
		r.raise(alarmOf("fire", flat(2000, 7000), 0))
		r.raise(alarmOf("quake", flat(1000, 5000), 0))
		r.play(13000)
		for _, at := range []audio.Frames{0, 6000} {
			r.wantLevel(at+fadeFrames, at+3000, 9000)
			r.wantLevel(at+3000+fadeFrames, at+5000, 7000)
			r.wantLevel(at+5000+fadeFrames, at+6000, 5000)
		}
		r.wantStarted("flood", 0)
		r.wantStarted("fire", 3000)
		r.wantStarted("quake", 5000)
		r.desk.Lower("fire") // not sounding now
		r.play(13480)
		r.wantEnded("fire", audio.Stopped, 4000, -1)
		r.play(20000)
		r.wantLevel(15000+fadeFrames, 16000, 5000)
		r.wantLevel(16000+fadeFrames, 19000, 9000)
		r.desk.Lower("flood")
		r.desk.Lower("quake")
		r.play(22000)
		r.wantSilence(21000, 22000)
	})
}

func TestWaitingAlarmExpires(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		r.raise(alarmOf("flood", flat(30000, 9000), 1))
		a := alarmOf("fire", flat(2000, 7000), 0)
		a.Until = frameAt(5000)
		r.raise(a)
		r.play(32000)
		r.wantStarted("fire", -1)
		r.wantEnded("fire", audio.Expired, 0, -1)
		r.wantEnded("flood", audio.Completed, 30000, 30000)
	})
}

func TestAlarmGainIsBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		gain audio.Decibels
		want float64
	}{
		{"OK", 0, 16384},
		{"quieter", -6, 8211.6},
		{"as loud as may be", 24, 32768 * 0.891251},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				a := alarmOf("flood", flat(3000, 16384), 1)
				a.Gain = c.gain
				r.raise(a)
				r.play(3000)
				if got := float64(r.out[1000]) * 32768; math.Abs(got-c.want) > 0.5 {
					t.Errorf("the alarm sounds at %v, want %v", got, c.want)
				}
			})
		})
	}
}

func TestBadAlarm(t *testing.T) {
	clip := flat(100, 1000)
	for _, c := range []struct {
		name  string
		alarm audio.DeskAlarm
		want  error
	}{
		{"OK", alarmOf("a", clip, 1), nil},
		{"no ID", alarmOf("", clip, 1), audio.ErrBadAlarm},
		{"no parts", parts("a", 1), audio.ErrBadAlarm},
		{"only gaps", parts("a", 1, audio.DeskAlarmPart{Gap: time.Second}), audio.ErrBadAlarm},
		{"negative gap", parts("a", 1, audio.DeskAlarmPart{Clip: clip, Gap: -1}), audio.ErrBadAlarm},
		{"negative repeat", alarmOf("a", clip, -1), audio.ErrBadAlarm},
		{"screaming", audio.DeskAlarm{ID: "a", Gain: 25, Cycle: []audio.DeskAlarmPart{{Clip: clip}}}, audio.ErrBadAlarm},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := audio.NewDesk(audio.DeskOptions{})
			if err := d.Raise(c.alarm); !errors.Is(err, c.want) {
				t.Errorf("Raise = %v, want %v", err, c.want)
			}
			if got := d.AlarmActive(); got != (c.want == nil) {
				t.Errorf("AlarmActive = %v", got)
			}
		})
	}
}

// Of alarms that alternate it is told which part of which sounds, so that no
// frame counts for two.
func TestAlarmTellsItsParts(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.raise(parts("flood", 2,
			audio.DeskAlarmPart{Clip: flat(1000, 9000), Name: "siren"},
			audio.DeskAlarmPart{Clip: flat(500, 7000), Gap: 10 * time.Millisecond, Name: "vi"},
			audio.DeskAlarmPart{Gap: 10 * time.Millisecond, Name: "silence"},
			audio.DeskAlarmPart{Clip: flat(100, 7000)},
		))
		r.raise(parts("fire", 1, audio.DeskAlarmPart{Clip: flat(300, 9000), Name: "siren"}))
		r.play(6000 + settled)
		var got []string
		for _, e := range r.events {
			if e.Kind == audio.PartOn {
				got = append(got, fmt.Sprintf("%s %s %d+%d", e.ID, e.Part, audio.Rate.N(e.At.Sub(frameAt(0))), e.Frames))
			}
		}
		want := []string{"flood siren 0+1000", "flood vi 1480+500", "fire siren 2560+300", "flood siren 2860+1000", "flood vi 4340+500"}
		if !slices.Equal(got, want) {
			t.Errorf("parts = %v, want %v", got, want)
		}
	})
}

func TestTooManyAlarms(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		for i := range 16 {
			r.raise(alarmOf(fmt.Sprint(i), flat(100, 100), 1))
		}
		if err := r.desk.Raise(alarmOf("one more", flat(100, 100), 1)); !errors.Is(err, audio.ErrDeskFull) {
			t.Errorf("Raise = %v, want %v", err, audio.ErrDeskFull)
		}
		r.play(4800)
		r.raise(alarmOf("one more", flat(100, 100), 1))
		r.play(9600)
		r.wantEnded("one more", audio.Completed, 100, 4900)
		if r.desk.AlarmActive() {
			t.Error("AlarmActive = true after the end of all")
		}
	})
}

// A message that is ready while the siren sounds follows that siren; people do
// not wait for another one. The two are the first cycle of Repeat.
func TestAlarmMessageFollowsTheSirenThatSounds(t *testing.T) {
	onRig(t, func(_ *testing.T, r *rig) {
		siren := audio.DeskAlarmPart{Clip: flat(6000, 9000), Name: "siren"}
		message := audio.DeskAlarmPart{Clip: flat(500, 7000), Gap: 10 * time.Millisecond, Name: "vi"}
		r.raise(parts("flood", 0, siren))
		r.play(4800)
		r.raise(parts("flood", 2, siren, message))
		r.play(20000 + settled)
		for cycle := range audio.Frames(2) {
			at := cycle * 6980
			r.wantLevel(at+fadeFrames, at+6000, 9000)
			r.wantSilence(at+6000, at+6480)
			r.wantLevel(at+6480, at+6980, 7000)
		}
		r.wantSilence(2*6980, 20000)
		r.wantEnded("flood", audio.Completed, 2*6980, 2*6980)
	})
}
