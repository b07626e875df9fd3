package scheduler

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Bounds of stations and relays.
const (
	maxAddress  = 1000
	maxRelays   = 12 // of one slot
	minRelay    = time.Minute
	minPatience = time.Second
	maxPatience = 5 * time.Minute
)

// inputName is what ALSA calls a device, such as plughw:CARD=Tuner.
var inputName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_:=,.-]{0,79}$`)

// Validate checks a station as a person entered it: a name, and either an http or
// https address without a name and password in it, or the ALSA name of a line
// input. The error is an Invalid, or nil.
func (s Station) Validate() error {
	var f faults
	f.text(field{name: "name", text: s.Name, limit: maxSlotName, required: true, words: true})
	f.text(field{name: "url", text: s.URL, limit: maxAddress})
	switch {
	case s.URL == "" && s.Input == "":
		f.add("url", FaultRequired, "")
	case s.URL != "" && s.Input != "":
		f.add("input", FaultEither, "")
	case s.Input != "" && !inputName.MatchString(s.Input):
		f.add("input", FaultUnknown, "")
	case s.URL != "" && !fetchable(s.URL):
		f.add("url", FaultAddress, "")
	}
	return f.err()
}

func fetchable(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

// relays checks a slot's fixed positions: each inside the slot, none over another.
// How long a recording is, only the library knows.
func (f *faults) relays(s Slot) {
	if len(s.Relays) > maxRelays {
		f.add("relays", FaultTooLong, strconv.Itoa(maxRelays))
		return
	}
	byOffset := sorted(s.Relays, func(x, y SlotRelay) int { return int(x.Offset - y.Offset) })
	for i, r := range byOffset {
		switch {
		case r.Station == "" && r.Recording == "":
			f.add("relays", FaultRequired, "")
		case r.Station != "" && r.Recording != "":
			f.add("relays", FaultEither, "")
		case r.Offset < 0 || r.Length < 0 || r.Station != "" && r.Length < minRelay || r.Offset+r.Length > s.Length:
			f.add("relays", FaultRange, minRelay.String()+"–"+s.longest().String())
		case r.Patience != 0 && (r.Patience < minPatience || r.Patience > maxPatience):
			f.add("relays.patience", FaultRange, minPatience.String()+"–"+maxPatience.String())
		case i > 0 && r.Offset < byOffset[i-1].Offset+byOffset[i-1].Length:
			f.add("relays", FaultOverlap, "")
		default:
			continue
		}
		return // one sentence is enough to go on
	}
}

// Relayed says whether a slot relays a station.
func (s Slot) Relayed(station string) bool {
	return slices.ContainsFunc(s.Relays, func(r SlotRelay) bool { return r.Station == station })
}
