package audio

const (
	// ceiling is the amplitude that nothing exceeds when it leaves the Desk.
	ceiling Decibels = -1

	lookAhead    = 96 // frames; 2 ms
	limiterSpan  = lookAhead + 1
	limiterUnity = int64(1) << 30
	// releaseShift gives the gain a time constant of 2^12 frames, 85 ms, on its
	// way back.
	releaseShift = 12
)

// Limiter keeps a stream at or below a ceiling. It looks 2 ms ahead: the gain
// needed by a peak is held over the look-ahead (running minimum), released
// exponentially, and smoothed by a moving average of the same length, so that
// it has come down before the peak arrives and never exceeds what the peak
// needs. Gains are integers: their sum is exact, and a stream that stays below
// the ceiling passes bit for bit, LatencyFrames later.
//
// It is the classic look-ahead design (U. Zölzer, DAFX, "Dynamic range
// control"). One goroutine uses a Limiter; Process does not allocate.
type Limiter struct {
	top   float32
	delay [limiterSpan]float32 // frames not yet put out
	held  [limiterSpan]int64   // gains in the moving average
	sum   int64                // of held
	at    int                  // next index of delay and held
	gain  int64                // after release

	// The running minimum: a queue of falling candidates with their ages.
	queue       [limiterSpan]candidate
	head, count int
	now         int64
}

type candidate struct {
	at   int64
	gain int64
}

// NewLimiter is a Limiter with the given ceiling, at most 0.
func NewLimiter(ceiling Decibels) *Limiter {
	l := &Limiter{top: min(ceiling, 0).Factor(), gain: limiterUnity, sum: limiterUnity * limiterSpan}
	for i := range l.held {
		l.held[i] = limiterUnity
	}
	return l
}

// Latency is by how many frames what comes out lags behind what goes in.
func (l *Limiter) Latency() Frames { return lookAhead }

// Process limits frames in place. What comes out is the stream of earlier
// calls and this one, delayed by Latency. Frames that are no numbers count as
// silence.
func (l *Limiter) Process(frames []float32) {
	for i, v := range frames {
		need := limiterUnity
		if !(v <= l.top && v >= -l.top) {
			v, need = l.tame(v)
		}
		frames[i] = l.step(v, need)
	}
}

// tame gives the gain that brings v to the ceiling.
func (l *Limiter) tame(v float32) (float32, int64) {
	if v != v {
		return 0, limiterUnity
	}
	v = min(max(v, -1e6), 1e6) // infinite is a programmer's error; it must not poison the average
	amplitude := max(v, -v)
	return v, int64(float64(l.top) / float64(amplitude) * float64(limiterUnity))
}

func (l *Limiter) step(v float32, need int64) float32 {
	target := l.minimum(need)
	if target <= l.gain {
		l.gain = target
	} else {
		l.gain += min(target-l.gain, (limiterUnity-l.gain)>>releaseShift+1)
	}
	l.sum += l.gain - l.held[l.at]
	l.held[l.at] = l.gain
	l.delay[l.at] = v
	l.at++
	if l.at == limiterSpan {
		l.at = 0
	}
	out := l.delay[l.at] // the oldest: lookAhead frames ago
	if l.sum == limiterUnity*limiterSpan {
		return out
	}
	out *= float32(float64(l.sum/limiterSpan) / float64(limiterUnity))
	return min(max(out, -l.top), l.top) // float32 may round up by one step
}

// minimum is the least need of the last limiterSpan frames, with the monotonic
// queue of Lemire, "Streaming maximum-minimum filter" (2006).
func (l *Limiter) minimum(need int64) int64 {
	l.now++
	if l.count > 0 && l.queue[l.head].at <= l.now-limiterSpan {
		l.head = (l.head + 1) % limiterSpan
		l.count--
	}
	if need == limiterUnity && l.count == 0 {
		return limiterUnity // nothing to remember: the common case
	}
	for l.count > 0 && l.queue[(l.head+l.count-1)%limiterSpan].gain >= need {
		l.count--
	}
	l.queue[(l.head+l.count)%limiterSpan] = candidate{at: l.now, gain: need}
	l.count++
	return l.queue[l.head].gain
}
