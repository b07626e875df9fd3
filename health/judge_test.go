package health_test

import (
	"strings"
	"testing"
	"time"

	"loalang/health"
)

var now = time.Date(2026, 11, 26, 5, 0, 0, 0, time.UTC)

func of[T any](v T) *T { return &v }

// well is a board on which everything was measured and is well.
func well() health.Measurement {
	return health.Measurement{
		At: now, Program: &health.ProgramState{},
		Card: &health.CardState{Audible: true, Device: "USB Audio", Up: true, Moving: of(true)},
		Amplifier: &health.AmplifierState{
			SwitchState: health.SwitchState{For: time.Hour}, Zones: []health.ZoneState{{Name: "Đầu thôn"}, {Name: "Chợ"}}, Bypass: &health.BypassState{For: time.Hour},
		},
		Button:      &health.ButtonState{},
		Light:       &health.LightState{},
		Monitor:     &health.MonitorState{Up: true, Adjusted: true},
		Clock:       &health.ClockState{Trust: "synced", Age: time.Minute},
		RTC:         &health.RTCState{There: true, Battery: of(true), Off: of(time.Second)},
		Power:       &health.PowerState{},
		Temperature: of(51.0),
		Disk:        &health.DiskState{Free: 8 << 30, Size: 32 << 30, FreeNodes: 900, Nodes: 1000},
		Wear:        of(20.0),
		Database:    &health.DatabaseState{},
		Recordings:  &health.RecordingsState{},
		Backup:      &health.BackupState{Last: now.Add(-time.Hour)},
		Aired:       &health.AiredState{Last: now.Add(-time.Hour), Title: "Mời họp", Due: 3},
		Plan:        &health.PlanState{Made: now.Add(-time.Minute), Count: 4, Next: now.Add(time.Hour)},
		Link:        &health.LinkState{Interface: "eth0", Up: true},
		Memory:      &health.MemoryState{Available: 300 << 20, Total: 1 << 30, Ours: 60 << 20},
		Descriptors: &health.DescriptorState{Open: 40, Limit: 1024},
	}
}

