package web_test

import (
	"time"

	"loalang/audio"
	"loalang/hardware"
	"loalang/playout"
	"loalang/recordings"
	"loalang/scheduler"
)

// The scenes fill the world with what a village has on an ordinary Monday.

const (
	meetingID = "0193d000-0000-7000-8000-000000000001"
	cattleID  = "0193d000-0000-7000-8000-000000000002"
	meeting   = "Mời họp thôn tối mai"
	cattle    = "Giữ ấm cho trâu, bò"
)

func (w *world) addNotices() {
	owned := func(id string) scheduler.Owned {
		return scheduler.Owned{ID: id, Village: "un-ta", Revision: 1, Created: w.at(23, 9, 12)}
	}
	w.notices[meetingID] = scheduler.Dossier{
		Announcement: scheduler.Announcement{
			Owned: owned(meetingID), Title: meeting, Class: scheduler.ClassPriority, CreatedBy: "truongthon",
			Text: "UBND xã và thôn Ún Tà kính mời bà con đến nhà văn hóa thôn họp lúc 19h ngày 24/11/2026.\n\nMỗi hộ cử 1 người dự họp.",
		},
		Renditions: []scheduler.Rendition{
			{Owned: owned("r1"), Announcement: meetingID, Language: "vi", State: scheduler.Ready, Recording: takeID, Length: 34 * time.Second},
			{Owned: owned("r2"), Announcement: meetingID, Language: "pcc", State: scheduler.Missing},
		},
		Schedules: []scheduler.Schedule{
			{Owned: owned("s1"), Announcement: meetingID, Kind: scheduler.Slots, Slots: []string{w.slots[1].ID}, From: scheduler.Date{Year: 2026, Month: 11, Day: 23}, Until: scheduler.Date{Year: 2026, Month: 11, Day: 23}},
			{Owned: owned("s2"), Announcement: meetingID, Kind: scheduler.Once, At: w.at(24, 18, 30)},
		},
	}
	w.notices[cattleID] = scheduler.Dossier{
		Announcement: scheduler.Announcement{Owned: owned(cattleID), Title: cattle, Class: scheduler.ClassNormal, CreatedBy: "thuy", Text: "Từ đêm nay trời rét đậm."},
		Renditions: []scheduler.Rendition{
			{Owned: owned("r3"), Announcement: cattleID, Language: "vi", State: scheduler.Spoken, Fault: "no-engine"},
			{Owned: owned("r4"), Announcement: cattleID, Language: "pcc", State: scheduler.Ready, Recording: takeID, Length: 50 * time.Second},
		},
		Schedules: []scheduler.Schedule{{Owned: owned("s3"), Announcement: cattleID, Kind: scheduler.Slots, Slots: []string{w.slots[0].ID, w.slots[1].ID}, Days: 1<<time.Monday | 1<<time.Wednesday}},
	}
	w.order = []string{meetingID, cattleID}
}

const takeID = "1111111111111111111111111111111111111111111111111111111111111111"

func (w *world) addShelf() {
	w.shelf = []recordings.Recording{
		{ID: takeID, Title: "Mời họp thôn, tiếng Giáy", Kind: recordings.Take, Village: "un-ta", By: "bithudoan", Created: w.at(23, 10, 5), Length: 27 * time.Second, Warnings: []string{"noisy", "quiet"}},
		{ID: "2222222222222222222222222222222222222222222222222222222222222222", Title: "Nhạc hiệu", Kind: recordings.BuiltIn, Length: 2500 * time.Millisecond},
	}
}

func (w *world) occurrence(id, title string, at time.Time, slot string, langs ...string) scheduler.Occurrence {
	o := scheduler.Occurrence{
		ID: id, Kind: scheduler.Notice, Village: "un-ta", Announcement: meetingID, Schedule: "s1", Slot: slot, Title: title,
		Class: scheduler.ClassNormal, Nominal: at, Due: at, Length: 2 * time.Minute,
	}
	o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartChime, Length: 2 * time.Second})
	for _, l := range langs {
		o.Parts = append(o.Parts, scheduler.Part{Kind: scheduler.PartVoice, Language: l, Length: 40 * time.Second})
	}
	return o
}

