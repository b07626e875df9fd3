package web_test

import (
	"fmt"
	"time"

	"loalang/playout"
	"loalang/scheduler"
)

func kindOf(r playout.AsRun, k scheduler.OccurrenceKind) playout.AsRun { r.Kind = k; return r }

// november is a month written by hand in which everything happens: two notices a
// day that are on time, and one of each way to go wrong, with its cause.
func (w *world) november() {
	w.now = w.at(30, 23, 0)
	topic := func(r playout.AsRun, topic, issuer string) playout.AsRun {
		r.Topic, r.Issuer, r.Languages = topic, issuer, []string{"vi"}
		return r
	}
	add := func(r playout.AsRun, code, issuer string) { w.runs = append(w.runs, topic(r, code, issuer)) }
	for day := 1; day <= 30; day++ {
		morning := w.ran(fmt.Sprint("m", day), "Giữ ấm cho trâu, bò", w.at(day, 5, 30), "slot", playout.Played, "completed", 80*time.Millisecond)
		morning.Airings = append(morning.Airings, playout.Airing{Part: scheduler.PartVoice, Language: "pcc", Frames: 100 * 48000},
			playout.Airing{Part: scheduler.PartBed, Frames: 191 * 48000})
		morning = topic(morning, "giu-am-trau-bo", "Thôn Ún Tà")
		morning.Languages = []string{"vi", "pcc"}
		if day == 3 {
			morning.Announcement = "u1" // it was urged the same day
			for i := range morning.Airings {
				morning.Airings[i].Started = w.at(3, 5, 30)
			}
		}
		if day <= 10 {
			morning.Heard = playout.HeardYes
		}
		w.runs = append(w.runs, morning)
		evening := w.ran(fmt.Sprint("e", day), "Đóng tiền điện tháng 11", w.at(day, 17, 0), "slot", playout.Played, "completed", 2*time.Second)
		evening.Missing, evening.Airings[0].For = []string{"pcc"}, []string{"pcc"}
		add(evening, "", "UBND xã Cốc San")
	}
	bad := func(id, title string, day, hour, minute int, out playout.Outcome, cause string, late time.Duration) playout.AsRun {
		return w.ran(id, title, w.at(day, hour, minute), "", out, cause, late)
	}
	add(bad("late", "Thông báo cắt nước", 22, 5, 36, playout.Played, scheduler.ReasonPower, 6*time.Minute), "cat-nuoc", "Thôn Ún Tà")
	silent := bad("silent", "Phòng cháy mùa hanh khô", 17, 5, 50, playout.Played, scheduler.ReasonDevice, 0)
	silent.Heard = playout.HeardSilent
	add(silent, "", "UBND xã Cốc San")
	wrong := bad("wrong", "Tập huấn trồng cây vụ đông", 18, 5, 50, playout.Played, "completed", 0)
	wrong.Heard = playout.HeardWrong
	add(wrong, "", "UBND xã Cốc San")
	add(bad("cut", "=HYPERLINK(\"x\")", 9, 17, 2, playout.Cut, scheduler.ReasonPower, 0), "", "=cmd")
	missed := bad("missed", "Họp chi bộ", 9, 17, 10, playout.Missed, scheduler.ReasonClock, 0)
	add(missed, "hop-thon", "Chi bộ")
	add(bad("moved", "Họp thôn", 10, 17, 25, playout.Moved, scheduler.ReasonSlotFull, 0), "hop-thon", "Thôn Ún Tà")
	add(bad("skipped", "Gọi dậy sớm", 11, 4, 30, playout.Skipped, scheduler.ReasonOutsideHours, 0), "", "Thôn Ún Tà")
	stopped := bad("stopped", "Tiêm phòng", 12, 9, 0, playout.StoppedBy, "stopped", 0)
	stopped.By = "thuy"
	add(stopped, "", "Trạm y tế")
	add(bad("withdrawn", "Bán thuốc dạo", 13, 9, 0, playout.Withdrawn, scheduler.ReasonWithdrawn, 0), "", "")
	excepted := bad("excepted", "Đón giao thừa", 19, 21, 30, playout.Played, "completed", 0)
	excepted.Rules = []scheduler.Reason{
		{Code: scheduler.ReasonException, Exception: "x", Person: "Giàng Thị Mỷ", Why: "Đêm hội của thôn"},
		{Code: scheduler.ReasonMourning, Language: "vi"},
		{Code: scheduler.ReasonException, Exception: "y", Person: "Giàng Thị Mỷ", Why: "Xã đồng ý"},
	}
	w.runs = append(w.runs, kindOf(excepted, scheduler.Relay))
	w.urged = []scheduler.Urged{
		{Announcement: "u1", Title: "Nước lũ về", By: "thuy", Why: "Lũ ống", At: w.at(3, 4, 0), Limit: w.at(4, 4, 0), Verdict: scheduler.Approved, Reviewer: "Giàng Thị Mỷ", Reviewed: w.at(3, 9, 0)},
		{Announcement: "u2", Title: "Trâu lạc", By: "thuy", At: w.at(5, 4, 0), Limit: w.at(6, 4, 0), Verdict: scheduler.Returned, Reviewer: "Giàng Thị Mỷ", Reviewed: w.at(8, 9, 0)},
		{Announcement: "u3", Title: "Cấm đường", By: "thuy", Why: "Sạt lở", At: w.at(7, 4, 0), Limit: w.at(8, 4, 0)},
		{Announcement: "u4", Title: "Cháy rừng", By: "thuy", Why: "Cháy", At: w.at(30, 22, 0), Limit: w.at(31, 22, 0)},
	}
	add(bad("open", "Đang phát", 30, 23, 0, "", "", 0), "", "")
	kind := kindOf
	w.runs = append(w.runs,
		kind(bad("relay", "Thời sự", 20, 5, 0, playout.Played, playout.CauseFallback, 0), scheduler.Relay),
		kind(bad("opening", "", 20, 5, 30, playout.Played, "completed", 0), scheduler.Opening),
		kind(bad("live", "Trưởng thôn nói", 20, 18, 0, playout.Played, "speaker", 0), playout.KindLive),
		kind(bad("siren", "Lũ quét, sạt lở đất", 20, 17, 20, playout.Played, "expired", 0), playout.KindEmergency),
	)
	drill := func(id string, day int, silent bool, out playout.Outcome, cause string, steps ...playout.DrillStep) {
		r := kind(bad(id, "Thử loa khẩn cấp", day, 9, 0, out, cause, 0), scheduler.DrillKind)
		r.Drill, r.Airings = &playout.DrillResult{Silent: silent, Steps: steps}, nil
		w.runs = append(w.runs, r)
	}
	drill("drill 1", 4, false, playout.Played, "completed", playout.DrillStep{Code: playout.StepSiren, OK: true})
	drill("drill 2", 11, true, playout.Missed, playout.CauseDrill, playout.DrillStep{Code: playout.StepVault, OK: true},
		playout.DrillStep{Code: playout.StepWords, Language: "pcc", Fault: "no-voice"}, playout.DrillStep{Code: playout.StepSiren, Fault: playout.DrillRefused})
	drill("drill 3", 18, false, playout.Missed, scheduler.ReasonPreempted)
	// The last minute of October and the first of December, in the village's time.
	w.runs = append(w.runs, bad("october", "Tháng trước", 0, 23, 59, playout.Missed, "", 0), bad("december", "Tháng sau", 31, 0, 0, playout.Missed, "", 0))
}
