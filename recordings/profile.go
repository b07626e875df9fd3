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
	Noisy       = "noisy"        // its pauses are louder than −35 dBFS, or within 20 dB of the speech
	Quiet       = "quiet"        // it came quieter than −40 LUFS and was raised
	EndMissing  = "truncated"    // the file claims to be longer than what could be opened
	LongSilence = "long-silence" // a pause of 5 s or more inside
	OffLevel    = "off-level"    // it could not be brought within 0.3 LU of the level
)

const (
	grain       = masterRate / 50 // 20 ms: levels along the sound
	soundFloor  = -45.0           // dBFS after levelling: quieter is no beginning and no end
	margin      = masterRate / 4  // 0.25 s stay before the first sound and after the last
	edge        = masterRate / 100
	pauseFloor  = -50.0
	longPause   = 5 * time.Second
	quietBelow  = -40.0 // LUFS
	noiseFloor  = -35.0 // dBFS
	speechAbove = 20.0  // dB
)

// profile is the course of the cleaned sound and what is kept of it.
type profile struct {
	gain       float64   // dB to the target, before the limiter
	levels     []float64 // dBFS of every 20 ms, that gain included
	start, end int64     // kept frames; outside of 0…frames stands silence
	frames     int64     // there are
}

// survey measures the cleaned sound and decides where it begins and ends.
// Nothing inside is ever cut.
func survey(f *os.File, target float64) (profile, error) {
	m := level.NewMeter(masterRate)
	var p profile
	var sum float64
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return p, fmt.Errorf("rewind the sound: %w", err)
	}
	err := eachF32(f, func(frames []float32) {
		m.Write(frames)
		for _, x := range frames {
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
	p.gain = target - now
	for i := range p.levels {
		p.levels[i] += p.gain
	}
	p.trim()
	return p, nil
}

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

// noisy compares the pauses (the 3rd percentile) with the speech (the 90th).
func (p *profile) noisy() bool {
	sorted := slices.Sorted(slices.Values(p.kept()))
	if len(sorted) < 3*50 { // under 3 s there may be no pause
		return false
	}
	floor, speech := sorted[len(sorted)*3/100], sorted[len(sorted)*90/100]
	return floor > noiseFloor || speech-floor < speechAbove
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
		Clipped:     r.clipped,
		Noisy:       v.profile.noisy(),
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

func (h *histogram) add(x float32) {
	m := math.Abs(float64(x))
	h.counts[min(1000, int(m*1000))]++
	if m >= 32767.0/32768 {
		h.pinned++
	}
	h.total++
}

// clipped says whether over 0.1 % of the wave is cut off at its top: it stands
// at full scale, or, where it was turned down afterwards, within 2 % of its
// highest point, and there more often than in the 8 % below, which no voice
// and no pure tone does. Sound that never comes near half of full scale is not
// asked.
func (h *histogram) clipped() bool {
	if h.pinned*1000 > h.total {
		return true
	}
	top := len(h.counts) - 1
	for top > 0 && h.counts[top] == 0 {
		top--
	}
	if top < 500 {
		return false
	}
	count := func(from, to int) (n int64) {
		for _, c := range h.counts[from:to] {
			n += c
		}
		return n
	}
	flat, below := count(top*98/100, top+1), count(top*90/100, top*98/100)
	return flat*1000 > h.total && flat > below
}

func dBFS(meanSquare float64) float64 {
	if meanSquare <= 0 {
		return level.Silent
	}
	return max(level.Silent, 10*math.Log10(meanSquare))
}
