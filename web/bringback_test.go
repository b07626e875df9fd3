package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"loalang/people"
	"loalang/scheduler"
)

// TestBringBackFromTheHistory: one change of an announcement is undone, in words before
// and after; an end that is over, and what is no change of the announcement, is not.
func TestBringBackFromTheHistory(t *testing.T) {
	h := newHouse(t)
	h.fill()
	over := json.Number(strconv.FormatInt(h.w.now.AddDate(0, 0, -3).UnixMicro(), 10))
	h.w.changes = []people.Change{
		{ID: 7, At: h.w.now, Village: "un-ta", Kind: "announcements", Record: noticeID, Deed: people.Altered, Fields: []people.FieldChange{
			{Name: "class", Before: "normal", After: "priority"},
			{Name: "text", Before: "Mời bà con họp lúc 19 giờ.", After: "Mời bà con họp."},
			{Name: "title", Before: "Họp thôn tối nay", After: "Họp thôn"},
			{Name: "topic", Before: "meeting", After: ""},
			{Name: "valid_until_at", Before: over, After: nil},
		}},
		{ID: 6, At: h.w.now, Village: "un-ta", Kind: "schedules", Record: scheduleID, About: noticeID, Deed: people.Altered, Fields: []people.FieldChange{{Name: "days", Before: json.Number("1"), After: json.Number("2")}}},
		{ID: 5, At: h.w.now, Village: "un-ta", Kind: "announcements", Record: noticeID, Deed: people.Altered, Fields: []people.FieldChange{{Name: "valid_until_at", Before: over, After: nil}}},
	}
	d := h.w.notices[noticeID]
	d.Announcement.Class = scheduler.ClassPriority
	h.w.notices[noticeID] = d
	s := newSite(t, h.w, people.Cadre, "vi")
	p := s.get("/history?announcement=" + noticeID)
	if want := "Lấy lại như trước lần sửa này: mức ưu tiên, nội dung, tiêu đề và chủ đề"; strings.Count(p.text, "Lấy lại như trước") != 1 || !strings.Contains(p.text, want) {
		t.Errorf("the page says %s, want %q once", p.text, want)
	}
	path := "/announcements/" + noticeID + "/bring-back"
	if p := s.post(path, url.Values{"entry": {"7"}, "revision": {"9"}}); p.status != http.StatusConflict {
		t.Errorf("a stale copy: %d", p.status)
	}
	for _, entry := range []string{"6", "5", "99"} {
		if p := s.post(path, url.Values{"entry": {entry}, "revision": {"1"}}); p.status != http.StatusNotFound {
			t.Errorf("entry %s: %d", entry, p.status)
		}
	}
	if p := s.post(path, url.Values{"entry": {"7"}, "revision": {"1"}}); p.location != "/announcements/"+noticeID+"?told=brought-back" {
		t.Fatalf("status %d to %q: %s", p.status, p.location, p.text)
	}
	a := h.w.notices[noticeID].Announcement
	if a.Text != "Mời bà con họp lúc 19 giờ." || a.Title != "Họp thôn tối nay" || a.Class != scheduler.ClassNormal || string(a.Topic) != "meeting" || !a.ValidUntil.IsZero() {
		t.Errorf("brought back %+v", a)
	}
	var got struct{ Title string }
	h.w.changes[0].Fields = []people.FieldChange{{Name: "title", Before: "Họp", After: "Họp thôn tối nay"}}
	h.call("cadre", "POST", "/api/v1"+path, `{"entry":7}`).want(200).into(&got)
	if got.Title != "Họp" {
		t.Errorf("by the API: %+v", got)
	}
	h.call("cadre", "POST", "/api/v1"+path, `{"entry":99}`).want(404)
	h.call("viewer", "POST", "/api/v1"+path, `{"entry":7}`).want(403)
}
