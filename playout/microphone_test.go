package playout

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loalang/audio"
	"loalang/audio/level"
)

// A live voice airs as what the library holds does: near −18 LUFS, its true peak
// at or under −1.5 dBTP, the hum of a cheap microphone gone, and its pauses still.
func TestVoiceChain(t *testing.T) {
	for name, amplitude := range map[string]float64{"quiet": 0.06, "loud": 0.9, "shouted": 4} {
		t.Run(name, func(t *testing.T) {
			c := newVoiceChain()
			r := rand.New(rand.NewPCG(3, 3))
			meter, peak := level.NewMeter(48000), level.NewTruePeak()
			var pause, low float64
			frames := make([]int16, LiveFrames)
			for n := range 12 * 50 {
				speaks := n%100 < 75
				for i := range frames {
					at := float64(n*LiveFrames+i) / LiveRate
					v := 0.002 * math.Sin(2*math.Pi*50*at)
					low += (r.NormFloat64() - low) * 0.3
					if speaks {
						v += amplitude * low * math.Abs(math.Sin(2*math.Pi*2*at))
					}
					frames[i] = int16(32767 * min(max(v, -1), 1))
				}
				sound, voiced := c.process(frames)
				if n < 200 {
					continue
				}
				meter.Write(sound)
				peak.Write(sound)
				if n%100 == 70 && !voiced || n%100 == 99 && voiced {
					t.Errorf("packet %d: voiced is %v", n, voiced)
				}
				if n%100 == 99 {
					for _, v := range sound {
						pause = max(pause, math.Abs(float64(v)))
					}
				}
			}
			if l := meter.Loudness().Integrated; math.Abs(l-level.House) > 1.5 {
				t.Errorf("it airs at %.1f LUFS, want %v", l, level.House)
			}
			if p := peak.DBTP(); p > -1.49 {
				t.Errorf("its true peak is %.2f dBTP", p)
			}
			if pause > 0.003 {
				t.Errorf("in a pause there is %.4f of the hum", pause)
			}
		})
	}
}

// BenchmarkVoiceChain is what 20 ms of a live voice cost.
func BenchmarkVoiceChain(b *testing.B) {
	c := newVoiceChain()
	frames := tone(0).Frames
	b.ReportAllocs()
	for b.Loop() {
		c.process(frames)
	}
}

// Whoever sends an hour of sound in a second would have filled the disk with it.
func TestMicrophoneTakesNoMoreThanCanBeSpoken(t *testing.T) {
	now := audio.Instant(time.Hour)
	m := newMicrophone(200*time.Millisecond, now)
	pipe, err := m.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pipe.Close() }()
	if err := unix.SetNonblock(int(pipe.Fd()), true); err != nil {
		t.Fatal(err)
	}
	taped := 0
	m.record(func(f []int16) { taped += len(f) })
	raw := make([]byte, 65536)
	for seq := range uint32(3000) { // a minute, in no time
		m.hear(tone(seq), now)
		if seq%10 == 9 {
			_, _ = unix.Read(int(pipe.Fd()), raw) // the card's side takes all at once
		}
	}
	if limit := int(audio.Rate.N((liveAhead + 1) * liveLength)); taped > limit {
		t.Errorf("%d frames were taken down, want %d at most", taped, limit)
	}
	if s := m.state(); s.early < 2800 {
		t.Errorf("%d packets were too many", s.early)
	}
	before := taped
	for seq := uint32(3000); seq < 3200; seq++ { // as one speaks, it is heard again
		now = now.Add(liveLength)
		m.hear(tone(seq), now)
		_, _ = unix.Read(int(pipe.Fd()), raw)
	}
	if taped-before < int(audio.Rate.N(3*time.Second)) {
		t.Errorf("afterwards %d frames were taken down of 4 s", taped-before)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// The soft beginning of a word, 30 ms of an x at −50 dBFS, came before the gate
// had opened and was cut.
func TestVoiceChainKeepsTheSoftBeginningOfAWord(t *testing.T) {
	c := newVoiceChain()
	r := rand.New(rand.NewPCG(5, 5))
	var out []float32
	word := func() {
		out = out[:0]
		for n := range 100 {
			frames := make([]int16, LiveFrames)
			for i := range frames {
				at := float64(n*LiveFrames+i) / LiveRate
				switch {
				case at >= 0.030 && at < 0.5:
					frames[i] = int16(4000 * math.Sin(2*math.Pi*400*at))
				case at < 0.030:
					frames[i] = int16(100 * r.NormFloat64())
				}
			}
			sound, _ := c.process(frames)
			out = append(out, sound...)
		}
	}
	word() // the level is found
	word()
	begins := slices.IndexFunc(out, func(v float32) bool { return v > 0.05 })
	power := func(from, to int) float64 { // ms from where the loud part begins
		var sum float64
		for _, v := range out[max(0, begins+from*48) : begins+to*48] {
			sum += float64(v) * float64(v)
		}
		return 10 * math.Log10(sum/float64((to-from)*48)+1e-12)
	}
	if off := power(100, 300) - power(-25, -5); off > 36 { // it was spoken 29 dB softer, and the band of a horn takes some
		t.Errorf("the soft beginning is %.0f dB below the word", off)
	}
}
