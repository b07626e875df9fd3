package scheduler

import (
	"slices"
	"strconv"
	"time"
)

// VolumeRule says how loud the programme is in a stretch of the day, on top of the
// volume of its village: before six in the morning softer, for one.
type VolumeRule struct {
	Window
	Class  Class // empty: of every class but ClassEmergency, which has no volume
	Volume int   // dB, LeastVolume to MostVolume
}

// VolumeForm is a VolumeRule as it is written down.
type VolumeForm struct {
	From   string   `json:"from" doc:"Such as 00:00."`
	To     string   `json:"to" doc:"Such as 06:00; 24:00 is the end of the day."`
	Days   []string `json:"days,omitempty" doc:"mon, tue, wed, thu, fri, sat, sun; none: every day."`
	Class  string   `json:"class,omitempty" enum:"normal,priority" doc:"Left out: both."`
	Volume int      `json:"volume" minimum:"-20" maximum:"6" doc:"dB on top of the volume of the village."`
}

// VolumeAt is how loud the programme of a village is at an instant, for what is of a
// class; within LeastVolume and MostVolume, in dB against how sound is levelled. Where
// the village's zone is not known it is as loud as it is told to be.
func (v Village) VolumeAt(t time.Time, class Class) int {
	volume := min(max(v.Volume, LeastVolume), MostVolume)
	loc, err := time.LoadLocation(v.Zone)
	if err != nil {
		return volume
	}
	local := t.In(loc)
	minute := TimeOfDay(local.Hour()*60 + local.Minute())
	softest, ruled := 0, false
	for _, r := range v.Rules.Volumes {
		if !r.Days.Has(local.Weekday()) || minute < r.From || minute >= r.To || r.Class != "" && r.Class != class {
			continue
		}
		if !ruled || r.Volume < softest {
			softest, ruled = r.Volume, true
		}
	}
	return min(max(volume+softest, LeastVolume), MostVolume)
}

// volumes checks the volumes of hours.
func (f *faults) volumes(all []VolumeRule) {
	windows := make([]Window, len(all))
	for i, r := range all {
		windows[i] = r.Window
		if r.Volume < LeastVolume || r.Volume > MostVolume {
			f.add(entry("volumes", i), FaultRange, strconv.Itoa(LeastVolume)+"–"+strconv.Itoa(MostVolume))
		}
		if !slices.Contains([]Class{"", ClassNormal, ClassPriority}, r.Class) {
			f.add(entry("volumes", i), FaultUnknown, string(r.Class))
		}
	}
	f.stretches("volumes", windows)
}
