package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"loalang/people"
	"loalang/scheduler"
	"loalang/web"
)

// TestAuthorsAreToldOfWhatEndsUnapproved: on the first page, not only on that of the
// announcement.
func TestAuthorsAreToldOfWhatEndsUnapproved(t *testing.T) {
	for name, c := range map[string]struct {
		state scheduler.ApprovalState
		ends  time.Duration // from now
		want  string
	}{
		"ended yesterday":  {scheduler.Submitted, -24 * time.Hour, "khi chưa được duyệt, sẽ không phát"},
		"draft that ended": {scheduler.Draft, -time.Hour, "khi chưa được duyệt, sẽ không phát"},
		"ends tomorrow":    {scheduler.Submitted, 20 * time.Hour, "chưa được duyệt, hết hạn"},
		"returned":         {scheduler.Returned, 20 * 24 * time.Hour, "Mời họp thôn: Hoa trả lại: Sai giờ"},
		"has time":         {scheduler.Submitted, 20 * 24 * time.Hour, ""},
		"ended long ago":   {scheduler.Submitted, -8 * 24 * time.Hour, ""},
	} {
		w := waiting(t)
		s := newSite(t, w, people.Recorder, "vi")
		d := w.notices[noticeID]
		d.Announcement.ValidUntil = w.now.Add(c.ends)
		d.Announcement.Approval = scheduler.Approval{State: c.state, By: "Hoa", Reason: "Sai giờ"}
		for _, author := range []string{"truongthon", "người khác"} {
			d.Announcement.CreatedBy = author
			w.notices[noticeID] = d
			p := s.get("/")
			told := strings.Contains(p.text, "Mời họp thôn: ")
			if want := c.want != "" && author != "người khác"; told != want || want && !strings.Contains(p.text, c.want) {
				t.Errorf("%s, of %s: %d %s", name, author, p.status, p.text)
			}
		}
	}
}

// TestTheApproverSeesWhatGivesWay: two notices for the same instant; what it costs the
// other is on the page of the decision.
func TestTheApproverSeesWhatGivesWay(t *testing.T) {
	w := waiting(t)
	w.village.Approvals = scheduler.UsualApprovals()
	due := w.now.Add(2 * time.Hour).UTC()
	other := scheduler.Announcement{Owned: scheduler.Owned{ID: "other", Village: "un-ta", Revision: 1, Created: w.now}, Title: "Tiêm phòng", Text: "x", Class: scheduler.ClassNormal}
	put := func(a scheduler.Announcement) {
		rs := []scheduler.Rendition{{Owned: scheduler.Owned{ID: "r-" + a.ID, Village: "un-ta"}, Announcement: a.ID, Language: "vi", State: scheduler.Ready, Recording: soundID, Length: 20 * time.Minute}}
		ss := []scheduler.Schedule{{Owned: scheduler.Owned{ID: "s-" + a.ID, Village: "un-ta", Created: w.now.UTC()}, Announcement: a.ID, Kind: scheduler.Once, At: due}}
		d := scheduler.Dossier{Announcement: a, Renditions: rs, Schedules: ss}
		if a.ID == "other" {
			d.Announcement.Approval = scheduler.Approval{State: scheduler.Approved, Pin: scheduler.PinOf(d)}
		}
		w.notices[a.ID] = d
	}
	s := newSite(t, w, people.Cadre, "vi")
	put(w.notices[noticeID].Announcement)
	if p := s.get("/approvals/notice/" + noticeID); p.status != 200 || !strings.Contains(p.text, "Không bản tin nào khác phải thay đổi.") {
		t.Errorf("alone: %d %s", p.status, p.text)
	}
	a := w.notices[noticeID].Announcement
	a.Class = scheduler.ClassPriority
	put(a)
	put(other)
	if p := s.get("/approvals/notice/" + noticeID); p.status != 200 || !strings.Contains(p.text, "Vì vậy các bản tin khác thay đổi") || !strings.Contains(p.text, "Tiêm phòng") {
		t.Errorf("beside another: %d %s", p.status, p.text)
	}
}

// unsaved is a database that answers and keeps nothing.
type unsaved struct{ *world }

func (unsaved) SaveAnnouncement(context.Context, scheduler.Announcement, []scheduler.Rendition, []scheduler.Schedule) error {
	return errors.New("the database is locked")
}

// TestTakingBackWaitsForNoDatabase: it is silent first, and wins over an edit of the
// same moment.
func TestTakingBackWaitsForNoDatabase(t *testing.T) {
	w := waiting(t)
	s := newSite(t, w, people.Cadre, "vi", func(c *web.Config) { c.Announcements = unsaved{w} })
	if p := s.post("/announcements/"+noticeID+"/withdraw", looked(nil)); p.status < 500 || len(w.silenced) == 0 {
		t.Errorf("%d, silenced %v", p.status, w.silenced)
	}
	h := asking(t)
	id := h.write("cadre", "").ID
	h.w.racing = func() {
		d := h.w.notices[id]
		d.Announcement.Text, d.Announcement.Revision = "Chữ khác", d.Announcement.Revision+1
		h.w.notices[id] = d
	}
	h.call("cadre", "POST", "/api/v1/announcements/"+id+"/withdraw", "").want(http.StatusOK)
	if a := h.w.notices[id].Announcement; a.Withdrawn.IsZero() || a.Text != "Chữ khác" {
		t.Errorf("%+v", a)
	}
}

// TestWhoToldTheTimeIsInTheHistory, in the panel and by the API.
func TestWhoToldTheTimeIsInTheHistory(t *testing.T) {
	w := newWorld(t)
	s := newSite(t, w, people.Cadre, "vi")
	s.post("/clock", map[string][]string{"at": {w.now.Add(time.Hour).Format(time.RFC3339)}, "back": {"/"}})
	if len(w.changes) != 1 || w.changes[0].Kind != "clock" || w.changes[0].Actor.Way != people.ByPanel || w.changes[0].Actor.Name == "" {
		t.Fatalf("%+v", w.changes)
	}
	s.post("/clock", map[string][]string{"at": {"2099-01-01T00:00:00Z"}, "back": {"/"}})
	if len(w.changes) != 1 {
		t.Errorf("what was not believed is told: %+v", w.changes)
	}
}

// TestHistoryOfAnotherVillageIsNone: not even the title of its announcement is told.
func TestHistoryOfAnotherVillageIsNone(t *testing.T) {
	w := waiting(t)
	s := newSite(t, w, people.Cadre, "vi")
	d := w.notices[noticeID]
	d.Announcement.Village = "noi-khac"
	w.notices[noticeID] = d
	if p := s.get("/history?announcement=" + noticeID); p.status != 404 || strings.Contains(p.text, "Mời họp thôn") {
		t.Errorf("%d %s", p.status, p.text)
	}
}