func TestJudge(t *testing.T) {
	limits := health.DefaultLimits()
	if r := health.Judge(well(), limits); r.Level() != health.Good || r.Count(health.Good) != len(r.Findings) || len(r.Findings) != 22 {
		t.Errorf("a board that is well: %+v", r)
	}
	tests := []struct {
		name   string
		change func(m *health.Measurement)
		part   health.Part
		level  health.Level
		code   health.Code
	}{
		{"no serve", func(m *health.Measurement) { m.Program.Stopped = true }, health.Program, health.Warning, health.ProgramStopped},
		{"serve does not answer", func(m *health.Measurement) { m.Program.Silent = true }, health.Program, health.Fault, health.ProgramSilent},
		{"a loop hangs", func(m *health.Measurement) { m.Program.Hanging = []string{"player"} }, health.Program, health.Fault, health.ProgramHangs},
		{"no card is wanted", func(m *health.Measurement) { m.Card = &health.CardState{Device: "null"} }, health.Card, health.Warning, health.CardNone},
		{"card is being opened", func(m *health.Measurement) { m.Card.Up = false }, health.Card, health.Unmeasured, health.CardWaits},
		{"card pulled out", func(m *health.Measurement) { m.Card.Up, m.Card.Trouble = false, "absent" }, health.Card, health.Fault, health.CardAbsent},
		{"card held", func(m *health.Measurement) { m.Card.Up, m.Card.Trouble = false, "held" }, health.Card, health.Fault, health.CardHeld},
		{"card denied", func(m *health.Measurement) { m.Card.Up, m.Card.Trouble = false, "denied" }, health.Card, health.Fault, health.CardDenied},
		{"card in a trouble of its own", func(m *health.Measurement) { m.Card.Up, m.Card.Trouble = false, "new" }, health.Card, health.Fault, health.CardBroken},
		{"card stands still", func(m *health.Measurement) { m.Card.Moving = of(false) }, health.Card, health.Fault, health.CardStuck},
		{"card not looked at", func(m *health.Measurement) { m.Card.Moving = nil }, health.Card, health.Good, health.CardGood},
		{"card at ordinary priority", func(m *health.Measurement) { m.Card.Weak = "priority" }, health.Card, health.Warning, health.CardWeak},
		{"its volume control does not answer", func(m *health.Measurement) { m.Card.Weak, m.Card.Control = "priority", "Device:Speaker" }, health.Card, health.Warning, health.CardControl},
		{"relay does not answer", func(m *health.Measurement) { m.Amplifier.Trouble, m.Amplifier.Fault = "mute", "EIO" }, health.Amplifier, health.Fault, health.AmplifierMute},
		{"relay in a trouble of its own", func(m *health.Measurement) { m.Amplifier.Fault = "EIO" }, health.Amplifier, health.Fault, health.AmplifierMute},
		{"relay's line is held", func(m *health.Measurement) { m.Amplifier.Trouble = "busy" }, health.Amplifier, health.Fault, health.AmplifierBusy},
		{"relay may not be used", func(m *health.Measurement) { m.Amplifier.Trouble = "denied" }, health.Amplifier, health.Fault, health.AmplifierDenied},
		{"the guard switched it off", func(m *health.Measurement) { m.Amplifier.Trouble = "guard" }, health.Amplifier, health.Warning, health.AmplifierGuard},
		{"relay fails beside an amplifier that is on by itself", func(m *health.Measurement) { m.Amplifier.Trouble, m.Amplifier.Optional = "absent", true }, health.Amplifier, health.Warning, health.AmplifierAbsent},
		{"no relay", func(m *health.Measurement) { m.Amplifier.Simulated = true }, health.Amplifier, health.Warning, health.AmplifierSimulated},
		{"chip missing", func(m *health.Measurement) { m.Amplifier.Trouble = "absent" }, health.Amplifier, health.Fault, health.AmplifierAbsent},
		{"a zone is busy", func(m *health.Measurement) { m.Amplifier.Zones[1].Trouble = "busy" }, health.Zones, health.Fault, health.ZonesBusy},
		{"a zone's adapter was pulled out", func(m *health.Measurement) { m.Amplifier.Zones[0].Trouble = "absent" }, health.Zones, health.Fault, health.ZonesAbsent},
		{"a zone fails beside one that the guard switched off", func(m *health.Measurement) {
			m.Amplifier.Zones[0].Trouble, m.Amplifier.Zones[1].Trouble = "guard", "denied"
		}, health.Zones, health.Fault, health.ZonesDenied},
		{"a zone is on for long", func(m *health.Measurement) {
			m.Amplifier.Zones[1].Keyed, m.Amplifier.Zones[1].For = true, 100*time.Minute
		}, health.Zones, health.Warning, health.ZonesLong},
		{"somebody speaks at the amplifier", func(m *health.Measurement) { m.Amplifier.Bypass.On, m.Amplifier.Bypass.For = true, time.Minute }, health.Bypass, health.Good, health.BypassOn},
		{"the amplifier's microphone was forgotten", func(m *health.Measurement) { m.Amplifier.Bypass.On, m.Amplifier.Bypass.For = true, 2*time.Hour }, health.Bypass, health.Fault, health.BypassOn},
		{"its contact cannot be read", func(m *health.Measurement) { m.Amplifier.Bypass.Fault = "EIO" }, health.Bypass, health.Warning, health.BypassUnknown},
		{"on for long", func(m *health.Measurement) { m.Amplifier.Keyed, m.Amplifier.For = true, 100*time.Minute }, health.Amplifier, health.Warning, health.AmplifierLong},
		{"on for far too long", func(m *health.Measurement) { m.Amplifier.Keyed, m.Amplifier.For = true, 4*time.Hour }, health.Amplifier, health.Fault, health.AmplifierLong},
		{"off for long", func(m *health.Measurement) { m.Amplifier.For = 40 * time.Hour }, health.Amplifier, health.Good, health.AmplifierOff},
		{"the button is held", func(m *health.Measurement) { m.Button.Stuck = true }, health.Button, health.Fault, health.ButtonStuck},
		{"the button is told to do nothing", func(m *health.Measurement) { m.Button.Nothing = true }, health.Button, health.Warning, health.ButtonNothing},
		{"what the button is to do cannot be read", func(m *health.Measurement) { m.Button.Unread = true }, health.Button, health.Warning, health.ButtonUnread},
		{"the button cannot be read", func(m *health.Measurement) { m.Button.Fault = "EBUSY" }, health.Button, health.Fault, health.ButtonFault},
		{"the light cannot be lit", func(m *health.Measurement) { m.Light.Fault = "EBUSY" }, health.Light, health.Warning, health.LightFault},
		{"no monitor", func(m *health.Measurement) { m.Monitor = nil }, health.Monitor, health.Unmeasured, health.MonitorNone},
		{"monitor pulled out", func(m *health.Measurement) { m.Monitor.Up = false }, health.Monitor, health.Warning, health.MonitorDown},
		{"monitor's card stalled", func(m *health.Measurement) { m.Monitor.Up, m.Monitor.Trouble = false, "stalled" }, health.Monitor, health.Warning, health.MonitorStalled},
		{"monitor without arecord", func(m *health.Measurement) { m.Monitor.Up, m.Monitor.Trouble = false, "program" }, health.Monitor, health.Warning, health.MonitorProgram},
		{"monitor held by another program", func(m *health.Measurement) { m.Monitor.Up, m.Monitor.Trouble = false, "held" }, health.Monitor, health.Warning, health.MonitorHeld},
		{"monitor calibrated with another card", func(m *health.Measurement) { m.Monitor.Adjusted, m.Monitor.Void = false, true }, health.Monitor, health.Warning, health.MonitorVoid},
		{"nobody knows whether the monitor was calibrated", func(m *health.Measurement) { m.Monitor.Adjusted, m.Monitor.Unread = false, true }, health.Monitor, health.Warning, health.MonitorUnread},
		{"monitor not calibrated", func(m *health.Measurement) { m.Monitor.Adjusted = false }, health.Monitor, health.Warning, health.MonitorUnadjusted},
		{"time unknown", func(m *health.Measurement) { m.Clock.Trust = "unknown" }, health.Clock, health.Fault, health.ClockUnknown},
		{"time far ahead", func(m *health.Measurement) { m.Clock.Trust, m.Clock.Ahead = "unknown", true }, health.Clock, health.Fault, health.ClockAhead},
		{"time vouched for long ago", func(m *health.Measurement) { m.Clock.Age = 15 * 24 * time.Hour }, health.Clock, health.Warning, health.ClockOld},
		{"time never vouched for", func(m *health.Measurement) { m.Clock.Age, m.Clock.Never = 0, true }, health.Clock, health.Good, health.ClockGood},
		{"no battery clock", func(m *health.Measurement) { m.RTC = &health.RTCState{} }, health.RTC, health.Warning, health.RTCNone},
		{"its cell is empty", func(m *health.Measurement) { m.RTC.Battery = of(false) }, health.RTC, health.Warning, health.RTCBattery},
		{"the data lie in memory", func(m *health.Measurement) { m.Disk.InMemory = true }, health.Disk, health.Fault, health.DiskMemory},
		{"the data's disk is missing", func(m *health.Measurement) { m.Disk.Unmounted = true }, health.Disk, health.Fault, health.DiskUnmounted},
		{"nobody knows the time", func(m *health.Measurement) { m.RTC.Off = nil }, health.RTC, health.Unmeasured, health.RTCUnknown},
		{"it is off", func(m *health.Measurement) { m.RTC.Off = of(-2 * time.Minute) }, health.RTC, health.Warning, health.RTCWrong},
		{"too little voltage", func(m *health.Measurement) { m.Power.Low = true }, health.Power, health.Fault, health.PowerLow},
		{"once too little", func(m *health.Measurement) { m.Power.WasLow = true }, health.Power, health.Warning, health.PowerWasLow},
		{"warm", func(m *health.Measurement) { m.Temperature = of(75.0) }, health.Temperature, health.Warning, health.TemperatureWarm},
		{"hot", func(m *health.Measurement) { m.Temperature = of(82.0) }, health.Temperature, health.Fault, health.TemperatureHot},
		{"disk low", func(m *health.Measurement) { m.Disk.Free = 300 << 20 }, health.Disk, health.Warning, health.DiskLow},
		{"disk full", func(m *health.Measurement) { m.Disk.Free = 100 << 20 }, health.Disk, health.Fault, health.DiskFull},
		{"no inodes", func(m *health.Measurement) { m.Disk.FreeNodes = 5 }, health.Disk, health.Fault, health.DiskInodes},
		{"a file system without inodes", func(m *health.Measurement) { m.Disk.Nodes, m.Disk.FreeNodes = 0, 0 }, health.Disk, health.Good, health.DiskGood},
		{"disk gone", func(m *health.Measurement) { m.Disk.Gone = true }, health.Disk, health.Fault, health.DiskGone},
		{"the database's disk gone", func(m *health.Measurement) { m.Database.Damaged, m.Database.Gone = true, true }, health.Database, health.Fault, health.DatabaseGone},
		{"disk read-only", func(m *health.Measurement) { m.Disk.ReadOnly = true }, health.Disk, health.Fault, health.DiskReadOnly},
		{"disk does not answer", func(m *health.Measurement) { m.Disk.Failed = "EIO" }, health.Disk, health.Fault, health.DiskUnknown},
		{"card worn", func(m *health.Measurement) { m.Wear = of(90.0) }, health.Wear, health.Warning, health.WearOld},
		{"card worn out", func(m *health.Measurement) { m.Wear = of(110.0) }, health.Wear, health.Fault, health.WearOver},
		{"database damaged", func(m *health.Measurement) { m.Database.Damaged = true }, health.Database, health.Fault, health.DatabaseDamaged},
		{"database of an older version", func(m *health.Measurement) { m.Database.Damaged, m.Database.Behind = true, true }, health.Database, health.Fault, health.DatabaseBehind},
		{"database of a newer version", func(m *health.Measurement) { m.Database.Damaged, m.Database.Newer = true, true }, health.Database, health.Fault, health.DatabaseNewer},
		{"database busy", func(m *health.Measurement) { m.Database.Fault = "busy" }, health.Database, health.Fault, health.DatabaseFails},
		{"no database", func(m *health.Measurement) { m.Database.None = true }, health.Database, health.Unmeasured, health.DatabaseNone},
		{"recordings are damaged", func(m *health.Measurement) { *m.Recordings = health.RecordingsState{Damaged: 1, Missing: 2} }, health.Recordings, health.Warning, health.RecordingsDamaged},
		{"recordings are missing", func(m *health.Measurement) { m.Recordings.Missing = 3 }, health.Recordings, health.Warning, health.RecordingsMissing},
		{"nobody looked at the recordings", func(m *health.Measurement) { m.Recordings = nil }, health.Recordings, health.Unmeasured, health.RecordingsUnknown},
		{"no backup", func(m *health.Measurement) { m.Backup.Last = time.Time{} }, health.Backup, health.Warning, health.BackupNever},
		{"backup old", func(m *health.Measurement) { m.Backup.Last = now.Add(-15 * 24 * time.Hour) }, health.Backup, health.Fault, health.BackupOld},
		{"backup failed", func(m *health.Measurement) { m.Backup.Failed = "the stick is full" }, health.Backup, health.Warning, health.BackupFailed},
		{"backups fail for long", func(m *health.Measurement) {
			m.Backup.Failed, m.Backup.Last = "the stick is full", now.Add(-15*24*time.Hour)
		}, health.Backup, health.Fault, health.BackupFailed},
		{"the first backup failed", func(m *health.Measurement) { m.Backup = &health.BackupState{Failed: "no room"} }, health.Backup, health.Fault, health.BackupFailed},
		{"backups are off", func(m *health.Measurement) { m.Backup = &health.BackupState{Off: true} }, health.Backup, health.Warning, health.BackupOff},
		{"backups are off, and one was made by hand", func(m *health.Measurement) { m.Backup.Off = true }, health.Backup, health.Good, health.BackupGood},
		{"what was backed up is not whole", func(m *health.Measurement) { m.Backup.Damaged = 2 }, health.Backup, health.Warning, health.BackupDamaged},
		{"the backup lies beside the data, as ever", func(m *health.Measurement) { m.Backup.SameDisk = true }, health.Backup, health.Good, health.BackupHere},
		{"the stick was pulled out", func(m *health.Measurement) {
			m.Backup.SameDisk, m.Backup.OnStick = true, now.Add(-8*24*time.Hour)
		}, health.Backup, health.Warning, health.BackupGone},
		{"the stick was given up", func(m *health.Measurement) {
			m.Backup.SameDisk, m.Backup.OnStick = true, now.Add(-100*24*time.Hour)
		}, health.Backup, health.Good, health.BackupHere},
		{"the stick is out for a moment", func(m *health.Measurement) { m.Backup.Away = 5 * time.Minute }, health.Backup, health.Good, health.BackupGood},
		{"the stick is not there", func(m *health.Measurement) { m.Backup.Away = time.Hour }, health.Backup, health.Warning, health.BackupAway},
		{"there never was a stick", func(m *health.Measurement) { m.Backup.SameDisk, m.Backup.Away = true, time.Hour }, health.Backup, health.Good, health.BackupHere},
		{"a stick has no folder for backups", func(m *health.Measurement) {
			m.Backup.Away, m.Backup.Bare = time.Hour, "/media/loalang-sda1"
		}, health.Backup, health.Warning, health.BackupBare},
		{"a stick is not mounted", func(m *health.Measurement) { m.Backup.SameDisk, m.Backup.Loose = true, "sda" }, health.Backup, health.Warning, health.BackupLoose},
		{"the stick is full", func(m *health.Measurement) {
			m.Backup.SameDisk, m.Backup.Stick, m.Backup.BadStick = true, "no-room", "/media/a"
		}, health.Backup, health.Warning, health.BackupStick},
		{"the stick forgets", func(m *health.Measurement) { m.Backup.Wrong = 1 }, health.Backup, health.Warning, health.BackupWorn},
		{"the stick is too small for the sound", func(m *health.Measurement) { m.Backup.Left = 2 }, health.Backup, health.Warning, health.BackupLeft},
		{"a broken file lies beside the backups", func(m *health.Measurement) { m.Backup.Odd = "a.loalang.tar" }, health.Backup, health.Warning, health.BackupOdd},
		{"something was missed", func(m *health.Measurement) { m.Aired.Missed = 1 }, health.Aired, health.Warning, health.AiredMissed},
		{"the last was silence", func(m *health.Measurement) { m.Aired.Mute = true }, health.Aired, health.Warning, health.AiredMute},
		{"the last was not heard", func(m *health.Measurement) { m.Aired.Unheard, m.Aired.UnheardTitle = true, m.Aired.Title }, health.Aired, health.Fault, health.AiredUnheard},
		{"what airs is not heard", func(m *health.Measurement) {
			m.Aired.Missed, m.Aired.Losing = 1, &health.Losing{Title: "Mời họp", For: 20 * time.Second}
		}, health.Aired, health.Fault, health.AiredLost},
		{"what airs is silent", func(m *health.Measurement) { m.Aired.Losing = &health.Losing{Title: "Mời họp", Dead: true} }, health.Aired, health.Fault, health.AiredDead},
		{"nothing was due", func(m *health.Measurement) { *m.Aired = health.AiredState{} }, health.Aired, health.Good, health.AiredNothing},
		{"nothing is to come", func(m *health.Measurement) { m.Plan.Count = 0 }, health.Plan, health.Good, health.PlanEmpty},
		{"plan not made anew", func(m *health.Measurement) { m.Plan.Made = now.Add(-7 * time.Hour) }, health.Plan, health.Fault, health.PlanStale},
		{"no network for an hour", func(m *health.Measurement) { m.Link.Up, m.Link.Gone = false, time.Hour }, health.Link, health.Good, health.LinkDown},
		{"no network for two days", func(m *health.Measurement) { m.Link = &health.LinkState{Gone: 48 * time.Hour} }, health.Link, health.Warning, health.LinkNone},
		{"memory low", func(m *health.Measurement) { m.Memory.Available = 50 << 20 }, health.Memory, health.Warning, health.MemoryLow},
		{"memory short", func(m *health.Measurement) { m.Memory.Available = 10 << 20 }, health.Memory, health.Fault, health.MemoryShort},
		{"many files", func(m *health.Measurement) { m.Descriptors.Open = 800 }, health.Descriptors, health.Warning, health.DescriptorsMany},
		{"nearly all files", func(m *health.Measurement) { m.Descriptors.Open = 1000 }, health.Descriptors, health.Fault, health.DescriptorsOver},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			m := well()
			c.change(&m)
			r := health.Judge(m, limits)
			if f := r.Of(c.part); f.Level != c.level || f.Code != c.code {
				t.Errorf("judged %+v, want %s %s", f, c.level, c.code)
			}
			for _, f := range r.Findings {
				if f.Part != c.part && f.Level != health.Good {
					t.Errorf("%+v beside it", f)
				}
			}
		})
	}
}

