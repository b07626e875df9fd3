package health

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Limit is from where on a number is a warning, and from where on a fault. Zero: never.
type Limit struct {
	Warn, Fault float64
}

// above judges a number of which more is worse.
func (l Limit) above(n float64) Level {
	switch {
	case l.Fault > 0 && n >= l.Fault:
		return Fault
	case l.Warn > 0 && n >= l.Warn:
		return Warning
	}
	return Good
}

// below judges a number of which less is worse.
func (l Limit) below(n float64) Level {
	switch {
	case l.Fault > 0 && n < l.Fault:
		return Fault
	case l.Warn > 0 && n < l.Warn:
		return Warning
	}
	return Good
}

// Limits are all of them. DefaultLimits are those of a small board.
type Limits struct {
	Temperature Limit // °C, and more
	DiskMB      Limit // free megabytes, and fewer
	DiskNodes   Limit // free inodes in percent, and fewer
	Wear        Limit // percent of the disk's life used up, and more
	MemoryMB    Limit // available megabytes, and fewer
	Descriptors Limit // percent of the limit, and more
	AmplifierOn Limit // minutes, and more; of each zone too
	BypassOn    Limit // minutes on the amplifier's own microphone, and more
	ClockDays   Limit // since somebody vouched for the time, and more
	RTCSeconds  Limit // off, and more
	BackupDays  Limit // since the last one, and more
	PlanHours   Limit // since the plan was made, and more
	LinkHours   Limit // without a network, and more
}

// DefaultLimits are where a Raspberry-Pi-class board begins to be in trouble: its
// processor slows down at 80 °C; new recordings are refused below 200 MB; the plan is
// made anew each hour; an amplifier goes off by its guard after two.
func DefaultLimits() Limits {
	return Limits{
		Temperature: Limit{75, 82}, DiskMB: Limit{500, 200}, DiskNodes: Limit{5, 1}, Wear: Limit{80, 100},
		MemoryMB: Limit{64, 24}, Descriptors: Limit{70, 90}, AmplifierOn: Limit{90, 180}, BypassOn: Limit{5, 60}, ClockDays: Limit{14, 0},
		RTCSeconds: Limit{60, 0}, BackupDays: Limit{3, 14}, PlanHours: Limit{2, 6}, LinkHours: Limit{24, 0},
	}
}

// limitNames are the limits under the names of the setting.
func (l *Limits) names() map[string]*Limit {
	return map[string]*Limit{
		"temperature": &l.Temperature, "disk": &l.DiskMB, "inodes": &l.DiskNodes, "wear": &l.Wear, "memory": &l.MemoryMB, "descriptors": &l.Descriptors,
		"amplifier": &l.AmplifierOn, "bypass": &l.BypassOn, "clock": &l.ClockDays, "rtc": &l.RTCSeconds, "backup": &l.BackupDays, "plan": &l.PlanHours, "link": &l.LinkHours,
	}
}

// fewer are the limits of which less is worse.
var fewer = []string{"disk", "inodes", "memory"}

// ParseLimits reads "temperature=75/82,disk=500/200" over the defaults: behind each name
// from where on it is a warning and a fault, 0 for never. The error is one sentence.
func ParseLimits(text string) (Limits, error) {
	l := DefaultLimits()
	names := l.names()
	for _, entry := range strings.Split(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		name, numbers, _ := strings.Cut(entry, "=")
		limit, known := names[strings.TrimSpace(name)]
		if !known {
			all := make([]string, 0, len(names))
			for n := range names {
				all = append(all, n)
			}
			slices.Sort(all)
			return l, fmt.Errorf("%q is no limit: use %s", name, strings.Join(all, ", "))
		}
		warn, fault, both := strings.Cut(numbers, "/")
		w, errW := strconv.ParseFloat(strings.TrimSpace(warn), 64)
		f, errF := strconv.ParseFloat(strings.TrimSpace(fault), 64)
		if !both || errW != nil || errF != nil || !(w >= 0 && w <= 1e6) || !(f >= 0 && f <= 1e6) {
			return l, fmt.Errorf("%q: use NAME=WARNING/FAULT with numbers, such as temperature=75/82; 0 is never", entry)
		}
		if less := slices.Contains(fewer, strings.TrimSpace(name)); w > 0 && f > 0 && (less && f > w || !less && f < w) {
			return l, fmt.Errorf("%q: a fault comes behind its warning", entry)
		}
		*limit = Limit{Warn: w, Fault: f}
	}
	return l, nil
}
