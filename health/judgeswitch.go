package health

import "strings"

// troubleCodes are the codes of a trouble, of the amplifier and of zones. What is not
// among them is said as an answer that does not come.
var troubleCodes = map[string]struct{ amplifier, zones Code }{
	"busy":   {AmplifierBusy, ZonesBusy},
	"absent": {AmplifierAbsent, ZonesAbsent},
	"denied": {AmplifierDenied, ZonesDenied},
	"mute":   {AmplifierMute, ZonesMute},
	"guard":  {AmplifierGuard, ZonesGuard},
}

// judgeSwitches are the findings of the amplifier, and where there are such, of its zones
// and of its own microphone.
func judgeSwitches(s *AmplifierState, l Limits) []Finding {
	if s == nil {
		return []Finding{find(Amplifier, Unmeasured, AmplifierUnknown)}
	}
	all := []Finding{judgeAmplifier(s, l)}
	if len(s.Zones) > 0 {
		all = append(all, judgeZones(s, l))
	}
	if s.Bypass != nil {
		all = append(all, judgeBypass(s.Bypass, l))
	}
	return all
}

func judgeAmplifier(s *AmplifierState, l Limits) Finding {
	if s.ill() {
		code := AmplifierMute
		if c, known := troubleCodes[s.Trouble]; known {
			code = c.amplifier
		}
		return find(Amplifier, s.severity(s.SwitchState), code, text(s.Fault))
	}
	if s.Keyed {
		if level := l.AmplifierOn.above(s.For.Minutes()); level != Good {
			return find(Amplifier, level, AmplifierLong, span(s.For))
		}
	}
	switch {
	case s.Simulated:
		return find(Amplifier, Warning, AmplifierSimulated)
	case s.Keyed:
		return find(Amplifier, Good, AmplifierOn, span(s.For))
	}
	return find(Amplifier, Good, AmplifierOff)
}

// judgeZones says which zones are ill, with the fault of the first; else which is on for
// too long.
func judgeZones(s *AmplifierState, l Limits) Finding {
	var ill []string
	worst := find(Zones, Good, ZonesGood, count(len(s.Zones)))
	for _, z := range s.Zones {
		if !z.ill() {
			continue
		}
		ill = append(ill, z.Name)
		level := s.severity(z.SwitchState)
		if len(ill) > 1 && level.Rank() <= worst.Level.Rank() {
			continue
		}
		code := ZonesMute
		if c, known := troubleCodes[z.Trouble]; known {
			code = c.zones
		}
		worst = find(Zones, level, code, Value{}, text(z.Fault))
	}
	if len(ill) > 0 {
		worst.Values[0] = text(strings.Join(ill, ", "))
		return worst
	}
	for _, z := range s.Zones {
		if level := l.AmplifierOn.above(z.For.Minutes()); z.Keyed && level.Rank() > worst.Level.Rank() {
			worst = find(Zones, level, ZonesLong, text(z.Name), span(z.For))
		}
	}
	return worst
}

// ill says whether it cannot be switched, or did not do what it was told.
func (s SwitchState) ill() bool { return s.Trouble != "" || s.Fault != "" }

// severity of a switch that is ill: one that the guard switched off follows again, and an
// amplifier that is on by itself is heard all the same.
func (s *AmplifierState) severity(ill SwitchState) Level {
	if s.Optional || ill.Trouble == "guard" {
		return Warning
	}
	return Fault
}

// judgeBypass: somebody who speaks through the amplifier's own microphone does nothing
// wrong; one who forgets it there silences the board.
func judgeBypass(s *BypassState, l Limits) Finding {
	switch {
	case s.Fault != "":
		return find(Bypass, Warning, BypassUnknown, text(s.Fault))
	case s.On:
		return find(Bypass, l.BypassOn.above(s.For.Minutes()), BypassOn, span(s.For))
	}
	return find(Bypass, Good, BypassOff)
}
