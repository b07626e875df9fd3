package recordings

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"loalang/audio/level"
)

// The codes of a Recording's Warnings. The recording is good to air, but
// someone should listen first.
const (
	Clipped     = "clipped"      // over 0.1 % of what came was cut off at full scale, which nothing repairs
	Noisy       = "noisy"        // its pauses are louder than −35 dBFS in the play copy, or within 20 dB of the speech, there or as it came
	Quiet       = "quiet"        // it came quieter than −40 LUFS and was raised
	Echo        = "echo"         // the room rings longer than 0.45 s
	EndMissing  = "truncated"    // the file claims to be longer than what could be opened
	LongSilence = "long-silence" // a pause of 5 s or more inside
	OffLevel    = "off-level"    // it could not be brought within 0.3 LU of the level
)

const (
	grain      = masterRate / 50 // 20 ms: levels along the sound
	soundFloor = -45.0           // dBFS after levelling: quieter is no beginning and no end
	margin     = masterRate / 4  // 0.25 s stay before the first sound and after the last
	edge       = masterRate / 100
	pauseFloor = -50.0
	longPause  = 5 * time.Second
	quietBelow = -40.0 // LUFS
)

// profile is the course of the cleaned sound and what is kept of it.
type profile struct {
	gain       float64   // dB to the target, before the limiter
	levels     []float64 // dBFS of every 20 ms, that gain included
	start, end int64     // kept frames; outside of 0…frames stands silence
	frames     int64     // there are
	deep       float64   // dB that what lies under 150 Hz stands above what lies between 300 and 4,000
}

// deepBelow is how deep the rest must lie: 20 dB under the speech.
const deepBelow = -20.0

// survey measures the cleaned sound and decides where it begins and ends.
// Nothing inside is ever cut.
func survey(f *os.File, target float64) (profile, error) {
	m := level.NewMeter(masterRate)
	var p profile
	var sum float64
	d := newDeep()
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return p, fmt.Errorf("rewind the sound: %w", err)
	}
	err := eachF32(f, func(frames []float32) {
		m.Write(frames)
		for _, x := range frames {
			d.step(float64(x))
			sum += float64(x) * float64(x)
			if p.frames++; p.frames%grain == 0 {
				p.levels = append(p.levels, dBFS(sum/grain))
				sum = 0
			}
		}
	})
	if err != nil {
		return p, err
	}
	if p.frames%grain != 0 {
		p.levels = append(p.levels, dBFS(sum/float64(p.frames%grain)))
	}
	now := loudness(m.Loudness(), p.frames, masterRate)
	if now == level.Silent {
		return p, refuse(NoSound, "nothing is left when the noise is taken out")
	}
	p.gain, p.deep = target-now, d.read()
	for i := range p.levels {
		p.levels[i] += p.gain
	}
	p.trim()
	return p, nil
}

// deep compares what lies under 150 Hz with the middle of the speech.
type deep struct {
	low, middle       []*level.Biquad
	lowSum, middleSum float64
}

func newDeep() *deep {
	three := func(f func() *level.Biquad) []*level.Biquad { return []*level.Biquad{f(), f(), f()} }
	return &deep{
		low:    three(func() *level.Biquad { return level.LowPass(masterRate, 150) }),
		middle: []*level.Biquad{level.HighPass(masterRate, 300), level.LowPass(masterRate, 4000)},
	}
}

func (d *deep) step(x float64) {
	y := x
	for _, b := range d.low {
		y = b.Step(y)
	}
	d.lowSum += y * y
	for _, b := range d.middle {
		x = b.Step(x)
	}
	d.middleSum += x * x
}

// read is in dB; a sound that has neither is not deep.
func (d *deep) read() float64 { return dBFS(d.lowSum) - dBFS(d.middleSum) }

// trim finds the first and the last 20 ms that sound.
func (p *profile) trim() {
	sounds := func(db float64) bool { return db > soundFloor }
	first := slices.IndexFunc(p.levels, sounds)
	last := len(p.levels) - 1
	for last > first && !sounds(p.levels[last]) {
		last--
	}
	if first < 0 {
		first, last = 0, len(p.levels)-1
	}
	p.start = int64(first)*grain - margin
	p.end = int64(last+1)*grain + margin
}