// All zones that are ill are named, with what is wrong with the worst of them; a board
// without zones, button or light says nothing of them.
func TestJudgeZones(t *testing.T) {
	m := well()
	m.Amplifier.Zones = append(m.Amplifier.Zones, health.ZoneState{Name: "Loa FM", SwitchState: health.SwitchState{Trouble: "mute", Fault: "no answer"}})
	m.Amplifier.Zones[0].Trouble, m.Amplifier.Zones[0].Fault = "guard", "on for too long"
	f := health.Judge(m, health.DefaultLimits()).Of(health.Zones)
	if f.Code != health.ZonesMute || len(f.Values) != 2 || f.Values[0].Text != "Đầu thôn, Loa FM" || f.Values[1].Text != "no answer" {
		t.Errorf("judged %+v", f)
	}
	m.Amplifier.Zones, m.Amplifier.Bypass, m.Button, m.Light = nil, nil, nil, nil
	if r := health.Judge(m, health.DefaultLimits()); len(r.Findings) != 18 || r.Of(health.Zones).Code != "" || r.Of(health.Bypass).Code != "" {
		t.Errorf("without zones: %+v", r)
	}
}

// What was not measured is never well.
func TestNothingMeasured(t *testing.T) {
	r := health.Judge(health.Measurement{At: now}, health.DefaultLimits())
	for _, f := range r.Findings {
		if f.Part != health.Program && f.Part != health.RTC && f.Level != health.Unmeasured {
			t.Errorf("%s is %s though it was not measured", f.Part, f.Level)
		}
	}
}

