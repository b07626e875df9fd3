package playout

import (
	"slices"

	"loalang/scheduler"
)

// newRow starts the as-run row of an occurrence.
func (p *Player) newRow(o scheduler.Occurrence) AsRun {
	now := p.cfg.Now().UTC()
	return AsRun{
		Owned:      scheduler.Owned{ID: p.cfg.NewID(), Village: p.cfg.Village, Origin: p.cfg.Origin, Created: now, Updated: now},
		Occurrence: o.ID, Kind: o.Kind, Announcement: o.Announcement, Schedule: o.Schedule, Slot: o.Slot,
		Title: o.Title, Class: o.Class, Nominal: o.Nominal, Due: o.Due, Planned: o.Length,
		Heard: NotMeasured, Missing: o.Missing, Languages: tongues(o.Parts), Rules: o.Ruled(),
	}
}

// tongues are the languages of the voices among parts, each once.
func tongues(parts []scheduler.Part) (languages []string) {
	for _, pt := range parts {
		if pt.Language != "" && !slices.Contains(languages, pt.Language) {
			languages = append(languages, pt.Language)
		}
	}
	return languages
}

// omitted is the outcome that a reason for not airing leads to. What does not
// fit its slot is moved only when there is a next occasion.
func omitted(r scheduler.Reason) Outcome {
	switch r.Code {
	case scheduler.ReasonTooLate, scheduler.ReasonPower, scheduler.ReasonRestart, scheduler.ReasonClock,
		scheduler.ReasonNotReady, scheduler.ReasonDevice, scheduler.ReasonAsleep, scheduler.ReasonClockSet:
		return Missed
	case scheduler.ReasonWithdrawn:
		return Withdrawn
	}
	if (scheduler.ForWantOfRoom(r.Code) || r.Code == scheduler.ReasonWaits) && !r.Until.IsZero() {
		return Moved
	}
	return Skipped
}
