package playout

import "loalang/hardware"

// Tried is what would keep a press from raising what it is set to raise, as one of the Drill
// faults; empty: nothing. s is how the button stands. It asks memory alone, and may be called
// from any goroutine.
func (b *PanicButton) Tried(s hardware.ButtonState) string {
	action := b.cfg.Action()
	switch {
	case s.Fault != "":
		return DrillUnread
	case s.Stuck:
		return DrillHeld
	case action.Deed == ButtonNothing:
		return DrillIdle
	case action.Deed != ButtonMessage:
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.texts.Find(action.Message); !known {
		return DrillNoMessage
	}
	return ""
}

// tryButton asks whether a press of the panic button would raise an emergency.
func (p *Player) tryButton(d *drill) {
	if p.cfg.Button == nil {
		return
	}
	fault := p.cfg.Button()
	p.step(d, DrillStep{Code: StepButton, OK: fault == "", Fault: fault}, 0)
}
