package speaker

import (
	"fmt"
	"time"

	"loalang/audio"
)

const (
	// clockReads is how many reads the line is drawn through.
	clockReads = 256
	// settleReads is how many reads at most decide whether a late one left a step,
	// settleLeast how many at least, and settleSpan how long they take with periods in
	// between: after that starts are exact again.
	settleReads = 16
	settleLeast = 3
	settleSpan  = 80 * time.Millisecond
	// noticed is how long after the end of a period even the promptest read
	// comes: two threads wake one after the other. Measured at real-time
	// priority on a ruler card: 0.05 to 0.13 ms.
	noticed = 90 * time.Microsecond
	// onTime is how late a read may come and still be called punctual.
	onTime = 250 * time.Microsecond
	// maxDrift bounds the slope of the line: no card's crystal is worse.
	maxDrift = 300e-6
	// rateSpan is the span over which the rate is judged, to one part in
	// rateTolerance.
	rateSpan      = 5 * time.Second
	rateTolerance = 100
)

// frameClock maps frames to the instants at which they leave the card, knowing
// only when each read came. A card reads one period whenever one has been
// played, so (instant - frames/rate) is a constant plus how late each read was
// noticed: the lower envelope of recent reads is the card's own time. A frame
// that is read now leaves the card behind the player's period and the card's
// buffer, less the time it took to notice.
//
// Not safe for use by several goroutines.
type frameClock struct {
	ring        ring
	calibration time.Duration

	frames audio.Frames // read so far
	reads  int
	line   [clockReads]audio.Instant // now - frames/rate, by read modulo clockReads
	valid  int                       // reads since the line was last thrown away

	late      int           // reads since one came late; 0: none did
	latePeak  time.Duration // how late the latest of them came
	lateHoles int           // how many of them came a period later than the one before
	lateMin   audio.Instant // lowest of the line since
	holesTill int           // lateHoles when that was
	last      audio.Instant // the line at the read before
	before    audio.Instant // where the line was expected then

	rate rateCheck
}

// reading is what a read told.
type reading struct {
	// First is the number of the first frame of this read.
	First audio.Frames
	// Leaves is when that frame leaves the card.
	Leaves audio.Instant
	// RanDry is true when the card ran dry, however shortly.
	RanDry bool
	// Lost is how long it then was without sound; zero when too short to see.
	Lost time.Duration
}

func newFrameClock(r ring, calibration time.Duration) *frameClock {
	return &frameClock{ring: r, calibration: calibration}
}

// read notes that n frames were asked for at now. The error is ErrRate.
func (c *frameClock) read(now audio.Instant, n audio.Frames) (reading, error) {
	r := reading{First: c.frames}
	point := now.Add(-audio.Rate.D(c.frames))
	c.judge(point, &r)
	c.last = point
	c.line[c.reads%clockReads] = point
	c.reads++
	c.valid = min(c.valid+1, clockReads)
	line := c.expected()
	r.Leaves = line.Add(audio.Rate.D(c.frames) + c.latency())
	c.frames += n
	if c.reads < settleReads {
		return r, nil
	}
	return r, c.rate.read(now, line, r.Lost)
}

// latency is the time from reading a frame to its leaving the card.
func (c *frameClock) latency() time.Duration {
	return audio.Rate.D(c.ring.Period+c.ring.Buffer) - noticed + c.calibration
}

// judge tells a read that was merely noticed late from a card that ran dry:
// after that, every read is late by as much as was lost.
func (c *frameClock) judge(point audio.Instant, r *reading) {
	if c.reads < 2 {
		return // what is read ahead of the card has no pace yet
	}
	expected := c.expected()
	lateness := point.Sub(expected)
	if c.late == 0 {
		if lateness <= onTime {
			return
		}
		c.suspect(point, expected, 0)
	}
	c.late++
	c.latePeak = max(c.latePeak, lateness)
	if point.Sub(c.last) >= c.period()*9/10 {
		c.lateHoles++
	}
	if point <= c.lateMin {
		c.lateMin, c.holesTill = point, c.lateHoles
	}
	switch {
	case c.lateMin.Sub(c.before) <= onTime:
		c.late = 0 // back on the line; a peak beyond the buffer ran dry all the same
		r.RanDry = r.RanDry || c.latePeak > audio.Rate.D(c.ring.Buffer)
	case c.late >= c.settle():
		c.convict(point, r)
	}
}