func TestParseLimits(t *testing.T) {
	l, err := health.ParseLimits(" temperature=60/70, disk=1000/0 ,")
	want := health.DefaultLimits()
	want.Temperature, want.DiskMB = health.Limit{Warn: 60, Fault: 70}, health.Limit{Warn: 1000}
	if err != nil || l != want {
		t.Errorf("%+v, %v", l, err)
	}
	m := well()
	m.Disk.Free = 1 << 20
	if f := health.Judge(m, l).Of(health.Disk); f.Level != health.Warning {
		t.Errorf("a limit that is 0 judges %+v", f)
	}
	for text, says := range map[string]string{
		"heat=1/2": "amplifier, backup", "temperature=75": "NAME=WARNING/FAULT", "temperature=a/b": "NAME=WARNING/FAULT", "temperature=NaN/NaN": "NAME",
		"temperature=-1/2": "NAME", "temperature=80/70": "behind its warning", "disk=100/500": "behind its warning",
	} {
		if _, err := health.ParseLimits(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestABackupThatIsDatedBehindNowIsNotOld: a clock that was half a year ahead had made it, and what is to come was
// told as if it had gone by: "none went onto a stick for 182 days".
func TestABackupThatIsDatedBehindNowIsNotOld(t *testing.T) {
	ahead := now.AddDate(0, 6, 0)
	for code, edit := range map[health.Code]func(*health.BackupState){
		health.BackupGood: func(b *health.BackupState) { b.Last = ahead },
		health.BackupHere: func(b *health.BackupState) { b.Last, b.SameDisk = ahead, true },
		health.BackupGone: func(b *health.BackupState) { b.SameDisk, b.OnStick = true, ahead },
	} {
		m := well()
		edit(m.Backup)
		f := health.Judge(m, health.DefaultLimits()).Of(health.Backup)
		if f.Code != code || len(f.Values) != 1 || f.Values[0].Amount > (24*time.Hour).Seconds() || f.Values[0].Amount < 0 {
			t.Errorf("%s: %+v", code, f)
		}
	}
}
