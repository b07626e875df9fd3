package speaker

import (
	"fmt"
	"time"

	"loalang/audio"
)

const (
	// clockReads is how many reads the line is drawn through.
	clockReads = 256
	// settleReads is how many reads decide whether a late one left a step.
	settleReads = 16
	// noticed is how long after the end of a period even the promptest read
	// comes: two threads wake one after the other. Measured at real-time
	// priority on a ruler card: 0.05 to 0.13 ms.
	noticed = 90 * time.Microsecond
	// onTime is how late a read may come and still be called punctual.
	onTime = 250 * time.Microsecond
	// maxDrift bounds the slope of the line: no card's crystal is worse.
	maxDrift = 300e-6
	// rateWindow is the span over which the rate is judged to 1 %.
	rateWindow = 5 * time.Second
	// grossWindow is the span over which it is judged to 20 %.
	grossWindow = time.Second
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

	late     int           // reads since one came late; 0: none did
	latePeak time.Duration // how late the latest of them came
	lateJump time.Duration // the most that one came later than the read before it
	lateMin  audio.Instant // lowest of the line since
	before   audio.Instant // where the line was expected then

	gross, fine rateCheck
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
	return &frameClock{
		ring: r, calibration: calibration,
		gross: rateCheck{span: grossWindow, tolerance: 0.2},
		fine:  rateCheck{span: rateWindow, tolerance: 0.01},
	}
}

// read notes that n frames were asked for at now. The error is ErrRate.
func (c *frameClock) read(now audio.Instant, n audio.Frames) (reading, error) {
	r := reading{First: c.frames}
	point := now.Add(-audio.Rate.D(c.frames))
	c.judge(point, &r)
	c.line[c.reads%clockReads] = point
	c.reads++
	c.valid = min(c.valid+1, clockReads)
	r.Leaves = c.expected().Add(audio.Rate.D(c.frames) + c.latency())
	c.frames += n
	for _, check := range []*rateCheck{&c.gross, &c.fine} {
		if err := check.read(now, c.frames, r.Lost); err != nil {
			return r, err
		}
	}
	return r, nil
}

// latency is the time from reading a frame to its leaving the card.
func (c *frameClock) latency() time.Duration {
	return audio.Rate.D(c.ring.Period+c.ring.Buffer) - noticed + c.calibration
}

// judge tells a read that was merely noticed late from a card that ran dry:
// after that, every read is late by as much as was lost.
func (c *frameClock) judge(point audio.Instant, r *reading) {
	if c.valid < settleReads {
		return
	}
	expected := c.expected()
	lateness := point.Sub(expected)
	if c.late == 0 {
		if lateness <= onTime {
			return
		}
		c.latePeak, c.lateJump, c.lateMin, c.before = 0, 0, point, expected
	}
	c.late++
	c.latePeak = max(c.latePeak, lateness)
	c.lateJump = max(c.lateJump, point.Sub(c.line[(c.reads-1+clockReads)%clockReads]))
	c.lateMin = min(c.lateMin, point)
	if c.lateMin.Sub(c.before) <= onTime {
		c.late = 0 // back on the line; a peak beyond the buffer ran dry all the same
		if c.latePeak > audio.Rate.D(c.ring.Buffer) {
			r.RanDry = true
		}
		return
	}
	if c.late < settleReads {
		return
	}
	step := c.lateMin.Sub(c.before)
	c.late = 0
	// A hole comes with a read that is late by a period all at once. What grows
	// from read to read is the card's own time, and rateCheck judges that.
	if c.lateJump >= audio.Rate.D(c.ring.Period)*9/10 {
		r.RanDry, r.Lost = true, step
	}
	c.restart(c.lateMin)
}

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

// rateCheck counts frames over spans of time.
type rateCheck struct {
	span      time.Duration
	tolerance float64 // fraction of the rate

	began  audio.Instant
	frames audio.Frames
	lost   time.Duration
}

// read judges a span when one is over. What was lost to a card that ran dry has
// its own count and does not make the rate wrong.
func (c *rateCheck) read(now audio.Instant, frames audio.Frames, lost time.Duration) error {
	if c.began == 0 {
		c.began, c.frames = now, frames
		return nil
	}
	c.lost += lost
	spent := now.Sub(c.began) - c.lost
	taken := frames - c.frames
	if tooFast := float64(taken) > 2*float64(audio.Rate.N(c.span)); spent < c.span && !tooFast {
		return nil
	}
	rate := float64(taken) / max(spent.Seconds(), 1e-3)
	c.began, c.frames, c.lost = now, frames, 0
	if off := rate/float64(audio.Rate) - 1; off > c.tolerance || off < -c.tolerance {
		return fmt.Errorf("%w: it takes %.0f frames a second instead of %d", ErrRate, rate, audio.Rate)
	}
	return nil
}
