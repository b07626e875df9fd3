package devicetest

import (
	"time"

	"loalang/audio"
)

const (
	level      = 8000  // of the programme
	alarmLevel = -9000 // of the alarm, so that the two cannot be confused
	span       = audio.Frames(12000)
	long       = 8 * span // of news, long enough to be interrupted in time
)

// flat is a clip of one amplitude: every gap and every click in it shows.
func flat(n audio.Frames, amplitude int16) audio.Clip {
	frames := make([]int16, n)
	for i := range frames {
		frames[i] = amplitude
	}
	return audio.NewClip(frames)
}

func flatCue(id string, at audio.Instant) audio.DeskCue {
	return audio.DeskCue{ID: id, Source: flat(span, level).Source(), Frames: span, At: at}
}

// cueNews cues a long item and waits for its start.
func (s *stage) cueNews() (began audio.Instant) {
	s.cue(audio.DeskCue{ID: "news", Source: flat(long, level).Source(), Frames: long, At: s.soon()})
	return s.await(audio.Started, "news").At
}

// runsOf are the stretches of frames that are not silent.
func runsOf(frames []int16) (runs [][2]int) {
	open := false
	for i, v := range frames {
		if loud := v > 16 || v < -16; loud != open {
			if open = loud; loud {
				runs = append(runs, [2]int{i, len(frames)})
			} else {
				runs[len(runs)-1][1] = i
			}
		}
	}
	return runs
}

func startsAtTheInstant(s *stage) {
	at := s.soon().Add(12345 * time.Nanosecond)
	var want []audio.Instant
	for i, id := range []string{"first", "second", "third"} {
		when := at.Add(time.Duration(i) * (400*time.Millisecond + 7777*time.Nanosecond))
		want = append(want, when)
		s.cue(flatCue(id, when))
	}
	for i, id := range []string{"first", "second", "third"} {
		if e := s.await(audio.Ended, id); e.Cause != audio.Completed || e.Frames != span {
			s.errorf("%s ended with %d frames, %s; want %d, completed", id, e.Frames, e.Cause, span)
		}
		s.near("Started of "+id, s.await(audio.Started, id).At, want[i])
	}
	frames, first := s.heard()
	runs := runsOf(frames)
	if len(runs) != len(want) {
		s.fatalf("%d sounds came out, want %d", len(runs), len(want))
	}
	for i, run := range runs {
		if n := audio.Frames(run[1] - run[0]); n != span {
			s.errorf("sound %d has %d frames, want %d", i, n, span)
		}
		if s.subject.Heard != nil {
			s.near("sound "+string(rune('1'+i)), first.Add(audio.Rate.D(audio.Frames(run[0]))), want[i])
		}
	}
}

func backToBack(s *stage) {
	s.cue(flatCue("chime", s.soon()))
	next := flatCue("voice", 0)
	next.After = "chime"
	s.cue(next)
	s.await(audio.Ended, "voice")
	s.near("the start of the voice, seen from the end of the chime,", s.await(audio.Started, "voice").At, s.await(audio.Ended, "chime").At)
	frames, _ := s.heard()
	if runs := runsOf(frames); len(runs) != 1 || audio.Frames(runs[0][1]-runs[0][0]) != 2*span {
		s.errorf("stretches of sound = %v, want one of %d frames", runs, 2*span)
	}
}

func gapIsExact(s *stage) {
	const gap = 123456 * time.Microsecond
	s.cue(flatCue("chime", s.soon()))
	next := flatCue("voice", 0)
	next.After, next.Gap = "chime", gap
	s.cue(next)
	s.await(audio.Ended, "voice")
	frames, _ := s.heard()
	runs := runsOf(frames)
	if len(runs) != 2 {
		s.fatalf("%d sounds came out, want 2", len(runs))
	}
	if got := audio.Frames(runs[1][0] - runs[0][1]); got != audio.Rate.N(gap) {
		s.errorf("the gap has %d frames, want %d", got, audio.Rate.N(gap))
	}
}