// suspect begins to judge late reads. holes came before the first of them.
func (c *frameClock) suspect(point, expected audio.Instant, holes int) {
	c.late, c.latePeak, c.lateHoles = 0, 0, holes
	c.lateMin, c.holesTill, c.before = point, holes, expected
}

// convict moves the line to where the late reads say that it is now.
func (c *frameClock) convict(point audio.Instant, r *reading) {
	step := c.lateMin.Sub(c.before)
	// A hole comes with a read that is late by a period all at once. It is one of
	// whole periods, for which the player had nothing, or comes behind a read so
	// late that the card was empty. What grows from read to read is the card's
	// own time, and rateCheck judges that; all the rest is a slow machine.
	whole := step >= c.period()*9/10
	if c.lateHoles > 0 && (whole || c.latePeak > audio.Rate.D(c.ring.Buffer)) {
		r.RanDry = true
		if c.lateHoles <= c.holes() {
			r.Lost += step
		}
	}
	late, behind := point.Sub(c.lateMin), c.lateHoles-c.holesTill
	c.restart(c.lateMin)
	c.late = 0
	if late > onTime { // there was another hole behind the first
		c.suspect(point, c.lateMin, behind)
		c.late, c.latePeak = 1, late
	}
}

func (c *frameClock) period() time.Duration { return audio.Rate.D(c.ring.Period) }

// settle is how many reads decide whether a late one left a step.
func (c *frameClock) settle() int {
	return max(settleLeast, min(int(settleSpan/max(c.period(), 1)), settleReads))
}

// holes is how many of those may come late by a period all at once while the card
// runs dry. More, and its rate is judged as well: a card that is simply too slow does
// the same.
func (c *frameClock) holes() int { return max(2, c.settle()/2) }

// restart throws the line away but for one point.
func (c *frameClock) restart(point audio.Instant) {
	c.line[c.reads%clockReads] = point
	c.reads++
	c.valid = 1
}

// expected is where the lower envelope of the reads is now. While a late read
// is being judged it is where it was.
func (c *frameClock) expected() audio.Instant {
	if c.late > 0 {
		return c.before
	}
	newer, newerAt := c.lowest(0, c.valid/2)
	older, olderAt := c.lowest(c.valid/2, c.valid)
	if c.valid < clockReads/4 {
		return min(newer, older)
	}
	// Lines are drawn through the lowest point of each half: reads are late,
	// never early.
	perRead := float64(newer-older) / float64(olderAt-newerAt)
	most := maxDrift * float64(audio.Rate.D(c.ring.Period))
	perRead = max(-most, min(most, perRead))
	return newer + audio.Instant(perRead*float64(newerAt))
}

// lowest is the lowest point among the reads that are from and up to (but not
// including) to reads ago, and how many reads ago it was.
func (c *frameClock) lowest(from, to int) (audio.Instant, int) {
	best, at := audio.Instant(1<<63-1), 0
	for ago := from; ago < to || ago == from; ago++ {
		point := c.line[(c.reads-1-ago+clockReads)%clockReads]
		if point < best {
			best, at = point, ago
		}
	}
	return best, at
}

// rateCheck watches how far the line of the reads drifts over spans of time: a
// card that takes 1 % too few frames moves it by 1 % of the time.
type rateCheck struct {
	began audio.Instant
	line  audio.Instant
	lost  time.Duration
}

// read judges the line at now. What was lost to a card that ran dry has its own
// count and does not make the rate wrong.
func (c *rateCheck) read(now, line audio.Instant, lost time.Duration) error {
	if c.began == 0 || now.Sub(c.began) > rateSpan {
		*c = rateCheck{began: now, line: line}
		return nil
	}
	c.lost += lost
	drift := line.Sub(c.line) - c.lost
	if drift.Abs() <= rateSpan/rateTolerance {
		return nil
	}
	spent := max(now.Sub(c.began), time.Millisecond)
	rate := max(0, float64(audio.Rate)*(1-drift.Seconds()/spent.Seconds()))
	return fmt.Errorf("%w: it takes %.0f frames a second instead of %d", ErrRate, rate, audio.Rate)
}
