package health

import (
	"strings"
	"time"
)

// Judge says how the board is, part by part. It is pure.
func Judge(m Measurement, l Limits) Report {
	r := Report{At: m.At, Findings: []Finding{judgeProgram(m.Program), judgeCard(m.Card)}}
	r.Findings = append(r.Findings, judgeSwitches(m.Amplifier, l)...)
	r.Findings = append(r.Findings, judgeHands(m)...)
	r.Findings = append(
		r.Findings,
		judgeMonitor(m.Monitor),
		judgeClock(m.Clock, l), judgeRTC(m.RTC, l), judgePower(m.Power), judgeTemperature(m.Temperature, l),
		judgeDisk(m.Disk, l), judgeWear(m.Wear, l), judgeDatabase(m), judgeRecordings(m.Recordings), judgeBackup(m, l),
		judgeAired(m), judgePlan(m, l), judgeLink(m.Link, l), judgeMemory(m.Memory, l), judgeDescriptors(m.Descriptors, l),
	)
	return r
}

func find(p Part, l Level, c Code, values ...Value) Finding {
	return Finding{Part: p, Level: l, Code: c, Values: values}
}

func judgeProgram(s *ProgramState) Finding {
	switch {
	case s == nil:
		return find(Program, Good, ProgramRuns)
	case s.Stopped:
		return find(Program, Warning, ProgramStopped)
	case s.Silent:
		return find(Program, Fault, ProgramSilent)
	case len(s.Hanging) > 0:
		return find(Program, Fault, ProgramHangs, text(strings.Join(s.Hanging, ", ")))
	}
	return find(Program, Good, ProgramRuns)
}

func judgeCard(s *CardState) Finding {
	troubles := map[string]Code{"absent": CardAbsent, "held": CardHeld, "denied": CardDenied, "broken": CardBroken}
	switch {
	case s == nil:
		return find(Card, Unmeasured, CardUnknown)
	case !s.Audible:
		return find(Card, Warning, CardNone, text(s.Device))
	case !s.Up && s.Trouble == "":
		return find(Card, Unmeasured, CardWaits, text(s.Device))
	case !s.Up:
		code, known := troubles[s.Trouble]
		if !known {
			code = CardBroken
		}
		return find(Card, Fault, code, text(s.Device))
	case s.Moving != nil && !*s.Moving:
		return find(Card, Fault, CardStuck, text(s.Device))
	case s.Control != "": // a siren cannot be turned up
		return find(Card, Warning, CardControl, text(s.Device), text(s.Control))
	case s.Weak != "":
		return find(Card, Warning, CardWeak, text(s.Device), text(s.Weak))
	}
	return find(Card, Good, CardGood, text(s.Device))
}

// judgeHands are the findings of what people have at hand on the board, where there is such.
func judgeHands(m Measurement) (all []Finding) {
	switch s := m.Button; {
	case s == nil:
	case s.Fault != "":
		all = append(all, find(Button, Fault, ButtonFault, text(s.Fault)))
	case s.Stuck:
		all = append(all, find(Button, Fault, ButtonStuck))
	case s.Unread:
		all = append(all, find(Button, Warning, ButtonUnread))
	case s.Nothing:
		all = append(all, find(Button, Warning, ButtonNothing))
	default:
		all = append(all, find(Button, Good, ButtonGood))
	}
	switch s := m.Light; {
	case s == nil:
	case s.Fault != "":
		all = append(all, find(Light, Warning, LightFault, text(s.Fault)))
	default:
		all = append(all, find(Light, Good, LightGood))
	}
	return all
}

func judgeMonitor(s *MonitorState) Finding {
	switch {
	case s == nil, s.None:
		return find(Monitor, Unmeasured, MonitorNone)
	case !s.Up:
		return find(Monitor, Warning, monitorTrouble(s.Trouble), text(s.Fault))
	case s.Void:
		return find(Monitor, Warning, MonitorVoid)
	case s.Unread:
		return find(Monitor, Warning, MonitorUnread)
	case !s.Adjusted:
		return find(Monitor, Warning, MonitorUnadjusted)
	}
	return find(Monitor, Good, MonitorGood)
}

// monitorTrouble is what a person does something about.
func monitorTrouble(trouble string) Code {
	switch trouble {
	case "stalled":
		return MonitorStalled
	case "program":
		return MonitorProgram
	case "held":
		return MonitorHeld
	}
	return MonitorDown
}

func judgeClock(s *ClockState, l Limits) Finding {
	switch {
	case s == nil:
		return find(Clock, Unmeasured, ClockUnasked)
	case s.Ahead:
		return find(Clock, Fault, ClockAhead)
	case s.Trust == "" || s.Trust == "unknown":
		return find(Clock, Fault, ClockUnknown)
	case s.Never:
		return find(Clock, Good, ClockGood, text(s.Trust))
	}
	if level := l.ClockDays.above(s.Age.Hours() / 24); level != Good {
		return find(Clock, level, ClockOld, span(s.Age))
	}
	return find(Clock, Good, ClockGood, text(s.Trust))
}

