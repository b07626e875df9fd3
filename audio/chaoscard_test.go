package audio_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"loalang/audio"
)

// anyCard is a card of any period and queue that a Desk can do with.
func anyCard(r *rig, random *rand.Rand) *card {
	size := []audio.Frames{48, 96, 144, 240, 480, 512, 960, 1024}[random.IntN(8)]
	return newCard(r, size, 1+random.IntN(int(min(4, 4000/size))))
}

// haltingly reads a clip in small pieces, and waits before one in every so many.
func haltingly(clip audio.Clip, random *rand.Rand, every int) *scripted {
	inner := clip.Source()
	return &scripted{read: func(dst []float32) (int, error) {
		if random.IntN(every) == 0 {
			time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
		}
		return inner.Read(dst[:min(len(dst), 300)])
	}}
}

// TestNothingSoundsTwice: a cue goes on where it was, whatever alarms there are and
// whatever its disk does. What lay between two holes in it once sounded twice.
func TestNothingSoundsTwice(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				random := rand.New(rand.NewPCG(seed, 11))
				r.card = anyCard(r, random)
				const length = 26000
				r.cue(audio.DeskCue{ID: "a", Source: haltingly(counted(length), random, 20), Frames: length})
				for i := range 40 {
					r.play(audio.Frames(len(r.out) + 1 + random.IntN(3000)))
					if random.IntN(4) == 0 { // longer than any queue
						r.raise(alarmOf(fmt.Sprint(i), flat(audio.Frames(6000+random.IntN(6000)), -9000), 1))
					}
				}
				r.play(300000)
				r.wantEnded("a", audio.Completed, length, -1)
				last := float32(0)
				for k := 1; k+1 < len(r.out); k++ {
					v := r.out[k] * 32768
					if v < 2000 || r.out[k-1]*32768 != v-1 || r.out[k+1]*32768 != v+1 {
						continue // faded
					}
					if v <= last {
						t.Fatalf("device frame %d is frame %v of the cue, behind frame %v", k, v-2000, last-2000)
					}
					last = v
				}
			})
		})
	}
}

// halting cues what cannot always be read in time.
func (c *chaos) halting(now audio.Instant) {
	id := fmt.Sprintf("%s-halting-%d", c.name, c.tries)
	c.tries++
	length := audio.Frames(4000 + c.random.IntN(12000))
	c.ledger.expect(id, length, false)
	source := haltingly(flat(length, 3000), rand.New(rand.NewPCG(c.random.Uint64(), 1)), 30)
	at := now.Add(time.Duration(c.random.IntN(300)) * time.Millisecond)
	if err := c.desk.Cue(audio.DeskCue{ID: id, Source: source, Frames: length, At: at}); err != nil { // it is full
		c.ledger.mu.Lock()
		delete(c.ledger.length, id)
		c.ledger.mu.Unlock()
		return
	}
	c.ids = append(c.ids, id)
}

// TestPromisesHoldOnACard is TestPromisesHoldWhateverIsCalled with a card that holds
// sound ahead of the air and disks that are late: what was said to have sounded
// never becomes less, and what has started has not come too late.
func TestPromisesHoldOnACard(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				l := newLedger(t)
				l.hungry = true
				r.watch = l.event
				c := &chaos{random: rand.New(rand.NewPCG(seed, 9)), ledger: l, desk: r.desk}
				r.card = anyCard(r, c.random)
				told := map[string]audio.Frames{}
				for range 500 {
					now := frameAt(r.desk.Position())
					if c.random.IntN(6) == 0 {
						c.halting(now)
					}
					c.act(now)
					r.play(audio.Frames(len(r.out) + 1 + c.random.IntN(960)))
					r.desk.Sounding(func(id string, n audio.Frames) {
						if n < told[id] {
							t.Errorf("%s has sounded %d frames, after %d", id, n, told[id])
						}
						told[id] = n
					})
				}
				for i := range 3 {
					r.desk.Lower(fmt.Sprint("alarm-", i))
				}
				r.play(audio.Frames(len(r.out)) + 60*48000)
				l.check()
				for id, e := range l.ended {
					if e.Frames < told[id] || l.started[id] && (e.Cause == audio.TooLate || e.Frames == 0) {
						t.Errorf("%s ended with %d frames, %s, after %d were told", id, e.Frames, e.Cause, told[id])
					}
				}
				if l.muted != 0 || r.desk.AlarmActive() {
					t.Error("the programme is muted without an alarm")
				}
			})
		})
	}
}