// cut gives the kept frames: silence where the sound begins or ends at once,
// and 10 ms of fading where something was cut away.
func (p *profile) cut(f *os.File, use func([]float32)) error {
	use(make([]float32, max(0, -p.start)))
	if err := p.kernel(f, use); err != nil {
		return err
	}
	use(make([]float32, max(0, p.end-p.frames)))
	return nil
}

// kernel gives the kept frames that exist.
func (p *profile) kernel(f *os.File, use func([]float32)) error {
	from := max(0, p.start)
	if _, err := f.Seek(4*from, io.SeekStart); err != nil {
		return fmt.Errorf("seek in the sound: %w", err)
	}
	at := from
	return eachF32(io.LimitReader(f, 4*(min(p.end, p.frames)-from)), func(frames []float32) {
		for i := range frames {
			fade := 1.0
			if p.start > 0 {
				fade = min(fade, float64(at-from)/edge)
			}
			if p.end < p.frames {
				fade = min(fade, float64(p.end-1-at)/edge)
			}
			frames[i] *= float32(fade)
			at++
		}
		use(frames)
	})
}

// kept are the levels between start and end.
func (p *profile) kept() []float64 {
	return p.levels[max(0, p.start)/grain : min(int64(len(p.levels)), (p.end+grain-1)/grain)]
}

// longSilence looks for a long pause inside.
func (p *profile) longSilence() bool {
	run := 0
	for _, db := range p.kept() {
		run++
		if db > pauseFloor {
			run = 0
		}
		if time.Duration(run)*20*time.Millisecond >= longPause {
			return true
		}
	}
	return false
}

// warnings are the codes for a recording, sorted.
func warnings(c claims, d decoded, r raw, v levelled, target float64) []string {
	length := time.Duration(float64(d.whole) / masterRate * float64(time.Second))
	short := func(claimed time.Duration) bool { return claimed-length > max(time.Second, claimed/50) }
	codes := map[string]bool{
		Clipped:     r.heard.Clipped > clippedShare,
		Noisy:       r.noisy(v.after),
		Echo:        r.decay > echoLong && r.decay < echoMost,
		Quiet:       loudness(r.full, r.frames, masterRate) < quietBelow,
		EndMissing:  c.cut || d.cut || short(c.length) || short(d.claimed),
		LongSilence: v.profile.longSilence(),
		OffLevel:    math.Abs(v.loudness-target) > tolerance || v.truePeak > maxTruePeak,
	}
	var out []string
	for code, is := range codes {
		if is {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// histogram counts magnitudes in steps of 1/1000 of full scale.
type histogram struct {
	counts [1001]int64
	pinned int64 // frames at full scale exactly
	total  int64
}

func (h *histogram) write(frames []float32) {
	for _, x := range frames {
		m := math.Abs(float64(x))
		h.counts[min(1000, int(m*1000))]++
		if m >= 32767.0/32768 {
			h.pinned++
		}
		h.total++
	}
}

// clippedShare is what may be cut off: 0.1 %.
const clippedShare = 0.001

// clipped is the share of the wave that is cut off at its top, 0 … 1: what stands
// at full scale, or, where it was turned down afterwards, within 2 % of its
// highest point, if it is there more often than in the 8 % below, which no voice
// and no pure tone is. Sound that never comes near half of full scale is not
// asked.
func (h *histogram) clipped() float64 {
	if h.total == 0 {
		return 0
	}
	pinned := float64(h.pinned) / float64(h.total)
	top := len(h.counts) - 1
	for top > 0 && h.counts[top] == 0 {
		top--
	}
	if pinned > clippedShare || top < 500 {
		return pinned
	}
	count := func(from, to int) (n int64) {
		for _, c := range h.counts[from:to] {
			n += c
		}
		return n
	}
	flat, below := count(top*98/100, top+1), count(top*90/100, top*98/100)
	if flat <= below {
		return pinned
	}
	return float64(flat) / float64(h.total)
}

func dBFS(meanSquare float64) float64 {
	if meanSquare <= 0 {
		return level.Silent
	}
	return max(level.Silent, 10*math.Log10(meanSquare))
}
