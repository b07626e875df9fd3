package audio

// Settled is how long after it was pulled a frame of the programme counts as having
// left the card: until then an alarm may still take it back.
const Settled = settled

// Sounding yields each cue of which something has surely left the card, and how
// many frames of it: those pulled more than Settled frames ago. It may be called from
// any goroutine; yield must not call the Desk.
func (d *Desk) Sounding(yield func(id string, frames Frames)) {
	for i := range d.programme.slots {
		c := d.programme.slots[i].Load()
		if c == nil || c.ended.Load() {
			continue
		}
		if told := Frames(c.told.Load()); told > 0 {
			yield(c.id, told)
		}
	}
}
