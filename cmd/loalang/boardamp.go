package main

import (
	"errors"
	"sync"

	"loalang/hardware"
	"loalang/playout"
)

// amplifier is everything that is switched on a board.
type amplifier struct {
	main   *hardware.Relay // of everything; nil: each zone has all it needs
	zones  []playout.Zone
	relays []*hardware.Relay // all of them, also main
	bypass *hardware.Bypass  // nil: nothing senses it
}

// openAmplifier takes what is switched, as far as it can be had: the board goes on
// without the rest, which is asked for again.
func (b *board) openAmplifier() *amplifier {
	s := b.settings
	cfg := hardware.AmpConfig{
		Settle: s.Settle, Tail: s.Tail, MaxOn: s.Amp.MaxOn, MinOff: s.Amp.MinOff, Fresh: b.freshAmp(), Optional: s.Amp.Optional,
		Now: b.clock.Now, Mono: monotonic,
	}
	rack := s.Amp.rack()
	a := &amplifier{}
	open := func(what string, sw hardware.Switch) *hardware.Relay {
		relay := rack.Relay(sw, cfg)
		if state := relay.State(); state.Fault != "" {
			b.log.Error("the amplifier cannot be switched yet and is tried again", "what", what, "switch", sw.String(), "err", state.Fault)
		}
		a.relays = append(a.relays, relay)
		return relay
	}
	switch {
	case s.Amp.Main != nil:
		a.main = open("amplifier", *s.Amp.Main)
	case len(s.Amp.Zones) == 0:
		a.main = open("amplifier", hardware.Switch{Simulated: true, Settle: -1, Tail: -1})
	}
	for _, z := range s.Amp.Zones {
		a.zones = append(a.zones, playout.Zone{Name: z.Name, Amp: open("zone "+z.Name, z.Switch)})
	}
	if in := s.Amp.Bypass; in != nil {
		a.bypass = hardware.NewBypass(hardware.BypassConfig{
			Open: func() (hardware.Input, error) { return rack.GPIO.RequestSense(in.Chip, in.Line, in.ActiveLow) },
			Now:  b.clock.Now, Mono: monotonic, Changed: func() { b.player.Reswitched() }, Beat: b.pulse.Loop("bypass", loopPatience), Log: b.log,
		})
	}
	return a
}

// amp is what powers everything, as the Player takes it.
func (a *amplifier) amp() playout.Amp {
	if a.main == nil {
		return nil
	}
	return a.main
}

// sensed is the state of the bypass.
func (a *amplifier) sensed() hardware.BypassState {
	if a.bypass == nil {
		return hardware.BypassState{}
	}
	return a.bypass.State()
}

// ask asks everything that is switched how it is, and comes back once all have answered.
func (a *amplifier) ask() {
	for _, r := range a.relays {
		r.Await()
	}
}

// Close switches everything off for good, all at once: a device that is sent commands
// takes its time for each.
func (a *amplifier) Close() error {
	faults := make([]error, len(a.relays))
	var closing sync.WaitGroup
	for i, r := range a.relays {
		closing.Go(func() { faults[i] = r.Close() })
	}
	closing.Wait()
	return errors.Join(faults...)
}
