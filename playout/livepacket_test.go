package playout

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"loalang/audio"
)

// tone is packet seq of a sine of 200 Hz that fits a packet exactly.
func tone(seq uint32) LivePacket {
	p := LivePacket{Seq: seq, Captured: time.Duration(seq) * 20 * time.Millisecond, Frames: make([]int16, LiveFrames)}
	for i := range p.Frames {
		p.Frames[i] = int16(8000 * math.Sin(2*math.Pi*200*float64(i)/LiveRate))
	}
	return p
}

// sent is packet seq with the instant at which it comes when it takes so long.
func sent(q *sequencer, seq uint32, takes time.Duration, out *[]int16) {
	p := tone(seq)
	q.take(p, audio.Instant(p.Captured+takes+time.Hour), func(f []int16) { *out = append(*out, f...) })
}

// step is the largest difference of two neighbours.
func step(frames []int16) int {
	most := 0
	for i := 1; i < len(frames); i++ {
		most = max(most, int(math.Abs(float64(int(frames[i])-int(frames[i-1])))))
	}
	return most
}

func TestSequencer(t *testing.T) {
	type came struct {
		seq   uint32
		takes time.Duration
	}
	inOrder := func(from, to uint32) (list []came) {
		for s := from; s < to; s++ {
			list = append(list, came{s, 40 * time.Millisecond})
		}
		return list
	}
	cases := []struct {
		name       string
		came       []came
		packets    int // all in all
		lost, late int64
	}{
		{"in order", inOrder(0, 50), 50, 0, 0},
		{"from anywhere, over the end of the numbers", []came{{math.MaxUint32, 0}, {0, 0}, {1, 0}}, 3, 0, 0},
		{"one lost", append(inOrder(0, 20), inOrder(21, 50)...), 50, 1, 0},
		{"three lost", append(inOrder(0, 20), inOrder(23, 50)...), 50, 3, 0},
		{"two changed places", append(inOrder(0, 20), append([]came{{21, 40e6}, {20, 60e6}}, inOrder(22, 50)...)...), 50, 0, 0},
		{"one too late for its place", append(inOrder(0, 20), append(inOrder(21, 28), append([]came{{20, 180e6}}, inOrder(28, 50)...)...)...), 50, 1, 1},
		{"twice", append(inOrder(0, 20), inOrder(19, 50)...), 50, 0, 1},
		{"the sender begins anew", append(inOrder(1000, 1020), inOrder(0, 30)...), 50, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			q := &sequencer{buffer: 200 * time.Millisecond}
			var out []int16
			for _, p := range c.came {
				sent(q, p.seq, p.takes, &out)
			}
			if n := len(out) / LiveFrames; n != c.packets || q.lost != c.lost || q.late != c.late {
				t.Errorf("%d packets' length, %d lost, %d late; want %d, %d, %d", n, q.lost, q.late, c.packets, c.lost, c.late)
			}
			if s := step(out); s > 500 { // the tone alone has steps of 420
				t.Errorf("it clicks: a step of %d", s)
			}
		})
	}
}

// A link that stops for a second and then sends all at once must not let the
// voice lag by a second from there on.
func TestSequencerLeavesOutWhatAStallHeldUp(t *testing.T) {
	q := &sequencer{buffer: 200 * time.Millisecond}
	var out []int16
	for seq := range uint32(50) {
		sent(q, seq, 40*time.Millisecond, &out)
	}
	for seq := uint32(50); seq < 100; seq++ { // all come when the last of them does
		sent(q, seq, time.Duration(99-seq)*20*time.Millisecond+40*time.Millisecond, &out)
	}
	for seq := uint32(100); seq < 150; seq++ {
		sent(q, seq, 40*time.Millisecond, &out)
	}
	if n := len(out) / LiveFrames; n != 111 { // 200 ms of the burst are in time: 10 packets, and the last
		t.Errorf("%d packets' length, want 111", n)
	}
	if q.late != 39 || q.lost != 0 {
		t.Errorf("%d late, %d lost; want 39 and none", q.late, q.lost)
	}
	if s := step(out); s > 500 {
		t.Errorf("it clicks: a step of %d", s)
	}
}

// A phone that changes from Wi-Fi to a slower network must be heard again soon.
func TestSequencerFollowsALongerWay(t *testing.T) {
	q := &sequencer{buffer: 200 * time.Millisecond}
	var out []int16
	for seq := range uint32(100) {
		takes := 20 * time.Millisecond
		if seq >= 50 {
			takes = 400 * time.Millisecond
		}
		sent(q, seq, takes, &out)
	}
	if q.late != pathSteady-1 {
		t.Errorf("%d packets were left out, want %d", q.late, pathSteady-1)
	}
}

// Whatever comes in whatever order: every frame that is given is in order, and
// never more than was spoken.
func TestSequencerProperty(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		type due struct {
			seq uint32
			at  time.Duration
		}
		var all []due
		for seq := range uint32(300) {
			if r.IntN(20) > 0 {
				all = append(all, due{seq, time.Duration(seq)*20*time.Millisecond + time.Duration(r.ExpFloat64()*3e7)})
			}
		}
		for i := range all { // by when they come
			for j := i; j > 0 && all[j].at < all[j-1].at; j-- {
				all[j], all[j-1] = all[j-1], all[j]
			}
		}
		q := &sequencer{buffer: 200 * time.Millisecond}
		var out []int16
		for _, d := range all {
			sent(q, d.seq, d.at-time.Duration(d.seq)*20*time.Millisecond, &out)
		}
		if n := len(out) / LiveFrames; n > 301 || n < 250 {
			t.Fatalf("seed %d: %d packets' length of 300", seed, n)
		}
		if s := step(out); s > 500 {
			t.Fatalf("seed %d: it clicks: a step of %d", seed, s)
		}
	}
}

// After a gap of seconds its whole length went into the pipe as silence, which had
// been heard already, and the first words behind it found the pipe full.
func TestSequencerDoesNotFillALongGapTwice(t *testing.T) {
	q := &sequencer{buffer: 200 * time.Millisecond}
	var out []int16
	for seq := range uint32(50) {
		sent(q, seq, 40*time.Millisecond, &out)
	}
	for seq := uint32(200); seq < 250; seq++ {
		sent(q, seq, 40*time.Millisecond, &out)
	}
	if n := len(out) / LiveFrames; n != 110 { // the gap counts as 200 ms
		t.Errorf("%d packets' length, want 110", n)
	}
	if q.lost != 150 || q.late != 0 {
		t.Errorf("%d lost, %d late; want 150 and none", q.lost, q.late)
	}
	if s := step(out); s > 500 {
		t.Errorf("it clicks: a step of %d", s)
	}
}
