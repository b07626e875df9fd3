package proof

import "math"

const (
	// windowHops is how much is compared at a time, 4 s, longHops what must be bad for an
	// alarm, 8 s, stepHops how far apart windows begin, and shortHops the shortest of
	// which anything is said, 3 s.
	windowHops, longHops, stepHops, shortHops = 200, 400, 50, 150
	// leastLag and mostLag bound how much later than it was sent something is heard:
	// −0.3 s, for what was sent is known of 0.1 s late, to 2.5 s.
	leastLag, mostLag = -15, 125
	// follow is how far a lag may wander from window to window, 80 ms.
	follow = 4
	// top is how many dB below its loudest a band counts; under floor nothing does.
	top, floor = 35, -75
	// moves is the deviation in dB from which on a band that was sent can be looked for,
	// and stirs that under which a band that was heard stands still, as of silence or hum.
	moves, stirs = 3, 1
	// active is the part of its loudest power above which what was sent counts for the
	// level, −15 dB.
	active = 0.0316
)

// strip is one band of a window: what it deviates from its mean, and its deviation.
type strip struct {
	dB        [longHops]float32
	deviation float32
}

// take fills s from a band of a Track. What nobody knows is like what was before it.
func (s *strip) take(t *Track, at int64, n, band int) {
	loudest, last := float32(math.Inf(-1)), float32(Nothing)
	for i := range n {
		if f := t.at(at + int64(i)); f.known() {
			last = f.band[band]
		}
		s.dB[i] = last
		loudest = max(loudest, last)
	}
	least := max(loudest-top, floor)
	var sum float32
	for i, v := range s.dB[:n] {
		v = max(v, least)
		s.dB[i] = v
		sum += v
	}
	mean := sum / float32(n)
	var power float32
	for i, v := range s.dB[:n] {
		v -= mean
		s.dB[i] = v
		power += v * v
	}
	s.deviation = float32(math.Sqrt(float64(power / float32(n))))
}

// matcher compares windows; it is kept so that nothing is allocated.
type matcher struct {
	sent  [Bands]strip
	heard strip
}

// match is what a window says.
type match struct {
	score       float64 // −1 to 1, the best of the lags
	lag         int64   // hops
	level, sent float64 // dB of full scale, of what was heard and of what was sent while that was loud
	fader       float64 // dB, at which the volume control stood meanwhile; NaN: as at the calibration
}

// load prepares what was sent in [at, at+n). It says false when that holds nothing to
// look for.
func (m *matcher) load(sent *Track, at int64, n int) bool {
	there := false
	for b := range m.sent {
		m.sent[b].take(sent, at, n, b)
		there = there || m.sent[b].deviation >= moves
	}
	return there
}

// score is the mean over the bands of Pearson's correlation between what is loaded and
// what was heard from a hop on.
func (m *matcher) score(heard *Track, at int64, n int) float64 {
	var sum float64
	bands := 0
	for b := range m.sent {
		s := &m.sent[b]
		if s.deviation < moves {
			continue
		}
		bands++
		m.heard.take(heard, at, n, b)
		if m.heard.deviation < stirs {
			continue
		}
		var product float32
		for i, v := range s.dB[:n] {
			product += v * m.heard.dB[i]
		}
		sum += float64(product / (float32(n) * s.deviation * m.heard.deviation))
	}
	return sum / float64(max(1, bands))
}

// best compares what is loaded at every lag in [from, to].
func (m *matcher) best(sent, heard *Track, w stretch, from, to int64) match {
	found := match{score: -1, lag: from}
	for lag := from; lag <= to; lag++ {
		if v := m.score(heard, w.at+lag, w.n); v > found.score {
			found.score, found.lag = v, lag
		}
	}
	found.level, found.sent, found.fader = levels(sent, heard, w.at, w.n, found.lag)
	return found
}

// levels are the mean powers of both while what was sent is loud, and where the volume
// control stood behind it, weighed by what went through.
func levels(sent, heard *Track, at int64, n int, lag int64) (level, given, fader float64) {
	var loudest float32
	for i := range int64(n) {
		loudest = max(loudest, sent.at(at+i).power)
	}
	least := loudest * active
	var a, b, through float64
	count := 0
	for i := range int64(n) {
		f, g := sent.at(at+i), heard.at(at+lag+i)
		if f.known() && g.known() && f.power >= least {
			a, b, count = a+float64(g.power), b+float64(f.power), count+1
			through += float64(f.power) * math.Pow(10, float64(f.fader)/10)
		}
	}
	if b > 0 {
		fader = 10 * math.Log10(through/b)
	}
	return decibels(a, count), decibels(b, count), fader
}

func decibels(power float64, count int) float64 {
	if count == 0 {
		return Nothing
	}
	return max(Nothing, 10*math.Log10(power/float64(count)+1e-12))
}

// whole says whether enough of [at, at+n) is known: nine tenths.
func whole(t *Track, at int64, n int) bool {
	gaps := 0
	for i := range int64(n) {
		if !t.at(at + i).known() {
			gaps++
		}
	}
	return gaps*10 <= n
}