func (w *world) addPlan() {
	afternoon := w.slots[1].ID
	one := w.occurrence("o1", meeting, w.at(23, 17, 1), afternoon, "vi")
	one.Reasons = []scheduler.Reason{{Code: scheduler.ReasonLanguage, Language: "pcc"}}
	two := w.occurrence("o2", cattle, w.at(23, 17, 4), afternoon, "vi", "pcc")
	late := w.occurrence("o3", "Nhắc phòng cháy mùa hanh khô", w.at(23, 19, 30), "", "vi", "pcc")
	tomorrow := w.occurrence("o4", meeting, w.at(24, 5, 30), w.slots[0].ID, "vi", "pcc")
	full := w.occurrence("o5", "Lịch thu gom rác", w.at(24, 17, 0), afternoon)
	full.Length = 31 * time.Minute
	hours := w.occurrence("o6", "Văn nghệ cuối tuần", w.at(25, 22, 0), "")
	w.plan = scheduler.Plan{
		Village: "un-ta", Zone: "Asia/Ho_Chi_Minh", Made: w.at(23, 16, 20), From: w.at(23, 16, 20), To: w.at(30, 16, 20),
		Occurrences: []scheduler.Occurrence{one, two, late, tomorrow},
		Omissions: []scheduler.Omission{
			{Occurrence: full, Reason: scheduler.Reason{Code: scheduler.ReasonSlotFull}},
			{Occurrence: hours, Reason: scheduler.Reason{Code: scheduler.ReasonOutsideHours, Until: w.at(26, 5, 0)}},
		},
	}
}

func (w *world) ran(id, title string, at time.Time, slot string, out playout.Outcome, cause string, late time.Duration) playout.AsRun {
	r := playout.AsRun{
		Owned: scheduler.Owned{ID: id, Village: "un-ta"}, Occurrence: id, Kind: scheduler.Notice, Announcement: cattleID, Slot: slot,
		Title: title, Class: scheduler.ClassNormal, Nominal: at, Due: at, Planned: 91 * time.Second, Outcome: out, Cause: cause,
		Heard: playout.NotMeasured, Lateness: late,
	}
	if out == playout.Played || out == playout.Cut {
		start := at.Add(late)
		a := playout.Airing{ID: id + "a", Part: scheduler.PartVoice, Language: "vi", Started: start, Ended: start.Add(91 * time.Second), Frames: 91 * 48000, Level: -18.04, Underruns: 2}
		if out == playout.Cut {
			a.Ended = time.Time{}
		}
		r.Airings = []playout.Airing{a}
	}
	return r
}

func (w *world) addRuns() {
	morning := w.slots[0].ID
	stopped := w.ran("p5", "Thông báo điện", w.at(22, 12, 0), "", playout.StoppedBy, "stopped", 0)
	stopped.By = "thuy"
	alarm := w.ran("p6", "Lũ quét, sạt lở đất", w.at(20, 17, 20), "", playout.Played, "", 0)
	alarm.Kind, alarm.Class, alarm.By = playout.KindEmergency, scheduler.ClassEmergency, "truongthon"
	w.runs = []playout.AsRun{
		w.ran("p4", "Đóng tiền điện tháng 11", w.at(17, 17, 0), "", playout.Missed, scheduler.ReasonDevice, 0),
		alarm,
		stopped,
		w.ran("p3", "Phòng cháy mùa hanh khô", w.at(22, 5, 30), morning, playout.Played, scheduler.ReasonLate, 6*time.Minute),
		w.ran("p7", "Chợ phiên", w.at(22, 17, 0), "", playout.Cut, scheduler.ReasonPower, 20*time.Millisecond),
		w.ran("p1", cattle, w.at(23, 5, 30), morning, playout.Played, "", 80*time.Millisecond),
		w.ran("p2", "Đóng tiền điện tháng 11", w.at(23, 5, 33), morning, playout.Played, "", 20*time.Millisecond),
	}
}

func (w *world) fill() {
	w.addNotices()
	w.addShelf()
	w.addPlan()
	w.addRuns()
}

func (w *world) onAir() {
	w.now = w.at(23, 17, 1).Add(20 * time.Second)
	o := w.plan.Occurrences[0]
	w.air.At = w.now
	w.air.OnAir = &playout.OnAir{Occurrence: o, Part: scheduler.PartVoice, Language: "vi", Started: o.Due, Ends: w.now.Add(48 * time.Second)}
	w.air.Output = audio.OutputState{Device: "plughw:CARD=Device", Audible: true, Up: true, Levels: audio.Levels{RMS: -22, Peak: -6}}
	w.air.Amp = hardware.AmpState{Keyed: true, Since: w.now}
}

// onAirWith is on the air with an output as it is.
func (w *world) onAirWith(o audio.OutputState) {
	w.fill()
	w.onAir()
	w.air.Output = o
}

func (w *world) emergencyOn() {
	w.air.Emergencies = []playout.ActiveEmergency{{Sounding: true, Spoken: []string{"vi"}, Faults: []playout.EmergencyFault{{Code: playout.FaultNoVoice, Language: "pcc"}}, Emergency: scheduler.Emergency{
		Owned: scheduler.Owned{ID: "e1", Village: "un-ta"}, Title: "Lũ quét, sạt lở đất", Reason: "Nước suối lên nhanh.", RaisedBy: "truongthon",
		Text: "Khẩn cấp! Nước suối đang lên nhanh.", Raised: w.now.Add(-42 * time.Second), Expires: w.now.Add(14 * time.Minute),
	}}}
	w.newest()
	w.air.Output.Levels.RMS = -12
}