func alarmPreempts(s *stage) {
	began := s.cueNews()
	time.Sleep(200 * time.Millisecond)
	err := s.desk.Raise(audio.DeskAlarm{ID: "flood", Repeat: 1, Cycle: []audio.DeskAlarmPart{{Clip: flat(span, alarmLevel)}}})
	if err != nil {
		s.fatalf("Raise = %v", err)
	}
	s.punctual("the alarm", began.Add(audio.Rate.D(long)/2))
	ended := s.await(audio.Ended, "news")
	if off := s.await(audio.AlarmOff, "flood"); off.Frames != span || off.Cause != audio.Completed {
		s.errorf("the alarm ended with %d frames, %s; want %d, completed", off.Frames, off.Cause, span)
	}
	if ended.Frames != long || ended.Cause != audio.Completed {
		s.errorf("the news ended with %d frames, %s; want %d, completed", ended.Frames, ended.Cause, long)
	}
	muted, unmuted := s.await(audio.Silenced, ""), s.await(audio.Unsilenced, "")
	s.near("the alarm, seen from the mute,", s.await(audio.AlarmOn, "flood").At, muted.At)
	if frozen := unmuted.At.Sub(muted.At); frozen < audio.Rate.D(span)-s.b.Tolerance {
		s.errorf("the programme was frozen for %v, want at least the alarm's %v", frozen, audio.Rate.D(span))
	}
	whole := audio.Rate.D(long) + unmuted.At.Sub(muted.At)
	s.near("the end of the news", ended.At, began.Add(whole))
	frames, _ := s.heard()
	s.checkPreempted(frames)
}

// checkPreempted looks for the programme, the alarm, and the programme, with
// nothing of the programme missing.
func (s *stage) checkPreempted(frames []int16) {
	var programme, alarm audio.Frames
	for _, v := range frames {
		switch {
		case v > 16:
			programme++
		case v < -16:
			alarm++
		}
	}
	const fades = 3 * 240
	if alarm < span-fades || alarm > span {
		s.errorf("%d frames of alarm came out, want %d", alarm, span)
	}
	if programme < long-fades || programme > long+fades {
		s.errorf("%d frames of programme came out, want %d but for the fades", programme, long)
	}
}

func stopFades(s *stage) {
	began := s.cueNews()
	s.desk.Stop("news")
	s.punctual("the stop", began.Add(audio.Rate.D(long)/2))
	e := s.await(audio.Ended, "news")
	if e.Cause != audio.Stopped || e.Frames <= 0 || e.Frames >= long {
		s.errorf("the news ended with %d frames, %s; want fewer than %d, stopped", e.Frames, e.Cause, long)
	}
	frames, _ := s.heard()
	runs := runsOf(frames)
	if len(runs) != 1 {
		s.fatalf("%d sounds came out, want 1", len(runs))
	}
	for i := runs[0][0] + 1; i < runs[0][1]+1; i++ {
		if step := int(frames[i-1]) - int(frames[i]); step > level/150 { // an equal-power fade is steepest at its end
			s.fatalf("the sound falls by %d within a frame %d frames before its end, want a fade of 5 ms", step, runs[0][1]-i)
		}
	}
}

// keepsThePace: a device that was held up for a moment catches up; one of the
// wrong pace never does.
func keepsThePace(s *stage) {
	began, from := s.clock(), s.desk.Position()
	var got, want audio.Frames
	for s.clock() < began.Add(patience) {
		time.Sleep(2 * time.Second)
		got, want = s.desk.Position()-from, audio.Rate.N(s.clock().Sub(began))
		if got >= want*9/10 && got <= want*11/10 {
			return
		}
	}
	s.errorf("%d frames were pulled while %d passed", got, want)
}

func endsWithContext(s *stage) {
	began := s.cueNews()
	s.punctual("the end", began.Add(audio.Rate.D(long)/2))
	s.finish() // fails when a Run hangs or errs
	if e := s.await(audio.Ended, "news"); e.Cause != audio.Lost {
		s.errorf("the news ended as %s, want lost", e.Cause)
	}
	if s.subject.Device.Name() == "" {
		s.errorf("the device has no name")
	}
}
