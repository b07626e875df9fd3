package playout

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"loalang/hardware"
)

// Zone is a group of loudspeakers that is switched apart from the others.
type Zone struct {
	Name string // unique on its board
	Amp  Amp    // its relay, or what else switches it
}

// want is what somebody needs power for.
type want struct {
	zones []string // empty: all
	alarm bool     // an emergency: nobody outside its zones hears it
}

// in says whether a zone is among those wanted.
func (w want) in(zone string) bool { return len(w.zones) == 0 || slices.Contains(w.zones, zone) }

// feed is one zone and its power.
type feed struct {
	name string
	*power
}

// mains is everything that is switched: what powers all, and each zone. There is one
// programme on an Output at a time, and every zone that is on hears it: while
// emergencies sound, zones that none of them names are off, whoever wants them, and
// come back afterwards. Its methods may be called from any goroutine.
type mains struct {
	main  *power // of everything; nil: each zone has what it needs
	zones []feed
	taken func() hardware.BypassState
	moved func() // called when emergencies may be heard in other zones than before; nil: nobody asks

	order sync.Mutex // one that changes what is on at a time; locked before mu

	mu    sync.Mutex
	wants map[string]want // by holder
}

func newMains(cfg PlayerConfig, told func()) *mains {
	m := &mains{taken: cfg.Bypass, wants: map[string]want{}}
	if cfg.Amp != nil {
		m.main = newPower(cfg.Amp, cfg.Mono, cfg.Log, told)
	}
	for _, z := range cfg.Zones {
		m.zones = append(m.zones, feed{z.Name, newPower(z.Amp, cfg.Mono, cfg.Log.With("zone", z.Name), told)})
	}
	return m
}

// known keeps those of the zones asked for that there are; none of them is all: better
// heard by too many than by nobody.
func (m *mains) known(zones []string) []string {
	var kept []string
	for _, f := range m.zones {
		if slices.Contains(zones, f.name) {
			kept = append(kept, f.name)
		}
	}
	return kept
}

// hold keys what who needs; no zones: all. The error is that nothing of it is on; who
// holds it all the same, so that a later release is in order, and it is tried again.
func (m *mains) hold(who string, zones []string) error {
	return m.take(who, want{zones: m.known(zones)})
}

// holdAlarm is hold for an emergency.
func (m *mains) holdAlarm(who string, zones []string) error {
	return m.take(who, want{zones: m.known(zones), alarm: true})
}

func (m *mains) take(who string, w want) error {
	m.order.Lock()
	defer m.order.Unlock()
	m.mu.Lock()
	m.wants[who] = w
	m.mu.Unlock()
	defer m.tellMoved()
	if m.main != nil {
		if err := m.main.hold(who); err != nil {
			_ = m.apply(who) // the zones are ready when it answers again
			return err
		}
	}
	return m.apply(who)
}

// apply makes every zone what is wanted now. The error is that of the zones of who,
// when none of them went on. order is held.
func (m *mains) apply(who string) error {
	m.mu.Lock()
	wants := make(map[string]want, len(m.wants))
	for name, w := range m.wants {
		wants[name] = w
	}
	m.mu.Unlock()
	var faults []error
	tried := 0
	for _, f := range m.zones {
		if !open(wants, f.name) {
			f.cut()
			continue
		}
		for name, w := range wants {
			if !w.in(f.name) || name != who && f.holds(name) {
				continue
			}
			err := f.hold(name)
			if name != who {
				continue
			}
			if tried++; err != nil {
				faults = append(faults, fmt.Errorf("zone %s: %w", f.name, err))
			}
		}
	}
	if tried == 0 || len(faults) < tried {
		return nil
	}
	return errors.Join(faults...)
}

// open says whether a zone may be on.
func open(wants map[string]want, zone string) bool {
	alarmed := false
	for _, w := range wants {
		if w.alarm && w.in(zone) {
			return true
		}
		alarmed = alarmed || w.alarm
	}
	return !alarmed
}

// alarms says whether an emergency for some zones, none for all, is meant to be heard in a
// zone; no zone: in any. So is one for others while another has this one on.
func (m *mains) alarms(zone string, zones []string) bool {
	if zone == "" || (want{zones: m.known(zones)}).in(zone) {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.wants {
		if w.alarm && w.in(zone) {
			return true
		}
	}
	return false
}

// constant says whether nothing can be switched off: each relay is simulated, or what it
// powers is on by itself.
func (m *mains) constant() bool {
	if m.main != nil && switches(m.main.amp.State()) {
		return false
	}
	return !slices.ContainsFunc(m.zones, func(f feed) bool { return switches(f.amp.State()) })
}

func switches(s hardware.AmpState) bool { return !s.Simulated && !s.Optional }

// release lets go of who's hold. What nobody else needs goes off after its tail.
func (m *mains) release(who string) {
	m.order.Lock()
	defer m.order.Unlock()
	m.mu.Lock()
	_, held := m.wants[who]
	delete(m.wants, who)
	m.mu.Unlock()
	if !held {
		return
	}
	if m.main != nil {
		m.main.release(who)
	}
	for _, f := range m.zones {
		f.release(who)
	}
	_ = m.apply("") // each that comes back tells of its own faults
	m.tellMoved()
}

func (m *mains) tellMoved() {
	if m.moved != nil {
		m.moved()
	}
}

// renew keys again for who, if they still hold it.
func (m *mains) renew(who string) {
	m.order.Lock()
	defer m.order.Unlock()
	if m.main != nil {
		m.main.renew(who)
	}
	for _, f := range m.zones {
		f.renew(who) // does nothing where who was cut
	}
}

// off switches off whoever holds it: the last thing a Player does.
func (m *mains) off() {
	m.order.Lock()
	defer m.order.Unlock()
	m.mu.Lock()
	clear(m.wants)
	m.mu.Unlock()
	for _, f := range m.zones {
		f.off()
	}
	if m.main != nil {
		m.main.off()
	}
}

// held says whether anybody needs power.
func (m *mains) held() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.wants) > 0
}

