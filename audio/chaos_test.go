package audio_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"loalang/audio"
)

// ledger checks the promises of a Desk's events as they come.
type ledger struct {
	t  *testing.T
	mu sync.Mutex
	// by ID
	length  map[string]audio.Frames
	live    map[string]bool // streams, whose length is what they had, about
	started map[string]bool
	ended   map[string]audio.Event
	alarms  map[string]int // AlarmOn less AlarmOff
	muted   int
	hungry  bool // nobody keeps the pace: cues may starve
}

func newLedger(t *testing.T) *ledger {
	return &ledger{
		t: t, length: map[string]audio.Frames{}, live: map[string]bool{}, started: map[string]bool{},
		ended: map[string]audio.Event{}, alarms: map[string]int{},
	}
}

func (l *ledger) event(e audio.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e.Kind {
	case audio.Started:
		if _, over := l.ended[e.ID]; over || l.started[e.ID] {
			l.t.Errorf("%s started twice or after its end", e.ID)
		}
		l.started[e.ID] = true
	case audio.Ended:
		l.end(e)
	case audio.AlarmOn:
		l.alarms[e.ID]++
	case audio.Silenced, audio.Unsilenced:
		l.mute(e.Kind)
	}
}

func (l *ledger) end(e audio.Event) {
	if old, over := l.ended[e.ID]; over {
		l.t.Errorf("%s ended twice: %v, %v", e.ID, old, e)
	}
	l.ended[e.ID] = e
	whole := l.length[e.ID]
	switch {
	case l.live[e.ID] && e.Frames >= 0 && e.Frames <= whole+whole/100+480:
	case e.Frames < 0 || e.Frames > whole:
		l.t.Errorf("%s of %d frames ended with %d", e.ID, whole, e.Frames)
	case e.Cause == audio.Completed && e.Frames != whole:
		l.t.Errorf("%s of %d frames completed with %d", e.ID, whole, e.Frames)
	case e.Frames > 0 && !l.started[e.ID] && e.Cause != audio.Lost:
		l.t.Errorf("%s ended with %d frames but never started", e.ID, e.Frames)
	case e.Cause == audio.Unread && !l.hungry:
		l.t.Errorf("%s was not read: %s", e.ID, e.Detail)
	}
}

func (l *ledger) mute(kind audio.EventKind) {
	l.muted += map[audio.EventKind]int{audio.Silenced: 1, audio.Unsilenced: -1}[kind]
	if l.muted < 0 || l.muted > 1 {
		l.t.Errorf("muted %d deep", l.muted)
	}
}

// expect notes a cue before it is handed over.
func (l *ledger) expect(id string, length audio.Frames, live bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.length[id], l.live[id] = length, live
}

// check fails unless every cue has ended.
func (l *ledger) check() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.length {
		if _, over := l.ended[id]; !over {
			l.t.Errorf("%s never ended", id)
		}
	}
}

// chaos makes random calls to a Desk.
type chaos struct {
	random *rand.Rand
	ledger *ledger
	desk   *audio.Desk
	ids    []string
	name   string
	tries  int
}

func (c *chaos) pick() string {
	if len(c.ids) == 0 {
		return ""
	}
	return c.ids[c.random.IntN(len(c.ids))]
}

func (c *chaos) cue(now audio.Instant) {
	id := fmt.Sprintf("%s-%d", c.name, c.tries)
	c.tries++
	length := audio.Frames(c.random.IntN(20000) + 1)
	if c.random.IntN(20) == 0 {
		length *= 8 // more than is read ahead
	}
	cue := audio.DeskCue{ID: id, Source: flat(length, 12000).Source(), Frames: length}
	live := c.random.IntN(5) == 0
	if live {
		s := newSender(int(length), func(int) float64 { return 12000 })
		s.chunk, s.rate = 1+c.random.IntN(2000), 47900+float64(c.random.IntN(200))
		cue = streamOf(id, s, time.Duration(1+c.random.IntN(200))*time.Millisecond)
	}
	switch c.random.IntN(4) {
	case 0:
		cue.After, cue.Gap = c.pick(), time.Duration(c.random.IntN(100))*time.Millisecond
	case 1:
		cue.Replaces = c.pick()
	case 2:
		cue.After, cue.Cross = c.pick(), time.Duration(c.random.IntN(200))*time.Millisecond
	}
	cue.FadeIn = time.Duration(max(0, c.random.IntN(400)-200)) * time.Millisecond
	cue.FadeOut = time.Duration(max(0, c.random.IntN(400)-200)) * time.Millisecond
	cue.Spoken = c.random.IntN(2) == 0
	if !live && c.random.IntN(6) == 0 {
		cue.Bed = &audio.Duck{Attack: 50 * time.Millisecond, Depth: -10} // that ends, as one whose file breaks
	}
	cue.At = now.Add(time.Duration(c.random.IntN(600)-50) * time.Millisecond)
	c.ledger.expect(id, length, live)
	if err := c.desk.Cue(cue); err != nil { // full, or the other one is forgotten
		c.ledger.mu.Lock()
		delete(c.ledger.length, id)
		c.ledger.mu.Unlock()
		return
	}
	c.ids = append(c.ids, id)
}

