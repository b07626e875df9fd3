package hardware

import "time"

const (
	// drift is by how much the kernel lets its largest error grow in a second, since
	// the clock was last corrected.
	drift = 500 * time.Microsecond
	// leastStep is the least step that people are told of: NTP steps by more than
	// an eighth of a second, and a second is what a listener may notice.
	leastStep = time.Second
)

// corrected notes when the kernel's clock was last put right: at the beginning
// that follows from how far its largest error has grown, later from that it
// became less. mu is held.
func (c *Clock) corrected(wall time.Time, boot, within time.Duration) {
	switch {
	case c.within == 0: // the first look, or synchronised only now
		ago := min(time.Duration(float64(within)/float64(drift)*float64(time.Second)), boot)
		if c.state == Synced || c.state == "" {
			c.memory.Vouched, c.memory.VouchedBoot = wall.Add(-ago).UTC(), boot-ago
		} else {
			c.memory.Vouched, c.memory.VouchedBoot = wall.UTC(), boot
		}
	case within < c.within:
		c.memory.Vouched, c.memory.VouchedBoot = wall.UTC(), boot
	}
	c.memory.VouchedBy = ""
	c.within = max(within, 1)
}

// vouched fills in who vouched last for the time and how long ago that is. While
// the clock is unknown that is the least it can be.
func (m *clockMemory) vouched(s *ClockState, boot time.Duration, now time.Time) {
	s.Vouched, s.VouchedBy, s.Stepped, s.SteppedAt = m.Vouched, m.VouchedBy, m.Stepped, m.SteppedAt
	switch {
	case m.Vouched.IsZero():
	case m.VouchedBoot != 0:
		s.Age = max(0, boot-m.VouchedBoot)
	default:
		s.Age = max(0, now.Sub(m.Vouched))
	}
}

// stepped notes a step of the believed time.
func (m *clockMemory) stepped(by time.Duration, now time.Time) {
	if by.Abs() >= leastStep {
		m.Stepped, m.SteppedAt = by, now.UTC()
	}
}

// Slept is how long the machine was suspended since the Clock was opened. What was
// due meanwhile nobody could air, and what sounded stood still.
func (c *Clock) Slept() time.Duration {
	_, mono, boot := c.cfg.Kernel.Read()
	return max(0, boot-mono-c.awake).Truncate(time.Millisecond) // the clocks are read one after the other
}
