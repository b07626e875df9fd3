package audio_test

import (
	"testing"
	"testing/synctest"
	"time"

	"loalang/audio"
)

// card is a rig whose sound leaves through two buffered players, as on a real
// card: the programme is pulled a queue ahead of what sounds, an alarm is mixed
// in at the next period.
type card struct {
	*rig
	period    audio.Frames
	queue     int // periods of programme that wait to sound
	programme []float32
	alarm     []float32
	volume    float32 // of the programme's player
	heard     []float32
}

func newCard(r *rig, period audio.Frames, queue int) *card {
	c := &card{rig: r, period: period, queue: queue, volume: 1}
	for range queue {
		c.fill()
	}
	return c
}

func (c *card) fill() {
	buf := make([]float32, c.period)
	c.desk.PullProgramme(buf)
	c.programme = append(c.programme, buf...)
}

// sound lets periods sound until frame to.
func (c *card) sound(to audio.Frames) {
	for audio.Frames(len(c.heard)) < to {
		synctest.Wait()
		c.tick()
		time.Sleep(audio.Rate.D(c.period))
	}
	synctest.Wait()
}

// tick mixes a period, then fills both players again.
func (c *card) tick() {
	volume := float32(1)
	if c.desk.AlarmActive() {
		// A volume moves within one period; the Desk goes on from where it has come to.
		volume = max(0, 1-float32(c.period)/float32(fadeFrames))
		if len(c.alarm) == 0 { // the second player starts, prefilled
			c.fillAlarm(audio.Frames(len(c.heard)))
		}
	}
	for i := range c.period {
		g := c.volume + (volume-c.volume)*float32(i)/float32(c.period)
		v := c.programme[i] * g
		if int(i) < len(c.alarm) {
			v += c.alarm[i]
		}
		c.heard = append(c.heard, v)
	}
	c.volume = volume
	c.programme = c.programme[c.period:]
	c.alarm = c.alarm[min(len(c.alarm), int(c.period)):]
	c.fill()
	if c.desk.AlarmActive() {
		c.fillAlarm(audio.Frames(len(c.heard) + len(c.alarm)))
	}
}

func (c *card) fillAlarm(at audio.Frames) {
	buf := make([]float32, c.period)
	n := c.desk.PullAlarmAt(at, buf)
	c.alarm = append(c.alarm, buf[:n]...)
}

func TestTwoPlayers(t *testing.T) {
	for _, c := range []struct {
		name   string
		period audio.Frames
		queue  int
	}{
		{"1 ms periods", 48, 1},
		{"3 ms periods", 144, 1},
		{"5 ms periods", 240, 1},
		{"10 ms periods", 480, 1},
		{"21 ms periods", 1024, 1},
		{"two periods of 10 ms", 480, 2},
		{"80 ms in all", 960, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) { preemptOnCard(t, newCard(r, c.period, c.queue)) })
		})
	}
}

func preemptOnCard(t *testing.T, c *card) {
	clip := counted(26000)
	c.cue(cueOf("news", clip, 9600))
	c.sound(9600 + 9600)
	raised := audio.Frames(len(c.heard))
	c.raise(alarmOf("flood", flat(9600, -9000), 1))
	c.sound(80000)
	c.wantStarted("news", 9600)
	c.wantStarted("flood", raised) // at the next period, whatever the queue holds
	c.wantEnded("flood", audio.Completed, 9600, raised+9600)
	es := c.of("")
	if len(es) != 2 || es[0].At != frameAt(raised) {
		t.Fatalf("events = %v, want muted at %d and unmuted later", es, raised)
	}
	thawed := audio.Rate.N(es[1].At.Sub(frameAt(0)))
	if thawed < raised+9600 || thawed > raised+9600+audio.Frames(c.queue+2)*c.period {
		t.Errorf("the programme went on at %d, want soon after %d", thawed, raised+9600)
	}
	c.wantEnded("news", audio.Completed, 26000, 9600+26000+thawed-raised)
	c.out = c.heard
	c.wantSound(9600, clip, 0, raised-9600)
	c.wantSound(thawed+fadeFrames, clip, raised-9600+fadeFrames, 26000)
	for k := raised + max(c.period, fadeFrames); k < raised+9600; k++ {
		if c.heard[k]*32768 != -9000 {
			t.Fatalf("frame %d is %v under the alarm, want −9000", k, c.heard[k]*32768)
		}
	}
	c.compareTap(t, raised)
}

// compareTap looks whether the tap heard what the card did, but for the shape of
// a fade longer than the Desk's, which is the card's own. A shorter period must
// come to the Desk's, to one step of it.
func (c *card) compareTap(t *testing.T, raised audio.Frames) {
	t.Helper()
	for k, v := range c.tap {
		f := audio.Frames(k)
		fading := f >= raised && f < raised+max(c.period, fadeFrames)
		if fading && c.period > fadeFrames || k >= len(c.heard) {
			continue
		}
		step := float32(1)
		if fading {
			step += 26000 / float32(fadeFrames)
		}
		if d := float32(v) - c.heard[k]*32768; d > step || d < -step {
			t.Fatalf("frame %d of the tap is %d, want %v as on the card", k, v, c.heard[k]*32768)
		}
	}
}

func TestPullAlarmFollowsThePosition(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.play(4800)
		buf := make([]float32, 480)
		if n := r.desk.PullAlarm(buf); n != 0 {
			t.Errorf("PullAlarm = %d without an alarm, want 0", n)
		}
		r.raise(alarmOf("flood", flat(1000, 9000), 1))
		var got []int
		for range 4 {
			got = append(got, r.desk.PullAlarm(buf))
		}
		if want := [4]int{480, 480, 40, 0}; [4]int(got) != want {
			t.Errorf("PullAlarm = %v, want %v", got, want)
		}
		if buf[100] != 0 {
			t.Error("the rest of the buffer is not silent")
		}
		r.wantStarted("flood", 4800)
		r.wantEnded("flood", audio.Completed, 1000, 5800)
	})
}