// settling is how long it takes from now on until sound is safe everywhere.
func (m *mains) settling() time.Duration {
	wait := time.Duration(0)
	if m.main != nil {
		wait = m.main.settling()
	}
	for _, f := range m.zones {
		wait = max(wait, f.settling())
	}
	return wait
}

// soonest is settling, but that zones are not waited for that must stay off longer than
// others: they join in.
func (m *mains) soonest() time.Duration {
	rest, wait := m.resting(nil), time.Duration(0)
	if m.main != nil {
		wait = m.main.settling()
	}
	for _, f := range m.zones {
		if restOf(f.amp.State()) <= rest {
			wait = max(wait, f.settling())
		}
	}
	return wait
}

// readiness is how long it takes from now on until sound is safe in those zones, of what is
// on or is switched on now, and how long all of it must stay off still; no zones: all. A zone
// that must stay off for longer than others joins in, as one does that does not answer.
func (m *mains) readiness(zones []string) (settle, resting time.Duration) {
	resting = m.resting(zones)
	if m.main != nil {
		settle = m.main.unsettled()
	}
	for _, f := range m.answering(zones) {
		if restOf(f.amp.State()) <= resting {
			settle = max(settle, f.unsettled())
		}
	}
	return settle, resting
}

// joining is how long it takes from now on until a zone tells what a programme gives. Of one
// that does not answer, and of one that is not there, nothing is waited for.
func (m *mains) joining(zone string) time.Duration {
	for _, f := range m.zones {
		if s := f.amp.State(); f.name == zone && (s.Fault == "" || live(s)) {
			return f.unsettled() + restOf(s)
		}
	}
	return 0
}

// answering are those of the zones, none for all, that answer as far as anybody knows; all of
// them when none does.
func (m *mains) answering(zones []string) []feed {
	w := want{zones: m.known(zones)}
	var well, ill []feed
	for _, f := range m.zones {
		switch s := f.amp.State(); {
		case !w.in(f.name):
		case s.Fault != "" && !live(s):
			ill = append(ill, f) // that it need not rest does not say that it will be on
		default:
			well = append(well, f)
		}
	}
	if len(well) == 0 {
		return ill
	}
	return well
}

// resting is how long nothing of those zones, none for all, can be on since it must stay
// off still: one zone that rests holds nothing back where another is on, or can be.
func (m *mains) resting(zones []string) (rest time.Duration) {
	for i, f := range m.answering(zones) {
		if r := restOf(f.amp.State()); i == 0 || r < rest {
			rest = r
		}
	}
	if m.main != nil {
		rest = max(rest, restOf(m.main.amp.State()))
	}
	return rest
}

// rest is how long something that can be switched must stay off still; 0: all of it can be on.
func (m *mains) rest() (rest time.Duration) {
	feeds := m.zones
	if m.main != nil {
		feeds = append([]feed{{power: m.main}}, feeds...)
	}
	for _, f := range feeds {
		if s := f.amp.State(); s.Fault == "" || s.Trouble == hardware.TroubleGuard { // else that is told, and waited for by nobody
			rest = max(rest, restOf(s))
		}
	}
	return rest
}

// restOf is how long an amplifier must stay off still; one that is heard anyhow need not.
func restOf(s hardware.AmpState) time.Duration {
	if live(s) {
		return 0
	}
	return s.Resting
}

// bypass is whether the amplifier is on its own microphone.
func (m *mains) bypass() hardware.BypassState {
	if m.taken == nil {
		return hardware.BypassState{}
	}
	return m.taken()
}

// state is everything that is switched, at a glance: the longest settle and tail of
// any, and the first fault, with the name of its zone.
func (m *mains) state() hardware.AmpState {
	var s hardware.AmpState
	if m.main != nil {
		s = m.main.amp.State()
	}
	for i, f := range m.zones {
		z := f.amp.State()
		s.Zones = append(s.Zones, hardware.ZoneState{Name: f.name, AmpState: z})
		if m.main == nil {
			s.Keyed = s.Keyed || z.Keyed
			s.Simulated = z.Simulated && (i == 0 || s.Simulated)
			s.Optional = z.Optional && (i == 0 || s.Optional)
			if i == 0 || z.Turned > s.Turned { // Since may have stepped between two of them
				s.Since, s.Turned = z.Since, z.Turned
			}
		}
		s.Settle, s.Tail, s.Resting = max(s.Settle, z.Settle), max(s.Tail, z.Tail), max(s.Resting, z.Resting)
		s.Missing = s.Missing || z.Missing
		if s.Fault == "" && z.Fault != "" {
			s.Trouble, s.Fault = z.Trouble, f.name+": "+z.Fault
		}
	}
	s.Bypass = m.bypass()
	return s
}
