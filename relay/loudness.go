package relay

import (
	"math"

	"loalang/audio"
	"loalang/audio/level"
)

// Target is the loudness of everything that airs, in LUFS.
const Target = -18.0

const (
	levelStep   = int(audio.Rate) / 10 // frames between two decisions
	levelWindow = 30                   // steps that are heard together: 3 s, the short-term of EBU R 128
	levelMost   = 18.0                 // dB up or down: more would lift noise, or hide a fault
	levelDown   = 0.6                  // dB per step: 6 dB a second
	levelUp     = 0.3                  // dB per step: 3 dB a second
	levelGlide  = 0.12                 // of the distance that is left, per step
	// Steps below the first are nothing, and more than the second below the rest a
	// pause. A quiet of so many steps is no pause any more: the programme has changed.
	levelFloor = -55.0 // LUFS
	levelPause = 12.0  // LU
	levelCalm  = 40
)

// Leveller brings a running programme towards Target: slowly enough to leave speech
// its stresses, and without lifting what lies between the words. It weighs with
// BS.1770's K curve over three seconds of what is no pause, as EBU Tech 3341 has
// short-term loudness, moves its gain by at most 6 dB a second down and 3 up, holds
// it in pauses, and ends in a Limiter, which delays it by Limiter.Latency. One
// goroutine uses a Leveller; Process does not allocate.
type Leveller struct {
	weighting *level.KWeighting
	limiter   *audio.Limiter
	sum       float64
	frames    int
	powers    [levelWindow]float64 // of the last steps that were no pauses
	filled    int
	at        int
	calm      int     // steps in a row that were taken for a pause
	gain      float64 // dB, where the last step ended
	from, to  float64 // factors at both ends of the step that is under way
}

// Aired is the loudness to which a Leveller brings a programme of that many LUFS:
// Target, unless that is too far.
func Aired(lufs float64) float64 {
	return lufs + min(max(Target-lufs, -levelMost), levelMost)
}

// relayCeiling is where the peaks of a relayed programme end, in dBFS.
const relayCeiling audio.Decibels = -2

// NewLeveller is a Leveller at unity.
func NewLeveller() *Leveller {
	return &Leveller{weighting: level.NewKWeighting(int(audio.Rate)), limiter: audio.NewLimiter(relayCeiling), from: 1, to: 1}
}

// Gain is what it does now, in decibels.
func (l *Leveller) Gain() audio.Decibels { return audio.Decibels(l.gain) }

// Process levels frames in place.
func (l *Leveller) Process(frames []float32) {
	for i, x := range frames {
		k := l.weighting.Step(float64(x))
		l.sum += k * k
		frames[i] = x * float32(l.from+(l.to-l.from)*float64(l.frames)/float64(levelStep))
		if l.frames++; l.frames == levelStep {
			l.step(l.sum / float64(levelStep))
			l.sum, l.frames = 0, 0
		}
	}
	l.limiter.Process(frames)
}

// step decides on the gain of the next tenth of a second.
func (l *Leveller) step(power float64) {
	l.from = l.to
	if !l.counts(power) {
		return
	}
	l.powers[l.at] = power
	l.at = (l.at + 1) % levelWindow
	l.filled = min(l.filled+1, levelWindow)
	want := min(max(Target-level.LUFS(l.mean()), -levelMost), levelMost)
	l.gain += min(max((want-l.gain)*levelGlide, -levelDown), levelUp)
	l.to = math.Pow(10, l.gain/20)
}

// counts says whether a step is part of the programme and not a pause in it.
func (l *Leveller) counts(power float64) bool {
	lufs := level.LUFS(power)
	if !(lufs > levelFloor) {
		return false
	}
	if l.filled == 0 || lufs > level.LUFS(l.mean())-levelPause {
		l.calm = 0
		return true
	}
	if l.calm++; l.calm < levelCalm {
		return false
	}
	l.calm, l.filled, l.at = 0, 0, 0
	return true
}

func (l *Leveller) mean() float64 {
	var sum float64
	for _, p := range l.powers[:l.filled] {
		sum += p
	}
	return sum / float64(l.filled)
}
