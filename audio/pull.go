package audio

// Anchor says that device frame f leaves, or will leave, the card at the
// instant. Starts and ends are computed from the last one, so a device calls it
// before its first pull, and again when its clock has drifted or jumped.
func (d *Desk) Anchor(f Frames, at Instant) {
	origin := at.Add(-Rate.D(f))
	d.crystal.anchored(f, origin)
	d.origin.Store(int64(origin))
	d.anchored.Store(true)
}

// instant is when device frame f leaves the card; 0 while nobody knows.
func (d *Desk) instant(f Frames) Instant {
	if !d.anchored.Load() {
		return 0
	}
	return Instant(d.origin.Load()).Add(Rate.D(f))
}

// frame is the device frame nearest to the instant.
func (d *Desk) frame(at Instant) (Frames, bool) {
	if !d.anchored.Load() {
		return 0, false
	}
	return Rate.N(at.Sub(Instant(d.origin.Load()))), true
}

// Underrun counts that the card ran dry at the instant, and tells of it.
func (d *Desk) Underrun(at Instant) {
	d.tell(Event{Kind: Underrun, At: at, Underruns: d.underruns.Add(1)})
}

// Underruns is how often Underrun was called.
func (d *Desk) Underruns() int64 { return d.underruns.Load() }

// Position is the device frame that PullProgramme hands out next.
func (d *Desk) Position() Frames { return Frames(d.programme.position.Load()) }

// PullProgramme fills dst with the next frames of the programme, silence where
// there is none, and moves Position on by len(dst).
func (d *Desk) PullProgramme(dst []float32) {
	d.programme.pulled = Frames(len(dst))
	for len(dst) > 0 {
		n := min(len(dst), block)
		d.programme.pull(dst[:n])
		dst = dst[n:]
	}
}

// PullAlarmAt fills dst with the alarm's next frames, which will sound from
// device frame f on, and returns how many there are: 0 when no alarm is
// active, fewer than len(dst) when the last one ends in dst. The rest of dst is
// silence. The first pull after Raise begins with the alarm's first frame. f
// runs on from pull to pull while an alarm sounds, but for a device that finds
// the alarm later than it thought: then it jumps ahead.
func (d *Desk) PullAlarmAt(f Frames, dst []float32) int {
	n := d.alarms.pull(f, dst)
	clear(dst[n:])
	if n > 0 {
		d.tap.overlay(f, dst[:n])
	}
	return n
}

// PullAlarm is PullAlarmAt for a device that does not know better: the alarm
// begins at Position and goes on gapless from there.
func (d *Desk) PullAlarm(dst []float32) int {
	f := d.Position()
	if d.alarms.sounding {
		f = d.alarms.pos
	}
	return d.PullAlarmAt(f, dst)
}

// Pull fills dst with the sum of both buses, and moves Position on. It is for
// devices that sum both at the same frame: alarm and programme then fade across
// and stay below the ceiling together. Such a device uses no other pull.
func (d *Desk) Pull(dst []float32) {
	d.programme.pulled = Frames(len(dst))
	for len(dst) > 0 {
		n := min(len(dst), block)
		alarm := d.scratch[:d.PullAlarmAt(d.programme.pos, d.scratch[:n])]
		d.programme.pull(dst[:n])
		for i, v := range alarm {
			dst[i] += v
		}
		dst = dst[n:]
	}
}
