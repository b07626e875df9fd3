package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
)

// TestA15MinuteRelayEatsTheLimitAndIsTold: the form, its preview, the list and the API
// say at once that no notice airs in a slot any more, why, and what helps.
func TestA15MinuteRelayEatsTheLimitAndIsTold(t *testing.T) {
	w := newWorld(t)
	w.village.Rules.Limits = []scheduler.Limit{{Broadcast: 15 * time.Minute}}
	w.stations = []scheduler.Station{{Owned: scheduler.Owned{ID: stationID, Village: "un-ta"}, Name: "VOV1", URL: "https://vov.example/"}}
	w.slots[1].Relays = []scheduler.SlotRelay{{Station: stationID, Offset: 10 * time.Minute, Length: 15 * time.Minute}}
	const told = "giờ tiếp sóng đã dùng hết số phút được phép"
	s := newSite(t, w, people.Officer, "vi")
	if p := s.get("/slots"); strings.Count(p.text, told) != 1 || !strings.Contains(p.text, "Bản tin dài nhất vừa buổi này: 15 phút") {
		t.Errorf("the list: %s", p.text)
	}
	page := "/slots/" + w.slots[1].ID
	if p := s.get(page); !strings.Contains(p.text, told) {
		t.Errorf("the form: %s", p.text)
	}
	f := url.Values{"name": {"Buổi chiều"}, "start": {"17:00"}, "length": {"40"}, "day": {"mon", "tue"}, "revision": {"0"}, "preview": {"1"}}
	if p := s.post(page, f); p.status != http.StatusOK || !strings.Contains(p.text, told) {
		t.Errorf("the preview: %d %s", p.status, p.text)
	}
	w.village.Rules.FreeRelays = true
	if p := s.post(page, f); strings.Contains(p.text, told) || !strings.Contains(p.text, "Bản tin dài nhất vừa buổi này: 15 phút") {
		t.Errorf("a relay that is not counted: %s", p.text)
	}

	h := newHouse(t)
	h.w.village.Rules.Limits = []scheduler.Limit{{Broadcast: 5 * time.Second}}
	var made struct {
		Room struct {
			Longest       float64
			Cause, Detail string
		}
	}
	h.call("officer", "POST", "/api/v1/slots", `{"start":"11:00","length":1800}`).want(201).into(&made)
	if made.Room.Cause != scheduler.AdviceMinutes || made.Room.Longest != 5 || made.Room.Detail == "" {
		t.Errorf("the API: %+v", made)
	}
}

// TestTooLongForItsSlotIsToldAtSave: who gives a notice a slot that can never hold it
// reads so on the page and in the answer, with the slot that does.
func TestTooLongForItsSlotIsToldAtSave(t *testing.T) {
	h := newHouse(t)
	h.fill()
	h.w.village.Languages = []string{"vi"}
	h.w.slots[0].Length = time.Hour
	d := h.w.notices[noticeID]
	d.Renditions[0].Length = 31 * time.Minute
	h.w.notices[noticeID] = d
	var made struct {
		TooLong []struct {
			Slot, Detail    string
			Length, Longest float64
			Fits            []string
		} `json:"too_long"`
	}
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/schedules", `{"kind":"slots","slots":["17:00"]}`).want(201).into(&made)
	if len(made.TooLong) != 1 || made.TooLong[0].Slot != h.w.slots[1].ID || made.TooLong[0].Length < 31*60 || made.TooLong[0].Longest != 30*60 || len(made.TooLong[0].Fits) != 1 {
		t.Errorf("%+v", made)
	}
	p := newSite(t, h.w, people.Cadre, "vi").get("/announcements/" + noticeID)
	if !strings.Contains(p.text, "không bao giờ phát được trong buổi đó") || !strings.Contains(p.text, "Hoặc hẹn vào: buổi sáng 05:30") {
		t.Errorf("the page: %s", p.text)
	}
	made.TooLong = nil
	h.call("cadre", "POST", "/api/v1/announcements/"+noticeID+"/schedules", `{"kind":"slots","slots":["05:30"]}`).want(201).into(&made)
	if len(made.TooLong) != 0 {
		t.Errorf("of one that holds it: %+v", made)
	}
}
