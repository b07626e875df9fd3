package playout_test

import (
	"testing"
	"time"

	"loalang/audio"
	"loalang/playout"
	"loalang/scheduler"
)

// onBed puts music under an occurrence.
func (s *stage) onBed(o scheduler.Occurrence) scheduler.Occurrence {
	s.lib.add("music", 4*time.Second)
	o.Bed = &scheduler.Part{Kind: scheduler.PartBed, Recording: "music", Length: 4 * time.Second}
	return o
}

// bedOf are the airings of the music.
func bedOf(row playout.AsRun) (beds []playout.Airing) {
	for _, a := range row.Airings {
		if a.Part == scheduler.PartBed {
			beds = append(beds, a)
		}
	}
	return beds
}

// The bed begins when the chime has ended, fades behind the last word, and what
// follows waits for it.
func TestBedUnderTheVoice(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.onBed(s.occurrence("a", 20*time.Second, 10*time.Second))) // words until 31.5 s
		s.player.Play(s.occurrence("b", 32*time.Second, 3*time.Second))
		s.at(time.Minute)
		row, b := s.expect("a", playout.Played, "completed", 3), s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
		bed := bedOf(row)
		if len(bed) != 1 || s.since(bed[0]) != 21*time.Second || bed[0].Ended.Sub(s.out.start) != 33500*time.Millisecond {
			t.Fatalf("bed %+v", bed)
		}
		if at := s.since(b.Airings[0]); at < 33500*time.Millisecond || at > 34*time.Second {
			t.Errorf("b began at %s", at)
		}
	})
}

// A bed is interrupted and goes on with its item, from where it was.
func TestBedGoesWithItsItem(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.onBed(s.occurrence("a", 20*time.Second, 20*time.Second)))
		s.at(30 * time.Second)
		s.player.Play(s.priority("p", 5*time.Second))
		s.at(40 * time.Second)
		s.raise(s.emergency("x", 10*time.Second))
		s.at(3 * time.Minute)
		row := s.expect("a", playout.Played, playout.CauseResumed, 7)
		if n := framesOf(row, scheduler.PartVoice); n != 20*48000 {
			t.Errorf("%d frames of the voice", n)
		}
		bed := bedOf(row)
		if len(bed) != 3 || bed[2].Cause != string(audio.Stopped) {
			t.Fatalf("bed %+v", bed)
		}
		var froms []audio.Frames
		for _, id := range s.out.begun() {
			if k := s.out.cues[id]; k.Bed != nil {
				froms = append(froms, k.From)
			}
		}
		if played := audio.Frames(bed[0].Frames); len(froms) != 2 || froms[1] != played%(4*48000) {
			t.Errorf("the bed was cued from %v after %d frames", froms, played)
		}
	})
}

// A notice whose music is gone is aired all the same.
func TestWithoutItsBed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("a", 20*time.Second, 10*time.Second)
		o.Bed = &scheduler.Part{Kind: scheduler.PartBed, Recording: "gone", Length: time.Second}
		s.player.Play(o)
		s.at(time.Minute)
		s.expect("a", playout.Played, "completed", 2)
	})
}

// Who is stopped takes the music along.
func TestStopEndsTheBed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.onBed(s.occurrence("a", 20*time.Second, 20*time.Second)))
		s.at(25 * time.Second)
		if err := s.player.Stop(t.Context(), "a", "anh Sùng"); err != nil {
			t.Fatal(err)
		}
		s.at(time.Minute)
		row := s.expect("a", playout.StoppedBy, "stopped", 3)
		if bed := bedOf(row); len(bed) != 1 || bed[0].Ended.Sub(s.out.start) != 27*time.Second || s.amp.keyed() {
			t.Errorf("bed %+v", bed)
		}
	})
}