func judgeRTC(s *RTCState, l Limits) Finding {
	switch {
	case s == nil, !s.There:
		return find(RTC, Warning, RTCNone)
	case s.Battery != nil && !*s.Battery:
		return find(RTC, Warning, RTCBattery)
	case s.Off != nil && l.RTCSeconds.above(s.Off.Abs().Seconds()) != Good:
		return find(RTC, l.RTCSeconds.above(s.Off.Abs().Seconds()), RTCWrong, span(s.Off.Abs()))
	case s.Off == nil:
		return find(RTC, Unmeasured, RTCUnknown)
	}
	return find(RTC, Good, RTCGood)
}

func judgePower(s *PowerState) Finding {
	switch {
	case s == nil:
		return find(Power, Unmeasured, PowerUnknown)
	case s.Low:
		return find(Power, Fault, PowerLow)
	case s.WasLow:
		return find(Power, Warning, PowerWasLow)
	}
	return find(Power, Good, PowerGood)
}

func judgeTemperature(t *float64, l Limits) Finding {
	if t == nil {
		return find(Temperature, Unmeasured, TemperatureUnknown)
	}
	level := l.Temperature.above(*t)
	code := map[Level]Code{Good: TemperatureGood, Warning: TemperatureWarm, Fault: TemperatureHot}[level]
	return find(Temperature, level, code, celsius(*t))
}

func judgeDisk(s *DiskState, l Limits) Finding {
	switch {
	case s == nil:
		return find(Disk, Unmeasured, DiskUnknown)
	case s.Failed != "":
		return find(Disk, Fault, DiskUnknown, text(s.Failed))
	case s.Gone:
		return find(Disk, Fault, DiskGone)
	case s.ReadOnly:
		return find(Disk, Fault, DiskReadOnly)
	case s.Unmounted:
		return find(Disk, Fault, DiskUnmounted)
	case s.InMemory:
		return find(Disk, Fault, DiskMemory)
	}
	if level := l.DiskMB.below(float64(s.Free >> 20)); level == Fault {
		return find(Disk, Fault, DiskFull, megabytes(s.Free))
	}
	if s.Nodes > 0 {
		if level := l.DiskNodes.below(100 * float64(s.FreeNodes) / float64(s.Nodes)); level != Good {
			return find(Disk, level, DiskInodes, count(int(s.FreeNodes)))
		}
	}
	if level := l.DiskMB.below(float64(s.Free >> 20)); level != Good {
		return find(Disk, level, DiskLow, megabytes(s.Free))
	}
	return find(Disk, Good, DiskGood, megabytes(s.Free))
}

func judgeWear(used *float64, l Limits) Finding {
	if used == nil {
		return find(Wear, Unmeasured, WearUnknown)
	}
	level := l.Wear.above(*used)
	code := map[Level]Code{Good: WearGood, Warning: WearOld, Fault: WearOver}[level]
	return find(Wear, level, code, percent(*used))
}

func judgeDatabase(m Measurement) Finding {
	s := m.Database
	switch {
	case s == nil:
		return find(Database, Unmeasured, DatabaseUnknown)
	case s.None:
		return find(Database, Unmeasured, DatabaseNone)
	case s.Newer:
		return find(Database, Fault, DatabaseNewer)
	case s.Behind:
		return find(Database, Fault, DatabaseBehind)
	case s.Gone:
		return find(Database, Fault, DatabaseGone)
	case s.Damaged:
		return find(Database, Fault, DatabaseDamaged)
	case s.Fault != "":
		return find(Database, Fault, DatabaseFails, text(s.Fault))
	}
	return find(Database, Good, DatabaseGood)
}

// What is lost is lost, and airs no more; a copy of it may yet be found.
func judgeRecordings(s *RecordingsState) Finding {
	switch {
	case s == nil:
		return find(Recordings, Unmeasured, RecordingsUnknown)
	case s.Damaged > 0:
		return find(Recordings, Warning, RecordingsDamaged, count(s.Damaged+s.Missing))
	case s.Missing > 0:
		return find(Recordings, Warning, RecordingsMissing, count(s.Missing))
	}
	return find(Recordings, Good, RecordingsGood)
}

