package playout

import "loalang/scheduler"

// Underway lists what the rows say has been taken over from the plan and is not
// over: claimed, keyed or sounding. Such an occurrence has no Parts, and begins
// when it really began.
func Underway(rows []AsRun) []scheduler.Occurrence {
	var taken []scheduler.Occurrence
	for _, r := range rows {
		if r.Outcome != "" || r.Alarmed() {
			continue
		}
		o := scheduler.Occurrence{
			ID: r.Occurrence, Kind: r.Kind, Village: r.Village, Announcement: r.Announcement, Schedule: r.Schedule, Slot: r.Slot,
			Title: r.Title, Class: r.Class, Nominal: r.Nominal, Due: r.Due, Length: r.Planned,
		}
		if len(r.Airings) > 0 {
			o.Due = r.Airings[0].Started
		}
		taken = append(taken, o)
	}
	return taken
}
