package playout_test

import (
	"testing"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

// The amplifier does not hum while a notice waits for a card that is away.
func TestAmplifierIsOffWhileTheCardIsAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		o := s.occurrence("a", 20*time.Second, 20*time.Second)
		o.Misfire.Grace = time.Hour
		s.player.Play(o)
		s.at(30 * time.Second)
		s.out.lose()
		s.at(5 * time.Minute)
		if s.amp.keyed() {
			t.Error("the amplifier is on for four minutes for nothing")
		}
		if n := len(s.out.order); n > 5 { // chime and voice, and the voice once more, until it was known that there is no card
			t.Errorf("%d cues: it is told to nobody", n)
		}
		s.out.back()
		s.at(7 * time.Minute)
		row := s.expect("a", playout.Played, scheduler.ReasonDevice, 3)
		if n := framesOf(row, scheduler.PartVoice); n < 20*48000 {
			t.Errorf("%d frames", n)
		}
		if d := s.since(row.Airings[2]); d < 5*time.Minute+settle {
			t.Errorf("it went on at %s: the amplifier had no time to settle", d)
		}
		if s.amp.keyed() {
			t.Error("the amplifier stayed on")
		}
	})
}

// lag moves a cue, and what follows it, by so much: its file could not be read in
// time.
func (o *output) lag(id string, by time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	late := map[string]bool{id: true}
	for _, key := range o.order {
		k := o.cues[key]
		if k.done || k.live || !late[key] && !late[k.After] {
			continue
		}
		late[key] = true
		for _, t := range k.timers {
			t.Stop()
		}
		k.at, k.end = k.at.Add(by), k.end.Add(by)
		o.arm(k)
	}
}

// A part that comes late on a slow disk pushes what is due behind it, too, when
// that is not joined to it.
func TestLatePartPushesWhatIsDueBehindIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second)) // until 31.5 s
		s.player.Play(s.occurrence("b", 31700*time.Millisecond, 5*time.Second))
		s.at(21 * time.Second)
		s.out.lag("a#1.1", 400*time.Millisecond)
		s.at(2 * time.Minute)
		s.expect("a", playout.Played, "completed", 2)
		s.expect("b", playout.Played, scheduler.ReasonDelayed, 2)
		s.oneVoice("a", "b")
	})
}

// A device that is lost and back in each phase of a notice: all is heard.
func TestLossInEachPhase(t *testing.T) {
	for at := 17 * time.Second; at < 33*time.Second; at += 230 * time.Millisecond {
		t.Run(at.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t)
				s.player.Play(s.occurrence("a", 20*time.Second, 10*time.Second))
				s.player.Play(s.occurrence("b", 31500*time.Millisecond, 5*time.Second))
				s.at(at)
				s.out.lose()
				s.at(at + 700*time.Millisecond)
				s.player.Play(s.priority("p", 3*time.Second))
				s.at(at + 2*time.Second)
				s.out.back()
				s.at(4 * time.Minute)
				for id, n := range map[string]int64{"a": 10 * 48000, "b": 5 * 48000, "p": 3 * 48000} {
					if row := s.row(id); row.Outcome != playout.Played || framesOf(row, scheduler.PartVoice) < n {
						t.Errorf("%s = %s %s %+v", id, row.Outcome, row.Cause, row.Airings)
					}
				}
				s.oneVoice("a", "b", "p")
				if s.amp.keyed() {
					t.Error("the amplifier stayed on")
				}
			})
		})
	}
}
