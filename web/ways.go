package web

import (
	"slices"
	"strings"
	"time"

	"loalang/scheduler"
)

// way says a way out in one sentence.
func (p phrase) wayWords(s scheduler.Suggestion, slots []scheduler.Slot, now time.Time) string {
	switch s.Way {
	case scheduler.WayAt, scheduler.WayLater, scheduler.WayThatDay, scheduler.WayTimes, scheduler.WayDay, scheduler.WayPriority:
		return p.word("way."+string(s.Way), p.at(s.At, now))
	case scheduler.WaySlot:
		name := ""
		if i := slices.IndexFunc(slots, func(sl scheduler.Slot) bool { return sl.ID == s.Slot }); i >= 0 {
			name = p.slotName(slots[i])
		}
		return p.word("way.slot", name, p.at(s.At, now))
	case scheduler.WayShorten:
		return p.word("way.shorten", p.lower(p.language(s.Language)), p.span(s.Longest))
	case scheduler.WayValid:
		return p.word("way.valid", p.at(s.Until, now))
	case scheduler.WayException:
		names := make([]string, len(s.Lifts))
		for i, l := range s.Lifts {
			names[i] = p.lower(p.word("lift." + string(l)))
		}
		return p.word("way.exception", strings.Join(names, ", "))
	}
	return p.word("way." + string(s.Way))
}

// way is a way out on a page.
func (p phrase) way(s scheduler.Suggestion, seen prospect) wayView {
	return wayView{Text: p.wayWords(s, seen.after.Slots, seen.now), Do: p.word("way.do")}
}