func judgeBackup(m Measurement, l Limits) Finding {
	s := m.Backup
	if s == nil {
		return find(Backup, Unmeasured, BackupUnknown)
	}
	age := since(s.Last, m.At)
	level := l.BackupDays.above(age.Hours() / 24)
	switch {
	case s.Off && (s.Last.IsZero() || level != Good):
		return find(Backup, Warning, BackupOff)
	case s.Failed != "":
		return find(Backup, worse(level, Warning), BackupFailed, text(s.Failed))
	case s.Last.IsZero():
		return find(Backup, Warning, BackupNever)
	case level != Good:
		return find(Backup, level, BackupOld, span(age))
	case s.Damaged > 0:
		return find(Backup, Warning, BackupDamaged, count(s.Damaged))
	case s.Stick != "":
		return find(Backup, Warning, BackupStick, text(s.Stick), text(s.BadStick))
	case s.Wrong > 0:
		return find(Backup, Warning, BackupWorn, count(s.Wrong), count(s.Lost))
	case s.Left > 0:
		return find(Backup, Warning, BackupLeft, count(s.Left))
	case s.Odd != "":
		return find(Backup, Warning, BackupOdd, text(s.Odd))
	case s.Loose != "":
		return find(Backup, Warning, BackupLoose, text(s.Loose))
	case s.Bare != "":
		return find(Backup, Warning, BackupBare, text(s.Bare))
	case !s.SameDisk && s.Away >= stickAway:
		return find(Backup, Warning, BackupAway, span(s.Away))
	case s.SameDisk && !s.OnStick.IsZero() && m.At.Sub(s.OnStick) < stickMissed:
		return find(Backup, Warning, BackupGone, span(since(s.OnStick, m.At)))
	case s.SameDisk:
		return find(Backup, Good, BackupHere, span(age)) // as the board was set up: a hint
	}
	return find(Backup, Good, BackupGood, span(age))
}

// since is how long ago an instant was; what is dated behind now was dated by a clock that was ahead, and
// is not half a year old for that.
func since(at, now time.Time) time.Duration { return max(0, now.Sub(at)) }

// stickAway is how long the stick of the newest backup may be out, to be carried somewhere or
// changed for another, before it is missed: in time for the next backup.
const stickAway = 15 * time.Minute

// stickMissed is how long a stick that took backups and takes none is missed. Afterwards
// the board is one without a stick.
const stickMissed = 90 * 24 * time.Hour

// worse is the worse of two levels.
func worse(a, b Level) Level {
	if a.Rank() > b.Rank() {
		return a
	}
	return b
}

func judgeAired(m Measurement) Finding {
	s := m.Aired
	switch {
	case s == nil:
		return find(Aired, Unmeasured, AiredUnknown)
	case s.Losing != nil && s.Losing.Dead:
		return find(Aired, Fault, AiredDead, text(s.Losing.Title), span(s.Losing.For))
	case s.Losing != nil:
		return find(Aired, Fault, AiredLost, text(s.Losing.Title), span(s.Losing.For))
	case s.Unheard:
		return find(Aired, Fault, AiredUnheard, text(s.UnheardTitle))
	case s.Mute:
		return find(Aired, Warning, AiredMute, text(s.Title))
	case s.Missed > 0:
		return find(Aired, Warning, AiredMissed, count(s.Missed), count(s.Due))
	case s.Last.IsZero():
		return find(Aired, Good, AiredNothing)
	}
	return find(Aired, Good, AiredGood, text(s.Title), instant(s.Last))
}

func judgePlan(m Measurement, l Limits) Finding {
	s := m.Plan
	switch {
	case s == nil, s.Made.IsZero():
		return find(Plan, Unmeasured, PlanUnknown)
	case l.PlanHours.above(m.At.Sub(s.Made).Hours()) != Good:
		return find(Plan, l.PlanHours.above(m.At.Sub(s.Made).Hours()), PlanStale, span(m.At.Sub(s.Made)))
	case s.Count == 0:
		return find(Plan, Good, PlanEmpty)
	}
	return find(Plan, Good, PlanGood, count(s.Count), instant(s.Next))
}

// Nothing that airs needs a network: being without one is at worst what its limit says,
// and only once it lasts.
func judgeLink(s *LinkState, l Limits) Finding {
	switch {
	case s == nil:
		return find(Link, Unmeasured, LinkUnknown)
	case s.Up:
		return find(Link, Good, LinkGood, text(s.Interface))
	}
	level := l.LinkHours.above(s.Gone.Hours())
	if s.Interface == "" {
		return find(Link, level, LinkNone, span(s.Gone))
	}
	return find(Link, level, LinkDown, text(s.Interface), span(s.Gone))
}

func judgeMemory(s *MemoryState, l Limits) Finding {
	if s == nil {
		return find(Memory, Unmeasured, MemoryUnknown)
	}
	level := l.MemoryMB.below(float64(s.Available >> 20))
	code := map[Level]Code{Good: MemoryGood, Warning: MemoryLow, Fault: MemoryShort}[level]
	return find(Memory, level, code, megabytes(s.Available), megabytes(s.Ours))
}

func judgeDescriptors(s *DescriptorState, l Limits) Finding {
	if s == nil || s.Limit == 0 {
		return find(Descriptors, Unmeasured, DescriptorsUnknown)
	}
	level := l.Descriptors.above(100 * float64(s.Open) / float64(s.Limit))
	code := map[Level]Code{Good: DescriptorsGood, Warning: DescriptorsMany, Fault: DescriptorsOver}[level]
	return find(Descriptors, level, code, count(s.Open), count(s.Limit))
}
