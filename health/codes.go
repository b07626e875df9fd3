package health

// Code names what was found, for words and programs. It begins with the part.
type Code string

// The codes of findings.
const (
	ProgramRuns    Code = "program-runs"
	ProgramStopped Code = "program-stopped" // no serve on these data
	ProgramSilent  Code = "program-silent"  // it runs and does not answer
	ProgramHangs   Code = "program-hangs"   // a part of it does not come back

	CardGood    Code = "card-good"
	CardNone    Code = "card-none" // the device is no sound card, as it was set
	CardWaits   Code = "card-waits"
	CardAbsent  Code = "card-absent"
	CardHeld    Code = "card-held"
	CardDenied  Code = "card-denied"
	CardBroken  Code = "card-broken"
	CardStuck   Code = "card-stuck"   // the kernel does not move it
	CardControl Code = "card-control" // its volume control was chosen and does not answer
	CardWeak    Code = "card-weak"
	CardUnknown Code = "card-unknown"

	AmplifierOff       Code = "amplifier-off"
	AmplifierOn        Code = "amplifier-on"
	AmplifierSimulated Code = "amplifier-simulated"
	AmplifierLong      Code = "amplifier-long"
	AmplifierBusy      Code = "amplifier-busy"
	AmplifierAbsent    Code = "amplifier-absent" // its line or port is not there
	AmplifierDenied    Code = "amplifier-denied"
	AmplifierMute      Code = "amplifier-mute"
	AmplifierGuard     Code = "amplifier-guard" // it was on for too long, and was switched off
	AmplifierUnknown   Code = "amplifier-unknown"

	ZonesGood   Code = "zones-good"
	ZonesLong   Code = "zones-long"
	ZonesBusy   Code = "zones-busy"
	ZonesAbsent Code = "zones-absent"
	ZonesDenied Code = "zones-denied"
	ZonesMute   Code = "zones-mute"
	ZonesGuard  Code = "zones-guard"

	BypassOff     Code = "bypass-off"
	BypassOn      Code = "bypass-on" // the amplifier's own microphone is heard, and not the board
	BypassUnknown Code = "bypass-unknown"

	ButtonGood    Code = "button-good"
	ButtonStuck   Code = "button-stuck"
	ButtonNothing Code = "button-nothing" // a press does nothing: somebody chose so
	ButtonUnread  Code = "button-unread"  // what a press is to do could not be read
	ButtonFault   Code = "button-fault"

	LightGood  Code = "light-good"
	LightFault Code = "light-fault"

	MonitorNone       Code = "monitor-none"
	MonitorGood       Code = "monitor-good"
	MonitorDown       Code = "monitor-down"
	MonitorStalled    Code = "monitor-stalled" // its card is open and gives nothing
	MonitorProgram    Code = "monitor-program" // arecord is missing
	MonitorHeld       Code = "monitor-held"    // another program has it
	MonitorUnadjusted Code = "monitor-unadjusted"
	MonitorVoid       Code = "monitor-void"   // it was calibrated with something else
	MonitorUnread     Code = "monitor-unread" // whether it was calibrated could not be read

	ClockGood    Code = "clock-good"
	ClockUnknown Code = "clock-untrusted"
	ClockAhead   Code = "clock-ahead"
	ClockOld     Code = "clock-old"
	ClockUnasked Code = "clock-unknown"

	RTCGood    Code = "rtc-good"
	RTCNone    Code = "rtc-none"
	RTCBattery Code = "rtc-battery"
	RTCWrong   Code = "rtc-wrong"
	RTCUnknown Code = "rtc-unknown" // it is there, and nobody knows the time that it should have

	PowerGood    Code = "power-good"
	PowerLow     Code = "power-low"
	PowerWasLow  Code = "power-was-low"
	PowerUnknown Code = "power-unknown"

	TemperatureGood    Code = "temperature-good"
	TemperatureWarm    Code = "temperature-warm"
	TemperatureHot     Code = "temperature-hot"
	TemperatureUnknown Code = "temperature-unknown"

	DiskGood      Code = "disk-good"
	DiskLow       Code = "disk-low"
	DiskFull      Code = "disk-full"
	DiskInodes    Code = "disk-inodes"
	DiskReadOnly  Code = "disk-read-only"
	DiskMemory    Code = "disk-memory"    // the data are gone with the power
	DiskUnmounted Code = "disk-unmounted" // their own disk is missing
	DiskGone      Code = "disk-gone"      // it gives nothing back any more, as one that was pulled out
	DiskUnknown   Code = "disk-unknown"

	WearGood    Code = "wear-good"
	WearOld     Code = "wear-old"
	WearOver    Code = "wear-over"
	WearUnknown Code = "wear-unknown"

	DatabaseGood    Code = "database-good"
	DatabaseFails   Code = "database-fails"
	DatabaseDamaged Code = "database-damaged"
	DatabaseNewer   Code = "database-newer"  // a newer version of loalang has written it
	DatabaseBehind  Code = "database-behind" // as an older version left it: it could not be brought up to date
	DatabaseGone    Code = "database-gone"   // its disk gives nothing back any more
	DatabaseNone    Code = "database-none"   // serve has never run here
	DatabaseUnknown Code = "database-unknown"

	RecordingsGood    Code = "recordings-good"
	RecordingsDamaged Code = "recordings-damaged" // files of them are wrong, or wrong and missing
	RecordingsMissing Code = "recordings-missing" // files of them are not there
	RecordingsUnknown Code = "recordings-unknown"

	BackupGood    Code = "backup-good"
	BackupNever   Code = "backup-never"
	BackupOld     Code = "backup-old"
	BackupOff     Code = "backup-off" // none is made by itself, and none was made by hand lately
	BackupFailed  Code = "backup-failed"
	BackupDamaged Code = "backup-damaged"
	BackupHere    Code = "backup-here"  // it lies beside the data
	BackupStick   Code = "backup-stick" // a stick is plugged in and took none
	BackupOdd     Code = "backup-odd"   // a file beside it cannot be read: old sound stays
	BackupWorn    Code = "backup-worn"  // the stick gave sound back otherwise than it was
	BackupLeft    Code = "backup-left"  // the stick has no room for all of the sound
	BackupGone    Code = "backup-gone"  // it lies beside the data, and lay on a stick before
	BackupAway    Code = "backup-away"  // it lies on a stick that is not there now
	BackupLoose   Code = "backup-loose" // a stick is plugged in and not mounted, and no other is there
	BackupBare    Code = "backup-bare"  // a stick is mounted and has no folder for backups, and no other is there
	BackupUnknown Code = "backup-unknown"

	AiredGood    Code = "aired-good"
	AiredNothing Code = "aired-nothing"
	AiredMissed  Code = "aired-missed"
	AiredUnheard Code = "aired-unheard"
	AiredMute    Code = "aired-mute" // the board itself gave silence where a voice was due
	AiredLost    Code = "aired-lost" // the monitor input does not hear what is being sent
	AiredDead    Code = "aired-dead" // what should be heard leaves the board as silence
	AiredUnknown Code = "aired-unknown"

	PlanGood    Code = "plan-good"
	PlanEmpty   Code = "plan-empty"
	PlanStale   Code = "plan-stale"
	PlanUnknown Code = "plan-unknown"

	LinkGood    Code = "link-good"
	LinkDown    Code = "link-down"
	LinkNone    Code = "link-none"
	LinkUnknown Code = "link-unknown"

	MemoryGood    Code = "memory-good"
	MemoryLow     Code = "memory-low"
	MemoryShort   Code = "memory-short"
	MemoryUnknown Code = "memory-unknown"

	DescriptorsGood    Code = "descriptors-good"
	DescriptorsMany    Code = "descriptors-many"
	DescriptorsOver    Code = "descriptors-over"
	DescriptorsUnknown Code = "descriptors-unknown"
)
