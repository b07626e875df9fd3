package playout

import "slices"

// What of the mains is on.

// keyed are the zones that are on, and whether anything is. Without zones there are
// none to name.
func (m *mains) keyed() (zones []string, on bool) {
	if m.main != nil && !m.main.powered() {
		return nil, false
	}
	if len(m.zones) == 0 {
		return nil, true
	}
	for _, f := range m.zones {
		if f.powered() {
			zones = append(zones, f.name)
		}
	}
	return zones, len(zones) > 0
}

// live says whether anything is on.
func (m *mains) live() bool {
	_, on := m.keyed()
	return on
}

// hot says whether anything can be heard of the board, be it meant to or not.
func (m *mains) hot() bool {
	if m.main != nil {
		return hot(m.main.amp.State())
	}
	return slices.ContainsFunc(m.zones, func(f feed) bool { return hot(f.amp.State()) })
}

// powered says whether who is heard anywhere they want to be.
func (m *mains) powered(who string) bool {
	zones, on := m.keyed()
	if !on || len(m.zones) == 0 {
		return on
	}
	m.mu.Lock()
	w := m.wants[who]
	m.mu.Unlock()
	return slices.ContainsFunc(zones, w.in)
}

// failing is what is off though who holds it: everything, or some zones, or nothing.
func (m *mains) failing(who string) (all bool, zones []string) {
	if m.main != nil && m.main.failing() != nil {
		return true, nil
	}
	m.mu.Lock()
	w := m.wants[who]
	m.mu.Unlock()
	for _, f := range m.zones {
		if f.failing() != nil && w.in(f.name) {
			zones = append(zones, f.name)
		}
	}
	return len(zones) > 0 && !m.powered(who), zones
}
