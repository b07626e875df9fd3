package web_test

import (
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/playout"
	"loalang/scheduler"
)

// overtaken is a notice that an emergency holds, with the as-run rows that
// playout keeps of both, and a notice whose amplifier is about to be switched on.
func (w *world) overtaken(sounding bool) {
	w.fill()
	w.onAir()
	w.emergencyOn()
	w.air.Emergencies[0].Sounding = sounding
	held := w.ran(w.air.OnAir.Occurrence.ID, "Bị giữ lại", w.at(23, 17, 1), "", "", "", 0)
	held.Airings = []playout.Airing{{Started: w.at(23, 17, 1), Ended: w.at(23, 17, 1).Add(9 * time.Second)}}
	alarm := w.ran(playout.AlarmOccurrence(w.air.Emergencies[0].Emergency), "Lũ quét", w.now, "", "", "", 0)
	alarm.Kind = playout.KindEmergency
	alarm.Airings = []playout.Airing{{Started: w.now}}
	soon := w.ran("soon", "Chờ âm-li", w.now.Add(5*time.Second), "", "", "", 0)
	lost := w.ran("lost", "Lạc mất", w.at(23, 12, 0), "", "", "", 0)
	w.runs = []playout.AsRun{lost, held, alarm, soon}
}

// states are the lines behind the titles of a list.
func stateBehind(t *testing.T, p page, title string) string {
	t.Helper()
	// The last: the title of what is on air stands above the list too.
	_, after, ok := cutLast(p.text, title)
	if !ok {
		t.Fatalf("%q is not on the page: %s", title, p.text)
	}
	return after
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func TestEmergencyAndNoticeNeverBothSound(t *testing.T) {
	for _, sounding := range []bool{true, false} {
		w := newWorld(t)
		w.overtaken(sounding)
		s := newSite(t, w, people.Cadre, "vi")
		alarm := "Đang phát"
		if !sounding {
			alarm = "Đang phát nhưng chưa ai nghe thấy"
		}
		for _, path := range []string{"/", "/?part=live", "/asrun", "/plan"} {
			p := s.get(path)
			for title, want := range map[string]string{
				"Bị giữ lại": "Tạm ngừng, nhường tin khẩn cấp", "Lũ quét": alarm, "Chờ âm-li": "Sắp phát", "Lạc mất": "Chưa rõ kết quả",
			} {
				after := stateBehind(t, p, title)
				at := strings.Index(after, want)
				if at < 0 || at > 200 {
					t.Errorf("%s, sounding %v: %q is not %q: %.200s", path, sounding, title, want, after)
				}
			}
			if strings.Contains(p.body, "data-ends") {
				t.Errorf("%s: a notice that is held counts down", path)
			}
			if path == "/asrun" && strings.Contains(p.text, "không rõ lúc hết") {
				t.Errorf("the end of what still sounds is called unknown: %s", p.text)
			}
		}
	}
}

// The published plan is a moment older than what was just removed.
func TestRemovedScheduleIsNotNext(t *testing.T) {
	w := newWorld(t)
	w.fill()
	s := newSite(t, w, people.Cadre, "vi")
	if p := s.get("/announcements/" + meetingID); !strings.Contains(p.text, "Lần tới: 17:01") {
		t.Fatalf("before: %s", p.text)
	}
	s.post("/announcements/"+meetingID+"/schedules/s1/remove", looked(nil))
	if p := s.get("/announcements/" + meetingID); strings.Contains(p.text, "Lần tới: 17:01") {
		t.Errorf("after: %s", p.text)
	}
}

// Who sends a notice and looks at the plan at once must not read that it will
// not air, only because the voice takes a few seconds.
func TestPlanWaitsForARendition(t *testing.T) {
	w := newWorld(t)
	w.addNotices()
	daily, now := w.occurrence("w1", "Nhắc thu gom rác", w.at(23, 17, 0), w.slots[1].ID), w.occurrence("w2", "Chợ phiên", w.at(23, 16, 20), "")
	reason := scheduler.Reason{Code: scheduler.ReasonNotReady}
	w.plan = scheduler.Plan{Village: "un-ta", Made: w.now, Omissions: []scheduler.Omission{{Occurrence: daily, Reason: reason}, {Occurrence: now, Reason: reason}}}
	text := newSite(t, w, people.Viewer, "vi").get("/plan").text
	for _, title := range []string{"Nhắc thu gom rác", "Chợ phiên"} {
		if want := title + " Đang chờ bản đọc; không kịp xong thì không phát"; !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}