func (c *chaos) act(now audio.Instant) {
	alarm := fmt.Sprint("alarm-", c.random.IntN(3))
	switch c.random.IntN(12) {
	case 0, 1, 2, 3, 4:
		c.cue(now)
	case 5:
		c.desk.Stop(c.pick())
	case 6:
		if c.random.IntN(10) == 0 {
			c.desk.Stop()
		}
	case 7:
		a := alarmOf(alarm, flat(audio.Frames(c.random.IntN(9000)+1), -12000), c.random.IntN(3)+1)
		if c.random.IntN(2) == 0 {
			a.Until = now.Add(time.Duration(c.random.IntN(300)) * time.Millisecond)
		}
		_ = c.desk.Raise(a) // refused when too many are active
	case 8, 9:
		c.desk.Lower(alarm)
	}
}

// TestPromisesHoldWhateverIsCalled makes random calls between the periods.
func TestPromisesHoldWhateverIsCalled(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				l := newLedger(t)
				r.watch = l.event
				c := &chaos{random: rand.New(rand.NewPCG(seed, 1)), ledger: l, desk: r.desk}
				var lost time.Duration // by a card that drifts and runs dry
				for range 700 {
					lost += time.Duration(c.random.IntN(3000)-1000) * time.Nanosecond
					if c.random.IntN(100) == 0 {
						lost += 20 * time.Millisecond
					}
					r.desk.Anchor(audio.Frames(len(r.out)), frameAt(audio.Frames(len(r.out))).Add(lost))
					c.act(frameAt(audio.Frames(len(r.out))))
					r.play(audio.Frames(len(r.out) + 1 + c.random.IntN(960)))
				}
				for i := range 3 {
					r.desk.Lower(fmt.Sprint("alarm-", i))
				}
				for range 100 {
					r.play(audio.Frames(len(r.out)) + 48000)
				}
				l.check()
				if l.muted != 0 || r.desk.AlarmActive() {
					t.Error("the programme is muted without an alarm")
				}
				top := audio.Decibels(-1).Factor() + 1e-5
				for k, v := range r.out {
					if v > top || v < -top {
						t.Fatalf("frame %d is %v, want at most %v", k, v, top)
					}
				}
			})
		})
	}
}

// TestConcurrentUse has two goroutines pull, as a real card does, and others
// call; the race detector is the judge.
func TestConcurrentUse(t *testing.T) {
	l := newLedger(t)
	l.hungry = true
	d := audio.NewDesk(audio.DeskOptions{Event: l.event, Tap: func([]int16) {}})
	d.Anchor(0, frameAt(0))
	ctx, cancel := context.WithCancel(context.Background())
	var pulls, others sync.WaitGroup
	others.Go(func() { _ = d.Run(ctx) })
	pulls.Go(func() {
		buf := make([]float32, 240)
		for range 4000 {
			d.PullProgramme(buf)
		}
	})
	pulls.Go(func() {
		buf := make([]float32, 240)
		for range 4000 {
			d.PullAlarm(buf)
		}
	})
	for i := range uint64(2) {
		pulls.Go(func() {
			c := &chaos{random: rand.New(rand.NewPCG(i, 2)), ledger: l, desk: d, name: fmt.Sprint("caller-", i)}
			for range 300 {
				c.act(frameAt(d.Position()))
				d.Anchor(d.Position(), frameAt(d.Position()))
				_ = d.Levels()
			}
		})
	}
	pulls.Wait()
	cancel()
	others.Wait()
	l.check()
	if d.AlarmActive() {
		t.Error("AlarmActive = true after the end of Run")
	}
}
